"""The declared instruction and its aliases: values, made by `Extension`."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any

from rvx.isa.bits import Word
from rvx.isa.errors import DeclarationError
from rvx.isa.operands import (
    LAST_ROUNDING_MODE,
    ImmediateKind,
    Kind,
    Operand,
    RegisterKind,
    make_operand,
)
from rvx.isa.operations import Operations, operations_of
from rvx.isa.pattern import Pattern, parse_pattern
from rvx.isa.real import Meaning, check_real
from rvx.isa.syntax import Syntax, parse_syntax
from rvx.records import dataclass

CUSTOM = "custom"
"""The category of instructions that no standard has."""


@dataclass(frozen=True)
class Request:
    """Something that a body may ask for by name.

    Attributes:
        doc: what it is.
        words: how many int64 words the body gets as an array; 0 for a number, or something else.
    """

    doc: str
    words: int = 0


REQUESTS = MappingProxyType(
    {
        "pc": Request("address of the instruction"),
        "next_pc": Request("the address after the instruction; set it to branch", 1),
        "xlen": Request("32 or 64"),
        "frm": Request("the dynamic rounding mode, 0..7"),
        "fflags": Request("OR the raised flags into element 0", 1),
        "mem": Request("guest memory, see rvx.isa.memory"),
        "v": Request("the vector unit, see rvx.isa.vector"),
        "fault": Request("why the instruction cannot be performed, see rvx.isa.misuse", 4),
        "repeat": Request("makes the hart repeat what follows, see rvx.isa.repeat", 4),
        "x_registers": Request("all x registers by number, to read and to write", 32),
        "csr_word": Request("the state word behind the CSR operand", 1),
        "csr_lsb": Request("position of the CSR within that word"),
        "csr_mask": Request("the CSR's bits, at position 0"),
    }
)
"""What the body of any instruction may ask for, besides its operands and the extension's state.

