"""`rvx paper matrix-drafts`: one product of matrices by the drafts, and by what there is today."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from rvx.cli.declare import Argument, End, Option
from rvx.cli.options import BackendName, Json, parse_list, parse_tier
from rvx.cli.output import print_json, print_table, say, step_bar
from rvx.errors import Exit


def drafts(
    names: Annotated[
        list[str] | None,
        Argument(metavar="[NAME...]", help="Instruction sets, such as Zvt or vmadot; else all."),
    ] = None,
    size: Annotated[
        int, Option("--size", min=8, help="Rows and columns of the product, a multiple of 8.")
    ] = 64,
    depth: Annotated[int, Option("--depth", min=8, help="Products of a sum.")] = 64,
    vlens: Annotated[
        str, Option("--vlen", metavar="N,N,...", help="Bits of vector registers, each N.")
    ] = "128,256,512,1024",
    seed: Annotated[int, Option("--seed", min=0, help="Of the numbers.")] = 0,
    plot: Annotated[
        Path | None,
        Option("--plot", metavar="FILE", help="Also draw it (.svg, .png, .pdf)."),
    ] = None,
    markdown: Annotated[bool, Option("--markdown", help="Print the table in Markdown.")] = False,
    as_json: Json = False,
    backend: BackendName = "native",
) -> None:
    """Multiply the same matrices by every draft for dot products and matrices.

    Zvdot4a, Zvdota, Zvbdota, Zvt, Zvvm at several lambda and SpacemiT's vmadot, beside vector
    multiply-adds, ExSdotp with streams and repetition, Xvsq and the quire: instructions, bytes
    loaded and stored, multiply-accumulates of an instruction and of a byte, and errors, over VLEN.
    Every result is compared with its accumulator; if one differs, the exit code is 1.
    """
    from rvx.analysis import plots
    from rvx.analysis.versions import versions
    from rvx.paper.drafts import study, view

    way, _ = parse_tier(backend, "region")
    chosen = study.runs_of(study.choose(names or []), study.check(parse_list("--vlen", vlens, int)))
    if plot is not None:
        plots.check(plot)
    with step_bar(len(chosen)) as begin:
        found = study.run(chosen, size, depth, seed, way, begin)
    if plot is not None:
        view.draw(found, plot)
        say(f"wrote {plot}")
    if as_json:
        rows = [one.to_json() for one in found]
        print_json(
            {
                "schema": study.SCHEMA,
                "size": size,
                "depth": depth,
                "seed": seed,
                "rows": rows,
                "versions": versions(),
            }
        )
    elif markdown:
        print(view.to_markdown(found), end="")
    else:
        print_table(view.to_rich(found, size, depth))
    if not study.is_exact(found):
        say("error: the emulation differs from the order-exact reference")
        raise End(Exit.FAILED)
