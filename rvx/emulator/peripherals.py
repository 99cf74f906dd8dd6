"""Devices that boards have: the CLINT, with the timer, and a serial port."""

from __future__ import annotations

from collections.abc import Callable

SOFTWARE_LINE, TIMER_LINE = 1 << 3, 1 << 7
"""The CLINT's interrupts as bits of mip."""
_MSIP, _MTIMECMP, _MTIME = 0, 0x4000, 0xBFF8
_NEVER = (1 << 64) - 1


class Clint:
    """The core-local interruptor of one hart: software interrupts, and a timer.

    Time is the count of instructions, so that an interrupt comes at the same one in every run.

    Args:
        executed: how many instructions were executed so far.
        ratio: instructions for which the timer goes on by one.
    """

    SIZE = 0x10000

    def __init__(self, executed: Callable[[], int], ratio: int) -> None:
        self._executed = executed
        self._ratio = ratio
        self._software = 0
        self._compare = _NEVER
        self._offset = 0

    def _time(self) -> int:
        return self._executed() // self._ratio + self._offset & _NEVER

    def read(self, offset: int, size: int) -> int:
        """msip, mtimecmp and mtime, or a half of them; all else is 0."""
        for first, value in (
            (_MSIP, self._software),
            (_MTIMECMP, self._compare),
            (_MTIME, self._time()),
        ):
            if first <= offset < first + 8:
                return value >> 8 * (offset - first)
        return 0

    def write(self, offset: int, size: int, value: int) -> None:
        """Writes them."""

        def merged(before: int, first: int) -> int:
            shift = 8 * (offset - first)
            mask = ((1 << 8 * size) - 1) << shift & _NEVER
            return before & ~mask | value << shift & mask

        if offset < 4:
            self._software = value & 1
        elif _MTIMECMP <= offset < _MTIMECMP + 8:
            self._compare = merged(self._compare, _MTIMECMP)
        elif _MTIME <= offset < _MTIME + 8:
            now = self._time()
            self._offset += merged(now, _MTIME) - now

    @property
    def lines(self) -> int:
        """The interrupts that it raises."""
        is_due = self._time() >= self._compare
        return (SOFTWARE_LINE if self._software else 0) | (TIMER_LINE if is_due else 0)

    def left(self) -> int | None:
        """Instructions until the timer is due; None if it never is, 0 if it is already."""
        if self._compare == _NEVER:
            return None
        due = (self._compare - self._offset) * self._ratio
        return max(due - self._executed(), 0)

    def wait(self) -> None:
        """Lets time pass until the timer is due, without instructions."""
        self._offset += max(self._compare - self._time(), 0)


class Uart:
    """A serial port like the NS16550, which is always ready to send."""

    SIZE = 0x100
    _DATA, _IDENTITY, _LINE, _SCRATCH = 0, 2, 5, 7
    _IS_EMPTY, _HAS_DATA = 0x60, 0x01

    def __init__(self, send: Callable[[bytes], None], receive: Callable[[], bytes]) -> None:
        self._send, self._receive = send, receive
        self._registers = [0] * 8
        self._waiting = b""
        self._is_over = False

    def read(self, offset: int, size: int) -> int:
        """A register: the next byte of the input, whether there is one, or what was written."""
        if offset == self._DATA:
            found, self._waiting = self._peek(), b""
            return found[0] if found else 0
        if offset == self._LINE:
            return self._IS_EMPTY | (self._HAS_DATA if self._peek() else 0)
        if offset == self._IDENTITY:
            return 1  # No interrupt.
        return self._registers[offset] if offset < 8 else 0

    def _peek(self) -> bytes:
        if not self._waiting and not self._is_over:
            self._waiting = self._receive()
            self._is_over = not self._waiting
        return self._waiting

    def write(self, offset: int, size: int, value: int) -> None:
        """Sends a byte, or keeps what is written; the divisor of the clock is none of its bytes."""
        is_divisor = self._registers[3] & 0x80
        if offset == self._DATA and not is_divisor:
            self._send(bytes([value & 0xFF]))
        elif offset < 8:
            self._registers[offset] = value & 0xFF
