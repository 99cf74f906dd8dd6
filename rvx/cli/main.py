"""The `rvx` program: its commands, and what all of them have in common."""

from __future__ import annotations

import gc
import os
from typing import Annotated

import typer

from rvx.cli import (
    asm,
    cache,
    compare,
    dis,
    docs,
    dot,
    format,
    gnu_as,
    isa,
    paper,
    run,
    version,
)
from rvx.cli.program import Program, watch_everything

EPILOG = (
    "Exit codes: 0 ok, 1 the program under test failed or a check did not hold, 2 usage, "
    "3 source error, 4 guest trap, 5 limit reached, 70 a mistake in rvx, 130 interrupted, "
    "141 the output was closed."
)

app = typer.Typer(
    name="rvx",
    cls=Program,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(epilog=EPILOG)
def rvx(
    show_version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=version.print_version, is_eager=True
        ),
    ] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="Print without colours.")] = False,
    verbose: Annotated[
        int,
        typer.Option(
            "--verbose",
            "-v",
            count=True,
            show_default=False,
            help="Say more; twice for everything.",
        ),
    ] = 0,
) -> None:
    """RISC-V instruction-set extensions: declare, assemble, run, count and compare."""
    if no_color:
        os.environ["NO_COLOR"] = "1"
    if verbose:
        _log(verbose)


def _log(verbose: int) -> None:
    import logging

    from rich.console import Console
    from rich.logging import RichHandler

    logging.basicConfig(
        level=logging.INFO if verbose == 1 else logging.DEBUG,
        format="%(message)s",
        handlers=[RichHandler(console=Console(stderr=True), show_path=False)],
    )


app.command()(asm.asm)
app.command("as")(gnu_as.gnu_as)
app.command()(dis.dis)
app.command(cls=run.RunCommand)(run.run)
app.command()(compare.compare)
isa.app.command()(docs.docs)
app.add_typer(isa.app, name="isa")
app.command()(format.format)
app.command()(dot.dot)
app.add_typer(paper.app, name="paper")
app.add_typer(cache.app, name="cache")
app.command()(version.version)


def main() -> None:
    """Entry point of the `rvx` script."""
    watch_everything()
    try:
        app()
    finally:
        # Else the collector looks for garbage among all that numba has made, when Python ends.
        gc.freeze()
