"""`.ident` and `.version`: words about an object, in sections that are not loaded."""

from __future__ import annotations

from rvx.assembler.directives.registry import directive, string
from rvx.assembler.fragments.assembly import Assembly
from rvx.assembler.model import sections

_NT_VERSION = 1


@directive(".ident")
def ident(assembly: Assembly, name: str, rest: str) -> None:
    """`.ident "text"`: who made the source; goes to .comment."""
    text = string(rest)
    flags = sections.MERGE | sections.STRINGS
    _append(
        assembly, assembly.section(".comment", flags, sections.PROGBITS, 1), text + b"\0", b"\0"
    )


@directive(".version")
def version(assembly: Assembly, name: str, rest: str) -> None:
    """`.version "text"`: a note of the source's version."""
    text = string(rest) + b"\0"
    header = b"".join(number.to_bytes(4, "little") for number in (len(text), 0, _NT_VERSION))
    target = assembly.section(".note", 0, sections.NOTE)
    target.alignment = 4
    _append(assembly, target, header + text + bytes(-len(text) % 4), b"")


def _append(assembly: Assembly, target: sections.Section, data: bytes, first: bytes) -> None:
    """Writes to a section and returns to the current one; `first` goes before all else in it."""
    current, before = assembly.current, assembly.previous
    assembly.switch(target)
    assembly.emit(data if assembly.fragment.data else first + data)
    assembly.switch(*current)
    assembly.previous = before
