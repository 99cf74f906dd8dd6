"""Quantisers and memory layout: against fractions, ml_dtypes' integer types and by hand."""

from fractions import Fraction

import numpy as np
import pytest

from rvx.formats.integer import INT3, INT4, INT8, INT16, UINT4, UINT8, Integer, array, exact
from rvx.formats.integer.calibrate import METHODS, quantise_tensor, scale_of

from ..samples import draws, sqnr

FORMATS = [INT3, INT4, UINT4, Integer(6), INT8, UINT8, Integer(4, signed=False, limit=7), INT16]


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda f: f"{f.name}-{f.limit}")
def test_quantise_rounds_to_nearest_even_and_clips(fmt: Integer) -> None:
    rng = np.random.default_rng(0)
    halves = rng.integers(-3 * fmt.limit, 3 * fmt.limit, 500) / 2
    for scale in (1.0, 0.25, 2.0**-40):
        codes = array.quantise(halves * scale, scale, fmt)
        want = [exact.quantise(Fraction(h), Fraction(1), fmt) for h in halves]
        np.testing.assert_array_equal(codes, want)
    x = rng.standard_normal(500) * fmt.limit
    scale = 0.73
    want = [exact.quantise(Fraction(v), Fraction(scale), fmt) for v in x]
    np.testing.assert_array_equal(array.quantise(x, scale, fmt), want)


def test_float32_in_float32_out() -> None:
    x = np.linspace(-3, 3, 100, dtype=np.float32)
    result = quantise_tensor(x, INT8)
    assert result.scale.dtype == np.float32
    assert result.dequantise().dtype == np.float32
    assert result.scale.item() == np.float32(3) / np.float32(127)
    assert quantise_tensor(x.tolist(), INT8).scale.dtype == np.float64


def test_an_all_zero_tensor_has_scale_0_and_codes_0() -> None:
    result = quantise_tensor(np.zeros((2, 5)), INT4, channel=0)
    assert not result.scale.any()
    assert not result.codes.any()
    assert not result.dequantise().any()


def test_scale_covers_the_largest_element_per_tensor_and_per_channel() -> None:
    x = np.array([[1.0, -14.0], [7.0, 3.0]])
    assert scale_of(x, INT4).item() == 2.0
    np.testing.assert_array_equal(scale_of(x, INT4, channel=0), [[2.0], [1.0]])
    np.testing.assert_array_equal(scale_of(x, INT4, channel=-1), [[1.0, 2.0]])
    assert scale_of(x, UINT4).item() == 7.0 / 15


def test_percentile_clips_the_tail() -> None:
    x = np.arange(-100.0, 101.0)
    assert scale_of(x, INT8, method="percentile", percentile=100).item() == 100 / 127
    assert scale_of(x, INT8, method="percentile", percentile=50).item() == 50 / 127
    codes = quantise_tensor(x, INT8, method="percentile", percentile=50).codes
    assert (np.abs(codes) == 127).sum() == 2 * 51


@pytest.mark.parametrize("channel", [None, 0])
def test_mse_calibration_has_the_least_error_of_its_candidates(channel: int | None) -> None:
    rng = np.random.default_rng(1)
    x = rng.standard_t(4, (3, 400))
    best = scale_of(x, INT4, channel, method="mse")
    whole = scale_of(x, INT4, channel)

    def error(scale: np.ndarray) -> np.ndarray:
        square = (x - array.dequantise(array.quantise(x, scale, INT4), scale)) ** 2
        return square.sum() if channel is None else square.sum(axis=1)

    for step in range(1, 129):
        assert (error(best) <= error(whole * (step / 128)) * (1 + 1e-12)).all()
    assert (best < whole).all()


def test_percentile_and_mse_help_on_heavy_tails() -> None:
    x = np.random.default_rng(0).standard_t(4, (256, 512))
    figures = {m: sqnr(x, quantise_tensor(x, INT4, method=m).dequantise()) for m in METHODS}
    assert figures["mse"] > figures["percentile"] > figures["max"] + 8


