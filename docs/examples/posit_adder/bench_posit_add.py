"""A testbench in Python: the adder beside a machine that performs `padd.s` on posits of 8 bits."""

import os
import random

import cocotb
from cocotb.triggers import Timer

from rvx.assembler import assemble
from rvx.emulator import Machine, Tracing
from rvx.extensions import isa_for

CASES = 2000
PROGRAM = """
_start: padd.s p3, p1, p2
        j _start
"""


@cocotb.test()
async def sums_are_those_of_the_machine(dut):
    """Compares the adder with the machine on random operands."""
    isa = isa_for("rv64gc_xposit1p8")
    machine = Machine(assemble(PROGRAM, isa), isa, tracing=Tracing())
    dut.bug.value = int(os.environ.get("BUG", "0"))
    draw, wrong = random.Random(1), []
    for _ in range(CASES):
        a, b = draw.randrange(256), draw.randrange(256)
        machine.set_register("p1", a)
        machine.set_register("p2", b)
        add = machine.step(2).retired[0]
        dut.a.value, dut.b.value = a, b
        await Timer(1, "ns")
        expected, got = add.writes["pt3"], int(dut.sum.value)
        if got != expected:
            wrong.append(f"a={a:#04x} b={b:#04x} expected={expected:#04x} got={got:#04x}")
    for line in wrong[:5]:
        dut._log.error(line)
    assert not wrong, f"{len(wrong)} of {CASES} sums are wrong; the first: {wrong[0]}"
