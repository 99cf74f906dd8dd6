"""ExSdotp, ExVsum and Vsum: the exact sum of three terms, rounded once, in every mode."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from rvx.formats.minifloat import (
    E4M3FN,
    FP8,
    FP8ALT,
    FP16,
    FP16ALT,
    FP32,
    FP64,
    NV,
    NX,
    OF,
    Minifloat,
    Rounding,
    exact,
    scalar,
)

Words = NDArray[np.int64]
Check = Callable[..., None]
Pair = tuple[Minifloat, Minifloat]

PAIRS: list[Pair] = [
    (FP8, FP16),
    (FP8ALT, FP16),
    (FP8, FP16ALT),
    (FP8ALT, FP16ALT),
    (FP16, FP32),
    (FP16ALT, FP32),
]
ALSO: list[Pair] = [(FP8, FP32), (E4M3FN, FP32), (FP8, FP8), (FP16, FP16)]


def reference(src: Minifloat, dst: Minifloat, negate: bool = False) -> Callable[..., Any]:
    return lambda a, b, c, d, e, rm: exact.exsdotp(src, dst, a, b, c, d, e, rm, negate)


def hard_operands(sampler: Any, src: Minifloat, dst: Minifloat, count: int) -> list[Words]:
    """Operands (a, b, c, d, e, rm) where three-term sums go wrong.

    In equal parts: products that cancel exactly or nearly, with an accumulator anywhere; one
    product that cancels with the accumulator but for its rounding; terms so far apart that only
    their signs are felt; accumulators among the subnormals; results about the overflow threshold;
    and anything.
    """
    part = count // 6

    def near(fmt: Minifloat, centre: int, spread: int) -> Words:
        return np.asarray(sampler.near(fmt, part, int(np.clip(centre, fmt.emin, fmt.emax)), spread))

    a, b = near(src, 0, 4), near(src, 0, 4)
    nudge = sampler.rng.integers(0, 2, part)
    cancelling = [a, b, a ^ src.sign_mask, (b + nudge) & src.magnitude_mask, None]
    cancelling[4] = sampler.mix(dst, part)

    product = np.array(
        [
            exact.mul(src, int(x), int(y), int(rm), dst=dst)[0]
            for x, y, rm in zip(a, b, sampler.rng.integers(0, 4, part), strict=True)
        ]
    )
    tiny = near(src, src.emin + 3, 5)
    absorbed = [a, b, tiny, near(src, src.emin + 2, 4), product ^ dst.sign_mask]

    far = [near(src, 6, 4), near(src, 6, 4), near(src, -10, 6), near(src, -10, 6)]
    far.append(near(dst, int(sampler.rng.choice([-60, -20, 25, 60])), 10))
    small = [near(src, src.emin, 4), near(src, dst.emin - src.emin, 6)]
    small += [near(src, src.emin, 4), near(src, dst.emin - src.emin, 6)]
    small.append(sampler.subnormal(dst, part))
    top = dst.emax // 2
    large = [near(src, top, 2) for _ in range(4)] + [near(dst, dst.emax, 2)]
    rest = count - 5 * part
    anything = [sampler.mix(src, rest) for _ in range(4)] + [sampler.mix(dst, rest)]
    kinds = [cancelling, absorbed, far, small, large, anything]
    operands = [np.concatenate([kind[i] for kind in kinds]) for i in range(5)]
    return [*operands, sampler.modes(count)]


@pytest.mark.parametrize(("src", "dst"), PAIRS, ids=str)
def test_hard_cases(src: Minifloat, dst: Minifloat, sampler: Any, check: Check) -> None:
    operands = hard_operands(sampler, src, dst, 6000)
    check(scalar.make_exsdotp(src, dst), reference(src, dst), operands, dst.bits)


@pytest.mark.parametrize(("src", "dst"), ALSO, ids=str)
def test_other_formats(
    src: Minifloat, dst: Minifloat, sampler: Any, check_interpreted: Check
) -> None:
    operands = hard_operands(sampler, src, dst, 3000)
    check_interpreted(scalar.make_exsdotp(src, dst), reference(src, dst), operands, dst.bits)


@pytest.mark.long
@pytest.mark.parametrize(("src", "dst"), PAIRS, ids=str)
def test_ten_million_hard_cases(src: Minifloat, dst: Minifloat, sampler: Any, check: Check) -> None:
    for _ in range(17):
        operands = hard_operands(sampler, src, dst, 100_000)
        check(scalar.make_exsdotp(src, dst), reference(src, dst), operands, dst.bits)


@pytest.mark.parametrize("place", [0, 2], ids=["first product", "second product"])
@pytest.mark.parametrize("src", [FP8, FP8ALT], ids=str)
def test_all_fp8_products(src: Minifloat, place: int, sampler: Any, check: Check) -> None:
    codes = np.arange(256, dtype=np.int64)
    first, second = (x.ravel() for x in np.meshgrid(codes, codes))
    others = [sampler.mix(src, first.size), sampler.near(src, first.size)]
    factors = [first, second, *others] if place == 0 else [*others, first, second]
    operands = [*factors, sampler.mix(FP16, first.size), sampler.modes(first.size)]
    check(scalar.make_exsdotp(src, FP16), reference(src, FP16), operands, 16)


@pytest.mark.parametrize(("src", "dst"), [(FP8, FP16), (FP16, FP32)], ids=str)
def test_negated(src: Minifloat, dst: Minifloat, sampler: Any, check_interpreted: Check) -> None:
    operands = hard_operands(sampler, src, dst, 3000)
    check_interpreted(
        scalar.make_exsdotp(src, dst, True), reference(src, dst, True), operands, dst.bits
    )


@pytest.mark.parametrize("negate", [False, True])
@pytest.mark.parametrize(
    ("src", "dst"),
    [(FP32, FP32), (FP16, FP16), (FP16ALT, FP16ALT), (FP8, FP8), (FP16, FP32), (FP8, FP16)],
    ids=str,
)
def test_sums(
    src: Minifloat, dst: Minifloat, negate: bool, sampler: Any, check_interpreted: Check
) -> None:
    count = 1500
    a, c = sampler.mix(src, count), sampler.mix(src, count)
    e = sampler.mix(dst, count)
    cancels = sampler.rng.integers(0, 4, count) == 0
    c = np.where(cancels, a ^ src.sign_mask, c)
    kernel = scalar.make_vsum(src, None if src == dst else dst, negate)
    operands = (a, c, e, sampler.modes(count))
    check_interpreted(
        kernel, lambda a, c, e, rm: exact.vsum(src, dst, a, c, e, rm, negate), operands, dst.bits
    )


def call(kernel: Callable[..., Any], *operands: int) -> tuple[int, int]:
    with np.errstate(over="ignore"):
        code, flags = kernel(*(np.int64(operand) for operand in operands))
    return int(code), int(flags)


def test_one_lane_that_tells_fused_from_chained() -> None:
    one = 0x3C
    exsdotp = scalar.make_exsdotp(FP8, FP16)
    assert call(exsdotp, one, one, one, one, 0x6800, Rounding.RNE) == (0x6801, 0)
    fma = scalar.make_fma(FP8, FP16)
    once = call(fma, one, one, 0x6800, Rounding.RNE)[0]
    assert call(fma, one, one, once, Rounding.RNE)[0] == 0x6800


INF, QUIET, SIGNALLING, ZERO, ONE, MINUS = 0x7C, 0x7E, 0x7D, 0x00, 0x3C, 0x80


@pytest.mark.parametrize(
    ("operands", "result"),
    [
        ((INF, ZERO, QUIET, ONE, 0x7E00), (0x7E00, NV)),
        ((QUIET, ONE, ONE, ONE, 0), (0x7E00, 0)),
        ((ONE, ONE, ONE, SIGNALLING, 0), (0x7E00, NV)),
        ((ONE, ONE, ONE, ONE, 0x7C01), (0x7E00, NV)),
        ((INF, ONE, INF | MINUS, ONE, 0), (0x7E00, NV)),
        ((INF, ONE, ONE, ONE, 0xFC00), (0x7E00, NV)),
        ((INF, ONE, INF, ONE, 0x7C00), (0x7C00, 0)),
        ((ONE, INF | MINUS, ONE, ONE, 0x7BFF), (0xFC00, 0)),
        ((ONE, ONE, ONE, ONE, 0xFC00), (0xFC00, 0)),
        ((ZERO, ONE, ZERO, ONE, 0), (0, 0)),
        ((MINUS, ONE, MINUS, ONE, 0x8000), (0x8000, 0)),
        ((MINUS, ONE, MINUS, ONE, 0), (0, 0)),
        ((ONE, ONE, ONE | MINUS, ONE, 0), (0, 0)),
        ((0x7B, 0x7B, ZERO, ONE, 0), (0x7C00, OF | NX)),
        ((0x7B, 0x7B, 0x7B, 0xFB, 0x3C00), (0x3C00, 0)),
    ],
)
def test_special_operands(operands: tuple[int, ...], result: tuple[int, int]) -> None:
    assert call(scalar.make_exsdotp(FP8, FP16), *operands, Rounding.RNE) == result


def test_exact_zero_is_negative_in_rdn_only() -> None:
    exsdotp = scalar.make_exsdotp(FP8, FP16)
    for mode in range(6):
        wanted = 0x8000 if mode == Rounding.RDN else 0
        assert call(exsdotp, ONE, ONE, ONE | MINUS, ONE, 0, mode) == (wanted, 0)


def test_formats_too_wide_are_refused() -> None:
    with pytest.raises(ValueError, match="the product of float32 has 48 significant bits"):
        scalar.make_exsdotp(FP32, FP32)
    with pytest.raises(ValueError, match="the accumulator of float64 has 53 significant bits"):
        scalar.make_exsdotp(FP16, FP64)
    with pytest.raises(ValueError, match="the significand of float64 has 53 significant bits"):
        scalar.make_vsum(FP64)
