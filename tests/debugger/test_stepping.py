"""Steps over calls lead back the way they came, in recursions too."""

from __future__ import annotations

from pathlib import Path

from rvx.debugger.stepping import Stepper
from rvx.emulator.rewind.timeline import Reason

from .conftest import session_of

RECURSION = """\
        .globl _start
_start: li   a0, 3
        call count
        call count; addi a0, a0, 5; call count
        li   a7, 93
        ecall
count:  addi sp, sp, -16
        sd   ra, 8(sp)
        beqz a0, 1f
        addi a0, a0, -1; call count; addi a0, a0, 1
1:      ld   ra, 8(sp)
        addi sp, sp, 16
        ret
"""


def test_back_over_lines_as_forward_over_them(tmp_path: Path) -> None:
    session = session_of(tmp_path / "a.s", RECURSION, "rv64gc")
    stepper, timeline, machine = Stepper(session), session.timeline, session.machine

    def lines_from(begin: int, steps: int) -> None:
        """Both ways over a number of lines of one function."""
        session.go_to(begin)
        moments = [timeline.count]
        for _ in range(steps):
            stepper.over_line()
            moments.append(timeline.count)
        assert len(set(moments)) == steps + 1
        for moment in moments[-2::-1]:
            stepper.back_over_line()
            assert timeline.count == moment

    lines_from(0, 4)
    count = machine.symbol("count")
    for _ in range(4):  # The innermost one does not call itself.
        session.go_to(0 if machine.pc != count else timeline.count)
        assert session.go(session.until(None, count)).reason == Reason.HIT
        is_innermost = machine.register("a0") == 0
        lines_from(timeline.count, 5 if is_innermost else 6)
        assert machine.pc == count
    # From the beginning of a function back to the line that calls it.
    stepper.back_over_line()
    place = session.code.line_of(machine.pc)
    assert place is not None
    assert place.line == 10
    # A breakpoint within what is gone back over stops it.
    session.go_to(0)
    for _ in range(2):
        stepper.over_line()
    session.add_breakpoint(count, "count")
    stepper.back_over_line()
    assert (machine.pc, machine.register("a0")) == (count, 0)
