"""Hardware loops: whoever reaches the end of one goes on at its start, so often as it says.

An extension declares how many there are (`Extension.hardware_loops`); its instructions fill the
words of their state, three a loop. While the count of a loop is not 0, an instruction that ends at
the loop's end takes one off, and execution goes on at the start as long as something is left. Loop
0 comes first, so that it is the inner one; where two loops have one end, the outer one goes on
once the inner one is done.

The last instruction of a loop is four bytes long and no branch, jump or `ecall`. That is more than
what CV32E40P promises; it calls everything else undefined.
"""

from __future__ import annotations

from typing import Any

START, END, COUNT = 0, 1, 2
"""Where a loop begins, the address behind its last instruction, and how many rounds are left."""
WORDS = 3
MOST = 8
LAST_SIZE = 4
"""Bytes of the last instruction."""


def next_pc(words: Any, loops: int, at: int) -> int:
    """Where execution goes on behind an instruction that ends at an address; counts rounds.

    Args:
        words: of the state.
        loops: how many there are.
        at: the address.
    """
    for loop in range(loops):
        first = WORDS * loop
        if words[first + END] == at and words[first + COUNT] != 0:
            words[first + COUNT] -= 1
            if words[first + COUNT] != 0:
                return int(words[first + START])
    return at


def first_unknown(words: Any, loops: int, ends: Any, begin: int) -> int:
    """The last instruction of a loop that is about to run and whose end nobody has marked yet.

    What `rvx.emulator.hooks` looks for behind every trap, for compiled loops.

    Args:
        words: of the state.
        loops: how many there are.
        ends: for each executable halfword, whether the last instruction of a loop begins there.
        begin: the address of the first.

    Returns:
        The address of that instruction, or -1.
    """
    for loop in range(loops):
        first = WORDS * loop
        last = words[first + END] - LAST_SIZE
        index = (last - begin) >> 1
        if words[first + COUNT] != 0 and 0 <= index < len(ends) and ends[index] == 0:
            return int(last)
    return -1
