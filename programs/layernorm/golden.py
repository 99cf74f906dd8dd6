"""What the layer normalisation must be."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx import jit
from rvx.analysis.arithmetic import Arithmetic, Encoded, functions
from rvx.formats.minifloat.catalogue import FP8, FP16, FP32
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.scalar import (
    make_add,
    make_convert,
    make_div,
    make_exsdotp,
    make_fma,
    make_mul,
    make_sqrt,
    make_sub,
    make_vsum,
)

Reals = npt.NDArray[np.float64]
RNE = 0
EPSILON = 1e-5


def golden(p: Mapping[str, int], x: Reals, weights: Reals) -> Reals:
    """The result in float64."""
    centred = x - x.mean(axis=-1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + EPSILON)
    return centred / deviation * weights[0] + weights[1]


def reference(
    p: Mapping[str, int], arithmetic: Arithmetic, x: Encoded, weights: Encoded
) -> npt.NDArray[Any]:
    """The result in the kernel's order of operations."""
    if arithmetic.lanes == 1:
        return _in_vectors(p["N"], arithmetic, x, weights)
    fmt = FP8 if arithmetic.output.itemsize == 1 else FP16
    scale, epsilon, one = np.array([1 / p["N"], EPSILON, 1], np.float32).view(np.uint32)
    rows = np.ascontiguousarray(x.parts[0], np.int64)
    result = np.zeros_like(rows)
    sums = np.zeros(4, np.int64)
    gamma, beta = (np.ascontiguousarray(part, np.int64) for part in weights.parts[0])
    constants = np.array([scale, epsilon, one], np.int64)
    for row, target in zip(rows, result, strict=True):
        _row(fmt)(row, gamma, beta, constants, sums, target)
    return result.astype(arithmetic.output)


def _in_vectors(n: int, arithmetic: Arithmetic, x: Encoded, weights: Encoded) -> npt.NDArray[Any]:
    """The result of kernels in vectors, whose sums have the order of the row."""
    fmt, numbers, sums = functions.IN_VECTORS[arithmetic.formats[0]]
    wide = np.array([1 / n, EPSILON, 1], f"f{sums.bits // 8}")
    constants = wide.view(f"u{wide.itemsize}").astype(np.int64)
    rows = np.ascontiguousarray(x.parts[0], np.int64)
    result = np.zeros_like(rows)
    gamma, beta = (np.ascontiguousarray(part, np.int64) for part in weights.parts[0])
    normalise = _row_in_vectors(fmt, numbers, sums)
    for row, target in zip(rows, result, strict=True):
        normalise(row, gamma, beta, constants, target)
    unsigned = result.astype(f"u{arithmetic.output.itemsize}", casting="unsafe")
    return unsigned.view(arithmetic.output)


@cache
def _row_in_vectors(fmt: Minifloat, numbers: Minifloat, sums: Minifloat) -> jit.Exported:
    """Normalises one row of codes; see rvv.inc.

    Args:
        fmt: of elements.
        numbers: what they are computed with in.
        sums: what they are added up in.
    """
    subtract, multiply, fma = make_sub(numbers), make_mul(numbers), make_fma(numbers)
    load, store = make_convert(fmt, numbers), make_convert(numbers, fmt)
    widen, narrow = make_convert(numbers, sums), make_convert(sums, numbers)
    add_wide, multiply_wide = make_add(sums), make_mul(sums)
    root, divide = make_sqrt(sums), make_div(sums)

    def row(x: Any, gamma: Any, beta: Any, constants: Any, y: Any) -> None:
        total = 0
        for i in range(x.size):
            total = add_wide(total, widen(load(x[i], RNE)[0], RNE)[0], RNE)[0]
        mean = narrow(multiply_wide(total, constants[0], RNE)[0], RNE)[0]
        total = 0
        for i in range(x.size):
            centred = widen(subtract(load(x[i], RNE)[0], mean, RNE)[0], RNE)[0]
            total = add_wide(total, multiply_wide(centred, centred, RNE)[0], RNE)[0]
        variance = multiply_wide(total, constants[0], RNE)[0]
        deviation = root(add_wide(variance, constants[1], RNE)[0], RNE)[0]
        inverse = narrow(divide(constants[2], deviation, RNE)[0], RNE)[0]
        for i in range(x.size):
            scaled = multiply(subtract(load(x[i], RNE)[0], mean, RNE)[0], inverse, RNE)[0]
            moved = fma(scaled, load(gamma[i], RNE)[0], load(beta[i], RNE)[0], RNE)[0]
            y[i] = store(moved, RNE)[0]

    words = ", ".join(["int64[::1]"] * 5)
    return jit.export(row, f"void({words})")


@cache
def _row(fmt: Minifloat) -> jit.Exported:
    """Normalises one row of codes; sums are kept in four lanes of FP16, or two of FP32."""
    dst = FP16 if fmt == FP8 else FP32
    lanes = 64 // dst.bits
    has_halves = fmt == FP8
    add_pair, dot = make_vsum(fmt, dst), make_exsdotp(fmt, dst)
    add_halves, add_singles = make_vsum(FP16, FP32), make_vsum(FP32)
    narrow = make_convert(FP32, fmt)
    subtract, multiply, add = make_sub(fmt), make_mul(fmt), make_add(fmt)
    scale_single, add_single = make_mul(FP32), make_add(FP32)
    root, divide = make_sqrt(FP32), make_div(FP32)

    def total(sums: Any) -> int:
        low, high = sums[0], sums[1]
        if has_halves:
            low = add_halves(sums[0], sums[1], 0, RNE)[0]
            high = add_halves(sums[2], sums[3], 0, RNE)[0]
        return add_singles(low, high, 0, RNE)[0]

    def row(x: Any, gamma: Any, beta: Any, constants: Any, sums: Any, y: Any) -> None:
        sums[:] = 0
        for i in range(0, x.size, 2):
            lane = i // 2 % lanes
            sums[lane] = add_pair(x[i], x[i + 1], sums[lane], RNE)[0]
        mean = narrow(scale_single(total(sums), constants[0], RNE)[0], RNE)[0]
        sums[:] = 0
        for i in range(0, x.size, 2):
            lane = i // 2 % lanes
            a = subtract(x[i], mean, RNE)[0]
            b = subtract(x[i + 1], mean, RNE)[0]
            sums[lane] = dot(a, a, b, b, sums[lane], RNE)[0]
        variance = scale_single(total(sums), constants[0], RNE)[0]
        deviation = root(add_single(variance, constants[1], RNE)[0], RNE)[0]
        inverse = narrow(divide(constants[2], deviation, RNE)[0], RNE)[0]
        for i in range(x.size):
            centred = subtract(x[i], mean, RNE)[0]
            scaled = multiply(multiply(centred, inverse, RNE)[0], gamma[i], RNE)[0]
            y[i] = add(scaled, beta[i], RNE)[0]

    words = ", ".join(["int64[::1]"] * 6)
    return jit.export(row, f"void({words})")
