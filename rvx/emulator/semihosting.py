"""Semihosting: a bare program asks its debugger, which is rvx here.

An `ebreak` between `slli zero, zero, 31` and `srai zero, zero, 7` is a call: a0 holds its number,
a1 an argument or the address of several, and a0 the result. The calls are those of Arm
("Semihosting for AArch32 and AArch64"), which RISC-V has taken over ("RISC-V Semihosting", 1.0).
Files are those of the folders that the program may use, as with system calls.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from rvx.emulator.linux.clock import EPOCH, SECOND
from rvx.emulator.linux.process import CallError, Process
from rvx.emulator.memory import GuestMemory
from rvx.emulator.system import System
from rvx.isa.bits import Address

BEFORE, EBREAK, AFTER = 0x01F01013, 0x00100073, 0x40705013
APPLICATION_EXIT = 0x20026
"""The reason of an exit that is no failure."""
_CONSOLE = b":tt"
_MODES = (
    os.O_RDONLY,
    os.O_RDWR,
    os.O_WRONLY | os.O_CREAT | os.O_TRUNC,
    os.O_RDWR | os.O_CREAT | os.O_TRUNC,
    os.O_WRONLY | os.O_CREAT | os.O_APPEND,
    os.O_RDWR | os.O_CREAT | os.O_APPEND,
)
"""Of C's fopen: r, r+, w, w+, a, a+; each twice, as text and binary."""
_FAILED = -1


def is_call(memory: GuestMemory, pc: Address) -> bool:
    """Whether the word at pc is the middle of the sequence that makes a call."""
    words = (memory.word(pc - 4), memory.word(pc), memory.word(pc + 4))
    return words == (BEFORE, EBREAK, AFTER)


