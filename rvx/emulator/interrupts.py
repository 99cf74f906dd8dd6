"""Ctrl-C for a hart that runs in the thread that hears of it."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any


class Interrupts:
    """While it is entered, Ctrl-C asks a hart to stop instead of raising wherever Python is.

    An exception in the middle of the run loop, or of what compiled code calls, would leave the
    machine between two instructions. In other threads than the main one, to which Python delivers
    signals, nothing needs to be done; nor where the signal is ignored.

    `signal` itself takes longer than a step: it looks for an enumeration's name of every handler.

    Args:
        stop: asks the hart to stop soon.
    """

    def __init__(self, stop: Callable[[], None]) -> None:
        self._stop = stop
        self._before: Any = None
        self._frame: FrameType | None = None
        self._came = False

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            before = _signal.getsignal(_signal.SIGINT)
            if callable(before):
                _signal.signal(_signal.SIGINT, self._note)
                self._before = before
        return self

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._came, self._frame = True, frame
        self._stop()

    def dealt_with(self) -> None:
        """The run has ended for that reason, and says so."""
        self._came = False

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            _signal.signal(_signal.SIGINT, self._before)
            if self._came:
                self._before(_signal.SIGINT, self._frame)
