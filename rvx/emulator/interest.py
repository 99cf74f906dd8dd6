"""The region of interest: the part of a run that is counted.

It begins and ends at addresses, where the hart stops: between them everything runs as fast as it
does elsewhere, and no instruction is added. At each stop what has been counted so far is looked at,
so that the part is a difference of exact counts. (What is called a region elsewhere in the emulator
is a compiled loop.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection

import numpy as np

from rvx.emulator.counts import BlockCounter, Snapshot
from rvx.emulator.memory import GuestMemory
from rvx.errors import RvxError
from rvx.isa.bits import Address, Word
from rvx.records import dataclass, field

BEGIN_WORD: Word = 0x70102013
END_WORD: Word = 0x70002013
"""`slti zero, zero, 0x701` and 0x700: hints that the manual leaves to users."""
_WORD = 4


@dataclass(frozen=True)
class Interest:
    """Which part of a run is counted.

    Attributes:
        functions: from their first instruction until they return to where they were called from,
            with all that they call.
        begins_at: addresses from which on it is.
        ends_at: addresses before which that ends.
    """

    functions: Collection[Address] = ()
    begins_at: Collection[Address] = ()
    ends_at: Collection[Address] = ()


class NoMarkers(RvxError):
    """A program has no markers of a region of interest."""


def markers(memory: GuestMemory, name: str) -> Interest:
    """What the markers of `asm/roi.inc` in a program's code enclose, without themselves.

    Raises:
        NoMarkers: there is none that begins it; `name` is that of the program.
    """
    first = memory.executable_begin - memory.base
    code = memory.ram[first : memory.executable_end - memory.base]
    halves = code[: code.size & ~1].view("<u2")

    def places(word: Word) -> list[Address]:
        low, high = word & 0xFFFF, word >> 16
        at = np.flatnonzero((halves[:-1] == low) & (halves[1:] == high))
        return [memory.executable_begin + 2 * index for index in at.tolist()]

    if not places(BEGIN_WORD):
        raise NoMarkers(f"{name} has no ROI_BEGIN, of roi.inc, which says what is to be counted")
    return Interest(begins_at=[at + _WORD for at in places(BEGIN_WORD)], ends_at=places(END_WORD))


@dataclass
class InterestCounter:
    """Adds up what is counted between the places where a part of a run begins and ends.

    Attributes:
        interest: those places.
        counter: counts everything.
        register: gives the bits of an x register, not negative.
        entries: how often the part was entered in this run.
        marks: addresses before which the hart has to ask `reach`; there may be more of them later.
    """

    interest: Interest
    counter: BlockCounter
    register: Callable[[int], int]
    entries: int = 0
    marks: set[Address] = field(default_factory=set)
    _is_inside: bool = False
    _returns_to: tuple[Address, int] | None = None
    _sum: Snapshot = field(default_factory=lambda: Snapshot({}, {}, {}))
    _before: Snapshot = field(default_factory=lambda: Snapshot({}, {}, {}))

    def __post_init__(self) -> None:
        of = self.interest
        self.marks |= {*of.functions, *of.begins_at, *of.ends_at}

    @property
    def is_inside(self) -> bool:
        """Whether what is executed now belongs to the part."""
        return self._is_inside

    def begin(self) -> None:
        """A run begins."""
        self.entries, self._is_inside, self._returns_to = 0, False, None
        self._sum = Snapshot({}, {}, {})

    def concerns(self, pc: Address) -> bool:
        """Whether the part may begin or end at a mark, as things stand."""
        if self._is_inside:
            return self._ends(pc)
        return pc in self.interest.functions or pc in self.interest.begins_at

    def reach(self, pc: Address) -> None:
        """Execution has come to a mark; counts are exact up to there."""
        if self._is_inside and self._ends(pc):
            self.end()
        if self._is_inside:
            return
        if pc in self.interest.functions:
            self._returns_to = self.register(1), self.register(2)
            self.marks.add(self._returns_to[0])
        elif pc in self.interest.begins_at:
            self._returns_to = None
        else:
            return
        self._is_inside = True
        self.entries += 1
        self._before = self.counter.snapshot()()
        if self.counter.calls is not None:
            self.counter.calls.begin_part()

    def _ends(self, pc: Address) -> bool:
        if self._returns_to is None:
            return pc in self.interest.ends_at
        # A call of itself returns there, too, with a lower stack pointer.
        return pc == self._returns_to[0] and self.register(2) >= self._returns_to[1]

    def end(self) -> None:
        """The part, or the run, ends."""
        if not self._is_inside:
            return
        self._is_inside = False
        after = self.counter.snapshot()()
        self._sum = Snapshot(
            _added(self._sum.changes, after.changes, self._before.changes),
            _added(self._sum.repeated, after.repeated, self._before.repeated),
            {
                at: tuple(
                    have + now - then
                    for have, now, then in zip(
                        self._sum.elements.get(at, _NONE),
                        row,
                        self._before.elements.get(at, _NONE),
                        strict=True,
                    )
                )
                for at, row in after.elements.items()
            },
        )
        if self.counter.calls is not None:
            self.counter.calls.end_part()

    def snapshot(self) -> Snapshot:
        """What was counted in the part."""
        return self._sum


_NONE = (0, 0, 0, 0)


def _added(have: dict[int, int], now: dict[int, int], then: dict[int, int]) -> dict[int, int]:
    """What there is, and what has come since."""
    found = Counter(have)
    found.update(now)
    found.subtract(then)
    return {at: number for at, number in sorted(found.items()) if number}
