"""Powers of 2 and e with fractions as exponents: near enough, and exactly compared.

Such a power is irrational, but for those of exponent 0 and whole powers of 2. So a fraction is on
one side of it or on the other, and computing with more digits decides sooner or later.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import mpmath  # type: ignore[import-untyped]

DIGITS: Final = 160
"""Binary digits of the numbers that stand for irrational ones."""


def power(is_natural: bool, exponent: Fraction) -> Fraction:
    """e or 2 to a fraction; exact where that is a fraction, else to `DIGITS` binary digits."""
    if exponent == 0 or (not is_natural and exponent.denominator == 1):
        return Fraction(2) ** int(exponent)
    with mpmath.workprec(DIGITS + 32):
        logarithm = mpmath.mpf(exponent.numerator) / exponent.denominator
        found = mpmath.exp(logarithm) if is_natural else mpmath.power(2, logarithm)
    with mpmath.workprec(DIGITS):
        return _fraction(+found)


def is_larger(number: Fraction, is_natural: bool, exponent: Fraction) -> bool:
    """Whether a positive number is larger than e or 2 to a fraction."""
    if exponent == 0 or (not is_natural and exponent.denominator == 1):
        return number > Fraction(2) ** int(exponent)
    digits = 64
    while True:
        with mpmath.workprec(digits):
            # Three roundings, each within a unit in the last place of numbers below 2^20.
            quotient = mpmath.mpf(number.numerator) / number.denominator
            logarithm = mpmath.log(quotient)
            if not is_natural:
                logarithm /= mpmath.log(2)
            difference = _fraction(logarithm) - exponent
        error = (abs(exponent) + 4) / Fraction(2) ** (digits - 4)
        if abs(difference) > error:
            return difference > 0
        digits *= 2


def _fraction(number: mpmath.mpf) -> Fraction:
    sign, mantissa, exponent, _ = number._mpf_
    return Fraction(-int(mantissa) if sign else int(mantissa)) * Fraction(2) ** int(exponent)
