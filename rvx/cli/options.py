"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

March = Annotated[
    str | None,
    typer.Option(
        "--march",
        metavar="ISA",
        help="The ISA, such as rv64gc_xposit. Default: RV64GC and every shipped extension "
        "that goes with the others.",
    ),
]
Ext = Annotated[
    list[str] | None,
    typer.Option(
        "--ext",
        metavar="FILE|NAME",
        help="A Python file that declares an extension, or the name of one. Repeatable.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Source = Annotated[
    Path, typer.Argument(metavar="FILE", help="An assembly source or an ELF file; - is stdin.")
]
BackendName = Annotated[
    str,
    typer.Option(
        "--backend", metavar="native|python", help="Run instruction bodies compiled or interpreted."
    ),
]
