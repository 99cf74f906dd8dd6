"""`rvx paper exsdotp`: sums of products with one rounding for two of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from rvx.cli.declare import End, Option
from rvx.cli.options import BackendName, Json, parse_list, parse_tier
from rvx.cli.output import print_json, print_table, say, step_bar
from rvx.errors import Exit


def exsdotp(
    lengths: Annotated[
        str, Option("--lengths", metavar="N,N,...", help="Products of a sum, each N.")
    ] = "500,1000,2000",
    seeds: Annotated[int, Option("--seeds", min=1, help="Sums of each length.")] = 100,
    products: Annotated[
        bool,
        Option("--products/--no-products", help="Also count the instructions of products."),
    ] = True,
    plot: Annotated[
        Path | None,
        Option("--plot", metavar="FILE", help="Also draw it (.svg, .png, .pdf)."),
    ] = None,
    as_json: Json = False,
    backend: BackendName = "native",
) -> None:
    """Reproduce the accuracy of ExSdotp beside expanding FMAs, and what both cost.

    Errors of long sums in FP32 and FP16 over many seeds, beside the published single figures, and
    the instructions of matrix products, beside the published ratios. Every result is compared with
    a golden model of the same order of operations; if one differs, the exit code is 1.
    """
    from rvx.analysis import plots
    from rvx.paper.exsdotp import products as matrices
    from rvx.paper.exsdotp import study, view
    from rvx.paper.exsdotp.data import PAIRS, PRODUCTS, UNITS

    way, _ = parse_tier(backend, "region")
    chosen = parse_list("--lengths", lengths, int)
    if plot is not None:
        plots.check(plot)
    steps = len(PAIRS) * len(UNITS) * len(chosen) + products * len(PRODUCTS)
    with step_bar(steps) as begin:
        cells = study.run(chosen, seeds, way, begin)
        counted = matrices.run(backend=way, progress=begin) if products else ()
    found = study.Study(seeds, cells, counted)
    if plot is not None:
        view.draw(found, plot)
        say(f"wrote {plot}")
    if as_json:
        print_json(found.to_json())
    else:
        print_table(view.to_rich(found))
        if counted:
            print_table(view.products_to_rich(found))
    if not found.is_exact:
        say("error: the emulation differs from the order-exact reference")
        raise End(Exit.FAILED)
