"""Alignment in objects that leave it to the linker: R_RISCV_ALIGN.

Such a place holds as many bytes of nops as could ever be needed. Every linker has to take out what
is too much, even one that relaxes nothing else.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable

from rvx.assembler.fragments.output import nops
from rvx.assembler.model.object import ObjectFile, ObjectSection, ObjectSymbol
from rvx.records import replace


def align_code(item: ObjectFile) -> None:
    """Takes the nops out that are too much, in all sections; symbols and relocations move along."""
    for section in item.sections:
        if any(relocation.kind == "ALIGN" for relocation in section.relocations):
            _align_section(item, section)


def _align_section(item: ObjectFile, section: ObjectSection) -> None:
    cuts: list[tuple[int, int]] = []  # offset of bytes to take out, how many
    removed = 0
    for relocation in sorted(section.relocations, key=lambda r: r.offset):
        if relocation.kind != "ALIGN":
            continue
        alignment = 1 << relocation.addend.bit_length()
        section.alignment = max(section.alignment, alignment)
        needed = -(relocation.offset - removed) % alignment
        extra = relocation.addend - needed
        at = relocation.offset
        section.data[at : at + needed] = nops(needed)
        if extra > 0:
            cuts.append((at + needed, extra))
            removed += extra
    moved = _mover(cuts)
    for at, extra in reversed(cuts):
        del section.data[at : at + extra]
    section.size = len(section.data)
    for symbol in item.symbols:
        if symbol.section is section:
            end = moved(symbol.value + symbol.size)
            symbol.value = moved(symbol.value)
            symbol.size = end - symbol.value
    for symbol in _unlisted(item, section):
        symbol.value = moved(symbol.value)
    section.relocations = [
        replace(relocation, offset=moved(relocation.offset))
        for relocation in section.relocations
        if relocation.kind != "ALIGN"
    ]
    section.lines = section.lines.moved(moved)
    section.marks = [(moved(offset), name) for offset, name in section.marks]


def _unlisted(item: ObjectFile, section: ObjectSection) -> list[ObjectSymbol]:
    """Symbols that only relocations name, such as section symbols."""
    listed = {id(symbol) for symbol in item.symbols}
    found = {
        id(r.symbol): r.symbol
        for other in item.sections
        for r in other.relocations
        if r.symbol is not None and r.symbol.section is section and id(r.symbol) not in listed
    }
    return list(found.values())


def _mover(cuts: list[tuple[int, int]]) -> Callable[[int], int]:
    """A function from old offsets to new ones."""
    starts = [at for at, _ in cuts]
    totals = [0]
    for _, extra in cuts:
        totals.append(totals[-1] + extra)

    def moved(offset: int) -> int:
        index = bisect.bisect_right(starts, offset)
        if index and offset < cuts[index - 1][0] + cuts[index - 1][1]:
            return cuts[index - 1][0] - totals[index - 1]
        return offset - totals[index]

    return moved
