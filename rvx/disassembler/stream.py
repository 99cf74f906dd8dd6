"""Disassembles a run of bytes."""

from __future__ import annotations

from collections.abc import Iterator

from rvx.disassembler.addresses import AddressTracker
from rvx.disassembler.symbols import Symbols
from rvx.disassembler.text import Written, write
from rvx.isa import Address, Decoded, Isa, Word
from rvx.isa.bits import word_size
from rvx.records import dataclass

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

        Raises:
            IndexError: the line does not begin within the code.
        """
        if not 0 <= at < len(code):
            raise IndexError(f"{address:#x} is outside of the code")
        size = instruction_size(int.from_bytes(code[at : at + 2], "little"))
        if size > len(code) - at:
            size = 2 if len(code) - at > 1 else 1  # What is cut off is no word.
        word = int.from_bytes(code[at : at + size], "little")
        decoded = self._isa.decode(word) if size in (2, 4, 6, 8) else None
        if decoded is None or decoded.instruction.size != size:
            return _data_line(size, word, address)
        written = write(decoded, self._isa, address, self._symbols, self._aliases)
        comment = self._tracker.comment(decoded, address, written.mnemonic)
        return Line(address, size, word, written, comment, decoded)


def _data_line(size: int, word: Word, address: Address) -> Line:
    """A word that is no instruction, as objdump writes it: a number, or bytes where it is long."""
    directive = _DIRECTIVES.get(size)
    if directive is None:
        operands = ", ".join(f"{byte:#04x}" for byte in word.to_bytes(size, "little"))
        return Line(address, size, word, Written(".byte", operands))
    return Line(address, size, word, Written(directive, f"{word:#x}"))


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


def instruction_size(first: int) -> int:
    """Bytes of an instruction, from its first 16 bits (The RISC-V ISA manual, 1.5).

    Words of 192 bits and more have no length yet: as in objdump, two bytes are passed over.
    """
    if first & 0b1111111 != 0b1111111:
        return word_size(first)
    longer = first >> 12 & 0b111
    return 2 if longer == 0b111 else 10 + 2 * longer
