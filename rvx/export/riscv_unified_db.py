"""Files of riscv-unified-db: YAML with the encoding of each instruction, by its schema of 2025.

What an instruction does is written in the language IDL, see `rvx.export.idl`; where a body does
what that cannot say, `operation()` is left away, as the schema allows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from rvx.bodies.problem import BodyProblem
from rvx.export import idl
from rvx.export.cbody import Untranslatable
from rvx.export.integerbody import Bodies
from rvx.export.target import Export
from rvx.isa import Extension, Instruction, Operand
from rvx.isa.operands import ImmediateKind, RegisterKind

_REGISTERS = {"rd": "d", "rs1": "s1", "rs2": "s2", "rs3": "s3"}
_FILES = ("x", "f", "v")


def export(extensions: Sequence[Extension]) -> Export:
    """A file for each instruction, in folders as of `spec/std/isa`."""
    made = Export()
    for extension in extensions:
        bodies = Bodies(extension)
        together: dict[str, list[Instruction]] = {}
        for instruction in extension.instructions.values():
            together.setdefault(instruction.mnemonic, []).append(instruction)
        for mnemonic, forms in together.items():
            reason = _unsaid(mnemonic, forms)
            if reason:
                made.left_out.append(f"{mnemonic}: {reason}")
            else:
                text = _file(extension, forms)
                try:
                    names = {e.name: _variable(e) for one in forms for e in one.operands.values()}
                    operation = idl.operation(bodies, forms, names)
                    text += "operation(): |\n"
                    text += "".join(f"  {line}\n" for line in operation.splitlines())
                except (Untranslatable, BodyProblem) as error:
                    shown = " ".join(str(error).split())
                    made.left_out.append(f"{mnemonic}: written without its operation: {shown}")
                made.files[f"inst/{extension.name}/{mnemonic}.yaml"] = text
    return made


def _unsaid(mnemonic: str, forms: Sequence[Instruction]) -> str:
    if not re.fullmatch(r"[a-z0-9.]+", mnemonic):
        return "its name has characters that names have not there"
    if any(made.pattern.bits > 48 for made in forms):
        return "words of more than 48 bits have no encoding there"
    for made in forms:
        for operand in made.operands.values():
            field = operand.field
            if field.pieces and sum(p.bits for p in field.pieces) != field.width - field.lsb:
                return f"'{operand.name}' leaves out bits in its middle, which locations do not"
    if len(forms) > 1 and sorted(width for made in forms for width in made.xlens) != [32, 64]:
        return "it has several encodings that differ by more than the register width"
    return ""


def _file(extension: Extension, forms: Sequence[Instruction]) -> str:
    first = forms[0]
    doc = " ".join(first.doc.split()) or first.mnemonic
    lines = [
        "# yaml-language-server: $schema=../../../../schemas/inst_schema.json",
        "",
        '$schema: "inst_schema.json#"',
        "kind: instruction",
        f"name: {first.mnemonic}",
        f"long_name: {json.dumps(doc.split('. ')[0].rstrip('.'))}",
        "description: |",
        f"  {doc}",
        f"definedBy: {extension.name}",
    ]
    if len(forms) == 1 and len(first.xlens) == 1:
        lines.append(f"base: {first.xlens[0]}")
    shown = re.sub(r"[:][^,()\s]+", "", first.syntax.shape.partition(" ")[2])
    for name, operand in first.operands.items():
        shown = re.sub(rf"\b{name}\b", _variable(operand), shown)
    lines += [f"assembly: {json.dumps(shown)}", "encoding:"]
    if len(forms) == 1:
        lines += _encoding(first, "  ")
    else:
        for made in sorted(forms, key=lambda one: one.xlens):
            lines += [f"  RV{made.xlens[0]}:", *_encoding(made, "    ")]
    lines += ["access:", *(f"  {mode}: always" for mode in ("s", "u", "vs", "vu")), ""]
    return "\n".join(lines)


def _encoding(made: Instruction, pad: str) -> list[str]:
    pattern = made.pattern
    match = "".join(
        str(pattern.match >> bit & 1) if pattern.mask >> bit & 1 else "-"
        for bit in reversed(range(pattern.bits))
    )
    lines = [f'{pad}match: "{match}"']
    stored = [operand for operand in made.operands.values() if operand.field.pieces]
    if stored:
        lines.append(f"{pad}variables:")
    for operand in stored:
        lines += [
            f"{pad}  - name: {_variable(operand)}",
            f"{pad}    location: {_location(operand)}",
        ]
        kind, lsb = operand.kind, operand.field.lsb
        if lsb:
            lines.append(f"{pad}    left_shift: {lsb}")
        if isinstance(kind, ImmediateKind) and kind.signed:
            lines.append(f"{pad}    sign_extend: true")
        field = operand.field
        refused = sorted(
            {field.extract(match) for mask, match in operand.reserved if mask == field.insert(-1)}
        )
        if refused:
            lines.append(f"{pad}    not: {refused if len(refused) > 1 else refused[0]}")
    return lines


def _variable(operand: Operand) -> str:
    """A register's name there: the letter of its file is its first."""
    kind = operand.kind
    if isinstance(kind, RegisterKind) and kind.file.name in _FILES and operand.name in _REGISTERS:
        return kind.file.name + _REGISTERS[operand.name]
    return operand.name


def _location(operand: Operand) -> str:
    """Where the bits are, the highest first."""
    pieces = sorted(operand.field.pieces, key=lambda piece: -piece.value_lsb)
    return "|".join(
        f"{piece.word_lsb + piece.bits - 1}-{piece.word_lsb}"
        if piece.bits > 1
        else str(piece.word_lsb)
        for piece in pieces
    )
