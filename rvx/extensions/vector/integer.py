"""Integer arithmetic of Zve32x: element functions, and the instructions that they make.

Source: "V" 1.0, chapter on vector integer arithmetic instructions.
"""

from __future__ import annotations

from rvx.extensions import integer
from rvx.extensions.vector.zve32x import Zve32x
from rvx.isa.bits import less_unsigned, shift_right_logical
from rvx.isa.vector import Shape, declare
from rvx.isa.vector.arithmetic import signed, unsigned
from rvx.isa.vector.plan import Element


def add(a: int, b: int) -> int:
    """vd = vs2 + b."""
    return a + b


def sub(a: int, b: int) -> int:
    """vd = vs2 - b."""
    return a - b


def reverse_sub(a: int, b: int) -> int:
    """vd = b - vs2."""
    return b - a


def minimum_unsigned(a: int, b: int) -> int:
    """vd = the smaller of vs2 and b, unsigned."""
    return a if less_unsigned(a, b) else b


def minimum(a: int, b: int) -> int:
    """vd = the smaller of vs2 and b, signed."""
    return min(a, b)


def maximum_unsigned(a: int, b: int) -> int:
    """vd = the larger of vs2 and b, unsigned."""
    return b if less_unsigned(a, b) else a


def maximum(a: int, b: int) -> int:
    """vd = the larger of vs2 and b, signed."""
    return max(a, b)


def and_(a: int, b: int) -> int:
    """vd = bits that are set in vs2 and b."""
    return a & b


def or_(a: int, b: int) -> int:
    """vd = bits that are set in vs2 or b."""
    return a | b


def xor(a: int, b: int) -> int:
    """vd = bits that are set in one of vs2 and b."""
    return a ^ b


def shift_left(a: int, b: int, sew: int) -> int:
    """vd = vs2 shifted left by the low bits of b."""
    return a << (b & (sew - 1))


def shift_right(a: int, b: int, sew: int) -> int:
    """vd = vs2 shifted right by the low bits of b, zeros coming in."""
    return shift_right_logical(unsigned(a, sew), b & (sew - 1))


def shift_right_arithmetic(a: int, b: int, sew: int) -> int:
    """vd = vs2 shifted right by the low bits of b, copies of the sign coming in."""
    return a >> (b & (sew - 1))


_element: Element
for _name, _forms, _funct6, _element in (
    ("vadd", "vv vx vi", "000000", add),
    ("vsub", "vv vx", "000010", sub),
    ("vrsub", "vx vi", "000011", reverse_sub),
    ("vminu", "vv vx", "000100", minimum_unsigned),
    ("vmin", "vv vx", "000101", minimum),
    ("vmaxu", "vv vx", "000110", maximum_unsigned),
    ("vmax", "vv vx", "000111", maximum),
    ("vand", "vv vx vi", "001001", and_),
    ("vor", "vv vx vi", "001010", or_),
    ("vxor", "vv vx vi", "001011", xor),
):
    declare(Zve32x, _name, _forms, "I", _funct6, _element, Shape())

for _name, _funct6, _element in (
    ("vsll", "100101", shift_left),
    ("vsrl", "101000", shift_right),
    ("vsra", "101001", shift_right_arithmetic),
):
    declare(Zve32x, _name, "vv vx vi", "I", _funct6, _element, Shape(imm="u"))


def narrowing_shift_right(a: int, b: int, sew: int) -> int:
    """vd = vs2, of twice the width, shifted right by the low bits of b, zeros coming in."""
    return shift_right_logical(unsigned(a, 2 * sew), b & (2 * sew - 1))


def narrowing_shift_right_arithmetic(a: int, b: int, sew: int) -> int:
    """vd = vs2, of twice the width, shifted right by the low bits of b, the sign coming in."""
    return a >> (b & (2 * sew - 1))


declare(Zve32x, "vnsrl", "wv wx wi", "I", "101100", narrowing_shift_right, Shape(imm="u"))
declare(
    Zve32x, "vnsra", "wv wx wi", "I", "101101", narrowing_shift_right_arithmetic, Shape(imm="u")
)


