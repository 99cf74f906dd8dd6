"""How libraries quantise to NVFP4. The format is one; the arithmetic of its scales is not."""

from __future__ import annotations

from typing import Final

from rvx.records import dataclass


@dataclass(frozen=True)
class Rule:
    """The order of operations of one library, all in binary32.

    The scale of the tensor is its largest magnitude / (448 * 6) in all of them, and elements are
    clamped to 6 and rounded to nearest even.

    Attributes:
        name: the library, and the first version that is known to do this.
        source: the function.
        smallest_scale: block scales are clamped to this from below, before they are rounded.
        scale_of_zeros: what a block scale of 0 becomes, before it is clamped.
        divides_once: a block scale is largest / (6 * tensor scale), else (largest / 6) / tensor
            scale, which rounds otherwise.
        has_reciprocal: an element is x * ((1 / tensor scale) / block scale), else
            x / (block scale * tensor scale).
        keeps_minus_zero: whether a quotient of -0 gives the code of -0.
    """

    name: str
    source: str
    smallest_scale: float
    scale_of_zeros: float = 0.0
    divides_once: bool = False
    has_reciprocal: bool = False
    keeps_minus_zero: bool = True


TORCHAO_0_15: Final = Rule(
    "torchao-0.15",
    "torchao 0.15 and 0.16, prototype/mx_formats/nvfp4_tensor.py, nvfp4_quantize",
    smallest_scale=2.0**-6,
)
TORCHAO_0_17: Final = Rule(
    "torchao-0.17",
    "torchao 0.17 and 0.18, prototype/mx_formats/nvfp4_tensor.py, nvfp4_quantize",
    smallest_scale=2.0**-6,
    has_reciprocal=True,
)
MODELOPT_0_47: Final = Rule(
    "modelopt-0.47",
    "nvidia-modelopt 0.47, torch/quantization/qtensor/nvfp4_tensor.py, NVFP4QTensor.quantize",
    smallest_scale=2.0**-9,
    scale_of_zeros=1.0,
    divides_once=True,
    keeps_minus_zero=False,
)

RULES: Final[dict[str, Rule]] = {
    rule.name: rule for rule in (TORCHAO_0_17, TORCHAO_0_15, MODELOPT_0_47)
}
"""By name, the newest of torchao first."""


def parse_rule(name: str) -> Rule:
    """The rule with a name such as `modelopt-0.47`.

    Raises:
        ValueError: nothing is called so.
    """
    found = RULES.get(name.strip().lower())
    if found is None:
        raise ValueError(f"{name!r} is not a rule of NVFP4; valid are {', '.join(RULES)}")
    return found
