"""Going back: every moment is what it was, and what stops on the way here does on the way back."""

from __future__ import annotations

import os
import random
from itertools import pairwise
from pathlib import Path

import pytest

from rvx.emulator import Settings
from rvx.emulator.board import Board, Place
from rvx.emulator.native.pauses import Hit, Watched
from rvx.emulator.pauses import Watchpoint
from rvx.emulator.peripherals import Clint
from rvx.emulator.rewind.timeline import Reason, Until

from .conftest import Lab

POSITS = """
        .globl _start
_start: la   s0, table
        li   s1, 6
again:  call dot
        sd   s1, 24(s0)
        csrr t1, instret
        sd   t1, 32(s0)
        addi s1, s1, -1
        bnez s1, again
        qround.s p4
        psw  p4, 16(s0)
        li   a0, 0
        li   a7, 214            # brk: where it is
        ecall
        mv   s2, a0
        li   t0, 8192
        add  a0, a0, t0
        li   a7, 214
        ecall
        sd   s2, 0(s2)
        mv   a0, s2
        li   a7, 214            # and back, which clears it
        ecall
        li   a0, 1
        la   a1, text
        li   a2, 6
        li   a7, 64
        ecall
        li   a0, 3
        li   a7, 93
        ecall
dot:    plw  p1, 0(s0)
        plw  p2, 4(s0)
        qmadd.s p1, p2
        fcvt.d.l fa0, s1
        fadd.d fa1, fa1, fa0
        fdiv.d fa2, fa0, fa1
        ret
        .data
        .balign 4096
table:  .word 0x40000000, 0x48000000, 0, 0, 0
        .zero 64
text:   .ascii "done.\\n"
"""
REPETITION = """
        .globl _start
_start: la   t0, data
        li   t6, 7
        scfgwi t6, 64           # bounds and strides of two streams
        scfgwi t6, 65
        li   t6, 8
        scfgwi t6, 192
        scfgwi t6, 193
        scfgwi t0, 768
        la   t1, more
        scfgwi t1, 769
        csrsi ssr, 1
        li   t2, 7
        frep.o t2, 2, 0, 0
first:  fmadd.d fa0, ft0, ft1, fa0
second: fadd.d fa1, fa1, fa0
        csrci ssr, 1
behind: la   t3, result
        fsd  fa0, 0(t3)
        fsd  fa1, 8(t3)
        li   a0, 0
        li   a7, 93
        ecall
        .data
        .balign 8
data:   .double 1, 2, 3, 4, 5, 6, 7, 8
more:   .double 8, 7, 6, 5, 4, 3, 2, 1
result: .zero 16
"""
INTERRUPTS = """
        .globl _start
_start: la   t0, handler
        csrw mtvec, t0
        li   s0, 0x2004000      # mtimecmp
        li   t1, 4
        sd   t1, 0(s0)
        li   t2, 0x80
        csrw mie, t2
        csrsi mstatus, 8
        li   s1, 0
        li   s2, 3
wait:   addi s3, s3, 1
        blt  s1, s2, wait
        la   t0, leave
        csrw mtvec, t0
        .word 0                 # an exception
        .balign 4
handler: addi s1, s1, 1
        ld   t1, 0(s0)
        addi t1, t1, 5
        sd   t1, 0(s0)
        mret
        .balign 4
leave:  csrr a0, mcause
        li   t0, 0
        csrw mtvec, t0
        li   a7, 93
        ecall
"""


def posits() -> Lab:
    return Lab(POSITS, "rv64gc_xposit")


def repetition() -> Lab:
    return Lab(f".option norvc\n{REPETITION}", "rv64gc_xsmallfloat_xssr_xfrep", interval=11)


def interrupts() -> Lab:
    clint = Place(0x2000000, Clint.SIZE, "clint")
    return Lab(INTERRUPTS, "rv64gc", board=Board(places=(clint,), instructions_per_tick=10))


@pytest.mark.parametrize("make", [posits, repetition, interrupts])
def test_every_moment_is_what_it_was(make: object) -> None:
    lab: Lab = make()  # type: ignore[operator]
    timeline = lab.timeline
    moments = lab.moments()
    end = timeline.ended
    assert end is not None
    assert end.reason == Reason.EXITED
    shown = lab.output
    assert len(moments) > 30
    draw = random.Random(20)
    counts = list(range(len(moments)))
    draw.shuffle(counts)
    for count in counts[:70]:
        timeline.go_to(count)
        assert timeline.count == count
        assert lab.moment() == moments[count]
        if draw.random() < 0.3:
            ahead = min(draw.randrange(1, 20), len(moments) - 1 - count)
            if ahead:
                assert timeline.forward(instructions=ahead).reason == Reason.COUNT
                assert lab.moment() == moments[count + ahead]
    timeline.go_to(0)
    assert timeline.forward() == end
    assert lab.output == shown


def test_steps_back_from_the_end() -> None:
    lab = posits()
    moments = lab.moments()
    assert lab.timeline.ended is not None
    assert lab.timeline.ended.exit_code == 3
    for moment in reversed(moments):
        assert lab.timeline.back(instructions=1).reason == Reason.COUNT
        assert lab.moment() == moment
    assert lab.timeline.count == 0
    assert lab.timeline.back().reason == Reason.BEGINNING


