"""Directives of the `.dc`, `.dcb` and `.ds` families, and strings of wide characters."""

from __future__ import annotations

from rvx.assembler.diagnostics import SourceError
from rvx.assembler.directives.data import adjacent_strings, emit_integers
from rvx.assembler.directives.layout import repeat
from rvx.assembler.directives.registry import arguments, directive, string
from rvx.assembler.floats import binary_float
from rvx.assembler.fragments.assembly import Assembly
from rvx.assembler.fragments.instructions import emit_instruction
from rvx.assembler.source.grammar import split_operands

_SIZES = {"b": 1, "w": 2, "l": 4, "": 2}
_FLOATS = {"s": (8, 23), "d": (11, 52)}
_ROOM = {**_SIZES, "s": 4, "d": 8, "p": 12, "x": 12}


@directive(".dc")
def constants(assembly: Assembly, name: str, rest: str) -> None:
    """`.dc 1, 2`: numbers of two bytes."""
    emit_integers(assembly, name, rest, 2)


@directive(".dcb", ".dcb.b", ".dcb.w", ".dcb.l", ".dcb.s", ".dcb.d")
def blocks(assembly: Assembly, name: str, rest: str) -> None:
    """`.dcb.w count, value`: a run of one number."""
    parts = arguments(name, rest, 1, 2, "count, value")
    letter = name.removeprefix(".dcb").lstrip(".")
    if letter in _FLOATS:
        exponent_bits, fraction_bits = _FLOATS[letter]
        number = binary_float(parts[1] if len(parts) > 1 else "0", exponent_bits, fraction_bits)
        size = (1 + exponent_bits + fraction_bits) // 8
    else:
        number = assembly.constant(parts[1], "the value") if len(parts) > 1 else 0
        size = _SIZES[letter]
    pattern = (number & (1 << 8 * size) - 1).to_bytes(size, "little")
    repeat(assembly, name, parts[0], pattern)


@directive(".ds", ".ds.b", ".ds.w", ".ds.l", ".ds.s", ".ds.d", ".ds.p", ".ds.x")
def room(assembly: Assembly, name: str, rest: str) -> None:
    """`.ds.w count`: room for so many numbers."""
    parts = arguments(name, rest, 1, 1, "count")
    repeat(assembly, name, parts[0], bytes(_ROOM[name.removeprefix(".ds").lstrip(".")]))


@directive(".string16", ".string32", ".string64")
def wide_strings(assembly: Assembly, name: str, rest: str) -> None:
    """`.string16 "text"`: strings whose characters take two, four or eight bytes."""
    size = int(name.removeprefix(".string")) // 8
    assembly.mark_data()
    for part in split_operands(rest):
        characters = b"".join(string(piece) for piece in adjacent_strings(part)) + b"\0"
        assembly.emit(b"".join(bytes([byte]) + bytes(size - 1) for byte in characters))


@directive(".nop")
def nop(assembly: Assembly, name: str, rest: str) -> None:
    """`.nop`: one instruction that does nothing."""
    if rest:
        raise SourceError(".nop takes no operand", text=rest)
    emit_instruction(assembly, "nop", "")
