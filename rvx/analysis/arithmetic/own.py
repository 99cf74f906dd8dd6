"""Number systems of a user's own: codes that mean numbers, and how a kernel sums up products."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rvx.analysis.arithmetic import sweep
from rvx.analysis.arithmetic.base import Arithmetic, Codes, Encoded, Raw, Reals, check_finite
from rvx.formats.integer.array import pad
from rvx.formats.number.own import Codec, CodecError, place, said

__all__ = ["Codec", "CodecError", "Sums", "first_sum", "one_by_one"]


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
                f"step ({place(self.step)}) or ending ({place(self.ending)}) cannot be compiled "
                f"or failed: {said(error)}"
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
