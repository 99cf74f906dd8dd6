"""`rvx compare`: the variants of a kernel on the same inputs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rvx.cli import complete
from rvx.cli.declare import Argument, End, Option, command_line
from rvx.cli.options import AccumulatorFiles, BackendName, CoreName, Json, TierName, parse_tier
from rvx.cli.output import UsageProblem, print_json, print_table, say
from rvx.cli.shadow import VARIANT_ROWS, Mode, check_mode, print_report
from rvx.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rvx.analysis.comparison import Comparison, Inputs
    from rvx.analysis.cycles import Core
    from rvx.analysis.kernel import Kernel, Variant
    from rvx.analysis.profile import Profile
    from rvx.emulator import Backend, Tier


def compare(
    kernel: Annotated[
        str | None,
        Argument(
            metavar="[KERNEL]",
            help="One that comes with rvx, such as gemm or softmax, or a folder; see --list.",
            complete=complete.kernels,
        ),
    ] = None,
    list_them: Annotated[
        bool,
        Option(
            "--list",
            help="Run nothing; list the kernels, their parameters and variants, or those of one.",
        ),
    ] = False,
    parameter: Annotated[
        list[str] | None,
        Option(
            "--parameter",
            "-p",
            metavar="NAME=VALUE",
            help="A size, or VLEN=BITS,... for variants with vector registers. Repeatable.",
        ),
    ] = None,
    inputs_range: Annotated[
        str,
        Option("--range", metavar="R|LOW:HIGH", help="Inputs are in [-R, R], or in [LOW, HIGH]."),
    ] = "1",
    distribution: Annotated[
        str,
        Option(
            "--distribution",
            metavar="NAME",
            help="Of the inputs, scaled to the range: uniform, normal, laplace, lognormal, heavy, "
            "heavier, sparse, ill (pairs that nearly cancel), wide.",
            complete=complete.distributions,
        ),
    ] = "uniform",
    files: Annotated[
        list[Path] | None,
        Option(
            "--inputs",
            metavar="FILE.npy",
            help="Take the inputs from files, in the order in which the kernel draws them. "
            "Repeatable.",
        ),
    ] = None,
    seed: Annotated[int, Option("--seed", min=0, help="Of the random inputs.")] = 0,
    variant: Annotated[
        list[str] | None,
        Option(
            "--variant",
            metavar="NAME",
            help="Only this variant, or those of a pattern such as 'rvv_*'; all for every one. Or "
            "an accumulator of rvx dot, such as fma-bfloat16. Repeatable.",
            complete=complete.variants_or_accumulators,
        ),
    ] = None,
    accumulators: AccumulatorFiles = None,
    plot: Annotated[
        Path | None,
        Option("--plot", metavar="FILE", help="Also draw accuracy and instructions (.svg, .png)."),
    ] = None,
    errors: Annotated[
        bool, Option("--errors", help="Print how the errors are distributed, and the worst ones.")
    ] = False,
    profile: Annotated[
        list[Path] | None,
        Option(
            "--profile",
            metavar="FILE",
            help="Write where the instructions of each variant went, as run --profile does; {} in "
            "the name stands for the variant, as in {}.html. Repeatable.",
        ),
    ] = None,
    core: CoreName = None,
    markdown: Annotated[bool, Option("--markdown", help="Print a Markdown table.")] = False,
    shadow: Mode = None,
    as_json: Json = False,
    backend: BackendName = "native",
    tier: TierName = "region",
) -> None:
    """Run every variant of a kernel on the same inputs; print counts and errors.

    The error against float64 is split into what rounding the inputs cost (inputs MSE), what
    the arithmetic of the kernel cost (arithmetic MSE), and whether the emulation is exact:
    bit for bit what a reference with the same order of operations gives. If it is not, the exit
    code is 1. An accumulator has no kernel: its row has the errors of its array form, and no
    instructions.
    """
    from rvx.analysis import array_forms, plots, table
    from rvx.analysis import compare as library
    from rvx.analysis import kernel as kernels
    from rvx.analysis.cycles import load_core, view
    from rvx.analysis.distributions import Files

    if list_them:
        _list([kernel] if kernel else kernels.names(), as_json, markdown)
        return
    if kernel is None:
        raise UsageProblem(
            f"name a kernel: {', '.join(kernels.names())}, or a folder; `rvx compare --list` says "
            f"what they are"
        )
    way = parse_tier(backend, tier)
    check_mode(shadow)
    if plot is not None:
        plots.check(plot)
    low, high = parse_range(inputs_range)
    chosen = kernels.load(kernel)
    vlens, sizes = parse_vlens(parameter or [])
    extra, names = array_forms.among([chosen], variant or [], accumulators or [])
    chosen = chosen.with_accumulators(extra)
    variants = chosen.select(names, vlens)
    profiles = _Profiles(profile or [], variants)
    if profile and (core is not None or shadow is not None):
        raise UsageProblem("give --profile, or --core and --shadow, not both")
    given = Files(files) if files else None
    inputs = library.draw(
        chosen, parse_parameters(sizes), low, high, seed, given, distribution=distribution
    )
    if given is not None:
        given.end()
        inputs = replace(inputs, distribution=", ".join(path.name for path in files or ()))
    on = None if core is None else load_core(core)
    comparison = _run(chosen, inputs, variants, way, on, shadow, profiles)
    if plot is not None:
        plots.draw(comparison, plot)
        say(f"wrote {plot}")
    if as_json:
        print_json({**comparison.to_json(), "command": command_line()})
    elif markdown:
        print(table.to_markdown(comparison, errors=errors), end="")
    elif errors:
        print_table(table.errors_to_rich(comparison))
    else:
        print_table(table.to_rich(comparison))
    estimates = [row.estimate for row in comparison.rows if row.estimate is not None]
    if estimates and not as_json:
        say(view.remarks(estimates))
    if not (as_json or markdown):
        for row in comparison.rows:
            if row.born is not None:
                print(f"\n{row.variant.name}")
                print_report(row.born, VARIANT_ROWS)
    for failure in comparison.failures:
        failure.error.show()
    if comparison.failures:
        raise End(comparison.failures[0].error.exit_code)
    if not comparison.is_exact:
        wrong = ", ".join(row.variant.name for row in comparison.rows if not row.bit_exact)
        say(f"error: the emulation of {wrong} differs from the order-exact reference")
        raise End(Exit.FAILED)


class _Profiles:
    """The files that profiles of variants go to.

    Args:
        paths: with {} where the name of the variant goes.
        variants: that are run.

    Attributes:
        paths: the same.

    Raises:
        UsageProblem: several variants would go to one file.
        ProfileProblem: nothing can be written to one of them.
    """

    def __init__(self, paths: Sequence[Path], variants: Sequence[Variant]) -> None:
        from rvx.analysis.profile import check

        self.paths = paths
        for variant in variants:
            if paths and variant.source is None:
                raise UsageProblem(f"{variant.name} is an array form, and no kernel to profile")
        for path in paths:
            if len(variants) > 1 and _VARIANT not in path.name:
                raise UsageProblem(
                    f"--profile {path}: there are {len(variants)} variants; write {_VARIANT} where "
                    f"the name of each goes, such as {path.with_name(_VARIANT + path.suffix)}"
                )
            for variant in variants:
                check(_named(path, variant))

    def write(self, variant: Variant, profile: Profile) -> None:
        """Writes the profile of a variant to all of them."""
        from rvx.analysis.profile import write

        for path in self.paths:
            write(profile, _named(path, variant))


_VARIANT = "{}"


def _named(path: Path, variant: Variant) -> Path:
    """The file of a variant."""
    name = f"{variant.name}_vlen{variant.vlen}" if variant.vlen else variant.name
    return path.with_name(path.name.replace(_VARIANT, name))


def _list(names: Sequence[str], as_json: bool, markdown: bool) -> None:
    """Prints what there is of kernels."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from rvx.analysis import catalogue
    from rvx.analysis import kernel as kernels

    found = [catalogue.describe(kernels.load(name)) for name in names]
    if as_json:
        print_json(catalogue.to_json(found))
        return
    if markdown:
        print(catalogue.to_markdown(found), end="")
        return
    for one in found:
        print(f"{one.name}: {one.doc}")
        for size in one.parameters:
            print(f"  -p {size.name}={size.default}: {size.doc}")
        table = Table(box=SIMPLE_HEAD)
        for header in catalogue.HEADERS:
            table.add_column(header, no_wrap=True)
        for row in catalogue.rows(one):
            table.add_row(*row)
        print_table(table)


