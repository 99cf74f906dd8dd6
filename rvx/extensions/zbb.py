"""Zbb and Zbkb: logic with negation, counts, extremes, rotations, orders of bits and bytes.

Zbkb is for cryptography. It has the part of Zbb that takes a time which no data tell, and packs and
reorders bits besides; what both have is of Zbb where both are there.
"""

from rvx.extensions import integer
from rvx.extensions.bitmanip import (
    CRYPTOGRAPHY,
    SOURCE,
    and_not,
    declare_binary,
    declare_binary_word,
    declare_immediate,
    declare_unary,
    declare_unary_word,
    deinterleave,
    interleave,
    leading_zeros,
    or_combine_bytes,
    or_not,
    pack,
    pack_bytes,
    population,
    reverse_bits_of_bytes,
    reverse_bytes,
    rotate_left,
    rotate_right,
    sign_extend_byte,
    sign_extend_half,
    trailing_zeros,
    xnor,
    zero_extend_half,
)
from rvx.isa import Extension, sext32

Zbb = Extension(
    "Zbb",
    version="1.0",
    doc="Basic bit manipulation",
    source=SOURCE,
    requires=("I",),
    supersedes=("Zbkb",),
)
Zbkb = Extension(
    "Zbkb",
    version="1.0",
    doc="Bit manipulation for cryptography",
    source=CRYPTOGRAPHY,
    requires=("I",),
)


def _declare_shared(extension: Extension) -> None:
    """What both extensions have."""
    for name, funct3, operation, meaning in (
        ("andn", "111", and_not, "rs1 and not rs2"),
        ("orn", "110", or_not, "rs1 or not rs2"),
        ("xnor", "100", xnor, "the bits that are the same in rs1 and rs2"),
    ):
        declare_binary(extension, name, "0100000", funct3, operation, f"rd = {meaning}.")
    for name, funct3, rotate, side in (
        ("rol", "001", rotate_left, "left"),
        ("ror", "101", rotate_right, "right"),
    ):
        doc = f"rd = rs1 rotated {side} by rs2 mod XLEN."
        declare_binary(extension, name, "0110000", funct3, rotate, doc)
        word = f"rd = the low 32 bits of rs1 rotated {side} by rs2 mod 32, sign-extended."
        declare_binary_word(extension, f"{name}w", "0110000", funct3, rotate, word)
    declare_immediate(
        extension, "ror", "0110000", "101", rotate_right, "rd = rs1 rotated right by shamt."
    )

    @extension.instruction(
        "roriw rd, rs1, shamt", "0110000 shamt[4:0] rs1 101 rd 0011011", kind="alu", xlen=64
    )
    def roriw(rs1: int, shamt: int) -> int:
        """rd = the low 32 bits of rs1 rotated right by shamt, sign-extended."""
        return rotate_right(sext32(rs1), shamt, 32)

    extension.alias("rorw rd, rs1, shamt", "roriw rd, rs1, shamt", xlen=64)
    for xlen, funct12 in ((32, "011010011000"), (64, "011010111000")):
        declare_unary(
            extension,
            "rev8",
            funct12,
            "101",
            reverse_bytes,
            "rd = the bytes of rs1 in the opposite order.",
            xlen=xlen,
        )


_declare_shared(Zbb)
for _name, _rs2, _count, _what in (
    ("clz", "00000", leading_zeros, "leading zeros"),
    ("ctz", "00001", trailing_zeros, "trailing zeros"),
    ("cpop", "00010", population, "ones"),
):
    declare_unary(
        Zbb, _name, f"0110000 {_rs2}", "001", _count, f"rd = the number of {_what} in rs1."
    )
    declare_unary_word(
        Zbb,
        f"{_name}w",
        f"0110000 {_rs2}",
        "001",
        _count,
        f"rd = the number of {_what} in the low 32 bits of rs1.",
    )
for _name, _funct3, _operation, _what in (
    ("min", "100", integer.smaller, "smaller of rs1 and rs2, signed"),
    ("minu", "101", integer.smaller_unsigned, "smaller of rs1 and rs2, unsigned"),
    ("max", "110", integer.larger, "larger of rs1 and rs2, signed"),
    ("maxu", "111", integer.larger_unsigned, "larger of rs1 and rs2, unsigned"),
):
    declare_binary(Zbb, _name, "0000101", _funct3, _operation, f"rd = the {_what}.")
for _name, _rs2, _extend, _bits in (
    ("sext.b", "00100", sign_extend_byte, 8),
    ("sext.h", "00101", sign_extend_half, 16),
):
    _doc = f"rd = the low {_bits} bits of rs1, sign-extended."
    declare_unary(Zbb, _name, f"0110000 {_rs2}", "001", _extend, _doc)
# It is the packing of 16 bits of Zbkb, with x0.
for _xlen, _opcode, _packs in ((32, "0110011", "pack"), (64, "0111011", "packw")):
    declare_unary(
        Zbb,
        "zext.h",
        "0000100 00000",
        "100",
        zero_extend_half,
        "rd = the low 16 bits of rs1, zero-extended.",
        xlen=_xlen,
        opcode=_opcode,
        overlaps=(_packs,),
    )
declare_unary(
    Zbb,
    "orc.b",
    "001010000111",
    "101",
    or_combine_bytes,
    "rd = rs1 with every byte all ones that has a bit set, and all others 0.",
)

_declare_shared(Zbkb)
declare_binary(
    Zbkb,
    "pack",
    "0000100",
    "100",
    pack,
    "rd = the low half of rs1 below the low half of rs2.",
)
declare_binary(
    Zbkb,
    "packh",
    "0000100",
    "111",
    pack_bytes,
    "rd = the low byte of rs1 below the low byte of rs2, zeros above.",
)
declare_binary_word(
    Zbkb,
    "packw",
    "0000100",
    "100",
    pack,
    "rd = the low 16 bits of rs1 below those of rs2, sign-extended from 32 bits.",
)
declare_unary(
    Zbkb,
    "brev8",
    "011010000111",
    "101",
    reverse_bits_of_bytes,
    "rd = rs1 with the bits of every byte in the opposite order.",
)
declare_unary(
    Zbkb,
    "zip",
    "000010001111",
    "001",
    interleave,
    "rd = the bits of the low half of rs1 at even places, those of the high half at odd ones.",
    xlen=32,
)
declare_unary(
    Zbkb,
    "unzip",
    "000010001111",
    "101",
    deinterleave,
    "rd = the bits of rs1 at even places in the low half, those at odd ones in the high half.",
    xlen=32,
)
