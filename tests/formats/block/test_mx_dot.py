"""The MX dot product: against fractions, and against float64 sums rounded to odd."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from rvx import jit
from rvx.formats.block.mx import (
    FORMATS,
    MXFP4,
    MXFP6_E2M3,
    MXFP8_E4M3,
    MXFP8_E5M2,
    MXINT8,
    Mx,
    exact,
    scalar,
)
from rvx.formats.block.mx.products import make_products
from rvx.formats.minifloat.catalogue import FP16, FP16ALT, FP32

Words = npt.NDArray[np.int64]
ALL = list(FORMATS.values())
IDS = list(FORMATS)
NAN = 0x7FC00000
INFINITY = 0x7F800000


def lanes(word: int, fmt: Mx) -> list[int]:
    bits = fmt.element.bits
    return [(word >> i) % (1 << bits) for i in range(0, 64, fmt.container)]


def join(codes: Sequence[int], fmt: Mx) -> int:
    word = sum(code << (fmt.container * i) for i, code in enumerate(codes))
    return (word + 2**63) % 2**64 - 2**63


def expected(fmt: Mx, case: Sequence[int], destination: object = FP32) -> tuple[int, int]:
    a, b, scale_a, scale_b, acc = case
    assert destination in (FP32, FP16ALT)
    return exact.dot(
        fmt, lanes(a, fmt), lanes(b, fmt), scale_a, scale_b, acc, destination  # type: ignore[arg-type]
    )  # fmt: skip


def check(fmt: Mx, cases: Sequence[Sequence[int]]) -> None:
    """Compiled (all cases) and interpreted (some) against the exact reference."""
    columns = [np.array(column, np.int64) for column in zip(*cases, strict=True)]
    bits, flags = jit.elementwise(scalar.DOTS[fmt.name], 5, 2)(*columns)
    for index, case in enumerate(cases):
        want = expected(fmt, case)
        assert (int(bits[index]), int(flags[index])) == want, [hex(x) for x in case]
        if index % 8 == 0:
            with np.errstate(over="ignore"):
                got = scalar.DOTS[fmt.name](*(np.int64(x) for x in case))
            assert (int(got[0]), int(got[1])) == want, [hex(x) for x in case]


def random_words(rng: np.random.Generator, count: int) -> Words:
    return rng.integers(-(2**63), 2**63, count, dtype=np.int64, endpoint=False)


def finite_words(rng: np.random.Generator, fmt: Mx, count: int) -> Words:
    """Random words without NaN and infinity."""
    words = random_words(rng, count)
    if fmt is MXFP8_E4M3:
        return words & ~0x0101010101010101
    return words & ~0x0404040404040404 if fmt is MXFP8_E5M2 else words


@pytest.mark.parametrize("fmt", ALL, ids=IDS)
def test_random_bits_equal_fractions(fmt: Mx) -> None:
    rng = np.random.default_rng(0)
    cases = []
    for _ in range(250):
        a, b = (int(w) for w in finite_words(rng, fmt, 2))
        scales = [int(s) for s in rng.integers(0, 255, 2)]
        cases.append((a, b, *scales, int(rng.integers(2**32))))
        cases.append((a, b, 127, 127, int(np.float32(rng.standard_normal()).view(np.uint32))))
    check(fmt, cases)


def near(fmt: Mx, a: int, b: int, scale: int, places: int) -> int:
    """The negated sum of products, rounded to float32, moved by some places."""
    bits, _ = expected(fmt, (a, b, scale, scale, 0))
    return (bits ^ 0x80000000) + places


@pytest.mark.parametrize("fmt", ALL, ids=IDS)
def test_cancellation_with_the_accumulator(fmt: Mx) -> None:
    """What is left are the low bits that rounding the sum alone would have lost."""
    rng = np.random.default_rng(1)
    cases = []
    for scale in (64, 100, 127, 160):
        for a, b in finite_words(rng, fmt, 24).reshape(-1, 2):
            for places in (-1, 0, 1):
                acc = near(fmt, int(a), int(b), scale, places)
                if acc & 0x7F800000 != INFINITY:
                    cases.append((int(a), int(b), scale, scale, acc))
    check(fmt, cases)


@pytest.mark.parametrize("fmt", ALL, ids=IDS)
def test_every_distance_of_sum_and_accumulator(fmt: Mx) -> None:
    """One tiny or one huge term: far apart, only the sign of the smaller one can be felt."""
    largest = {MXFP4: 7, MXFP6_E2M3: 0x1F, MXFP8_E4M3: 0x7E, MXFP8_E5M2: 0x7B}.get(fmt, 0x1F)
    smallest, negative = 1, 1 << (fmt.element.bits - 1)
    if fmt is MXINT8:
        largest, negative = 0x7F, 0xFF
    cases = []
    for first, second in ((smallest, 1), (largest, largest), (negative | 1, 1)):
        a, b = join([first], fmt), join([second], fmt)
        full_a = join([first] * (64 // fmt.container), fmt)
        full_b = join([second] * (64 // fmt.container), fmt)
        for scale in range(0, 255, 4):
            for acc in (0x3F800000, 0xBF800001, 0x4B7FFFFF, 1, 0x007FFFFF, 0x80800000):
                cases.append((a, b, scale, 127, acc))
                cases.append((full_a, full_b, 127, scale, acc))
    check(fmt, cases)


def test_wide_sums_of_e5m2() -> None:
    """Sums of 59 to 67 bits beside accumulators around them, with all signs and cancellations."""
    rng = np.random.default_rng(2)
    cases = []
    for _ in range(300):
        large = rng.choice([0x7B, 0x7A, 0x77, 0x73, 0x6F, 0x60], 16)
        small = rng.choice([0, 1, 2, 3, 5, 0x10], 16)
        codes = np.where(rng.random(16) < 0.6, large, small) | (rng.integers(0, 2, 16) << 7)
        a, b = (join([int(c) for c in half], MXFP8_E5M2) for half in (codes[:8], codes[8:]))
        offset = int(rng.integers(-75, 80))
        fraction = int(rng.choice([0, 1, 0x7FFFFF, int(rng.integers(2**23))]))
        field = min(max(127 + 31 + offset, 0), 254)
        acc = int(rng.integers(0, 2)) << 31 | field << 23 | fraction
        cases.append((a, b, 127, 127, acc))
        for scale in (127, 90):
            cases.append((a, b, scale, 127, near(MXFP8_E5M2, a, b, (scale + 127) // 2, 0)))
    check(MXFP8_E5M2, cases)


def test_any_accumulator_breaks_the_tie_of_a_wide_sum() -> None:
    """2^30 + 2^6 is halfway between two float32 numbers; 2^-32 more or less is not."""
    a = [0x78, 0x48, 0x4C, 1]
    cases = []
    for b in ([0x78, 0x4C, 0], [0x78, 0x4C, 0x4C], [0x78, 0x4C, 0, 1], [0xF8, 0xCC, 0, 1]):
        for field in range(0, 127 + 36, 2):
            for fraction in (0, 1, 0x400000):
                for sign in (0, 1):
                    acc = sign << 31 | field << 23 | fraction
                    words = (join(a, MXFP8_E5M2), join(b, MXFP8_E5M2))
                    cases.append((*words, 127, 127, acc))
    check(MXFP8_E5M2, cases)


def test_results_at_the_ends_of_float32() -> None:
    """Overflow, subnormal results and underflow, with their flags."""
    rng = np.random.default_rng(3)
    cases = []
    for a, b in finite_words(rng, MXFP8_E4M3, 60).reshape(-1, 2):
        for scales in ((254, 240), (250, 250), (0, 0), (20, 2), (60, 60), (56, 57), (0, 110)):
            for acc in (0, 0x80000000, 0x7F7FFFFF, 0x00000001, 0x80800000):
                cases.append((int(a), int(b), *scales, acc))
    check(MXFP8_E4M3, cases)


def test_ties_go_to_even() -> None:
    """An accumulator of 24 ones or so, plus half of its last place from the products."""
    one, half = 0x38, 0x30
    word_one, word_half = join([one], MXFP8_E4M3), join([half], MXFP8_E4M3)
    cases = []
    for acc in (0x4B800000, 0x4B800001, 0x4B800002, 0x4BFFFFFF, 0xCB800001):
        cases += [(word_one, word_one, 127, 127, acc), (word_half, word_one, 128, 127, acc)]
        cases += [(join([one, 1], MXFP8_E4M3), word_one | 0x100, 127, 127, acc)]
        cases += [(join([one, 0x81], MXFP8_E4M3), join([one, 1], MXFP8_E4M3), 127, 127, acc)]
    check(MXFP8_E4M3, cases)
    dot = scalar.DOTS["mxfp8_e4m3"]
    assert dot(word_one, word_one, 127, 127, 0x4B800000) == (0x4B800000, 1)
    assert dot(word_one, word_one, 127, 127, 0x4B800001) == (0x4B800002, 1)


SPECIALS = {
    MXFP8_E4M3: [0x7F, 0xFF, 0x7E, 0x78, 0, 0x80, 0x38],
    MXFP8_E5M2: [0x7C, 0xFC, 0x7D, 0x7E, 0xFF, 0xFD, 0x7B, 0, 0x80, 0x3C, 0xBC],
}
ACCUMULATORS = [
    0,
    0x80000000,
    0x3F800000,
    INFINITY,
    INFINITY | 1 << 31,
    NAN,
    0x7F800001,
    0xFFC00001,
]


@pytest.mark.parametrize("fmt", SPECIALS, ids=lambda f: f.name)
def test_every_pair_of_special_operands(fmt: Mx) -> None:
    cases = []
    for x in SPECIALS[fmt]:
        for y in SPECIALS[fmt]:
            for lane, acc in enumerate(ACCUMULATORS):
                a, b = [0x38] * 8, [0xB8] * 8
                a[lane], b[lane] = x, y
                cases.append((join(a, fmt), join(b, fmt), 127, 127, acc))
                b[(lane + 1) % 8], a[(lane + 3) % 8] = y, x
                cases.append((join(a, fmt), join(b, fmt), 100, 130, acc))
    check(fmt, cases)


@pytest.mark.parametrize("fmt", ALL, ids=IDS)
def test_a_scale_of_all_ones_is_nan(fmt: Mx) -> None:
    codes = [0x7C, 0] if fmt is MXFP8_E5M2 else [3, 0]
    cases = []
    for scales in ((255, 127), (127, 255), (255, 255)):
        for acc in ACCUMULATORS:
            cases.append((join(codes, fmt), join([1, 1], fmt), *scales, acc))
            cases.append((join(codes, fmt), join([0, 1], fmt), *scales, acc))
    check(fmt, cases)


@pytest.mark.parametrize("fmt", ALL, ids=IDS)
def test_the_sign_of_an_exact_zero(fmt: Mx) -> None:
    minus = 0 if fmt is MXINT8 else 1 << (fmt.element.bits - 1)
    count = 64 // fmt.container
    cases = []
    for signs in ([minus] * count, [0] * count, [minus] * (count - 1) + [0]):
        for other in ([0] * count, [1] * count, [minus] * count):
            for acc in (0, 0x80000000):
                cases.append((join(signs, fmt), join(other, fmt), 127, 127, acc))
    for acc in (0, 0x80000000):
        cases.append((join([1, 1 | minus], fmt), join([1, 1], fmt), 127, 127, acc))
    check(fmt, cases)


@pytest.mark.parametrize("fmt", ALL, ids=IDS)
def test_the_sum_of_products_is_exact(fmt: Mx) -> None:
    """All lanes in fixed point against integers from the table of element values."""
    rng = np.random.default_rng(4)
    products, lsb, bits = make_products(fmt)
    count = 50_000
    a, b = finite_words(rng, fmt, count), finite_words(rng, fmt, count)
    a[:1000], b[:1000] = a[0] | 0x7070707070707070 & ~0x0404040404040404, b[0]
    unit = 2 ** (-lsb // 2)
    codes = 1 << fmt.element.bits
    values = np.zeros(codes)
    for code in range(codes):
        element = exact.datum(fmt, code)
        values[code] = float(element.value * unit)
    assert (values == np.rint(values)).all()
    shifts = np.arange(0, 64, fmt.container, dtype=np.uint64)
    mask = np.uint64(codes - 1)
    x, y = (
        values[((w.view(np.uint64)[:, None] >> shifts) & mask).astype(np.int64)].astype(np.int64)
        for w in (a, b)
    )
    high = (x * (y >> 16)).sum(axis=1)
    low = (x * (y & 0xFFFF)).sum(axis=1)
    got_high, got_low = jit.elementwise(products, 2, 2)(a, b)
    low += (high & 0xFFFF) << 16
    np.testing.assert_array_equal(got_high, (high >> 16) + (low >> 32))
    np.testing.assert_array_equal(got_low, low & 0xFFFFFFFF)
    assert np.abs(got_high.astype(float) * 2**32 + got_low).max() < 2.0**bits


def rounded_to_odd_sum(s: npt.NDArray[np.float64], t: npt.NDArray[np.float64]) -> Words:
    """float32 bits of s + t: the float64 sum, made odd if inexact, then rounded once more."""
    total = s + t
    back = total - s
    error = (s - (total - back)) + (t - back)
    even = (total.view(np.int64) & 1) == 0
    towards = np.where(error > 0, np.inf, -np.inf)
    total = np.where((error != 0) & even, np.nextafter(total, towards), total)
    with np.errstate(over="ignore"):
        return total.astype(np.float32).view(np.uint32).astype(np.int64)


@pytest.mark.parametrize("fmt", [f for f in ALL if f is not MXFP8_E5M2], ids=lambda f: f.name)
def test_many_dots_equal_float64_sums_rounded_to_odd(fmt: Mx) -> None:
    """All formats but E5M2 have sums that float64 holds exactly; it is then added once."""
    rng = np.random.default_rng(5)
    count = 200_000
    products, lsb, _ = make_products(fmt)
    a, b = finite_words(rng, fmt, count), finite_words(rng, fmt, count)
    scale_a, scale_b = (rng.integers(87, 168, count) for _ in range(2))
    high, low = jit.elementwise(products, 2, 2)(a, b)
    exponent = scale_a + scale_b - 254 + lsb
    s = np.ldexp((high * 2**32 + low).astype(np.float64), exponent)
    relative = rng.integers(-40, 41, count)
    near = np.ldexp(s, relative) * np.where(rng.random(count) < 0.5, -1, 1)
    with np.errstate(over="ignore"):
        acc = (near * rng.choice([1.0, 0.75, 1.1], count)).astype(np.float32)
    acc = np.where(np.isfinite(acc), acc, np.float32(1))
    bits, _ = jit.elementwise(scalar.DOTS[fmt.name], 5, 2)(
        a, b, scale_a, scale_b, acc.view(np.uint32).astype(np.int64)
    )
    want = rounded_to_odd_sum(s, acc.astype(np.float64))
    nonzero = want & 0x7FFFFFFF != 0
    np.testing.assert_array_equal(bits[nonzero], want[nonzero])


def test_every_pair_of_e4m3_codes_alone() -> None:
    import ml_dtypes

    values = np.arange(256, dtype=np.uint8).view(ml_dtypes.float8_e4m3fn).astype(np.float32)
    x, y = (v.ravel() for v in np.meshgrid(np.arange(256), np.arange(256)))
    zero = np.zeros_like(x)
    bits, _ = jit.elementwise(scalar.DOTS["mxfp8_e4m3"], 5, 2)(
        x << 24, y << 24, zero + 127, zero + 127, zero
    )
    got = bits.astype(np.uint32).view(np.float32)
    np.testing.assert_array_equal(got, values[x] * values[y])


@pytest.mark.parametrize("fmt", [MXFP8_E5M2, MXFP4], ids=lambda f: f.name)
def test_a_bfloat16_accumulator(fmt: Mx) -> None:
    rng = np.random.default_rng(6)
    dot = scalar.make_dot(fmt, FP16ALT)
    cases = []
    for _ in range(200):
        a, b = (int(w) for w in finite_words(rng, fmt, 2))
        scales = [int(s) for s in rng.integers(110, 140, 2)]
        cases.append((a, b, *scales, int(rng.integers(2**16))))
    columns = [np.array(column, np.int64) for column in zip(*cases, strict=True)]
    bits, flags = jit.elementwise(dot, 5, 2)(*columns)
    for index, case in enumerate(cases):
        got = (int(bits[index]), int(flags[index]))
        assert got == expected(fmt, case, FP16ALT), [hex(x) for x in case]


def test_only_the_named_bits_of_the_operands_count() -> None:
    rng = np.random.default_rng(7)
    a, b = finite_words(rng, MXFP8_E4M3, 2)
    dot = jit.native(scalar.DOTS["mxfp8_e4m3"])
    assert dot(a, b, 127 | 0x500, 127 - 0x100, 5 << 40 | 0x3F800000) == dot(
        a, b, 127, 127, 0x3F800000
    )
    dot = jit.native(scalar.DOTS["mxfp6_e2m3"])
    upper = np.int64(0x4040404040404040)
    assert dot(a, b, 127, 127, 1) == dot(a ^ upper, b ^ (upper << 1), 127, 127, 1)


def test_other_accumulators_are_refused() -> None:
    with pytest.raises(ValueError, match="accumulates in float32 or bfloat16, not in float16"):
        scalar.make_dot(MXFP4, FP16)
