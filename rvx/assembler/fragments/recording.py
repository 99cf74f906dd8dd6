"""What a statement does to the output, taken down while it is carried out for the first time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from rvx.assembler.model.sections import Branch, Symbol, Tail, Value
from rvx.isa import Instruction
from rvx.records import dataclass, field

Effect = Callable[[Any, list[Symbol]], None]
"""Does one thing to an `Assembly` again, with these symbols; what makes a symbol appends it.

An `Assembly` takes such records down itself, so that this file cannot know it.
"""


class Code(bytes):
    """The effect of most statements: one instruction, and nothing else."""

    __slots__ = ()


class Data(bytes):
    """The effect of most other ones: bytes that are no instruction."""

    __slots__ = ()


Deed = Code | Data | tuple[Effect, ...]
"""All that a statement does."""

_MOST_NAMES = 16
"""Statements with more symbols are not looked for again."""


class Template(Protocol):
    """What a statement does with another literal in the place of one of its literals."""

    def fill(self, literal: str, /) -> Code | Data | None:
        """The same statement with this literal; None if this takes a closer look."""


@dataclass(slots=True)
class Encoded:
    """An instruction with its operand values, as the assembler encodes it. It is not changed.

    Attributes:
        written: the mnemonic in the source.
        count: how many operands stand there.
        values: of the operands of the instruction, by name.
        written_as: the operands of the instruction that each operand in the source is, in the order
            of the source; the register of an address is an operand of its own.
    """

    written: str
    count: int
    instruction: Instruction
    values: Mapping[str, int | Value]
    written_as: tuple[tuple[str, ...], ...]

    def with_values(self, values: Mapping[str, int | Value]) -> Encoded:
        """The same with other operands."""
        return Encoded(self.written, self.count, self.instruction, values, self.written_as)


@dataclass(slots=True)
class Recording:
    """What a statement does, in order.

    Attributes:
        effects: each with the symbols left open; bytes are emitted, those of `Code` as one
            instruction.
        names: of the symbols that expressions asked for.
        symbols: those symbols, then those that the statement made.
        is_repeatable: false once something was done that depends on more than the text.
        is_use: whether expressions named them, and not only a directive that is about symbols.
        encoded: the instruction that the operands were matched with, where only one could be.
        template: the same data with another literal.
        data_fix: what is filled in later, if that is data.
    """

    effects: list[Effect | bytes] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    symbols: list[Symbol] = field(default_factory=list)
    is_repeatable: bool = True
    is_use: bool = False
    encoded: Encoded | None = None
    template: Template | None = None
    data_fix: tuple[str, _Maker, int] | None = None
    _used: set[int] = field(default_factory=set)

    def ask(self, name: str, symbol: Symbol) -> None:
        """An expression names a symbol."""
        has_made_some = len(self.symbols) > len(self.names)
        if not symbol.is_place or has_made_some or len(self.names) >= _MOST_NAMES:
            self.is_repeatable = False
        elif name not in self.names:  # forms that do not fit may have asked for it before
            self.names.append(name)
            self.symbols.append(symbol)

    def call(self, act: Callable[[Any], None]) -> None:
        """Something is done that depends on where it is done, in the same way each time."""
        self.effects.append(lambda assembly, symbols: act(assembly))

    def call_with(self, symbol: Symbol, act: Callable[[Any, Symbol], None]) -> None:
        """The same with a symbol that has been asked for."""
        if not self.is_repeatable:
            return
        place = self.symbols.index(symbol)
        self._used.add(place)
        self.effects.append(lambda assembly, symbols: act(assembly, symbols[place]))

    def begin_instruction(self) -> None:
        """An instruction begins."""
        self.effects.append(_begin_instruction)

    def mark_data(self) -> None:
        """Data begins."""
        self.effects.append(_mark_data)

    def emit(self, data: bytes) -> None:
        """Bytes follow."""
        if self.effects and self.effects[-1] is _begin_instruction:
            self.effects[-1] = Code(data)
        else:
            self.effects.append(data)

    def split(self, *, may_shrink: bool) -> None:
        """A fragment ends."""
        self.effects.append(lambda assembly, symbols: assembly.split(may_shrink=may_shrink))

    def make_label(self, symbol: Symbol) -> None:
        """A symbol that no source can name marks the place."""
        name = symbol.name
        self.effects.append(lambda assembly, symbols: symbols.append(assembly.hidden_label(name)))
        self.symbols.append(symbol)

    def fix(self, kind: str, value: Value, back: int, is_relaxable: bool) -> None:
        """A place is filled in later."""
        make = self._value(value)
        if make is not None:
            self.effects.append(_fix(kind, make, back, is_relaxable))
            if kind.startswith("DATA"):
                self.data_fix = (kind, make, back)

    def end_fragment(self, tail: Tail) -> None:
        """A branch ends a fragment; other tails are not repeated."""
        make = self._value(tail.target) if isinstance(tail, Branch) else None
        if make is not None and isinstance(tail, Branch):
            self.effects.append(_branch(tail, make))
        else:
            self.is_repeatable = False

    def _value(self, value: Value) -> _Maker | None:
        """How to make the same value of other symbols."""
        if not self.is_repeatable:
            return None
        places: list[int | None] = []
        for symbol in (value.plus, value.minus):
            found = [i for i, known in enumerate(self.symbols) if known is symbol]
            places.append(found[0] if found else None)
            if symbol is not None and not found:
                self.is_repeatable = False
        if value.tree is not None or value.modifier or not self.is_repeatable:
            self.is_repeatable = False
            return None
        plus, minus = places
        number = value.number
        self._used.update(place for place in places if place is not None)
        if minus is not None:
            return lambda symbols: Value(
                number, None if plus is None else symbols[plus], symbols[minus]
            )
        if plus is not None:
            return lambda symbols: Value(number, symbols[plus])
        return lambda symbols: value

    @property
    def is_whole(self) -> bool:
        """Whether the effects can be repeated with other symbols.

        A symbol that is in none of them has been reduced to a number, which that of another name
        need not be.
        """
        return self.is_repeatable and all(i in self._used for i in range(len(self.names)))

    def deed(self) -> Deed:
        """All that was done."""
        effects = self.effects
        if len(effects) == 1 and isinstance(effects[0], Code):
            return effects[0]
        if effects and effects[0] is _mark_data:
            if len(effects) == 3 and isinstance(effects[1], bytes) and self.data_fix is not None:
                return (_fixed_data(effects[1], *self.data_fix),)
            parts = [effect for effect in effects[1:] if type(effect) is bytes]
            if len(parts) == len(effects) - 1:
                return Data(b"".join(parts))
        return tuple(_emit(each) if isinstance(each, bytes) else each for each in effects)


_Maker = Callable[[list[Symbol]], Value]


def _begin_instruction(assembly: Any, symbols: list[Symbol]) -> None:
    assembly.begin_instruction()


def _mark_data(assembly: Any, symbols: list[Symbol]) -> None:
    assembly.mark_data()


def _emit(data: bytes) -> Effect:
    if not isinstance(data, Code):
        return lambda assembly, symbols: assembly.emit(data)

    def effect(assembly: Any, symbols: list[Symbol]) -> None:
        assembly.begin_instruction()
        assembly.emit(data)

    return effect


def _fix(kind: str, value: _Maker, back: int, is_relaxable: bool) -> Effect:
    return lambda assembly, symbols: assembly.fix(
        kind, value(symbols), back=back, is_relaxable=is_relaxable
    )


def _fixed_data(data: bytes, kind: str, value: _Maker, back: int) -> Effect:
    """Data that is filled in later, in one: debug information is made of it."""

    def effect(assembly: Any, symbols: list[Symbol]) -> None:
        assembly.mark_data()
        assembly.emit(data)
        assembly.fix(kind, value(symbols), back=back)

    return effect


def branch_deed(tail: Branch) -> Deed:
    """What a branch to a symbol does, and nothing else."""
    return _begin_instruction, _branch(tail, lambda symbols: Value(0, symbols[0]))


def _branch(tail: Branch, target: _Maker) -> Effect:
    word, is_jump, is_compressed = tail.word, tail.is_jump, tail.is_compressed
    long_word, is_fixed = tail.long_word, tail.is_fixed

    def effect(assembly: Any, symbols: list[Symbol]) -> None:
        value, location = target(symbols), assembly.location
        symbol = value.plus
        if symbol is not None and symbol.used_at is None:
            symbol.used_at = location
        assembly.end_fragment(
            Branch(word, is_jump, is_compressed, long_word, value, location, is_fixed)
        )

    return effect


def perform(deed: Deed, assembly: Any, symbols: list[Symbol]) -> None:
    """Does what a statement does.

    Raises:
        SourceError: it has no place here.
    """
    if isinstance(deed, tuple):
        for effect in deed:
            effect(assembly, symbols)
        return
    if isinstance(deed, Code):
        assembly.begin_instruction()
    else:
        assembly.mark_data()
    assembly.emit(deed)
