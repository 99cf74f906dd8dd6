"""Fixed-point arithmetic of Zve32x: saturation, averages, rounded shifts.

Rounding follows vxrm; a result that is clipped sets vxsat.

Source: "V" 1.0, chapter on vector fixed-point arithmetic instructions.
"""

from __future__ import annotations

from rvx.extensions import integer
from rvx.extensions.vector.zve32x import Zve32x
from rvx.isa import Words
from rvx.isa.bits import less_unsigned, shift_right_logical
from rvx.isa.vector import Shape, declare
from rvx.isa.vector.arithmetic import largest, rounding_increment, saturate, signed, unsigned
from rvx.isa.vector.plan import Element


def saturating_add_unsigned(a: int, b: int, sew: int, flags: Words) -> int:
    """vd = vs2 + b, unsigned, at most the largest element."""
    total = signed(a + b, sew)
    if less_unsigned(total, a):
        saturate(flags)
        return -1
    return total


def saturating_add(a: int, b: int, sew: int, flags: Words) -> int:
    """vd = vs2 + b, signed, clipped to what an element holds."""
    total = signed(a + b, sew)
    if ((a ^ total) & (b ^ total)) < 0:
        saturate(flags)
        return largest(sew) ^ (a >> 63)
    return total


def saturating_sub_unsigned(a: int, b: int, flags: Words) -> int:
    """vd = vs2 - b, unsigned, at least 0."""
    if less_unsigned(a, b):
        saturate(flags)
        return 0
    return a - b


def saturating_sub(a: int, b: int, sew: int, flags: Words) -> int:
    """vd = vs2 - b, signed, clipped to what an element holds."""
    difference = signed(a - b, sew)
    if ((a ^ b) & (a ^ difference)) < 0:
        saturate(flags)
        return largest(sew) ^ (a >> 63)
    return difference


_element: Element
for _name, _forms, _funct6, _element in (
    ("vsaddu", "vv vx vi", "100000", saturating_add_unsigned),
    ("vsadd", "vv vx vi", "100001", saturating_add),
    ("vssubu", "vv vx", "100010", saturating_sub_unsigned),
    ("vssub", "vv vx", "100011", saturating_sub),
):
    declare(Zve32x, _name, _forms, "I", _funct6, _element, Shape())


def _halved(high: int, low: int, mode: int) -> int:
    """(2 * high + low) / 2, rounded; low is -1 to 2."""
    whole = high + (low >> 1)
    return whole + rounding_increment((whole << 1) | (low & 1), 1, mode)


def average_unsigned(a: int, b: int, sew: int, mode: int) -> int:
    """vd = (vs2 + b) / 2, unsigned, rounded."""
    a, b = unsigned(a, sew), unsigned(b, sew)
    high = shift_right_logical(a, 1) + shift_right_logical(b, 1)
    return _halved(high, (a & 1) + (b & 1), mode)


def average(a: int, b: int, mode: int) -> int:
    """vd = (vs2 + b) / 2, signed, rounded."""
    return _halved((a >> 1) + (b >> 1), (a & 1) + (b & 1), mode)


def half_difference_unsigned(a: int, b: int, sew: int, mode: int) -> int:
    """vd = (vs2 - b) / 2, unsigned, rounded."""
    a, b = unsigned(a, sew), unsigned(b, sew)
    high = shift_right_logical(a, 1) - shift_right_logical(b, 1)
    return _halved(high, (a & 1) - (b & 1), mode)


def half_difference(a: int, b: int, mode: int) -> int:
    """vd = (vs2 - b) / 2, signed, rounded."""
    return _halved((a >> 1) - (b >> 1), (a & 1) - (b & 1), mode)


for _name, _funct6, _element in (
    ("vaaddu", "001000", average_unsigned),
    ("vaadd", "001001", average),
    ("vasubu", "001010", half_difference_unsigned),
    ("vasub", "001011", half_difference),
):
    declare(Zve32x, _name, "vv vx", "M", _funct6, _element, Shape())


def fractional_product(a: int, b: int, sew: int, mode: int, flags: Words) -> int:
    """vd = vs2 * b / 2**(SEW-1), signed, rounded, and clipped for the smallest element squared."""
    if a == b and a == -largest(sew) - 1:
        saturate(flags)
        return largest(sew)
    low = a * b
    if sew < 64:
        return (low >> (sew - 1)) + rounding_increment(low, sew - 1, mode)
    high = integer.mulh(a, b, 64)
    whole = (high << 1) | shift_right_logical(low, 63)
    # The lowest bit of the whole part is bit 63 of `low`, as `rounding_increment` wants it.
    return whole + rounding_increment(low, 63, mode)


declare(Zve32x, "vsmul", "vv vx", "I", "100111", fractional_product, Shape())


def rounded_shift_right(a: int, b: int, sew: int, mode: int) -> int:
    """vd = vs2 shifted right by the low bits of b, zeros coming in, rounded."""
    by = b & (sew - 1)
    return shift_right_logical(unsigned(a, sew), by) + rounding_increment(a, by, mode)


def rounded_shift_right_arithmetic(a: int, b: int, sew: int, mode: int) -> int:
    """vd = vs2 shifted right by the low bits of b, the sign coming in, rounded."""
    by = b & (sew - 1)
    return (a >> by) + rounding_increment(a, by, mode)


declare(Zve32x, "vssrl", "vv vx vi", "I", "101010", rounded_shift_right, Shape(imm="u"))
declare(Zve32x, "vssra", "vv vx vi", "I", "101011", rounded_shift_right_arithmetic, Shape(imm="u"))


def clip_unsigned(a: int, b: int, sew: int, mode: int, flags: Words) -> int:
    """vd = vs2, of twice the width, shifted right by b, rounded and clipped, unsigned."""
    by = b & (2 * sew - 1)
    shifted = shift_right_logical(unsigned(a, 2 * sew), by) + rounding_increment(a, by, mode)
    if shift_right_logical(shifted, sew) != 0:
        saturate(flags)
        return -1
    return shifted


def clip(a: int, b: int, sew: int, mode: int, flags: Words) -> int:
    """vd = vs2, of twice the width, shifted right by b, rounded and clipped, signed."""
    by = b & (2 * sew - 1)
    shifted = (a >> by) + rounding_increment(a, by, mode)
    if shifted != signed(shifted, sew):
        saturate(flags)
        return largest(sew) ^ (a >> 63)
    return shifted


declare(Zve32x, "vnclipu", "wv wx wi", "I", "101110", clip_unsigned, Shape(imm="u"))
declare(Zve32x, "vnclip", "wv wx wi", "I", "101111", clip, Shape(imm="u"))
