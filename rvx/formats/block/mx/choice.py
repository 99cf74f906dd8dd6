"""The MX dot product with the formats of its elements and its accumulator chosen at run time.

One kernel instead of one per format: what differs between formats (products, exponent of the last
place, codes of NaN and infinity) is looked up, the rest is there once, and compiled once.
"""

from __future__ import annotations

from collections.abc import Callable

from rvx.formats.block.mx.format import (
    MXFP4,
    MXFP6_E2M3,
    MXFP6_E3M2,
    MXFP8_E4M3,
    MXFP8_E5M2,
    MXINT8,
    SCALE_BIAS,
    SCALE_NAN,
)
from rvx.formats.block.mx.products import make_products
from rvx.formats.block.mx.scalar import (
    NAN,
    make_ending,
    make_resolved,
    make_signs,
    make_special,
    special_of_acc,
)
from rvx.formats.integer.scalar import repeat
from rvx.formats.minifloat.catalogue import FP16ALT, FP32
from rvx.formats.minifloat.rounding import NV

ORDER = (MXFP8_E4M3, MXFP8_E5M2, MXFP6_E2M3, MXFP6_E3M2, MXFP4, MXINT8)
"""The formats by their codes."""

_COUNT = len(ORDER)
_MASK32 = 0xFFFFFFFF
_BIT7 = repeat(0x80, 8)
_PARTS = [make_products(fmt) for fmt in ORDER]
_WIDTH = max(width for _, _, width in _PARTS)
_SPECIALS = [make_special(fmt) for fmt in ORDER]
_OFFSETS = tuple(lsb - 2 * SCALE_BIAS for _, lsb, _ in _PARTS)
_TOPS = tuple(tops for tops, _ in _SPECIALS)
_SIGNS = tuple(make_signs(fmt) for fmt in ORDER)
_NAN32 = FP32.nan or 0
_NAN16 = FP16ALT.nan or 0

e4m3, e5m2, e2m3, e3m2, e2m1, int8 = (products for products, _, _ in _PARTS)
special_of_e5m2: Callable[[int, int], int] = _SPECIALS[1][1]
resolved = make_resolved(FP32)
ending = make_ending(FP32, _WIDTH)
resolved_bfloat16 = make_resolved(FP16ALT)
ending_bfloat16 = make_ending(FP16ALT, _WIDTH)


def products(code: int, a: int, b: int) -> tuple[int, int]:
    """The exact sum of the products of all lanes, (high, low), for formats 0 to 5."""
    if code == 0:
        return e4m3(a, b)
    if code == 1:
        return e5m2(a, b)
    if code == 2:
        return e2m3(a, b)
    if code == 3:
        return e3m2(a, b)
    if code == 4:
        return e2m1(a, b)
    return int8(a, b)


def special(code: int, a: int, b: int) -> int:
    """What special elements do; only E4M3 (NaN alone) and E5M2 have them."""
    tops = _TOPS[code]
    lowest = tops & ~(tops << 1)
    if (((a & tops) + lowest) | ((b & tops) + lowest)) & _BIT7 == 0:
        return 0
    return NAN if code == 0 else special_of_e5m2(a, b)


def dot(
    code: int, a: int, b: int, scale_a: int, scale_b: int, acc: int, is_bfloat16: int
) -> tuple[int, int]:
    """The result and the flags, see `scalar.make_dot`; codes from 6 on are invalid.

    Accumulator and result are bfloat16 if `is_bfloat16` is 1, binary32 if it is 0.
    """
    if code >= _COUNT:
        return _NAN16 if is_bfloat16 else _NAN32, NV
    scale_a &= 0xFF
    scale_b &= 0xFF
    # The accumulator is widened, which is exact.
    acc = acc << 16 * is_bfloat16 & _MASK32
    found = special_of_acc(acc)
    if max(scale_a, scale_b) == SCALE_NAN:
        found |= NAN
    if _TOPS[code] != 0:
        found |= special(code, a, b)
    if found != 0:
        return resolved_bfloat16(found) if is_bfloat16 else resolved(found)
    high, low = products(code, a, b)
    signs = _SIGNS[code]
    has_minus = 1 if signs != 0 and a & signs ^ b & signs == signs else 0
    exponent = _OFFSETS[code] + scale_a + scale_b
    if is_bfloat16:
        return ending_bfloat16(high, low, exponent, acc, has_minus)
    return ending(high, low, exponent, acc, has_minus)
