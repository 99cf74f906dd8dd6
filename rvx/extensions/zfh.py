"""Zfh: half-precision floating point."""

from rvx.extensions.floating import (
    convert_body,
    declare_conversion,
    declare_format,
    make_box,
    make_unbox,
)
from rvx.formats.minifloat.catalogue import FP16, FP32, FP64
from rvx.formats.minifloat.scalar import make_convert
from rvx.isa import Extension, Memory, memory, sext

Zfh = Extension(
    "Zfh",
    version="1.0",
    doc="Half-precision floating point",
    source="The RISC-V Instruction Set Manual, Volume I, 20240411, chapter 22",
    requires=("F",),
)
_box, _unbox = make_box(FP16), make_unbox(FP16)


@Zfh.instruction("flh rd:f, imm(rs1)", "imm[11:0] rs1 001 rd 0000111", kind="load")
def flh(rs1: int, imm: int, mem: Memory) -> int:
    """rd = the half-precision number at rs1 + imm."""
    return _box(memory.load_u16(mem, rs1 + imm))


@Zfh.instruction("fsh rs2:f, imm(rs1)", "imm[11:5] rs2 rs1 001 imm[4:0] 0100111", kind="store")
def fsh(rs1: int, rs2: int, imm: int, mem: Memory) -> None:
    """Stores the low 16 bits of rs2 at rs1 + imm."""
    memory.store_16(mem, rs1 + imm, rs2)


declare_format(Zfh, "h", "10", FP16)
for _letter, _code, _number, _fmt in (("s", "00", "00000", FP32), ("d", "01", "00001", FP64)):
    _name = "single" if _letter == "s" else "double"
    declare_conversion(
        Zfh,
        f"fcvt.{_letter}.h rd:f, rs1:f, rm:rm0",
        f"01000 {_code} 00010",
        f"rd = the half-precision number rs1, in {_name} precision.",
        convert_body(make_convert(FP16, _fmt), make_box(_fmt), _unbox),
    )
    declare_conversion(
        Zfh,
        f"fcvt.h.{_letter} rd:f, rs1:f, rm",
        f"01000 10 {_number}",
        f"rd = the {_name}-precision number rs1, rounded to half precision.",
        convert_body(make_convert(_fmt, FP16), _box, make_unbox(_fmt)),
    )


@Zfh.instruction("fmv.x.h rd, rs1:f", "1110010 00000 rs1 000 rd 1010011", kind="float")
def fmv_x_h(rs1: int) -> int:
    """rd = the low 16 bits of rs1, sign-extended."""
    return sext(rs1, 16)


@Zfh.instruction("fmv.h.x rd:f, rs1", "1111010 00000 rs1 000 rd 1010011", kind="float")
def fmv_h_x(rs1: int) -> int:
    """rd = the low 16 bits of rs1."""
    return _box(rs1 & 0xFFFF)
