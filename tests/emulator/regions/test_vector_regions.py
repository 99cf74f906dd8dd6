"""When regions of vector instructions are entered and left, and that the state is exact there."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rvx import jit
from rvx.assembler import assemble
from rvx.emulator import Machine, TrapKind
from rvx.emulator.regions import bodies
from rvx.emulator.regions import tier as tiers
from rvx.emulator.regions.flow import VECTOR_WEIGHT, Block, Step
from rvx.extensions import isa_for
from rvx.extensions.catalogue import load_file
from rvx.isa import Decoded, Extension, Isa, Memory
from rvx.isa.memory import load_u8, store_8
from rvx.isa.vector.state import HEADER, STATE, VL, VSTART

ISA = isa_for("rv64gcv_zvfh_zvl256b")
LOOPS = """
        .globl  add, scale, fetch, off
off:    li      t0, 0x600
        csrc    mstatus, t0
        ret
add:    vsetvli t0, a2, e32, m2, ta, ma # a2 elements at a0, ten to each, strip by strip
        vle32.v v8, (a0)
        vadd.vi v8, v8, 10
        vse32.v v8, (a0)
        slli    t1, t0, 2
        add     a0, a0, t1
        sub     a2, a2, t0
        bnez    a2, add
        ret
scale:  mv      t3, a1                  # elements of whatever SEW the caller has set
1:      vle8.v  v8, (a0)
        vadd.vv v8, v8, v8
        vse8.v  v8, (a0)
        addi    t3, t3, -1
        bnez    t3, 1b
        ret
as_bytes:
        vsetivli x0, 16, e8, m1, ta, ma
        j       scale
as_halves:
        vsetivli x0, 8, e16, m1, ta, ma
        j       scale
fetch:  mv      t3, a1
1:      vsetivli x0, 8, e32, m1, ta, ma
        vlse32.v v8, (a0), a2
        add     a0, a0, a3
        addi    t3, t3, -1
        bnez    t3, 1b
        ret
"""
EXCHANGES = """
        .globl  main
main:   li      a4, 0
1:      exchange a3, a0, a1
        add     a4, a4, a3
        addi    a0, a0, 1
        add     a1, a1, a2
        j       1b
"""
OWN = """
from rvx.formats.minifloat.catalogue import FP16, FP32
from rvx.isa import Extension
Xdist = Extension("Xdist", version="0.1")
@Xdist.vector("vfabsdiff", "vv", "000001", space="F", formats=[FP16, FP32])
def vfabsdiff(a, b, mode, flags, sub, abs):
    "vd = the distance of vs2 and vs1."
    return abs(sub(a, b, mode, flags))
"""

Xmem = Extension("Xmem", version="0.1", doc="Bodies that access memory more than once")


@Xmem.instruction("exchange rd, rs1, rs2", "0000000 rs2 rs1 000 rd 1011011")
def exchange(rs1: int, rs2: int, mem: Memory) -> int:
    """The bytes at rs1 and rs2 change places; rd = that at rs1."""
    one, other = load_u8(mem, rs1), load_u8(mem, rs2)
    store_8(mem, rs1, other)
    store_8(mem, rs2, one)
    return one


def machine(source: str = LOOPS, isa: Isa = ISA, **options: Any) -> Machine:
    return Machine(assemble(source, isa), isa, memory=1 << 20, **options)


def look(made: Machine) -> Any:
    """Has the loops that were hot compiled."""
    tier = made.hart.regions
    assert tier is not None
    tier.look(float("inf"))
    assert [one.refusal for one in tier.regions if one.refusal] == []
    return tier


def entries(made: Machine) -> int:
    """How often the regions of a machine were entered."""
    tier = made.hart.regions
    assert tier is not None
    inline = made.hart.inline
    return sum(inline.entries_of(e) for one in tier.regions for e in one.region.entries)


@pytest.mark.usefixtures("everything_is_hot")
def test_a_strip_mined_loop_is_one_region() -> None:
    made = machine()
    data = made.place(np.arange(1000, dtype=np.int32))
    made.call("add", data, 0, 1000)
    look(made)
    before = entries(made)
    result = made.call("add", data, 0, 1000)
    assert entries(made) == before + 1
    assert result.by_mnemonic["vadd.vi"] == 1000 // 16 + 1
    assert (made.array(data, np.int32, 1000) == np.arange(1000) + 20).all()


@pytest.mark.usefixtures("everything_is_hot")
def test_no_region_runs_with_the_vector_unit_switched_off() -> None:
    made = machine()
    data = made.place(np.arange(1000, dtype=np.int32))
    made.call("add", data, 0, 1000)
    look(made)
    made.call("off")
    trap = made.call("add", data, 0, 1000).trap
    assert trap is not None
    assert "the vector unit is switched off: mstatus.VS is 0" in trap.message


@pytest.mark.usefixtures("everything_is_hot")
def test_a_region_is_made_for_each_vtype_that_it_is_met_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tiers, "REFUSALS", 1)
    made = machine()
    data = made.place(np.ones(32, np.int8))
    made.call("as_bytes", data, 3)
    tier = look(made)
    assert len(tier.regions) == 1
    made.call("as_halves", data, 3)  # refused: the tier below does it all
    assert (made.array(data, np.int8, 8) == 64).all()
    look(made)
    assert [list(one.region.settings.values()) for one in tier.regions] == [[0xC0], [0xC8]]
    for function, sums in (("as_bytes", 16 * -128), ("as_halves", 8 * -128 + 8 * 32)):
        made.array(data, np.int8, 16)[:] = 32
        made.call(function, data, 2)
        assert made.array(data, np.int8, 16).sum() == sums


@pytest.mark.usefixtures("everything_is_hot")
def test_a_load_that_leaves_memory_faults_at_its_element() -> None:
    made = machine()
    data = made.place(np.arange(64, dtype=np.int32))
    made.call("fetch", data, 5, 4, 4)
    look(made)
    before = entries(made)
    # From the fourth call on, some element lies before all memory.
    low = made.memory.base
    result = made.call("fetch", low + 80, 5, -4 & (1 << 64) - 1, -16 & (1 << 64) - 1)
    assert entries(made) > before
    assert result.trap is not None
    assert result.trap.kind == TrapKind.BAD_LOAD
    state = made.state(STATE)
    assert state[VL] == 8
    assert state[VSTART] == 5
    assert result.by_mnemonic["vlse32.v"] == 4
    assert state[HEADER:].any()


@pytest.mark.usefixtures("everything_is_hot")
def test_an_instruction_of_five_lines_runs_in_a_region(tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    path.write_text(OWN)
    isa = isa_for("rv64gcv_zvfh", load_file(path))
    made = machine(
        """
        .globl  main
