"""What /proc tells a program about itself and its machine."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable

from rvx.emulator.linux.descriptors import File, Status
from rvx.emulator.linux.process import PROCESS_ID, Process
from rvx.emulator.memory import PAGE
from rvx.isa.memory import EXECUTABLE, READABLE, WRITABLE

_SINGLE = "IEMAFDQLCBJTPVH"
"""Extensions of one letter, in the order of an ISA string."""
_FOLDERS = ("/proc/self/", f"/proc/{PROCESS_ID}/", "/proc/thread-self/")


class Text(File):
    """A file that can only be read, and whose contents are made when it is opened.

    Args:
        data: the contents.
        size: what its status says; 0 for files that the kernel makes up.
        mode: who may do what with it.
    """

    def __init__(self, data: bytes, size: int = 0, mode: int = 0o444) -> None:
        self._data = data
        self._at = 0
        self._status = Status(stat.S_IFREG | mode, size)
        self.flags = os.O_RDONLY

    def read(self, size: int) -> bytes:
        """The next bytes."""
        found = self.read_at(size, self._at)
        self._at += len(found)
        return found

    def read_at(self, size: int, offset: int) -> bytes:
        """Bytes from an offset on."""
        if offset < 0:
            raise OSError(errno.EINVAL, "before the beginning")
        return self._data[offset : offset + size]

    def seek(self, offset: int, whence: int) -> int:
        """Moves the offset."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: len(self._data)}.get(whence)
        if base is None or base + offset < 0:
            raise OSError(errno.EINVAL, "before the beginning")
        self._at = base + offset
        return self._at

    def status(self) -> Status:
        """A file that may be read."""
        return self._status


def open_text(process: Process, path: str) -> Text | None:
    """The file of a path within /proc, if there is one."""
    if not path.startswith("/proc/"):
        return None
    if path in _OF_THE_MACHINE:
        return Text(_OF_THE_MACHINE[path](process).encode())
    name = next((path[len(one) :] for one in _FOLDERS if path.startswith(one)), "")
    if name == "exe":
        return Text(process.image, len(process.image), 0o755)
    return Text(_OF_ITSELF[name](process)) if name in _OF_ITSELF else None


def is_executable_link(path: str) -> bool:
    """Whether a path is that of the link to the program."""
    return path in {one + "exe" for one in _FOLDERS}


def _isa(process: Process) -> str:
    names = process.extensions
    letters = "".join(one.lower() for one in _SINGLE if one in names)
    return f"rv{process.xlen}" + "_".join(
        [letters, *sorted(one.lower() for one in names if len(one) > 1)]
    )


def _cpuinfo(process: Process) -> str:
    translation = "sv39" if process.xlen == 64 else "sv32"
    return f"processor\t: 0\nhart\t\t: 0\nisa\t\t: {_isa(process)}\nmmu\t\t: {translation}\n\n"


def _meminfo(process: Process) -> str:
    memory = process.memory
    total, free = memory.end - memory.heap, memory.heap_end - memory.taken
    rows = {"MemTotal": total, "MemFree": free, "MemAvailable": free, "SwapTotal": 0, "SwapFree": 0}
    return "".join(f"{name + ':':<16}{size >> 10:>8} kB\n" for name, size in rows.items())


def _maps(process: Process) -> bytes:
    """What is mapped where, in the columns of Linux; the page that calls return to is the vDSO."""
    memory, lines = process.memory, []
    program = os.path.abspath(process.name)
    for begin, end in process.space.taken():
        for at, size, can in memory.runs():
            first, last = max(begin, at), min(end, at + size)
            if first >= last:
                continue
            name = program
            if memory.heap <= first < memory.end:
                name = "[heap]" if begin == memory.heap else ""
                name = "[stack]" if begin == memory.stack_bottom else name
            elif first <= memory.stub < last:
                name = "[vdso]"
            may = "".join(
                letter if can & bit else "-"
                for letter, bit in zip("rwx", (READABLE, WRITABLE, EXECUTABLE), strict=True)
            )
            line = f"{first:08x}-{last:08x} {may}p 00000000 00:00 0"
            lines.append(f"{line:<73}{name}".rstrip() + "\n")
    return os.fsencode("".join(lines))


def _pages(process: Process) -> int:
    return sum(end - begin for begin, end in process.space.taken()) // PAGE


def _stat(process: Process) -> bytes:
    """The 52 fields of fs/proc/array.c; what nobody knows is 0."""
    fields = [0] * 52
    fields[3:8] = 1, PROCESS_ID, PROCESS_ID, 0, -1
    fields[13] = process.clock.monotonic() // 10_000_000  # Of the user, in ticks of 10 ms.
    fields[17:20] = 20, 0, 1  # Priority, niceness, threads.
    fields[22:25] = _pages(process) * PAGE, _pages(process), (1 << 64) - 1
    fields[27] = process.memory.stack_top
    rest = " ".join(str(one) for one in fields[3:])
    return b"%d (%b) R %b\n" % (PROCESS_ID, process.thread_name, rest.encode())


def _statm(process: Process) -> bytes:
    return b"%d %d 0 0 0 0 0\n" % (_pages(process), _pages(process))


def _status(process: Process) -> bytes:
    size = _pages(process) * (PAGE >> 10)
    rows = {
        "Name": os.fsdecode(process.thread_name),
        "State": "R (running)",
        "Pid": str(PROCESS_ID),
        "PPid": "1",
        "VmSize": f"{size:>8} kB",
        "VmRSS": f"{size:>8} kB",
        "Threads": "1",
    }
    return os.fsencode("".join(f"{name}:\t{value}\n" for name, value in rows.items()))


def _joined(*texts: str) -> bytes:
    return b"".join(os.fsencode(one) + b"\0" for one in texts)


_OF_THE_MACHINE: dict[str, Callable[[Process], str]] = {
    "/proc/cpuinfo": _cpuinfo,
    "/proc/meminfo": _meminfo,
}
_OF_ITSELF: dict[str, Callable[[Process], bytes]] = {
    "maps": _maps,
    "stat": _stat,
    "statm": _statm,
    "status": _status,
    "comm": lambda process: process.thread_name + b"\n",
    "cmdline": lambda process: _joined(process.name, *process.settings.arguments),
    "environ": lambda process: _joined(*process.settings.environment),
}
