"""System calls on files."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import stat
from collections.abc import Callable, Iterator, Sequence

from rvx.emulator.linux import structures
from rvx.emulator.linux.descriptors import (
    BROKEN,
    HUNG_UP,
    READY_TO_READ,
    READY_TO_WRITE,
    USER,
    Device,
    File,
    HostFile,
    Status,
    host_status,
)
from rvx.emulator.linux.pipes import (
    CAPACITY,
    Counter,
    Epoll,
    Interest,
    Pipe,
    ReadEnd,
    WriteEnd,
)
from rvx.emulator.linux.proc import Text, is_executable_link, open_text
from rvx.emulator.linux.process import LONGEST_TRANSFER, CallError, Process
from rvx.emulator.linux.signals import KERNEL, Sent

AT_FDCWD, AT_SYMLINK_NOFOLLOW, AT_REMOVEDIR, AT_EMPTY_PATH = -100, 0x100, 0x200, 0x1000
_PIECE = 1 << 20
_MOST_PARTS = 1024
_NO_FILE = 0x20
"""POLLNVAL."""
_CLOSE_ON_EXEC = 0o2000000
_RENAME_NOREPLACE, _RENAME_EXCHANGE = 1, 2
_EPOLL_ADD, _EPOLL_DELETE, _EPOLL_MODIFY, _EPOLL_EVENT, _EPOLL_ONCE = 1, 2, 3, 16, 1 << 30
_EPOLL_EDGE = 1 << 31
Arguments = Sequence[int]

# The guest's flags are those of asm-generic; the host may have others.
_FLAGS = {
    0o100: os.O_CREAT,
    0o200: os.O_EXCL,
    0o1000: os.O_TRUNC,
    0o2000: os.O_APPEND,
    0o200000: os.O_DIRECTORY,
    0o400000: os.O_NOFOLLOW,
    0o10000000: os.O_PATH,
}
_OF_OPENING = 0o100 | 0o200 | 0o400 | 0o1000 | _CLOSE_ON_EXEC
"""O_CREAT, O_EXCL, O_NOCTTY, O_TRUNC and O_CLOEXEC: an open file does not have them."""
_APPEND, _CHANGEABLE = 0o2000, 0o2000 | 0o4000
"""O_APPEND, and what F_SETFL may change: that and O_NONBLOCK."""
_STREAMS = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}
_UTIME_NOW, _UTIME_OMIT = (1 << 30) - 1, (1 << 30) - 2


def _size(value: int) -> int:
    if value >> 63:  # Nobody has a buffer of that size: the address is looked at first.
        raise CallError(errno.EFAULT)
    return min(value, LONGEST_TRANSFER)


def _file(process: Process, number: int, unlike: int = os.O_ACCMODE) -> File:
    """An open file, if it was not opened for what is not wanted alone."""
    file = process.descriptors[process.signed(number, 32)]
    if file.flags & os.O_ACCMODE == unlike:
        raise CallError(errno.EBADF)
    return file


def read(process: Process, arguments: Arguments) -> int:
    """Arguments: fd, buffer, size."""
    file = _file(process, arguments[0], os.O_WRONLY)
    address, size = arguments[1], _size(arguments[2])
    if not process.memory.can(address, size, 2):
        raise CallError(errno.EFAULT)
    try:
        data = file.read(size)
    except BlockingIOError:
        process.wait_for_change(file.flags)
        raise
    process.write(address, data)
    return len(data)


def write(process: Process, arguments: Arguments) -> int:
    """Arguments: fd, buffer, size."""
    return _write(process, _file(process, arguments[0], os.O_RDONLY), arguments[1], arguments[2])


def _write(process: Process, file: File, address: int, size: int) -> int:
    size = _size(size)
    if size and not process.memory.holds(address, size):
        raise CallError(errno.EFAULT)
    done = 0
    while done < size:
        piece = process.read(address + done, min(size - done, _PIECE))
        try:
            written = file.write(piece)
        except BrokenPipeError:
            process.signals.send(Sent(signal.SIGPIPE, KERNEL))
            raise
        except BlockingIOError:
            if done:
                break
            process.wait_for_change(file.flags)
            raise
        done += written
        if written < len(piece):
            break
    if not size:
        file.write(b"")
    return done


def _parts(process: Process, address: int, count: int) -> Iterator[tuple[int, int]]:
    """The buffers of readv and writev, as (address, size)."""
    if count > _MOST_PARTS:
        raise CallError(errno.EINVAL)
    word = process.word
    table = process.read(address, 2 * word * count)
    for at in range(0, len(table), 2 * word):
        yield (
            int.from_bytes(table[at : at + word], "little"),
            int.from_bytes(table[at + word : at + 2 * word], "little"),
        )


def writev(process: Process, arguments: Arguments) -> int:
    """Arguments: fd, parts, count."""
    file = _file(process, arguments[0], os.O_RDONLY)
    done = 0
    for address, size in _parts(process, arguments[1], arguments[2]):
        written = _write(process, file, address, size) if size else 0
        done += written
        if written < size:
            break
    return done


def readv(process: Process, arguments: Arguments) -> int:
    """Arguments: fd, parts, count."""
    _file(process, arguments[0], os.O_WRONLY)
    done = 0
    for address, size in _parts(process, arguments[1], arguments[2]):
        found = read(process, (arguments[0], address, size)) if size else 0
        done += found
        if found < size:
            break
    return done


def _offset(process: Process, arguments: Arguments, at: int) -> int:
    """An offset of 64 bits: RV32 passes it in two registers, the low half first."""
    value = arguments[at]
    if process.xlen == 32:
        value |= arguments[at + 1] << 32
    return process.signed(value, 64)


def pread64(process: Process, arguments: Arguments) -> int:
    """Arguments: fd, buffer, size, offset."""
    file, size = _file(process, arguments[0], os.O_WRONLY), _size(arguments[2])
    if not process.memory.can(arguments[1], size, 2):
        raise CallError(errno.EFAULT)
    data = file.read_at(size, _offset(process, arguments, 3))
    process.write(arguments[1], data)
    return len(data)


def pwrite64(process: Process, arguments: Arguments) -> int:
    """Arguments: fd, buffer, size, offset."""
    file = _file(process, arguments[0], os.O_RDONLY)
    data = process.read(arguments[1], _size(arguments[2]))
    return file.write_at(data, _offset(process, arguments, 3))


def lseek(process: Process, arguments: Arguments) -> int:
    """Arguments: fd, offset, whence; for RV32 _llseek(fd, high, low, result, whence)."""
    file = _file(process, arguments[0])
    if process.xlen == 64:
        return _sought(file, process.signed(arguments[1]), arguments[2])
    offset = process.signed(arguments[1] << 32 | arguments[2], 64)
    found = _sought(file, offset, arguments[4])
    process.write(arguments[3], found.to_bytes(8, "little"))
    return 0


def _sought(file: File, offset: int, whence: int) -> int:
    if whence not in (os.SEEK_SET, os.SEEK_CUR, os.SEEK_END, os.SEEK_DATA, os.SEEK_HOLE):
        raise CallError(errno.EINVAL)
    return file.seek(offset, whence)


def close(process: Process, arguments: Arguments) -> int:
    """Arguments: fd."""
    process.descriptors.close(process.signed(arguments[0], 32))
    return 0


def dup(process: Process, arguments: Arguments) -> int:
    """Arguments: fd."""
    return _add(process, _file(process, arguments[0]))


def _add(process: Process, file: File, flags: int = 0, lowest: int = 0) -> int:
    """The lowest free number for a file, with O_CLOEXEC among flags or without."""
    number = process.descriptors.add(file, lowest)
    if flags & _CLOSE_ON_EXEC:
        process.descriptors.closing.add(number)
    return number


def dup3(process: Process, arguments: Arguments) -> int:
    """Arguments: old, new, flags."""
    if arguments[0] == arguments[1]:
        raise CallError(errno.EINVAL)
    file, number = _file(process, arguments[0]), process.signed(arguments[1], 32)
    process.descriptors.put(file, number)
    if arguments[2] & _CLOSE_ON_EXEC:
        process.descriptors.closing.add(number)
    return number


def fcntl(process: Process, arguments: Arguments) -> int:
    """Arguments: fd, command, argument. There is nobody else who could hold a lock."""
    file, command = _file(process, arguments[0]), process.signed(arguments[1], 32)
    if command in (0, 1030):  # F_DUPFD, F_DUPFD_CLOEXEC
        return _add(process, file, _CLOSE_ON_EXEC if command else 0, arguments[2])
    if command == 3:  # F_GETFL
        return file.flags
    number, closing = process.signed(arguments[0], 32), process.descriptors.closing
    if command == 1:  # F_GETFD
        return int(number in closing)
    if command == 2:  # F_SETFD
        (closing.add if arguments[2] & 1 else closing.discard)(number)
        return 0
    if command == 4:  # F_SETFL
        if isinstance(file, HostFile) and (file.flags ^ arguments[2]) & _APPEND:
            file.set_appending(bool(arguments[2] & _APPEND))
        file.flags = file.flags & ~_CHANGEABLE | arguments[2] & _CHANGEABLE
        return 0
    if command in (5, 12, 36):  # F_GETLK, F_GETLK64, F_OFD_GETLK
        process.write(arguments[2], (2).to_bytes(2, "little"))  # F_UNLCK
        return 0
    if command in (6, 7, 13, 14, 37, 38):  # F_SETLK, F_SETLKW, and those of 64 bits and OFD
        process.integer(arguments[2], 4)
        return 0
    if command in (1031, 1032):  # F_SETPIPE_SZ, F_GETPIPE_SZ
        if not isinstance(file, ReadEnd | WriteEnd):
            raise CallError(errno.EBADF)
        return CAPACITY
    raise CallError(errno.EINVAL)


def ioctl(process: Process, arguments: Arguments) -> int:
    """Arguments: fd, request, address. Nothing is a terminal: output is the same everywhere."""
    file = _file(process, arguments[0])
    if arguments[1] & 0xFFFFFFFF != 0x541B:  # FIONREAD
        raise CallError(errno.ENOTTY)
    process.write(arguments[2], (file.available() & 0x7FFFFFFF).to_bytes(4, "little"))
    return 0


def _path(process: Process, folder: int, address: int) -> str:
    """The absolute path that a folder's descriptor and a name stand for."""
    name = os.fsdecode(process.text(address))
    if not name:
        raise CallError(errno.ENOENT)
    if name.startswith("/"):
        return name
    folder = process.signed(folder, 32)
    if folder == AT_FDCWD:
        return process.sandbox.absolute(name)
    base = process.descriptors[folder]
    if not isinstance(base, HostFile):
        raise CallError(errno.ENOTDIR)
    return process.sandbox.absolute(name, base.path)


