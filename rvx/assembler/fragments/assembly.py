"""The state of one source while it is assembled: where code goes, what names mean."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from rvx.assembler.diagnostics import Location, Note, SourceError
from rvx.assembler.fragments.forms import FormTable
from rvx.assembler.fragments.output import Options, Output
from rvx.assembler.model.frames import FrameTable
from rvx.assembler.model.sections import Request, Symbol, Value
from rvx.assembler.model.values import Distances, combine, inherit, signed
from rvx.assembler.source.grammar import parse_expression, symbol_name
from rvx.assembler.source.syntax import (
    Binary,
    Expression,
    LocalLabel,
    Modified,
    Name,
    Number,
    Text,
    Unary,
)
from rvx.isa import Extension, Isa, IsaError
from rvx.records import dataclass, field, replace

_NOWHERE = Distances()
_DIGITS = frozenset("0123456789")
_LAST_LABEL = (1 << 31) - 1
"""The largest numeric label that GNU as takes."""


@dataclass(kw_only=True)
class Assembly(Output):
    """One source on its way to an object.

    Attributes:
        isa: the instructions there are.
        forms: the ways to write them.
        saved_options: what `.option push` saved, and the forms that held there.
        symbols: by name.
        hidden: symbols that no source can name.
        groups: section groups by signature, and whether they are COMDAT.
        attributes: what `.attribute` said, by tag.
        file_symbols: what `.file` said.
        relocations: what `.reloc` asked for.
        other_sizes: what `.size` said of common symbols, to which it does not matter.
        privileged_at: the last attribute about the privileged specification.
        versions: what `.symver` said: the symbol that a versioned name is for, and its fate.
        weak_names: what `.weakref` said: the symbol that a name stands for.
        abbreviations: what `.eqv` said: the expression that a name stands for.
        frames: what `.cfi_*` said.
        find_file: finds the file of `.incbin`.
        included: the files that `.include` and `.incbin` have found.
        select_arch: gives the ISA that `.option arch` asks for, from the one before.
        used_extensions: names of those that the code has instructions of.
        uses_rvc: whether compression was on anywhere.
        uses_privileged: whether the code names CSRs or has privileged instructions.
        is_gnu: whether the source says what only GNU's own ABI defines.
    """

    isa: Isa
    forms: FormTable
    saved_options: list[tuple[Options, FormTable]] = field(default_factory=list)
    symbols: dict[str, Symbol] = field(default_factory=dict)
    hidden: list[Symbol] = field(default_factory=list)
    groups: dict[str, bool] = field(default_factory=dict)
    attributes: dict[int, int | str] = field(default_factory=dict)
    file_symbols: list[str] = field(default_factory=list)
    relocations: list[Request] = field(default_factory=list)
    versions: dict[str, tuple[str, str]] = field(default_factory=dict)
    weak_names: dict[str, str] = field(default_factory=dict)
    other_sizes: list[tuple[str, Value, Location]] = field(default_factory=list)
    privileged_at: Location | None = None
    abbreviations: dict[str, Expression] = field(default_factory=dict)
    frames: FrameTable = field(default_factory=FrameTable)
    distances: Distances = field(default_factory=Distances)
    final_distances: Distances = field(default_factory=lambda: Distances(is_final=True))
    find_file: Callable[[str], Path] = Path
    included: list[Path] = field(default_factory=list)
    select_arch: Callable[[Isa, str], Isa] | None = None
    used_extensions: set[str] = field(default_factory=lambda: {"I"})
    uses_rvc: bool = False
    uses_privileged: bool = False
    is_gnu: bool = False
    _local_counts: dict[int, int] = field(default_factory=dict)
    _awaited: dict[str, tuple[LocalLabel, Location, str]] = field(default_factory=dict)
    _tables: dict[tuple[FormTable, str], FormTable] = field(default_factory=dict)

    def change_arch(self, text: str) -> None:
        """Follows `.option arch`.

        Raises:
            SourceError: there is nobody who knows other extensions, or the change is refused.
        """
        table = self._tables.get((self.forms, text))
        if table is None:
            if self.select_arch is None:
                raise SourceError(
                    "nothing here knows other extensions than those loaded",
                    hint="loaded are " + ", ".join(self.isa.extensions),
                    text=text,
                )
            try:
                isa = self.select_arch(self.isa, text)
            except IsaError as error:
                raise SourceError(str(error), text=text) from None
            table = self.forms if isa is self.isa else FormTable(isa)
            self._tables[self.forms, text] = table
        self.use_forms(table)
        self.options = replace(self.options, rvc="c.addi" in self.isa.instructions)
        self.uses_rvc = self.uses_rvc or self.options.rvc

    def extensions(self) -> dict[str, Extension]:
        """Every extension that was there at some place of the source, by name."""
        found: dict[str, Extension] = {}
        for table in (*self._tables.values(), self.forms):
            found |= table.isa.extensions
        return found

    def use_forms(self, table: FormTable) -> None:
        """Goes on with these instructions."""
        self.forms, self.isa = table, table.isa

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
        if self.recording is not None:
            self.recording.make_label(made)
        return made

    def define_label(self, written: str) -> None:
        """Puts a label at the current place: a name, a name in quotes, or a number.

        Raises:
            SourceError: the name is taken, or the number is too large.
        """
        if written[0] in _DIGITS:
            number = _label_number(written)
            count = self._local_counts[number] = self._local_counts.get(number, 0) + 1
            self.define(_local_name(number, count))
        else:
            self.define(symbol_name(written) if written[0] == '"' else written)

    def define(self, name: str) -> None:
        """Puts a symbol at the current place.

        Raises:
            SourceError: the name is taken.
        """
        self.check_no_other_name(name)
        symbol = self.symbol(name)
        if symbol.is_common and symbol.size == Value(0):  # it has not asked for any room
            symbol.is_common, symbol.size = False, None
        if symbol.is_assigned:
            symbol = self.renewed(symbol)
        if symbol.is_defined:
            raise _is_taken(symbol)
        symbol.defined_at = self.location
        place = self.record_offset()
        if place is not None:
            symbol.value = Value(place)
            return
        symbol.fragment, symbol.offset = self.fragment, len(self.fragment.data)

    def assign(self, name: str, value: Value, *, is_once: bool = False) -> None:
        """Gives a symbol a value, as `.set` does; `.equiv` may do so only once.

        Raises:
            SourceError: the name is a label, or has a value and may not get another.
        """
        if name == ".":
            raise SourceError("'.' is set by .org", hint="write .org and the offset")
        self.check_no_other_name(name)
        if value.is_constant:
            signed(value.number)
        symbol = self.symbol(name)
        if symbol.is_defined and (is_once or not symbol.is_assigned):
            raise _is_taken(symbol)
        if symbol.is_assigned:
            symbol = self.renewed(symbol)
        symbol.is_assigned = not is_once
        symbol.defined_at = self.location
        place = value.plus
        is_place = place is not None and value.minus is None and value.tree is None
        if is_place and place is not None and place.is_common:
            raise SourceError(
                f"'{name}' cannot be set to the common symbol '{place.name}'",
                hint="the linker finds its place; .globl and a definition give it one here",
                text=place.name,
            )
        if is_place and place is not None and place is not symbol:
            if place.is_defined:
                inherit(symbol, place)
            else:
                symbol.alias = place
        if is_place and place is not None and place.fragment is not None and place is not symbol:
            symbol.fragment, symbol.offset = place.fragment, place.offset + value.number
        else:
            symbol.value = value

    def renewed(self, symbol: Symbol) -> Symbol:
        """A symbol of the same name without a value; what was said before this line stays so."""
        symbol.is_replaced = True
        made = replace(
            symbol,
            fragment=None,
            value=None,
            alias=None,
            size=None,
            is_assigned=False,
            is_replaced=False,
        )
        self.symbols[symbol.name] = made
        return made

    def check_no_other_name(self, name: str) -> None:
        """Sees to it that a name which is about to be defined is none of `.weakref`.

        Raises:
            SourceError: it is.
        """
        if self.weak_names and name in self.weak_names:
            raise SourceError(
                f"symbol '{name}' is defined already, as a name for '{self.weak_names[name]}'",
                text=name,
            )

    def abbreviate(self, name: str, expression: Expression) -> None:
        """Makes a name stand for an expression, which is worth what it is where the name is used.

        Raises:
            SourceError: the name is taken.
        """
        symbol = self.symbol(name)
        if symbol.is_defined or name in self.abbreviations:
            raise SourceError(f"symbol '{name}' is defined already", text=name)
        if expression == Name("."):
            self.assign(name, Value(0, self.here()), is_once=True)
            return
        number = None
        if "." not in _names(expression):
            try:
                number = self.final_distances.constant(self.evaluate(expression))
            except SourceError:
                number = None
        if number is not None:
            self.assign(name, Value(number), is_once=True)
        else:
            self.abbreviations[name] = expression

    # --- Expressions

    def evaluate(self, expression: Expression) -> Value:
        """What an expression is worth at this point of the source.

        Raises:
            SourceError: it cannot be computed.
        """
        if isinstance(expression, Number):
            return Value(expression.value)
        if isinstance(expression, Name | Text):
            return self._name(expression.name)
        if isinstance(expression, LocalLabel):
            return Value(0, self._local(expression))
        if isinstance(expression, Unary):
            return self._combine(expression.operator, expression.operand)
        if isinstance(expression, Binary):
            return self._combine(expression.operator, expression.left, expression.right)
        assert isinstance(expression, Modified)
        value = self.evaluate(expression.operand)
        if value.modifier:
            raise SourceError(
                f"'{expression}' has one relocation function inside another", text=str(expression)
            )
        return replace(value, modifier=expression.modifier)

    def _combine(self, operator: str, *operands: Expression) -> Value:
        parts = [self.evaluate(operand) for operand in operands]
        for part in parts:
            if part.modifier:
                raise SourceError(
                    f"{part.modifier} stands around the whole of an operand, not inside it",
                    text=part.modifier,
                )
        if operator not in ("+", "-"):
            parts = [self.final_distances.reduce(part) for part in parts]
        return combine(operator, parts, self.final_distances)

    def _name(self, name: str) -> Value:
        if name == ".":
            self.depend_on_place()
            place = self.record_offset()
            return Value(0, self.here()) if place is None else Value(place)
        abbreviated = self.abbreviations.pop(name, None)
        if abbreviated is not None:
            try:  # taken away meanwhile, so that it cannot stand for itself
                return self.evaluate(abbreviated)
            finally:
                self.abbreviations[name] = abbreviated
        target = self.weak_names.get(name)
        if target is not None:
            self.depend_on_place()
            symbol = self.symbol(target)
            symbol.is_weakly_used = True
            return Value(0, symbol)
        symbol = self.symbol(name)
        symbol.is_directly_used = True
        if self.recording is not None:
            self.recording.ask(name, symbol)
            self.recording.is_use = True
        if symbol.value is not None and symbol.value.is_constant:
            return symbol.value
        return Value(0, symbol)

    def _local(self, label: LocalLabel) -> Symbol:
        self.depend_on_place()
        count = self._local_counts.get(label.number, 0)
        if not label.is_forward and count == 0:
            raise SourceError(
                f"there is no label '{label.number}:' before this line",
                hint=f"write {label.number}f if the label follows",
                text=str(label),
            )
        name = _local_name(label.number, count + label.is_forward)
        if label.is_forward:
            self._awaited.setdefault(name, (label, self.location, self.source))
        return self.symbol(name)

    def check_labels(self) -> None:
        """Takes down every numeric label that was to follow, and has not."""
        for name, (label, location, source) in self._awaited.items():
            if not self.symbols[name].is_defined:
                problem = SourceError(
                    f"there is no label '{label.number}:' after this line",
                    hint=f"write {label.number}b if the label stands before",
                    text=str(label),
                )
                self.diagnostics.error(location, source, problem)

    def depend_on_place(self) -> None:
        """What the statement does depends on where it stands, so that it cannot be repeated."""
        if self.recording is not None:
            self.recording.is_repeatable = False

    def do(self, act: Callable[[Assembly], None]) -> None:
        """Does something now, and again where a statement of the same text stands.

        What it does may depend on the place; on the text it does not depend any more.
        """
        recording, self.recording = self.recording, None
        try:
            act(self)
        finally:
            self.recording = recording
        if recording is not None:
            recording.call(act)

    def do_with(self, name: str, act: Callable[[Assembly, Symbol], None]) -> None:
        """The same with a symbol, which may be another one in another statement."""
        symbol = self.symbol(name)
        recording, self.recording = self.recording, None
        try:
            act(self, symbol)
        finally:
            self.recording = recording
        if recording is not None:
            recording.ask(name, symbol)
            recording.call_with(symbol, act)

    def may_repeat(self, names: list[str], symbols: list[Symbol], *, is_use: bool) -> bool:
        """Whether names stand for symbols by now; if so, and `is_use`, that use is noted."""
        for others in (self.weak_names, self.abbreviations):
            if others and not others.keys().isdisjoint(names):
                return False
        for symbol in symbols:
            if not symbol.is_place:
                return False
            symbol.is_directly_used |= is_use
        return True

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
        known = _literal(text)
        if known is not None:
            return known
        value = self.evaluate(parse_expression(text))
        number = self.distances.constant(value)
        if number is None or value.modifier:
            raise SourceError(
                f"{what} must be a number that is known here, and '{text}' is not",
                hint="define its symbols before this line; labels count only as differences",
                text=text,
            )
        if not value.is_constant and self.final_distances.constant(value) is None:
            self.warn(f"the linker may still change the distance in '{text}'", text)
        return number


def _is_taken(symbol: Symbol) -> SourceError:
    notes = (Note(symbol.defined_at, "defined here"),) if symbol.defined_at else ()
    message = f"symbol '{symbol.name}' is defined already"
    return SourceError(message, text=symbol.name, notes=notes)


def _names(expression: Expression) -> set[str]:
    """The symbols that an expression names."""
    if isinstance(expression, Name | Text):
        return {expression.name}
    if isinstance(expression, Binary):
        return _names(expression.left) | _names(expression.right)
    if isinstance(expression, Unary | Modified):
        return _names(expression.operand)
    return set()


@lru_cache(maxsize=1 << 14)
def _literal(text: str) -> int | None:
    """The number that an expression of numbers alone is worth; None for another."""
    value = _folded(parse_expression(text))
    return value.number if value is not None and value.is_constant else None


def _folded(expression: Expression) -> Value | None:
    if isinstance(expression, Number):
        return Value(expression.value)
    if isinstance(expression, Unary):
        operand = _folded(expression.operand)
        return operand and combine(expression.operator, [operand], _NOWHERE)
    if isinstance(expression, Binary):
        left, right = _folded(expression.left), _folded(expression.right)
        return left and right and combine(expression.operator, [left, right], _NOWHERE)
    return None


def _label_number(digits: str) -> int:
    if len(digits) < 20 and int(digits) <= _LAST_LABEL:
        return int(digits)
    raise SourceError(
        f"the numeric label {digits} is too large",
        hint=f"valid are 0 to {_LAST_LABEL}; other labels begin with a letter",
        text=digits,
    )


def _local_name(number: int, count: int) -> str:
    return f".L{number}\x02{count}"
