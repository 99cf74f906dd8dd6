"""Whether rvx holds the floating-point state of the base ISA, or Unicorn's core.

The core holds fcsr and performs those instructions of F and D that it is right in (`floatfacts`);
all others are performed by their bodies. Some programs run on a core without F and D: those that
may see that an extension has made fcsr wider than the core's, and those with streams or
repetitions, of which the core knows nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from rvx.emulator.loader import Executable
from rvx.emulator.memory import GuestMemory
from rvx.isa import Isa, streams
from rvx.isa.bits import Address

_OP_FP = 0x53
_PACKED, _SYSTEM = 0x33, 0x73
_CORE_BITS = 8
_CORE_CSRS = (0x001, 0x002, 0x003)
_FLOAT_STATE = "fcsr"


def needs_bodies(isa: Isa, memory: GuestMemory, executable: Executable) -> bool:
    """Whether bodies perform all of F and D, and rvx holds fcsr.

    The words are looked at without decoding: data among them can only make the answer more careful.
    """
    if _FLOAT_STATE not in isa.states:
        return False
    return _has_suspects(isa, _words(memory)) and _has_suspects(
        isa, _instructions(memory, executable)
    )


def _has_suspects(isa: Isa, words: NDArray[np.uint32]) -> bool:
    return _uses_sequencer(isa, words) or _may_see_formats(isa, words)


def _instructions(memory: GuestMemory, executable: Executable) -> NDArray[np.uint32]:
    """The words where instructions begin, in sections of code.

    These are found by their lengths, from the begin of each section, each symbol and the entry on.
    Halves of two instructions look like a third one all the time, and nobody jumps there. Where a
    file does not say what is code, every even address of executable memory counts.
    """
    entry = executable.entry
    if not any(first <= entry < end for first, end in executable.code):
        return _words(memory)
    found = [_beginnings(begin, words, executable) for begin, words in _pieces(memory)]
    return np.concatenate(found) if found else np.zeros(0, np.uint32)


def _beginnings(
    begin: Address, words: NDArray[np.uint32], executable: Executable
) -> NDArray[np.uint32]:
    """The words where instructions begin in one piece of code."""
    places = words.size
    edges = np.zeros(places + 1, np.int32)
    for first, end in executable.code:
        for address, change in ((first, 1), (end, -1)):
            edges[min(max(address - begin >> 1, 0), places)] += change
    is_code = (np.cumsum(edges)[:-1] > 0).tobytes()
    lengths = (((words & 3) == 3) + np.uint8(1)).tobytes()
    is_start = bytearray(places)
    starts = (first for first, _ in executable.code)
    for address in (*starts, executable.entry, *executable.symbols.addresses):
        at = address - begin >> 1
        while 0 <= at < places and is_code[at] and not is_start[at]:
            is_start[at] = 1
            at += lengths[at]
    return words[np.frombuffer(is_start, np.bool_)]


def _may_see_formats(isa: Isa, words: NDArray[np.uint32]) -> bool:
    """Whether the program uses bits of fcsr that the core does not have, by way of fcsr."""
    fcsr = isa.csrs.get(_FLOAT_STATE)
    if fcsr is None or fcsr.bits <= _CORE_BITS:
        return False
    is_csr = ((words & 0x7F) == _SYSTEM) & (words >> 12 & 3 != 0)
    window = [csr.address for csr in isa.csrs.values() if csr.state == _FLOAT_STATE]
    beyond = [a for a in window if a not in _CORE_CSRS]
    is_narrow = ((words & 0x7F) == _OP_FP) & (words >> 26 & 1 == 1)
    uses_formats = _is_packed(words) | is_narrow | (is_csr & np.isin(words >> 20, beyond))
    return bool((is_csr & (words >> 20 == fcsr.address)).any() and uses_formats.any())


def _is_packed(words: NDArray[np.uint32]) -> NDArray[np.bool_]:
    packed: NDArray[np.bool_] = ((words & 0x7F) == _PACKED) & (words >> 31 == 1)
    return packed


def _uses_sequencer(isa: Isa, words: NDArray[np.uint32]) -> bool:
    """Whether there are words that repeat others, or both words that enable and set up streams.

    One of the latter alone has no effect; in compiled code some data looks like either.
    """

    def found(patterns: list[tuple[int, int]]) -> bool:
        return any(bool(((words & mask) == match).any()) for mask, match in patterns)

    def asking(request: str) -> list[tuple[int, int]]:
        made = (one for one in isa.instructions.values() if request in one.requests)
        return [(one.pattern.mask, one.pattern.match) for one in made]

    csrs = [csr.address for csr in isa.csrs.values() if csr.state == streams.STATE]
    enabling = [(0xFFF0007F, address << 20 | _SYSTEM) for address in csrs]
    return found(asking("repeat")) or (found(enabling) and found(asking(streams.STATE)))


def _words(memory: GuestMemory) -> NDArray[np.uint32]:
    """The 32 bits at every even address of the code that the program's file has."""
    found = [words for _, words in _pieces(memory)]
    return np.concatenate(found) if found else np.zeros(0, np.uint32)


def _pieces(memory: GuestMemory) -> Iterator[tuple[Address, NDArray[np.uint32]]]:
    """Runs of code with their first address, and the 32 bits at every even address of them."""
    for begin, code in memory.loaded_code():
        even = code[begin & 1 :]
        halves = even[: even.size & ~1].view(np.uint16).astype(np.uint32)
        if halves.size >= 2:
            yield begin + (begin & 1), halves[:-1] | halves[1:] << np.uint32(16)