def met(lab: Lab, until: Until) -> list[int]:
    """The moments at which execution stops on the way to the end."""
    found = []
    while lab.timeline.forward(until).reason == Reason.HIT:
        found.append(lab.timeline.count)
    return found


def met_backwards(lab: Lab, until: Until) -> list[int]:
    found = []
    while lab.timeline.back(until).reason == Reason.HIT:
        found.append(lab.timeline.count)
    return found


def test_breakpoints_are_met_on_the_way_back() -> None:
    lab = posits()
    until = Until([lab.machine.symbol("dot"), lab.machine.symbol("again")])
    stops = met(lab, until)
    assert len(stops) == 12
    assert met_backwards(lab, until) == stops[::-1]
    assert lab.timeline.count == 0


def test_conditions_are_asked_on_the_way_back() -> None:
    lab = posits()
    dot, again = lab.machine.symbol("dot"), lab.machine.symbol("again")
    every = met(lab, Until([dot]))
    lab.timeline.go_to(0)
    conditions = {dot: lambda: lab.machine.register("s1") in (2, 5)}
    stops = met(lab, Until(conditions=conditions))
    assert stops == [every[1], every[4]]
    assert met_backwards(lab, Until(conditions=conditions)) == stops[::-1]
    # Among others that stop always, and where one stops always at the same address.
    both = met(lab, Until([again], conditions=conditions))
    assert len(both) == 8
    assert met_backwards(lab, Until([again], conditions=conditions)) == both[::-1]
    assert met(lab, Until([dot], conditions=conditions)) == every
    assert met_backwards(lab, Until([dot], conditions=conditions)) == every[::-1]


def test_watchpoints_are_met_on_the_way_back() -> None:
    lab = posits()
    until = Until(watchpoints=[lab.watch("table", 40)])
    stops = met(lab, until)
    assert len(stops) == 13
    # On the way back it is the moment in front of the instruction, which the next step does.
    assert met_backwards(lab, until) == [count - 1 for count in stops[::-1]]


def test_loads_are_met_whatever_they_find() -> None:
    lab = posits()
    read = Until(watchpoints=[lab.watch("table", 4, Watched.READ)])
    either = Until(watchpoints=[lab.watch("table", 28, Watched.ACCESSED)])
    assert len(met(lab, read)) == 6
    lab.timeline.go_to(0)
    # Two loads and a store a round, and the store behind the loop.
    assert len(met(lab, either)) == 6 * 3 + 1


def test_states_and_registers_of_extensions_are_watched() -> None:
    lab = posits()
    quire = lab.machine.state("quire")
    until = Until(watchpoints=[Watchpoint(Watched.CHANGED, quire.ctypes.data, quire.nbytes)])
    stops = met(lab, until)
    assert len(stops) == 6
    assert len({lab.machine.pc for _ in stops}) == 1
    assert met_backwards(lab, until) == [count - 1 for count in stops[::-1]]


def test_a_change_by_a_system_call_is_met() -> None:
    lab = Lab(
        """
        .globl _start
_start: li   a0, 0
        la   a1, place
        li   a2, 4
        li   a7, 63
        ecall
        li   a7, 93
        ecall
        .bss
place:  .zero 8
        """,
        "rv64gc",
        settings=Settings(stdin=b"abcdefgh"),
    )
    until = Until(watchpoints=[lab.watch("place", 8)])
    stops = met(lab, until)
    assert len(stops) == 1
    assert lab.timeline.ended is not None
    assert lab.timeline.ended.exit_code == 4
    assert met_backwards(lab, until) == [stops[0] - 1]


def test_breakpoints_and_steps_within_repetitions() -> None:
    lab = repetition()
    symbol = lab.machine.symbol
    until = Until([symbol("second")])
    stops = met(lab, until)
    assert stops == list(range(stops[0], stops[0] + 16, 2))
    assert met_backwards(lab, until) == stops[::-1]
    lab.timeline.forward(Until([symbol("second")]))
    # What repeats is left as a whole where it is fetched, and item by item within.
    lab.timeline.back(instructions=2)
    frep = symbol("first") - 4
    assert lab.machine.pc == frep
    stop = lab.timeline.forward(Until(within=(frep, frep + 4)))
    assert stop.paused is not None
    assert stop.paused.hit == Hit.RANGE
    assert lab.machine.pc == symbol("second") + 4
    assert lab.timeline.count == stops[0] - 1 + 16


def test_a_watchpoint_within_a_repetition() -> None:
    lab = repetition()
    pointers = lab.machine.core.pointers
    assert pointers is not None
    fa1 = Watchpoint(Watched.CHANGED, pointers.f + 8 * 11, 8)
    stops = met(lab, Until(watchpoints=[fa1]))
    assert len(stops) == 8
    assert {b - a for a, b in pairwise(stops)} == {2}
    read = Until(watchpoints=[lab.watch("more", 64, Watched.READ)])
    lab.timeline.go_to(0)
    assert len(met(lab, read)) == 8
    assert len(met_backwards(lab, read)) == 8


