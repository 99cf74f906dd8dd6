"""Bit patterns of instructions, read from their one-line spelling.

A pattern lists a word from its most significant bit to its least:

* a run of `0` and `1` is fixed;
* `(01)` is encoded like that and ignored by the decoder;
* `rd` is a field as wide as its operand;
* `imm[11:0]` and `imm[12|10:5]` are fields that hold these bits of a value, which makes split
  immediates: pieces with the same name are put together. Bits that no piece holds are 0, so a
  branch target spelled `imm[12|10:5]` ... `imm[4:1|11]` is even by construction.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from rvx.isa.bits import Word, word_size
from rvx.isa.errors import DeclarationError
from rvx.records import dataclass
from rvx.regex import regex

_TOKEN = regex(
    r"(?P<bits>[01]+)|\((?P<loose>[01]+)\)|(?P<name>[a-z][a-z0-9_]*)(?:\[(?P<slices>[0-9:|]+)\])?"
)
DEFAULT_WIDTHS = {
    **dict.fromkeys(("rd", "rs1", "rs2", "rs3", "vd", "vs1", "vs2", "vs3"), 5),
    "rm": 3,
    "vm": 1,
}


LOW_BITS = {
    16: "00, 01 or 10",
    32: "11, but not 11111",
    48: "011111",
    64: "0111111",
}
"""What words of each width end with; longer ones are reserved."""


@dataclass(frozen=True)
class Piece:
    """`bits` bits of a value, from bit `value_lsb` up, stored at bit `word_lsb` of the word."""

    word_lsb: int
    bits: int
    value_lsb: int


@dataclass(frozen=True)
class Field:
    """Where the bits of one operand stand in the word."""

    name: str
    pieces: tuple[Piece, ...]

    @cached_property
    def lsb(self) -> int:
        """The lowest bit of the value that is stored; the value is a multiple of 2**lsb."""
        return min(piece.value_lsb for piece in self.pieces)

    @cached_property
    def width(self) -> int:
        """How many bits the value has, counted from bit 0."""
        return max(piece.value_lsb + piece.bits for piece in self.pieces)

    def extract(self, word: Word) -> int:
        """The stored value, not negative."""
        value = 0
        for piece in self.pieces:
            value |= (word >> piece.word_lsb & (1 << piece.bits) - 1) << piece.value_lsb
        return value

    def insert(self, value: int) -> Word:
        """A word with nothing but this value; bits that are not stored are dropped."""
        word = 0
        for piece in self.pieces:
            word |= (value >> piece.value_lsb & (1 << piece.bits) - 1) << piece.word_lsb
        return word


@dataclass(frozen=True)
class Pattern:
    """A parsed pattern.

    Attributes:
        text: the spelling that it was read from.
        bits: width of the word: 16, 32, 48 or 64.
        mask: bits that the decoder compares.
        match: their values.
        default: `match`, with the values of bits that are encoded and not compared.
        fields: the fields by name, in the order of the spelling.
    """

    text: str
    bits: int
    mask: Word
    match: Word
    default: Word
    fields: Mapping[str, Field]

    @property
    def size(self) -> int:
        """Bytes of the word."""
        return self.bits // 8

    def matches(self, word: Word) -> bool:
        """Whether the fixed bits of the word are those of this pattern."""
        return word & self.mask == self.match

    def overlaps(self, other: Pattern) -> bool:
        """Whether some word matches both patterns."""
        common = self.mask & other.mask
        return self.bits == other.bits and self.match & common == other.match & common


def parse_pattern(text: str, widths: Mapping[str, int] | None = None) -> Pattern:
    """Reads a pattern.

    Args:
        text: the spelling, most significant bit first.
        widths: field widths by name, for fields without explicit bits.

    Raises:
        DeclarationError: a token is not understood, a width is unknown, a bit of a value is
            stored twice, the widths do not add up to those of a word, or its low bits
            are those of a word of another width.
    """
    widths = {**DEFAULT_WIDTHS, **(widths or {})}
    tokens = _tokens(text, widths)
    total = sum(token[1] for token in tokens)
    if total not in LOW_BITS:
        listed = " + ".join(str(token[1]) for token in tokens)
        raise DeclarationError(
            f"pattern '{text}' is {total} bits wide ({listed}); an instruction has 16, 32, 48 or 64"
        )
    mask = match = default = 0
    pieces: dict[str, list[Piece]] = {}
    at = total
    for kind, width, name, value in tokens:
        at -= width
        if kind == "field":
            pieces.setdefault(name, []).append(Piece(at, width, value))
            continue
        default |= value << at
        if kind == "fixed":
            mask |= (1 << width) - 1 << at
            match |= value << at
    # A short word whose end is a field may still be one of its width.
    if (total > 32 or mask & 3 == 3) and total != 8 * word_size(match):
        raise DeclarationError(
            f"pattern '{text}' is {total} bits wide, but does not end like one: words of {total} "
            f"bits end with {LOW_BITS[total]}"
        )
    fields = {name: Field(name, tuple(parts)) for name, parts in pieces.items()}
    for field in fields.values():
        _check_field(text, field)
    return Pattern(text, total, mask, match, default, fields)


def _tokens(text: str, widths: Mapping[str, int]) -> list[tuple[str, int, str, int]]:
    """Tokens as (kind, width, field name, value or lowest bit of the value)."""
    tokens: list[tuple[str, int, str, int]] = []
    for word in text.split():
        found = _TOKEN.fullmatch(word)
        if found is None:
            raise DeclarationError(
                f"pattern '{text}': '{word}' is neither bits such as 0110, nor (01), "
                f"nor a field such as rd or imm[11:0]"
            )
        if found["bits"]:
            tokens.append(("fixed", len(word), "", int(word, 2)))
        elif found["loose"]:
            tokens.append(("loose", len(found["loose"]), "", int(found["loose"], 2)))
        elif found["slices"]:
            for piece in found["slices"].split("|"):
                high, _, low = piece.partition(":")
                low = low or high
                if not (high and low) or int(high) < int(low):
                    raise DeclarationError(f"pattern '{text}': bits '{piece}' of '{word}'")
                tokens.append(("field", int(high) - int(low) + 1, found["name"], int(low)))
        elif found["name"] in widths:
            tokens.append(("field", widths[found["name"]], found["name"], 0))
        else:
            raise DeclarationError(
                f"pattern '{text}': the width of field '{word}' is not known; "
                f"write its bits, such as {word}[4:0]"
            )
    return tokens


def _check_field(text: str, field: Field) -> None:
    stored = 0
    for piece in field.pieces:
        bits = (1 << piece.bits) - 1 << piece.value_lsb
        if stored & bits:
            raise DeclarationError(
                f"pattern '{text}' stores a bit of '{field.name}' twice, in "
                f"[{piece.value_lsb + piece.bits - 1}:{piece.value_lsb}]"
            )
        stored |= bits
