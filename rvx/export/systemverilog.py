"""Extensions as SystemVerilog packages: masks, a decoder, and the fields of operands."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rvx.export.target import Export
from rvx.isa import Extension, Instruction
from rvx.isa.operands import ImmediateKind, Operand


def export(extensions: Sequence[Extension]) -> Export:
    """One package for each extension."""
    made = Export()
    for extension in extensions:
        chosen = []
        for instruction in extension.instructions.values():
            if instruction.size > 4:
                made.left_out.append(
                    f"{instruction.mnemonic}: the decoder takes words of 32 bits, and this one has "
                    f"{instruction.pattern.bits}"
                )
            else:
                chosen.append(instruction)
        if chosen:
            made.files[f"{extension.name.lower()}_pkg.sv"] = _package(extension, chosen)
    return made


def identifier(made: Instruction) -> str:
    """The name of an instruction that differs by register width, too."""
    width = f"_RV{made.xlens[0]}" if len(made.xlens) == 1 else ""
    return re.sub(r"\W", "_", made.mnemonic).upper() + width


def _package(extension: Extension, chosen: Sequence[Instruction]) -> str:
    prefix = extension.name.upper()
    # The strictest pattern first, as in every decoder of words that others include.
    ordered = sorted(chosen, key=lambda made: -made.pattern.mask.bit_count())
    lines = [
        f"// {extension.name} {extension.version}: {' '.join(extension.doc.split())}".rstrip(": "),
        f"package {extension.name.lower()}_pkg;",
        "",
        f"  // What a word is. {prefix}_NONE: no instruction of this extension.",
        "  typedef enum int unsigned {",
        f"    {prefix}_NONE,",
        ",\n".join(f"    {prefix}_{identifier(made)}" for made in chosen),
        f"  }} {extension.name.lower()}_t;",
        "",
    ]
    for made in chosen:
        name = f"{prefix}_{identifier(made)}"
        lines.append(f"  // {made.syntax.shape}")
        lines.append(f"  localparam logic [31:0] {name}_MASK = 32'h{made.pattern.mask:08x};")
        lines.append(f"  localparam logic [31:0] {name}_MATCH = 32'h{made.pattern.match:08x};")
    lines += [
        "",
        f"  function automatic {extension.name.lower()}_t decode(",
        "      input logic [31:0] word, input logic is_rv64);",
    ]
    for i, made in enumerate(ordered):
        name = f"{prefix}_{identifier(made)}"
        conditions = [f"(word & {name}_MASK) == {name}_MATCH"]
        if len(made.xlens) == 1:
            conditions.append("is_rv64" if made.xlens == (64,) else "!is_rv64")
        for operand in made.operands.values():
            conditions += [
                f"(word & 32'h{mask:08x}) != 32'h{match:08x}" for mask, match in operand.reserved
            ]
        lines.append(f"    {'else ' if i else ''}if ({' && '.join(conditions)})")
        lines.append(f"      return {name};")
    lines += [f"    return {prefix}_NONE;", "  endfunction"]
    for made in chosen:
        for operand in made.operands.values():
            if operand.field.pieces:
                lines += _field(made, operand)
    return "\n".join([*lines, "", "endpackage", ""])


def _field(made: Instruction, operand: Operand) -> list[str]:
    """A function that gives the bits of an operand as a value: extended, but with no bias added."""
    kind = operand.kind
    is_signed = isinstance(kind, ImmediateKind) and kind.signed
    width = operand.field.width
    at: dict[int, int] = {
        piece.value_lsb + i: piece.word_lsb + i
        for piece in operand.field.pieces
        for i in range(piece.bits)
    }
    parts: list[str] = []
    bit = width - 1
    while bit >= 0:
        low = bit
        if bit in at:
            while low - 1 in at and at[low - 1] == at[low] - 1:
                low -= 1
            parts.append(f"word[{at[bit]}:{at[low]}]" if low < bit else f"word[{at[bit]}]")
        else:
            while low - 1 >= 0 and low - 1 not in at:
                low -= 1
            parts.append(f"{bit - low + 1}'b0")
        bit = low - 1
    sign = f"{{{32 - width}{{word[{at[width - 1]}]}}}}" if is_signed else f"{32 - width}'b0"
    listed = ", ".join([sign, *parts] if width < 32 else parts)
    name = f"{identifier(made).lower()}_{operand.name}"
    return [
        "",
        f"  function automatic logic [31:0] {name}(input logic [31:0] word);",
        f"    return {{{listed}}};",
        "  endfunction",
    ]
