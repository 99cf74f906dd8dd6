"""Which compressed instructions GNU as chooses for what is written, in its order.

The encodings come from the ISA: a compressed instruction is an abbreviation of another. This table
only says for which written mnemonic which of them are considered. GNU as decides by what is
written, not by the encoded instruction: `sext.w a0, a0` is compressed and `neg` never is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rvx.assembler.fragments.forms import Filled
from rvx.isa import Instruction, Isa

_CHOICES = """
    lbu: c.lbu
    lhu: c.lhu
    lh: c.lh
    sb: c.sb
    sh: c.sh
    zext.b: c.zext.b
    sext.b: c.sext.b
    zext.h: c.zext.h
    sext.h: c.sext.h
    zext.w: c.zext.w
    not: c.not
    mul: c.mul
    addi: c.addi4spn c.addi c.nop c.addi16sp c.li c.mv
    add: c.add c.addi c.addi4spn c.addi16sp c.mv
    nop: c.nop
    lui: c.lui
    li: c.lui c.li
    mv: c.mv
    move: c.mv
    and: c.and c.andi
    andi: c.andi
    or: c.or
    xor: c.xor
    sub: c.sub
    slli: c.slli
    sll: c.slli
    srli: c.srli
    srl: c.srli
    srai: c.srai
    sra: c.srai
    addiw: c.addiw
    addw: c.addw c.addiw
    subw: c.subw
    sext.w: c.addiw
    lw: c.lwsp c.lw
    sw: c.swsp c.sw
    ld: c.ldsp c.ld
    sd: c.sdsp c.sd
    flw: c.flwsp c.flw
    fsw: c.fswsp c.fsw
    fld: c.fldsp c.fld
    fsd: c.fsdsp c.fsd
    beqz: c.beqz
    beq: c.beqz
    bnez: c.bnez
    bne: c.bnez
    j: c.j
    ebreak: c.ebreak
    unimp: c.unimp
    ret: c.jr
    jr: c.jr
    jalr: c.jalr
"""
CHOICES: dict[str, tuple[str, ...]] = {
    line.split(":")[0].strip(): tuple(line.split(":")[1].split())
    for line in _CHOICES.strip().splitlines()
}
_COMMUTATIVE = frozenset("c.add c.and c.or c.xor c.addw c.mul".split())
_ONE_OPERAND = frozenset("jr jalr".split())
"""Mnemonics that GNU as compresses only when they are written with a single operand."""
_NEEDS_RD = frozenset("c.addi c.li c.lui c.slli c.mv c.add".split())
"""Those whose forms with rd = x0 are hints, which GNU as writes only when asked to by name."""


def compress(
    isa: Isa, written: str, operand_count: int, instruction: Instruction, values: Filled
) -> tuple[Instruction, dict[str, int]] | None:
    """The compressed instruction to write instead, with its operand values.

    Args:
        isa: the instructions there are.
        written: the mnemonic in the source.
        operand_count: how many operands stand there.
        instruction: what it stands for.
        values: its operand values; a branch target counts as 0.
    """
    numbers = {name: value if isinstance(value, int) else 0 for name, value in values.items()}
    if instruction.word(numbers) is None:  # `lui a0, -1` is wrong, although c.lui has that number
        return None
    for short, own in candidates(isa, written, operand_count, instruction, numbers):
        if short.word(own) is not None:
            return short, own
    return None


def candidates(
    isa: Isa, written: str, operand_count: int, instruction: Instruction, values: Mapping[str, int]
) -> Iterator[tuple[Instruction, dict[str, int]]]:
    """The compressed instructions that stand for the same, in the order in which GNU as tries them.

    The first whose operand values fit their fields is the one to write; `compress` has the
    arguments.
    """
    if written in _ONE_OPERAND and operand_count != 1:
        return
    for mnemonic in CHOICES.get(written, ()):
        short = isa.instructions.get("c.addi" if mnemonic == "c.nop" else mnemonic)
        # Declared anew with a body of its own, it means something else than what is written.
        if short is None or short.extension in isa.unasked or short.has_body:
            continue
        if mnemonic == "c.nop":
            if all(value == 0 for value in values.values()):
                yield short, {"rd": 0, "imm": 0}
            continue
        if short.expansion is None:  # c.unimp, which is no abbreviation of the 32-bit unimp
            yield short, {}
            return
        for candidate in _readings(written, short, instruction, values):
            own = short.expansion.compress(candidate)
            if own is None or (mnemonic in _NEEDS_RD and own["rd"] == 0):
                continue
            if mnemonic == "c.addi" and written == "addi" and own["imm"] == 0:
                continue
            yield short, own


def _readings(
    written: str, short: Instruction, instruction: Instruction, values: Mapping[str, int]
) -> list[Mapping[str, int]]:
    """The operand values of the instruction that the short one abbreviates."""
    assert short.expansion is not None
    target = short.expansion.target
    if target is instruction:
        readings: list[Mapping[str, int]] = [values]
        if short.mnemonic in _COMMUTATIVE:
            readings.append({**values, "rs1": values["rs2"], "rs2": values["rs1"]})
        return readings
    is_move = instruction.mnemonic == "addi" and written != "add" and values["imm"] == 0
    if short.mnemonic == "c.mv" and is_move:
        return [{"rd": values["rd"], "rs1": 0, "rs2": values["rs1"]}]
    return []
