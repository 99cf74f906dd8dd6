"""Directives: a table from their names to functions, filled by the modules of this package."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from rvx.assembler.diagnostics import SourceError, did_you_mean
from rvx.assembler.directives import formats
from rvx.assembler.directives.registry import DIRECTIVES, Handler
from rvx.assembler.source.linewords import HANDLED
from rvx.isa import Isa

_MODULES = (
    "data room layout symbols options insn formats cfi lines messages remarks structs special"
)
"""Imported when the first directive is looked for: many programs that are run have none."""


def find(name: str, isa: Isa) -> Handler | None:
    """The function for a directive, or None.

    Args:
        name: with the dot.
        isa: whose extensions may have formats, which are directives, too.
    """
    _load()
    known = DIRECTIVES.get(name) or DIRECTIVES.get(name.lower())
    if known is None and formats.format_of(name, isa) is not None:
        return formats.emit_numbers
    return known


@cache
def _load() -> None:
    for module in _MODULES.split():
        import_module(f"rvx.assembler.directives.{module}")


def unknown(name: str) -> SourceError:
    """The error for a word that is no directive, with what may have been meant."""
    hint = did_you_mean(name, [*DIRECTIVES, *HANDLED])
    return SourceError(f"there is no directive '{name}'", hint=hint, text=name)
