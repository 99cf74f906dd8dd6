"""Random words of declared instructions."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

from rvx.isa import Instruction, Isa

GNU = "riscv64-unknown-elf-"
FEW = (0, 0, 1, 2, 3, 5, 10, -1)


def random_words(made: Instruction, isa: Isa, rng: random.Random, count: int) -> Iterator[int]:
    """Words that decode as the instruction, or as another spelling of all its words.

    Small and equal operands are likely.
    """
    loose = made.pattern.default & ~made.pattern.mask
    found = 0
    while found < count:
        word = rng.getrandbits(made.pattern.bits)
        if rng.random() < 0.4:
            for operand in made.operands.values():
                word &= ~operand.field.insert(-1)
                word |= operand.field.insert(rng.choice(FEW))
        fields = sum(operand.field.insert(-1) for operand in made.operands.values())
        word = word & fields | made.pattern.match | loose
        decoded = isa.decode(word)
        if decoded is None:
            continue
        found_in, own = decoded.instruction.pattern, made.pattern
        if decoded.instruction is made or (found_in.mask, found_in.match) == (own.mask, own.match):
            found += 1
            yield word


def objdump(code: bytes, xlen: int, path: Path, *options: str) -> list[tuple[int, str]]:
    """What objdump says to a run of words: each word with its text."""
    path.write_bytes(code)
    command = [
        f"{GNU}objdump",
        "-D",
        "-z",
        "-b",
        "binary",
        "-m",
        f"riscv:rv{xlen}",
        *options,
        str(path),
    ]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = [line.split("\t", 2) for line in output.splitlines() if line.count("\t") >= 2]
    return [(int(word, 16), " ".join(text.split())) for _, word, text in rows]
