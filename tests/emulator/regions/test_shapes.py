"""Operands of several registers, wide registers and long words stay in regions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.extensions import isa_for
from rvx.isa import Extension, Isa, Words

Xshapes = Extension("Xshapes", version="1.0", doc="One instruction of each shape")
Xshapes.register_file("w", count=16, bits=128)
Xshapes.register_file("h", count=4, bits=65536)


@Xshapes.instruction("addp rd:x*2, rs1:x*2, rs2:x*2", "0000000 rs2 rs1 011 rd 1011011")
def addp(rd: Words, rs1: Words, rs2: Words) -> None:
    """A pair += the sum of two others, crosswise."""
    rd[0] += rs1[0] + rs2[1]
    rd[1] += rs1[1] + rs2[0]


@Xshapes.instruction("fpick rd:f*4, rs1:x", "0000000 00000 rs1 010 rd 1011011")
def fpick(rd: Words, rs1: int) -> None:
    """Writes one of four registers, and leaves the others."""
    rd[rs1 & 3] = rs1


@Xshapes.instruction("wacc rd:w, rs1:w, rs2", "0000000 rs2 0 rs1[3:0] 100 0 rd[3:0] 1011011")
def wacc(rd: Words, rs1: Words, rs2: int) -> None:
    """Each word of rd += that of rs1, and rs2; traps with 77 when it has changed one of them."""
    rd[0] += rs1[1] + rs2
    if rs2 == 77:
        raise ValueError("77")
    rd[1] += rs1[0] - rs2


@Xshapes.instruction("hroll rd:h, rs1:h, rs2", "0000010 rs2 000 rs1[1:0] 100 000 rd[1:0] 1011011")
def hroll(rd: Words, rs1: Words, rs2: int) -> None:
    """rd = the words of rs1, one place further, and rs2 at the first."""
    rd[0] = rs1[1023] + rs2
    for i in range(1, 1024):
        rd[i] = rs1[i - 1]


@Xshapes.instruction("lli rd, imm", "imm[31:0] 0000 rd 0011111")
def lli(imm: int) -> int:
    """rd = imm, in 48 bits."""
    return imm


@Xshapes.instruction("addl rd, rs1, imm", "imm[41:0] 00000 rs1 rd 0111111")
def addl(rs1: int, imm: int) -> int:
    """rd = rs1 + imm, in 64 bits."""
    return rs1 + imm


@Xshapes.instruction("xspin n:u", "0000001 n[4:0] 00000 111 00000 1011011")
def xspin(n: int, x_registers: Words) -> None:
    """Moves s2 to s11 on by n places."""
    kept = x_registers[18]
    for _ in range(n):
        kept = x_registers[18]
        for at in range(18, 27):
            x_registers[at] = x_registers[at + 1]
        x_registers[27] = kept + n


LOOP = """
        .globl  f
f:      mv      t0, a0
1:      addp    s2, s2, s4
        addp    s6, s2, s6
        addp    zero, s2, s6
        fpick   fs4, t0
        wacc    w3, w3, t0
        wacc    w4, w3, s2
        hroll   h1, h1, t0
        hroll   h2, h1, s3
        lli     a2, 0x12345678
        addl    a3, a2, -77
        add     s5, s5, a3
        addi    t0, t0, -1
        bnez    t0, 1b
        li      a0, 0
        ret
"""
STEPS = 13


def isa(xlen: int) -> Isa:
    return isa_for(f"rv{xlen}gc", [Xshapes])


def state(machine: Machine, result: Any) -> dict[str, Any]:
    names = [
        f"{file}{i}"
        for file, count in (("x", 32), ("f", 32), ("w", 16), ("h", 4))
        for i in range(count)
    ]
    return {
        "registers": {name: machine.register(name) for name in names},
        "executions": dict(result.executions),
        "trap": result.trap,
    }


@pytest.mark.usefixtures("everything_is_hot")
@pytest.mark.parametrize("xlen", [32, 64])
@pytest.mark.parametrize("least", [1, 70])
def test_shapes_in_a_region_and_interpreted(xlen: int, least: int) -> None:
    """Down to 77 there is no trap; the second call meets it within the region."""
    program = assemble(LOOP, isa(xlen))
    ends = []
    for options in ({"tier": "region"}, {"tier": "inline"}, {"backend": "python"}):
        machine = Machine(program, isa(xlen), memory=1 << 20, **options)
        before = machine.call("f", 30)
        tier = machine.hart.regions
        if tier is not None:
            tier.look(float("inf"))
            assert [(one.region.steps, one.refusal) for one in tier.regions] == [(STEPS, "")]
        after = machine.call("f", 76 if least == 1 else 90)
        ends.append((state(machine, after), dict(before.executions)))
        assert (after.trap is None) == (least == 1)
        if tier is not None:
            (found,) = machine.explain(after)
            assert found.entries == 1
    assert ends[0] == ends[1] == ends[2]


FRAMES = """
        .globl  f
f:      mv      t0, a0
        la      sp, frames + 1600
        li      s2, 5
loop:   cm.push {ra, s0-s3}, -48
        cm.mvsa01 s0, s1
        xspin   3
        cm.mva01s s1, s3
        add     a1, a1, s2
        addi    s0, s0, 1
        xspin   1
        cm.pop  {ra, s0-s3}, 48
        addi    s3, s3, 7
        addi    sp, sp, -16
        addi    t0, t0, -1
        bnez    t0, loop
        ret
        .data
        .balign 4096
frames: .zero   4096
"""


@pytest.mark.usefixtures("everything_is_hot")
@pytest.mark.parametrize("xlen", [32, 64])
def test_bodies_that_change_any_register_stay_in_a_region(xlen: int) -> None:
    """The stack goes down until an instruction that saves five registers meets what is no data."""
    frames = isa_for(f"rv{xlen}imac_zcmp", [Xshapes])
    program = assemble(FRAMES, frames)
    ends = []
    for options in ({"tier": "region"}, {"backend": "python"}):
        machine = Machine(program, frames, memory=1 << 20, **options)
        before = machine.call("f", 40)
        tier = machine.hart.regions
        if tier is not None:
            tier.look(float("inf"))
            assert [(one.region.steps, one.refusal) for one in tier.regions] == [(12, "")]
        after = machine.call("f", 1000)
        saved = machine.array(machine.symbol("frames"), np.uint8, 4096).tobytes()
        registers = [machine.register(f"x{i}") for i in range(32)]
        ends.append((registers, saved, after.trap, dict(after.executions), before.value))
        assert after.trap is not None
        assert after.trap.pc == machine.symbol("loop")
        if tier is not None:
            (found,) = machine.explain(after)
            assert found.entries == 1
    assert ends[0] == ends[1]
