"""Meanings in real numbers: where lanes are, what is refused, and how roots are taken."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from rvx.formats.minifloat import FP16, FP32
from rvx.isa import DeclarationError, Extension
from rvx.isa.real import Lanes, Real, Whole, either, root


def _declared(real: Any) -> Extension:
    made = Extension("Xown", version="1", doc="Numbers", requires=("F",))
    made.state("total", 1, "a sum")

    @made.instruction("halve rd:f, rs1:f", "0000001 00000 rs1 000 rd 0101011", real=real)
    def halve(rs1: int) -> int:
        """rd = rs1 / 2."""
        return rs1

    return made


@pytest.mark.parametrize(
    "real",
    [
        Real(lambda rs1: rs1 / 2, FP16),
        Real(lambda rs1: rs1 / 2, places={"rs1": FP16, "rd": FP32}),
        Real(either, FP16),
        Real(lambda rs1: rs1, FP16, to="total", places={"total": Whole(64)}),
        Real(lambda rs1, lane: rs1 + lane, Lanes(lambda values: FP16, 4)),
        None,
    ],
)
def test_what_is_declared(real: Any) -> None:
    assert _declared(real).instructions["halve"].real is real


@pytest.mark.parametrize(
    ("real", "sentence"),
    [
        (
            Real(lambda rs2: rs2, FP16),
            "real names 'rs2', which is neither an operand nor a state; there are rd, rs1, total",
        ),
        (Real(lambda rs1: rs1, FP16, to="quire"), "real names 'quire', which is neither"),
        (
            Real(lambda rs1: rs1, places={"rs1": FP16}),
            "real does not say the format of 'rd': give Real a format for all operands",
        ),
        (Real(lambda: 0, FP16), "the function of real takes the operands that it works on"),
        (Real(3, FP16), "the function of real is 3; it is called"),  # type: ignore[arg-type]
        (lambda rs1: rs1, "real is Real(function, format), such as Real(lambda rs1, rs2:"),
    ],
)
def test_what_is_refused(real: Any, sentence: str) -> None:
    with pytest.raises(DeclarationError) as raised:
        _declared(real)
    assert str(raised.value).startswith("Xown: instruction 'halve': ")
    assert sentence in str(raised.value)


def test_vectors_name_what_their_functions_ask_for() -> None:
    made = Extension("Xown", version="1", doc="Numbers", requires=("V",))

    def half(a: Any) -> Any:
        """vd = vs2."""
        return a

    with pytest.raises(DeclarationError, match="real needs formats, which say what numbers"):
        made.vector("vone", "v", "000000", real=lambda a: a)(half)
    with pytest.raises(DeclarationError, match="the function of real asks for 'x'; it may ask"):
        made.vector("vtwo", "v", "000001", formats=(FP16,), real=lambda x: x)(half)


def test_lanes_of_a_result() -> None:
    one, pairs = Lanes(FP16, 2, 1), Lanes(FP16, 2, group=2)
    shared = Lanes(FP16, 2, group=2, is_shared=True, is_repeated=True)
    assert [one.lane(i, 0) for i in (0, 1)] == [1, 2]
    assert [pairs.lane(i, j) for i in (0, 1) for j in (0, 1)] == [0, 1, 2, 3]
    assert [shared.lane(i, j) for i in (0, 1) for j in (0, 1)] == [0, 0, 0, 0]


def test_roots() -> None:
    assert root(Fraction(9, 4)) == Fraction(3, 2)
    assert root(Fraction(0)) == 0
    assert root(2.25) == 1.5
    for x in (Fraction(2), Fraction(1, 3), Fraction(7, 1 << 900), Fraction(5 << 901)):
        found = root(x)
        assert found**2 != x
        assert abs(found**2 / x - 1) < Fraction(1, 1 << 250)
    with pytest.raises(ValueError, match="negative"):
        root(Fraction(-1))
