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

from rvx.assembler.diagnostics import SourceError
from rvx.assembler.fragments.assembly import Assembly
from rvx.assembler.fragments.compression import candidates
from rvx.assembler.fragments.instructions import branch
from rvx.assembler.fragments.recording import (
    Code,
    Data,
    Deed,
    Encoded,
    Recording,
    Template,
    branch_deed,
)
from rvx.assembler.model.relocations import target_relocation
from rvx.assembler.model.sections import Symbol, Value
from rvx.assembler.model.values import ZERO
from rvx.assembler.source.grammar import unescape
from rvx.assembler.source.names import LATER, NAME
from rvx.isa import Instruction
from rvx.isa.operands import ImmediateKind, Operand, RegisterKind
from rvx.isa.registers import RegisterFile
from rvx.records import dataclass, field
from rvx.regex import regex

_NAME = regex(rf"(?<![{LATER}%@\\])({NAME})", re.ASCII)
_LAST = regex(
    rf"(.*[\s,])(?:({NAME})|(-?[1-9][0-9]{{0,17}}|0(?:x[0-9a-f]{{1,16}})?)(\([^()]*\))?)",
    re.ASCII,
)
"""The operand at the end that differs most often: a name, or a number or offset as most are."""
_MOST_DIGITS = 18
"""Of a number as `_LAST` finds it."""
_SHORT = 2
"""Longer data is seldom the same twice."""
_STRING = regex(r'(.*\s)()("[^"\\]*(?:\\.[^"\\]*)*")()')
_OTHER_LITERAL = regex(r"""(?:^|[\s,(])[-+~!0-9'"]""", re.ASCII)


