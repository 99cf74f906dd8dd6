"""Breakpoints and watchpoints of a hart: what Python says and hears of `native.pauses`."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from rvx.emulator import sparse
from rvx.emulator.context import Context, Field
from rvx.emulator.memory import GuestMemory
from rvx.emulator.native.pauses import Hit, Pause, Watch, Watched
from rvx.isa.bits import Address
from rvx.records import dataclass


@dataclass(frozen=True)
class Watchpoint:
    """Something of which somebody wants to know that it changes, or is accessed.

    Attributes:
        kind: what stops execution.
        host: host address of its bytes; 0 if the run loop holds it, which alone changes it then.
        size: how many there are.
        address: of the guest, if it is memory; for accesses it has to be.
        name: what it is called.
        mask: of a word of 64 bits, the bits that are watched; all of what is larger.
        read: gives the value of what the run loop holds.
        condition: whether it stops execution that it has changed, or was accessed; always if it is
            None. It is asked with the machine at the moment behind that.
    """

    kind: Watched
    host: int
    size: int
    address: Address = 0
    name: str = ""
    mask: int = -1
    read: Callable[[], int] | None = None
    condition: Callable[[], bool] | None = None

    def value(self) -> bytes:
        """What it holds."""
        if self.read is not None:
            return self.read().to_bytes(self.size, "little")
        return self.watched(ctypes.string_at(self.host, self.size))

    def watched(self, held: bytes) -> bytes:
        """Bytes without those bits that nobody watches."""
        if self.mask == -1:
            return held
        return (int.from_bytes(held, "little") & self.mask).to_bytes(self.size, "little")


_NEVER = -1
"""As many instructions are never left."""


@dataclass(frozen=True)
class Paused:
    """What has stopped execution, or would have.

    Attributes:
        hit: what it was.
        count: instructions that were executed by then.
        pc: of the instruction in front of which it came, or which has done it; of a change that
            no instruction has made by itself, such as one by a system call, 0.
        watches: the watchpoints that were hit, all by the same instruction.
        is_trap: whether a trap has hit them, which is none.
    """

    hit: Hit
    count: int
    pc: Address = 0
    watches: tuple[Watchpoint, ...] = ()
    is_trap: bool = False

    @property
    def before(self) -> int:
        """The count of instructions at which execution stops for it on the way back."""
        return self.count - (self.hit == Hit.WATCH and not self.is_trap)


class Pauses:
    """What stops a hart, and what has.

    Args:
        context: where compiled code finds it.
        memory: the guest's.

    Attributes:
        found: what has stopped the hart; while it scans, the last that would have.
    """

    def __init__(self, context: Context, memory: GuestMemory) -> None:
        self._context, self._memory = context, memory
        self._words = np.zeros(Pause.END, np.int64)
        self._marks: NDArray[np.uint8] = sparse.zeros(
            (memory.executable_end - memory.executable_begin + 1) // 2 + 1, np.uint8
        )
        self._rows = np.zeros((0, Watch.END), np.int64)
        self._copies: list[NDArray[np.uint8]] = []
        self._marked: set[int] = set()
        self._watchpoints: Sequence[Watchpoint] = ()
        self._compiled: list[Watchpoint] = []
        self.found: Paused | None = None
        self._words[Pause.MARKS] = self._marks.ctypes.data
        context.words[Field.PAUSES] = self._words.ctypes.data

    def arm(
        self,
        breakpoints: Collection[Address],
        watchpoints: Sequence[Watchpoint],
        within: tuple[Address, Address] | None = None,
        *,
        is_scanning: bool = False,
        is_start: bool = True,
    ) -> None:
        """Says what is to stop the hart in the next run.

        Args:
            breakpoints: addresses in front of which it stops.
            watchpoints: what is watched; a change is one from what it holds now.
            within: addresses outside of which it stops.
            is_scanning: whether hits are only written down.
            is_start: whether a breakpoint at the first instruction does not count.
        """
        for index in self._marked:
            self._marks[index] = 0
        indices = {(at - self._memory.executable_begin) >> 1 for at in breakpoints}
        self._marked = {one for one in indices if 0 <= one < self._marks.size}
        for index in self._marked:
            self._marks[index] = 1
        self._watchpoints = watchpoints
        self._copies = [np.frombuffer(one.value(), np.uint8).copy() for one in watchpoints]
        pairs = [pair for pair in zip(watchpoints, self._copies, strict=True) if pair[0].host]
        self._compiled = [watch for watch, _ in pairs]
        rows = [
            (one.kind, one.address, one.size, one.host, copy.ctypes.data, one.mask, _NEVER)
            for one, copy in pairs
        ]
        self._rows = np.array(rows, np.int64).reshape(-1, Watch.END)
        words = self._words
        words[Pause.WATCHES], words[Pause.COUNT] = self._rows.ctypes.data, len(rows)
        words[Pause.BEGIN], words[Pause.LIMIT] = within or (0, 0)
        words[Pause.IS_START], words[Pause.IS_SCANNING] = is_start, is_scanning
        words[Pause.HIT] = Hit.NONE
        self.found = None

    @property
    def needs_accesses(self) -> bool:
        """Whether accesses have to be written down."""
        return any(one.kind != Watched.CHANGED for one in self._watchpoints)

    def disregard_start(self) -> None:
        """Execution does not go on where it had stopped, but with a handler."""
        self._words[Pause.IS_START] = 0

    def look(self, executed: Callable[[], int], is_trap: bool) -> bool:
        """Looks for changes by the run loop itself; gives whether the hart is to stop.

        Args:
            executed: gives how many instructions were executed.
            is_trap: whether the loop has only taken a trap.
        """
        found = []
        for one, copy in zip(self._watchpoints, self._copies, strict=True):
            value = one.value() if one.kind == Watched.CHANGED else b""
            if value and value != one.watched(copy.tobytes()):
                found.append(one)
                copy[:] = np.frombuffer(value, np.uint8)
        if not found:
            return False
        self.found = Paused(Hit.WATCH, executed(), watches=tuple(found), is_trap=is_trap)
        return not self._words[Pause.IS_SCANNING]

    def take(self, target: int) -> bool:
        """Takes what compiled code has noted; gives whether the hart is to stop for it.

        Args:
            target: the count of instructions at which it would have stopped.
        """
        words = self._words
        hit = Hit(int(words[Pause.HIT]))
        if hit == Hit.NONE:
            return False
        words[Pause.HIT] = Hit.NONE
        left = int(words[Pause.REMAINING])
        watches: tuple[Watchpoint, ...] = ()
        if hit == Hit.WATCH:
            when = self._rows[:, Watch.WHEN].tolist()
            pairs = zip(self._compiled, when, strict=True)
            watches = tuple(one for one, at in pairs if at == left)
            self._rows[:, Watch.WHEN] = _NEVER
        self.found = Paused(hit, target - left, int(words[Pause.PC]), watches)
        return not words[Pause.IS_SCANNING]
