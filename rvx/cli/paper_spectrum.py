"""`rvx paper ieee-spectrum`: three claims about number formats, measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from rvx.cli.declare import End, Option
from rvx.cli.options import Json
from rvx.cli.output import print_json, print_table, say, step_bar
from rvx.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from rvx.paper.spectrum.study import Figure


def spectrum(
    size: Annotated[
        int, Option("--size", min=4, help="Rows of the matrices of posits; 256 is published.")
    ] = 256,
    images: Annotated[
        int, Option("--images", min=1, help="Handwritten digits that the network reads.")
    ] = 200,
    as_json: Json = False,
) -> None:
    """Measure three claims about number formats on RISC-V, beside what is published.

    Posits in matrix products (PERCIVAL), ExSdotp (MiniFloat-NN) and four bits with scales for
    vectors (VSQ): the figures that the claims rest on, and the command of the whole study.
    """
    from rvx.analysis.versions import versions
    from rvx.paper.spectrum import study

    with step_bar(study.STEPS) as begin:
        found = study.run(begin, size, images)
    if as_json:
        figures = [figure.to_json() for figure in found]
        print_json({"schema": study.SCHEMA, "figures": figures, "versions": versions()})
    else:
        print_table(_table(found))
    if not study.is_exact(found):
        say("error: the emulation differs from the order-exact reference")
        raise End(Exit.FAILED)


def _table(found: Sequence[Figure]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD)
    for header in ("claim", "figure"):
        table.add_column(header, no_wrap=True)
    for header in ("measured", "published"):
        table.add_column(header, justify="right", no_wrap=True)
    table.add_column("whole study", no_wrap=True)
    before = ""
    for one in found:
        claim = one.claim if one.claim != before else ""
        before = one.claim
        published = "-" if one.published is None else f"{one.published:,.3g}"
        table.add_row(claim, one.what, f"{one.measured:,.3g}", published, one.command)
    return table
