"""FP8 and FP8alt: every pair of codes, every operation, every rounding mode, with flags."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from rvx import jit
from rvx.formats.minifloat import E2M1, E4M3FN, FP8, FP8ALT, Minifloat, Rounding, exact, scalar

Words = NDArray[np.int64]
FORMATS = [FP8, FP8ALT]
ids = pytest.mark.parametrize("fmt", FORMATS, ids=["fp8", "fp8alt"])
ROUNDED: dict[str, tuple[Callable[..., Any], Callable[..., Any], Callable[..., Fraction]]] = {
    "add": (scalar.make_add, exact.add, operator.add),
    "sub": (scalar.make_sub, exact.sub, operator.sub),
    "mul": (scalar.make_mul, exact.mul, operator.mul),
    "div": (scalar.make_div, exact.div, operator.truediv),
}
COMPARED: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "eq": (scalar.make_eq, exact.eq),
    "lt": (scalar.make_lt, exact.lt),
    "le": (scalar.make_le, exact.le),
    "minimum": (scalar.make_minimum, exact.minimum),
    "maximum": (scalar.make_maximum, exact.maximum),
}
SIGNS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "copy_sign": (scalar.make_copy_sign, exact.copy_sign),
    "copy_negated_sign": (scalar.make_copy_negated_sign, exact.copy_negated_sign),
    "xor_signs": (scalar.make_xor_signs, exact.xor_signs),
}


def all_pairs(fmt: Minifloat) -> tuple[Words, Words]:
    codes = np.arange(1 << fmt.bits, dtype=np.int64)
    a, b = np.meshgrid(codes, codes, indexing="ij")
    return a.ravel(), b.ravel()


class Roundings:
    """Exact values met so far, and what the reference rounds each to, once per mode."""

    def __init__(self, fmt: Minifloat) -> None:
        self.fmt = fmt
        self.data = [exact.decode(fmt, code) for code in range(1 << fmt.bits)]
        self.places: dict[Fraction, int] = {}
        self.results: dict[int, list[exact.Result]] = {}

    def place(self, value: Fraction) -> int:
        return self.places.setdefault(value, len(self.places))

    def rounded(self, rm: int) -> NDArray[np.int64]:
        known = self.results.setdefault(rm, [])
        for value in list(self.places)[len(known) :]:
            known.append(exact.round_to(self.fmt, abs(value), value < 0, rm))
        return np.array(known)


roundings = cache(Roundings)


class Oracle:
    """The reference over all pairs of codes.

    Pairs with a special operand or a zero result go to the reference operation itself.
    """

    def __init__(
        self, fmt: Minifloat, reference: Callable[..., Any], operation: Callable[..., Fraction]
    ) -> None:
        self.fmt = fmt
        self.reference = reference
        self.roundings = roundings(fmt)
        data = self.roundings.data
        self.place = np.full(len(data) ** 2, -1)
        self.special: list[tuple[int, int, int]] = []
        for index, (x, y) in enumerate((x, y) for x in data for y in data):
            is_plain = x.kind is y.kind is exact.Kind.FINITE and not (x.is_zero or y.is_zero)
            value = operation(x.value, y.value) if is_plain else Fraction(0)
            if value == 0:
                self.special.append((index, *divmod(index, len(data))))
            else:
                self.place[index] = self.roundings.place(value)

    def expected(self, rm: int) -> tuple[Words, Words]:
        results = self.roundings.rounded(rm)[self.place]
        for index, a, b in self.special:
            results[index] = self.reference(self.fmt, a, b, rm)
        return results[:, 0], results[:, 1]


@ids
@pytest.mark.parametrize("name", ROUNDED)
def test_rounded_operations(fmt: Minifloat, name: str) -> None:
    make, reference, operation = ROUNDED[name]
    oracle = Oracle(fmt, reference, operation)
    a, b = all_pairs(fmt)
    run = jit.elementwise(make(fmt), 3, 2)
    draws = [Rounding.RSR | random << 3 for random in (77, 2900)]
    for rm in [*range(6), *draws]:
        codes, flags = run(a, b, rm)
        wanted_codes, wanted_flags = oracle.expected(rm)
        np.testing.assert_array_equal(codes, wanted_codes)
        np.testing.assert_array_equal(flags, wanted_flags)


@ids
@pytest.mark.parametrize("name", COMPARED)
def test_comparisons(fmt: Minifloat, name: str, check: Callable[..., None]) -> None:
    make, reference = COMPARED[name]
    check(make(fmt), lambda a, b: reference(fmt, a, b), all_pairs(fmt), fmt.bits)


@ids
@pytest.mark.parametrize("name", SIGNS)
def test_sign_transfers(fmt: Minifloat, name: str, check: Callable[..., None]) -> None:
    make, reference = SIGNS[name]
    check(make(fmt), lambda a, b: reference(fmt, a, b), all_pairs(fmt), fmt.bits, outputs=1)


@pytest.mark.parametrize("fmt", [FP8, FP8ALT, E4M3FN, E2M1], ids=str)
def test_square_root_and_class(fmt: Minifloat, check: Callable[..., None]) -> None:
    codes = np.arange(1 << fmt.bits, dtype=np.int64)
    modes = np.array([*range(6), *(Rounding.RSR | random << 3 for random in range(0, 4096, 97))])
    a, rm = (x.ravel() for x in np.meshgrid(codes, modes))
    check(scalar.make_sqrt(fmt), lambda a, rm: exact.sqrt(fmt, a, rm), (a, rm), fmt.bits)
    check(scalar.make_classify(fmt), lambda a: exact.classify(fmt, a), (codes,), 10, outputs=1)
