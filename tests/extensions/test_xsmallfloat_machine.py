"""Smallfloat through the machine: compiled bodies, storage, fmode in fcsr, narrow registers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.extensions import isa_for, load
from rvx.isa import Isa
from rvx.isa.operands import RegisterKind

from .smallfloat_model import WORD, Before, expected
from .test_xsmallfloat import cases

WIDE = isa_for("rv64gc_xsmallfloat")
NARROW = isa_for("rv32if_xsmallfloat32")
ARGUMENTS = {"rd": "fa0", "rs1": "fa1", "rs2": "fa2", "rs3": "fa3"}
ONE_OF_EACH_BODY = (
    "fadd.b fmadd.h fsqrt.h fmin.b feq.h fclass.b fsgnjn.h fcvt.w.b fcvt.b.wu fcvt.h.b fcvt.h.h "
    "fmv.x.b fmv.h.x fmulex.s.h fmacex.s.b vfsub.r.b vfsgnjx.r.h vfge.b vfsqrt.s vfmac.r.h "
    "vfndotpex.h.r.b vfsum.h vfcvtu.s.b vfcvt.h.h vfcvt.x.h vfcvt.h.xu vfmv.x.b vfmv.s.x "
    "vfclass.h vfcpkd.b.s"
).split()
REST = [
    made.mnemonic
    for made in load("xsmallfloat").instructions.values()
    if made.kind == "float" and made.body and made.mnemonic not in ONE_OF_EACH_BODY
]


def run_on(isa: Isa, name: str, flen: int, count: int, **options: Any) -> None:
    """Performs an instruction on a machine, with all registers and the status as the model has."""
    made = isa.instructions[name]
    names, registers = [], {}
    for operand, place in made.operands.items():
        is_x = isinstance(place.kind, RegisterKind) and place.kind.file.name == "x"
        if isinstance(place.kind, RegisterKind):
            registers[operand] = {"rd": "a4", "rs1": "a5"}[operand] if is_x else ARGUMENTS[operand]
            names.append(registers[operand])
    source = f"step: csrw fcsr, a0\n csrw fmode, a1\n {name} {', '.join(names)}\n ret\n"
    program = assemble(source, isa, entry="step")
    machine = Machine(program, isa, memory=1 << 20, **options)
    mask = (1 << isa.xlen) - 1
    for before in cases(made, flen, count):
        for operand, register in registers.items():
            value = getattr(before, operand)
            machine.set_register(register, value if register[0] == "f" else value & mask)
        result = machine.call("step", before.rm << 5, before.mode)
        assert result.trap is None, result.trap
        seen = before
        if registers.get("rs1") == "a5" and isa.xlen == 32:
            extended = (before.rs1 & mask ^ 1 << 31) - (1 << 31) & WORD
            seen = Before(**vars(before) | {"rs1": extended})
        word, flags = expected(name, seen)
        kept = mask if registers["rd"][0] == "a" else WORD
        assert machine.register(registers["rd"]) == word & kept, before
        assert machine.fflags == flags, before


@pytest.mark.parametrize("name", ONE_OF_EACH_BODY)
def test_compiled_bodies_are_exact(name: str) -> None:
    run_on(WIDE, name, 64, 200)


@pytest.mark.long
@pytest.mark.parametrize("name", REST)
def test_all_other_compiled_bodies_are_exact(name: str) -> None:
    run_on(WIDE, name, 64, 200)


@pytest.mark.parametrize("name", ["fmadd.h", "vfdotpex.s.h", "vfcvt.x.h", "vfmv.h.x"])
def test_the_interpreted_backend_has_the_same_status(name: str) -> None:
    run_on(WIDE, name, 64, 20, backend="python")


@pytest.mark.parametrize("name", ["vfcvt.x.h", "vfcvt.b.x", "vfmv.x.h", "vfmv.b.x", "fmacex.s.h"])
def test_integers_of_32_bits_beside_f_registers_of_64(name: str) -> None:
    run_on(isa_for("rv32gc_xsmallfloat"), name, 64, 60)


@pytest.mark.parametrize(
    "name",
    ["fadd.h", "fcvt.b.s", "vfmac.h", "vfdotpex.h.b", "vfdotpex.s.h", "vfsum.h", "vfcvtu.h.b"],
)
def test_registers_of_32_bits(name: str) -> None:
    run_on(NARROW, name, 32, 60)


def test_registers_of_32_bits_have_no_wider_vectors() -> None:
    assert "vfadd.s" not in NARROW.instructions
    assert "fcvt.d.b" not in NARROW.instructions
    assert NARROW.instructions["vfcpkb.h.s"].body is None


@pytest.mark.parametrize("backend", ["native", "python"])
def test_loads_put_into_boxes_and_stores_take_what_is_there(backend: Any) -> None:
    source = (
        "step: flb fa0, 1(a0)\n fsb fa0, 4(a0)\n flh fa1, 0(a0)\n fsh fa1, 6(a0)\n"
        " flab fa2, 3(a0)\n fmv.x.b a1, fa2\n ret\n"
    )
    machine = Machine(assemble(source, WIDE, entry="step"), WIDE, memory=1 << 20, backend=backend)
    address = machine.allocate(8)
    data = machine.array(address, np.uint8, 8)
    data[:] = [0x11, 0x92, 0x33, 0x84, 0, 0, 0, 0]
    assert machine.call("step", address).trap is None
    assert machine.register("fa0") == WORD ^ 0xFF | 0x92
    assert machine.register("fa1") == WORD ^ 0xFFFF | 0x9211
    assert machine.register("a1") == WORD ^ 0xFF | 0x84
    assert data.tolist() == [0x11, 0x92, 0x33, 0x84, 0x92, 0, 0x11, 0x92]


@pytest.mark.parametrize("backend", ["native", "python"])
def test_fmode_is_a_part_of_fcsr(backend: Any) -> None:
    source = """
    step:   csrw    fmode, a0
            vfadd.h fa0, fa1, fa1
            frcsr   a1
            li      a2, 0x361
            fscsr   a2
            csrr    a2, fmode
            frrm    a3
            frflags a4
            csrw    fmode, zero
            frcsr   a5
            ret
    """
    machine = Machine(assemble(source, WIDE, entry="step"), WIDE, memory=1 << 20, backend=backend)
    machine.set_register("fa1", 0x7D00)
    assert machine.call("step", 3).trap is None
    # In bfloat16 0x7d00 is a number; in binary16 it is a signalling NaN.
    assert machine.register("a1") == 0x300
    assert [machine.register(f"a{i}") for i in (2, 3, 4, 5)] == [3, 3, 1, 0x61]
    assert machine.call("step", 0).trap is None
    assert machine.register("a1") & 0x310 == 0x010


@pytest.mark.parametrize("backend", ["native", "python"])
def test_fmode_selects_where_fcsr_is_not_used(backend: Any) -> None:
    """Then the core performs F and D itself, and only fmode is rvx's."""
    source = "step: csrw 0x800, a0\n vfdotpex.s.h fa0, fa1, fa2\n csrr a0, 0x800\n ret\n"
    machine = Machine(assemble(source, WIDE, entry="step"), WIDE, memory=1 << 20, backend=backend)
    for mode, one in ((0, 0x3C00), (3, 0x3F80)):
        machine.set_register("fa0", 0)
        machine.set_register("fa1", one)
        machine.set_register("fa2", one)
        result = machine.call("step", mode)
        assert result.trap is None
        assert result.value == mode
        assert machine.register("fa0") == 0x3F800000