def test_a_breakpoint_at_a_system_call_and_behind_it() -> None:
    lab = posits()
    calls = [at for at, word in code(lab) if word == 0x73]
    behind = [at + 4 for at in calls[:-1]]
    stops = met(lab, Until([*calls, *behind]))
    assert len(stops) == len(calls) + len(behind)
    assert met_backwards(lab, Until([*calls, *behind])) == stops[::-1]


def code(lab: Lab) -> list[tuple[int, int]]:
    (begin, end), *_ = lab.machine.executable.code
    found, at = [], begin
    while at < end:
        word = lab.machine.memory.word(at) or 0
        found.append((at, word))
        at += 4 if word & 3 == 3 else 2
    return found


def test_what_was_changed_by_hand_is_undone_in_front_of_it() -> None:
    lab = posits()
    timeline, machine = lab.timeline, lab.machine
    again = Until([machine.symbol("again")])
    timeline.forward(again)
    timeline.forward(again)
    machine.set_register("s1", 1)
    timeline.change()
    at = timeline.count
    timeline.forward(instructions=12)
    timeline.back(instructions=5)
    assert not timeline.is_lost
    timeline.go_to(at)
    assert machine.register("s1") == 1
    end = timeline.forward()
    assert end.exit_code == 3
    assert lab.output == b"done.\n"
    assert machine.register("s1") == 0
    timeline.go_to(at - 1)
    assert timeline.is_lost
    assert machine.register("s1") == 5
    assert len(met(lab, again)) == 5


def test_what_is_changed_at_the_beginning_stays() -> None:
    lab = Lab(".globl _start\n_start: mv a0, s1\nli a7, 93\necall\n", "rv64gc")
    lab.machine.set_register("s1", 5)
    lab.timeline.change()
    assert lab.timeline.forward().exit_code == 5
    lab.timeline.go_to(0)
    assert not lab.timeline.is_lost
    assert lab.timeline.forward().exit_code == 5


def test_input_is_read_once_and_output_shown_once() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"one")
    lab = Lab(
        """
        .globl _start
_start: li   s0, 2
again:  li   a0, 0
        addi sp, sp, -16
        mv   a1, sp
        li   a2, 8
        li   a7, 63
        ecall
        mv   a2, a0
        li   a0, 1
        li   a7, 64
        ecall
        addi s0, s0, -1
        bnez s0, again
        li   a7, 93
        ecall
        """,
        "rv64gc",
        settings=Settings(stdin=reading),
    )
    again = Until([lab.machine.symbol("again")])
    lab.timeline.forward(again)
    lab.timeline.forward(again)
    assert lab.output == b"one"
    lab.timeline.go_to(3)
    lab.timeline.forward(again)
    assert lab.output == b"one"
    os.write(writing, b"two")
    os.close(writing)
    assert lab.timeline.forward().exit_code == 3
    lab.timeline.go_to(0)
    assert lab.timeline.forward().exit_code == 3
    os.close(reading)
    assert lab.output == b"onetwo"


def test_files_of_the_host_are_where_they_were(tmp_path: Path) -> None:
    (tmp_path / "numbers").write_bytes(bytes(range(100)))
    lab = Lab(
        f"""
        .globl _start
_start: li   a0, -100
        la   a1, name
        li   a2, 0
        li   a7, 56
        ecall
        mv   s0, a0
        li   s1, 5
again:  mv   a0, s0
        la   a1, place
        li   a2, 3
        li   a7, 63
        ecall
        addi s1, s1, -1
        bnez s1, again
        mv   a0, s0
        li   a7, 57
        ecall
        mv   a0, s1
        li   a7, 93
        ecall
        .data
name:   .asciz "{tmp_path}/numbers"
place:  .zero 8
        """,
        "rv64gc",
        settings=Settings(readable=[str(tmp_path)]),
    )
    moments = lab.moments()
    for count in (30, 12, 50, 8, 40):
        lab.timeline.go_to(count)
        for moment in moments[count:]:
            assert lab.moment() == moment
            lab.timeline.forward(instructions=1)


def test_snapshots_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rvx.emulator.rewind.timeline.MOST_SNAPSHOTS", 6)
    lab = posits()
    moments = lab.moments()
    assert len(lab.timeline.snapshots) <= 6
    assert lab.timeline.snapshots[0] == 0
    for count in (100, 3, 55):
        lab.timeline.go_to(count)
        assert lab.moment() == moments[count]
    small = Lab(POSITS, "rv64gc_xposit", room=1 << 17).timeline
    while small.forward(instructions=10).reason == Reason.COUNT:
        pass
    assert len(small.snapshots) == 2


def test_a_trap_is_met_again() -> None:
    lab = Lab(".globl _start\n_start: li a0, 1\n.word 0\n", "rv64gc")
    stop = lab.timeline.forward()
    assert stop.reason == Reason.TRAP
    assert stop.trap is not None
    assert lab.timeline.count == 1
    assert lab.timeline.forward() == stop
    lab.timeline.back(instructions=1)
    assert lab.machine.register("a0") == 0
    assert lab.timeline.forward() == stop
