"""Which files of the host a guest may see, and how a path is followed there.

A guest sees nothing of the host but what lies in folders that somebody has named. Each of them is
opened once, when the process is made; from then on files are found from its descriptor only, so
that a name which is made to mean something else meanwhile changes nothing. The kernel follows the
rest of a path, and refuses to leave the folder by `..`, by a link, or by one of those of /proc, at
the moment when it opens the file (`openat2` with RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS): there
is no moment between a check and an opening. Where the host has no `openat2`, the path is walked
name by name, and links are not followed at all.

/tmp is a folder of the run's own, unless somebody has named one that it lies in.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
from collections.abc import Callable, Iterable, Sequence

from rvx.emulator.linux.descriptors import HostFile
from rvx.emulator.linux.scratch import NAME, Scratch
from rvx.errors import RvxError
from rvx.records import dataclass

_OPENAT2 = 437  # of all architectures
_RESOLVE_BENEATH, _RESOLVE_NO_MAGICLINKS = 0x08, 0x02
_ANYWHERE_OF = os.O_PATH | os.O_CLOEXEC
_LONGEST = 4096
_TEMPORARY = "/tmp"


class SandboxProblem(RvxError, ValueError):
    """A folder that the guest is to have cannot be opened."""


class _HowToOpen(ctypes.Structure):
    """`struct open_how` of linux/openat2.h."""

    _fields_ = (
        ("flags", ctypes.c_uint64),
        ("mode", ctypes.c_uint64),
        ("resolve", ctypes.c_uint64),
    )


@dataclass(frozen=True)
class _Folder:
    """A folder of the host that the guest may see.

    Attributes:
        path: absolute, without links at its beginning as the guest would write it.
        descriptor: of the folder, for `openat`.
        is_writable: whether files in it may be changed.
    """

    path: str
    descriptor: int
    is_writable: bool


class Sandbox:
    """The files of the host that there are for a guest.

    Args:
        readable: folders that may be read.
        writable: folders that may be read and written.
        most: bytes that temporary files may take.
        opened: gives the descriptors of the host that the guest has.

    Attributes:
        working: the folder that relative paths begin at, as the guest sees it.

    Raises:
        SandboxProblem: one of them is no folder.
    """

    NOT_REWOUND = frozenset({"_scratch"})

    def __init__(
        self,
        readable: Sequence[str],
        writable: Sequence[str],
        most: int = 1 << 62,
        opened: Callable[[], Iterable[int]] = tuple,
    ) -> None:
        self._most, self._opened = most, opened
        self._scratch: Scratch | None = None
        self.working = self._start = os.getcwd()
        folders = [self._folder(path, True) for path in writable]
        folders += [self._folder(path, False) for path in readable]
        # The longest name first: a folder within another may have more rights than the outer one.
        self._folders = sorted(folders, key=lambda one: (-len(one.path), not one.is_writable))

    def __del__(self) -> None:
        for folder in getattr(self, "_folders", ()):
            os.close(folder.descriptor)

    def _folder(self, path: str, is_writable: bool) -> _Folder:
        try:
            descriptor = os.open(path, _ANYWHERE_OF | os.O_DIRECTORY)
        except OSError as error:
            raise SandboxProblem(
                f"the guest cannot have the folder '{path}': {error.strerror}"
            ) from None
        return _Folder(os.path.abspath(path), descriptor, is_writable)

    def absolute(self, path: str, base: str | None = None) -> str:
        """The path from the root on, as it was written."""
        return os.path.join(self.working if base is None else base, path)

    def open_file(self, path: str, flags: int, mode: int, shown: int) -> HostFile:
        """Opens a file as `open` does, to stay open; `shown` are its flags for the guest.

        Raises:
            OSError: as `open`.
        """
        is_temporary = self._locate(path)[0].descriptor == getattr(self._scratch, "descriptor", -1)
        return HostFile(
            self.open(path, flags, mode), path, shown, self._scratch if is_temporary else None
        )

    def open(self, path: str, flags: int, mode: int = 0) -> int:
        """Opens a file of the host for the guest.

        Args:
            path: absolute.
            flags: those of `os.open`.
            mode: of a file that is made.

        Raises:
            OSError: there is no such file, the guest may not have it, or may not do that with it.
        """
        folder, rest = self._locate(path)
        changes = flags & os.O_ACCMODE != os.O_RDONLY or flags & (os.O_CREAT | os.O_TRUNC)
        if changes and not flags & os.O_PATH and not folder.is_writable:
            if flags & os.O_CREAT and not flags & os.O_EXCL:
                self._look_for(folder, rest)
            raise OSError(errno.EACCES, "the folder may not be written")
        flags |= os.O_CLOEXEC
        if flags & os.O_CREAT:
            try:
                self._count_name(folder)
            except OSError:  # What is there already can be opened all the same.
                if flags & os.O_EXCL or not self._is_there(folder, rest):
                    raise
        if not flags & os.O_PATH:
            # Else a named pipe would wait for somebody at its other end.
            flags |= os.O_NONBLOCK | os.O_NOCTTY
        found = _open_beneath(folder.descriptor, rest, flags, mode)
        kind = os.fstat(found).st_mode
        if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind) or flags & os.O_PATH):
            os.close(found)
            raise OSError(errno.EACCES, "neither a file nor a folder")
        return found

    @staticmethod
    def _look_for(folder: _Folder, rest: str) -> None:
        """A file that is not there is not there, whatever may be written."""
        os.close(_open_beneath(folder.descriptor, rest, _ANYWHERE_OF, 0))

    def _is_there(self, folder: _Folder, rest: str) -> bool:
        try:
            self._look_for(folder, rest)
        except OSError:
            return False
        return True

    def _count_name(self, folder: _Folder) -> None:
        if self._scratch is not None and folder.descriptor == self._scratch.descriptor:
            self._scratch.take(NAME)

    def parent(
        self, path: str, of_dots: int = errno.EEXIST, *, is_new: bool = False
    ) -> tuple[int, str]:
        """The folder that a name lies in, opened, to make, rename or remove what has the name.

        Args:
            path: absolute.
            of_dots: the error of a path that ends with `.` or `..`, where nothing can be made.
            is_new: whether it is made.

        Raises:
            OSError: as `open`; EACCES where the folder may not be written.
        """
        path = path.rstrip("/") or "/"
        head, _, name = path.rpartition("/")
        if self.is_above(path):
            raise OSError(errno.EEXIST, "there is a folder of that name")
        if name in ("", ".", ".."):
            raise OSError(of_dots, "no name of a file")
        folder, rest = self._locate(head + "/")
        if not folder.is_writable:
            raise OSError(errno.EACCES, "the folder may not be written")
        if is_new:
            self._count_name(folder)
        return _open_beneath(folder.descriptor, rest, _ANYWHERE_OF | os.O_DIRECTORY, 0), name

    def to_change(self, path: str, flags: int = 0) -> int:
        """What has a path, opened for nothing: to change its mode or its times.

        Raises:
            OSError: as `open`; EACCES where the folder may not be written.
        """
        folder, rest = self._locate(path)
        if not folder.is_writable:
            self._look_for(folder, rest)
            raise OSError(errno.EACCES, "the folder may not be written")
        return _open_beneath(folder.descriptor, rest, _ANYWHERE_OF | flags, 0)

    def may_change(self, path: str) -> bool:
        """Whether files may be changed where a path leads by its letters."""
        return self._locate(path)[0].is_writable

    def is_above(self, path: str) -> bool:
        """Whether a path is that of a folder above one that the guest has, or was started in.

        The guest knows that there are such folders, and nothing else about them: who makes a path
        absolute looks at each of them, and who has gone somewhere else goes back.
        """
        written = os.path.normpath(path).rstrip("/") + "/"
        known = (self._start + "/", *(folder.path for folder in self._folders))
        is_own = written == _TEMPORARY + "/" or self._named(written) is not None
        return any(one.startswith(written) for one in known) and not is_own

    def _locate(self, path: str) -> tuple[_Folder, str]:
        """The folder that a path leads to by its letters, and what is left of the path there."""
        found = self._named(path) or self._temporary(path)
        if found is None:
            raise OSError(errno.ENOENT, "the guest has no such folder")
        return found

    def _named(self, path: str) -> tuple[_Folder, str] | None:
        """The same among the folders that somebody has named."""
        for written in (path, os.path.normpath(path)):
            for folder in self._folders:
                if (rest := _beneath(written, folder.path)) is not None:
                    return folder, rest
        return None

    def _temporary(self, path: str) -> tuple[_Folder, str] | None:
        """The same in the folder of the run's own, which is made when it is first asked for."""
        for written in (path, os.path.normpath(path)):
            if (rest := _beneath(written, _TEMPORARY)) is not None:
                if self._scratch is None:
                    self._scratch = Scratch(self._most, self._opened)
                return _Folder(_TEMPORARY, self._scratch.descriptor, True), rest
        return None


