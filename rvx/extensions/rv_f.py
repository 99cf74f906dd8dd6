"""F: single-precision floating point, and the floating-point status register."""

from rvx.extensions.floating import declare_format
from rvx.extensions.zicsr import Zicsr
from rvx.isa import Extension

F = Extension(
    "F",
    version="2.2",
    doc="Single-precision floating point",
    source="The RISC-V Instruction Set Manual, Volume I, 20191213, chapter 11",
    requires=("I", "Zicsr"),
)
F.state("fcsr", 1, "the accrued exceptions in bits 4 to 0, the rounding mode in bits 7 to 5")
F.csr("fflags", 0x001, state="fcsr", lsb=0, bits=5, doc="Accrued exceptions: NX UF OF DZ NV")
F.csr("frm", 0x002, state="fcsr", lsb=5, bits=3, doc="Dynamic rounding mode")
F.csr("fcsr", 0x003, state="fcsr", lsb=0, bits=8, doc="fflags and frm")

F.encoding(
    "flw rd:f, imm(rs1)",
    "imm[11:0] rs1 010 rd 0000111",
    kind="load",
    doc="rd = the single-precision number at rs1 + imm.",
)
F.encoding(
    "fsw rs2:f, imm(rs1)",
    "imm[11:5] rs2 rs1 010 imm[4:0] 0100111",
    kind="store",
    doc="Stores the low 32 bits of rs2 at rs1 + imm.",
)
declare_format(F, "s", "00", significand_bits=24)
F.encoding(
    "fmv.x.w rd, rs1:f",
    "1110000 00000 rs1 000 rd 1010011",
    kind="float",
    doc="rd = the low 32 bits of rs1, sign-extended.",
)
F.encoding(
    "fmv.w.x rd:f, rs1",
    "1111000 00000 rs1 000 rd 1010011",
    kind="float",
    doc="rd = the low 32 bits of rs1.",
)
F.alias("fmv.x.s rd, rs1:f", "fmv.x.w rd, rs1", is_printed=False)
F.alias("fmv.s.x rd:f, rs1", "fmv.w.x rd, rs1", is_printed=False)

for _csr, _name in ((0x003, "csr"), (0x002, "rm"), (0x001, "flags")):
    F.alias(f"fr{_name} rd", f"csrrs rd, {_csr}, zero", of=Zicsr)
    F.alias(f"fs{_name} rs1", f"csrrw zero, {_csr}, rs1", of=Zicsr)
    F.alias(f"fs{_name} rd, rs1", f"csrrw rd, {_csr}, rs1", of=Zicsr)
for _csr, _name in ((0x002, "rm"), (0x001, "flags")):
    F.alias(f"fs{_name}i rd, uimm", f"csrrwi rd, {_csr}, uimm", of=Zicsr)
    F.alias(f"fs{_name}i uimm", f"csrrwi zero, {_csr}, uimm", of=Zicsr, is_printed=False)
