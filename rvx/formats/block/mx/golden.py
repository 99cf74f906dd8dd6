"""Golden matrix products of MX tensors: bit for bit what a kernel of dot instructions computes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx import jit
from rvx.formats.block.mx.array import MxTensor, pack
from rvx.formats.block.mx.format import Mx
from rvx.formats.block.mx.scalar import make_dot
from rvx.formats.integer.array import words
from rvx.formats.minifloat.array.codes import decode
from rvx.formats.minifloat.catalogue import FP32
from rvx.formats.minifloat.format import Minifloat

SIGNATURE = (
    "void(int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64, int64, int64, int64)"
)


@cache
def make_matmul(fmt: Mx, destination: Minifloat) -> Callable[..., None]:
    """A kernel of (a words, a scales, b words, b scales, results, rows, columns, words, share).

    `words` is the number of words along K, `share` how many of them share a scale.
    """
    dot = make_dot(fmt, destination)

    def matmul(
        a: Any,
        a_scales: Any,
        b: Any,
        b_scales: Any,
        results: Any,
        rows: int,
        columns: int,
        words: int,
        share: int,
    ) -> None:
        blocks = words // share
        for row in range(rows):
            for column in range(columns):
                acc = 0
                for index in range(words):
                    block = index // share
                    acc, _ = dot(
                        a[row * words + index],
                        b[column * words + index],
                        a_scales[row * blocks + block],
                        b_scales[column * blocks + block],
                        acc,
                    )
                results[row * columns + column] = acc

    return matmul


def matmul(a: MxTensor, b: MxTensor, destination: Minifloat = FP32) -> npt.NDArray[np.float64]:
    """The product a b^T, accumulated from +0 word by word along K, rounded once per word.

    Args:
        a: activations, shape (rows, K).
        b: weights, shape (columns, K), in the same format.
        destination: format of the accumulator, FP32 or FP16ALT.

    Returns:
        The accumulators as numbers, shape (rows, columns).

    Raises:
        ValueError: the operands are not matrices that match, or a block does not fill words.
    """
    if a.codes.ndim != 2 or b.codes.ndim != 2 or a.length != b.length or a.format != b.format:
        raise ValueError(
            f"operands of {a.format.name} with {a.codes.ndim} axes and {a.length} elements and of "
            f"{b.format.name} with {b.codes.ndim} axes and {b.length} elements do not match"
        )
    share, rest = divmod(a.format.block * a.format.container, 64)
    if rest:
        raise ValueError(
            f"blocks of {a.format.block} elements of {a.format.name} do not fill 64-bit words"
        )
    operands = []
    for tensor in (a, b):
        packed = pack(tensor)
        operands += [words(packed.codes).reshape(-1), packed.scales.astype(np.int64).reshape(-1)]
    rows, columns = a.codes.shape[0], b.codes.shape[0]
    results = np.zeros(rows * columns, np.int64)
    entry = jit.export(make_matmul(a.format, destination), SIGNATURE)
    entry(*operands, results, rows, columns, operands[0].size // rows, share)
    return decode(destination, results).reshape(rows, columns)
