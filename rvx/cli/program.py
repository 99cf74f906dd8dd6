"""The program as Click sees it: a group of commands that all end in one way."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from rvx.cli.declare import Group
from rvx.cli.ending import ended, translated
from rvx.cli.gnu_as import is_stand_in, stand_in
from rvx.cli.output import UsageProblem, say
from rvx.errors import Exit


class Program(Group):
    """The group of all commands, which ends them in one way."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        """Runs a command line; never returns.

        Raises:
            SystemExit: always, with the exit code.
        """
        words = sys.argv[1:] if args is None else [str(word) for word in args]
        extra["standalone_mode"] = False
        raise SystemExit(ended(words, lambda: self._run(words, *rest, **extra)))

    def _run(self, words: Sequence[str], *rest: Any, **extra: Any) -> int:
        if is_stand_in(words):
            # Flags of GNU as such as -march are not to be read as options of one letter each.
            return stand_in(words[1:])
        try:
            return super().main(words, *rest, **extra) or Exit.OK
        except click.exceptions.NoArgsIsHelpError as error:
            say(error.format_message())
            return Exit.USAGE
        except click.ClickException as error:
            said = str(error.format_message()).removesuffix(".")
            path = getattr(getattr(error, "ctx", None), "command_path", "rvx")
            raise UsageProblem(f"{said[:1].lower()}{said[1:]} (see {path} --help)") from None

    def invoke(self, ctx: Any) -> Any:
        """Runs a command; what Click would end in a way of its own becomes an error of rvx."""
        with translated():
            return super().invoke(ctx)
