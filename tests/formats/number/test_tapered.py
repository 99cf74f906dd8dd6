"""Takums and logarithmic numbers, against Universal, and rounding against its definition."""

from fractions import Fraction
from math import exp, isnan, log2

import mpmath
import numpy as np
import pytest
import universal_dtypes

from rvx.formats.number.catalogue import parse
from rvx.formats.number.powers import is_larger, power


def universal(dtype, codes, bits):
    stored = np.asarray(codes).astype(f"u{bits // 8}")
    return stored.view(np.dtype(dtype())).astype(np.float64)


@pytest.mark.parametrize("bits", [8, 16, 32])
def test_linear_takums_are_those_of_universal(bits):
    made = parse(f"lintakum{bits}")
    step = 1 if bits < 32 else 0x1FFF7
    codes = range(0, 1 << bits, step)
    theirs = universal(getattr(universal_dtypes, f"Takum{bits}DType"), codes, bits)
    for code, wanted in zip(codes, theirs.tolist(), strict=True):
        value = made.decode(code)
        assert value == wanted or (value == "NaR" and isnan(wanted)), hex(code)


def test_logarithmic_takums_have_the_logarithms_of_the_linear_ones():
    """Characteristic and mantissa are one number, in another base."""
    made, linear = parse("takum16"), parse("lintakum16")
    for code in range(0, 1 << 16, 29):
        value, other = made.decode(code), linear.decode(code)
        if isinstance(value, str) or value == 0:
            assert value == other
            continue
        whole = int(abs(other).numerator.bit_length() - abs(other).denominator.bit_length())
        whole -= abs(other) < Fraction(2) ** whole
        logarithm = whole + abs(other) / Fraction(2) ** whole - 1
        wanted = exp(float(logarithm) / 2)
        assert float(abs(value)) == pytest.approx(wanted, rel=1e-14)
        assert (value < 0) == (other < 0)


def test_logarithmic_numbers_are_those_of_universal():
    made = parse("lns16f8")
    codes = range(0, 1 << 16, 13)
    theirs = universal(universal_dtypes.Lns16DType, codes, 16)
    for code, wanted in zip(codes, theirs.tolist(), strict=True):
        value = made.decode(code)
        assert value == "NaN" or float(value) == pytest.approx(wanted, rel=1e-12), hex(code)
    assert made.decode(0x4000) == 0
    assert made.decode(0xC000) == "NaN"


@pytest.mark.parametrize("name", ["lns8f3", "lns6f0", "takum8"])
def test_logarithms_are_rounded_not_numbers(name):
    made = parse(name)
    for at in made.positions[:-1]:
        low, high = made.decode(made.code_at(at)), made.decode(made.code_at(at + 1))
        if 0 in (low, high) or name == "takum8":
            continue
        boundary = 2 ** ((log2(abs(low)) + log2(abs(high))) / 2) * (1 if at > 0 else -1)
        for factor, wanted in ((1 - 1e-12, at + (at < 0)), (1 + 1e-12, at + (at > 0))):
            assert made.position_of(made.encode(Fraction(boundary * factor))) == wanted
    for at in made.positions:
        assert made.encode(made.decode(made.code_at(at))) == made.code_at(at)


@pytest.mark.parametrize("name", ["takum7", "takum8", "lintakum7", "lintakum8", "takum13"])
def test_takums_round_at_the_one_with_a_bit_more(name):
    """What is not 0 never becomes 0; what is real stays real."""
    made = parse(name)
    wide = parse(name.rstrip("0123456789") + str(made.bits + 1))
    for at in range(1, made.positions[-1], 1 if made.bits < 9 else 37):
        between = wide.decode(2 * at + 1)
        assert made.decode(at) < between < made.decode(at + 1)
        for sign in (1, -1):
            for factor, wanted in ((Fraction(9999, 10000), at), (Fraction(10001, 10000), at + 1)):
                code = made.encode(sign * between * factor)
                assert made.position_of(code) in (sign * wanted, sign * at, sign * (at + 1))
                near = Fraction(1, 10**40)
                code = made.encode(sign * between * (1 + (near if wanted > at else -near)))
                assert made.position_of(code) == sign * wanted
    last = made.positions[-1]
    assert made.encode(made.decode(last) * 2**20) == last
    assert made.encode(Fraction(1, 10**400)) == 1
    assert made.position_of(made.encode(Fraction(-1, 10**400))) == -1
    assert made.encode(Fraction(0)) == 0


def test_powers_are_compared_however_near_they_are():
    for is_natural, exponent in ((True, Fraction(3, 7)), (False, Fraction(-5, 256))):
        near = power(is_natural, exponent)
        assert is_larger(near * (1 + Fraction(1, 2**150)), is_natural, exponent)
        assert not is_larger(near * (1 - Fraction(1, 2**150)), is_natural, exponent)
        with mpmath.workprec(600):
            base = mpmath.e if is_natural else 2
            sign, mantissa, shift, _ = mpmath.power(
                base, mpmath.mpf(exponent.numerator) / exponent.denominator
            )._mpf_
        nearer = (-1) ** sign * Fraction(int(mantissa)) * Fraction(2) ** int(shift)
        assert is_larger(nearer * (1 + Fraction(1, 2**590)), is_natural, exponent)
        assert not is_larger(nearer * (1 - Fraction(1, 2**590)), is_natural, exponent)
    assert power(False, Fraction(-3)) == Fraction(1, 8)
    assert not is_larger(Fraction(1), True, Fraction(0))
