"""Who performs a word: the core, or else its body, or nobody.

The registry owns every word. Unicorn knows the ratified base instructions, but not which of them
the chosen ISA has, which of them a user has declared anew, nor what the words mean that a standard
reserves: it runs some of these as no-operations. So the core gets a word to see only where the ISA
decodes it to a base instruction (`Instruction.is_core`) that Unicorn is known to perform rightly
(`core_performs`), or where Unicorn is known to trap (`TRAPPING`); while a block is translated that
holds any other word, a word that traps stands in its place (`rvx.emulator.tiers`).

The verdicts on all words are tables that compiled hooks search, made once for an ISA.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray

from rvx.emulator.floatfacts import is_right_on_the_core
from rvx.isa import Instruction, Isa
from rvx.isa.bits import Word
from rvx.isa.pattern import Pattern
from rvx.records import dataclass

FLOAT_EXTENSIONS = ("F", "D")
FLOAT_CSRS = (0x001, 0x002, 0x003)
"""fflags, frm and fcsr."""

WITHOUT_BODY = frozenset({"ecall", "ebreak", "c.ebreak"})
"""Instructions without a body of which the core tells the run loop.

All others that have none, and CSRs of machine and supervisor mode, are the run loop's own
(`rvx.emulator.privileged`): the core has no notion of what rvx does with traps.
"""
NEEDS_ALIGNED_TARGET = frozenset({"jal", "jalr", "beq", "bne", "blt", "bge", "bltu", "bgeu"})
"""Without C a target has to be a multiple of four. Unicorn does not know that C is absent."""

_Bits = tuple[Word, Word]
"""The words with these bits: (mask, match)."""

_NEVER_KNOWN: tuple[_Bits, ...] = (
    *((0x7F, opcode) for opcode in (0x0B, 0x2B, 0x5B, 0x7B, 0x57, 0x77, 0x6B)),
    (0x8000007F, 0x80000033),  # OP with the highest bit set
    *((0x707F, width << 12 | opcode) for width in (0, 5, 6, 7) for opcode in (0x07, 0x27)),
    (0x0400007F, 0x04000053),  # OP-FP of half and quadruple precision
)
_FLOAT_OPCODES: tuple[_Bits, ...] = tuple(
    (0x7F, opcode) for opcode in (0x07, 0x27, 0x43, 0x47, 0x4B, 0x4F, 0x53)
)
_MOVE_DOUBLE: _Bits = (0xFE00707F, 0x22000053)
"""fsgnj.d: Unicorn performs it without a floating-point unit, and switches the unit on by that."""


class Verdict(IntEnum):
    """What happens with a word that is translated as it is."""

    REFUSED = 0  # Unicorn may do anything: it must not see this word
    PERFORMED = 1  # the core performs it, rightly
    TRAPS = 2  # the core traps: the body, if there is one, performs it
    CSR = 3  # in the tables only: that depends on the CSR
    UNIT = 4  # performed, but refused while the floating-point unit is switched off in mstatus


def verdict_of_performed(made: Instruction) -> Verdict:
    """The verdict on words of an instruction that the core performs rightly.

    With the unit switched off, Unicorn traps on floating-point instructions as it should, but for
    fsgnj.d, which switches the unit on, and compressed loads and stores, which do nothing.
    """
    target = made.expansion.target if made.expansion else made
    is_silent = made.size == 2 or made.mnemonic == "fsgnj.d"
    if target.extension in FLOAT_EXTENSIONS and is_silent:
        return Verdict.UNIT
    return Verdict.CSR if "csr" in made.operands else Verdict.PERFORMED


def core_performs(made: Instruction, has_floats: bool) -> bool:
    """Whether Unicorn performs an instruction rightly.

    Args:
        made: a 32-bit instruction of the ISA.
        has_floats: whether the core has a floating-point unit.
    """
    if not made.is_core or "reservation" in made.requests:
        return False
    if made.extension in FLOAT_EXTENSIONS:
        return has_floats and is_right_on_the_core(made)
    return made.has_body or made.mnemonic in WITHOUT_BODY


def core_csrs(isa: Isa, has_floats: bool) -> NDArray[np.uint8]:
    """For each of 4096 addresses, whether the core holds the CSR there and rvx does not."""
    held = np.zeros(1 << 12, np.uint8)
    for csr in isa.csrs.values():
        held[csr.address] = has_floats and csr.address in FLOAT_CSRS and csr.state == "fcsr"
    return held


@dataclass(frozen=True)
class Gate:
    """The verdicts for one ISA and one kind of core.

    Attributes:
        short: of every 16-bit word.
        starts: for every key of a 32-bit word, its first row, and one more.
        rows: (mask, match, what then): a `Verdict`, or the row to go on with as a negative number.
        csrs: see `core_csrs`.
        addresses: host addresses of these four, for compiled code.
    """

    short: NDArray[np.uint8]
    starts: NDArray[np.int64]
    rows: NDArray[np.int64]
    csrs: NDArray[np.uint8]
    addresses: NDArray[np.int64]

    def verdict(self, word: Word) -> Verdict:
        """What happens with a word; the compiled form is `rvx.emulator.hooks.verdict_on`."""
        if word & 3 != 3:
            return Verdict(int(self.short[word]))
        key = _key(word)
        row, end = int(self.starts[key]), int(self.starts[key + 1])
        while row < end:
            mask, match, action = (int(part) for part in self.rows[row])
            if word & mask != match:
                row += 1
            elif action < 0:
                row = -action
            elif action == Verdict.CSR:
                return Verdict.PERFORMED if self.csrs[word >> 20] else Verdict.REFUSED
            else:
                return Verdict(action)
        return Verdict.REFUSED


def _key(word: Word) -> int:
    """Words are told apart by major opcode and funct3 first."""
    return word >> 2 & 31 | (word >> 12 & 7) << 5


@cache
def gate_for(isa: Isa, has_floats: bool) -> Gate:
    """The gate in front of a core."""
    short = _short(isa, has_floats)
    buckets: list[list[tuple[Word, Word, int]]] = [[] for _ in range(256)]
    for opcode in range(32):
        for made in isa.in_order(opcode << 2 | 3):
            if made.size > 4:
                continue  # Unicorn knows none of them.
            pattern = made.pattern
            reserved = [bits for operand in made.operands.values() for bits in operand.reserved]
            decided = list(_rows(isa, made, has_floats))
            for funct3 in range(8):
                if (pattern.match ^ funct3 << 12) & pattern.mask & 0x7000:
                    continue
                rows = buckets[opcode | funct3 << 5]
                after = len(rows) + len(reserved) + len(decided)
                rows += [(pattern.mask | a, pattern.match | b, -after) for a, b in reserved]
                rows += decided
    starts = np.cumsum([1, *(len(rows) for rows in buckets)])
    flat = [(0, 0, 0)]  # Row 0 is nobody's, so that every row to go on with is negative.
    for start, rows in zip(starts, buckets, strict=False):
        flat += [(m, w, action - int(start) if action < 0 else action) for m, w, action in rows]
    firsts, table = starts.astype(np.int64), np.array(flat, np.int64)
    csrs = core_csrs(isa, has_floats)
    addresses = [array.ctypes.data for array in (short, firsts, table, csrs)]
    return Gate(short, firsts, table, csrs, np.array(addresses, np.int64))


def _rows(isa: Isa, made: Instruction, has_floats: bool) -> Iterator[tuple[Word, Word, int]]:
    """The rows of an instruction, without those for its reserved operands."""
    pattern = made.pattern
    verdict = Verdict.REFUSED
    if core_performs(made, has_floats):
        verdict = verdict_of_performed(made)
        if isa.alignment == 4 and made.mnemonic in NEEDS_ALIGNED_TARGET:
            target = made.target
            # The target of jalr is known when it is performed: by its body, which looks.
            mask, match = (target.field.insert(2),) * 2 if target else (0, 0)
            yield pattern.mask | mask, pattern.match | match, Verdict.REFUSED
    elif _traps(pattern, has_floats):
        verdict = Verdict.TRAPS
    yield pattern.mask, pattern.match, verdict


def _traps(pattern: Pattern, has_floats: bool) -> bool:
    """Whether Unicorn traps on all words of a pattern; where it is not known, it does not."""
    fixed, match = pattern.mask, pattern.match
    if not (match ^ _MOVE_DOUBLE[1]) & fixed & _MOVE_DOUBLE[0]:
        return False
    for mask, bits in _NEVER_KNOWN if has_floats else (*_NEVER_KNOWN, *_FLOAT_OPCODES):
        if fixed & mask == mask and match & mask == bits:
            return True
    return False


def _short(isa: Isa, has_floats: bool) -> NDArray[np.uint8]:
    """The verdicts on 16-bit words, which are enumerated."""
    verdicts = np.zeros(1 << 16, np.uint8)
    for quadrant in range(3):
        words = np.arange(quadrant, 1 << 16, 4, dtype=np.uint32)
        # From the last that `decode` asks to the first, which overwrites.
        for made in reversed(isa.in_order(quadrant)):
            pattern = made.pattern
            chosen = words[words & pattern.mask == pattern.match]
            for operand in made.operands.values():
                for mask, match in operand.reserved:
                    chosen = chosen[chosen & mask != match]
            is_performed = made.is_core and (
                core_performs(made.expansion.target, has_floats)
                if made.expansion
                else made.mnemonic in WITHOUT_BODY
            )
            verdicts[chosen] = verdict_of_performed(made) if is_performed else Verdict.REFUSED
    return verdicts
