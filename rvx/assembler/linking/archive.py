"""Archives of objects (`.a`), as ar makes them: an index of symbols, and members read on demand."""

from __future__ import annotations

from collections.abc import Iterator

from rvx.assembler.diagnostics import AssemblyError, Diagnostic, Location
from rvx.assembler.elf.reader import read_object
from rvx.assembler.model.object import ObjectFile
from rvx.records import dataclass, field

MAGIC, THIN_MAGIC = b"!<arch>\n", b"!<thin>\n"
_HEADER, _END = 60, b"`\n"
_INDICES = {"/": 4, "/SYM64/": 8}
"""Names of the index, and the bytes of a number in it."""


@dataclass
class Archive:
    """Objects of which the linker takes those that define what it misses.

    Attributes:
        name: of the file.
        members: name and bytes by position in the file.
        index: position of the member that defines a symbol, by the symbol's name.
    """

    name: str
    members: dict[int, tuple[str, bytes]]
    index: dict[str, int]
    _taken: set[int] = field(default_factory=set)

    def take(self, symbol: str) -> ObjectFile | None:
        """The member that defines a symbol, unless it was taken before; None if there is none."""
        position = self.index.get(symbol)
        if position is None or position in self._taken:
            return None
        self._taken.add(position)
        name, data = self.members[position]
        return read_object(data, f"{self.name}({name})")


def is_archive(data: bytes) -> bool:
    """Whether these bytes begin like an archive."""
    return data.startswith((MAGIC, THIN_MAGIC))


def read_archive(data: bytes, name: str) -> Archive:
    """The members and the index of an archive; without an index, the members are looked through.

    Raises:
        AssemblyError: it is damaged, or it holds names of files instead of files.
    """
    if data.startswith(THIN_MAGIC):
        raise _refusal(name, "is a thin archive, which holds names only; make it without T")
    members: dict[int, tuple[str, bytes]] = {}
    index: dict[str, int] | None = None
    names = b""
    for position, label, content in _entries(data, name):
        if label in _INDICES and index is None:
            index = _read_index(content, _INDICES[label], name)
        elif label == "//":
            names = content
        elif label not in _INDICES:
            members[position] = (_long_name(label, names), content)
    if index is None:
        index = _made_index(members, name)
    if not set(index.values()) <= members.keys():
        raise _refusal(name, "is damaged: its index leads to no member")
    return Archive(name, members, index)


def _refusal(name: str, what: str) -> AssemblyError:
    return AssemblyError([Diagnostic("error", Location(name, 1), f"'{name}' {what}")])


def _entries(data: bytes, name: str) -> Iterator[tuple[int, str, bytes]]:
    """Position, name as written and bytes of every entry."""
    at = len(MAGIC)
    while at < len(data):
        header = data[at : at + _HEADER]
        digits = header[48:58].strip()
        if len(header) < _HEADER or header[58:] != _END or not digits.isdigit():
            raise _refusal(name, f"is damaged: there is no header of a member at offset {at}")
        start, size = at + _HEADER, int(digits)
        if start + size > len(data):
            raise _refusal(name, f"is damaged: the member at offset {at} is cut off")
        yield at, header[:16].decode("ascii", "replace").rstrip(), data[start : start + size]
        at = start + size + size % 2


def _long_name(label: str, names: bytes) -> str:
    """The name of a member; long ones stand in an entry of their own."""
    if label[:1] == "/" and label[1:].isdecimal():
        start = int(label[1:])
        return names[start:].split(b"/\n", 1)[0].decode("utf-8", "replace")
    return label.rstrip("/")


def _read_index(content: bytes, width: int, name: str) -> dict[str, int]:
    count = int.from_bytes(content[:width], "big")
    start = width * (count + 1)
    if start > len(content):
        raise _refusal(name, "is damaged: its index is cut off")
    symbols = content[start:].split(b"\0")
    index: dict[str, int] = {}
    for number in range(count):
        at = width * (number + 1)
        if number < len(symbols):
            position = int.from_bytes(content[at : at + width], "big")
            index.setdefault(symbols[number].decode("utf-8", "surrogateescape"), position)
    return index


def _made_index(members: dict[int, tuple[str, bytes]], name: str) -> dict[str, int]:
    index: dict[str, int] = {}
    for position, (label, data) in members.items():
        for symbol in read_object(data, f"{name}({label})").symbols:
            if symbol.binding != "local" and symbol.kind != "undefined":
                index.setdefault(symbol.name, position)
    return index
