"""What each request of a body is, declared once: in a row, in a handler, and in a region.

A body asks by the names of its parameters (`rvx.isa.instruction.REQUESTS`). A handler is generated
once for an instruction, a row is filled once for a word. So a request has two sides that have to
agree: what the row holds for it, a number or a host address, and the lines of the handler that make
the argument of it. Here they stand beside each other. The same lines are compiled by numba and, for
`--backend python` and for new bodies, run by the interpreter (`rvx.emulator.handlers.interpreted`).
In a region (`rvx.emulator.regions`) there is no row: a request is one or two int64 values of LLVM
code, of which a function around the body makes the argument.

`layout_of` says where everything stands in a row; `rvx.emulator.handlers.rows` fills it and
`rvx.emulator.handlers.compiled` writes the source, both from that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Protocol

from rvx.bodies import form_of
from rvx.bodies.arithmetic import HART_WORDS
from rvx.bodies.form import HART
from rvx.emulator.context import Field
from rvx.isa import Csr, Instruction, Isa, RegisterFile
from rvx.isa.instruction import NUMBER, REQUESTS
from rvx.isa.memory import FAULT_ROUNDING, FAULT_WORDS, PAGE_SHIFT
from rvx.isa.operands import RegisterKind, RoundingKind
from rvx.isa.registers import X
from rvx.isa.vector.state import HEADER, VLENB
from rvx.isa.vector.state import STATE as VECTOR
from rvx.isa.vector.unit import VectorUnit
from rvx.records import dataclass, replace

X_REGISTERS = "x_registers"


class Wired(Protocol):
    """A decoded word and the machine that it is to be performed by."""

    def value(self, operand: str) -> int:
        """The value of an operand: the number of a register, or a number."""

    def register(self, file: RegisterFile, number: int) -> int:
        """Host address of a register to read; without pointers, of a mirror filled before."""

    def destination(self, file: RegisterFile, number: int) -> int:
        """Host address of a register to write; of a word that nobody reads for x0."""

    def state(self, name: str) -> int:
        """Host address of the state of an extension."""

    def csr(self) -> Csr:
        """The CSR that the word names."""

    def csr_address(self) -> int:
        """Host address of the state word behind it."""

    def csr_mask(self) -> int:
        """The bits of it that this ISA has."""


class Emitted(Protocol):
    """A decoded word as a step of a region: everything is given as the name of an LLVM value."""

    def value(self, operand: str) -> int:
        """The value of an operand: the number of a register, or a number."""

    def register(self, file: RegisterFile, number: int) -> str:
        """The value of a register."""

    def group(self, name: str, file: RegisterFile, numbers: Sequence[int]) -> str:
        """The address of a copy of these registers, a word each."""

    def wide(self, name: str, file: RegisterFile, number: int, is_written: bool) -> str:
        """The address of a register of several words, or of a copy of it."""

    def state(self, name: str) -> str:
        """The address of the state of an extension."""

    def shared(self, field: Field) -> str:
        """The address of words of the context, or of what stands for them in a region."""

    def pc(self) -> int:
        """The address of the instruction."""

    def rounding_mode(self, has_to_be_one: bool) -> str:
        """The value of frm; the region is left where it has to be a rounding mode and is none."""

    def vector_unit(self) -> tuple[str, str]:
        """The addresses of the vector registers, and of the words that configure them."""

    def checked_memory(self) -> str:
        """What is added to a guest address that has been checked, to make a host address of it."""

    def context(self) -> str:
        """The address of the context."""


@dataclass(frozen=True)
class Argument:
    """A request, in all its forms.

    Attributes:
        fetch: lines of the handler that assign the argument to `{name}`. `{slot[0]}` is the first
            word of the row that is filled for it, `{own}` the address of its own words.
        fill: gives the words of the row.
        slots: how many they are.
        own: how many more it has for itself, to put values together in.
        emit: gives the LLVM values of it in a region.
        parameters: the names under which the function around the body gets them, as int64.
        unpack: lines of that function that make the argument of them.
    """

    fetch: str
    fill: Callable[[Wired], tuple[int, ...]] = lambda _: ()
    slots: int = 0
    own: int = 0
    emit: Callable[[Emitted], tuple[str, ...]] = lambda _: ()
    parameters: tuple[str, ...] = ("{name}",)
    unpack: str = ""

    def lines(self, name: str, first: int) -> str:
        """The lines of the handler, for a row that is filled from position `first` on."""
        slot = [f"row[{first + i}]" for i in range(self.slots)]
        own = f"row_address + {8 * (first + self.slots)}"
        text = self.fetch.format(name=name, slot=slot, own=own)
        return "".join(f"    {line}\n" for line in text.splitlines())

    def names(self, name: str) -> list[str]:
        """The parameters of the function around the body, in a region."""
        return [one.format(name=name) for one in self.parameters]

    def unpacked(self, name: str) -> str:
        """The lines of that function."""
        return "".join(f"    {line}\n" for line in self.unpack.format(name=name).splitlines())


def _load(file: RegisterFile, xlen: int, address: str) -> str:
    return f"load_{32 if file.name == 'x' and xlen == 32 else 64}({address})"


def _known(fill: Callable[[Wired], int]) -> Argument:
    """A number that the word says."""
    return Argument("{name} = {slot[0]}", lambda wired: (fill(wired),), 1)


def _number(operand: str) -> Argument:
    """The value of an operand that is a number, or the number of a register."""
    return replace(
        _known(lambda wired: wired.value(operand)), emit=lambda step: (str(step.value(operand)),)
    )


def _unpacked(count: int) -> str:
    """Words at an address, in the function of a region."""
    return f"{{name}} = int64_array({{name}}, {count})"


def _words(count: int, fill: Callable[[Wired], int]) -> Argument:
    """Words somewhere in the host's memory, as an array."""
    return Argument(
        f"{{name}} = int64_array({{slot[0]}}, {count})", lambda wired: (fill(wired),), 1
    )


