"""Checkpoints of llama2.c: the legacy file without a version, and versions 1 and 2.

All are a header of 32-bit integers and weights, little end first (github.com/karpathy/llama2.c,
export.py: legacy_export, version1_export and version2_export). Weights are in binary32; matrices of
version 2 are integers of 8 bits, with a scale in binary32 for every group of them.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rvx.paper.language.model import Model, ModelError, Shape, Singles, layer

MAGIC = b"24ka"
"""The number 0x616b3432 in memory, which spells "ak42"."""
_HEADER, _HEADER_1 = 28, 256


def has_version(data: bytes) -> bool:
    """Whether a file begins as one with a version does."""
    return data.startswith(MAGIC)


def read(path: Path) -> Model:
    """A checkpoint.

    Raises:
        ModelError: it is none; the sentence says why.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        header = file.read(_HEADER_1)
        try:
            shape, order, begin, group = _read_header(header)
            shape.check_room()
            size = begin + sum(_bytes(name, dims, group) for name, dims in order)
            actual = path.stat().st_size
            if actual != size:
                raise ModelError(
                    f"it has {actual:,} bytes, and a checkpoint of the sizes in its header has "
                    f"{size:,}"
                )
            file.seek(begin)
            weights: dict[str, Singles] = {}
            for name, dims in order:
                data = file.read(_bytes(name, dims, group))
                weights[name] = _decoded(data, math.prod(dims), group).reshape(dims)
            for name in ("cosines", "sines"):  # of the positions, which are computed anew
                weights.pop(name, None)
            return Model(shape, weights)
        except ModelError as error:
            raise ModelError(f"'{path}' is no checkpoint of llama2.c: {error}") from None


def _bytes(name: str, dims: tuple[int, ...], group: int) -> int:
    """How many a weight takes.

    Raises:
        ModelError: it is no whole number of groups.
    """
    count = math.prod(dims)
    if not group or len(dims) == 1:
        return 4 * count
    if count % group:
        raise ModelError(f"its {count:,} weights '{name}' are no whole groups of {group}")
    return count + count // group * 4


def _decoded(data: bytes, count: int, group: int) -> Singles:
    """The numbers of a weight: binary32, or codes and behind them a scale for each group."""
    if len(data) == 4 * count:
        return np.frombuffer(data, "<f4").astype(np.float32)
    codes = np.frombuffer(data, np.int8, count).reshape(-1, group)
    scales = np.frombuffer(data, "<f4", offset=count)
    with np.errstate(over="ignore", invalid="ignore"):  # the model says so, if there is infinity
        numbers: Singles = codes * scales[:, None]
    return numbers.reshape(-1)


def _read_header(data: bytes) -> tuple[Shape, list[tuple[str, tuple[int, ...]]], int, int]:
    """The sizes, names and shapes of the weights in their order, where they begin, and groups."""
    if has_version(data):
        if len(data) < _HEADER_1:
            raise ModelError(f"it ends after {len(data)} bytes, within its header")
        (version,) = struct.unpack_from("<i", data, 4)
        if version not in (1, 2):
            raise ModelError(f"it is of version {version}; rvx reads 1, 2 and the legacy files")
        *sizes, is_shared, group = struct.unpack_from("<7iBi", data, 8)
        if is_shared not in (0, 1):
            raise ModelError(f"its header says {is_shared} where 0 or 1 is valid")
        if version == 2 and group < 1:
            raise ModelError(f"its groups have {group} weights; valid are 1 and more")
        shape = Shape(*sizes)
        order = _order_1(shape, is_shared=bool(is_shared))
        return shape, order, _HEADER_1, group if version == 2 else 0
    if len(data) < _HEADER:
        raise ModelError(f"it ends after {len(data)} bytes, within its header")
    width, hidden, layers, heads, kv_heads, vocabulary, length = struct.unpack_from("<7i", data)
    shape = Shape(width, hidden, layers, heads, kv_heads, abs(vocabulary), length)
    return shape, _order_0(shape, is_shared=vocabulary > 0), _HEADER, 0


def _of_layers(shape: Shape, names: Sequence[str]) -> list[tuple[str, tuple[int, ...]]]:
    dims = shape.dimensions()
    return [(layer(i, name), dims[layer(i, name)]) for name in names for i in range(shape.layers)]


_MATRICES = ("query", "key", "value", "output")
_FEED_FORWARD = ("gate", "down", "up")


def _order_0(shape: Shape, *, is_shared: bool) -> list[tuple[str, tuple[int, ...]]]:
    dims = shape.dimensions()
    angles = (shape.length, shape.head // 2)
    return [
        ("embedding", dims["embedding"]),
        *_of_layers(shape, ("attention_norm", *_MATRICES, "mlp_norm", *_FEED_FORWARD)),
        ("norm", dims["norm"]),
        ("cosines", angles),
        ("sines", angles),
        *([] if is_shared else [("classifier", dims["embedding"])]),
    ]


def _order_1(shape: Shape, *, is_shared: bool) -> list[tuple[str, tuple[int, ...]]]:
    dims = shape.dimensions()
    return [
        *_of_layers(shape, ("attention_norm", "mlp_norm")),
        ("norm", dims["norm"]),
        ("embedding", dims["embedding"]),
        *_of_layers(shape, (*_MATRICES, *_FEED_FORWARD)),
        *([] if is_shared else [("classifier", dims["embedding"])]),
    ]


def encode(model: Model, version: int = 0) -> bytes:
    """The bytes of a checkpoint.

    Args:
        model: with the usual epsilon and base of positions: the file has no place for others.
        version: 0 for the legacy file, or 1.

    Raises:
        ModelError: the file cannot say what the model is.
    """
    shape = model.shape
    if (shape.epsilon, shape.base) != (Shape.epsilon, Shape.base):
        raise ModelError("checkpoints of llama2.c have an epsilon of 1e-5 and a base of 10000")
    is_shared = "classifier" not in model.weights
    sizes = (shape.width, shape.hidden, shape.layers, shape.heads, shape.kv_heads)
    if version == 0:
        vocabulary = shape.vocabulary if is_shared else -shape.vocabulary
        header = struct.pack("<7i", *sizes, vocabulary, shape.length)
        order = _order_0(shape, is_shared=is_shared)
    else:
        told = (*sizes, shape.vocabulary, shape.length, is_shared)
        header = (MAGIC + struct.pack("<8iB", 1, *told)).ljust(_HEADER_1, b"\0")
        order = _order_1(shape, is_shared=is_shared)
    steps = shape.base ** (-np.arange(0, shape.head, 2) / shape.head)
    angles = np.outer(np.arange(shape.length), steps)
    weights = {**model.weights, "cosines": np.cos(angles), "sines": np.sin(angles)}
    return header + b"".join(weights[name].astype("<f4").tobytes() for name, _ in order)
