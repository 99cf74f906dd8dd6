"""The plain-Python backend: bodies run as they are written, with pdb, print and coverage."""

from __future__ import annotations

import ctypes
import traceback
from bdb import BdbQuit
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rvx.bodies import Form, form_of
from rvx.bodies.arithmetic import HART_WORDS, BodyRaised
from rvx.bodies.form import HART
from rvx.emulator.context import Context, Field
from rvx.emulator.core import F0, FFLAGS, FRM, MSTATUS, MSTATUS_FS_DIRTY, X0, Core
from rvx.emulator.hooks import compiled_hooks
from rvx.emulator.memory import GuestMemory
from rvx.emulator.rows import (
    SWITCHED_OFF,
    Needs,
    Unsupported,
    csr_mask,
    is_switched_off,
    is_write,
    needs_of,
    owned_csr,
)
from rvx.isa import Decoded, Instruction, Isa, Memory, RegisterFile, Word, streams
from rvx.isa.instruction import NUMBER
from rvx.isa.memory import FAULT_EXCEPTION, FAULT_MISALIGNED_FETCH, FAULT_ROUNDING, store_64
from rvx.isa.operands import RegisterKind, RoundingKind
from rvx.isa.vector.state import HEADER, Vector
from rvx.isa.vector.state import STATE as VECTOR


class Failures:
    """What interpreted bodies have raised, other than what they are known to.

    Attributes:
        said: a sentence about the last one, empty if there was none.
    """

    def __init__(self) -> None:
        self.said = ""

    def noting(self, form: Form) -> Callable[..., Any]:
        """The interpreted form of a body, noting what it raises on the way."""

        def body(*arguments: Any) -> Any:
            try:
                return form.interpreted(*arguments)
            except (BodyRaised, BdbQuit):
                raise
            except Exception as error:
                place = traceback.extract_tb(error.__traceback__)[-1]
                said = f"{type(error).__name__}: {error}".removesuffix(": ")
                self.said = f"its body raised {said} ({place.filename}:{place.lineno})"
                raise

        return body


def interpreted_memory(context: Context, memory: GuestMemory) -> Memory:
    """Guest memory for the functions of `rvx.isa.memory`, when they are interpreted."""
    words = context.words
    return Memory(
        memory.view,
        memory.pages.data,
        words[Field.RAM_BOUNDS : Field.RAM_BOUNDS + 3].tolist(),
        words[Field.FAULT : Field.FAULT + 4],
    )


class Lanes:
    """Vector registers as elements of one width: each is read as an int64, and written cut off."""

    def __init__(self, words: NDArray[np.int64], eew: int) -> None:
        self._lanes = words.view(f"i{eew // 8}")
        self._patterns = words.view(f"u{eew // 8}")
        self._mask = (1 << eew) - 1

    def __getitem__(self, index: int) -> Any:
        return np.int64(self._lanes[index])

    def __setitem__(self, index: int, value: int) -> None:
        self._patterns[index] = int(value) & self._mask


