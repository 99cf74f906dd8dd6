"""Open files: the three standard streams, and files of the host."""

from __future__ import annotations

import errno
import fcntl
import os
import select
import stat
import sys
import termios
from collections.abc import Callable, Iterator

from rvx.emulator.linux.scratch import Scratch
from rvx.records import dataclass

_WAIT = 0.05
"""Seconds after which a read that waits looks whether the run is to end."""
MOST = 1024
"""Open files that a process may have, as Linux has it by default."""
READY_TO_READ, READY_TO_WRITE, BROKEN, HUNG_UP = 0x41, 0x104, 0x08, 0x10
"""What poll says of a file: POLLIN and POLLRDNORM, POLLOUT and POLLWRNORM, POLLERR, POLLHUP."""
USER = 1000
"""Whose files and processes they are, as the guest sees it."""


class Stopped(Exception):
    """Somebody has stopped the run while a call was waiting."""


@dataclass(frozen=True)
class Status:
    """What fstat tells about a file; `represents` is the number of a device that it stands for."""

    mode: int
    size: int = 0
    inode: int = 1
    device: int = 1
    links: int = 1
    blocks: int = 0
    accessed: int = 0
    modified: int = 0
    changed: int = 0
    represents: int = 0


class File:
    """An open file. What a kind of file cannot do is an error of the system, as on Linux."""

    path = ""
    flags = 0

    def read(self, size: int) -> bytes:
        """The next bytes; none at the end."""
        raise OSError(errno.EBADF, "not open for reading")

    def write(self, data: bytes) -> int:
        """Writes, and gives how many bytes were written."""
        raise OSError(errno.EBADF, "not open for writing")

    def read_at(self, size: int, offset: int) -> bytes:
        """Bytes from an offset on."""
        raise OSError(errno.ESPIPE, "a pipe has no offsets")

    def write_at(self, data: bytes, offset: int) -> int:
        """Writes at an offset."""
        raise OSError(errno.ESPIPE, "a pipe has no offsets")

    def seek(self, offset: int, whence: int) -> int:
        """Moves the offset, and gives it."""
        raise OSError(errno.ESPIPE, "a pipe has no offsets")

    def available(self) -> int:
        """Bytes that can be read at once."""
        raise OSError(errno.ENOTTY, "nothing that has bytes waiting")

    def ready(self) -> int:
        """What can be done with it at once: everything, unless it is a file that one waits for."""
        return READY_TO_READ | READY_TO_WRITE

    def news(self) -> tuple[int, int] | None:
        """How often something has come to be read, and room to write; None if nobody counts."""
        return None

    def status(self) -> Status:
        """What kind of file it is. The standard streams are pipes whatever they are on the host."""
        return Status(stat.S_IFIFO | 0o600)

    def close(self) -> None:
        """Gives back what it holds."""


class Output(File):
    """Standard output or standard error."""

    flags = os.O_WRONLY

    def __init__(self, number: int, write_out: Callable[[int, bytes], None]) -> None:
        self._number = number
        self._write_out = write_out

    def write(self, data: bytes) -> int:
        """Passes the bytes on."""
        self._write_out(self._number, data)
        return len(data)

    def ready(self) -> int:
        """It can be written."""
        return READY_TO_WRITE


class Input(File):
    """Standard input: bytes, or what a descriptor of the host has to say."""

    def __init__(self, source: bytes | int, is_stopping: Callable[[], bool]) -> None:
        self._rest = source if isinstance(source, bytes) else b""
        self._host = None if isinstance(source, bytes) else source
        self._is_stopping = is_stopping

    def read(self, size: int) -> bytes:
        """Waits until there is something.

        Raises:
            Stopped: the run is to end.
        """
        if self._host is None:
            found, self._rest = self._rest[:size], self._rest[size:]
            return found
        while not select.select([self._host], [], [], _WAIT)[0]:
            if self._is_stopping():
                raise Stopped
            if self.flags & os.O_NONBLOCK:
                raise BlockingIOError(errno.EAGAIN, "nothing has come")
        return os.read(self._host, size)

    def available(self) -> int:
        """What the host has, or what is left."""
        if self._host is None:
            return len(self._rest)
        return int.from_bytes(fcntl.ioctl(self._host, termios.FIONREAD, bytes(4)), sys.byteorder)

    def ready(self) -> int:
        """It can be read: whoever asks is told the same whenever something comes."""
        return READY_TO_READ


class Device(File):
    """One of the devices that there are on every system: what it gives is the guest's own.

    Args:
        number: the minor number that Linux has for it.
        source: gives so many bytes to a reader.
    """

    def __init__(self, number: int, source: Callable[[int], bytes]) -> None:
        self._number = number
        self._source = source
        self.flags = os.O_RDWR

    def read(self, size: int) -> bytes:
        """What the device gives."""
        return self._source(size)

    def write(self, data: bytes) -> int:
        """Takes everything, and forgets it."""
        return len(data)

    def read_at(self, size: int, offset: int) -> bytes:
        """The same: there are no places."""
        return self._source(size)

    def write_at(self, data: bytes, offset: int) -> int:
        """The same: there are no places."""
        return len(data)

    def seek(self, offset: int, whence: int) -> int:
        """Goes nowhere."""
        return 0

    def status(self) -> Status:
        """A character device."""
        return Status(stat.S_IFCHR | 0o666, inode=self._number, represents=1 << 8 | self._number)


