"""Extensions as rows of GNU binutils: `include/opcode/riscv-opc.h` and `opcodes/riscv-opc.c`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rvx.export.target import Export
from rvx.isa import Extension, Instruction
from rvx.isa.operands import ImmediateKind, MaskKind, Operand, RegisterKind, RoundingKind

_REGISTERS = {
    ("x", 7): "d",
    ("x", 15): "s",
    ("x", 20): "t",
    ("x", 27): "r",
    ("f", 7): "D",
    ("f", 15): "S",
    ("f", 20): "T",
    ("f", 27): "R",
    ("v", 7): "Vd",
    ("v", 15): "Vs",
    ("v", 20): "Vt",
}
"""Letters of operands, by register file and lowest bit of the field."""


def export(extensions: Sequence[Extension]) -> Export:
    """The lines to be added to each of the two files."""
    made = Export()
    defines: list[str] = []
    declared: list[str] = []
    rows: list[str] = []
    for extension in extensions:
        subset = f"INSN_CLASS_{extension.name.upper()}"
        rows.append(f"/* {extension.name} {extension.version}.  */")
        for instruction in extension.instructions.values():
            letters = _letters(instruction)
            if isinstance(letters, str) and instruction.size == 4:
                name = _name(instruction, extension)
                if f"#define MATCH_{name} {instruction.pattern.match:#x}" not in defines:
                    defines.append(f"#define MATCH_{name} {instruction.pattern.match:#x}")
                    defines.append(f"#define MASK_{name} {instruction.pattern.mask:#x}")
                    lower = name.lower()
                    declared.append(f"DECLARE_INSN({lower}, MATCH_{name}, MASK_{name})")
                width = instruction.xlens[0] if len(instruction.xlens) == 1 else 0
                rows.append(
                    f'{{"{instruction.mnemonic}", {width}, {subset}, "{letters}", '
                    f"MATCH_{name}, MASK_{name}, match_opcode, 0 }},"
                )
            else:
                reason = f"its word has {instruction.pattern.bits} bits"
                made.left_out.append(
                    f"{instruction.mnemonic}: "
                    + (reason if isinstance(letters, str) else letters.said)
                )
    if declared:
        made.files["riscv-opc.h"] = "\n".join(
            [
                "/* To be added to include/opcode/riscv-opc.h.  */",
                *defines,
                "#ifdef DECLARE_INSN",
                *declared,
                "#endif",
                "",
            ]
        )
        made.files["riscv-opc.c"] = "\n".join(
            ["/* To be added to riscv_opcodes in opcodes/riscv-opc.c.  */", *rows, ""]
        )
    return made


def _name(made: Instruction, extension: Extension) -> str:
    """What its constants are called; RV32 and RV64 may have words of their own."""
    name = re.sub(r"\W", "_", made.mnemonic).upper()
    words = {
        (one.pattern.mask, one.pattern.match)
        for one in extension.instructions.values()
        if one.mnemonic == made.mnemonic
    }
    return f"{name}_RV{made.xlens[0]}" if len(words) > 1 else name


class _Unsaid:
    """Why there are no letters for an instruction."""

    def __init__(self, said: str) -> None:
        self.said = said


def _letters(made: Instruction) -> str | _Unsaid:
    parts = []
    for slot in made.syntax.slots:
        spelled = []
        for name in (slot.name, slot.base):
            if name:
                letter = _letter(made.operands[name])
                if not letter:
                    return _Unsaid(
                        f"binutils has no letter for its operand '{name}' of kind "
                        f"'{made.operands[name].kind.name}' at this place of the word"
                    )
                spelled.append(letter)
            else:
                spelled.append("")
        parts.append(f"{spelled[0]}({spelled[1]})" if spelled[1] else spelled[0])
    return ",".join(parts).replace(",Vm", "Vm")


def _letter(operand: Operand) -> str:
    kind, pieces = operand.kind, operand.field.pieces
    shape = [(p.word_lsb, p.bits, p.value_lsb) for p in pieces]
    if isinstance(kind, RegisterKind):
        is_plain = len(shape) == 1 and shape[0][1:] == (5, 0) and kind.group == 1
        return _REGISTERS.get((kind.file.name, shape[0][0]), "") if is_plain else ""
    if isinstance(kind, RoundingKind):
        return "m" if shape == [(12, 3, 0)] else ""
    if isinstance(kind, MaskKind):
        return "Vm" if shape == [(25, 1, 0)] else ""
    if not isinstance(kind, ImmediateKind) or kind.bias or kind.wrap:
        return ""
    if kind.is_target:
        known = {13: "p", 21: "a"}
        return known.get(operand.field.width, "") if operand.field.lsb == 1 else ""
    if kind.signed and shape == [(20, 12, 0)]:
        return "j"
    if kind.signed and shape == [(25, 7, 5), (7, 5, 0)]:
        return "q"
    if len(shape) == 1 and shape[0][2] == 0:
        at, bits, _ = shape[0]
        return f"X{'s' if kind.signed else 'u'}{bits}@{at}"
    return ""
