"""Bit arithmetic of bodies, interpreted and compiled, against unbounded integers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rvx import jit
from rvx.isa import bits

INT64 = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.sampled_from([0, 1, -1, 2**31, -(2**31), 2**32, 2**63 - 1, -(2**63)]),
)
M64 = (1 << 64) - 1

Caller = Callable[..., int]


def interpreted(function: Callable[..., Any]) -> Caller:
    def call(*arguments: int) -> int:
        with np.errstate(over="ignore"):
            return int(function(*(np.int64(argument) for argument in arguments)))

    return call


def compiled(function: Callable[..., Any]) -> Caller:
    dispatcher = jit.native(function)
    return lambda *arguments: int(dispatcher(*(np.int64(argument) for argument in arguments)))


BOTH = pytest.mark.parametrize("way", [interpreted, compiled])


def signed(value: int, width: int = 64) -> int:
    value &= (1 << width) - 1
    return value - (1 << width) if value >> width - 1 else value


@BOTH
@given(value=INT64, width=st.integers(1, 62))
@settings(deadline=None)  # the first example compiles
def test_extension(way: Callable[[Any], Caller], value: int, width: int) -> None:
    assert way(bits.sext)(value, width) == signed(value, width)
    assert way(bits.zext)(value, width) == value & (1 << width) - 1
    assert way(bits.sext32)(value) == signed(value, 32)


@BOTH
@given(value=INT64)
@settings(deadline=None)
def test_registers_and_addresses_of_both_widths(way: Callable[[Any], Caller], value: int) -> None:
    assert way(bits.narrow)(value, 64) == value
    assert way(bits.narrow)(value, 32) == signed(value, 32)
    assert way(bits.address)(value, 64) == value
    assert way(bits.address)(value, 32) == value & 0xFFFFFFFF


@BOTH
@given(a=INT64, b=INT64, count=st.integers(0, 63))
@settings(deadline=None)
def test_unsigned_views(way: Callable[[Any], Caller], a: int, b: int, count: int) -> None:
    assert bool(way(bits.less_unsigned)(a, b)) == (a & M64 < b & M64)
    assert way(bits.shift_right_logical)(a, count) == signed((a & M64) >> count)
