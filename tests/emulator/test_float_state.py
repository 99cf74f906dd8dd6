"""What a bare program sees of the floating-point unit: mstatus.FS, fcsr, boxes, in every tier."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine, RunResult
from rvx.extensions import isa_for

TIERS: dict[str, dict[str, Any]] = {
    "region": {},
    "inline": {"tier": "inline"},
    "mirrored": {"tier": "inline", "by_pointer": False},
    "python": {"backend": "python"},
}


@pytest.fixture(params=TIERS)
def tier(request: pytest.FixtureRequest) -> dict[str, Any]:
    return TIERS[request.param]


def run(source: str, tier: dict[str, Any], march: str = "rv64gc_zfh") -> RunResult:
    ended = "li a7, 93\n ecall\n"
    program = assemble(f".globl _start\n_start: {source}\n {ended}", isa_for(march))
    return Machine(program, isa_for(march), memory=1 << 20, **tier).run()


@pytest.mark.parametrize("march", ["rv64gc", "rv32gc"])
def test_a_single_is_boxed_after_the_unit_was_switched_on(tier: dict[str, Any], march: str) -> None:
    source = """
        li      t0, 0x6000
        csrs    mstatus, t0
        li      t0, 0x3f800000
        fmv.w.x fa0, t0
        fadd.s  fa1, fa0, fa0
        fsd     fa1, -16(sp)
        lw      a1, -12(sp)
        addi    a0, a1, 1
        snez    a0, a0
"""
    assert run(source, tier, march).exit_code == 0


@pytest.mark.parametrize("march", ["rv64gc", "rv32gc"])
@pytest.mark.parametrize("name", ["fmadd", "fmsub", "fnmadd", "fnmsub"])
@pytest.mark.parametrize("width", ["s", "d"])
def test_infinity_times_zero_is_invalid_beside_a_quiet_nan(
    name: str, width: str, march: str
) -> None:
    source = f"""
        li      t0, 0x7f800000
        fmv.w.x fa0, t0
        fmv.w.x fa1, zero
        li      t0, 0x7fc00000
        fmv.w.x fa2, t0
        {"" if width == "s" else "fcvt.d.s fa0, fa0"}
        {"" if width == "s" else "fcvt.d.s fa1, fa1"}
        {"" if width == "s" else "fcvt.d.s fa2, fa2"}
        fsflags zero
        {name}.{width} fa3, fa0, fa1, fa2
        frflags a0
"""
    for tier in ({}, {"by_pointer": False}):
        assert run(source, tier, march).exit_code == 16


def test_a_compressed_store_of_a_double_is_performed(tier: dict[str, Any]) -> None:
    source = """
        addi    sp, sp, -64
        li      t0, 0x400921fb53c8d4f1
        sd      zero, 8(sp)
        fmv.d.x fa5, t0
        c.fsdsp fa5, 8(sp)
        ld      a1, 8(sp)
        sub     a0, a1, t0
        snez    a0, a0
        j       over
        fadd.s  fa0, fa1, fa2           # never performed: its presence once mattered
over:
"""
    assert run(source, tier).exit_code == 0


C = """
double norm(const double *v, long n) {
    double s = 0;
    for (long i = 0; i < n; i++) s += v[i] * v[i];
    return s;
}
float scale(float x) { return x * 0.5f; }
double A[4] = {1, 2, 3, 4};
volatile float F = 8;
void _start(void) {
    register long a0 __asm__("a0") = (long)norm(A, 4) - 30 + (long)scale(F) - 4;
    register long a7 __asm__("a7") = 93;
    __asm__ volatile("ecall" : : "r"(a0), "r"(a7));
    __builtin_unreachable();
}
"""


def test_a_float_and_a_double_in_one_c_program(tier: dict[str, Any], tmp_path: Path) -> None:
    source, made = tmp_path / "a.c", tmp_path / "a.elf"
    source.write_text(C)
    flags = ["-O1", "-march=rv64gc", "-mabi=lp64d", "-nostdlib", "-ffreestanding"]
    command = ["riscv64-unknown-elf-gcc", *flags, "-Wl,--no-relax", str(source), "-o", str(made)]
    subprocess.run(command, check=True)
    assert Machine(made, isa_for("rv64gc"), memory=1 << 20, **tier).run().exit_code == 0


OFF = "li t0, 0x6000\n csrc mstatus, t0\n mv a0, sp\n"
OF_THE_UNIT = [
    "fadd.s fa0, fa0, fa0",
    "fadd.d fa0, fa0, fa0",
    "fadd.h fa0, fa0, fa0",
    "fmadd.d fa0, fa0, fa0, fa0",
    "feq.s a0, fa0, fa0",
    "fmv.w.x fa0, zero",
    "fmv.x.w a0, fa0",
    "flw fa0, -8(a0)",
    "fsw fa0, -8(a0)",
    "fld fa0, -8(a0)",
    "fsd fa0, -8(a0)",
    "flh fa0, -8(a0)",
    "fsgnj.s fa0, fa0, fa0",
    "frcsr a0",
    "fsflags zero",
    "fsgnj.d fa0, fa0, fa0",
    "c.fld fa0, 0(a0)",
    "c.fsdsp fa0, 0(sp)",
]


@pytest.mark.parametrize("instruction", OF_THE_UNIT)
def test_everything_is_illegal_with_the_unit_switched_off(instruction: str) -> None:
    for tier in TIERS.values():
        result = run(OFF + instruction, tier)
        assert result.trap is not None, tier
        assert result.trap.kind == "illegal instruction", tier
        assert "switched off" in result.trap.message, tier


def test_what_was_illegal_is_performed_once_the_unit_is_on(tier: dict[str, Any]) -> None:
    source = f"""
        addi    sp, sp, -64
        li      s1, 3
again:  li      t1, 5
        fmv.d.x fa1, t1
        fmv.d   fa0, fa1
        c.fsdsp fa0, 8(sp)
        c.fldsp fa2, 8(sp)
        {OFF}
        li      t0, 0x2000
        csrs    mstatus, t0
        fmv.d   fa3, fa2
        fmv.x.d a0, fa3
        addi    s1, s1, -1
        bnez    s1, again
"""
    assert run(source, tier).exit_code == 5


STATE = "csrr a0, mstatus\n srli a1, a0, 63\n slli a1, a1, 2\n srli a0, a0, 13\n andi a0, a0, 3\n"
STATE += " add a0, a0, a1\n"


@pytest.mark.parametrize("fs", [1, 2])
@pytest.mark.parametrize(
    ("instruction", "is_changed"),
    [
        ("fadd.s fa0, fa0, fa0", True),
        ("fadd.d fa0, fa0, fa0", True),
        ("fmv.w.x fa0, zero", True),
        ("flw fa0, -8(sp)", True),
        ("fcvt.h.w fa0, zero", True),
        ("fsw fa0, -8(sp)", False),
        ("fsh fa0, -8(sp)", False),
        ("feq.s a1, fa0, fa0", False),
        ("feq.d a1, fa0, fa0", False),
        ("fmv.x.w a1, fa0", False),
    ],
)
def test_a_change_of_the_state_shows_in_mstatus(
    instruction: str, is_changed: bool, fs: int, tier: dict[str, Any]
) -> None:
    set_up = f"{OFF} li t0, {fs << 13}\n csrs mstatus, t0\n"
    result = run(f"{set_up} {instruction}\n {STATE}", tier)
    assert result.exit_code == (7 if is_changed else fs)
