"""What `ecall` does: the few Linux system calls that a bare program and newlib need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from rvx.emulator.memory import GuestMemory

EXIT, EXIT_GROUP, WRITE, READ, CLOSE, FSTAT, BRK, LSEEK = 93, 94, 64, 63, 57, 80, 214, 62
_BAD_FILE, _NOT_IMPLEMENTED, _BAD_ADDRESS = -9, -38, -14
LONGEST_WRITE = 1 << 30
_PIECE = 1 << 20
KEPT_OUTPUT = 1 << 20
"""How many bytes of output are kept from its beginning, and as many from its end."""


class Output:
    """What a guest wrote: all of it, or the beginning and the end where that is too much.

    Attributes:
        size: bytes that were written.
    """

    def __init__(self) -> None:
        self.size = 0
        self._head = bytearray()
        self._tail = bytearray()

    def add(self, data: bytes) -> None:
        """Notes what was written."""
        self.size += len(data)
        room = KEPT_OUTPUT - len(self._head)
        self._head += data[:room]
        self._tail += data[room:]
        if len(self._tail) > 4 * KEPT_OUTPUT:
            del self._tail[:-KEPT_OUTPUT]

    def kept(self) -> bytes:
        """What there is of it, with a line in the place of what was left out."""
        tail = self._tail[-KEPT_OUTPUT:]
        left_out = self.size - len(self._head) - len(tail)
        between = f"\n[{left_out} bytes are left out here]\n".encode() if left_out else b""
        return bytes(self._head) + between + bytes(tail)


@dataclass
class System:
    """System calls of one machine.

    Attributes:
        memory: where buffers are.
        write_out: where bytes for standard output and standard error go, as (descriptor, bytes).
        output: what was written to standard output in this run.
    """

    memory: GuestMemory
    write_out: Callable[[int, bytes], None] | None = None
    output: Output = field(default_factory=Output)

    def call(self, number: int, arguments: list[int]) -> tuple[int, int | None]:
        """Performs a call.

        Args:
            number: a7.
            arguments: a0 to a5, not negative.

        Returns:
            The value for a0, and the exit code if the program ends here.
        """
        if number in (EXIT, EXIT_GROUP):
            return 0, arguments[0] & 0xFF
        if number == WRITE:
            return self._write(arguments[0], arguments[1], arguments[2]), None
        if number == READ:
            return (0 if arguments[0] == 0 else _BAD_FILE), None
        if number == CLOSE:
            return 0, None
        if number == BRK:
            return self._brk(arguments[0]), None
        if number in (FSTAT, LSEEK):
            return _BAD_FILE, None
        return _NOT_IMPLEMENTED, None

    def _write(self, descriptor: int, address: int, size: int) -> int:
        if descriptor not in (1, 2):
            return _BAD_FILE
        if not 0 <= size <= LONGEST_WRITE or (size and not self.memory.holds(address, size)):
            return _BAD_ADDRESS
        end = address - self.memory.base + size
        for at in range(end - size, end, _PIECE):
            data = self.memory.ram[at : min(at + _PIECE, end)].tobytes()
            if descriptor == 1:
                self.output.add(data)
            if self.write_out is not None:
                self.write_out(descriptor, data)
        return size

    def _brk(self, address: int) -> int:
        return self.memory.set_break(address)
