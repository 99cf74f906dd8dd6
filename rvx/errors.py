"""What all errors of rvx have in common: a sentence for the user, and the exit code it ends with.

A function that meets input it cannot work with raises a subclass of `RvxError`. Its message is a
full sentence: what is wrong, where, and what would be valid. The command line prints that sentence
and ends with `exit_code`; every other exception is a mistake in rvx, and is reported as one.
"""

from __future__ import annotations

import sys
from enum import IntEnum
from typing import Any


class Exit(IntEnum):
    """The exit codes of every command."""

    OK = 0
    FAILED = 1
    USAGE = 2
    SOURCE = 3
    TRAP = 4
    LIMIT = 5
    INTERNAL = 70
    INTERRUPTED = 130
    CLOSED = 141


class RvxError(Exception):
    """Something that the user can put right; the message is a sentence that says what.

    Subclasses are ValueErrors too where a function refuses its arguments, so that who uses rvx
    as a library can catch what Python's own functions would raise.

    Attributes:
        exit_code: what a command ends with that meets it.
    """

    exit_code: Exit = Exit.USAGE

    def show(self) -> None:
        """Says it on stderr."""
        print(f"error: {self}", file=sys.stderr)

    def to_json(self) -> dict[str, Any]:
        """What a command with --json prints in place of its result: schema rvx.error/1."""
        return {
            "schema": "rvx.error/1",
            "kind": self.exit_code.name.lower(),
            "exit_code": int(self.exit_code),
            "message": str(self),
        }
