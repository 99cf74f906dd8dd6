"""The table of directives, and what they share in reading their arguments."""

from __future__ import annotations

from collections.abc import Callable

from rvx.assembler.diagnostics import SourceError
from rvx.assembler.fragments.assembly import Assembly
from rvx.assembler.source.grammar import parse_operand, split_operands
from rvx.assembler.source.syntax import Text

Handler = Callable[[Assembly, str, str], None]
"""Gets the assembly, the directive's name and the text after it."""

DIRECTIVES: dict[str, Handler] = {}
REPEATABLE: set[Handler] = set()
"""Those whose effect depends on nothing but their text; see
`rvx.assembler.fragments.repetition`."""


def directive(*names: str, is_repeatable: bool = False) -> Callable[[Handler], Handler]:
    """Registers a function for directives of these names.

    Args:
        names: as they are written.
        is_repeatable: whether what it does depends on nothing but its text.
    """

    def declare(handler: Handler) -> Handler:
        for name in names:
            DIRECTIVES[name] = handler
        if is_repeatable:
            REPEATABLE.add(handler)
        return handler

    return declare


def arguments(name: str, rest: str, least: int, most: int, syntax: str) -> list[str]:
    """The comma-separated arguments.

    Raises:
        SourceError: there are too few or too many.
    """
    parts = split_operands(rest)
    if not least <= len(parts) <= most:
        count = "1 argument" if len(parts) == 1 else f"{len(parts)} arguments"
        raise SourceError(f"{name} does not take {count}", hint=f"the syntax is: {name} {syntax}")
    return parts


def no_arguments(name: str, rest: str) -> None:
    """Refuses what stands behind a directive that takes nothing.

    Raises:
        SourceError: something does.
    """
    if rest:
        raise SourceError(f"{name} takes nothing, and not '{rest}'", text=rest)


def string(text: str) -> bytes:
    """The bytes of a quoted string.

    Raises:
        SourceError: it is none.
    """
    operand = parse_operand(text)
    if not isinstance(operand, Text):
        raise SourceError(f"'{text}' is not a string", hint='write it in quotes: "text"', text=text)
    return operand.value