class HostFile(File):
    """A file or folder of the host, opened by the sandbox.

    Args:
        descriptor: of the host.
        path: as the guest has written it.
        flags: as the guest sees them.
        scratch: the temporary folder, if it lies there.

    Attributes:
        position: of a folder, how many of its entries were read.
    """

    NOT_REWOUND = frozenset({"_scratch"})

    def __init__(
        self, descriptor: int, path: str, flags: int, scratch: Scratch | None = None
    ) -> None:
        self._scratch = scratch
        self.descriptor = descriptor
        self.path = path
        self.flags = flags
        self.position = 0

    def duplicate(self) -> HostFile:
        """Another one for the same open file of the host."""
        return HostFile(os.dup(self.descriptor), self.path, self.flags, self._scratch)

    def set_appending(self, wished: bool) -> None:
        """Whether all writes go to the end."""
        flags = fcntl.fcntl(self.descriptor, fcntl.F_GETFL) & ~os.O_APPEND
        fcntl.fcntl(self.descriptor, fcntl.F_SETFL, flags | (os.O_APPEND if wished else 0))

    def read(self, size: int) -> bytes:
        """The next bytes."""
        return os.read(self.descriptor, size)

    def write(self, data: bytes) -> int:
        """Writes them where the offset is."""
        if self._scratch is not None:
            self._scratch.take(len(data))
        return os.write(self.descriptor, data)

    def read_at(self, size: int, offset: int) -> bytes:
        """Bytes from an offset on."""
        return os.pread(self.descriptor, size, offset)

    def write_at(self, data: bytes, offset: int) -> int:
        """Writes at an offset."""
        if self._scratch is not None:
            self._scratch.take(len(data))
        return os.pwrite(self.descriptor, data, offset)

    def seek(self, offset: int, whence: int) -> int:
        """Moves the offset."""
        self.position = 0
        return os.lseek(self.descriptor, offset, whence)

    def available(self) -> int:
        """What is behind the offset."""
        found = os.fstat(self.descriptor)
        if not stat.S_ISREG(found.st_mode):
            return super().available()
        return max(found.st_size - os.lseek(self.descriptor, 0, os.SEEK_CUR), 0)

    def status(self) -> Status:
        """What the host says."""
        return host_status(os.fstat(self.descriptor))

    def entries(self) -> list[tuple[str, int, int]]:
        """What is in a folder: name, inode and type, in the order of names."""
        with os.scandir(self.descriptor) as found:
            rows = [(one.name, one.inode(), one.stat(follow_symlinks=False)) for one in found]
        own = [(name, 1, stat.S_IFDIR >> 12) for name in (".", "..")]
        listed = [(name, inode, stat.S_IFMT(one.st_mode) >> 12) for name, inode, one in rows]
        return [*own, *sorted(listed)]

    def moment(self) -> tuple[int, int, int]:
        """What `go_back` needs: everything but what is in the file."""
        return self.flags, self.position, os.lseek(self.descriptor, 0, os.SEEK_CUR)

    def go_back(self, moment: tuple[int, int, int]) -> None:
        """Puts the offset back."""
        self.flags, self.position, offset = moment
        os.lseek(self.descriptor, offset, os.SEEK_SET)

    def close(self) -> None:
        """Closes it on the host."""
        os.close(self.descriptor)


def host_status(found: os.stat_result) -> Status:
    """The host's status of a file as the guest is told it."""
    return Status(
        found.st_mode,
        found.st_size,
        found.st_ino,
        found.st_dev,
        found.st_nlink,
        found.st_blocks,
        found.st_atime_ns,
        found.st_mtime_ns,
        found.st_ctime_ns,
    )


class Descriptors:
    """The open files of a process by number.

    Attributes:
        keeps_closed: whether files of the host stay open when the program closes them, since
            somebody may go back to a moment at which they were open.
        closing: numbers that would be closed if another program were executed, FD_CLOEXEC; none
            ever is, but a program may ask.
    """

    NOT_REWOUND = frozenset({"_closed"})

    def __init__(
        self,
        stdin: bytes | int,
        write_out: Callable[[int, bytes], None],
        is_stopping: Callable[[], bool],
    ) -> None:
        self._files: dict[int, File] = {
            0: Input(stdin, is_stopping),
            1: Output(1, write_out),
            2: Output(2, write_out),
        }
        self.keeps_closed = False
        self.closing: set[int] = set()
        self._closed: set[File] = set()

    def __del__(self) -> None:
        for file in {*self._files.values(), *self._closed}:
            file.close()

    def __getitem__(self, number: int) -> File:
        found = self._files.get(number)
        if found is None:
            raise OSError(errno.EBADF, "no such descriptor")
        return found

    def add(self, file: File, lowest: int = 0) -> int:
        """The lowest free number for a file."""
        number = next((n for n in range(lowest, MOST) if n not in self._files), None)
        if number is None:
            raise OSError(errno.EMFILE, "too many open files")
        self._files[number] = file
        return number

    def put(self, file: File, number: int) -> int:
        """Gives a file a certain number; what had it is closed."""
        if not 0 <= number < MOST:
            raise OSError(errno.EBADF, "no such descriptor")
        if number in self._files:
            self.close(number)
        self._files[number] = file
        return number

    def close(self, number: int) -> None:
        """Closes a number, and the file if it was its last."""
        file = self[number]
        del self._files[number]
        self.closing.discard(number)
        if file in self._files.values():
            return
        if self.keeps_closed and isinstance(file, HostFile):
            self._closed.add(file)
        else:
            file.close()

    def find(self, number: int) -> File | None:
        """The file of a number, if it is open."""
        return self._files.get(number)

    def of_the_host(self) -> Iterator[int]:
        """Descriptors of the host that are open."""
        for file in {*self._files.values(), *self._closed}:
            if isinstance(file, HostFile):
                yield file.descriptor

    def numbers(self) -> list[int]:
        """All that are open."""
        return sorted(self._files)
