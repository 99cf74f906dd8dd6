"""Arrays of codes: storage, encoding from and decoding to float64, ml_dtypes views."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rvx import jit
from rvx.formats.minifloat.catalogue import FP64, parse
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import STOCHASTIC_BITS, Overflow, Rounding
from rvx.formats.minifloat.scalar.convert import make_convert
from rvx.formats.minifloat.scalar.pack import WIDEST_STOCHASTIC

Codes = NDArray[Any]
"""An array of unsigned integers, each the bits of one number."""
Words = NDArray[np.int64]
"""What kernels compute on."""

TABLED = 16
"""Widest format that is decoded by a table of all its codes."""


def storage(fmt: Minifloat) -> np.dtype[Any]:
    """The unsigned NumPy type that holds one code: the narrowest of 8, 16, 32 and 64 bits."""
    width = next(width for width in (8, 16, 32, 64) if fmt.bits <= width)
    return np.dtype(f"uint{width}")


def words(fmt: Minifloat, codes: ArrayLike) -> Words:
    """Codes as the int64 values that kernels take.

    Raises:
        TypeError: the array does not hold integers.
        ValueError: a value has more bits than the format.
    """
    array = np.asarray(codes)
    if array.dtype.kind not in "ui":
        raise TypeError(
            f"codes of {fmt} are integers, but the array is of type {array.dtype}; "
            "use `encode` for numbers, or `codes_of` for an array of ml_dtypes"
        )
    converted = array.astype(np.int64)
    narrow = fmt.bits < min(8 * array.dtype.itemsize, 64)
    if narrow and array.size and not (converted.min() >= 0 and converted.max() < 1 << fmt.bits):
        wrong = converted[(converted < 0) | (converted >= 1 << fmt.bits)].flat[0]
        raise ValueError(
            f"{int(wrong):#x} is no code of {fmt}; valid are 0 to {(1 << fmt.bits) - 1:#x}"
        )
    return converted


def rounding_words(
    fmt: Minifloat, rounding: Rounding, seed: int | None, shape: tuple[int, ...]
) -> Words:
    """The rounding argument of every element; random bits come from `seed`.

    Raises:
        ValueError: stochastic rounding without a seed, or to a format too wide for it.
    """
    if rounding is not Rounding.RSR:
        return np.asarray(int(rounding), dtype=np.int64)
    if seed is None:
        raise ValueError("stochastic rounding (RSR) needs a seed; pass seed=0 or another integer")
    if fmt.precision > WIDEST_STOCHASTIC:
        raise ValueError(
            f"{fmt} is too wide for stochastic rounding; valid are formats of at most "
            f"{WIDEST_STOCHASTIC} bits of precision"
        )
    random = np.random.default_rng(seed).integers(0, 1 << STOCHASTIC_BITS, shape, np.int64)
    return int(rounding) | random << 3


def rounded_call(
    kernel: Callable[..., tuple[int, int]],
    dst: Minifloat,
    operands: tuple[Words, ...],
    rounding: Rounding,
    seed: int | None,
    fflags: NDArray[np.int64] | None,
) -> Codes:
    """Maps a kernel (operands..., rm) -> (code, flags) over broadcast arrays.

    The flags of all elements are OR-ed into element 0 of `fflags`, if it is given.
    """
    shape = np.broadcast_shapes(*(operand.shape for operand in operands))
    rm = rounding_words(dst, rounding, seed, shape)
    codes, flags = jit.elementwise(kernel, len(operands) + 1, 2)(*operands, rm)
    collect(flags, fflags)
    return np.asarray(codes.astype(storage(dst)))


def collect(flags: Words, fflags: NDArray[np.int64] | None) -> None:
    """OR-s the flags of all elements into element 0 of `fflags`, if it is given."""
    if fflags is not None:
        fflags[0] |= int(np.bitwise_or.reduce(flags, axis=None))


def encode(
    fmt: Minifloat,
    values: ArrayLike,
    rounding: Rounding = Rounding.RNE,
    overflow: Overflow | None = None,
    seed: int | None = None,
    fflags: NDArray[np.int64] | None = None,
) -> Codes:
    """Rounds numbers to a format, each once.

    Args:
        fmt: the format to round to.
        values: numbers of any shape, of type float64 or one that float64 contains.
        rounding: the rounding mode.
        overflow: what becomes of numbers beyond the range; None for the natural policy of `fmt`.
        seed: of the random bits of stochastic rounding.
        fflags: an int64 array whose element 0 collects the RISC-V flags.

    Returns:
        Codes of the shape of `values`, of type `storage(fmt)`.

    Raises:
        TypeError: float64 does not contain the type of `values`.
        ValueError: `fmt` cannot express the overflow policy, or a seed is missing.
    """
    array = np.asarray(values)
    is_contained = np.can_cast(array.dtype, np.float64)
    if array.dtype.kind in "ui" and array.dtype.itemsize == 8:
        # NumPy calls this cast safe, but float64 has 53 bits only.
        is_contained = bool(np.all(np.abs(array.astype(np.float64)) < 1 << 53))
    if not is_contained:
        raise TypeError(
            f"numbers of type {array.dtype} would be rounded twice on their way to {fmt}; "
            "valid are float64 and types that it contains"
        )
    bits = np.ascontiguousarray(array.astype(np.float64)).view(np.int64).reshape(array.shape)
    return rounded_call(make_convert(FP64, fmt, overflow), fmt, (bits,), rounding, seed, fflags)


def decode(fmt: Minifloat, codes: ArrayLike) -> NDArray[np.float64]:
    """The numbers of codes, exactly, as float64 of the same shape; NaNs become quiet ones.

    Raises:
        TypeError: `codes` are not integers.
        ValueError: a code does not fit in the format.
    """
    given = words(fmt, codes)
    if fmt.bits <= TABLED:
        return np.asarray(_table(fmt)[given])
    return np.asarray(_decoded(fmt, given))


def _decoded(fmt: Minifloat, given: Words) -> NDArray[np.float64]:
    if fmt == FP64:
        return given.view(np.float64)
    bits, _ = jit.elementwise(make_convert(fmt, FP64), 2, 2)(given, 0)
    return np.asarray(bits.view(np.float64))


@cache
def _table(fmt: Minifloat) -> NDArray[np.float64]:
    return _decoded(fmt, np.arange(1 << fmt.bits, dtype=np.int64))


def codes_of(array: NDArray[Any]) -> tuple[Minifloat, Codes]:
    """The format and the codes of a NumPy or ml_dtypes array; the codes are a view, not a copy.

    Raises:
        ValueError: the element type is no minifloat format.
    """
    fmt = parse(array.dtype.name)
    return fmt, array.view(storage(fmt))


def as_dtype(fmt: Minifloat, codes: Codes) -> NDArray[Any]:
    """Codes seen as numbers of the NumPy or ml_dtypes type of the same layout, without a copy.

    Raises:
        ValueError: neither NumPy nor ml_dtypes has such a type, or the codes are not stored in
            the narrowest unsigned type, so that a view is impossible.
        ModuleNotFoundError: the type is one of ml_dtypes, which is not installed.
    """
    if codes.dtype != storage(fmt):
        raise ValueError(
            f"codes of {fmt} are viewed from an array of {storage(fmt)}, not of {codes.dtype}"
        )
    if fmt.name in ("float16", "float32", "float64"):
        return codes.view(fmt.name)
    import ml_dtypes

    scalar = getattr(ml_dtypes, fmt.name, None)
    if scalar is None:
        raise ValueError(f"ml_dtypes has no type with the layout of {fmt}")
    return codes.view(scalar)
