"""Listings: address, bytes and source line by line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rvx.assembler.diagnostics import Location
from rvx.assembler.elf.executable import ProgramSection
from rvx.assembler.linking.program import Program
from rvx.assembler.model.sections import ALLOC

_ROW = 8
_MOST = 64
"""Bytes of a statement that are shown below its first row."""


def listing(program: Program, sources: dict[str, str] | None = None) -> str:
    """The code and data of a program with the source lines that they come from.

    Args:
        program: as linked.
        sources: texts by the name that locations give; other files are read.
    """
    texts = _Texts(dict(sources or {}))
    rows: list[str] = []
    for section in program.sections:
        found = list(_rows(program, section, texts))
        if found:
            rows += [f"section {section.name}", *found]
    return "\n".join(rows) + "\n"


def _rows(program: Program, section: ProgramSection, texts: _Texts) -> Iterator[str]:
    end = section.address + section.size
    labels: dict[int, list[str]] = {}
    for symbol in program.all_symbols:
        if symbol.section == section.name:
            labels.setdefault(symbol.address, []).append(symbol.name)
    if not section.flags & ALLOC:
        return
    starts = _statements(program, range(section.address, end), labels)
    for index, (address, location) in enumerate(starts):
        stop = starts[index + 1][0] if index + 1 < len(starts) else end
        at = address - section.address
        data = section.data[at : at + stop - address]
        for name in labels.get(address, ()):
            yield f"{'':32}{name}:"
        text = texts.line(location.file, location.line)
        first, rest = data[:_ROW], data[_ROW:]
        yield f"{address:12x}  {first.hex():16}  {location.line:6} {text}".rstrip()
        for offset in range(0, min(len(rest), _MOST), _ROW):
            yield f"{address + _ROW + offset:12x}  {rest[offset : offset + _ROW].hex()}"
        if len(rest) > _MOST:
            yield f"{'':12}  ... and {len(rest) - _MOST} bytes more"


def _statements(
    program: Program, addresses: range, labels: dict[int, list[str]]
) -> list[tuple[int, Location]]:
    """Where statements begin: one may make several instructions, and several numbers."""
    found: list[tuple[int, Location]] = []
    for address, location in program.lines:
        is_same = found and found[-1][1] == location and address not in labels
        if address in addresses and not is_same:
            found.append((address, location))
    return found


class _Texts:
    """The lines of source files, each file read once."""

    def __init__(self, sources: dict[str, str]) -> None:
        self._lines = {name: text.split("\n") for name, text in sources.items()}

    def line(self, file: str, number: int) -> str:
        """A line without its indentation; empty if the file cannot be read."""
        if file not in self._lines:
            path = Path(file)
            text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
            self._lines[file] = text.split("\n")
        lines = self._lines[file]
        return lines[number - 1].strip() if 0 < number <= len(lines) else ""
