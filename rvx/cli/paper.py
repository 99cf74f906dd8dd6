"""`rvx paper`: studies that reproduce what a paper claims."""

from __future__ import annotations

import typer

from rvx.cli.paper_exsdotp import exsdotp
from rvx.cli.paper_percival import percival
from rvx.cli.paper_vsq import vsq

app = typer.Typer(
    help="Studies of what papers claim, on the emulator.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command()(exsdotp)
app.command()(percival)
app.command()(vsq)
