"""XCVbitmanip: runs of bits, extracted, inserted and counted."""

from __future__ import annotations

from collections.abc import Callable

from rvx.extensions.xcv.common import LOW32, extension
from rvx.isa import sext32

Xcvbitmanip = extension("Xcvbitmanip", "Runs of bits: extracted, inserted, counted")


def field_mask(width: int, lsb: int) -> int:
    """The bits of a field of `width` + 1 bits from `lsb` up, as far as a word has them."""
    return (1 << width + 1) - 1 << lsb & LOW32


def extracted(value: int, width: int, lsb: int) -> int:
    """The field of a word, zero-extended."""
    return (value & field_mask(width, lsb)) >> lsb


def extracted_signed(value: int, width: int, lsb: int) -> int:
    """The field of a word, sign-extended."""
    top = 1 << min(width, 31 - lsb)
    return (extracted(value, width, lsb) ^ top) - top


def inserted(old: int, value: int, width: int, lsb: int) -> int:
    """A word with the field replaced by the low bits of the value."""
    mask = field_mask(width, lsb)
    return sext32(old & ~mask | value << lsb & mask)


def cleared(value: int, width: int, lsb: int) -> int:
    """A word with the bits of the field 0."""
    return sext32(value & ~field_mask(width, lsb))


def filled(value: int, width: int, lsb: int) -> int:
    """A word with the bits of the field 1."""
    return sext32(value | field_mask(width, lsb))


def _extracted_word(value: int, width: int, lsb: int) -> int:
    return sext32(extracted(value, width, lsb))


_FIELDS: dict[str, tuple[str, str, str, str, Callable[[int, int, int], int]]] = {
    "extract": ("00", "000", "0011000", "the field of rs1, sign-extended", extracted_signed),
    "extractu": ("01", "000", "0011001", "the field of rs1, zero-extended", _extracted_word),
    "bclr": ("00", "001", "0011100", "rs1 with the bits of the field 0", cleared),
    "bset": ("01", "001", "0011101", "rs1 with the bits of the field 1", filled),
}


def _declare_field(
    name: str, bits: str, funct3: str, funct7: str, doc: str, function: Callable[..., int]
) -> None:
    def by_number(rs1: int, width: int, lsb: int) -> int:
        return function(rs1, width, lsb)

    def by_register(rs1: int, rs2: int) -> int:
        return function(rs1, rs2 >> 5 & 31, rs2 & 31)

    Xcvbitmanip.instruction(
        f"cv.{name} rd, rs1, width:u, lsb:u",
        f"{bits} width[4:0] lsb[4:0] rs1 {funct3} rd 1011011",
        xlen=32,
        doc=f"rd = {doc}: width + 1 bits from lsb up, to bit 31 at most.",
    )(by_number)
    Xcvbitmanip.instruction(
        f"cv.{name}r rd, rs1, rs2",
        f"{funct7} rs2 rs1 011 rd 0101011",
        xlen=32,
        doc=f"rd = {doc}: width is bits 9 to 5 of rs2, lsb its bits 4 to 0.",
    )(by_register)


for _name, (_bits, _funct3, _funct7, _doc, _function) in _FIELDS.items():
    _declare_field(_name, _bits, _funct3, _funct7, _doc, _function)


@Xcvbitmanip.instruction(
    "cv.insert rd, rs1, width:u, lsb:u",
    "10 width[4:0] lsb[4:0] rs1 000 rd 1011011",
    xlen=32,
)
def cv_insert(rd: int, rs1: int, width: int, lsb: int) -> int:
    """The field of rd, width + 1 bits from lsb up, = the low bits of rs1."""
    return inserted(rd, rs1, width, lsb)


@Xcvbitmanip.instruction("cv.insertr rd, rs1, rs2", "0011010 rs2 rs1 011 rd 0101011", xlen=32)
def cv_insertr(rd: int, rs1: int, rs2: int) -> int:
    """As cv.insert, with width in bits 9 to 5 of rs2 and lsb in its bits 4 to 0."""
    return inserted(rd, rs1, rs2 >> 5 & 31, rs2 & 31)


@Xcvbitmanip.instruction("cv.ror rd, rs1, rs2", "0100000 rs2 rs1 011 rd 0101011", xlen=32)
def cv_ror(rs1: int, rs2: int) -> int:
    """rd = rs1, rotated right by the low five bits of rs2."""
    count = rs2 & 31
    word = rs1 & LOW32
    return sext32(word >> count | word << 32 - count)


@Xcvbitmanip.instruction("cv.ff1 rd, rs1", "0100001 00000 rs1 011 rd 0101011", xlen=32)
def cv_ff1(rs1: int) -> int:
    """rd = the position of the lowest bit of rs1 that is 1; 32 if there is none."""
    at = 0
    while at < 32 and not rs1 >> at & 1:
        at += 1
    return at


@Xcvbitmanip.instruction("cv.fl1 rd, rs1", "0100010 00000 rs1 011 rd 0101011", xlen=32)
def cv_fl1(rs1: int) -> int:
    """rd = the position of the highest bit of rs1 that is 1; 32 if there is none."""
    at = 31
    while at >= 0 and not rs1 >> at & 1:
        at -= 1
    return at if at >= 0 else 32


@Xcvbitmanip.instruction("cv.cnt rd, rs1", "0100100 00000 rs1 011 rd 0101011", xlen=32)
def cv_cnt(rs1: int) -> int:
    """rd = how many bits of rs1 are 1."""
    count = 0
    for at in range(32):
        count += rs1 >> at & 1
    return count


Xcvbitmanip.encoding(
    "cv.clb rd, rs1",
    "0100011 00000 rs1 011 rd 0101011",
    xlen=32,
    doc="Counts equal bits from the highest on. What it gives for all ones is not published "
    "unambiguously, so that rvx only assembles it.",
)
Xcvbitmanip.encoding(
    "cv.bitrev rd, rs1, radix:u, skipped:u",
    "11 000 radix[1:0] skipped[4:0] rs1 001 rd 1011011",
    xlen=32,
    doc="Reverses groups of bits. rvx only assembles it.",
)
