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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from rvx.assembler.compression import candidates
from rvx.assembler.grammar import unescape
from rvx.assembler.sections import Branch, Tail
from rvx.assembler.values import Symbol, Value
from rvx.isa import Instruction
from rvx.isa.operands import ImmediateKind, Operand, RegisterKind
from rvx.isa.registers import RegisterFile

if TYPE_CHECKING:
    from rvx.assembler.assembly import Assembly

Effect = Callable[["Assembly", list[Symbol]], None]
"""Does one thing to the output again, with these symbols; what makes a symbol appends it."""


class Code(bytes):
    """The effect of most statements: one instruction, and nothing else."""

    __slots__ = ()


class Data(bytes):
    """The effect of most other ones: bytes that are no instruction."""

    __slots__ = ()


Deed = Code | Data | tuple[Effect, ...]
"""All that a statement does."""

_NAME = re.compile(r"(?<![\w.$%@\\])([A-Za-z_.$][\w.$]*)", re.ASCII)
_LAST = re.compile(
    r"(.*[\s,])(?:([A-Za-z_.$][\w.$]*)|(-?[1-9][0-9]{0,17}|0(?:x[0-9a-f]{1,16})?)(\([^()]*\))?)",
    re.ASCII,
)
"""The operand at the end that differs most often: a name, or a number or offset as most are."""
_MOST_NAMES = 16
"""Statements with more symbols are not looked for again."""
_SHORT = 2
"""Longer data is seldom the same twice."""
_STRING = re.compile(r'(.*\s)()("[^"\\]*(?:\\.[^"\\]*)*")()')
_OTHER_LITERAL = re.compile(r"""(?:^|[\s,(])[-+~!0-9'"]""", re.ASCII)


class Template(Protocol):
    """What a statement does with another literal in the place of one of its literals."""

    def fill(self, literal: str, /) -> Code | Data | None:
        """The same statement with this literal; None if this takes a closer look."""


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


_UNLIKE = 0x5A5A_5A5A_5A5A
"""A number that no operand has, so that it shows where the number of an instruction goes."""


class Numbered:
    """An instruction with its registers, whose number is open: the words that it may become.

    Attributes:
        special: numbers for which other rules hold.
    """

    __slots__ = ("_choices", "_place", "_used_extensions", "special")

    def __init__(self, assembly: Assembly, encoded: Encoded, number: str) -> None:
        values = {k: v for k, v in encoded.values.items() if isinstance(v, int)}
        values[number] = _UNLIKE
        self._used_extensions = assembly.used_extensions
        self._choices: list[tuple[Operand, int, int, str]] = []
        self.special = {0}
        instruction = encoded.instruction
        self._place = instruction.operands[number]
        for short, own in _candidates(assembly, encoded, values):
            if short.expansion is not None:
                bound = short.expansion.bindings.get(number)
                self.special |= {bound} if isinstance(bound, int) else set()
            self._choose(short, own)
        self._choose(instruction, values)

    def _choose(self, instruction: Instruction, values: Mapping[str, int]) -> None:
        word = instruction.pattern.default
        opened = [name for name in instruction.operands if values[name] == _UNLIKE]
        for name, operand in instruction.operands.items():
            bits = 0 if name in opened else operand.bits(values[name])
            if bits is None:
                return
            word |= bits
        if len(opened) == 1:
            place = instruction.operands[opened[0]]
            self._choices.append((place, word, instruction.size, instruction.extension))

    def fill(self, literal: str, /) -> Code | None:
        """The instruction with this number."""
        number = int(literal, 0)
        if number in self.special or self._place.bits(number) is None:
            return None
        for operand, word, size, extension in self._choices:
            bits = operand.bits(number)
            if bits is not None:
                self._used_extensions.add(extension)
                return Code((word | bits).to_bytes(size, "little"))
        return None


