"""The VS-Quant quantiser: against fractions, the published SQNR figures, and its layout."""

from fractions import Fraction

import numpy as np
import pytest

from rvx.formats.block.vsq import Vsq, exact
from rvx.formats.block.vsq.array import pack, quantise, unpack
from rvx.formats.integer import INT3, INT4, INT8, UINT4

from ..samples import draws, sqnr

FORMATS = [
    Vsq(INT4), Vsq(INT4, 16, 4, "channel"), Vsq(INT4, 64, 8), Vsq(UINT4, 16, 4),
    Vsq(INT8, 16, 10), Vsq(INT3, 5, 6, "channel"), Vsq(INT4, 16, 4, requantise=True),
    Vsq(INT4, 7, 3, "channel", requantise=True), Vsq(INT4, 1, 8),
]  # fmt: skip


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda f: f"{f.name}-{f.coarse}-{f.requantise}")
def test_codes_and_scales_equal_the_exact_reference(fmt: Vsq) -> None:
    rng = np.random.default_rng(1)
    x = rng.standard_t(3, (6, 70))
    x[2] = 0
    got = quantise(x, fmt)
    groups = -(-70 // fmt.vector)
    padded = np.concatenate([x, np.zeros((6, groups * fmt.vector - 70))], axis=1)
    vectors = [[Fraction(v) for v in row] for row in padded.reshape(-1, fmt.vector)]
    if fmt.coarse == "tensor":
        parts = [exact.quantise(vectors, fmt)]
    else:
        parts = [exact.quantise(vectors[i * groups : (i + 1) * groups], fmt) for i in range(6)]
    codes = np.array([c for part in parts for c in part.codes])
    np.testing.assert_array_equal(got.codes.reshape(codes.shape), codes)
    np.testing.assert_array_equal(got.scales.ravel(), [s for part in parts for s in part.scales])
    np.testing.assert_allclose(got.gamma.ravel(), [float(part.gamma) for part in parts], rtol=1e-15)


def test_dequantised_values_are_code_times_scale_times_gamma() -> None:
    x = np.array([[14.0, -6.0, 1.0, 0.5], [1.75, 0.0, 0.0, -0.3]])
    tensor = quantise(x, Vsq(INT4, 2, 3, "channel"))
    np.testing.assert_array_equal(tensor.codes, [[7, -3, 7, 4], [7, 0, 0, -7]])
    np.testing.assert_array_equal(tensor.scales, [[7, 0], [7, 1]])
    np.testing.assert_allclose(tensor.gamma, [[2 / 7], [0.25 / 7]])
    want = [[14, -6, 0, 0], [1.75, 0, 0, -0.25]]
    np.testing.assert_allclose(tensor.dequantise(), want)


FIGURES = [
    (Vsq(INT4, 16, 0), 21.4, 19.9, 19.6),
    (Vsq(INT4, 16, 6, "channel"), 21.4, 19.9, 19.5),
    (Vsq(INT4, 16, 4, "channel"), 20.8, 19.2, 17.6),
    (Vsq(INT4, 64, 0), 19.4, 17.1, 16.0),
    (Vsq(INT4, 64, 8), 19.4, 17.1, 15.8),
    (Vsq(INT8, 16, 10), 46.5, 44.8, 38.0),
    (Vsq(INT4, 16, 4), 20.3, None, 1.4),
    (Vsq(INT4, 16, 4, requantise=True), 21.1, None, 12.0),
]


@pytest.mark.parametrize(("fmt", "normal", "laplace", "t4"), FIGURES)
def test_sqnr_figures(fmt: Vsq, normal: float, laplace: float | None, t4: float) -> None:
    wanted = {"normal": normal, "laplace": laplace, "t4": t4}
    for name, x in draws().items():
        if wanted[name] is not None:
            figure = sqnr(x, quantise(x, fmt).dequantise())
            assert figure == pytest.approx(wanted[name], abs=0.2), name


def test_smaller_vectors_give_less_error() -> None:
    x = draws()["laplace"][:64]
    figures = [sqnr(x, quantise(x, Vsq(INT4, v, 0)).dequantise()) for v in (4, 16, 64, 256)]
    assert figures == sorted(figures, reverse=True)


def test_a_static_gamma_is_used_and_scales_clip() -> None:
    x = np.array([[7.0, 1.0], [70.0, 10.0]])
    tensor = quantise(x, Vsq(INT4, 2, 4), gamma=0.25)
    np.testing.assert_array_equal(tensor.scales, [[4], [15]])
    np.testing.assert_array_equal(tensor.codes, [[7, 1], [7, 1]])
    weights = quantise(x, Vsq(INT4, 2, 4, "channel"), gamma=[0.25, 2.5])
    np.testing.assert_array_equal(weights.scales, [[4], [4]])


def test_unsigned_tensors_ignore_what_is_below_zero() -> None:
    tensor = quantise(np.array([[-100.0, 15.0, 7.5, 0.2]]), Vsq(UINT4, 4, 4))
    np.testing.assert_array_equal(tensor.codes, [[0, 15, 8, 0]])


def test_float32_tensors_stay_float32() -> None:
    tensor = quantise(draws()["normal"].astype(np.float32)[:4], Vsq(INT4))
    assert tensor.gamma.dtype == np.float32
    assert tensor.dequantise().dtype == np.float32


def test_convolution_weights_have_vectors_along_the_last_axis() -> None:
    x = np.random.default_rng(2).standard_normal((4, 3, 3, 20))
    fmt = Vsq(INT8, 16, 8, "channel")
    tensor = quantise(x, fmt)
    assert tensor.codes.shape == (4, 3, 3, 32)
    assert tensor.scales.shape == (4, 3, 3, 2)
    assert tensor.gamma.shape == (4, 1, 1, 1)
    flat = quantise(x.reshape(4, 9, 20), fmt)
    np.testing.assert_array_equal(flat.codes, tensor.codes.reshape(4, 9, 32))
    assert sqnr(x, tensor.dequantise()) > 40


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda f: f"{f.name}-{f.coarse}-{f.requantise}")
def test_pack_and_unpack_are_inverse(fmt: Vsq) -> None:
    tensor = quantise(np.random.default_rng(3).standard_normal((4, 70)), fmt)
    packed = pack(tensor)
    assert packed.scales.dtype == (np.uint8 if fmt.scale_bits <= 8 else np.uint16)
    back = unpack(packed, fmt, tensor.length, tensor.gamma)
    np.testing.assert_array_equal(back.codes, tensor.codes)
    np.testing.assert_array_equal(back.scales, tensor.scales)
    np.testing.assert_array_equal(back.dequantise(), tensor.dequantise())


