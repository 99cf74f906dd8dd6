"""System calls about the process, its limits and its machine."""

from __future__ import annotations

import errno
import struct
from collections.abc import Callable, Sequence

from rvx.emulator.linux import structures
from rvx.emulator.linux.descriptors import MOST, USER
from rvx.emulator.linux.process import PROCESS_ID, CallError, Process

_UNLIMITED = (1 << 64) - 1
_STACK, _FILES, _SPACE = 3, 7, 9
Arguments = Sequence[int]
Call = Callable[[Process, Arguments], int]

# Bits of RISCV_HWPROBE_KEY_IMA_EXT_0, Documentation/arch/riscv/hwprobe.rst.
_PROBED = {"C": 1, "V": 2, "Zba": 3, "Zbb": 4, "Zbs": 5, "Zicboz": 6, "Zbc": 7, "Zbkb": 8}
_PROBED |= {"Zbkx": 10, "Zfh": 27, "Zfhmin": 28, "Zfa": 32, "Zicond": 35}


def umask(process: Process, arguments: Arguments) -> int:
    """Arguments: mask. What the host's own mask takes away is gone all the same."""
    before, process.umask = process.umask, arguments[0] & 0o777
    return before


def constant(value: int) -> Call:
    """A call that gives the same value always."""

    def call(process: Process, arguments: Arguments) -> int:
        return value

    return call


user = constant(USER)
process_id = constant(PROCESS_ID)


def missing(process: Process, arguments: Arguments) -> int:
    """A call that a C library asks for, and does without where it is not there."""
    raise CallError(errno.ENOSYS)


def not_allowed(process: Process, arguments: Arguments) -> int:
    """A call that only a superuser may make."""
    raise CallError(errno.EPERM)


def no_children(process: Process, arguments: Arguments) -> int:
    """A call that waits for processes of the program's own: there are none."""
    raise CallError(errno.ECHILD)


def set_users(process: Process, arguments: Arguments) -> int:
    """Arguments: up to three users or groups: each may stay what it is."""
    return 0 if all(process.signed(one, 32) in (-1, USER) for one in arguments[:3]) else _refuse()


def set_user(process: Process, arguments: Arguments) -> int:
    """Arguments: user or group."""
    return set_users(process, arguments[:1])


def set_two_users(process: Process, arguments: Arguments) -> int:
    """Arguments: real, effective."""
    return set_users(process, arguments[:2])


def _refuse() -> int:
    raise CallError(errno.EPERM)


def prctl(process: Process, arguments: Arguments) -> int:
    """Arguments: what, value: the name of the thread, and what a program says about itself."""
    what = arguments[0]
    if what == 15:  # PR_SET_NAME
        process.thread_name = process.text(arguments[1])[:15]
        return 0
    if what == 16:  # PR_GET_NAME
        process.write(arguments[1], process.thread_name.ljust(16, b"\0"))
        return 0
    if what in (3, 4):  # PR_GET_DUMPABLE, PR_SET_DUMPABLE
        return 1 if what == 3 else 0
    raise CallError(errno.EINVAL)


def sched_getparam(process: Process, arguments: Arguments) -> int:
    """Arguments: process, parameters: the priority is 0."""
    process.write(arguments[1], bytes(4))
    return 0


def exit_process(process: Process, arguments: Arguments) -> int:
    """Arguments: code, exit_group(code)."""
    process.ended = arguments[0] & 0xFF
    return 0


def uname(process: Process, arguments: Arguments) -> int:
    """Arguments: names."""
    process.write(arguments[0], structures.utsname(f"riscv{process.xlen}"))
    return 0


def getrandom(process: Process, arguments: Arguments) -> int:
    """Arguments: buffer, size, flags: the same in every run with the same seed."""
    size = min(arguments[1], 1 << 20)
    process.write(arguments[0], process.random.randbytes(size))
    return size