For a register operand NAME, `NAME_number` is which register it is.
"""

NUMBER = "_number"
BRANCH = "branch"
"""The kind of what goes elsewhere on a condition, or to the next instruction."""
Body = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class Instruction:
    """One instruction: everything that rvx knows about it.

    Attributes:
        syntax: how it is written.
        pattern: how it is encoded.
        operands: by name, in the order of the syntax.
        body: what it does: a plain function, see `rvx.isa.extension.Extension.instruction`.
            None where only the encoding is known, or where the CPU core alone executes it.
        requests: the parameters of the body, in order.
        writes: the register operands that it writes, in the order in which that is done.
        extension: name of the extension that declares it.
        xlens: the register widths that have it.
        kind: what it does, such as `load`, `store`, `branch`, `alu`, `float`, `custom`.
        overlaps: mnemonics whose words may be words of this one too.
        expansion: for a compressed instruction, the one that it abbreviates. It has no body of its
            own then: it does what its expansion does.
        last_rounding_mode: the largest value of frm that it takes.
        is_core: whether it is the ratified instruction that the CPU core knows. Only then may the
            core perform it; `body` says the same, and is performed where the core does not.
        needs: names of extensions without which an ISA does not have it, though it has its own.
        macs: multiply-accumulates of an element, or of an instruction without vectors; 0 where its
            meaning says it.
        flops: operations on floating-point numbers, likewise.
        real: what it means in real numbers; None where nobody has said it.
    """

    syntax: Syntax
    pattern: Pattern
    operands: Mapping[str, Operand]
    body: Body | None
    requests: tuple[str, ...]
    writes: tuple[str, ...]
    extension: str
    xlens: tuple[int, ...]
    kind: str
    overlaps: frozenset[str]
    doc: str
    expansion: Expansion | None = None
    is_core: bool = False
    last_rounding_mode: int = LAST_ROUNDING_MODE
    needs: tuple[str, ...] = ()
    macs: int = 0
    flops: int = 0
    real: Meaning | None = None

    @property
    def mnemonic(self) -> str:
        """The name that is written in assembly."""
        return self.syntax.mnemonic

    @property
    def has_body(self) -> bool:
        """Whether it says what it does."""
        return self.body is not None

    @property
    def has_own_body(self) -> bool:
        """Whether it is known, without a look at its body, that this is one of rvx itself."""
        return False

    @property
    def is_custom(self) -> bool:
        """Whether no standard has it: by the rules of names, its extension begins with X then."""
        return self.extension[:1].upper() == "X"

    @property
    def category(self) -> str:
        """Under what its executions are counted: its kind, or `custom`."""
        if self.is_custom:
            return CUSTOM
        return "other" if self.kind == CUSTOM else self.kind

    @cached_property
    def operations(self) -> Operations:
        """What one execution, or one element, does with numbers."""
        meant = operations_of(self.real)
        return Operations(self.macs or meant.macs, self.flops or meant.flops)

    @cached_property
    def owners(self) -> tuple[str, ...]:
        """Names of all extensions without which an ISA does not have it."""
        # c.fld is part of C, but only where there is D.
        abbreviated = (self.expansion.target.extension,) if self.expansion else ()
        return (self.extension, *self.needs, *abbreviated)

    @cached_property
    def results(self) -> tuple[str, ...]:
        """The operands that what the body returns is written to.

        The others of `writes` reach the body as words, which it changes.
        """
        kinds = {name: self.operands[name].kind for name in self.writes}
        return tuple(n for n, k in kinds.items() if isinstance(k, RegisterKind) and not k.has_words)

    @property
    def size(self) -> int:
        """Bytes of the encoded word: 2 or 4."""
        return self.pattern.size

    @cached_property
    def target(self) -> Operand | None:
        """The operand that is a distance from the instruction, if there is one."""
        for operand in self.operands.values():
            if isinstance(operand.kind, ImmediateKind) and operand.kind.is_target:
                return operand
        return None

    def encode(self, values: Mapping[str, int]) -> Word:
        """The word with these operand values.

        Raises:
            EncodingError: a value does not fit its field.
            KeyError: an operand has no value.
        """
        word = self.word(values)
        if word is None:
            for name, operand in self.operands.items():
                operand.encode(values[name])
            raise AssertionError
        return word

    def word(self, values: Mapping[str, int]) -> Word | None:
        """The word with these operand values; None if one of them does not fit its field."""
        word = self.pattern.default
        for name, operand in self.operands.items():
            bits = operand.bits(values[name])
            if bits is None:
                return None
            word |= bits
        return word

    def decode(self, word: Word) -> dict[str, int]:
        """The operand values of a word that matches the pattern."""
        return {name: operand.decode(word) for name, operand in self.operands.items()}

    def with_half(self) -> Instruction:
        """The same where there are but x0 to x15; words that name others are reserved."""
        operands = {name: operand.with_half() for name, operand in self.operands.items()}
        if all(operand is self.operands[name] for name, operand in operands.items()):
            return self
        from copy import copy

        made = copy(self)
        for name in ("_reserved", "target"):
            vars(made).pop(name, None)
        vars(made)["operands"] = operands
        return made

    def accepts(self, word: Word) -> bool:
        """Whether the word is this instruction: it matches, and no operand is reserved."""
        pattern = self.pattern
        if word & pattern.mask != pattern.match:
            return False
        return all(word & mask != match for mask, match in self._reserved)

    @cached_property
    def _reserved(self) -> tuple[tuple[Word, Word], ...]:
        return tuple(row for operand in self.operands.values() for row in operand.reserved)


@dataclass(frozen=True)
class Expansion:
    """The instruction that a compressed one abbreviates.

    Attributes:
        target: that instruction.
        bindings: for every operand of the target, the own operand's name or a fixed value.
        shown_as: mnemonic of the alias of the target that the disassembler prints; empty to choose
            among those that are printed.
    """

    target: Instruction
    bindings: Mapping[str, str | int]
    shown_as: str = ""

    def expand(self, own: Mapping[str, int]) -> dict[str, int]:
        """The operand values of the target for these own operand values."""
        return _bound_values(self.bindings, own)

    def compress(self, values: Mapping[str, int]) -> dict[str, int] | None:
        """The own operand values for these of the target, if they follow the bindings.

        Whether they fit the own fields is for `Instruction.encode` to say.
        """
        return _own_values(self.bindings, values)


def _bound_values(bindings: Mapping[str, str | int], own: Mapping[str, int]) -> dict[str, int]:
    return {
        name: bound if isinstance(bound, int) else own[bound] for name, bound in bindings.items()
    }


def _own_values(
    bindings: Mapping[str, str | int], values: Mapping[str, int]
) -> dict[str, int] | None:
    own: dict[str, int] = {}
    for name, bound in bindings.items():
        value = values[name]
        if isinstance(bound, int):
            if bound != value:
                return None
        elif own.setdefault(bound, value) != value:
            return None
    return own


@dataclass(frozen=True)
class Alias:
    """Another way to write an instruction with some operands fixed or repeated.

    Attributes:
        syntax: how the alias is written.
        target: mnemonic of the instruction it stands for.
        bindings: for every operand of the target, the alias operand's name or a fixed value.
        is_printed: whether the disassembler prints the alias.
        xlens: the register widths that have it.
    """

    syntax: Syntax
    target: str
    bindings: Mapping[str, str | int]
    is_printed: bool
    xlens: tuple[int, ...] = (32, 64)

    @property
    def fixed_operands(self) -> int:
        """How many operands of the target the alias fixes."""
        return sum(isinstance(bound, int) for bound in self.bindings.values())

    def matches(self, values: Mapping[str, int]) -> dict[str, int] | None:
        """The alias operands for these operand values of the target, if they fit it."""
        return _own_values(self.bindings, values)

    def expand(self, own: Mapping[str, int]) -> dict[str, int]:
        """The operand values of the target for these alias operands."""
        return _bound_values(self.bindings, own)


def make_instruction(
    syntax_text: str,
    bits: str,
    body: Body | None,
    *,
    extension: str,
    kinds: Mapping[str, Kind],
    state: Collection[str],
    xlens: tuple[int, ...],
    kind: str,
    overlaps: Collection[str],
    doc: str,
    writes: Collection[str] | None = None,
    is_core: bool = False,
    last_rounding_mode: int = LAST_ROUNDING_MODE,
    needs: Collection[str] = (),
    macs: int = 0,
    flops: int = 0,
    real: Meaning | None = None,
) -> Instruction:
    """Checks a declaration and makes the instruction.

    Raises:
        DeclarationError: with a sentence that names the instruction and what is wrong.
    """
    syntax = parse_syntax(syntax_text)
    where = f"{extension}: instruction '{syntax.mnemonic}'"
    try:
        pattern = parse_pattern(bits, _narrow_fields(syntax, kinds))
        operands = {
            name: make_operand(name, kind_name, dict(kinds), pattern)
            for name, kind_name in syntax.kinds
        }
    except DeclarationError as error:
        raise DeclarationError(f"{where}: {error}") from None
    unbound = [name for name in pattern.fields if name not in operands]
    if unbound:
        raise DeclarationError(
            f"{where}: field '{unbound[0]}' of the pattern is not an operand of the syntax "
            f"'{syntax.text}'"
        )
    for name in operands:
        if name in state:
            raise DeclarationError(
                f"{where}: '{name}' is an operand, and a state of {extension}; a body could ask "
                f"for one of them only"
            )
    check_real(where, real, (*operands, *state))
    destinations = _destinations(where, operands, writes)
    requests: tuple[str, ...] = ()
    if body is not None:
        requests = _parameters(body)
        numbers = [f"{name}{NUMBER}" for name, made in operands.items() if made.is_register]
        known = [*operands, *REQUESTS, *state]
        for name in requests:
            if name not in known and name not in numbers:
                raise DeclarationError(
                    f"{where}: the body asks for '{name}', which is neither an operand nor known "
                    f"to {extension}; it may ask for {', '.join(known)}"
                )
        for name in destinations:
            kind_of = operands[name].kind
            assert isinstance(kind_of, RegisterKind)
            if kind_of.has_words and name not in requests:
                raise DeclarationError(
                    f"{where}: '{name}' is written, and is more than one word: the body has to ask "
                    f"for it, and changes its words"
                )
    return Instruction(
        syntax,
        pattern,
        MappingProxyType(operands),
        body,
        requests,
        destinations,
        extension,
        xlens,
        kind,
        frozenset(overlaps),
        doc or docstring_of(body),
        is_core=is_core,
        last_rounding_mode=last_rounding_mode,
        needs=tuple(needs),
        macs=macs,
        flops=flops,
        real=real,
    )


def _destinations(
    where: str, operands: Mapping[str, Operand], writes: Collection[str] | None
) -> tuple[str, ...]:
    """The operands that are written: `rd`, if it is a register, or those that are listed."""
    registers = [
        name
        for name, one in operands.items()
        if isinstance(one.kind, RegisterKind) and not one.kind.file.is_by_number
    ]
    if writes is None:
        return ("rd",) if "rd" in registers else ()
    if isinstance(writes, str) or not all(name in registers for name in writes):
        raise DeclarationError(
            f"{where}: writes is a tuple of its register operands, such as ('rd', 'rs1'), not "
            f"{writes!r}; they are {', '.join(registers) or 'none'}"
        )
    return tuple(dict.fromkeys(writes))


def docstring_of(body: Body | None) -> str:
    """The docstring of a body, without its indentation."""
    if body is None or not body.__doc__:
        return ""
    import inspect

    return inspect.getdoc(body) or ""


def _parameters(body: Body) -> tuple[str, ...]:
    """Names of the parameters; a plain function tells them without the cost of `inspect`."""
    code = getattr(body, "__code__", None)
    if code is None or code.co_kwonlyargcount or hasattr(body, "__wrapped__"):
        import inspect

        return tuple(inspect.signature(body).parameters)
    return tuple(code.co_varnames[: code.co_argcount])


def _narrow_fields(syntax: Syntax, kinds: Mapping[str, Kind]) -> dict[str, int]:
    """Operands whose field is a position among eight registers, which takes three bits."""
    chosen = {name: kinds.get(kind_name) for name, kind_name in syntax.kinds}
    return {
        name: 3
        for name, kind in chosen.items()
        if isinstance(kind, RegisterKind) and kind.is_indexed and len(kind.numbers) == 8
    }


def make_alias(
    text: str,
    expansion: str,
    target: Instruction,
    is_printed: bool,
    xlens: tuple[int, ...],
) -> Alias:
    """Checks an alias such as `mv rd, rs1` for `addi rd, rs1, 0` and makes it.

    Raises:
        DeclarationError: the expansion does not fit the target's operands.
    """
    syntax = parse_syntax(text)
    bindings = _bindings(f"alias '{text}'", dict(syntax.kinds), expansion, target)
    return Alias(syntax, target.mnemonic, bindings, is_printed, xlens)


def make_expansion(made: Instruction, text: str, target: Instruction, shown_as: str) -> Expansion:
    """Checks the expansion of a compressed instruction, such as `addi rd, rd, imm`.

    Raises:
        DeclarationError: the expansion does not fit the target's operands.
    """
    where = f"{made.extension}: instruction '{made.mnemonic}'"
    return Expansion(target, _bindings(where, made.operands, text, target), shown_as)


def _bindings(
    where: str, own: Collection[str], expansion: str, target: Instruction
) -> Mapping[str, str | int]:
    mnemonic, _, rest = expansion.strip().partition(" ")
    written = re.findall(r"[^\s,()]+", rest)
    names = list(target.operands)
    if len(written) != len(names):
        raise DeclarationError(
            f"{where}: '{expansion}' gives {len(written)} operands, "
            f"{mnemonic} has {len(names)} ({target.syntax.text})"
        )
    bindings: dict[str, str | int] = {}
    for name, value in zip(names, written, strict=True):
        bindings[name] = value if value in own else _constant(where, value, target.operands[name])
    unused = set(own) - {bound for bound in bindings.values() if isinstance(bound, str)}
    if unused:
        raise DeclarationError(f"{where}: operand '{unused.pop()}' is not in '{expansion}'")
    return MappingProxyType(bindings)


def _constant(where: str, value: str, operand: Operand) -> int:
    if isinstance(operand.kind, RegisterKind):
        numbers = operand.kind.file.numbers()
        if value in numbers:
            return numbers[value]
    else:
        try:
            return int(value, 0)
        except ValueError:
            pass
    raise DeclarationError(
        f"{where}: '{value}' is neither an operand of it nor a value for '{operand.name}'"
    )
