"""XCValu: comparisons, extensions, clipping, and sums that are shifted."""

from __future__ import annotations

from collections.abc import Callable

from rvx.extensions.xcv.common import KINDS, LOW32, extension, how_shifted, shifted
from rvx.isa import sext32

Xcvalu = extension("Xcvalu", "Comparisons, extensions, clipping, and sums that are shifted")


def _clipped(value: int, low: int, high: int) -> int:
    """The value, or the bound that it has reached."""
    if value <= low:
        return low
    return min(value, high)


_OF_ONE: dict[str, tuple[str, str, Callable[[int], int]]] = {
    "abs": ("0101000", "rd = the absolute value of rs1, modulo 2^32.", lambda a: sext32(abs(a))),
    "exths": (
        "0110000",
        "rd = the low half of rs1, sign-extended.",
        lambda a: sext32(a << 16) >> 16,
    ),
    "exthz": ("0110001", "rd = the low half of rs1, zero-extended.", lambda a: a & 0xFFFF),
    "extbs": (
        "0110010",
        "rd = the low byte of rs1, sign-extended.",
        lambda a: sext32(a << 24) >> 24,
    ),
    "extbz": ("0110011", "rd = the low byte of rs1, zero-extended.", lambda a: a & 0xFF),
}
_OF_TWO: dict[str, tuple[str, str, Callable[[int, int], int]]] = {
    "sle": ("0101001", "rd = 1 if rs1 <= rs2, else 0; signed.", lambda a, b: int(a <= b)),
    "sleu": (
        "0101010",
        "rd = 1 if rs1 <= rs2, else 0; unsigned.",
        lambda a, b: int(a & LOW32 <= b & LOW32),
    ),
    "min": ("0101011", "rd = the smaller of rs1 and rs2, signed.", min),
    "minu": (
        "0101100",
        "rd = the smaller of rs1 and rs2, unsigned.",
        lambda a, b: a if a & LOW32 < b & LOW32 else b,
    ),
    "max": ("0101101", "rd = the larger of rs1 and rs2, signed.", max),
    "maxu": (
        "0101110",
        "rd = the larger of rs1 and rs2, unsigned.",
        lambda a, b: b if a & LOW32 < b & LOW32 else a,
    ),
    "clipr": (
        "0111010",
        "rd = rs1, clipped to -(b + 1) to b, where b is rs2 without its sign bit.",
        lambda a, b: _clipped(a, -(b & 0x7FFFFFFF) - 1, b & 0x7FFFFFFF),
    ),
    "clipur": (
        "0111011",
        "rd = rs1, clipped to 0 to b, where b is rs2 without its sign bit.",
        lambda a, b: _clipped(a, 0, b & 0x7FFFFFFF),
    ),
}


def _declare_of_one(name: str, funct7: str, doc: str, function: Callable[[int], int]) -> None:
    def body(rs1: int) -> int:
        return function(rs1)

    Xcvalu.instruction(
        f"cv.{name} rd, rs1", f"{funct7} 00000 rs1 011 rd 0101011", xlen=32, doc=doc
    )(body)


def _declare_of_two(name: str, funct7: str, doc: str, function: Callable[[int, int], int]) -> None:
    def body(rs1: int, rs2: int) -> int:
        return function(rs1, rs2)

    Xcvalu.instruction(
        f"cv.{name} rd, rs1, rs2", f"{funct7} rs2 rs1 011 rd 0101011", xlen=32, doc=doc
    )(body)


for _name, (_funct7, _doc, _one) in _OF_ONE.items():
    _declare_of_one(_name, _funct7, _doc, _one)
for _name, (_funct7, _doc, _two) in _OF_TWO.items():
    _declare_of_two(_name, _funct7, _doc, _two)
for _name in ("sle", "sleu"):
    Xcvalu.alias(
        f"cv.slet{_name[3:]} rd, rs1, rs2", f"cv.{_name} rd, rs1, rs2", is_printed=False, xlen=32
    )


@Xcvalu.instruction("cv.clip rd, rs1, width:u", "0111000 width[4:0] rs1 011 rd 0101011", xlen=32)
def cv_clip(rs1: int, width: int) -> int:
    """rd = rs1, clipped to `width` bits, signed; to -1 and 0 if that is 0."""
    high = (1 << width >> 1) - 1 if width else 0
    return _clipped(rs1, -high - 1, high)


@Xcvalu.instruction("cv.clipu rd, rs1, width:u", "0111001 width[4:0] rs1 011 rd 0101011", xlen=32)
def cv_clipu(rs1: int, width: int) -> int:
    """rd = rs1, clipped to 0 to the largest signed number of `width` bits; to 0 if that is 0."""
    return _clipped(rs1, 0, (1 << width >> 1) - 1 if width else 0)


def _declare_sum(
    name: str,
    sign: str,
    factor: int,
    bits: str,
    funct3: str,
    first: int,
    rounds: bool,
    is_signed: bool,
) -> None:
    how = how_shifted(rounds, is_signed)

    def by_number(rs1: int, rs2: int, amount: int) -> int:
        return shifted(rs1 + factor * rs2, amount, rounds, is_signed)

    def by_register(rd: int, rs1: int, rs2: int) -> int:
        return shifted(rd + factor * rs1, rs2 & 31, rounds, is_signed)

    Xcvalu.instruction(
        f"cv.{name}n rd, rs1, rs2, amount:u",
        f"{bits} amount[4:0] rs2 rs1 {funct3} rd 1011011",
        xlen=32,
        doc=f"rd = rs1 {sign} rs2, shifted right by amount {how}.",
    )(by_number)
    Xcvalu.instruction(
        f"cv.{name}nr rd, rs1, rs2",
        f"{first + int(bits, 2):07b} rs2 rs1 011 rd 0101011",
        xlen=32,
        doc=f"rd = rd {sign} rs1, shifted right by the low five bits of rs2 {how}.",
    )(by_register)


for _letters, (_bits, _rounds, _is_signed) in KINDS.items():
    _declare_sum(f"add{_letters}", "+", 1, _bits, "010", 0b1000000, _rounds, _is_signed)
    _declare_sum(f"sub{_letters}", "-", -1, _bits, "011", 0b1000100, _rounds, _is_signed)
