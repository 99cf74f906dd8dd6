"""The temporary folder of a run: a folder of the host that is erased when the run is over."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from tempfile import mkdtemp
from weakref import WeakSet, finalize

_UNIT = 512
"""Bytes of a block as `st_blocks` counts."""
NAME = 4096
"""Bytes that a name counts for at least, so that there is an end to empty files as well."""
_ALL: WeakSet[Scratch] = WeakSet()


class Scratch:
    """A folder that is there for one guest, and what may lie in it.

    Args:
        most: bytes that its files may take on the host.
        unnamed: gives the descriptors of open files of the guest; those that have lost their names
            take room as well.

    Attributes:
        path: of the folder on the host.
        descriptor: of the folder, for `openat`.
        erase: removes it; called when nobody has it any more, and at the end of Python.
    """

    def __init__(self, most: int, unnamed: Callable[[], Iterable[int]]) -> None:
        self._most = self._left = most
        self._unnamed = unnamed
        self.path = mkdtemp(prefix="rvx-")
        self.descriptor = os.open(self.path, os.O_PATH | os.O_CLOEXEC | os.O_DIRECTORY)
        self.erase = finalize(self, _erase, self.path, self.descriptor)
        _ALL.add(self)

    def take(self, size: int) -> None:
        """Room for so many bytes more.

        What was written since the last look counts as if it were all new; only when that is more
        than there is somebody looks how much it is.

        Raises:
            OSError: ENOSPC.
        """
        self._left -= size
        if self._left < 0:
            self._left = self._most - self._used() - size
        if self._left < 0:
            self._left += size
            raise OSError(errno.ENOSPC, "the temporary folder is full")

    def _used(self) -> int:
        found = {(one.st_dev, one.st_ino): one.st_blocks for one in self._statuses()}
        return sum(max(_UNIT * blocks, NAME) for blocks in found.values())

    def _statuses(self) -> Iterator[os.stat_result]:
        device = os.fstat(self.descriptor).st_dev
        for number in self._unnamed():
            one = os.fstat(number)
            if one.st_nlink == 0 and one.st_dev == device:
                yield one
        folders = [self.path]
        while folders:
            with os.scandir(folders.pop()) as rows:
                for row in rows:
                    yield (one := row.stat(follow_symlinks=False))
                    if stat.S_ISDIR(one.st_mode):
                        folders.append(row.path)


def _erase(path: str, descriptor: int) -> None:
    os.close(descriptor)
    for folder, names, _ in os.walk(path):
        for name in (os.path.join(folder, one) for one in names):
            if not os.path.islink(name):
                os.chmod(name, 0o700)  # The guest may have closed it.
    shutil.rmtree(path, ignore_errors=True)


def erase_all() -> None:
    """Removes the folders of all guests, for a process that ends without finalizers."""
    for one in list(_ALL):
        one.erase()
