"""How many instructions were executed, compiled: what the limit and the guest's counters need.

The counts of blocks and their corrections (`rvx.emulator.counts`) say how many instructions were
executed at each address; this is their sum, exact at any instruction, in one pass over the pages of
code that were executed.
"""

from __future__ import annotations

from typing import Any

from rvx.emulator.context import Field
from rvx.emulator.native.pointers import load_8, load_16, load_64, store_64
from rvx.isa.bits import word_size
from rvx.isa.memory import PAGE_SHIFT

_RAM, _BOUNDS = int(Field.RAM), int(Field.RAM_BOUNDS)
_EXEC_BASE, _EXEC_HALFWORDS = int(Field.EXEC_BASE), int(Field.EXEC_HALFWORDS)
_BLOCKS, _DIFFERENCES = int(Field.BLOCKS), int(Field.DIFFERENCES)
_BLOCK_BEGIN, _STUB = int(Field.BLOCK_BEGIN), int(Field.STUB)
_TOUCHED, _ENDS = int(Field.TOUCHED), int(Field.ENDS)
_CARRIED = int(Field.CARRIED)
_HALFWORDS = 1 << PAGE_SHIFT - 1


def count_instructions(context: Any, address: int, size: int) -> int:
    """How many instructions there are in so many bytes of memory."""
    at = context[_RAM] + address - context[_BOUNDS]
    end = at + size
    count = 0
    while at < end:
        at += word_size(load_16(at))
        count += 1
    return count


def executed(context: Any) -> int:
    """Instructions executed so far, the whole of the block that has begun last included.

    As `rvx.emulator.counts.BlockCounter` does it by address: an instruction is executed as often as
    those before it that end where it begins, plus the blocks that begin there, less those that end
    there. The page of the stub, where calls return to, is left out.
    """
    total: int = context[_CARRIED]
    level = here = second = third = fourth = 0
    page = 0
    index = 0
    while index < context[_EXEC_HALFWORDS]:
        if load_8(context[_TOUCHED] + page) == 0:
            page += 1
            index += _HALFWORDS
            here = second = third = fourth = 0
            continue
        page += 1
        is_counted = context[_EXEC_BASE] + 2 * index != context[_STUB]
        code = context[_RAM] + context[_EXEC_BASE] - context[_BOUNDS] + 2 * index
        for _ in range(_HALFWORDS):
            slot = context[_BLOCKS] + 16 * index
            begun = load_64(slot)
            change = load_64(context[_DIFFERENCES] + 8 * index) + begun
            ended = context[_ENDS] + 8 * index
            if load_64(ended) != 0:
                change -= load_64(ended)
                store_64(ended, 0)
            if begun != 0:
                ended += load_64(slot + 8) << 2
                store_64(ended, load_64(ended) + begun)
            level += change
            # Where code was overwritten, its lengths may no longer lead to where blocks ended.
            running = min(here + change, level)
            here, second, third, fourth = second, third, fourth, 0
            if running > 0 and is_counted:
                total += running
                size = word_size(load_16(code))
                if size == 2:
                    here += running
                elif size == 4:
                    second += running
                elif size == 6:
                    third += running
                else:
                    fourth += running
            index += 1
            code += 2
    return total


def executed_before(context: Any, pc: int) -> int:
    """Instructions executed before the one at pc, which the block that has begun last holds."""
    begin = context[_BLOCK_BEGIN]
    left = 0
    if begin >= 0:
        end = begin + load_64(context[_BLOCKS] + ((begin - context[_EXEC_BASE]) << 3) + 8)
        left = count_instructions(context, pc, end - pc) if pc < end else 0
    return executed(context) - left
