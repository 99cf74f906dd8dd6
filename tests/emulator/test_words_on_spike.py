"""What the registry says of a word is what Spike makes of it: legal or not, and what it changes.

`test_who_performs.py` holds every way to run a program against the registry. This holds the
registry against somebody else's reading of the manual. One program tries all words of a run on
Spike: it writes a word into a slot, loads all registers, jumps there, and the handler of traps
stores what is left, whether the word ended by itself (then an ecall follows) or by a trap.
RVX_WORDS_ON_SPIKE says how many of each length for each ISA, RVX_FUZZ_SEED which.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rvx.isa.bits import Word
from tests.signatures import build, signature

from .words_lab import DATA_BYTES, MARCHES, Desk, long_words, short_words

SHORT_SAMPLE = int(os.environ.get("RVX_WORDS_ON_SPIKE", "400"))
"""Words of 16 bits, and of 32 bits, that are tried for each ISA."""
UNMAPPED = 0x40000000
"""Where neither machine has memory."""
TEXT = 0x90000000
"""Where the program that tries the words lies."""
STATE = 66
"""Words of a case: slot, x1 to x31, f0 to f31, fcsr, and the cause or the sum of the memory."""
_CASE = """
        .section .low, "aw"
        .globl  slot
slot:   .zero   64
        .section .pool, "aw"
data:   .zero   {data_bytes}
        .text
        .globl  _start
_start: la      t0, handler
        csrw    mtvec, t0
next:   la      t0, pristine
        li      t1, {data}
        li      t2, {data_end}
copy:   LOAD    t3, 0(t0)
        STORE   t3, 0(t1)
        addi    t0, t0, XBYTES
        addi    t1, t1, XBYTES
        bne     t1, t2, copy
        li      t0, {slot}
        csrw    mepc, t0
        la      x31, at
        LOAD    x31, 0(x31)
        lw      t1, 0(x31)
        sw      t1, 0(t0)
        lw      t1, 4(x31)
        sw      t1, 4(t0)
        fence.i
        li      t1, 0x7800
        csrw    mstatus, t1
{load}
        mret
        .balign 4
handler:
        csrw    mscratch, x31
        la      x31, at
        LOAD    x31, 0(x31)
{save}
        csrr    t0, mscratch
        STORE   t0, 248(x31)
        csrr    t0, mcause
        sw      t0, 0(x31)
        csrr    t0, mepc
        sw      t0, 4(x31)
        li      t1, {data}
        li      t2, {data_end}
        li      t3, 0
        li      t5, 0
sum:    lw      t4, 0(t1)
        add     t5, t5, t4
        add     t3, t3, t5
        addi    t1, t1, 4
        bne     t1, t2, sum
        sw      t3, {sum_at}(x31)
        la      t0, at
        addi    x31, x31, {case_bytes}
        STORE   x31, 0(t0)
        la      t1, end_signature
        bne     x31, t1, next
        la      t0, tohost
        li      t1, 1
        sw      t1, 0(t0)
end:    j       end
        .data
        .balign 64
at:     ADDRESS begin_signature
        .balign 64
pristine: .incbin "pristine.bin"
        .balign 64
        .globl  begin_signature
begin_signature: .incbin "cases.bin"
        .globl  end_signature
end_signature:
        .balign 64
        .globl  tohost
tohost: .dword  0
        .globl  fromhost
