"""Extensions as a TextMate grammar: assembly with their mnemonics and registers, for editors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from rvx.export.target import Export
from rvx.isa import Extension
from rvx.isa.registers import F, V, X


def mnemonics(extensions: Iterable[Extension]) -> list[str]:
    """All mnemonics and aliases, longer ones first, as alternatives of a pattern need it."""
    found = {made.mnemonic for one in extensions for made in one.instructions.values()}
    found |= {alias.syntax.mnemonic for one in extensions for alias in one.aliases}
    return sorted(found, key=lambda name: (-len(name), name))


def registers(extensions: Iterable[Extension]) -> list[str]:
    """All spellings of registers, longer ones first."""
    files = [X, F, V, *(file for one in extensions for file in one.register_files.values())]
    found = {name for file in files for name in file.numbers()}
    return sorted(found, key=lambda name: (-len(name), name))


def alternatives(names: Iterable[str]) -> str:
    """A pattern for one of these names."""
    return "|".join(re.escape(name) for name in names)


def export(extensions: Sequence[Extension]) -> Export:
    """One grammar for all of the extensions."""
    names = " ".join(extension.name for extension in extensions)
    own = alternatives(mnemonics(extensions))
    grammar = {
        "name": f"RISC-V assembly with {names}",
        "scopeName": "source.riscv.rvx",
        "fileTypes": ["s", "S"],
        "patterns": [
            {"name": "comment.line.number-sign.riscv", "match": r"(#|//).*$"},
            {"name": "comment.block.riscv", "begin": r"/\*", "end": r"\*/"},
            {
                "name": "string.quoted.double.riscv",
                "begin": '"',
                "end": '"',
                "patterns": [{"name": "constant.character.escape.riscv", "match": r"\\."}],
            },
            {"name": "entity.name.label.riscv", "match": r"^\s*([A-Za-z_.$][\w.$]*|\d+):"},
            {"name": "keyword.control.directive.riscv", "match": r"(?<![\w.])\.[a-z_]\w*"},
            {
                "name": "keyword.other.instruction.custom.riscv",
                "match": rf"(?<![\w.])(?:{own})(?![\w.])",
            },
            {
                "name": "variable.language.register.riscv",
                "match": rf"(?<![\w.])(?:{alternatives(registers(extensions))})(?![\w.])",
            },
            {
                "name": "constant.numeric.riscv",
                "match": r"(?<![\w.])-?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)(?![\w.])",
            },
            {
                "name": "meta.statement.riscv",
                "match": r"(?:^|(?<=[:;]))\s*([a-z][a-z0-9.]*)",
                "captures": {"1": {"name": "keyword.other.instruction.riscv"}},
            },
        ],
    }
    text = json.dumps(grammar, indent=2) + "\n"
    return Export({"rvx.tmLanguage.json": text})
