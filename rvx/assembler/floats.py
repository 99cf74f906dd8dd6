"""Decimal text of float directives to the bits of binary formats, rounded once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rvx.assembler.diagnostics import SourceError
from rvx.regex import regex

if TYPE_CHECKING:
    from fractions import Fraction

_DECIMAL = regex(
    r"(?P<sign>[+-]?)(?:0[a-zA-Z])?(?P<sign2>[+-]?)(?:(?P<special>inf|infinity|nan)"
    r"|(?P<digits>\d+\.?\d*|\.\d+)(?:[eE](?P<exponent>[+-]?\d+))?)",
    re.IGNORECASE,
)
_HEX = regex(
    r"(?P<sign>[+-]?)0x(?P<whole>[0-9a-f]*)\.?(?P<part>[0-9a-f]*)p(?P<exponent>[+-]?\d+)",
    re.IGNORECASE,
)
MAX_EXPONENT = 20_000


def parse_number(text: str) -> tuple[bool, Fraction | str]:
    """Sign and magnitude of a literal; the magnitude is "inf" or "nan" for those.

    Raises:
        SourceError: the text is not a number.
    """
    from fractions import Fraction  # with decimal, for what most sources have none of

    cleaned = text.strip().replace("_", "")
    if cleaned[:1] in ("+", "-"):  # as in expressions, blanks may follow
        cleaned = cleaned[0] + cleaned[1:].lstrip()
    hexadecimal = _HEX.fullmatch(cleaned)
    if hexadecimal is not None and (hexadecimal["whole"] or hexadecimal["part"]):
        scale = _exponent(hexadecimal["exponent"], text) - 4 * len(hexadecimal["part"])
        digits = int(hexadecimal["whole"] + hexadecimal["part"], 16)
        return hexadecimal["sign"] == "-", Fraction(digits) * Fraction(2) ** scale
    found = _DECIMAL.fullmatch(cleaned)
    if found is None or (found["sign"] and found["sign2"]):
        raise SourceError(
            f"'{text}' is not a floating-point number",
            hint="such as 1.5, -2e-3, 0x1.8p4, inf or nan",
            text=text,
        )
    is_negative = "-" in (found["sign"], found["sign2"])
    if found["special"]:
        return is_negative, found["special"].lower()[:3]
    whole, _, part = found["digits"].partition(".")
    if len(whole) + len(part) > MAX_EXPONENT:
        raise SourceError(f"the number has more than {MAX_EXPONENT} digits")
    scale = _exponent(found["exponent"] or "0", text) - len(part)
    digits = sum(
        int(chunk) * 10 ** (len(whole + part) - at - len(chunk))
        for at in range(0, len(whole + part), 4000)
        for chunk in [(whole + part)[at : at + 4000]]
    )
    return is_negative, Fraction(digits) * Fraction(10) ** scale


def _exponent(text: str, whole: str) -> int:
    if len(text) > 6 or abs(int(text)) > MAX_EXPONENT:
        raise SourceError(f"the exponent of '{whole}' is beyond {MAX_EXPONENT}", text=whole)
    return int(text)


def binary_float(text: str, exponent_bits: int, fraction_bits: int) -> int:
    """The IEEE 754 pattern nearest to a literal, ties to even."""
    is_negative, magnitude = parse_number(text)
    width = exponent_bits + fraction_bits
    sign = int(is_negative) << width
    top = (1 << exponent_bits) - 1
    if magnitude == "inf":
        return sign | top << fraction_bits
    if magnitude == "nan":
        return sign | (1 << width) - 1  # all ones, as GNU as has it
    assert not isinstance(magnitude, str)
    return sign | _round(magnitude, exponent_bits, fraction_bits)


def _round(magnitude: Fraction, exponent_bits: int, fraction_bits: int) -> int:
    from fractions import Fraction

    if magnitude == 0:
        return 0
    bias = (1 << exponent_bits - 1) - 1
    exponent = magnitude.numerator.bit_length() - magnitude.denominator.bit_length()
    if magnitude < Fraction(2) ** exponent:
        exponent -= 1
    exponent = max(exponent, 1 - bias)
    scaled = magnitude / Fraction(2) ** (exponent - fraction_bits)
    rounded = round(scaled)  # ties to even
    # A carry out of the fraction moves on into the exponent field by itself.
    pattern = rounded + (exponent + bias - 1 << fraction_bits)
    return min(pattern, (1 << exponent_bits) - 1 << fraction_bits)
