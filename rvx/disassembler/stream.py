"""Disassembles a run of bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rvx.disassembler.addresses import AddressTracker
from rvx.disassembler.symbols import Symbols
from rvx.disassembler.text import Written, write
from rvx.isa import Address, Decoded, Isa, Word

_DIRECTIVES = {1: ".byte", 2: ".2byte", 4: ".4byte", 8: ".8byte"}


@dataclass(frozen=True)
class Line:
    """One instruction, or a word that is none.

    Attributes:
        address: where it stands.
        size: in bytes.
        word: its bits.
        written: the instruction, or a data directive such as `.2byte 0x10`.
        comment: an address that the instruction makes, as objdump notes it; or empty.
        decoded: None if the word is not an instruction of the ISA.
    """

    address: Address
    size: int
    word: Word
    written: Written
    comment: str = ""
    decoded: Decoded | None = None

    @property
    def text(self) -> str:
        """The line in assembly, with its comment."""
        return f"{self.written} # {self.comment}" if self.comment else str(self.written)


def disassemble(
    code: bytes,
    address: Address,
    isa: Isa,
    symbols: Symbols | None = None,
    aliases: bool = True,
) -> Iterator[Line]:
    """The instructions of a run of bytes, one after the other.

    Words that are no instruction come out as data directives of the size that their low bits say.

    Args:
        code: the bytes; an odd or half one at the end is data.
        address: of the first byte.
        isa: decides what is an instruction.
        symbols: for targets and comments; `__global_pointer$` is understood as gp.
        aliases: see `format_instruction`.
    """
    tracker = AddressTracker(isa, symbols)
    at = 0
    while at < len(code):
        size = min(instruction_size(code[at]), len(code) - at)
        word = int.from_bytes(code[at : at + size], "little")
        here = address + at
        decoded = isa.decode(word) if size in (2, 4) else None
        if decoded is not None and decoded.instruction.size == size:
            written = write(decoded, isa, here, symbols, aliases)
            yield Line(here, size, word, written, tracker.comment(decoded, here), decoded)
        else:
            if size not in _DIRECTIVES:
                size = 2 if size > 2 else 1
                word &= (1 << 8 * size) - 1
            yield Line(here, size, word, Written(_DIRECTIVES[size], f"{word:#x}"))
        at += size


def instruction_size(first_byte: int) -> int:
    """Bytes of an instruction, from its first: 2, 4, 6 or 8 (longer ones are not defined)."""
    if first_byte & 0b11 != 0b11:
        return 2
    if first_byte & 0b11111 != 0b11111:
        return 4
    if first_byte & 0b111111 == 0b011111:
        return 6
    return 8 if first_byte & 0b1111111 == 0b0111111 else 2
