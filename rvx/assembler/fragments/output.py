"""Where assembled bytes go: sections, subsections, the current place."""

from __future__ import annotations

from rvx.assembler.diagnostics import Diagnostics, Location, Origin, SourceError
from rvx.assembler.fragments.recording import Recording
from rvx.assembler.model.linetable import LineTable, Loc
from rvx.assembler.model.sections import (
    ALLOC,
    DATA,
    EXCLUDE,
    EXEC,
    GROUP,
    INSTRUCTION,
    MAX_BYTES,
    MAX_NOBITS,
    MERGE,
    NOBITS,
    PADDING,
    RETAIN,
    STRINGS,
    TLS,
    WRITE,
    Align,
    Fixup,
    Fragment,
    Org,
    Section,
    Space,
    Tail,
    Value,
    default_attributes,
    is_known_name,
    packed,
)
from rvx.assembler.source.reader import Line
from rvx.records import dataclass, field

_LASTING = ALLOC | WRITE | EXEC | EXCLUDE | MERGE | STRINGS | TLS
"""Flags that a section keeps; naming it again with others is a mistake."""
ABSOLUTE = "*ABS*"
"""The name of what is no section: room in a record."""
_ENDS_FRAGMENT = frozenset("HI20 PCREL_HI20 TPREL_HI20 TPREL_ADD".split())


@dataclass(frozen=True)
class Options:
    """What `.option` sets.

    Attributes:
        rvc: whether instructions are compressed where they can be.
        relax: whether the linker may relax.
        pic: whether `la` goes through the global offset table.
    """

    rvc: bool
    relax: bool = False
    pic: bool = False


