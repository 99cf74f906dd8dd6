"""What `.loc` said: rows of a line table, before they are bytes (`linebytes`)."""

from __future__ import annotations

from rvx.assembler.model.sections import Fragment, Section, Symbol
from rvx.records import dataclass, field


@dataclass(slots=True)
class Loc:
    """What a `.loc` says about the instruction behind it. It is not changed."""

    file: int
    line: int
    column: int = 0
    is_statement: bool = True
    marks: tuple[int, ...] = ()
    discriminator: int = 0
    isa: int = 0


@dataclass
class LineTable:
    """Rows by section, and the files that they name.

    Attributes:
        files: directory and name by number.
        rows: place and source line, in the order of the source.
        pending: what waits for the next instruction.
        is_own: whether the assembly source itself is what rows name.
    """

    files: dict[int, tuple[str, str]] = field(default_factory=dict)
    rows: dict[Section, list[tuple[Symbol, Loc]]] = field(default_factory=dict)
    pending: Loc | None = None
    last: Loc = field(default_factory=lambda: Loc(1, 1))
    is_own: bool = False

    def add(self, place: Symbol, loc: Loc) -> None:
        """Takes down a row."""
        assert place.fragment is not None
        section = place.fragment.section
        rows = self.rows.get(section)
        if rows is None:
            rows = self.rows[section] = []
        rows.append((place, loc))

    def mark(self, fragment: Fragment) -> None:
        """Takes down what waits for an instruction, which begins at the end of the fragment."""
        assert self.pending is not None
        self.add(Symbol(".L0 ", fragment, len(fragment.data)), self.pending)
        self.pending = None

    def number(self, name: str) -> int:
        """The number of a file, which is given one if it has none."""
        for number, (folder, known) in self.files.items():
            if number and name in (known, f"{folder}/{known}"):
                return number
        number = max(self.files, default=0) + 1
        self.files[number] = ("", name)
        return number