def test_layout_vectors_along_k_with_scales_apart() -> None:
    x = np.zeros((2, 18))
    x[0, :3] = [7, -1, 3]
    x[1, 16:] = [3.5, 0.5]
    packed = pack(quantise(x, Vsq(INT4, 16, 8)))
    assert packed.codes.shape == (2, 16)
    assert packed.codes[0, :2].tolist() == [0xF7, 0x03]
    assert packed.codes[1, 8:10].tolist() == [0x17, 0x00]
    assert packed.scales.tolist() == [[255, 0], [0, 128]]
    wide = pack(quantise(x, Vsq(INT4, 16, 10)))
    assert wide.scales.tobytes() == np.array([1023, 0, 0, 512], "<u2").tobytes()


def test_wrong_input_is_answered_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="NaN or infinite"):
        quantise([[np.inf]], Vsq(INT4))
    with pytest.raises(ValueError, match=r"shape \(3,\) cannot be quantised .* per channel"):
        quantise([1, 2, 3], Vsq(INT4, coarse="channel"))
    with pytest.raises(ValueError, match=r"shape \(2, 0\) cannot be quantised"):
        quantise(np.zeros((2, 0)), Vsq(INT4))
    with pytest.raises(ValueError, match="vsq4-v16-mfp has real vector scales"):
        pack(quantise([[1.0]], Vsq(INT4, 16, 0)))
