"""The code of a program: its instructions as text, functions, and lines of sources."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from rvx.disassembler import Disassembler, Symbols
from rvx.disassembler.lines import SourceLine
from rvx.emulator import Machine
from rvx.emulator.calls import FunctionMap
from rvx.isa.bits import Address, word_size
from rvx.records import dataclass

Places = Callable[[Address], SourceLine | None]
_LONGEST_LINE = 1 << 12
"""Bytes of code that one line of a source is looked for in, each way."""
_LINKS = (1, 5)


@dataclass(frozen=True)
class Shown:
    """An instruction.

    Attributes:
        address: where it is.
        size: in bytes; 0 where there is no code.
        text: in assembly.
    """

    address: Address
    size: int
    text: str


class Code:
    """What there is to say about addresses.

    Args:
        machine: with the program in memory.
        places: lines of sources.
    """

    def __init__(self, machine: Machine, places: Places) -> None:
        self._machine = machine
        self.line_of = places
        table = machine.executable.symbols
        self._symbols = Symbols([(one.name, one.address) for one in table])
        self._texts: dict[str, list[str]] = {}

    @cached_property
    def _functions(self) -> FunctionMap:
        return FunctionMap(self._machine.executable, self._machine.memory)

    def function_name(self, address: Address) -> str:
        """The name of the function around an address."""
        return self._functions.functions[self._functions.at(address)].name

    def function_range(self, address: Address) -> tuple[Address, Address]:
        """The addresses of the function around one."""
        found = self._functions.functions[self._functions.at(address)]
        return found.begin, found.end

    def at(self, address: Address) -> Shown:
        """The instruction at an address, as memory has it now."""
        memory = self._machine.memory
        word = memory.word(address)
        if word is None:
            return Shown(address, 0, "(no memory)")
        size = word_size(word)
        made = Disassembler(self._machine.isa, self._symbols)
        line = made.line(word.to_bytes(size, "little"), 0, address)
        return Shown(address, line.size, line.text.replace("\t", " "))

    def describe(self, address: Address) -> str:
        """`<symbol+offset>`; empty where no symbol is near."""
        found = self._machine.executable.symbols.describe(address)
        return f"<{found}>" if found else ""

    @staticmethod
    def name_of(place: SourceLine) -> str:
        """File and line; the file as seen from the present folder, if it is within."""
        near = os.path.relpath(place.file) if os.path.isabs(place.file) else place.file
        return f"{place.file if near.startswith('..') else near}:{place.line}"

    def source(self, place: SourceLine) -> str | None:
        """The text of a line; None if the file is not here."""
        lines = self.lines(place.file)
        return lines[place.line - 1] if 0 < place.line <= len(lines) else None

    def lines(self, file: str) -> list[str]:
        """All lines of a source; none if it is not here."""
        if file not in self._texts:
            try:
                self._texts[file] = Path(file).read_text("utf-8", "replace").splitlines()
            except (OSError, ValueError):
                self._texts[file] = []
        return self._texts[file]

    def line_range(self, pc: Address) -> tuple[Address, Address] | None:
        """The addresses around pc that the same line of a source has; None without lines."""
        here = self.line_of(pc)
        if here is None:
            return None
        begin, end = pc, pc + max(self.at(pc).size, 2)
        while end - pc < _LONGEST_LINE and self._machine.memory.is_executable(end):
            if self.line_of(end) != here:
                break
            end += 2
        while pc - begin < _LONGEST_LINE and self._machine.memory.is_executable(begin - 2):
            if self.line_of(begin - 2) != here:
                break
            begin -= 2
        return begin, end

    def find_line(self, file: str, line: int) -> list[Address]:
        """Addresses at which the code of a line begins, or of the next that has any.

        Args:
            file: the end of its path; any file if it is empty.
            line: its number.
        """
        found: dict[int, list[Address]] = {}
        for begin, end in self._machine.executable.code:
            before: SourceLine | None = None
            for address in range(begin, end, 2):
                place = self.line_of(address)
                is_new = place is not None and place != before
                before = place
                if place is None or not is_new or place.line < line:
                    continue
                if not file or place.file == file or place.file.endswith(f"/{file}"):
                    found.setdefault(place.line, []).append(address)
        return found[min(found)][:1] if found else []

    def is_call(self, address: Address) -> bool:
        """Whether the instruction there calls a function."""
        decoded = self._machine.isa.decode(self._machine.memory.word(address) or 0)
        if decoded is None:
            return False
        made, values = decoded.expanded.instruction, decoded.expanded.values
        return made.mnemonic in ("jal", "jalr") and values.get("rd") in _LINKS

    def calls_within(self, begin: Address, end: Address) -> list[Address]:
        """The instructions from one address up to another that call functions."""
        found, at = [], begin
        while at < end:
            if self.is_call(at):
                found.append(at)
            at += max(self.at(at).size, 2)
        return found

    def is_return(self, address: Address) -> bool:
        """Whether the instruction there returns from one."""
        decoded = self._machine.isa.decode(self._machine.memory.word(address) or 0)
        if decoded is None:
            return False
        made, values = decoded.expanded.instruction, decoded.expanded.values
        if made.mnemonic.startswith("cm.popret"):
            return True
        return made.mnemonic == "jalr" and values.get("rd") == 0 and values.get("rs1") in _LINKS

    def returns_of(self, pc: Address) -> list[Address]:
        """Where the function around pc returns."""
        function = self._functions.functions[self._functions.at(pc)]
        inside = next((one for one in self._machine.executable.code if one[0] <= pc < one[1]), None)
        if inside is None:
            return []
        found, at = [], function.begin
        end = min(function.end, inside[1])
        while at < end:
            if self.is_return(at):
                found.append(at)
            at += max(word_size(self._machine.memory.word(at) or 0), 2)
        return found
