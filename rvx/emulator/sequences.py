"""What a repetition repeats: the words behind an instruction such as frep.o, decoded.

A sequence is a block that is performed several times. One further repetition may stand in it: its
block lies within the outer one and is performed several times in each of its iterations. Compiled
code and the interpreter work from the same `Sequence`, item by item; where they stand is three
numbers: the item, the iterations that the outer block has behind it, and those of the inner one.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rvx.disassembler import format_instruction
from rvx.isa import Decoded, Instruction, Isa, misuse, repeat
from rvx.isa.bits import Address, Word
from rvx.isa.memory import FAULT_KIND
from rvx.isa.operands import RegisterKind

AddressedWord = Callable[[Address], Word | None]

ITEM, OUTER, INNER = 0, 1, 2
"""Words of a position."""


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
        is_marker: whether this is the inner repetition, which is performed once.
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
        items: what follows, with the marker of an inner repetition in its place.
        outer: all items.
        inner: the block of the inner repetition, if there is one.
    """

    pc: Address
    items: tuple[Item, ...]
    outer: Block
    inner: Block | None

    @property
    def end(self) -> Address:
        """Where execution goes on afterwards."""
        return self.items[-1].pc + 4

    @property
    def innermost(self) -> Block:
        """The block that may stagger."""
        return self.inner or self.outer

    def executions(self, position: tuple[int, int, int], iterations: int) -> list[int]:
        """How often every item has been performed.

        Args:
            position: the item that is next, iterations of the outer block, and of the inner one.
            iterations: of the inner block, each time.
        """
        at, outer, inner = position
        counts = []
        for i, item in enumerate(self.items):
            count = outer + (i < at)
            if item.is_marker:
                count = min(count, 1)
            elif self.inner and self.inner.first <= i <= self.inner.last:
                within = inner + (i < at) if at <= self.inner.last else iterations
                count = outer * iterations + (within if at >= self.inner.first else 0)
            counts.append(count)
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
    inner: tuple[int, int, int, int] | None = None
    address = pc + 4
    left = instructions
    while left:
        decoded = _decode(isa, word_at(address), address)
        if is_repeating(decoded.instruction):
            if inner is not None:
                raise Unrepeatable(
                    f"{_text(isa, decoded, address)} would be a third repetition; "
                    f"one may stand within another, once"
                )
            shape = _shape(decoded)
            inner = (len(items), *shape)
            if shape[0] > left:
                raise Unrepeatable(
                    f"{_text(isa, decoded, address)} repeats {shape[0]} instructions, "
                    f"but only {left} are left of the block that it stands in"
                )
            items.append(Item(address, decoded.word, (decoded,), is_marker=True))
        else:
            _check(isa, decoded, address)
            items.append(Item(address, decoded.word, (decoded,)))
            left -= 1
        address += 4
    outer = Block(0, len(items) - 1, most, mask)
    block = None
    if inner is not None:
        if mask:
            raise Unrepeatable("only the inner one of two repetitions may stagger registers")
        first = inner[0] + 1
        block = Block(first, first + inner[1] - 1, inner[2], inner[3])
    found = Sequence(pc, tuple(items), outer, block)
    return Sequence(pc, tuple(_staggered(isa, found)), outer, block)


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
    if made.size != 4 or "f" not in registers.values() or integers or made.body is None:
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
