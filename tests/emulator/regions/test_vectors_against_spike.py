"""Compiled vector instructions against Spike: few of them, each from very many states.

To compile an instruction takes longer than to perform it a thousand times. So a word is drawn for
each, with a vtype under which it is legal, and performed from a few hundred states: vl, vstart,
masks, operands, rounding modes and memory. `tests/extensions/vector` has new words in each case,
which are interpreted.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rvx.emulator.regions.flow import Step
from rvx.emulator.regions.vectors import is_illegal
from rvx.isa import Instruction, Isa
from tests.extensions.vector.cases import Generator
from tests.extensions.vector.spike_lab import Bodies, Case, on_spike
from tests.extensions.vector.test_against_spike import describe, isa_of

from .vector_lab import InRegions, vtype_of

CHUNK = 4000
"""Cases that Spike performs in one program."""
SAMPLE = (
    "vadd.vv vmadc.vvm vmsltu.vx vsadd.vi vnclip.wx vwmacc.vv vredsum.vs vfmacc.vf vfwcvt.f.f.v "
    "vle16.v vsse32.v vlseg2e8.v vmand.mm vmv.x.s vslidedown.vi vcompress.vm"
).split()
"""Instructions that regions write in each of their ways, or call the body of."""


def vector_instructions(isa: Isa) -> list[Instruction]:
    """All that work on vectors; what sets vl in regions is told by programs."""
    return [
        made
        for name, made in sorted(isa.instructions.items())
        if made.extension.startswith("Zv") and not name.startswith("vset")
    ]


def words(generator: Generator, made: list[Instruction]) -> Iterator[Case]:
    """A case of each instruction, that is legal if one is found soon."""
    for one in made:
        for _ in range(30):
            case = generator.case(one)
            decoded = generator.isa.decode(case.word)
            assert decoded is not None
            if not is_illegal(Step(0, decoded, 4), generator.isa, vtype_of(case, generator.isa)):
                break
        yield case


def states(generator: Generator, case: Case, times: int) -> list[Case]:
    """So many cases of one word, most in the rounding that regions of floats are entered with."""
    found = [generator.again(case) for _ in range(times)]
    for one in found:
        if generator.random.random() < 0.8:
            one.fcsr &= 31
    return found


def check(
    ours: Bodies, generator: Generator, made: list[Instruction], times: int, folder: Path
) -> None:
    """Asserts that Spike leaves the same of each instruction in so many states.

    Args:
        ours: performs them; its memory is that which they find.
        generator: of their ISA.
        made: the instructions.
        times: how many states.
        folder: for programs.
    """
    drawn, legal = list(words(generator, made)), 0
    if isinstance(ours, InRegions):
        ours.place(drawn)
    at_once = CHUNK // times
    for first in range(0, len(drawn), at_once):
        some = drawn[first : first + at_once]
        cases = [one for case in some for one in states(generator, case, times)]
        left = np.empty_like(ours.memory)
        spike = on_spike(cases, ours.memory, generator.isa, folder, left)
        for case, theirs in zip(cases, spike, strict=True):
            found = ours.perform(case)
            legal += theirs.cause == 0
            assert found == theirs, describe(generator.isa, case, theirs, found)
        assert (ours.memory == left).all()
    assert legal > len(drawn) * times // 2


@pytest.mark.parametrize(("xlen", "vlen", "part"), [(64, 256, 0), (32, 128, 1)])
def test_words_in_regions_from_many_states(xlen: int, vlen: int, part: int, tmp_path: Path) -> None:
    isa = isa_of(xlen, vlen)
    generator = Generator(isa, seed=xlen * vlen)
    made = [isa.instructions[name] for name in SAMPLE[part::2]]
    regions = InRegions(isa, generator.low_memory())
    check(regions, generator, made, 50, tmp_path)
    assert regions.entered > len(made) * 50 // 3


@pytest.mark.long
@pytest.mark.parametrize("vlen", [128, 256, 512, 1024])
@pytest.mark.parametrize("xlen", [64, 32])
@pytest.mark.parametrize("tier", ["regions", "compiled"])
def test_every_instruction_from_many_states(
    tier: str, xlen: int, vlen: int, tmp_path: Path
) -> None:
    """Every vector instruction in 200 states at every width: a million cases in each tier.

    `-k regions-64-128` is one of 16 parts. Compiled handlers serve every VLEN, regions one word.
    """
    isa = isa_of(xlen, vlen)
    generator = Generator(isa, seed=3000 * vlen + xlen)
    low = generator.low_memory()
    ours = InRegions(isa, low) if tier == "regions" else Bodies(isa, True, low)
    check(ours, generator, vector_instructions(isa), 200, tmp_path)
