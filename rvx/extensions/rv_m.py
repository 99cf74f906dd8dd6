"""M: multiplication and division, and Zmmul, which is multiplication alone."""

from collections.abc import Callable

from rvx.extensions import integer
from rvx.isa import Extension, sext32

M = Extension(
    "M",
    version="2.0",
    doc="Integer multiplication and division",
    source="The RISC-V Instruction Set Manual, Volume I, 20191213, chapter 7",
    requires=("I",),
    supersedes=("Zmmul",),
    is_core=True,
)
Zmmul = Extension(
    "Zmmul",
    version="1.0",
    doc="Integer multiplication",
    source='The RISC-V Instruction Set Manual, Volume I, 20240411, chapter "M"',
    requires=("I",),
    is_core=True,
)

Operation = Callable[[int, int, int], int]
_PRODUCT = "rd = the {} XLEN bits of rs1 * rs2"
# mnemonic, funct3, class for counts, operation, whether RV64 has it for words too, meaning
_OPERATIONS: tuple[tuple[str, str, str, Operation, bool, str], ...] = (
    ("mul", "000", "mul", integer.mul, True, _PRODUCT.format("low")),
    ("mulh", "001", "mul", integer.mulh, False, _PRODUCT.format("high") + ", both signed"),
    ("mulhsu", "010", "mul", integer.mulhsu, False, _PRODUCT.format("high") + ", rs2 unsigned"),
    ("mulhu", "011", "mul", integer.mulhu, False, _PRODUCT.format("high") + ", both unsigned"),
    ("div", "100", "div", integer.div, True, "rd = rs1 / rs2 towards zero, signed; x / 0 = -1"),
    ("divu", "101", "div", integer.divu, True, "rd = rs1 / rs2, unsigned; x / 0 = all ones"),
    ("rem", "110", "div", integer.rem, True, "rd = remainder of rs1 / rs2, signed; rs1 for x / 0"),
    ("remu", "111", "div", integer.remu, True, "rd = remainder, unsigned; rs1 for x / 0"),
)


def _declare(
    extension: Extension,
    name: str,
    funct3: str,
    kind: str,
    operation: Operation,
    has_word: bool,
    meaning: str,
) -> None:
    @extension.instruction(
        f"{name} rd, rs1, rs2",
        f"0000001 rs2 rs1 {funct3} rd 0110011",
        kind=kind,
        doc=meaning + ".",
    )
    def body(rs1: int, rs2: int, xlen: int) -> int:
        return operation(rs1, rs2, xlen)

    if not has_word:
        return

    @extension.instruction(
        f"{name}w rd, rs1, rs2",
        f"0000001 rs2 rs1 {funct3} rd 0111011",
        kind=kind,
        xlen=64,
        doc=meaning + ", on the low 32 bits, sign-extended.",
    )
    def word_body(rs1: int, rs2: int) -> int:
        return operation(sext32(rs1), sext32(rs2), 32)


for _row in _OPERATIONS:
    _declare(M, *_row)
    if _row[2] == "mul":
        _declare(Zmmul, *_row)
