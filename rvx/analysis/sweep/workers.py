"""Cells on the processors of this machine: a process each, which may die without taking others.

A pool of the standard library is broken as a whole when one of its processes is killed, and does
not say which task killed it. Here every worker has a pipe and one cell at a time.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from rvx.analysis.sweep.cell import RESULTS, Cell, Row, evaluate


@dataclass
class _Worker:
    """A process, the end of its pipe that is ours, and what it works on."""

    process: BaseProcess
    pipe: Connection
    cell: Cell


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def on_this_machine(cells: Sequence[Cell], count: int) -> Generator[tuple[Cell, Row], None, None]:
    """The cells with their rows, in the order in which they finish.

    Args:
        cells: what is to be done.
        count: of processes.
    """
    waiting = list(reversed(cells))
    working: dict[int, _Worker] = {}
    try:
        while waiting or working:
            while waiting and len(working) < count:
                started = _start(waiting.pop())
                working[started.pipe.fileno()] = started
            for pipe in wait([worker.pipe for worker in working.values()]):
                assert isinstance(pipe, Connection)
                worker = working[pipe.fileno()]
                done = worker.cell
                try:
                    row: Row = worker.pipe.recv()
                except (EOFError, OSError):
                    del working[pipe.fileno()]
                    row = _died(worker)
                else:
                    if waiting:
                        worker.cell = waiting.pop()
                        worker.pipe.send(worker.cell)
                    else:
                        del working[pipe.fileno()]
                        worker.pipe.close()
                        worker.process.join()
                yield done, row
    finally:
        for worker in working.values():
            worker.process.kill()
            worker.process.join()


def _start(cell: Cell) -> _Worker:
    # A fresh interpreter: numba, LLVM and Unicorn do not survive a fork.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    ours.send(cell)
    return _Worker(process, ours, cell)


def _died(worker: _Worker) -> Row:
    worker.pipe.close()
    worker.process.join()
    code = worker.process.exitcode or 0
    how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
    error = f"the process that computed it ended with {how}"
    return {
        **worker.cell.columns(),
        **dict.fromkeys(RESULTS),
        "seconds": None,
        "error": error,
    }


def _work(pipe: Connection) -> None:
    """Makes rows of the cells that come through the pipe, until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The parent ends its workers.
    with contextlib.suppress(EOFError, OSError):  # the parent has ended, or has no more
        while True:
            pipe.send(evaluate(pipe.recv()))