def _own(process: Process, path: str) -> File | None:
    """A device or a file of /proc that there is whatever files the guest may see."""
    if path == "/dev/null":
        return Device(3, lambda _: b"")
    if path == "/dev/zero":
        return Device(5, bytes)
    if path in ("/dev/random", "/dev/urandom"):
        number = 9 if path == "/dev/urandom" else 8
        return Device(number, lambda size: process.random.randbytes(min(size, _PIECE)))
    return open_text(process, path)


def openat(process: Process, arguments: Arguments) -> int:
    """Arguments: folder, path, flags, mode."""
    path = _path(process, arguments[0], arguments[1])
    wished = arguments[2]
    if path in _STREAMS:
        return _add(process, process.descriptors[_STREAMS[path]], wished)
    own = _own(process, path)
    if own is not None:
        if isinstance(own, Text) and wished & os.O_ACCMODE != os.O_RDONLY:
            raise CallError(errno.EACCES)
        return _add(process, own, wished)
    flags = wished & 3
    for theirs, ours in _FLAGS.items():
        flags |= ours if wished & theirs else 0
    if flags & os.O_PATH:
        flags &= os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW
    mode = arguments[3] & 0o777 & ~process.umask
    file = process.sandbox.open_file(path, flags, mode, wished & ~_OF_OPENING)
    try:
        return _add(process, file, wished)
    except OSError:
        file.close()
        raise


