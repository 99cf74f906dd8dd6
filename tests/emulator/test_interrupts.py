"""Ctrl-C while a machine steps in the thread that hears of it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine, Settings, Tracing, TrapKind
from rvx.emulator.interrupts import Interrupts
from rvx.extensions import isa_for

READS = """
_start: li a0, 0
        la a1, room
        li a2, 1
        li a7, 63
        ecall
        j _start
        .data
room:   .space 8
"""


@pytest.fixture(autouse=True)
def handler() -> Iterator[None]:
    """Python's own handler, also where the tests run in the background of a shell."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_step_that_waits_ends_and_goes_on_later() -> None:
    isa = isa_for("rv64gc")
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb"), os.fdopen(writing, "wb", 0) as pipe:
        settings = Settings(stdin=reading)
        machine = Machine(assemble(READS, isa), isa, settings=settings, tracing=Tracing())
        machine.step(4)
        timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        stopped = machine.step(5)
        timer.join()
        assert stopped.trap is not None
        assert stopped.trap.kind is TrapKind.INTERRUPTED
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        pipe.write(b"x")
        assert machine.step(2).retired is not None
        assert machine.array("room", "u1", 1)[0] == ord("x")


def test_what_comes_too_late_is_raised() -> None:
    asked = []
    with pytest.raises(KeyboardInterrupt), Interrupts(lambda: asked.append(1)):
        signal.raise_signal(signal.SIGINT)
    assert asked == [1]


def test_what_the_run_has_said_is_not_raised() -> None:
    with Interrupts(lambda: None) as interrupts:
        signal.raise_signal(signal.SIGINT)
        interrupts.dealt_with()


def test_other_threads_leave_the_handler_alone() -> None:
    seen = []

    def enter() -> None:
        with Interrupts(lambda: None):
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]
