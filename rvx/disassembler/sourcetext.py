"""Source lines between the instructions, as `objdump -l` and `objdump -S` put them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rvx.disassembler.lines import LineTable, SourceLine
from rvx.isa import Address

_CONTEXT = 5
"""How many lines are shown at most in front of one that was jumped to."""


class SourceText:
    """What is printed in front of instructions.

    Args:
        table: lines by address.
        has_lines: whether function, file and line number are printed (`-l`).
        has_text: whether the lines themselves are printed (`-S`).
    """

    def __init__(self, table: LineTable, *, has_lines: bool, has_text: bool) -> None:
        self._table = table
        self._has_lines = has_lines
        self._has_text = has_text
        self._function = ""
        self._last = SourceLine("", -1)
        self._texts: dict[str, list[str]] = {}
        self._printed: dict[str, int] = {}
        self._shown: dict[str, int] = {}

    def before(self, address: Address, section: int, function: str) -> Iterator[str]:
        """The lines to print in front of the instruction at an address.

        Args:
            address: of the instruction.
            section: its number, in an object.
            function: the symbol that the instruction belongs to, if nothing better is known.
        """
        found = self._table.find(address, section)
        if found is None:
            return
        if self._has_lines:
            function = self._table.function(address, section) or function
            yield from self._place(found, function)
        if self._has_text and found.line > 0:
            yield from self._text(found)
        self._function = function
        self._last = found

    def _place(self, found: SourceLine, function: str) -> Iterator[str]:
        is_new = bool(function) and function != self._function
        if is_new:
            yield f"{function}():"
        last = self._last
        is_same = (found.line, found.discriminator) == (last.line, last.discriminator)
        if found.line > 0 and (is_new or not is_same):
            more = f" (discriminator {found.discriminator})" if found.discriminator else ""
            yield f"{found}{more}"

    def _text(self, found: SourceLine) -> Iterator[str]:
        file, line = found.file, found.line
        if file not in self._texts:
            path = Path(file)
            text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
            self._texts[file] = text.splitlines()
        if line == self._shown.get(file, 0):
            return
        first = max(line - _CONTEXT, 1)
        printed = self._printed.get(file, 0)
        if printed >= first:
            first = printed + 1 if printed < line else line
        yield from self._texts[file][first - 1 : line]
        self._printed[file] = max(printed, line)
        self._shown[file] = line