_MORE = regex(r"""[#/;"']""")

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
        names: for each register in the source the operands that it is, nearly always one.
        number: the operand that is a number in the source, or empty.
    """

    encoded: Encoded
    names: tuple[tuple[str, ...], ...]
    number: str

    @staticmethod
    def of(
        encoded: Encoded, registers: Sequence[tuple[RegisterFile, int]], number: str
    ) -> Registers | None:
        """What an instruction is with the registers and the number of its source left open.

        None if one cannot tell which operand is which.
        """
        operands, values = encoded.instruction.operands, encoded.values
        names = [each for each in encoded.written_as if operands[each[0]].is_register]
        if len(names) != len(registers):
            return None
        for each, (file, register) in zip(names, registers, strict=True):
            for name in each:
                kind = operands[name].kind
                is_one = isinstance(kind, RegisterKind) and kind.file == file
                if not is_one or values[name] != register:
                    return None
        if not all(isinstance(value, int) for value in values.values()):
            return None
        if not number:  # what else there is stands in the text, or goes without saying
            return Registers(encoded, tuple(names), "")
        wanted = int(number, 0)
        others = [
            each
            for each in encoded.written_as
            if isinstance(operands[each[0]].kind, ImmediateKind) and values[each[0]] == wanted
        ]
        if len(others) != 1 or len(others[0]) != 1:
            return None
        return Registers(encoded, tuple(names), others[0][0])

    def bind(self, registers: Sequence[tuple[RegisterFile, int]]) -> Encoded | None:
        """The instruction with these registers; None if they are of other files."""
        operands = self.encoded.instruction.operands
        values = dict(self.encoded.values)
        for names, (file, register) in zip(self.names, registers, strict=True):
            kind = operands[names[0]].kind
            if not isinstance(kind, RegisterKind) or kind.file != file:
                return None
            for name in names:
                values[name] = register
        return self.encoded.with_values(values)


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


DIRECT: dict[str, Callable[[Assembly, str, str], None]] = {}
"""What carries out statements that begin like this as fast as it can be done; no two are alike."""


@dataclass
class Repetition:
    """What is known of lines, under one set of options and instructions.

    Args:
        reserved: words that operands give a meaning of their own, such as registers.

    Attributes:
        texts: what statements do, by their text.
        rows: instructions that were written more than once, by the whole row; one blank is in front
            of each.
        finals: the same with the symbol at the end left open, by the text before that; and whether
            it uses the symbol.
        shapes: the same by their shape, with all symbols left open.
        templates: by the text before and behind a literal.
        registers: instructions by their text without registers and number.
        branches: the same of those that end in a symbol, with the relocation of that.
    """

    reserved: frozenset[str]
    texts: dict[str, Deed] = field(default_factory=dict)
    rows: dict[str, Code] = field(default_factory=dict)
    finals: dict[str, tuple[Deed, bool]] = field(default_factory=dict)
    shapes: dict[str, tuple[Deed, bool]] = field(default_factory=dict)
    templates: dict[tuple[str, str], Template] = field(default_factory=dict)
    registers: dict[str, Registers] = field(default_factory=dict)
    branches: dict[str, tuple[Registers, str]] = field(default_factory=dict)

    def find(self, text: str, assembly: Assembly) -> tuple[Deed, list[Symbol]] | None:
        """What a statement does that is not known word by word, if another was like it."""
        # Labels of compilers and plain numbers are told from the rest faster than by an expression.
        cut = text.rfind(",") + 1 or text.rfind("\t") + 1
        name = text[cut:]
        if name.isascii():
            digits = name[1:] if name[:1] == "-" else name
            if self._is_symbol(name):
                used = self.finals.get(text[:cut])
                if used is not None:
                    return self._final(used, name, assembly)
            elif cut and digits.isdecimal() and digits[0] != "0" and len(digits) <= _MOST_DIGITS:
                made = self._filled(text, text[:cut], name, "")
                if made is not None:
                    return made, []
            elif name[:1] == "%":
                start = text.find("(", cut) + 1
                end = text.find(")", start)
                name = text[start:end]
                if self._is_symbol(name):
                    used = self.shapes.get(f"{text[:start]}\x000{text[end:]}")
                    if used is not None:
                        return self._final(used, name, assembly)
        if text[0] == ".":
            parts = text.split(None, 1)
            handler = DIRECT.get(parts[0])
            if handler is not None:
                if len(parts) < 2 or _MORE.search(parts[1]):
                    return None  # a comment or another statement follows
                return (lambda assembly, symbols: handler(assembly, *parts),), []
        last = _LAST.fullmatch(text)
        if last is not None:
            before, name, number, behind = last.groups("")
            if name:
                used = self.finals.get(before)
                if used is not None and name not in self.reserved:
                    return self._final(used, name, assembly)
            else:
                made = self._filled(text, before, number, behind)
                if made is not None:
                    return made, []
        if '"' in text or "'" in text:
            return self._string(text)
        shape, names = self.shape(text)
        if names:
            used = self.shapes.get(shape)
            if used is None and last is not None and last[2] and len(names) == 1:
                used = self._branch(last[1], assembly)
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

    def _is_symbol(self, text: str) -> bool:
        """Whether a text in ASCII is the name of a symbol as compilers write it."""
        if text[:1] == ".":
            return text[1:].isalnum()
        return text.isidentifier() and text not in self.reserved

    def _filled(self, text: str, before: str, number: str, behind: str) -> Code | Data | None:
        """What is known of a statement with this number between these texts."""
        template = self.templates.get((before, behind))
        made = None if template is None else template.fill(number)
        if made is not None and (len(made) <= _SHORT or made.__class__ is Code):
            self.texts[text] = made
        return made

    def _final(
        self, used: tuple[Deed, bool], name: str, assembly: Assembly
    ) -> tuple[Deed, list[Symbol]] | None:
        """What is known of a statement with this symbol at its end."""
        symbols = [assembly.symbol(name)]
        if assembly.may_repeat([name], symbols, is_use=used[1]):
            return used[0], symbols
        return None

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
            return _exact(assembly, encoded.with_values(values))
        return made

    def _branch(self, before: str, assembly: Assembly) -> tuple[Deed, bool] | None:
        """A branch to a symbol that differs in registers from earlier ones."""
        shape, registers = self._registers(before, "", assembly)
        known = self.branches.get(shape)
        encoded = known[0].bind(registers) if known is not None else None
        if known is None or encoded is None:
            return None
        try:
            tail = branch(assembly, encoded, known[1], ZERO)
        except SourceError:
            return None  # as who carries it out will say
        used = self.finals[before] = (branch_deed(tail), True)
        return used

    def _learn_branch(self, before: str, encoded: Encoded, assembly: Assembly) -> None:
        """Takes down a branch to a symbol, if one can tell its operands from the text."""
        instruction = encoded.instruction
        late = [name for name, value in encoded.values.items() if isinstance(value, Value)]
        if [instruction.operands[name] for name in late] != [instruction.target]:
            return
        kind = target_relocation(instruction, late[0])
        if not kind:  # it goes into a field of which relocations know nothing
            return
        shape, registers = self._registers(before, "", assembly)
        zero = encoded.with_values({**encoded.values, late[0]: 0})
        found = Registers.of(zero, registers, "")
        if found is not None:
            self.branches.setdefault(shape, (found, kind))

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
                    if recording.encoded is not None and recording.is_use:
                        self._learn_branch(last[1], recording.encoded, assembly)
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