def _status_of(process: Process, folder: int, address: int, flags: int) -> Status:
    if flags & AT_EMPTY_PATH and not process.text(address):
        return _file(process, folder).status()
    opening = os.O_PATH | (os.O_NOFOLLOW if flags & AT_SYMLINK_NOFOLLOW else 0)
    path = _path(process, folder, address)
    own = _own(process, path)
    if own is not None:
        return own.status()
    if process.sandbox.is_above(path):
        return Status(stat.S_IFDIR | 0o555)
    descriptor = process.sandbox.open(path, opening)
    try:
        return host_status(os.fstat(descriptor))
    finally:
        os.close(descriptor)


def fstat(process: Process, arguments: Arguments) -> int:
    """Arguments: fd, status."""
    status = _file(process, arguments[0]).status()
    process.write(arguments[1], structures.stat(status, process.word))
    return 0


def newfstatat(process: Process, arguments: Arguments) -> int:
    """Arguments: folder, path, status, flags."""
    status = _status_of(process, arguments[0], arguments[1], arguments[3])
    process.write(arguments[2], structures.stat(status, process.word))
    return 0


def statx(process: Process, arguments: Arguments) -> int:
    """Arguments: folder, path, flags, mask, status."""
    status = _status_of(process, arguments[0], arguments[1], arguments[2])
    process.write(arguments[4], structures.statx(status))
    return 0


def _refuse_writing(mode: int) -> int:
    if mode & os.W_OK:
        raise CallError(errno.EACCES)
    return 0


