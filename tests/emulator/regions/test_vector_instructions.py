"""Every vector instruction in a region leaves what its body leaves, whose witness is Spike.

States are those of `tests/extensions/vector`: random vtype, vl, vstart, masks, register groups and
operands with hard values. The long run (`-m long`) is 60 cases of every instruction at every width.
"""

from __future__ import annotations

import numpy as np
import pytest

from rvx.emulator.regions.flow import Step
from rvx.emulator.regions.vectors import is_illegal, plan_in_region
from rvx.isa import Instruction, Isa
from rvx.isa.vector.plan import plan_of
from tests.extensions.vector.cases import Generator
from tests.extensions.vector.spike_lab import Bodies, Case
from tests.extensions.vector.test_against_spike import describe, isa_of

from .vector_lab import InRegions, vtype_of

CALLED = ("vdiv.vv", "vfirst.m", "vmand.mm", "vmv.x.s", "vrgather.vv", "vslide1up.vx")
"""Some of those that regions call the compiled body of; most of their time goes into compiling."""


def usual(isa: Isa) -> list[Instruction]:
    """The instructions that regions write themselves."""
    return [
        made
        for _, made in sorted(isa.instructions.items())
        if made.extension in ("Zve32x", "Zve32f") and plan_of(made.body) is not None
    ]


def drawn(generator: Generator, made: list[Instruction], times: int) -> list[Case]:
    """Cases of instructions that regions write, where they have such a SEW.

    They mostly have the rounding that regions of floats are entered with. To call a body takes
    seconds, since it has to be compiled.
    """
    cases = []
    for one in [one for one in made for _ in range(times)]:
        case = next((c for _ in range(20) if is_written(c := generator.case(one), generator)), None)
        if case is None:
            continue
        if generator.random.random() < 0.8:
            case.fcsr &= 31
        cases.append(case)
    return cases


def is_written(case: Case, generator: Generator) -> bool:
    """Whether a region writes the instruction of a case itself, or knows it as illegal."""
    isa, vtype = generator.isa, vtype_of(case, generator.isa)
    decoded = isa.decode(case.word)
    assert decoded is not None
    step = Step(0, decoded, 4)
    return is_illegal(step, isa, vtype) or plan_in_region(step, isa, vtype) is not None


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
    cases = drawn(generator, made, 2)
    regions = compare(isa, cases, generator.low_memory())
    assert regions.entered > len(cases) // 6


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
        cases = drawn(generator, usual(isa), 3)
        compare(isa, cases, generator.low_memory())