def is_equal(a: int, b: int) -> bool:
    """vd = a bit for each element: whether vs2 = b."""
    return a == b


def is_not_equal(a: int, b: int) -> bool:
    """vd = a bit for each element: whether vs2 is not b."""
    return a != b


def is_less_unsigned(a: int, b: int) -> bool:
    """vd = a bit for each element: whether vs2 < b, unsigned."""
    return less_unsigned(a, b)


def is_less(a: int, b: int) -> bool:
    """vd = a bit for each element: whether vs2 < b, signed."""
    return a < b


def is_at_most_unsigned(a: int, b: int) -> bool:
    """vd = a bit for each element: whether vs2 <= b, unsigned."""
    return not less_unsigned(b, a)


def is_at_most(a: int, b: int) -> bool:
    """vd = a bit for each element: whether vs2 <= b, signed."""
    return a <= b


def is_greater_unsigned(a: int, b: int) -> bool:
    """vd = a bit for each element: whether vs2 > b, unsigned."""
    return less_unsigned(b, a)


def is_greater(a: int, b: int) -> bool:
    """vd = a bit for each element: whether vs2 > b, signed."""
    return a > b


for _name, _forms, _funct6, _comparison in (
    ("vmseq", "vv vx vi", "011000", is_equal),
    ("vmsne", "vv vx vi", "011001", is_not_equal),
    ("vmsltu", "vv vx", "011010", is_less_unsigned),
    ("vmslt", "vv vx", "011011", is_less),
    ("vmsleu", "vv vx vi", "011100", is_at_most_unsigned),
    ("vmsle", "vv vx vi", "011101", is_at_most),
    ("vmsgtu", "vx vi", "011110", is_greater_unsigned),
    ("vmsgt", "vx vi", "011111", is_greater),
):
    declare(Zve32x, _name, _forms, "I", _funct6, _comparison, Shape(result="m"))


def add_with_carry(a: int, b: int, m: int) -> int:
    """vd = vs2 + b + the bit of v0."""
    return a + b + m


def sub_with_borrow(a: int, b: int, m: int) -> int:
    """vd = vs2 - b - the bit of v0."""
    return a - b - m


def carry_out(a: int, b: int, m: int, sew: int) -> bool:
    """vd = a bit for each element: the carry of vs2 + b, plus the bit of v0 where it is written."""
    total = signed(a + b + m, sew)
    return less_unsigned(total, a) or (m == 1 and total == a)


def borrow_out(a: int, b: int, m: int) -> bool:
    """vd = a bit for each element: the borrow of vs2 - b, minus the bit of v0 where written."""
    return less_unsigned(a, b) or (m == 1 and a == b)


declare(Zve32x, "vadc", "vvm vxm vim", "I", "010000", add_with_carry, Shape())
declare(Zve32x, "vsbc", "vvm vxm", "I", "010010", sub_with_borrow, Shape())
declare(Zve32x, "vmadc", "vvm vxm vim", "I", "010001", carry_out, Shape(result="m"))
declare(Zve32x, "vmadc", "vv vx vi", "I", "010001", carry_out, Shape(result="m", vm=1))
declare(Zve32x, "vmsbc", "vvm vxm", "I", "010011", borrow_out, Shape(result="m"))
declare(Zve32x, "vmsbc", "vv vx", "I", "010011", borrow_out, Shape(result="m", vm=1))


def merge(a: int, b: int, m: int) -> int:
    """vd = b where the bit of v0 is set, else vs2."""
    return b if m != 0 else a


declare(Zve32x, "vmerge", "vvm vxm vim", "I", "010111", merge, Shape())


def low_product(a: int, b: int) -> int:
    """vd = the low SEW bits of vs2 * b."""
    return a * b


def high_product(a: int, b: int, sew: int) -> int:
    """vd = the high SEW bits of vs2 * b, both signed."""
    if sew == 64:
        return integer.mulh(a, b, 64)
    return (a * b) >> sew


