"""The MX quantisers: against fractions, gfloat, ml_dtypes and the published SQNR figures."""

from fractions import Fraction

import numpy as np
import pytest

from rvx.formats.block import mx
from rvx.formats.block.mx import FORMATS, MXFP4, MXFP8_E4M3, MXINT8, Mx, exact, parse
from rvx.formats.block.mx.array import MxTensor, pack, quantise, unpack
from rvx.formats.integer import INT4
from rvx.formats.minifloat.catalogue import E2M1

from ..samples import Doubles, draws, sqnr

ALL = list(FORMATS.values())
IDS = list(FORMATS)


def blocks_of(rng: np.random.Generator, count: int) -> Doubles:
    """Blocks of all sizes of numbers, some with zeros, ties, subnormals and exact powers of 2."""
    x = rng.standard_normal((count, 32)) * np.exp2(rng.integers(-20, 20, (count, 1)))
    x[0] = 0
    x[1, 1:] = 0
    x[2] = np.arange(32) / 4
    x[3] = np.exp2(np.arange(32) - 16.0)
    x[4] = np.arange(-16, 16) / 8 * 1.0625
    x[5] = x[5] * 2.0**-145
    x[6] = np.ldexp(x[6], 125 - np.frexp(np.abs(x[6]).max())[1])
    x[7] = 5e-324
    x[8, 0] = 1.9999999 * 2.0**127
    x[9] = rng.choice([-1.0, 1.0], 32) * rng.choice([1.75, 1.875, 1.9375, 1.5, 1.25], 32)
    return x


@pytest.mark.parametrize("fmt", ALL, ids=IDS)
def test_scales_and_codes_equal_fractions(fmt: Mx) -> None:
    x = blocks_of(np.random.default_rng(1), 30)
    tensor = quantise(x, fmt)
    for row, block in enumerate(x):
        scale, codes = exact.quantise(fmt, [Fraction(v) for v in block])
        assert tensor.scales[row].tolist() == [scale]
        assert tensor.codes[row].tolist() == codes


@pytest.mark.parametrize("fmt", ALL, ids=IDS)
def test_values_equal_gfloat(fmt: Mx) -> None:
    from gfloat import block, formats

    info = getattr(formats, f"format_info_{fmt.name}")
    x = blocks_of(np.random.default_rng(2), 40)
    tensor = quantise(x, fmt)
    got = tensor.dequantise()
    # gfloat's INT8 has the code -128, which a symmetric quantiser leaves out.
    lowest = -127 / 64 if fmt is MXINT8 else -np.inf
    for row, values in enumerate(x):
        want = block.quantize_block(info, values, block.compute_scale_amax)
        want = np.maximum(want, lowest * np.exp2(float(tensor.scales[row, 0]) - 127))
        np.testing.assert_array_equal(got[row], want, err_msg=str(row))


@pytest.mark.parametrize(
    ("fmt", "dtype"),
    [
        ("mxfp8_e4m3", "float8_e4m3fn"), ("mxfp8_e5m2", "float8_e5m2"),
        ("mxfp6_e2m3", "float6_e2m3fn"), ("mxfp6_e3m2", "float6_e3m2fn"),
        ("mxfp4", "float4_e2m1fn"),
    ],
)  # fmt: skip
def test_codes_equal_the_casts_of_ml_dtypes(fmt: str, dtype: str) -> None:
    import ml_dtypes

    target = parse(fmt)
    kind = getattr(ml_dtypes, dtype)
    x = draws()["t4"][:100]
    tensor = quantise(x, target)
    factors = np.exp2(tensor.scales.astype(float) - 127).repeat(32, axis=1)
    limit = float(ml_dtypes.finfo(kind).max)
    want = np.clip(x / factors, -limit, limit).astype(kind).view(np.uint8)
    np.testing.assert_array_equal(tensor.codes, want)
    values = want.view(kind).astype(np.float64) * factors
    np.testing.assert_array_equal(tensor.dequantise(), values)
    shared = np.floor(np.log2(np.abs(x.reshape(100, -1, 32)).max(axis=2)))
    emax = np.floor(np.log2(limit))
    np.testing.assert_array_equal(tensor.scales, shared - emax + 127)


