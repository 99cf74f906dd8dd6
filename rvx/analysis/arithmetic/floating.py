"""IEEE formats and minifloats: fused multiply-adds, expanding dot products, expanding FMAs.

All round to nearest, ties to even, as the kernels do with the frm they are called with.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rvx.analysis.arithmetic import sweep
from rvx.analysis.arithmetic.base import Arithmetic, Codes, Encoded, Raw, Reals, check_finite
from rvx.formats.integer.array import pad
from rvx.formats.minifloat import array
from rvx.formats.minifloat.catalogue import FP32, FP64
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import Rounding
from rvx.formats.minifloat.scalar import make_add, make_exsdotp, make_fma, make_mul, make_vsum

RNE = int(Rounding.RNE)


def encoded(fmt: Minifloat, x: Reals, lanes: int) -> Encoded:
    """A tensor rounded to a format, rows filled up to whole steps.

    Raises:
        ValueError: an element is not finite.
    """
    reals = check_finite(x)
    memory = pad(array.encode(fmt, reals), lanes)
    values = array.decode(fmt, memory)[..., : reals.shape[-1]]
    return Encoded((memory.astype(np.int64),), (memory,), values)


class FloatResults(Arithmetic):
    """Elements of one format, results as binary32 or 64.

    Args:
        src: format of the operands.
        lanes: elements a step of the kernel.
    """

    def __init__(self, src: Minifloat, lanes: int) -> None:
        self.src = src
        self.lanes = lanes
        self.output = np.dtype(np.float64 if src == FP64 else np.float32)

    @property
    def formats(self) -> tuple[str, ...]:
        """Of the operands."""
        return (self.src.name,)

    def encode(self, x: Reals) -> Encoded:
        """Rounds to the operand format; what is too large becomes infinite."""
        return encoded(self.src, x, self.lanes)

    def argument(self, scalar: Encoded) -> Any:
        """In an f register, as the type of NumPy that is passed there."""
        return scalar.memory[0].view(f"f{self.src.bits // 8}")[0]

    def _raw(self, codes: Codes) -> Raw:
        unsigned = codes.astype(f"u{self.output.itemsize}", casting="unsafe")
        return unsigned.view(self.output)

    def maximum(self, a: Encoded) -> Raw:
        """fmax of numbers; 0 is greater than -0."""
        away = 64 - self.src.bits
        codes = a.parts[0] << away
        # Magnitudes of negative numbers are turned around, so that integers are in their order.
        turned = codes ^ (codes >> 63 & np.int64(2**63 - 1))
        greatest = np.max(turned, axis=-1)
        found: Codes = (greatest ^ (greatest >> 63 & np.int64(2**63 - 1))) >> away
        result: Raw = found.astype(f"u{self.output.itemsize}", casting="unsafe").view(self.output)
        return result

    def decode(self, raw: Raw) -> Reals:
        """The numbers themselves."""
        with np.errstate(invalid="ignore"):
            return raw.astype(np.float64)

    def ulp(self, values: Reals) -> Reals:
        """Spacing of the output format."""
        with np.errstate(over="ignore", invalid="ignore"):
            spacing: Reals = np.spacing(np.abs(values).astype(self.output)).astype(np.float64)
        return spacing


class Floating(FloatResults):
    """Elements of one format, summed in the same or a wider one by a step of the kernel.

    Args:
        src: format of the operands.
        lanes: elements a step of the kernel.
        words: sums that the kernel keeps.
        step: takes a step of elements into the sums.
        ending: makes the result of the sums.
    """

    def __init__(
        self, src: Minifloat, lanes: int, words: int, step: sweep.Step, ending: sweep.Ending
    ) -> None:
        super().__init__(src, lanes)
        self.words = words
        self.step = step
        self.ending = ending

    def product(self, a: Encoded, b: Encoded) -> Raw:
        """Every element in the order of the kernel."""
        return self._raw(
            sweep.matmul(self.step, self.ending, a.parts[0], b.parts[0], self.lanes, self.words)
        )

    def multiply_add(self, factor: Encoded, x: Encoded, y: Encoded) -> Raw:
        """Rounded once if products are fused with sums, else twice."""
        if self.lanes != 1 or self.src.bits != 8 * self.output.itemsize:
            return super().multiply_add(factor, x, y)
        parts = (factor.parts[0], x.parts[0], y.parts[0])
        return self._raw(sweep.multiply_add(self.step, self.ending, *parts))


def fused(fmt: Minifloat) -> Floating:
    """One FMA per product in one format (fmadd.d, fmadd.s)."""
    fma = make_fma(fmt)

    def step(a: Codes, b: Codes, i: int, j: int, sums: Codes) -> None:
        sums[0] = fma(a[i], b[j], sums[0], RNE)[0]

    def ending(sums: Codes) -> int:
        return int(sums[0])

    return Floating(fmt, 1, 1, step, ending)


def widening(src: Minifloat) -> Floating:
    """One FMA per product of narrower floats into binary32 (vfwmacc, vfwmaccbf16)."""
    fma = make_fma(src, FP32)

    def step(a: Codes, b: Codes, i: int, j: int, sums: Codes) -> None:
        sums[0] = fma(a[i], b[j], sums[0], RNE)[0]

    def ending(sums: Codes) -> int:
        return int(sums[0])

    return Floating(src, 1, 1, step, ending)


def separate(fmt: Minifloat) -> Floating:
    """A multiplication and an addition per product in one format (fmul.s and fadd.s)."""
    multiply = make_mul(fmt)
    add = make_add(fmt)

    def step(a: Codes, b: Codes, i: int, j: int, sums: Codes) -> None:
        sums[0] = add(sums[0], multiply(a[i], b[j], RNE)[0], RNE)[0]

    def ending(sums: Codes) -> int:
        return int(sums[0])

    return Floating(fmt, 1, 1, step, ending)


def _ending(dst: Minifloat) -> sweep.Ending:
    """What the kernels do with the sums of the lanes: add them in binary32."""
    add_single = make_vsum(FP32)
    if dst == FP32:

        def add_two(sums: Codes) -> int:
            return add_single(sums[0], sums[1], 0, RNE)[0]

        return add_two
    add_expanding = make_vsum(dst, FP32)

    def add_four(sums: Codes) -> int:
        low = add_expanding(sums[0], sums[1], 0, RNE)[0]
        high = add_expanding(sums[2], sums[3], 0, RNE)[0]
        return add_single(low, high, 0, RNE)[0]

    return add_four


def exsdotp(src: Minifloat, dst: Minifloat) -> Floating:
    """A step is one vfdotpex: every lane takes two products and rounds once."""
    dot = make_exsdotp(src, dst)
    words = 64 // dst.bits

    def step(a: Codes, b: Codes, i: int, j: int, sums: Codes) -> None:
        for lane in range(words):
            x = i + 2 * lane
            y = j + 2 * lane
            sums[lane] = dot(a[x], b[y], a[x + 1], b[y + 1], sums[lane], RNE)[0]

    return Floating(src, 2 * words, words, step, _ending(dst))


def exfma(src: Minifloat, dst: Minifloat) -> Floating:
    """A step is vfmacex and vfmacexu: every lane takes two products, rounding after each."""
    fma = make_fma(src, dst)
    words = 64 // dst.bits

    def step(a: Codes, b: Codes, i: int, j: int, sums: Codes) -> None:
        for element in range(2 * words):
            lane = element % words
            sums[lane] = fma(a[i + element], b[j + element], sums[lane], RNE)[0]

    return Floating(src, 2 * words, words, step, _ending(dst))