def _state(state: str, count: int) -> Argument:
    """The state of an extension."""
    return replace(
        _words(count, lambda wired: wired.state(state)),
        emit=lambda step: (step.state(state),),
        unpack=_unpacked(count),
    )


def _shared(field: Field, count: int) -> Argument:
    """Words of the context, which are at the same place in every machine."""
    lines = f"{{name}} = int64_array(context_address + {8 * field}, {count})"
    return Argument(lines, emit=lambda step: (step.shared(field),), unpack=_unpacked(count))


def _register(operand: str, kind: RegisterKind, xlen: int) -> Argument:
    """The value of a register of at most 64 bits."""
    return Argument(
        f"{{name}} = {_load(kind.file, xlen, '{slot[0]}')}",
        lambda wired: (wired.register(kind.file, wired.value(operand)),),
        1,
        emit=lambda step: (step.register(kind.file, step.value(operand)),),
    )


def _group(operand: str, kind: RegisterKind, xlen: int) -> Argument:
    """The values of registers in a row, a word each; the body gets copies, and may change them."""
    lines = [f"{{name}} = int64_array({{own}}, {kind.group})"]
    for i in range(kind.group):
        lines.append(f"{{name}}[{i}] = {_load(kind.file, xlen, f'{{slot[{i}]}}')}")
    return Argument(
        "\n".join(lines),
        lambda w: tuple(w.register(kind.file, n) for n in kind.members(w.value(operand))),
        kind.group,
        own=kind.group,
        emit=lambda step: (step.group(operand, kind.file, kind.members(step.value(operand))),),
        unpack=_unpacked(kind.group),
    )


def _every_register(xlen: int) -> Argument:
    """All x registers, a word each by number; the body gets copies, and may change them."""
    lines = [f"{{name}} = int64_array({{own}}, {X.count})"]
    for i in range(1, X.count):
        lines.append(f"{{name}}[{i}] = {_load(X, xlen, f'{{slot[{i - 1}]}}')}")
    return Argument(
        "\n".join(lines),
        lambda wired: tuple(wired.register(X, number) for number in range(1, X.count)),
        X.count - 1,
        own=X.count,
        emit=lambda step: (step.group(X_REGISTERS, X, range(X.count)),),
        unpack=_unpacked(X.count),
    )


def _wide(operand: str, kind: RegisterKind, is_written: bool) -> Argument:
    """A register of several words: the register itself, or a copy where the body is to write it.

    The copy is what makes an instruction atomic: sources keep their values until the body is done,
    also where they are the destination, and so does the destination if the body ends in a fault.
    """
    words = kind.file.words
    lines = f"{{name}} = int64_array({{slot[0]}}, {words})"
    if is_written:
        lines = (
            f"{{name}} = int64_array({{own}}, {words})\n"
            f"_{{name}} = int64_array({{slot[0]}}, {words})\n"
            f"for _at in range({words}):\n    {{name}}[_at] = _{{name}}[_at]"
        )
    return Argument(
        lines,
        lambda wired: (wired.register(kind.file, wired.value(operand)),),
        1,
        own=words if is_written else 0,
        emit=lambda step: (step.wide(operand, kind.file, step.value(operand), is_written),),
        unpack=_unpacked(words),
    )


_RAM_SIZE = f"context[{int(Field.RAM_BOUNDS) + 1}]"
_FRM = f"load_32(context[{int(Field.FRM)}]) & 7"