def interpreted_vector(isa: Isa, context: Context) -> Vector | None:
    """The vector unit for interpreted bodies; None if the ISA has none."""
    unit = isa.vector
    if unit is None:
        return None
    words = context.state(VECTOR, unit.words)
    registers = words[HEADER:]
    e8, e16, e32, e64 = (Lanes(registers, eew) for eew in (8, 16, 32, 64))
    return Vector(e8, e16, e32, e64, words[:HEADER], unit.vlen // 8, unit.elen, unit.floats)


class Interpreter:
    """Performs decoded words by calling their bodies with NumPy int64 values.

    NumPy's int64 wraps as compiled code does, so both backends give the same bits.
    """

    def __init__(
        self, isa: Isa, core: Core, context: Context, memory: GuestMemory, failures: Failures
    ) -> None:
        self._failures = failures
        self._bodies: dict[Instruction, Callable[..., Any]] = {}
        self.isa = isa
        self.core = core
        self.context = context
        self.mem = interpreted_memory(context, memory)
        self._elements: dict[int, int] = {}
        self._vector = interpreted_vector(isa, context)
        # The core's own registers: a call of Unicorn for each costs more than most bodies.
        pointers = core.pointers
        cell = ctypes.c_int32 if isa.xlen == 32 else ctypes.c_int64
        self._x = None if pointers is None else (cell * 32).from_address(pointers.x)
        self._plans: dict[Word, tuple[Decoded, Needs, Form]] = {}
        words = context.words
        self._requested: dict[str, Any] = {
            "next_pc": words[Field.NEXT_PC : Field.NEXT_PC + 1],
            "xlen": np.int64(isa.xlen),
            "fflags": words[Field.FFLAGS : Field.FFLAGS + 1],
            "fault": words[Field.FAULT : Field.FAULT + 4],
            "repeat": words[Field.REPEAT : Field.REPEAT + 4],
            HART: words[Field.STOP : Field.STOP + HART_WORDS],
            "v": self._vector,
            **{name: context.state(name, state.words) for name, state in isa.states.items()},
        }

    def _plan(self, decoded: Decoded) -> tuple[Decoded, Needs, Form]:
        """What is done for a word, what it needs, and the form of its body; made once a word.

        Raises:
            Unsupported: the instruction has no body.
        """
        known = self._plans.get(decoded.word)
        if known is None:
            expanded = decoded.expanded
            made = expanded.instruction
            if made.body is None:
                raise Unsupported(f"'{made.mnemonic}' has no semantics: only its encoding is known")
            known = expanded, needs_of(self.isa, expanded), form_of(made, self.isa)
            self._plans[decoded.word] = known
        return known

    def perform(self, decoded: Decoded, pc: int) -> int:
        """Runs one instruction and gives the address where execution goes on.

        A bad memory access, or misuse, is noted in the context and leaves the registers as they
        were.

        Raises:
            Unsupported: the instruction has no body, or asks for a CSR that rvx does not hold.
        """
        size = decoded.instruction.size
        decoded, needs, form = self._plan(decoded)
        made = decoded.instruction
        words = self.context.words
        if needs and is_switched_off(self.core):
            raise Unsupported(SWITCHED_OFF)
        words[Field.NEXT_PC] = pc + size
        words[Field.FFLAGS] = 0
        self._elements, appended = self._take(decoded)
        if words[Field.FAULT]:
            return pc
        arguments = [self._argument(name, decoded, pc) for name in form.requests]
        if words[Field.FAULT]:
            return pc
        result = self._call_counting(form, decoded, arguments, pc)
        if not words[Field.FAULT] and words[Field.NEXT_PC] & self.isa.alignment - 1:
            words[Field.FAULT] = FAULT_MISALIGNED_FETCH
            words[Field.FAULT + 1] = words[Field.NEXT_PC]
        if words[Field.FAULT]:
            return pc
        operand = made.operands.get("rd")
        for stream in self._elements:
            streams.advance(self._ssr, streams.mover(stream))
        if appended is not None:
            self._append(appended, result)
        elif operand is not None and isinstance(operand.kind, RegisterKind):
            self._write(operand.kind.file, decoded.values["rd"], int(result))
        if needs & Needs.RESULT or words[Field.FFLAGS]:
            self.core.write(MSTATUS, self.core.read(MSTATUS) | MSTATUS_FS_DIRTY)
        if words[Field.FFLAGS]:
            self._accrue(int(words[Field.FFLAGS]) & 31)
        return int(words[Field.NEXT_PC])

    def _call_counting(self, form: Form, decoded: Decoded, arguments: list[Any], pc: int) -> Any:
        """Calls the body; a CSR that counts holds its count meanwhile, see `counting`."""
        made = decoded.instruction
        csr = owned_csr(self.isa, decoded) if "csr_word" in made.requests else None
        if csr is None or not csr.counts:
            return self._call(form, made, arguments)
        count = int(compiled_hooks().progress_before.ctypes(self.context.address(0), pc))
        word = self.context.state(csr.state, 1)
        before = int(word[0])
        word[0] = before + count // csr.counts
        result = self._call(form, made, arguments)
        after = int(word[0]) - (count + 1) // csr.counts
        word[0] = after if is_write(decoded) else before
        return result

    def _call(self, form: Form, made: Instruction, arguments: list[Any]) -> Any:
        body = self._bodies.get(made)
        if body is None:
            body = self._bodies[made] = self._failures.noting(form)
        try:
            with np.errstate(over="ignore"):
                return body(*arguments)
        except BdbQuit:  # somebody has left the debugger
            raise
        except Exception:
            self.context.words[Field.FAULT] = FAULT_EXCEPTION
            return 0

    def _take(self, decoded: Decoded) -> tuple[dict[int, int], int | None]:
        """The elements that an instruction takes from streams, and the stream it appends to."""
        if not self.context.words[Field.SSR] or not self._ssr[streams.ENABLED] & 1:
            return {}, None
        taken, appended = streams.moved(decoded)
        if appended is not None:
            streams.check_append(self._ssr, appended, self.mem)
        return {stream: streams.peek(self._ssr, stream, self.mem) for stream in taken}, appended

    def _append(self, stream: int, value: int) -> None:
        at = streams.mover(stream)
        store_64(self.mem, self._ssr[at + streams.POINTER], value)
        streams.advance(self._ssr, at)

    @property
    def _ssr(self) -> NDArray[np.int64]:
        return self.context.state(streams.STATE, streams.WORDS)

    def _accrue(self, flags: int) -> None:
        if self.context.words[Field.FCSR]:
            self.context.state("fcsr", 1)[0] |= flags
        else:
            self.core.write(FFLAGS, self.core.read(FFLAGS) | flags)

    def _rounding_mode(self) -> int:
        if self.context.words[Field.FCSR]:
            return int(self.context.state("fcsr", 1)[0]) >> 5 & 7
        return self.core.read(FRM)

    def _argument(self, name: str, decoded: Decoded, pc: int) -> Any:
        operand = decoded.instruction.operands.get(name)
        if operand is not None:
            value = decoded.values[name]
            if isinstance(operand.kind, RegisterKind) and not operand.kind.file.is_vector:
                if operand.kind.file.name == "f" and value in self._elements:
                    return np.int64(self._elements[value])
                return np.int64(self._read(operand.kind.file, value))
            if isinstance(operand.kind, RoundingKind) and value == 7:
                value = self._rounding_mode()
                if value > decoded.instruction.last_rounding_mode:
                    self.context.words[Field.FAULT] = FAULT_ROUNDING
                    self.context.words[Field.FAULT + 1] = value
            return np.int64(value)
        if name.endswith(NUMBER) and name.removesuffix(NUMBER) in decoded.values:
            return np.int64(decoded.values[name.removesuffix(NUMBER)])
        if name == "mem":
            return self.mem
        if name in self._requested:
            return self._requested[name]
        if name.startswith("csr_"):
            return self._csr_part(name, decoded)
        return np.int64(pc if name == "pc" else self._rounding_mode())

    def _csr_part(self, name: str, decoded: Decoded) -> Any:
        csr = owned_csr(self.isa, decoded)
        if name == "csr_word":
            return self.context.state(csr.state, csr.word + 1)[csr.word :]
        return np.int64(csr.lsb if name == "csr_lsb" else csr_mask(csr, self.isa))

    def _read(self, file: RegisterFile, number: int) -> int:
        if not file.is_core:
            return int(self.context.state(file.name, file.count)[number])
        if file.name == "f":
            return _signed(self.core.read(F0 + number), 64)
        if self._x is not None:
            return int(self._x[number])
        return _signed(self.core.read(X0 + number), self.isa.xlen) if number else 0

    def _write(self, file: RegisterFile, number: int, value: int) -> None:
        if not file.is_core:
            kept = value & (1 << file.bits) - 1 if file.bits < 64 else _signed(value, 64)
            self.context.state(file.name, file.count)[number] = kept
        elif file.name == "f":
            self.core.write(F0 + number, value)
        elif number and self._x is not None:
            self._x[number] = value
        elif number:
            self.core.write(X0 + number, value)


def _signed(value: int, bits: int) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> bits - 1 else value
