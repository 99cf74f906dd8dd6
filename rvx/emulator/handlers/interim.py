"""Which handler an instruction has at the moment: an interpreted one, or the compiled one.

numba takes its time for a body that it has never seen. A short program, such as the first
try of a new instruction, is done before that: so the generated source of a handler runs as plain
Python at first, called through the same row. When an instruction has been executed a thousand
times, its body is compiled beside the running program, and its rows get the compiled handler.
With the backend `python` that never happens.

The body of a vector instruction takes numba seconds, since it is a choice among several loops, and
compiled loops do without it: they are made of its element functions. So it is compiled once it has
been interpreted for as long as compiling takes. Who waits for neither would have waited for half of
it at least.
"""

from __future__ import annotations

import ctypes
import os
import threading
from time import thread_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rvx import notes
from rvx.bodies import form_of
from rvx.emulator.context import Context, Field
from rvx.emulator.handlers.compiled import CompileError, compile_handler, stored_handler
from rvx.emulator.handlers.interpreted import Interpreted, Left
from rvx.isa import Instruction, Isa
from rvx.isa.memory import FAULT_EXCEPTION
from rvx.records import dataclass, field

EXECUTIONS = 1000
"""How often an instruction is interpreted before its body is compiled."""
SECONDS = 1.0
"""For how long a vector instruction is interpreted before, in processor time."""
NEVER = 1 << 62
VARIABLE = "RVX_COMPILE_AFTER"
"""Another number instead: 0 compiles before the first execution, `never` interprets all of them."""

_Callback = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_int64)


def executions_before_compiling() -> int:
    """`EXECUTIONS`, or what the environment says instead."""
    given = os.environ.get(VARIABLE, "")
    if given == "never":
        return NEVER
    return int(given) if given.isdecimal() else EXECUTIONS


@dataclass
class _Interpreted:
    """The interpreted handler of an instruction.

    Attributes:
        callback: keeps the host function alive.
        executions: how often it was called.
        seconds: processor time of that, where it counts.
        is_scheduled: whether it is, or was, to be compiled.
        places: rows that call it, and where in them.
    """

    callback: Any = None
    executions: int = 0
    seconds: float = 0.0
    is_scheduled: bool = False
    places: list[tuple[NDArray[np.int64], int]] = field(default_factory=list)


class Interim:
    """The handlers of a machine, interpreted ones included.

    Args:
        isa: the instructions.
        context: the machine's.
        interpreted: makes interpreted handlers.
        is_forever: whether nothing is ever compiled, so that bodies may print and stop as well.

    Attributes:
        after: executions of an instruction before its body is compiled.
        refused: why bodies cannot be compiled, by mnemonic; they stay interpreted.
        error: an exception that no body should raise.
    """

    def __init__(
        self, isa: Isa, context: Context, interpreted: Interpreted, is_forever: bool
    ) -> None:
        self._isa = isa
        self._context = context
        self._makes = interpreted
        self._is_forever = is_forever
        self.after = NEVER if is_forever else executions_before_compiling()
        self._is_usual = VARIABLE not in os.environ
        self._interpreted: dict[Instruction, _Interpreted] = {}
        self._lock = threading.Lock()
        self._waiting: list[Instruction] = []
        self._worker: threading.Thread | None = None
        self.refused: dict[str, str] = {}
        self.error: BaseException | None = None

    def install(self, instruction: Instruction, row: NDArray[np.int64], place: int) -> None:
        """Writes the address of an instruction's handler to a row, now and when that changes.

        Raises:
            CompileError: its body is meant to be interpreted.
        """
        prints = form_of(instruction, self._isa).prints
        if prints and not self._is_forever:
            raise CompileError(f"its body has {prints}, which acts with --backend python only")
        known = self._interpreted.get(instruction)
        if known is None:
            compiled = None
            if self._is_forever:
                pass
            elif self.after == 0:
                compiled = self._compiled(instruction)
            elif self.after != NEVER:
                compiled = stored_handler(instruction, self._isa)
            if compiled is not None:
                row[place] = compiled
                return
            known = self._interpret(instruction)
        with self._lock:
            known.places.append((row, place))
            row[place] = ctypes.cast(known.callback, ctypes.c_void_p).value or 0
        if known.is_scheduled and instruction.mnemonic not in self.refused:
            self._replace(instruction, stored_handler(instruction, self._isa))

    def _compiled(self, instruction: Instruction) -> int | None:
        try:
            return compile_handler(instruction, self._isa).address
        except CompileError as error:
            self.refused[instruction.mnemonic] = str(error)
            notes.keep(f"{error}: it ran interpreted")
            return None

    def _interpret(self, instruction: Instruction) -> _Interpreted:
        handler = self._makes.handler(instruction)
        made = self._interpreted[instruction] = _Interpreted()
        words = self._context.words
        after = self.after
        is_timed = self._is_usual and "v" in instruction.requests

        def call(row: int, context: int) -> None:
            begin = thread_time() if is_timed else 0.0
            try:
                with np.errstate(over="ignore"):
                    handler(row, context)
                made.executions += 1
                if is_timed:
                    made.seconds += thread_time() - begin
                # A product of matrices may be as much work as thousands of other instructions.
                is_due = made.seconds >= SECONDS if is_timed else made.executions >= after
                if is_due and not made.is_scheduled:
                    made.is_scheduled = True
                    self._schedule(instruction)
            except BaseException as error:  # It must not cross the core.
                self.error = error.__cause__ if isinstance(error, Left) else error
                words[Field.FAULT] = FAULT_EXCEPTION

        made.callback = _Callback(call)
        return made

    def _schedule(self, instruction: Instruction) -> None:
        with self._lock:
            self._waiting.append(instruction)
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="rvx compiles")
                self._worker.start()

    def _work(self) -> None:
        """Compiles what waits, one after the other; nothing new once the program has ended."""
        while True:
            with self._lock:
                if not self._waiting or not threading.main_thread().is_alive():
                    self._worker = None
                    return
                instruction = self._waiting.pop(0)
            self._replace(instruction, self._compiled(instruction))

    def _replace(self, instruction: Instruction, compiled: int | None) -> None:
        if compiled is None:
            return
        with self._lock:
            for row, place in self._interpreted[instruction].places:
                row[place] = compiled

    def finish(self) -> None:
        """Waits until nothing is being compiled."""
        worker = self._worker
        if worker is not None:
            worker.join()
