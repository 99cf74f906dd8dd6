"""The word of a line, both ways."""

from __future__ import annotations

from rvx.assembler import assemble
from rvx.disassembler import format_instruction
from rvx.isa import Isa


def check_word(line: str, word: int, isa: Isa) -> None:
    """Assembles a line, and prints its word again."""
    text = assemble(f"_start: {line}\n", isa).section(".text").data
    made = int.from_bytes(text[:4], "little")
    assert f"{made:#x}" == f"{word:#x}"
    decoded = isa.decode(made)
    assert decoded is not None
    assert str(format_instruction(decoded, isa)).split() == line.replace(", ", ",").split()