def faccessat(process: Process, arguments: Arguments) -> int:
    """Arguments: folder, path, mode."""
    path = _path(process, arguments[0], arguments[1])
    own = _own(process, path)
    if own is not None:
        return _refuse_writing(arguments[2] if isinstance(own, Text) else 0)
    if process.sandbox.is_above(path):
        return _refuse_writing(arguments[2])
    descriptor = process.sandbox.open(path, os.O_PATH)
    mode = os.fstat(descriptor).st_mode
    os.close(descriptor)
    if arguments[2] & os.X_OK and stat.S_ISREG(mode) and not mode & 0o111:
        raise CallError(errno.EACCES)
    if arguments[2] & os.W_OK:
        os.close(process.sandbox.to_change(path))
    return 0


def readlinkat(process: Process, arguments: Arguments) -> int:
    """Arguments: folder, path, buffer, size."""
    path = _path(process, arguments[0], arguments[1])
    if process.sandbox.is_above(path):
        raise CallError(errno.EINVAL)
    if is_executable_link(path):
        found = os.path.abspath(process.name)
    elif _own(process, path) is not None:
        raise CallError(errno.EINVAL)
    else:
        descriptor = process.sandbox.open(path, os.O_PATH | os.O_NOFOLLOW)
        try:
            found = os.readlink("", dir_fd=descriptor)
        except FileNotFoundError:
            raise CallError(errno.EINVAL) from None
        finally:
            os.close(descriptor)
    data = os.fsencode(found)[: process.signed(arguments[3], 32)]
    process.write(arguments[2], data)
    return len(data)


def getcwd(process: Process, arguments: Arguments) -> int:
    """Arguments: buffer, size."""
    data = os.fsencode(process.sandbox.working) + b"\0"
    if len(data) > arguments[1]:
        raise CallError(errno.ERANGE)
    process.write(arguments[0], data)
    return len(data)


def chdir(process: Process, arguments: Arguments) -> int:
    """Arguments: path."""
    path = os.path.normpath(_path(process, AT_FDCWD, arguments[0]))
    if not process.sandbox.is_above(path):
        os.close(process.sandbox.open(path, os.O_PATH | os.O_DIRECTORY))
    process.sandbox.working = path
    return 0


def getdents64(process: Process, arguments: Arguments) -> int:
    """Arguments: fd, buffer, size."""
    file = _file(process, arguments[0])
    if not isinstance(file, HostFile) or not stat.S_ISDIR(file.status().mode):
        raise CallError(errno.ENOTDIR)
    out = bytearray()
    rows = file.entries()
    for place in range(file.position, len(rows)):
        name, inode, kind = rows[place]
        row = structures.entry(os.fsencode(name), inode, kind, place + 1)
        if len(out) + len(row) > arguments[2]:
            if not out:
                raise CallError(errno.EINVAL)
            break
        out += row
        file.position = place + 1
    process.write(arguments[1], bytes(out))
    return len(out)


def mkdirat(process: Process, arguments: Arguments) -> int:
    """Arguments: folder, path, mode."""
    parent, name = process.sandbox.parent(_path(process, arguments[0], arguments[1]), is_new=True)
    try:
        os.mkdir(name, arguments[2] & 0o777 & ~process.umask, dir_fd=parent)
    finally:
        os.close(parent)
    return 0


def unlinkat(process: Process, arguments: Arguments) -> int:
    """Arguments: folder, path, flags."""
    path, is_folder = _path(process, arguments[0], arguments[1]), arguments[2] & AT_REMOVEDIR
    of_dots = errno.ENOTEMPTY if path.endswith("..") else errno.EINVAL
    parent, name = process.sandbox.parent(path, of_dots if is_folder else errno.EISDIR)
    try:
        if is_folder:
            os.rmdir(name, dir_fd=parent)
        else:
            os.unlink(name, dir_fd=parent)
    finally:
        os.close(parent)
    return 0


def mknodat(process: Process, arguments: Arguments) -> int:
    """Arguments: folder, path, mode, device: files and named pipes; who makes devices is root."""
    mode = arguments[2] & 0o777 & ~process.umask
    kind = stat.S_IFMT(arguments[2]) or stat.S_IFREG
    if kind not in (stat.S_IFREG, stat.S_IFIFO):
        raise CallError(errno.EINVAL if kind == stat.S_IFDIR else errno.EPERM)
    parent, name = process.sandbox.parent(_path(process, arguments[0], arguments[1]), is_new=True)
    try:
        os.mknod(name, kind | mode, dir_fd=parent)
    finally:
        os.close(parent)
    return 0


def renameat(process: Process, arguments: Arguments) -> int:
    """Arguments: folder, path, folder, path."""
    return renameat2(process, (*arguments[:4], 0))


