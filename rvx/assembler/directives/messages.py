"""Directives by which a source speaks to the person who assembles it."""

from __future__ import annotations

from rvx.assembler.diagnostics import SourceError
from rvx.assembler.directives.registry import directive, string
from rvx.assembler.fragments.assembly import Assembly

_LEAST_WARNING = 500


def _text(rest: str, otherwise: str) -> str:
    return string(rest).decode("utf-8", "replace") or otherwise if rest else otherwise


@directive(".error", ".err")
def error(assembly: Assembly, name: str, rest: str) -> None:
    """`.error "text"`, `.err`: the source says that it is wrong."""
    raise SourceError(_text(rest, f"{name} stands here"))


@directive(".warning")
def warning(assembly: Assembly, name: str, rest: str) -> None:
    """`.warning "text"`: the source warns."""
    assembly.warn(_text(rest, f"{name} stands here"))


@directive(".print")
def print_(assembly: Assembly, name: str, rest: str) -> None:
    """`.print "text"`: the source notes something."""
    text = string(rest).decode("utf-8", "replace")
    assembly.diagnostics.note(assembly.location, assembly.source, SourceError(text))


@directive(".fail")
def fail(assembly: Assembly, name: str, rest: str) -> None:
    """`.fail number`: a warning from 500 on, an error below."""
    number = assembly.constant(rest, "the number")
    if number < _LEAST_WARNING:
        raise SourceError(f".fail {number} stands here")
    assembly.warn(f".fail {number} stands here")


@directive(".abort")
def abort(assembly: Assembly, name: str, rest: str) -> None:
    """`.abort`: nothing behind it is assembled.

    Raises:
        AssemblyError: always.
    """
    problem = SourceError(".abort stands here, so the rest is not assembled")
    assembly.diagnostics.error(assembly.location, assembly.source, problem)
    assembly.diagnostics.check()
