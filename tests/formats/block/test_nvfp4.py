"""NVFP4: against fractions, the casts of ml_dtypes and the published SQNR figures."""

from fractions import Fraction

import numpy as np
import pytest

from rvx.formats.block.nvfp4 import NVFP4, RULES, Nvfp4, Rule, exact, parse_rule
from rvx.formats.block.nvfp4.array import pack, quantise, unpack
from rvx.formats.block.nvfp4.rules import MODELOPT_0_47, TORCHAO_0_15, TORCHAO_0_17

from ..samples import draws, sqnr

ALL_RULES = pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))


def hard_tensors() -> list[np.ndarray]:
    """Blocks far apart in size, blocks of zeros, ties, and scales that leave float32."""
    rng = np.random.default_rng(0)
    x = rng.standard_t(2, (6, 64)) * np.exp2(rng.integers(-9, 9, (6, 1)))
    x[1, 16:32] = 0
    x[2, :16] = np.arange(16) / 4
    spread = np.exp2(rng.integers(-40, 3, (4, 4, 1))) * rng.standard_normal((4, 4, 16))
    ties = rng.integers(-48, 49, (8, 64)) / 8
    return [
        np.asarray(made, np.float32)
        for made in (x, spread.reshape(4, 64), ties, x * 2.0**-117, x * 2.0**-135, x * 2.0**114)
    ]


@ALL_RULES
def test_scales_and_codes_equal_fractions(rule: Rule) -> None:
    for x in hard_tensors():
        tensor = quantise(x, rule=rule)
        blocks = [[Fraction(float(v)) for v in block] for block in x.reshape(-1, 16)]
        tensor_scale, scales, codes = exact.quantise(blocks, rule)
        assert Fraction(float(tensor.tensor_scale)) == tensor_scale
        assert tensor.scales.ravel().tolist() == scales
        assert tensor.codes.reshape(-1, 16).tolist() == codes


@ALL_RULES
def test_equals_numpy_with_the_casts_of_ml_dtypes(rule: Rule) -> None:
    """The libraries' lines, with NumPy in place of torch."""
    import ml_dtypes

    rng = np.random.default_rng(1)
    x = rng.standard_t(4, (200, 160)).astype(np.float32)
    x[3] *= np.float32(2.0**-11)
    x[4, :16] = 0
    x[5:9] = rng.integers(-48, 49, (4, 160)) / 8
    tensor = quantise(x, rule=rule)
    blocks = x.reshape(200, 10, 16)
    largest = np.abs(blocks).max(axis=2)
    tensor_scale = np.abs(x).max() / np.float32(2688)
    if rule is MODELOPT_0_47:
        relative = largest / (np.float32(6) * tensor_scale)
        relative[relative == 0] = 1
        relative = np.clip(relative, 2.0**-9, 448)
    else:
        relative = np.clip(largest / np.float32(6) / tensor_scale, 2.0**-6, 448)
    scales = relative.astype(ml_dtypes.float8_e4m3fn)
    singles = scales.astype(np.float32)[..., None]
    if rule is TORCHAO_0_17:
        quotients = blocks * ((np.float32(1) / tensor_scale) / singles)
    else:
        quotients = blocks / (singles * tensor_scale)
    elements = np.clip(quotients, -6, 6).astype(ml_dtypes.float4_e2m1fn)
    np.testing.assert_array_equal(tensor.scales, scales.view(np.uint8))
    np.testing.assert_array_equal(tensor.codes.reshape(elements.shape), elements.view(np.uint8))
    exact_factors = scales.astype(np.float64)[..., None] * np.float64(tensor_scale)
    want = (elements.astype(np.float64) * exact_factors).reshape(200, 160)
    np.testing.assert_array_equal(tensor.dequantise(), want)


def test_where_the_libraries_differ() -> None:
    """A block of zeros, a small block, -0, and a tie that a reciprocal breaks."""
    x = np.zeros((1, 48), np.float32)
    x[0, 0], x[0, 32], x[0, 33] = 6, 5e-5, -0.0
    by_torchao, by_modelopt = (quantise(x, rule=rule) for rule in (TORCHAO_0_17, MODELOPT_0_47))
    assert by_torchao.scales.tolist() == [[0x7E, 0x08, 0x08]]
    assert by_modelopt.scales.tolist() == [[0x7E, 0x38, 0x02]]
    assert (by_torchao.codes[0, 33], by_modelopt.codes[0, 33]) == (8, 0)
    ties = np.random.default_rng(3).integers(-48, 49, (400, 64)) / np.float32(8)
    old, new = (quantise(ties.astype(np.float32), rule=r) for r in (TORCHAO_0_15, TORCHAO_0_17))
    assert (old.scales == new.scales).all()
    assert 0.03 < np.mean(old.codes != new.codes) < 0.04


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
    with pytest.raises(ValueError, match=r"NaN or infinite elements cannot be quantised to nvfp4$"):
        quantise([1.0, np.nan])
    with pytest.raises(ValueError, match=r"^1e\+39 is beyond float32, in which tensors are quant"):
        quantise([1e39])
    with pytest.raises(
        ValueError, match=r"'torchao' is not a rule of NVFP4; valid are torchao-0\.17"
    ):
        parse_rule("torchao")
    assert parse_rule("ModelOpt-0.47") is MODELOPT_0_47
    with pytest.raises(ValueError, match=r"shape \(0,\) cannot be quantised to nvfp4"):
        quantise([])
