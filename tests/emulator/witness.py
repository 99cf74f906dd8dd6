"""An independent way to perform instructions: plain Python that takes nothing from rows.

It reads an operand where the declaration says that it is, calls the body, and writes the result;
repetitions are performed item by item, and streams element by element. Rows, generated handlers,
the compiled hooks and the sequencer are compared with it: of those it shares the bodies alone.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rvx.bodies import Form, form_of
from rvx.bodies.arithmetic import HART_WORDS
from rvx.bodies.form import HART
from rvx.emulator import Machine, hooks
from rvx.emulator.context import STOP_NOW, Context, Field, Status
from rvx.emulator.core import (
    CAUSE_ECALL,
    CAUSE_ILLEGAL,
    F0,
    FFLAGS,
    FRM,
    MSTATUS,
    MSTATUS_FS_DIRTY,
    PC,
    X0,
    Core,
)
from rvx.emulator.counts import BlockCounter
from rvx.emulator.gate import Verdict
from rvx.emulator.handlers.interpreted import Failures, interpreted_memory, interpreted_vector
from rvx.emulator.handlers.rows import (
    Needs,
    Unsupported,
    csr_mask,
    is_write,
    needs_of,
    owned_csr,
    switched_off,
)
from rvx.emulator.memory import GuestMemory
from rvx.emulator.repetition.sequence import Item, Sequence, Unrepeatable, read_sequence
from rvx.isa import Decoded, Instruction, Isa, RegisterFile, Word, repeat, streams
from rvx.isa.bits import Address
from rvx.isa.instruction import NUMBER
from rvx.isa.memory import FAULT_EXCEPTION, FAULT_MISALIGNED_FETCH, FAULT_ROUNDING, store_64
from rvx.isa.operands import RegisterKind, RoundingKind


class Interpreter:
    """Performs decoded words by calling their bodies with NumPy int64 values.

    NumPy's int64 wraps as compiled code does, so both backends give the same bits.
    """

    def __init__(
        self, isa: Isa, core: Core, context: Context, memory: GuestMemory, failures: Failures
    ) -> None:
        self._failures = failures
        self._bodies: dict[Instruction, Any] = {}
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
        words = self.context.words
        if off := switched_off(needs, self.core, self.context):
            raise Unsupported(off)
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
        for stream in self._elements:
            streams.advance(self._ssr, streams.mover(stream))
        if appended is not None:
            self._append(appended, result)
        else:
            self._write_all(decoded, dict(zip(form.requests, arguments, strict=True)), result)
        if needs & Needs.RESULT or words[Field.FFLAGS]:
            self.core.write(MSTATUS, self.core.read(MSTATUS) | MSTATUS_FS_DIRTY)
        if words[Field.FFLAGS]:
            self._accrue(int(words[Field.FFLAGS]) & 31)
        return int(words[Field.NEXT_PC])

    def _write_all(self, decoded: Decoded, arguments: dict[str, Any], result: Any) -> None:
        """Writes what the instruction writes: words that it has changed, and what it returned."""
        made = decoded.instruction
        several = result if len(made.results) > 1 else (result,)
        given = dict(zip(made.results, several, strict=False))
        for name in made.writes:
            kind = made.operands[name].kind
            assert isinstance(kind, RegisterKind)
            number = decoded.values[name]
            if kind.file.words > 1:
                self._wide(kind.file, number)[:] = arguments[name]
                continue
            values = arguments[name] if kind.group > 1 else [given[name]]
            for member, value in zip(kind.members(number), values, strict=True):
                self._write(kind.file, member, int(value))

    def _wide(self, file: RegisterFile, number: int) -> NDArray[np.int64]:
        words = self.context.state(file.name, file.count * file.words)
        return words[number * file.words : (number + 1) * file.words]

    def _call_counting(self, form: Form, decoded: Decoded, arguments: list[Any], pc: int) -> Any:
        """Calls the body; a CSR that counts holds its count meanwhile, see `counting`."""
        made = decoded.instruction
        csr = owned_csr(self.isa, decoded) if "csr_word" in made.requests else None
        if csr is None or not csr.counts:
            return self._call(form, made, arguments)
        count = hooks.function("progress_before")(self.context.address(0), pc)
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
            kind = operand.kind
            if isinstance(kind, RegisterKind) and kind.file.words > 1:
                return self._wide(kind.file, value).copy()
            if isinstance(kind, RegisterKind) and kind.group > 1:
                return np.array([self._read(kind.file, n) for n in kind.members(value)], np.int64)
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


class Repeater:
    """Performs what an instruction has asked to be repeated.

    Args:
        isa: what words mean.
        context: holds the request, and takes the outcome.
        memory: where the words are.
        interpreter: performs one instruction.
        counter: counts them.
        note_illegal: is told the repeating word, and why what follows cannot be repeated.
    """

    def __init__(
        self,
        isa: Isa,
        context: Context,
        memory: GuestMemory,
        interpreter: Interpreter,
        counter: BlockCounter,
        note_illegal: Any,
    ) -> None:
        self._isa = isa
        self._words = context.words
        self._memory = memory
        self._interpreter = interpreter
        self._counter = counter
        self._note_illegal = note_illegal

    def run(self, word: Word, pc: Address) -> Status:
        """Performs the repetition that the word at `pc` has asked for.

        Afterwards NEXT_PC is where execution goes on; if the status is not RUNNING, PC is that of
        the instruction that was not performed.
        """
        words = self._words
        asked = [int(value) for value in words[Field.REPEAT : Field.REPEAT + repeat.WORDS]]
        words[Field.REPEAT] = 0
        words[Field.PC] = pc
        try:
            sequence = read_sequence(self._isa, self._memory.word, pc, *asked[1:])
        except Unrepeatable as error:
            self._note_illegal(word, str(error))
            return Status.ILLEGAL
        iterations = [asked[repeat.ITERATIONS]]
        for item in sequence.items:
            if item.is_marker:
                self._interpreter.perform(item.phases[0], item.pc)
                if words[Field.FAULT]:
                    words[Field.PC] = item.pc
                    return Status.FAULT
                iterations.append(int(words[Field.REPEAT]))
                words[Field.REPEAT] = 0
        status, at, behind = self._loop(sequence, iterations)
        executions = sequence.executions(at, behind, iterations)
        for item, count in zip(sequence.items, executions, strict=True):
            self._counter.count_repeated(item.pc, count)
        words[Field.NEXT_PC] = sequence.end
        words[Field.PC] = pc if status == Status.RUNNING else sequence.items[at].pc
        return status

    def _loop(self, sequence: Sequence, iterations: list[int]) -> tuple[Status, int, list[int]]:
        """Performs items until all are done or one cannot be; gives the position, too."""
        at, behind = 0, [0] * len(iterations)
        while behind[0] < iterations[0]:
            item = sequence.items[at]
            if not (item.is_marker and any(behind)):
                status = self._perform(item, behind[-1] % len(item.phases))
                if status != Status.RUNNING:
                    return status, at, behind
            at += 1
            # From the inside out: the first block that ends here and is not done goes on.
            for depth in reversed(range(len(iterations))):
                block = sequence.blocks[depth]
                if block.last != at - 1:
                    continue
                behind[depth] += 1
                if behind[depth] < iterations[depth]:
                    at = block.first
                    break
                if depth:
                    behind[depth] = 0
        return Status.RUNNING, 0, behind

    def _perform(self, item: Item, phase: int) -> Status:
        words = self._words
        if words[Field.STOP] == STOP_NOW:
            return Status.INTERRUPTED
        if words[Field.REMAINING] < 1:
            return Status.LIMIT
        if not item.is_marker:
            self._interpreter.perform(item.phases[phase], item.pc)
            if words[Field.FAULT]:
                return Status.FAULT
        words[Field.REMAINING] -= 1
        return Status.RUNNING


class Witness:
    """Performs whatever traps in a machine; the core does the rest, as in every other way.

    Args:
        machine: one that has not run yet; its own hook for traps is not installed.
    """

    def __init__(self, machine: Machine) -> None:
        hart, context, memory = machine.hart, machine.context, machine.memory
        self.isa, self.core, self.words, self.memory = (
            machine.isa,
            machine.core,
            context.words,
            memory,
        )
        self.gate, self.rows = hart._gate, hart.rows
        self.interpreter = Interpreter(self.isa, self.core, context, memory, hart._failures)
        self.repeater = Repeater(
            self.isa, context, memory, self.interpreter, hart.counter, hart.rows.note_illegal
        )
        self.callback = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_void_p)(
            self._on_trap
        )
        hart.trap_hook = lambda: ctypes.cast(self.callback, ctypes.c_void_p).value or 0

    def _on_trap(self, _uc: int, cause: int, _data: int) -> None:
        try:
            self._perform(cause)
        except BaseException as error:  # It must not cross the core.
            self.rows.error = error
            self.core.uc.emu_stop()

    def _perform(self, cause: int) -> None:
        words = self.words
        pc = self.core.pc - 4
        words[Field.CAUSE] = cause
        words[Field.PC] = pc
        if cause != CAUSE_ILLEGAL:
            return self._stop(Status.ECALL if cause == CAUSE_ECALL else Status.CAUSE)
        if pc == words[Field.CUT]:
            return self._stop(Status.LIMIT)
        word = self.memory.word(pc)
        decoded = None if word is None else self.isa.decode(word)
        if decoded is None or self.gate.verdict(decoded.word) == Verdict.PERFORMED:
            return self._stop(Status.ILLEGAL)
        try:
            next_pc = self.interpreter.perform(decoded, pc)
        except Unsupported as error:
            self.rows.note_illegal(decoded.word, str(error))
            return self._stop(Status.ILLEGAL)
        if words[Field.FAULT]:
            return self._stop(Status.FAULT)
        if words[Field.REPEAT]:
            status = self.repeater.run(decoded.word, pc)
            if status != Status.RUNNING:
                return self._stop(status)
            next_pc = int(words[Field.NEXT_PC])
        if words[Field.FAULT + 3]:
            return self._stop(Status.CODE_WRITTEN)
        if next_pc != pc + 4:
            self.core.write(PC, next_pc)
        return None

    def _stop(self, status: Status) -> None:
        self.words[Field.STATUS] = status
        self.core.uc.emu_stop()
