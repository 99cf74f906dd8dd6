"""mstatus.VS: switched off, the vector unit is illegal; what changes its state makes it dirty."""

from __future__ import annotations

from typing import Any

import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine, RunResult
from rvx.extensions import isa_for

ISA = isa_for("rv64gcv_zfh_zvfh")
TIERS: dict[str, dict[str, Any]] = {
    "region": {"tier": "region"},
    "inline": {"tier": "inline"},
    "trap": {"tier": "trap"},
    "python": {"backend": "python"},
}
OFF = "li t0, 0x600\n csrc mstatus, t0\n"
INITIAL = "li t0, 0x6600\n csrc mstatus, t0\n li t0, 0x2200\n csrs mstatus, t0\n"
STATE = "csrr a0, mstatus\n srli a1, a0, 63\n slli a1, a1, 2\n srli a0, a0, 9\n andi a0, a0, 3\n"
STATE += " add a0, a0, a1\n"


def run(source: str, options: dict[str, Any]) -> RunResult:
    text = f"_start: {source}\n li a7, 93\n ecall\n .data\n .balign 8\nplace: .dword 1, 2, 3, 4\n"
    return Machine(assemble(text, ISA), ISA, **options).run()


@pytest.mark.parametrize(
    "instruction",
    [
        "vsetivli zero, 4, e32, m1, ta, ma",
        "vadd.vv v1, v2, v3",
        "vle8.v v1, (a0)",
        "vs1r.v v1, (a0)",
        "vmv1r.v v1, v2",
        "vmv.x.s a0, v1",
        "vfadd.vv v1, v2, v3",
        "csrr a0, vl",
        "csrr a0, vlenb",
        "csrw vxrm, zero",
        "csrr a0, vstart",
    ],
)
def test_everything_is_illegal_with_the_unit_switched_off(
    instruction: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RVX_COMPILE_AFTER", "never")
    before = "la a0, place\n vsetivli zero, 2, e32, m1, ta, ma\n"
    for tier in TIERS.values():
        assert run(before + instruction, tier).trap is None
        result = run(before + OFF + instruction, tier)
        assert result.trap is not None
        assert result.trap.kind == "illegal instruction"
        assert "the vector unit is switched off: mstatus.VS is 0" in result.trap.message


def test_floats_need_both_units() -> None:
    source = "vsetivli zero, 2, e32, m1, ta, ma\n li t0, 0x6000\n csrc mstatus, t0\n"
    assert run(source + "vadd.vv v1, v2, v3", {}).trap is None
    trap = run(source + "vfadd.vv v1, v2, v3", {}).trap
    assert trap is not None
    assert "mstatus.FS is 0" in trap.message


@pytest.mark.parametrize(
    ("instruction", "is_changed"),
    [
        ("vadd.vv v1, v2, v3", True),
        ("vsetivli zero, 1, e8, m1, ta, ma", True),
        ("vle8.v v1, (a2)", True),
        ("csrw vstart, zero", True),
        ("csrr a1, vl", False),
        ("csrr a1, vlenb", False),
        ("add a1, a2, a3", False),
    ],
)
def test_what_changes_the_state_makes_it_dirty(instruction: str, is_changed: bool) -> None:
    before = "la a2, place\n vsetivli zero, 2, e32, m1, ta, ma\n" + INITIAL
    for tier in TIERS.values():
        assert run(before + instruction + "\n" + STATE, tier).exit_code == (7 if is_changed else 1)


def test_a_load_that_faults_changes_the_state() -> None:
    source = f"""
        la      t1, handler
        csrw    mtvec, t1
        vsetivli zero, 2, e32, m1, ta, ma
        {INITIAL}
        li      a2, 16
        vle32.v v1, (a2)
        .balign 4
handler:
        csrw    mtvec, zero
        {STATE}
"""
    for tier in TIERS.values():
        assert run(source, tier).exit_code == 7
