"""The slow reference of NVFP4 on fractions, every float32 step rounded exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from rvx.formats.block.nvfp4.rules import TORCHAO_0_17, Rule
from rvx.formats.integer.exact import round_to_f32
from rvx.formats.minifloat.catalogue import E2M1, E4M3FN
from rvx.formats.minifloat.exact import decode, round_to
from rvx.formats.minifloat.rounding import Overflow, Rounding

INFINITE = Fraction(2) ** 1000
"""What is beyond float32: all that is done with it here, it does as an infinity would."""


def quantise(
    blocks: Sequence[Sequence[Fraction]], rule: Rule = TORCHAO_0_17
) -> tuple[Fraction, list[int], list[list[int]]]:
    """Tensor scale, block scales and elements of a tensor of float32 numbers.

    Args:
        blocks: the tensor, cut into its blocks; not all elements are 0.
        rule: the order of operations.
    """
    tensor_scale = _single(max(abs(x) for block in blocks for x in block) / (448 * 6))
    scales, codes = [], []
    for block in blocks:
        largest = max(abs(x) for x in block)
        if rule.divides_once:
            relative = _over(largest, _single(6 * tensor_scale))
        else:
            relative = _over(_over(largest, Fraction(6)), tensor_scale)
        relative = relative or Fraction(rule.scale_of_zeros)
        relative = max(Fraction(rule.smallest_scale), min(Fraction(448), relative))
        code, _ = round_to(E4M3FN, relative, False, Rounding.RNE)
        scale = decode(E4M3FN, code).value
        if rule.has_reciprocal:
            factor = _over(_over(Fraction(1), tensor_scale), scale)
            quotients = [_single(x * factor) for x in block]
        else:
            divisor = _single(scale * tensor_scale)
            quotients = [_over(x, divisor) for x in block]
        scales.append(code)
        pairs = zip(block, quotients, strict=True)
        codes.append([_element(quotient, x < 0, rule) for x, quotient in pairs])
    return tensor_scale, scales, codes


def _over(x: Fraction, y: Fraction) -> Fraction:
    if y == 0:
        return INFINITE * ((x > 0) - (x < 0))
    return _single(x / y)


def _single(x: Fraction) -> Fraction:
    rounded = round_to_f32(x)
    return INFINITE * (1 if x > 0 else -1) if isinstance(rounded, float) else rounded


def _element(x: Fraction, is_negative: bool, rule: Rule) -> int:
    """A quotient of 0 has the sign of the number that underflowed, as in IEEE 754."""
    sign = x < 0 or (x == 0 and is_negative and rule.keeps_minus_zero)
    code, _ = round_to(E2M1, abs(x), sign, Rounding.RNE, Overflow.SATURATE)
    return code
