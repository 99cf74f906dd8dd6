"""Sections and symbols of an ELF file as rows of tables."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from rvx.disassembler.damage import reading
from rvx.isa import Address
from rvx.records import dataclass

_FLAGS = ((0x2, "a"), (0x1, "w"), (0x4, "x"), (0x10, "M"), (0x20, "S"), (0x200, "G"), (0x400, "T"))


@dataclass(frozen=True)
class SectionRow:
    """A section.

    Attributes:
        flags: in the letters of `.section`.
        type: such as `progbits`.
    """

    name: str
    address: Address
    size: int
    alignment: int
    flags: str
    type: str


@dataclass(frozen=True)
class SymbolRow:
    """A symbol.

    Attributes:
        section: its name; `undefined`, `absolute` or `common` where there is none.
    """

    name: str
    address: Address
    size: int
    type: str
    binding: str
    section: str


def section_rows(data: bytes) -> list[SectionRow]:
    """The sections of an ELF file, in its order.

    Raises:
        ValueError: the file is damaged.
    """
    with reading("the table of sections"):
        return list(_section_rows(data))


def symbol_rows(data: bytes) -> list[SymbolRow]:
    """The symbols of an ELF file by address, without those of sections and files.

    Raises:
        ValueError: the file is damaged.
    """
    with reading("the table of symbols"):
        rows = list(_symbol_rows(data))
    return sorted(rows, key=lambda row: (row.section, row.address, row.name))


def _section_rows(data: bytes) -> Iterator[SectionRow]:
    from elftools.elf.elffile import ELFFile

    for section in ELFFile(io.BytesIO(data)).iter_sections():
        if section["sh_type"] == "SHT_NULL":
            continue
        yield SectionRow(
            section.name,
            section["sh_addr"],
            section["sh_size"],
            section["sh_addralign"],
            "".join(letter for bit, letter in _FLAGS if section["sh_flags"] & bit),
            str(section["sh_type"]).removeprefix("SHT_").lower(),
        )


def _symbol_rows(data: bytes) -> Iterator[SymbolRow]:
    from elftools.elf.elffile import ELFFile

    elf = ELFFile(io.BytesIO(data))
    table: Any = elf.get_section_by_name(".symtab")
    for symbol in table.iter_symbols() if table is not None else ():
        kind = symbol["st_info"]["type"].removeprefix("STT_").lower()
        if not symbol.name or kind in ("section", "file") or symbol.name.startswith(("$x", "$d")):
            continue
        place = symbol["st_shndx"]
        if isinstance(place, int):
            home = elf.get_section(place).name
        else:
            home = {"SHN_ABS": "absolute", "SHN_COMMON": "common"}.get(place, "undefined")
        binding = symbol["st_info"]["bind"].removeprefix("STB_").lower()
        yield SymbolRow(symbol.name, symbol["st_value"], symbol["st_size"], kind, binding, home)
