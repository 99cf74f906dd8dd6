"""Every vector instruction, from random states, against Spike: registers, CSRs, flags and traps.

What Spike leaves is what the body leaves, to the bit. Most cases are legal; of the others both say
that they are illegal.
"""

from pathlib import Path

import numpy as np
import pytest

from rvx.disassembler import format_instruction
from rvx.extensions import isa_for
from rvx.isa import Isa

from .cases import Generator
from .spike_lab import Bodies, Case, Outcome, on_spike

LEAST_LEGAL = 0.3
COMPILED = (
    "vadd.vv vmadc.vim vmseq.vi vnclip.wx vredsum.vs vfmacc.vv vrgather.vv vle32.v vluxei8.v vsetvl"
).split()
"""One instruction for each way that a body is put together."""


def isa_of(xlen: int, vlen: int) -> Isa:
    further = "zvbb_zvbc_zvkned_zvknhb_zvkg_zvksed_zvksh"
    return isa_for(f"rv{xlen}gcv_zvfh_zvfbfwma_{further}_zvl{vlen}b")


def describe(isa: Isa, case: Case, spike: Outcome, ours: Outcome) -> str:
    decoded = isa.decode(case.word)
    assert decoded is not None
    lines = [
        f"{format_instruction(decoded, isa)} under vtype {case.vtype:#x}, AVL {case.avl}, vstart "
        f"{case.vstart}, vcsr {case.vcsr}, fcsr {case.fcsr:#x}, x {[hex(x) for x in case.x]}"
    ]
    for name in ("vtype", "vl", "vstart", "vcsr", "fcsr", "cause", "rd", "fd"):
        left, right = getattr(spike, name), getattr(ours, name)
        if left != right:
            lines.append(f"{name}: {left:#x} on Spike, {right:#x} here")
    rows = [np.frombuffer(one.registers, np.uint8).reshape(32, -1) for one in (spike, ours)]
    for register in np.flatnonzero((rows[0] != rows[1]).any(axis=1)):
        was, left, right = (
            row[register][::-1].tobytes().hex() for row in (case.registers.reshape(32, -1), *rows)
        )
        lines.append(f"v{register}: {left} on Spike, {right} here, was {was}")
    return "\n".join(lines)


def check(isa: Isa, cases: list[Case], low: np.ndarray, folder: Path, compiled: bool) -> None:
    """Asserts that Spike and the bodies leave the same."""
    left = np.empty_like(low)
    spike = on_spike(cases, low, isa, folder, left)
    bodies = Bodies(isa, compiled, low.copy())
    legal = 0
    for case, theirs in zip(cases, spike, strict=True):
        ours = bodies.perform(case)
        legal += theirs.cause == 0
        assert ours == theirs, describe(isa, case, theirs, ours)
    assert (bodies.memory == left).all()
    assert legal > LEAST_LEGAL * len(cases)


@pytest.mark.parametrize(
    ("xlen", "vlen"),
    [(64, 128), (32, 256), (64, 512), (32, 1024)],
)
def test_bodies_leave_what_spike_leaves(xlen: int, vlen: int, tmp_path: Path) -> None:
    isa = isa_of(xlen, vlen)
    generator = Generator(isa, seed=xlen * vlen)
    low = generator.low_memory()
    check(isa, generator.cases(per_instruction=1), low, tmp_path, compiled=False)


def test_compiled_bodies_leave_what_spike_leaves(tmp_path: Path) -> None:
    isa = isa_of(64, 256)
    generator = Generator(isa, seed=1)
    low = generator.low_memory()
    cases = [generator.case(isa.instructions[name]) for name in COMPILED for _ in range(30)]
    check(isa, cases, low, tmp_path, compiled=True)


@pytest.mark.long
@pytest.mark.parametrize("compiled", [False, True], ids=["interpreted", "compiled"])
@pytest.mark.parametrize("vlen", [128, 256, 512, 1024])
@pytest.mark.parametrize("xlen", [32, 64])
def test_many_cases(xlen: int, vlen: int, compiled: bool, tmp_path: Path) -> None:
    """200 cases of every instruction at every width: a million in all.

    Interpreted, that is 12 minutes of processor time; compiled, numba takes as long again for the
    handlers of RV64 and of RV32, which serve every width.
    """
    isa = isa_of(xlen, vlen)
    for seed in range(20):
        generator = Generator(isa, seed=1000 * vlen + xlen + seed)
        low = generator.low_memory()
        folder = tmp_path / str(seed)
        folder.mkdir()
        cases = generator.cases(per_instruction=5 if compiled else 10)
        check(isa, cases, low, folder, compiled)
