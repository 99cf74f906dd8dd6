"""The digits of scikit-learn, and a network with one hidden layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rvx.analysis.multiply import Products
from rvx.paper.training.scheme import Scheme
from rvx.paper.training.task import Momentum, Optimiser, Reals, single, turned
from rvx.paper.vsq.digits import Digits

HIDDEN, CLASSES, BATCH = 64, 10, 32
RATE, MOMENTUM = 0.05, 0.9


class Images:
    """A task: ten classes of images.

    Args:
        digits: the images.
    """

    name = "digits"
    measure = "accuracy"
    shown: tuple[str, ...] = ("hidden", "output")
    epochs = 20
    optimiser: Optimiser = Momentum(RATE, MOMENTUM)

    def __init__(self, digits: Digits) -> None:
        self.digits = digits

    def identity(self) -> dict[str, Any]:
        """The network, and how many images there are."""
        return {"task": self.name, "hidden": HIDDEN, "images": len(self.digits.train)}

    def initial(self, rng: np.random.Generator) -> list[Reals]:
        """Weights as He et al. (2015) draw them, and biases."""
        shapes = ((HIDDEN, self.digits.train.shape[1]), (CLASSES, HIDDEN))
        drawn = [single(rng.normal(0, np.sqrt(2 / shape[1]), shape)) for shape in shapes]
        return [drawn[0], np.zeros(HIDDEN), drawn[1], np.zeros(CLASSES)]

    def batches(self, rng: np.random.Generator) -> Iterator[tuple[Reals, Reals]]:
        """Images and their labels, one-hot."""
        digits = self.digits
        order = rng.permutation(len(digits.train))
        one_hot = np.eye(CLASSES)[digits.train_labels]
        for start in range(0, len(order) - BATCH + 1, BATCH):
            batch = order[start : start + BATCH]
            yield digits.train[batch], one_hot[batch]

    def judge(self, multiply: Products, scheme: Scheme, weights: Sequence[Reals]) -> float:
        """The share of the test images that are told."""
        _, logits = _forward(multiply, scheme, weights, self.digits.test)
        told = np.argmax(np.nan_to_num(logits, nan=-np.inf), axis=1)
        return float(np.mean(told == self.digits.test_labels))

    def gradients(
        self, multiply: Products, scheme: Scheme, weights: Sequence[Reals], batch: Any, scale: float
    ) -> tuple[float, list[Reals]]:
        """The loss before the step, and gradients."""
        x, labels = batch
        hidden, logits = _forward(multiply, scheme, weights, x)
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        odds /= odds.sum(axis=1, keepdims=True)
        loss = float(-np.mean(np.log(np.maximum((odds * labels).sum(axis=1), 1e-300))))
        back = single((odds - labels) / len(x) * scale)
        variant, second = scheme.backward, weights[2]
        of_second = multiply(variant, "output", turned(back), turned(hidden))
        inner = multiply(variant, "output", back, turned(second)) * (hidden > 0)
        of_first = multiply(variant, "hidden", turned(inner), turned(x))
        return loss, [of_first, inner.sum(axis=0), of_second, back.sum(axis=0)]

    def write(self, folder: Path, name: str, weights: Sequence[Reals]) -> None:
        """Nobody else reads such networks."""


def _forward(
    multiply: Products, scheme: Scheme, weights: Sequence[Reals], x: Reals
) -> tuple[Reals, Reals]:
    first, of_first, second, of_second = weights
    hidden = np.maximum(single(multiply(scheme.forward, "hidden", x, first) + of_first), 0)
    logits = single(multiply(scheme.forward, "output", hidden, second) + of_second)
    return hidden, logits
