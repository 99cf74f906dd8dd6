"""Pipes, counters and lists of what is waited for: files that are within a process alone."""

from __future__ import annotations

import errno
import os
import stat

from rvx.emulator.linux.descriptors import (
    BROKEN,
    HUNG_UP,
    READY_TO_READ,
    READY_TO_WRITE,
    File,
    Status,
)
from rvx.records import dataclass, field

CAPACITY = 1 << 16
"""Bytes that a pipe has room for."""
_ATOMIC = 4096
"""Bytes that a write to a pipe does not tear apart."""
_MOST = (1 << 64) - 2
"""What a counter holds at most."""


@dataclass
class Pipe:
    """What was written and not read.

    Attributes:
        data: the bytes.
        has_reader: whether the end for reading is open.
        has_writer: whether the one for writing is.
        writes: how often something was written.
        reads: how often something was read.
    """

    data: bytearray = field(default_factory=bytearray)
    has_reader: bool = True
    has_writer: bool = True
    writes: int = 0
    reads: int = 0


class ReadEnd(File):
    """The end of a pipe that is read."""

    def __init__(self, pipe: Pipe, flags: int) -> None:
        self._pipe = pipe
        self.flags = os.O_RDONLY | flags

    def read(self, size: int) -> bytes:
        """The bytes that are there; none if nobody can write any more."""
        pipe = self._pipe
        if size and not pipe.data and pipe.has_writer:
            raise BlockingIOError(errno.EAGAIN, "nothing has been written")
        found = bytes(pipe.data[:size])
        del pipe.data[:size]
        pipe.reads += 1
        return found

    def available(self) -> int:
        """What was written and not read."""
        return len(self._pipe.data)

    def news(self) -> tuple[int, int]:
        """Writes bring something."""
        return self._pipe.writes, 0

    def ready(self) -> int:
        """Whether there is something, or nobody who could write."""
        hung_up = 0 if self._pipe.has_writer else HUNG_UP
        return hung_up | (READY_TO_READ if self._pipe.data else 0)

    def close(self) -> None:
        """Nobody reads any more."""
        self._pipe.has_reader = False


class WriteEnd(File):
    """The end of a pipe that is written."""

    def __init__(self, pipe: Pipe, flags: int) -> None:
        self._pipe = pipe
        self.flags = os.O_WRONLY | flags

    def write(self, data: bytes) -> int:
        """As much as there is room for; a short piece as a whole."""
        pipe = self._pipe
        if not pipe.has_reader:
            raise BrokenPipeError(errno.EPIPE, "nobody reads")
        room = CAPACITY - len(pipe.data)
        if data and (room == 0 or (len(data) <= _ATOMIC and room < len(data))):
            raise BlockingIOError(errno.EAGAIN, "nobody has read what was written")
        pipe.data += data[:room]
        pipe.writes += 1
        return min(len(data), room)

    def available(self) -> int:
        """What was written and not read."""
        return len(self._pipe.data)

    def news(self) -> tuple[int, int]:
        """Reads make room."""
        return 0, self._pipe.reads

    def ready(self) -> int:
        """Whether there is room, or nobody who could read."""
        broken = 0 if self._pipe.has_reader else BROKEN
        room = CAPACITY - len(self._pipe.data)
        return broken | (READY_TO_WRITE if room >= _ATOMIC else 0)

    def close(self) -> None:
        """Nobody writes any more."""
        self._pipe.has_writer = False


class Counter(File):
    """What eventfd makes: a number that writes add to, and a read takes.

    Args:
        value: that it begins with.
        flags: O_NONBLOCK, or not.
        takes_one: whether a read takes one, as from a semaphore.
    """

    def __init__(self, value: int, flags: int, takes_one: bool) -> None:
        self._value = value
        self._takes_one = takes_one
        self._writes = self._reads = 0
        self.flags = os.O_RDWR | flags

    def read(self, size: int) -> bytes:
        """The number, of eight bytes."""
        if size < 8:
            raise OSError(errno.EINVAL, "a counter has eight bytes")
        if not self._value:
            raise BlockingIOError(errno.EAGAIN, "nothing has been added")
        found = 1 if self._takes_one else self._value
        self._value -= found
        self._reads += 1
        return found.to_bytes(8, "little")

    def write(self, data: bytes) -> int:
        """Adds to the number."""
        more = int.from_bytes(data[:8], "little")
        if len(data) < 8 or more > _MOST:
            raise OSError(errno.EINVAL, "a counter has eight bytes")
        if self._value + more > _MOST:
            raise BlockingIOError(errno.EAGAIN, "that is too much")
        self._value += more
        self._writes += 1
        return 8

    def seek(self, offset: int, whence: int) -> int:
        """Goes nowhere, and is no error on Linux."""
        return 0

    def news(self) -> tuple[int, int]:
        """Writes add, and reads make room."""
        return self._writes, self._reads

    def ready(self) -> int:
        """Whether it is not 0, and not full."""
        readable = READY_TO_READ if self._value else 0
        return readable | (READY_TO_WRITE if self._value < _MOST else 0)

    def status(self) -> Status:
        """None of the kinds that a file may be of."""
        return Status(0o600)


@dataclass
class Interest:
    """What epoll_ctl wants to know about a file.

    Attributes:
        events: the mask.
        data: what epoll_wait gives back with it.
        is_over: whether it was reported, and is to be reported once only.
        seen: of one that is to be reported when there is news, the last that was reported.
    """

    events: int
    data: bytes
    is_over: bool = False
    seen: tuple[int, int, int] | None = None


class Epoll(File):
    """What epoll_create makes.

    Attributes:
        interests: by number and file; of one that was closed, nothing is reported.
    """

    def __init__(self) -> None:
        self.interests: dict[int, tuple[File, Interest]] = {}
        self.flags = os.O_RDWR

    def seek(self, offset: int, whence: int) -> int:
        """Goes nowhere, and is no error on Linux."""
        return 0

    def read(self, size: int) -> bytes:
        """It is not read."""
        raise OSError(errno.EINVAL, "not for reading")

    def write(self, data: bytes) -> int:
        """It is not written."""
        raise OSError(errno.EINVAL, "not for writing")

    def status(self) -> Status:
        """None of the kinds that a file may be of."""
        return Status(stat.S_IMODE(0o600))
