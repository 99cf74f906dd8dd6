"""What the bits of one number mean, in any format that rvx knows by name."""

from __future__ import annotations

import math
import re
from decimal import MAX_EMAX, MIN_EMIN, Decimal, localcontext
from fractions import Fraction

from rvx.formats.number.catalogue import FormatError
from rvx.formats.number.format import Format, Value
from rvx.records import dataclass

SCHEMA = "rvx.format/1"
NAMES_NO_NUMBER = re.compile(r"[+-]?(s?nan|nar|inf|infinity)", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """A run of bits, most significant first.

    Attributes:
        name: what it is, such as `exponent`.
        bits: the bits as text.
    """

    name: str
    bits: str


@dataclass(frozen=True)
class Anatomy:
    """One number of a format.

    Attributes:
        format: name of the format.
        width: bits of the format.
        code: the pattern, not negative.
        parts: its bits by meaning; together they are the pattern.
        value: exactly.
        below: the neighbour towards minus infinity, None if there is none.
        above: the neighbour towards infinity, None if there is none.
        wanted: the number that was rounded to get here, None for a pattern.
        is_rational: whether values are exact; else they are given to 160 binary digits.
        written: the value, where it is no fraction, as a power.
    """

    format: str
    width: int
    code: int
    parts: tuple[Part, ...]
    value: Value
    below: Value | None
    above: Value | None
    wanted: Fraction | None
    is_rational: bool = True
    written: str | None = None

    def decimal(self, value: Value) -> str:
        """A value, or the error, in decimal: every digit, or 20 of what has no end."""
        return decimal(value, is_exact=self.is_rational)

    @property
    def error(self) -> Fraction | None:
        """What rounding added to the wanted number."""
        if self.wanted is None or isinstance(self.value, str):
            return None
        return self.value - self.wanted

    @property
    def hexadecimal(self) -> str:
        """The pattern, with all its digits."""
        return f"0x{self.code:0{-(-self.width // 4)}x}"

    def to_json(self) -> dict[str, object]:
        """One document of the schema rvx.format/1; exact numbers are texts."""
        return {
            "schema": SCHEMA,
            "format": self.format,
            "bits": self.width,
            "code": self.hexadecimal,
            "fields": [{"name": part.name, "bits": part.bits} for part in self.parts],
            "value": self.decimal(self.value),
            "fraction": self.written or str(self.value),
            "below": None if self.below is None else self.decimal(self.below),
            "above": None if self.above is None else self.decimal(self.above),
            "error": None if self.error is None else self.decimal(self.error),
        }


def dissect(fmt: Format, text: str) -> Anatomy:
    """The number of a format that a text stands for.

    Args:
        fmt: the format.
        text: a pattern with 0x or 0b in front, or a number such as 3.14, 1e-3 or 1/3, which is
            rounded to the format.

    Raises:
        FormatError: the text is neither, or a pattern has too many bits.
    """
    wanted: Fraction | None = None
    if re.match(r"0[xXbB]", text):
        code = _pattern(fmt, text, fmt.bits)
    else:
        wanted = read_number(text)
        code = fmt.encode(wanted)
    below, above = (_neighbour(fmt, code, step) for step in (-1, 1))
    return Anatomy(
        fmt.name,
        fmt.bits,
        code,
        _parts(fmt, code),
        fmt.decode(code),
        below,
        above,
        wanted,
        fmt.is_rational,
        fmt.written(code),
    )


def _pattern(fmt: Format, text: str, width: int) -> int:
    try:
        code = int(text, 0)
    except ValueError:
        raise FormatError(f"'{text}' is not a pattern; write digits after 0x or 0b") from None
    if code >> width:
        raise FormatError(f"{text} does not fit the {width} bits of {fmt.name}")
    return code


def read_number(text: str) -> Fraction:
    """The number that a text such as 3.14, 1e-3 or 1/3 stands for.

    Raises:
        FormatError: it stands for none.
    """
    if NAMES_NO_NUMBER.fullmatch(text):
        raise FormatError(
            f"'{text}' is not a finite number; where a format has it, give its pattern after 0x"
        )
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise FormatError(
            f"'{text}' is neither a pattern such as 0x5a nor a number such as 3.14, 1e-3 or 1/3"
        ) from None


def _neighbour(fmt: Format, code: int, step: int) -> Value | None:
    """The value next to a number in the order of the reals; None if there is none."""
    position = fmt.position_of(code)
    if position is None or position + step not in fmt.positions:
        return None
    return fmt.decode(fmt.code_at(position + step))


def _parts(fmt: Format, code: int) -> tuple[Part, ...]:
    text = f"{code:0{fmt.bits}b}"
    parts = []
    for name, size in fmt.fields(code):
        parts.append(Part(name, text[:size]))
        text = text[size:]
    return tuple(parts)


MOST_DIGITS = 4000


def decimal(value: Value, is_exact: bool = True) -> str:
    """The number in decimal, every digit; what is none by its name.

    Every number of these formats has a power of two for a denominator, so that it ends; a number
    that does not is given to 20 digits. So is one with more digits than anybody reads, such as the
    error of a number far out of range, and one that is not exact.
    """
    if isinstance(value, str):
        return value
    denominator = value.denominator
    # A decimal digit is 3.32 bits; counting them in text is refused beyond 4300.
    digits = math.ceil(value.numerator.bit_length() * 0.302 + denominator.bit_length() * 0.7) + 2
    if denominator & (denominator - 1) or digits > MOST_DIGITS or not (is_exact or value == 1):
        with localcontext(prec=20, Emax=MAX_EMAX, Emin=MIN_EMIN):
            return str(Decimal(value.numerator) / Decimal(denominator))
    with localcontext(prec=max(2 * digits, 28)):
        exact = Decimal(value.numerator) / Decimal(denominator)
    plain = f"{exact:f}"
    return plain if len(plain) <= 40 else str(exact)
