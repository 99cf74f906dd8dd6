"""Handlers: the compiled form of one instruction, called with a row and the context.

The source of a handler is generated from the declaration: it fetches what the body asks for by the
addresses in the row, calls the body, and stores the result. It is the same for every program, so
its machine code is cached on disk by the content of the body and of all that the body calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from rvx import jit
from rvx.bodies import form_of
from rvx.bodies.arithmetic import HART_WORDS
from rvx.bodies.form import HART
from rvx.emulator import pointers
from rvx.emulator.context import Field
from rvx.emulator.rows import Row
from rvx.isa import Instruction, Isa, Memory, RegisterFile
from rvx.isa.memory import FAULT_EXCEPTION, FAULT_MISALIGNED_FETCH, FAULT_ROUNDING
from rvx.isa.operands import RegisterKind, RoundingKind
from rvx.isa.vector.state import HEADER, Vector

_MEMORY = f"""    mem = Memory(
        byte_array(context[{int(Field.RAM)}], context[{int(Field.RAM_BOUNDS) + 1}]),
        byte_array(context[{int(Field.PAGES)}], context[{int(Field.RAM_BOUNDS) + 1}] >> 12),
        int64_array(context_address + {8 * Field.RAM_BOUNDS}, 3),
        int64_array(context_address + {8 * Field.FAULT}, 4),
    )
"""


@dataclass(frozen=True)
class Handler:
    """A compiled handler.

    Attributes:
        address: where to call it.
        source: the generated Python source, for people.
    """

    address: int
    source: str


def _load(file: RegisterFile, xlen: int, address: str) -> str:
    if file.name == "x" and xlen == 32:
        return f"load_32({address})"
    return f"load_64({address})"


def _store(file: RegisterFile, xlen: int, value: str) -> str:
    target = f"row[{int(Row.RESULT)}]"
    if file.name == "x" and xlen == 32:
        return f"    store_32({target}, {value})\n"
    if not file.is_core and file.bits < 64:
        value = f"{value} & {(1 << file.bits) - 1:#x}"
    return f"    store_64({target}, {value})\n"


def _fetch(instruction: Instruction, name: str, at: int, isa: Isa) -> str:
    """The lines that make the local variable `name` for the body."""
    operand = instruction.operands.get(name)
    slot = f"row[{int(Row.ARGUMENTS) + at}]"
    if operand is not None:
        if isinstance(operand.kind, RegisterKind) and not operand.kind.file.is_vector:
            return f"    {name} = {_load(operand.kind.file, isa.xlen, slot)}\n"
        if isinstance(operand.kind, RoundingKind):
            return (
                f"    {name} = {slot}\n    if {name} == 7:\n        {name} = {_FRM}\n"
                f"        if {name} > {instruction.last_rounding_mode}:\n"
                f"            context[{int(Field.FAULT)}] = {FAULT_ROUNDING}\n"
                f"            context[{int(Field.FAULT) + 1}] = {name}\n            return\n"
            )
        return f"    {name} = {slot}\n"
    state = isa.states.get(name)
    if state is not None:
        return f"    {name} = int64_array({slot}, {state.words})\n"
    if name == "v":
        return _vector_unit(isa, slot)
    fixed = {
        "pc": f"    pc = context[{int(Field.PC)}]\n",
        "next_pc": f"    next_pc = int64_array(context_address + {8 * Field.NEXT_PC}, 1)\n",
        "xlen": f"    xlen = {isa.xlen}\n",
        "frm": f"    frm = {_FRM}\n",
        "fflags": f"    fflags = int64_array(context_address + {8 * Field.FFLAGS}, 1)\n",
        "mem": _MEMORY,
        "fault": f"    fault = int64_array(context_address + {8 * Field.FAULT}, 4)\n",
        "repeat": f"    repeat = int64_array(context_address + {8 * Field.REPEAT}, 4)\n",
        "csr_word": f"    csr_word = int64_array({slot}, 1)\n",
        HART: f"    hart = int64_array(context_address + {8 * Field.STOP}, {HART_WORDS})\n",
    }
    return fixed.get(name, f"    {name} = {slot}\n")


_FRM = f"load_32(context[{int(Field.FRM)}]) & 7"


def _vector_unit(isa: Isa, slot: str) -> str:
    unit = isa.vector
    assert unit is not None
    begin, size = f"{slot} + {8 * HEADER}", 4 * unit.vlen
    elements = ", ".join(f"int{eew}_array({begin}, {size * 8 // eew})" for eew in (8, 16, 32, 64))
    config = f"int64_array({slot}, {HEADER})"
    return f"    v = Vector({elements}, {config}, {unit.vlen // 8}, {unit.elen}, {unit.floats})\n"


def handler_lines(instruction: Instruction, isa: Isa) -> str:
    """The generated source of a handler, as a plain function."""
    result = instruction.operands.get("rd")
    is_writing = result is not None and isinstance(result.kind, RegisterKind)
    lines = [
        "def handler(row_address, context_address):\n",
        f'    """{instruction.syntax.text}"""\n',
        f"    row = int64_array(row_address, {int(Row.END)})\n",
        f"    context = int64_array(context_address, {int(Field.END)})\n",
    ]
    requests = form_of(instruction, isa).requests
    for i, name in enumerate(requests):
        lines.append(_fetch(instruction, name, i, isa))
    call = f"body({', '.join(requests)})"
    lines.append(_guarded(f"rd = {call}" if is_writing else call))
    if "next_pc" in instruction.requests:
        lines.append(
            f"    if context[{int(Field.NEXT_PC)}] & {isa.alignment - 1} != 0:\n"
            f"        context[{int(Field.FAULT)}] = {FAULT_MISALIGNED_FETCH}\n"
            f"        context[{int(Field.FAULT) + 1}] = context[{int(Field.NEXT_PC)}]\n"
            f"        return\n"
        )
    if result is not None and isinstance(result.kind, RegisterKind):
        if "mem" in instruction.requests or "fault" in instruction.requests:
            lines.append(f"    if context[{int(Field.FAULT)}] != 0:\n        return\n")
        lines.append(_store(result.kind.file, isa.xlen, "rd"))
    return "".join(lines)


def _guarded(statement: str) -> str:
    """A statement after which the guest has faulted if it raised, an IndexError for example."""
    return (
        f"    try:\n        {statement}\n    except Exception:\n"
        f"        context[{int(Field.FAULT)}] = {FAULT_EXCEPTION}\n        return\n"
    )


def compile_handler(instruction: Instruction, isa: Isa) -> Handler:
    """Compiles the handler of an instruction, or loads it from disk.

    Raises:
        CompileError: numba does not take the body; the message names the instruction.
    """
    check_body(instruction)
    source = handler_lines(instruction, isa)
    try:
        return Handler(_code(instruction, isa, source).addresses()["handler"], source)
    except Exception as error:  # a NumbaError, or whatever numba stumbles over
        raise CompileError(explain(instruction, error)) from None


def check_body(instruction: Instruction) -> None:
    """Checks that an instruction has a body.

    Raises:
        CompileError: it has none.
    """
    if not instruction.has_body:
        raise CompileError(f"'{instruction.mnemonic}' has no semantics: only its encoding is known")


def stored_handler(instruction: Instruction, isa: Isa) -> int | None:
    """The address of an instruction's handler, if its compiled code is in memory or on disk."""
    if not _code(instruction, isa, handler_lines(instruction, isa)).is_stored():
        return None
    return compile_handler(instruction, isa).address


