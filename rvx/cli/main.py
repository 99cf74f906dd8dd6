"""The `rvx` program: its commands, and what all of them have in common."""

from __future__ import annotations

import gc
import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from click import Command

from rvx.cli.declare import End, Group, Option
from rvx.cli.ending import begin
from rvx.cli.output import UsageProblem
from rvx.cli.program import Program
from rvx.version import __version__

EPILOG = (
    "Exit codes: 0 ok, 1 the program under test failed or a check did not hold, 2 usage, "
    "3 source error, 4 guest trap, 5 limit reached, 70 a mistake in rvx, 130 interrupted, "
    "141 the output was closed."
)


def rvx(
    show_version: Annotated[
        bool,
        Option("--version", help="Print the version.", callback=_print_version, is_eager=True),
    ] = False,
    show_completion: Annotated[
        bool,
        Option(
            "--show-completion",
            help="Print what your shell needs to complete commands, for its startup file.",
            callback=_show_completion,
            is_eager=True,
        ),
    ] = False,
    no_color: Annotated[bool, Option("--no-color", help="Print without colours.")] = False,
    verbose: Annotated[
        int,
        Option(
            "--verbose",
            "-v",
            count=True,
            help="Say more; twice for everything.",
        ),
    ] = 0,
) -> None:
    """RISC-V instruction-set extensions: declare, assemble, run, count and compare."""
    if no_color:
        os.environ["NO_COLOR"] = "1"
    if verbose:
        _log(verbose)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"rvx {__version__}")
        raise End


def _show_completion(wanted: bool) -> None:
    if wanted:
        from click.shell_completion import get_completion_class

        shell = Path(os.environ.get("SHELL", "")).name
        known = get_completion_class(shell)
        if known is None:
            raise UsageProblem("$SHELL names no shell that completes commands: bash, zsh or fish")
        print(known(app, {}, "rvx", "_RVX_COMPLETE").source())
        raise End


def _log(verbose: int) -> None:
    import logging

    from rich.console import Console
    from rich.logging import RichHandler

    logging.basicConfig(
        level=logging.INFO if verbose == 1 else logging.DEBUG,
        format="%(message)s",
        handlers=[RichHandler(console=Console(stderr=True), show_path=False)],
    )


def _isa() -> Group:
    places: dict[str, str | Callable[[], Command]] = {
        "list": "rvx.cli.isa:list_",
        "show": "rvx.cli.isa:show",
        "check": "rvx.cli.check:check",
        "docs": "rvx.cli.docs:docs",
        "export": "rvx.cli.export:export",
        "import": "rvx.cli.import_:import_",
        "vectors": "rvx.cli.vectors:vectors",
    }
    return Group("isa", "Extensions and their instructions.", places)


def _new() -> Group:
    names = ("extension", "kernel")
    places: dict[str, str | Callable[[], Command]] = {name: f"rvx.cli.new:{name}" for name in names}
    return Group("new", "Folders to begin with.", places)


def _paper() -> Group:
    names = ("exsdotp", "percival", "vsq")
    places: dict[str, str | Callable[[], Command]] = {
        "ieee-spectrum": "rvx.cli.paper_spectrum:spectrum",
        "matrix-drafts": "rvx.cli.paper_drafts:drafts",
        **{name: f"rvx.cli.paper_{name}:{name}" for name in names},
    }
    return Group("paper", "Studies of what papers claim, on the emulator.", places)


def _cache() -> Group:
    names = ("path", "show", "clear")
    places: dict[str, str | Callable[[], Command]] = {
        name: f"rvx.cli.cache:{name}" for name in names
    }
    return Group("cache", "The folder of compiled code.", places)


app = Program(
    "rvx",
    inspect.getdoc(rvx) or "",
    {
        "asm": "rvx.cli.asm:asm",
        "as": "rvx.cli.gnu_as:gnu_as",
        "toolchain": "rvx.cli.toolchain:toolchain",
        "dis": "rvx.cli.dis:dis",
        "run": "rvx.cli.run:run",
        "debug": "rvx.cli.debug:debug",
        "diff-trace": "rvx.cli.diff_trace:diff_trace",
        "compare": "rvx.cli.compare:compare",
        "sweep": "rvx.cli.sweep:sweep",
        "search": "rvx.cli.search:search",
        "train": "rvx.cli.train:train",
        "lm": "rvx.cli.lm:lm",
        "report": "rvx.cli.report:report",
        "format": "rvx.cli.format:format",
        "dot": "rvx.cli.dot:dot",
        "version": "rvx.cli.version:version",
        "doctor": "rvx.cli.doctor:doctor",
        "isa": _isa,
        "new": _new,
        "paper": _paper,
        "cache": _cache,
    },
    function=rvx,
    epilog=EPILOG,
)


def main() -> None:
    """Entry point of the `rvx` script."""
    begin()
    try:
        app()
    finally:
        # Else the collector looks for garbage among all that numba has made, when Python ends.
        gc.freeze()
