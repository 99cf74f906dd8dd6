"""Imported instructions beside the interpreter: the same word, registers and memory for both."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rvx.analysis import review
from rvx.bodies import form_of
from rvx.bodies.arithmetic import HART_WORDS
from rvx.bodies.form import HART
from rvx.extensions import load_file
from rvx.extensions.catalogue import make_isa
from rvx.isa import Instruction, Isa, Memory
from rvx.isa.memory import FAULT_ILLEGAL
from rvx.udb import database, syntax
from rvx.udb.database import Described
from rvx.udb.extension import Imported, make_file
from tests.udb.interpreter import Bits, Hart, Illegal, Interpreter

BASE, SIZE = 0x10000, 4096
HARD = (0, 1, 2, 3, 5, 7, 8, 31, 32, 33, 63, 64, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF)


def number(draw: random.Random, bits: int) -> int:
    """Hard or plain bits, as an unsigned number."""
    chosen = draw.randrange(6)
    last = (1 << bits) - 1
    if chosen == 0:
        return draw.choice(HARD) & last
    if chosen == 1:
        return -draw.choice(HARD) & last
    if chosen == 2:
        return (1 << draw.randrange(bits)) + draw.randrange(-1, 2) & last
    if chosen == 3:
        return (last >> draw.randrange(bits)) << draw.randrange(bits) & last
    return draw.getrandbits(bits)


def signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> bits - 1 else value


@dataclass
class Outcome:
    """What an instruction leaves behind."""

    is_illegal: bool
    x: list[int]
    memory: bytes
    next_pc: int | None


def draw_state(
    made: Instruction, isa: Isa, word: int, draw: random.Random
) -> tuple[list[int], int, bytes]:
    """Registers, unsigned; the address of the instruction; and what memory holds from BASE on."""
    performed = made if made.expansion is None else made.expansion.target
    xlen = isa.xlen
    x = [0, *(number(draw, xlen) for _ in range(31))]
    pc = 0x2000 + 2 * draw.randrange(1 << 20)
    if "mem" not in performed.requests:
        return x, pc, b""
    # Addresses are near the middle of what is mapped, or they would all be bad.
    imm = made.decode(word).get("imm", 0)
    near = [BASE + draw.randrange(1200, 2000) - imm & (1 << xlen) - 1 for _ in x]
    x = [0, *(draw.choice(two) for two in zip(x[1:], near[1:], strict=True))]
    return x, pc, draw.randbytes(SIZE)


def carry_out(
    made: Instruction, isa: Isa, word: int, state: tuple[list[int], int, bytes]
) -> tuple[Outcome, int]:
    """What the body of an instruction does, as handlers do it, and the fault that it meets."""
    x, pc, memory = state
    xlen, short = isa.xlen, made.expansion
    performed = made if short is None else short.target
    form = form_of(performed, isa)
    values = made.decode(word) if short is None else short.expand(made.decode(word))
    registers = np.array([signed(each, xlen) for each in x], np.int64)
    mem = Memory(
        bytearray(memory),
        bytearray([3] * (SIZE // 4096)),
        np.array([BASE, SIZE, (1 << xlen) - 1 if xlen == 32 else -1], np.int64),  # type: ignore[arg-type]
        np.zeros(4, np.int64),  # type: ignore[arg-type]
    )
    next_pc = np.array([pc + made.size], np.int64)
    given: dict[str, Any] = {"mem": mem, "next_pc": next_pc, "x_registers": registers}
    given |= {
        "fault": mem.fault,
        "pc": signed(pc, 64),
        "xlen": xlen,
        HART: np.zeros(HART_WORDS, np.int64),
    }
    for name, value in values.items():
        is_register = performed.operands[name].is_register
        given[name] = int(registers[value]) if is_register else value
        given[f"{name}_number"] = value
    result = review._interpreted(form)(*(given[name] for name in form.requests))
    fault = int(mem.fault[0])
    if not fault:
        results = result if isinstance(result, tuple) else (result,)
        for name, value in zip(performed.results, results, strict=False):
            registers[values[name]] = int(value)
    registers[0] = 0
    last = (1 << xlen) - 1
    outcome = Outcome(
        fault == FAULT_ILLEGAL,
        [int(each) & last for each in registers] if fault != FAULT_ILLEGAL else x,
        bytes(mem.ram),  # type: ignore[call-overload]
        int(next_pc[0]) & last,
    )
    return outcome, fault


@dataclass
class Pair:
    """An instruction, as imported and as described."""

    made: Instruction
    described: Described
    isa: Isa

    def __post_init__(self) -> None:
        self.operation = syntax.parse(self.described.operation)
        self.encoding = self.described.encodings[self.isa.xlen]

    def word(self, draw: random.Random) -> int | None:
        """A word of the instruction that is not reserved."""
        for _ in range(200):
            word = 0
            for char in self.encoding.match:
                word = word << 1 | (int(char) if char != "-" else draw.getrandbits(1))
            if self.made.accepts(word):
                return word
        return None

    def fields(self, word: int) -> dict[str, Bits]:
        """The variables by the places that the database gives."""
        found = {}
        for one in self.encoding.fields:
            raw = 0
            for high, low in one.pieces:
                raw = raw << high - low + 1 | word >> low & (1 << high - low + 1) - 1
            found[one.name] = Bits(raw << one.left_shift, one.width, one.is_signed)
        return found

    def described_outcome(
        self, word: int, x: list[int], pc: int, memory: bytes, is_strict: bool
    ) -> Outcome:
        """What the operation does by the description of the language."""
        xlen = self.isa.xlen
        hart = Hart(xlen, list(x), pc, {BASE + i: each for i, each in enumerate(memory)})
        is_illegal = False
        try:
            Interpreter(hart, self.fields(word), is_strict).run(self.operation)
        except Illegal:
            is_illegal = True
        after = bytes(hart.memory[BASE + i] for i in range(len(memory)))
        next_pc = (pc + self.made.size) if hart.next_pc is None else hart.next_pc
        return Outcome(is_illegal, hart.x if not is_illegal else x, after, next_pc)

    def compare(self, count: int, draw: random.Random, is_strict: bool = False) -> int:
        """Carries both out; says how often."""
        done = 0
        for _ in range(count):
            word = self.word(draw)
            assert word is not None, f"{self.made.mnemonic}: all words are reserved"
            x, pc, memory = draw_state(self.made, self.isa, word, draw)
            try:
                wanted = self.described_outcome(word, x, pc, memory, is_strict)
            except KeyError:
                continue  # an address that is not mapped
            got, _ = carry_out(self.made, self.isa, word, (x, pc, memory))
            assert got == wanted, (self.made.mnemonic, f"{word:#x}", x, pc)
            done += 1
        return done


def imported(path: Path, texts: dict[str, str], **options: Any) -> tuple[Imported, list[Pair]]:
    """Files of the database, imported; the pairs are those with a body."""
    for name, text in texts.items():
        (path / name).write_text(text)
    return load_pairs([path / name for name in texts], path / "imported.py", **options)


def load_pairs(paths: list[Path], out: Path, **options: Any) -> tuple[Imported, list[Pair]]:
    found = database.read(paths)
    made = make_file(found.instructions, **options)
    out.write_text(made.text)
    pairs = []
    extensions = load_file(out)
    isas = {xlen: make_isa(extensions, xlen) for xlen in (32, 64)}
    described = {}
    for one in found.instructions:
        described.setdefault(one.name, one)
    for extension in extensions:
        for each in extension.instructions.values():
            pairs += [
                Pair(each, described[each.mnemonic], isas[xlen])
                for xlen in each.xlens
                if each.body is not None
            ]
    return made, pairs