def high_product_unsigned(a: int, b: int, sew: int) -> int:
    """vd = the high SEW bits of vs2 * b, both unsigned."""
    if sew == 64:
        return integer.mulhu(a, b, 64)
    return shift_right_logical(unsigned(a, sew) * unsigned(b, sew), sew)


def high_product_mixed(a: int, b: int, sew: int) -> int:
    """vd = the high SEW bits of vs2 * b, vs2 signed and b unsigned."""
    if sew == 64:
        return integer.mulhsu(a, b, 64)
    return (a * unsigned(b, sew)) >> sew


def quotient(a: int, b: int) -> int:
    """vd = vs2 / b towards zero, signed; -1 for b = 0."""
    return integer.div(a, b, 64)


def quotient_unsigned(a: int, b: int, sew: int) -> int:
    """vd = vs2 / b, unsigned; all ones for b = 0."""
    if sew == 64:
        return integer.divu(a, b, 64)
    if b == 0:
        return -1
    return unsigned(a, sew) // unsigned(b, sew)


def remainder(a: int, b: int) -> int:
    """vd = what is left of vs2 after vs2 / b towards zero; vs2 for b = 0."""
    return integer.rem(a, b, 64)


def remainder_unsigned(a: int, b: int, sew: int) -> int:
    """vd = what is left of vs2 after vs2 / b, unsigned; vs2 for b = 0."""
    if sew == 64:
        return integer.remu(a, b, 64)
    if b == 0:
        return a
    return unsigned(a, sew) % unsigned(b, sew)


for _name, _funct6, _element in (
    ("vdivu", "100000", quotient_unsigned),
    ("vdiv", "100001", quotient),
    ("vremu", "100010", remainder_unsigned),
    ("vrem", "100011", remainder),
    ("vmulhu", "100100", high_product_unsigned),
    ("vmul", "100101", low_product),
    ("vmulhsu", "100110", high_product_mixed),
    ("vmulh", "100111", high_product),
):
    declare(Zve32x, _name, "vv vx", "M", _funct6, _element, Shape())


def multiply_add(d: int, a: int, b: int) -> int:
    """vd = b * vd + vs2."""
    return b * d + a


def negative_multiply_sub(d: int, a: int, b: int) -> int:
    """vd = -(b * vd) + vs2."""
    return a - b * d


def multiply_accumulate(d: int, a: int, b: int) -> int:
    """vd = b * vs2 + vd."""
    return b * a + d


def negative_multiply_accumulate(d: int, a: int, b: int) -> int:
    """vd = -(b * vs2) + vd."""
    return d - b * a


for _name, _funct6, _element in (
    ("vmadd", "101001", multiply_add),
    ("vnmsub", "101011", negative_multiply_sub),
    ("vmacc", "101101", multiply_accumulate),
    ("vnmsac", "101111", negative_multiply_accumulate),
):
    declare(Zve32x, _name, "vv vx", "M", _funct6, _element, Shape(is_ternary=True, macs=1))


def widening_add_unsigned(a: int, b: int, sew: int) -> int:
    """vd, of twice the width, = vs2 + b, unsigned."""
    return unsigned(a, sew) + unsigned(b, sew)


def widening_sub_unsigned(a: int, b: int, sew: int) -> int:
    """vd, of twice the width, = vs2 - b, unsigned."""
    return unsigned(a, sew) - unsigned(b, sew)


def wide_add_unsigned(a: int, b: int, sew: int) -> int:
    """vd = vs2 + b, vd and vs2 of twice the width, b unsigned."""
    return a + unsigned(b, sew)


def wide_sub_unsigned(a: int, b: int, sew: int) -> int:
    """vd = vs2 - b, vd and vs2 of twice the width, b unsigned."""
    return a - unsigned(b, sew)


def widening_add(a: int, b: int) -> int:
    """vd, of twice the width, = vs2 + b, signed."""
    return a + b


def widening_sub(a: int, b: int) -> int:
    """vd, of twice the width, = vs2 - b, signed."""
    return a - b


