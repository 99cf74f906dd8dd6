"""The trivial custom instruction of the benchmark."""

from rvx.isa import Extension

Xmac = Extension("Xmac", version="1.0", doc="One multiply-accumulate")


@Xmac.instruction("mac rd, rs1, rs2", "0000000 rs2 rs1 000 rd 0001011")
def mac(rd: int, rs1: int, rs2: int) -> int:
    """rd += rs1 * rs2."""
    return rd + rs1 * rs2
