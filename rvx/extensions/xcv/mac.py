"""XCVmac: products and sums of 32-bit words and of their halves."""

from __future__ import annotations

from collections.abc import Callable

from rvx.extensions.xcv.common import extension, how_shifted, shifted
from rvx.isa import sext32

Xcvmac = extension("Xcvmac", "Products and sums of 32-bit words and their halves, shifted")


@Xcvmac.instruction("cv.mac rd, rs1, rs2", "1001000 rs2 rs1 011 rd 0101011", xlen=32)
def cv_mac(rd: int, rs1: int, rs2: int) -> int:
    """rd += rs1 * rs2."""
    return sext32(rd + rs1 * rs2)


@Xcvmac.instruction("cv.msu rd, rs1, rs2", "1001001 rs2 rs1 011 rd 0101011", xlen=32)
def cv_msu(rd: int, rs1: int, rs2: int) -> int:
    """rd -= rs1 * rs2."""
    return sext32(rd - rs1 * rs2)


def _halves(lsb: int, is_signed: bool) -> Callable[[int, int], int]:
    """The product of the halves of two words that begin at this bit."""

    def signed(a: int, b: int) -> int:
        left = (a >> lsb & 0xFFFF ^ 0x8000) - 0x8000
        return left * ((b >> lsb & 0xFFFF ^ 0x8000) - 0x8000)

    def unsigned(a: int, b: int) -> int:
        return (a >> lsb & 0xFFFF) * (b >> lsb & 0xFFFF)

    return signed if is_signed else unsigned


def _declare_products(is_high: bool, is_signed: bool, rounds: bool) -> None:
    product = _halves(16 if is_high else 0, is_signed)
    half = "high" if is_high else "low"
    name = f"{'hh' if is_high else ''}{'s' if is_signed else 'u'}{'r' if rounds else ''}n"
    bits = f"{int(rounds)}{int(is_high)}"
    how = how_shifted(rounds, is_signed)

    def multiply(rs1: int, rs2: int, amount: int) -> int:
        return shifted(product(rs1, rs2), amount, rounds, is_signed)

    def accumulate(rd: int, rs1: int, rs2: int, amount: int) -> int:
        return shifted(rd + product(rs1, rs2), amount, rounds, is_signed)

    Xcvmac.instruction(
        f"cv.mul{name} rd, rs1, rs2, amount:u",
        f"{bits} amount[4:0] rs2 rs1 {'100' if is_signed else '101'} rd 1011011",
        xlen=32,
        doc=f"rd = the product of the {half} halves of rs1 and rs2, shifted right by amount {how}.",
    )(multiply)
    Xcvmac.instruction(
        f"cv.mac{name} rd, rs1, rs2, amount:u",
        f"{bits} amount[4:0] rs2 rs1 {'110' if is_signed else '111'} rd 1011011",
        xlen=32,
        doc=f"rd += the product of the {half} halves of rs1 and rs2; then shifted right by amount "
        f"{how}.",
    )(accumulate)
    if not rounds:
        short = f"cv.mul{name[:-1]}"
        Xcvmac.alias(f"{short} rd, rs1, rs2", f"cv.mul{name} rd, rs1, rs2, 0", xlen=32)


for _rounds in (False, True):
    for _is_signed in (True, False):
        for _is_high in (False, True):
            _declare_products(_is_high, _is_signed, _rounds)
