"""A linked program as a static ELF executable."""

from __future__ import annotations

from rvx.assembler.elf.attributes import SECTION as ATTRIBUTES
from rvx.assembler.elf.attributes import attributes_section
from rvx.assembler.elf.image import (
    BINDINGS,
    ET_EXEC,
    SHN_ABS,
    SHT,
    TYPES,
    ImageSection,
    ImageSegment,
    ImageSymbol,
    StringTable,
    image,
    symbol_table,
)
from rvx.assembler.elf.notes import SECTION, extensions_note
from rvx.assembler.program import PAGE, Program, ProgramSymbol
from rvx.assembler.sections import ALLOC, NOBITS


def executable(program: Program) -> bytes:
    """The bytes of the file: loadable segments, symbols, and the note about extensions."""
    xlen = program.xlen
    sections = [ImageSection("", SHT["null"], alignment=0)]
    numbers: dict[str, int] = {}
    for section in program.sections:
        numbers[section.name] = len(sections)
        sections.append(
            ImageSection(
                section.name,
                section.type,
                section.flags,
                section.address,
                section.data,
                section.size,
                alignment=section.alignment,
                entry_size=section.entry_size,
            )
        )
    loaded = len(sections)
    about = extensions_note(program.march, program.extensions)
    sections.append(ImageSection(SECTION, SHT["note"], 0, 0, about, len(about), alignment=4))
    if program.attributes:
        merged = attributes_section(program.attributes)
        kind = SHT["attributes"]
        sections.append(ImageSection(ATTRIBUTES, kind, 0, 0, merged, len(merged)))
    _add_symbols(program, sections, numbers)
    sections.append(ImageSection(".shstrtab", SHT["strtab"]))
    segments = _place(program, sections, loaded)
    return image(
        xlen,
        ET_EXEC,
        sections,
        segments,
        entry=program.entry,
        flags=program.elf_flags,
        names=len(sections) - 1,
    )


def _add_symbols(program: Program, sections: list[ImageSection], numbers: dict[str, int]) -> None:
    strings = StringTable()
    order = sorted(program.all_symbols, key=lambda symbol: symbol.binding != "local")
    entries = [_symbol(symbol, numbers) for symbol in order]
    table = symbol_table(program.xlen, entries, strings)
    size = 24 if program.xlen == 64 else 16
    first_global = 1 + sum(1 for symbol in order if symbol.binding == "local")
    sections.append(
        ImageSection(
            ".symtab",
            SHT["symtab"],
            data=table,
            size=len(table),
            link=len(sections) + 1,
            info=first_global,
            alignment=program.xlen // 8,
            entry_size=size,
        )
    )
    sections.append(
        ImageSection(".strtab", SHT["strtab"], data=bytes(strings.data), size=len(strings.data))
    )


def _symbol(symbol: ProgramSymbol, numbers: dict[str, int]) -> ImageSymbol:
    return ImageSymbol(
        symbol.name,
        symbol.address,
        symbol.size,
        TYPES[symbol.type],
        BINDINGS[symbol.binding],
        0,
        numbers.get(symbol.section, SHN_ABS),
    )


def _place(program: Program, sections: list[ImageSection], loaded: int) -> list[ImageSegment]:
    """Gives every section its offset: loaded ones congruent to their address, page by page."""
    header, entry = (64, 56) if program.xlen == 64 else (52, 32)
    at = header + entry * len(program.segments)
    segments: list[ImageSegment] = []
    for segment in program.segments:
        at += (segment.address - at) % PAGE
        end = segment.address + segment.size
        for section in sections[1:loaded]:
            if section.flags & ALLOC and segment.address <= section.address < max(
                end, segment.address + 1
            ):
                section.offset = at + section.address - segment.address
                if section.type == NOBITS:
                    section.offset = at + len(segment.data)
        segments.append(
            ImageSegment(
                "PT_LOAD",
                segment.flags,
                at,
                segment.address,
                len(segment.data),
                segment.size,
                PAGE,
            )
        )
        at += len(segment.data)
    for section in sections[1:]:
        if section.flags & ALLOC:
            continue
        at += -at % section.alignment
        section.offset = at
        at += len(section.data)
    return segments