def _rounding(operand: str, last: int) -> Argument:
    """A rounding mode of the word, with `dyn` replaced by that of frm, which may be none."""
    fault = int(Field.FAULT)
    return Argument(
        f"{{name}} = {{slot[0]}}\n"
        f"if {{name}} == 7:\n"
        f"    {{name}} = {_FRM}\n"
        f"    if {{name}} > {last}:\n"
        f"        context[{fault}] = {FAULT_ROUNDING}\n"
        f"        context[{fault + 1}] = {{name}}\n"
        f"        return",
        lambda wired: (wired.value(operand),),
        1,
        emit=lambda step: (
            step.rounding_mode(True) if step.value(operand) == 7 else str(step.value(operand)),
        ),
    )


def _vector_unit(unit: VectorUnit) -> Argument:
    """The vector registers as elements of each width, and the unit's settings.

    VLEN is not part of the text, so that a handler is compiled once for all of them.
    """
    numbers = ", ".join(map(str, unit.settings[1:]))

    def made(registers: str, config: str) -> str:
        elements = ", ".join(
            f"int{eew}_array({registers}, {256 // eew} * _{{name}}[{VLENB}])"
            for eew in (8, 16, 32, 64)
        )
        return (
            f"_{{name}} = int64_array({config}, {HEADER})\n"
            f"{{name}} = Vector({elements}, _{{name}}, _{{name}}[{VLENB}], {numbers})"
        )

    return Argument(
        made(f"{{slot[0]}} + {8 * HEADER}", "{slot[0]}"),
        lambda wired: (wired.state(VECTOR),),
        1,
        emit=lambda step: step.vector_unit(),
        parameters=("{name}_registers", "{name}_config"),
        unpack=made("{name}_registers", "{name}_config"),
    )


def _tiles(name: str, words: int, edge: int) -> Argument:
    """Matrix state as elements of each width."""
    elements = ", ".join(f"int{eew}_array({{at}}, {64 * words // eew})" for eew in (8, 16, 32, 64))
    made = f"{{name}} = Tiles({elements}, {edge})"
    return Argument(
        made.replace("{at}", "{slot[0]}"),
        lambda wired: (wired.state(name),),
        1,
        emit=lambda step: (step.state(name),),
        unpack=made.replace("{at}", "{name}"),
    )


def _memory(fault: str, log: str) -> str:
    """Guest memory with all checks.

    Args:
        fault: the address of the words for a fault.
        log: the array in which accesses are written down, empty where nobody wants them.
    """
    return (
        "{name} = Memory(\n"
        f"    byte_array(context[{int(Field.RAM)}], {_RAM_SIZE}),\n"
        f"    byte_array(context[{int(Field.PAGES)}], {_RAM_SIZE} >> {PAGE_SHIFT}),\n"
        f"    int64_array(context_address + {8 * Field.RAM_BOUNDS}, 3),\n"
        f"    int64_array({fault}, {FAULT_WORDS}),\n"
        f"    {log},\n"
        ")"
    )


_MEMORY = Argument(
    _memory(
        f"context_address + {8 * Field.FAULT}",
        f"int64_array(context[{int(Field.ACCESSES)}], context[{int(Field.ACCESS_WORDS)}])",
    ),
    emit=lambda step: (step.context(), step.shared(Field.FAULT)),
    parameters=("context_address", "fault_address"),
    unpack=f"context = int64_array(context_address, {int(Field.END)})\n"
    f"{_memory('fault_address', 'int64_array(fault_address, 0)')}",
)
_CHECKED_MEMORY = replace(
    _MEMORY, emit=lambda step: (step.checked_memory(),), parameters=("{name}",), unpack=""
)
"""The same where a region has checked all addresses before: the body's functions check nothing."""

_FIXED: dict[str, Argument] = {
    "pc": Argument(f"{{name}} = context[{int(Field.PC)}]", emit=lambda step: (str(step.pc()),)),
    "next_pc": _shared(Field.NEXT_PC, REQUESTS["next_pc"].words),
    "fflags": _shared(Field.FFLAGS, REQUESTS["fflags"].words),
    "fault": _shared(Field.FAULT, REQUESTS["fault"].words),
    "repeat": _shared(Field.REPEAT, REQUESTS["repeat"].words),
    HART: _shared(Field.STOP, HART_WORDS),
    "csr_word": _words(1, lambda wired: wired.csr_address()),
    "csr_lsb": _known(lambda wired: wired.csr().lsb),
    "csr_mask": _known(lambda wired: wired.csr_mask()),
}
"""What stands for itself; `argument_of` knows what depends on operands and on the ISA."""


