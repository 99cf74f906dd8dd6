"""What F and D have in common: the instructions of one IEEE format in f registers."""

from rvx.isa import Extension

_FUSED = (
    ("fmadd", "1000011", "rs1 * rs2 + rs3"),
    ("fmsub", "1000111", "rs1 * rs2 - rs3"),
    ("fnmsub", "1001011", "-(rs1 * rs2) + rs3"),
    ("fnmadd", "1001111", "-(rs1 * rs2) - rs3"),
)
_ROUNDED = (
    ("fadd", "00000", "rs1 + rs2"),
    ("fsub", "00001", "rs1 - rs2"),
    ("fmul", "00010", "rs1 * rs2"),
    ("fdiv", "00011", "rs1 / rs2"),
)
_EXACT = (
    ("fsgnj", "00100", "000", "rs1 with the sign of rs2"),
    ("fsgnjn", "00100", "001", "rs1 with the opposite of the sign of rs2"),
    ("fsgnjx", "00100", "010", "rs1 with its sign flipped if rs2 is negative"),
    ("fmin", "00101", "000", "the smaller of rs1 and rs2; the number if one is NaN"),
    ("fmax", "00101", "001", "the larger of rs1 and rs2; the number if one is NaN"),
)
_COMPARED = (
    ("feq", "010", "rs1 = rs2, quietly"),
    ("flt", "001", "rs1 < rs2"),
    ("fle", "000", "rs1 <= rs2"),
)
_INTEGERS = (
    ("w", "00000", None, "signed 32-bit"),
    ("wu", "00001", None, "unsigned 32-bit"),
    ("l", "00010", 64, "signed 64-bit"),
    ("lu", "00011", 64, "unsigned 64-bit"),
)


def declare_format(extension: Extension, letter: str, fmt: str, significand_bits: int) -> None:
    """Declares arithmetic, comparison and conversion to and from integers for one format.

    Args:
        extension: takes the instructions.
        letter: the format in mnemonics, such as `s`.
        fmt: the two bits that stand for it.
        significand_bits: its precision; integers of fewer bits convert without rounding.
    """
    three = "rd:f, rs1:f, rs2:f"
    for name, opcode, meaning in _FUSED:
        extension.encoding(
            f"{name}.{letter} {three}, rs3:f, rm",
            f"rs3 {fmt} rs2 rs1 rm rd {opcode}",
            kind="float",
            doc=f"rd = {meaning}, rounded once.",
        )
    for name, funct5, meaning in _ROUNDED:
        extension.encoding(
            f"{name}.{letter} {three}, rm",
            f"{funct5} {fmt} rs2 rs1 rm rd 1010011",
            kind="float",
            doc=f"rd = {meaning}, rounded once.",
        )
    extension.encoding(
        f"fsqrt.{letter} rd:f, rs1:f, rm",
        f"01011 {fmt} 00000 rs1 rm rd 1010011",
        kind="float",
        doc="rd = the square root of rs1, rounded once.",
    )
    for name, funct5, funct3, meaning in _EXACT:
        extension.encoding(
            f"{name}.{letter} {three}",
            f"{funct5} {fmt} rs2 rs1 {funct3} rd 1010011",
            kind="float",
            doc=f"rd = {meaning}.",
        )
    for name, funct3, meaning in _COMPARED:
        extension.encoding(
            f"{name}.{letter} rd, rs1:f, rs2:f",
            f"10100 {fmt} rs2 rs1 {funct3} rd 1010011",
            kind="float",
            doc=f"rd = 1 if {meaning}, else 0; 0 if one is NaN.",
        )
    extension.encoding(
        f"fclass.{letter} rd, rs1:f",
        f"11100 {fmt} 00000 rs1 001 rd 1010011",
        kind="float",
        doc="rd = one bit that says what kind of number rs1 is.",
    )
    for name, number, xlen, meaning in _INTEGERS:
        is_exact = xlen is None and significand_bits >= 32
        extension.encoding(
            f"fcvt.{name}.{letter} rd, rs1:f, rm",
            f"11000 {fmt} {number} rs1 rm rd 1010011",
            kind="float",
            xlen=xlen,
            doc=f"rd = rs1 rounded to a {meaning} integer.",
        )
        extension.encoding(
            f"fcvt.{letter}.{name} rd:f, rs1, rm:{'rm0' if is_exact else 'rm'}",
            f"11010 {fmt} {number} rs1 rm rd 1010011",
            kind="float",
            xlen=xlen,
            doc=f"rd = the {meaning} integer rs1{'' if is_exact else ', rounded once'}.",
        )
    extension.alias(f"fmv.{letter} rd:f, rs1:f", f"fsgnj.{letter} rd, rs1, rs1")
    extension.alias(f"fneg.{letter} rd:f, rs1:f", f"fsgnjn.{letter} rd, rs1, rs1")
    extension.alias(f"fabs.{letter} rd:f, rs1:f", f"fsgnjx.{letter} rd, rs1, rs1")
    for name, opposite in (("fgt", "flt"), ("fge", "fle")):
        extension.alias(
            f"{name}.{letter} rd, rs1:f, rs2:f",
            f"{opposite}.{letter} rd, rs2, rs1",
            is_printed=False,
        )
