"""Where shadows are: beside registers and memory, with the bits that they belong to.

Only values that are not what they would be have one; others are their own. A shadow holds as long
as the bits are those with which it was noted: whoever changes them by other ways, as integer code
may, has made a new value.
"""

from __future__ import annotations

from typing import NamedTuple

from rvx.analysis.shadow.numbers import Numbers, WholeNumbers
from rvx.analysis.shadow.sites import Shadow
from rvx.emulator.native.retire import Kind

_X = int(Kind.X)
_WIDE = 64


class Lane(NamedTuple):
    """A number in a register or in memory that has a shadow.

    Attributes:
        bits: of its code.
        code: with which the shadow was noted.
        shadow: what the number would be.
        numbers: of its format.
    """

    bits: int
    code: int
    shadow: Shadow
    numbers: Numbers

    def of(self, numbers: Numbers, code: int) -> Shadow | None:
        """The shadow, for who reads this code of a format there; None if it is not meant."""
        if self.numbers is numbers:
            if self.code == code:
                return self.shadow
            # A quire holds the same number in several ways.
            is_same = self.bits > _WIDE and numbers.value(code) == numbers.value(self.code)
            return self.shadow if is_same else None
        # Integers are the same number in any width that holds them.
        if isinstance(numbers, WholeNumbers) and isinstance(self.numbers, WholeNumbers):
            return self.shadow if numbers.value(code) == self.numbers.value(self.code) else None
        return None


Lanes = dict[int, Lane]
"""By the position of the lowest bit."""


class Store:
    """The shadows of registers and memory, and what is in registers.

    Attributes:
        registers: what registers, CSRs and states hold, by the keys of a trace.
        is_full: whether memory has had more shadows than are kept.
        has_x: how many x registers have shadows.
    """

    MOST = 1 << 21
    """Shadows in memory that are kept."""

    def __init__(self) -> None:
        self.registers: dict[int, int] = {}
        self.is_full = False
        self.has_x = 0
        self._lanes: dict[int, Lanes] = {}
        self._blocks: dict[int, Lanes] = {}
        self._count = 0

    def lanes(self, key: int | None) -> Lanes | None:
        """The shadows in a register, if it has some."""
        return self._lanes.get(key) if key is not None else None

    @property
    def is_empty(self) -> bool:
        """Whether no register has a shadow."""
        return not self._lanes

    @property
    def has_memory(self) -> bool:
        """Whether memory has shadows."""
        return bool(self._blocks)

    def put(self, key: int, lanes: Lanes) -> None:
        """Says which shadows a register has from now on."""
        if lanes:
            if key & 15 == _X and key not in self._lanes:
                self.has_x += 1
            self._lanes[key] = lanes
        else:
            self.drop(key)

    def drop(self, key: int) -> None:
        """A register has none any more."""
        if self._lanes.pop(key, None) is not None and key & 15 == _X:
            self.has_x -= 1

    def drop_all(self, keys: list[int]) -> None:
        """Several registers have none any more."""
        for key in self._lanes.keys() & set(keys):
            self.drop(key)

    def load(self, address: int, size: int) -> Lanes:
        """The shadows in memory, by position from an address on; their codes are to be checked."""
        found: Lanes = {}
        begin = (address & 7) << 3
        end = begin + 8 * size
        at = address >> 3
        first = 0
        while first < end:
            block = self._blocks.get(at)
            if block is not None:
                for position, lane in block.items():
                    here = first + position
                    if here >= begin and here + lane.bits <= end:
                        found[here - begin] = lane
            at += 1
            first += 64
        return found

    def store(self, address: int, size: int, lanes: Lanes) -> None:
        """Memory is written: its shadows are these."""
        if not lanes and not self._blocks:
            return
        begin = (address & 7) << 3
        end = begin + 8 * size
        at = address >> 3
        first = 0
        while first < end:
            block = self._blocks.get(at)
            if block is not None:
                gone = [
                    position
                    for position, lane in block.items()
                    if first + position < end and first + position + lane.bits > begin
                ]
                for position in gone:
                    del block[position]
                self._count -= len(gone)
                if not block:
                    del self._blocks[at]
            at += 1
            first += 64
        for position, lane in lanes.items():
            if self._count >= self.MOST:
                self.is_full = True
                return
            where = 8 * address + position
            self._blocks.setdefault(where >> 6, {})[where & 63] = lane
            self._count += 1
