"""What lies on the stack when a program starts: argc, argv, envp and the auxiliary vector."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from rvx.emulator.memory import PAGE
from rvx.errors import RvxError
from rvx.isa.bits import Address
from rvx.records import dataclass


class Auxiliary(IntEnum):
    """Kinds of entries of the auxiliary vector: include/uapi/linux/auxvec.h."""

    END = 0
    PROGRAM_HEADERS = 3
    PROGRAM_HEADER_SIZE = 4
    PROGRAM_HEADER_COUNT = 5
    PAGE_SIZE = 6
    BASE = 7
    FLAGS = 8
    ENTRY = 9
    UID = 11
    EUID = 12
    GID = 13
    EGID = 14
    CAPABILITIES = 16
    CLOCK_TICKS = 17
    SECURE = 23
    RANDOM = 25
    FILE_NAME = 31


class TooManyArguments(RvxError, ValueError):
    """Arguments and environment do not fit the stack."""


@dataclass(frozen=True)
class Headers:
    """Where the program headers of an executable lie in memory.

    Attributes:
        address: of the first; 0 if they are not loaded.
        size: bytes of one.
        count: how many there are.
    """

    address: Address
    size: int
    count: int


def hardware_capabilities(extensions: frozenset[str]) -> int:
    """AT_HWCAP: a bit for each extension of one letter."""
    return sum(1 << ord(name) - ord("A") for name in extensions if len(name) == 1)


def initial_stack(
    top: Address,
    xlen: int,
    arguments: Sequence[bytes],
    environment: Sequence[bytes],
    auxiliary: Sequence[tuple[int, int]],
    random: bytes,
) -> tuple[Address, bytes]:
    """The stack of a process as Linux makes it (fs/binfmt_elf.c).

    Args:
        top: where it ends.
        xlen: 32 or 64.
        arguments: argv; the first is the name of the program, which AT_EXECFN gives too.
        environment: envp.
        auxiliary: entries of the auxiliary vector, without those that point to what is here.
        random: the 16 bytes of AT_RANDOM.

    Returns:
        sp, a multiple of 16, and the bytes from there to the top.
    """
    strings = bytearray()
    places: list[int] = []
    for text in (*arguments, *environment, arguments[0], random):
        places.append(len(strings))
        strings += text + (b"\0" if text is not random else b"")
    strings += bytes(8)
    strings_at = top - len(strings) & -16
    word = xlen // 8
    at = [strings_at + place for place in places]
    argv, envp = at[: len(arguments)], at[len(arguments) : -2]
    vector = [
        *auxiliary,
        (Auxiliary.RANDOM, at[-1]),
        (Auxiliary.FILE_NAME, at[-2]),
        (Auxiliary.END, 0),
    ]
    words = [len(argv), *argv, 0, *envp, 0, *(part for entry in vector for part in entry)]
    packed = b"".join(int(value).to_bytes(word, "little") for value in words)
    sp = strings_at - len(packed) & -16
    image = packed + bytes(strings_at - sp - len(packed)) + bytes(strings)
    return sp, image + bytes(top - sp - len(image))


def auxiliary_vector(
    headers: Headers, entry: Address, extensions: frozenset[str], user: int
) -> list[tuple[int, int]]:
    """The entries that do not point to the stack."""
    return [
        (Auxiliary.CAPABILITIES, hardware_capabilities(extensions)),
        (Auxiliary.PAGE_SIZE, PAGE),
        (Auxiliary.CLOCK_TICKS, 100),
        (Auxiliary.PROGRAM_HEADERS, headers.address),
        (Auxiliary.PROGRAM_HEADER_SIZE, headers.size),
        (Auxiliary.PROGRAM_HEADER_COUNT, headers.count),
        (Auxiliary.BASE, 0),
        (Auxiliary.FLAGS, 0),
        (Auxiliary.ENTRY, entry),
        *((kind, user) for kind in (Auxiliary.UID, Auxiliary.EUID, Auxiliary.GID, Auxiliary.EGID)),
        (Auxiliary.SECURE, 0),
    ]
