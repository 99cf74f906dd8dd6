"""F, D and Zfh by themselves: a program with one instruction and nothing else of them.

Nobody may perform an instruction in another way because of what else a program holds. In regions
the host's own unit computes most of F and D; the outcome is compared with the bodies', which are
compared with exact arithmetic.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import platform
from functools import cache, reduce
from operator import or_
from typing import Any

import numpy as np
import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.emulator.regions import floats
from rvx.emulator.regions.floats import lower
from rvx.extensions import isa_for
from rvx.isa import Instruction
from rvx.isa.operands import RegisterKind

from ..float_performers import BodyPerformer, has_float_result
from ..float_vectors import (
    DYNAMIC,
    Vectors,
    VectorSource,
    Words,
    floating_instructions,
    modes,
    source_format,
    word_of,
)

ISAS = {xlen: isa_for(f"rv{xlen}gc_zfh") for xlen in (64, 32)}
TIERS: dict[str, dict[str, Any]] = {
    "region": {},
    "inline": {"tier": "inline"},
    "trap": {"tier": "trap"},
    "mirrored": {"tier": "inline", "by_pointer": False},
    "python": {"backend": "python"},
}
CHUNK = 5
"""Cases whose flags are looked at together: within a loop nothing reads them."""


@cache
def _bodies(xlen: int) -> BodyPerformer:
    return BodyPerformer(ISAS[xlen])


def _suffix(made: Instruction) -> str:
    """The letter of loads of the operands."""
    return {16: "h", 32: "w", 64: "d"}[source_format(made).bits]


def _result_suffix(made: Instruction, xlen: int) -> str:
    """The letter of the store of the result."""
    if not has_float_result(made):
        return "d" if xlen == 64 else "w"
    first = made.mnemonic.split(".")[1]
    return {"s": "w", "w": "w", "h": "h", "d": "d"}[first]


def _program(made: Instruction, xlen: int) -> Any:
    """A function `once` and a loop `apply` for every rounding mode that may stand in the word."""
    load = "ld" if xlen == 64 else "lw"
    loads = []
    for name, operand in made.operands.items():
        if name == "rd" or not isinstance(operand.kind, RegisterKind):
            continue
        at = {"rs1": 0, "rs2": 1, "rs3": 2}[name]
        is_float = operand.kind.file.name == "f"
        loads.append(
            f"fl{_suffix(made)} fa{at}, {8 * at}(a0)" if is_float else f"{load} a3, 24(a0)"
        )
    store = f"{'fs' if has_float_result(made) else 's'}{_result_suffix(made, xlen)}"
    result = "fa4" if has_float_result(made) else "a4"
    lines = []
    for mode in modes(made):
        word = f".word {word_of(made, mode):#010x}"
        lines += [f".globl apply{mode}, once{mode}", f"once{mode}: {word}", "ret"]
        lines += [f"apply{mode}: {loads[0]}", *loads[1:], word, f"{store} {result}, 0(a1)"]
        lines += ["addi a0, a0, 32", "addi a1, a1, 8", "addi a2, a2, -1", f"bnez a2, apply{mode}"]
        lines.append("ret")
    return assemble("\n".join(lines), ISAS[xlen])


def _chunks(made: Instruction, mode: int, count: int, seed: int) -> list[Vectors]:
    """Cases with boxed operands, no flags, and one dynamic rounding mode in each chunk."""
    drawn = VectorSource(seed).draw(made, count, is_boxed=True)
    parts = []
    for start in range(0, count, CHUNK):
        part = slice(start, start + CHUNK)
        size = len(drawn.x[part])
        frm = np.full(size, start // CHUNK % 5 if mode == DYNAMIC else 0)
        parts.append(Vectors(drawn.f[part], drawn.x[part], frm, np.zeros(size, np.int64)))
    return parts


def _expected(made: Instruction, mode: int, xlen: int, part: Vectors) -> tuple[Words, int]:
    results, flags = _bodies(xlen).perform(made, mode, part)
    return results, int(reduce(or_, flags.tolist()))


def _few(made: Instruction) -> tuple[int, ...]:
    """The rounding modes in which the host computes."""
    chosen = {0, 1, DYNAMIC} if made.mnemonic.startswith("fcvt.w") else {0, DYNAMIC}
    return tuple(mode for mode in modes(made) if mode in chosen)


def _translate(machine: Machine, made: Instruction, wanted: tuple[int, ...]) -> None:
    """Runs every loop twice, and has regions made of them."""
    machine.hart.prepare(is_limited=False)
    tier = machine.hart.regions
    if tier is None:
        return
    zeros = machine.place(np.zeros((2, 4), np.int64))
    for mode in wanted:
        assert machine.call(f"apply{mode}", zeros, zeros, 2).trap is None
        tier.look(float("inf"))
    assert [one.refusal for one in tier.regions] == [""] * len(wanted)


def _run_loops(
    machine: Machine,
    made: Instruction,
    xlen: int,
    wanted: tuple[int, ...],
    count: int,
    seed: int,
) -> None:
    bits = {"h": 16, "w": 32, "d": 64}[_result_suffix(made, xlen)]
    mask = np.int64(-1) if bits == 64 else np.int64((1 << bits) - 1)
    register = "fa4" if has_float_result(made) else "a4"
    for mode in wanted:
        for part in _chunks(made, mode, count, seed + mode):
            data = np.column_stack([part.f, part.x]).astype(np.int64)
            source, target = machine.place(data), machine.place(np.zeros(len(part), np.int64))
            machine.frm, machine.fflags = int(part.frm[0]), 0
            run = machine.call(f"apply{mode}", source, target, len(part))
            assert run.trap is None
            results, flags = _expected(made, mode, xlen, part)
            got = machine.array(target, np.int64, len(part))
            told = f"{made.mnemonic}, mode {mode}, frm {part.frm[0]}: {part.f.tolist()}"
            assert (got & mask).tolist() == (results & mask).tolist(), told
            assert machine.fflags == flags, told
            whole = int(results[-1]) & (1 << (64 if register == "fa4" else xlen)) - 1
            assert machine.register(register) == whole, told


def _run_once(machine: Machine, made: Instruction, xlen: int, count: int, seed: int) -> None:
    """Operands and flags come from the host, and a part of them is not boxed."""
    register = "fa4" if has_float_result(made) else "a4"
    for mode in modes(made):
        vectors = VectorSource(seed + mode).draw(made, count)
        results, flags = _bodies(xlen).perform(made, mode, vectors)
        for case in range(count):
            for number in range(3):
                machine.set_register(f"f{10 + number}", int(vectors.f[case, number]))
            machine.set_register("x13", int(vectors.x[case]))
            machine.frm, machine.fflags = int(vectors.frm[case]), int(vectors.fflags[case])
            assert machine.call(f"once{mode}").trap is None
            whole = int(results[case]) & (1 << (64 if register == "fa4" else xlen)) - 1
            told = f"{made.mnemonic}, mode {mode}, {vectors.f[case].tolist()}"
            assert machine.register(register) == whole, told
            assert machine.fflags == flags[case], told


PAIRS = [
    (xlen, made.mnemonic)
    for xlen, isa in ISAS.items()
    for made in floating_instructions(isa)
    if made.extension in "FD"
]
HALVES = [(xlen, "fmadd.h") for xlen in ISAS] + [(64, "fcvt.h.d"), (32, "fclass.h")]


@pytest.mark.usefixtures("everything_is_hot")
@pytest.mark.parametrize(("xlen", "name"), PAIRS)
def test_in_regions(xlen: int, name: str) -> None:
    isa = ISAS[xlen]
    made = isa.instructions[name]
    machine = Machine(_program(made, xlen), isa, memory=1 << 20)
    _translate(machine, made, _few(made))
    _run_loops(machine, made, xlen, _few(made), 40, seed=xlen)
    tier = machine.hart.regions
    assert tier is not None
    is_entered = [machine.hart.inline.entries_of(one.region.entries[0]) for one in tier.regions]
    assert all(is_entered)


@pytest.mark.parametrize(("xlen", "name"), [*PAIRS, *HALVES])
def test_one_at_a_time(xlen: int, name: str) -> None:
    isa = ISAS[xlen]
    made = isa.instructions[name]
    tier = sorted(TIERS)[len(name) * 7 % len(TIERS)]
    machine = Machine(_program(made, xlen), isa, memory=1 << 20, **TIERS[tier])
    _run_once(machine, made, xlen, 3, seed=xlen)


@pytest.mark.long
@pytest.mark.usefixtures("everything_is_hot")
@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize(
    ("xlen", "name"),
    [(xlen, made.mnemonic) for xlen, isa in ISAS.items() for made in floating_instructions(isa)],
)
def test_many_in_every_tier(xlen: int, name: str, tier: str) -> None:
    """Zfh too; 600 cases of each rounding mode in loops and 100 by themselves: half an hour."""
    isa = ISAS[xlen]
    made = isa.instructions[name]
    machine = Machine(_program(made, xlen), isa, memory=1 << 22, **TIERS[tier])
    _translate(machine, made, modes(made))
    _run_loops(machine, made, xlen, modes(made), 600, seed=78)
    _run_once(machine, made, xlen, 100, seed=79)


@pytest.mark.usefixtures("everything_is_hot")
def test_the_rounding_mode_of_the_host_does_not_matter() -> None:
    made = ISAS[64].instructions["fadd.d"]
    machine = Machine(_program(made, 64), ISAS[64], memory=1 << 20)
    _translate(machine, made, (0,))
    library = ctypes.CDLL(ctypes.util.find_library("m"))
    upwards = 0x400000 if platform.machine() in ("aarch64", "arm64") else 0x800
    before = library.fegetround()
    assert library.fesetround(upwards) == 0
    try:
        _run_loops(machine, made, 64, (0,), 40, seed=5)
    finally:
        library.fesetround(before)


def test_hosts_that_look_for_underflow_before_rounding_leave_it_to_the_bodies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(floats, "TINY_BEFORE_ROUNDING", True)
    instructions = ISAS[64].instructions
    for name, is_lowered in (
        ("fmul.s", False),
        ("fdiv.d", False),
        ("fmadd.d", False),
        ("fcvt.s.d", False),
        ("fadd.d", True),  # What is tiny is exact.
        ("fsqrt.s", True),
        ("fcvt.d.s", True),
    ):
        assert bool(lower(instructions[name], 0)) == is_lowered, name


def test_most_of_f_and_d_goes_to_the_host() -> None:
    singles_and_doubles = [
        made for made in ISAS[64].instructions.values() if made.extension in "FD"
    ]
    lowered = {made.mnemonic for made in singles_and_doubles if lower(made, 0)}
    assert len(lowered) == 46
    assert lowered >= {"fmadd.s", "fadd.d", "fcvt.s.d", "fcvt.d.s", "fmin.s", "feq.d", "fcvt.w.s"}
