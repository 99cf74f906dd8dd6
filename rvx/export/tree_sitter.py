"""Extensions as a query of tree-sitter: what to highlight in the trees of tree-sitter-asm.

Its nodes are called `instruction`, with the mnemonic as `kind`, and `reg`. A mnemonic is found
where the grammar takes it for one word: versions whose words have no dots do not with `add.uw`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from rvx.export.target import Export
from rvx.export.textmate import mnemonics, registers
from rvx.isa import Extension


def export(extensions: Sequence[Extension]) -> Export:
    """One query for all of the extensions, to stand behind the grammar's own."""
    names = ", ".join(extension.name for extension in extensions)
    lines = [
        f"; RISC-V assembly with {names}; to be added to highlights.scm of tree-sitter-asm.",
        *_among(
            "(instruction kind: (_) @function.builtin", "function.builtin", mnemonics(extensions)
        ),
        *_among("((reg) @variable.builtin", "variable.builtin", registers(extensions)),
        "",
    ]
    return Export({"highlights.scm": "\n".join(lines)})


def _among(pattern: str, capture: str, names: Sequence[str]) -> list[str]:
    """A pattern whose capture is one of these names, as it stands."""
    listed = [f"    {json.dumps(name)}" for name in sorted(names)]
    return ["", pattern, f"  (#any-of? @{capture}", *listed[:-1], f"{listed[-1]}))"]
