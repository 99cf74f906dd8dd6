"""What the commands print: stdout is the result, stderr is talk."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from rvx.errors import RvxError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

WIDE = 200


class UsageProblem(RvxError, ValueError):
    """An argument that means nothing; the message says what would."""


def say(text: str) -> None:
    """Prints to stderr."""
    print(text, file=sys.stderr)


def print_json(document: dict[str, Any]) -> None:
    """Prints one JSON document to stdout."""
    import json

    print(json.dumps(document, indent=2, allow_nan=False))


def print_table(table: RenderableType) -> None:
    """Prints a rich table to stdout; where it is wider than the terminal, lines run on."""
    from rich.console import Console
    from rich.measure import Measurement

    # Descriptions come from users: their brackets are text. Nothing else decides about that.
    plain = partial(Console, markup=False, emoji=False, highlight=False)
    console = plain()
    if not console.is_terminal:
        console = plain(width=WIDE)
    roomy = console.options.update(max_width=WIDE)
    for column in getattr(table, "columns", ()):
        if column.no_wrap:  # rich would cut cells off, at their spaces
            parts = [column.header, *column.cells]
            sizes = (Measurement.get(console, roomy, part).maximum for part in parts)
            column.min_width = max(sizes)
    needed = Measurement.get(console, roomy, table).minimum
    if needed > console.width:
        console = plain(width=needed)
    with console.capture() as text:  # rich would end the process where nobody reads on
        console.print(table)
    print(text.get(), end="")


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
        rich.TimeRemainingColumn(),
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
