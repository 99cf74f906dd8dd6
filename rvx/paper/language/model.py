"""What a language model of the Llama family is made of: sizes, and weights by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rvx.analysis.room import available_memory, in_bytes
from rvx.errors import RvxError

Singles = npt.NDArray[np.float32]

_LARGEST = 1 << 24
"""No size of a model that fits a machine is above; products of sizes stay exact and quick."""
BYTES_PER_WEIGHT = 32
"""As read, as float64, and as codes of an arithmetic with the numbers that they stand for."""


class ModelError(RvxError, ValueError):
    """A file that is no language model, or one of a kind that rvx does not run."""


@dataclass(frozen=True)
class Shape:
    """The sizes of a model.

    Attributes:
        width: numbers that stand for a token.
        hidden: of them between the two halves of a feed-forward layer.
        layers: how many.
        heads: of queries.
        kv_heads: of keys and values, each of which serves as many queries.
        vocabulary: tokens that there are.
        length: positions that the model has learnt.
        epsilon: what RMSNorm adds to the mean square.
        base: of the rotary positions.

    Raises:
        ModelError: the sizes do not go together.
    """

    width: int
    hidden: int
    layers: int
    heads: int
    kv_heads: int
    vocabulary: int
    length: int
    epsilon: float = 1e-5
    base: float = 10000.0

    def __post_init__(self) -> None:
        for name in ("width", "hidden", "layers", "heads", "kv_heads", "vocabulary", "length"):
            size = getattr(self, name)
            if not 0 < size <= _LARGEST:
                raise ModelError(f"its {name} is {size}; valid are 1 to {_LARGEST}")
        if self.width % (2 * self.heads):
            raise ModelError(
                f"its width of {self.width} is no even number of elements for each of "
                f"{self.heads} heads"
            )
        if self.heads % self.kv_heads:
            raise ModelError(f"its {self.heads} heads do not share {self.kv_heads} of keys evenly")
        if not (0 <= self.epsilon < 1 and 1 <= self.base < 1e12):
            raise ModelError(f"its epsilon {self.epsilon} or base {self.base} makes no sense")

    @property
    def head(self) -> int:
        """Elements of a head."""
        return self.width // self.heads

    def dimensions(self) -> dict[str, tuple[int, ...]]:
        """The shape of every weight but the classifier, outputs first, in a fixed order."""
        width, hidden, keys = self.width, self.hidden, self.kv_heads * self.head
        found: dict[str, tuple[int, ...]] = {"embedding": (self.vocabulary, width)}
        for i in range(self.layers):
            found |= {
                layer(i, "attention_norm"): (width,),
                layer(i, "query"): (width, width),
                layer(i, "key"): (keys, width),
                layer(i, "value"): (keys, width),
                layer(i, "output"): (width, width),
                layer(i, "mlp_norm"): (width,),
                layer(i, "gate"): (hidden, width),
                layer(i, "down"): (width, hidden),
                layer(i, "up"): (hidden, width),
            }
        return {**found, "norm": (width,)}

    @property
    def parameters(self) -> int:
        """How many weights there are, with a classifier of their own."""
        width, keys = self.width, self.kv_heads * self.head
        each = 2 * width + 2 * width * width + 2 * keys * width + 3 * self.hidden * width
        return self.layers * each + width + 2 * self.vocabulary * width

    def check_room(self) -> None:
        """Whether this machine has the memory.

        Raises:
            ModelError: it has not.
        """
        needed, free = self.parameters * BYTES_PER_WEIGHT, available_memory()
        if needed > free:
            raise ModelError(
                f"its {self.parameters:,} weights need about {in_bytes(needed)} of memory, and "
                f"{in_bytes(free)} are free"
            )


def layer(i: int, name: str) -> str:
    """The name of a weight of a layer."""
    return f"layers.{i}.{name}"


@dataclass(frozen=True)
class Model:
    """Sizes and weights.

    Attributes:
        shape: the sizes.
        weights: binary32, by the names of `Shape.dimensions`; `classifier` besides where that is
            not the embedding.

    Raises:
        ModelError: a weight is missing, of another shape, or no number.
    """

    shape: Shape
    weights: Mapping[str, Singles]

    def __post_init__(self) -> None:
        wanted = self.shape.dimensions()
        if "classifier" in self.weights:
            wanted["classifier"] = wanted["embedding"]
        for name, dimensions in wanted.items():
            if name not in self.weights:
                raise ModelError(f"it has no weights '{name}'")
            weight = self.weights[name]
            if weight.shape != dimensions:
                raise ModelError(f"its weights '{name}' are {weight.shape}, not {dimensions}")
            if not np.isfinite(weight).all():
                raise ModelError(f"its weights '{name}' have an element that is no finite number")

    @property
    def classifier(self) -> Singles:
        """What makes logits: weights of its own, or the embedding."""
        return self.weights.get("classifier", self.weights["embedding"])
