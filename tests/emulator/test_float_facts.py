"""Every instruction of F and D on Unicorn's core against its body: where they differ.

`rvx.emulator.floatfacts` says which instructions the core performs rightly. A release of Unicorn
that changes one of them is found here.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from rvx.emulator.floatfacts import is_right_on_the_core
from rvx.extensions import isa_for
from rvx.isa import Instruction

from .float_performers import BodyPerformer, CorePerformer, Outcome
from .float_vectors import Vectors, VectorSource, floating_instructions, modes

CASES = 1500
"""For each rounding mode; operands are boxed in half of them."""


@cache
def _performers(xlen: int) -> tuple[CorePerformer, BodyPerformer]:
    return CorePerformer(xlen), BodyPerformer(isa_for(f"rv{xlen}gc"))


def _differences(made: Instruction, xlen: int, count: int, seed: int) -> list[str]:
    core, bodies = _performers(xlen)
    source = VectorSource(seed)
    found = []
    for mode in modes(made):
        for is_boxed in (True, False):
            vectors = source.draw(made, count, is_boxed)
            results, flags = core.perform(made, mode, vectors)
            expected, expected_flags = bodies.perform(made, mode, vectors)
            is_other = (results != expected) | (flags != expected_flags)
            found += [
                _told(made, mode, vectors, case, (results, flags), (expected, expected_flags))
                for case in np.flatnonzero(is_other)[:10].tolist()
            ]
    return found


def _told(
    made: Instruction, mode: int, vectors: Vectors, case: int, core: Outcome, body: Outcome
) -> str:
    def bits(value: int) -> str:
        return hex(value & 2**64 - 1)

    (by_core, flags), (by_body, expected) = core, body
    return (
        f"{made.mnemonic}, mode {mode}, f {[bits(value) for value in vectors.f[case].tolist()]}, "
        f"x {bits(int(vectors.x[case]))}, frm {vectors.frm[case]}, flags {vectors.fflags[case]}: "
        f"the core gives {bits(int(by_core[case]))} and flags {flags[case]}, "
        f"the body {bits(int(by_body[case]))} and flags {expected[case]}"
    )


def _computing(xlen: int) -> list[Instruction]:
    return floating_instructions(isa_for(f"rv{xlen}gc"))


PAIRS = [(xlen, made.mnemonic) for xlen in (64, 32) for made in _computing(xlen)]


@pytest.mark.parametrize(("xlen", "name"), PAIRS)
def test_the_core_is_right_where_it_is_said_to_be(xlen: int, name: str) -> None:
    made = isa_for(f"rv{xlen}gc").instructions[name]
    found = _differences(made, xlen, CASES, seed=xlen)
    if is_right_on_the_core(made):
        assert not found, found[0]
    else:
        assert found, f"Unicorn performs {name} rightly now: floatfacts need not list it"


@pytest.mark.long
@pytest.mark.parametrize(("xlen", "name"), PAIRS)
def test_ten_million_cases_of_each_instruction(xlen: int, name: str) -> None:
    """Some two minutes for each instruction that has a rounding mode: about an hour and a half."""
    made = isa_for(f"rv{xlen}gc").instructions[name]
    if not is_right_on_the_core(made):
        return
    for seed in range(100):
        found = _differences(made, xlen, 10_000_000 // 200 // len(modes(made)), 1000 + seed)
        assert not found, found[0]


@pytest.mark.parametrize("xlen", [32, 64])
def test_what_is_right_is_a_part_of_what_there_is(xlen: int) -> None:
    isa = isa_for(f"rv{xlen}gc")
    right = {
        made.mnemonic
        for made in isa.instructions.values()
        if made.extension in ("F", "D") and is_right_on_the_core(made)
    }
    assert {"flw", "fsw", "fld", "fsd", "fadd.d", "fsqrt.d", "feq.d", "fclass.d"} <= right
    assert not {"fadd.s", "fmv.w.x", "fclass.s", "fmadd.d", "fmin.d", "fcvt.d.s"} & right
