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
        print(f"error: {shortened(str(self))}", file=sys.stderr)

    def to_json(self) -> dict[str, Any]:
        """What a command with --json prints in place of its result: schema rvx.error/1."""
        return {
            "schema": "rvx.error/1",
            "kind": self.exit_code.name.lower(),
            "status": int(self.exit_code),
            "message": str(self),
        }


_DAMAGE = (
    (UnicodeDecodeError, "a name in it is no text"),
    (IndexError, "an index in it leads to nothing"),
    (KeyError, "a value in it has no meaning"),
    (AttributeError | TypeError, "a part of it is of another kind than expected"),
    (OverflowError | MemoryError, "a size in it is too large"),
    (AssertionError | RecursionError, "its parts contradict each other"),
)


def damage_of(error: BaseException) -> str:
    """What a reader's exception says about the file; Python's own words are about the reader."""
    for kinds, said in _DAMAGE:
        if isinstance(error, kinds):
            return said
    said = str(error) or type(error).__name__
    if said.startswith("expected ") and ", found " in said:  # pyelftools: bytes are missing
        return "it ends in the middle of a table"
    return said


class ExtensionNote(UserWarning):
    """An extension that nobody asked for is left out, since it does not go with the others."""


def shortened(text: str, longest: int = 2000) -> str:
    """A text without its middle, if it is longer than anybody reads: it quotes what it is about."""
    if len(text) <= longest:
        return text
    part = longest // 2
    return f"{text[:part]} [... {len(text) - 2 * part:,} characters ...] {text[-part:]}"
