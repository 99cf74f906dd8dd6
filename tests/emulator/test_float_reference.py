"""The compiled bodies of F, D and Zfh against exact rational arithmetic, on hard operands.

Every instruction, in every static rounding mode and the dynamic ones, with flags, RV32 and RV64.
"""

from __future__ import annotations

import pytest

from rvx.extensions import isa_for
from rvx.isa import Instruction

from .float_performers import BodyPerformer, has_float_result
from .float_reference import reference
from .float_vectors import DYNAMIC, VectorSource, floating_instructions, modes

ISAS = {xlen: isa_for(f"rv{xlen}gc_zfh") for xlen in (64, 32)}
SINGLES_AND_DOUBLES = [
    (xlen, made.mnemonic)
    for xlen, isa in ISAS.items()
    for made in floating_instructions(isa)
    if made.extension in "FD"
]
ALL = [(xlen, made.mnemonic) for xlen, isa in ISAS.items() for made in floating_instructions(isa)]


def check(made: Instruction, xlen: int, count: int, seed: int) -> None:
    """Compares `count` cases in each rounding mode."""
    bodies = BodyPerformer(ISAS[xlen])
    source = VectorSource(seed)
    for mode in modes(made):
        vectors = source.draw(made, count)
        results, flags = bodies.perform(made, mode, vectors)
        for case in range(count):
            f, x = vectors.f[case].tolist(), int(vectors.x[case])
            if xlen == 32:
                x = (x & 0xFFFFFFFF ^ 0x80000000) - 0x80000000
            rounding = int(vectors.frm[case]) if mode == DYNAMIC else mode
            result, raised = reference(made.mnemonic, f, x, rounding, xlen)
            if xlen == 32 and not has_float_result(made):
                result = (result & 0xFFFFFFFF ^ 0x80000000) - 0x80000000
            expected = (result, raised | int(vectors.fflags[case]))
            got = (int(results[case]), int(flags[case]))
            assert got == expected, (
                f"{made.mnemonic}, mode {rounding}: f {[hex(v & 2**64 - 1) for v in f]}, x {x:#x}"
            )


@pytest.mark.parametrize(("xlen", "name"), SINGLES_AND_DOUBLES)
def test_bodies_are_exact(xlen: int, name: str) -> None:
    check(ISAS[xlen].instructions[name], xlen, 60, seed=xlen)


@pytest.mark.long
@pytest.mark.parametrize(("xlen", "name"), ALL)
def test_bodies_are_exact_on_many_cases(xlen: int, name: str) -> None:
    """Zfh too, 20,000 cases in each rounding mode: some five seconds for each instruction."""
    check(ISAS[xlen].instructions[name], xlen, 20_000, seed=1000 + xlen)
