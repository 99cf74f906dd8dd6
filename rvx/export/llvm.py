"""Extensions as TableGen records of LLVM's RISC-V target.

A file is to be included by `RISCVInstrInfo.td`; it uses that target's classes `RVInst` and
`RVInst16`, and its classes of operands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rvx.export.target import Export
from rvx.isa import Extension, Instruction
from rvx.isa.operands import ImmediateKind, MaskKind, Operand, RegisterKind, RoundingKind
from rvx.isa.registers import F, V, X

_CLASSES = {X: "GPR", F: "FPR64", V: "VR"}


def export(extensions: Sequence[Extension]) -> Export:
    """One file for each extension."""
    made = Export()
    for extension in extensions:
        name = extension.name
        feature = f"FeatureVendor{name}" if name[0] == "X" else f"FeatureStdExt{name}"
        doc = " ".join(extension.doc.split()).replace('"', "'")
        lines = [
            f"// {name} {extension.version}: {doc}".rstrip(": "),
            f"def {feature}",
            f'    : SubtargetFeature<"{name.lower()}", "Has{name}", "true", "\'{name}\' ({doc})">;',
            f"def Has{name}",
            f'    : Predicate<"Subtarget->has{name}()">,',
            f"      AssemblerPredicate<(all_of {feature}), \"'{name}' ({doc})\">;",
            "",
            f"let Predicates = [Has{name}] in {{",
        ]
        count = 0
        for instruction in extension.instructions.values():
            reason = _obstacle(instruction)
            if reason:
                made.left_out.append(f"{instruction.mnemonic}: {reason}")
                continue
            lines += _record(instruction)
            count += 1
        if count:
            made.files[f"RISCVInstrInfo{name}.td"] = "\n".join([*lines, f"}} // Has{name}", ""])
    return made


def _obstacle(made: Instruction) -> str:
    if made.size > 4:
        return f"its word has {made.pattern.bits} bits, and the target's classes 16 and 32"
    for operand in made.operands.values():
        kind = operand.kind
        if isinstance(kind, RegisterKind) and (kind.file not in _CLASSES or kind.group > 1):
            return (
                f"its operand '{operand.name}' is of registers ('{kind.name}') that the target has "
                f"no class for; declare one, and this record by it"
            )
    return ""


def record_name(made: Instruction) -> str:
    """The name of the record: RV32 and RV64 may have one each."""
    width = f"_RV{made.xlens[0]}" if len(made.xlens) == 1 else ""
    return re.sub(r"\W", "_", made.mnemonic).upper() + width


def _class_of(operand: Operand) -> str:
    kind = operand.kind
    if isinstance(kind, RegisterKind):
        if kind.is_indexed and len(kind.numbers) == 8:
            return f"{_CLASSES[kind.file].rstrip('64')}C" if kind.file is X else "FPR64C"
        if kind.file is X and 0 not in kind.numbers:
            return "GPRNoX0"
        return "SP" if kind.numbers == (2,) else _CLASSES[kind.file]
    if isinstance(kind, RoundingKind):
        return "frmarg"
    if isinstance(kind, MaskKind):
        return "VMaskOp"
    if isinstance(kind, ImmediateKind):
        if kind.is_target:
            return {13: "simm13_lsb0", 21: "simm21_lsb0_jal"}.get(
                operand.field.width, "bare_symbol"
            )
        letter = "s" if kind.signed else "u"
        zeros = f"_lsb{'0' * operand.field.lsb}" if operand.field.lsb else ""
        return f"{letter}imm{operand.field.width}{zeros}"
    return f"uimm{operand.field.width}"


def _record(made: Instruction) -> list[str]:
    written = [name for name in made.writes if made.operands[name].field.pieces]
    read = [
        operand
        for operand in made.operands.values()
        if operand.field.pieces and (operand.name not in written or operand.name in made.requests)
    ]
    tied = [name for name in written if name in made.requests]
    outs = ", ".join(
        f"{_class_of(made.operands[name])}:${name}{'_wb' if name in tied else ''}"
        for name in written
    )
    outs = f"(outs {outs})" if outs else "(outs)"
    ins = ", ".join(f"{_class_of(operand)}:${operand.name}" for operand in read)
    ins = f"(ins {ins})" if ins else "(ins)"
    shape = re.sub(r"([a-z]\w*)", r"$\1", made.syntax.shape.partition(" ")[2])
    base = "RVInst16" if made.size == 2 else "RVInst"
    bits = made.pattern.bits
    lines = [
        f"def {record_name(made)}",
        f"    : {base}<{outs}, {ins},",
        f'      "{made.mnemonic}", "{shape}", [], InstFormatOther> {{',
    ]
    for operand in made.operands.values():
        if operand.field.pieces:
            width = operand.field.width
            lines.append(f"  bits<{width}> {operand.name};")
    covered = 0
    for operand in made.operands.values():
        for piece in operand.field.pieces:
            word = f"{piece.word_lsb + piece.bits - 1}-{piece.word_lsb}"
            value = f"{piece.value_lsb + piece.bits - 1}-{piece.value_lsb}"
            lines.append(f"  let Inst{{{word}}} = {operand.name}{{{value}}};")
            covered |= (1 << piece.bits) - 1 << piece.word_lsb
    high = bits - 1
    while high >= 0:
        low = high
        if not covered >> high & 1:
            while low and not covered >> low - 1 & 1:
                low -= 1
            fixed = made.pattern.default >> low & (1 << high - low + 1) - 1
            lines.append(f"  let Inst{{{high}-{low}}} = 0b{fixed:0{high - low + 1}b};")
        high = low - 1
    memory = "mem" in made.requests or made.body is None
    lines.append(f"  let mayLoad = {int(memory)};")
    lines.append(f"  let mayStore = {int(memory)};")
    others = {*made.requests} - {*made.operands, "xlen"}
    lines.append(f"  let hasSideEffects = {int(made.body is None or bool(others - {'mem'}))};")
    if tied:
        constraints = ", ".join(f"${name} = ${name}_wb" for name in tied)
        lines.append(f'  let Constraints = "{constraints}";')
    if len(made.xlens) == 1:
        lines.append(f"  // RV{made.xlens[0]} only")
    return [*lines, "}"]
