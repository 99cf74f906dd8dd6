"""Programs that were damaged: a result, or a sentence; never an exception of another kind."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from rvx.emulator import Machine
from rvx.errors import RvxError
from rvx.extensions import isa_for
from tests.emulator.linux.programs import SOURCES, build

HEADERS, TEXT = 64 + 56 * 7, 0x420
_LIMIT = 100_000


def _headers(data: bytearray, draw: random.Random) -> None:
    for _ in range(draw.randint(1, 6)):
        data[draw.randrange(HEADERS)] = draw.choice((0, 1, 255, draw.randrange(256)))


def _code(data: bytearray, draw: random.Random) -> None:
    for _ in range(draw.randint(1, 40)):
        data[draw.randrange(TEXT, len(data) // 2)] = draw.randrange(256)


def _entry(data: bytearray, draw: random.Random) -> None:
    entry = int.from_bytes(data[24:32], "little") + 2 * draw.randrange(40_000)
    data[24:32] = entry.to_bytes(8, "little")


KINDS = {"headers": _headers, "code": _code, "entry": _entry}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return build(SOURCES / "exits.c", tmp_path_factory.mktemp("hostile")).read_bytes()


def _run(program: bytes, damage: Callable[[bytearray, random.Random], None], seed: int) -> None:
    data = bytearray(program)
    damage(data, random.Random(seed))
    try:
        result = Machine(bytes(data), isa_for("rv64gc")).run(_LIMIT)
    except RvxError:  # Its sentence is what the command line ends with.
        return
    assert result.exit_code is not None or result.trap is not None, seed


@pytest.mark.parametrize("kind", KINDS)
def test_a_sample_of_damaged_programs(program: bytes, kind: str) -> None:
    for seed in range(5):
        _run(program, KINDS[kind], seed)


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_damaged_programs(program: bytes, kind: str) -> None:
    """4,000 of each kind: some 40 minutes."""
    for seed in range(4000):
        _run(program, KINDS[kind], seed)
