"""What a task of learning is: weights, batches, gradients, and how well it is done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from rvx.analysis.multiply import Products
from rvx.paper.training.scheme import Scheme

Reals = npt.NDArray[np.float64]


def single(x: Reals) -> Reals:
    """Rounded to binary32, in which weights and what lies between the products are kept."""
    with np.errstate(over="ignore", invalid="ignore"):
        return x.astype(np.float32).astype(np.float64)


def turned(x: Reals) -> Reals:
    """The transpose, in order."""
    return np.ascontiguousarray(x.T)


class Optimiser(Protocol):
    """How gradients change weights."""

    @property
    def moments(self) -> int:
        """How many arrays it keeps for each weight."""

    def update(
        self,
        step: int,
        weights: list[Reals],
        moments: Sequence[list[Reals]],
        gradients: Sequence[Reals],
    ) -> None:
        """Changes weights and moments in their places.

        Args:
            step: from 1 on.
            weights: of the network.
            moments: arrays of the shapes of the weights, which begin as zeros.
            gradients: of the loss.
        """


@dataclass(frozen=True)
class Momentum:
    """Gradient descent with momentum."""

    rate: float
    momentum: float
    moments: int = 1

    def update(
        self,
        step: int,
        weights: list[Reals],
        moments: Sequence[list[Reals]],
        gradients: Sequence[Reals],
    ) -> None:
        """Both rounded to binary32."""
        for i, gradient in enumerate(gradients):
            moments[0][i] = single(self.momentum * moments[0][i] - self.rate * gradient)
            weights[i] = single(weights[i] + moments[0][i])


@dataclass(frozen=True)
class Adam:
    """Kingma and Ba, arXiv 1412.6980, with a rate that grows over the first steps."""

    rate: float
    first: float = 0.9
    second: float = 0.95
    warmup: int = 20
    moments: int = 2

    def update(
        self,
        step: int,
        weights: list[Reals],
        moments: Sequence[list[Reals]],
        gradients: Sequence[Reals],
    ) -> None:
        """All rounded to binary32."""
        rate = self.rate * min(1.0, step / self.warmup)
        for i, gradient in enumerate(gradients):
            mean, square = moments[0], moments[1]
            mean[i] = single(self.first * mean[i] + (1 - self.first) * gradient)
            square[i] = single(self.second * square[i] + (1 - self.second) * gradient**2)
            there = mean[i] / (1 - self.first**step)
            size = np.sqrt(square[i] / (1 - self.second**step)) + 1e-8
            weights[i] = single(weights[i] - rate * there / size)


class Task(Protocol):
    """What a network learns, and the network.

    Attributes:
        name: as `--task` has it.
        measure: how well it is done: `accuracy`, or `perplexity`, the smaller the better.
        shown: layers of which the table tells.
        epochs: passes over the data where the user names no number.
        optimiser: how it learns.
    """

    name: str
    measure: str
    shown: tuple[str, ...]
    epochs: int
    optimiser: Optimiser

    def identity(self) -> dict[str, Any]:
        """What a run depends on, for its checkpoints."""

    def initial(self, rng: np.random.Generator) -> list[Reals]:
        """The weights to begin with."""

    def batches(self, rng: np.random.Generator) -> Iterator[Any]:
        """One pass over the data."""

    def gradients(
        self, multiply: Products, scheme: Scheme, weights: Sequence[Reals], batch: Any, scale: float
    ) -> tuple[float, list[Reals]]:
        """The loss of a batch, and its gradients times the scale."""

    def judge(self, multiply: Products, scheme: Scheme, weights: Sequence[Reals]) -> float:
        """The measure, on data that is not learnt from."""

    def write(self, folder: Path, name: str, weights: Sequence[Reals]) -> None:
        """Writes the network in files that others read, if there are any."""
