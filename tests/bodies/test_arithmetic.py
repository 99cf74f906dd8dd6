"""The operations of bodies: both forms against Python's exact integers, at edges and at random."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rvx import jit
from rvx.bodies import arithmetic
from rvx.bodies.arithmetic import ERROR, HART_WORDS, PLACE, VALUE, BodyRaised, Error

LOWEST, HIGHEST = -(2**63), 2**63 - 1
EDGES = (0, 1, -1, 2, -2, 3, 62, 63, 64, 65, -64, 2**31, -(2**31), 2**32, LOWEST, HIGHEST)


def wrapped(value: int) -> int:
    return (value + 2**63) % 2**64 - 2**63


def exact(name: str, a: int, b: int) -> int | Error:
    """What Python computes, wrapped; or what is raised."""
    if name in ("floor_divide", "modulo"):
        if b == 0:
            return Error.DIVISION
        return wrapped(a // b if name == "floor_divide" else a % b)
    if name == "power":
        return Error.EXPONENT if b < 0 else wrapped(pow(a, b, 2**64))
    if b < 0:
        return Error.SHIFT
    if name == "shift_left":
        return wrapped(a << b) if b < 64 else 0
    return a >> min(b, 200)


def pairs() -> list[tuple[int, int]]:
    draw = random.Random(5)
    drawn = [(draw.getrandbits(64) - 2**63, draw.randrange(-3, 70)) for _ in range(200)]
    return [*itertools.product(EDGES, EDGES), *drawn]


@pytest.mark.parametrize("name", ["shift_left", "shift_right", "floor_divide", "modulo", "power"])
def test_operations_of_two(name: str) -> None:
    function = getattr(arithmetic, name)
    compiled = jit.native(function)
    for a, b in pairs():
        wanted = exact(name, a, b)
        for form in (function, compiled):
            hart = np.zeros(HART_WORDS, np.int64)
            try:
                got: int | Error = form(a, b, hart, 7)
            except BodyRaised:
                assert hart[PLACE] == 7
                got = Error(int(hart[ERROR]))
                if got != Error.DIVISION:
                    assert hart[VALUE] == b
            assert got == wanted, (name, a, b, form)


ONE: dict[str, Callable[[int], int]] = {
    "absolute": lambda a: wrapped(abs(a)),
    "bit_length": lambda a: a.bit_length(),
    "bit_count": lambda a: a.bit_count(),
}


@pytest.mark.parametrize("name", list(ONE))
def test_operations_of_one(name: str) -> None:
    function = getattr(arithmetic, name)
    compiled = jit.native(function)
    for a in {a for pair in pairs() for a in pair}:
        assert function(a) == compiled(a) == ONE[name](a), (name, a)


@pytest.mark.parametrize("name", ["truncate", "floor", "ceil"])
def test_floats_become_integers_or_raise(name: str) -> None:
    function = getattr(arithmetic, name)
    compiled = jit.native(function)
    plain = {"truncate": math.trunc, "floor": math.floor, "ceil": math.ceil}[name]
    values = [0.0, -0.0, 0.5, -0.5, 1.5, -2.5, 2.0**52 + 0.5, 2.0**62, -(2.0**63), 2.0**63, 1e300]
    for value in [*values, math.inf, -math.inf, math.nan]:
        fits = math.isfinite(value) and LOWEST <= plain(value) <= HIGHEST
        for form in (function, compiled):
            hart = np.zeros(HART_WORDS, np.int64)
            try:
                assert form(value, hart, 0) == plain(value)
                assert fits
            except BodyRaised:
                assert not fits
                assert hart[ERROR] == Error.CONVERSION


def test_an_index_is_within_or_raises() -> None:
    compiled = jit.native(arithmetic.index)
    for form in (arithmetic.index, compiled):
        for at in (*range(-6, 7), LOWEST, HIGHEST):
            hart = np.zeros(HART_WORDS, np.int64)
            if -4 <= at < 4:
                assert form(at, 4, hart, 0) == at % 4
            else:
                with pytest.raises(BodyRaised):
                    form(at, 4, hart, 0)
                assert (hart[ERROR], hart[VALUE]) == (Error.INDEX, at)


def test_ranges_have_as_many_numbers_as_in_python() -> None:
    compiled = jit.native(arithmetic.range_end)
    edges = (0, 1, -1, 5, -7, LOWEST, HIGHEST, HIGHEST - 1, 1 << 62)
    for start, end, step in itertools.product(edges, edges, (1, -1, 3, -2, 0, LOWEST, HIGHEST)):
        for form in (arithmetic.range_end, compiled):
            hart = np.zeros(HART_WORDS, np.int64)
            try:
                to: Any = int(form(start, end, step, hart, 0))
            except BodyRaised:
                is_long = step and bool(range(start, end, 1 if step > 0 else -1))
                assert hart[ERROR] == (Error.RANGE if step else Error.STEP)
                assert not step or is_long
                continue
            assert abs(to - start) <= 1 << 62
            wanted = range(start, end, step)
            assert bool(range(start, to, step)) == bool(wanted)
            assert not wanted or to == end
