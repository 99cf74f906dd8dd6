"""Conversion between posits, and to and from IEEE 754 formats (sections 6.1 and 6.5)."""

from __future__ import annotations

from collections.abc import Callable

from rvx.formats.bits import clz64
from rvx.formats.posit.codec import make_decode, make_encode, pattern, unit
from rvx.formats.posit.format import Posit

Unary = Callable[[int], int]

# Exponent and fraction bits of the formats that kernels convert to and from.
IEEE = {"f16": (5, 10), "bf16": (8, 7), "f32": (8, 23), "f64": (11, 52)}


def make_resize(source: Posit, target: Posit) -> Unary:
    """resize(a): a posit of one format rounded to another; exact if wider with the same es."""
    decode = make_decode(source)
    encode = make_encode(target)
    source_nar = pattern(source, source.nar)
    target_nar = pattern(target, target.nar)
    up = max(source.es - target.es, 0)
    down = max(target.es - source.es, 0)
    lost = (1 << down) - 1

    def resize(a: int) -> int:
        if a == 0:
            return 0
        if a == source_nar:
            return target_nar
        sign, scale, sig = decode(a)
        return encode(sign, scale, (sig << up) >> down, sig & lost)

    return resize


def make_from_ieee(fmt: Posit, exponent_bits: int, fraction_bits: int) -> Unary:
    """from_ieee(x): the posit nearest to an IEEE number given by its bits; NaN and inf give NaR."""
    encode = make_encode(fmt)
    nar = pattern(fmt, fmt.nar)
    to_top = 63 - exponent_bits - fraction_bits
    all_ones = (1 << exponent_bits) - 1
    bias = all_ones >> 1
    hidden = 1 << fraction_bits
    to_unit = unit(fmt) - fraction_bits

    def from_ieee(x: int) -> int:
        sign = (x << to_top) >> 63
        exponent = (x >> fraction_bits) & all_ones
        significand = x & (hidden - 1)
        if exponent == all_ones:
            return nar
        if exponent == 0:
            if significand == 0:
                return 0
            shift = clz64(significand) - (63 - fraction_bits)
            significand <<= shift
            exponent = 1 - shift
        return encode(sign, exponent - bias, (significand | hidden) << to_unit, 0)

    return from_ieee


def make_to_ieee(fmt: Posit, exponent_bits: int, fraction_bits: int) -> Unary:
    """to_ieee(a): the bits of the IEEE number nearest to a posit, ties to even.

    NaR gives the quiet NaN with only the highest fraction bit set (RISC-V's canonical one); what
    is too large gives infinity, and what is too small a subnormal or zero.
    """
    decode = make_decode(fmt)
    nar = pattern(fmt, fmt.nar)
    all_ones = (1 << exponent_bits) - 1
    bias = all_ones >> 1
    infinity = all_ones << fraction_bits
    nan = infinity | (1 << (fraction_bits - 1))
    to_fraction = unit(fmt) - fraction_bits
    sign_bit = -1 << (exponent_bits + fraction_bits)
    mask = -1 if exponent_bits + fraction_bits == 63 else (2 << (exponent_bits + fraction_bits)) - 1

    def to_ieee(a: int) -> int:
        if a == 0:
            return 0
        if a == nar:
            return nan
        sign, scale, sig = decode(a)
        magnitude = infinity
        if scale <= bias:
            # Below the least normal exponent, bits go one by one.
            missing = max(1 - bias - scale, 0)
            cut = to_fraction + missing
            if cut > 63:
                # Less than half of the least subnormal: any such number will do.
                cut = 63
                sig = 1
            kept = sig >> cut
            rest = sig - (kept << cut)
            half = 1 << (cut - 1)
            if rest > half or (rest == half and kept & 1 == 1):
                kept += 1
            # The hidden bit, where there is one, adds the last unit of the exponent.
            magnitude = ((max(scale + bias, 1) - 1) << fraction_bits) + kept
        return magnitude | (sign & sign_bit & mask)

    return to_ieee
