"""A desk where one word at a time is tried, and the words that are tried on it."""

from __future__ import annotations

import ctypes
import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine, machine
from rvx.emulator.context import Field, Status
from rvx.emulator.core import FRM, MSTATUS, MSTATUS_FS_DIRTY
from rvx.emulator.floatfacts import is_right_on_the_core
from rvx.emulator.handlers.interim import NEVER
from rvx.emulator.privileged.registers import Address, registers
from rvx.extensions import isa_for
from rvx.isa import Isa
from rvx.isa.bits import Word

MARCHES = [f"rv{xlen}{letters}" for xlen in (32, 64) for letters in ("i", "ic", "ia", "imac", "gc")]
CONFIGURATIONS = [
    *((march, True) for march in MARCHES),
    *((march, False) for march in ("rv32gc", "rv64gc")),
    ("", True),
    ("", False),
]
"""ISA, the default one if it is empty, and whether the core performs F and D."""

DATA_BYTES = 8192
_ILLEGAL = "illegal instruction"
_NO_BODY = (
    *("ecall", "ebreak", "c.ebreak", "mret", "sret", "wfi"),
    *("sfence.vma", "sinval.vma", "sfence.w.inval", "sfence.inval.ir"),
)
_CSRS_OF_CORE = {
    *(0xC00 + n for n in range(3)),
    *(0xC80 + n for n in range(3)),
    *(0xB00, 0xB02, 0xB80, 0xB82),
    *Address,
    *(
        one.address
        for xlen, size in ((32, 4), (64, 2))
        for one in registers(xlen, size, has_entropy=True)
    ),
}
"""Of the machine, and the counters, which have tests of their own."""
_FILLER = 0x00000073  # ecall: whatever a word leads to ends there


