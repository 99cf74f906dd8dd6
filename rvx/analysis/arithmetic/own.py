"""Number systems of a user's own: codes that mean numbers, and how a kernel sums up products."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rvx.analysis.arithmetic import sweep
from rvx.analysis.arithmetic.base import Arithmetic, Codes, Encoded, Raw, Reals, check_finite
from rvx.errors import RvxError
from rvx.formats.integer.array import pad

_WIDTHS = (8, 16, 32, 64)


class CodecError(RvxError, ValueError):
    """A function of the user's own number system failed, or gave what it should not."""


@dataclass(frozen=True)
class Codec:
    """What the codes of a format mean.

    Attributes:
        bits: of a code in memory: 8, 16, 32 or 64.
        encode: rounds an array of float64 to codes, int64; 0 has to be the code of 0.
        decode: gives the float64 numbers of an array of codes, which are not negative but for
            codes of 64 bits.
    """

    bits: int
    encode: Callable[[Reals], Codes]
    decode: Callable[[Codes], Reals]

    def __post_init__(self) -> None:
        if self.bits not in _WIDTHS:
            raise CodecError(f"codes of {self.bits} bits; valid are {_WIDTHS}")

    @property
    def dtype(self) -> np.dtype[np.unsignedinteger]:
        """The type of codes in memory."""
        return np.dtype(f"u{self.bits // 8}")

    def codes(self, x: Reals) -> Codes:
        """The codes of an array, within their bits."""
        found = _called("encode", self.encode, x).astype(np.int64)
        return found if self.bits == 64 else found & (1 << self.bits) - 1

    def numbers(self, codes: Codes) -> Reals:
        """The numbers of an array of codes."""
        return _called("decode", self.decode, codes).astype(np.float64)


def _called(name: str, function: Callable[[Any], Any], given: NDArray[Any]) -> NDArray[Any]:
    try:
        found = np.asarray(function(given))
    except Exception as error:
        raise CodecError(f"{name} ({_place(function)}) raised {_said(error)}") from error
    if found.shape != given.shape or found.dtype.kind not in "iufb":
        raise CodecError(
            f"{name} ({_place(function)}) gave {found.dtype} of shape {found.shape} for an array "
            f"of shape {given.shape}; it has to give a number for each element"
        )
    return found


def _place(function: Callable[..., Any]) -> str:
    code = getattr(function, "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else repr(function)


def _said(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return ": ".join([type(error).__name__, *lines[:2]])


def one_by_one(multiply_add: Callable[[int, int, int], int]) -> sweep.Step:
    """A step of one product, taken into sum 0 by multiply_add(sum, a, b), a function of integers.

    That may be the body of an instruction.
    """

    def step(a: Codes, b: Codes, i: int, j: int, sums: Codes) -> None:
        sums[0] = multiply_add(sums[0], a[i], b[j])

    return step


def first_sum(sums: Codes) -> int:
    """The ending of a kernel that stores its sum as it is."""
    return int(sums[0])


class Sums(Arithmetic):
    """A number system for `ARITHMETICS` of a kernel's module.

    `step` and `ending` are compiled by numba like the bodies of instructions.

    Args:
        operand: of both operands.
        result: of what the kernel stores.
        step: step(a, b, i, j, sums) takes the `lanes` codes from a[i] and b[j] on into the sums, in
            the order of the kernel.
        ending: ending(sums) gives the code that the kernel stores.
        lanes: elements that the kernel takes in one step; rows are filled up with zeros.
        words: how many sums there are; they begin as 0.
    """

    def __init__(
        self,
        operand: Codec,
        result: Codec,
        step: sweep.Step,
        ending: sweep.Ending = first_sum,
        *,
        lanes: int = 1,
        words: int = 1,
    ) -> None:
        self.operand = operand
        self.result = result
        self.step = step
        self.ending = ending
        self.lanes = lanes
        self.words = words
        self.output = result.dtype

    @property
    def formats(self) -> tuple[str, ...]:
        """Of the operands."""
        return (f"{self.operand.bits} bits of its own",)

    def encode(self, x: Reals) -> Encoded:
        """Rounds to the format of the operands."""
        reals = check_finite(x)
        codes = self.operand.codes(reals)
        padded = pad(codes, self.lanes)
        memory = padded.astype(self.operand.dtype, casting="unsafe")
        return Encoded((padded,), (memory,), self.operand.numbers(codes))

    def product(self, a: Encoded, b: Encoded) -> Raw:
        """Every element in the order of the kernel."""
        try:
            codes = sweep.matmul(
                self.step, self.ending, a.parts[0], b.parts[0], self.lanes, self.words
            )
        except Exception as error:
            raise CodecError(
                f"step ({_place(self.step)}) or ending ({_place(self.ending)}) cannot be compiled "
                f"or failed: {_said(error)}"
            ) from error
        return codes.astype(self.output, casting="unsafe")

    def decode(self, raw: Raw) -> Reals:
        """The numbers of what the kernel has stored."""
        return self.result.numbers(raw.astype(np.int64, casting="unsafe"))

    def ulp(self, values: Reals) -> Reals:
        """From the nearest number of the result's format to the one with the next code."""
        codes = self.result.codes(np.asarray(values, np.float64))
        with np.errstate(invalid="ignore"):
            above = np.abs(self.result.numbers(codes + 1) - self.result.numbers(codes))
        return np.where(np.isfinite(above) & (above > 0), above, np.nan)