def argument_of(
    instruction: Instruction, name: str, isa: Isa, checks_memory: bool = True
) -> Argument:
    """What a request of an instruction's body is: operands first, then states, then the rest.

    Args:
        instruction: whose body.
        name: of the request.
        isa: where it is.
        checks_memory: whether the body's own accesses are checked, and not those of a region.
    """
    operand = instruction.operands.get(name)
    if operand is not None:
        kind = operand.kind
        if isinstance(kind, RoundingKind):
            return _rounding(name, instruction.last_rounding_mode)
        if not isinstance(kind, RegisterKind) or kind.file.is_by_number:
            return _number(name)
        if kind.group > 1:
            return _group(name, kind, isa.xlen)
        if kind.has_words:
            return _wide(name, kind, name in instruction.writes)
        return _register(name, kind, isa.xlen)
    if name in isa.tile_files:
        assert isa.vector is not None
        return _tiles(name, isa.states[name].words, isa.vector.edge)
    if name in isa.states:
        return _state(name, isa.states[name].words)
    if name == "v":
        assert isa.vector is not None
        return _vector_unit(isa.vector)
    if name == X_REGISTERS:
        return _every_register(isa.xlen)
    if name == "xlen":
        return Argument(f"{{name}} = {isa.xlen}", parameters=(), unpack=f"{{name}} = {isa.xlen}")
    if name == "frm":
        checks = "v" in instruction.requests
        return Argument(f"{{name}} = {_FRM}", emit=lambda step: (step.rounding_mode(checks),))
    if name == "mem":
        return _MEMORY if checks_memory else _CHECKED_MEMORY
    if name.endswith(NUMBER):
        return _number(name.removesuffix(NUMBER))
    return _FIXED[name]


@dataclass(frozen=True)
class Destination:
    """A register operand that an instruction writes.

    Attributes:
        operand: its name.
        kind: which registers it may be.
        first: position in the row of its address, or of one address a register.
    """

    operand: str
    kind: RegisterKind
    first: int

    def fill(self, wired: Wired) -> tuple[int, ...]:
        """The words of the row: addresses of what is written."""
        number = wired.value(self.operand)
        return tuple(wired.destination(self.kind.file, n) for n in self.kind.members(number))

    def store(self, xlen: int) -> str:
        """The lines of the handler that write the variable of its name."""
        file = self.kind.file
        if not self.kind.has_words:
            return _store(file, xlen, f"row[{self.first}]", self.operand)
        if self.kind.group > 1:
            return "".join(
                _store(file, xlen, f"row[{self.first + i}]", f"{self.operand}[{i}]")
                for i in range(self.kind.group)
            )
        return (
            f"    _{self.operand} = int64_array(row[{self.first}], {file.words})\n"
            f"    for _at in range({file.words}):\n"
            f"        _{self.operand}[_at] = {self.operand}[_at]\n"
        )


@dataclass(frozen=True)
class EveryRegister(Destination):
    """All x registers, where the body may have changed any of them."""

    def fill(self, wired: Wired) -> tuple[int, ...]:
        """Their addresses."""
        return tuple(wired.destination(X, number) for number in range(1, X.count))

    def store(self, xlen: int) -> str:
        """The lines of the handler that write them."""
        return "".join(
            _store(X, xlen, f"row[{self.first + i - 1}]", f"{self.operand}[{i}]")
            for i in range(1, X.count)
        )


def _store(file: RegisterFile, xlen: int, address: str, value: str) -> str:
    if file.name == "x" and xlen == 32:
        return f"    store_32({address}, {value})\n"
    if not file.is_core and file.bits < 64:
        value = f"{value} & {(1 << file.bits) - 1:#x}"
    return f"    store_64({address}, {value})\n"


@dataclass(frozen=True)
class Layout:
    """Where in a row everything stands that an instruction's handler uses.

    Attributes:
        arguments: of the body, in order: the name, what it is, and its first word.
        destinations: what is written afterwards, in order.
        end: how many words that takes, with the header.
    """

    arguments: tuple[tuple[str, Argument, int], ...]
    destinations: tuple[Destination, ...]
    end: int


@cache
def layout_of(instruction: Instruction, isa: Isa, header: int) -> Layout:
    """The layout of an instruction's rows, behind a header of so many words."""
    at = header
    arguments = []
    for name in form_of(instruction, isa).requests:
        argument = argument_of(instruction, name, isa)
        arguments.append((name, argument, at))
        at += argument.slots + argument.own
    destinations = []
    for name in instruction.writes:
        kind = instruction.operands[name].kind
        assert isinstance(kind, RegisterKind)
        destinations.append(Destination(name, kind, at))
        at += kind.group
    if X_REGISTERS in instruction.requests:
        every = RegisterKind(X_REGISTERS, X, (1,), X.count - 1)
        destinations.append(EveryRegister(X_REGISTERS, every, at))
        at += every.group
    return Layout(tuple(arguments), tuple(destinations), at)
