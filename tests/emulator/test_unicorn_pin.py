"""What rvx relies on in Unicorn 2.1.4, fact by fact: a new release says here what it changed."""

from __future__ import annotations

import ctypes
import importlib.metadata
import random
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import unicorn
from unicorn import riscv_const as regs
from unicorn import unicorn_const

from rvx.emulator import core as core_module
from rvx.emulator.core import (
    FFLAGS,
    FRM,
    HOOK_BLOCK,
    HOOK_CODE,
    HOOK_NEW_BLOCK,
    HOOK_TRAP,
    PC,
    X0,
    Core,
)
from rvx.emulator.gate import Verdict, gate_for
from rvx.extensions import isa_for

CODE, DATA, NOWHERE = 0x10000, 0x20000, 0xFFFFF001
NOP, ECALL, LOOP = 0x00000013, 0x00000073, 0x0000006F
CUSTOM = 0x0000000B
ADDI_A0 = 0x00150513  # addi a0, a0, 1
A0, A1 = X0 + 10, X0 + 11


class Bench:
    """A core with code at CODE, and what its hooks saw."""

    def __init__(self, *words: int, xlen: int = 64, size: int = 4, has_floats: bool = True) -> None:
        self.core = Core(xlen, has_floats=has_floats)
        self.uc = self.core.uc
        self.ram = np.zeros(1 << 18, np.uint8)
        host = -(-self.ram.ctypes.data // 4096) * 4096
        at = host - self.ram.ctypes.data
        self.code = self.ram[at : at + (1 << 16)]
        self.data = self.ram[at + (1 << 16) : at + (1 << 17)]
        self.core.map(CODE, 1 << 16, 7, host)
        self.core.map(DATA, 1 << 16, 3, host + (1 << 16))
        self.put(0, *words, size=size)
        self.seen: list[Any] = []

    def put(self, offset: int, *words: int, size: int = 4) -> None:
        raw = b"".join(word.to_bytes(size, "little") for word in words)
        self.code[offset : offset + len(raw)] = np.frombuffer(raw, np.uint8)

    def hook(self, kind: int, callback: Callable[..., Any]) -> None:
        self.uc.hook_add(kind, callback)

    def see_traps(self, stop_at: int = 1) -> None:
        def on_trap(_uc: Any, cause: int, _data: Any) -> None:
            self.seen.append((cause, self.core.pc))
            if len(self.seen) >= stop_at:
                self.stop()

        self.hook(HOOK_TRAP, on_trap)

    def stop(self) -> None:
        self.core.uc.emu_stop()

    def start(self, pc: int = CODE) -> str | None:
        return self.core.start(pc, NOWHERE)


def test_version() -> None:
    assert importlib.metadata.version("unicorn") == "2.1.4", "all facts here are about 2.1.4"


@pytest.mark.parametrize("xlen", [32, 64])
def test_illegal_word_traps_with_pc_four_further(xlen: int) -> None:
    bench = Bench(NOP, CUSTOM, NOP, ECALL, xlen=xlen)
    bench.see_traps(2)
    bench.start()
    rule = "D.1.2 and D.1.3: an illegal word is UC_HOOK_INTR 2, ecall is 8, with pc + 4 in the hook"
    assert bench.seen == [(2, CODE + 8), (8, CODE + 16)], rule
    assert bench.core.pc == CODE + 16, "D.1.4: stopping in the trap hook leaves pc past the word"


def test_sixteen_bit_trap_moves_pc_by_four_too() -> None:
    bench = Bench(0x0004, 0x0505, 0x0505, 0x0505, size=2)  # c.illegal; c.addi a0, 1 ...
    bench.see_traps()
    bench.start()
    assert bench.seen == [(2, CODE + 4)], "D.1.3: pc is 4 further after a 16-bit word as well"
    assert bench.core.pc - 4 == CODE, "the trap hook holds that rule"


@pytest.mark.parametrize(("xlen", "has_floats"), [(64, True), (32, False)])
def test_which_trapping_sixteen_bit_words_are_left_out_of_their_block(
    xlen: int, has_floats: bool
) -> None:
    """Every 16-bit word that is no jump: if it traps, it is within its block, but for eight."""
    bench = Bench(xlen=xlen, has_floats=has_floats)
    bench.see_traps()
    bench.hook(HOOK_BLOCK, lambda _u, at, size, _d: bench.seen.append((at, size)))
    left_out, included = set(), set()
    for word in range(0, 1 << 16):
        quadrant, function = word & 3, word >> 13
        is_jump = (quadrant == 1 and function in (1, 5, 6, 7)) or (
            quadrant == 2 and function == 4 and not word >> 2 & 31
        )
        if quadrant == 3 or is_jump or (quadrant == 2 and word >> 7 & 31 not in (0, 1, 9)):
            continue
        bench.put(0, 0x0001, word, 0x0073, 0, size=2)
        bench.core.forget_translations()
        bench.seen.clear()
        for number in range(1, 32):
            bench.core.write(X0 + number, DATA + 0x1000)
        bench.seen.append(None)
        bench.start()
        traps = [seen for seen in bench.seen if seen and seen[0] == 2]
        if traps:
            sizes = [seen[1] for seen in bench.seen if seen and seen[0] == CODE]
            (included if sizes == [4] else left_out).add(word)
    rule = "end_of_block: c.addi4spn with 0 is outside of its block, all others are inside"
    assert left_out == {word for word in range(0, 32, 4)}, rule
    assert len(included) > 0


def test_illegal_word_does_not_reach_the_invalid_instruction_hook() -> None:
    bench = Bench(CUSTOM)
    bench.hook(unicorn_const.UC_HOOK_INSN_INVALID, lambda *_: bench.seen.append("invalid") or True)
    bench.see_traps()
    bench.start()
    assert bench.seen == [(2, CODE + 4)], "D.1.1: UC_HOOK_INSN_INVALID does not see cause 2"


def test_without_a_trap_hook_a_trap_is_an_error() -> None:
    error = Bench(CUSTOM).start()
    assert error == "Unhandled CPU exception (UC_ERR_EXCEPTION)", "D.1.2: no hook, an error"


TRAPPING = {
    "custom-0": 0x0000000B,
    "custom-1": 0x0000002B,
    "custom-2": 0x0000005B,
    "custom-3": 0x0000007B,
    "OP-V": 0x00000057,
    "OP-P": 0x00000077,
    "OP, unused funct7": 0x96000033,
    "48-bit prefix": 0x0000001F,
    "64-bit prefix": 0x0000003F,
    "flh": 0x00001007,
    "fadd.h": 0x04000053,
    "amo, reserved funct3": 0x0000102F,
    "csr 0x7c0": 0x7C001573,
    "csr 0x800": 0x80001573,
}


@pytest.mark.parametrize("word", TRAPPING.values(), ids=TRAPPING)
@pytest.mark.parametrize("xlen", [32, 64])
def test_encodings_that_trap(word: int, xlen: int) -> None:
    bench = Bench(word, NOP, xlen=xlen)
    bench.see_traps()
    bench.start()
    assert bench.seen == [(2, CODE + 4)], "D.1.6: this class of words traps as illegal"


def test_reserved_sixteen_bit_words_run_as_nothing() -> None:
    bench = Bench(0x8000, 0x0505, 0x0073, 0x0000, size=2)
    bench.see_traps()
    bench.start()
    assert bench.seen == [(8, CODE + 8)], "D.1.6: 0x8000 is executed and does nothing"


def test_writing_pc_in_the_trap_hook_redirects() -> None:
    bench = Bench(CUSTOM, ADDI_A0, ECALL, NOP, ADDI_A0, ADDI_A0, ECALL)

    def on_trap(_uc: Any, cause: int, _data: Any) -> None:
        if cause == 2:
            bench.core.write(PC, CODE + 16)
        else:
            bench.stop()

    bench.hook(HOOK_TRAP, on_trap)
    bench.start()
    assert bench.core.read(A0) == 2, "D.1.4: a pc written in the trap hook is where it goes on"


@pytest.mark.parametrize("is_direct", [True, False])
def test_after_pc_is_written_in_the_trap_hook_faults_have_no_place(is_direct: bool) -> None:
    bench = Bench(CUSTOM, NOP, NOP, 0x00B52023, NOP)
    bench.core.write(A0, 0x90000000)
    bench.core.on_bad_access(lambda _kind, at, _size: bench.seen.append(at))
    pointers = bench.core.pointers
    assert pointers is not None

    def on_trap(_uc: Any, _cause: int, _data: Any) -> None:
        if is_direct:
            ctypes.c_uint64.from_address(pointers.pc).value = CODE + 8
        else:
            bench.core.write(PC, CODE + 8)

    bench.hook(HOOK_TRAP, on_trap)
    bench.start()
    assert bench.seen == [0x90000000]
    place = CODE + 12 if is_direct else CODE + 8
    assert bench.core.pc == place, "hooks._go_on: by its interface, pc is where the block begins"


def test_a_trap_ends_its_block_and_belongs_to_it() -> None:
    bench = Bench(NOP, CUSTOM, NOP, NOP, ECALL)
    bench.hook(HOOK_BLOCK, lambda _u, at, size, _d: bench.seen.append((at - CODE, size)))
    bench.hook(
        HOOK_TRAP,
        lambda _u, cause, _d: bench.stop() if cause == 8 else bench.seen.append("!"),
    )
    bench.start()
    rule = "D.1.7: a block ends at the word that traps, and its size includes the word"
    assert bench.seen == [(0, 8), "!", (8, 12)], rule


def test_ebreak_ends_with_an_error_at_its_own_pc() -> None:
    bench = Bench(NOP, 0x00100073)
    bench.see_traps()
    assert bench.start() == "Invalid instruction (UC_ERR_INSN_INVALID)", "D.1.8: an error"
    assert bench.seen == [], "D.1.8: ebreak does not reach the trap hook"
    assert bench.core.pc == CODE + 4, "Hart._kind: pc stays at the ebreak"


@pytest.mark.parametrize("word", [0x00052583, 0x00B52023], ids=["lw", "sw"])
def test_bad_access_stops_at_its_instruction(word: int) -> None:
    bench = Bench(NOP, NOP, word, NOP)
    bench.core.write(A0, 0x90000000)
    bench.core.on_bad_access(lambda kind, at, size: bench.seen.append((at, size)))
    bench.see_traps(9)
    error = bench.start()
    assert error is not None
    assert "_UNMAPPED" in error, "D.1.9: an unmapped access is an error, not a trap"
    assert bench.seen == [(0x90000000, 4)], "D.1.9: UC_HOOK_MEM_INVALID sees the access"
    assert bench.core.pc == CODE + 8, "D.1.9: pc is at the instruction"


def test_write_to_read_only_memory_stops_at_its_instruction() -> None:
    bench = Bench(NOP, 0x00B52023)
    bench.uc.mem_protect(DATA, 0x1000, 1)
    bench.core.write(A0, DATA)
    error = bench.start()
    assert error == "Write to write-protected memory (UC_ERR_WRITE_PROT)", "D.1.9: protection"
    assert bench.core.pc == CODE + 4


def test_misaligned_access_works() -> None:
    bench = Bench(0x00153583, ECALL)  # ld a1, 1(a0)
    bench.data[:9] = np.arange(9)
    bench.core.write(A0, DATA)
    bench.see_traps()
    bench.start()
    assert bench.core.read(A1) == 0x0807060504030201, "D.1.9: misaligned loads are performed"


def test_floating_point_is_off_at_reset() -> None:
    uc = unicorn.Uc(unicorn.UC_ARCH_RISCV, unicorn.UC_MODE_RISCV64)
    uc.mem_map(CODE, 0x1000)
    uc.mem_write(CODE, (0x00000053).to_bytes(4, "little"))
    causes: list[int] = []
    uc.hook_add(HOOK_TRAP, lambda u, cause, _d: (causes.append(cause), u.emu_stop()))
    uc.emu_start(CODE, CODE + 4)
    assert causes == [2], "D.2.11: with mstatus.FS = 0 fadd.s is illegal"


def test_floating_point_is_on_in_a_core() -> None:
    bench = Bench(0x00B50553, ECALL)  # fadd.s fa0, fa0, fa1
    bench.core.write(regs.UC_RISCV_REG_F0 + 10, 0x3FC00000)
    bench.core.write(regs.UC_RISCV_REG_F0 + 11, 0x40100000)
    bench.see_traps()
    bench.start()
    assert bench.seen == [(8, CODE + 8)], "D.2.11: mstatus.FS is set"
    low = bench.core.read(regs.UC_RISCV_REG_F0 + 10) & 0xFFFFFFFF
    assert low == 0x40700000, "D.2.12: the low word of fadd.s is right"


@pytest.mark.parametrize("xlen", [32, 64])
def test_a_core_without_floats_traps_but_for_moves_of_doubles(xlen: int) -> None:
    """All of F and D but fsgnj.d: it is performed whatever the core and mstatus.FS say."""
    performed = set()
    declared = isa_for(f"rv{xlen}ifd").instructions.values()
    floating = [made for made in declared if made.extension in ("F", "D")]
    for made in floating:
        values = {
            name: 0 if operand.is_register else operand.range[0]
            for name, operand in made.operands.items()
        }
        bench = Bench(made.encode(values), ECALL, xlen=xlen, has_floats=False)
        bench.see_traps()
        bench.start()
        if bench.seen[0][0] != 2:
            performed.add(made.mnemonic)
    assert len(floating) > 50
    assert performed == {"fsgnj.d"}


@pytest.mark.parametrize("xlen", [32, 64])
@pytest.mark.parametrize("fs", [0, 1, 2, 3])
def test_what_the_core_makes_of_the_state_of_its_unit(fs: int, xlen: int) -> None:
    """csrw mstatus, a0; a word of the unit; csrr a1, mstatus."""
    off = {}
    for name, word in (("fadd.d", 0x02000053), ("fsd", 0x00003027), ("fsgnj.d", 0x22000053)):
        bench = Bench(0x30051073, word, 0x300025F3, ECALL, xlen=xlen)
        bench.core.write(A0, fs << 13)
        bench.core.write(regs.UC_RISCV_REG_MSTATUS, 0x6000)
        bench.core.on_bad_access(lambda *_: None)
        bench.uc.mem_map(0, 0x1000)
        bench.see_traps()
        bench.start()
        off[name] = bench.seen[0][0] == 2
        state = bench.core.read(A1)
        is_dirty = bool(fs == 3 or (name != "fsd" and not off[name]))
        if not off[name]:
            assert state >> 13 & 3 == (3 if is_dirty else fs), f"{name}: mstatus.FS"
            assert state >> xlen - 1 == is_dirty, f"{name}: mstatus.SD"
    assert off == {"fadd.d": fs == 0, "fsd": fs == 0, "fsgnj.d": False}, (
        "fsgnj.d alone is performed with the unit switched off, and switches it on"
    )


def test_code_hook_sees_words_that_trap() -> None:
    bench = Bench(NOP, CUSTOM, 0x05050505, ECALL)
    bench.hook(HOOK_CODE, lambda _u, at, size, _d: bench.seen.append((at - CODE, size)))
    bench.hook(HOOK_TRAP, lambda _u, cause, _d: bench.stop() if cause == 8 else None)
    bench.start()
    expected = [(0, 4), (4, 4), (8, 2), (10, 2), (12, 4)]
    assert bench.seen == expected, "D.3.15: UC_HOOK_CODE runs before every instruction, with size"


def test_memory_is_shared_both_ways() -> None:
    bench = Bench(0x00053583, 0x00B53423, ECALL)  # ld a1, 0(a0); sd a1, 8(a0)
    bench.data[:8] = 7
    bench.core.write(A0, DATA)
    bench.see_traps()
    bench.start()
    assert bench.data[8:16].tolist() == [7] * 8, "D.3.22: uc_mem_map_ptr shares memory"


def test_host_writes_to_code_are_not_noticed_without_a_flush() -> None:
    bench = Bench(ADDI_A0, ECALL)
    bench.see_traps(9)
    bench.start()
    bench.put(0, 0x00A50513)  # addi a0, a0, 10
    bench.core.write(A0, 0)
    bench.core.forget_translations()
    bench.start()
    assert bench.core.read(A0) == 10, "ctl_flush_tb makes host writes to code visible"


def test_guest_writes_to_code_are_noticed_at_the_next_block() -> None:
    # sw a2, 12(a1): the addi that follows; bnez a3 back to it.
    bench = Bench(0x00C5A623, NOP, NOP, ADDI_A0, 0xFFF68693, 0xFE069CE3, ECALL)
    bench.core.write(A1, CODE)
    bench.core.write(X0 + 12, 0x00A50513)  # addi a0, a0, 10
    bench.core.write(X0 + 13, 3)
    bench.see_traps()
    bench.start()
    rule = "a store to code ends its translations; the block that runs goes on with the old words"
    assert bench.core.read(A0) == 1 + 10 + 10, rule


def test_until_is_never_reached_if_it_is_odd() -> None:
    bench = Bench(ADDI_A0, ADDI_A0, ECALL)
    bench.see_traps()
    bench.core.start(CODE, CODE + 5)
    assert bench.core.read(A0) == 2, "an odd `until` stops nothing"


# --- What inline sites need


def _translate_as_nop(bench: Bench, at: int, start: int = CODE) -> None:
    word = bench.code[at : at + 4].copy()
    bench.put(at, NOP)
    bench.core.translate(start)
    bench.code[at : at + 4] = word


def test_translate_uses_the_memory_of_that_moment() -> None:
    bench = Bench(ADDI_A0, CUSTOM, ADDI_A0, ECALL)
    bench.see_traps(9)
    _translate_as_nop(bench, 4)
    bench.hook(HOOK_TRAP, lambda _u, cause, _d: bench.stop() if cause == 8 else None)
    bench.start()
    rule = "InlineTier.translate: ctl_request_cache makes the block now, and start keeps it"
    assert bench.seen == [(8, CODE + 16)], rule
    assert bench.core.read(A0) == 2


def test_translating_what_cannot_be_fetched_hides_the_fault() -> None:
    bench = Bench(NOP)
    assert bench.start(0x90000000) == "Invalid memory fetch (UC_ERR_FETCH_UNMAPPED)"
    bench.core.translate(0x90000000)
    rule = "InlineTier.translate asks is_executable first: ctl_request_cache does not refuse"
    assert bench.start(0x90000000) == "Unhandled CPU exception (UC_ERR_EXCEPTION)", rule


def _two_blocks() -> tuple[Bench, list[int]]:
    """nop, j +4 | nop, custom, ld a1, 0(a0), ecall: the custom word translated as a nop."""
    bench = Bench(NOP, 0x0040006F, NOP, CUSTOM, 0x00053583, ECALL)
    causes: list[int] = []

    def on_trap(_uc: Any, cause: int, _data: Any) -> None:
        causes.append(cause)
        if cause == 8:
            bench.stop()

    bench.hook(HOOK_TRAP, on_trap)
    bench.core.write(A0, DATA)
    return bench, causes


@pytest.mark.parametrize("stop", ["trap", "code hook", "block hook", "fault"])
def test_translations_survive_stops(stop: str) -> None:
    bench, causes = _two_blocks()
    pending = [True]

    def stop_once(_uc: Any, address: int, _size: int, _data: Any) -> None:
        if address == CODE + 8 and pending[0]:
            pending[0] = False
            bench.stop()

    if stop.endswith("hook"):
        bench.hook(HOOK_CODE if stop == "code hook" else HOOK_BLOCK, stop_once)
    _translate_as_nop(bench, 12, CODE + 8)
    if stop == "fault":
        bench.core.write(A0, 0x90000000)
    bench.start()
    bench.core.write(A0, DATA)
    bench.start()
    rule = "InlineTier.translate: what was translated before stays so when the core stops"
    assert 2 not in causes, rule


def test_translations_end_with_an_until_in_them() -> None:
    bench, causes = _two_blocks()
    _translate_as_nop(bench, 12, CODE + 8)
    bench.core.start(CODE, CODE + 16)
    bench.start()
    assert 2 in causes, "why Hart starts with an `until` that is no address"


# --- What the gate needs


def _see_new_blocks(bench: Bench, stop_at: int = 0) -> None:
    def on_new_block(_uc: Any, block: Any, _previous: Any, _data: Any) -> None:
        bench.seen.append((block.pc - CODE, block.size))
        if block.pc == stop_at:
            bench.stop()

    bench.hook(HOOK_NEW_BLOCK, on_new_block)


def test_the_hook_on_new_blocks_needs_a_block_that_was_left_before() -> None:
    bench = Bench(ADDI_A0, 0x0040006F, ADDI_A0, 0x0040006F, ADDI_A0, ECALL)  # jal zero, 4
    _see_new_blocks(bench)
    bench.hook(HOOK_TRAP, lambda *_: bench.stop())
    bench.start()
    assert bench.seen == [(8, 8), (16, 8)], "Core.run_once: the first block of all is not seen"
    bench.seen.clear()
    bench.start()
    assert bench.seen == [], "a block is seen once"
    bench.core.forget_translations()
    bench.start()
    assert bench.seen == [(0, 8), (8, 8), (16, 8)], "and again when it is translated again"


def test_run_once_lets_every_new_block_be_seen() -> None:
    bench = Bench(ADDI_A0, ECALL)
    bench.core.run_once(CODE + 0x100)
    assert not bench.code[0x100:0x104].any()
    _see_new_blocks(bench)
    bench.see_traps()
    bench.start()
    assert bench.seen == [(0, 8), (8, CODE + 8)]


def test_a_stop_in_the_hook_on_new_blocks_leaves_the_block_undone() -> None:
    bench = Bench(ADDI_A0, 0x0040006F, ADDI_A0, ADDI_A0, ECALL)
    _see_new_blocks(bench, stop_at=CODE + 8)
    assert bench.start() is None
    assert (bench.core.read(A0), bench.core.pc) == (1, CODE + 8)
    _, _, size = bench.core.uc.ctl_request_cache(CODE + 8)
    assert size == 12, "the block is there, and Core.translate gives its size"


def test_forgetting_a_range_drops_the_blocks_that_hold_some_of_it() -> None:
    bench = Bench(ADDI_A0, 0x0040006F, ADDI_A0, 0x0040006F, ADDI_A0, ECALL)
    bench.core.run_once(CODE + 0x100)
    bench.hook(HOOK_TRAP, lambda *_: bench.stop())
    _see_new_blocks(bench)
    bench.start()
    bench.seen.clear()
    bench.core.forget(CODE + 12, CODE + 16)
    bench.start()
    assert bench.seen == [(8, 8)]


def test_a_block_that_is_asked_for_is_not_seen() -> None:
    bench = Bench(ADDI_A0, ECALL)
    bench.core.run_once(CODE + 0x100)
    _see_new_blocks(bench)
    bench.see_traps()
    assert bench.core.translate(CODE) == 8
    bench.start()
    assert bench.seen == [(8, CODE + 8)]


@pytest.mark.parametrize("has_floats", [False, True])
@pytest.mark.parametrize("xlen", [32, 64])
def test_patterns_that_the_gate_leaves_to_the_core_trap(xlen: int, has_floats: bool) -> None:
    """All declared instructions that are not the core's, with random operands."""
    isa = isa_for(f"rv{xlen}gc_xsmallfloat_xposit_xvsq_xpulpnn_xmxdotp_xssr")
    gate = gate_for(isa, has_floats)
    draw = random.Random(xlen + has_floats)
    words = set()
    for made in isa.instructions.values():
        if made.size == 4:
            free = ~made.pattern.mask & 0xFFFFFFFF
            words |= {draw.getrandbits(32) & free | made.pattern.match for _ in range(8)}
    trapping = sorted(word for word in words if gate.verdict(word) == Verdict.TRAPS)
    assert len(trapping) > 500
    bench = Bench(xlen=xlen, has_floats=has_floats)
    causes: list[tuple[int, int]] = []
    bench.hook(HOOK_TRAP, lambda _u, cause, _d: causes.append((cause, bench.core.pc - 4)))
    for at in range(0, len(trapping), 4096):
        part = trapping[at : at + 4096]
        bench.put(0, *part)
        bench.core.forget_translations()
        bench.core.start(CODE, CODE + 4 * len(part))
        assert causes == [(2, CODE + 4 * i) for i in range(len(part))]
        causes.clear()


def test_registers_are_found_and_live_inside_hooks() -> None:
    bench = Bench(ADDI_A0, ADDI_A0, NOP, ADDI_A0, ECALL)
    pointers = bench.core.pointers
    assert pointers is not None, "Core: the registers are found in memory"
    word = ctypes.c_int64.from_address(pointers.x + 8 * 10)

    def on_code(_uc: Any, address: int, _size: int, _data: Any) -> None:
        if address == CODE + 8:
            bench.seen.append(word.value)
            word.value = 40

    bench.hook(HOOK_CODE, on_code)
    bench.see_traps(9)
    bench.hook(HOOK_TRAP, lambda *_: bench.stop())
    bench.start()
    assert bench.seen[0] == 2, "a code hook sees, by pointer, what the block has computed so far"
    assert bench.core.read(A0) == 41, "and the rest of the block sees what the hook wrote"


@pytest.mark.parametrize("xlen", [32, 64])
def test_every_register_pointer_is_where_it_should_be(xlen: int) -> None:
    core = Core(xlen)
    pointers = core.pointers
    assert pointers is not None
    size = xlen // 8
    kind = ctypes.c_uint32 if xlen == 32 else ctypes.c_uint64
    for i in range(1, 32):
        core.write(X0 + i, 1000 + i)
        assert kind.from_address(pointers.x + size * i).value == 1000 + i, f"x{i}"
    for i in range(32):
        core.write(regs.UC_RISCV_REG_F0 + i, 1 << 62 | i)
        assert ctypes.c_uint64.from_address(pointers.f + 8 * i).value == 1 << 62 | i, f"f{i}"
    for mode in range(5):
        core.write(FRM, mode)
        assert kind.from_address(pointers.frm).value == mode, "frm is a word of the core"
    core.write(PC, 0x2468ACE0)
    assert kind.from_address(pointers.pc).value == 0x2468ACE0, "pc is a word of the core"
    for flags in range(32):
        core.write(FFLAGS, flags)
        byte = ctypes.c_uint8.from_address(pointers.fflags)
        assert byte.value == pointers.flags_table[flags], "fflags is a byte of the core"
        byte.value = pointers.flags_table[31 - flags]
        assert core.read(FFLAGS) == 31 - flags, "and writing the byte changes fflags"
    table = pointers.flags_table
    for flags in range(32):
        parts = sum(table[1 << i] for i in range(5) if flags >> i & 1)
        assert table[flags] == parts, "flags may be ORed in the core's encoding"


def test_registers_are_zero_after_the_search() -> None:
    core = Core(64)
    assert [core.read(X0 + i) for i in range(32)] == [0] * 32
    assert [core.read(regs.UC_RISCV_REG_F0 + i) for i in range(32)] == [0] * 32
    assert (core.read(FRM), core.read(FFLAGS)) == (0, 0)


@pytest.mark.parametrize("xlen", [32, 64])
def test_memory_of_others_behind_the_core_does_not_hide_its_registers(
    xlen: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the allocator has put behind the core's object is somebody else's, and may change."""
    room = {32: 0x4B0, 64: 0x710}[xlen]  # From x0 to the end of the object.
    noise = random.Random(xlen)
    read = core_module._memory_reader()
    assert read is not None
    places: list[int] = []

    def read_with_noise(address: int, size: int) -> bytes:
        places.append(address)
        data = read(address, size)
        if address == places[0] or size > 1 << 16:  # The handle, and the search for x0 itself.
            return data
        return data[:room] + noise.randbytes(len(data[room:]))

    monkeypatch.setattr(core_module, "_memory_reader", lambda: read_with_noise)
    monkeypatch.setattr(core_module, "_found_before", {})
    assert Core(xlen).pointers is not None


def test_a_second_core_of_the_same_kind_is_confirmed_not_searched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Core(64)

    def search(*_: Any) -> None:
        raise AssertionError("searched again")

    monkeypatch.setattr(Core, "_locate_word", search)
    assert Core(64).pointers is not None


# --- Stops


def test_stop_in_a_block_hook_leaves_the_whole_block_undone() -> None:
    bench = Bench(ADDI_A0, LOOP | 0xFFDFF000)

    def on_block(_uc: Any, address: int, _size: int, _data: Any) -> None:
        bench.seen.append(address)
        if len(bench.seen) == 10:
            bench.stop()

    bench.hook(HOOK_BLOCK, on_block)
    bench.start()
    assert (bench.core.read(A0), bench.core.pc) == (9, CODE), (
        "on_limited_block: a stop in the block hook ends before the first instruction"
    )


def test_stop_in_a_code_hook_leaves_its_instruction_undone() -> None:
    bench = Bench(*[ADDI_A0] * 9)
    bench.hook(HOOK_CODE, lambda _u, at, _s, _d: bench.stop() if at == CODE + 16 else None)
    bench.start()
    assert (bench.core.read(A0), bench.core.pc) == (4, CODE + 16), (
        "an inline site that faults: a stop in a code hook ends before the instruction"
    )


def test_stop_from_outside_undoes_nothing_but_the_last_block() -> None:
    bench = Bench(ADDI_A0, ADDI_A0, ADDI_A0, LOOP | 0xFF5FF000)
    blocks = np.zeros(1, np.int64)
    one_more = _counting_hook()
    bench.core.add_native_hook(HOOK_BLOCK, one_more, int(blocks.ctypes.data))
    for _ in range(40):
        thread = threading.Thread(target=bench.start)
        thread.start()
        time.sleep(0.003)
        while thread.is_alive():
            bench.stop()
            thread.join(0.01)
        is_undone = bench.core.pc == CODE
        assert is_undone, "a stop from another thread ends at the beginning of a block"
        blocks[0] -= 1
        assert 3 * int(blocks[0]) == bench.core.read(A0), (
            "BlockCounter.take_back: the block that was counted last is not executed"
        )


def _counting_hook() -> int:
    import numba

    @numba.cfunc("void(intp, uint64, uint32, intp)")
    def count(uc: Any, address: Any, size: Any, data: Any) -> None:
        words = numba.carray(_as_pointer(data), 1)
        words[0] += 1

    _kept.append(count)
    return int(count.address)


_kept: list[Any] = []


def _pointer_intrinsic() -> Any:
    from numba import types
    from numba.extending import intrinsic

    @intrinsic
    def as_pointer(typingctx: Any, address: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

        return types.CPointer(types.int64)(types.intp), codegen

    return as_pointer


_as_pointer = _pointer_intrinsic()
