"""NVFP4: against fractions, the casts of ml_dtypes and the published SQNR figures."""

from fractions import Fraction

import numpy as np
import pytest

from rvx.formats.block.nvfp4 import NVFP4, Nvfp4, exact
from rvx.formats.block.nvfp4.array import pack, quantise, unpack

from ..samples import draws, sqnr


def test_scales_and_codes_equal_fractions() -> None:
    rng = np.random.default_rng(0)
    x = (rng.standard_t(2, (6, 64)) * np.exp2(rng.integers(-9, 9, (6, 1)))).astype(np.float32)
    x[1, 16:32] = 0
    x[2, :16] = np.arange(16) / 4
    tensor = quantise(x)
    blocks = [[Fraction(float(v)) for v in block] for block in x.reshape(-1, 16)]
    tensor_scale, scales, codes = exact.quantise(blocks)
    assert Fraction(float(tensor.tensor_scale)) == tensor_scale
    assert tensor.scales.ravel().tolist() == scales
    assert tensor.codes.reshape(-1, 16).tolist() == codes


def test_equals_numpy_with_the_casts_of_ml_dtypes() -> None:
    import ml_dtypes

    x = np.random.default_rng(1).standard_t(4, (200, 160)).astype(np.float32)
    tensor = quantise(x)
    blocks = x.reshape(200, 10, 16)
    tensor_scale = np.abs(x).max() / np.float32(2688)
    relative = np.abs(blocks).max(axis=2) / np.float32(6) / tensor_scale
    scales = np.clip(relative, 2.0**-6, 448).astype(ml_dtypes.float8_e4m3fn)
    factors = (scales.astype(np.float32) * tensor_scale)[..., None]
    elements = np.clip(blocks / factors, -6, 6).astype(ml_dtypes.float4_e2m1fn)
    np.testing.assert_array_equal(tensor.scales, scales.view(np.uint8))
    np.testing.assert_array_equal(tensor.codes.reshape(elements.shape), elements.view(np.uint8))
    exact_factors = scales.astype(np.float64)[..., None] * np.float64(tensor_scale)
    want = (elements.astype(np.float64) * exact_factors).reshape(200, 160)
    np.testing.assert_array_equal(tensor.dequantise(), want)


@pytest.mark.parametrize(("kind", "figure"), [("normal", 20.4), ("laplace", 20.7), ("t4", 20.8)])
def test_sqnr_figures(kind: str, figure: float) -> None:
    value = sqnr(draws()[kind], quantise(draws()[kind]).dequantise())
    assert value == pytest.approx(figure, abs=0.2)


def test_zeros_and_padding() -> None:
    assert not quantise(np.zeros((2, 20))).dequantise().any()
    tensor = quantise(np.ones((2, 20)))
    assert tensor.codes.shape == (2, 32)
    assert tensor.scales.shape == (2, 2)
    assert not tensor.codes[:, 20:].any()
    np.testing.assert_allclose(tensor.dequantise(), np.ones((2, 20)), rtol=1e-6)


def test_pack_and_unpack_are_inverse() -> None:
    tensor = quantise(np.random.default_rng(2).standard_normal((3, 40)))
    packed = pack(tensor)
    assert packed.codes.shape == (3, 24)
    back = unpack(packed, 40, tensor.tensor_scale)
    np.testing.assert_array_equal(back.dequantise(), tensor.dequantise())
    assert pack(quantise([6.0, -3.0])).codes[0] == 0xD7


def test_names_storage_and_refusals() -> None:
    assert (NVFP4.name, Nvfp4(32).name, NVFP4.bits_per_element) == ("nvfp4", "nvfp4-b32", 4.5)
    with pytest.raises(ValueError, match="a block of 0 elements is not possible"):
        Nvfp4(0)
    with pytest.raises(ValueError, match="NaN or infinite"):
        quantise([1.0, np.nan])
    with pytest.raises(ValueError, match="NaN or infinite"):
        quantise([1e39])
    with pytest.raises(ValueError, match=r"shape \(0,\) cannot be quantised to nvfp4"):
        quantise([])
