"""`rvx format`: the bits of a number in a format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rvx.cli.options import Json
from rvx.cli.output import UsageProblem, print_json, say

if TYPE_CHECKING:
    from rvx.analysis.anatomy import Anatomy


def format(
    name: Annotated[
        str,
        typer.Argument(
            metavar="FORMAT|plot", help="Such as posit16, fp8, e4m3fn, bfloat16, int4; or plot."
        ),
    ],
    rest: Annotated[
        list[str],
        typer.Argument(
            metavar="NUMBER|FORMAT...",
            help="A pattern such as 0x5a31, or a number such as 3.14; after plot, formats.",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="The picture of plot (.svg, .png)."),
    ] = Path("accuracy.svg"),
    as_json: Json = False,
) -> None:
    """Show what the bits of a number mean: fields, exact value, neighbours, rounding error.

    Put -- in front of a negative number: rvx format posit16 -- -3.14

    With plot, draw how many decimal digits formats have over the magnitude of what they represent:
    rvx format plot posit16 fp16 bf16
    """
    from rvx.analysis.anatomy import dissect, parse_format

    if name == "plot":
        if as_json:
            raise UsageProblem("rvx format plot has no --json; it draws a picture")
        _plot(rest, output)
        return
    if len(rest) > 1:
        raise UsageProblem(f"rvx format takes one number, not {len(rest)}: {' '.join(rest)}")
    anatomy = dissect(parse_format(name), rest[0])
    if as_json:
        print_json(anatomy.to_json())
    else:
        print(picture(anatomy))


def _plot(names: list[str], path: Path) -> None:
    from rvx.analysis import accuracy, plots

    plots.check(path)
    try:
        found = accuracy.curves(names)
    except ValueError as error:
        raise UsageProblem(str(error)) from None
    accuracy.draw(found, path)
    print(accuracy.to_text(found))
    say(f"wrote {path}")


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
