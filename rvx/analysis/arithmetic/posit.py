"""Posits, with every operation rounded, or with exact sums in the quire."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from rvx import jit
from rvx.analysis.arithmetic import sweep
from rvx.analysis.arithmetic.base import Arithmetic, Codes, Encoded, Raw, Reals, check_finite
from rvx.formats.posit import Posit, exact, kernels
from rvx.formats.posit.convert import IEEE, make_from_ieee, make_to_ieee

FRACTION_BITS = 52
"""Of binary64."""


class PositSums(Arithmetic):
    """Posits of 8, 16, 32 or 64 bits; operands and results have the same format.

    Args:
        fmt: the posit format.
        words: size of the state: a sum, or the limbs of a quire.
        step: takes one product into the state.
        ending: makes the result of the state.
    """

    lanes = 1

    def __init__(self, fmt: Posit, words: int, step: sweep.Step, ending: sweep.Ending) -> None:
        self.fmt = fmt
        self.words = words
        self.step = step
        self.ending = ending
        self.output = np.dtype(f"u{fmt.n // 8}")
        self._from_f64 = jit.elementwise(make_from_ieee(fmt, *IEEE["f64"]), 1)
        self._to_f64 = jit.elementwise(make_to_ieee(fmt, *IEEE["f64"]), 1)
        self._subtract = jit.elementwise(kernels(fmt).sub, 2)

    @property
    def formats(self) -> tuple[str, ...]:
        """Of the operands."""
        return (self.fmt.name,)

    def encode(self, x: Reals) -> Encoded:
        """Rounds to the nearest posit."""
        codes = self._from_f64(check_finite(x).view(np.int64))
        memory = codes.astype(self.output, casting="unsafe")
        return Encoded((codes,), (memory,), self._values(codes))

    def product(self, a: Encoded, b: Encoded) -> Raw:
        """Every element in the order of the kernel."""
        codes = sweep.matmul(self.step, self.ending, a.parts[0], b.parts[0], 1, self.words)
        return codes.astype(self.output, casting="unsafe")

    def multiply_add(self, factor: Encoded, x: Encoded, y: Encoded) -> Raw:
        """With a quire factor x + 1 y, exact before it is rounded; else both rounded."""
        factors, xs, ys = factor.parts[0], x.parts[0], y.parts[0]
        if self.words == 1:
            codes = sweep.multiply_add(self.step, self.ending, factors, xs, ys)
        else:
            rows = np.stack([xs.reshape(-1), ys.reshape(-1)], axis=-1)
            ones = np.array([[factors[0], self.fmt.one]])
            codes = sweep.matmul(self.step, self.ending, ones, rows, 1, self.words)
        return codes.reshape(ys.shape).astype(self.output, casting="unsafe")

    def maximum(self, a: Encoded) -> Raw:
        """pmax: patterns are compared as two's complements, so that NaR is the least."""
        away = 64 - self.fmt.n
        codes = (a.parts[0] << away).max(axis=-1) >> away
        result: Raw = codes.astype(self.output, casting="unsafe")
        return result

    def decode(self, raw: Raw) -> Reals:
        """The numbers that the posits stand for, rounded once if they have 64 bits; NaN for NaR."""
        return self._values(raw.astype(np.int64))

    def exactly(self, raw: Raw) -> list[Fraction | None]:
        """Posits of 64 bits may have more digits than binary64."""
        return [exact.decode(int(code), self.fmt) for code in raw.reshape(-1)]

    def ulp(self, values: Reals) -> Reals:
        """Distance from the posit at each value to the next one away from 0."""
        codes = self._from_f64(np.abs(values).view(np.int64))
        # Beyond the largest posit there is none: take the last distance there is.
        codes = np.minimum(codes, self.fmt.maxpos - 1)
        if self.fmt.fraction_bits > FRACTION_BITS:
            # Neighbours are one number in binary64, but their difference is a posit.
            return self._values(self._subtract(codes + 1, codes))
        return self._values(codes + 1) - self._values(codes)

    def _values(self, codes: Codes) -> Reals:
        values: Reals = self._to_f64(codes).view(np.float64)
        return values


def with_quire(fmt: Posit) -> PositSums:
    """Exact sums, rounded once: qclr, qmadd for every product, qround."""
    posit = kernels(fmt)
    multiply_add = posit.q_madd
    to_posit = posit.q_round

    def step(a: Codes, b: Codes, i: int, j: int, quire: Codes) -> None:
        multiply_add(quire, a[i], b[j])

    def ending(quire: Codes) -> int:
        code: int = to_posit(quire)
        return code

    return PositSums(fmt, fmt.quire_limbs, step, ending)


def rounded(fmt: Posit) -> PositSums:
    """pmul and padd for every product, both rounded."""
    posit = kernels(fmt)
    multiply = posit.mul
    add = posit.add

    def step(a: Codes, b: Codes, i: int, j: int, sums: Codes) -> None:
        sums[0] = add(sums[0], multiply(a[i], b[j]))

    def ending(sums: Codes) -> int:
        return int(sums[0])

    return PositSums(fmt, 1, step, ending)
