"""Zba: sums with a shifted operand, and with an unsigned 32-bit one, to calculate addresses."""

from rvx.extensions.bitmanip import SOURCE
from rvx.isa import Extension
from rvx.isa.bits import MASK32, narrow

Zba = Extension("Zba", version="1.0", doc="Address generation", source=SOURCE, requires=("I",))


def _declare_shifted_sum(shift: int, funct3: str) -> None:
    @Zba.instruction(
        f"sh{shift}add rd, rs1, rs2",
        f"0010000 rs2 rs1 {funct3} rd 0110011",
        kind="alu",
        doc=f"rd = (rs1 << {shift}) + rs2.",
    )
    def body(rs1: int, rs2: int, xlen: int) -> int:
        return narrow((rs1 << shift) + rs2, xlen)

    @Zba.instruction(
        f"sh{shift}add.uw rd, rs1, rs2",
        f"0010000 rs2 rs1 {funct3} rd 0111011",
        kind="alu",
        xlen=64,
        doc=f"rd = (the low 32 bits of rs1, zero-extended, << {shift}) + rs2.",
    )
    def unsigned_body(rs1: int, rs2: int) -> int:
        return ((rs1 & MASK32) << shift) + rs2


for _shift, _funct3 in ((1, "010"), (2, "100"), (3, "110")):
    _declare_shifted_sum(_shift, _funct3)


@Zba.instruction("add.uw rd, rs1, rs2", "0000100 rs2 rs1 000 rd 0111011", kind="alu", xlen=64)
def add_uw(rs1: int, rs2: int) -> int:
    """rd = the low 32 bits of rs1, zero-extended, + rs2."""
    return (rs1 & MASK32) + rs2


@Zba.instruction(
    "slli.uw rd, rs1, shamt", "000010 shamt[5:0] rs1 001 rd 0011011", kind="alu", xlen=64
)
def slli_uw(rs1: int, shamt: int) -> int:
    """rd = the low 32 bits of rs1, zero-extended, << shamt."""
    return (rs1 & MASK32) << shamt


Zba.alias("zext.w rd, rs1", "add.uw rd, rs1, zero", xlen=64)
