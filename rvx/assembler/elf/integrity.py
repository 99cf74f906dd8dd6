"""Checks of objects that come out of files: nothing in them may lead outside of its section."""

from __future__ import annotations

from rvx.assembler.model.object import ObjectFile, ObjectSection, Relocation
from rvx.assembler.model.sections import MAX_BYTES, MAX_NOBITS, NOBITS

_LARGEST_ALIGNMENT = 1 << 31
_ROOM = {
    "NONE": 0,
    "RELAX": 0,
    "TPREL_ADD": 0,
    "CALL": 8,
    "CALL_PLT": 8,
    "RVC_BRANCH": 2,
    "RVC_JUMP": 2,
    "SET6": 1,
    "SUB6": 1,
    "SET_ULEB128": 1,
    "SUB_ULEB128": 1,
}
"""Bytes that a relocation needs where its name does not end in a number of bits; 4 by default."""
_ENDS = {"8": 1, "16": 2, "64": 8}


def find_damage(item: ObjectFile) -> str:
    """What is wrong with an object; empty if nothing is."""
    for section in item.sections:
        if section.alignment & section.alignment - 1 or section.alignment > _LARGEST_ALIGNMENT:
            return f"section '{section.name}' has the alignment {section.alignment}"
        most = MAX_NOBITS if section.type == NOBITS else 2 * MAX_BYTES
        if section.size > most or (section.type != NOBITS and section.size != len(section.data)):
            return f"section '{section.name}' has {section.size} bytes"
        for relocation in section.relocations:
            if not _is_inside(section, relocation):
                return f"a relocation lies outside of section '{section.name}'"
    for symbol in item.symbols:
        if symbol.section is not None and symbol.value > symbol.section.size:
            return f"symbol '{symbol.name}' lies outside of section '{symbol.section.name}'"
        if symbol.kind == "common" and (symbol.size > MAX_NOBITS or not _is_power(symbol.value)):
            return f"symbol '{symbol.name}' has {symbol.size} bytes at {symbol.value}"
    return ""


def _is_power(number: int) -> bool:
    return 0 <= number <= _LARGEST_ALIGNMENT and not number & number - 1


def _is_inside(section: ObjectSection, relocation: Relocation) -> bool:
    kind = relocation.kind
    if section.type == NOBITS:
        return kind in ("NONE", "RELAX")
    end = len(section.data)
    if kind == "ALIGN":
        return 0 <= relocation.addend <= end - relocation.offset
    if kind.endswith("ULEB128") and not _ends(section, relocation.offset):
        return False
    by_bits = next((size for bits, size in _ENDS.items() if kind.endswith(bits)), 4)
    return relocation.offset + _ROOM.get(kind, by_bits) <= end


def _ends(section: ObjectSection, offset: int) -> bool:
    """Whether the number of variable length at the offset ends within the section."""
    return any(byte < 0x80 for byte in section.data[offset : offset + 16])
