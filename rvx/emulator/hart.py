"""The run loop: starts the core, and deals with everything that it stops for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from functools import partial
from signal import SIGBUS, SIGILL, SIGSEGV, SIGTRAP
from typing import Literal

from rvx.bodies import form_of
from rvx.bodies.arithmetic import HART_WORDS, Error
from rvx.emulator import hooks
from rvx.emulator.context import STOP_NOW, Context, Field, Status
from rvx.emulator.core import (
    F0,
    FFLAGS,
    FRM,
    HOOK_BLOCK,
    HOOK_NEW_BLOCK,
    HOOK_TRAP,
    X0,
    Core,
)
from rvx.emulator.counts import BlockCounter
from rvx.emulator.devices import Bus, Device, perform_access
from rvx.emulator.gate import Gate
from rvx.emulator.handlers.interim import Interim
from rvx.emulator.handlers.interpreted import Failures, Interpreted, interpreted_memory
from rvx.emulator.handlers.rows import (
    Rows,
    Wiring,
    csr_refusal,
    is_write,
    needs_of,
    switched_off,
)
from rvx.emulator.htif import Htif
from rvx.emulator.linux.descriptors import Stopped
from rvx.emulator.linux.frame import SIGRETURN, TRAMPOLINE_OFFSET, enter_handler, leave_handler
from rvx.emulator.linux.process import CallError
from rvx.emulator.linux.signal_calls import deliver
from rvx.emulator.linux.signals import DEFAULT, Sent
from rvx.emulator.linux.timers import can_set_timers
from rvx.emulator.memory import GuestMemory
from rvx.emulator.native.counters import MACHINES_OWN
from rvx.emulator.native.retire import Kind, Mark, Trace
from rvx.emulator.peripherals import Clint
from rvx.emulator.privileged import Cause, Mode, Privilege
from rvx.emulator.privileged.registers import Address as Csr
from rvx.emulator.privileged.unit import Performed
from rvx.emulator.rars import Rars
from rvx.emulator.regions.tier import RegionTier
from rvx.emulator.repetition.records import Records
from rvx.emulator.repetition.tier import RepeatTier
from rvx.emulator.report import (
    BREAKPOINT_WORDS,
    FETCH,
    LOAD,
    Reporter,
    fault_detail,
    kind_of_access,
    kind_of_cause,
    kind_of_fault,
)
from rvx.emulator.result import Trap, TrapKind
from rvx.emulator.semihosting import Semihosting, is_call
from rvx.emulator.system import System
from rvx.emulator.tiers import TRAPS_BEFORE_INLINE, InlineTier
from rvx.emulator.tracing.stepper import Paused, steps
from rvx.emulator.tracing.tracer import Tracer
from rvx.isa import Isa
from rvx.isa.bits import Address, word_size
from rvx.isa.memory import (
    EXECUTABLE,
    FAULT_ADDRESS,
    FAULT_EXCEPTION,
    FAULT_ILLEGAL,
    FAULT_LOAD,
    FAULT_STORE,
    PAGE_SHIFT,
    READABLE,
    WRITABLE,
)
from rvx.isa.operands import RoundingKind

Backend = Literal["native", "python"]
Tier = Literal["trap", "inline", "region"]
Abi = Literal["linux", "rars"]
End = tuple[int | None, Trap | None]
"""How a run ended: the exit code, or the trap."""
_NOWHERE = 0xFFFFF001
"""Where Unicorn is to stop by itself: no instruction has an odd address."""
_NO_LIMIT = 1 << 62
_SYSTEM = 0x73
_TIMER = 7
"""The interrupt of the timer, of machine mode."""
_NEVER = 1 << 62


class Hart:
    """A core with the hooks of one backend, and the loop around it.

    Args:
        isa: the instructions that it performs.
        gate: which of them the core may perform.
        core: Unicorn.
        context: what the hooks and this loop share; memory is connected to it already.
        memory: guest memory, mapped into the core.
        system: what `ecall` does.
        reporter: makes the sentences of traps.
        backend: `native` or `python`.
        tier: how far the native backend goes.
        htif: how a bare program talks to its host, if it does.
        devices: address, size and device of what answers beside memory.
        clint: which of them raises the interrupts of the timer and of software.
        ends: exit codes by the address at which the program has ended.
        abi: whose calls `ecall` makes.
        tracer: takes what retires, if somebody traces.

    Attributes:
        privilege: what the run loop holds of the machine's state.
        bus: the devices.
    """

    def __init__(
        self,
        isa: Isa,
        gate: Gate,
        core: Core,
        context: Context,
        memory: GuestMemory,
        system: System,
        reporter: Reporter,
        *,
        backend: Backend,
        tier: Tier,
        htif: Htif | None = None,
        devices: Iterable[tuple[Address, int, Device]] = (),
        clint: Clint | None = None,
        ends: Mapping[Address, int] | None = None,
        abi: Abi = "linux",
        tracer: Tracer | None = None,
    ) -> None:
        self._isa = isa
        self.tracer = tracer
        self._gate = gate
        self._core = core
        self._words = context.words
        self._context = context
        self._memory = memory
        self._system = system
        self._reporter = reporter
        self.counter = BlockCounter(context, memory)
        self._failures = Failures()
        mem = interpreted_memory(context, memory)
        interpreted = Interpreted(isa, context, mem, self._failures)
        self.interim = Interim(isa, context, interpreted, is_forever=backend == "python")
        effects = tracer.effects.address if tracer is not None else None
        self.rows = Rows(Wiring(isa, core, context, effects), context, self.interim)
        self.records = Records(isa, context, memory, self.rows)
        self.inline = InlineTier(isa, core, context, memory, self.rows, self.counter.touched)
        self._repeats = any("repeat" in made.requests for made in isa.instructions.values())
        self._is_limited: bool | None = None
        self._code = b""
        self._is_stopping = self._is_pausing = False
        self._bad_access: tuple[int, int, int] | None = None
        may_promote = backend == "native" and tier != "trap"
        system.executed = self.counter.executed
        self.privilege = Privilege(isa, core, context, self.get, self.put, self._entropy)
        self._timers = system.process.timers
        self._sets_timers = abi == "linux" and can_set_timers(memory)
        self._rars = Rars(system, isa.xlen) if abi == "rars" else None
        self._semihosting = Semihosting(system, isa.xlen)
        self._view: tuple[int, ...] = ()
        self._traced_since = 0
        self.bus = Bus()
        self._htif = htif
        for at, size, device in devices:
            self.bus.add(at, size, device)
        self.clint = clint
        self._ends = dict(ends or {})
        self._uses_regions = may_promote and tier == "region" and core.pointers is not None
        self.regions: RegionTier | None = None
        self.repeats: RepeatTier | None = None
        self._words[Field.THRESHOLD] = TRAPS_BEFORE_INLINE if may_promote else _NEVER

    def run(self, pc: Address, limit: int | None) -> End:
        """Runs from pc until the program ends, cannot go on, or `limit` instructions are done.

        Raises:
            ValueError: this hart has run without a limit before, or the other way round.
        """
        self.prepare(limit is not None)
        self.privilege.begin()
        self.counter.clear()
        self._is_stopping = self._is_pausing = self._system.is_stopping = False
        self.counter.resume()
        self._words[Field.STEPPING] = 0
        self._words[Field.CUT] = _NOWHERE
        # The end of a limited run leaves blocks with a count in them; the host may write code.
        is_changed = self._code != self.counter.code()
        if self._is_limited or is_changed:
            self.inline.blocks.forget()
        if self.regions is not None:
            if is_changed:
                self.inline.drop_regions()
            self.regions.begin(self.inline.install_region, is_changed)
        if self.tracer is not None:
            self.tracer.begin()
        try:
            return self._run(pc, limit)
        finally:
            if self.tracer is not None:
                self.tracer.flush()
                self.tracer.switch(False)
            self._code = self.counter.code()

    def _run(self, pc: Address, limit: int | None) -> End:
        while True:
            pc = self._interrupted(pc)
            if self._timers.is_possible and self._is_due(self._timers.target()):
                self._system.process.send_expired()
                done, pc = self._deliver(pc)
                if done is not None:
                    return done, None
            if self._view != self.privilege.view:
                self._follow_privilege()
            target = self._target(limit)
            remaining = _NO_LIMIT if target is None else target - self.counter.executed()
            self._words[Field.REMAINING] = remaining
            if remaining > 0:
                status, error, pc = self._resumed(pc) or self._go(pc)
            else:
                status, error = Status.LIMIT, None
            if status == Status.LIMIT and target is not None:
                left = target - self.counter.executed()
                if left > 0:
                    status, error, pc = self._go_to_limit(pc, left)
            if status == Status.ECALL:
                done, pc = self._ecall(int(self._words[Field.PC]))
                if done is not None:
                    return done, None
            elif status == Status.PRIVILEGED:
                pc = self._perform_privileged(pc)
            elif status == Status.TIER_UP:
                self.inline.promote(self._last_block)
            elif status == Status.NEW_LOOP:
                self.inline.mark_loops()
                if self.regions is not None:
                    self.regions.forget()
            elif status == Status.CODE_WRITTEN:
                self.inline.blocks.forget()
            elif status == Status.ELSEWHERE:
                if self._htif is not None and self._htif.exit_code is not None:
                    return self._htif.exit_code, None
            elif status == Status.REFUSED:
                self.inline.blocks.refuse(pc)
            elif status == Status.END:
                if pc in self._ends:
                    return self._ends[pc], None
                self._at_mark(pc)
            elif status == Status.LIMIT:
                if pc == self._memory.stub:
                    return 0, None
                if limit is None or limit > self.counter.executed():
                    self._follow_range()
                    continue  # The timer is due, or the tracer wanted to know.
                return None, self._reporter.trap(TrapKind.LIMIT, pc, "", limit)
            elif self._is_pausing and status == Status.RUNNING and error is None:
                self._is_pausing = False
                self.counter.resume()
                if self.regions is not None:
                    self.regions.install(self.inline.install_region)
            elif self._access_device(pc):
                pc = self._next_pc
            elif error is not None and not self._is_stopping and is_call(self._memory, pc):
                pc = self._semihost(pc)
                if self._semihosting.exit_code is not None:
                    return self._semihosting.exit_code, None
            else:
                handler = self._handler_of(status, error, pc)
                if handler is None:
                    handler = self._handler_of_signal(status, error, pc)
                if handler is None:
                    return None, self._trap(status, error, pc, limit)
                pc = handler

    @property
    def is_limited(self) -> bool:
        """Whether it has been prepared for runs with a limit."""
        return bool(self._is_limited)

    def _target(self, limit: int | None) -> int | None:
        """The count of instructions at which somebody has to look: the limit, or the timer."""
        targets = [] if limit is None else [limit]
        if self.clint is not None and self.privilege.enables(_TIMER):
            left = self.clint.left()
            if left:  # Once it is due, there is nothing to wait for.
                targets.append(self.counter.executed() + left)
        if self._timers.is_possible and (due := self._timers.target()) is not None:
            targets.append(due)
        if self._range_end is not None:
            targets.append(self._range_end)
        return min(targets, default=None)

    def _is_due(self, target: int | None) -> bool:
        return target is not None and target <= self.counter.executed()

    @property
    def _range_end(self) -> int | None:
        """The count of instructions at which the tracer begins, or ends."""
        tracer = self.tracer
        if tracer is None:
            return None
        if not tracer.is_on:
            after = tracer.tracing.after
            return after if after > self.counter.executed() else None
        return None if tracer.left is None else self._traced_since + tracer.left

    def _follow_range(self) -> None:
        """Begins to trace, or ends that, where the count says so."""
        tracer = self.tracer
        if tracer is None:
            return
        executed = self.counter.executed()
        if tracer.is_on:
            if tracer.left is not None and executed >= self._traced_since + tracer.left:
                tracer.left = 0
                tracer.switch(False)
        elif tracer.tracing.after == executed and not tracer.tracing.begins_at:
            self._switch(True)

    def _switch(self, is_on: bool) -> None:
        """Begins to trace, or ends that."""
        assert self.tracer is not None
        executed = self.counter.executed()
        if self.tracer.is_on and self.tracer.left is not None:
            self.tracer.left -= executed - self._traced_since
        self._traced_since = executed
        self.tracer.switch(is_on)

    def _at_mark(self, pc: Address) -> None:
        """The program has reached an address at which a range of the trace begins or ends."""
        tracer = self.tracer
        assert tracer is not None
        if pc in tracer.tracing.ends_at:
            self._switch(False)
        if pc in tracer.tracing.begins_at:
            self._switch(True)

    def _interrupted(self, pc: Address) -> Address:
        """Where execution goes on: at pc, or with the handler of an interrupt."""
        if self.clint is None:
            return pc
        self.privilege.lines = self.clint.lines
        handler = self.privilege.interrupt(pc)
        return pc if handler is None else handler

    def stop(self) -> None:
        """Ends the run soon; called from another thread, as often as it takes."""
        self._is_stopping = self._system.is_stopping = True
        self.counter.request_stop(STOP_NOW)

    def watch(self, elapsed: float, is_over: Callable[[], bool]) -> None:
        """Looks for loops worth compiling; called from another thread while the hart runs.

        Args:
            elapsed: seconds since the run began.
            is_over: whether the run has ended meanwhile.
        """
        if self.regions is None or self._is_stopping:
            return
        if self.repeats is not None:
            self.repeats.look()
        if self.regions.has_pending or self.regions.look(elapsed, is_over):
            self._is_pausing = True
            self.counter.request_stop()

    def prepare(self, is_limited: bool) -> None:
        """Installs hooks, once, and compiles what is known to be needed.

        Raises:
            ValueError: this hart has been prepared for runs of the other kind.
        """
        is_limited = is_limited or self.clint is not None or self._sets_timers
        if self.tracer is not None:
            tracing = self.tracer.tracing
            is_limited = is_limited or bool(tracing.after) or tracing.most is not None
        self._timers.is_possible = is_limited
        if self._is_limited is not None:
            if self._is_limited != is_limited:
                raise ValueError("a machine runs either with an instruction limit or without one")
            return
        self._is_limited = is_limited
        compiled = hooks.addresses()
        data = self._context.address(0)
        self._words[Field.SLOW_BLOCK] = compiled["block"]
        if self.counter.calls is not None:
            block = compiled["followed_block" if is_limited else "following_block"]
            self.inline.blocks.on_made = self.counter.calls.forget
        else:
            block = compiled["limited_block" if is_limited else "fast_block"]
        self._words[Field.GATE : Field.GATE + 4] = self._gate.addresses
        self._core.run_once(self._memory.stub + 8)
        self._core.add_native_hook(HOOK_NEW_BLOCK, compiled["edge"], data)
        self._core.add_native_hook(HOOK_BLOCK, block, data)
        self._core.add_native_hook(HOOK_TRAP, self.trap_hook(), data)
        self._core.on_bad_access(self._note_bad_access)
        marks = set(self._ends)
        if self.tracer is not None:
            marks |= {*self.tracer.tracing.begins_at}
            for address in self._ends:
                self.tracer.mark(address, Mark.STOPS)
        for address in marks:
            self._core.on_reaching(address, partial(self._stop_at, address))
        self._words[Field.IS_LIMITED] = is_limited
        if self._uses_regions:
            self.regions = RegionTier(
                self._isa,
                self._context,
                self._memory,
                self.counter,
                is_limited,
                self.inline.loops,
            )
            if self._words[Field.FCSR]:
                self.repeats = RepeatTier(self._isa, self._context, self._memory, self.records)

    def trap_hook(self) -> int:
        """Address of the hook for traps of the core; tests put a witness in its place."""
        return hooks.addresses()["trap"]

    def _go(self, pc: Address) -> tuple[Status, str | None, Address]:
        """Starts the core, or the loop of traced instructions; gives what `_start` does."""
        if self.tracer is None:
            return self._start(pc)
        tracing = self.tracer.tracing
        if not self.tracer.is_on and pc in tracing.begins_at and pc not in tracing.ends_at:
            self._at_mark(pc)
        return self._start_traced(pc) if self.tracer.is_on else self._start(pc)

    def _start_traced(self, pc: Address) -> tuple[Status, str | None, Address]:
        """Performs instructions by their bodies, each of them traced; gives what `_start` does."""
        tracer, words = self.tracer, self._words
        assert tracer is not None
        self._begin()
        if self._is_stopping:
            return Status.RUNNING, None, pc
        tracer.look(self.privilege.mode)
        why = steps()(self._core.handle, self._context.address(0), pc)
        self._raise_failure()
        pc = int(words[Field.PC])
        if tracer.words[Trace.CODE_WRITTEN]:
            tracer.words[Trace.CODE_WRITTEN] = 0
            self.inline.blocks.forget()
        if why == Paused.ASKED:
            return Status.RUNNING, None, pc
        if why == Paused.MARK:
            return Status.END, None, pc
        if why == Paused.FETCH:
            self._bad_access = (FETCH, pc, 2)
        elif why == Paused.NO_BODY:
            return self._instead_of_body(pc) or (Status.ILLEGAL, None, pc)
        status = Status.RUNNING if why == Paused.FETCH else Status(why)
        if self._held_back(status, pc) is not None:
            return self._perform_singly(status, pc)
        if self._makes_writable(status):
            return Status.ELSEWHERE, None, pc
        if status == Status.FAULT and self._words[Field.FAULT] in (FAULT_LOAD, FAULT_STORE):
            # To the run loop, which asks devices, as if the core had met it.
            address, size = (int(one) for one in words[Field.FAULT + 1 : Field.FAULT + 3])
            self._bad_access = (LOAD, address, size)
        return status, None, pc

    def _start(self, pc: Address) -> tuple[Status, str | None, Address]:
        """Starts the core; gives why it stopped, Unicorn's error, and where execution stands."""
        words = self._words
        self._begin()
        if self._is_stopping:
            return Status.RUNNING, None, pc
        words[Field.REFUSED] = _NOWHERE
        self.inline.blocks.translate(pc)
        error = self._core.start(pc, _NOWHERE)
        self._raise_failure()
        status = Status(int(words[Field.STATUS]))
        self._last_block = int(words[Field.BLOCK_BEGIN])
        if status in _AFTER_PC:
            # The instruction at PC is done, wherever it led to.
            word = self._memory.word(int(words[Field.PC])) or 0
            self.counter.take_back(int(words[Field.PC]) + word_size(word))
            return status, error, int(words[Field.NEXT_PC])
        pc = int(words[Field.PC]) if status in _AT_PC else self._core.pc
        if status == Status.REFUSED:
            return status, error, pc
        if status == Status.ILLEGAL and (plan := self._plan_privileged(pc)) is not None:
            self._planned = plan
            self.counter.take_back(pc + 4)
            return Status.PRIVILEGED, error, pc
        if words[Field.REFUSED] != _NOWHERE:
            self.inline.blocks.refuse(int(words[Field.REFUSED]))
        if status != Status.ECALL:
            self.counter.take_back(pc)
        if self._held_back(status, pc) is not None:
            return self._perform_singly(status, pc)
        if self._makes_writable(status):
            return Status.ELSEWHERE, None, pc
        return status, error, pc

    def _makes_writable(self, status: Status) -> bool:
        """Whether a store was refused, and may be made now.

        To a program with `tohost`, memory is what it is to Spike: all of it can be written,
        whatever the file says. Pages become so when they are: those of code cost more then.
        """
        access = self._access_of(status)
        if self._htif is None or access is None or access[2] != TrapKind.BAD_STORE:
            return False
        address, size, _ = access
        memory = self._memory
        if memory.can(address, size, WRITABLE) or not memory.can(address, size, READABLE):
            return False
        self._memory.make_writable(address, size)
        self._forget_changed_code()
        return True

    def _access_of(self, status: Status) -> tuple[Address, int, TrapKind] | None:
        """The access that was refused: address, size and kind."""
        if status == Status.RUNNING and self._bad_access is not None:
            access, address, size = self._bad_access
            return address, size, kind_of_access(access)
        if status == Status.FAULT and not self._repeats:
            address, size = (int(one) for one in self._words[Field.FAULT + 1 : Field.FAULT + 3])
            return address, size, kind_of_fault(int(self._words[Field.FAULT]))
        return None

    def _follow_privilege(self) -> None:
        """Shows the core and bodies what this mode may access."""
        unit = self.privilege
        self._view = unit.view
        self._words[Field.COUNTERS] = unit.counters | (unit.mode == Mode.MACHINE) << MACHINES_OWN
        spans = unit.protection.spans(unit.mode, unit.accessing)
        if self._htif is not None:
            spans.append(self._htif.watched)
        self._memory.restrict(spans)
        self._forget_changed_code()
        if self.regions is not None and spans:
            self.regions.keep_within(self._memory.can_be_fetched, self.inline.drop_regions)

    def _held_back(self, status: Status, pc: Address) -> tuple[Address, int, int] | None:
        """The access at pc that was refused although its pages are for it: address, size, use.

        Somebody has to be asked about these pages (`GuestMemory.restrict`).
        """
        access = self._access_of(status)
        if access is None:
            return None
        address, size, kind = access
        wanted = _USES.get(kind, 0)
        if wanted == EXECUTABLE:
            address, size = address & -2, 2
        elif wanted and self._reporter.stores(pc):
            wanted = READABLE | WRITABLE
        is_ours = wanted and self._memory.is_restricted(address, size, wanted)
        return (address, size, wanted) if is_ours else None

    def _perform_singly(self, status: Status, pc: Address) -> tuple[Status, str | None, Address]:
        """Performs the instruction at pc by its body, if what was held back is allowed.

        Gives what `_start` does.
        """
        unit, memory = self.privilege, self._memory
        for at in range(pc, pc + word_size(memory.word(pc) or 0), 2):
            if not unit.protection.allows(unit.mode, at, 2, EXECUTABLE):
                self._bad_access = (FETCH, at, 2)
                return Status.RUNNING, None, pc
        fetches = self._bad_access is not None and kind_of_access(self._bad_access[0])
        self._words[Field.PC] = pc
        accesses = []
        with ExitStack() as stack:
            if fetches == TrapKind.BAD_FETCH:
                found = self._instead_of_body(pc)
                if found is not None:
                    return found
                status = self._perform_word(pc)
                if self._makes_writable(status):
                    return Status.ELSEWHERE, None, pc
            while (held := self._held_back(status, pc)) is not None:
                address, size, wanted = held
                if not unit.protection.allows(unit.accessing, address, size, wanted):
                    return status, None, pc
                accesses.append(held)
                stack.enter_context(memory.opened(address, size, wanted))
                status = self._perform_word(pc)
        if status not in (Status.RUNNING, Status.CODE_WRITTEN):
            return status, None, pc
        self.counter.count_one(pc, word_size(memory.word(pc) or 0))
        for address, size, wanted in accesses:
            if wanted & WRITABLE:
                if self._htif is not None:
                    self._htif.notice(address, size)
                if status == Status.CODE_WRITTEN:
                    self.inline.blocks.drop(address, address + size)
        self._forget_changed_code()
        return Status.ELSEWHERE, None, int(self._words[Field.NEXT_PC])

    def _instead_of_body(self, pc: Address) -> tuple[Status, str | None, Address] | None:
        """What becomes of an instruction at pc that no body performs; None if one does."""
        word = self._memory.word(pc) or 0
        decoded = self._isa.decode(word)
        mnemonic = "" if decoded is None else decoded.expanded.instruction.mnemonic
        self._bad_access = None
        if mnemonic == "ecall":
            if not self.privilege.takes_traps:
                self.counter.count_one(pc, 4)
            return Status.ECALL, None, pc
        if mnemonic == "ebreak":
            return Status.RUNNING, mnemonic, pc
        plan = self._plan_privileged(pc)
        if plan is not None:
            self._planned = plan
            self.counter.count_one(pc, 4)
            return Status.PRIVILEGED, None, pc
        return None if self.rows.address(word) else (Status.ILLEGAL, None, pc)

    def _perform_word(self, pc: Address) -> Status:
        """Performs the word at pc by its body; gives how that ended."""
        words = self._words
        words[Field.STATUS] = Status.RUNNING
        words[Field.FAULT : Field.FAULT + 4] = 0
        self._bad_access = None
        row = self.rows.address(self._memory.word(pc) or 0)
        hooks.function("perform_word")(self._core.handle, self._context.address(0), row, pc)
        return Status(int(words[Field.STATUS]))

    def _begin(self) -> None:
        """Forgets why the last start has ended."""
        words = self._words
        words[Field.STATUS] = Status.RUNNING
        words[Field.FAULT : Field.FAULT + 4] = 0
        words[Field.FFLAGS] = 0
        words[Field.RAISED : Field.RAISED + 3] = 0
        self._failures.said = ""
        self._bad_access = None
        self.counter.forget_block()

    def _raise_failure(self) -> None:
        """Raises what went wrong on the Python side of a hook."""
        failure = self.rows.error or self.records.error or self.interim.error
        if self.tracer is not None:
            failure = failure or self.tracer.error
            self.tracer.error = None
        if failure is not None:
            self.rows.error = self.records.error = self.interim.error = None
            raise failure

    def _resumed(self, pc: Address) -> tuple[Status, str | None, Address] | None:
        """Ends a repetition that was stopped at pc, if one was; gives what `_start` does."""
        words = self._words
        if not words[Field.SUSPENDED]:
            return None
        self._begin()
        if not hooks.function("resumed")(self._core.handle, self._context.address(0), pc):
            return None
        self._raise_failure()
        status = Status(int(words[Field.STATUS]))
        if status in (Status.RUNNING, Status.CODE_WRITTEN):
            return status or Status.ELSEWHERE, None, int(words[Field.NEXT_PC])
        return status, None, int(words[Field.PC])

    def _go_to_limit(self, pc: Address, left: int) -> tuple[Status, str | None, Address]:
        """Performs the last instructions before the limit; gives what `_start` does.

        Args:
            pc: where a block begins that has more instructions than are left.
            left: how many are left.
        """
        with self.inline.blocks.cut(pc, left) as self._words[Field.CUT]:
            self._words[Field.REMAINING] = left + 1  # The trap is in the block, too.
            self._words[Field.STEPPING] = 1
            end = self._start(pc)
        self._words[Field.CUT] = _NOWHERE
        self._words[Field.STEPPING] = 0
        return end

    def _plan_privileged(self, pc: Address) -> Callable[[], Performed] | None:
        """What performs the instruction at pc, if that is an affair of the run loop."""
        word = self._memory.word(pc) or 0
        if word & 0x7F != _SYSTEM:
            return None
        decoded = self._isa.decode(word)
        return None if decoded is None else self.privilege.plan(decoded, pc)

    def _perform_privileged(self, pc: Address) -> Address:
        """Performs what `_start` has stopped at; gives where execution goes on."""
        done = self._planned()
        self._note(pc)
        if done.waits and self.clint is not None and self.privilege.enables(_TIMER):
            self.clint.wait()
        handler = self.privilege.interrupt(done.next_pc)
        return done.next_pc if handler is None else handler

    def _access_device(self, pc: Address) -> bool:
        """Performs the access at pc that the core could not, if a device answers."""
        if self._bad_access is None or kind_of_access(self._bad_access[0]) == TrapKind.BAD_FETCH:
            return False
        word = self._memory.word(pc) or 0
        decoded = self._isa.decode(word)
        if decoded is None or not perform_access(
            self.bus, decoded, self._isa.xlen, self.get, self.put
        ):
            return False
        size = decoded.instruction.size
        self.counter.count_one(pc, size)
        self._note(pc)
        self._next_pc = pc + size
        self._forget_changed_code()
        return True

    def _semihost(self, pc: Address) -> Address:
        """Performs the call of semihosting at pc; gives where execution goes on."""
        try:
            value = self._semihosting.call(self.get(10), self.get(11))
        except Stopped:
            return pc
        self.counter.count_one(pc, 4)
        self.put(10, value)
        self._note(pc, 10)
        self._forget_changed_code()
        return pc + 4

    def _note(self, pc: Address, register: int = 0) -> None:
        """Notes for the tracer what the run loop has performed.

        Args:
            pc: its address.
            register: of x, which it has written though it does not name it; 0 if there is none.
        """
        if self.tracer is None or not self.tracer.is_on:
            return
        decoded = self._isa.decode(self._memory.word(pc) or 0)
        if decoded is None:
            return
        made, values = decoded.expanded.instruction, decoded.expanded.values
        numbers = {register, values.get("rd", 0) if "rd" in made.writes else 0} - {0}
        writes = [(number << 4 | Kind.X, self.get(number)) for number in numbers]
        csrs: tuple[int, ...] = ()
        if "csr" in values and is_write(decoded):
            csrs = _WRITTEN_CSRS.get(values["csr"], (values["csr"],))
        elif made.mnemonic in ("mret", "sret"):
            is_wide = made.mnemonic == "sret" or self._isa.xlen == 64
            csrs = (Csr.MSTATUS,) if is_wide else (Csr.MSTATUS, Csr.MSTATUSH)
        writes += [(csr << 4 | Kind.CSR, self.privilege.read(csr)) for csr in csrs]
        self.tracer.note(pc, decoded, writes)

    def _forget_changed_code(self) -> None:
        while self._memory.changed_code:
            self.inline.blocks.drop(*self._memory.changed_code.pop())

    def _handler_of(self, status: Status, error: str | None, pc: Address) -> Address | None:
        """Where the program deals with what has happened at pc; None if it does not."""
        if not self.privilege.takes_traps or self._is_stopping:
            return None
        found = self._exception(status, error, pc)
        if found is None:
            return None
        handler = self.privilege.trap(*found, pc)
        # A handler that traps at once, and one that is not there, would do so for ever.
        return handler if handler != pc and self._memory.is_executable(handler) else None

    def _exception(self, status: Status, error: str | None, pc: Address) -> tuple[int, int] | None:
        """The cause of an exception, and what mtval holds."""
        kind = self._kind(status, error, pc)
        if kind == TrapKind.ILLEGAL_INSTRUCTION:
            if self._words[Field.FAULT] == FAULT_EXCEPTION and status == Status.FAULT:
                return None  # A mistake in a body is nothing that a program could deal with.
            return Cause.ILLEGAL, self._memory.word(pc) or 0
        if kind == TrapKind.BREAKPOINT:
            return Cause.BREAKPOINT, pc
        cause = _CAUSES.get(kind)
        if cause is None:
            return None
        if cause == Cause.LOAD and self._reporter.stores(pc):
            cause = Cause.STORE
        if status == Status.FAULT:
            return cause, int(self._words[Field.FAULT + FAULT_ADDRESS])
        if self._bad_access is not None:
            return cause, self._bad_access[1]
        return cause, self._misaligned_address(pc)

    def _ecall(self, pc: Address) -> tuple[int | None, Address]:
        """Performs an ecall: a trap of a program that takes them, else a system call."""
        if not self.privilege.takes_traps or pc >> PAGE_SHIFT == self._memory.stub >> PAGE_SHIFT:
            return self._system_call(pc)
        self.counter.take_back(pc)
        return None, self.privilege.trap(self.privilege.ecall(), 0, pc)

    def _system_call(self, pc: Address) -> tuple[int | None, Address]:
        """Performs the ecall at pc; gives the exit code if the program ends, and the next pc."""
        if pc == self._memory.stub:
            return 0, pc
        # The ABI of RV32E has no a7: libgloss passes the number in t0.
        number, arguments = (
            self.get(5 if self._isa.has_half else 17),
            [self.get(i) for i in range(10, 16)],
        )
        process = self._system.process
        if number == SIGRETURN and pc == self._memory.stub + TRAMPOLINE_OFFSET + 4:
            with suppress(CallError):
                # What was held back while the handler ran comes now.
                return self._deliver(leave_handler(process, self))
        where = partial(self._reporter.place, pc)
        try:
            if self._rars is not None and self._rars.has(number):
                done = self._rars.call(number, self)
                self._note(pc, 10)
                return done, pc + 4
            value, exit_code = self._system.call(number, arguments, where)
        except Stopped:
            self.counter.take_back(pc)
            return None, pc
        except (CallError, ValueError) as error:  # Of RARS, which ends a program by that.
            self._system.say(f"the call of RARS fails: {error}")
            return 1, pc
        if exit_code is not None:
            self._note(pc)
            return exit_code, pc
        if process.is_restarting:
            process.is_restarting = False
            self._note(pc)
        else:
            self.put(10, value)
            self._note(pc, 10)
            pc += 4
        return self._deliver(pc)

    def _deliver(self, pc: Address) -> tuple[int | None, Address]:
        """Signals that are to be seen before pc; gives the exit code if one ends the program."""
        process = self._system.process
        while (signal := deliver(process)) is not None:
            trampoline = self._memory.stub + TRAMPOLINE_OFFSET
            try:
                pc = enter_handler(process, self, signal, pc, trampoline)
            except CallError:  # Without a stack there is no handler.
                process.end_by(SIGSEGV)
        process.signals.wait_over()
        self._forget_changed_code()
        return process.ended, pc

    def _handler_of_signal(self, status: Status, error: str | None, pc: Address) -> Address | None:
        """Where a program of Linux deals with what has happened at pc; None if it does not.

        A fault is a signal there; one that is blocked, or that nobody wants, ends the program.
        """
        if self._is_stopping or self._rars is not None or self.privilege.takes_traps:
            return None
        found = self._exception(status, error, pc)
        if found is None:
            return None
        cause, value = found
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
            handler = enter_handler(process, self, sent, pc, self._memory.stub + TRAMPOLINE_OFFSET)
            self._forget_changed_code()
            return handler
        return None

    def _entropy(self, bits: int) -> int:
        """Random bits; the same in every run."""
        return self._system.process.random.getrandbits(bits)

    def get(self, number: int) -> int:
        """A register of x, not negative."""
        return self._core.read(X0 + number)

    def put(self, number: int, value: int) -> None:
        """Writes a register of x."""
        self._core.write(X0 + number, value)

    def get_float(self, number: int) -> int:
        """The bits of a register of f."""
        return self._core.read(F0 + number)

    def put_float(self, number: int, value: int) -> None:
        """Writes the bits of a register of f."""
        self._core.write(F0 + number, value)

    def floats(self) -> bytes:
        """f0 to f31 and fcsr, as they lie in the frame of a signal."""
        values = b"".join(self._core.read(F0 + i).to_bytes(8, "little") for i in range(32))
        return values + self._fcsr.to_bytes(4, "little")

    def put_floats(self, data: bytes) -> None:
        """Writes f0 to f31 and fcsr."""
        for i in range(32):
            self._core.write(F0 + i, int.from_bytes(data[8 * i : 8 * i + 8], "little"))
        self._fcsr = int.from_bytes(data[256:260], "little") & 0xFF

    @property
    def _fcsr(self) -> int:
        if self._words[Field.FCSR]:
            return int(self._context.state("fcsr", 1)[0]) & 0xFF
        return self._core.read(FFLAGS) | self._core.read(FRM) << 5

    @_fcsr.setter
    def _fcsr(self, value: int) -> None:
        if self._words[Field.FCSR]:
            word = self._context.state("fcsr", 1)
            word[0] = int(word[0]) & ~0xFF | value
            self._words[Field.MIRROR_FRM] = value >> 5
        else:
            self._core.write(FFLAGS, value & 31)
            self._core.write(FRM, value >> 5)

    def _stop_at(self, address: Address) -> None:
        """The program has reached an address at which it has ended, or a trace begins."""
        if address not in self._ends and (self.tracer is None or self.tracer.left == 0):
            return
        if not self._words[Field.STATUS]:
            self._words[Field.STATUS] = Status.END
            self._words[Field.PC] = address
            self._core.stop()

    def _note_bad_access(self, access: int, address: int, size: int) -> None:
        if self._bad_access is None:
            self._bad_access = (access, address, size)

    def _trap(self, status: Status, error: str | None, pc: Address, limit: int | None) -> Trap:
        kind = self._kind(status, error, pc)
        return self._reporter.trap(kind, pc, self._detail(status, pc), limit)

    def _kind(self, status: Status, error: str | None, pc: Address) -> TrapKind:
        """What kind of end this is."""
        if status == Status.ILLEGAL:
            return TrapKind.ILLEGAL_INSTRUCTION
        if status == Status.FAULT:
            if int(self._words[Field.RAISED]) == Error.STOPPED:
                return TrapKind.INTERRUPTED
            return kind_of_fault(int(self._words[Field.FAULT]))
        if status == Status.CAUSE:
            return kind_of_cause(int(self._words[Field.CAUSE]))
        if self._bad_access is not None:
            return kind_of_access(self._bad_access[0])
        if error is not None and self._memory.word(pc) in BREAKPOINT_WORDS:
            return TrapKind.BREAKPOINT
        if self._is_stopping:
            return TrapKind.INTERRUPTED
        return TrapKind.EXCEPTION

    def _detail(self, status: Status, pc: Address) -> str:
        """What is known beyond the kind: the address of an access, the reason of a refusal."""
        words = self._words
        if status == Status.FAULT and words[Field.FAULT] == FAULT_EXCEPTION:
            return self._raised(pc)
        if status == Status.FAULT and words[Field.FAULT] == FAULT_ILLEGAL:
            decoded = self._isa.decode(self._memory.word(pc) or 0)
            if decoded is not None and "csr" in decoded.values:
                return self.privilege.refusal(decoded.values["csr"])
        if status == Status.FAULT:
            return fault_detail(words[Field.FAULT : Field.FAULT + 4])
        if status == Status.ILLEGAL:
            return self._why_illegal(pc)
        if self._bad_access is not None:
            _, address, size = self._bad_access
            return f"{size} bytes at {address:#x}"
        return self._why_caused(pc, int(words[Field.CAUSE])) if status == Status.CAUSE else ""

    def _why_illegal(self, pc: Address) -> str:
        """What is known about an illegal instruction, beyond that it is one."""
        word = self._memory.word(pc) or 0
        known = self.rows.why_illegal(word)
        decoded = self._isa.decode(word)
        if decoded is not None and "csr" in decoded.values:
            known = self.privilege.refusal(decoded.values["csr"]) or known
        if known or decoded is None:
            return known
        decoded = decoded.expanded
        off = switched_off(needs_of(self._isa, decoded), self._core, self._context)
        if off:
            return off
        if "csr" in decoded.values:
            return csr_refusal(self._isa, decoded)
        if any(isinstance(one.kind, RoundingKind) for one in decoded.instruction.operands.values()):
            frm = self._core.read(FRM)
            last = decoded.instruction.last_rounding_mode
            return f"frm holds {frm}, which is no rounding mode" if frm > last else ""
        return ""

    def _why_caused(self, pc: Address, cause: int) -> str:
        """More about a trap of the core: the address of a misaligned atomic is in rs1."""
        decoded = self._isa.decode(self._memory.word(pc) or 0)
        if decoded is None or kind_of_cause(cause) != TrapKind.MISALIGNED_STORE:
            return f"cause {cause}"
        size = 8 if ".d" in decoded.instruction.mnemonic else 4
        return f"{size} bytes at {self._misaligned_address(pc):#x}"

    def _misaligned_address(self, pc: Address) -> Address:
        """The address of a misaligned atomic of the core: it is in rs1."""
        decoded = self._isa.decode(self._memory.word(pc) or 0)
        return 0 if decoded is None else self.get(decoded.values.get("rs1", 0))

    def _raised(self, pc: Address) -> str:
        """What the body of the instruction at pc has raised."""
        if int(self._words[Field.RAISED]) == Error.STOPPED:
            return ""
        decoded = self._isa.decode(self._memory.word(pc) or 0)
        if decoded is not None and decoded.expanded.instruction.has_body:
            form = form_of(decoded.expanded.instruction, self._isa)
            said = form.raised(self._words[Field.STOP : Field.STOP + HART_WORDS])
            if said:
                return said
        return self._failures.said or "its body raised an exception"


