"""`rvx cache`: the folder of compiled code."""

from __future__ import annotations

import typer

from rvx.cli.output import command

app = typer.Typer(help="The folder of compiled code.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
@command
def path() -> None:
    """Print where it is ($RVX_CACHE_DIR changes that)."""
    from rvx.jit import cache_directory

    print(cache_directory())


@app.command()
@command
def clear() -> None:
    """Delete it; what is needed is compiled again."""
    import shutil

    from rvx.cli.output import say
    from rvx.jit import cache_directory

    folder = cache_directory()
    if folder.exists():
        shutil.rmtree(folder)
    say(f"deleted {folder}")
