"""Operands that find faults in floating-point instructions, after those of TestFloat.

Every source operand of an instruction is drawn from the same neighbourhoods: the edges of its
format and their neighbours, sums of two powers of two, few and many significant bits at any
exponent, and any bits. Operands of one case are drawn together now and then, so that results
cancel, tie and underflow. A part of the narrow operands is not boxed in NaNs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rvx.formats.minifloat import Minifloat
from rvx.formats.minifloat.catalogue import FP16, FP32, FP64
from rvx.isa import Instruction, Isa
from rvx.isa.operands import RegisterKind, RoundingKind

Words = NDArray[np.int64]
FORMATS = {"h": FP16, "s": FP32, "d": FP64}
STATIC_MODES, DYNAMIC = (0, 1, 2, 3, 4), 7
_INTEGER_EDGES = (0, 1, 2, 3, 31, 32, 33, 63, 64)


@dataclass(frozen=True)
class Vectors:
    """Cases of one instruction.

    Attributes:
        f: bits of the source registers f10, f11 and f12, a row for each case.
        x: of x13.
        frm: the dynamic rounding mode before.
        fflags: the accrued exceptions before.
    """

    f: Words
    x: Words
    frm: Words
    fflags: Words

    def __len__(self) -> int:
        return len(self.x)


def floating_instructions(isa: Isa) -> list[Instruction]:
    """Everything of F, D and Zfh that computes: all but loads and stores."""
    return [
        made
        for made in isa.instructions.values()
        if made.extension in ("F", "D", "Zfh") and made.kind == "float"
    ]


def source_format(made: Instruction) -> Minifloat:
    """The format of the operands in f registers, which the mnemonic ends in."""
    last = made.mnemonic.rsplit(".", 1)[1]
    if last == "x":
        return FP64 if ".d." in made.mnemonic else FP32
    return FORMATS.get(last, FP32)


def modes(made: Instruction) -> tuple[int, ...]:
    """The rounding modes that may stand in the word, dynamic included; (0,) if there is none."""
    has_mode = any(isinstance(operand.kind, RoundingKind) for operand in made.operands.values())
    return (*STATIC_MODES, DYNAMIC) if has_mode else (0,)


def word_of(made: Instruction, mode: int) -> int:
    """The word of an instruction from f10, f11 and f12, or x13, to f14 or x14."""
    return made.encode(values_of(made, mode))


def values_of(made: Instruction, mode: int) -> dict[str, int]:
    """The operands of `word_of`."""
    values = {}
    for name, operand in made.operands.items():
        if isinstance(operand.kind, RoundingKind):
            values[name] = mode
        elif isinstance(operand.kind, RegisterKind):
            is_float = operand.kind.file.name == "f"
            sources = {"rs1": 10, "rs2": 11, "rs3": 12} if is_float else {"rs1": 13}
            values[name] = 14 if name == "rd" else sources[name]
    return values


class VectorSource:
    """Draws vectors; the same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)

    def draw(self, made: Instruction, count: int, is_boxed: bool = False) -> Vectors:
        """Cases for an instruction.

        Args:
            made: the instruction.
            count: how many.
            is_boxed: whether narrow operands are boxed in all cases.
        """
        fmt = source_format(made)
        columns = np.stack([self._codes(fmt, count) for _ in range(3)])
        self._relate(fmt, columns)
        if fmt.bits < 64:
            boxed = columns | -1 << fmt.bits
            columns = boxed if is_boxed else np.where(self._is(0.9, columns.shape), boxed, columns)
            if not is_boxed:
                any_bits = self._rng.integers(-(1 << 63), (1 << 63) - 1, columns.shape)
                columns = np.where(self._is(0.02, columns.shape), any_bits, columns)
        return Vectors(
            np.ascontiguousarray(columns.T),
            self._integers(count),
            self._rng.integers(0, 5, count),
            # Some implementations take another way once a result has been inexact.
            np.where(self._is(0.5, count), 0, self._rng.integers(0, 32, count)),
        )

    def _is(self, probability: float, shape: int | tuple[int, ...]) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self._rng.random(shape) < probability
        return found

    def _codes(self, fmt: Minifloat, count: int) -> Words:
        rng = self._rng
        magnitudes = np.array(_edges(fmt), np.int64)
        edges = rng.choice(magnitudes, count)
        exponents = rng.integers(0, (1 << fmt.bits - 1 - fmt.m) - 1, count)
        fraction = rng.integers(0, 1 << fmt.m, count)
        few = fraction >> rng.integers(0, fmt.m + 1, count)
        few = np.where(self._is(0.5, count), few, few << rng.integers(0, 3, count))
        few = np.where(self._is(0.5, count), few, -few) & (1 << fmt.m) - 1
        middle = np.clip(fmt.bias + rng.integers(-fmt.m - 3, fmt.m + 4, count), 0, exponents.max())
        kinds = [
            edges,
            exponents << fmt.m | fraction,
            exponents << fmt.m | few,
            middle << fmt.m | fraction,
            middle << fmt.m | few,
            rng.integers(0, 3 << fmt.m, count),
            # Near the whole numbers where conversions to integers end.
            np.int64(1) * (fmt.bias + rng.choice([15, 16, 31, 32, 63, 64], count) << fmt.m)
            + rng.integers(-3, 4, count),
        ]
        share = [0.2, 0.15, 0.15, 0.2, 0.15, 0.1, 0.05]
        magnitude = np.choose(rng.choice(len(kinds), count, p=share), kinds)
        magnitude &= (1 << fmt.bits - 1) - 1
        return magnitude | -rng.integers(0, 2, count) << fmt.bits - 1 & _mask(fmt)

    def _relate(self, fmt: Minifloat, columns: Words) -> None:
        """Makes some operands neighbours of others, so that sums cancel and comparisons are close.

        The third operand comes near the product of the first two by its exponent.
        """
        rng, count = self._rng, columns.shape[1]
        sign = np.int64(-1 << fmt.bits - 1) if fmt.bits == 64 else np.int64(1 << fmt.bits - 1)
        near = (columns[0] + rng.integers(-2, 3, count) ^ rng.choice([0, sign], count)) & _mask(fmt)
        columns[1] = np.where(self._is(0.15, count), near, columns[1])
        field = (1 << fmt.bits - 1 - fmt.m) - 1
        exponent = (columns[0] >> fmt.m & field) + (columns[1] >> fmt.m & field) - fmt.bias
        exponent = np.clip(exponent + rng.integers(-3, 4, count), 0, field - 1)
        addend = columns[2] & sign | exponent << fmt.m | columns[2] & (1 << fmt.m) - 1
        columns[2] = np.where(self._is(0.4, count), addend, columns[2])
        # Infinity times zero, beside anything and often beside a quiet NaN.
        is_invalid, swaps = self._is(0.02, count), rng.integers(0, 2, count)
        quiet = fmt.max_finite + 1 | 1 << fmt.m - 1
        columns[2] = np.where(is_invalid & self._is(0.5, count), quiet, columns[2])
        for index in (0, 1):
            magnitude = np.where(swaps == index, fmt.max_finite + 1, 0)
            columns[index] = np.where(is_invalid, columns[index] & sign | magnitude, columns[index])

    def _integers(self, count: int) -> Words:
        rng = self._rng
        any_bits = rng.integers(-(1 << 63), (1 << 63) - 1, count, endpoint=True)
        edge = np.int64(1) << rng.choice(np.array(_INTEGER_EDGES[:-1]), count)
        kinds = [
            any_bits >> rng.integers(0, 64, count),
            edge + rng.integers(-2, 3, count),
            -edge + rng.integers(-2, 3, count),
            (any_bits >> rng.integers(0, 64, count)) << rng.integers(0, 40, count),
        ]
        return np.choose(rng.integers(0, len(kinds), count), kinds)


def _edges(fmt: Minifloat) -> list[int]:
    one = fmt.bias << fmt.m
    infinity = fmt.max_finite + 1
    around = [0, 1, 2, fmt.min_normal - 1, fmt.min_normal, fmt.min_normal + 1]
    around += [one - 1, one, one + 1, one + (1 << fmt.m), one + (1 << fmt.m - 1)]
    around += [fmt.max_finite - 1, fmt.max_finite, infinity, infinity]
    quiet, signalling = infinity | 1 << fmt.m - 1, infinity | 1
    return [*around, 0, quiet, quiet, quiet | 5, signalling, signalling | 1 << fmt.m - 2]


def _mask(fmt: Minifloat) -> int:
    return -1 if fmt.bits == 64 else (1 << fmt.bits) - 1
