"""Zvkb, Zvbb and Zvbc: bit manipulation and carry-less products of elements.

Source: The RISC-V Instruction Set Manual, Volume I, 20240411, chapter on vector cryptography.
"""

from __future__ import annotations

from rvx.extensions import bitmanip
from rvx.extensions.vector.zve32x import Zve32x
from rvx.isa import Extension
from rvx.isa.bits import shift_right_logical
from rvx.isa.vector import Shape, declare, declare_unary
from rvx.isa.vector.arithmetic import unsigned
from rvx.isa.vector.plan import Element
from rvx.isa.vector.unit import VectorUnit

SOURCE = 'The RISC-V Instruction Set Manual, Volume I, 20240411, "Vector Cryptography"'

Zvkb = Extension(
    "Zvkb",
    version="1.0",
    doc="Vectors: rotations, and orders of bits and bytes, as cryptography needs them",
    source=SOURCE,
    requires=(Zve32x.name,),
)
Zvbb = Extension(
    "Zvbb",
    version="1.0",
    doc="Vectors: bit manipulation",
    source=SOURCE,
    requires=(Zvkb.name,),
)
Zvbc = Extension(
    "Zvbc",
    version="1.0",
    doc="Vectors: carry-less products of 64-bit elements",
    source=SOURCE,
    requires=("Zve64x",),
    vector_unit=VectorUnit(vlen=64, elen=64),
)


def and_not(a: int, b: int) -> int:
    """vd = bits that are set in vs2 and not in b."""
    return a & (b ^ -1)


def rotate_left(a: int, b: int, sew: int) -> int:
    """vd = vs2 rotated left by the low bits of b."""
    count = b & (sew - 1)
    return a << count | shift_right_logical(unsigned(a, sew), -count & (sew - 1))


def rotate_right(a: int, b: int, sew: int) -> int:
    """vd = vs2 rotated right by the low bits of b."""
    return rotate_left(a, -b, sew)


def reverse_bytes(a: int, sew: int) -> int:
    """vd = vs2, its bytes in the opposite order."""
    return shift_right_logical(bitmanip.reverse_bytes(a, 64), 64 - sew)


def reverse_bits_of_bytes(a: int) -> int:
    """vd = vs2, the bits of every byte in the opposite order."""
    return bitmanip.reverse_bits_of_bytes(a, 64)


def reverse_bits(a: int, sew: int) -> int:
    """vd = vs2, its bits in the opposite order."""
    return reverse_bytes(reverse_bits_of_bytes(a), sew)


def leading_zeros(a: int, sew: int) -> int:
    """vd = how many zeros stand above the highest one of vs2; SEW if there is none."""
    return bitmanip.leading_zeros(unsigned(a, sew), 64) - (64 - sew)


def trailing_zeros(a: int, sew: int) -> int:
    """vd = how many zeros stand below the lowest one of vs2; SEW if there is none."""
    return min(bitmanip.trailing_zeros(a, 64), sew)


def population(a: int, sew: int) -> int:
    """vd = how many bits of vs2 are ones."""
    return bitmanip.population(unsigned(a, sew), 64)


def widening_shift_left(a: int, b: int, sew: int) -> int:
    """vd, of twice the width, = vs2, zero-extended, shifted left by the low bits of b."""
    return unsigned(a, sew) << (b & (2 * sew - 1))


def carryless_low(a: int, b: int) -> int:
    """vd = the low half of the carry-less product of vs2 and b."""
    return bitmanip.carryless_low(a, b, 64)


def carryless_high(a: int, b: int) -> int:
    """vd = the high half of the carry-less product of vs2 and b."""
    return bitmanip.carryless_high(a, b, 64)


declare(Zvkb, "vandn", "vv vx", "I", "000001", and_not, Shape())
declare(Zvkb, "vrol", "vv vx", "I", "010101", rotate_left, Shape())
declare(Zvkb, "vror", "vv vx", "I", "010100", rotate_right, Shape())
declare(Zvkb, "vror", "vi", "I", "01010", rotate_right, Shape(imm="u", imm_bits=6))
_element: Element
for _extension, _name, _code, _element in (
    (Zvkb, "vbrev8.v", "01000", reverse_bits_of_bytes),
    (Zvkb, "vrev8.v", "01001", reverse_bytes),
    (Zvbb, "vbrev.v", "01010", reverse_bits),
    (Zvbb, "vclz.v", "01100", leading_zeros),
    (Zvbb, "vctz.v", "01101", trailing_zeros),
    (Zvbb, "vcpop.v", "01110", population),
):
    declare_unary(_extension, _name, f"010010 {_code} 010", _element)
declare(Zvbb, "vwsll", "vv vx vi", "I", "110101", widening_shift_left, Shape(result="w", imm="u"))
for _name, _funct6, _element in (
    ("vclmul", "001100", carryless_low),
    ("vclmulh", "001101", carryless_high),
):
    declare(Zvbc, _name, "vv vx", "M", _funct6, {64: _element}, Shape())
