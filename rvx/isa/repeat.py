"""Repetition by the hart: an instruction may say that those after it are performed several times.

The body fills the four words that it gets as `repeat`; the hart then performs the next
instructions so often and goes on behind them. All of them are counted as executed, and once as
fetched. Only instructions that neither branch nor write an integer register can be repeated.
"""

from __future__ import annotations

ITERATIONS, INSTRUCTIONS, STAGGER_MAX, STAGGER_MASK = 0, 1, 2, 3
WORDS = 4

MOST_INSTRUCTIONS = 32
"""What the sequencer of Snitch holds (snitch_cluster, snitch_sequencer.sv, BufferDepth)."""
MOST_NESTED = 8
"""Blocks one within the other; a parameter of the sequencer (NestDepth)."""
MOST_ITERATIONS = 1 << 16
"""Its counters have 16 bits (LoopIterBits)."""
STAGGERED_FIELDS = (7, 15, 20, 27)
"""Lowest bit of the register fields rd, rs1, rs2, rs3, in the order of the mask's bits."""


def staggered(word: int, amount: int, mask: int) -> int:
    """The word with `amount` added to the register fields that the mask names, modulo 32."""
    for bit, lsb in enumerate(STAGGERED_FIELDS):
        if mask >> bit & 1:
            field = word >> lsb & 31
            word ^= (field ^ field + amount & 31) << lsb
    return word
