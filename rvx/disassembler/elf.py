"""What the disassembler needs of an ELF file: code, symbols in order of preference, relocations."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from rvx.disassembler.damage import reading
from rvx.disassembler.relocation_names import RELOCATION_NAMES
from rvx.disassembler.symbols import Symbols, printable
from rvx.isa import Address
from rvx.records import dataclass

_EXECUTABLE = 4
_NOT_NAMED = ("STT_SECTION", "STT_FILE")


_FAKE_LABEL = ".L0 "
"""What GNU as calls the place that a %pcrel_lo looks back to."""


@dataclass(frozen=True)
class Relocation:
    """A place that the linker fills in: its address and how objdump writes what goes there."""

    address: Address
    text: str


@dataclass(frozen=True)
class Code:
    """A section with instructions.

    Attributes:
        name: of the section.
        number: of the section.
        address: of the first byte; 0 in relocatable files.
        data: the bytes.
        symbols: for addresses in its instructions.
        labels: names to print in front of the code, by address.
        data_marks: addresses where data begins (True) or ends (False), as mapping symbols say.
        relocations: in the order of their addresses.
    """

    name: str
    number: int
    address: Address
    data: bytes
    symbols: Symbols
    labels: dict[Address, str]
    data_marks: dict[Address, bool]
    relocations: tuple[Relocation, ...]


class SectionSymbols(Symbols):
    """Symbols of a relocatable file, where every section begins at 0.

    Args:
        own: those of a section; what lies in the section is described by them.
        start: address of the section.
        size: of the section, in bytes.
        every: those of all sections, for addresses elsewhere.
    """

    def __init__(self, own: Symbols, start: Address, size: int, every: Symbols) -> None:
        super().__init__()
        self._own = own
        self._range = range(start, start + size)
        self._every = every

    def __bool__(self) -> bool:
        return bool(self._own or self._every)

    def lookup(self, address: Address) -> tuple[str, int] | None:
        """The symbol and the distance to it, see `Symbols.lookup`."""
        chosen = self._own if address in self._range or not self._every else self._every
        return chosen.lookup(address)

    def address_of(self, name: str) -> Address | None:
        """The address of a symbol, None if there is no such symbol."""
        return self._every.address_of(name)


@dataclass(frozen=True)
class ElfCode:
    """The code of a file.

    Attributes:
        xlen: 32 or 64.
        sections: those with instructions, in the order of the file.
    """

    xlen: int
    sections: tuple[Code, ...]


def read_code(data: bytes) -> ElfCode:
    """Reads the code of a RISC-V ELF file.

    Raises:
        ValueError: it is no ELF file for RISC-V, or it is damaged.
    """
    from elftools.elf.elffile import ELFFile

    with reading("the file"):
        elf = ELFFile(io.BytesIO(data))
        machine = elf.header["e_machine"]
    if machine != "EM_RISCV":
        raise ValueError(f"the file is for {machine}, not for RISC-V")
    with reading("the file"):
        symbols = list(_symbols(elf))
        is_linked = elf.header["e_type"] != "ET_REL"
        sections = tuple(
            _code(elf, number, section, symbols, is_linked)
            for number, section in enumerate(elf.iter_sections())
            if section["sh_flags"] & _EXECUTABLE
            and section["sh_type"] == "SHT_PROGBITS"
            and section["sh_size"]
        )
        return ElfCode(elf.elfclass, sections)


def _symbols(elf: Any) -> Iterator[Any]:
    """The symbols of a file; a stripped one has those that it is linked by at run time."""
    from elftools.elf.sections import SymbolTableSection

    tables = [each for each in elf.iter_sections() if isinstance(each, SymbolTableSection)]
    for name in (".symtab", ".dynsym"):
        found = [table for table in tables if table.name == name]
        for table in found:
            yield from table.iter_symbols()
        if found:
            return


def _code(elf: Any, number: int, section: Any, symbols: list[Any], is_linked: bool) -> Code:
    own = [symbol for symbol in symbols if symbol["st_shndx"] == number]
    every = Symbols(_pairs(symbols))
    address = section["sh_addr"]
    if not is_linked:
        inside = Symbols(_pairs(own)) or Symbols({section.name: address})
        every = SectionSymbols(inside, address, section["sh_size"], every)
    return Code(
        section.name,
        number,
        address,
        section.data(),
        every,
        {where: name for name, where in reversed(_pairs(own))},
        {s["st_value"]: s.name.startswith("$d") for s in own if s.name[:2] in ("$x", "$d")},
        tuple(_relocations(elf, number, address, symbols)),
    )


def _pairs(symbols: list[Any]) -> list[tuple[str, Address]]:
    """Names and addresses of what may be printed, the preferred ones first."""
    labels = sorted((symbol for symbol in symbols if _is_label(symbol)), key=_preference)
    return [(printable(symbol.name), symbol["st_value"]) for symbol in labels]


def _is_label(symbol: Any) -> bool:
    return (
        bool(symbol.name)
        and symbol.name != _FAKE_LABEL
        and not symbol.name.startswith(("$x", "$d"))
        and symbol["st_info"]["type"] not in _NOT_NAMED
        and symbol["st_shndx"] not in ("SHN_UNDEF", "SHN_COMMON")
    )


def _preference(symbol: Any) -> tuple[Any, ...]:
    """Of several at one address objdump prints the first in this order."""
    kind = {"STT_FUNC": 0, "STT_OBJECT": 1, "STT_COMMON": 1}.get(symbol["st_info"]["type"], 2)
    is_local = symbol["st_info"]["bind"] == "STB_LOCAL"
    is_section = symbol.name.startswith(".")  # or looks like the name of one
    name = symbol.name.encode("utf-8", "surrogateescape")
    return symbol["st_value"], kind, -symbol["st_size"], is_local, is_section, name


def _relocations(elf: Any, number: int, base: Address, symbols: list[Any]) -> list[Relocation]:
    from elftools.elf.relocation import RelocationSection

    found = []
    for section in elf.iter_sections():
        if not isinstance(section, RelocationSection) or section["sh_info"] != number:
            continue
        for entry in section.iter_relocations():
            symbol = symbols[entry["r_info_sym"]]
            name = printable(symbol.name or _section_name(elf, symbol))
            addend = entry["r_addend"]
            distance = f"{'-' if addend < 0 else '+'}{abs(addend):#x}" if addend else ""
            kind = RELOCATION_NAMES.get(entry["r_info_type"], str(entry["r_info_type"]))
            found.append(Relocation(base + entry["r_offset"], f"{kind}\t{name}{distance}"))
    return sorted(found, key=lambda relocation: relocation.address)


def _section_name(elf: Any, symbol: Any) -> str:
    if symbol["st_info"]["type"] == "STT_SECTION":
        return str(elf.get_section(symbol["st_shndx"]).name)
    return "*ABS*"
