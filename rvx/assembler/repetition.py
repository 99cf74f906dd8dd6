"""Lines that are like earlier ones: what the first did is done again, and not worked out again.

Compilers write many lines more than once, and more that differ only in the symbols that they name.
While a statement is carried out for the first time, what it does to the output is recorded. Another
line of the same text, or of the same shape, which is the text without the names of its symbols,
repeats that with its own symbols. A line that differs in one number is encoded with that number,
without being parsed and matched again. So a line costs what it does, and only a shape costs
parsing, matching and encoding, whose results stay the one source of truth.

A statement is repeatable if what it does depends on its text, the options and the instructions that
there are, and on nothing else: not on the place, not on what a symbol stands for by now.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rvx.assembler.sections import Branch, Tail
from rvx.assembler.values import Symbol, Value, note_use
from rvx.isa import Instruction
from rvx.isa.operands import ImmediateKind

if TYPE_CHECKING:
    from rvx.assembler.assembly import Assembly


@dataclass(frozen=True, slots=True)
class Encoded:
    """An instruction with its operand values, as the assembler encodes it.

    Attributes:
        written: the mnemonic in the source.
        count: how many operands stand there.
        values: of the operands of the instruction, by name.
    """

    written: str
    count: int
    instruction: Instruction
    values: Mapping[str, int | Value]

    def only_number(self) -> str:
        """The operand that is a number, if there is just one, and all others are registers."""
        others = [n for n, place in self.instruction.operands.items() if not place.is_register]
        if len(others) != 1 or not isinstance(self.values[others[0]], int):
            return ""
        kind = self.instruction.operands[others[0]].kind
        return others[0] if isinstance(kind, ImmediateKind) else ""


Effect = Callable[["Assembly", list[Symbol]], None]
"""Does one thing to the output again, with these symbols; what makes a symbol appends it."""
_NAME = re.compile(r"(?<![\w.$%@\\])([A-Za-z_.$][\w.$]*)", re.ASCII)
_STANDS_FOR_NAME = "\0"
_NUMBER = re.compile(r"(?<=[\s,])(?:-?[1-9][0-9]{0,4}|0)(?=\(|,|$)", re.ASCII)
"""An operand that is a number as most are written, or the offset from a register."""
_OTHER_NUMBER = re.compile(r"(?:^|[\s,(])[-+~!0-9']", re.ASCII)


@dataclass(slots=True)
class Recording:
    """What a statement does, in order.

    Attributes:
        effects: each with the symbols left open.
        names: of the symbols that expressions asked for.
        symbols: those symbols, then those that the statement made.
        is_repeatable: false once something was done that depends on more than the text.
        encoded: the instruction that the operands were matched with, where only one could be.
    """

    effects: list[Effect] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    symbols: list[Symbol] = field(default_factory=list)
    is_repeatable: bool = True
    encoded: Encoded | None = None
    _used: set[int] = field(default_factory=set)

    def ask(self, name: str, symbol: Symbol) -> None:
        """An expression names a symbol."""
        has_made_some = len(self.symbols) > len(self.names)
        if not is_plain(symbol) or has_made_some:
            self.is_repeatable = False
        elif name not in self.names:  # forms that do not fit may have asked for it before
            self.names.append(name)
            self.symbols.append(symbol)

    def begin_instruction(self) -> None:
        """An instruction begins."""
        self.effects.append(_begin_instruction)

    def mark_data(self) -> None:
        """Data begins."""
        self.effects.append(_mark_data)

    def emit(self, data: bytes) -> None:
        """Bytes follow."""
        if self.effects and self.effects[-1] is _begin_instruction:
            self.effects[-1] = _emit_instruction(data)
        else:
            self.effects.append(_emit(data))

    def split(self, *, may_shrink: bool) -> None:
        """A fragment ends."""
        self.effects.append(_split(may_shrink))

    def make_label(self, symbol: Symbol) -> None:
        """A symbol that no source can name marks the place."""
        self.effects.append(_hidden_label(symbol.name))
        self.symbols.append(symbol)

    def fix(self, kind: str, value: Value, back: int, is_relaxable: bool) -> None:
        """A place is filled in later."""
        make = self._value(value)
        if make is not None:
            self.effects.append(_fix(kind, make, back, is_relaxable))

    def end_fragment(self, tail: Tail) -> None:
        """A branch ends a fragment; other tails are not repeated."""
        make = self._value(tail.target) if isinstance(tail, Branch) else None
        if make is not None and isinstance(tail, Branch):
            self.effects.append(_branch(tail, make))
        else:
            self.is_repeatable = False

    def _value(self, value: Value) -> _Maker | None:
        """How to make the same value of other symbols."""
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
        self._used.update(place for place in places if place is not None)
        if minus is not None:
            return lambda symbols: Value(
                value.number, None if plus is None else symbols[plus], symbols[minus]
            )
        if plus is not None:
            return lambda symbols: Value(value.number, symbols[plus])
        return lambda symbols: value

    @property
    def is_whole(self) -> bool:
        """Whether the effects can be repeated with other symbols.

        A symbol that is in none of them has been reduced to a number, which that of another name
        need not be.
        """
        return self.is_repeatable and all(i in self._used for i in range(len(self.names)))


_Maker = Callable[[list[Symbol]], Value]


def _begin_instruction(assembly: Assembly, symbols: list[Symbol]) -> None:
    assembly.begin_instruction()


def _mark_data(assembly: Assembly, symbols: list[Symbol]) -> None:
    assembly.mark_data()


def _emit(data: bytes) -> Effect:
    return lambda assembly, symbols: assembly.emit(data)


def _emit_instruction(data: bytes) -> Effect:
    def effect(assembly: Assembly, symbols: list[Symbol]) -> None:
        assembly.begin_instruction()
        assembly.emit(data)

    return effect


def _split(may_shrink: bool) -> Effect:
    return lambda assembly, symbols: assembly.split(may_shrink=may_shrink)


def _hidden_label(name: str) -> Effect:
    return lambda assembly, symbols: symbols.append(assembly.hidden_label(name))


def _fix(kind: str, value: _Maker, back: int, is_relaxable: bool) -> Effect:
    return lambda assembly, symbols: assembly.fix(
        kind, value(symbols), back=back, is_relaxable=is_relaxable
    )


def _branch(tail: Branch, target: _Maker) -> Effect:
    def effect(assembly: Assembly, symbols: list[Symbol]) -> None:
        value = target(symbols)
        note_use(value, assembly.line)
        assembly.end_fragment(
            Branch(
                tail.word,
                tail.is_jump,
                tail.is_compressed,
                tail.long_word,
                value,
                assembly.location,
                tail.is_fixed,
            )
        )

    return effect


def is_plain(symbol: Symbol) -> bool:
    """Whether a symbol is a place, here or elsewhere, and not a value that `.set` gave it."""
    return symbol.value is None


@dataclass
class Repetition:
    """What is known of lines, under one set of options and instructions.

    Args:
        reserved: words that operands give a meaning of their own, such as registers.
    """

    reserved: frozenset[str]
    texts: dict[str, Sequence[Effect]] = field(default_factory=dict)
    shapes: dict[str, Sequence[Effect]] = field(default_factory=dict)
    numbers: dict[tuple[str, str], tuple[Encoded, str]] = field(default_factory=dict)

    def shape(self, text: str) -> tuple[str, list[str]]:
        """A statement without the names of symbols, and these names."""
        parts = _NAME.split(text)
        names: list[str] = []
        reserved = self.reserved
        for index in range(3, len(parts), 2):  # the first name is that of the instruction
            name = parts[index]
            if name not in reserved:
                names.append(name)
                parts[index] = _STANDS_FOR_NAME
        return "".join(parts), names

    def encoding(self, text: str) -> tuple[Encoded, Mapping[str, int | Value]] | None:
        """What a line is that differs from an earlier one in a number: its values, to encode."""
        found = _NUMBER.search(text)
        if found is None:
            return None
        known = self.numbers.get((text[: found.start()], text[found.end() :]))
        if known is None:
            return None
        encoded, name = known
        return encoded, {**encoded.values, name: int(found[0])}

    def _learn_number(self, text: str, encoded: Encoded) -> None:
        found = _NUMBER.search(text)
        name = encoded.only_number()
        if found is None or not name or encoded.values[name] != int(found[0]):
            return
        before, behind = text[: found.start()], text[found.end() :]
        if _OTHER_NUMBER.search(before.rstrip()) or _OTHER_NUMBER.search(behind):
            return
        self.numbers[before, behind] = (encoded, name)

    def learn(self, text: str, shape: str, names: Iterable[str], recording: Recording) -> None:
        """Takes down what a statement did, if it can be repeated."""
        if not recording.is_whole:
            return
        if not recording.names:
            self.texts[text] = recording.effects
            if recording.encoded is not None:
                self._learn_number(text, recording.encoded)
        elif recording.names == list(names):
            self.shapes[shape] = recording.effects
