"""What the bits of one number mean, in any format that rvx knows by name."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, Decimal, localcontext
from fractions import Fraction

from rvx.errors import RvxError
from rvx.formats.block.mx.format import FORMATS as MX_FORMATS
from rvx.formats.block.nvfp4.format import NVFP4
from rvx.formats.integer.format import Integer
from rvx.formats.integer.format import parse as parse_integer
from rvx.formats.minifloat.catalogue import FORMATS
from rvx.formats.minifloat.catalogue import parse as parse_minifloat
from rvx.formats.minifloat.exact import Kind, round_to
from rvx.formats.minifloat.exact import decode as decode_minifloat
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import Rounding
from rvx.formats.posit import Posit
from rvx.formats.posit import exact as posit_exact
from rvx.formats.posit import parse as parse_posit

Format = Posit | Minifloat | Integer
Value = Fraction | str
"""An exact number, or the name of what is none, such as `NaR` or `-infinity`."""

SCHEMA = "rvx.format/1"
NAMES_NO_NUMBER = re.compile(r"[+-]?(s?nan|nar|inf|infinity)", re.IGNORECASE)


class FormatError(RvxError, ValueError):
    """A name that is no format, or text that is no number of it."""


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
    """

    format: str
    width: int
    code: int
    parts: tuple[Part, ...]
    value: Value
    below: Value | None
    above: Value | None
    wanted: Fraction | None

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
            "value": decimal(self.value),
            "fraction": str(self.value),
            "below": None if self.below is None else decimal(self.below),
            "above": None if self.above is None else decimal(self.above),
            "error": None if self.error is None else decimal(self.error),
        }


def parse_format(name: str) -> Format:
    """The format with a name.

    Raises:
        FormatError: no family knows it.
    """
    for parse in (parse_posit, parse_integer, parse_minifloat):
        try:
            return parse(name)
        except ValueError:
            continue
    raise FormatError(
        f"'{name}' is not a format; there are posit8 to posit64 (or posit<n,es>), int2 to int16, "
        f"uint2 to uint16, {', '.join(FORMATS)}, any eXmY such as e4m3, and of blocks "
        f"{', '.join(MX_FORMATS)}, {NVFP4.name} and vsqN-vV-mM such as vsq4-v16-m4"
    )


def dissect(fmt: Format, text: str) -> Anatomy:
    """The number of a format that a text stands for.

    Args:
        fmt: the format.
        text: a pattern with 0x or 0b in front, or a number such as 3.14, 1e-3 or 1/3, which is
            rounded to the format.

    Raises:
        FormatError: the text is neither, or a pattern has too many bits.
    """
    width = fmt.n if isinstance(fmt, Posit) else fmt.bits
    wanted: Fraction | None = None
    if re.match(r"0[xXbB]", text):
        code = _pattern(fmt, text, width)
    else:
        wanted = read_number(text)
        code = _round(fmt, wanted)
    value = value_of(fmt, code)
    below, above = (_neighbour(fmt, code, step) for step in (-1, 1))
    return Anatomy(fmt.name, width, code, _parts(fmt, code), value, below, above, wanted)


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


def _round(fmt: Format, wanted: Fraction) -> int:
    if isinstance(fmt, Posit):
        return posit_exact.encode(wanted, fmt)
    if isinstance(fmt, Minifloat):
        return round_to(fmt, abs(wanted), wanted < 0, Rounding.RNE)[0]
    return min(max(round(wanted), fmt.minimum), fmt.maximum) & fmt.mask


def value_of(fmt: Format, code: int) -> Value:
    """The number that a pattern of a format stands for."""
    if isinstance(fmt, Posit):
        real = posit_exact.decode(code, fmt)
        return "NaR" if real is None else real
    if isinstance(fmt, Integer):
        return Fraction(code - (1 << fmt.bits) if code > fmt.maximum else code)
    datum = decode_minifloat(fmt, code)
    if datum.kind is Kind.FINITE:
        return datum.value
    if datum.kind is Kind.INFINITY:
        return "-infinity" if datum.is_negative else "infinity"
    return str(datum.kind.value)


def _neighbour(fmt: Format, code: int, step: int) -> Value | None:
    """The value next to a number in the order of the reals; None if there is none."""
    if isinstance(fmt, Posit):
        after = code + step & fmt.mask
        return None if fmt.nar in (code, after) else value_of(fmt, after)
    value = value_of(fmt, code)
    if isinstance(fmt, Integer):
        assert isinstance(value, Fraction)
        return value + step if fmt.minimum <= value + step <= fmt.maximum else None
    magnitude = code & fmt.magnitude_mask
    last = fmt.max_finite + fmt.has_infinity
    position = (-magnitude if code & fmt.sign_mask else magnitude) + step
    if magnitude > last or abs(position) > last or (position < 0 and not fmt.is_signed):
        return None
    return value_of(fmt, -position | fmt.sign_mask if position < 0 else position)


def _parts(fmt: Format, code: int) -> tuple[Part, ...]:
    if isinstance(fmt, Integer):
        return (Part("integer", f"{code:0{fmt.bits}b}"),)
    if isinstance(fmt, Minifloat):
        text = f"{code:0{fmt.bits}b}"
        sizes = [("sign", int(fmt.is_signed)), ("exponent", fmt.e), ("mantissa", fmt.m)]
    else:
        text = f"{code:0{fmt.n}b}"
        # Fields of a negative posit are read in its magnitude; its bits are shown as they stand.
        magnitude = text if code < fmt.nar else f"{-code & fmt.mask:0{fmt.n}b}"
        body = magnitude[1:]
        run = len(body) - len(body.lstrip(body[0])) if code not in (0, fmt.nar) else len(body)
        regime = min(run + 1, len(body))
        exponent = min(fmt.es, len(body) - regime)
        rest = len(body) - regime - exponent
        sizes = [("sign", 1), ("regime", regime), ("exponent", exponent), ("fraction", rest)]
    parts = []
    for name, size in sizes:
        if size:
            parts.append(Part(name, text[:size]))
            text = text[size:]
    return tuple(parts)


MOST_DIGITS = 4000


def decimal(value: Value) -> str:
    """The number in decimal, every digit; what is none by its name.

    Every number of these formats has a power of two for a denominator, so that it ends; a number
    that does not is given to 20 digits. So is one with more digits than anybody reads, such as the
    error of a number far out of range.
    """
    if isinstance(value, str):
        return value
    denominator = value.denominator
    # A decimal digit is 3.32 bits; counting them in text is refused beyond 4300.
    digits = math.ceil(value.numerator.bit_length() * 0.302 + denominator.bit_length() * 0.7) + 2
    if denominator & (denominator - 1) or digits > MOST_DIGITS:
        with localcontext(prec=20, Emax=MAX_EMAX, Emin=MIN_EMIN):
            return str(Decimal(value.numerator) / Decimal(denominator))
    with localcontext(prec=max(2 * digits, 28)):
        exact = Decimal(value.numerator) / Decimal(denominator)
    plain = f"{exact:f}"
    return plain if len(plain) <= 40 else str(exact)