fromhost: .dword 0
"""
_ENDED = 11
"""Cause of the ecall after a word that has not trapped."""
_CAUSES = {
    "illegal instruction": {2},
    "load from": {5},
    "store to": {7},
    "misaligned": {4, 5, 6, 7},
}
"""By what the witness says. Where an atomic access is not aligned, the manual leaves two causes."""


@dataclass
class Trial:
    """A word, the state that it finds, and what the registry's body makes of it.

    Attributes:
        mnemonic: of the word, empty if it is none.
        before: words of a case, as Spike's program reads them.
        trap: why it was not performed, None if it was.
        x, f: all registers afterwards.
        fcsr: afterwards.
        total: sum over the memory.
        note: for people.
    """

    mnemonic: str
    before: list[int]
    trap: str | None
    x: list[int]
    f: list[int]
    fcsr: int
    total: int
    note: str


def _code(width: int, has_floats: bool, is_save: bool) -> str:
    integer = {4: ("lw", "sw"), 8: ("ld", "sd")}[width][is_save]
    lines = []
    floats = [f"        {'fsd' if is_save else 'fld'} f{n}, {256 + 8 * n}(x31)" for n in range(32)]
    integers = [f"        {integer} x{n}, {8 * n}(x31)" for n in range(1, 32)]
    if is_save:
        lines += integers[:-1]  # x31 is in mscratch.
        if has_floats:
            lines += [*floats, "        frcsr t0", "        sw t0, 512(x31)"]
    else:
        if has_floats:
            lines += [*floats, "        lw t0, 512(x31)", "        fscsr t0"]
        lines += integers
    return "\n".join(lines)


def _weighted_sum(data: Any) -> int:
    words = np.asarray(data, np.uint8).view("<u4")
    return int(words.cumsum(dtype=np.uint32).sum(dtype=np.uint32))


class Trials:
    """Tries words by the bodies, and remembers them for Spike.

    Args:
        desk: of `words_lab`; only its witness is used.
        seed: of all states.
    """

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk = desk
        self.draw = random.Random(f"{desk.isa!r} {seed}")
        self.has_floats = "D" in desk.isa.extensions
        self.pristine = np.frombuffer(self.draw.randbytes(DATA_BYTES), np.uint8)
        self.done: list[Trial] = []

    def add(self, word: Word) -> None:
        """Tries a word, unless it goes somewhere else or has to do with the machine itself."""
        desk, witness = self.desk, self.desk.witness
        decoded = desk.isa.decode(word)
        made = decoded.expanded.instruction if decoded else None
        if made is not None:
            csr = decoded.expanded.values.get("csr")
            if "next_pc" in made.requests or made.mnemonic == "wfi":
                return
            if csr is not None and not (self.has_floats and csr in (1, 2, 3)):
                return
        elif _is_beyond(word):
            return
        has_memory = made is not None and "mem" in made.requests
        x = [0, *(self._integer(has_memory) for _ in range(31))]
        f = [self._float() for _ in range(32)]
        frm = self.draw.choice((0, 0, 0, 1, 2, 3, 4, 5, 6, 7)) if self.has_floats else 0
        desk.put(word)
        desk.view(witness.memory)[:] = self.pristine
        witness.x[:], witness.f[:], witness.frm, witness.fflags = x, f, frm, 0
        for words in witness.states.values():
            words[:] = 0
        if desk.expected(word, decoded) == "core":
            return
        before = [*x, *f, frm << 5, 0]
        before[0] = word | 0x73 << 32 if word & 3 == 3 else word | 0x73 << 16
        data = desk.view(witness.memory)
        fcsr = witness.frm << 5 | witness.fflags
        name = made.mnemonic if made else ""
        note = f"{word:#x} '{name}' on {desk.isa!r}, frm {frm}, x {[hex(v) for v in x]}"
        self.done.append(
            Trial(
                name,
                before,
                witness.trap,
                list(witness.x),
                list(witness.f),
                fcsr,
                _weighted_sum(data),
                note,
            )
        )

    def _integer(self, is_address: bool) -> int:
        draw, xlen = self.draw, self.desk.isa.xlen
        kind, half = draw.random(), 1 << xlen - 1
        value = self.desk.data + DATA_BYTES // 2 + 8 * draw.randrange(-64, 64)
        if kind < 0.1:
            value += draw.randrange(8)
        elif is_address and kind < 0.2:
            value = UNMAPPED + 8 * draw.randrange(64)
        elif not is_address and kind < 0.6:
            value = draw.getrandbits(xlen)
        elif not is_address and kind < 0.8:
            value = draw.choice((0, 1, half, half - 1, 2 * half - 1, 31, 32, 63))
        return ((value & 2 * half - 1) ^ half) - half

    def _float(self) -> int:
        """Doubles, and singles in and out of their boxes, with NaNs, zeros and subnormals."""
        draw, kind = self.draw, self.draw.random()
        single = draw.getrandbits(32)
        if kind < 0.3:
            single = draw.choice((0, 0x7F800000, 0x7F800001, 0x7FC00000, 1, 0x3F800000, 0x4F000000))
            single |= draw.getrandbits(1) << 31
        bits = single | 0xFFFFFFFF00000000
        if kind > 0.55:
            bits = draw.getrandbits(64)
        if kind > 0.85:
            hard = (0, 0x7FF << 52, 0x7FF << 52 | 1, 0x7FF8 << 48, 1, 0x3FF << 52, 0x43E << 52)
            bits = draw.choice(hard) | draw.getrandbits(1) << 63
        return int(np.uint64(bits).view(np.int64))

    def compare(self, march: str, folder: Path) -> None:
        """Asserts that Spike leaves what the bodies left."""
        xmask = (1 << self.desk.isa.xlen) - 1
        width = self.desk.isa.xlen // 8
        for trial, after in zip(self.done, self._on_spike(march, folder), strict=True):
            cause, pc = int(after[0]) & 0xFFFFFFFF, int(after[0]) >> 32 & 0xFFFFFFFF
            if trial.trap is None and cause == 7 and trial.mnemonic.startswith("sc."):
                continue  # Nothing is reserved: whether its address is looked at then is left open.
            if trial.trap is not None:
                expected = next(c for text, c in _CAUSES.items() if text in trial.trap)
                assert cause in expected, f"Spike: cause {cause}, rvx: {trial.trap}: {trial.note}"
                assert pc == self.desk.pc, trial.note
            else:
                assert cause == _ENDED, f"Spike: cause {cause}, rvx performs it: {trial.note}"
            mask = xmask if width == 8 else 0xFFFFFFFF
            theirs = [0, *(int(v) & mask for v in after[1:32])]
            assert theirs == [v & mask for v in trial.x], f"x: {trial.note}"
            if self.has_floats:
                assert after[32:64].view(np.int64).tolist() == trial.f, f"f: {trial.note}"
                assert int(after[64]) & 0xFF == trial.fcsr, f"fcsr: {trial.note}"
            assert int(after[65]) & 0xFFFFFFFF == trial.total, f"memory: {trial.note}"

    def _on_spike(self, march: str, folder: Path) -> Any:
        self.pristine.tofile(folder / "pristine.bin")
        cases = np.array([trial.before for trial in self.done], object)
        cases = (cases & ((1 << 64) - 1)).astype(np.uint64)
        cases.tofile(folder / "cases.bin")
        width, data = self.desk.isa.xlen // 8, self.desk.data
        text = _CASE.format(
            data=data,
            data_end=data + DATA_BYTES,
            data_bytes=DATA_BYTES,
            slot=self.desk.pc,
            load=_code(width, self.has_floats, False),
            save=_code(width, self.has_floats, True),
            case_bytes=8 * STATE,
            sum_at=8 * (STATE - 1),
        )
        load, store, address = ("ld", "sd", ".dword") if width == 8 else ("lw", "sw", ".word")
        for name, meant in (
            ("LOAD ", load + " "),
            ("STORE ", store + " "),
            ("XBYTES", str(width)),
            ("ADDRESS", address),
        ):
            text = text.replace(name, meant)
        (folder / "p.s").write_text(text)
        (folder / "p.ld").write_text(
            f"SECTIONS {{ .low {self.desk.pc:#x} : {{ *(.low) }} "
            f".pool {data:#x} : {{ *(.pool) }} .text {TEXT:#x} : {{ *(.text) }} "
            f".data ALIGN(4096) : {{ *(.data) }} }}\nENTRY(_start)\n"
        )
        letters = "ima" + ("fd" if self.has_floats else "") + "_zicsr_zifencei"
        abi = {4: "ilp32", 8: "lp64"}[width]
        elf = build(folder, 8 * width, f"rv{8 * width}{letters}", abi)
        low = self.desk.pc & ~0xFFF
        size = (data + DATA_BYTES + 0xFFF & ~0xFFF) - low
        memory = f"{low:#x}:{size:#x},{TEXT:#x}:0x8000000"
        data = signature(elf, f"{march}_zicsr_zifencei_zicclsm", memory, "--priv=m")
        words = np.frombuffer(data, np.uint64)
        return words.reshape(-1, STATE)


def _is_beyond(word: Word) -> bool:
    """Whether Spike knows a word that the ISA has not: of privileges, or of the program around."""
    return word & 0x7F == 0x73 or word & 0x707F == 0x100F


@pytest.mark.parametrize("march", MARCHES)
def test_a_sample_of_words_on_spike(
    march: str, stepper: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seed = int(os.environ.get("RVX_FUZZ_SEED", "1"))
    trials = Trials(Desk(march, True, stepper, seed, monkeypatch, tier="trap"), seed)
    for word in short_words(trials.draw)[:SHORT_SAMPLE]:
        trials.add(word)
    words = long_words(trials.desk.isa, trials.draw)
    for _ in range(SHORT_SAMPLE):
        trials.add(next(words))
    trials.compare(march, tmp_path)
