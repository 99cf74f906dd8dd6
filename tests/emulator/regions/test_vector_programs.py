"""Random programs with vector loops end in the same state with regions and without.

The long run (`-m long`) goes on for RVX_FUZZ_SECONDS, an hour by default, from RVX_FUZZ_SEED on.
"""

from __future__ import annotations

import os
import random
import time
from typing import Any

import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.extensions import isa_for

from .vector_programs import random_vector_program

ISAS = [
    isa_for(f"rv{xlen}gcv_zvfh_zvl{vlen}b")
    for xlen, vlen in ((64, 128), (64, 256), (32, 128), (64, 512))
]


def outcome(hart: Machine, result: Any) -> dict[str, Any]:
    """Everything that a guest could tell, and the counts."""
    return {
        "exit": result.exit_code,
        "trap": result.trap,
        "executions": dict(result.executions),
        "elements": dict(result.elements),
        "x": [hart.register(f"x{i}") for i in range(32)],
        "f": [hart.register(f"f{i}") for i in range(32)],
        "fflags": hart.fflags,
        "frm": hart.frm,
        "states": {name: hart.state(name).tolist() for name in hart.isa.states},
        "memory": hash(hart.memory.ram.tobytes()),
    }


def compare(seed: int) -> tuple[int, int]:
    """Runs one program with and without regions, limits included; gives regions and entries.

    Every fourth one in the other tiers, too, and every third one with agnostic elements filled.
    """
    draw = random.Random(~seed)
    isa = ISAS[seed % len(ISAS)]
    program = assemble(random_vector_program(seed, isa), isa)
    limit = draw.choice((None, None, draw.randrange(1, 500)))

    def machine(tier: Any, backend: Any = "native") -> Machine:
        return Machine(
            program,
            isa,
            memory=1 << 20,
            tier=tier,
            backend=backend,
            fills_agnostic=seed % 3 == 2,
        )

    plain, with_regions = machine("inline"), machine("region")
    first = outcome(plain, plain.call("main", max_instructions=limit))
    if seed % 4 == 3:
        for other in (machine("trap"), machine("inline", "python")):
            assert outcome(other, other.call("main", max_instructions=limit)) == first, seed
    second = outcome(plain, plain.call("main", max_instructions=limit))
    before = outcome(with_regions, with_regions.call("main", max_instructions=limit))
    assert before == first, seed
    tier = with_regions.hart.regions
    assert tier is not None
    tier.look(float("inf"))
    assert [made.refusal for made in tier.regions if made.refusal] == []
    after = outcome(with_regions, with_regions.call("main", max_instructions=limit))
    assert after == second, seed
    inline = with_regions.hart.inline
    entered = sum(inline.entries_of(e) for made in tier.regions for e in made.region.entries)
    return len(tier.regions), entered


@pytest.mark.usefixtures("everything_is_hot")
def test_random_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RVX_COMPILE_AFTER", "never")
    made = [compare(seed) for seed in range(12)]
    assert sum(regions for regions, _ in made) >= 8
    assert sum(entered for _, entered in made) >= 8


@pytest.mark.long
@pytest.mark.usefixtures("everything_is_hot")
def test_random_programs_for_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RVX_COMPILE_AFTER", "never")
    end = time.monotonic() + float(os.environ.get("RVX_FUZZ_SECONDS", "3600"))
    first = seed = int(os.environ.get("RVX_FUZZ_SEED", "1000"))
    regions = entered = 0
    while time.monotonic() < end:
        made, times = compare(seed)
        regions, entered = regions + made, entered + times
        seed += 1
    print(f"{seed - first} programs from seed {first}, {regions} regions entered {entered} times")