@pytest.mark.parametrize(
    ("figure", "row", "column"),
    [
        (14.2, "normal", None), (16.9, "normal", 0), (7.6, "laplace", None),
        (13.3, "laplace", 0), (0.3, "t4", None), (9.7, "t4", 0),
    ],
)  # fmt: skip
def test_sqnr_of_int4_is_the_published_figure(figure: float, row: str, column: int | None) -> None:
    x = draws()[row]
    assert sqnr(x, quantise_tensor(x, INT4, column).dequantise()) == pytest.approx(figure, abs=0.2)


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda f: f"{f.name}-{f.limit}")
def test_pack_and_unpack_are_inverse(fmt: Integer) -> None:
    rng = np.random.default_rng(2)
    for count in (1, 2, 3, 8, 17, 64):
        codes = rng.integers(fmt.minimum, fmt.maximum, (3, count), endpoint=True)
        data = array.pack(codes, fmt, multiple=16)
        assert data.dtype == np.uint8
        np.testing.assert_array_equal(array.unpack(data, fmt, count), codes)
        padded = array.unpack(data, fmt, -(-count // 16) * 16)
        assert not padded[:, count:].any()


def test_nibble_0_is_in_the_low_half_of_byte_0() -> None:
    assert array.pack([1, -2, 3], INT4).tolist() == [0xE1, 0x03]
    assert array.pack([1, -2, 3], INT8, multiple=4).tolist() == [1, 0xFE, 3, 0]
    assert array.pack([1, -2], INT16).tolist() == [1, 0, 0xFE, 0xFF]
    assert array.pack([3, 1, 2, 0, 1], Integer(2, signed=False)).tolist() == [0b00100111, 1]


def test_words_are_little_endian_loads() -> None:
    data = array.pack(np.arange(16) - 8, INT4)
    assert array.words(data)[0] == 0x76543210FEDCBA98
    assert array.words(array.pack([-1] * 8, INT8))[0] == -1


def test_packed_words_feed_the_dot_kernels() -> None:
    from rvx import jit
    from rvx.formats.integer import scalar

    rng = np.random.default_rng(3)
    for fmt, name in ((INT4, "n"), (INT8, "b")):
        a, b = (rng.integers(fmt.minimum, fmt.maximum, (20, 64), endpoint=True) for _ in range(2))
        left, right = (array.words(array.pack(v, fmt)) for v in (a, b))
        dots = jit.elementwise(scalar.DOTS[name, "sp"], 2)(left, right)
        np.testing.assert_array_equal(dots.sum(axis=1), (a * b).sum(axis=1))


def test_quantise_f32_is_the_reciprocal_form() -> None:
    rng = np.random.default_rng(4)
    x = rng.standard_normal((8, 64)).astype(np.float32)
    reciprocal = (7 / np.abs(x).max(axis=1, keepdims=True)).astype(np.float32)
    want = np.clip(np.rint(x * reciprocal), -7, 7)
    np.testing.assert_array_equal(array.quantise_f32(x, reciprocal, INT4), want)


def test_matmul_wraps_at_32_bits() -> None:
    big = np.full((1, 140_000), 127)
    assert array.matmul(big, big)[0, 0] == 140_000 * 127 * 127 - 2**32
    rng = np.random.default_rng(5)
    a, b = rng.integers(-128, 128, (5, 70)), rng.integers(-8, 8, (6, 70))
    want = [[exact.wrap(exact.dot(list(x), list(y)), 32) for y in b.tolist()] for x in a.tolist()]
    np.testing.assert_array_equal(array.matmul(a, b), want)


def test_wrong_input_is_answered_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="NaN or infinite elements cannot be quantised"):
        array.quantise([1.0, np.nan], 1.0, INT4)
    with pytest.raises(ValueError, match="codes from -8 to 9 do not fit int4, which holds -8 to 7"):
        array.pack([-8, 9], INT4)
    with pytest.raises(ValueError, match="at least one axis; this is a single number"):
        array.pack(3, INT4)
    with pytest.raises(ValueError, match="2 bytes hold 4 codes of int4, not 5"):
        array.unpack(np.zeros(2, np.uint8), INT4, 5)
    with pytest.raises(ValueError, match="an empty tensor has no range"):
        scale_of([], INT4)
    with pytest.raises(ValueError, match="the percentile 101 is not between 0 and 100"):
        scale_of([1.0], INT4, method="percentile", percentile=101)
    with pytest.raises(ValueError, match="'kl' is not a calibration method; use max, percentile"):
        scale_of([1.0], INT4, method="kl")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="a tensor of 1 axes has no channel axis 1"):
        scale_of([1.0], INT4, channel=1)
