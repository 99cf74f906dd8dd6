"""Products of whole matrices through an accumulator: `matmul`, on codes and NumPy arrays."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from rvx import jit
from rvx.formats.dot import step
from rvx.formats.dot.accumulator import (
    Accumulator,
    Element,
    Register,
)
from rvx.formats.dot.setting import WIDEST_SCALE, setting_of
from rvx.formats.dot.step import DIGITS, INFINITE, MINUS_ZERO, QUIET, SIGNALLING
from rvx.formats.integer.format import Integer
from rvx.formats.minifloat.array.codes import words
from rvx.formats.minifloat.format import Flavour, Minifloat
from rvx.formats.minifloat.rounding import Rounding

Words = npt.NDArray[np.int64]

_SCRATCH = DIGITS + 4 * 64


def matmul(
    acc: Accumulator,
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    start: npt.ArrayLike | None = None,
    *,
    a_scales: npt.ArrayLike | None = None,
    b_scales: npt.ArrayLike | None = None,
    seed: int = 0,
    fflags: npt.NDArray[np.int64] | None = None,
) -> Words:
    """The product of a matrix with the transpose of another, every sum through the accumulator.

    Args:
        acc: how sums come about.
        a: codes of the left format, shape (M, K).
        b: codes of the right one, shape (N, K).
        start: codes of the accumulators at the beginning, shape (M, N); zeros if left out.
        a_scales: exponents of two, an int for every element of `a`, as MX blocks have them (E8M0
            codes less 127, repeated for each element); a scale that is NaN makes its elements NaN
            before.
        b_scales: likewise.
        seed: of stochastic rounding.
        fflags: one word that gets the exception flags of all steps.

    Returns:
        Codes of the result format, shape (M, N); of integers, the numbers themselves.

    Raises:
        ValueError: shapes do not match, or a code is none of its format.
    """
    left, right = (_matrix(fmt, x) for fmt, x in ((acc.left, a), (acc.right, b)))
    if left.shape[1] != right.shape[1]:
        raise ValueError(
            f"matrices of {left.shape[1]} and {right.shape[1]} columns have no product of rows"
        )
    rows, columns, depth = left.shape[0], right.shape[0], left.shape[1]
    (sa, ea), (sb, eb) = unpack(acc.left, left), unpack(acc.right, right)
    ea, eb = _scaled(sa, ea, a_scales), _scaled(sb, eb, b_scales)
    tame = np.concatenate([(x < INFINITE).all(axis=1) for x in (ea, eb)]).astype(np.int64)
    if start is None:
        cs, ce = np.zeros((rows, columns), np.int64), np.zeros((rows, columns), np.int64)
    else:
        given = np.asarray(start)
        if given.shape != (rows, columns):
            raise ValueError(f"the accumulators have shape {given.shape}, not {(rows, columns)}")
        if isinstance(acc.result, Register):
            cs, ce = given.astype(np.int64), np.zeros((rows, columns), np.int64)
        else:
            cs, ce = unpack(acc.result, words(acc.result, given))
    flags = np.zeros(1, np.int64)
    is_random = Rounding.RSR in (acc.rounding, acc.group_rounding)
    size = acc.group_of(depth)
    flat = [x.reshape(-1) for x in (sa, ea, sb, eb, cs, ce)]
    entry = jit.export(step.matmul, step.SIGNATURE)
    entry(
        _table(acc, size),
        *flat,
        flags,
        tame,
        np.zeros(_SCRATCH, np.int64),
        rows,
        columns,
        depth,
        size,
        seed if is_random else -1,
    )
    if fflags is not None:
        fflags[0] |= flags[0]
    if isinstance(acc.result, Register):
        return flat[4].reshape(rows, columns)
    return pack(acc.result, flat[4], flat[5]).reshape(rows, columns)


def _scaled(significands: Words, exponents: Words, scales: npt.ArrayLike | None) -> Words:
    """The exponents with those of the scales; zeros and what is no number stay as they are."""
    if scales is None:
        return exponents
    given = np.broadcast_to(np.asarray(scales, np.int64), exponents.shape)
    if given.size and np.abs(given).max() > WIDEST_SCALE:
        raise ValueError(f"scales go from 2^-{WIDEST_SCALE} to 2^{WIDEST_SCALE}, as those of E8M0")
    return exponents + np.where((significands != 0) & (exponents < INFINITE), given, 0)


def _matrix(fmt: Element, codes: npt.ArrayLike) -> Words:
    if isinstance(fmt, Integer):
        array = np.asarray(codes).astype(np.int64)
        low, high = (fmt.minimum, fmt.maximum) if array.size else (0, 0)
        if array.size and not (array.min() >= low and array.max() <= high):
            raise ValueError(f"{fmt.name} holds {low} to {high}; the matrix has others")
    else:
        array = words(fmt, codes)
    if array.ndim != 2:
        raise ValueError(f"a matrix has two axes, not {array.ndim}")
    return array


def unpack(fmt: Element, codes: Words) -> tuple[Words, Words]:
    """Signed significands and exponents of codes, see `rvx.formats.dot.step`."""
    if isinstance(fmt, Integer):
        return np.array(codes), np.zeros_like(codes)
    is_minus = (codes & fmt.sign_mask) != 0
    magnitude = codes & fmt.magnitude_mask
    field, mantissa = magnitude >> fmt.m, magnitude & (1 << fmt.m) - 1
    significand = mantissa | (field > 0).astype(np.int64) << fmt.m
    exponent = np.maximum(field, 1) - fmt.bias - fmt.m
    exponent = np.where(significand == 0, np.where(is_minus, MINUS_ZERO, 0), exponent)
    is_nan = np.zeros(codes.shape, bool)
    is_signalling = is_nan
    match fmt.flavour:
        case Flavour.IEEE:
            is_top = field == (1 << fmt.e) - 1
            is_nan = is_top & (mantissa != 0)
            is_signalling = is_nan & (mantissa >> (fmt.m - 1) == 0)
            is_infinite = is_top & (mantissa == 0)
            exponent = np.where(is_infinite, INFINITE, exponent)
            significand = np.where(is_infinite, 1, significand)
        case Flavour.FN:
            is_nan = magnitude == fmt.magnitude_mask
        case Flavour.FNUZ:
            is_nan = codes == fmt.sign_mask
    exponent = np.where(is_nan, np.where(is_signalling, SIGNALLING, QUIET), exponent)
    significand = np.where(is_nan, 1, np.where(is_minus, -significand, significand))
    return significand, exponent


def pack(fmt: Minifloat, significands: Words, exponents: Words) -> Words:
    """Codes of numbers of the format, taken apart; the inverse of `unpack`."""
    is_minus = (significands < 0) | ((significands == 0) & (exponents == MINUS_ZERO))
    magnitude = np.abs(significands)
    is_normal = magnitude >> fmt.m != 0
    field = np.where(is_normal, exponents + fmt.bias + fmt.m, 0)
    codes = field << fmt.m | magnitude & (1 << fmt.m) - 1
    if fmt.infinity is not None:
        codes = np.where(exponents == INFINITE, fmt.infinity, codes)
    if not fmt.has_negative_zero:
        is_minus &= codes != 0
    codes = np.where(is_minus, codes | fmt.sign_mask, codes)
    return np.where(exponents >= QUIET, fmt.nan or 0, codes)


@cache
def _table(acc: Accumulator, size: int) -> Words:
    return np.array(setting_of(acc, size), np.int64)
