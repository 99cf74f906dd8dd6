"""Every instruction of the ratified scalar extensions against Spike: registers, flags, memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rvx.disassembler import format_instruction
from rvx.extensions import isa_for, load
from rvx.isa import Instruction, Isa

from .cases import Generator
from .spike_lab import COUNT, FIRST, WORDS, Case, build, on_rvx, on_spike

EXTENSIONS = (
    *("zba", "zbb", "zbc", "zbs", "zbkb", "zbkx", "zicond"),
    *("zknd", "zkne", "zknh", "zksed", "zksh"),
    *("zabha", "zacas", "zcb", "zimop", "zcmop", "zicboz", "zicbom", "zicbop", "zawrs"),
    *("zfa", "zfhmin", "zmmul"),
)
CASES = 12
COMPILED = (
    *("cpop", "ctzw", "clz", "rori", "rolw", "orc.b", "rev8", "clmulh", "clmulr", "xperm4", "bset"),
    *("sh3add.uw", "aes64dsm", "aes64ks1i", "aes64es", "sm4ed", "sha512sig0", "sm3p1"),
    *("amocas.w", "amomaxu.b", "amocas.h.aqrl", "cbo.zero", "c.zext.w", "c.mul"),
    *("fround.s", "froundnx.d", "fcvtmod.w.d", "fminm.h", "fli.h", "fleq.d"),
)
"""Instructions that are compiled too: one for each way to put a body together."""
MARCH = "gc_zba_zbb_zbc_zbs_zbkb_zbkx_zicond_zkn_zks_zabha_zacas_zcb_zimop_zcmop_zicboz_zicbom"
MARCH += "_zicbop_zawrs_zfa_zfh"
IN_X = "imac_zicsr_zfinx_zdinx_zhinx"
"""Floats in x registers: doubles of RV32 are in pairs of them."""


def isa_of(xlen: int) -> Isa:
    return isa_for(f"rv{xlen}{MARCH}")


def instructions(isa: Isa) -> list[Instruction]:
    """All of the extensions that the ISA has, in place of which another may stand."""
    names = {
        made.mnemonic
        for name in EXTENSIONS
        for made in load(name).instructions.values()
        if isa.xlen in made.xlens
    }
    return [isa.instructions[name] for name in sorted(names) if name in isa.instructions]


def describe(isa: Isa, case: Case, spike: np.ndarray, ours: np.ndarray) -> str:
    decoded = isa.decode(case.word)
    assert decoded is not None
    lines = [f"{format_instruction(decoded, isa)} ({case.word:#x}), fcsr {case.fcsr:#x}"]
    names = [f"{file}{FIRST + i}" for file in "xf" for i in range(COUNT)]
    names += ["fcsr", "", *(f"memory {8 * i}" for i in range(WORDS))]
    for at in np.flatnonzero(spike != ours):
        was = case.words()[at]
        lines.append(f"{names[at]}: {spike[at]:#x} on Spike, {ours[at]:#x} here, was {was:#x}")
    inputs = case.words()
    lines.append(" ".join(f"{names[at]}={inputs[at]:#x}" for at in range(2 * COUNT)))
    return "\n".join(lines)


def check(
    isa: Isa,
    cases: list[Case],
    folder: Path,
    march: str = MARCH,
    correct: Callable[[Isa, list[Case], np.ndarray], None] | None = None,
) -> None:
    """Asserts that Spike and rvx leave the same, where Spike is right."""
    elf = build(cases, isa, folder)
    theirs = on_spike(elf, f"rv{isa.xlen}{march}_zicclsm")
    if correct is not None:
        correct(isa, cases, theirs)
    ours = on_rvx(elf, isa)
    if isa.xlen == 32:  # Stores of x registers are four bytes wide; what follows them is as it was.
        theirs, ours = theirs.copy(), ours.copy()
        for stored in (theirs, ours):
            stored[:, :COUNT] &= np.uint64(0xFFFFFFFF)
    different = np.flatnonzero((theirs != ours).any(axis=1))
    assert not different.size, "\n".join(
        describe(isa, cases[row], theirs[row], ours[row]) for row in different[:10]
    )


@pytest.mark.parametrize("xlen", [32, 64])
def test_every_instruction_leaves_what_spike_leaves(
    xlen: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RVX_COMPILE_AFTER", "never")  # It takes a minute to compile all of them.
    isa = isa_of(xlen)
    made = instructions(isa)
    assert len(made) == {32: 251, 64: 266}[xlen]
    check(isa, list(Generator(isa, seed=xlen).cases(made, CASES)), tmp_path)


@pytest.mark.parametrize("xlen", [32, 64])
def test_floats_in_x_registers_are_those_of_spike(
    xlen: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RVX_COMPILE_AFTER", "never")
    isa = isa_for(f"rv{xlen}{IN_X}")
    made = [one for one in isa.instructions.values() if one.extension.endswith("inx")]
    assert len(made) == {32: 72, 64: 84}[xlen]
    check(isa, list(Generator(isa, seed=7).cases(made, CASES)), tmp_path, IN_X, extend_singles)


def test_compiled_doubles_in_pairs_are_those_of_spike(tmp_path: Path) -> None:
    isa = isa_for(f"rv32{IN_X}")
    made = [isa.instructions[name] for name in ("fsgnjx.d", "fcvt.d.wu", "fle.d")]
    check(isa, list(Generator(isa, seed=3).cases(made, 40)), tmp_path, IN_X)


def extend_singles(isa: Isa, cases: list[Case], stored: np.ndarray) -> None:
    """Singles of RV64 as the manual has them: Spike fills the register with zeros, not the sign."""
    for case, row in zip(cases, stored, strict=True):
        decoded = isa.decode(case.word)
        assert decoded is not None
        operation, to = decoded.instruction.mnemonic.split(".")[:2]
        if to == "s" and isa.xlen == 64 and operation not in ("feq", "flt", "fle", "fclass"):
            at = decoded.values["rd"] - FIRST
            row[at] = np.uint64(int(np.uint32(row[at] & 0xFFFFFFFF).view(np.int32)) & (1 << 64) - 1)


def test_compiled_bodies_leave_what_spike_leaves(tmp_path: Path) -> None:
    isa = isa_of(64)
    made = [isa.instructions[name] for name in COMPILED]
    check(isa, list(Generator(isa, seed=1).cases(made, 40)), tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("xlen", [32, 64])
def test_many_cases(xlen: int, seed: int, tmp_path: Path) -> None:
    """500 cases of every instruction, compiled, in four runs of a minute for each width."""
    isa = isa_of(xlen)
    made = instructions(isa)
    cases = list(Generator(isa, seed=1000 + seed).cases(made, 125))
    check(isa, cases, tmp_path)
