"""What a repetition repeats: the words behind an instruction such as frep.o, decoded.

A sequence is a block that is performed several times. A further repetition may stand in it, whose
block lies within the first one and is performed several times in each of its iterations, and in
that block another. Sequencer and compiled loops work from the same `Sequence`, item by item;
where they stand is the item, and for every block the iterations of the current round that are
behind.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable

import numpy as np

from rvx.disassembler import format_instruction
from rvx.isa import Decoded, Instruction, Isa, misuse, repeat
from rvx.isa.bits import Address, Word
from rvx.isa.memory import FAULT_KIND
from rvx.isa.operands import RegisterKind
from rvx.records import dataclass

AddressedWord = Callable[[Address], Word | None]


class Unrepeatable(ValueError):
    """The words behind a repetition cannot be repeated; the sentence says why."""


@dataclass(frozen=True)
class Block:
    """A run of items that is repeated.

    Attributes:
        first: its first item.
        last: its last item.
        stagger_max: the stagger counter goes from 0 to this, and round again.
        stagger_mask: which register fields it is added to.
    """

    first: int
    last: int
    stagger_max: int
    stagger_mask: int

    @property
    def phases(self) -> int:
        """How many values the stagger counter takes, as far as they differ."""
        return self.stagger_max + 1 if self.stagger_mask else 1


@dataclass(frozen=True)
class Item:
    """One word of a sequence.

    Attributes:
        pc: its address.
        word: as it stands in memory.
        phases: what is performed, by stagger counter.
        is_marker: whether this is a repetition within, which is performed once.
    """

    pc: Address
    word: Word
    phases: tuple[Decoded, ...]
    is_marker: bool = False


@dataclass(frozen=True)
class Sequence:
    """Everything that one repetition repeats.

    Attributes:
        pc: address of the repeating instruction.
        items: what follows, with the markers of repetitions within in their places.
        blocks: all items, then the block of the repetition within, then the one within that.
    """

    pc: Address
    items: tuple[Item, ...]
    blocks: tuple[Block, ...]

    @property
    def end(self) -> Address:
        """Where execution goes on afterwards."""
        return self.items[-1].pc + 4

    @property
    def innermost(self) -> Block:
        """The block that may stagger."""
        return self.blocks[-1]

    def depth(self, item: int) -> int:
        """The innermost block that an item stands in."""
        return max(d for d, block in enumerate(self.blocks) if block.first <= item <= block.last)

    def executions(self, at: int, behind: list[int], iterations: list[int]) -> list[int]:
        """How often every item has been performed.

        Args:
            at: the item that is next.
            behind: iterations of every block in its current round.
            iterations: of every block, each time.
        """
        counts = []
        for i, item in enumerate(self.items):
            # Rounds of the blocks that the item shares with the position, and then, if it has been
            # passed in this round, all iterations of those that it stands in alone.
            own, shared = self.depth(i), min(self.depth(i), self.depth(at))
            count = 0
            for d in range(own + 1):
                count = count * iterations[d] + (behind[d] if d <= shared else 0)
            if i < at:
                count += math.prod(iterations[shared + 1 : own + 1])
            counts.append(min(count, 1) if item.is_marker else count)
        return counts


def read_sequence(
    isa: Isa, word_at: AddressedWord, pc: Address, instructions: int, most: int, mask: int
) -> Sequence:
    """Decodes what a repetition at `pc` repeats.

    Args:
        isa: what words mean.
        word_at: gives the word at an address.
        pc: of the repeating instruction.
        instructions: how many it repeats.
        most: largest value of its stagger counter.
        mask: which register fields that is added to.

    Raises:
        Unrepeatable: one of the words cannot be repeated.
    """
    items: list[Item] = []
    begins = [(0, most, mask)]
    left = [instructions]
    ends: list[int] = []
    address = pc + 4
    while left[0]:
        decoded = _decode(isa, word_at(address), address)
        if is_repeating(decoded.instruction):
            _check_nesting(_text(isa, decoded, address), left)
            count, *stagger = _shape(decoded)
            if count > left[-1]:
                raise Unrepeatable(
                    f"{_text(isa, decoded, address)} repeats {count} instructions, "
                    f"but only {left[-1]} are left of the block that it stands in"
                )
            items.append(Item(address, decoded.word, (decoded,), is_marker=True))
            begins.append((len(items), stagger[0], stagger[1]))
            left.append(count)
        else:
            _check(isa, decoded, address)
            items.append(Item(address, decoded.word, (decoded,)))
            for depth in range(len(left)):
                left[depth] -= left[depth] > 0
                # Blocks end from the inside out, several of them perhaps with one item.
            ends += [len(items) - 1] * (sum(n == 0 for n in left) - len(ends))
        address += 4
    blocks = tuple(
        Block(first, last, *stagger)
        for (first, *stagger), last in zip(begins, reversed(ends), strict=True)
    )
    if any(block.stagger_mask for block in blocks[:-1]):
        raise Unrepeatable("only the innermost one of several repetitions may stagger registers")
    found = Sequence(pc, tuple(items), blocks)
    return Sequence(pc, tuple(_staggered(isa, found)), blocks)


def _check_nesting(text: str, left: list[int]) -> None:
    """Refuses a repetition beside another, and one too many.

    Args:
        text: the instruction.
        left: how many instructions are left of every block so far, the outermost first.
    """
    if left[-1] == 0:
        raise Unrepeatable(
            f"{text} stands behind another repetition in the same block; "
            f"repetitions may stand one within the other only"
        )
    if len(left) == repeat.MOST_NESTED:
        raise Unrepeatable(
            f"{text} would be repetition {len(left) + 1}; "
            f"{repeat.MOST_NESTED} may stand one within the other"
        )


def is_repeating(instruction: Instruction) -> bool:
    """Whether the instruction makes the hart repeat what follows."""
    return "repeat" in instruction.requests


def _decode(isa: Isa, word: Word | None, address: Address) -> Decoded:
    decoded = None if word is None else isa.decode(word)
    if decoded is None:
        what = "outside of memory" if word is None else f"{word:08x}, which is no instruction"
        raise Unrepeatable(f"the word at {address:#x} is {what}")
    return decoded


def _text(isa: Isa, decoded: Decoded, address: Address) -> str:
    return f"'{' '.join(format_instruction(decoded, isa, address=address).split())}'"


def _check(isa: Isa, decoded: Decoded, address: Address) -> None:
    made = decoded.instruction
    registers = {
        name: operand.kind.file.name
        for name, operand in made.operands.items()
        if isinstance(operand.kind, RegisterKind)
    }
    bases = {slot.base for slot in made.syntax.slots if slot.base}
    integers = [n for n, file in registers.items() if file != "f" and n not in bases]
    if made.size != 4 or "f" not in registers.values() or integers or not made.has_body:
        raise Unrepeatable(
            f"{_text(isa, decoded, address)} at {address:#x} cannot be repeated; the block may "
            f"hold floating-point instructions of 32 bits that read and write no integer register"
        )


def _shape(decoded: Decoded) -> tuple[int, int, int]:
    """How many instructions the inner repetition repeats, and how it staggers them."""
    body = decoded.instruction.body
    assert body is not None
    words, fault = np.zeros(repeat.WORDS, np.int64), np.zeros(4, np.int64)
    arguments = {"repeat": words, "fault": fault}
    body(
        **{
            name: arguments[name] if name in arguments else _value(decoded, name)
            for name in inspect.signature(body).parameters
        }
    )
    if fault[FAULT_KIND]:
        raise Unrepeatable(misuse.sentence(fault))
    return (
        int(words[repeat.INSTRUCTIONS]),
        int(words[repeat.STAGGER_MAX]),
        int(words[repeat.STAGGER_MASK]),
    )


def _value(decoded: Decoded, name: str) -> int:
    is_register = isinstance(decoded.instruction.operands[name].kind, RegisterKind)
    return 0 if is_register else decoded.values[name]


def _staggered(isa: Isa, sequence: Sequence) -> list[Item]:
    """The items, those of the innermost block with one decoded word for every phase."""
    block = sequence.innermost
    items: list[Item] = []
    for i, item in enumerate(sequence.items):
        if not block.first <= i <= block.last or item.is_marker:
            items.append(item)
            continue
        words = [repeat.staggered(item.word, n, block.stagger_mask) for n in range(block.phases)]
        phases = tuple(_decode(isa, word, item.pc) for word in words)
        for decoded in phases:
            _check(isa, decoded, item.pc)
        items.append(Item(item.pc, item.word, phases))
    return items
