"""Extensions as one JSON document: everything that is declared but the bodies."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rvx.export.target import Export
from rvx.isa import Extension, Instruction
from rvx.isa.operands import ImmediateKind, Operand, RegisterKind

SCHEMA = "rvx.isa.export/1"


def export(extensions: Sequence[Extension]) -> Export:
    """One document for all of the extensions."""
    document = {"schema": SCHEMA, "extensions": [_extension(each) for each in extensions]}
    return Export({"extensions.json": json.dumps(document, indent=2) + "\n"})


def _extension(one: Extension) -> dict[str, Any]:
    return {
        "name": one.name,
        "version": one.version,
        "doc": one.doc,
        "source": one.source,
        "requires": list(one.requires),
        "register_files": [
            {"name": file.name, "count": file.count, "bits": file.bits, "names": list(file.abi)}
            for file in one.register_files.values()
        ],
        "states": [
            {"name": state.name, "words": state.words, "doc": state.doc}
            for state in one.states.values()
        ],
        "csrs": [
            {"name": csr.name, "address": csr.address, "bits": csr.bits, "doc": csr.doc}
            for csr in one.csrs.values()
        ],
        "instructions": [_instruction(made) for made in one.instructions.values()],
        "aliases": [
            {
                "syntax": alias.syntax.shape,
                "target": alias.target,
                "bindings": dict(alias.bindings),
                "is_printed": alias.is_printed,
                "xlens": list(alias.xlens),
            }
            for alias in one.aliases
        ],
    }


def _instruction(made: Instruction) -> dict[str, Any]:
    digits = made.pattern.bits // 4
    return {
        "mnemonic": made.mnemonic,
        "syntax": made.syntax.shape,
        "doc": made.doc,
        "kind": made.category,
        "xlens": list(made.xlens),
        "bits": made.pattern.bits,
        "mask": f"0x{made.pattern.mask:0{digits}x}",
        "match": f"0x{made.pattern.match:0{digits}x}",
        "has_body": made.has_body,
        "reads": [name for name in made.requests if name in made.operands],
        "writes": list(made.writes),
        "operands": [_operand(operand) for operand in made.operands.values()],
    }


def _operand(operand: Operand) -> dict[str, Any]:
    kind = operand.kind
    described: dict[str, Any] = {"name": operand.name, "kind": kind.name}
    if isinstance(kind, RegisterKind):
        described |= {"registers": kind.file.name, "group": kind.group}
    elif isinstance(kind, ImmediateKind):
        least, most = operand.range
        described |= {"least": least, "most": most, "is_target": kind.is_target}
    described["pieces"] = [
        {"word_lsb": piece.word_lsb, "bits": piece.bits, "value_lsb": piece.value_lsb}
        for piece in operand.field.pieces
    ]
    return described
