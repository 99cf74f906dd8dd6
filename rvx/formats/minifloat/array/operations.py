"""Elementwise operations on arrays of codes, broadcasting as NumPy does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

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
from rvx.records import dataclass

Flags = NDArray[np.int64] | None
Kernel = Callable[..., tuple[int, int]]
Maker = Callable[[Minifloat, Minifloat, Overflow | None], Kernel]


@dataclass(frozen=True)
class Operation:
    """An operation that rounds, as a function of arrays of codes.

    Attributes:
        name: what it is called in errors.
        meaning: the exact result that is rounded, once.
        operands: one letter for each operand: `s` for a code of the source format, `d` for one of
            the destination.
        make: makes the kernel of (source, destination, overflow policy).
        expands: whether the destination may be another format than the source.
    """

    name: str
    meaning: str
    operands: str
    make: Maker
    expands: bool = False

    def __call__(
        self,
        fmt: Minifloat,
        *operands: ArrayLike,
        dst: Minifloat | None = None,
        rounding: Rounding = Rounding.RNE,
        overflow: Overflow | None = None,
        seed: int | None = None,
        fflags: Flags = None,
    ) -> Codes:
        """Codes of the rounded results.

        Args:
            fmt: format of the operands, and of the result unless `dst` is given.
            operands: arrays of codes, of shapes that broadcast.
            dst: format of the result, and of the accumulator if there is one.
            rounding: the rounding mode.
            overflow: what becomes of results beyond the range; None for the natural policy.
            seed: of the random bits of stochastic rounding.
            fflags: an int64 array whose element 0 collects the RISC-V flags of all elements.

        Raises:
            TypeError: the number of operands is wrong, they are not integers, or `dst` is given to
                an operation that has one format only.
            ValueError: an operand has a value that is no code of its format, or the request cannot
                be met by the formats.
        """
        if len(operands) != len(self.operands):
            raise TypeError(
                f"{self.name} ({self.meaning}) takes {len(self.operands)} arrays of codes, "
                f"not {len(operands)}"
            )
        if dst is not None and not self.expands:
            raise TypeError(f"{self.name} has one format for operands and result; omit `dst`")
        target = dst or fmt
        given = tuple(
            words(fmt if letter == "s" else target, operand)
            for letter, operand in zip(self.operands, operands, strict=True)
        )
        kernel = self.make(fmt, target, overflow)
        return rounded_call(kernel, target, given, rounding, seed, fflags)


def _same(make: Callable[[Minifloat, Overflow | None], Kernel]) -> Maker:
    return lambda src, dst, overflow: make(src, overflow)


add: Final = Operation("add", "a + b", "ss", _same(scalar.make_add))
sub: Final = Operation("sub", "a - b", "ss", _same(scalar.make_sub))
div: Final = Operation("div", "a / b", "ss", _same(scalar.make_div))
sqrt: Final = Operation("sqrt", "the square root of a", "s", _same(scalar.make_sqrt))
mul: Final = Operation("mul", "a * b", "ss", scalar.make_mul, expands=True)
_convert: Final = Operation("convert", "a", "s", scalar.make_convert, expands=True)
fma: Final = Operation(
    "fma", "a * b + c", "ssd", lambda s, d, o: scalar.make_fma(s, d, overflow=o), expands=True
)
vsum: Final = Operation(
    "vsum", "a + c + e", "ssd", lambda s, d, o: scalar.make_vsum(s, d, overflow=o), expands=True
)
exsdotp: Final = Operation(
    "exsdotp",
    "a * b + c * d + e",
    "ssssd",
    lambda s, d, o: scalar.make_exsdotp(s, d, overflow=o),
    expands=True,
)


def convert(
    src: Minifloat,
    dst: Minifloat,
    a: ArrayLike,
    rounding: Rounding = Rounding.RNE,
    overflow: Overflow | None = None,
    seed: int | None = None,
    fflags: Flags = None,
) -> Codes:
    """The numbers of one format in another, rounded once; arguments as those of `Operation`."""
    return _convert(src, a, dst=dst, rounding=rounding, overflow=overflow, seed=seed, fflags=fflags)


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
