"""F: single-precision floating point, and the floating-point status register."""

from rvx.extensions.fixed_format import FixedFormat, make_box
from rvx.extensions.floating import declare_format
from rvx.extensions.status import declare_status, declare_status_aliases
from rvx.formats.minifloat.catalogue import FP32
from rvx.isa import Extension, Memory, memory, sext32
from rvx.isa.bits import MASK32

F = Extension(
    "F",
    version="2.2",
    doc="Single-precision floating point",
    source="The RISC-V Instruction Set Manual, Volume I, 20191213, chapter 11",
    requires=("I", "Zicsr"),
    is_core=True,
)
declare_status(F)


_box = make_box(FP32)


@F.instruction("flw rd:f, imm(rs1)", "imm[11:0] rs1 010 rd 0000111", kind="load")
def flw(rs1: int, imm: int, mem: Memory) -> int:
    """rd = the single-precision number at rs1 + imm."""
    return _box(memory.load_u32(mem, rs1 + imm))


@F.instruction("fsw rs2:f, imm(rs1)", "imm[11:5] rs2 rs1 010 imm[4:0] 0100111", kind="store")
def fsw(rs1: int, rs2: int, imm: int, mem: Memory) -> None:
    """Stores the low 32 bits of rs2 at rs1 + imm."""
    memory.store_32(mem, rs1 + imm, rs2)


declare_format(F, "s", "00", FixedFormat(FP32))


@F.instruction("fmv.x.w rd, rs1:f", "1110000 00000 rs1 000 rd 1010011", kind="float")
def fmv_x_w(rs1: int) -> int:
    """rd = the low 32 bits of rs1, sign-extended."""
    return sext32(rs1)


@F.instruction("fmv.w.x rd:f, rs1", "1111000 00000 rs1 000 rd 1010011", kind="float")
def fmv_w_x(rs1: int) -> int:
    """rd = the low 32 bits of rs1."""
    return _box(rs1 & MASK32)


F.alias("fmv.x.s rd, rs1:f", "fmv.x.w rd, rs1", is_printed=False)
F.alias("fmv.s.x rd:f, rs1", "fmv.w.x rd, rs1", is_printed=False)

declare_status_aliases(F)