def prlimit64(process: Process, arguments: Arguments) -> int:
    """Arguments: process, resource, new, old: limits are as they are."""
    kind = arguments[1]
    if kind > 15:
        raise CallError(errno.EINVAL)
    if arguments[3]:
        limits = {_STACK: process.memory.stack_size, _FILES: MOST}
        soft = limits.get(kind, _UNLIMITED)
        hard = soft if kind == _FILES else _UNLIMITED
        process.write(arguments[3], struct.pack("<QQ", soft, hard))
    return 0


def sysinfo(process: Process, arguments: Arguments) -> int:
    """Arguments: information: memory is what the program was given."""
    memory, word = process.memory, process.word
    total = memory.end - memory.heap
    free = memory.end - memory.taken
    values = (process.clock.monotonic() // 10**9, 0, 0, 0, total, free, 0, 0, 0, 0)
    data = structures.words(values, word) + struct.pack("<HHI", 1, 0, 0)[: 4 if word == 4 else 8]
    data += structures.words((0, 0), word) + struct.pack("<I", 1)
    process.write(arguments[0], data + bytes(64 - 44 - 12 if word == 4 else 4))
    return 0


def riscv_hwprobe(process: Process, arguments: Arguments) -> int:
    """Arguments: pairs, count, ...."""
    if arguments[1] > 1024:
        raise CallError(errno.EINVAL)
    pairs = process.read(arguments[0], 16 * arguments[1])
    names = process.extensions
    extensions = 1 if {"F", "D"} <= names else 0
    extensions |= sum(1 << bit for name, bit in _PROBED.items() if name in names)
    known = {0: 0, 1: 0, 2: 0, 3: 1, 4: extensions, 5: 3}
    answer = b""
    for at in range(0, len(pairs), 16):
        key = int.from_bytes(pairs[at : at + 8], "little", signed=True)
        answer += struct.pack("<qQ", key if key in known else -1, known.get(key, 0))
    process.write(arguments[0], answer)
    return 0


def sched_getaffinity(process: Process, arguments: Arguments) -> int:
    """Arguments: process, size, mask: one hart."""
    if arguments[1] < process.word:
        raise CallError(errno.EINVAL)
    process.write(arguments[2], structures.words((1,), process.word))
    return process.word


def getcpu(process: Process, arguments: Arguments) -> int:
    """Arguments: hart, node."""
    for address in arguments[:2]:
        if address:
            process.write(address, bytes(4))
    return 0


def three_users(process: Process, arguments: Arguments) -> int:
    """Arguments: real, effective, saved, and the same for groups."""
    for address in arguments[:3]:
        process.write(address, USER.to_bytes(4, "little"))
    return 0


def futex(process: Process, arguments: Arguments) -> int:
    """Arguments: address, operation, value, time: nobody else is there to wait for, or to wake."""
    return _futex(process, arguments, process.word)


def futex_time64(process: Process, arguments: Arguments) -> int:
    """The same with times of 64 bits."""
    return _futex(process, arguments, 8)


def _futex(process: Process, arguments: Arguments, word: int) -> int:
    operation = arguments[1] & 0x7F
    if operation in (1, 3, 5, 10):  # FUTEX_WAKE, FUTEX_REQUEUE, FUTEX_WAKE_OP, FUTEX_WAKE_BITSET
        return 0
    if operation in (0, 9):  # FUTEX_WAIT, FUTEX_WAIT_BITSET
        if process.integer(arguments[0], 4) != arguments[2] & 0xFFFFFFFF:
            raise CallError(errno.EAGAIN)
        if not arguments[3]:
            process.wait_for_change(0)
        is_signal = process.wait(_end_of_wait(process, arguments, word))
        raise CallError(errno.EINTR if is_signal else errno.ETIMEDOUT)
    raise CallError(errno.ENOSYS)


def _end_of_wait(process: Process, arguments: Arguments, word: int) -> int:
    """When a wait ends: FUTEX_WAIT has its length, the other its end."""
    wished, now = process.time(arguments[3], word), process.clock.monotonic()
    if arguments[1] & 0x7F == 0:
        return now + wished
    is_real = arguments[1] & 0x100  # FUTEX_CLOCK_REALTIME
    return wished + (now - process.clock.real() if is_real else 0)