def _run(
    kernel: Kernel,
    inputs: Inputs,
    variants: Sequence[Variant],
    way: tuple[Backend, Tier],
    core: Core | None,
    shadow: str | None,
    profiles: _Profiles,
) -> Comparison:
    """Runs the variants, with a bar on stderr if somebody watches."""
    from rvx.analysis.compare import compare as run_all
    from rvx.analysis.warmup import compile_ahead
    from rvx.cli.output import progress_bar, step_bar

    backend, tier = way
    if backend == "native" and core is None and shadow is None:
        with progress_bar(len(variants)) as show:
            compile_ahead(kernel, variants, tier, lambda done, _: show("compiling", done))
    with step_bar(len(variants)) as begin:
        return run_all(
            kernel,
            inputs,
            variants,
            *way,
            progress=begin,
            core=core,
            shadow=shadow,
            on_profile=profiles.write if profiles.paths else None,
        )


def parse_vlens(given: Sequence[str]) -> tuple[list[int], list[str]]:
    """The widths of `-p VLEN=BITS,BITS...`, and the options that are something else.

    Raises:
        UsageProblem: a width is no number.
    """
    vlens: list[int] = []
    others: list[str] = []
    for text in given:
        name, _, values = text.partition("=")
        if name.strip() != "VLEN":
            others.append(text)
            continue
        try:
            vlens += [int(value, 0) for value in values.split(",")]
        except ValueError:
            raise UsageProblem(
                f"-p {text}: write bits of a vector register, such as -p VLEN=128,256,512"
            ) from None
    return vlens, others


def parse_parameters(given: Sequence[str]) -> dict[str, int]:
    """The values of `-p NAME=VALUE` options.

    Raises:
        UsageProblem: one is not of that form.
    """
    values: dict[str, int] = {}
    for text in given:
        name, equals, value = text.partition("=")
        try:
            values[name.strip()] = int(value, 0)
        except ValueError:
            equals = ""
        if not equals:
            raise UsageProblem(f"-p {text}: write a name and a whole number, such as -p M=128")
    return values


def parse_range(text: str) -> tuple[float, float]:
    """The ends of the range of inputs.

    Raises:
        UsageProblem: the text is neither a positive number nor two ascending ones.
    """
    low_text, colon, high_text = text.rpartition(":")
    try:
        high = float(high_text)
        low = float(low_text) if colon else -high
    except ValueError:
        low = high = 0.0
    if not (low < high and high - low < float("inf")):
        raise UsageProblem(
            f"--range {text}: write a positive number R for [-R, R], such as 0.1, "
            f"or both ends, such as 0:2"
        )
    return low, high
