"""System calls on files."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence

from rvx.emulator.linux import structures
from rvx.emulator.linux.descriptors import File, HostFile, Status, host_status
from rvx.emulator.linux.process import LONGEST_TRANSFER, CallError, Process

AT_FDCWD, AT_SYMLINK_NOFOLLOW, AT_REMOVEDIR, AT_EMPTY_PATH = -100, 0x100, 0x200, 0x1000
_PIECE = 1 << 20
_MOST_PARTS = 1024
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
_SELF = "/proc/self/exe"


def _size(value: int) -> int:
    if value >> 63:  # Nobody has a buffer of that size: the address is looked at first.
        raise CallError(errno.EFAULT)
    return min(value, LONGEST_TRANSFER)


def _file(process: Process, number: int) -> File:
    return process.descriptors[process.signed(number, 32)]


def read(process: Process, arguments: Arguments) -> int:
    """Arguments: fd, buffer, size."""
    file = _file(process, arguments[0])
    address, size = arguments[1], _size(arguments[2])
    if not process.memory.can(address, size, 2):
        raise CallError(errno.EFAULT)
    data = file.read(size)
    process.write(address, data)
    return len(data)


def write(process: Process, arguments: Arguments) -> int:
    """Arguments: fd, buffer, size."""
    return _write(process, _file(process, arguments[0]), arguments[1], arguments[2])


def _write(process: Process, file: File, address: int, size: int) -> int:
    size = _size(size)
    if size and not process.memory.holds(address, size):
        raise CallError(errno.EFAULT)
    done = 0
    while done < size:
        piece = process.read(address + done, min(size - done, _PIECE))
        written = file.write(piece)
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
    file = _file(process, arguments[0])
    done = 0
    for address, size in _parts(process, arguments[1], arguments[2]):
        written = _write(process, file, address, size) if size else 0
        done += written
        if written < size:
            break
    return done


def readv(process: Process, arguments: Arguments) -> int:
    """Arguments: fd, parts, count."""
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
    file, size = _file(process, arguments[0]), _size(arguments[2])
    if not process.memory.can(arguments[1], size, 2):
        raise CallError(errno.EFAULT)
    data = file.read_at(size, _offset(process, arguments, 3))
    process.write(arguments[1], data)
    return len(data)


def pwrite64(process: Process, arguments: Arguments) -> int:
    """Arguments: fd, buffer, size, offset."""
    data = process.read(arguments[1], _size(arguments[2]))
    return _file(process, arguments[0]).write_at(data, _offset(process, arguments, 3))


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
    if whence not in (os.SEEK_SET, os.SEEK_CUR, os.SEEK_END):
        raise CallError(errno.EINVAL)
    return file.seek(offset, whence)


def close(process: Process, arguments: Arguments) -> int:
    """Arguments: fd."""
    process.descriptors.close(process.signed(arguments[0], 32))
    return 0


def dup(process: Process, arguments: Arguments) -> int:
    """Arguments: fd."""
    return process.descriptors.add(_file(process, arguments[0]))


def dup3(process: Process, arguments: Arguments) -> int:
    """Arguments: old, new, flags."""
    if arguments[0] == arguments[1]:
        raise CallError(errno.EINVAL)
    return process.descriptors.put(_file(process, arguments[0]), process.signed(arguments[1], 32))


def fcntl(process: Process, arguments: Arguments) -> int:
    """Arguments: fd, command, argument. Duplicates, and flags that matter to nobody."""
    file, command = _file(process, arguments[0]), arguments[1]
    if command in (0, 1030):  # F_DUPFD, F_DUPFD_CLOEXEC
        return process.descriptors.add(file, arguments[2])
    if command == 3:  # F_GETFL
        return file.flags
    if command in (1, 2, 4):  # F_GETFD, F_SETFD, F_SETFL
        return 0
    raise CallError(errno.EINVAL)


def ioctl(process: Process, arguments: Arguments) -> int:
    """Arguments: fd, request. Nothing is a terminal: output is the same wherever it goes."""
    _file(process, arguments[0])
    raise CallError(errno.ENOTTY)


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


def openat(process: Process, arguments: Arguments) -> int:
    """Arguments: folder, path, flags, mode."""
    path = _path(process, arguments[0], arguments[1])
    wished = arguments[2]
    flags = wished & 3
    for theirs, ours in _FLAGS.items():
        flags |= ours if wished & theirs else 0
    if flags & os.O_PATH:
        flags &= os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW
    descriptor = process.sandbox.open(path, flags, arguments[3] & 0o777)
    file = HostFile(descriptor, path, wished & ~0o2000000)
    try:
        return process.descriptors.add(file)
    except OSError:
        file.close()
        raise


def _status_of(process: Process, folder: int, address: int, flags: int) -> Status:
    if flags & AT_EMPTY_PATH and not process.text(address):
        return _file(process, folder).status()
    opening = os.O_PATH | (os.O_NOFOLLOW if flags & AT_SYMLINK_NOFOLLOW else 0)
    descriptor = process.sandbox.open(_path(process, folder, address), opening)
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


def faccessat(process: Process, arguments: Arguments) -> int:
    """Arguments: folder, path, mode."""
    path = _path(process, arguments[0], arguments[1])
    os.close(process.sandbox.open(path, os.O_PATH))
    if arguments[2] & os.W_OK:
        os.close(process.sandbox.parent(path)[0])
    return 0


def readlinkat(process: Process, arguments: Arguments) -> int:
    """Arguments: folder, path, buffer, size."""
    path = _path(process, arguments[0], arguments[1])
    if path == _SELF:
        found = os.path.abspath(process.name)
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
    parent, name = process.sandbox.parent(_path(process, arguments[0], arguments[1]))
    try:
        os.mkdir(name, arguments[2] & 0o777, dir_fd=parent)
    finally:
        os.close(parent)
    return 0


def unlinkat(process: Process, arguments: Arguments) -> int:
    """Arguments: folder, path, flags."""
    parent, name = process.sandbox.parent(_path(process, arguments[0], arguments[1]))
    try:
        if arguments[2] & AT_REMOVEDIR:
            os.rmdir(name, dir_fd=parent)
        else:
            os.unlink(name, dir_fd=parent)
    finally:
        os.close(parent)
    return 0


def renameat2(process: Process, arguments: Arguments) -> int:
    """Arguments: folder, path, folder, path, flags."""
    if len(arguments) > 4 and arguments[4]:
        raise CallError(errno.EINVAL)
    source, old = process.sandbox.parent(_path(process, arguments[0], arguments[1]))
    try:
        target, new = process.sandbox.parent(_path(process, arguments[2], arguments[3]))
        try:
            os.rename(old, new, src_dir_fd=source, dst_dir_fd=target)
        finally:
            os.close(target)
    finally:
        os.close(source)
    return 0


def ftruncate(process: Process, arguments: Arguments) -> int:
    """Arguments: fd, size."""
    file = _file(process, arguments[0])
    if not isinstance(file, HostFile):
        raise CallError(errno.EINVAL)
    os.ftruncate(file.descriptor, _offset(process, arguments, 1))
    return 0


def fsync(process: Process, arguments: Arguments) -> int:
    """Arguments: fd."""
    _file(process, arguments[0])
    return 0


def poll(process: Process, arguments: Arguments) -> int:
    """Arguments: files, count, ...: everything that is open is ready."""
    if arguments[1] > _MOST_PARTS:
        raise CallError(errno.EINVAL)
    table = bytearray(process.read(arguments[0], 8 * arguments[1]))
    is_open = set(process.descriptors.numbers())
    ready = 0
    for at in range(0, len(table), 8):
        number = int.from_bytes(table[at : at + 4], "little", signed=True)
        wished = int.from_bytes(table[at + 4 : at + 6], "little")
        found = (wished & 5 if number in is_open else 0x20) if number >= 0 else 0
        table[at + 6 : at + 8] = found.to_bytes(2, "little")
        ready += found != 0
    process.write(arguments[0], bytes(table))
    return ready
