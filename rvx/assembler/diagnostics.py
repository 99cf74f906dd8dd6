"""What is wrong with a source, and where: locations, diagnostics, the error that carries them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from typing import Any, TextIO

from rvx.errors import Exit, RvxError
from rvx.records import dataclass, field

MAX_ERRORS = 100
_LONGEST = 1000
"""Characters of a sentence."""
_WIDEST = 200
"""Characters of a source line that are shown."""
Paint = Callable[[str, str], str]
"""Puts a text, the second argument, into the colour of its role, the first."""
_COLOURS = {
    "place": "1",
    "message": "1",
    "error": "1;31",
    "warning": "1;35",
    "note": "1;36",
    "caret": "1;32",
}


def plain(role: str, text: str) -> str:
    """Paints nothing."""
    return text


def _coloured(role: str, text: str) -> str:
    return f"\x1b[{_COLOURS[role]}m{text}\x1b[m" if text else ""


def painter(stream: TextIO) -> Paint:
    """Colours for a terminal, none elsewhere or where the environment has NO_COLOR."""
    is_plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return plain if is_plain or not stream.isatty() else _coloured


@dataclass(slots=True, unsafe_hash=True)
class Location:
    """A place in a source file. It is not changed; frozen, it would be slow to make.

    Attributes:
        file: as the user named it.
        line: from 1.
        column: from 1.
        via: for lines that a macro or an include brought in, where that was asked for.
        reason: how `via` led here, such as "in expansion of macro 'push'".
    """

    file: str
    line: int
    column: int = 1
    via: Location | None = None
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where lines come from: a file, and what brought it in, as in `Location`."""

    file: str
    via: Location | None = None
    reason: str = ""

    def at(self, line: int, column: int) -> Location:
        """A place in it."""
        return Location(self.file, line, column, self.via, self.reason)


