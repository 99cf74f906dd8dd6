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


class Disassembler:
    """Makes lines, one after the other, and keeps in mind what lui and auipc have made.

    Args:
        isa: decides what is an instruction.
        symbols: for targets and comments; `__global_pointer$` is understood as gp.
        aliases: see `format_instruction`.
    """

    def __init__(self, isa: Isa, symbols: Symbols | None = None, aliases: bool = True) -> None:
        self._isa = isa
        self._symbols = symbols
        self._aliases = aliases
        self._tracker = AddressTracker(isa, symbols)

    def use_symbols(self, symbols: Symbols) -> None:
        """Describes addresses by these symbols from here on."""
        self._symbols = symbols
        self._tracker.use_symbols(symbols)

    def line(self, code: bytes, at: int, address: Address) -> Line:
        """The line at `code[at:]`, which stands at this address.

        What is no instruction comes out as data of the size that its low bits say, or less at the
        end of the code.
        """
        size = min(instruction_size(code[at]), len(code) - at)
        word = int.from_bytes(code[at : at + size], "little")
        decoded = self._isa.decode(word) if size in (2, 4) else None
        if decoded is None or decoded.instruction.size != size:
            return _data_line(size, word, address)
        written = write(decoded, self._isa, address, self._symbols, self._aliases)
        comment = self._tracker.comment(decoded, address, written.mnemonic)
        return Line(address, size, word, written, comment, decoded)


def _data_line(size: int, word: Word, address: Address) -> Line:
    if size not in _DIRECTIVES:
        size = 2 if size > 2 else 1
        word &= (1 << 8 * size) - 1
    return Line(address, size, word, Written(_DIRECTIVES[size], f"{word:#x}"))


def disassemble(
    code: bytes,
    address: Address,
    isa: Isa,
    symbols: Symbols | None = None,
    aliases: bool = True,
) -> Iterator[Line]:
    """The lines of a run of bytes, which begins at the address; see `Disassembler`."""
    disassembler = Disassembler(isa, symbols, aliases)
    at = 0
    while at < len(code):
        line = disassembler.line(code, at, address + at)
        yield line
        at += line.size


def instruction_size(first_byte: int) -> int:
    """Bytes of an instruction, from its first: 2, 4, 6 or 8 (longer ones are not defined)."""
    if first_byte & 0b11 != 0b11:
        return 2
    if first_byte & 0b11111 != 0b11111:
        return 4
    if first_byte & 0b111111 == 0b011111:
        return 6
    return 8 if first_byte & 0b1111111 == 0b0111111 else 2
