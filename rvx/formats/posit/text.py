"""Decimal text of posits, exact both ways (section 6.3 of the standard).

Every posit is a whole number of powers of two, so that it has a finite decimal expansion; every
decimal is a fraction, which is rounded once.
"""

from __future__ import annotations

import re
from fractions import Fraction

from rvx.formats.posit import exact
from rvx.formats.posit.format import Posit

NAR = "NaR"
_NUMBER = re.compile(r"[+-]?(\d+(_\d+)*)?(\.\d*)?(e[+-]?\d+)?|[+-]?\d+/\d+", re.IGNORECASE)


def parse(text: str) -> Fraction | None:
    """The exact value of decimal text such as 3.14, -1e-9, 1/3 or NaR (None).

    Raises:
        ValueError: the text is not a number, or its exponent has more than five digits.
    """
    stripped = text.strip()
    if stripped.lower() == NAR.lower():
        return None
    exponent = stripped.lower().partition("e")[2]
    if len(exponent.lstrip("+-0")) > 5 and _NUMBER.fullmatch(stripped):
        raise ValueError(f"{text!r} has an exponent of more than five digits: no posit is so far")
    if _NUMBER.fullmatch(stripped) and any(c.isdigit() for c in stripped.lower().split("e")[0]):
        try:
            return Fraction(stripped)
        except ZeroDivisionError:
            return None
    raise ValueError(f"{text!r} is not a number: write 3.14, -1e-9, 1/3 or NaR")


def from_text(text: str, fmt: Posit) -> int:
    """The pattern of the posit nearest to a number in decimal text, rounded once.

    Raises:
        ValueError: the text is not a number.
    """
    return exact.encode(parse(text), fmt)


def to_text(bits: int, fmt: Posit) -> str:
    """The exact value in decimal, without exponent: 0.0625, -1048576, NaR."""
    value = exact.decode(bits, fmt)
    if value is None:
        return NAR
    # The denominator is 2**k: k decimals are enough, and needed.
    decimals = value.denominator.bit_length() - 1
    digits = f"{abs(value.numerator) * 5**decimals:0{decimals + 1}d}"
    whole, fraction = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def to_shortest(bits: int, fmt: Posit) -> str:
    """The shortest decimal that rounds to this posit: 0.1, 1.2e+30, NaR."""
    value = exact.decode(bits, fmt)
    if value is None:
        return NAR
    if value == 0:
        return "0.0"
    for digits in range(1, 400):
        text = _significant(value, digits)
        if exact.encode(Fraction(text), fmt) == bits:
            return _tidy(text)
    raise AssertionError("a posit of at most 128 bits has fewer than 400 digits")


def _significant(value: Fraction, digits: int) -> str:
    """The value to a number of significant digits, as d.ddde+xx."""
    magnitude = abs(value)
    exponent = len(str(magnitude.numerator)) - len(str(magnitude.denominator))
    if Fraction(10) ** exponent > magnitude:
        exponent -= 1
    mantissa = round(magnitude * Fraction(10) ** (digits - 1 - exponent))
    if mantissa == 10**digits:
        mantissa //= 10
        exponent += 1
    figures = str(mantissa)
    sign = "-" if value < 0 else ""
    return f"{sign}{figures[0]}.{figures[1:] or '0'}e{exponent:+d}"


def _tidy(scientific: str) -> str:
    """Without exponent where that is short, as Python prints floats."""
    mantissa, _, exponent = scientific.partition("e")
    power = int(exponent)
    if not -5 < power < 16:
        return scientific
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    digits = whole + ("" if fraction == "0" else fraction)
    if power < 0:
        return f"{sign}0.{'0' * (-power - 1)}{digits}"
    digits = digits.ljust(power + 1, "0")
    return f"{sign}{digits[: power + 1]}.{digits[power + 1 :] or '0'}"
