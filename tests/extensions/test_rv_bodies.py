"""The bodies of the integer instructions against Unicorn, one instruction at a time."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import pytest

from rvx.extensions import isa_for
from rvx.isa import Decoded, Instruction, Isa
from rvx.isa.operands import ImmediateKind, RegisterKind

from .conftest import DATA, Bodies, Core, Hart, signed

# What the core does differently on purpose: it stops, waits, returns from traps or has no such CSR.
NOT_COMPARED = {"fence.i", "pause"}
INTERESTING = (0, 1, 2, 3, 31, 32, 63, 64, 255, -1, -2, 2**31, 2**31 - 1, -(2**31), 2**32 - 1)
WIDE = (*INTERESTING, -(2**63), 2**63 - 1, 2**62, 0x123456789ABCDEF, -(2**63) + 1)
CASES_PER_INSTRUCTION = 40


def value(rng: random.Random, xlen: int) -> int:
    kind = rng.random()
    if kind < 0.5:
        return signed(rng.choice(WIDE), xlen)
    if kind < 0.75:
        return signed(rng.getrandbits(rng.randrange(1, xlen + 1)), xlen)
    return signed(rng.getrandbits(xlen), xlen)


def words(made: Instruction, isa: Isa, rng: random.Random) -> Iterator[Decoded]:
    """Random words of the instruction; branches and jumps stay near, addresses free of overlap."""
    while True:
        word = rng.getrandbits(made.pattern.bits) & ~made.pattern.mask | made.pattern.match
        for operand in made.operands.values():
            positions = operand.field.insert(-1)
            if isinstance(operand.kind, ImmediateKind) and operand.kind.is_target:
                offset = signed(rng.randrange(0, 2**12, 4), 12) >> 1 << 1
                low, high = operand.range
                word = word & ~positions | operand.field.insert(max(low, min(high, offset)))
        decoded = isa.decode(word)
        if decoded is None or decoded.instruction is not made:
            continue
        needs_base = made.kind in ("load", "store", "atomic") or made.mnemonic == "jalr"
        if not (needs_base and decoded.expanded.values["rs1"] == 0):
            yield decoded


def prepare(decoded: Decoded, isa: Isa, rng: random.Random) -> Hart:
    """Random registers; a base register points into the data, a jump to a mapped place."""
    hart = Hart([0] + [value(rng, isa.xlen) for _ in range(31)])
    hart.data = bytes(rng.getrandbits(8) for _ in range(64))
    long = decoded.expanded
    if long.instruction.kind in ("load", "store", "atomic"):
        base = long.values["rs1"]
        target = DATA + rng.randrange(0, 48, 8)
        hart.x[base] = target - long.values.get("imm", 0)
    elif long.instruction.mnemonic == "jalr":
        hart.x[long.values["rs1"]] = hart.pc + rng.randrange(-500, 500) - long.values["imm"]
    return hart


def compared(isa: Isa) -> list[Instruction]:
    return [
        made
        for made in isa.instructions.values()
        if (made.expansion.target if made.expansion else made).body is not None
        and made.kind not in ("float", "csr")
        and not any(o.kind.file.name == "f" for o in registers(made))
        and made.mnemonic not in NOT_COMPARED
        and not made.mnemonic.startswith(("lr.", "sc."))
    ]


def registers(made: Instruction) -> list[Any]:
    return [o for o in made.operands.values() if isinstance(o.kind, RegisterKind)]


@pytest.mark.parametrize("xlen", [32, 64])
def test_integer_bodies_do_what_the_core_does(
    xlen: int, bodies: Callable[[Isa], Bodies], core: Callable[[int], Core]
) -> None:
    isa = isa_for(f"rv{xlen}imac_zicsr_zifencei")
    ours, theirs = bodies(isa), core(xlen)
    rng = random.Random(20260101 + xlen)
    instructions = compared(isa)
    assert len(instructions) == {32: 112, 64: 171}[xlen]
    for made in instructions:
        for decoded in islice(words(made, isa, rng), CASES_PER_INSTRUCTION):
            before = prepare(decoded, isa, rng)
            expected = theirs.perform(decoded.word, made.size, before)
            got = ours.perform(decoded, before)
            assert got == expected, f"{made.mnemonic} {decoded.word:#x} {before}"
