"""`rvx dot`: how far accumulators of dot products are from the exact sum."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rvx.cli import complete
from rvx.cli.declare import Argument, Option, command_line
from rvx.cli.options import AccumulatorFiles, Ext, Json, own_formats, parse_list
from rvx.cli.output import print_json, print_table, step_bar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from rvx.analysis.dots import Row
    from rvx.analysis.guard_bits import Point
    from rvx.formats.dot import Accumulator
    from rvx.paper.inference import Judged


def dot(
    names: Annotated[
        list[str] | None,
        Argument(
            metavar="[ACCUMULATOR...]",
            help="Such as fma-bfloat16 or 'fma-*'; without, all for the formats, and those of the "
            "files. With --study formats, such as MXFP4; without, all of it.",
            complete=complete.accumulators,
        ),
    ] = None,
    formats: Annotated[
        str,
        Option(
            "--formats",
            metavar="NAME,...",
            help="Formats of the factors; those without accumulators of their own, of at most 16 "
            "bits, are converted to float16, bfloat16 or float32.",
            complete=complete.formats_with_commas,
        ),
    ] = "bfloat16",
    files: AccumulatorFiles = None,
    lengths: Annotated[
        str, Option("--lengths", metavar="N,N,...", help="Products of a sum.")
    ] = "512",
    data: Annotated[
        str,
        Option(
            "--data",
            metavar="NAME,...",
            help="normal, uniform, heavier (Student's t with 2 degrees of freedom), positive, "
            "cancelling; mlp, cnn: activations and weights of the networks that come with rvx.",
        ),
    ] = "normal",
    seeds: Annotated[
        int, Option("--seeds", min=1, help="Matrices of 16 x 16 sums of each kind.")
    ] = 20,
    study: Annotated[
        bool,
        Option(
            "--study",
            help="What bulk normalisation costs: products of a group, guard bits and how a group "
            "is added, for formats of today; some minutes.",
        ),
    ] = False,
    networks: Annotated[
        str,
        Option(
            "--network",
            metavar="NAME,...",
            help="mlp, cnn: the accumulators under the inference of a network that comes with rvx, "
            "accuracy beside error.",
        ),
    ] = "",
    picture: Annotated[
        Path | None,
        Option(
            "--picture",
            metavar="FILE",
            help="With --study or --network: draws it; .svg, .png or .pdf.",
        ),
    ] = None,
    ext: Ext = None,
    as_json: Json = False,
) -> None:
    """Compare accumulators of dot products with exact sums.

    Errors are in units in the last place, in the format of the result, of the size of a sum: the
    root of the sum of the squares of its products. Means over the seeds have intervals of 95 %; one
    below 0 says that sums lose magnitude. Sums decrease where a larger accumulator leads to a
    smaller sum. The last column is in units of the exact sum itself.
    """
    from rvx.analysis import dots
    from rvx.analysis.dots import DotError
    from rvx.analysis.versions import versions

    if study:
        if files:
            raise DotError("--study has accumulators of its own; leave --file out")
        if networks:
            raise DotError("--study and --network are studies of their own; write one of them")
        _study(names or (), seeds, picture, as_json)
        return
    if picture is not None and not networks:
        raise DotError("--picture draws what --study or --network finds; write one of them, too")

    chosen = dots.choose(names or (), formats.split(","), files or (), own_formats(ext))
    if networks:
        _network(chosen, networks.split(","), picture, as_json)
        return
    kinds = data.split(",")
    counts = parse_list("--lengths", lengths, int)
    draws = dict(dots.DATA)
    if not draws.keys() >= set(kinds):
        from rvx.paper import inference

        draws |= inference.distributions()
    with step_bar(len(chosen) * len(kinds) * len(counts)) as begin:
        rows = dots.run(chosen, counts, kinds, seeds, progress=begin, draws=draws)
    if as_json:
        found = [row.to_json() for row in rows]
        document = {"schema": dots.SCHEMA, "seeds": seeds, "rows": found}
        print_json({**document, "command": command_line(), "versions": versions()})
    else:
        print_table(_table(rows))


def _network(
    chosen: Sequence[Accumulator], networks: Sequence[str], picture: Path | None, as_json: bool
) -> None:
    from rvx.analysis import plots
    from rvx.analysis.versions import versions
    from rvx.paper import inference

    if picture is not None:
        plots.check(picture)
    with step_bar(len(chosen) * len(networks)) as begin:
        found = inference.run(chosen, networks, progress=begin)
    if picture is not None:
        inference.draw(found, picture)
    if as_json:
        print_json({**inference.to_json(found), "versions": versions()})
    else:
        print_table(_network_table(found))


def _network_table(found: Sequence[Judged]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD)
    for header in ("accumulator", "network"):
        table.add_column(header, no_wrap=True)
    for header in ("accuracy", "exact sums", "changed", "rms ulp", "max ulp", "not finite"):
        table.add_column(header, justify="right", no_wrap=True)
    for judged in found:
        table.add_row(
            judged.accumulator,
            judged.network,
            f"{judged.accuracy:.1%} ± {judged.half_width:.1%}",
            f"{judged.exact:.1%}",
            f"{judged.changed} of {judged.images}",
            f"{judged.rms:.3f}",
            f"{judged.largest:.1f}",
            f"{judged.not_finite} of {judged.sums}" if judged.not_finite else "",
        )
    return table


def _study(names: Sequence[str], seeds: int, picture: Path | None, as_json: bool) -> None:
    from rvx.analysis import guard_bits, plots
    from rvx.analysis.versions import versions

    if picture is not None:
        plots.check(picture)
    chosen = guard_bits.choose(names)
    with step_bar(guard_bits.STEPS * len(chosen)) as begin:
        found = guard_bits.run(seeds, chosen, progress=begin)
    if picture is not None:
        guard_bits.draw(found, picture)
    if as_json:
        document = guard_bits.to_json(found, seeds)
        print_json({**document, "command": command_line(), "versions": versions()})
    else:
        print_table(_study_table(found))


def _study_table(found: Sequence[Point]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD)
    for header in ("format", "data"):
        table.add_column(header, no_wrap=True)
    for header in ("n", "g", "added", "rms ulp", "mean ulp", "max ulp", "not finite"):
        table.add_column(header, justify="right", no_wrap=True)
    for point in found:
        row = point.row
        table.add_row(
            point.format,
            row.data,
            str(point.products),
            str(point.guard),
            point.rounding,
            f"{row.rms.value:.3f} ± {row.rms.half_width:.3f}",
            f"{row.mean.value:+.3f} ± {row.mean.half_width:.3f}",
            f"{row.largest:.1f}",
            f"{row.not_finite}" if row.not_finite else "",
        )
    return table


def _table(rows: list[Row]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD)
    for header in ("accumulator", "data"):
        table.add_column(header, no_wrap=True)
    for header in (
        "K",
        "rms ulp",
        "mean ulp",
        "max ulp",
        "not finite",
        "decreases",
        "median, of exact",
    ):
        table.add_column(header, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            row.accumulator,
            row.data,
            str(row.length),
            f"{row.rms.value:.3f} ± {row.rms.half_width:.3f}",
            f"{row.mean.value:+.3f} ± {row.mean.half_width:.3f}",
            f"{row.largest:.1f}",
            f"{row.not_finite}" if row.not_finite else "",
            f"{row.decreases:.1%}" if row.decreases else "",
            f"{row.of_exact.value:.3f} ± {row.of_exact.half_width:.3f}",
        )
    return table
