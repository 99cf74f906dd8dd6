"""Quantise-in and largest magnitude on binary32 bits: against NumPy's float32 and fractions."""

from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest

from rvx import jit
from rvx.formats.integer import INT4, INT8, UINT4, UINT8, Integer, exact, single

from .cases import Words, random_words

FORMATS = [INT4, UINT4, INT8, UINT8, Integer(8, limit=100), Integer(16)]
NAN = 0x7FC00000
INFINITY = 0x7F800000
EDGES = [0, 1, 0x7FFFFF, 0x800000, 0x3F000000, 0x3F7FFFFF, 0x3F800000, 0x3F800001]
EDGES += [0x40F00000, 0x7F7FFFFF, INFINITY, INFINITY + 1, NAN, 0x7FFFFFFF]
EDGES += [edge | 0x80000000 for edge in EDGES]


def numpy_codes(x: Words, reciprocal: Words, fmt: Integer) -> Words:
    """The same through the host's float32 unit."""
    a, b = (v.astype(np.uint32).view(np.float32) for v in (x, reciprocal))
    with np.errstate(all="ignore"):
        product = a * b
    assert product.dtype == np.float32
    codes = np.clip(np.rint(np.nan_to_num(product.astype(np.float64), nan=0.0)), fmt.low, fmt.high)
    return codes.astype(np.int64)


def patterns(x: npt.NDArray[np.float32]) -> Words:
    return x.view(np.uint32).astype(np.int64)


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda f: f"{f.name}-{f.limit}")
def test_compiled_codes_equal_the_float32_unit(fmt: Integer) -> None:
    rng = np.random.default_rng(0)
    kernel = jit.elementwise(single.make_quantise(fmt), 2)
    count = 100_000
    wide = random_words(rng, count) & 0xFFFFFFFF
    other = random_words(rng, count) & 0xFFFFFFFF
    np.testing.assert_array_equal(kernel(wide, other), numpy_codes(wide, other, fmt))
    # Products near the codes, and near the ties between them.
    code = rng.integers(-2 * fmt.limit, 2 * fmt.limit, count) / 2
    scale = np.exp(rng.uniform(-20, 20, count)).astype(np.float32)
    x = patterns((code / scale).astype(np.float32)) + rng.integers(-2, 3, count)
    x = np.clip(x, 0, None)
    np.testing.assert_array_equal(kernel(x, patterns(scale)), numpy_codes(x, patterns(scale), fmt))
    ties = patterns(code.astype(np.float32))
    one = np.full_like(ties, 0x3F800000)
    np.testing.assert_array_equal(kernel(ties, one), numpy_codes(ties, one, fmt))


@pytest.mark.parametrize("fmt", [INT4, UINT8], ids=lambda f: f.name)
def test_edges_interpreted_and_compiled_equal_fractions(fmt: Integer) -> None:
    kernel = single.make_quantise(fmt)
    for x in EDGES:
        for reciprocal in EDGES:
            want = exact.quantise_f32(x, reciprocal, fmt)
            with np.errstate(over="ignore"):
                assert int(kernel(np.int64(x), np.int64(reciprocal))) == want, (x, reciprocal)
            got = jit.elementwise(kernel, 2)(np.array([x]), np.array([reciprocal]))
            assert got[0] == want, (x, reciprocal)


def test_random_products_equal_fractions() -> None:
    rng = np.random.default_rng(1)
    kernel = single.make_quantise(INT8)
    for _ in range(300):
        exponents = rng.integers(100, 156, 2)
        x, reciprocal = (int(e) << 23 | int(rng.integers(2**23)) for e in exponents)
        x |= int(rng.integers(2)) << 31
        want = exact.quantise_f32(x, reciprocal, INT8)
        assert int(kernel(np.int64(x), np.int64(reciprocal))) == want


def test_a_product_is_rounded_to_binary32_before_the_integer() -> None:
    """Products next to a tie, which binary32 makes the tie: the integer is not the nearest one."""
    for a, b, nearest, twice in ((0x3F800001, 0x401FFFFF, 3, 2), (0x3F800002, 0x3FBFFFFD, 1, 2)):
        assert round(Fraction(exact.f32_value(a)) * Fraction(exact.f32_value(b))) == nearest
        assert exact.quantise_f32(a, b, INT4) == twice
        assert int(single.make_quantise(INT4)(np.int64(a), np.int64(b))) == twice


@pytest.mark.parametrize(("name", "fmt"), [
    ("qin_n", INT4),
    ("qinu_n", UINT4),
    ("qin_b", INT8),
    ("qinu_b", UINT8),
])  # fmt: skip
def test_quantise_in_fills_a_register_lane_0_first(name: str, fmt: Integer) -> None:
    rng = np.random.default_rng(2)
    kernel = jit.elementwise(getattr(single, name), 3)
    count = 64 // fmt.bits
    x = (rng.standard_normal((1000, count)) * fmt.high).astype(np.float32)
    x[:, 0] = np.nan
    reciprocal = patterns(np.full(1000, 0.7, np.float32)) | (random_words(rng, 1000) << 32)
    rd = random_words(rng, 1000)
    for lane in range(count):
        rd = kernel(rd, patterns(x[:, lane]) | (random_words(rng, 1000) << 32), reciprocal)
    shifts = np.arange(0, 64, fmt.bits, dtype=np.uint64)
    got = (rd.view(np.uint64)[:, None] >> shifts) & np.uint64(fmt.mask)
    codes = numpy_codes(patterns(x), patterns(np.full_like(x, 0.7)), fmt)
    np.testing.assert_array_equal(got, codes & fmt.mask)
    assert (codes[:, 0] == 0).all()


def test_quantise_in_moves_the_old_lanes_down_without_sign() -> None:
    assert int(single.qin_n(np.int64(-1), np.int64(0), np.int64(0))) == 0x0FFFFFFFFFFFFFFF
    assert int(single.qin_b(np.int64(-1), np.int64(0), np.int64(0))) == 0x00FFFFFFFFFFFFFF


def test_largest_magnitude_takes_both_halves_and_keeps_nan() -> None:
    rng = np.random.default_rng(3)
    rd, pair = random_words(rng, 100_000), random_words(rng, 100_000)
    halves = np.stack([rd, pair, pair >> 32]) & 0x7FFFFFFF
    got = jit.elementwise(single.amax_s, 2)(rd, pair)
    np.testing.assert_array_equal(got, halves.max(axis=0))
    for values in ([1, 2, 3], [0x80000009, 4, 5], [NAN, INFINITY, 7], [0, 0xFFC00000, INFINITY]):
        word = np.int64(np.uint64(values[1] | values[2] << 32).view(np.int64))
        assert int(single.amax_s(np.int64(values[0]), word)) == exact.largest_magnitude_f32(values)


@pytest.mark.parametrize("count", [0, 1, 2, 5, 40, 62])
def test_shift_right_rne_is_round_half_to_even(count: int) -> None:
    for x in (0, 1, 2, 3, 5, 6, 7, 2**24 - 1, 2**47 + 1, 3 * 2**40, 2**61, 2**61 + 1):
        want = round(Fraction(x, 2**count))
        assert int(single.shift_right_rne(np.int64(x), count)) == want
