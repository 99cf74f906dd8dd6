"""What `ecall` does: a system call of Linux, for every program that takes no traps itself."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence

from rvx.emulator.linux import Process, Settings
from rvx.emulator.linux.names import NAMES
from rvx.emulator.linux.process import CallError
from rvx.emulator.linux.shared import EXCHANGING
from rvx.emulator.linux.space import NoSpace
from rvx.emulator.linux.table import WITHOUT, table
from rvx.emulator.memory import GuestMemory

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


class _OutputFailed(Exception):
    """What takes the output has raised an error, which is not the guest's."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


class System:
    """The system calls of one machine.

    Args:
        memory: where buffers are.
        write_out: where bytes for standard output and standard error go, as (descriptor, bytes).
        xlen: 32 or 64.
        name: path of the program.
        settings: what the program is given.
        extensions: names of the extensions of its ISA.
        note: takes sentences for the user.
        image: the file of the program.

    Attributes:
        write_out: as above; may be exchanged.
        output: what was written to standard output in this run.
        executed: how many instructions were executed so far; the hart says it.
        is_stopping: whether somebody wants the run to end.
        process: the program as Linux sees it.
    """

    NOT_REWOUND = frozenset({"output", "write_out", "is_stopping", "_note", "_noted", "_table"})

    def __init__(
        self,
        memory: GuestMemory,
        write_out: Callable[[int, bytes], None] | None = None,
        *,
        xlen: int = 64,
        name: str = "",
        settings: Settings | None = None,
        extensions: frozenset[str] = frozenset(),
        note: Callable[[str], None] | None = None,
        image: bytes = b"",
    ) -> None:
        self.write_out = write_out
        self.output = Output()
        self.executed: Callable[[], int] = lambda: 0
        self.is_stopping = False
        self._note = note
        self._noted: set[str] = set()
        self._where: Callable[[], str] = str
        self.process = Process(
            memory,
            xlen,
            name,
            Settings() if settings is None else settings,
            extensions,
            self._write,
            self._executed,
            lambda: self.is_stopping,
            self.say,
            image,
        )
        self._table = table(xlen)

    def begin(self) -> None:
        """A run begins: nothing is written yet, and the program has not ended."""
        self.output = Output()
        self.process.ended = None
        self.process.signals.ended_by = 0

    def _executed(self) -> int:
        return self.executed()

    def call(
        self, number: int, arguments: Sequence[int], where: Callable[[], str] = str
    ) -> tuple[int, int | None]:
        """Performs a call.

        Args:
            number: a7.
            arguments: a0 to a5, not negative.
            where: says where the program calls, for notes.

        Returns:
            The value for a0, and the exit code if the program ends here.

        Raises:
            Stopped: the run was stopped while the call was waiting.
        """
        self._where = where
        row = self._table.get(number)
        if row is None:
            name = NAMES.get(number, "")
            what = f"system call {number}" + (f", {name}," if name else "")
            why = f"; {WITHOUT[name]}" if name in WITHOUT else ""
            self.say(f"{what} is not there: it gives ENOSYS{why}")
            return -errno.ENOSYS, None
        shared = self.process.shared
        try:
            if shared and row.name in EXCHANGING:
                shared.push()
            value = row.call(self.process, arguments)
            if shared and row.name in EXCHANGING:
                shared.pull()
        except (CallError, NoSpace) as error:
            value = -error.number
        except OSError as error:
            value = -(error.errno or errno.EIO)
        except OverflowError:  # A number that no field of the host's has room for.
            value = -errno.EINVAL
        except _OutputFailed as failed:
            raise failed.error from None
        return value, self.process.ended

    def write(self, descriptor: int, data: bytes) -> None:
        """Passes on what the program writes to its output, 1, or its errors, 2."""
        if descriptor == 1:
            self.output.add(data)
        if self.write_out is not None:
            self.write_out(descriptor, data)

    def _write(self, descriptor: int, data: bytes) -> None:
        """The same for system calls, of which what takes the output is none."""
        try:
            self.write(descriptor, data)
        except Exception as error:
            raise _OutputFailed(error) from None

    def say(self, sentence: str) -> None:
        """Tells the user, once for each sentence."""
        if self._note is not None and sentence not in self._noted:
            self._noted.add(sentence)
            where = self._where()
            self._note(f"{sentence} ({where})" if where else sentence)