main:   mv      t3, a3
1:      vsetivli x0, 4, e32, m1, ta, ma
        vle32.v v8, (a0)
        vle32.v v9, (a1)
        vfabsdiff.vv v10, v8, v9
        vse32.v v10, (a2)
        addi    t3, t3, -1
        bnez    t3, 1b
        frflags a0
        ret
""",
        isa,
    )
    ours = np.array([1.5, -2, 1e30, 0.1], np.float32)
    theirs = np.array([2.5, 3, -1e30, 0.3], np.float32)
    places = [made.place(numbers) for numbers in (ours, theirs, np.zeros(4, np.float32))]
    made.call("main", *places, 3)
    look(made)
    before = entries(made)
    result = made.call("main", *places, 5)
    assert entries(made) == before + 1
    assert result.by_mnemonic["vfabsdiff.vv"] == 5
    assert (made.array(places[2], np.float32, 4) == abs(ours - theirs)).all()
    assert made.register("a0") == 1  # inexact


@pytest.mark.usefixtures("everything_is_hot")
def test_a_body_with_several_accesses_faults_exactly() -> None:
    isa = isa_for("rv64gc", [Xmem])
    ends = []
    for tier in ("inline", "region"):
        made = machine(EXCHANGES, isa, tier=tier)
        here = made.place(np.arange(64, dtype=np.uint8))
        for _ in range(2):
            result = made.call("main", here, here + 32, 1 << 14)
            if tier == "region":
                look(made)
        assert result.trap is not None
        ends.append(
            (
                result.trap,
                result.instructions,
                [made.register(f"a{i}") for i in range(5)],
                made.array(here, np.uint8, 64).tolist(),
            )
        )
        if tier == "region":
            assert entries(made) > 0
    assert ends[0] == ends[1]
    assert ends[0][0].kind in (TrapKind.BAD_LOAD, TrapKind.BAD_STORE)


def test_vector_loops_are_hot_soon() -> None:
    def weight(*mnemonics: str) -> int:
        made = [Decoded(ISA.instructions[one], 0, {}) for one in mnemonics]
        return Block(0, [Step(4 * at, one, 4) for at, one in enumerate(made)], 10).weight

    assert weight("addi", "bne") == 20
    assert weight("vadd.vv", "addi", "bne") == 10 * (VECTOR_WEIGHT + 2)


def test_bodies_of_regions_are_compiled_by_one_thread_at_a_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Two threads in LLVM at once, handlers in one and regions in the other, end the process."""
    monkeypatch.setenv("RVX_CACHE_DIR", str(tmp_path))
    held: list[bool] = []

    def compiled(*_: object) -> str:
        other = threading.Thread(target=lambda: held.append(not jit.compiling.acquire(False)))
        other.start()
        other.join()
        return ""

    monkeypatch.setattr(bodies, "_compile", compiled)
    bodies.body_function.__wrapped__(ISA.instructions["vdiv.vv"], ISA, 0)
    assert held == [True]


@pytest.mark.parametrize(
    ("name", "functions"),
    [("vdiv.vv", 4), ("vrgather.vv", 4), ("vmv.x.s", 4), ("vmand.mm", 1), ("vfirst.m", 1)],
)
def test_bodies_of_regions_are_compiled_for_no_more_than_they_depend_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, functions: int
) -> None:
    """SEW, where they have elements; not VLEN, LMUL, XLEN or what becomes of the others."""
    monkeypatch.setenv("RVX_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(bodies, "_compile", lambda *_: "")
    found = set()
    for march in ("rv64gcv_zvl128b", "rv64gcv_zvl1024b", "rv32gcv_zvl256b"):
        isa = isa_for(march)
        for group in (7, 0, 1, 3):
            for policies in (0, 1 << 6, 3 << 6):
                for sew in range(4):
                    vtype = policies | sew << 3 | group
                    found.add(bodies.body_function(isa.instructions[name], isa, vtype).name)
    assert len(found) == functions
