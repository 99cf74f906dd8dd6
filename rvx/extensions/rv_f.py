"""F: single-precision floating point, and the floating-point status register."""

from rvx.extensions.fixed_format import FixedFormat, make_box
from rvx.extensions.floating import declare_format
from rvx.extensions.zicsr import Zicsr
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
F.state("fcsr", 1, "the accrued exceptions in bits 4 to 0, the rounding mode in bits 7 to 5")
F.csr("fflags", 0x001, state="fcsr", lsb=0, bits=5, doc="Accrued exceptions: NX UF OF DZ NV")
F.csr("frm", 0x002, state="fcsr", lsb=5, bits=3, doc="Dynamic rounding mode")
F.csr("fcsr", 0x003, state="fcsr", lsb=0, bits=8, doc="fflags and frm")


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

for _csr, _name in ((0x003, "csr"), (0x002, "rm"), (0x001, "flags")):
    F.alias(f"fr{_name} rd", f"csrrs rd, {_csr}, zero", of=Zicsr)
    F.alias(f"fs{_name} rs1", f"csrrw zero, {_csr}, rs1", of=Zicsr)
    F.alias(f"fs{_name} rd, rs1", f"csrrw rd, {_csr}, rs1", of=Zicsr)
# What frcsr and fscsr were called first.
F.alias("frsr rd", "csrrs rd, 0x003, zero", of=Zicsr, is_printed=False)
F.alias("fssr rs1", "csrrw zero, 0x003, rs1", of=Zicsr, is_printed=False)
F.alias("fssr rd, rs1", "csrrw rd, 0x003, rs1", of=Zicsr, is_printed=False)
for _csr, _name in ((0x002, "rm"), (0x001, "flags")):
    F.alias(f"fs{_name}i rd, uimm", f"csrrwi rd, {_csr}, uimm", of=Zicsr)
    F.alias(f"fs{_name}i uimm", f"csrrwi zero, {_csr}, uimm", of=Zicsr, is_printed=False)
