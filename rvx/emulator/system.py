"""What `ecall` does: the few Linux system calls that a bare program and newlib need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from rvx.emulator.memory import GuestMemory

EXIT, EXIT_GROUP, WRITE, READ, CLOSE, FSTAT, BRK, LSEEK = 93, 94, 64, 63, 57, 80, 214, 62
_BAD_FILE, _NOT_IMPLEMENTED, _BAD_ADDRESS = -9, -38, -14
LONGEST_WRITE = 1 << 30


@dataclass
class System:
    """System calls of one machine.

    Attributes:
        memory: where buffers are.
        write_out: where bytes for standard output and standard error go, as (descriptor, bytes).
        output: what was written to standard output so far.
    """

    memory: GuestMemory
    write_out: Callable[[int, bytes], None] | None = None
    output: bytearray = field(default_factory=bytearray)

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
        at = address - self.memory.base
        data = self.memory.ram[at : at + size].tobytes()
        if descriptor == 1:
            self.output += data
        if self.write_out is not None:
            self.write_out(descriptor, data)
        return size

    def _brk(self, address: int) -> int:
        return self.memory.set_break(address)
