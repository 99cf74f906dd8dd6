"""F and D in regions, on the host's unit, against the tier below: Unicorn's core, or the bodies."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.emulator.context import Field
from rvx.emulator.regions.floats import lower
from rvx.extensions import isa_for
from rvx.isa import Instruction, Isa
from rvx.isa.operands import RegisterKind, RoundingKind

ISAS = {xlen: isa_for(f"rv{xlen}imafd_zicsr") for xlen in (32, 64)}
NEAREST, TOWARDS_ZERO, DOWN, DYNAMIC = 0, 1, 2, 7
_SINGLES = [
    0x00000000, 0x80000000, 0x00000001, 0x807FFFFF, 0x3F800000, 0xBF800000, 0x3EFFFFFF, 0xBF000000,
    0x3FC00000, 0x40200001, 0xC0490FDB, 0x4AFFFFFF, 0x4EFFFFFF, 0x4F000000, 0xCF000000, 0x4F7FFFFF,
    0x4F800000, 0x5EFFFFFF, 0x5F000000, 0xDF000000, 0x7F7FFFFF, 0x7F800000, 0xFF800000, 0x7FC00000,
    0x7F800001,
]  # fmt: skip
_DOUBLES = [
    0x0000000000000000, 0x8000000000000000, 0x0000000000000001, 0x800FFFFFFFFFFFFF,
    0x3FF0000000000000, 0xBFE0000000000000, 0x3FF8000000000000, 0x4004000000000001,
    0xC00921FB54442D18, 0x41DFFFFFFFC00000, 0x41DFFFFFFFE00000, 0x41E0000000000000,
    0xC1E0000000000000, 0xC1E0000000200000, 0x41EFFFFFFFE00000, 0x41F0000000000000,
    0x43DFFFFFFFFFFFFF, 0x43E0000000000000, 0xC3E0000000000000, 0x43F0000000000000,
    0x47EFFFFFF0000000, 0x7FEFFFFFFFFFFFFF, 0x7FF0000000000000, 0xFFF0000000000000,
    0x7FF8000000000000, 0x7FF0000000000001,
]  # fmt: skip
_INTEGERS = [
    0, 1, -1, 3, 0x7FFFFFFF, -0x80000000, 0x80000000, 0xFFFFFFFF, 0x1000001, 0x7FFFFFFFFFFFFFFF,
    -0x8000000000000000, 0x20000000000001, 0x8000000000000401, 0xFFFFFFFFFFFFFBFF, 0xABCD12345678,
]  # fmt: skip
_CHUNKS = 24


def _lowered() -> list[tuple[str, int]]:
    """Every instruction that goes to the host, with the rounding modes that it takes there."""
    found = []
    for name, made in ISAS[64].instructions.items():
        has_mode = any(isinstance(operand.kind, RoundingKind) for operand in made.operands.values())
        for mode in (NEAREST, TOWARDS_ZERO, DYNAMIC) if has_mode else (NEAREST,):
            if lower(made, False, mode if has_mode else None, 64) is not None:
                found.append((name, mode))
    return found


def _sources(made: Instruction) -> list[str]:
    """The files of the source registers, in the order of their fields."""
    return [
        operand.kind.file.name
        for name, operand in sorted(made.operands.items())
        if name != "rd" and isinstance(operand.kind, RegisterKind)
    ]


def _word(made: Instruction, mode: int) -> int:
    """The instruction from fa0 to fa2 or a3 to fa3 or a4."""
    values = {}
    for name, operand in made.operands.items():
        if isinstance(operand.kind, RoundingKind):
            values[name] = mode
        elif isinstance(operand.kind, RegisterKind):
            is_float = operand.kind.file.name == "f"
            floats = {"rd": 13, "rs1": 10, "rs2": 11, "rs3": 12}
            values[name] = floats[name] if is_float else {"rd": 14, "rs1": 13}[name]
    return made.encode(values)


def _program(made: Instruction, mode: int, isa: Isa, is_boxed: bool) -> Any:
    _, *written, read = made.mnemonic.split(".")
    width = "d" if read == "d" else "w"
    load = "lw" if isa.xlen == 32 else "ld"
    boxing = "fadd.s ft0, ft0, ft0\n fadd.d ft0, ft0, ft0" if is_boxed else "nop"
    keep = "fsd" if "d" in (written or [read]) else "fsw"
    result = made.operands["rd"].kind
    assert isinstance(result, RegisterKind)
    store = f"{keep} fa3" if result.file.name == "f" else f"{'sw' if isa.xlen == 32 else 'sd'} a4"
    return assemble(
        f"""
        .globl  apply
apply:  csrwi   fflags, 0
again:  fl{width}     fa0, 0(a0)
        fl{width}     fa1, 8(a0)
        fl{width}     fa2, 16(a0)
        {load}      a3, 24(a0)
        .word   {_word(made, mode):#010x}
        {store}, 0(a1)
        addi    a0, a0, 32
        addi    a1, a1, 8
        addi    a2, a2, -1
        bnez    a2, again
        ret
never:  {boxing}
        ret
        """,
        isa,
    )


def _cases(made: Instruction) -> list[tuple[int, ...]]:
    """Operands fa0, fa1, fa2, a3."""
    table = _DOUBLES if made.mnemonic.endswith(".d") else _SINGLES
    sources = _sources(made)
    if sources == ["x"]:
        return [(0, 0, 0, value) for value in _INTEGERS]
    if len(sources) == 3:
        table = table[::2]
    return [
        (*values, *[0] * (4 - len(values)))
        for values in itertools.product(table, repeat=len(sources))
    ]


def _machine(made: Instruction, mode: int, isa: Isa, is_boxed: bool, tier: Any) -> Machine:
    program = _program(made, mode, isa, is_boxed)
    return Machine(program, isa, memory=1 << 20, tier=tier)


def _outcome(machine: Machine, cases: list[tuple[int, ...]]) -> list[Any]:
    """Results, flags, registers and counts of a few runs, each over a part of the cases."""
    told = []
    for part in np.array_split(np.array(cases, object), min(_CHUNKS, len(cases))):
        data = (part.ravel() % 2**64).astype(np.uint64)
        source = machine.place(data)
        target = machine.place(np.zeros(len(part), np.uint64))
        run = machine.call("apply", source, target, len(part))
        assert run.trap is None
        registers = [machine.register(f"f{i}") for i in range(32)]
        results = machine.array(target, np.uint64, len(part)).tolist()
        told.append((results, machine.fflags, registers, run.executions))
    return told


@pytest.mark.usefixtures("everything_is_hot")
@pytest.mark.parametrize("is_boxed", [False, True])
@pytest.mark.parametrize("xlen", [32, 64])
@pytest.mark.parametrize(("name", "mode"), _lowered())
def test_results_and_flags(name: str, mode: int, xlen: int, is_boxed: bool) -> None:
    isa = ISAS[xlen]
    made = isa.instructions.get(name)
    if made is None:
        assert xlen == 32
        assert {"l", "lu", "x"} & set(name.split("."))
        return
    cases = _cases(made)
    expected = _outcome(_machine(made, mode, isa, is_boxed, "inline"), cases)
    machine = _machine(made, mode, isa, is_boxed, "region")
    assert bool(machine.context.words[Field.FCSR]) == is_boxed
    _outcome(machine, cases[:3])
    tier = machine.hart.regions
    assert tier is not None
    tier.look(float("inf"))
    assert [made.refusal for made in tier.regions] == [""]
    # The heap goes on: addresses differ, and nothing that is compared shows them.
    assert _outcome(machine, cases) == expected
