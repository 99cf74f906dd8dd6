"""Arithmetics whose sums go through an accumulator of `rvx.formats.dot`, in its array form."""

from __future__ import annotations

import numpy as np

from rvx.analysis.arithmetic.base import Encoded, Raw, Reals
from rvx.analysis.arithmetic.floating import FloatResults, encoded
from rvx.analysis.arithmetic.integer import PerTensor
from rvx.formats.dot import Accumulator, Exact, Register, Wrapping
from rvx.formats.dot import array as dots
from rvx.formats.dot.catalogue import rvbna
from rvx.formats.integer import array as integers
from rvx.formats.integer.format import INT8
from rvx.formats.minifloat.array.codes import decode
from rvx.formats.minifloat.catalogue import FP32
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import Rounding
from rvx.records import replace


class Accumulated(FloatResults):
    """Elements of one format, summed in binary32 as an accumulator says.

    Args:
        accumulator: of two factors of one format.
        lanes: elements a step of the kernel.
    """

    def __init__(self, accumulator: Accumulator, lanes: int) -> None:
        assert isinstance(accumulator.left, Minifloat)
        super().__init__(accumulator.left, lanes)
        self.accumulator = accumulator

    def product(self, a: Encoded, b: Encoded) -> Raw:
        """Every sum group by group."""
        return self._raw(dots.matmul(self.accumulator, a.parts[0], b.parts[0]))


class Declared(FloatResults):
    """Sums of any accumulator of minifloats, which need not be that of an instruction.

    Elements are rounded one by one, without a scale, and what comes out are codes of the result.

    Args:
        accumulator: whose factors and result are minifloats.

    Raises:
        ValueError: they are not.
    """

    def __init__(self, accumulator: Accumulator) -> None:
        left, right, result = accumulator.left, accumulator.right, accumulator.result
        if not (
            isinstance(left, Minifloat)
            and isinstance(right, Minifloat)
            and isinstance(result, Minifloat)
        ):
            raise ValueError(
                f"{accumulator.name} is of integers; here factors and results are floats"
            )
        super().__init__(left, 1)
        self.accumulator = accumulator
        self.result = result
        self.output = np.min_scalar_type((1 << result.bits) - 1)
        self.right = right

    @property
    def formats(self) -> tuple[str, ...]:
        """Of the operands."""
        return tuple(dict.fromkeys((self.src.name, self.right.name)))

    def encode_weights(self, x: Reals) -> Encoded:
        """Rounds to the format of the right factors."""
        return encoded(self.right, x, self.lanes)

    def product(self, a: Encoded, b: Encoded) -> Raw:
        """Every sum group by group."""
        sums = dots.matmul(self.accumulator, a.parts[0], b.parts[0])
        return sums.astype(self.output, casting="unsafe")

    def decode(self, raw: Raw) -> Reals:
        """The numbers that the codes stand for."""
        return decode(self.result, raw.astype(np.int64))

    def ulp(self, values: Reals) -> Reals:
        """Spacing of the result format."""
        exponents = np.maximum(np.frexp(values)[1] - 1, self.result.emin)
        return np.asarray(np.ldexp(1.0, exponents - self.result.m))


class IntegerSums(PerTensor):
    """INT8 with one scale per tensor, bytes one behind the other; sums wrap at 32 bits.

    Args:
        lanes: elements a step of the kernel.
    """

    accumulator = Accumulator("int8-wrap32", INT8, INT8, Register(32), 0, Wrapping())

    def __init__(self, lanes: int) -> None:
        super().__init__(INT8)
        self.lanes = lanes

    def encode(self, x: Reals) -> Encoded:
        """One scale for all elements, so that the largest one becomes the largest code."""
        made = super().encode(x)
        width = x.shape[-1]
        codes = integers.pad(made.parts[0][..., :width], self.lanes)
        return Encoded((codes,), (codes.astype(np.int8),), made.values, made.scale)

    def product(self, a: Encoded, b: Encoded) -> Raw:
        """Exact sums modulo 2^32, converted and scaled in binary32."""
        sums = dots.matmul(self.accumulator, a.parts[0], b.parts[0])
        return sums.astype(np.float32) * np.float32(self.output_scale(a, b))


def zvdota(fmt: Minifloat, vlen: int, registers: int) -> Accumulated:
    """One group of VLMAX products at a time, normalised in bulk and added to odd.

    Args:
        fmt: of both factors.
        vlen: bits of a register.
        registers: LMUL.
    """
    return Accumulated(rvbna(fmt, fmt, vlen * registers // fmt.bits), 1)


def zvt(fmt: Minifloat) -> Accumulated:
    """Groups of as many products as there are in 32 bits, normalised in bulk, added to nearest."""
    group = 32 // fmt.bits
    return Accumulated(rvbna(fmt, fmt, group, rounding=Rounding.RNE), group)


def zvvm(fmt: Minifloat, lam: int) -> Accumulated:
    """Exact sums of the products of a step, rounded once with the accumulator.

    Args:
        fmt: of both factors.
        lam: lambda; the kernel takes groups of four registers.
    """
    group = lam * 32 // fmt.bits
    name = f"zvvm-{fmt.name}-l{lam}"
    return Accumulated(Accumulator(name, fmt, fmt, FP32, group, Exact(), is_fused=True), 4 * group)


class Words(Accumulated):
    """The same of four bytes at a time: in memory, they are an element of 32 bits."""

    def encode(self, x: Reals) -> Encoded:
        """Rounds to the operand format; what is too large becomes infinite."""
        made = super().encode(x)
        return replace(made, memory=tuple(part.view(np.uint32) for part in made.memory))


def xvfp8_dot4(fmt: Minifloat) -> Accumulated:
    """Exact sums of four products and the accumulator, as the extension declares them."""
    # Whoever asks for this runs the extension; no other comparison has to import it.
    from rvx.extensions.xvfp8 import DOT4

    return Words(DOT4[fmt], DOT4[fmt].group)
