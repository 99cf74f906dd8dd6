"""Decimal text: exact both ways, and the shortest that comes back."""

from fractions import Fraction

import pytest

from rvx.formats.posit import POSIT8, POSIT16, POSIT32, POSIT64, Posit, exact, text


def significant(number: str) -> str:
    return number.partition("e")[0].replace(".", "").lstrip("-0").rstrip("0")


@pytest.mark.parametrize("fmt", [POSIT8, Posit(9, 0), Posit(10, 4)], ids=str)
def test_all_patterns_there_and_back(fmt: Posit) -> None:
    for bits in range(1 << fmt.n):
        whole, short = text.to_text(bits, fmt), text.to_shortest(bits, fmt)
        assert text.parse(whole) == exact.decode(bits, fmt)
        assert text.from_text(whole, fmt) == bits
        assert text.from_text(short, fmt) == bits
        assert len(significant(short)) <= len(significant(whole))


@pytest.mark.parametrize("fmt", [POSIT16, POSIT32, POSIT64], ids=str)
def test_hard_patterns_there_and_back(fmt: Posit, hard: type) -> None:
    cases = hard(fmt, "text")
    for _ in range(200):
        bits = cases.one()
        assert text.from_text(text.to_text(bits, fmt), fmt) == bits
        assert text.from_text(text.to_shortest(bits, fmt), fmt) == bits


@pytest.mark.parametrize(
    ("bits", "whole", "short"),
    [
        (0, "0", "0.0"),
        (POSIT16.one, "1", "1.0"),
        (POSIT16.nar, "NaR", "NaR"),
        (POSIT16.maxpos, "72057594037927936", "7.0e+16"),
        (0x4D, "0.000000000422005541622638702392578125", "4.2e-10"),
        (exact.encode(Fraction(-1, 10), POSIT16), "-0.100006103515625", "-0.1"),
        (exact.encode(Fraction(1234), POSIT16), "1234", "1234.0"),
    ],
)
def test_examples(bits: int, whole: str, short: str) -> None:
    assert text.to_text(bits, POSIT16) == whole
    assert text.to_shortest(bits, POSIT16) == short


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("1", Fraction(1)),
        (" -0.5 ", Fraction(-1, 2)),
        ("1e-3", Fraction(1, 1000)),
        (".5E2", Fraction(50)),
        ("2.", Fraction(2)),
        ("1/3", Fraction(1, 3)),
        ("1_000", Fraction(1000)),
        ("nar", None),
        ("1/0", None),
    ],
)
def test_what_is_read(given: str, value: Fraction | None) -> None:
    assert text.parse(given) == value


@pytest.mark.parametrize("given", ["", "one", "1.2.3", "e5", ".", "0x10", "inf", "--1", "1e"])
def test_what_is_not_a_number(given: str) -> None:
    with pytest.raises(ValueError, match=r"is not a number: write 3\.14, -1e-9, 1/3 or NaR"):
        text.parse(given)


def test_exponents_that_would_take_for_ever_are_refused() -> None:
    with pytest.raises(ValueError, match="'1e-1000000' has an exponent of more than five digits"):
        text.parse("1e-1000000")
    assert text.from_text("1e-0099999", POSIT8) == POSIT8.minpos


def test_rounded_once() -> None:
    # Through binary64 this would be the tie, and go to even.
    above_tie = "1." + "0" * 8 + "3725290298461914062500000000000000000001"
    assert text.from_text(above_tie, POSIT32) == POSIT32.one + 1
    assert text.from_text("1.0000000037252902984619140625", POSIT32) == POSIT32.one
