"""Singles are boxed in NaNs and their boxes are looked at, in every tier."""

from __future__ import annotations

from typing import Any

import pytest

from rvx.assembler import Program, assemble
from rvx.emulator import Machine
from rvx.emulator.context import Field
from rvx.extensions import isa_for

ISA = isa_for("rv64gc_xfrep")
SOURCE = """
        .globl  boxed, unboxed, rounded, moved, loop
boxed:  li      t0, 0x40400000          # 3.0
        fmv.w.x fa0, t0
        fadd.s  fa1, fa0, fa0
        fmv.x.d a0, fa1
        ret
unboxed:
        li      t0, 0x40400000
        fmv.d.x fa0, t0                 # not in a box: a NaN
        fadd.s  fa1, fa0, fa0
        fmv.x.d a0, fa1
        ret
rounded:
        fsrmi   1                       # towards zero
        li      t0, 0x3f800001
        fmv.w.x fa0, t0
        fmul.s  fa1, fa0, fa0
        fmv.x.w a0, fa1
        frflags a1
        fsrmi   0
        frcsr   a2
        ret
moved:  fmv.d   fa3, fa3                # Unicorn performs this one whatever one tells it
        li      t0, 0x40400000
        fmv.w.x fa0, t0
        fadd.s  fa1, fa0, fa0
        fmv.x.d a0, fa1
        frflags a1
        ret
loop:   li      t1, 0x3f7fffff
        fmv.w.x fa1, t1
        fmv.w.x fa2, t1
        fcvt.s.w fa0, a0
1:      fmadd.s fa0, fa0, fa1, fa2
        fcvt.d.s ft0, fa0
        fadd.d  ft1, ft1, ft0
        fsub.s  fa3, fa0, fa1
        fsgnj.s fa4, fa3, fa0
        addi    a0, a0, -1
        bnez    a0, 1b
        fmv.x.d a0, fa4
        fmv.x.d a1, ft1
        ret
"""
PROGRAM: Program = assemble(SOURCE, ISA)
HOLDING: Program = assemble(f"{SOURCE}\n frep.o a0, 1, 0, 0\n nop", ISA)
"""The same with an instruction, never performed, for which rvx holds the floating-point state."""
MODES: dict[str, dict[str, Any]] = {
    "region": {},
    "inline": {"tier": "inline"},
    "trap": {"tier": "trap"},
    "mirrored": {"tier": "inline", "by_pointer": False},
    "python": {"backend": "python"},
}


@pytest.fixture(params=[(mode, holds) for mode in MODES for holds in (False, True)])
def machine(request: pytest.FixtureRequest) -> Machine:
    mode, holds = request.param
    made = Machine(HOLDING if holds else PROGRAM, ISA, memory=1 << 20, **MODES[mode])
    assert bool(made.context.words[Field.FCSR]) == holds
    return made


def bits(machine: Machine, function: str, *arguments: int) -> int:
    return machine.call(function, *arguments).value & (1 << 64) - 1


def test_a_result_is_boxed(machine: Machine) -> None:
    assert bits(machine, "boxed") == 0xFFFFFFFF_40C00000


def test_an_operand_without_a_box_is_nan(machine: Machine) -> None:
    assert bits(machine, "unboxed") == 0xFFFFFFFF_7FC00000


def test_a_result_is_boxed_after_a_move_of_doubles(machine: Machine) -> None:
    assert bits(machine, "rounded") == 0x3F800002
    for _ in range(2):
        assert bits(machine, "moved") == 0xFFFFFFFF_40C00000
        assert machine.register("a1") == 1


def test_rounding_mode_and_flags(machine: Machine) -> None:
    assert bits(machine, "rounded") == 0x3F800002
    assert machine.register("a1") == 1
    assert machine.register("a2") == 1
    assert (machine.fflags, machine.frm) == (1, 0)


def test_all_tiers_agree_on_a_loop(machine: Machine) -> None:
    assert bits(machine, "loop", 300) == 0xFFFFFFFF_4415BF3E
    assert machine.register("a1") == 0x41007F6405600000
    if machine.hart.regions is not None:
        machine.call("loop", 20_000)
        machine.hart.regions.look(float("inf"))
        with_region = bits(machine, "loop", 20_000)
        assert machine.hart.regions.regions
        plain = Machine(PROGRAM, ISA, memory=1 << 20, tier="inline")
        plain.call("loop", 300)
        plain.call("loop", 20_000)
        assert bits(plain, "loop", 20_000) == with_region
        assert plain.register("a1") == machine.register("a1")
        assert plain.fflags == machine.fflags


def test_only_programs_with_streams_or_repetitions_are_looked_through() -> None:
    """Words count where an instruction begins: halves of two look like a third all the time."""
    isa = isa_for("rv64gc_xfrep")
    for text, is_held in (
        ("fadd.s fa0, fa0, fa0\n fsd fa0, 0(a0)", False),
        ("frep.o a0, 1, 0, 0", True),
        (".word 0x008b0013, 0x00000205", False),  # 0x0205008b, frep.o, in between
        ("seen: .half 0x0001\n inside: .word 0x0205008b", True),
        ("j over\n .half 0x0013\n over: .word 0x0205008b", True),  # a symbol after some data
    ):
        made = Machine(assemble(f"f: {text}\n ret", isa), isa, memory=1 << 20)
        assert bool(made.context.words[Field.FCSR]) == is_held, text


def test_without_sections_every_place_counts() -> None:
    isa = isa_for("rv64gc_xfrep")
    source = "_start: .word 0x008b0013, 0x00000205\n ret"
    elf = bytearray(assemble(source, isa).to_elf())
    elf[0x28:0x30] = bytes(8)  # e_shoff
    elf[0x3A:0x40] = bytes(6)  # e_shentsize, e_shnum, e_shstrndx
    made = Machine(bytes(elf), isa, memory=1 << 20)
    assert made.context.words[Field.FCSR]
