"""HTIF, the host-target interface: a bare program ends, writes and asks by storing to `tohost`.

What is stored is a device in the highest byte, a command in the next, and 48 bits for it. Device 0
takes an exit code (an odd number: the code and a 1 behind it), or the address of a system call:
eight numbers, of which the first is the call, and takes its result. Device 1 is a console. The
answer is a number in `fromhost`, which the program sets back to 0.
"""

from __future__ import annotations

from collections.abc import Callable

from rvx.emulator.memory import PAGE, GuestMemory, Span
from rvx.emulator.system import System
from rvx.isa.bits import Address
from rvx.isa.memory import EXECUTABLE, READABLE, WRITABLE

_EXIT, _CONSOLE = 0, 1
_COMMAND_WRITE = 1
_WORDS = 8
_WAITING = (0x0000006F, 0xA001)
"""Jumps to themselves."""


class Htif:
    """What answers to stores to `tohost`.

    Args:
        tohost: its address.
        fromhost: its address, if there is one.
        memory: guest memory.
        system: what is asked for is a system call.
        xlen: 32 or 64.

    Attributes:
        exit_code: what the program has ended with.
        watched: the page with `tohost`, to which stores have to be noticed.
    """

    def __init__(
        self,
        tohost: Address,
        fromhost: Address | None,
        memory: GuestMemory,
        system: System,
        xlen: int,
    ) -> None:
        self._tohost, self._fromhost = tohost, fromhost
        self._memory, self._system = memory, system
        self._xlen = xlen
        self._was_stored = False
        page = tohost & -PAGE
        # Loads of what else is on this page cost nothing.
        self.watched = Span(page, page + PAGE, READABLE | EXECUTABLE)
        self.exit_code: int | None = None

    def notice(self, address: Address, size: int, following: Address) -> None:
        """Something was stored: does what it asks for, if that is `tohost`.

        Args:
            address: where.
            size: how many bytes.
            following: of the instruction that comes next.
        """
        if address <= self._tohost < address + size or address == self._tohost + 4:
            self._notice(address, size, self._memory.word(following) in _WAITING)

    def _notice(self, address: Address, size: int, is_waiting: bool) -> None:
        """Looks at `tohost` once both of its halves were stored.

        A program for RV32 stores them one by one, and some only the low one: again and again, or
        once, to wait for the end in a jump to itself.
        """
        is_half = size == 4 and address == self._tohost
        if is_half and not self._was_stored and not is_waiting:
            self._was_stored = True
            return
        self._was_stored = False
        asked = self._load(self._tohost, 8)
        if asked:
            self._answer(asked >> 56, asked >> 48 & 0xFF, asked & (1 << 48) - 1)

    def _answer(self, device: int, command: int, payload: int) -> None:
        answer = 1
        if device == _EXIT and payload & 1:
            self.exit_code = payload >> 1
            return
        self._store(self._tohost, 8, 0)
        if device == _EXIT:
            self._call(payload)
        elif device == _CONSOLE and command == _COMMAND_WRITE:
            self._system.write(1, bytes([payload & 0xFF]))
        elif device == _CONSOLE:
            data = self._system.process.descriptors[0].read(1)
            answer = 1 << 8 | data[0] if data else 0
            answer |= _CONSOLE << 56
        if self._fromhost is not None:
            self._store(self._fromhost, 8, answer)

    def _call(self, address: Address) -> None:
        """Performs the system call whose number and arguments are at an address."""
        if not self._memory.holds(address, 8 * _WORDS):
            return
        numbers = [self._load(address + 8 * i, 8) for i in range(_WORDS)]
        mask = (1 << self._xlen) - 1
        value, ended = self._system.call(
            numbers[0] & mask, [number & mask for number in numbers[1:7]]
        )
        self._store(address, 8, value & (1 << 64) - 1)
        self.exit_code = ended

    def _load(self, address: Address, size: int) -> int:
        at = address - self._memory.base
        return int.from_bytes(self._memory.view[at : at + size], "little")

    def _store(self, address: Address, size: int, value: int) -> None:
        self._memory.write(address, value.to_bytes(size, "little"))


def htif_of(
    symbol: Callable[[str], Address | None], memory: GuestMemory, system: System, xlen: int
) -> Htif | None:
    """The interface of a program that has a `tohost` which it can write; None if it has none."""
    tohost = symbol("tohost")
    if tohost is None or tohost % 8 or not memory.can(tohost, 8, WRITABLE):
        return None
    fromhost = symbol("fromhost")
    if fromhost is not None and not memory.holds(fromhost, 8):
        fromhost = None
    return Htif(tohost, fromhost, memory, system, xlen)
