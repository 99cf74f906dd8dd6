"""`rvx format`: the bits of a number in a format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rvx.cli import complete
from rvx.cli.declare import Argument, Option
from rvx.cli.options import Ext, Json, own_formats
from rvx.cli.output import UsageProblem, print_json, say

if TYPE_CHECKING:
    from rvx.analysis.anatomy import Anatomy
    from rvx.analysis.blocks import BlockAnatomy
    from rvx.formats.number.own import Codec


def format(
    name: Annotated[
        str,
        Argument(
            metavar="FORMAT|plot",
            help="Such as posit16, fp8, e4m3fn, bfloat16, int4, binary8p3se, ue4m3, takum16, "
            "lns16f8, nvfp4, mxfp8_e4m3; one that an extension declares; or plot.",
            complete=complete.formats_or_plot,
        ),
    ],
    rest: Annotated[
        list[str],
        Argument(
            metavar="NUMBER|FORMAT...",
            help="A pattern such as 0x5a31, or a number such as 3.14; several numbers of a "
            "block-scaled format; after plot, formats.",
            complete=complete.plotted,
        ),
    ],
    output: Annotated[
        Path,
        Option("--output", "-o", metavar="FILE", help="The picture of plot (.svg, .png)."),
    ] = Path("accuracy.svg"),
    rule: Annotated[
        str | None,
        Option(
            metavar="RULE",
            help="Of nvfp4: torchao-0.17, torchao-0.15, modelopt-0.47; of mx formats: floor, ceil, "
            "even, rceil, rne.",
        ),
    ] = None,
    ext: Ext = None,
    as_json: Json = False,
) -> None:
    """Show what the bits of a number mean: fields, exact value, neighbours, rounding error.

    Of a block-scaled format, show the scales and the codes that numbers get which are quantised
    together: rvx format nvfp4 3.14 0.5 1

    Put -- in front of a negative number: rvx format posit16 -- -3.14

    With plot, draw how many decimal digits formats have over the magnitude of what they represent:
    rvx format plot posit16 fp16 bf16
    """
    from rvx.analysis.anatomy import dissect
    from rvx.analysis.blocks import dissect_block, parse_block_format
    from rvx.formats.block.mx.format import Mx
    from rvx.formats.block.nvfp4.format import Nvfp4
    from rvx.formats.number.catalogue import parse

    if name == "plot":
        if as_json:
            raise UsageProblem("rvx format plot has no --json; it draws a picture")
        _plot(rest, output, own_formats(ext))
        return
    block = parse_block_format(name)
    if rule is not None and not isinstance(block, Nvfp4 | Mx):
        raise UsageProblem(f"--rule is for nvfp4 and mx; {name} is quantised by one rule only")
    if block is not None:
        try:
            blocks = dissect_block(block, rest, rule)
        except ValueError as error:
            raise UsageProblem(str(error)) from None
        if as_json:
            print_json(blocks.to_json())
        else:
            print(picture_of_blocks(blocks))
        return
    if len(rest) > 1:
        raise UsageProblem(f"rvx format takes one number, not {len(rest)}: {' '.join(rest)}")
    anatomy = dissect(parse(name, own_formats(ext)), rest[0])
    if as_json:
        print_json(anatomy.to_json())
    else:
        print(picture(anatomy))


def _plot(names: list[str], path: Path, own: dict[str, Codec]) -> None:
    from rvx.analysis import accuracy, plots
    from rvx.analysis.blocks import parse_block_format

    plots.check(path)
    for name in names:
        if parse_block_format(name) is not None:
            raise UsageProblem(
                f"{name} has no accuracy of its own to draw: its numbers share scales; "
                f"draw the format of its elements"
            )
    try:
        found = accuracy.curves(names, own)
    except ValueError as error:
        raise UsageProblem(str(error)) from None
    accuracy.draw(found, path)
    print(accuracy.to_text(found))
    say(f"wrote {path}")


def picture(anatomy: Anatomy) -> str:
    """The number for a terminal: its bits with their names below, then one fact a line."""
    widths = [max(len(part.bits), len(part.name)) for part in anatomy.parts]
    pairs = list(zip(anatomy.parts, widths, strict=True))
    lines = [
        "  ".join(part.bits.ljust(width) for part, width in pairs).rstrip(),
        "  ".join(part.name.ljust(width) for part, width in pairs).rstrip(),
        "",
        f"format    {anatomy.format}",
        f"pattern   {anatomy.hexadecimal}",
        f"value     {anatomy.decimal(anatomy.value)}",
    ]
    if anatomy.written is not None:
        lines.append(f"          = {anatomy.written}")
    elif not isinstance(anatomy.value, str) and anatomy.value.denominator != 1:
        lines.append(f"          = {anatomy.value}")
    if anatomy.error is not None:
        lines.append(f"error     {anatomy.decimal(anatomy.error)}")
    for label, neighbour in (("below", anatomy.below), ("above", anatomy.above)):
        if neighbour is not None:
            lines.append(f"{label:9} {anatomy.decimal(neighbour)}")
    return "\n".join(lines)


def picture_of_blocks(found: BlockAnatomy) -> str:
    """Numbers in a block-scaled format for a terminal: the scales, then a number a line."""
    from rvx.analysis.anatomy import decimal

    by = "" if found.rule is None else f", quantised as {found.rule} does"
    rows = [("", "code", "value", "error")]
    rows += [(f"{s.name} scale", s.code or "", decimal(s.value), "") for s in found.scales]
    rows += [
        (
            decimal(element.wanted),
            element.code,
            decimal(element.value),
            "" if element.error is None else decimal(element.error),
        )
        for element in found.elements
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return f"{found.format}, {found.bits_per_element:g} bits per element{by}\n\n" + "\n".join(lines)