@dataclass(frozen=True, slots=True)
class Note:
    """A further place that helps to understand a diagnostic."""

    location: Location
    message: str

    def __str__(self) -> str:
        return self.render(plain)

    def render(self, paint: Paint) -> str:
        """The note in colours."""
        return f"{paint('place', f'{self.location}:')} {paint('note', 'note:')} {self.message}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    Attributes:
        severity: `error`, `warning` or `note`.
        location: where.
        message: a sentence.
        source: the source line.
        text: the offending part of it.
        hint: what would be valid, or empty.
        notes: further places.
    """

    severity: str
    location: Location
    message: str
    source: str = ""
    text: str = ""
    hint: str = ""
    notes: tuple[Note, ...] = ()

    def __str__(self) -> str:
        return self.render(plain)

    def render(self, paint: Paint) -> str:
        """The diagnostic with its source line, a caret, the hint and the notes.

        Args:
            paint: puts a text into the colour of its role; see `painter`.
        """
        place = paint("place", f"{self.location}:")
        severity = paint(self.severity, f"{self.severity}:")
        lines = [f"{place} {severity} {paint('message', self.message)}"]
        if self.source:
            number = f"{self.location.line:5d} | "
            column = self.location.column - 1
            start = max(column - _WIDEST // 2, 0) if len(self.source) > _WIDEST else 0
            shown = self.source[start : start + _WIDEST]
            before = shown[: column - start]
            blank = "".join("\t" if c == "\t" else " " for c in before)
            lines.append(number + shown)
            caret = "^" + "~" * (min(len(self.text), len(shown) - len(before)) - 1)
            lines.append(" " * 5 + " | " + blank + paint("caret", caret))
        if self.hint:
            lines.append(f"{'':5} = {self.hint}")
        lines.extend(note.render(paint) for note in self.notes)
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """The diagnostic as JSON-able data."""
        return {
            "severity": self.severity,
            "file": self.location.file,
            "line": self.location.line,
            "column": self.location.column,
            "message": self.message,
            "source": self.source,
            "text": self.text,
            "hint": self.hint,
            "notes": [
                {
                    "file": note.location.file,
                    "line": note.location.line,
                    "column": note.location.column,
                    "message": note.message,
                }
                for note in self.notes
            ],
        }


class AssemblyError(RvxError):
    """The source does not assemble, or the objects do not link.

    Attributes:
        diagnostics: every finding, warnings included.
    """

    exit_code = Exit.SOURCE

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = list(diagnostics)
        super().__init__("\n".join(str(diagnostic) for diagnostic in self.diagnostics))

    def show(self) -> None:
        """Prints the diagnostics on stderr, in colour on a terminal."""
        show(self.diagnostics, sys.stderr)

    def to_json(self) -> dict[str, Any]:
        """A document of the schema rvx.diagnostics/1."""
        found = [diagnostic.as_dict() for diagnostic in self.diagnostics]
        return {"schema": "rvx.diagnostics/1", "diagnostics": found}


class SourceError(Exception):
    """One thing that is wrong in the statement at hand; the assembler adds where and goes on.

    Attributes:
        message: a sentence.
        hint: what would be valid.
        text: the offending part of the line; the whole statement if empty.
        notes: further places.
    """

    def __init__(
        self, message: str, *, hint: str = "", text: str = "", notes: tuple[Note, ...] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.text = text
        self.notes = notes


@dataclass
class Diagnostics:
    """The findings of one run of the assembler."""

    found: list[Diagnostic] = field(default_factory=list)
    errors: int = 0

    def error(self, location: Location, source: str, problem: SourceError) -> None:
        """Takes down an error.

        Raises:
            AssemblyError: there are too many.
        """
        self._add("error", location, source, problem)
        self.errors += 1
        if self.errors >= MAX_ERRORS:
            self.found.append(Diagnostic("error", location, f"stopped after {MAX_ERRORS} errors"))
            self.check()

    def warning(self, location: Location, source: str, problem: SourceError) -> None:
        """Takes down a warning."""
        self._add("warning", location, source, problem)

    def note(self, location: Location, source: str, problem: SourceError) -> None:
        """Takes down what a source says about itself."""
        self._add("note", location, source, problem)

    def check(self) -> None:
        """Raises AssemblyError if there are errors."""
        if self.errors:
            raise AssemblyError(self.found)

    def _add(self, severity: str, location: Location, source: str, problem: SourceError) -> None:
        text = problem.text[:_WIDEST] or source[location.column - 1 :].rstrip()
        column = location.column
        if problem.text:
            at = source.find(problem.text, location.column - 1)
            if at >= 0:
                column = at + 1
            else:
                text = source[location.column - 1 :].rstrip()
        place = Location(location.file, location.line, column)
        notes = list(problem.notes)
        inner = location
        while inner.via is not None:
            notes.append(Note(inner.via, inner.reason))
            inner = inner.via
        self.found.append(
            Diagnostic(
                severity, place, _clipped(problem.message), source, text, problem.hint, tuple(notes)
            )
        )


def _clipped(text: str) -> str:
    """A sentence of bearable length: what it quotes may be anything."""
    half = _LONGEST // 2
    return text if len(text) <= _LONGEST else f"{text[:half]} ... {text[-half:]}"


def show(diagnostics: Iterable[Diagnostic], stream: TextIO) -> None:
    """Writes diagnostics, in colour on a terminal."""
    paint = painter(stream)
    for diagnostic in diagnostics:
        print(diagnostic.render(paint), file=stream)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint such as "did you mean 'addi' or 'add'?", or nothing."""
    import difflib

    cutoff = 0.5 if len(word) <= 3 else 0.68
    close = difflib.get_close_matches(word, list(dict.fromkeys(known)), n=3, cutoff=cutoff)
    if not close:
        return ""
    quoted = [f"'{name}'" for name in close]
    return f"did you mean {' or '.join(quoted)}?"
