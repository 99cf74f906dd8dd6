"""What the softmax must be."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx import jit
from rvx.analysis.arithmetic import Arithmetic, Encoded, functions
from rvx.formats.minifloat.catalogue import FP16, FP32
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.scalar import (
    make_add,
    make_convert,
    make_div,
    make_fma,
    make_maximum,
    make_mul,
    make_sub,
    make_vsum,
)

Reals = npt.NDArray[np.float64]
RNE = 0
_EIGHTH, _LEAST, _INFINITY, _SIXTH, _HALF, _ONE = (
    int(code)
    for code in np.array([1 / 8, -8, -np.inf, 1 / 6, 1 / 2, 1], np.float16).view(np.uint16)
)
_SINGLE_ONE = 0x3F800000


def golden(p: Mapping[str, int], x: Reals, bias: Reals) -> Reals:
    """The result in float64."""
    moved = x + bias
    exponentials = np.exp(moved - moved.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def reference(
    p: Mapping[str, int], arithmetic: Arithmetic, x: Encoded, bias: Encoded
) -> npt.NDArray[Any]:
    """The result in the kernel's order of operations."""
    if arithmetic.lanes == 1:
        return _in_vectors(arithmetic, x, bias)
    rows = np.ascontiguousarray(x.parts[0], np.int64)
    result = np.zeros_like(rows)
    offsets = np.ascontiguousarray(bias.parts[0][0], np.int64)
    for row, target in zip(rows, result, strict=True):
        _row()(row, offsets, target)
    return result.astype(arithmetic.output)


def _in_vectors(arithmetic: Arithmetic, x: Encoded, bias: Encoded) -> npt.NDArray[Any]:
    """The result of kernels in vectors, whose sums have the order of the row."""
    rows = np.ascontiguousarray(x.parts[0], np.int64)
    result = np.zeros_like(rows)
    offsets = np.ascontiguousarray(bias.parts[0][0], np.int64)
    fmt, numbers, sums = functions.IN_VECTORS[arithmetic.formats[0]]
    table = functions.constants(sums)
    normalise = _row_in_vectors(fmt, numbers, sums)
    for row, target in zip(rows, result, strict=True):
        normalise(row, offsets, table, target)
    unsigned = result.astype(f"u{arithmetic.output.itemsize}", casting="unsafe")
    return unsigned.view(arithmetic.output)


@cache
def _row_in_vectors(fmt: Minifloat, numbers: Minifloat, sums: Minifloat) -> jit.Exported:
    """The softmax of one row of codes; see rvv.inc.

    Args:
        fmt: of elements.
        numbers: what they are computed with in.
        sums: what exponentials are computed and added up in.
    """
    infinity, one = _code(-np.inf, numbers), _code(1, sums)
    add, subtract, multiply = make_add(numbers), make_sub(numbers), make_mul(numbers)
    greater = make_maximum(numbers)
    load, store = make_convert(fmt, numbers), make_convert(numbers, fmt)
    widen, from_sum = make_convert(numbers, sums), make_convert(sums, numbers)
    narrow, as_sum = make_convert(sums, fmt), make_convert(fmt, sums)
    add_wide, divide = make_add(sums), make_div(sums)
    exponential = functions.make_exponential(sums)

    def biased(x: int, bias: int) -> int:
        return add(load(x, RNE)[0], load(bias, RNE)[0], RNE)[0]

    def row(x: Any, bias: Any, table: Any, y: Any) -> None:
        largest = infinity
        for i in range(x.size):
            largest = greater(largest, biased(x[i], bias[i]))[0]
        total = 0
        for i in range(x.size):
            t = subtract(biased(x[i], bias[i]), largest, RNE)[0]
            y[i] = narrow(exponential(widen(t, RNE)[0], table), RNE)[0]
            total = add_wide(total, as_sum(y[i], RNE)[0], RNE)[0]
        inverse = from_sum(divide(one, total, RNE)[0], RNE)[0]
        for i in range(x.size):
            y[i] = store(multiply(load(y[i], RNE)[0], inverse, RNE)[0], RNE)[0]

    return jit.export(row, "void(int64[::1], int64[::1], int64[::1], int64[::1])")


def _code(value: float, fmt: Minifloat) -> int:
    size = fmt.bits // 8
    return int(np.array(value, f"f{size}").view(f"u{size}").astype(np.int64))


@cache
def _row() -> jit.Exported:
    """The softmax of one row of codes."""
    add, subtract, multiply, fma = (make(FP16) for make in (make_add, make_sub, make_mul, make_fma))
    greater = make_maximum(FP16)
    add_pair, add_singles = make_vsum(FP16, FP32), make_vsum(FP32)
    divide, narrow = make_div(FP32), make_convert(FP32, FP16)

    def exponential(t: int) -> int:
        s = multiply(greater(t, _LEAST)[0], _EIGHTH, RNE)[0]
        p = fma(s, _SIXTH, _HALF, RNE)[0]
        p = fma(p, s, _ONE, RNE)[0]
        p = fma(p, s, _ONE, RNE)[0]
        for _ in range(3):
            p = multiply(p, p, RNE)[0]
        return p

    def row(x: Any, bias: Any, y: Any) -> None:
        largest = _INFINITY
        for i in range(x.size):
            largest = greater(largest, add(x[i], bias[i], RNE)[0])[0]
        low, high = 0, 0
        for i in range(x.size):
            y[i] = exponential(subtract(add(x[i], bias[i], RNE)[0], largest, RNE)[0])
        for i in range(0, x.size, 4):
            low = add_pair(y[i], y[i + 1], low, RNE)[0]
            high = add_pair(y[i + 2], y[i + 3], high, RNE)[0]
        total = add_singles(low, high, 0, RNE)[0]
        inverse = narrow(divide(_SINGLE_ONE, total, RNE)[0], RNE)[0]
        for i in range(x.size):
            y[i] = multiply(y[i], inverse, RNE)[0]

    return jit.export(row, "void(int64[::1], int64[::1], int64[::1])")
