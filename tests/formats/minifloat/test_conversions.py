"""Conversions: all codes of the small formats, in every mode, with flags; integers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from rvx.formats.minifloat import (
    FORMATS,
    FP8,
    FP8ALT,
    FP16,
    FP16ALT,
    FP32,
    FP64,
    Minifloat,
    Overflow,
    Rounding,
    exact,
    scalar,
)

Words = NDArray[np.int64]
Check = Callable[..., None]
MODES = np.array([*range(6), Rounding.RSR | 100 << 3, Rounding.RSR | 3000 << 3])
SMALL = [fmt for fmt in FORMATS.values() if fmt.bits <= 8]
ISA = [FP8, FP8ALT, FP16, FP16ALT, FP32, FP64]
BOUNDS = [0, 1, 2, 3, 2**24 - 1, 2**24 + 1, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**53 + 1]
BOUNDS += [2**62, 2**63, 2**63 - 1, 2**63 - 513, 2**63 - 512]


def every_code_and_mode(fmt: Minifloat) -> tuple[Words, Words]:
    codes = np.arange(1 << fmt.bits, dtype=np.int64)
    a, rm = np.meshgrid(codes, MODES)
    return a.ravel(), rm.ravel()


def reference(src: Minifloat, dst: Minifloat) -> Callable[..., Any]:
    return lambda a, rm: exact.convert(src, dst, a, rm)


@pytest.mark.parametrize("src", SMALL, ids=str)
def test_small_formats_to_all(src: Minifloat, check_interpreted: Check) -> None:
    for dst in FORMATS.values():
        a, rm = every_code_and_mode(src)
        keep = (rm & 7 != Rounding.RSR) | (dst != FP64)
        kernel = scalar.make_convert(src, dst)
        check_interpreted(kernel, reference(src, dst), (a[keep], rm[keep]), dst.bits)


@pytest.mark.parametrize("dst", [FP8, FP8ALT], ids=str)
@pytest.mark.parametrize("src", [FP16, FP16ALT], ids=str)
def test_every_half_to_fp8(src: Minifloat, dst: Minifloat, sampler: Any, check: Check) -> None:
    codes = np.arange(1 << 16, dtype=np.int64)
    rm = sampler.modes(codes.size)
    check(scalar.make_convert(src, dst), reference(src, dst), (codes, rm), dst.bits)


@pytest.mark.parametrize("dst", ISA, ids=str)
@pytest.mark.parametrize("src", [FP16, FP16ALT, FP32, FP64], ids=str)
def test_wide_formats(src: Minifloat, dst: Minifloat, sampler: Any, check_as_fits: Check) -> None:
    a = np.concatenate([sampler.mix(src, 900), about(sampler, src, dst, 900)])
    rm = sampler.modes(a.size, dst.precision <= 30)
    check_as_fits(scalar.make_convert(src, dst), reference(src, dst), (a, rm), dst.bits)


def about(sampler: Any, src: Minifloat, dst: Minifloat, count: int) -> Words:
    """Codes of `src` at and next to numbers of `dst` and the midpoints between them."""
    whole: Words = sampler.mix(dst, count)
    codes = [exact.convert(dst, src, code, 0)[0] for code in whole.astype(np.uint64).tolist()]
    half = 1 << max(src.m - dst.m - 1, 0)
    step = sampler.rng.choice([-1, 0, 1, half - 1, half, half + 1], count)
    mask = np.uint64((1 << src.bits) - 1)
    near = np.array(codes, dtype=np.uint64) + step.astype(np.uint64)
    return np.asarray((near & mask).astype(np.int64))


@pytest.mark.parametrize("overflow", [Overflow.SATURATE, Overflow.NAN])
def test_overflow_policies(overflow: Overflow, sampler: Any, check_interpreted: Check) -> None:
    a = np.concatenate([sampler.mix(FP16, 1500), sampler.near(FP16, 1500, 10, 5)])
    check_interpreted(
        scalar.make_convert(FP16, FP8ALT, overflow),
        lambda a, rm: exact.convert(FP16, FP8ALT, a, rm, overflow),
        (a, sampler.modes(a.size)),
        8,
    )


@pytest.mark.parametrize("is_signed", [True, False], ids=["signed", "unsigned"])
@pytest.mark.parametrize("width", [8, 16, 32, 64])
class TestIntegers:
    @pytest.mark.parametrize("src", [FP8, FP8ALT], ids=str)
    def test_every_fp8(
        self, src: Minifloat, width: int, is_signed: bool, check_interpreted: Check
    ) -> None:
        kernel = scalar.make_to_integer(src, width, is_signed)
        check_interpreted(
            kernel,
            lambda a, rm: exact.to_integer(src, a, rm, width, is_signed),
            every_code_and_mode(src),
            width,
        )

    @pytest.mark.parametrize("src", [FP16, FP16ALT, FP32, FP64], ids=str)
    def test_from_wide(
        self, src: Minifloat, width: int, is_signed: bool, sampler: Any, check_as_fits: Check
    ) -> None:
        parts = [sampler.mix(src, 500), sampler.near(src, 500, 0, 3)]
        parts += [sampler.near(src, 500, min(width - 1, src.emax - 2), 2)]
        own = [2 ** (width - 1) - 1, 2 ** (width - 1), 2**width - 1, 2**width]
        bounds = [
            exact.from_integer(src, s * b, rm)[0]
            for b in BOUNDS + own
            for rm in (1, 3)
            for s in (1, -1)
        ]
        codes = np.array(bounds, dtype=np.uint64).astype(np.int64)
        parts += [codes, codes ^ 1]
        a = np.concatenate(parts)
        check_as_fits(
            scalar.make_to_integer(src, width, is_signed),
            lambda a, rm: exact.to_integer(src, a, rm, width, is_signed),
            (a, sampler.modes(a.size)),
            width,
        )

    @pytest.mark.parametrize("dst", ISA, ids=str)
    def test_to_all(
        self, dst: Minifloat, width: int, is_signed: bool, sampler: Any, check_as_fits: Check
    ) -> None:
        bits = sampler.rng.integers(0, 64, 800)
        bounds = np.array(BOUNDS, dtype=np.uint64).astype(np.int64)
        x = sampler.rng.integers(-(1 << 63), (1 << 63) - 1, 800) >> bits
        x = np.concatenate([x, bounds, -bounds])

        def expected(x: int, rm: int) -> tuple[int, int]:
            value = x & ((1 << width) - 1)
            if is_signed and value >> (width - 1):
                value -= 1 << width
            return exact.from_integer(dst, value, rm)

        kernel = scalar.make_from_integer(dst, width, is_signed)
        check_as_fits(kernel, expected, (x, sampler.modes(x.size, dst != FP64)), dst.bits)


@pytest.mark.parametrize("is_signed", [True, False], ids=["signed", "unsigned"])
@pytest.mark.parametrize(
    ("dst", "width"), [(FP8, 8), (FP8ALT, 8), (FP16, 16), (FP16ALT, 16)], ids=str
)
def test_every_integer_of_a_lane(
    dst: Minifloat, width: int, is_signed: bool, sampler: Any, check: Check
) -> None:
    """As vfcvt.b.x and vfcvt.h.x convert them; those of 8 bits in every mode."""
    x = np.tile(np.arange(1 << width), 1 if width == 16 else len(MODES))
    rm = sampler.modes(x.size) if width == 16 else np.repeat(MODES, 1 << width)

    def expected(x: int, rm: int) -> tuple[int, int]:
        return exact.from_integer(dst, x - (x >> width - 1 << width if is_signed else 0), rm)

    check(scalar.make_from_integer(dst, width, is_signed), expected, (x, rm), dst.bits)


def test_stochastic_conversion_of_halves(check: Check) -> None:
    """Fractions of fewer bits than the random number has, in numbers as long as they get."""
    halves = [exact.from_integer(FP64, 2**52 + k, 0)[0] - (1 << 52) for k in range(1, 64, 2)]
    a, random = np.meshgrid(np.array(halves), [0, 2047, 2048, 4095])
    operands = (a.ravel(), Rounding.RSR | random.ravel() << 3)
    kernel = scalar.make_to_integer(FP64, 64, True)
    check(kernel, lambda a, rm: exact.to_integer(FP64, a, rm, 64, True), operands, 64)


def test_unsigned_results_are_sign_extended() -> None:
    kernel = scalar.make_to_integer(FP32, 32, False)
    three_billion = exact.from_integer(FP32, 3_000_000_000, 0)[0]
    assert kernel(three_billion, 0) == (3_000_000_000 - (1 << 32), 0)
    assert kernel(FP32.nan or 0, 0) == (-1, 16)