@dataclass(kw_only=True)
class Output:
    """The sections of one source, and the place where the next byte goes.

    Attributes:
        options: the current `.option` settings.
        sections: by name, and by name and group for members of groups.
        line_table: what `.loc` said.
        origin: the file of the statement at hand.
        place: its line and column there, see `sections.packed`.
        source: the whole line that it stands on.
        current: the section and the number of its subsection.
        previous: those before, for `.previous`.
        fragment: where bytes are appended.
        record_base: the offset that a `.struct` begins with.
        recording: what the statement at hand does, while that is taken down.
    """

    options: Options
    diagnostics: Diagnostics = field(default_factory=Diagnostics)
    sections: dict[str, Section] = field(default_factory=dict)
    line_table: LineTable = field(default_factory=LineTable)
    origin: Origin = field(default_factory=lambda: Origin("<start>"))
    place: int = packed(1, 1)
    source: str = ""
    record_base: int = 0
    recording: Recording | None = None
    _located: Location | None = None
    _located_at: int = 0
    _located_in: Origin | None = None

    def __post_init__(self) -> None:
        self._section_stack: list[tuple[tuple[Section, int], tuple[Section, int]]] = []
        for name in (".text", ".data", ".bss"):
            self.section(name)
        self.sections[".text"].alignment = 2 if self.options.rvc else 4
        self.current = (self.sections[".text"], 0)
        self.previous = self.current
        self.fragment = self._open(*self.current)

    @property
    def location(self) -> Location:
        """The place of the statement at hand."""
        origin, place, known = self.origin, self.place, self._located
        # A statement asks several times.
        if known is None or self._located_at != place or self._located_in is not origin:
            line, column = place >> 32, place & 0xFFFFFFFF
            known = Location(origin.file, line, column, origin.via, origin.reason)
            self._located, self._located_at, self._located_in = known, place, origin
        return known

    def go_to(self, line: Line) -> None:
        """Makes a line the statement at hand."""
        self.origin, self.source = line.origin, line.source
        self.place = packed(line.number, line.column)

    def section(
        self,
        name: str,
        flags: int | None = None,
        type_: int | None = None,
        entry_size: int = 0,
        group: str = "",
        link: str = "",
        unique: str = "",
    ) -> Section:
        """The section of that name, made if there is none.

        Sections of one name are several if they are in other groups, ordered with other sections,
        numbered, or to be retained.

        Raises:
            SourceError: it is there already with other attributes.
        """
        is_retained = flags is not None and bool(flags & RETAIN)
        parts = (group, link, unique, "R" if is_retained else "")
        key = "\0".join([name, *parts]) if any(parts) else name
        known = self.sections.get(key)
        by_name = default_attributes(name)
        if known is None:
            # Members of groups have what is written only; others keep what their name says.
            chosen = flags | GROUP if group and flags is not None else by_name[0] | (flags or 0)
            kind = by_name[1] if type_ is None else type_
            made = Section(name, chosen, kind, entry_size or by_name[2], group, link, unique)
            self.sections[key] = made
            return made
        if flags is None:
            return known
        wanted = flags | (GROUP if group else 0)
        is_standard = is_known_name(name)
        what = ""
        if (wanted ^ known.flags) & _LASTING and not is_standard:
            what = "other flags"
        elif type_ is not None and type_ != known.type and not is_standard:
            what = "another type"
        elif wanted & MERGE and entry_size != known.entry_size:
            what = "another entry size"
        if what:
            raise SourceError(
                f"section '{name}' has been opened with {what}",
                hint="give the flags where the section stands first, and leave them out later",
                text=name,
            )
        return known

    def switch(self, section: Section, subsection: int = 0) -> None:
        """Makes what follows go to that section."""
        self.previous = self.current
        self._set_current(section, subsection)

    def switch_back(self) -> None:
        """Goes to the section before the current one."""
        current = self.current
        self._set_current(*self.previous)
        self.previous = current

    def push_section(self) -> None:
        """Keeps the current section for `pop_section`."""
        self._section_stack.append((self.current, self.previous))

    def pop_section(self) -> None:
        """Returns to the section that was pushed last.

        Raises:
            SourceError: none was.
        """
        if not self._section_stack:
            raise SourceError(".popsection has no .pushsection before it")
        current, previous = self._section_stack.pop()
        self._set_current(*current)
        self.previous = previous

    def _set_current(self, section: Section, subsection: int) -> None:
        self.current = (section, subsection)
        self.fragment = self._open(section, subsection)

    def _open(self, section: Section, subsection: int) -> Fragment:
        fragments = section.subsections.setdefault(subsection, [])
        if not fragments:
            fragments.append(Fragment(section, 0))
        return fragments[-1]

    def record_offset(self) -> int | None:
        """The offset of the current place in a record; None in a section.

        Raises:
            SourceError: a size in the record is not known yet.
        """
        section = self.current[0]
        if section.name != ABSOLUTE:
            return None
        at = self.record_base
        for fragment in section.subsections[0]:
            at += len(fragment.data)
            if isinstance(fragment.tail, Align):
                room = -at % fragment.tail.alignment
                at += 0 if fragment.tail.maximum and room > fragment.tail.maximum else room
            elif isinstance(fragment.tail, Space) and fragment.tail.count.is_constant:
                at += fragment.tail.count.number * len(fragment.tail.fill)
            elif isinstance(fragment.tail, Org) and fragment.tail.target.is_constant:
                at = fragment.tail.target.number
            elif fragment.tail is not None:
                raise SourceError("the offsets of a record must be known in its order")
        return at

    def has_code(self) -> bool:
        """Whether there is an instruction in any section."""
        return any(INSTRUCTION in each.statements.kinds for each in self.sections.values())

    # --- Bytes

    def emit(self, data: bytes) -> None:
        """Appends bytes.

        Raises:
            SourceError: the section holds no bytes.
        """
        if self.current[0].type == NOBITS and any(data):
            raise SourceError(
                f"section '{self.current[0].name}' holds no bytes, only their size",
                hint="use .zero, .space or .skip here, or another section such as .data",
            )
        if self.recording is not None:
            self.recording.emit(data)
        self.fragment.data += data

    def begin_instruction(self) -> None:
        """Notes that an instruction begins here.

        Raises:
            SourceError: this is a record, not a section.
        """
        if self.current[0].name == ABSOLUTE:
            raise SourceError(
                "an instruction has no place in a record",
                hint="choose a section, such as .text, behind the last field",
            )
        if self.recording is not None:
            self.recording.begin_instruction()
        table = self.line_table
        self._note(INSTRUCTION)
        if table.is_own:
            origin = self.location
            while origin.via is not None and origin.reason.startswith("in expansion"):
                origin = origin.via
            table.pending = Loc(table.number(origin.file), origin.line)
        if table.pending is not None:
            table.mark(self.fragment)

    def emit_word(self, word: int, size: int) -> None:
        """Appends an instruction."""
        self.begin_instruction()
        self.emit(word.to_bytes(size, "little"))

    def mark_data(self) -> None:
        """Notes that data follows, not instructions."""
        if self.recording is not None:
            self.recording.mark_data()
        self._note(DATA)

    def mark_padding(self) -> None:
        """Notes that nops follow which no statement wrote."""
        self._note(PADDING)

    def _note(self, kind: int) -> None:
        """Takes down that a statement begins here, if anybody will ask for it."""
        section = self.current[0]
        if kind == INSTRUCTION or section.has_places:
            section.statements.add(self.fragment, self.origin, self.place, kind)

    def end_fragment(self, tail: Tail) -> Fragment:
        """Closes the current fragment with a stretchable tail and begins the next."""
        if self.recording is not None:
            self.recording.end_fragment(tail)
        closed = self.fragment
        closed.tail = tail
        self._begin_fragment(may_shrink=False)
        return closed

    def fix(self, kind: str, value: Value, *, back: int = 0, is_relaxable: bool = False) -> None:
        """Notes that the place `back` bytes before the end is to be filled in later."""
        if self.recording is not None:
            self.recording.fix(kind, value, back, is_relaxable)
        self.note_use(value)
        fragment = self.fragment
        at = len(fragment.data) - back
        fixup = Fixup(fragment, at, kind, value, is_relaxable, self.location)
        self.current[0].fixups.append(fixup)
        if kind in _ENDS_FRAGMENT:
            self._begin_fragment(may_shrink=is_relaxable)

    def note_use(self, value: Value) -> None:
        """Remembers where the symbols of a value are used first, for messages."""
        plus, minus = value.plus, value.minus
        if plus is not None and plus.used_at is None:
            plus.used_at = self.location
        if minus is not None and minus.used_at is None:
            minus.used_at = self.location
        if value.tree is not None:
            for part in value.tree[1]:
                self.note_use(part)

    def split(self, *, may_shrink: bool = False) -> None:
        """Begins a new fragment.

        Args:
            may_shrink: whether the linker may shorten what stands before it.
        """
        if self.recording is not None:
            self.recording.split(may_shrink=may_shrink)
        self._begin_fragment(may_shrink=may_shrink)

    def _begin_fragment(self, *, may_shrink: bool) -> None:
        section, subsection = self.current
        fragments = section.subsections[subsection]
        shrinks = fragments[-1].shrinks + may_shrink
        self.fragment = Fragment(section, len(fragments), shrinks)
        fragments.append(self.fragment)

    def emit_nops(self, room: int) -> None:
        """Appends nops that the linker shortens to keep an alignment when it relaxes."""
        self.check_size(len(self.fragment.data) + room, "")
        self._note(INSTRUCTION)
        self.fix("ALIGN", Value(room))
        self.emit(nops(room))
        self.split(may_shrink=True)

    def forget_sections(self) -> None:
        """Lets go of what is in an object by now.

        Sections and fragments refer to each other, so that only the collector would free them.
        """
        for section in self.sections.values():
            section.subsections, section.fragments, section.fixups = {}, [], []
        self.line_table.rows = {}

    def pad_sections(self) -> None:
        """Pads every section of code to its alignment, as GNU as does at the end of a source."""
        for section in self.sections.values():
            if section.alignment > 1 and section.subsections and section.is_code:
                self._set_current(section, max(section.subsections))
                fill = b"\0" if self.options.relax else None
                nop_size = 2 if self.options.rvc else 4
                if self.options.relax:  # GNU as takes only this padding for code
                    self.mark_padding()
                self.end_fragment(Align(section.alignment, fill, nop_size, 0))

    def move_to(self, target: Value) -> None:
        """Goes on at a place of the current section, as `. = target` and `.org` do."""
        self.end_fragment(Org(target, 0, self.location))

    def check_size(self, count: int, text: str) -> None:
        """Refuses a size that no object can have.

        Raises:
            SourceError: the size is beyond what a section may hold.
        """
        most = MAX_NOBITS if self.current[0].type == NOBITS else MAX_BYTES
        if count > most:
            raise SourceError(
                f"{count} bytes are more than a section can hold here, which is {most}",
                hint="large blocks of zeros go to .bss",
                text=text,
            )


def nops(count: int) -> bytes:
    """Instructions that do nothing, `count` bytes of them; odd bytes at the front are 0."""
    odd = count & 1
    short = (count & 2) >> 1
    return bytes(odd) + b"\x01\x00" * short + b"\x13\x00\x00\x00" * (count // 4)
