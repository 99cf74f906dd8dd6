"""PMP, physical memory protection: who may access which addresses, to four bytes.

Chapter 3.7 of the manual's volume II. Of the sixteen entries, the first that an access touches
decides; machine mode is bound by locked ones only. As on Spike, the first one gives everything to
everybody at reset, so that programs which know nothing of it run in all modes.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from rvx.emulator.memory import PAGE, Span
from rvx.emulator.privileged.registers import Mode
from rvx.isa.bits import Address
from rvx.isa.memory import EXECUTABLE, READABLE, WRITABLE
from rvx.records import dataclass

ENTRIES = 16
EVERYTHING = READABLE | WRITABLE | EXECUTABLE
LOCKED, WAY = 0x80, 0x18
_RANGE, _FOUR_BYTES = 0x08, 0x10
"""Of the field A (`WAY`): up to the address from that of the entry before, and four bytes."""
_MEANINGFUL = LOCKED | WAY | EVERYTHING
_FIRST = (_MEANINGFUL & ~LOCKED, -1)
_END = 1 << 56
"""Physical addresses have 56 bits, those of RV32 34."""


@dataclass(frozen=True)
class _Rule:
    """An entry that is not off.

    Attributes:
        begin: the first address.
        end: the one after the last.
        given: what it gives to those that it binds.
        is_locked: whether it binds machine mode.
    """

    begin: Address
    end: Address
    given: int
    is_locked: bool

    def allows(self, mode: Mode) -> int:
        return EVERYTHING if mode == Mode.MACHINE and not self.is_locked else self.given


class Protection:
    """The entries of a hart.

    Args:
        xlen: 32 or 64.

    Attributes:
        version: how often an entry has changed.
    """

    def __init__(self, xlen: int) -> None:
        self._xlen = xlen
        self._mask = (1 << min(xlen, 54)) - 1
        self._settings = [0] * ENTRIES
        self._addresses = [0] * ENTRIES
        self._settings[0], self._addresses[0] = _FIRST[0], _FIRST[1] & self._mask
        self.version = 0
        self._rules = self._make_rules()

    def settings(self, register: int) -> int:
        """What a pmpcfg register holds: a byte an entry."""
        first = 4 * register
        return int.from_bytes(bytes(self._settings[first : first + self._xlen // 8]), "little")

    def address(self, entry: int) -> int:
        """What a pmpaddr register holds."""
        return self._addresses[entry]

    def set_settings(self, register: int, value: int) -> None:
        """Writes a pmpcfg register: entries that are locked stay as they are."""
        first = 4 * register
        for index, chosen in enumerate(value.to_bytes(self._xlen // 8, "little"), first):
            if not self._settings[index] & LOCKED:
                is_reserved = not chosen & READABLE  # Memory that can be written only.
                self._settings[index] = chosen & _MEANINGFUL & ~(WRITABLE if is_reserved else 0)
        self._note_change()

    def set_address(self, entry: int, value: int) -> None:
        """Writes a pmpaddr register, unless it is locked, or begins a range that is."""
        following = self._settings[entry + 1] if entry + 1 < ENTRIES else 0
        begins_locked = following & LOCKED and following & WAY == _RANGE
        if not (self._settings[entry] & LOCKED or begins_locked):
            self._addresses[entry] = value & self._mask
            self._note_change()

    def _note_change(self) -> None:
        self.version += 1
        self._rules = self._make_rules()

    def _make_rules(self) -> list[_Rule]:
        rules = []
        for index, setting in enumerate(self._settings):
            way, address = setting & WAY, self._addresses[index]
            if not way:
                continue
            begin, end = address << 2, (address << 2) + 4
            if way == _RANGE:
                begin, end = self._addresses[index - 1] << 2 if index else 0, address << 2
            elif way != _FOUR_BYTES:
                # As many ones as there are at the end make a region of twice as many words each.
                ones = (address ^ address + 1) >> 1
                begin = (address & ~ones) << 2
                end = begin + ((ones + 1) << 3)
            rules.append(_Rule(begin, end, setting & EVERYTHING, bool(setting & LOCKED)))
        return rules

    def allows(self, mode: Mode, address: Address, size: int, wanted: int) -> bool:
        """Whether an access is allowed; misaligned ones are made byte by byte, as Spike does."""
        step = size if address % size == 0 else 1
        return all(
            self._allows(mode, at, step, wanted) for at in range(address, address + size, step)
        )

    def _allows(self, mode: Mode, address: Address, size: int, wanted: int) -> bool:
        for rule in self._rules:
            if rule.begin < address + size and address < rule.end:
                is_whole = rule.begin <= address and address + size <= rule.end
                return is_whole and rule.allows(mode) & wanted == wanted
        return mode == Mode.MACHINE

    def spans(self, fetching: Mode, accessing: Mode) -> list[Span]:
        """What pages as a whole may be used for, where that is not for everything.

        Pages of which only parts may be are in it with what all of their parts allow: what else is
        allowed there is found by `allows`.

        Args:
            fetching: the mode that instructions are fetched in.
            accessing: the mode of their accesses.
        """
        edges = {0, _END, *(rule.begin for rule in self._rules), *(r.end for r in self._rules)}
        parts = []
        for begin, end in pairwise(sorted(edges)):
            rule = next((r for r in self._rules if r.begin <= begin and end <= r.end), None)
            if rule is None:
                execute = EVERYTHING if fetching == Mode.MACHINE else 0
                access = EVERYTHING if accessing == Mode.MACHINE else 0
            else:
                execute, access = rule.allows(fetching), rule.allows(accessing)
            allowed = execute & EXECUTABLE | access & ~EXECUTABLE
            parts.append(Span(begin, end, allowed))
        return [span for span in (*_of_pages(parts), *_crossed(parts)) if span.allowed < EVERYTHING]


def _of_pages(parts: Iterable[Span]) -> Iterable[Span]:
    """The parts with all of the pages that they share with others."""
    for part in parts:
        yield Span(part.begin & -PAGE, -(-part.end // PAGE) * PAGE, part.allowed)


def _crossed(parts: Iterable[Span]) -> Iterable[Span]:
    """Pages with an edge that an aligned access could cross: it is not allowed then."""
    for part in parts:
        if part.begin % 8:
            yield Span(part.begin & -PAGE, (part.begin & -PAGE) + PAGE, 0)