FIGURES = {
    "mxfp4_e2m1": (18.8, 18.0, 17.7), "mxfp6_e2m3": (31.0, 30.3, 30.0),
    "mxfp8_e4m3": (30.6, 30.0, 29.9), "mxint8": (41.7, 40.0, 39.1),
}  # fmt: skip


@pytest.mark.parametrize("name", FIGURES)
def test_sqnr_figures(name: str) -> None:
    for (kind, x), figure in zip(draws().items(), FIGURES[name], strict=True):
        value = sqnr(x, quantise(x, FORMATS[name]).dequantise())
        assert value == pytest.approx(figure, abs=0.2), kind


def test_the_floor_rule_clips_the_largest_element() -> None:
    tensor = quantise([7.9] + [0.0] * 31, MXFP4)
    assert tensor.scales.tolist() == [127]
    assert tensor.dequantise()[0] == 6.0
    assert quantise([8.0] + [0.0] * 31, MXFP4).dequantise()[0] == 8.0


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("fmt", ALL, ids=IDS)
def test_a_block_with_nan_or_infinity_is_nan(fmt: Mx, bad: float) -> None:
    x = np.ones(70)
    x[40] = bad
    tensor = quantise(x, fmt)
    assert tensor.scales[1] == 0xFF
    assert np.isnan(tensor.dequantise()[32:64]).all()
    assert (tensor.dequantise()[:32] == 1).all()
    assert (tensor.dequantise()[64:] == 1).all()


@pytest.mark.parametrize("fmt", ALL, ids=IDS)
def test_pack_and_unpack_are_inverse(fmt: Mx) -> None:
    tensor = quantise(np.random.default_rng(3).standard_normal((3, 70)), fmt)
    packed = pack(tensor)
    assert packed.codes.shape == (3, 96 * fmt.container // 8)
    assert packed.scales.shape == (3, 3)
    back = unpack(packed, fmt, 70)
    np.testing.assert_array_equal(back.codes, tensor.codes)
    np.testing.assert_array_equal(back.dequantise(), tensor.dequantise())


def test_element_0_is_in_the_low_half_of_byte_0() -> None:
    packed = pack(quantise([1.0, -6.0, 0.5, 0.0] * 8, MXFP4))
    assert packed.codes[:2].tolist() == [0xF2, 0x01]
    assert packed.scales.tolist() == [127]
    assert pack(quantise([1.0, -0.5] * 16, MXINT8)).codes[:2].tolist() == [64, 256 - 32]


def test_decoding_of_every_element_code() -> None:
    for fmt in ALL:
        codes = np.arange(1 << fmt.element.bits, dtype=np.uint8)
        scales = np.full(-(-codes.size // 32), 127, np.uint8)
        padded = np.concatenate([codes, np.zeros(-codes.size % 32, np.uint8)])
        values = MxTensor(padded, scales, codes.size, fmt).dequantise()
        for code, value in zip(codes.tolist(), values, strict=True):
            datum = exact.datum(fmt, code)
            if datum.is_nan:
                assert np.isnan(value)
            elif datum.is_infinite:
                assert value == (-np.inf if datum.is_negative else np.inf)
            else:
                assert Fraction(value) == datum.value


def test_names_are_parsed_in_either_case() -> None:
    assert parse("MXFP4") == MXFP4
    assert parse("mxfp8") == MXFP8_E4M3
    assert mx.parse(" mxint8 ") == MXINT8
    with pytest.raises(ValueError, match="'mxfp9' is not a microscaling format; valid are mxfp8_"):
        parse("mxfp9")


def test_storage_and_exponents() -> None:
    assert (MXFP4.bits_per_element, MXFP4.container, MXFP4.emax) == (4.25, 4, 2)
    assert (MXFP8_E4M3.bits_per_element, MXFP8_E4M3.container, MXFP8_E4M3.emax) == (8.25, 8, 8)
    assert (MXINT8.container, MXINT8.emax) == (8, 0)
    assert [fmt.emax for fmt in ALL] == [8, 15, 2, 4, 2, 0]


def test_wrong_values_are_answered_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="a block of 0 elements is not possible"):
        Mx("mx", E2M1, 0)
    with pytest.raises(ValueError, match="the only integer element of MX is int8, not int4"):
        Mx("mxint4", INT4)
    with pytest.raises(ValueError, match="need at least one axis; this is one number"):
        quantise(1.0, MXFP4)
