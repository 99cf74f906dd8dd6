"""How structures lie in memory: include/uapi of Linux, for longs of 32 or 64 bits."""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence

from rvx.emulator.linux.descriptors import USER, Status

BLOCK = 4096
STATX_BASIC = 0x7FF
_NANO = 1_000_000_000


def timespec(nanoseconds: int, word: int) -> bytes:
    """`struct timespec`, of two words of so many bytes each."""
    form = "<qq" if word == 8 else "<Ii"
    seconds, rest = divmod(nanoseconds, _NANO)
    return struct.pack(form, seconds & (1 << 8 * word - (word == 8)) - 1, rest)


def timeval(nanoseconds: int, word: int) -> bytes:
    """`struct timeval`."""
    return timespec(nanoseconds // _NANO * _NANO + nanoseconds % _NANO // 1000, word)


def stat(of: Status, word: int) -> bytes:
    """`struct stat` of asm-generic; for RV32 `struct stat64`."""
    head = struct.pack(
        "<QQIIIIQQqiiq",
        of.device,
        of.inode,
        of.mode,
        of.links,
        USER,
        USER,
        of.represents,
        0,
        of.size,
        BLOCK,
        0,
        of.blocks,
    )
    times = b"".join(timespec(when, word) for when in (of.accessed, of.modified, of.changed))
    return head + times + bytes(8)


def statx(of: Status) -> bytes:
    """`struct statx`, which is the same for RV32 and RV64."""

    def stamp(when: int) -> bytes:
        return struct.pack("<qIi", *divmod(when, _NANO), 0)

    head = struct.pack(
        "<IIQIIIHxxQQQQ",
        STATX_BASIC,
        BLOCK,
        0,
        of.links,
        USER,
        USER,
        of.mode & 0xFFFF,
        of.inode,
        of.size,
        of.blocks,
        0,
    )
    times = stamp(of.accessed) + stamp(0) + stamp(of.changed) + stamp(of.modified)
    device = struct.pack(
        "<IIII",
        os.major(of.represents),
        os.minor(of.represents),
        os.major(of.device),
        os.minor(of.device),
    )
    return (head + times + device).ljust(256, b"\0")


def statfs(word: int) -> bytes:
    """`struct statfs`, for RV32 `struct statfs64`: a file system half full, always the same."""
    kind, longest, count = 0xEF53, 255, 1 << 24
    head = words((kind, BLOCK), word)
    middle = struct.pack("<QQQQQii", count, count // 2, count // 2, count, count // 2, 0, 0)
    return head + middle + words((longest, BLOCK, 0, 0, 0, 0, 0), word)


def entry(name: bytes, inode: int, kind: int, offset: int) -> bytes:
    """`struct linux_dirent64`."""
    size = 19 + len(name) + 1 + 7 & -8
    return (struct.pack("<QqHB", inode, offset, size, kind) + name).ljust(size, b"\0")


def utsname(machine: str) -> bytes:
    """`struct utsname`."""
    fields = ("Linux", "rvx", "6.1.0", "#1", machine, "(none)")
    return b"".join(text.encode().ljust(65, b"\0") for text in fields)


def words(values: Sequence[int], word: int) -> bytes:
    """Longs, one behind the other."""
    return b"".join((value & (1 << 8 * word) - 1).to_bytes(word, "little") for value in values)
