"""The registry owns every word: who performs it, and what changes, is what the ISA declares.

Every word runs alone, from random registers and memory. The witness is the interpreted body of what
the ISA decodes it to, stepped by `Stepper`, which shares no code with the ways to run programs.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from .words_lab import CONFIGURATIONS, Desk, long_words, short_words

SHORT_SAMPLE = 250
SECONDS = float(os.environ.get("RVX_WORDS_SECONDS", "600"))
PARTS = 32
"""All 16-bit words are tried after so many parts of the long run."""


def _config_id(configuration: tuple[str, bool]) -> str:
    march, has_floats = configuration
    return f"{march or 'default'}-{'core' if has_floats else 'bodies'}"


@pytest.fixture(params=CONFIGURATIONS, ids=_config_id)
def configuration(request: pytest.FixtureRequest) -> tuple[str, bool]:
    march, has_floats = request.param
    return march, has_floats


@pytest.mark.parametrize("backend", ["native", "python"])
def test_a_sample_of_words(
    configuration: tuple[str, bool],
    backend: Any,
    stepper: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = Desk(*configuration, stepper, 1, monkeypatch, backend=backend, tier="trap")
    for word in short_words(desk.draw)[:SHORT_SAMPLE]:
        desk.check(word)
    words = long_words(desk.isa, desk.draw)
    for _ in range(SHORT_SAMPLE):
        desk.check(next(words))


@pytest.mark.long
def test_every_short_word_and_many_long_ones(
    stepper: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All 16-bit words and as many 32-bit words again, of every configuration, for so long.

    RVX_WORDS_SECONDS says how long (600 by default), RVX_FUZZ_SEED where to begin. Prints how many
    words were tried.
    """
    start, seed, tried = time.monotonic(), int(os.environ.get("RVX_FUZZ_SEED", "1")), 0
    while True:
        every = short_words(random.Random(seed))
        for part in range(PARTS):
            for march, has_floats in CONFIGURATIONS:
                desk = Desk(
                    march, has_floats, stepper, seed * PARTS + part, monkeypatch, tier="trap"
                )
                words = long_words(desk.isa, desk.draw)
                for word in every[part::PARTS]:
                    desk.check(word)
                    desk.check(next(words))
                    tried += 2
            spent = time.monotonic() - start
            print(f"seed {seed}, part {part}: {tried} words, {spent:.0f} s", flush=True)
            if spent >= SECONDS:
                return
        seed += 1
