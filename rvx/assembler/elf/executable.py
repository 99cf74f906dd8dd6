"""A static ELF executable: what it consists of, and its bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
from rvx.assembler.elf.notes import SECTION
from rvx.assembler.model.sections import ALLOC, NOBITS
from rvx.records import dataclass

PAGE = 0x1000


@dataclass(frozen=True)
class ProgramSymbol:
    """A symbol of a program.

    Attributes:
        address: where it is, or its value if it is absolute.
        size: in bytes, 0 if the source does not say.
        type: `func`, `object`, `notype` ...
        binding: `local`, `global` or `weak`.
        section: name of its section, empty if absolute.
    """

    name: str
    address: int
    size: int = 0
    type: str = "notype"
    binding: str = "local"
    section: str = ""


@dataclass
class ProgramSection:
    """A section of a program.

    Attributes:
        data: its bytes; empty for .bss and the like.
        size: in bytes.
        flags: of the ELF section header: 1 writable, 2 in memory, 4 code.
        type: of the ELF section header.
    """

    name: str
    address: int
    data: bytes
    size: int
    flags: int
    type: int
    alignment: int = 1
    entry_size: int = 0


@dataclass(frozen=True)
class Segment:
    """What is loaded in one piece.

    Attributes:
        data: the bytes; the rest up to `size` is zero.
        size: in memory.
        flags: 4 readable, 2 writable, 1 executable.
    """

    address: int
    data: bytes
    size: int
    flags: int


def executable(
    xlen: int,
    parts: Sequence[ProgramSection],
    loaded: Sequence[Segment],
    symbols: Sequence[ProgramSymbol],
    *,
    entry: int,
    flags: int,
    about: bytes,
    attributes: Mapping[int, int | str],
) -> bytes:
    """The bytes of the file.

    Args:
        xlen: 32 or 64.
        parts: the sections.
        loaded: what of them is loaded in one piece.
        symbols: in any order.
        entry: address where the program starts.
        flags: `e_flags` of the ELF header.
        about: the note that says which extensions the code needs.
        attributes: of `.riscv.attributes`, by tag.
    """
    sections = [ImageSection("", SHT["null"], alignment=0)]
    numbers: dict[str, int] = {}
    for section in parts:
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
    count = len(sections)
    sections.append(ImageSection(SECTION, SHT["note"], 0, 0, about, len(about), alignment=4))
    if attributes:
        merged = attributes_section(attributes)
        kind = SHT["attributes"]
        sections.append(ImageSection(ATTRIBUTES, kind, 0, 0, merged, len(merged)))
    _add_symbols(xlen, symbols, sections, numbers)
    sections.append(ImageSection(".shstrtab", SHT["strtab"]))
    segments = _place(xlen, loaded, sections, count)
    return image(
        xlen, ET_EXEC, sections, segments, entry=entry, flags=flags, names=len(sections) - 1
    )


def _add_symbols(
    xlen: int,
    symbols: Sequence[ProgramSymbol],
    sections: list[ImageSection],
    numbers: dict[str, int],
) -> None:
    strings = StringTable()
    order = sorted(symbols, key=lambda symbol: symbol.binding != "local")
    entries = [_symbol(symbol, numbers) for symbol in order]
    table = symbol_table(xlen, entries, strings)
    size = 24 if xlen == 64 else 16
    first_global = 1 + sum(1 for symbol in order if symbol.binding == "local")
    sections.append(
        ImageSection(
            ".symtab",
            SHT["symtab"],
            data=table,
            size=len(table),
            link=len(sections) + 1,
            info=first_global,
            alignment=xlen // 8,
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


def _place(
    xlen: int, loaded: Sequence[Segment], sections: list[ImageSection], count: int
) -> list[ImageSegment]:
    """Gives every section its offset: loaded ones congruent to their address, page by page."""
    header, entry = (64, 56) if xlen == 64 else (52, 32)
    at = header + entry * len(loaded)
    segments: list[ImageSegment] = []
    for segment in loaded:
        at += (segment.address - at) % PAGE
        end = segment.address + segment.size
        for section in sections[1:count]:
            if section.flags & ALLOC and segment.address <= section.address < max(
                end, segment.address + 1
            ):
                section.offset = at + section.address - segment.address
                if section.type == NOBITS:
                    section.offset = at + len(segment.data)
        segments.append(
            ImageSegment(
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
