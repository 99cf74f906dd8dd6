"""The bit diagram of an instruction, in text."""

from __future__ import annotations

from dataclasses import dataclass

from rvx.isa import Instruction


@dataclass(frozen=True)
class Box:
    """Neighbouring bits of a word that belong together.

    Attributes:
        high: the most significant bit.
        low: the least significant bit.
        text: fixed bits, or the field with the bits of the value that stand here.
    """

    high: int
    low: int
    text: str


def boxes(made: Instruction) -> list[Box]:
    """The word from its most significant bit to its least."""
    pattern = made.pattern
    found: list[Box] = []
    covered = 0
    for field in pattern.fields.values():
        for piece in field.pieces:
            is_whole = len(field.pieces) == 1 and piece.value_lsb == 0
            high = piece.value_lsb + piece.bits - 1
            part = f"[{high}]" if piece.bits == 1 else f"[{high}:{piece.value_lsb}]"
            found.append(
                Box(
                    piece.word_lsb + piece.bits - 1,
                    piece.word_lsb,
                    field.name if is_whole else field.name + part,
                )
            )
            covered |= ((1 << piece.bits) - 1) << piece.word_lsb
    found += _fixed(pattern.bits, covered, pattern.mask, pattern.default)
    return sorted(found, key=lambda box: -box.high)


def _fixed(bits: int, covered: int, mask: int, default: int) -> list[Box]:
    """Runs of fixed bits; those that the decoder ignores are in parentheses."""
    found: list[Box] = []
    high = bits - 1
    while high >= 0:
        if covered >> high & 1:
            high -= 1
            continue
        is_compared = mask >> high & 1
        low = high
        # Opcodes and function codes are read apart from what stands left of them.
        while low > 0 and not covered >> (low - 1) & 1 and (mask >> (low - 1) & 1) == is_compared:
            if low in (7, 12, 15, 20, 25) and bits == 32:
                break
            low -= 1
        text = f"{default >> low & ((1 << (high - low + 1)) - 1):0{high - low + 1}b}"
        found.append(Box(high, low, text if is_compared else f"({text})"))
        high = low - 1
    return found


def draw(made: Instruction) -> str:
    """Three lines: bit numbers, boxes with what is in them, and a rule."""
    numbers, contents, rule = "", "", ""
    for box in boxes(made):
        ends = str(box.high) if box.high == box.low else f"{box.high} {box.low}"
        width = max(len(box.text), len(ends)) + 2
        if box.high == box.low:
            label = str(box.high).center(width)
        else:
            label = f"{box.high}{str(box.low).rjust(width - len(str(box.high)))}"
        numbers += " " + label
        contents += "|" + box.text.center(width)
        rule += "+" + "-" * width
    return "\n".join((numbers.rstrip(), rule + "+", contents + "|", rule + "+"))