@pytest.mark.parametrize("backend", ["native", "python"])
def test_a_fused_dot_product_keeps_what_a_chain_loses(backend: Any) -> None:
    program = assemble("step: vfdotpex.h.b fa0, fa1, fa2\n ret\n", WIDE, entry="step")
    machine = Machine(program, WIDE, backend=backend, memory=1 << 20)
    machine.set_register("fa0", 0x6800)
    machine.set_register("fa1", 0x3C3C)
    machine.set_register("fa2", 0x3C3C)
    assert machine.call("step").trap is None
    assert machine.register("fa0") == 0x6801


def test_stochastic_rounding_is_right_on_average_and_repeats() -> None:
    """FP16 0x6800 is 2048, and a step is 2: adding 0.5 goes up once in four times."""
    source = """
    step:   fsrmi   6
    1:      fmv.h.x fa0, a2
            vfdotpex.h.b fa0, fa1, fa2
            fmv.x.h a3, fa0
            sub     a3, a3, a2
            add     a4, a4, a3
            addi    a0, a0, -1
            bnez    a0, 1b
            mv      a0, a4
            ret
    """
    machines = [Machine(assemble(source, WIDE, entry="step"), WIDE, memory=1 << 20) for _ in "12"]
    totals = []
    for machine in machines:
        machine.set_register("fa1", 0x38)
        machine.set_register("fa2", 0x3C)
        machine.set_register("a2", 0x6800)
        machine.set_register("a4", 0)
        totals.append(machine.call("step", 20_000).value)
    assert totals[0] == totals[1]
    assert abs(totals[0] - 5_000) < 4 * (20_000 * 0.25 * 0.75) ** 0.5
