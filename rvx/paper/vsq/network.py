"""Small networks: layers as values, in float64, with a file format."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]

WEIGHTS = Path(__file__).parent / "weights"
SIDE = 8


@dataclass(frozen=True)
class Layer:
    """A dense layer, or a convolution of stride 1 without padding, channels last.

    Attributes:
        weights: shape (outputs, inputs), or (filters, k, k, channels).
        bias: one per output or filter.
        has_relu: whether negative results become 0.
    """

    weights: Reals
    bias: Reals
    has_relu: bool

    @property
    def is_dense(self) -> bool:
        """Whether it takes vectors, not images."""
        return self.weights.ndim == 2

    @property
    def outputs(self) -> int:
        """Features or channels of the result."""
        return len(self.weights)

    @property
    def size(self) -> int:
        """Rows and columns of a filter; 1 for a dense layer."""
        return 1 if self.is_dense else int(self.weights.shape[1])

    def forward(self, x: Reals) -> Reals:
        """The layer in float64.

        Args:
            x: shape (images, inputs) or (images, rows, columns, channels).
        """
        rows = x.reshape(len(x), -1) if self.is_dense else windows(x, self.size)
        y: Reals = rows @ self.weights.reshape(self.outputs, -1).T + self.bias
        return np.maximum(y, 0) if self.has_relu else y


def windows(x: Reals, size: int) -> Reals:
    """Every window as a vector, shape (images, rows, columns, size * size * channels)."""
    view = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(1, 2))
    return np.moveaxis(view, 3, -1).reshape(*view.shape[:3], -1)


@dataclass(frozen=True)
class Network:
    """Layers in order; all but the last have a ReLU.

    Attributes:
        name: of the network, and of its file.
        layers: from the images to the logits.
    """

    name: str
    layers: tuple[Layer, ...]

    def images(self, x: Reals) -> Reals:
        """Vectors of 64 pixels in the shape that the first layer takes."""
        return x if self.layers[0].is_dense else x.reshape(-1, SIDE, SIDE, 1)

    def results(self, images: Reals) -> list[Reals]:
        """The images and the result of every layer, the logits last, in float64.

        Args:
            images: in the shape that the first layer takes, see `images`.
        """
        results = [images]
        for layer in self.layers:
            results.append(layer.forward(results[-1]))
        return results

    @property
    def macs(self) -> int:
        """Multiply-accumulates of one image."""
        total = 0
        side = SIDE
        for layer in self.layers:
            if not layer.is_dense:
                side -= layer.size - 1
            total += layer.weights.size * (1 if layer.is_dense else side * side)
        return total

    def save(self, folder: Path) -> Path:
        """Writes NAME.npz with binary32 weights w0, b0, w1, ..."""
        arrays = {}
        for i, layer in enumerate(self.layers):
            arrays[f"w{i}"] = layer.weights.astype(np.float32)
            arrays[f"b{i}"] = layer.bias.astype(np.float32)
        path = folder / f"{self.name}.npz"
        np.savez_compressed(path, allow_pickle=False, **arrays)
        return path


def load(name: str, folder: Path = WEIGHTS) -> Network:
    """Reads a network that `save` wrote, by default one that comes with rvx.

    Raises:
        OSError: there is none.
    """
    with np.load(folder / f"{name}.npz") as arrays:
        count = len(arrays.files) // 2
        layers = tuple(
            Layer(
                arrays[f"w{i}"].astype(np.float64),
                arrays[f"b{i}"].astype(np.float64),
                has_relu=i < count - 1,
            )
            for i in range(count)
        )
    return Network(name, layers)
