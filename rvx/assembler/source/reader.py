"""Source text to logical lines: comments removed, statements on one line told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rvx.assembler.diagnostics import Location, Origin, SourceError
from rvx.records import dataclass
from rvx.regex import regex
from rvx.userfiles import MARK

_PIECE = regex(
    r"""(?P<text>[^#/;"'\n]+)
      | (?P<string>"[^"\\\n]*(?:\\.[^"\\\n]*)*"?)
      | (?P<char>'(?:\\[0-7]{1,3}|\\[^\n]|[^\\\n])'?)
      | (?P<open>/\*) | (?P<comment>\#|//) | (?P<end>;) | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_MARKER = regex(r"#\s*(?:line\s+)?(\d+)\s+\"((?:\\.|[^\"\\])*)\"")
_SPECIAL = regex(r"""[#/;"']""")
_CHUNK = 1 << 16
"""Characters that are split into lines at a time."""


@dataclass(slots=True)
class Line:
    """One statement's text. It is not changed; frozen, it would take twice as long to make.

    Attributes:
        text: without comments, stripped.
        origin: the file.
        number: of the line in it, from 1.
        column: of its first character, from 1.
        source: the whole line that it stands on, for messages.
    """

    text: str
    origin: Origin
    number: int
    column: int
    source: str

    def __str__(self) -> str:
        return self.text

    @property
    def location(self) -> Location:
        """Where its first character stands."""
        return self.origin.at(self.number, self.column)

    def with_text(self, text: str) -> Line:
        """Another text at the same place."""
        return Line(text, self.origin, self.number, self.column, self.source)

    @classmethod
    def nowhere(cls, location: Location) -> Line:
        """No text, at a place whose line is not at hand."""
        origin = Origin(location.file, location.via, location.reason)
        return cls("", origin, location.line, location.column, "")


def _rows(text: str) -> Iterator[str]:
    """The lines of a text, without a list of all of them."""
    at = 0
    while at <= len(text):
        end = text.find("\n", at + _CHUNK)
        end = len(text) if end < 0 else end
        yield from text[at:end].split("\n")
        at = end + 1


class SourceText(Iterator[Line]):
    """The statements of a source text, in order; line markers of a C preprocessor are followed.

    Who knows already what rows do may take them from `rows` between two statements, and count them.

    Args:
        text: all of it.
        file: what it is called in messages.
        via: the place that brought it in.
        reason: how.

    Attributes:
        rows: those that nobody has taken yet.
        number: of the one taken last.
        origin: the file that they come from.
        is_inside: whether further statements of the row taken last follow.
    """

    def __init__(
        self, text: str, file: str, *, via: Location | None = None, reason: str = ""
    ) -> None:
        self.rows = _rows(text.removeprefix(MARK))
        self.number = 0
        self.origin = Origin(file, via, reason)
        self.is_inside = False
        self._returned: str | None = None
        self._lines = self._read()

    def __next__(self) -> Line:
        return next(self._lines)

    def put_back(self, row: str) -> None:
        """Gives the row back that was taken last."""
        self._returned = row
        self.number -= 1

    def _take(self) -> str | None:
        row, self._returned = self._returned, None
        if row is None:
            row = next(self.rows, None)
        self.number += 1
        return row

    def _read(self) -> Iterator[Line]:
        search = _SPECIAL.search
        while (whole := self._take()) is not None:
            row = whole.rstrip("\r") if "\r" in whole else whole
            if search(row) is None:
                begun = row.lstrip()
                if begun:
                    column = len(row) - len(begun) + 1
                    yield Line(begun.rstrip(), self.origin, self.number, column, row)
                continue
            if row.startswith("#") and self._follow_marker(row):
                continue
            start = self.number
            while (opened := _open_comment(row)) >= 0:
                following = self._take()
                if following is None:
                    raise SourceError(
                        "a '/*' comment is not closed before the end of the file",
                        hint=f"it begins in line {start}; write '*/' where it ends",
                    )
                row = row[: opened + 2] + "\n" + following
            self.is_inside = True
            yield from _statements(row, self.origin, start)
            self.is_inside = False

    def _follow_marker(self, row: str) -> bool:
        marker = _MARKER.match(row)
        if marker is None:
            return False
        self.number = int(marker[1]) - 1
        file = marker[2].replace('\\"', '"').replace("\\\\", "\\")
        self.origin = Origin(file, self.origin.via, self.origin.reason)
        return True


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


def _statements(row: str, origin: Origin, number: int) -> Iterator[Line]:
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
            yield Line(text, origin, number + line, column, sources[line])
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