class CompileError(ValueError):
    """The body of an instruction is not within the subset of Python that numba compiles."""


_NAMES = {
    "Memory": Memory,
    "Vector": Vector,
    "byte_array": pointers.byte_array,
    "int8_array": pointers.int8_array,
    "int16_array": pointers.int16_array,
    "int32_array": pointers.int32_array,
    "int64_array": pointers.int64_array,
    "load_32": pointers.load_32,
    "load_64": pointers.load_64,
    "store_32": pointers.store_32,
    "store_64": pointers.store_64,
}


@cache
def _code(instruction: Instruction, isa: Isa, source: str) -> jit.Code:
    names = {"body": form_of(instruction, isa).function, **_NAMES}
    return jit.Code(source, {"handler": "void(int64, int64)"}, names)


def explain(instruction: Instruction, error: Exception) -> str:
    """Why numba does not take the body of an instruction, and where that body is."""
    assert instruction.body is not None
    code = instruction.body.__code__
    said = [line.strip() for line in str(error).splitlines() if line.strip()]
    telling = [line for line in said if not line.startswith("Failed in nopython mode")]
    telling = telling or [type(error).__name__]
    return (
        f"{code.co_filename}:{code.co_firstlineno}: the body of '{instruction.mnemonic}' cannot be "
        f"compiled: {' '.join(telling[:3])}"
    )