def renameat2(process: Process, arguments: Arguments) -> int:
    """Arguments: folder, path, folder, path, flags."""
    flags = arguments[4]
    if flags not in (0, _RENAME_NOREPLACE, _RENAME_EXCHANGE):
        raise CallError(errno.EINVAL)
    parent = process.sandbox.parent
    source, old = parent(_path(process, arguments[0], arguments[1]), errno.EBUSY)
    try:
        target, new = parent(_path(process, arguments[2], arguments[3]), errno.EBUSY)
        try:
            _rename(source, old, target, new, flags)
        finally:
            os.close(target)
    finally:
        os.close(source)
    return 0


def _rename(source: int, old: str, target: int, new: str, flags: int) -> None:
    if not flags:
        os.rename(old, new, src_dir_fd=source, dst_dir_fd=target)
        return
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:  # The C library of the host does not have it.
        raise CallError(errno.EINVAL)
    if call(source, os.fsencode(old), target, os.fsencode(new), flags):
        raise CallError(ctypes.get_errno())


def ftruncate(process: Process, arguments: Arguments) -> int:
    """Arguments: fd, size."""
    file = _file(process, arguments[0])
    if not isinstance(file, HostFile):
        raise CallError(errno.EINVAL)
    os.ftruncate(file.descriptor, _offset(process, arguments, 1))
    return 0


def truncate(process: Process, arguments: Arguments) -> int:
    """Arguments: path, size."""
    path = _path(process, AT_FDCWD, arguments[0])
    descriptor = process.sandbox.open(path, os.O_WRONLY)
    try:
        os.ftruncate(descriptor, _offset(process, arguments, 1))
    finally:
        os.close(descriptor)
    return 0


def fallocate(process: Process, arguments: Arguments) -> int:
    """Arguments: fd, mode, offset, size; makes a file longer, and cuts no holes."""
    file = _file(process, arguments[0])
    if not isinstance(file, HostFile):
        raise CallError(errno.ESPIPE)
    if arguments[1]:
        raise CallError(errno.EOPNOTSUPP)
    size_at = 3 if process.xlen == 64 else 4
    end = _offset(process, arguments, 2) + _offset(process, arguments, size_at)
    if end > os.fstat(file.descriptor).st_size:
        os.ftruncate(file.descriptor, end)
    return 0


def _vector_at(
    process: Process, arguments: Arguments, unlike: int
) -> tuple[File, list[tuple[int, int]], int]:
    """The file, the parts and the offset of preadv and pwritev: always in two halves."""
    offset = arguments[3] if process.xlen == 64 else arguments[3] | arguments[4] << 32
    file = _file(process, arguments[0], unlike)
    parts = list(_parts(process, arguments[1], arguments[2]))
    return file, parts, process.signed(offset, 64)


def preadv(process: Process, arguments: Arguments) -> int:
    """Arguments: fd, parts, count, offset."""
    file, parts, offset = _vector_at(process, arguments, os.O_WRONLY)
    done = 0
    for address, size in parts:
        if not process.memory.can(address, _size(size), 2):
            raise CallError(errno.EFAULT)
        data = file.read_at(_size(size), offset + done)
        process.write(address, data)
        done += len(data)
        if len(data) < size:
            break
    return done


def pwritev(process: Process, arguments: Arguments) -> int:
    """Arguments: fd, parts, count, offset."""
    file, parts, offset = _vector_at(process, arguments, os.O_RDONLY)
    done = 0
    for address, size in parts:
        done += file.write_at(process.read(address, _size(size)), offset + done)
    return done


def sendfile(process: Process, arguments: Arguments) -> int:
    """Arguments: to, from, address of an offset or 0, size."""
    target, source = _file(process, arguments[0]), _file(process, arguments[1])
    if not isinstance(source, HostFile) or target.flags & _APPEND:
        raise CallError(errno.EINVAL)
    at, left, done = arguments[2], _size(arguments[3]), 0
    offset = process.integer(at, 8, signed=True) if at else 0
    while done < left:
        size = min(_PIECE, left - done)
        data = source.read_at(size, offset + done) if at else source.read(size)
        if not data:
            break
        done += target.write(data)
    if at:
        process.write(at, (offset + done).to_bytes(8, "little"))
    return done


def copy_file_range(process: Process, arguments: Arguments) -> int:
    """Arguments: from, address of an offset or 0, to, address of an offset or 0, size, flags."""
    source, target = _file(process, arguments[0]), _file(process, arguments[2])
    for file in (source, target):
        if not isinstance(file, HostFile) or not stat.S_ISREG(file.status().mode):
            raise CallError(errno.EINVAL)
    if target.flags & _APPEND:
        raise CallError(errno.EBADF)
    if arguments[5]:
        raise CallError(errno.EINVAL)
    taken_at, put_at, left, done = arguments[1], arguments[3], _size(arguments[4]), 0
    taken, put = (process.integer(at, 8, signed=True) if at else 0 for at in (taken_at, put_at))
    while done < left:
        size = min(_PIECE, left - done)
        data = source.read_at(size, taken + done) if taken_at else source.read(size)
        if not data:
            break
        done += target.write_at(data, put + done) if put_at else target.write(data)
    for at, offset in ((taken_at, taken), (put_at, put)):
        if at:
            process.write(at, (offset + done).to_bytes(8, "little"))
    return done


