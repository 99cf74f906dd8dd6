"""A linked program: what the emulator loads."""

from __future__ import annotations

import bisect
from functools import cached_property
from pathlib import Path

from rvx.assembler.diagnostics import Diagnostic, Location
from rvx.assembler.elf.executable import PAGE, ProgramSection, ProgramSymbol, Segment, executable
from rvx.assembler.elf.notes import extensions_note
from rvx.assembler.model.object import LineRows
from rvx.records import dataclass, field

_ALLOC, _TLS = 0x2, 0x400


@dataclass
class Program:
    """A program in memory.

    Attributes:
        xlen: 32 or 64.
        entry: address where it starts.
        sections: in the order of addresses.
        symbols: by name; the last of several local ones of one name.
        all_symbols: every symbol that is worth writing to an ELF file.
        lines: addresses of instructions and data, ascending, with their statements.
        extensions: version of each extension that the code was assembled for.
        march: the architecture string.
        elf_flags: `e_flags` of the ELF header.
        attributes: of `.riscv.attributes`, by tag.
        warnings: what the assembler found, short of errors.
    """

    xlen: int
    entry: int
    sections: list[ProgramSection]
    symbols: dict[str, ProgramSymbol]
    all_symbols: list[ProgramSymbol]
    lines: LineRows = field(default_factory=LineRows)
    extensions: dict[str, str] = field(default_factory=dict)
    march: str = ""
    elf_flags: int = 0
    attributes: dict[int, int | str] = field(default_factory=dict)
    warnings: list[Diagnostic] = field(default_factory=list)

    @cached_property
    def segments(self) -> list[Segment]:
        """Sections with the same access rights that follow each other, in one piece each."""
        found: list[Segment] = []
        run: list[ProgramSection] = []
        loaded = [s for s in self.sections if s.flags & _ALLOC and not _is_tls_template(s)]
        for section in loaded:
            is_new = run and (
                _access(section) != _access(run[0])
                or section.address - (run[-1].address + run[-1].size) >= PAGE
                or (run[-1].size and not run[-1].data and section.data)
            )
            if is_new:
                found.append(_segment(run))
                run = []
            run.append(section)
        if run:
            found.append(_segment(run))
        return [segment for segment in found if segment.size]

    def section(self, name: str) -> ProgramSection:
        """The section of that name.

        Raises:
            KeyError: there is none.
        """
        for section in self.sections:
            if section.name == name:
                return section
        names = ", ".join(section.name for section in self.sections)
        raise KeyError(f"the program has no section '{name}', only {names}")

    def line_at(self, address: int) -> Location | None:
        """The statement that the instruction at this address comes from."""
        index = bisect.bisect_right(self.lines.starts, address) - 1
        if index < 0:
            return None
        start, location = self.lines[index]
        return location if address < start + 4 else None

    def to_elf(self) -> bytes:
        """The program as a static ELF executable."""
        return executable(
            self.xlen,
            self.sections,
            self.segments,
            self.all_symbols,
            entry=self.entry,
            flags=self.elf_flags,
            about=extensions_note(self.march, self.extensions),
            attributes=self.attributes,
        )

    def write_elf(self, path: str | Path) -> None:
        """Writes the program as a static ELF executable."""
        target = Path(path)
        target.write_bytes(self.to_elf())
        target.chmod(target.stat().st_mode | 0o111)


def _is_tls_template(section: ProgramSection) -> bool:
    """Whether it only says how much zeroed room each thread needs."""
    return bool(section.flags & _TLS) and not section.data


def _access(section: ProgramSection) -> int:
    return 4 | (section.flags & 1) << 1 | (section.flags >> 2 & 1)


def _segment(run: list[ProgramSection]) -> Segment:
    start = run[0].address
    data = bytearray()
    for section in run:
        if section.data:
            data += bytes(section.address - start - len(data))
            data += section.data
    end = max(section.address + section.size for section in run)
    return Segment(start, bytes(data), end - start, _access(run[0]))
