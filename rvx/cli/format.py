"""`rvx format`: the bits of a number in a format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rvx.cli.options import Json
from rvx.cli.output import command, print_json

if TYPE_CHECKING:
    from rvx.analysis.anatomy import Anatomy


@command
def format(
    name: Annotated[
        str, typer.Argument(metavar="FORMAT", help="Such as posit16, fp8, e4m3fn, bfloat16, int4.")
    ],
    number: Annotated[
        str,
        typer.Argument(
            metavar="NUMBER", help="A pattern such as 0x5a31, or a number such as 3.14."
        ),
    ],
    as_json: Json = False,
) -> None:
    """Show what the bits of a number mean: fields, exact value, neighbours, rounding error.

    Put -- in front of a negative number: rvx format posit16 -- -3.14
    """
    from rvx.analysis.anatomy import dissect, parse_format

    anatomy = dissect(parse_format(name), number)
    if as_json:
        print_json(anatomy.to_json())
    else:
        print(picture(anatomy))


def picture(anatomy: Anatomy) -> str:
    """The number for a terminal: its bits with their names below, then one fact a line."""
    from rvx.analysis.anatomy import decimal

    widths = [max(len(part.bits), len(part.name)) for part in anatomy.parts]
    pairs = list(zip(anatomy.parts, widths, strict=True))
    lines = [
        "  ".join(part.bits.ljust(width) for part, width in pairs).rstrip(),
        "  ".join(part.name.ljust(width) for part, width in pairs).rstrip(),
        "",
        f"format    {anatomy.format}",
        f"pattern   {anatomy.hexadecimal}",
        f"value     {decimal(anatomy.value)}",
    ]
    if not isinstance(anatomy.value, str) and anatomy.value.denominator != 1:
        lines.append(f"          = {anatomy.value}")
    if anatomy.error is not None:
        lines.append(f"error     {decimal(anatomy.error)}")
    for label, neighbour in (("below", anatomy.below), ("above", anatomy.above)):
        if neighbour is not None:
            lines.append(f"{label:9} {decimal(neighbour)}")
    return "\n".join(lines)
