"""Zicond: conditional zeroing, of which selections without a branch are made."""

from rvx.isa import Extension

Zicond = Extension(
    "Zicond",
    version="1.0",
    doc="Conditional zeroing",
    source='The RISC-V Instruction Set Manual, Volume I, 20240411, chapter "Zicond"',
    requires=("I",),
)


@Zicond.instruction("czero.eqz rd, rs1, rs2", "0000111 rs2 rs1 101 rd 0110011", kind="alu")
def czero_eqz(rs1: int, rs2: int) -> int:
    """rd = 0 if rs2 = 0, else rs1."""
    return 0 if rs2 == 0 else rs1


@Zicond.instruction("czero.nez rd, rs1, rs2", "0000111 rs2 rs1 111 rd 0110011", kind="alu")
def czero_nez(rs1: int, rs2: int) -> int:
    """rd = rs1 if rs2 = 0, else 0."""
    return rs1 if rs2 == 0 else 0
