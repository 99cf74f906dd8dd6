"""The compiled hooks: traps, inline sites and block counts.

Each hook gets the address of the machine's context (`rvx.emulator.context`). They are plain
functions compiled once and cached on disk; nothing in them depends on the program or the ISA.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from rvx import jit
from rvx.emulator.context import Field, Row, Status
from rvx.emulator.core import MSTATUS_FS_DIRTY
from rvx.emulator.gate import Verdict
from rvx.emulator.native.calls import Plan, Record, arrive_at, note_arrival, return_calls
from rvx.emulator.native.perform import perform, raise_flags, read_word, stop
from rvx.emulator.native.pointers import (
    byte_array,
    call_hook,
    call_region,
    call_word_callback,
    int64_array,
    load_8,
    load_16,
    load_32,
    load_64,
    store_8,
    store_32,
    store_64,
    uc_emu_stop,
    uc_reg_read,
    uc_reg_write,
)
from rvx.emulator.native.progress import count_instructions, executed, executed_before
from rvx.emulator.native.sequencer import repeat_block, resume
from rvx.isa import loops
from rvx.isa.bits import word_size
from rvx.isa.memory import PAGE_SHIFT, WRITABLE

_STATUS, _REMAINING = int(Field.STATUS), int(Field.REMAINING)
_BLOCK_BEGIN, _BLOCKS = int(Field.BLOCK_BEGIN), int(Field.BLOCKS)
_PC, _NEXT_PC, _FFLAGS = int(Field.PC), int(Field.NEXT_PC), int(Field.FFLAGS)
_FAULT, _CAUSE = int(Field.FAULT), int(Field.CAUSE)
_BLOCKS_BIASED, _SLOW_BLOCK = int(Field.BLOCKS_BIASED), int(Field.SLOW_BLOCK)
_RAM, _BOUNDS, _PAGES = int(Field.RAM), int(Field.RAM_BOUNDS), int(Field.PAGES)
_EXEC_BASE, _EXEC_HALFWORDS = int(Field.EXEC_BASE), int(Field.EXEC_HALFWORDS)
_DIFFERENCES, _LENGTHS = int(Field.DIFFERENCES), int(Field.BLOCK_LENGTHS)
_SITES, _TRAPS, _THRESHOLD = int(Field.SITES), int(Field.TRAPS), int(Field.THRESHOLD)
_HASH, _HASH_MASK, _MISS = int(Field.HASH), int(Field.HASH_MASK), int(Field.MISS)
_FLAGS_ADDRESS, _FLAGS_TABLE = int(Field.FLAGS_ADDRESS), int(Field.FLAGS_TABLE)
_PC_REGISTER, _FFLAGS_REGISTER = int(Field.PC_REGISTER), int(Field.FFLAGS_REGISTER)
_IS_LIMITED, _STOP = int(Field.IS_LIMITED), int(Field.STOP)
_STEPPING, _REPEAT = int(Field.STEPPING), int(Field.REPEAT)
_FCSR, _MIRROR_FRM = int(Field.FCSR), int(Field.MIRROR_FRM)
_STUB, _CALL = int(Field.STUB), int(Field.CALL)
_GATE, _REFUSED, _CUT = int(Field.GATE), int(Field.REFUSED), int(Field.CUT)
_TOUCHED, _CORE_PC = int(Field.TOUCHED), int(Field.CORE_PC)
_CALLS, _TOTAL, _PLANS = int(Field.CALLS), int(Record.TOTAL), int(Record.PLANS)
_PENDING, _SITE, _LINK = int(Record.PENDING), int(Record.SITE), int(Record.LINK)
_KNOWN_PLANS, _NO_PLANS = int(Record.KNOWN_PLANS), int(Record.NO_PLANS)
_CLASSIFY, _SLOW, _KNOWN_BLOCKS = int(Record.CLASSIFY), int(Record.SLOW), int(Record.BLOCKS)
_RECORD, _NEXT_BLOCK = int(Record.END), int(Record.NEXT)
_LENGTH, _LEAVES, _LAST = int(Plan.LENGTH), int(Plan.LEAVES), int(Plan.LAST)
_LENGTH_MASK, _SIZE_MASK = (1 << Plan.LEAVES - Plan.LENGTH) - 1, (1 << Plan.LENGTH) - 1
_LEAVES_MASK = (1 << Plan.LAST - Plan.LEAVES) - 1
_UNLIKE = -1 << Plan.LEAVES | _SIZE_MASK
"""Bits in which the plan of a block differs from its size if there is more to do than to count."""
_LOOPS, _LOOP_COUNT, _LOOP_ENDS = (
    int(Field.LOOPS),
    int(Field.LOOP_COUNT),
    int(Field.LOOP_ENDS),
)
_END = int(Field.END)

_ILLEGAL, _ECALL, _FAULTED = int(Status.ILLEGAL), int(Status.ECALL), int(Status.FAULT)
_LIMIT, _TIER_UP, _OTHER = int(Status.LIMIT), int(Status.TIER_UP), int(Status.CAUSE)
_CODE_WRITTEN, _IS_REFUSED = int(Status.CODE_WRITTEN), int(Status.REFUSED)
_ELSEWHERE, _NEW_LOOP = int(Status.ELSEWHERE), int(Status.NEW_LOOP)
_VERDICT_PERFORMED, _VERDICT_CSR = int(Verdict.PERFORMED), int(Verdict.CSR)
_VERDICT_REFUSED, _VERDICT_UNIT = int(Verdict.REFUSED), int(Verdict.UNIT)
_MSTATUS = int(Field.MSTATUS)
_LEFT_OUT_MASK = 0xFFFFFFE3
_IN_PAGE = (1 << PAGE_SHIFT) - 1

_HANDLER, _WORD, _SIZE = int(Row.HANDLER), int(Row.WORD), int(Row.SIZE)
_INNER, _ENTRIES = int(Row.INNER), int(Row.ENTRIES)
_NEXT = int(Row.NEXT)
_ROW_END = int(Row.END)
_HASH_FACTOR = 0x9E3779B1


def verdict_on(context: Any, word: int) -> int:
    """What the gate says about a word; `Gate.verdict` in compiled form."""
    if word & 3 != 3:
        return load_8(context[_GATE] + word)
    key = word >> 2 & 31 | (word >> 12 & 7) << 5
    at = context[_GATE + 1] + 8 * key
    row, end = load_64(at), load_64(at + 8)
    while row < end:
        at = context[_GATE + 2] + 24 * row
        if word & load_64(at) != load_64(at + 8):
            row += 1
            continue
        action = load_64(at + 16)
        if action == _VERDICT_CSR:
            return load_8(context[_GATE + 3] + (word >> 20))
        if action >= 0:
            return action
        row = -action
    return _VERDICT_REFUSED


def ends_loop(context: Any, address: int) -> bool:
    """Whether the last instruction of a hardware loop begins at an executable address."""
    if context[_LOOPS] == 0:
        return False
    return bool(load_8(context[_LOOP_ENDS] + ((address - context[_EXEC_BASE]) >> 1)) != 0)


def next_refused(context: Any, address: int, end: int) -> int:
    """The first word from an address on that the core must not see; the end if there is none."""
    while address < end:
        if ends_loop(context, address):
            return address
        word = read_word(context, address)
        verdict = verdict_on(context, word)
        if verdict == _VERDICT_REFUSED:
            return address
        if verdict == _VERDICT_UNIT and load_32(context[_MSTATUS]) & MSTATUS_FS_DIRTY == 0:
            return address
        address += word_size(word)
    return end


def end_of_block(context: Any, begin: int, size: int) -> int:
    """Where a block of the core's own making ends, with a word that it leaves out.

    Unicorn traps on c.addi4spn with 0, and does not count it to the block that it traps in. The
    same word behind a jump is taken for a part of the block, which does no harm. On the next page
    it is none: all instructions of a block begin on one page.
    """
    end = begin + size
    is_code = end < context[_EXEC_BASE] + 2 * context[_EXEC_HALFWORDS]
    is_code = is_code and (size == 0 or end & _IN_PAGE != 0)
    if is_code and read_word(context, end) & _LEFT_OUT_MASK == 0:
        return end + 2
    return end


def on_edge(uc: int, block: int, previous: int, data: int) -> None:
    """UC_HOOK_EDGE_GENERATED: a block was translated by the core itself, and is not run yet.

    `block` is a `uc_tb`: its address in 64 bits, instructions in 16, and bytes in 16.
    """
    context = int64_array(data, _END)
    begin = load_64(block)
    if context[_CALLS] != 0:  # There may be other instructions now than when it was looked at.
        store_64(load_64(context[_CALLS] + 8 * _KNOWN_PLANS) + (begin << 2), 0)
    end = end_of_block(context, begin, load_16(block + 10) & 0xFFFF)
    if next_refused(context, begin, end) < end:
        context[_REFUSED] = begin
        context[_PC] = begin
        if context[_STATUS] == 0:
            stop(uc, context, _IS_REFUSED)


def find_row(context: Any, word: int) -> int:
    """The row of a word: from the table, else from the Python side, 0 if it is illegal."""
    mask = context[_HASH_MASK]
    table = int64_array(context[_HASH], 2 * (mask + 1))
    slot = (word * _HASH_FACTOR >> 15) & mask
    while table[2 * slot + 1] != 0:
        if table[2 * slot] == word:
            return table[2 * slot + 1]
        slot = (slot + 1) & mask
    return call_word_callback(context[_MISS], word)


def on_trap(uc: int, cause: int, data: int) -> None:
    """UC_HOOK_INTR: a custom instruction, an ecall, or something that ends the run."""
    context = int64_array(data, _END)
    context[_CAUSE] = cause
    pc_slot = data + 8 * _PC
    context[_PC] = 0
    uc_reg_read(uc, context[_PC_REGISTER], pc_slot)
    pc = context[_PC] - 4
    context[_PC] = pc
    if cause == 8:
        # To stop the core and to start it again takes longer than most system calls.
        if call_word_callback(context[_CALL], pc) == 0:
            stop(uc, context, _ECALL)
        return
    if cause != 2:
        stop(uc, context, _OTHER)
        return
    index = (pc - context[_EXEC_BASE]) >> 1
    if pc < context[_EXEC_BASE] or index >= context[_EXEC_HALFWORDS]:
        stop(uc, context, _ILLEGAL)
        return
    if pc == context[_CUT]:
        stop(uc, context, _LIMIT)
        return
    word = read_word(context, pc)
    if verdict_on(context, word) == _VERDICT_PERFORMED and not ends_loop(context, pc):
        # The core knows the word, and refuses it: a reserved rounding mode, a missing CSR.
        stop(uc, context, _ILLEGAL)
        return
    site = load_64(context[_SITES] + 8 * index)
    if site != 0 and load_64(site + 8 * _SIZE) == 0:
        site = load_64(site + 8 * _INNER)  # At the entry of a region: the inline word, if any.
    if site != 0 and load_64(site + 8 * _WORD) == word:
        # The inline hook in front of this instruction has already performed it; this block was
        # translated while memory held the word itself. If it is frequent, it is made anew.
        size = load_64(site + 8 * _SIZE)
        context[_NEXT_PC] = pc + size
        _end_block(context, pc, size)
        if context[_LOOPS] != 0:
            _follow_loops(uc, context, pc + size)
        _count_trap(uc, context, index)
        _go_on(uc, context, pc)
        return
    row = find_row(context, word)
    if row == 0:
        stop(uc, context, _ILLEGAL)
        return
    size = load_64(row + 8 * _SIZE)
    perform_whole(uc, context, row, pc)
    if context[_STATUS] != 0 and context[_STATUS] != _CODE_WRITTEN:
        return
    _end_block(context, pc, size)
    if context[_LOOPS] != 0:
        _follow_loops(uc, context, pc + size)
    _count_trap(uc, context, index)
    _go_on(uc, context, pc)


def perform_whole(uc: int, context: Any, row: int, pc: int) -> None:
    """Performs a row at pc, with what it has the hart repeat."""
    perform(uc, context, row, pc)
    if context[_REPEAT] != 0 and context[_STATUS] != _FAULTED:
        repeat_block(uc, context, pc)


def perform_alone(uc: int, context: Any, row: int, pc: int) -> None:
    """The same for the run loop, with the end of a hardware loop behind it."""
    perform_whole(uc, context, row, pc)
    end = pc + load_64(row + 8 * _SIZE)
    is_done = context[_STATUS] == 0 or context[_STATUS] == _CODE_WRITTEN
    if is_done and context[_LOOPS] != 0 and context[_NEXT_PC] == end:
        words = int64_array(context[_LOOPS], loops.WORDS * context[_LOOP_COUNT])
        context[_NEXT_PC] = loops.next_pc(words, context[_LOOP_COUNT], end)


def _follow_loops(uc: int, context: Any, end: int) -> None:
    """Goes back to the start of a hardware loop that ends here, and looks for new ones.

    The last instruction of a loop is always performed by this hook, so that this is seen; it may be
    any instruction. Once a loop is about to run whose end is not known, the run loop marks it.
    """
    words = int64_array(context[_LOOPS], loops.WORDS * context[_LOOP_COUNT])
    if context[_NEXT_PC] == end:
        context[_NEXT_PC] = loops.next_pc(words, context[_LOOP_COUNT], end)
    for loop in range(context[_LOOP_COUNT]):
        last = words[loops.WORDS * loop + loops.END] - loops.LAST_SIZE
        index = (last - context[_EXEC_BASE]) >> 1
        if words[loops.WORDS * loop + loops.COUNT] == 0 or index < 0:
            continue
        if index < context[_EXEC_HALFWORDS] and not ends_loop(context, last):
            if context[_STATUS] == 0:
                stop(uc, context, _NEW_LOOP)
            return


def _go_on(uc: int, context: Any, pc: int) -> None:
    """Has the core go on at NEXT_PC after the trap at pc; by itself it does four bytes behind that.

    Not by its interface: once a hook for traps has written the program counter through it, Unicorn
    no longer knows at which instruction of a block an access faults, until it is started again.
    """
    if context[_NEXT_PC] == pc + 4:
        return
    at = context[_CORE_PC]
    if at == 0:
        if context[_STATUS] == 0:
            stop(uc, context, _ELSEWHERE)
    elif context[_BOUNDS + 2] == 0xFFFFFFFF:
        store_32(at, context[_NEXT_PC])
    else:
        store_64(at, context[_NEXT_PC])


def _end_block(context: Any, pc: int, size: int) -> None:
    """Moves the end of a block behind the long word that it traps in; see `rvx.emulator.blocks`."""
    if size > 4:
        differences = context[_DIFFERENCES] + ((pc - context[_EXEC_BASE]) << 2)
        _add(differences + 16, 1)
        _add(differences + 4 * size, -1)


def _count_trap(uc: int, context: Any, index: int) -> None:
    traps = load_32(context[_TRAPS] + 4 * index) + 1
    store_32(context[_TRAPS] + 4 * index, traps)
    if traps == context[_THRESHOLD] and context[_STATUS] == 0:
        stop(uc, context, _TIER_UP)


def on_code(uc: int, address: int, size: int, data: int) -> None:
    """UC_HOOK_CODE: performs an inline site, if there is one at this address."""
    context = int64_array(data, _END)
    index = (address - context[_EXEC_BASE]) >> 1
    site = load_64(context[_SITES] + 8 * index)
    if site == 0:
        return
    if load_64(site + 8 * _SIZE) == 0:
        _enter_region(uc, context, site, address)
        return
    if load_64(site + 8 * _WORD) == read_word(context, address):
        perform(uc, context, site, address)


def _add(at: int, value: int) -> None:
    store_64(at, load_64(at) + value)


def _enter_region(uc: int, context: Any, site: int, address: int) -> None:
    """Runs a compiled region from one of its entries; execution goes on where it was left.

    The block hook has counted the block around this address: what lies after it in that block is
    taken back, since the region counts for itself.
    """
    inner = load_64(site + 8 * _INNER)
    if context[_STEPPING] != 0:
        if inner != 0:
            perform(uc, context, inner, address)
        return
    begin = context[_BLOCK_BEGIN]
    end = begin + load_64(context[_BLOCKS] + ((begin - context[_EXEC_BASE]) << 3) + 8)
    differences = context[_DIFFERENCES] - (context[_EXEC_BASE] << 2)
    _add(differences + (address << 2), -1)
    _add(differences + (end << 2), 1)
    rest = 0
    if context[_IS_LIMITED] != 0 or context[_CALLS] != 0:
        rest = count_instructions(context, address, end - address)
        context[_REMAINING] += rest
    leaves = _set_aside(context, rest)
    _add(site + 8 * _ENTRIES, 1)
    after = address
    while site != 0 and after == address and context[_FAULT] == 0 and context[_STOP] == 0:
        after = call_region(load_64(site + 8 * _HANDLER), context.ctypes.data, address)
        site = load_64(site + 8 * _NEXT)
    if context[_FFLAGS] != 0:
        raise_flags(uc, context)
    if context[_FAULT] != 0:
        # A body has raised: its instruction, at `after`, is the first that was not performed.
        context[_BLOCK_BEGIN] = -1
        context[_PC] = after
        uc_reg_write(uc, context[_PC_REGISTER], context.ctypes.data + 8 * _PC)
        stop(uc, context, _FAULTED)
        return
    if context[_STOP] != 0:
        uc_emu_stop(uc)
    if after != address or context[_FAULT + 3] != 0:
        context[_BLOCK_BEGIN] = -1
        if context[_FAULT + 3] != 0:
            # An instruction has written code; it is done, and goes on at `after`.
            context[_NEXT_PC] = after
            stop(uc, context, _CODE_WRITTEN)
        context[_PC] = after
        uc_reg_write(uc, context[_PC_REGISTER], context.ctypes.data + 8 * _PC)
        return
    # The region leaves this instruction to the tier below.
    _add(differences + (address << 2), 1)
    _add(differences + (end << 2), -1)
    _set_aside(context, -rest)
    _expect(context, leaves)
    if context[_CALLS] != 0:
        store_64(context[_CALLS] + 8 * _NEXT_BLOCK, end)
    if context[_REMAINING] < rest:
        context[_PC] = address
        if context[_STATUS] == 0:
            stop(uc, context, _LIMIT)
        return
    context[_REMAINING] -= rest
    if inner != 0 and context[_STOP] == 0:
        perform(uc, context, inner, address)


def _set_aside(context: Any, instructions: int) -> int:
    """Takes so many instructions of the last block back, and gives how it was expected to end."""
    if context[_CALLS] == 0:
        return 0
    calls = int64_array(context[_CALLS], _RECORD)
    calls[_TOTAL] -= instructions
    calls[_NEXT_BLOCK] = 0  # A region that is left to the block in front has noted that itself.
    leaves = calls[_PENDING]
    calls[_PENDING] = 0
    calls[_PLANS] = calls[_KNOWN_PLANS]
    return leaves


def _expect(context: Any, leaves: int) -> None:
    """Has the hook of the next block look where the last one has led; see `_set_aside`."""
    if leaves != 0:
        calls = int64_array(context[_CALLS], _RECORD)
        calls[_PENDING] = leaves
        calls[_PLANS] = calls[_NO_PLANS]


def on_block(uc: int, address: int, size: int, data: int) -> None:
    """UC_HOOK_BLOCK: one more execution of the block that begins here."""
    context = int64_array(data, _END)
    slot = context[_BLOCKS] + ((address - context[_EXEC_BASE]) << 3)
    if load_64(slot + 8) != size:
        _resize(context, slot, address, size)
    store_64(slot, load_64(slot) + 1)
    context[_BLOCK_BEGIN] = address
    if context[_STOP] != 0:
        uc_emu_stop(uc)


def _resize(context: Any, slot: int, address: int, size: int) -> None:
    """Files the executions of a block whose end has changed, and begins anew with this size."""
    at = context[_DIFFERENCES] + ((address - context[_EXEC_BASE]) << 2)
    count = load_64(slot)
    end = at + (load_64(slot + 8) << 2)
    store_64(at, load_64(at) + count)
    store_64(end, load_64(end) - count)
    store_64(slot, 0)
    store_64(slot + 8, size)
    first = (address - context[_EXEC_BASE]) >> PAGE_SHIFT
    last = (address + size - context[_EXEC_BASE]) >> PAGE_SHIFT
    store_8(context[_TOUCHED] + first, 1)
    store_8(context[_TOUCHED] + last, 1)


def _block_length(context: Any, address: int, size: int) -> int:
    """How many instructions a block has; remembered by address and size if it cannot change."""
    slot = context[_LENGTHS] + ((address - context[_EXEC_BASE]) << 2)
    page = byte_array(context[_PAGES] + ((address - context[_BOUNDS]) >> PAGE_SHIFT), 1)
    is_fixed = page[0] & WRITABLE == 0
    known = load_64(slot)
    if is_fixed and known >> 32 == size:
        return known & 0xFFFFFFFF
    count = count_instructions(context, address, size)
    store_64(slot, size << 32 | count)
    return count


def on_limited_block(uc: int, address: int, size: int, data: int) -> None:
    """UC_HOOK_BLOCK with an instruction limit: stops before the block that would pass it."""
    on_block(uc, address, size, data)
    context = int64_array(data, _END)
    length = _block_length(context, address, size)
    if context[_REMAINING] < length:
        if context[_STATUS] == 0:
            context[_PC] = address
            stop(uc, context, _LIMIT)
        return
    context[_REMAINING] -= length


def count_block(uc: int, address: int, size: int, data: int) -> None:
    """UC_HOOK_BLOCK of runs without a limit: `on_block`, where its slot is of this size already.

    It runs once per block of every program. What is rare is called by address, so that it is not
    inlined and the rest needs no registers to be kept.
    """
    slot = load_64(data + 8 * _BLOCKS_BIASED) + (address << 3)
    if load_64(slot + 8) != size:
        call_hook(load_64(data + 8 * _SLOW_BLOCK), uc, address, size, data)
        return
    store_64(slot, load_64(slot) + 1)
    store_64(data + 8 * _BLOCK_BEGIN, address)


def on_followed_block(uc: int, address: int, size: int, data: int) -> None:
    """UC_HOOK_BLOCK where calls are followed, for a block that leaves its function, or is new."""
    context = int64_array(data, _END)
    if address >> PAGE_SHIFT == context[_STUB] >> PAGE_SHIFT:  # It is not counted.
        if context[_IS_LIMITED] != 0:
            on_limited_block(uc, address, size, data)
        else:
            on_block(uc, address, size, data)
        return
    calls = int64_array(context[_CALLS], _RECORD)
    note_arrival(context[_CALLS], address, size)
    leaves = calls[_PENDING]
    if leaves != 0:
        calls[_PENDING] = 0
        calls[_PLANS] = calls[_KNOWN_PLANS]
        arrive_at(context[_CALLS], leaves, calls[_SITE], calls[_LINK], address)
    if context[_IS_LIMITED] != 0:
        on_limited_block(uc, address, size, data)
    else:
        on_block(uc, address, size, data)
    slot = calls[_KNOWN_PLANS] + (address << 2)
    plan = load_64(slot)
    if plan & _SIZE_MASK != size:
        plan = call_word_callback(calls[_CLASSIFY], address)
        plan |= count_instructions(context, address, size) << _LENGTH | size
        store_64(slot, plan)
    calls[_TOTAL] += plan >> _LENGTH & _LENGTH_MASK
    leaves = plan >> _LEAVES & _LEAVES_MASK
    if leaves != 0:
        calls[_SITE] = address + (plan >> _LAST)
        calls[_LINK] = address + size
        _expect(context, leaves)


def follow_block(uc: int, address: int, size: int, data: int) -> None:
    """UC_HOOK_BLOCK of runs without a limit where calls are followed: as `count_block`."""
    calls = load_64(data + 8 * _CALLS)
    plan = load_64(load_64(calls + 8 * _PLANS) + (address << 2))
    if (plan ^ size) & _UNLIKE != 0:
        call_hook(load_64(calls + 8 * _SLOW), uc, address, size, data)
        return
    note_arrival(calls, address, size)
    slot = load_64(calls + 8 * _KNOWN_BLOCKS) + (address << 3)
    store_64(slot, load_64(slot) + 1)
    store_64(data + 8 * _BLOCK_BEGIN, address)
    store_64(calls + 8 * _TOTAL, load_64(calls + 8 * _TOTAL) + (plan >> _LENGTH))


_SOURCE = """
def arrive(record, leaves, site, link, target):
    arrive_at(record, leaves, site, link, target)


