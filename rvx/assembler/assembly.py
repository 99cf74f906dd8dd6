"""The state of one source while it is assembled: where code goes, what names mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from rvx.assembler.diagnostics import Diagnostics, Location, Note, SourceError
from rvx.assembler.forms import FormTable
from rvx.assembler.grammar import parse_expression
from rvx.assembler.sections import (
    NOBITS,
    Align,
    Fixup,
    Fragment,
    Org,
    Section,
    Tail,
    default_attributes,
)
from rvx.assembler.syntax import Binary, Expression, LocalLabel, Modified, Name, Number, Unary
from rvx.assembler.values import Distances, Symbol, Value, combine
from rvx.isa import Isa

MAX_BYTES = 1 << 28
MAX_NOBITS = 1 << 40


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


@dataclass
class Assembly:
    """One source on its way to an object.

    Attributes:
        isa: the instructions there are.
        options: the current `.option` settings, with the saved ones in `saved_options`.
        attributes: what `.attribute` said, by tag.
    """

    isa: Isa
    options: Options
    forms: FormTable
    diagnostics: Diagnostics = field(default_factory=Diagnostics)
    include_dirs: tuple[Path, ...] = ()
    saved_options: list[Options] = field(default_factory=list)
    sections: dict[str, Section] = field(default_factory=dict)
    symbols: dict[str, Symbol] = field(default_factory=dict)
    hidden: list[Symbol] = field(default_factory=list)
    groups: dict[str, bool] = field(default_factory=dict)
    attributes: dict[int, int | str] = field(default_factory=dict)
    file_symbols: list[str] = field(default_factory=list)
    distances: Distances = field(default_factory=Distances)
    location: Location = field(default_factory=lambda: Location("<start>", 1))
    source: str = ""
    may_relax: bool = False
    find_file: Callable[[str], Path] = Path
    select_arch: Callable[[str], Isa] | None = None
    touches_symbols: bool = False

    def change_arch(self, text: str) -> None:
        """Follows `.option arch`.

        Raises:
            SourceError: there is nobody who knows other extensions, or the change is refused.
        """
        if self.select_arch is None:
            known = {name.lower() for name in self.isa.extensions}
            for part in text.split(","):
                word = part.strip().lstrip("+-").rstrip("0123456789p")
                if part.strip().startswith("+") and word.lower() not in known:
                    raise SourceError(
                        f"extension '{word}' is not loaded",
                        hint="loaded are " + ", ".join(self.isa.extensions),
                        text=word,
                    )
            return
        self.isa = self.select_arch(text)
        self.forms = FormTable(self.isa)

    def __post_init__(self) -> None:
        self._local_counts: dict[int, int] = {}
        self._section_stack: list[tuple[tuple[Section, int], tuple[Section, int]]] = []
        for name in (".text", ".data", ".bss"):
            self.section(name)
        self.current = (self.sections[".text"], 0)
        self.previous = self.current
        self.fragment = self._open(*self.current)

    # --- Sections

    def section(
        self,
        name: str,
        flags: int | None = None,
        type_: int | None = None,
        entry_size: int = 0,
        group: str = "",
        link: str = "",
    ) -> Section:
        """The section of that name, made if there is none; its first attributes stay.

        Raises:
            SourceError: it is there already with other attributes.
        """
        key = f"{name}\0{group}" if group else name
        known = self.sections.get(key)
        by_name = default_attributes(name)
        if known is None:
            chosen = (by_name[0] if flags is None else flags) | (0x200 if group else 0)
            kind = by_name[1] if type_ is None else type_
            made = Section(name, chosen, kind, entry_size or by_name[2], group, link)
            self.sections[key] = made
            return made
        wanted = None if flags is None else flags | (0x200 if group else 0)
        if wanted is not None and wanted & ~known.flags & 0x7:
            raise SourceError(
                f"section '{name}' has been opened with other flags",
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
        self.fragment.data += data

    def emit_word(self, word: int, size: int) -> None:
        """Appends an instruction."""
        section = self.current[0]
        section.lines.append((self.fragment, len(self.fragment.data), self.location, "x"))
        self.emit(word.to_bytes(size, "little"))

    def mark_data(self) -> None:
        """Notes that data follows, not instructions."""
        section = self.current[0]
        if section.is_code:
            section.lines.append((self.fragment, len(self.fragment.data), self.location, "d"))

    def end_fragment(self, tail: Tail) -> Fragment:
        """Closes the current fragment with a stretchable tail and begins the next."""
        closed = self.fragment
        closed.tail = tail
        section, subsection = self.current
        fragments = section.subsections[subsection]
        self.fragment = Fragment(section, len(fragments))
        fragments.append(self.fragment)
        return closed

    def fix(self, kind: str, value: Value, *, back: int = 0, is_relaxable: bool = False) -> None:
        """Notes that the place `back` bytes before the end is to be filled in later."""
        self.note_use(value)
        self.current[0].fixups.append(
            Fixup(
                self.fragment,
                len(self.fragment.data) - back,
                kind,
                value,
                is_relaxable,
                self.location,
            )
        )

    def emit_nops(self, room: int) -> None:
        """Appends nops that the linker shortens to keep an alignment when it relaxes."""
        self.current[0].lines.append(
            (self.fragment, len(self.fragment.data), self.location, "x")
        )
        self.fix("ALIGN", Value(room))
        self.emit(nops(room))

    def pad_sections(self) -> None:
        """Pads every section to its alignment, as GNU as does at the end of a source."""
        for section in self.sections.values():
            if section.alignment > 1 and section.subsections:
                self._set_current(section, max(section.subsections))
                fill = None if section.is_code and not self.options.relax else b"\0"
                nop_size = 2 if self.options.rvc else 4
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

    # --- Symbols

    def symbol(self, name: str) -> Symbol:
        """The symbol of that name, made undefined if there is none."""
        known = self.symbols.get(name)
        if known is None:
            known = self.symbols[name] = Symbol(name)
        return known

    def here(self, name: str = ".L0 ") -> Symbol:
        """A nameless symbol for the current place."""
        return Symbol(name, self.fragment, len(self.fragment.data), defined_at=self.location)

    def hidden_label(self, name: str) -> Symbol:
        """A symbol that no source can name, at the current place."""
        made = self.here(name)
        self.hidden.append(made)
        return made

    def define_label(self, name: str) -> None:
        """Puts a label at the current place.

        Raises:
            SourceError: the name is taken.
        """
        if name.isdigit():
            number = int(name)
            count = self._local_counts[number] = self._local_counts.get(number, 0) + 1
            name = _local_name(number, count)
        symbol = self.symbol(name)
        if symbol.is_defined:
            notes = (Note(symbol.defined_at, "defined here"),) if symbol.defined_at else ()
            raise SourceError(f"symbol '{name}' is defined already", text=name, notes=notes)
        symbol.fragment, symbol.offset = self.fragment, len(self.fragment.data)
        symbol.defined_at = self.location

    def assign(self, name: str, value: Value, *, is_once: bool = False) -> None:
        """Gives a symbol a value, as `.set` does; `.equiv` may do so only once.

        Raises:
            SourceError: the name is a label, or has a value and may not get another.
        """
        if name == ".":
            raise SourceError("'.' is set by .org", hint="write .org and the offset")
        symbol = self.symbol(name)
        if symbol.fragment is not None or (is_once and symbol.is_defined):
            notes = (Note(symbol.defined_at, "defined here"),) if symbol.defined_at else ()
            raise SourceError(f"symbol '{name}' is defined already", text=name, notes=notes)
        symbol.value = value
        symbol.defined_at = self.location

    def note_use(self, value: Value) -> None:
        """Remembers where the symbols of a value are used, for messages."""
        for symbol in (value.plus, value.minus):
            if symbol is not None and symbol.used_at is None:
                symbol.used_at = (self.location, "")
        if value.tree is not None:
            for part in value.tree[1]:
                self.note_use(part)

    # --- Expressions

    def evaluate(self, expression: Expression) -> Value:
        """What an expression is worth at this point of the source.

        Raises:
            SourceError: it cannot be computed.
        """
        if isinstance(expression, Number):
            return Value(expression.value)
        if isinstance(expression, Name):
            return self._name(expression.name)
        if isinstance(expression, LocalLabel):
            return Value(0, self._local(expression))
        if isinstance(expression, Unary):
            return combine(
                expression.operator, [self.evaluate(expression.operand)], self.distances
            )
        if isinstance(expression, Binary):
            parts = [self.evaluate(expression.left), self.evaluate(expression.right)]
            return combine(expression.operator, parts, self.distances)
        assert isinstance(expression, Modified)
        value = self.evaluate(expression.operand)
        if value.modifier:
            raise SourceError(
                f"'{expression}' has one relocation function inside another", text=str(expression)
            )
        return replace(value, modifier=expression.modifier)

    def _name(self, name: str) -> Value:
        self.touches_symbols = True
        if name == ".":
            return Value(0, self.here())
        symbol = self.symbol(name)
        if symbol.value is not None:
            return self.distances.reduce(symbol.value)
        return Value(0, symbol)

    def _local(self, label: LocalLabel) -> Symbol:
        self.touches_symbols = True
        count = self._local_counts.get(label.number, 0)
        if not label.is_forward and count == 0:
            raise SourceError(
                f"there is no label '{label.number}:' before this line",
                hint=f"write {label.number}f if the label follows",
                text=str(label),
            )
        return self.symbol(_local_name(label.number, count + label.is_forward))

    def is_defined(self, name: str) -> bool:
        """Whether a symbol is defined by now."""
        symbol = self.symbols.get(name)
        return symbol is not None and symbol.is_defined

    def warn(self, message: str, text: str = "") -> None:
        """Takes down a warning about the current statement."""
        problem = SourceError(message, text=text)
        self.diagnostics.warning(self.location, self.source, problem)

    def constant(self, text: str, what: str) -> int:
        """The number that an expression is worth now.

        Raises:
            SourceError: it is not a number yet; the sentence says `what` needs it.
        """
        value = self.evaluate(parse_expression(text))
        number = self.distances.constant(value)
        if number is None or value.modifier:
            raise SourceError(
                f"{what} must be a number that is known here, and '{text}' is not",
                hint="define its symbols before this line; labels count only as differences",
                text=text,
            )
        return number


def nops(count: int) -> bytes:
    """Instructions that do nothing, `count` bytes of them; odd bytes at the front are 0."""
    odd = count & 1
    short = (count & 2) >> 1
    return bytes(odd) + b"\x01\x00" * short + b"\x13\x00\x00\x00" * (count // 4)


def _local_name(number: int, count: int) -> str:
    return f".L{number}\x02{count}"