class Desk:
    """A machine whose text is ecall, but for the word that is tried, and the same for the witness.

    Args:
        march: an ISA string, the default ISA if it is empty.
        has_floats: whether the core performs F and D.
        stepper: the witness.
        seed: of all random state.
        options: of `Machine`.
    """

    def __init__(
        self,
        march: str,
        has_floats: bool,
        stepper: Callable[..., Any],
        seed: int,
        patch: pytest.MonkeyPatch,
        **options: Any,
    ) -> None:
        self.isa: Isa = isa_for(march or None)
        self.has_floats = has_floats
        self.draw = random.Random(f"{march} {has_floats} {seed}")
        has_bodies = not has_floats and "F" in self.isa.extensions
        patch.setattr(machine, "needs_bodies", lambda *_: has_bodies)
        text = f"_start: .rept 2048\n .word {_FILLER}\n .endr"
        source = f".globl _start\n{text}\n.data\n.space {DATA_BYTES}\n"
        program = assemble(source, self.isa).to_elf()
        self.machine = Machine(program, self.isa, memory=1 << 16, **options)
        self.machine.hart.interim.after = NEVER
        self.hart = self.machine.hart
        # A word ends in front of an ecall, which would be performed without stopping the core.
        patch.setattr(self.hart._environment, "stops", lambda: True)
        self.hart.prepare(False)
        self.words = self.machine.context.words
        self.words[Field.REMAINING] = 1 << 62
        self.witness = stepper(program, self.isa, 1 << 16)
        self.memory = self.machine.memory
        self.pc = self.machine.executable.entry + 4096
        self.data = self.machine.executable.segments[-1].address
        pointers = self.machine.core.pointers
        assert pointers is not None
        width = self.isa.xlen // 8
        self.x = np.frombuffer(
            (ctypes.c_uint8 * (32 * width)).from_address(pointers.x), f"<u{width}"
        )
        self.f = np.frombuffer((ctypes.c_uint8 * 256).from_address(pointers.f), "<i8")

    def view(self, memory: Any) -> Any:
        at = self.data - memory.base
        return memory.ram[at : at + DATA_BYTES]

    # -- one word ----------------------------------------------------------------------------

    def check(self, word: Word) -> None:
        """Runs a word in both, and compares everything."""
        decoded = self.isa.decode(word)
        made = decoded.expanded.instruction if decoded else None
        if made is not None and (
            {"repeat", "fault", "x_registers"} & set(made.requests)
            or len(made.writes) > 1
            or any(getattr(one.kind, "has_words", False) for one in made.operands.values())
            or (made.target is not None and decoded.expanded.values[made.target.name] in (0, 2))
        ):
            return  # It has tests of its own, or jumps to itself or into its own second half.
        self.put(word)
        self._registers(made)
        expected = self.expected(word, decoded)
        if expected == "core":
            return  # mret and CSRs such as mstatus would change the machine for all words to come.
        status, error, pc = self._run()
        note = f"{word:#010x} '{made.mnemonic if made else None}' {self.isa!r} {self.has_floats}"
        by_core = expected is None and self._is_of_core(decoded)
        has_row = word in self.hart.rows._rows
        assert not (by_core and has_row), f"by its body: {note}"
        assert by_core or expected is not None or has_row, f"by nobody: {note}"
        if expected is None:
            at = self.witness.pc
            mask = (1 << self.isa.xlen) - 1
            assert status in (Status.ECALL, Status.ILLEGAL) or error is not None or pc == at, note
            assert pc & mask == at & mask, f"goes on at {pc:#x}, not {at:#x}: {note}"
        else:
            kinds = {
                _ILLEGAL: (Status.ILLEGAL, Status.FAULT),
                "load from": (Status.FAULT, Status.RUNNING, Status.CAUSE),
                "store to": (Status.FAULT, Status.RUNNING, Status.CAUSE),
                "misaligned": (Status.FAULT, Status.CAUSE),
            }
            assert status in kinds[expected], f"{status.name}, not {expected}: {note}"
            assert pc == self.pc, note
        self._compare(made, note)

    def _is_of_core(self, decoded: Any) -> bool:
        """What the issue promises: base instructions that Unicorn performs rightly are its own."""
        made, values = decoded.expanded.instruction, decoded.expanded.values
        if (
            not decoded.instruction.is_core
            or not made.is_core
            or made.mnemonic.startswith(("lr.", "sc."))
        ):
            return False
        if made.extension in ("F", "D"):
            return self.has_floats and is_right_on_the_core(made)
        if "csr" in values:
            return values["csr"] in (1, 2, 3) and self.has_floats
        if "C" not in self.isa.extensions and "next_pc" in made.requests:
            return made.target is not None and values[made.target.name] & 2 == 0
        return True

    def put(self, word: Word) -> None:
        size = 4 if word & 3 == 3 else 2
        for memory in (self.memory, self.witness.memory):
            at = self.pc - memory.base
            memory.ram[at : at + 12] = np.frombuffer(_FILLER.to_bytes(4, "little") * 3, np.uint8)
            memory.ram[at : at + size] = np.frombuffer(word.to_bytes(size, "little"), np.uint8)
        if size == 2:
            for memory in (self.memory, self.witness.memory):
                at = self.pc + 2 - memory.base
                memory.ram[at : at + 4] = np.frombuffer(_FILLER.to_bytes(4, "little"), np.uint8)
        self.machine.core.forget(self.pc, self.pc + 12)

    def _registers(self, made: Any) -> None:
        """Random registers; most point to the middle of the data, to be used as addresses."""
        draw, xlen = self.draw, self.isa.xlen
        half = 1 << xlen - 1
        values = [0]
        for _ in range(31):
            kind = draw.random()
            value = self.data + DATA_BYTES // 2 + 8 * draw.randrange(-64, 64)
            if kind < 0.1:
                value += draw.randrange(8)
            elif kind < 0.25:
                value = draw.getrandbits(xlen)
            elif kind < 0.3:
                value = draw.choice((0, 1, half, half - 1, 2 * half - 1, 31, 32, 63))
            values.append(((value & 2 * half - 1) ^ half) - half)
        self.x[:] = np.array(values, np.int64).astype(f"i{xlen // 8}").view(self.x.dtype)
        self.witness.x[:] = values
        doubles = made is not None and made.extension == "D"
        floats = [self._double() if doubles else self._single() for _ in range(32)]
        if made is not None and made.mnemonic == "fcvt.d.s":
            floats = [self._single() for _ in range(32)]
        self.f[:] = np.array(floats, np.int64)
        self.witness.f[:] = floats
        self._data = draw.randbytes(DATA_BYTES)
        for memory in (self.memory, self.witness.memory):
            self.view(memory)[:] = np.frombuffer(self._data, np.uint8)
        for state in self.isa.states.keys() - {"ssr"}:
            self.machine.state(state)[:] = 0
            self.witness.states[state][:] = 0
        for name, file in self.isa.register_files.items():
            if not file.is_core:
                self.machine.context.state(name, file.count)[:] = 0
                self.witness.own[name][:] = [0] * file.count
        self.witness.fflags, self.witness.frm = 0, draw.choice((0, 0, 0, 1, 2, 3, 4, 5, 6, 7))
        self._set_frm(self.witness.frm)

    def _set_frm(self, frm: int) -> None:
        if "F" not in self.isa.extensions:
            return
        if self.words[Field.FCSR]:
            self.machine.state("fcsr")[0] = frm << 5
            self.words[Field.MIRROR_FRM] = frm
        else:
            self.machine.core.write(MSTATUS, MSTATUS_FS_DIRTY)
            self.machine.core.write(FRM, frm)
            self.machine.core.write(FRM - 1, 0)

    def _double(self) -> int:
        """A number or an infinity: NaNs on the core are the subject of test_float_facts."""
        bits = self.draw.getrandbits(64)
        if bits >> 52 & 0x7FF == 0x7FF:
            bits &= ~0xFFFFFFFFFFFFF
        return int(np.uint64(bits).view(np.int64))

    def _single(self) -> int:
        bits = self.draw.getrandbits(32)
        if bits >> 23 & 0xFF == 0xFF:
            bits &= ~0x7FFFFF
        return int(np.uint64(bits | 0xFFFFFFFF00000000).view(np.int64))

    def expected(self, word: Word, decoded: Any) -> str | None:
        """None if the witness performs the word, else why not; `core` where only the core can."""
        witness = self.witness
        witness.pc, witness.trap, witness.exit_code = self.pc, None, None
        if decoded is not None:
            values = decoded.expanded.values
            if decoded.expanded.instruction.mnemonic in _NO_BODY:
                return "core"
            if values.get("csr") in _CSRS_OF_CORE:
                return "core"
        witness.step()
        return witness.trap

    def _run(self) -> tuple[Status, str | None, int]:
        status = Status.REFUSED
        while status == Status.REFUSED:
            self.words[Field.FAULT : Field.FAULT + 4] = 0
            status, error, pc = self.hart._start(self.pc)
            if status == Status.ECALL:
                pc = int(self.words[Field.PC])
            if status == Status.REFUSED:
                self.hart.inline.blocks.refuse(pc)
                if pc != self.pc:
                    return Status.ECALL, None, pc
        return status, error, pc

    def _compare(self, made: Any, note: str) -> None:
        witness, bits = self.witness, (1 << self.isa.xlen) - 1
        assert self.x.tolist() == [value & bits for value in witness.x], f"x: {note}"
        assert self.f.tolist() == witness.f, f"f: {note}"
        assert self.view(self.memory).tobytes() == self.view(witness.memory).tobytes(), note
        if "F" in self.isa.extensions:
            flags = (self.machine.fflags, self.machine.frm)
            assert flags == (witness.fflags, witness.frm), f"fflags, frm: {note}"
        for name in self.isa.states:
            if name not in ("fcsr", "ssr"):
                assert self.machine.state(name).tolist() == witness.states[name].tolist(), note


def short_words(draw: random.Random) -> list[Word]:
    words = [word for word in range(1 << 16) if word & 3 != 3]
    draw.shuffle(words)
    return words


def long_words(isa: Isa, draw: random.Random) -> Iterator[Word]:
    """Declared patterns with random operands, their neighbours, and random words."""
    patterns = [made.pattern for made in isa.instructions.values() if made.size == 4]
    every = [made.pattern for made in isa_for(f"rv{isa.xlen}gc_zfh").instructions.values()]
    patterns += [pattern for pattern in every if pattern.bits == 32]
    while True:
        pattern = draw.choice(patterns)
        word = draw.getrandbits(32) & ~pattern.mask & 0xFFFFFFFF | pattern.match
        yield word
        yield word ^ 1 << draw.randrange(2, 32)
        yield draw.getrandbits(30) << 2 | 3