def _beneath(path: str, folder: str) -> str | None:
    """What is left of a path within a folder by its letters; None if it does not lie there."""
    if path != folder and not path.startswith(folder.rstrip("/") + "/"):
        return None
    return path[len(folder) :].lstrip("/") or "."


def _open_beneath(folder: int, path: str, flags: int, mode: int) -> int:
    """Opens a path that begins at a folder and may not leave it."""
    how = _HowToOpen(
        flags,
        mode if flags & os.O_CREAT else 0,
        _RESOLVE_BENEATH | _RESOLVE_NO_MAGICLINKS,
    )
    try:
        return _openat2(folder, path, how)
    except OSError as error:
        if error.errno == errno.EXDEV:  # It would have left the folder.
            raise OSError(errno.EACCES, "outside of what the guest may see") from None
        if error.errno not in (errno.ENOSYS, errno.EPERM) or _has_openat2():
            raise
    return _walk(folder, path, flags, mode)


def _openat2(folder: int, path: str, how: _HowToOpen) -> int:
    name = os.fsencode(path)
    if len(name) >= _LONGEST or b"\0" in name:
        raise OSError(errno.ENAMETOOLONG, "the path is too long")
    call = ctypes.CDLL(None, use_errno=True).syscall
    call.restype = ctypes.c_long
    found = call(
        ctypes.c_long(_OPENAT2),
        ctypes.c_int(folder),
        ctypes.c_char_p(name),
        ctypes.byref(how),
        ctypes.c_size_t(ctypes.sizeof(how)),
    )
    if found < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return int(found)