def fchdir(process: Process, arguments: Arguments) -> int:
    """Arguments: fd."""
    file = _file(process, arguments[0])
    if not isinstance(file, HostFile) or not stat.S_ISDIR(file.status().mode):
        raise CallError(errno.ENOTDIR)
    process.sandbox.working = os.path.normpath(file.path)
    return 0


def close_range(process: Process, arguments: Arguments) -> int:
    """Arguments: first, last, flags."""
    if arguments[0] > arguments[1]:
        raise CallError(errno.EINVAL)
    if not arguments[2] & 4:  # CLOSE_RANGE_CLOEXEC: nothing is ever executed.
        for number in process.descriptors.numbers():
            if arguments[0] <= number <= arguments[1]:
                process.descriptors.close(number)
    return 0


def symlinkat(process: Process, arguments: Arguments) -> int:
    """Arguments: target, folder, path. A link that leads away would fool others than the guest."""
    target = os.fsdecode(process.text(arguments[0]))
    if target.startswith("/") or ".." in target.split("/"):
        process.note("links that may lead out of their folder are not made: symlink fails")
        raise CallError(errno.EPERM)
    parent, name = process.sandbox.parent(_path(process, arguments[1], arguments[2]), is_new=True)
    try:
        os.symlink(target, name, dir_fd=parent)
    finally:
        os.close(parent)
    return 0


def linkat(process: Process, arguments: Arguments) -> int:
    """Arguments: folder, path, folder, path, flags. What may not be written gets no new name."""
    if arguments[4]:
        raise CallError(errno.EINVAL)
    source, old = process.sandbox.parent(_path(process, arguments[0], arguments[1]))
    try:
        target, new = process.sandbox.parent(
            _path(process, arguments[2], arguments[3]), is_new=True
        )
        try:
            os.link(old, new, src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)
        finally:
            os.close(target)
    finally:
        os.close(source)
    return 0


def _changeable(process: Process, number: int) -> HostFile:
    """An open file of which mode and times may be changed."""
    file = _file(process, number)
    if not isinstance(file, HostFile):
        raise CallError(errno.EPERM)
    if not process.sandbox.may_change(file.path):
        raise CallError(errno.EACCES)
    return file


def _by_descriptor(descriptor: int) -> str:
    """A name of an open file for calls that take names only."""
    return f"/proc/self/fd/{descriptor}"


def fchmod(process: Process, arguments: Arguments) -> int:
    """Arguments: fd, mode."""
    os.chmod(_by_descriptor(_changeable(process, arguments[0]).descriptor), arguments[1] & 0o777)
    return 0


def fchmodat(process: Process, arguments: Arguments) -> int:
    """Arguments: folder, path, mode."""
    descriptor = process.sandbox.to_change(_path(process, arguments[0], arguments[1]))
    try:
        os.chmod(_by_descriptor(descriptor), arguments[2] & 0o777)
    finally:
        os.close(descriptor)
    return 0


def _check_owner(process: Process, owners: Arguments) -> None:
    if any(process.signed(owner, 32) not in (-1, USER) for owner in owners):
        raise CallError(errno.EPERM)


def fchown(process: Process, arguments: Arguments) -> int:
    """Arguments: fd, user, group: everything is the guest's own already."""
    _file(process, arguments[0])
    _check_owner(process, arguments[1:3])
    return 0


def fchownat(process: Process, arguments: Arguments) -> int:
    """Arguments: folder, path, user, group, flags."""
    _status_of(process, arguments[0], arguments[1], arguments[4])
    _check_owner(process, arguments[2:4])
    return 0


def utimensat(word: int = 0) -> Callable[[Process, Arguments], int]:
    """Arguments: folder, path or 0, two times or 0, flags; words of so many bytes make a time."""

    def call(process: Process, arguments: Arguments) -> int:
        size = word or process.word
        now = process.clock.real()
        times = [now, now]
        if arguments[2]:
            for i in range(2):
                at = arguments[2] + 2 * size * i
                seconds = process.integer(at, size, signed=True)
                rest = process.integer(at + size, size) & 0xFFFFFFFF
                times[i] = -1 if rest == _UTIME_OMIT else seconds * 10**9 + rest
                times[i] = now if rest == _UTIME_NOW else times[i]
        if not arguments[1]:
            _set_times(_changeable(process, arguments[0]).descriptor, times)
            return 0
        follow = 0 if not arguments[3] & AT_SYMLINK_NOFOLLOW else os.O_NOFOLLOW
        path = _path(process, arguments[0], arguments[1])
        descriptor = process.sandbox.to_change(path, follow)
        try:
            if stat.S_ISLNK(os.fstat(descriptor).st_mode):
                raise CallError(errno.EOPNOTSUPP)
            _set_times(descriptor, times)
        finally:
            os.close(descriptor)
        return 0

    return call


