"""The run loop: starts the core, and deals with everything that it stops for."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from functools import partial
from typing import Literal

from rvx.emulator import hooks
from rvx.emulator.context import STOP_NOW, Context, Field, Status
from rvx.emulator.core import (
    HOOK_BLOCK,
    HOOK_NEW_BLOCK,
    HOOK_TRAP,
    X0,
    Core,
)
from rvx.emulator.counts import BlockCounter
from rvx.emulator.devices import Bus, Device, perform_access
from rvx.emulator.endings import Endings
from rvx.emulator.environment import Abi, Environment
from rvx.emulator.gate import Gate
from rvx.emulator.handlers.interim import Interim
from rvx.emulator.handlers.interpreted import Failures, Interpreted, interpreted_memory
from rvx.emulator.handlers.rows import (
    Rows,
    Wiring,
    is_write,
)
from rvx.emulator.htif import Htif
from rvx.emulator.interest import Interest, InterestCounter
from rvx.emulator.linux.descriptors import Stopped
from rvx.emulator.linux.timers import can_set_timers
from rvx.emulator.memory import GuestMemory
from rvx.emulator.native.counters import MACHINES_OWN
from rvx.emulator.native.retire import Kind, Mark, Trace
from rvx.emulator.pauses import Pauses
from rvx.emulator.peripherals import Clint
from rvx.emulator.privileged import Mode, Privilege
from rvx.emulator.privileged.registers import Address as Csr
from rvx.emulator.privileged.unit import Performed
from rvx.emulator.regions.tier import RegionTier
from rvx.emulator.registers import Registers
from rvx.emulator.repetition.records import Records
from rvx.emulator.repetition.tier import RepeatTier
from rvx.emulator.report import (
    FETCH,
    LOAD,
    Reporter,
    kind_of_access,
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
    FAULT_LOAD,
    FAULT_STORE,
    PAGE_SHIFT,
    READABLE,
    WRITABLE,
)

Backend = Literal["native", "python"]
Tier = Literal["trap", "inline", "region"]
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
        pauses: where execution stops, if somebody debugs; there is a tracer then, which takes
            nothing.
        interest: the part of a run that is counted, and traced; everything if there is none.

    Attributes:
        registers: x, f and fcsr.
        privilege: what the run loop holds of the machine's state.
        bus: the devices.
        stopped_at: where a run of a hart that is debugged has stopped.
        steps_only: whether all of a run is traced, so that the core performs nothing.
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
        pauses: Pauses | None = None,
        interest: Interest | None = None,
    ) -> None:
        self._isa = isa
        self.tracer = tracer
        self.pauses = pauses
        self.stopped_at: Address = 0
        self._gate = gate
        self._core = core
        self._words = context.words
        self._context = context
        self._memory = memory
        self._system = system
        self._reporter = reporter
        self.counter = BlockCounter(context, memory)
        failures = self._failures = Failures()
        mem = interpreted_memory(context, memory)
        interpreted = Interpreted(isa, context, mem, failures)
        self.interim = Interim(isa, context, interpreted, is_forever=backend == "python")
        effects = tracer.effects.address if tracer is not None and pauses is None else None
        self.rows = Rows(Wiring(isa, core, context, effects), context, self.interim)
        self.records = Records(isa, context, memory, self.rows)
        self.inline = InlineTier(isa, core, context, memory, self.rows, self.counter.touched)
        self.steps_only = tracer is not None and tracer.tracing.is_whole and interest is None
        self.counter.has_blocks = not self.steps_only
        self._is_limited: bool | None = None
        self._is_stale = False
        self._code = b""
        self._is_pausing = False
        self.interest: InterestCounter | None = None
        if interest is not None:
            self.interest = InterestCounter(interest, self.counter, lambda n: core.read(X0 + n))
        # The mark that was dealt with before the core is started on it: its hook is called at the
        # same address again, and would count one entry or exit twice.
        self._passed: Address | None = None
        self._marked: set[Address] = set()
        may_promote = backend == "native" and tier != "trap"
        system.executed = self.counter.executed
        registers = self.registers = Registers(core, context)
        unit = Privilege(isa, core, context, registers.get, registers.put, self._entropy)
        self.privilege = unit
        self._endings = Endings(
            isa,
            core,
            context,
            memory,
            registers,
            reporter,
            self.rows,
            unit,
            failures,
        )
        self._environment = Environment(
            isa, memory, registers, self.counter, system, reporter, abi, self._note
        )
        self._called: tuple[int | None, Address] | None = None
        self._call_error: BaseException | None = None
        # Kept, since compiled code has the address alone and Python would free what is behind it.
        self._callback = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(self._call_in_hook)
        self._words[Field.CALL] = ctypes.cast(self._callback, ctypes.c_void_p).value or 0
        self._timers = system.process.timers
        self._sets_timers = abi == "linux" and can_set_timers(memory)
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
        self._uses_regions = self._uses_regions and not self.steps_only
        self.regions: RegionTier | None = None
        self.repeats: RepeatTier | None = None
        self._words[Field.THRESHOLD] = TRAPS_BEFORE_INLINE if may_promote else _NEVER

    def run(self, pc: Address, limit: int | None) -> End:
        """Runs from pc until the program ends, cannot go on, or `limit` instructions are done.

        The trap of a limit has no message yet.

        Raises:
            ValueError: this hart has run without a limit before, or the other way round.
        """
        self.prepare(limit is not None)
        self.privilege.begin()
        self.counter.clear()
        self._endings.is_stopping = self._is_pausing = self._system.is_stopping = False
        self.counter.resume()
        self._words[Field.STEPPING] = 0
        self._words[Field.CUT] = _NOWHERE
        # The end of a limited run leaves blocks with a count in them; the host may write code.
        # A hart that steps looks at every word anew, and has nothing to compare.
        is_changed = not self.steps_only and self._code != self.counter.code()
        self._is_stale = bool(self._is_limited) or is_changed or self._is_stale
        if self.regions is not None:
            if is_changed:
                self.inline.drop_regions()
            self.regions.begin(self.inline.install_region, is_changed)
        if self.tracer is not None:
            self.tracer.begin()
        if self.interest is not None:
            self.interest.begin()
            self._passed = None
            if self.tracer is not None:
                self.tracer.switch(False)
        try:
            return self._run(pc, limit)
        finally:
            if self.interest is not None:
                self.interest.end()
            if self.tracer is not None:
                self.tracer.flush()
                self.tracer.switch(False)
            if not self.steps_only:
                self._code = self.counter.code()

    def go_on(self, pc: Address, limit: int) -> End:
        """Runs on from pc as if nothing had stopped it; for a hart that somebody debugs.

        Counts go on, too: the limit is one of all instructions since the program began.

        Returns:
            How it ended. Neither an exit code nor a trap means that it was paused, at `stopped_at`.
        """
        assert self.tracer is not None
        self.prepare(True)
        self.counter.carry()
        self._endings.is_stopping = self._is_pausing = self._system.is_stopping = False
        self.counter.resume()
        self.tracer.switch(True)
        if self.pauses is not None and not self.pauses.needs_accesses:
            self._words[Field.ACCESS_WORDS] = 0
        exit_code, trap = self._run(pc, limit)
        if trap is not None:
            self.stopped_at = trap.pc
        return exit_code, trap

    @property
    def rewound(self) -> list[object]:
        """The objects of Python that hold what a program can find out or change."""
        everything = (
            self.privilege,
            self._system,
            self.bus,
            self._htif,
            self._environment,
            self._semihosting,
        )
        return [one for one in everything if one is not None]

    def rewind(self) -> None:
        """What decides on the next steps was put back to an earlier moment by somebody else."""
        self.counter.clear()
        self._view = ()
        self._memory.changed_code.clear()

    def _run(self, pc: Address, limit: int | None) -> End:
        is_trap = False
        while True:
            if self.pauses is not None and self.pauses.look(self.counter.executed, is_trap):
                self.stopped_at = pc
                return None, None
            is_trap = False
            before, pc = pc, self._interrupted(pc)
            if self.pauses is not None and pc != before:
                self.pauses.disregard_start()
                if self.pauses.look(self.counter.executed, is_trap=True):
                    self.stopped_at = pc
                    return None, None
            if self._timers.is_possible and self._is_due(self._timers.target()):
                self._system.process.send_expired()
                done, pc = self._environment.deliver(pc)
                self._forget_changed_code()
                if done is not None:
                    return done, None
            if self.interest is not None and pc in self.interest.marks:
                self._follow_interest(pc)
            if self._view != self.privilege.view:
                self._follow_privilege()
            target = self._target(limit)
            remaining = _NO_LIMIT if target is None else target - self.counter.executed()
            self._words[Field.REMAINING] = remaining
            if remaining > 0:
                status, error, pc = self._resumed(pc) or self._go(pc)
            else:
                status, error = Status.LIMIT, None
            if self.pauses is not None and self.pauses.take(target or 0):
                self.stopped_at = pc
                return None, None
            executed = None
            if status == Status.LIMIT and target is not None:
                executed = self.counter.executed()
                if target > executed:
                    status, error, pc = self._go_to_limit(pc, target - executed)
                    executed = None
            if status == Status.ECALL:
                is_trap = self.privilege.takes_traps
                done, pc = self._outcome_of_call()
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
                self.inline.drop_written()
            elif status == Status.ELSEWHERE:
                if self._htif is not None and self._htif.exit_code is not None:
                    return self._htif.exit_code, None
            elif status == Status.REFUSED:
                self.inline.blocks.refuse(pc)
            elif status == Status.END:
                if pc in self._ends:
                    return self._ends[pc], None
                if self.interest is None or pc not in self.interest.marks:
                    self._at_mark(pc)
            elif status == Status.LIMIT:
                if pc == self._memory.stub:
                    return 0, None
                if executed is None:
                    executed = self.counter.executed()
                if limit is None or limit > executed:
                    self._follow_range()
                    continue  # The timer is due, or the tracer wanted to know.
                return None, Trap(TrapKind.LIMIT, pc, "")
            elif self._is_pausing and status == Status.RUNNING and error is None:
                self._is_pausing = False
                self.counter.resume()
                if self.regions is not None:
                    self.regions.install(self.inline.install_region)
            elif self._access_device(pc):
                pc = self._next_pc
            elif error is not None and not self._endings.is_stopping and is_call(self._memory, pc):
                pc = self._semihost(pc)
                if self._semihosting.exit_code is not None:
                    return self._semihosting.exit_code, None
            else:
                handler = self._handler_of(status, error, pc)
                if handler is None:
                    return None, self._endings.trap(status, error, pc, limit)
                pc, is_trap = handler, True

    def limit_message(self, pc: Address, limit: int) -> str:
        """The sentence for a run that has ended at pc with its limit."""
        return self._reporter.trap(TrapKind.LIMIT, pc, "", limit).message

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

    def _follow_interest(self, pc: Address) -> None:
        """Execution stands before an address where the part that is counted may begin or end."""
        assert self.interest is not None
        if self._passed == pc:
            return
        self._passed = pc
        was_inside = self.interest.is_inside
        self.interest.reach(pc)
        if self.tracer is not None and self.interest.is_inside != was_inside:
            self._switch(self.interest.is_inside)
        self._mark_interest()

    def _mark_interest(self) -> None:
        """Has the hart stop at marks that have come since; compiled loops may run over those."""
        assert self.interest is not None
        new = self.interest.marks - self._marked
        self._marked |= new
        for address in new:
            self._core.on_reaching(address, partial(self._stop_at, address))
            if self.tracer is not None:
                self.tracer.mark(address, Mark.STOPS)
        if new:
            # What is translated does not know a new hook.
            self._is_stale = True
            if self.regions is not None:
                self.inline.drop_regions()
                self.regions.forget()

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
        self._endings.is_stopping = self._system.is_stopping = True
        self.counter.request_stop(STOP_NOW)

    def watch(self, elapsed: float, is_over: Callable[[], bool]) -> None:
        """Looks for loops worth compiling; called from another thread while the hart runs.

        Args:
            elapsed: seconds since the run began.
            is_over: whether the run has ended meanwhile.
        """
        if self.regions is None or self._endings.is_stopping:
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
        if self.interest is not None:
            self._mark_interest()
        self._words[Field.IS_LIMITED] = is_limited
        if self._uses_regions:
            self.regions = RegionTier(
                self._isa,
                self._context,
                self._memory,
                self.counter,
                is_limited,
                self.inline.loops,
                () if self.interest is None else self.interest.marks,
            )
            # What a compiled repetition performs is noted nowhere.
            if self._words[Field.FCSR] and self.tracer is None:
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
        self._passed = None
        self._begin()
        if self._endings.is_stopping:
            return Status.RUNNING, None, pc
        tracer.look(self.privilege.mode)
        why = steps()(self._core.handle, self._context.address(0), pc)
        self._raise_failure()
        pc = int(words[Field.PC])
        if tracer.words[Trace.CODE_WRITTEN]:
            tracer.words[Trace.CODE_WRITTEN] = 0
            self.inline.blocks.forget()
        if why in (Paused.ASKED, Paused.PAUSED):
            return Status.RUNNING, None, pc
        if why == Paused.MARK:
            return Status.END, None, pc
        if why == Paused.FETCH:
            self._endings.bad_access = (FETCH, pc, 2)
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
            self._endings.bad_access = (LOAD, address, size)
        return status, None, pc

    def _start(self, pc: Address) -> tuple[Status, str | None, Address]:
        """Starts the core; gives why it stopped, Unicorn's error, and where execution stands."""
        words = self._words
        self._begin()
        if self._endings.is_stopping:
            return Status.RUNNING, None, pc
        if self._passed != pc:
            self._passed = None
        words[Field.REFUSED] = _NOWHERE
        if self._is_stale:
            self._is_stale = False
            self.inline.blocks.forget()
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
        access = self._endings.refused_access(status)
        if self._htif is None or access is None or access[2] != TrapKind.BAD_STORE:
            return False
        address, size, _ = access
        memory = self._memory
        if memory.can(address, size, WRITABLE) or not memory.can(address, size, READABLE):
            return False
        self._memory.make_writable(address, size)
        self._forget_changed_code()
        return True

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
        access = self._endings.refused_access(status)
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
                self._endings.bad_access = (FETCH, at, 2)
                return Status.RUNNING, None, pc
        fetches = self._endings.bad_access is not None and kind_of_access(
            self._endings.bad_access[0]
        )
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
                    self._htif.notice(address, size, int(self._words[Field.NEXT_PC]))
                if status == Status.CODE_WRITTEN:
                    self.inline.blocks.drop(address, address + size)
        self._forget_changed_code()
        return Status.ELSEWHERE, None, int(self._words[Field.NEXT_PC])

    def _instead_of_body(self, pc: Address) -> tuple[Status, str | None, Address] | None:
        """What becomes of an instruction at pc that no body performs; None if one does."""
        word = self._memory.word(pc) or 0
        decoded = self._isa.decode(word)
        mnemonic = "" if decoded is None else decoded.expanded.instruction.mnemonic
        self._endings.bad_access = None
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
        self._endings.bad_access = None
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
        self._endings.bad_access = None
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
        if (
            self._endings.bad_access is None
            or kind_of_access(self._endings.bad_access[0]) == TrapKind.BAD_FETCH
        ):
            return False
        word = self._memory.word(pc) or 0
        decoded = self._isa.decode(word)
        if decoded is None or not perform_access(
            self.bus, decoded, self._isa.xlen, self.registers.get, self.registers.put
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
            value = self._semihosting.call(self.registers.get(10), self.registers.get(11))
        except Stopped:
            return pc
        self.counter.count_one(pc, 4)
        self.registers.put(10, value)
        self._note(pc, 10)
        self._forget_changed_code()
        return pc + 4

    def _note(self, pc: Address, register: int = 0) -> None:
        """Notes for the tracer what the run loop has performed.

        Args:
            pc: its address.
            register: of x, which it has written though it does not name it; 0 if there is none.
        """
        if self.tracer is None or not self.tracer.is_on or self.pauses is not None:
            return
        decoded = self._isa.decode(self._memory.word(pc) or 0)
        if decoded is None:
            return
        made, values = decoded.expanded.instruction, decoded.expanded.values
        numbers = {register, values.get("rd", 0) if "rd" in made.writes else 0} - {0}
        writes = [(number << 4 | Kind.X, self.registers.get(number)) for number in numbers]
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
        if self._endings.is_stopping:
            return None
        found = self._endings.exception(status, error, pc)
        if found is None:
            return None
        if not self.privilege.takes_traps:
            handler = self._environment.handler(*found, pc)
            self._forget_changed_code()
            return handler
        handler = self.privilege.trap(*found, pc)
        # A handler that traps at once, and one that is not there, would do so for ever.
        return handler if handler != pc and self._memory.is_executable(handler) else None

    def _ecall(self, pc: Address) -> tuple[int | None, Address]:
        """Performs an ecall: a trap of a program that takes them, else a system call."""
        if not self.privilege.takes_traps or pc >> PAGE_SHIFT == self._memory.stub >> PAGE_SHIFT:
            done = self._environment.call(pc)
            self._forget_changed_code()
            return done
        self.counter.take_back(pc)
        return None, self.privilege.trap(self.privilege.ecall(), 0, pc)

    def _call_in_hook(self, pc: Address) -> int:
        """Performs an ecall for the hook of a trap; whether the core can go on behind it.

        If not, `_outcome_of_call` has what came of it, or performs it once the core has stopped.
        """
        if (
            self.privilege.takes_traps
            or self._timers.target() is not None
            or self._environment.stops()
            or pc >> PAGE_SHIFT == self._memory.stub >> PAGE_SHIFT
        ):
            return 0
        try:
            self._called = done, after = self._environment.call(pc)
        except BaseException as error:
            # No exception gets through compiled code.
            self._call_error = error
            return 0
        if done is not None or after != pc + 4 or self._memory.changed_code:
            return 0
        self._called = None
        return 1

    def _outcome_of_call(self) -> tuple[int | None, Address]:
        """What came of the ecall that has stopped the core: the exit code, and the next pc."""
        called, self._called = self._called, None
        error, self._call_error = self._call_error, None
        if error is not None:
            raise error
        if called is None:
            return self._ecall(int(self._words[Field.PC]))
        self._forget_changed_code()
        return called

    def _entropy(self, bits: int) -> int:
        """Random bits; the same in every run."""
        return self._system.process.random.getrandbits(bits)

    def _stop_at(self, address: Address) -> None:
        """The program has reached an address at which it has ended, or a trace begins."""
        is_of_interest = self.interest is not None and self.interest.concerns(address)
        is_end = address in self._ends or is_of_interest
        if not is_end and (self.tracer is None or self.tracer.left == 0):
            return
        if self._passed == address:  # It was dealt with before the core was started here.
            self._passed = None
            return
        if not self._words[Field.STATUS]:
            self._words[Field.STATUS] = Status.END
            self._words[Field.PC] = address
            self._core.stop()

    def _note_bad_access(self, access: int, address: int, size: int) -> None:
        if self._endings.bad_access is None:
            self._endings.bad_access = (access, address, size)


_WRITTEN_CSRS: dict[int, tuple[int, ...]] = {
    Csr.SSTATUS: (Csr.MSTATUS,),
    Csr.SIE: (Csr.SIE, Csr.MIE),
    Csr.SIP: (Csr.SIP, Csr.MIP),
}
"""What a write to a CSR is noted as, where it is a view of another; as Spike has it."""
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