@dataclass(frozen=True, slots=True)
class Registers:
    """An instruction whose registers and number are open.

    Attributes:
        encoded: one of this kind.
        names: the operands that are registers in the source, in the order of the source.
        number: the operand that is a number in the source, or empty.
    """

    encoded: Encoded
    names: tuple[str, ...]
    number: str

    @staticmethod
    def of(
        encoded: Encoded, registers: Sequence[tuple[RegisterFile, int]], number: str
    ) -> Registers | None:
        """What an instruction is with the registers and the number of its source left open.

        None if one cannot tell which operand is which.
        """
        operands, values = encoded.instruction.operands, encoded.values
        names = []
        for file, register in registers:
            found = [
                name
                for name, place in operands.items()
                if isinstance(place.kind, RegisterKind)
                and place.kind.file == file
                and values[name] == register
            ]
            if len(found) != 1 or found[0] in names:
                return None
            names.append(found[0])
        others = [name for name, place in operands.items() if not place.is_register]
        if len(others) > 1 or (number and not others):
            return None
        for name in others:
            is_open = isinstance(values[name], int) and isinstance(
                operands[name].kind, ImmediateKind
            )
            if not is_open or (number and values[name] != int(number, 0)):
                return None
        return Registers(encoded, tuple(names), others[0] if number else "")

    def bind(self, registers: Sequence[tuple[RegisterFile, int]]) -> Encoded | None:
        """The instruction with these registers; None if they are of other files."""
        operands = self.encoded.instruction.operands
        values = dict(self.encoded.values)
        for name, (file, register) in zip(self.names, registers, strict=True):
            kind = operands[name].kind
            if not isinstance(kind, RegisterKind) or kind.file != file:
                return None
            values[name] = register
        return replace(self.encoded, values=values)


def _candidates(
    assembly: Assembly, encoded: Encoded, values: Mapping[str, int]
) -> Iterator[tuple[Instruction, dict[str, int]]]:
    if not assembly.options.rvc:
        return iter(())
    written, count = encoded.written, encoded.count
    return candidates(assembly.isa, written, count, encoded.instruction, values)


def _exact(assembly: Assembly, encoded: Encoded) -> Code | None:
    """An instruction all of whose operands are known; None if one does not fit."""
    values = {k: v for k, v in encoded.values.items() if isinstance(v, int)}
    if encoded.instruction.word(values) is None:
        return None
    for made, own in (*_candidates(assembly, encoded, values), (encoded.instruction, values)):
        word = made.word(own)
        if word is not None:
            assembly.used_extensions |= {encoded.instruction.extension, made.extension}
            return Code(word.to_bytes(made.size, "little"))
    return None


@dataclass(frozen=True, slots=True)
class Sized:
    """Data of one number."""

    size: int

    def fill(self, literal: str) -> Data | None:
        """The bytes of this number."""
        number, bits = int(literal, 0), 8 * self.size
        if not -(1 << bits) < number < 1 << bits:
            return None
        return Data((number & (1 << bits) - 1).to_bytes(self.size, "little"))