def returned(record, site, target, number, spent):
    return_calls(record, site, target, number, spent)


def followed_block(uc, address, size, data):
    on_followed_block(uc, address, size, data)


def following_block(uc, address, size, data):
    follow_block(uc, address, size, data)


def trap(uc, cause, data):
    on_trap(uc, cause, data)


def code(uc, address, size, data):
    on_code(uc, address, size, data)


def edge(uc, block, previous, data):
    on_edge(uc, block, previous, data)


def refused(data, address, end):
    return next_refused(int64_array(data, words), address, end)


def block_end(data, begin, size):
    return end_of_block(int64_array(data, words), begin, size)


def perform_word(uc, data, row, pc):
    perform_alone(uc, int64_array(data, words), row, pc)
    return 0


def resumed(uc, data, pc):
    return int64(resume(uc, int64_array(data, words), pc))


def progress(data):
    return executed(int64_array(data, words))


def progress_before(data, pc):
    return executed_before(int64_array(data, words), pc)


def fast_block(uc, address, size, data):
    count_block(uc, address, size, data)


def block(uc, address, size, data):
    on_block(uc, address, size, data)


def limited_block(uc, address, size, data):
    on_limited_block(uc, address, size, data)
"""
_ON_ADDRESS = "void(int64, uint64, uint32, int64)"
_SIGNATURES = {
    "arrive": "void(int64, int64, int64, int64, int64)",
    "returned": "void(int64, int64, int64, int64, int64)",
    "followed_block": _ON_ADDRESS,
    "following_block": _ON_ADDRESS,
    "trap": "void(int64, uint32, int64)",
    "code": _ON_ADDRESS,
    "edge": "void(int64, int64, int64, int64)",
    "refused": "int64(int64, int64, int64)",
    "block_end": "int64(int64, int64, int64)",
    "perform_word": "int64(int64, int64, int64, int64)",
    "resumed": "int64(int64, int64, int64)",
    "progress": "int64(int64)",
    "progress_before": "int64(int64, int64)",
    "fast_block": _ON_ADDRESS,
    "block": _ON_ADDRESS,
    "limited_block": _ON_ADDRESS,
}


@cache
def _code() -> jit.Code:
    functions: list[Callable[..., Any]] = [on_trap, on_code, on_edge, on_block, on_limited_block]
    functions += [
        arrive_at,
        return_calls,
        on_followed_block,
        follow_block,
        count_block,
        next_refused,
        end_of_block,
        executed,
        executed_before,
        perform_alone,
        resume,
    ]
    names: dict[str, Any] = {function.__name__: function for function in functions}
    return jit.Code(_SOURCE, _SIGNATURES, names | {"int64_array": int64_array, "words": _END})


def addresses() -> Mapping[str, int]:
    """Host addresses of the compiled hooks: the functions of `_SOURCE`."""
    code = _code()
    if code.is_stored() or threading.current_thread() is not threading.main_thread():
        return code.addresses()
    # LLVM is in one call for half a second: Ctrl-C reaches who waits for it, not who is in it.
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(1, "rvx compiles")
    try:
        return pool.submit(code.addresses).result()
    finally:
        pool.shutdown(wait=False)


@cache
def function(name: str) -> Callable[..., int]:
    """One of the compiled functions that give a number, such as `progress`, to be called here."""
    return _code().function(name)
