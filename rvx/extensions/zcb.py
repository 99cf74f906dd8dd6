"""Zcb: more compressed instructions, for bytes, halfwords, extensions of numbers and products."""

from rvx.extensions.rv_c import C
from rvx.extensions.rv_i import I
from rvx.extensions.rv_m import M
from rvx.extensions.zba import Zba
from rvx.extensions.zbb import Zbb
from rvx.isa import Extension

Zcb = Extension(
    "Zcb",
    version="1.0",
    doc="Compressed instructions for bytes, halfwords, extensions and products",
    source='The RISC-V Instruction Set Manual, Volume I, 20240411, chapter "Zc"',
    requires=("Zca",),
)

# mnemonic, funct3 and what follows, pieces of the offset
for _name, _funct6, _offset in (
    ("lbu", "100 000", "imm[0] imm[1]"),
    ("lhu", "100 001", "0 imm[1]"),
    ("lh", "100 001", "1 imm[1]"),
):
    Zcb.compressed(
        f"c.{_name} rd:xc, imm:u(rs1:xc)",
        f"{_funct6} rs1 {_offset} rd 00",
        f"{_name} rd, imm(rs1)",
        of=I,
    )
for _name, _funct6, _offset in (
    ("sb", "100 010", "imm[0] imm[1]"),
    ("sh", "100 011", "0 imm[1]"),
):
    Zcb.compressed(
        f"c.{_name} rs2:xc, imm:u(rs1:xc)",
        f"{_funct6} rs1 {_offset} rs2 00",
        f"{_name} rs2, imm(rs1)",
        of=I,
    )
# mnemonic, the last bits, what it stands for, the extension and the width that have that
for _name, _code, _expansion, _of, _xlen in (
    ("zext.b", "11 000", "andi rd, rd, 255", I, None),
    ("sext.b", "11 001", "sext.b rd, rd", Zbb, None),
    ("zext.h", "11 010", "zext.h rd, rd", Zbb, 32),
    ("zext.h", "11 010", "zext.h rd, rd", Zbb, 64),
    ("sext.h", "11 011", "sext.h rd, rd", Zbb, None),
    ("zext.w", "11 100", "add.uw rd, rd, zero", Zba, 64),
    ("not", "11 101", "xori rd, rd, -1", I, None),
):
    Zcb.compressed(f"c.{_name} rd:xc", f"100 111 rd {_code} 01", _expansion, of=_of, xlen=_xlen)
Zcb.compressed("c.mul rd:xc, rs2:xc", "100 111 rd 10 rs2 01", "mul rd, rd, rs2", of=M)
Zcb.alias("c.sext.w rd", "c.addiw rd, 0", of=C, is_printed=False, xlen=64)
