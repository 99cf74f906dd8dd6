"""Random bodies mean the same interpreted, compiled and to a witness, in every mode.

`python -m pytest tests/bodies/test_random_bodies.py -m long` runs for an hour; set
RVX_FUZZ_SECONDS for another time, RVX_FUZZ_SEED to repeat the file of a failure.
"""

from __future__ import annotations

import os
import random
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st


def one(bodies_lab: Any, seed: int, bodies: int, modes: bool) -> tuple[int, int]:
    """The file of a seed: how many bodies it has, and executions."""
    draw = random.Random(seed)
    xlen = draw.choice((64, 64, 32))
    loaded = bodies_lab.load(draw.choice, bodies, xlen)
    if not loaded.names:
        return 0, 0
    print(f"RVX_FUZZ_SEED={seed}")
    done = bodies_lab.check_forms(loaded, draw, 40)
    if modes:
        done += bodies_lab.check_modes(loaded, draw, 12)
    return len(loaded.names), done


@settings(
    max_examples=8,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(draw=st.randoms(use_true_random=False))
def test_both_forms_are_what_the_witness_says(bodies_lab: Any, draw: random.Random) -> None:
    bodies_lab.check_forms(bodies_lab.load(draw.choice, 2), random.Random(0), 30)


@pytest.mark.parametrize("seed", range(3))
def test_all_modes_agree(bodies_lab: Any, hot: Any, seed: int) -> None:
    assert one(bodies_lab, seed, 3, modes=True)[0] > 0


@pytest.mark.long
def test_random_bodies_for_an_hour(bodies_lab: Any, hot: Any) -> None:
    only = os.environ.get("RVX_FUZZ_SEED")
    if only is not None:
        one(bodies_lab, int(only), 3, modes=True)
        return
    end = time.monotonic() + float(os.environ.get("RVX_FUZZ_SECONDS", "3600"))
    seed = random.SystemRandom().randrange(1 << 40)
    files = bodies = executions = 0
    while time.monotonic() < end:
        more, done = one(bodies_lab, seed + files, 3, modes=files % 4 == 0)
        files += 1
        bodies += more
        executions += done
    print(f"{files} files from seed {seed}, {bodies} bodies, {executions} executions each way")
