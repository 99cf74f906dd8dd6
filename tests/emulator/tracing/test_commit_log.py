"""A trace of base instructions is Spike's commit log, word for word."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rvx.emulator import Machine
from rvx.extensions import isa_for
from tests.emulator.tracing.programs import Program, by_rvx, by_spike, elf

PROGRAMS = int(os.environ.get("RVX_TRACED_PROGRAMS", "200"))
"""Of the long run."""


def check(seed: int, xlen: int, folder: Path) -> None:
    march = f"rv{xlen}gc"
    program = elf(Program(seed, xlen).text(), march)
    expected = by_spike(program, march, folder)
    found = by_rvx(program, march)
    assert len(found) > 60
    # Spike goes on in the endless loop until it looks at tohost.
    assert found == expected[: len(found)], f"seed {seed}"


@pytest.mark.parametrize("xlen", [64, 32])
def test_as_spike_has_it(tmp_path: Path, xlen: int) -> None:
    for seed in range(3):
        check(seed, xlen, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("xlen", [64, 32])
def test_two_hundred_programs(tmp_path: Path, xlen: int) -> None:
    """Half of `RVX_TRACED_PROGRAMS` for each XLEN; 200 take four minutes beside other work."""
    for seed in range(1000, 1000 + PROGRAMS // 2):
        check(seed, xlen, tmp_path)


PRIVILEGED = """
        .globl  _start
_start: li      t0, 0x7e00
        csrs    mstatus, t0
        la      t0, handler
        csrw    mtvec, t0
        li      t1, 5
        csrrw   t2, mscratch, t1
        csrrsi  x0, mscratch, 0
        csrrc   t3, mscratch, t1
        ecall
        csrr    t4, mcause
        csrrwi  a0, mie, 8
        csrrs   a1, mie, x0
        csrwi   sstatus, 2
        csrwi   sie, 2
        li      t0, 0x1800
        csrc    mstatus, t0
        la      t0, user
        csrw    mepc, t0
        mret
user:   addi    a0, a0, 1
        lui     a1, 0x12345
        ecall
        .balign 4
handler:
        csrr    t5, mepc
        addi    t5, t5, 4
        csrw    mepc, t5
        csrr    t6, mcause
        addi    t6, t6, -8
        beqz    t6, done
        mret
done:   la      t0, tohost
        li      t1, 1
        sw      t1, 0(t0)
        sw      zero, 4(t0)
1:      j       1b
        .data
        .balign 4096
        .globl  tohost
tohost: .dword  0
        .globl  fromhost
fromhost: .dword 0
"""


@pytest.mark.parametrize("xlen", [64, 32])
def test_machine_and_user_mode_and_traps_are_in_it(tmp_path: Path, xlen: int) -> None:
    march = f"rv{xlen}gc"
    program = elf(PRIVILEGED, march)
    found = by_rvx(program, march)
    assert found == by_spike(program, march, tmp_path)[: len(found)]
    assert sum(line.startswith("core   0: 0 ") for line in found) == 2


VECTOR = """
        .globl  _start
_start: li      t0, 0x7e00
        csrs    mstatus, t0
        la      s0, words
        vsetvli t0, zero, e32, m2, ta, ma
        vmv.v.i v8, 3
        vle32.v v4, (s0)
        vadd.vv v8, v8, v4
        vsetivli t0, 2, e32, m2, ta, ma
        vadd.vv v8, v8, v4
        vmseq.vv v0, v8, v4
        vadd.vv v8, v8, v4, v0.t
        vse32.v v8, (s0)
        vredsum.vs v1, v8, v8
        vmv.x.s a0, v8
        vsetvli t0, zero, e16, mf2, ta, ma
        vid.v   v0
        vwadd.vv v10, v0, v0
        vsll.vi v12, v0, 1, v0.t
        vlseg2e16.v v14, (s0)
        vfadd.vv v16, v0, v0
        csrr    a0, vl
        csrw    vstart, zero
        csrwi   vxrm, 1
        la      t0, tohost
        li      t1, 1
        sw      t1, 0(t0)
        sw      zero, 4(t0)
1:      j       1b
        .data
        .balign 64
words:  .word   0x40490fdb, 1, 2, 3, 4, 5, 6, 7, 8
        .balign 4096
        .globl  tohost
tohost: .dword  0
        .globl  fromhost
fromhost: .dword 0
"""


@pytest.mark.parametrize("vlen", [128, 256])
def test_vector_instructions_as_well(tmp_path: Path, vlen: int) -> None:
    march = f"rv64gcv_zvl{vlen}b_zvfh"
    program = elf(VECTOR, march)
    found = by_rvx(program, march)
    assert found == by_spike(program, march, tmp_path)[: len(found)]
    assert "e16 mf2 l" in "".join(found)


def test_a_machine_without_pointers_traces_alike(tmp_path: Path) -> None:
    from rvx.emulator.tracing.text import Formatter
    from rvx.emulator.tracing.tracer import Tracing

    isa = isa_for("rv64gc")
    program = elf(Program(7, 64).text(), "rv64gc")
    machine = Machine(program, isa, tracing=Tracing(), by_pointer=False)
    retired = machine.run().retired
    assert retired is not None
    text = bytes(Formatter(isa, retired.names).text(retired)).decode()
    assert text.splitlines() == by_rvx(program, "rv64gc")
