"""Data directives of rvx's number formats: `.posit32 0.1`, `.fp8 1.5, -2`, `.int4 1, -8`.

The directive is the name of the format as `rvx.formats` reads it. Numbers are decimal or
hexadecimal floating-point literals and are rounded once, to nearest, from their exact value.
Formats narrower than a byte are packed, the first number in the lowest bits, and a directive must
fill whole bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

from rvx.assembler.diagnostics import SourceError
from rvx.assembler.floats import parse_number
from rvx.assembler.fragments.assembly import Assembly
from rvx.isa.operands import ROUNDING_MODES

Encoder = Callable[[bool, "Fraction | str", str], int]


@lru_cache(maxsize=256)
def encoder(name: str) -> tuple[int, Encoder] | None:
    """Width in bits and encoder of the format called `name`, or None if there is none."""
    for family in (_posit, _minifloat, _integer):
        try:
            return family(name)
        except ValueError:
            continue
    return None


def _posit(name: str) -> tuple[int, Encoder]:
    from rvx.formats import posit
    from rvx.formats.posit import exact

    chosen = posit.parse(name)

    def encode(is_negative: bool, magnitude: Fraction | str, text: str) -> int:
        if isinstance(magnitude, str):
            return exact.encode(None, chosen)
        return exact.encode(-magnitude if is_negative else magnitude, chosen)

    return chosen.n, encode


def _minifloat(name: str) -> tuple[int, Encoder]:
    from rvx.formats import minifloat
    from rvx.formats.minifloat.exact import core

    chosen = minifloat.parse(name)

    def encode(is_negative: bool, magnitude: Fraction | str, text: str) -> int:
        if magnitude == "nan":
            return core.nan(chosen)[0]
        if isinstance(magnitude, str):
            return core.infinite(chosen, is_negative, 0)[0]
        return core.round_to(chosen, magnitude, is_negative, ROUNDING_MODES["rne"])[0]

    return chosen.bits, encode


def _integer(name: str) -> tuple[int, Encoder]:
    from rvx.formats import integer
    from rvx.formats.integer import parse

    chosen: integer.Integer = parse(name)

    def encode(is_negative: bool, magnitude: Fraction | str, text: str) -> int:
        if isinstance(magnitude, str) or magnitude.denominator != 1:
            raise SourceError(f"'{text}' is not a whole number, which .{name} needs", text=text)
        number = -int(magnitude) if is_negative else int(magnitude)
        low = -(1 << chosen.bits - 1) if chosen.signed else 0
        high = (1 << chosen.bits - 1 if chosen.signed else 1 << chosen.bits) - 1
        if not low <= number <= high:
            raise SourceError(
                f"{number} does not fit .{name}", hint=f"valid is {low} to {high}", text=text
            )
        return number & (1 << chosen.bits) - 1

    return chosen.bits, encode


def emit_numbers(assembly: Assembly, name: str, rest: str) -> None:
    """Writes numbers in the format that the directive is named after.

    Raises:
        SourceError: a number is none, does not fit, or the numbers do not fill whole bytes.
    """
    found = encoder(name[1:])
    assert found is not None
    bits, encode = found
    literals = [part.strip() for part in rest.split(",")] if rest else []
    if len(literals) * bits % 8:
        raise SourceError(
            f"{len(literals)} numbers of {bits} bits do not fill whole bytes",
            hint="add zeros at the end",
        )
    packed = 0
    for index, literal in enumerate(literals):
        is_negative, magnitude = _literal(literal)
        packed |= encode(is_negative, magnitude, literal) << index * bits
    assembly.mark_data()
    assembly.emit(packed.to_bytes(len(literals) * bits // 8, "little"))


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
