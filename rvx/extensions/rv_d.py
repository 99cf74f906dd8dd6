"""D: double-precision floating point."""

from rvx.extensions.floating import declare_format
from rvx.isa import Extension

D = Extension(
    "D",
    version="2.2",
    doc="Double-precision floating point",
    source="The RISC-V Instruction Set Manual, Volume I, 20191213, chapter 12",
    requires=("F",),
)

D.encoding(
    "fld rd:f, imm(rs1)",
    "imm[11:0] rs1 011 rd 0000111",
    kind="load",
    doc="rd = the double-precision number at rs1 + imm.",
)
D.encoding(
    "fsd rs2:f, imm(rs1)",
    "imm[11:5] rs2 rs1 011 imm[4:0] 0100111",
    kind="store",
    doc="Stores rs2 at rs1 + imm.",
)
declare_format(D, "d", "01", significand_bits=53)
D.encoding(
    "fcvt.s.d rd:f, rs1:f, rm",
    "0100000 00001 rs1 rm rd 1010011",
    kind="float",
    doc="rd = the double-precision number rs1, rounded to single precision.",
)
D.encoding(
    "fcvt.d.s rd:f, rs1:f, rm:rm0",
    "0100001 00000 rs1 rm rd 1010011",
    kind="float",
    doc="rd = the single-precision number rs1.",
)
D.encoding(
    "fmv.x.d rd, rs1:f",
    "1110001 00000 rs1 000 rd 1010011",
    kind="float",
    xlen=64,
    doc="rd = the bits of rs1.",
)
D.encoding(
    "fmv.d.x rd:f, rs1",
    "1111001 00000 rs1 000 rd 1010011",
    kind="float",
    xlen=64,
    doc="rd = the bits of rs1.",
)
