"""Against independent implementations: ml_dtypes, gfloat, NumPy and the host's arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gfloat
import gfloat.formats
import ml_dtypes
import numpy as np
import pytest
from numpy.typing import NDArray

from rvx.formats.minifloat import (
    DZ,
    E2M1,
    E2M3,
    E3M2,
    E4M3FN,
    E8M0,
    FORMATS,
    FP8,
    FP16,
    FP16ALT,
    FP32,
    FP64,
    Minifloat,
    Overflow,
    Rounding,
    array,
    exact,
)

Values = NDArray[np.float64]
BY_ML_DTYPES = [fmt for fmt in FORMATS.values() if hasattr(ml_dtypes, fmt.name) and fmt is not E8M0]
BY_GFLOAT = {
    FP8: gfloat.formats.format_info_ocp_e5m2,
    E4M3FN: gfloat.formats.format_info_ocp_e4m3,
    FP16ALT: gfloat.formats.format_info_bfloat16,
    FP16: gfloat.formats.format_info_binary16,
    FP32: gfloat.formats.format_info_binary32,
    E3M2: gfloat.formats.format_info_ocp_e3m2,
    E2M3: gfloat.formats.format_info_ocp_e2m3,
    E2M1: gfloat.formats.format_info_ocp_e2m1,
}
GFLOAT_MODES = {
    Rounding.RNE: gfloat.RoundMode.TiesToEven,
    Rounding.RTZ: gfloat.RoundMode.TowardZero,
    Rounding.RDN: gfloat.RoundMode.TowardNegative,
    Rounding.RUP: gfloat.RoundMode.TowardPositive,
    Rounding.RMM: gfloat.RoundMode.TiesToAway,
}


def values_about(sampler: Any, fmt: Minifloat, count: int) -> Values:
    """float32 numbers at, next to and half way between numbers of a format, as float64."""
    numbers = array.decode(fmt, sampler.mix(fmt, count)).astype(np.float32)
    nudge = sampler.rng.integers(-1, 2, count)
    step = array.decode(fmt, sampler.near(fmt, count)) / (1 << fmt.m)
    moved = numbers.view(np.int32) + nudge.astype(np.int32)
    between = (numbers + step.astype(np.float32)).astype(np.float32)
    pick = sampler.rng.integers(0, 3, count)
    chosen = np.choose(pick, [numbers, moved.view(np.float32), between])
    return np.asarray(chosen[np.isfinite(chosen)], dtype=np.float64)


def same_numbers(fmt: Minifloat, got: Any, wanted: Any) -> None:
    """Equal codes, except that every NaN is as good as the canonical one."""
    is_nan = np.isnan(array.decode(fmt, got))
    np.testing.assert_array_equal(is_nan, np.isnan(array.decode(fmt, wanted)))
    np.testing.assert_array_equal(got[~is_nan], wanted[~is_nan])


@pytest.mark.parametrize("fmt", BY_ML_DTYPES, ids=str)
def test_encoding_is_that_of_ml_dtypes(fmt: Minifloat, sampler: Any) -> None:
    values = values_about(sampler, fmt, 20_000).astype(np.float32)
    theirs = values.astype(getattr(ml_dtypes, fmt.name)).view(array.storage(fmt))
    same_numbers(fmt, array.encode(fmt, values), theirs)


@pytest.mark.parametrize("fmt", [*BY_ML_DTYPES, E8M0], ids=str)
def test_decoding_is_that_of_ml_dtypes(fmt: Minifloat) -> None:
    codes = np.arange(1 << fmt.bits, dtype=array.storage(fmt))
    with np.errstate(invalid="ignore"):
        theirs = codes.view(getattr(ml_dtypes, fmt.name)).astype(np.float64)
    np.testing.assert_array_equal(array.decode(fmt, codes), theirs)


def test_scales_are_those_of_ml_dtypes(sampler: Any) -> None:
    values = np.abs(values_about(sampler, FP32, 20_000)).astype(np.float32)
    # ml_dtypes 0.6 rounds 1.01 * 2^-127 up to 2^-126: it does not normalise subnormal float32.
    is_subnormal = (values > 2.0**-127) & (values < 2.0**-126)
    values = values[~is_subnormal]
    theirs = values.astype(ml_dtypes.float8_e8m0fnu).view(np.uint8)
    same_numbers(E8M0, array.encode(E8M0, values), theirs)


@pytest.mark.parametrize("saturates", [False, True], ids=["natural", "saturating"])
@pytest.mark.parametrize("fmt", BY_GFLOAT, ids=str)
def test_rounding_is_that_of_gfloat(fmt: Minifloat, saturates: bool, sampler: Any) -> None:
    info = BY_GFLOAT[fmt]
    overflow = Overflow.SATURATE if saturates else fmt.natural_overflow
    can_fail = overflow is not Overflow.NAN
    for rounding, mode in GFLOAT_MODES.items():
        values = values_about(sampler, fmt, 250)
        if can_fail:
            values = np.concatenate([values, [1e300, -1e300, 1e-300, -1e-300]])
        ours = array.decode(fmt, array.encode(fmt, values, rounding, overflow))
        saturate = saturates or overflow is Overflow.SATURATE
        theirs = [gfloat.round_float(info, value, mode, saturate) for value in values]
        np.testing.assert_array_equal(ours, np.array(theirs))
        np.testing.assert_array_equal(np.signbit(ours), np.signbit(theirs))


HOST: dict[str, tuple[Callable[..., Any], Callable[..., Any], int]] = {
    "add": (array.add, np.add, 2),
    "sub": (array.sub, np.subtract, 2),
    "mul": (array.mul, np.multiply, 2),
    "div": (array.div, np.divide, 2),
    "sqrt": (array.sqrt, np.sqrt, 1),
}


@pytest.mark.parametrize("name", HOST)
@pytest.mark.parametrize("fmt", [FP32, FP64], ids=str)
def test_arithmetic_is_that_of_the_host(fmt: Minifloat, name: str, sampler: Any) -> None:
    ours, theirs, arity = HOST[name]
    operands = [sampler.mix(fmt, 200_000).astype(array.storage(fmt)) for _ in range(arity)]
    with np.errstate(all="ignore"):
        wanted = theirs(*(array.as_dtype(fmt, operand) for operand in operands))
    same_numbers(fmt, ours(fmt, *operands), wanted.view(array.storage(fmt)))


@pytest.mark.parametrize("dst", [FP16, FP32, FP64], ids=str)
@pytest.mark.parametrize("src", [FP16, FP32, FP64], ids=str)
def test_conversion_is_that_of_the_host(src: Minifloat, dst: Minifloat, sampler: Any) -> None:
    codes = sampler.mix(src, 100_000).astype(array.storage(src))
    with np.errstate(all="ignore"):
        wanted = array.as_dtype(src, codes).astype(dst.name).view(array.storage(dst))
    same_numbers(dst, array.convert(src, dst, codes), wanted)


def test_products_of_halves_in_single_are_exact_on_the_host(sampler: Any) -> None:
    a, b = (sampler.near(FP16, 50_000).astype(np.uint16) for _ in range(2))
    wanted = array.as_dtype(FP16, a).astype(np.float32) * array.as_dtype(FP16, b)
    fflags = np.zeros(1, np.int64)
    got = array.mul(FP16, a, b, dst=FP32, fflags=fflags)
    np.testing.assert_array_equal(got, wanted.view(np.uint32))
    assert fflags[0] == 0


def test_one_over_zero_on_the_host_and_here() -> None:
    fflags = np.zeros(1, np.int64)
    one, zero = array.encode(FP32, 1.0), array.encode(FP32, -0.0)
    assert array.decode(FP32, array.div(FP32, one, zero, fflags=fflags)) == -np.inf
    assert fflags[0] == DZ
    assert exact.div(FP32, int(one), int(zero), 0) == (0xFF800000, DZ)