def widening_product_unsigned(a: int, b: int, sew: int) -> int:
    """vd, of twice the width, = vs2 * b, unsigned."""
    return unsigned(a, sew) * unsigned(b, sew)


def widening_product_mixed(a: int, b: int, sew: int) -> int:
    """vd, of twice the width, = vs2 * b, vs2 signed and b unsigned."""
    return a * unsigned(b, sew)


def widening_product(a: int, b: int) -> int:
    """vd, of twice the width, = vs2 * b, signed."""
    return a * b


for _name, _forms, _funct6, _element in (
    ("vwaddu", "vv vx", "110000", widening_add_unsigned),
    ("vwadd", "vv vx", "110001", widening_add),
    ("vwsubu", "vv vx", "110010", widening_sub_unsigned),
    ("vwsub", "vv vx", "110011", widening_sub),
    ("vwaddu", "wv wx", "110100", wide_add_unsigned),
    ("vwadd", "wv wx", "110101", widening_add),
    ("vwsubu", "wv wx", "110110", wide_sub_unsigned),
    ("vwsub", "wv wx", "110111", widening_sub),
    ("vwmulu", "vv vx", "111000", widening_product_unsigned),
    ("vwmulsu", "vv vx", "111010", widening_product_mixed),
    ("vwmul", "vv vx", "111011", widening_product),
):
    declare(Zve32x, _name, _forms, "M", _funct6, _element, Shape(result="w"))


def widening_accumulate_unsigned(d: int, a: int, b: int, sew: int) -> int:
    """vd, of twice the width, = b * vs2 + vd, unsigned."""
    return unsigned(b, sew) * unsigned(a, sew) + d


def widening_accumulate(d: int, a: int, b: int) -> int:
    """vd, of twice the width, = b * vs2 + vd, signed."""
    return b * a + d


def widening_accumulate_unsigned_scalar(d: int, a: int, b: int, sew: int) -> int:
    """vd, of twice the width, = b * vs2 + vd, b unsigned and vs2 signed."""
    return unsigned(b, sew) * a + d


def widening_accumulate_unsigned_vector(d: int, a: int, b: int, sew: int) -> int:
    """vd, of twice the width, = b * vs2 + vd, b signed and vs2 unsigned."""
    return b * unsigned(a, sew) + d


for _name, _forms, _funct6, _element in (
    ("vwmaccu", "vv vx", "111100", widening_accumulate_unsigned),
    ("vwmacc", "vv vx", "111101", widening_accumulate),
    ("vwmaccus", "vx", "111110", widening_accumulate_unsigned_scalar),
    ("vwmaccsu", "vv vx", "111111", widening_accumulate_unsigned_vector),
):
    _shape = Shape(result="w", is_ternary=True, macs=1)
    declare(Zve32x, _name, _forms, "M", _funct6, _element, _shape)


for _alias, _expansion in (
    ("vneg.v vd, vs2, vm", "vrsub.vx vd, vs2, zero, vm"),
    ("vnot.v vd, vs2, vm", "vxor.vi vd, vs2, -1, vm"),
    ("vwcvt.x.x.v vd, vs2, vm", "vwadd.vx vd, vs2, zero, vm"),
    ("vwcvtu.x.x.v vd, vs2, vm", "vwaddu.vx vd, vs2, zero, vm"),
    ("vncvt.x.x.w vd, vs2, vm", "vnsrl.wx vd, vs2, zero, vm"),
):
    Zve32x.alias(_alias, _expansion)
for _alias, _expansion in (
    ("vmsgtu.vv vd, vs2, vs1, vm", "vmsltu.vv vd, vs1, vs2, vm"),
    ("vmsgt.vv vd, vs2, vs1, vm", "vmslt.vv vd, vs1, vs2, vm"),
    ("vmsgeu.vv vd, vs2, vs1, vm", "vmsleu.vv vd, vs1, vs2, vm"),
    ("vmsge.vv vd, vs2, vs1, vm", "vmsle.vv vd, vs1, vs2, vm"),
):
    Zve32x.alias(_alias, _expansion, is_printed=False)
