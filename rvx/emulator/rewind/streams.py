"""The outside world of a program that goes back: output is shown once, input is read once."""

from __future__ import annotations

from collections.abc import Callable

from rvx.emulator.linux.descriptors import READY_TO_READ, File, Input


class ShownOnce:
    """Passes on what a program writes, but for what it has written before already.

    Args:
        write_out: where bytes go, as (descriptor, bytes).
    """

    NOT_REWOUND = frozenset({"_shown", "_write_out"})

    def __init__(self, write_out: Callable[[int, bytes], None]) -> None:
        self._write_out = write_out
        self._written: dict[int, int] = {}
        self._shown: dict[int, int] = {}

    def write(self, descriptor: int, data: bytes) -> None:
        """Takes bytes of the program's."""
        begin = self._written.get(descriptor, 0)
        end = self._written[descriptor] = begin + len(data)
        shown = self._shown.get(descriptor, 0)
        if end > shown:
            self._shown[descriptor] = end
            self._write_out(descriptor, data[max(shown - begin, 0) :])

    def diverge(self) -> None:
        """Whatever comes from now on is new: somebody has changed something."""
        self._shown = dict(self._written)


class ReadOnce(File):
    """Standard input that gives again what it has given before.

    Args:
        source: the input.
    """

    NOT_REWOUND = frozenset({"_source", "_given"})

    def __init__(self, source: Input) -> None:
        self._source = source
        self._given: list[bytes | None] = []
        self._next = 0
        self.flags = source.flags

    def read(self, size: int) -> bytes:
        """The next bytes, as they were the first time.

        Raises:
            BlockingIOError: nothing had come, and the program did not want to wait.
        """
        if self._next == len(self._given):
            self._source.flags = self.flags
            try:
                self._given.append(self._source.read(size))
            except BlockingIOError:
                self._given.append(None)
        found = self._given[self._next]
        self._next += 1
        if found is None:
            raise BlockingIOError("nothing has come")
        return found

    def ready(self) -> int:
        """It can be read."""
        return READY_TO_READ
