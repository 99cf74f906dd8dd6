"""`rvx paper percival`: posit32 and float32 in matrix products."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from rvx.cli.declare import Option
from rvx.cli.options import BackendName, Json, parse_list, parse_tier
from rvx.cli.output import print_json, print_table, say, step_bar


def percival(
    ranges: Annotated[
        str,
        Option("--ranges", metavar="R,R,...", help="Inputs are uniform in [-R, R], each R."),
    ] = "0.1,1,10,100,1000",
    sizes: Annotated[
        str, Option("--sizes", metavar="N,N,...", help="Rows and columns of the matrices.")
    ] = "16,32,64,128,256",
    seeds: Annotated[int, Option("--seeds", min=1, help="Pairs of random matrices a cell.")] = 8,
    plot: Annotated[
        Path | None, Option("--plot", metavar="FILE", help="Also draw it (.svg, .png).")
    ] = None,
    as_json: Json = False,
    backend: BackendName = "native",
) -> None:
    """Reproduce the accuracy of PERCIVAL: matrix products in posit32 and in float32.

    The mean squared errors of posit32 with and without the quire and of float32 with and without
    FMA, beside the published figures and an independent simulation of the same experiment.
    """
    from rvx.analysis import plots
    from rvx.paper.percival import study, view
    from rvx.paper.percival.data import VARIANTS

    way, _ = parse_tier(backend, "region")
    limits = parse_list("--ranges", ranges, float)
    lengths = parse_list("--sizes", sizes, int)
    if plot is not None:
        plots.check(plot)
    # A cell takes as long as it has products of numbers.
    with step_bar(len(VARIANTS) * len(limits) * len(lengths)) as begin:
        found = study.run(limits, lengths, seeds, way, begin)
    if plot is not None:
        view.draw(found, plot)
        say(f"wrote {plot}")
    if as_json:
        print_json(found.to_json())
    else:
        print_table(view.to_rich(found))