def _set_times(descriptor: int, times: Sequence[int]) -> None:
    known = os.fstat(descriptor)
    kept = (known.st_atime_ns, known.st_mtime_ns)
    chosen = tuple(old if new < 0 else new for old, new in zip(kept, times, strict=True))
    os.utime(_by_descriptor(descriptor), ns=(chosen[0], chosen[1]))


def statfs(process: Process, arguments: Arguments) -> int:
    """Arguments: path, status; for RV32 path, size, status."""
    _status_of(process, AT_FDCWD, arguments[0], 0)
    process.write(arguments[1 if process.xlen == 64 else 2], structures.statfs(process.word))
    return 0


def fstatfs(process: Process, arguments: Arguments) -> int:
    """Arguments: fd, status; for RV32 fd, size, status."""
    _file(process, arguments[0])
    process.write(arguments[1 if process.xlen == 64 else 2], structures.statfs(process.word))
    return 0


def without_attributes(process: Process, arguments: Arguments) -> int:
    """Extended attributes: files have none."""
    raise CallError(errno.EOPNOTSUPP)


def fsync(process: Process, arguments: Arguments) -> int:
    """Arguments: fd."""
    _file(process, arguments[0])
    return 0


def _until(process: Process, address: int, word: int) -> int | None:
    """When a wait is over that ppoll or pselect6 has given a length; None if never."""
    return process.clock.monotonic() + process.time(address, word) if address else None


def _waited(process: Process, mask: int | None, until: int | None, look: Callable[[], int]) -> int:
    """How many files are ready, once one is, or the time is over.

    Args:
        process: who waits.
        mask: signals that are blocked while it does, if not those that are anyway.
        until: when it is over; None if only files or a signal end it.
        look: counts those that are ready, and tells the program which.

    Raises:
        CallError: EINTR, a signal has come.
    """
    if mask is not None:
        process.signals.wait_with(mask)
    found = look()
    if found or (until is not None and until <= process.clock.monotonic()):
        return found
    if process.wait(until) or until is None:
        raise CallError(errno.EINTR)
    return look()


def _mask_at(process: Process, address: int) -> int | None:
    return process.integer(address, 8) if address else None


def poll(word: int = 0) -> Callable[[Process, Arguments], int]:
    """Arguments: files, count, time, mask, size."""

    def call(process: Process, arguments: Arguments) -> int:
        files, count = arguments[:2]
        if count > _MOST_PARTS:
            raise CallError(errno.EINVAL)
        table = bytearray(process.read(files, 8 * count) if count else b"")

        def look() -> int:
            ready = 0
            for at in range(0, len(table), 8):
                number = int.from_bytes(table[at : at + 4], "little", signed=True)
                wished = int.from_bytes(table[at + 4 : at + 6], "little")
                file = process.descriptors.find(number)
                found = _NO_FILE if file is None else file.ready() & (wished | BROKEN | HUNG_UP)
                found = found if number >= 0 else 0
                table[at + 6 : at + 8] = found.to_bytes(2, "little")
                ready += found != 0
            if table:
                process.write(files, bytes(table))
            return ready

        until = _until(process, arguments[2], word or process.word)
        return _waited(process, _mask_at(process, arguments[3]), until, look)

    return call


