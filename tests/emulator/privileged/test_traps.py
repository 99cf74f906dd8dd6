"""Traps: cause, place, value and state are those that Spike's programs find, in every tier."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine, TrapKind
from rvx.extensions import isa_for
from tests.emulator.privileged.lab import by_rvx, by_spike, elf, traps

TO_USER = "li t0, 0x1800\n csrc mstatus, t0\n la t0, 1f\n csrw mepc, t0\n mret\n1:\n"
TO_SUPERVISOR = (
    "li t0, 0x1800\n csrc mstatus, t0\n li t0, 0x800\n csrs mstatus, t0\n la t0, 2f\n"
    " csrw mepc, t0\n mret\n2:\n"
)
CLIMB = "li a7, 778\n ecall\n"

BODIES = {
    "ecall": "ecall\n nop\n ecall",
    "breakpoints": ".option norvc\n ebreak\n .option rvc\n c.ebreak\n nop",
    "illegal words": ".word 0xffffffff\n .half 0\n .word 0x0000007b\n csrr t0, 0x7c5\n"
    " csrw mhartid, t0\n csrr t0, 0x5c0\n .word 0x00100073\n",
    "loads and stores": "li t0, 0x40000000\n lw t1, 8(t0)\n lbu t1, 3(t0)\n c.lw s0, 0(s0)\n"
    " fld fa0, 16(t0)\n sw t1, 4(t0)\n fsw fa0, 12(t0)\n lr.w t1, (t0)\n amoadd.w t1, t1, (t0)",
    "misaligned atomics": "la t0, room+2\n amoswap.w t1, t1, (t0)\n lr.w t1, (t0)\n"
    " sc.w t1, t1, (t0)\n",
    "jumps": "li t0, 0x40000000\n jalr t0\n li t0, 0x40001000\n jalr ra, 4(t0)\n",
    "user mode": f"{TO_USER} ecall\n csrr t0, mstatus\n csrr t0, sscratch\n mret\n sret\n"
    f" sfence.vma\n .word 0x12345073\n li t0, 0x40000000\n lw t1, 0(t0)\n {CLIMB} nop",
    "supervisor mode": f"{TO_SUPERVISOR} ecall\n csrr t0, mstatus\n csrw sscratch, sp\n"
    f" csrr t1, sscratch\n sfence.vma\n csrr t0, satp\n mret\n ebreak\n {CLIMB} nop",
    "delegated": f"li t0, 0xb1ff\n csrw medeleg, t0\n {TO_USER} ecall\n .option norvc\n ebreak\n"
    " csrr t0, sscratch\n csrw medeleg, zero\n li t0, 0x40000000\n lw t1, 0(t0)\n",
    "delegated from supervisor": f"li t0, 0xb1ff\n csrw medeleg, t0\n {TO_SUPERVISOR}"
    " .option norvc\n ebreak\n csrr t0, mscratch\n li t0, 0x40000000\n sd zero, 0(t0)\n",
    "traps of wfi, sret and sfence": "li t0, 0x700000\n csrs mstatus, t0\n"
    f"{TO_SUPERVISOR} sfence.vma\n csrr t0, satp\n sret\n {CLIMB} nop",
    "software interrupt": "csrwi mie, 2\n csrsi mstatus, 8\n csrwi mip, 2\n nop\n nop\n"
    " csrci mstatus, 8\n csrwi mip, 2\n nop\n csrsi mstatus, 8\n nop",
    "vectored interrupt": "la t0, machine\n addi t0, t0, 1\n csrw mtvec, t0\n csrwi mie, 2\n"
    " csrsi mstatus, 8\n csrwi mip, 2\n nop\n ecall\n nop",
    "delegated interrupt": "csrwi mideleg, 2\n csrwi mie, 2\n csrwi mip, 2\n nop\n"
    f" {TO_SUPERVISOR} csrr t0, sip\n csrsi sstatus, 2\n nop\n csrci sstatus, 2\n {CLIMB} nop",
    "interrupt of a lower mode": "csrwi mie, 2\n csrwi mip, 2\n nop\n"
    + f"{TO_USER} nop\n {CLIMB} nop",
    "floats off": "li t0, 0x6000\n csrc mstatus, t0\n fadd.d fa0, fa0, fa0\n fsw fa0, 0(sp)\n"
    " csrr t0, fcsr\n c.fldsp fa0, 0(sp)\n li t0, 0x2000\n csrs mstatus, t0\n csrwi fcsr, 1\n"
    " ecall",
}


@pytest.mark.parametrize("xlen", [64, 32])
@pytest.mark.parametrize("body", BODIES)
def test_as_on_spike(tmp_path: Path, body: str, xlen: int) -> None:
    text = BODIES[body]
    if xlen == 32:
        text = text.replace("sd zero", "sw zero")
    program = elf(text, xlen)
    expected = by_spike(program, tmp_path, xlen)
    found, result = by_rvx(program, xlen)
    assert traps(found) == traps(expected)
    assert (result.exit_code, result.trap) == (0, None)


FENCES = "sinval.vma t0, t1\n sfence.w.inval\n sfence.inval.ir\n"


@pytest.mark.parametrize("xlen", [64, 32])
@pytest.mark.parametrize(
    "mode",
    ["", TO_SUPERVISOR, TO_USER, f"li t0, 0x100000\n csrs mstatus, t0\n {TO_SUPERVISOR}"],
    ids=["machine", "supervisor", "user", "trapped"],
)
def test_fences_in_parts_as_on_spike(tmp_path: Path, mode: str, xlen: int) -> None:
    program = elf(f"{mode} {FENCES} {CLIMB} nop", xlen, "gc_svinval")
    expected = by_spike(program, tmp_path, xlen, "gc_svinval")
    found, result = by_rvx(program, xlen, "gc_svinval")
    assert traps(found) == traps(expected)
    assert (result.exit_code, result.trap) == (0, None)


@pytest.mark.parametrize("options", [{"tier": "trap"}, {"tier": "region"}, {"backend": "python"}])
def test_every_tier_takes_the_same_traps(options: dict[str, Any]) -> None:
    """A hot loop traps in each turn, in the core and in a body."""
    body = (
        "li s1, 120\n1: amoadd.w t1, t1, (sp)\n addi s2, s2, 3\n mul s3, s2, s1\n"
        " addi s1, s1, -1\n bnez s1, 1b\n li s1, 20\n2: ecall\n .word 0xffffffff\n"
        " addi s1, s1, -1\n bnez s1, 2b"
    )
    program = elf(body, 64)
    found, result = by_rvx(program, 64, **options)
    reference, known = by_rvx(program, 64, tier="inline")
    assert found == reference
    assert (result.exit_code, result.instructions) == (0, known.instructions)
    assert result.executions == known.executions
    assert len(traps(found)) == 41


@pytest.mark.parametrize("by_pointer", [True, False], ids=["pointers", "calls"])
@pytest.mark.parametrize("xlen", [64, 32])
def test_faults_behind_short_words_of_bodies(tmp_path: Path, xlen: int, by_pointer: bool) -> None:
    """After such a word the core has been told where to go on; it still knows what faults."""
    body = (
        "li t0, 0x40000000\n .option norvc\n nop\n .option rvc\n"
        "c.mul s0, s0\n addi s1, s1, 1\n lw t1, 8(t0)\n"
        "c.zext.b s0\n addi s1, s1, 1\n sw t1, 4(t0)\n"
        "addi s1, s1, 1\n c.not s0\n jal 1f\n1: addi s1, s1, 1\n lbu t1, 3(t0)"
    )
    program = elf(body, xlen, "gc_zbb_zcb")
    expected = by_spike(program, tmp_path, xlen, "gc_zbb_zcb")
    found, result = by_rvx(program, xlen, "gc_zbb_zcb", by_pointer=by_pointer)
    assert traps(found) == traps(expected)
    assert (result.exit_code, len(traps(found))) == (0, 4)


def run(source: str, xlen: int = 64, **options: Any) -> Any:
    isa = isa_for(f"rv{xlen}gc")
    return Machine(assemble(source, isa), isa, **options).run(10_000)


def test_without_a_handler_the_run_ends_with_a_sentence() -> None:
    for text, kind in (
        ("lw a0, 0(zero)", TrapKind.BAD_LOAD),
        (".word 0xffffffff", TrapKind.ILLEGAL_INSTRUCTION),
        ("ebreak", TrapKind.BREAKPOINT),
        (
            "li t0, 0x1800\n csrc mstatus, t0\n la t0, 1f\n csrw mepc, t0\n mret\n1: csrr a0, mie",
            TrapKind.ILLEGAL_INSTRUCTION,
        ),
    ):
        result = run(f"_start: {text}\n")
        assert result.trap is not None
        assert result.trap.kind == kind


def test_a_handler_that_cannot_be_reached_is_none() -> None:
    """Nothing would ever happen: the sentence says what the trap was."""
    for handler in ("li t0, 0x1000", "la t0, _start+16"):
        result = run(f"_start: {handler}\n csrw mtvec, t0\n nop\n nop\n .word 0xffffffff\n")
        assert result.trap is not None
        assert result.trap.kind == TrapKind.ILLEGAL_INSTRUCTION


def test_a_csr_of_another_mode_is_named() -> None:
    result = run(
        "_start: li t0, 0x1800\n csrc mstatus, t0\n la t0, 1f\n csrw mepc, t0\n mret\n"
        "1: csrr a0, mscratch\n"
    )
    assert result.trap is not None
    assert "CSR 0x340 (mscratch) is not for user mode" in result.trap.message


def test_ecall_is_a_system_call_until_there_is_a_handler() -> None:
    exit_with = "li a0, 5\n li a7, 93\n ecall\n"
    assert run(f"_start: {exit_with}").exit_code == 5
    result = run(
        f"_start: la t0, 1f\n csrw mtvec, t0\n {exit_with} .balign 4\n1: csrw mtvec, zero\n"
        " csrr a0, mcause\n li a7, 93\n ecall\n"
    )
    assert result.exit_code == 11
