"""Steps of a user's: lines of sources, over calls and repetitions, out of functions, and back."""

from __future__ import annotations

from rvx.debugger.session import DebugProblem, Frame, Session
from rvx.emulator.context import Field
from rvx.emulator.native.pauses import Hit
from rvx.emulator.rewind.timeline import Reason, Stop
from rvx.isa.bits import Address

_SP = 2


class Stepper:
    """Steps of a session.

    Args:
        session: whose program it is.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def _pc(self) -> Address:
        return self._session.machine.pc

    @property
    def _sp(self) -> int:
        return self._session.machine.register("sp")

    @property
    def is_repeating(self) -> bool:
        """Whether the hart stands within a repetition."""
        return bool(self._session.machine.context.words[Field.SUSPENDED])

    def instruction(self) -> Stop:
        """One instruction, also within a repetition."""
        return self._session.go(self._session.until(points=False), 1)

    def over_instruction(self) -> Stop:
        """One instruction, with the function that it calls, or all that it repeats."""
        session = self._session
        if self.is_repeating:
            return self.instruction()
        pc = self._pc
        if session.code.is_call(pc):
            return self._return_to(pc + session.code.at(pc).size, self._sp)
        return session.go(session.until((pc, pc + 1)))

    def line(self) -> Stop:
        """To another line of a source; without lines, one instruction.

        Functions of which no lines are known are called as a whole.
        """
        found = self._session.code.line_range(self._pc)
        if found is None or self.is_repeating or self._repeats_at(self._pc):
            return self.instruction()
        return self._to_other_line(found, enters=True)

    def over_line(self) -> Stop:
        """To another line of this function, or of its caller."""
        found = self._session.code.line_range(self._pc)
        if found is None or self.is_repeating:
            return self.over_instruction()
        return self._to_other_line(found, enters=False)

    def _to_other_line(self, line: tuple[Address, Address], *, enters: bool) -> Stop:
        """On to the end of a line.

        Args:
            line: the addresses of its instructions.
            enters: whether to stop in a function that it calls, if lines of that are known.
        """
        session = self._session
        calls = session.code.calls_within(*line)
        while True:
            pc, depth = self._pc, self._sp
            if pc in calls:
                behind = pc + session.code.at(pc).size
                stop = self.instruction()
                is_entered = enters and session.code.line_of(self._pc) is not None
                if stop.reason != Reason.COUNT or is_entered:
                    return stop
                stop = self._return_to(behind, depth)
                if self._pc != behind or self._is_point(stop):
                    return stop
            else:
                stop = session.go(session.until(line, *calls))
                if stop.reason != Reason.HIT or self._pc not in calls or self._is_point(stop):
                    return stop
            if not line[0] <= self._pc < line[1]:
                return stop

    def out(self) -> Stop:
        """To the caller of this function, or behind the repetition.

        Raises:
            DebugProblem: it is not known where this function returns.
        """
        session = self._session
        if self.is_repeating:
            return session.go(session.until((1, 2)))
        returns = session.code.returns_of(self._pc)
        if not returns:
            raise DebugProblem("no instruction of this function returns from it")
        depth = self._sp
        while True:
            if self._pc in returns and self._sp >= depth:
                return session.go(session.until(points=False), 1)
            stop = session.go(session.until(None, *returns))
            if stop.reason != Reason.HIT or self._pc not in returns or self._is_point(stop):
                return stop

    def out_of(self, caller: Frame) -> Stop:
        """To where a caller goes on."""
        return self._return_to(caller.pc, caller.registers[_SP])

    def _is_point(self, stop: Stop) -> bool:
        if stop.paused is None or stop.paused.hit == Hit.WATCH:
            return True
        points = self._session.points.values()
        return any(one.is_enabled and one.address == self._pc and one.stops for one in points)

    def back_instruction(self) -> Stop:
        """The instruction before."""
        return self._session.go_back(self._session.until(points=False), 1)

    def back_line(self) -> Stop:
        """To the beginning of the line before; without lines, the instruction before."""
        session = self._session
        target, depth = self._pc, self._sp
        stop = self.back_instruction()
        if session.code.line_of(self._pc) is None and session.code.is_return(self._pc):
            stop = self._back_to_call(target, depth)
        return self._back_to_begin(stop, over=False)

    def back_over_line(self) -> Stop:
        """To the beginning of the line before in this function, or of the line that calls it."""
        stop = self.back_over()
        if stop.reason == Reason.COUNT and self.is_repeating:
            # Ranges are of what is fetched: it was the instruction that repeats.
            stop = self._session.go_back(self._session.until((1, 2)))
        if stop.reason == Reason.HIT and self._is_point(stop):
            return stop
        return self._back_to_begin(stop, over=True)

    def _back_to_begin(self, stop: Stop, *, over: bool) -> Stop:
        """Back to where execution came into the present line, or to its first instruction.

        Args:
            stop: the last one.
            over: whether calls that the line makes are gone back over; else it stops behind them.
        """
        session = self._session
        found = session.code.line_range(self._pc)
        if found is None or self.is_repeating:
            return stop
        while self._pc != found[0] and session.timeline.count:
            stop = session.go_back(session.until(found, found[0]))
            if stop.reason != Reason.HIT or self._pc == found[0] or self._is_point(stop):
                return stop
            # In front of an instruction that is not of this line: the next one is where it came in.
            came = session.timeline.count + 1
            session.go_to(came)
            stop = Stop(Reason.COUNT)
            if not over:
                return stop
            before = self.back_over()
            if before.reason == Reason.HIT and self._is_point(before):
                return before
            if not found[0] <= self._pc < found[1]:
                session.go_to(came)
                return stop
        return stop

    def back_over(self) -> Stop:
        """The instruction before in this function, in front of the call that lies between."""
        session = self._session
        target, depth = self._pc, self._sp
        stop = self.back_instruction()
        if not session.code.is_return(self._pc) or stop.reason != Reason.COUNT:
            return stop
        return self._back_to_call(target, depth)

    def _back_to_call(self, target: Address, depth: int) -> Stop:
        """Back from the end of a function to the call of it.

        Args:
            target: where it returns to.
            depth: of the stack there.
        """
        session = self._session
        stop = Stop(Reason.COUNT)
        calls = [target - size for size in (2, 4) if session.code.is_call(target - size)]
        while calls:
            stop = session.go_back(session.until(None, *calls))
            if self._pc not in calls or self._sp >= depth or stop.reason != Reason.HIT:
                break
        return stop

    def _return_to(self, address: Address, depth: int) -> Stop:
        """On to an address, with the stack no deeper than it was: calls of itself are passed by."""
        session = self._session
        while True:
            stop = session.go(session.until(None, address))
            if stop.reason != Reason.HIT or self._pc != address or self._sp >= depth:
                return stop
            if self._is_point(stop):
                return stop

    def _repeats_at(self, address: Address) -> bool:
        decoded = self._session.machine.isa.decode(self._session.machine.memory.word(address) or 0)
        return decoded is not None and "repeat" in decoded.expanded.instruction.requests
