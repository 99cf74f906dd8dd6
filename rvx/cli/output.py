"""What the commands print, and how they end: stdout is the result, stderr is talk."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from functools import wraps
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec

import typer

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

P = ParamSpec("P")
WIDE = 200


class Exit(IntEnum):
    """The exit codes of every command."""

    OK = 0
    FAILED = 1
    USAGE = 2
    SOURCE = 3
    TRAP = 4
    LIMIT = 5
    INTERRUPTED = 130


# By name, so that the packages that raise them need not be imported to say so.
_EXPECTED = {
    "AssemblyError": Exit.SOURCE,
    "BodyError": Exit.TRAP,
    "GuestError": Exit.TRAP,
    "IsaError": Exit.USAGE,
    "CodecError": Exit.USAGE,
    "DeclarationError": Exit.USAGE,
    "ExtensionError": Exit.USAGE,
    "LoadError": Exit.USAGE,
    "MemoryLayoutError": Exit.USAGE,
    "KernelError": Exit.USAGE,
    "PaperError": Exit.USAGE,
    "PlotError": Exit.USAGE,
    "FormatError": Exit.USAGE,
    "UsageProblem": Exit.USAGE,
    "OSError": Exit.USAGE,
}


class UsageProblem(ValueError):
    """An argument that means nothing; the message says what would."""


def command(function: Callable[P, None]) -> Callable[P, None]:
    """Makes a command end with a sentence and an exit code where it cannot do its work."""

    @wraps(function)
    def run(*arguments: P.args, **options: P.kwargs) -> None:
        try:
            function(*arguments, **options)
        except KeyboardInterrupt:
            fail("interrupted", Exit.INTERRUPTED)
        except Exception as error:
            code = _code(error)
            if code is None:
                raise
            if code is Exit.SOURCE and options.get("as_json"):
                print_json(_findings(error))
                raise typer.Exit(code) from None
            if code is Exit.SOURCE:
                show(error)
                raise typer.Exit(code) from None
            fail(_sentence(error), code)

    return run


def _code(error: Exception) -> Exit | None:
    """The exit code of an error that a command may meet; None for a mistake in rvx."""
    if getattr(getattr(error, "trap", None), "kind", "") == "interrupted":
        return Exit.INTERRUPTED
    for kind in type(error).__mro__:
        if kind.__name__ in _EXPECTED and (kind is OSError or kind.__module__.startswith("rvx.")):
            return _EXPECTED[kind.__name__]
    return None


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        return f"'{error.filename}': {error.strerror}"
    return str(error)


def fail(sentence: str, code: Exit) -> NoReturn:
    """Says why on stderr and ends the command."""
    say(f"error: {sentence}")
    raise typer.Exit(code)


def show(error: Any) -> None:
    """Prints the diagnostics of an assembly to stderr, in colour on a terminal."""
    from rvx.assembler.diagnostics import show

    show(error.diagnostics, sys.stderr)


def _findings(error: Any) -> dict[str, Any]:
    """The document of the schema rvx.diagnostics/1."""
    found = [diagnostic.as_dict() for diagnostic in error.diagnostics]
    return {"schema": "rvx.diagnostics/1", "diagnostics": found}


def say(text: str) -> None:
    """Prints to stderr."""
    print(text, file=sys.stderr)


def print_json(document: dict[str, Any]) -> None:
    """Prints one JSON document to stdout."""
    print(json.dumps(document, indent=2, allow_nan=False))


def print_table(table: RenderableType) -> None:
    """Prints a rich table to stdout; where it is wider than the terminal, lines run on."""
    from rich.console import Console
    from rich.measure import Measurement

    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDE)
    roomy = console.options.update(max_width=WIDE)
    for column in getattr(table, "columns", ()):
        if column.no_wrap:  # rich would cut cells off, at their spaces
            parts = [column.header, *column.cells]
            sizes = (Measurement.get(console, roomy, part).maximum for part in parts)
            column.min_width = max(sizes)
    needed = Measurement.get(console, roomy, table).minimum
    if needed > console.width:
        console = Console(width=needed)
    console.print(table)


def talk() -> Console:
    """A console on stderr."""
    from rich.console import Console

    return Console(stderr=True)


Progress = Callable[[str, float], None]
"""progress(name, done): what is being done now, and how many steps lie behind."""


@contextmanager
def progress_bar(steps: int) -> Iterator[Progress]:
    """A bar on stderr while somebody watches."""
    from rich import progress as rich

    console = talk()
    columns = (
        rich.TextColumn("{task.description:40}", markup=False),
        rich.BarColumn(),
        rich.TimeElapsedColumn(),
    )
    with rich.Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=steps)

        def show(name: str, done: float) -> None:
            bar.update(task, description=name, completed=done)

        yield show


@contextmanager
def step_bar(steps: int) -> Iterator[Callable[[str], None]]:
    """The same for work that names each step when it begins."""
    with progress_bar(steps) as show:
        begun = 0

        def begin(name: str) -> None:
            nonlocal begun
            show(name, begun)
            begun += 1

        yield begin
