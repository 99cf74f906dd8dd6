"""Per-vector scaled quantisation (VS-Quant, arXiv 2102.04503) as values."""

from __future__ import annotations

from typing import Literal

from rvx.formats.integer.format import Integer
from rvx.records import dataclass

Coarse = Literal["tensor", "channel"]

WIDEST_SCALE = 16


@dataclass(frozen=True)
class Vsq:
    """Vectors of integer codes, an unsigned integer scale for each, and coarse real scales.

    An element is code * vector scale * coarse scale (eq. 7j).

    Attributes:
        element: the integer format of the codes (N bits).
        vector: elements that share a scale (V), along the last axis.
        scale_bits: bits of the unsigned vector scales (M), up to 16; 0 leaves the scales real
            (the columns S=fp32 of the paper).
        coarse: one coarse scale per tensor (activations) or per index of axis 0 (weights).
        requantise: False rounds the elements with the exact vector scale, in the paper's order
            (7c before 7g); True rounds the scales first and the elements with the rounded ones,
            and then no vector with a non-zero element has the scale 0, which would waste its
            codes (in the paper's order such a vector becomes 0, which the authors welcome).

    Raises:
        ValueError: an attribute is out of range.
    """

    element: Integer
    vector: int = 16
    scale_bits: int = 4
    coarse: Coarse = "tensor"
    requantise: bool = False

    def __post_init__(self) -> None:
        if self.vector < 1:
            raise ValueError(f"a vector of {self.vector} elements is not possible; use 1 or more")
        if not 0 <= self.scale_bits <= WIDEST_SCALE:
            raise ValueError(
                f"vector scales of {self.scale_bits} bits are not supported; "
                f"use 1 to {WIDEST_SCALE} bits, or 0 for real scales"
            )
        if self.coarse not in ("tensor", "channel"):
            raise ValueError(f"the coarse scale is per tensor or channel, not {self.coarse!r}")

    @property
    def name(self) -> str:
        """For tables: `vsq4-v16-m4`; unsigned elements as `vsq4u`, real scales as `mfp`."""
        sign = "" if self.element.signed else "u"
        return f"vsq{self.element.bits}{sign}-v{self.vector}-m{self.scale_bits or 'fp'}"

    @property
    def largest_scale(self) -> int:
        """Largest vector scale: 2^M - 1."""
        return (1 << self.scale_bits) - 1

    @property
    def bits_per_element(self) -> float:
        """Storage of an element with its share of the vector scale, without coarse scales."""
        return self.element.bits + (self.scale_bits or 32) / self.vector


@dataclass(frozen=True)
class Scheme:
    """The formats of the two operands of a layer.

    Attributes:
        weights: a `Vsq`, or an `Integer` with one scale per channel.
        activations: a `Vsq`, or an `Integer` with one scale per tensor.
        name: in the notation of the paper.
    """

    weights: Vsq | Integer
    activations: Vsq | Integer
    name: str


def parse_scheme(text: str, vector: int = 16) -> Scheme:
    """The scheme of a W/A/ws/as name such as `4/8/6/10`, `4/4U/4/4` or `8/8/-/-`.

    The four parts are weight bits, activation bits (U = unsigned), bits of the weight scales and
    of the activation scales; `-` means no vector scales (VS-Quant section 5).

    Args:
        text: the name.
        vector: elements per vector.

    Raises:
        ValueError: the text is not such a name.
    """
    parts = text.split("/")
    try:
        weight_bits, activation_bits, weight_scale, activation_scale = parts
        weight = Integer(int(weight_bits))
        activation = Integer(
            int(activation_bits.upper().removesuffix("U")),
            signed=not activation_bits.upper().endswith("U"),
        )
        weights = _operand(weight, vector, weight_scale, "channel")
        activations = _operand(activation, vector, activation_scale, "tensor")
    except ValueError as error:
        raise ValueError(
            f"{text!r} is not a scheme of weight bits / activation bits / weight-scale bits / "
            f"activation-scale bits such as 4/8/6/10 or 4/4U/-/4 ({error})"
        ) from error
    return Scheme(weights, activations, text)


def _operand(element: Integer, vector: int, scale: str, coarse: Coarse) -> Vsq | Integer:
    if scale == "-":
        return element
    return Vsq(element, vector, int(scale), coarse)
