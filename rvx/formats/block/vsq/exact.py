"""The slow reference of VS-Quant, on fractions and Python integers; it reads like the papers."""

from __future__ import annotations

from fractions import Fraction

from rvx.formats.block.vsq.format import Vsq
from rvx.formats.integer import exact
from rvx.records import dataclass


@dataclass(frozen=True)
class ExactVsq:
    """One channel, or one tensor as a list of vectors: codes, vector scales, coarse scale."""

    codes: list[list[int]]
    scales: list[int]
    gamma: Fraction


def quantise(vectors: list[list[Fraction]], fmt: Vsq) -> ExactVsq:
    """VS-Quant eq. 7a to 7g over the vectors that share a coarse scale.

    With `fmt.requantise` the elements are divided by the rounded scale, which is then at least 1
    unless all elements are 0.
    """
    limit = fmt.element.limit
    largest = [max(_extent(x, fmt) for x in vector) for vector in vectors]  # 7a
    real = [x_max / limit for x_max in largest]  # 7b
    gamma = max(real) / (2**fmt.scale_bits - 1)  # 7e, 7f
    rounded = [round(s / gamma) if gamma else 0 for s in real]  # 7g
    if fmt.requantise:
        rounded = [max(s_q, 1) if s else 0 for s_q, s in zip(rounded, real, strict=True)]
        used = [s_q * gamma for s_q in rounded]
    else:
        used = real
    codes = [
        [exact.quantise(x, s, fmt.element) if s else 0 for x in vector]  # 7c
        for vector, s in zip(vectors, used, strict=True)
    ]
    return ExactVsq(codes, rounded, gamma)


def _extent(x: Fraction, fmt: Vsq) -> Fraction:
    return abs(x) if fmt.element.signed else max(x, Fraction(0))


def accumulate(
    a: list[list[int]], a_scales: list[int], b: list[list[int]], b_scales: list[int]
) -> int:
    """Keller's INT4 datapath for one output, with every width of his Fig. 7 checked.

    Args:
        a: INT4 codes of the vectors of one operand, at most 64 each.
        a_scales: its unsigned 8-bit vector scales.
        b: the codes of the other operand.
        b_scales: its vector scales.

    Returns:
        The 24-bit accumulator after the last vector.

    Raises:
        OverflowError: a value does not fit the wires that the chip has for it.
    """
    psum = 0
    for x, s_x, y, s_y in zip(a, a_scales, b, b_scales, strict=True):
        dot = _signed(sum(p * q for p, q in zip(x, y, strict=True)), 14, "dot product")
        product = _unsigned(s_x * s_y, 16, "scale product")
        rounded = _unsigned(exact.round_half_up(product, 8), 8, "rounded scale product")
        scaled = _signed(dot * rounded, 22, "scaled dot product")
        psum = exact.saturate(psum + scaled, 24)
    return psum


def _signed(x: int, bits: int, what: str) -> int:
    if not -(2 ** (bits - 1)) <= x < 2 ** (bits - 1):
        raise OverflowError(f"the {what} {x} does not fit {bits} signed bits")
    return x


def _unsigned(x: int, bits: int, what: str) -> int:
    if not 0 <= x < 2**bits:
        raise OverflowError(f"the {what} {x} does not fit {bits} unsigned bits")
    return x
