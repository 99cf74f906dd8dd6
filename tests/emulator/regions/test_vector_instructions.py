"""Every vector instruction in a region leaves what its body leaves, whose witness is Spike.

States are those of `tests/extensions/vector`: random vtype, vl, vstart, masks, register groups and
operands with hard values. The long run (`-m long`) is 60 cases of every instruction at every width.
"""

from __future__ import annotations

import numpy as np
import pytest

from rvx.isa import Instruction, Isa
from rvx.isa.vector.plan import plan_of
from tests.extensions.vector.cases import Generator
from tests.extensions.vector.spike_lab import Bodies, Case
from tests.extensions.vector.test_against_spike import describe, isa_of

from .vector_lab import InRegions

CALLED = ("vdiv.vv", "vfirst.m", "vmand.mm", "vmv.x.s", "vrgather.vv", "vslide1up.vx")
"""Some of those that regions call the compiled body of; most of their time goes into compiling."""


def usual(isa: Isa) -> list[Instruction]:
    """The instructions that regions write themselves."""
    return [
        made
        for _, made in sorted(isa.instructions.items())
        if made.extension in ("Zve32x", "Zve32f") and plan_of(made.body) is not None
    ]


def compare(isa: Isa, cases: list[Case], low: np.ndarray) -> InRegions:
    """Performs cases both ways; gives who performed them in regions."""
    bodies, regions = Bodies(isa, False, low.copy()), InRegions(isa, low.copy())
    regions.place(cases)
    for case in cases:
        wanted, found = bodies.perform(case), regions.perform(case)
        assert found == wanted, describe(isa, case, wanted, found).replace("on Spike", "by body")
        assert (regions.memory == bodies.memory).all()
    return regions


@pytest.mark.parametrize(("xlen", "vlen", "part"), [(64, 128, 0), (32, 256, 1), (64, 512, 2)])
def test_regions_leave_what_bodies_leave(xlen: int, vlen: int, part: int) -> None:
    isa = isa_of(xlen, vlen)
    generator = Generator(isa, seed=xlen + vlen)
    made = usual(isa)[part::9]
    cases = [generator.case(one) for one in made for _ in range(2)]
    regions = compare(isa, cases, generator.low_memory())
    assert regions.entered > len(cases) // 4


def test_bodies_that_regions_call() -> None:
    isa = isa_of(64, 256)
    generator = Generator(isa, seed=7)
    generator.random.seed(7)
    cases = [generator.case(isa.instructions[name]) for name in CALLED]
    compare(isa, cases, generator.low_memory())


@pytest.mark.long
@pytest.mark.parametrize("vlen", [128, 256, 512, 1024])
@pytest.mark.parametrize("xlen", [32, 64])
def test_many_cases(xlen: int, vlen: int) -> None:
    """60 cases of every instruction that regions write: a quarter of an hour at each width."""
    isa = isa_of(xlen, vlen)
    for seed in range(20):
        generator = Generator(isa, seed=1000 * vlen + xlen + seed)
        cases = [generator.case(one) for one in usual(isa) for _ in range(3)]
        compare(isa, cases, generator.low_memory())
