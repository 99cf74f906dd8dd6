"""Conversions of 8-bit and 4-bit floats: every code, against Spike and ml_dtypes."""

from __future__ import annotations

from pathlib import Path

import ml_dtypes
import numpy as np
import pytest
from numpy.typing import NDArray

from rvx.extensions import isa_for
from rvx.isa import Isa
from rvx.isa.vector.state import ALTFMT

from ..vector.spike_lab import Bodies, Case, on_spike

VLEN = 1024
E8M4, E8M2 = 2, 1
VD, VS2 = 8, 16
FORMATS = {0: ml_dtypes.float8_e4m3fn, 1: ml_dtypes.float8_e5m2}
LARGEST = {0: 448.0, 1: 57344.0}
Bytes = NDArray[np.uint8]


def isa() -> Isa:
    return isa_for(f"rv64gcv_zvfofp8min_zvfofp4min_zvl{VLEN}b")


def case_of(made: Isa, mnemonic: str, vtype: int, mode: int, source: Bytes) -> Case:
    """One instruction over as many elements as there are."""
    registers = np.zeros(4 * VLEN, np.uint8)
    registers[VS2 * VLEN // 8 :][: source.size] = source
    word = made.instructions[mnemonic].encode({"vd": VD, "vs2": VS2, "vm": 1})
    return Case(word, vtype, 1 << 20, 0, 0, mode << 5, (0, 0, 0), (0, 0), registers)


def blocks(made: Isa, mnemonic: str, alternative: int, mode: int, codes: Bytes) -> list[Case]:
    vtype = alternative * ALTFMT | E8M4
    return [
        case_of(made, mnemonic, vtype, mode, codes[at : at + VLEN])
        for at in range(0, codes.size, VLEN)
    ]


def results(bodies: Bodies, cases: list[Case], size: int) -> Bytes:
    """What is written from VD on, of all cases."""
    found = []
    for case in cases:
        outcome = bodies.perform(case)
        assert outcome.cause == 0
        found.append(np.frombuffer(outcome.registers, np.uint8)[VD * VLEN // 8 :][:size])
    return np.concatenate(found)


def every_bf16() -> Bytes:
    return np.arange(1 << 16, dtype=np.uint16).view(np.uint8)


@pytest.mark.parametrize("alternative", FORMATS)
@pytest.mark.parametrize("saturates", [False, True])
def test_every_bf16_as_ml_dtypes_rounds_it(alternative: int, saturates: bool) -> None:
    made = isa()
    mnemonic = "vfncvtbf16.sat.f.f.w" if saturates else "vfncvtbf16.f.f.w"
    bodies = Bodies(made, True, np.zeros(8192, np.uint8))
    got = results(bodies, blocks(made, mnemonic, alternative, 0, every_bf16()), VLEN // 2)
    numbers = every_bf16().view(ml_dtypes.bfloat16).astype(np.float32)
    if saturates:
        largest = LARGEST[alternative]
        numbers = np.where(np.isnan(numbers), numbers, np.clip(numbers, -largest, largest))
    with np.errstate(over="ignore", invalid="ignore"):
        wanted = numbers.astype(FORMATS[alternative])
    is_nan = np.isnan(wanted.astype(np.float32))
    np.testing.assert_array_equal(got, np.where(is_nan, 0x7F, wanted.view(np.uint8)))


@pytest.mark.parametrize("alternative", FORMATS)
def test_every_8_bit_float_as_bf16(alternative: int) -> None:
    made = isa()
    codes = np.arange(256, dtype=np.uint8)
    bodies = Bodies(made, False, np.zeros(8192, np.uint8))
    case = case_of(made, "vfwcvtbf16.f.f.v", alternative * ALTFMT | E8M2, 0, codes)
    got = results(bodies, [case], 512).view(np.uint16)
    wanted = codes.view(FORMATS[alternative]).astype(np.float32).astype(ml_dtypes.bfloat16)
    is_nan = np.isnan(wanted.astype(np.float32))
    np.testing.assert_array_equal(got, np.where(is_nan, 0x7FC0, wanted.view(np.uint16)))
    # None of these formats has signalling NaNs.
    assert bodies.perform(case).fcsr == 0


def test_every_4_bit_float_as_e4m3() -> None:
    made = isa()
    packed = np.arange(256, dtype=np.uint8)
    bodies = Bodies(made, False, np.zeros(8192, np.uint8))
    got = results(bodies, [case_of(made, "vfext.vf2", E8M4, 0, packed)], 512)
    halves = np.stack([packed & 15, packed >> 4], axis=1).reshape(-1)
    numbers = halves.view(ml_dtypes.float4_e2m1fn).astype(np.float32)
    np.testing.assert_array_equal(got, numbers.astype(ml_dtypes.float8_e4m3fn).view(np.uint8))


NAMES = ("vfncvtbf16.f.f.w", "vfncvtbf16.sat.f.f.w")


def check_on_spike(made: Isa, cases: list[Case], folder: Path) -> None:
    low = np.zeros(8192, np.uint8)
    bodies = Bodies(made, True, low.copy())
    for case, theirs in zip(cases, on_spike(cases, low, made, folder), strict=True):
        ours = bodies.perform(case)
        assert ours == theirs, f"{case.word:#x} under {case.vtype:#x}, fcsr {case.fcsr:#x}"
        assert theirs.cause == 0


@pytest.mark.parametrize("mode", range(5))
def test_every_bf16_as_spike_rounds_it(mode: int, tmp_path: Path) -> None:
    """All codes, both formats, saturating or not; flags of 512 codes together."""
    made = isa()
    cases = [
        case
        for name in NAMES
        for alternative in FORMATS
        for case in blocks(made, name, alternative, mode, every_bf16())
    ]
    check_on_spike(made, cases, tmp_path)


@pytest.mark.parametrize("mode", range(5))
def test_flags_of_single_numbers_as_on_spike(mode: int, tmp_path: Path) -> None:
    made = isa()
    rng = np.random.default_rng(mode)
    cases = []
    for name in (*NAMES, "vfncvt.f.f.q", "vfncvt.sat.f.f.q"):
        size = 4 if name.endswith("q") else 2
        for alternative in FORMATS:
            for _ in range(40):
                # Around the range of 8-bit floats, where everything happens.
                number = np.float32(rng.choice([-1, 1]) * 2.0 ** rng.uniform(-20, 18))
                if rng.random() < 0.3:
                    number = np.float32(rng.choice([0, np.inf, np.nan, 464, 448, 480, 61440]))
                source = np.frombuffer(number.tobytes(), np.uint8)[4 - size :]
                case = case_of(made, name, alternative * ALTFMT, mode, source)
                case.avl = 1
                cases.append(case)
    check_on_spike(made, cases, tmp_path)
