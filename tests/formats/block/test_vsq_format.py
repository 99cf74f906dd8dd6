"""rvx.formats.block.vsq.format: the formats as values, and the scheme notation of the paper."""

import pytest

from rvx.formats.block.vsq import Vsq, parse_scheme
from rvx.formats.integer import INT4, INT8, UINT4


def test_a_scheme_names_weights_activations_and_their_scales() -> None:
    scheme = parse_scheme("4/8/6/10")
    assert scheme.weights == Vsq(INT4, 16, 6, "channel")
    assert scheme.activations == Vsq(INT8, 16, 10, "tensor")
    assert scheme.name == "4/8/6/10"


def test_u_is_unsigned_and_a_dash_is_no_vector_scale() -> None:
    scheme = parse_scheme("4/4u/-/4", vector=64)
    assert scheme.weights == INT4
    assert scheme.activations == Vsq(UINT4, 64, 4, "tensor")
    assert parse_scheme("8/8/-/-").activations == INT8


@pytest.mark.parametrize(
    "text", ["4/4/4", "4/x/4/4", "4/4/4/4/4", "17/4/4/4", "4/4/17/4", "U/4/4/4"]
)
def test_a_wrong_scheme_is_answered_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="is not a scheme of weight bits / activation bits"):
        parse_scheme(text)


def test_names_and_storage() -> None:
    assert Vsq(INT4).name == "vsq4-v16-m4"
    assert Vsq(UINT4, 64, 8).name == "vsq4u-v64-m8"
    assert Vsq(INT8, 16, 0).name == "vsq8-v16-mfp"
    assert Vsq(INT4).bits_per_element == 4.25
    assert Vsq(INT4, scale_bits=4).largest_scale == 15


def test_attributes_are_checked() -> None:
    with pytest.raises(ValueError, match="a vector of 0 elements is not possible"):
        Vsq(INT4, 0)
    with pytest.raises(ValueError, match="vector scales of 17 bits are not supported"):
        Vsq(INT4, 16, 17)
    with pytest.raises(ValueError, match="per tensor or channel, not 'row'"):
        Vsq(INT4, coarse="row")  # type: ignore[arg-type]