class Semihosting:
    """The calls of one program.

    Args:
        system: whose output, input and files they use.
        xlen: 32 or 64.

    Attributes:
        exit_code: what the program has ended with.
    """

    def __init__(self, system: System, xlen: int) -> None:
        self._system = system
        self._word = xlen // 8
        self._errno = 0
        self.exit_code: int | None = None
        self._calls: dict[int, Callable[[int], int]] = {
            0x01: self._open,
            0x02: self._close,
            0x03: self._write_character,
            0x04: self._write_text,
            0x05: self._write,
            0x06: self._read,
            0x07: self._read_character,
            0x08: lambda at: int(self._argument(at, 0) >> 8 * self._word - 1),
            0x09: lambda at: int(self._argument(at, 0) < 3),
            0x0A: self._seek,
            0x0C: lambda at: self._process.descriptors[self._argument(at, 0)].status().size,
            0x0E: self._remove,
            0x0F: self._rename,
            0x10: lambda at: self._process.clock.running() // (SECOND // 100),
            0x11: lambda at: EPOCH + self._process.clock.monotonic() // SECOND,
            0x13: lambda at: self._errno,
            0x15: self._command_line,
            0x16: self._heap,
            0x18: self._exit,
            0x20: self._exit_extended,
            0x30: self._elapsed,
            0x31: lambda at: SECOND,
        }

    @property
    def _process(self) -> Process:
        return self._system.process

    def call(self, number: int, argument: int) -> int:
        """Performs a call; gives what a0 holds afterwards.

        Raises:
            Stopped: the run was stopped while the call was waiting.
        """
        perform = self._calls.get(number)
        if perform is None:
            self._system.say(f"semihosting call {number:#x} is not there: it gives -1")
            return _FAILED
        try:
            return perform(argument)
        except CallError as error:
            self._errno = error.number
        except OSError as error:
            self._errno = error.errno or 0
        return _FAILED

    def _argument(self, at: Address, index: int) -> int:
        return self._process.integer(at + index * self._word, self._word)

    def _path(self, at: Address, size: int) -> bytes:
        return self._process.read(at, size)

    def _open(self, at: Address) -> int:
        name = self._path(self._argument(at, 0), self._argument(at, 2))
        mode = self._argument(at, 1)
        if mode > 11:
            return _FAILED
        descriptors = self._process.descriptors
        if name == _CONSOLE:
            return descriptors.add(descriptors[0 if mode < 4 else 1 if mode < 8 else 2])
        path = self._process.sandbox.absolute(os.fsdecode(name))
        flags = _MODES[mode // 2]
        return descriptors.add(self._process.sandbox.open_file(path, flags, 0o666, flags))

    def _close(self, at: Address) -> int:
        self._process.descriptors.close(self._argument(at, 0))
        return 0

    def _write_character(self, at: Address) -> int:
        self._system.write(1, self._process.read(at, 1))
        return 0

    def _write_text(self, at: Address) -> int:
        self._system.write(1, self._process.text(at))
        return 0

    def _write(self, at: Address) -> int:
        """Gives how many bytes were not written."""
        data = self._process.read(self._argument(at, 1), self._argument(at, 2))
        return len(data) - self._process.descriptors[self._argument(at, 0)].write(data)

    def _read(self, at: Address) -> int:
        """Gives how many bytes were not read."""
        size = self._argument(at, 2)
        data = self._process.descriptors[self._argument(at, 0)].read(min(size, 1 << 30))
        self._process.write(self._argument(at, 1), data)
        return size - len(data)

    def _read_character(self, at: Address) -> int:
        data = self._process.descriptors[0].read(1)
        return data[0] if data else _FAILED

    def _seek(self, at: Address) -> int:
        self._process.descriptors[self._argument(at, 0)].seek(self._argument(at, 1), os.SEEK_SET)
        return 0

    def _remove(self, at: Address) -> int:
        name = os.fsdecode(self._path(self._argument(at, 0), self._argument(at, 1)))
        parent, last = self._process.sandbox.parent(self._process.sandbox.absolute(name))
        try:
            os.unlink(last, dir_fd=parent)
        finally:
            os.close(parent)
        return 0

    def _rename(self, at: Address) -> int:
        sandbox = self._process.sandbox
        names = [
            os.fsdecode(self._path(self._argument(at, i), self._argument(at, i + 1)))
            for i in (0, 2)
        ]
        source, old = sandbox.parent(sandbox.absolute(names[0]))
        try:
            target, new = sandbox.parent(sandbox.absolute(names[1]))
            try:
                os.rename(old, new, src_dir_fd=source, dst_dir_fd=target)
            finally:
                os.close(target)
        finally:
            os.close(source)
        return 0

    def _command_line(self, at: Address) -> int:
        words = (self._process.name, *self._process.settings.arguments)
        line = os.fsencode(" ".join(words)) + b"\0"
        if len(line) > self._argument(at, 1):
            return _FAILED
        self._process.write(self._argument(at, 0), line)
        size = (len(line) - 1).to_bytes(self._word, "little")
        self._process.write(at + self._word, size)
        return 0

    def _heap(self, at: Address) -> int:
        """Where heap and stack begin and end: base and limit of either."""
        memory = self._process.memory
        values = (memory.taken, memory.heap_end, memory.stack_top, memory.stack_bottom)
        data = b"".join(value.to_bytes(self._word, "little") for value in values)
        self._process.write(self._argument(at, 0), data)
        return 0

    def _exit(self, at: Address) -> int:
        """RV32 gives the reason itself, RV64 the address of the reason and of a code."""
        if self._word == 8:
            return self._exit_extended(at)
        self.exit_code = int(at != APPLICATION_EXIT)
        return 0

    def _exit_extended(self, at: Address) -> int:
        is_usual = self._argument(at, 0) == APPLICATION_EXIT
        self.exit_code = self._argument(at, 1) & 0xFF if is_usual else 1
        return 0

    def _elapsed(self, at: Address) -> int:
        self._process.write(at, self._process.clock.monotonic().to_bytes(8, "little"))
        return 0
