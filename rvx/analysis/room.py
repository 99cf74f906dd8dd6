"""Whether arrays fit the memory of this machine, known before any of it is taken."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path

from rvx.errors import RvxError

_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


class Room:
    """The memory that somebody is going to need, added up before any of it is taken.

    An element of an operand or of the result is in memory as float64 before and after it is
    brought into order, as code, as what the guest loads, and as the number that the code stands
    for, and comparing takes arrays of the same size: some 64 bytes at a time.

    Args:
        what: what needs it, as the sentence begins.
        error: the class of the error that says that there is not so much.
    """

    BYTES_PER_ELEMENT = 64

    def __init__(self, what: str, error: type[RvxError]) -> None:
        self._what = what
        self._error = error
        self._needed = 0

    def take(self, shape: Sequence[int]) -> None:
        """Adds an array.

        Raises:
            RvxError: there is not so much memory; of the class of this room.
        """
        self._needed += math.prod(int(size) for size in shape) * self.BYTES_PER_ELEMENT
        free = available_memory()
        if self._needed > free:
            raise self._error(
                f"{self._what} needs about {in_bytes(self._needed)} of memory or more, and "
                f"{in_bytes(free)} are free; choose smaller sizes"
            )


def available_memory() -> int:
    """Bytes that can be had without swapping: what Linux estimates, else all that there are."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            name, _, amount = line.partition(":")
            if name == "MemAvailable":
                return int(amount.split()[0]) << 10
    except (OSError, ValueError):
        pass  # Another system than Linux.
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def in_bytes(amount: int) -> str:
    """An amount of memory as people write it, such as 1.5 GiB."""
    power = min(max(amount.bit_length() - 1, 0) // 10, len(_UNITS) - 1)
    return f"{amount / (1 << 10 * power):.{1 if power else 0}f} {_UNITS[power]}"
