"""The one place where commands end: with a result, with a sentence, or with a report.

Whatever a command raises arrives here. A `RvxError` is a sentence for the user and carries its exit
code, mistakes in the command line and of the system become one, and everything else is a mistake in
rvx: one sentence that names the file with the traceback. With --json the sentence is a document.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rvx import disk, notes
from rvx.cli.output import UsageProblem, print_json, say
from rvx.errors import Exit, ExtensionNote, RvxError
from rvx.userfiles import users_mistake


class Interrupted(RvxError):
    """Somebody pressed Ctrl-C, or left the debugger."""

    exit_code = Exit.INTERRUPTED


class OutputClosed(RvxError):
    """Who read the output has gone, as `head` does; there is nobody to tell."""

    exit_code = Exit.CLOSED

    def show(self) -> None:
        """Says nothing."""


class Unforeseen(RvxError):
    """A mistake in rvx; the sentence names the file with the traceback, if one could be written."""

    exit_code = Exit.INTERNAL

    def __init__(self, error: BaseException, report: str) -> None:
        said = f"{type(error).__name__}: {error}".strip().removesuffix(":").splitlines()[0]
        where = f"the report is in {report}" if report else "rvx -v ... prints where"
        super().__init__(f"this is a mistake in rvx ({said}); {where}")


_ALLOCATIONS = 50_000
"""New objects after which Python looks for garbage, instead of 700."""


def begin() -> None:
    """What all commands have in common before they know what to do."""
    # What is imported stays: looking for garbage among it again and again finds none.
    gc.set_threshold(_ALLOCATIONS)
    watch_everything()
    disk.keep_declarations()


def ended(words: Sequence[str], run: Callable[[], int]) -> int:
    """Runs a command to its end, whatever that is; gives the exit code.

    Args:
        words: the command line, for reports, and since it may ask for documents.
        run: does what it says, and gives an exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        # File names that are not UTF-8, and terminals that are not, must not end a command.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _say_warning
            warnings.filterwarnings("always", category=ExtensionNote)
            code = run()
        sys.stdout.flush()
        for sentence in notes.take():
            say(f"note: {sentence}")
    except Exception as error:
        code = _end(error, words)
    except KeyboardInterrupt:
        code = _end(Interrupted("interrupted"), words)
    if code == Exit.OK and _beside:
        code = Exit.INTERNAL
    return int(code)


def _say_warning(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
    kind = "note" if issubclass(category, ExtensionNote) else "warning"
    say(f"{kind}: {message}")


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Makes errors of rvx of what Click would end in a way of its own."""
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted("interrupted") from None
    except EOFError as error:
        raise RuntimeError(f"EOFError: {error}") from error
    except OSError as error:
        raise _of_system(error) from None


def _of_system(error: OSError) -> RvxError:
    if error.errno == errno.EPIPE:
        return OutputClosed("the output is closed")
    said = error.strerror or str(error)
    return UsageProblem(said if error.filename is None else f"'{error.filename}': {said}")


def _as_rvx_error(error: BaseException) -> RvxError | None:
    """The error as the user is to see it; None for a mistake in rvx."""
    if isinstance(error, RvxError):
        return error
    if _was_interrupted(error):
        return Interrupted("interrupted")
    if told := users_mistake(error):
        return told
    if isinstance(error, OSError):
        return _of_system(error)
    if isinstance(error, MemoryError):
        return UsageProblem("there is not enough memory for this")
    if type(error).__name__ == "BdbQuit":
        return Interrupted("interrupted")
    return None


def _was_interrupted(error: BaseException) -> bool:
    """Whether it is what became of a Ctrl-C: Python wraps what comes while a class is made."""
    before: BaseException | None = error
    while before is not None and not isinstance(before, KeyboardInterrupt):
        before = before.__cause__ or before.__context__
    return before is not None


def _end(error: Exception, words: Sequence[str]) -> int:
    """Says why a command could not do its work; gives the exit code."""
    told = _as_rvx_error(error) or report(error, words)
    try:
        if _wants_json(words) and not isinstance(told, OutputClosed):
            print_json(told.to_json())
        told.show()
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        # Neither stream can be written. What is left in them must not fail when Python ends.
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return told.exit_code


def _wants_json(words: Sequence[str]) -> bool:
    """Whether --json is among the options; also of a command line that cannot be read."""
    options = words[: words.index("--")] if "--" in words else words
    return "--json" in options


def report(error: BaseException, words: Sequence[str]) -> Unforeseen:
    """Writes what is needed to find a mistake in rvx to a file; with -v also to stderr."""
    import logging
    import shlex
    import tempfile
    import traceback

    from rvx.analysis.versions import versions

    trace = "".join(traceback.format_exception(error))
    if logging.getLogger().isEnabledFor(logging.INFO):
        say(trace)
    known = "".join(f"{name} {number}\n" for name, number in versions().items())
    try:
        with tempfile.NamedTemporaryFile(
            "w",
            prefix="rvx-report-",
            suffix=".txt",
            delete=False,
            encoding="utf-8",
            errors="backslashreplace",
        ) as file:
            file.write(f"$ rvx {shlex.join(words)}\n\n{trace}\n{known}")
    except OSError:
        return Unforeseen(error, "")
    return Unforeseen(error, file.name)


_beside: list[Unforeseen] = []
"""Mistakes that came up where nobody could catch them: in threads, in callbacks of C."""


def watch_everything() -> None:
    """Gives what Python prints by itself the form that everything else has."""

    def notice(error: BaseException | None) -> None:
        if error is not None and not isinstance(error, SystemExit | KeyboardInterrupt):
            told = report(error, sys.argv[1:])
            if not _beside:
                told.show()
            _beside.append(told)

    threading.excepthook = lambda found: notice(found.exc_value)
    sys.unraisablehook = lambda found: notice(found.exc_value)
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # the caller has closed it
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))  # noqa: SIM115
