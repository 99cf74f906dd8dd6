"""Source text to logical lines: comments removed, statements on one line told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rvx.assembler.diagnostics import Location, SourceError

_PIECE = re.compile(
    r"""(?P<text>[^#/;"'\n]+)
      | (?P<string>"[^"\\\n]*(?:\\.[^"\\\n]*)*"?)
      | (?P<char>'(?:\\[0-7]{1,3}|\\[^\n]|[^\\\n])'?)
      | (?P<open>/\*) | (?P<comment>\#|//) | (?P<end>;) | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_MARKER = re.compile(r"#\s*(?:line\s+)?(\d+)\s+\"((?:\\.|[^\"\\])*)\"")
_SPECIAL = re.compile(r"""[#/;"']""")


@dataclass(frozen=True, slots=True)
class Line:
    """One statement's text.

    Attributes:
        text: without comments, stripped.
        location: of its first character.
        source: the whole line that it stands on, for messages.
    """

    text: str
    location: Location
    source: str

    def __str__(self) -> str:
        return self.text


def read(text: str, file: str, *, via: Location | None = None, reason: str = "") -> Iterator[Line]:
    """The statements of a source text, in order; line markers of a C preprocessor are followed.

    Raises:
        SourceError: a block comment is not closed.
    """
    number = 0
    rows = text.split("\n")
    index = 0
    while index < len(rows):
        row = rows[index]
        index += 1
        number += 1
        if "\r" in row:
            row = row.rstrip("\r")
        if not _SPECIAL.search(row):
            stripped = row.strip()
            if stripped:
                column = 1 if row[0] == stripped[0] else row.index(stripped[0]) + 1
                yield Line(stripped, Location(file, number, column, via, reason), row)
            continue
        if row.startswith("#"):
            marker = _MARKER.match(row)
            if marker:
                number = int(marker[1]) - 1
                file = marker[2].replace('\\"', '"').replace("\\\\", "\\")
                continue
        start = number
        while (opened := _open_comment(row)) >= 0:
            if index >= len(rows):
                raise SourceError(
                    "a '/*' comment is not closed before the end of the file",
                    hint=f"it begins in line {start}; write '*/' where it ends",
                )
            row = row[: opened + 2] + "\n" + rows[index]
            index += 1
            number += 1
        yield from _statements(row, file, start, via, reason)


def _open_comment(row: str) -> int:
    """Where a block comment begins that does not end within the text, or -1."""
    at = 0
    while at < len(row):
        found = _PIECE.match(row, at)
        if found is None:
            at += 1
            continue
        if found["comment"]:
            newline = row.find("\n", at)
            if newline < 0:
                return -1
            at = newline
        elif found["open"]:
            close = row.find("*/", found.end())
            if close < 0:
                return at
            at = close + 2
        else:
            at = found.end()
    return -1


def _statements(
    row: str, file: str, number: int, via: Location | None, reason: str
) -> Iterator[Line]:
    """Splits a row (more than one source line if a block comment spans them) at semicolons."""
    sources = row.split("\n")
    current: list[str] = []
    begin = at = 0
    while at <= len(row):
        found = _PIECE.match(row, at) if at < len(row) else None
        if found is not None and not (found["end"] or found["comment"] or found["open"]):
            current.append(found[0])
            at = found.end()
            continue
        if found is not None and found["open"]:
            current.append(" ")
            at = row.index("*/", found.end()) + 2
            continue
        newline = found is None and at < len(row) and row[at] == "\n"
        text = "".join(current).strip()
        if text:
            first = _first(row, begin, text)
            line = row.count("\n", 0, first)
            column = first - (row.rfind("\n", 0, first) + 1) + 1
            yield Line(text, Location(file, number + line, column, via, reason), sources[line])
        current = []
        if found is not None and found["comment"]:
            at = row.find("\n", at)
            if at < 0:
                return
            newline = True
        at += 1 if found is None or newline else len(found[0])
        begin = at


def _first(row: str, begin: int, text: str) -> int:
    """Where the statement's first character stands, past comments."""
    at = begin
    while at < len(row):
        if row.startswith("/*", at):
            at = row.index("*/", at + 2) + 2
        elif row[at].isspace():
            at += 1
        else:
            return at
    return begin
