"""What docs/explanation/xsmallfloat.md says of rvx where the published hardware differs."""

from __future__ import annotations

import numpy as np
import pytest

from rvx.extensions import isa_for, load
from rvx.formats.minifloat import NX, UF

from .smallfloat_model import WORD, Before
from .test_xsmallfloat import interpreted

INSTRUCTIONS = load("xsmallfloat").instructions
ISA = isa_for("rv64gc_xsmallfloat")
RNE, RTZ, RDN, RUP = range(4)


def half(value: float) -> int:
    return int(np.float16(value).view(np.uint16))


def single(value: float) -> int:
    return int(np.float32(value).view(np.uint32))


def perform(
    name: str, rd: int, rs1: int, rs2: int = 0, rm: int = 0, mode: int = 0
) -> tuple[int, int]:
    return interpreted(INSTRUCTIONS[name], Before(rd, rs1, rs2, 0, rm, mode))


def lanes(*values: int, bits: int) -> int:
    return sum(value << at * bits for at, value in enumerate(values))


@pytest.mark.parametrize(
    ("rm", "sign", "expected"),
    [
        (RTZ, 1, 2.0**20),
        (RTZ, -1, 2.0**20 - 2.0**-4),
        (RDN, -1, 2.0**20 - 2.0**-4),
        (RUP, 1, 2.0**20 + 2.0**-3),
        (RUP, -1, 2.0**20),
    ],
)
def test_directed_modes_feel_terms_below_any_window(rm: int, sign: int, expected: float) -> None:
    """2^20 + sign (2^-40 - 2^-41): both terms lie more than 51 places below the first."""
    rs1 = lanes(half(sign * 2.0**-20), half(-sign * 2.0**-20), bits=16)
    rs2 = lanes(half(2.0**-20), half(2.0**-21), bits=16)
    result, flags = perform("vfdotpex.s.h", single(2.0**20), rs1, rs2, rm)
    assert result & 0xFFFFFFFF == single(expected)
    assert flags == NX


def test_terms_that_cancel_exactly_are_exact() -> None:
    rs1 = lanes(half(2.0**-20), half(-(2.0**-20)), bits=16)
    rs2 = lanes(half(2.0**-20), half(2.0**-20), bits=16)
    result, flags = perform("vfdotpex.s.h", single(1.0), rs1, rs2)
    assert (result & 0xFFFFFFFF, flags) == (single(1.0), 0)


@pytest.mark.parametrize(
    ("second", "rm", "expected"),
    [
        # Less 2^-25: halfway to the largest subnormal, but a number if the exponent had no bound.
        (0x18, RNE, (0x0400, NX | UF)),
        (0x10, RNE, (0x0400, NX)),
        (0x10, RTZ, (0x03FF, NX | UF)),
    ],
)
def test_underflow_is_tininess_after_rounding(
    second: int, rm: int, expected: tuple[int, int]
) -> None:
    """2^-14, the smallest normal number of FP16, less 2^-25 or 2^-27."""
    rs1 = lanes(0x3C, 0x81, bits=8)  # 1 and -2^-16 in FP8
    rs2 = lanes(0x04, second, bits=8)  # 2^-14, and 2^-9 or 2^-11
    assert perform("vfdotpex.h.b", 0, rs1, rs2, rm) == expected


def test_a_lane_that_writes_nothing_raises_nothing() -> None:
    signalling = 0x7FA00000
    rd = lanes(single(1.0), signalling, bits=32)
    rs1 = lanes(single(2.0), single(3.0), bits=32)
    assert perform("vfsum.s", rd, rs1) == (0xFFFFFFFF << 32 | single(6.0), 0)


def test_a_replicated_dot_product_takes_element_0_of_rs2_twice() -> None:
    rs1 = lanes(*(half(value) for value in (1, 2, 3, 4)), bits=16)
    rs2 = lanes(*(half(value) for value in (10, 20, 30, 40)), bits=16)
    rd = lanes(single(0.5), single(0.25), bits=32)
    result, _ = perform("vfdotpex.s.r.h", rd, rs1, rs2)
    assert result == lanes(single(30.5), single(70.25), bits=32)


@pytest.mark.parametrize("letter", ["h", "b"])
def test_expanding_accumulation_adds_rd(letter: str) -> None:
    one = {"h": WORD ^ 0xFFFF | 0x3C00, "b": WORD ^ 0xFF | 0x3C}[letter]
    rd = WORD ^ 0xFFFFFFFF | single(4.0)
    result, _ = perform(f"fmacex.s.{letter}", rd, one, one)
    assert result == WORD ^ 0xFFFFFFFF | single(5.0)


@pytest.mark.parametrize("mode", [1, 2])
def test_one_bit_decides_within_a_format(mode: int) -> None:
    """0x3f80 is 1 in bfloat16 and 1.875 in binary16."""
    rs1 = lanes(0x3F80, 0x3F80, 0, 0, bits=16)
    result, _ = perform("vfsum.h", 0, rs1, mode=mode)
    assert result & 0xFFFF == (0x4000 if mode == 1 else half(3.75))
    holds, _ = perform("vflt.h", 0, lanes(0x7D00, bits=16), lanes(0x7D01, bits=16), mode=mode)
    assert holds == (1 if mode == 2 else 0)


@pytest.mark.parametrize("rm", [5, 6])
def test_static_fields_beyond_the_ratified_modes_are_illegal(rm: int) -> None:
    for name in ("fadd.b", "fcvt.h.s", "fmacex.s.h"):
        word = INSTRUCTIONS[name].pattern.match | rm << 12
        assert ISA.decode(word) is None
        assert ISA.decode(word & ~(7 << 12)) is not None
