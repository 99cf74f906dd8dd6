"""Quires: limbs, results and NaR against the exact integer, for every operation of section 5.11."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rvx import jit
from rvx.formats.posit import POSIT8, POSIT16, POSIT32, POSIT64, Posit, kernels
from rvx.formats.posit.exact_quire import ExactQuire

STANDARD = [POSIT8, POSIT16, POSIT32, POSIT64]
OTHERS = [
    Posit(3, 0),
    Posit(4, 2),
    Posit(5),
    Posit(12, 1),
    Posit(31, 0),
    Posit(33, 4),
    Posit(64, 0),
]
OPERATIONS: dict[str, tuple[int, Callable[..., ExactQuire]]] = {
    "q_madd": (2, ExactQuire.multiply_add),
    "q_msub": (2, ExactQuire.multiply_subtract),
    "q_add_posit": (1, ExactQuire.add_posit),
    "q_sub_posit": (1, ExactQuire.subtract_posit),
    "q_negate": (0, ExactQuire.negate),
    "q_abs": (0, ExactQuire.absolute),
}


class Pair:
    """A quire of limbs beside its exact twin; operations act on both."""

    def __init__(self, fmt: Posit, call: Any) -> None:
        self.fmt, self.call = fmt, call
        self.kernels = kernels(fmt)
        self.limbs = np.zeros(fmt.quire_limbs, np.int64)
        self.exact = ExactQuire(fmt)

    def set(self, units: int | None) -> None:
        self.exact = ExactQuire(self.fmt, units)
        self.limbs[:] = self.exact.limbs

    def apply(self, name: str, *operands: int) -> None:
        self.exact = OPERATIONS[name][1](self.exact, *operands)
        self.run(name, *operands)

    def run(self, name: str, *operands: Any) -> None:
        target = getattr(self.kernels, name)
        words = [np.int64(x - (1 << 64) if x >> 63 else x) for x in operands]
        (jit.native(target) if self.call.compiled else target)(self.limbs, *words)

    def check(self) -> None:
        rounded = self.call(self.kernels.q_round, self.limbs.copy(), bits=self.fmt.n)
        assert rounded == self.exact.to_posit()
        settled = self.limbs.copy()
        target = self.kernels.q_settle
        (jit.native(target) if self.call.compiled else target)(settled)
        assert settled.tolist() == self.exact.limbs
        assert bool(self.kernels.q_is_nar(settled)) == (self.exact.units is None)


def check_sequences(fmt: Posit, count: int, call: Any, hard: Callable[..., Any]) -> None:
    cases = hard(fmt, "quire")
    pair = Pair(fmt, call)
    names = [*OPERATIONS, *["q_madd", "q_msub"] * 4]
    for _ in range(count):
        if cases.random.random() < 0.1:
            pair.set(cases.random.getrandbits(fmt.quire_bits - 2) >> cases.random.randrange(64))
        if pair.exact.units is None or cases.random.random() < 0.05:
            pair.set(0)
        name = cases.random.choice(names)
        operands = cases.operands(OPERATIONS[name][0] or 1)[: OPERATIONS[name][0]]
        pair.apply(name, *operands)
        pair.check()


@pytest.mark.parametrize("fmt", STANDARD, ids=str)
def test_sequences(fmt: Posit, compiled: Any, hard: Callable[..., Any]) -> None:
    check_sequences(fmt, 600, compiled, hard)


@pytest.mark.parametrize("fmt", [*STANDARD, *OTHERS], ids=str)
def test_sequences_interpreted(fmt: Posit, interpreted: Any, hard: Callable[..., Any]) -> None:
    check_sequences(fmt, 50, interpreted, hard)


@pytest.mark.long
@pytest.mark.parametrize("fmt", STANDARD, ids=str)
def test_a_million_operations(fmt: Posit, compiled: Any, hard: Callable[..., Any]) -> None:
    check_sequences(fmt, 1_000_000, compiled, hard)


@pytest.mark.parametrize("es", range(5))
def test_extreme_products_stay_inside_the_limbs(es: int, interpreted: Any) -> None:
    # Interpreted, NumPy raises IndexError where compiled code would write past the end.
    for n in range(3, 65):
        fmt = Posit(n, es)
        pair = Pair(fmt, interpreted)
        for a, b in ((fmt.maxpos, fmt.maxpos), (fmt.minpos, fmt.maxpos), (fmt.minpos, fmt.minpos)):
            pair.apply("q_madd", a, b)
        pair.check()


@pytest.mark.parametrize("fmt", STANDARD, ids=str)
def test_overflow_is_nar_at_the_operation_that_overflows(fmt: Posit, compiled: Any) -> None:
    largest = (1 << (fmt.quire_bits - 1)) - 1
    pair = Pair(fmt, compiled)
    pair.set(largest - 1)
    pair.apply("q_madd", fmt.minpos, fmt.minpos)
    pair.check()
    assert pair.exact.units == largest
    pair.apply("q_madd", fmt.minpos, fmt.minpos)
    pair.check()
    assert pair.exact.units is None
    pair.apply("q_msub", fmt.maxpos, fmt.maxpos)
    pair.check()
    assert pair.exact.units is None, "NaR stays"
    pair.set(-largest)
    pair.apply("q_msub", fmt.minpos, fmt.minpos)
    pair.check()
    assert pair.exact.units is None, "10..0 is NaR, not a number"


@pytest.mark.parametrize("fmt", STANDARD, ids=str)
def test_nar_operands_and_clearing(fmt: Posit, compiled: Any) -> None:
    pair = Pair(fmt, compiled)
    pair.apply("q_madd", fmt.nar, 0)
    pair.check()
    assert pair.exact.units is None
    for name, operands in (("q_negate", ()), ("q_abs", ()), ("q_madd", (0, 0))):
        pair.apply(name, *operands)
        pair.check()
    pair.run("q_clear")
    pair.exact = ExactQuire(fmt)
    pair.check()


@pytest.mark.parametrize("fmt", STANDARD, ids=str)
def test_pending_carries_of_many_products(fmt: Posit, compiled: Any) -> None:
    def repeat(q: Any, a: int, b: int, count: int) -> None:
        for _ in range(count):
            madd(q, a, b)

    madd = kernels(fmt).q_madd
    pair = Pair(fmt, compiled)
    rng = np.random.default_rng(fmt.n)
    native = jit.native(repeat)
    for _ in range(8):
        a, b = (int(x) for x in rng.integers(1, fmt.maxpos, 2))
        count = int(rng.integers(10**5, 10**6))
        native(pair.limbs, a, b, count)
        product = ExactQuire(fmt).multiply_add(a, b).units
        assert product is not None
        assert pair.exact.units is not None
        pair.exact = ExactQuire(fmt, pair.exact.units + product * count)
        pair.check()


@pytest.mark.parametrize("fmt", STANDARD, ids=str)
def test_limbs_that_grew_large_are_settled_in_time(fmt: Posit, compiled: Any) -> None:
    pair = Pair(fmt, compiled)
    # Redundant limbs at the brink: the next product must not wrap them.
    pair.limbs[:-1] = 2**62 - 1
    units = sum((2**62 - 1) << (32 * i) for i in range(fmt.quire_limbs - 1))
    pair.exact = ExactQuire(fmt, units)
    for a, b in ((fmt.one, fmt.one), (fmt.one + 1, fmt.maxpos), (fmt.one - 1, fmt.one - 1)) * 3:
        pair.apply("q_madd", a, b)
    pair.check()


@pytest.mark.parametrize("fmt", STANDARD, ids=str)
@pytest.mark.parametrize("name", ["q_add_quire", "q_sub_quire"])
def test_quires_with_quires(fmt: Posit, name: str, compiled: Any, hard: Callable[..., Any]) -> None:
    cases = hard(fmt, name)
    method = {"q_add_quire": ExactQuire.add_quire, "q_sub_quire": ExactQuire.subtract_quire}[name]
    native = jit.native(getattr(kernels(fmt), name))
    left, right = Pair(fmt, compiled), Pair(fmt, compiled)
    for i in range(200):
        for pair in (left, right):
            units = cases.random.getrandbits(fmt.quire_bits) - (1 << (fmt.quire_bits - 1))
            pair.set(None if i % 20 == 0 else units >> cases.random.randrange(40))
            pair.apply("q_madd", *cases.two())
        native(left.limbs, right.limbs)
        left.exact = method(left.exact, right.exact)
        left.check()
        right.check()


def check_from_posit_and_fma(
    fmt: Posit, count: int, compiled: Any, hard: Callable[..., Any]
) -> None:
    from rvx.formats.posit import exact

    cases = hard(fmt, "fma")
    pair = Pair(fmt, compiled)
    for _ in range(count):
        a, b = cases.two()
        c = cases.random.choice((exact.sub(0, exact.mul(a, b, fmt), fmt), cases.one()))
        got = compiled(kernels(fmt).fma, pair.limbs, a, b, c, bits=fmt.n)
        assert got == exact.fma(a, b, c, fmt), (hex(a), hex(b), hex(c))
        pair.run("q_from_posit", c)
        pair.exact = ExactQuire.from_posit(c, fmt)
        pair.check()


@pytest.mark.parametrize("fmt", STANDARD, ids=str)
def test_from_posit_and_fma(fmt: Posit, compiled: Any, hard: Callable[..., Any]) -> None:
    check_from_posit_and_fma(fmt, 300, compiled, hard)


@pytest.mark.long
@pytest.mark.parametrize("fmt", STANDARD, ids=str)
def test_a_million_fmas(fmt: Posit, compiled: Any, hard: Callable[..., Any]) -> None:
    check_from_posit_and_fma(fmt, 1_000_000, compiled, hard)


def test_value_of_an_exact_quire() -> None:
    quire = ExactQuire.from_posit(POSIT8.one, POSIT8)
    assert quire.value == 1
    assert quire.units == 1 << 48
    assert ExactQuire(POSIT8, 1 << 127).value is None
