"""XCVbi: branches that compare with a number of five bits."""

from __future__ import annotations

from rvx.extensions.xcv.common import LOW32, extension
from rvx.isa import Words

Xcvbi = extension("Xcvbi", "Branches that compare with a number of five bits")


@Xcvbi.instruction(
    "cv.beqimm rs1, imm, offset",
    "offset[12|10:5] imm[4:0] rs1 110 offset[4:1|11] 0001011",
    xlen=32,
    kind="branch",
)
def cv_beqimm(rs1: int, imm: int, offset: int, pc: int, next_pc: Words) -> None:
    """Branches if rs1 is the number."""
    if rs1 == imm:
        next_pc[0] = pc + offset & LOW32


@Xcvbi.instruction(
    "cv.bneimm rs1, imm, offset",
    "offset[12|10:5] imm[4:0] rs1 111 offset[4:1|11] 0001011",
    xlen=32,
    kind="branch",
)
def cv_bneimm(rs1: int, imm: int, offset: int, pc: int, next_pc: Words) -> None:
    """Branches if rs1 is not the number."""
    if rs1 != imm:
        next_pc[0] = pc + offset & LOW32
