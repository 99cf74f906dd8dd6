"""Random operations: imported bodies beside the interpreter of the tests."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.udb.lab import imported
from tests.udb.programs import Operation, file_of


def check(seed: int, folder: Path, count: int) -> tuple[int, int]:
    """Thirty-two operations; says how many have a body, and how often those were carried out."""
    draw = random.Random(seed)
    is_strict = seed % 3 == 0
    texts = {}
    for number in range(32):
        operation = Operation(draw, draw.choice((32, 64))).text()
        texts[f"{number}.yaml"] = file_of(
            f"drawn.n{number}", number, operation, is_signed=draw.random() < 0.5
        )
    made, pairs = imported(folder, texts, is_strict=is_strict)
    assert not made.left_out
    for sentence in made.without_body:
        # Sums of parts may have more than 64 bits, and parts are taken of what has fewer.
        assert "words of bodies have 64" in sentence or "which has" in sentence, sentence
    done = sum(pair.compare(count, draw, is_strict) for pair in pairs)
    return made.with_body, done


@pytest.mark.parametrize("seed", range(2))
def test_bodies_mean_what_operations_say(seed: int, tmp_path: Path) -> None:
    with_body, done = check(seed, tmp_path, 12)
    assert with_body > 20
    assert done > 300


@pytest.mark.long
def test_many_operations(tmp_path: Path) -> None:
    """Four hundred files of 32 operations, each on 40 words; some ten minutes.

    RVX_FUZZ_SEED says where to begin.
    """
    first = int(os.environ.get("RVX_FUZZ_SEED", "1000"))
    for seed in range(first, first + 400):
        folder = tmp_path / str(seed)
        folder.mkdir()
        check(seed, folder, 40)
