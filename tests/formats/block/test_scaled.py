"""Scaled minifloat tensors: the published figures, and the casts of ml_dtypes."""

import numpy as np
import pytest

from rvx.formats.block.scaled import quantise
from rvx.formats.minifloat.catalogue import E4M3FN, FP8

from ..samples import draws, sqnr


@pytest.mark.parametrize(("name", "figures"), [
    ("float8_e4m3fn", (31.6, 31.6, 31.6)), ("float8_e5m2", (25.6, 25.6, 25.7)),
])  # fmt: skip
def test_sqnr_figures_and_casts(name: str, figures: tuple[float, float, float]) -> None:
    import ml_dtypes

    fmt = {"float8_e4m3fn": E4M3FN, "float8_e5m2": FP8}[name]
    for x, figure in zip(draws().values(), figures, strict=True):
        tensor = quantise(x, fmt)
        assert sqnr(x, tensor.dequantise()) == pytest.approx(figure, abs=0.2)
        cast = (x / tensor.scale).astype(getattr(ml_dtypes, name))
        np.testing.assert_array_equal(tensor.codes, cast.view(np.uint8))


def test_scales_per_channel_and_zeros() -> None:
    x = np.array([[448.0, -3.0], [0.0, 0.0], [7.0, 14.0]], np.float32)
    tensor = quantise(x, E4M3FN, channel=0)
    np.testing.assert_array_equal(tensor.scale, np.float32([[1], [0], [1 / 32]]))
    np.testing.assert_array_equal(tensor.dequantise(), x)
    assert quantise(x, E4M3FN, channel=1).scale.shape == (1, 2)


def test_wrong_input_is_answered_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="an empty tensor has no largest element"):
        quantise([], E4M3FN)
    with pytest.raises(ValueError, match="NaN or infinite"):
        quantise([np.inf], E4M3FN)
