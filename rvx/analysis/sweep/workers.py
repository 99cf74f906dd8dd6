"""Work on the processors of this machine: a process each, which may die without taking others.

A pool of the standard library is broken as a whole when one of its processes is killed, and does
not say which task killed it. Here every worker has a pipe and one task at a time.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Callable, Generator, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

from rvx import notes
from rvx.records import dataclass

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass
class _Worker(Generic[Task]):
    """A process, the end of its pipe that is ours, and what it works on."""

    process: BaseProcess
    pipe: Connection
    task: Task

    def end(self) -> str:
        """How the process has ended."""
        self.pipe.close()
        self.process.join()
        code = self.process.exitcode or 0
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        return f"the process that computed it ended with {how}"


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Workers(Generic[Task, Result]):
    """Processes that do one kind of work; as a context, they are gone at its end.

    Args:
        work: what is done, a function that other processes can import.
        died: the result of a task whose process has ended, by the sentence that says how.
        count: of processes, which begin when there is something for them to do.
    """

    def __init__(
        self, work: Callable[[Task], Result], died: Callable[[Task, str], Result], count: int
    ) -> None:
        self._work, self._died, self._count = work, died, count
        self._working: dict[int, _Worker[Task]] = {}
        self._idle: list[_Worker[Task]] = []

    def __enter__(self) -> Workers[Task, Result]:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._working.values():
            worker.process.kill()
        for worker in self._idle:
            worker.pipe.close()
        for worker in (*self._working.values(), *self._idle):
            worker.process.join()

    def done(self, tasks: Iterable[Task]) -> Generator[tuple[Task, Result], None, None]:
        """The tasks with their results, in the order in which they finish.

        Args:
            tasks: what is to be done; the next one is asked for when somebody has time for it.
        """
        waiting = iter(tasks)
        self._fill(waiting)
        while self._working:
            for pipe in wait([worker.pipe for worker in self._working.values()]):
                assert isinstance(pipe, Connection)
                worker = self._working.pop(pipe.fileno())
                done = worker.task
                try:
                    result: Result
                    result, said = worker.pipe.recv()
                except (EOFError, OSError):
                    result = self._died(done, worker.end())
                else:
                    self._idle.append(worker)
                    for sentence in said:
                        notes.keep(sentence)
                self._fill(waiting)
                yield done, result

    def _fill(self, waiting: Iterator[Task]) -> None:
        """Gives tasks to those that have none."""
        while len(self._working) < self._count:
            try:
                task = next(waiting)
            except StopIteration:
                return
            worker = self._idle.pop() if self._idle else self._start(task)
            worker.task = task
            self._working[worker.pipe.fileno()] = worker
            worker.pipe.send(task)

    def _start(self, task: Task) -> _Worker[Task]:
        # A fresh interpreter: numba, LLVM and Unicorn do not survive a fork.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self._work), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours, task)


def _serve(pipe: Connection, work: Callable[[Any], Any]) -> None:
    """Does the tasks that come through the pipe, until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The parent ends its workers.
    with contextlib.suppress(EOFError, OSError):  # the parent has ended, or has no more
        while True:
            result = work(pipe.recv())
            pipe.send((result, notes.take()))
