"""`.loc` and numbered `.file`: which source lines code comes from."""

from __future__ import annotations

from rvx.assembler.assembly import Assembly


def number_file(assembly: Assembly, rest: str) -> None:
    """`.file number "name"`: a source for `.loc`."""
