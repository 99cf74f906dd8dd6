"""Mnemonics with `ah` and `ab`: words of the same encoding as those with `h` and `b`.

Which format a word means is in fmode, not in the word, so these names only tell the reader. The
disassembler prints `h` and `b`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from rvx.isa import Extension, Instruction

_ALTERNATES = {"h": "ah", "b": "ab"}
_STORAGE = {"flh": "flah", "fsh": "fsah", "flb": "flab", "fsb": "fsab"}


def spellings(mnemonic: str) -> Iterator[str]:
    """Every other way to write a mnemonic."""
    if mnemonic in _STORAGE:
        yield _STORAGE[mnemonic]
        return
    name, *parts = mnemonic.split(".")
    for chosen in product(*((part, _ALTERNATES.get(part, part)) for part in parts)):
        written = ".".join([name, *chosen])
        if written != mnemonic:
            yield written


def declare_spellings(extension: Extension) -> None:
    """Declares the further names of all instructions of the extension."""
    for made in list(extension.instructions.values()):
        for written in dict.fromkeys(spellings(made.mnemonic)):
            _declare(extension, made, written)


def _declare(extension: Extension, made: Instruction, written: str) -> None:
    _, _, operands = made.syntax.text.partition(" ")
    xlen = made.xlens[0] if len(made.xlens) == 1 else None
    target = f"{made.mnemonic} {', '.join(made.operands)}"
    extension.alias(f"{written} {operands}", target, is_printed=False, xlen=xlen)
