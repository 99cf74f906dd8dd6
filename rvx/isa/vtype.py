"""How vtype is written: element width, register group, and what happens to inactive elements.

Source: The RISC-V Instruction Set Manual, Volume I, "V" Standard Extension, section on vtype and on
assembler names for vset{i}vl{i} vtype settings.
"""

from __future__ import annotations

from collections.abc import Sequence

WIDTHS = {"e8": 0, "e16": 1, "e32": 2, "e64": 3}
_ALTFMT = 1 << 8
_ALTERNATIVE = "alt"
"""Behind a width, for altfmt, as Zvfbfa and later drafts write it."""
ALTERNATIVE_WIDTHS = tuple(f"{width}{_ALTERNATIVE}" for width in WIDTHS)
GROUPS = {"m1": 0, "m2": 1, "m4": 2, "m8": 3, "mf8": 5, "mf4": 6, "mf2": 7}
TAILS = {"tu": 0, "ta": 1}
INACTIVE = {"mu": 0, "ma": 1}

PARTS = ((WIDTHS, 3), (GROUPS, 0), (TAILS, 6), (INACTIVE, 7))
"""The parts in the order in which they are written, each with its lowest bit."""


def parse_vtype(words: Sequence[str], alternatives: int = 0) -> int | None:
    """The number of a written vtype, None if the words are none.

    Parts that are left out are m1, tu and mu, as GNU as takes them.

    Args:
        words: such as `["e32", "m2", "ta", "ma"]`.
        alternatives: widths that may be written with `alt` behind, as a sum such as 8 + 16.
    """
    value, at = 0, 0
    if words and words[0].endswith(_ALTERNATIVE):
        width = words[0].removesuffix(_ALTERNATIVE)
        if width not in WIDTHS or not alternatives & 8 << WIDTHS[width]:
            return None
        value, words = _ALTFMT, [width, *words[1:]]
    for names, lsb in PARTS:
        if at < len(words) and words[at] in names:
            value |= names[words[at]] << lsb
            at += 1
    return value if words and at == len(words) else None


def format_vtype(value: int, alternatives: int = 0) -> str:
    """How a vtype is written: in words, or as a number where a part of it is reserved."""
    is_alternative = value & _ALTFMT and alternatives & 8 << (value >> 3 & 7)
    if value >> 8 and not (is_alternative and value >> 9 == 0):
        return str(value)
    found: list[str] = []
    for names, lsb in PARTS:
        part = value >> lsb & (7 if lsb in (0, 3) else 1)
        name = next((name for name, number in names.items() if number == part), None)
        if name is None:
            return str(value)
        found.append(name + _ALTERNATIVE if is_alternative and not found else name)
    return ",".join(found)
