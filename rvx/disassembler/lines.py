"""Source lines of code, out of the line tables of DWARF (version 5, 6.2)."""

from __future__ import annotations

import io
import os.path
from bisect import bisect_right
from typing import Any

from rvx.disassembler.damage import reading
from rvx.disassembler.functions import FunctionTable
from rvx.isa import Address
from rvx.records import dataclass

_ADD = {33: 1, 34: 2, 35: 4, 36: 8}
_SUB = {37: 1, 38: 2, 39: 4, 40: 8}
_SET = {1: 4, 2: 8}
"""R_RISCV_ADD8 ... ADD64, SUB8 ... SUB64, 32 and 64: bytes by number (psABI)."""


@dataclass(frozen=True)
class SourceLine:
    """A line of a source.

    Attributes:
        file: its path, with the folder in which the compiler ran.
        line: from 1.
        discriminator: tells code of one line apart; 0 if there is nothing to tell.
    """

    file: str
    line: int
    discriminator: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class LineTable:
    """Which source line an address comes from.

    Args:
        data: of an ELF file; without debug information, no address has a line.

    Raises:
        ValueError: the debug information is damaged.
    """

    def __init__(self, data: bytes) -> None:
        from elftools.elf.elffile import ELFFile

        elf = ELFFile(io.BytesIO(data))
        self._is_linked = elf.header["e_type"] != "ET_REL"
        self._shift = 40 if elf.elfclass == 64 else 24
        self._starts: list[Address] = []
        self._lines: list[SourceLine | None] = []
        self._functions: FunctionTable | None = None
        if elf.get_section_by_name(".debug_line") is not None:
            with reading("the debug information"):
                self._read(_relocated(data, elf, 0 if self._is_linked else self._shift))

    def find(self, address: Address, section: int = 0) -> SourceLine | None:
        """The line of an address.

        Args:
            address: in an object, the offset in its section.
            section: number of the section, in an object.
        """
        if not self._is_linked:
            address += section << self._shift
        index = bisect_right(self._starts, address) - 1
        return self._lines[index] if index >= 0 else None

    def function(self, address: Address, section: int = 0) -> str:
        """The name of the function that an address belongs to; empty if it is not known."""
        if self._functions is None:
            return ""
        return self._functions.find(address + (0 if self._is_linked else section << self._shift))

    def _read(self, elf: Any) -> None:
        dwarf = elf.get_dwarf_info(relocate_dwarf_sections=False)
        self._functions = FunctionTable(dwarf)
        rows: dict[Address, SourceLine | None] = {}
        for unit in dwarf.iter_CUs():
            program = dwarf.line_program_for_CU(unit)
            folder = _text(unit.get_top_DIE().attributes.get("DW_AT_comp_dir"))
            names: dict[int, str] = {}
            for entry in program.get_entries() if program is not None else ():
                state = entry.state
                if state is None:
                    continue
                if state.end_sequence:
                    rows.setdefault(state.address, None)
                    continue
                if state.file not in names:
                    names[state.file] = _path(program, state.file, folder)
                found = SourceLine(names[state.file], state.line, state.discriminator)
                rows[state.address] = found
        for address in sorted(rows):
            self._starts.append(address)
            self._lines.append(rows[address])


def _text(attribute: Any) -> str:
    return attribute.value.decode("utf-8", "replace") if attribute is not None else ""


def _path(program: Any, number: int, folder: str) -> str:
    """The path of a file of a line table: they are counted from 1 before DWARF 5."""
    header = program.header
    is_new = header["version"] >= 5
    entry = header["file_entry"][number if is_new else number - 1]
    name: str = entry.name.decode("utf-8", "replace")
    folders = [text.decode("utf-8", "replace") for text in header["include_directory"]]
    index = entry.dir_index
    if is_new:
        home = folders[index] if index < len(folders) else ""
    else:
        home = folders[index - 1] if 0 < index <= len(folders) else ""
    if os.path.isabs(name):
        return name
    if not os.path.isabs(home):
        home = os.path.join(folder, home) if home else folder
    return os.path.join(home, name) if home else name


def _relocated(data: bytes, elf: Any, shift: int) -> Any:
    """The file with the debug sections of an object relocated; each section has its own range."""
    from elftools.elf.elffile import ELFFile
    from elftools.elf.relocation import RelocationSection

    if not shift:
        return elf
    out = bytearray(data)
    symbols = elf.get_section_by_name(".symtab")
    for table in elf.iter_sections():
        if not isinstance(table, RelocationSection):
            continue
        home = elf.get_section(table["sh_info"])
        if not home.name.startswith(".debug"):
            continue
        for entry in table.iter_relocations():
            symbol = symbols.get_symbol(entry["r_info_sym"])
            place = symbol["st_shndx"]
            value = symbol["st_value"] + entry["r_addend"]
            if isinstance(place, int) and elf.get_section(place)["sh_flags"] & 4:
                value += place << shift
            at = home["sh_offset"] + entry["r_offset"]
            _apply(out, at, entry["r_info_type"], value)
    return ELFFile(io.BytesIO(bytes(out)))


def _apply(out: bytearray, at: int, kind: int, value: int) -> None:
    for sizes, sign in ((_ADD, 1), (_SUB, -1), (_SET, 0)):
        size = sizes.get(kind)
        if size is None:
            continue
        old = int.from_bytes(out[at : at + size], "little")
        new = old + sign * value if sign else value
        out[at : at + size] = (new & (1 << 8 * size) - 1).to_bytes(size, "little")
