"""The slow reference of NVFP4 on fractions, every float32 step rounded exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from rvx.formats.integer.exact import round_to_f32
from rvx.formats.minifloat.catalogue import E2M1, E4M3FN
from rvx.formats.minifloat.exact import decode, round_to
from rvx.formats.minifloat.rounding import Overflow, Rounding


def quantise(
    blocks: Sequence[Sequence[Fraction]],
) -> tuple[Fraction, list[int], list[list[int]]]:
    """Tensor scale, block scales and elements of a tensor of float32 numbers.

    Args:
        blocks: the tensor, cut into its blocks; not all elements are 0.
    """
    tensor_scale = _single(max(abs(x) for block in blocks for x in block) / (448 * 6))
    scales, codes = [], []
    for block in blocks:
        block_scale = _single(max(abs(x) for x in block) / 6)
        relative = _single(block_scale / tensor_scale)
        relative = max(Fraction(1, 64), min(Fraction(448), relative))
        scale, _ = round_to(E4M3FN, relative, False, Rounding.RNE)
        scales.append(scale)
        factor = _single(decode(E4M3FN, scale).value * tensor_scale)
        quotients = [_single(x / factor) for x in block]
        codes.append([_element(quotient) for quotient in quotients])
    return tensor_scale, scales, codes


def _single(x: Fraction) -> Fraction:
    rounded = round_to_f32(x)
    if isinstance(rounded, float):
        raise OverflowError(f"{float(x)} is beyond float32")
    return rounded


def _element(x: Fraction) -> int:
    code, _ = round_to(E2M1, abs(x), x < 0, Rounding.RNE, Overflow.SATURATE)
    return code