@dataclass(frozen=True, slots=True)
class Ended:
    """Data of one string, with something behind it."""

    end: bytes

    def fill(self, literal: str) -> Data | None:
        """The bytes of this string."""
        return Data(unescape(literal[1:-1]) + self.end)


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
    """

    effects: list[Effect | bytes] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    symbols: list[Symbol] = field(default_factory=list)
    is_repeatable: bool = True
    is_use: bool = False
    encoded: Encoded | None = None
    template: Template | None = None
    _used: set[int] = field(default_factory=set)

    def ask(self, name: str, symbol: Symbol) -> None:
        """An expression names a symbol."""
        has_made_some = len(self.symbols) > len(self.names)
        if not is_plain(symbol) or has_made_some or len(self.names) >= _MOST_NAMES:
            self.is_repeatable = False
        elif name not in self.names:  # forms that do not fit may have asked for it before
            self.names.append(name)
            self.symbols.append(symbol)

    def call(self, act: Callable[[Assembly], None]) -> None:
        """Something is done that depends on where it is done, in the same way each time."""
        self.effects.append(lambda assembly, symbols: act(assembly))

    def call_with(self, symbol: Symbol, act: Callable[[Assembly, Symbol], None]) -> None:
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
            parts = [effect for effect in effects[1:] if type(effect) is bytes]
            if len(parts) == len(effects) - 1:
                return Data(b"".join(parts))
        return tuple(_emit(each) if isinstance(each, bytes) else each for each in effects)


_Maker = Callable[[list[Symbol]], Value]


def _begin_instruction(assembly: Assembly, symbols: list[Symbol]) -> None:
    assembly.begin_instruction()


def _mark_data(assembly: Assembly, symbols: list[Symbol]) -> None:
    assembly.mark_data()


def _emit(data: bytes) -> Effect:
    if not isinstance(data, Code):
        return lambda assembly, symbols: assembly.emit(data)

    def effect(assembly: Assembly, symbols: list[Symbol]) -> None:
        assembly.begin_instruction()
        assembly.emit(data)

    return effect


def _fix(kind: str, value: _Maker, back: int, is_relaxable: bool) -> Effect:
    return lambda assembly, symbols: assembly.fix(
        kind, value(symbols), back=back, is_relaxable=is_relaxable
    )


def _branch(tail: Branch, target: _Maker) -> Effect:
    word, is_jump, is_compressed = tail.word, tail.is_jump, tail.is_compressed
    long_word, is_fixed = tail.long_word, tail.is_fixed

    def effect(assembly: Assembly, symbols: list[Symbol]) -> None:
        value, location = target(symbols), assembly.location
        symbol = value.plus
        if symbol is not None and symbol.used_at is None:
            symbol.used_at = location
        assembly.end_fragment(
            Branch(word, is_jump, is_compressed, long_word, value, location, is_fixed)
        )

    return effect


def is_plain(symbol: Symbol) -> bool:
    """Whether a symbol is a place, here or elsewhere, and not a value that `.set` gave it."""
    return symbol.value is None


def perform(deed: Deed, assembly: Assembly, symbols: list[Symbol]) -> None:
    """Does what a statement does.

    Raises:
        SourceError: it has no place here.
    """
    if isinstance(deed, Code):
        assembly.begin_instruction()
        assembly.emit(deed)
    elif isinstance(deed, Data):
        assembly.mark_data()
        assembly.emit(deed)
    else:
        for effect in deed:
            effect(assembly, symbols)


DIRECT: dict[str, Callable[[Assembly, str, str], None]] = {}
"""What carries out statements that begin like this as fast as it can be done; no two are alike."""


@dataclass
class Repetition:
    """What is known of lines, under one set of options and instructions.

    Args:
        reserved: words that operands give a meaning of their own, such as registers.

    Attributes:
        texts: what statements do, by their text.
        finals: the same with the symbol at the end left open, by the text before that; and whether
            it uses the symbol.
        shapes: the same by their shape, with all symbols left open.
        templates: by the text before and behind a literal.
        registers: instructions by their text without registers and number.
    """

    reserved: frozenset[str]
    texts: dict[str, Deed] = field(default_factory=dict)
    finals: dict[str, tuple[Deed, bool]] = field(default_factory=dict)
    shapes: dict[str, tuple[Deed, bool]] = field(default_factory=dict)
    templates: dict[tuple[str, str], Template] = field(default_factory=dict)
    registers: dict[str, Registers] = field(default_factory=dict)

    def find(self, text: str, assembly: Assembly) -> tuple[Deed, list[Symbol]] | None:
        """What a statement does that is not known word by word, if another was like it."""
        if text[0] == ".":
            parts = text.split(None, 1)
            handler = DIRECT.get(parts[0])
            if handler is not None and len(parts) == 2:
                return (lambda assembly, symbols: handler(assembly, *parts),), []
        last = _LAST.fullmatch(text)
        if last is not None:
            before, name, number, behind = last.groups("")
            if name:
                used = self.finals.get(before)
                if used is not None and name not in self.reserved:
                    symbols = [assembly.symbol(name)]
                    if assembly.may_repeat([name], symbols, is_use=used[1]):
                        return used[0], symbols
                    return None
            else:
                template = self.templates.get((before, behind))
                made = None if template is None else template.fill(number)
                if made is not None:
                    if len(made) <= _SHORT or made.__class__ is Code:
                        self.texts[text] = made
                    return made, []
        if '"' in text or "'" in text:
            return self._string(text)
        shape, names = self.shape(text)
        if names:
            used = self.shapes.get(shape)
            if used is None:
                return None
            symbols = [assembly.symbol(name) for name in names]
            return (
                (used[0], symbols) if assembly.may_repeat(names, symbols, is_use=used[1]) else None
            )
        if last is not None and last[3]:
            code = self._encode(last[1], last[3], last[4] or "", assembly)
        else:
            code = self._encode(text, "", "", assembly)
        if code is None:
            return None
        self.texts[text] = code
        return code, []

    def _string(self, text: str) -> tuple[Deed, list[Symbol]] | None:
        """Data of a string."""
        found = _STRING.fullmatch(text)
        template = None if found is None else self.templates.get((found[1], ""))
        made = None if template is None or found is None else template.fill(found[3])
        return None if made is None else (made, [])

    def _encode(self, before: str, number: str, behind: str, assembly: Assembly) -> Code | None:
        """An instruction that differs in registers from earlier ones, and in a number if any."""
        shape, registers = self._registers(before, behind, assembly)
        known = self.registers.get(shape)
        encoded = known.bind(registers) if known is not None else None
        if known is None or encoded is None:
            return None
        if not known.number:
            return _exact(assembly, encoded)
        template = self.templates[before, behind] = Numbered(assembly, encoded, known.number)
        made = template.fill(number)
        if made is None and int(number, 0) in template.special:
            values = {**encoded.values, known.number: int(number, 0)}
            return _exact(assembly, replace(encoded, values=values))
        return made

    def _registers(
        self, before: str, behind: str, assembly: Assembly
    ) -> tuple[str, list[tuple[RegisterFile, int]]]:
        """A statement without number and registers, and these registers."""
        parts = _NAME.split(f"{before}\0{behind}")
        found = [assembly.isa.registers.get(name) for name in parts[3::2]]
        parts[3::2] = [
            "\1" if one is not None else name for one, name in zip(found, parts[3::2], strict=True)
        ]
        return "".join(parts), [one for one in found if one is not None]

    def shape(self, text: str) -> tuple[str, list[str]]:
        """A statement without the names of symbols, and these names, each once."""
        parts = _NAME.split(text)
        names: dict[str, int] = {}
        reserved = self.reserved
        for index in range(3, len(parts), 2):  # the first name is that of the instruction
            name = parts[index]
            if name not in reserved:
                parts[index] = f"\0{names.setdefault(name, len(names))}"
        return "".join(parts), [*names]

    def learn(self, text: str, recording: Recording, assembly: Assembly) -> None:
        """Takes down what a statement did, if it can be repeated."""
        if not recording.is_whole:
            return
        deed = recording.deed()
        last = _STRING.fullmatch(text) if '"' in text else _LAST.fullmatch(text)
        if recording.names:
            shape, names = self.shape(text)
            if recording.names == names:
                self.shapes[shape] = (deed, recording.is_use)
                if last is not None and last[2] and f"{last[1]}\x000" == shape:
                    self.finals[last[1]] = (deed, recording.is_use)
            return
        if not isinstance(recording.template, Ended):
            self.texts[text] = deed
        before, number, behind = text, "", ""
        if last is not None and last[3]:
            before, _, number, behind = last.groups("")
        if _OTHER_LITERAL.search(before.rstrip()) or _OTHER_LITERAL.search(behind):
            return
        template, encoded = recording.template, recording.encoded
        if template is not None:
            if number and template.fill(number) == deed:
                self.templates[before, behind] = template
        elif encoded is not None and isinstance(deed, Code):
            shape, registers = self._registers(before, behind, assembly)
            found = Registers.of(encoded, registers, number)
            if found is not None:
                self.registers.setdefault(shape, found)