def _has_openat2() -> bool:
    """Whether the host has the call: filters of containers refuse those that they do not know."""
    try:
        os.close(_openat2(_at_root(), ".", _HowToOpen(os.O_PATH | os.O_CLOEXEC, 0, 0)))
    except OSError:
        return False
    return True


def _at_root() -> int:
    return -100  # AT_FDCWD


def _walk(folder: int, path: str, flags: int, mode: int) -> int:
    """What `openat2` does, name by name: links are not followed, and `..` goes up one we came down.

    Each name is opened from the descriptor of the folder before it, so that nobody can exchange a
    folder for a link in between.
    """
    names = [name for name in path.split("/") if name not in ("", ".")]
    trail = [os.dup(folder)]
    try:
        for name in names[:-1]:
            if name == "..":
                if len(trail) == 1:
                    raise OSError(errno.EACCES, "outside of what the guest may see")
                os.close(trail.pop())
            else:
                step = _ANYWHERE_OF | os.O_DIRECTORY | os.O_NOFOLLOW
                trail.append(os.open(name, step, dir_fd=trail[-1]))
        last = names[-1] if names else "."
        if last == "..":
            if len(trail) == 1:
                raise OSError(errno.EACCES, "outside of what the guest may see")
            os.close(trail.pop())
            last = "."
        found = os.open(last, flags | os.O_NOFOLLOW, mode, dir_fd=trail[-1])
        if stat.S_ISLNK(os.fstat(found).st_mode) and not flags & os.O_NOFOLLOW:
            os.close(found)
            raise OSError(errno.ELOOP, "links are not followed")
        return found
    finally:
        for descriptor in trail:
            os.close(descriptor)
