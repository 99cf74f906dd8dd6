"""Elementwise operations on arrays of codes, broadcasting as NumPy does.

All take and return codes, round by `rounding` (with `seed` for the stochastic mode), treat
overflow by `overflow` (None: the natural policy of the result format), and OR the flags of all
elements into element 0 of the int64 array `fflags` if one is given.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rvx import jit
from rvx.formats.minifloat import scalar
from rvx.formats.minifloat.array.codes import (
    Codes,
    collect,
    rounded_call,
    rounding_words,
    storage,
    words,
)
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import Overflow, Rounding
from rvx.formats.minifloat.scalar.compare import Comparison

Flags = NDArray[np.int64] | None


def add(
    fmt: Minifloat,
    a: ArrayLike,
    b: ArrayLike,
    rounding: Rounding = Rounding.RNE,
    overflow: Overflow | None = None,
    seed: int | None = None,
    fflags: Flags = None,
) -> Codes:
    """a + b."""
    kernel = scalar.make_add(fmt, overflow)
    return rounded_call(kernel, fmt, (words(fmt, a), words(fmt, b)), rounding, seed, fflags)


def sub(
    fmt: Minifloat,
    a: ArrayLike,
    b: ArrayLike,
    rounding: Rounding = Rounding.RNE,
    overflow: Overflow | None = None,
    seed: int | None = None,
    fflags: Flags = None,
) -> Codes:
    """a - b."""
    kernel = scalar.make_sub(fmt, overflow)
    return rounded_call(kernel, fmt, (words(fmt, a), words(fmt, b)), rounding, seed, fflags)


def mul(
    fmt: Minifloat,
    a: ArrayLike,
    b: ArrayLike,
    rounding: Rounding = Rounding.RNE,
    overflow: Overflow | None = None,
    seed: int | None = None,
    fflags: Flags = None,
    dst: Minifloat | None = None,
) -> Codes:
    """a * b, in `dst` if that is given."""
    kernel = scalar.make_mul(fmt, dst, overflow)
    given = (words(fmt, a), words(fmt, b))
    return rounded_call(kernel, dst or fmt, given, rounding, seed, fflags)


def div(
    fmt: Minifloat,
    a: ArrayLike,
    b: ArrayLike,
    rounding: Rounding = Rounding.RNE,
    overflow: Overflow | None = None,
    seed: int | None = None,
    fflags: Flags = None,
) -> Codes:
    """a / b."""
    kernel = scalar.make_div(fmt, overflow)
    return rounded_call(kernel, fmt, (words(fmt, a), words(fmt, b)), rounding, seed, fflags)


def sqrt(
    fmt: Minifloat,
    a: ArrayLike,
    rounding: Rounding = Rounding.RNE,
    overflow: Overflow | None = None,
    seed: int | None = None,
    fflags: Flags = None,
) -> Codes:
    """The square root of a."""
    kernel = scalar.make_sqrt(fmt, overflow)
    return rounded_call(kernel, fmt, (words(fmt, a),), rounding, seed, fflags)


def fma(
    fmt: Minifloat,
    a: ArrayLike,
    b: ArrayLike,
    c: ArrayLike,
    rounding: Rounding = Rounding.RNE,
    overflow: Overflow | None = None,
    seed: int | None = None,
    fflags: Flags = None,
    dst: Minifloat | None = None,
) -> Codes:
    """a * b + c, rounded once; `c` and the result are in `dst` if that is given."""
    kernel = scalar.make_fma(fmt, dst, overflow=overflow)
    given = (words(fmt, a), words(fmt, b), words(dst or fmt, c))
    return rounded_call(kernel, dst or fmt, given, rounding, seed, fflags)


def exsdotp(
    src: Minifloat,
    dst: Minifloat,
    factors: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike],
    accumulator: ArrayLike,
    rounding: Rounding = Rounding.RNE,
    overflow: Overflow | None = None,
    seed: int | None = None,
    fflags: Flags = None,
) -> Codes:
    """a*b + c*d + e, rounded once, for factors (a, b, c, d) in `src` and e in `dst`."""
    kernel = scalar.make_exsdotp(src, dst, overflow=overflow)
    given = (*(words(src, factor) for factor in factors), words(dst, accumulator))
    return rounded_call(kernel, dst, given, rounding, seed, fflags)


def vsum(
    src: Minifloat,
    dst: Minifloat,
    a: ArrayLike,
    c: ArrayLike,
    accumulator: ArrayLike,
    rounding: Rounding = Rounding.RNE,
    overflow: Overflow | None = None,
    seed: int | None = None,
    fflags: Flags = None,
) -> Codes:
    """a + c + e, rounded once, for a and c in `src` and the accumulator e in `dst`."""
    kernel = scalar.make_vsum(src, dst, overflow=overflow)
    given = (words(src, a), words(src, c), words(dst, accumulator))
    return rounded_call(kernel, dst, given, rounding, seed, fflags)


def convert(
    src: Minifloat,
    dst: Minifloat,
    a: ArrayLike,
    rounding: Rounding = Rounding.RNE,
    overflow: Overflow | None = None,
    seed: int | None = None,
    fflags: Flags = None,
) -> Codes:
    """The numbers of one format in another, rounded once."""
    kernel = scalar.make_convert(src, dst, overflow)
    return rounded_call(kernel, dst, (words(src, a),), rounding, seed, fflags)


def to_integer(
    fmt: Minifloat,
    a: ArrayLike,
    width: int = 32,
    is_signed: bool = True,
    rounding: Rounding = Rounding.RTZ,
    seed: int | None = None,
    fflags: Flags = None,
) -> NDArray[np.int64]:
    """The integers of `width` bits (32 or 64) that numbers round to, saturated as in RISC-V.

    Unsigned results are sign-extended from `width` bits, as RV64 writes them to a register.
    """
    given = words(fmt, a)
    rm = rounding_words(fmt, rounding, seed, given.shape)
    kernel = scalar.make_to_integer(fmt, width, is_signed)
    integers, flags = jit.elementwise(kernel, 2, 2)(given, rm)
    collect(flags, fflags)
    return np.asarray(integers)


def from_integer(
    fmt: Minifloat,
    a: ArrayLike,
    width: int = 64,
    is_signed: bool = True,
    rounding: Rounding = Rounding.RNE,
    overflow: Overflow | None = None,
    seed: int | None = None,
    fflags: Flags = None,
) -> Codes:
    """The numbers that the low `width` bits (32 or 64) of integers round to."""
    kernel = scalar.make_from_integer(fmt, width, is_signed, overflow)
    return rounded_call(kernel, fmt, (np.asarray(a).astype(np.int64),), rounding, seed, fflags)


def minimum(fmt: Minifloat, a: ArrayLike, b: ArrayLike, fflags: Flags = None) -> Codes:
    """The lesser, as RISC-V `fmin`."""
    return _compared(scalar.make_minimum(fmt), fmt, a, b, fflags).astype(storage(fmt))


def maximum(fmt: Minifloat, a: ArrayLike, b: ArrayLike, fflags: Flags = None) -> Codes:
    """The greater, as RISC-V `fmax`."""
    return _compared(scalar.make_maximum(fmt), fmt, a, b, fflags).astype(storage(fmt))


def equal(fmt: Minifloat, a: ArrayLike, b: ArrayLike, fflags: Flags = None) -> NDArray[np.bool_]:
    """Whether a = b, quiet on NaN."""
    return _compared(scalar.make_eq(fmt), fmt, a, b, fflags).astype(np.bool_)


def less(fmt: Minifloat, a: ArrayLike, b: ArrayLike, fflags: Flags = None) -> NDArray[np.bool_]:
    """Whether a < b, signalling on NaN."""
    return _compared(scalar.make_lt(fmt), fmt, a, b, fflags).astype(np.bool_)


def less_equal(
    fmt: Minifloat, a: ArrayLike, b: ArrayLike, fflags: Flags = None
) -> NDArray[np.bool_]:
    """Whether a <= b, signalling on NaN."""
    return _compared(scalar.make_le(fmt), fmt, a, b, fflags).astype(np.bool_)


def _compared(
    kernel: Comparison, fmt: Minifloat, a: ArrayLike, b: ArrayLike, fflags: Flags
) -> NDArray[np.int64]:
    results, flags = jit.elementwise(kernel, 2, 2)(words(fmt, a), words(fmt, b))
    collect(flags, fflags)
    return np.asarray(results)
