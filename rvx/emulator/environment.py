"""What a program that takes no traps asks of what it runs under: system calls, and signals."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from signal import SIGBUS, SIGILL, SIGSEGV, SIGTRAP
from typing import Literal

from rvx.emulator.counts import BlockCounter
from rvx.emulator.linux.descriptors import Stopped
from rvx.emulator.linux.frame import SIGRETURN, TRAMPOLINE_OFFSET, enter_handler, leave_handler
from rvx.emulator.linux.names import NAMES
from rvx.emulator.linux.process import CallError
from rvx.emulator.linux.signal_calls import deliver
from rvx.emulator.linux.signals import DEFAULT, Sent
from rvx.emulator.linux.table import STOPPING
from rvx.emulator.memory import GuestMemory
from rvx.emulator.privileged import Cause
from rvx.emulator.rars import Rars
from rvx.emulator.registers import Registers
from rvx.emulator.report import Reporter
from rvx.emulator.system import System
from rvx.isa import Isa
from rvx.isa.bits import Address
from rvx.isa.memory import READABLE

Abi = Literal["linux", "rars"]


class Environment:
    """Linux, or RARS.

    Args:
        isa: of the program.
        memory: of the guest.
        registers: of the hart.
        counter: of instructions.
        system: what `ecall` does.
        reporter: says where a call is.
        abi: whose calls `ecall` makes.
        note: is told of each call: its address, and the register of x that it has written, or 0.
    """

    def __init__(
        self,
        isa: Isa,
        memory: GuestMemory,
        registers: Registers,
        counter: BlockCounter,
        system: System,
        reporter: Reporter,
        abi: Abi,
        note: Callable[[Address, int], None],
    ) -> None:
        self._isa = isa
        self._memory = memory
        self._registers = registers
        self._counter = counter
        self._system = system
        self._reporter = reporter
        self._rars = Rars(system, isa.xlen) if abi == "rars" else None
        self._note = note

    def stops(self) -> bool:
        """Whether the core is stopped for the call that is about to be made."""
        return self._rars is not None or self._number in _STOPPING

    @property
    def _number(self) -> int:
        # The ABI of RV32E has no a7: libgloss passes the number in t0.
        return self._registers.get(5 if self._isa.has_half else 17)

    def call(self, pc: Address) -> tuple[int | None, Address]:
        """Performs the ecall at pc; gives the exit code if the program ends, and the next pc."""
        if pc == self._memory.stub:
            return 0, pc
        number = self._number
        arguments = self._registers.several(10, 16)
        process = self._system.process
        if number == SIGRETURN and pc == self._memory.stub + TRAMPOLINE_OFFSET + 4:
            with suppress(CallError):
                # What was held back while the handler ran comes now.
                return self.deliver(leave_handler(process, self._registers))
        where = partial(self._reporter.place, pc)
        try:
            if self._rars is not None and self._rars.has(number):
                done = self._rars.call(number, self._registers)
                self._note(pc, 10)
                return done, pc + 4
            value, exit_code = self._system.call(number, arguments, where)
        except Stopped:
            self._counter.take_back(pc)
            return None, pc
        except (CallError, ValueError) as error:  # Of RARS, which ends a program by that.
            self._system.say(f"the call of RARS fails: {error}")
            return 1, pc
        if exit_code is not None:
            self._note(pc, 0)
            return exit_code, pc
        if process.is_restarting:
            process.is_restarting = False
            self._note(pc, 0)
        else:
            self._registers.put(10, value)
            self._note(pc, 10)
            pc += 4
        return self.deliver(pc)

    def deliver(self, pc: Address) -> tuple[int | None, Address]:
        """Signals that are to be seen before pc; gives the exit code if one ends the program."""
        process = self._system.process
        while (signal := deliver(process)) is not None:
            trampoline = self._memory.stub + TRAMPOLINE_OFFSET
            try:
                pc = enter_handler(process, self._registers, signal, pc, trampoline)
            except CallError:  # Without a stack there is no handler.
                process.end_by(SIGSEGV)
        process.signals.wait_over()
        return process.ended, pc

    def handler(self, cause: int, value: int, pc: Address) -> Address | None:
        """Where a program of Linux deals with an exception at pc; None if it does not.

        A fault is a signal there; one that is blocked, or that nobody wants, ends the program.

        Args:
            cause: of the exception.
            value: what mtval would hold.
            pc: of the instruction.
        """
        if self._rars is not None:
            return None
        number, code = _SIGNALS.get(Cause(cause), (SIGBUS, 1))
        process = self._system.process
        signals = process.signals
        if signals.is_blocked(number) or signals.handler(number) == DEFAULT:
            return None
        if signals.is_ignored(number):
            return None
        if number == SIGSEGV and self._memory.can(value, 1, READABLE):
            code = 2  # SEGV_ACCERR: there is memory.
        address = pc if number in (SIGILL, SIGTRAP) else value
        sent = Sent(number, code, value=address)
        with suppress(CallError):
            trampoline = self._memory.stub + TRAMPOLINE_OFFSET
            return enter_handler(process, self._registers, sent, pc, trampoline)
        return None


_STOPPING = frozenset(number for number, name in NAMES.items() if name in STOPPING)
_SIGNALS = {
    Cause.FETCH: (SIGSEGV, 1),
    Cause.LOAD: (SIGSEGV, 1),
    Cause.STORE: (SIGSEGV, 1),
    Cause.ILLEGAL: (SIGILL, 1),
    Cause.BREAKPOINT: (SIGTRAP, 1),
}
"""What exceptions are to a program of Linux: the signal, and its `si_code`."""
