"""Control and status registers that rvx itself holds, as windows into state words."""

from __future__ import annotations

from rvx.isa.errors import DeclarationError
from rvx.records import dataclass


@dataclass(frozen=True)
class Csr:
    """A CSR whose value is a run of bits of one state word.

    Windows may overlap: fflags, frm and fcsr look at the same word.

    Attributes:
        name: as written in assembly.
        address: 12 bits.
        state: the state word that holds the bits.
        lsb: position of the lowest bit within the word.
        bits: how many bits; writes to higher bits are ignored.
        doc: what it holds, in a sentence.
        word: which word of the state.
        counts: if not 0, the CSR counts: it reads one more for every so many executed instructions.
            The state word holds what it reads beyond that.
        xlens: the register widths that have it.
    """

    name: str
    address: int
    state: str
    lsb: int = 0
    bits: int = 64
    doc: str = ""
    word: int = 0
    counts: int = 0
    xlens: tuple[int, ...] = (32, 64)

    @property
    def mask(self) -> int:
        """The bits of the value, as an int64: all 64 of them are -1."""
        return -1 if self.bits == 64 else (1 << self.bits) - 1

    def __post_init__(self) -> None:
        if not all(type(part) is int for part in (self.address, self.lsb, self.bits)):
            raise DeclarationError(
                f"CSR '{self.name}': address, lsb and bits are whole numbers, not "
                f"{self.address!r}, {self.lsb!r} and {self.bits!r}"
            )
        if not 0 <= self.address < 1 << 12:
            raise DeclarationError(f"CSR '{self.name}': {self.address:#x} is not a 12-bit address")
        if self.lsb < 0 or self.bits < 1 or self.lsb + self.bits > 64:
            raise DeclarationError(
                f"CSR '{self.name}': bits {self.lsb} to {self.lsb + self.bits - 1} are not within "
                f"a 64-bit state word"
            )
