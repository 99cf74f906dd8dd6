"""The bytes of .debug_line (DWARF 5, 6.2).

For sources that are assembled with debug information of their own, every instruction has a row,
and .debug_info holds one compile unit that points at the table.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rvx.assembler.fragments.assembly import Assembly
from rvx.assembler.leb128 import encode_leb128
from rvx.assembler.model.linetable import LineTable, Loc
from rvx.assembler.model.sections import PROGBITS, Section, Symbol, Value
from rvx.records import dataclass

_COPY, _ADVANCE_LINE, _SET_FILE, _SET_COLUMN, _NEGATE, _BLOCK = 1, 3, 4, 5, 6, 7
_FIXED_ADVANCE, _PROLOGUE_END, _EPILOGUE, _SET_ISA = 9, 10, 11, 12
_END_SEQUENCE, _SET_ADDRESS, _SET_DISCRIMINATOR = 1, 2, 4
_OPERAND_COUNTS = bytes([0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1])
_FORM_STRING, _PATH, _DIRECTORY_INDEX, _FORM_UDATA = 0x08, 1, 2, 0x0F
_ADVANCE = bytes([_FIXED_ADVANCE, 0, 0])
_FURTHEST = 50_000
_ASSEMBLER_LANGUAGE = 0x8001


def write_lines(assembly: Assembly, table: LineTable) -> list[str]:
    """Appends .debug_line, and .debug_info for an own table; code must be laid out by now.

    Returns:
        The names of the sections made.
    """
    if not table.rows:
        return []
    writer = _Writer(assembly, table)
    writer.lines()
    if not table.is_own:
        return [".debug_line"]
    writer.unit()
    return [".debug_line", ".debug_info", ".debug_abbrev"]


@dataclass
class _Writer:
    assembly: Assembly
    table: LineTable

    @property
    def _word(self) -> int:
        return self.assembly.isa.xlen // 8

    def _open(self, name: str) -> None:
        self.assembly.switch(self.assembly.section(name, 0, PROGBITS))

    def _place(self, size: int, value: Value) -> None:
        self.assembly.emit(bytes(size))
        self.assembly.fix(f"DATA{8 * size}", value, back=size)

    def lines(self) -> None:
        self._open(".debug_line")
        data = self.assembly.fragment.data
        start = len(data)
        self.assembly.emit(bytes(4) + b"\x05\x00" + bytes([self._word, 0]) + bytes(4))
        header = len(data)
        self.assembly.emit(bytes([1, 1, 1, 0xFB, 14, 13]) + _OPERAND_COUNTS)
        self._files()
        data[header - 4 : header] = (len(data) - header).to_bytes(4, "little")
        for section, rows in self.table.rows.items():
            self._sequence(section, rows)
        data[start : start + 4] = (len(data) - start - 4).to_bytes(4, "little")

    def _files(self) -> None:
        """Directories and files; entry 0 is the folder, and the file, of the compile unit."""
        files = dict(self.table.files)
        primary = files.get(0) or files.get(1) or ("", "")
        folder = primary[0] or str(Path.cwd())
        folders = list(dict.fromkeys([folder, *(f[0] or folder for f in files.values())]))
        emit = self.assembly.emit
        emit(bytes([1, _PATH, _FORM_STRING]) + encode_leb128(len(folders), False))
        emit(b"".join(_text(name) for name in folders))
        files.setdefault(0, primary)
        listed = [files.get(number, primary) for number in range(max(files) + 1)]
        emit(bytes([2, _PATH, _FORM_STRING, _DIRECTORY_INDEX, _FORM_UDATA]))
        emit(encode_leb128(len(listed), False))
        for home, name in listed:
            emit(_text(name) + encode_leb128(folders.index(home or folder), False))

    def _sequence(self, section: Section, rows: Iterable[tuple[Symbol, Loc]]) -> None:
        data = self.assembly.fragment.data
        state = Loc(1, 1)
        before: Symbol | None = None
        for place, loc in rows:
            _change(data, state, loc)
            self._advance(before, place)
            data.append(_COPY)
            state, before = loc, place
        end = section.end_symbol()
        if before is not None:
            self._advance(before, end)
        data += bytes([0, 1, _END_SEQUENCE])

    def _advance(self, before: Symbol | None, place: Symbol) -> None:
        assembly = self.assembly
        data, distance = assembly.fragment.data, None
        if before is not None:
            distance = assembly.distances.between(place, before)
        if before is None or distance is None or not 0 <= distance <= _FURTHEST:
            data += bytes([0, 1 + self._word, _SET_ADDRESS])
            self._place(self._word, Value(0, place))
            return
        data += _ADVANCE
        assembly.fix("DATA16", Value(0, place, before), back=2)

    def unit(self) -> None:
        """One compile unit: table, addresses, name, folder, producer, language."""
        primary = self.table.files[1]
        section = next(iter(self.table.rows))
        first = self.table.rows[section][0][0]
        self._open(".debug_abbrev")
        abbreviations = self.assembly.here()
        pairs = [0x10, 0x17, 0x11, 0x01, 0x12, 0x01, 0x03, 0x08, 0x1B, 0x08, 0x25, 0x08, 0x13, 0x05]
        self.assembly.emit(bytes([1, 0x11, 0, *pairs, 0, 0, 0]))
        self._open(".debug_info")
        data = self.assembly.fragment.data
        start = len(data)
        self.assembly.emit(bytes(4) + b"\x05\x00" + bytes([1, self._word]))
        self._place(4, Value(0, abbreviations))
        self.assembly.emit(b"\x01")
        line_section = self.assembly.sections[".debug_line"]
        self._place(4, Value(0, line_section.start_symbol()))
        self._place(self._word, Value(0, first))
        self._place(self._word, Value(0, section.end_symbol()))
        folder = primary[0] or str(Path.cwd())
        self.assembly.emit(_text(primary[1]) + _text(folder) + _text("rvx"))
        self.assembly.emit(_ASSEMBLER_LANGUAGE.to_bytes(2, "little"))
        data[start : start + 4] = (len(data) - start - 4).to_bytes(4, "little")


def _text(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape") + b"\0"


def _change(data: bytearray, state: Loc, loc: Loc) -> None:
    """Appends the opcodes that bring the registers of the line machine to the next row."""
    if loc.file != state.file:
        data.append(_SET_FILE)
        data += encode_leb128(loc.file, False)
    if loc.column != state.column:
        data.append(_SET_COLUMN)
        data += encode_leb128(loc.column, False)
    if loc.discriminator:
        operand = encode_leb128(loc.discriminator, False)
        data += bytes([0, 1 + len(operand), _SET_DISCRIMINATOR]) + operand
    if loc.isa != state.isa:
        data.append(_SET_ISA)
        data += encode_leb128(loc.isa, False)
    if loc.is_statement != state.is_statement:
        data.append(_NEGATE)
    if loc.marks:
        data += bytes(loc.marks)
    if loc.line != state.line:
        data.append(_ADVANCE_LINE)
        data += encode_leb128(loc.line - state.line, True)
