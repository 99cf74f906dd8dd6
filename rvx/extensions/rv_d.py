"""D: double-precision floating point."""

from rvx.extensions.fixed_format import (
    FixedFormat,
    convert_body,
    identity,
    make_box,
    make_unbox,
)
from rvx.extensions.floating import converted, declare_conversion, declare_format
from rvx.formats.minifloat.catalogue import FP32, FP64
from rvx.formats.minifloat.scalar import make_convert
from rvx.isa import Extension, Memory, memory

D = Extension(
    "D",
    version="2.2",
    doc="Double-precision floating point",
    source="The RISC-V Instruction Set Manual, Volume I, 20191213, chapter 12",
    requires=("F",),
    is_core=True,
)


@D.instruction("fld rd:f, imm(rs1)", "imm[11:0] rs1 011 rd 0000111", kind="load")
def fld(rs1: int, imm: int, mem: Memory) -> int:
    """rd = the double-precision number at rs1 + imm."""
    return memory.load_64(mem, rs1 + imm)


@D.instruction("fsd rs2:f, imm(rs1)", "imm[11:5] rs2 rs1 011 imm[4:0] 0100111", kind="store")
def fsd(rs1: int, rs2: int, imm: int, mem: Memory) -> None:
    """Stores rs2 at rs1 + imm."""
    memory.store_64(mem, rs1 + imm, rs2)


declare_format(D, "d", "01", FixedFormat(FP64))
declare_conversion(
    D,
    "fcvt.s.d rd:f, rs1:f, rm",
    "01000 00 00001",
    "rd = the double-precision number rs1, rounded to single precision.",
    convert_body(make_convert(FP64, FP32), make_box(FP32), identity),
    real=converted(FP64, FP32),
)
declare_conversion(
    D,
    "fcvt.d.s rd:f, rs1:f, rm:rm0",
    "01000 01 00000",
    "rd = the single-precision number rs1.",
    convert_body(make_convert(FP32, FP64), identity, make_unbox(FP32)),
    real=converted(FP32, FP64),
)


@D.instruction("fmv.x.d rd, rs1:f", "1110001 00000 rs1 000 rd 1010011", kind="float", xlen=64)
def fmv_x_d(rs1: int) -> int:
    """rd = the bits of rs1."""
    return rs1


@D.instruction("fmv.d.x rd:f, rs1", "1111001 00000 rs1 000 rd 1010011", kind="float", xlen=64)
def fmv_d_x(rs1: int) -> int:
    """rd = the bits of rs1."""
    return rs1