def select(word: int = 0) -> Callable[[Process, Arguments], int]:
    """Arguments: count, to read, to write, exceptions, time, mask with its size."""

    def call(process: Process, arguments: Arguments) -> int:
        count = arguments[0]
        if count > _MOST_PARTS:
            raise CallError(errno.EINVAL)
        size = -(-count // (8 * process.word)) * process.word
        whole = (1 << count) - 1
        sets = [process.integer(one, size) & whole if one else 0 for one in arguments[1:4]]
        wished = sets[0] | sets[1] | sets[2]
        numbers = [n for n in range(count) if wished >> n & 1]
        files = {n: process.descriptors[n] for n in numbers}

        def look() -> int:
            ready = 0
            ends = (READY_TO_READ | HUNG_UP, READY_TO_WRITE | BROKEN, 0)
            for address, chosen, bits in zip(arguments[1:4], sets, ends, strict=True):
                found = sum(1 << n for n in numbers if chosen >> n & 1 and files[n].ready() & bits)
                if address:
                    process.write(address, found.to_bytes(size, "little"))
                ready += found.bit_count()
            return ready

        mask = process.integer(arguments[5], process.word) if arguments[5] else 0
        until = _until(process, arguments[4], word or process.word)
        return _waited(process, _mask_at(process, mask), until, look)

    return call


def pipe2(process: Process, arguments: Arguments) -> int:
    """Arguments: numbers, flags."""
    if arguments[1] & ~(_CLOSE_ON_EXEC | os.O_NONBLOCK):
        raise CallError(errno.EINVAL)
    if not process.memory.can(arguments[0], 8, 2):
        raise CallError(errno.EFAULT)
    pipe, flags = Pipe(), arguments[1] & os.O_NONBLOCK
    numbers = [_add(process, end(pipe, flags), arguments[1]) for end in (ReadEnd, WriteEnd)]
    process.write(arguments[0], b"".join(one.to_bytes(4, "little") for one in numbers))
    return 0


def eventfd2(process: Process, arguments: Arguments) -> int:
    """Arguments: value, flags."""
    if arguments[1] & ~(_CLOSE_ON_EXEC | os.O_NONBLOCK | 1):  # EFD_SEMAPHORE
        raise CallError(errno.EINVAL)
    flags, takes_one = arguments[1] & os.O_NONBLOCK, bool(arguments[1] & 1)
    return _add(process, Counter(arguments[0] & 0xFFFFFFFF, flags, takes_one), arguments[1])


def epoll_create1(process: Process, arguments: Arguments) -> int:
    """Arguments: flags."""
    return _add(process, Epoll(), arguments[0])


def _epoll(process: Process, number: int) -> Epoll:
    found = _file(process, number)
    if not isinstance(found, Epoll):
        raise CallError(errno.EINVAL)
    return found


def epoll_ctl(process: Process, arguments: Arguments) -> int:
    """Arguments: epoll, what, fd, event."""
    interests = _epoll(process, arguments[0]).interests
    what, number = arguments[1], process.signed(arguments[2], 32)
    file = _file(process, number)
    if isinstance(file, HostFile | Epoll):
        raise CallError(errno.EPERM)
    is_there = number in interests and interests[number][0] is file
    if what == _EPOLL_ADD and is_there:
        raise CallError(errno.EEXIST)
    if what in (_EPOLL_DELETE, _EPOLL_MODIFY) and not is_there:
        raise CallError(errno.ENOENT)
    if what == _EPOLL_DELETE:
        del interests[number]
    elif what in (_EPOLL_ADD, _EPOLL_MODIFY):
        data = process.read(arguments[3], _EPOLL_EVENT)
        interests[number] = file, Interest(int.from_bytes(data[:4], "little"), data[8:])
    else:
        raise CallError(errno.EINVAL)
    return 0


def epoll_pwait(process: Process, arguments: Arguments) -> int:
    """Arguments: epoll, events, most, milliseconds, mask, size."""
    wait, most = process.signed(arguments[3], 32), process.signed(arguments[2], 32)
    until = None if wait < 0 else process.clock.monotonic() + wait * 1_000_000
    return _epoll_wait(process, arguments, most, until)


def epoll_pwait2(process: Process, arguments: Arguments) -> int:
    """Arguments: epoll, events, most, time, mask, size."""
    most = process.signed(arguments[2], 32)
    return _epoll_wait(process, arguments, most, _until(process, arguments[3], 8))


def _is_new(file: File, wished: Interest, found: int) -> bool:
    """Whether to report what a file is ready for: with EPOLLET, only if something has happened."""
    news = file.news()
    if news is None or not wished.events & _EPOLL_EDGE:
        return True
    came, left = news
    now = (
        came if found & READY_TO_READ else 0,
        left if found & READY_TO_WRITE else 0,
        found & (BROKEN | HUNG_UP),
    )
    before, wished.seen = wished.seen, now
    return before != now


def _epoll_wait(process: Process, arguments: Arguments, most: int, until: int | None) -> int:
    interests = _epoll(process, arguments[0]).interests
    if most <= 0:
        raise CallError(errno.EINVAL)

    def look() -> int:
        rows: list[bytes] = []
        for number, (file, wished) in list(interests.items()):
            if process.descriptors.find(number) is not file:
                del interests[number]
                continue
            found = file.ready() & (wished.events | BROKEN | HUNG_UP)
            if found and len(rows) < most and not wished.is_over and _is_new(file, wished, found):
                rows.append(found.to_bytes(8, "little") + wished.data)
                wished.is_over = bool(wished.events & _EPOLL_ONCE)
        process.write(arguments[1], b"".join(rows))
        return len(rows)

    return _waited(process, _mask_at(process, arguments[4]), until, look)
