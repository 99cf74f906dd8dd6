"""Agnostic elements filled with ones: what a program may not depend on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.emulator.handlers.interim import VARIABLE
from rvx.extensions import isa_for

ISA = isa_for("rv64gcv_zvl128b")
TIERS: list[dict[str, Any]] = [{"tier": "region"}, {"tier": "trap"}, {"backend": "python"}]
ONES = 0xFF
VTYPES = {"ta, ma": (True, True), "tu, ma": (False, True), "ta, mu": (True, False)}


@pytest.fixture(autouse=True)
def never_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bodies know nothing of it, so they may be interpreted: compiling all of these takes long."""
    monkeypatch.setenv(VARIABLE, "never")


def left(instruction: str, setting: str, **options: Any) -> np.ndarray:
    """v8 and v9 after an instruction; all registers were 1, and v0 0b0101..., before."""
    source = f"""
        .globl  run
run:    vsetvli t0, zero, e8, m8, ta, ma
        vmv.v.i v0, 1
        vmv.v.i v8, 1
        vmv.v.i v16, 1
        li      t1, 0x55
        vmv.v.x v0, t1
        vsetivli zero, 3, {setting}
        {instruction}
        vs2r.v  v8, (a0)
        ret
"""
    machine = Machine(assemble(source, ISA), ISA, fills_agnostic=True, **options)
    place = machine.place(np.zeros(32, np.uint8))
    assert machine.call("run", place).trap is None
    return machine.array(place, np.uint8, 32).copy()


def expected(width: int, registers: int, vl: int, active: list[int], policy: str) -> np.ndarray:
    """Ones where the policy has them; elements that are written keep 1 in each byte."""
    tail, masked = VTYPES[policy]
    found = np.ones(32, np.uint8)
    if tail:
        found[vl * width : 16 * registers] = ONES
    for x in range(vl):
        if masked and x not in active:
            found[x * width : (x + 1) * width] = ONES
    return found


@pytest.mark.parametrize("options", TIERS)
@pytest.mark.parametrize("policy", list(VTYPES))
@pytest.mark.parametrize(
    ("instruction", "setting", "width", "registers", "vl", "active"),
    [
        ("vor.vv v8, v16, v16", "e16, m1", 2, 1, 3, [0, 1, 2]),
        ("vor.vv v8, v16, v16, v0.t", "e16, m1", 2, 1, 3, [0, 2]),
        ("vor.vv v8, v16, v16, v0.t", "e16, m2", 2, 2, 3, [0, 2]),
        ("vor.vv v8, v16, v16", "e8, mf2", 1, 1, 3, [0, 1, 2]),
        ("vmerge.vvm v8, v16, v16, v0", "e16, m1", 2, 1, 3, [0, 1, 2]),
        ("vredand.vs v8, v16, v16", "e32, m1", 4, 1, 1, [0]),
        ("vslidedown.vi v8, v16, 1, v0.t", "e32, m1", 4, 1, 3, [0, 2]),
        ("vcompress.vm v8, v16, v0", "e32, m1", 4, 1, 2, [0, 1]),
    ],
)
def test_elements_that_nobody_may_depend_on(
    instruction: str,
    setting: str,
    width: int,
    registers: int,
    vl: int,
    active: list[int],
    policy: str,
    options: dict[str, Any],
) -> None:
    found = left(instruction, f"{setting}, {policy}", **options)
    assert (found == expected(width, registers, vl, active, policy)).all()


@pytest.mark.parametrize("options", TIERS)
def test_the_tail_of_a_mask_is_always_agnostic(options: dict[str, Any]) -> None:
    found = left("vmseq.vv v8, v16, v16", "e16, m1, tu, mu", **options)
    assert found.tolist() == [ONES] * 16 + [1] * 16


def test_loads_segments_and_nothing_for_no_elements() -> None:
    found = left("vlseg2e8.v v8, (a0)", "e8, m1, ta, ma")
    assert found.tolist() == ([0] * 3 + [ONES] * 13) * 2
    found = left(
        "vsetvli t0, x0, e8, m1, ta, ma\n li t0, 0\n vsetvli x0, t0, e8, m1, ta, ma\n"
        "vor.vv v8, v16, v16",
        "e8, m1, ta, ma",
    )
    assert found.tolist() == [1] * 32


def test_the_usual_is_to_leave_them() -> None:
    source = (
        ".globl run\nrun: vsetivli zero, 1, e8, m1, ta, ma\n vmv.v.i v8, 3\n vs1r.v v8, (a0)\n ret"
    )
    machine = Machine(assemble(source, ISA), ISA)
    place = machine.place(np.ones(16, np.uint8))
    assert machine.call("run", place).trap is None
    assert machine.array(place, np.uint8, 16).tolist() == [3] + [0] * 15