_WRITTEN_CSRS: dict[int, tuple[int, ...]] = {
    Csr.SSTATUS: (Csr.MSTATUS,),
    Csr.SIE: (Csr.SIE, Csr.MIE),
    Csr.SIP: (Csr.SIP, Csr.MIP),
}
"""What a write to a CSR is noted as, where it is a view of another; as Spike has it."""
_CAUSES = {
    TrapKind.BAD_LOAD: Cause.LOAD,
    TrapKind.BAD_STORE: Cause.STORE,
    TrapKind.BAD_FETCH: Cause.FETCH,
    TrapKind.MISALIGNED_FETCH: Cause.MISALIGNED_FETCH,
    TrapKind.MISALIGNED_LOAD: Cause.MISALIGNED_LOAD,
    TrapKind.MISALIGNED_STORE: Cause.MISALIGNED_STORE,
}
"""Of the ends that a program could not go on from, those that are exceptions."""
_SIGNALS = {
    Cause.FETCH: (SIGSEGV, 1),
    Cause.LOAD: (SIGSEGV, 1),
    Cause.STORE: (SIGSEGV, 1),
    Cause.ILLEGAL: (SIGILL, 1),
    Cause.BREAKPOINT: (SIGTRAP, 1),
}
"""What exceptions are to a program of Linux: the signal, and its `si_code`."""
_USES = {
    TrapKind.BAD_LOAD: READABLE,
    TrapKind.BAD_STORE: WRITABLE,
    TrapKind.BAD_FETCH: EXECUTABLE,
}
"""What an access that could not be made needed of its pages."""
_AFTER_PC = (Status.TIER_UP, Status.CODE_WRITTEN, Status.ELSEWHERE, Status.NEW_LOOP)
_AT_PC = (
    Status.FAULT,
    Status.ILLEGAL,
    Status.CAUSE,
    Status.LIMIT,
    Status.INTERRUPTED,
    Status.REFUSED,
    Status.END,
)
