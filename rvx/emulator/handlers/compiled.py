"""Handlers: the compiled form of one instruction, called with a row and the context.

The source of a handler is generated from the declaration: it fetches what the body asks for by the
addresses in the row, calls the body, and stores the result. It is the same for every program, so
its machine code is cached on disk by the content of the body and of all that the body calls.
"""

from __future__ import annotations

from functools import cache

from rvx import jit
from rvx.bodies import form_of
from rvx.emulator.context import Field, Row
from rvx.emulator.handlers.arguments import layout_of
from rvx.emulator.native import pointers
from rvx.isa import Instruction, Isa, Memory
from rvx.isa.memory import FAULT_EXCEPTION, FAULT_MISALIGNED_FETCH
from rvx.isa.tiles import Tiles
from rvx.isa.vector.state import Vector
from rvx.records import dataclass


@dataclass(frozen=True)
class Handler:
    """A compiled handler.

    Attributes:
        address: where to call it.
        source: the generated Python source, for people.
    """

    address: int
    source: str


def handler_lines(instruction: Instruction, isa: Isa) -> str:
    """The generated source of a handler, as a plain function."""
    layout = layout_of(instruction, isa, int(Row.END))
    lines = [
        "def handler(row_address, context_address):\n",
        f'    """{instruction.syntax.text}"""\n',
        f"    row = int64_array(row_address, {layout.end})\n",
        f"    context = int64_array(context_address, {int(Field.END)})\n",
    ]
    lines += [argument.lines(name, first) for name, argument, first in layout.arguments]
    call = f"body({', '.join(name for name, _, _ in layout.arguments)})"
    results = ", ".join(instruction.results)
    lines.append(_guarded(f"{results} = {call}" if results else call))
    if "next_pc" in instruction.requests:
        lines.append(
            f"    if context[{int(Field.NEXT_PC)}] & {isa.alignment - 1} != 0:\n"
            f"        context[{int(Field.FAULT)}] = {FAULT_MISALIGNED_FETCH}\n"
            f"        context[{int(Field.FAULT) + 1}] = context[{int(Field.NEXT_PC)}]\n"
            f"        return\n"
        )
    if layout.destinations and ("mem" in instruction.requests or "fault" in instruction.requests):
        lines.append(f"    if context[{int(Field.FAULT)}] != 0:\n        return\n")
    lines += [destination.store(isa.xlen) for destination in layout.destinations]
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


NAMES = {
    "Memory": Memory,
    "Tiles": Tiles,
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
"""What the lines of a handler, or of the function around a body, are made of."""


@cache
def _code(instruction: Instruction, isa: Isa, source: str) -> jit.Code:
    names = {"body": form_of(instruction, isa).function, **NAMES}
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
