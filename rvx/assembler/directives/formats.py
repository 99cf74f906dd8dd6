"""Data directives of rvx's number formats: `.posit32 0.1`, `.fp8 1.5, -2`, `.int4 1, -8`.

The directive is the name of the format as `rvx.formats.number.catalogue` reads it, or that of a
format which an extension declares. Numbers are decimal or hexadecimal floating-point literals and
are rounded once, from their exact value. Formats narrower than a byte are packed, the first number
in the lowest bits, and a directive must fill whole bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rvx.assembler.diagnostics import SourceError
from rvx.assembler.floats import parse_number
from rvx.assembler.fragments.assembly import Assembly

if TYPE_CHECKING:
    from fractions import Fraction

    from rvx.formats.number.format import Format
    from rvx.isa import Isa


def format_of(name: str, isa: Isa) -> Format | None:
    """The format that a directive is named after, or None if there is none."""
    from rvx.formats.number.catalogue import FormatError, parse

    try:
        return parse(name[1:], isa.formats)
    except FormatError:
        return None


def emit_numbers(assembly: Assembly, name: str, rest: str) -> None:
    """Writes numbers in the format that the directive is named after.

    Raises:
        SourceError: a number is none, does not fit, or the numbers do not fill whole bytes.
    """
    fmt = format_of(name, assembly.isa)
    assert fmt is not None
    bits = fmt.bits
    literals = [part.strip() for part in rest.split(",")] if rest else []
    if len(literals) * bits % 8:
        raise SourceError(
            f"{len(literals)} numbers of {bits} bits do not fill whole bytes",
            hint="add zeros at the end",
        )
    packed = 0
    for index, literal in enumerate(literals):
        packed |= _code(fmt, literal, name) << index * bits
    assembly.mark_data()
    assembly.emit(packed.to_bytes(len(literals) * bits // 8, "little"))


def _code(fmt: Format, text: str, name: str) -> int:
    from rvx.formats.number.standard import Integers

    is_negative, magnitude = _literal(text)
    if isinstance(fmt, Integers):
        return _whole(fmt, is_negative, magnitude, text, name)
    if not isinstance(magnitude, str):
        if is_negative and magnitude == 0 and fmt.minus_zero is not None:
            return fmt.minus_zero
        return fmt.encode(-magnitude if is_negative else magnitude)
    code = fmt.special(magnitude, is_negative)
    if code is None:
        what = "NaN" if magnitude == "nan" else "infinity"
        raise SourceError(f"{name} has no {what}", text=text)
    return code


def _whole(fmt: Format, is_negative: bool, magnitude: Fraction | str, text: str, name: str) -> int:
    if isinstance(magnitude, str) or magnitude.denominator != 1:
        raise SourceError(f"'{text}' is not a whole number, which {name} needs", text=text)
    number = -int(magnitude) if is_negative else int(magnitude)
    if number not in fmt.positions:
        hint = f"valid is {fmt.positions[0]} to {fmt.positions[-1]}"
        raise SourceError(f"{number} does not fit {name}", hint=hint, text=text)
    return fmt.code_at(number)


def _literal(text: str) -> tuple[bool, Fraction | str]:
    if text.lower() == "nar":
        return False, "nan"
    if text[:2].lower() == "0x" and "p" not in text.lower():
        raise SourceError(
            f"'{text}' could be a number or a pattern",
            hint="write a pattern with .byte, .half or .word, a number as 1.5 or 0x1.8p0",
            text=text,
        )
    return parse_number(text)
