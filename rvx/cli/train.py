"""`rvx train`: a network that learns on the emulated arithmetic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rvx.cli import complete
from rvx.cli.declare import Argument, End, Option, command_line
from rvx.cli.options import (
    AccumulatorFiles,
    CheckedShare,
    Json,
    LikeGemm,
    has_own_variants,
    parse_list,
    parse_share,
)
from rvx.cli.output import UsageProblem, print_json, print_table, progress_bar, say
from rvx.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from rvx.analysis.kernel import Kernel
    from rvx.paper.training.scheme import Scheme
    from rvx.paper.training.study import Outcome
    from rvx.paper.training.task import Task

STORIES = 40_000
"""Characters of the text that is learnt where the user has none."""


def train(
    names: Annotated[
        list[str] | None,
        Argument(
            metavar="[SCHEME...]",
            help="f32, bf16, f16_exsdotp, f16_exfma, f8_exsdotp, f8_exfma, fp8_hybrid, posit16, "
            "posit16_quire, posit8_forward, int8, int4_forward, vsq4_forward, mxfp8; all without. "
            "Or an accumulator of rvx dot, such as fma-bfloat16.",
        ),
    ] = None,
    files: AccumulatorFiles = None,
    seeds: Annotated[int, Option("--seeds", min=1, help="Runs of each scheme.")] = 3,
    epochs: Annotated[
        int,
        Option("--epochs", min=0, help="Passes over the data; 20 for digits, 3 for a text if 0."),
    ] = 0,
    task: Annotated[
        str, Option("--task", metavar="digits|text", help="What to learn: images or a text.")
    ] = "digits",
    text: Annotated[
        Path | None,
        Option("--text", metavar="FILE", help="A text of your own, in place of little stories."),
    ] = None,
    shape: Annotated[
        str,
        Option(
            "--shape",
            metavar="WIDTH,LAYERS,HEADS,HIDDEN,WINDOW,BATCH",
            help="Of the transformer that learns a text.",
        ),
    ] = "32,2,4,96,64,4",
    check: CheckedShare = "1%",
    folder: Annotated[
        Path | None,
        Option("--output", "-o", metavar="FOLDER", help="Keep checkpoints, and go on from them."),
    ] = None,
    kernel: LikeGemm = "gemm",
    forward: Annotated[
        str,
        Option(
            "--forward",
            metavar="VARIANT",
            help="A variant of your own choice.",
            complete=complete.variants,
        ),
    ] = "",
    backward: Annotated[
        str,
        Option(
            "--backward",
            metavar="VARIANT",
            help="For the gradients; as forward without.",
            complete=complete.variants,
        ),
    ] = "",
    digits: Annotated[
        int,
        Option("--digits", min=0, help="Significant bits of its sums; 0 where they are exact."),
    ] = 24,
    plot: Annotated[
        Path | None, Option("--plot", metavar="FILE", help="Also draw the curves (.svg, .png).")
    ] = None,
    as_json: Json = False,
) -> None:
    """Train a network in emulated arithmetic: on scikit-learn's digits, or a transformer on a text.

    Every matrix product of the forward pass, of the gradients and of the update is that of a
    variant of gemm, bit for bit: its order-exact reference computes it, and a share runs on the
    emulator and is compared. Intervals are of 95 % over seeds. If the emulator disagrees, the exit
    code is 1. With --output, a transformer is written as a checkpoint of llama2.c.
    """
    from rvx.analysis import plots
    from rvx.analysis.kernel import load
    from rvx.analysis.versions import versions
    from rvx.paper.training import study
    from rvx.paper.training.run import Settings

    if plot is not None:
        plots.check(plot)
    chosen = load(kernel)
    chosen, schemes = _schemes(chosen, names, files or (), forward, backward, digits)
    share = parse_share("--check", check)
    chosen_task = _task(task, text, shape)
    epochs = epochs or chosen_task.epochs
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    settings = [Settings(seed, epochs, share) for seed in range(seeds)]
    with progress_bar(len(schemes) * seeds) as show:
        begun: list[str] = []

        def tell(name: str, epoch: int) -> None:
            if name not in begun:
                begun.append(name)
            show(f"{name}: epoch {epoch + 1} of {epochs}", len(begun) - 1 + epoch / epochs)

        found = study.run(chosen, schemes, chosen_task, settings, folder, tell)
    if plot is not None:
        study.draw(found, plot)
        say(f"wrote {plot}")
    if as_json:
        outcomes = [outcome.to_json(found[0]) for outcome in found]
        print_json(
            {
                "schema": study.SCHEMA,
                "kernel": chosen.name,
                "task": chosen_task.name,
                "seeds": seeds,
                "epochs": epochs,
                "schemes": outcomes,
                "command": command_line(),
                "versions": versions(),
            }
        )
    else:
        print_table(_table(found))
    if any(outcome.mismatches for outcome in found):
        say("error: the emulation differs from the order-exact reference")
        raise End(Exit.FAILED)


def _task(name: str, text: Path | None, shape: str) -> Task:
    from rvx.paper.vsq import digits

    if text is not None:
        name = "text"
    if name == "digits":
        from rvx.paper.training.images import Images

        return Images(digits.load())
    if name != "text":
        raise UsageProblem(f"--task {name}: there are digits and text")
    from rvx.paper.training.stories import stories
    from rvx.paper.training.text import Text
    from rvx.userfiles import read_text

    sizes = parse_list("--shape", shape, int)
    if len(sizes) != 6:
        raise UsageProblem(f"--shape {shape}: write six numbers, such as 32,2,4,96,64,4")
    return Text(stories(STORIES) if text is None else read_text(text), *sizes)


def _schemes(
    kernel: Kernel,
    names: Sequence[str] | None,
    files: Sequence[Path],
    forward: str,
    backward: str,
    digits: int,
) -> tuple[Kernel, list[Scheme]]:
    """Schemes, and the kernel with the arithmetics of accumulators among them."""
    from rvx.analysis import dots
    from rvx.paper.training import scheme

    options, given = ("--forward", "--backward"), (forward, backward)
    if not has_own_variants(kernel, options, given, others=bool(names or files)):
        others = [name for name in names or () if name not in scheme.SCHEMES]
        if not others and not files:
            return kernel, scheme.choose(names or ())
        try:
            accumulators = dots.choose(others, (), files)
        except dots.DotError as error:
            if not others:
                raise
            schemes = ", ".join(scheme.SCHEMES)
            raise UsageProblem(f"{error}; schemes of rvx train are {schemes}") from None
        kernel, made = scheme.of_accumulators(kernel, accumulators)
        known = {**scheme.SCHEMES, **{one.name: one for one in made}}
        ordered = [known[name] for name in names or ()]
        return kernel, ordered + [one for one in made if one not in ordered]
    return kernel, [scheme.own(kernel, forward, backward or forward, digits)]


def _table(found: Sequence[Outcome]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from rvx.analysis.array_forms import NO_KERNEL

    table = Table(box=SIMPLE_HEAD)
    table.add_column("scheme", no_wrap=True)
    task = found[0].task
    factor, unit, digits = (100, " %", 1) if task.measure == "accuracy" else (1, "", 4)
    beside = f"against\n{found[0].scheme.name}{unit}"
    for header in (
        f"{task.measure}{unit}",
        beside,
        "loss",
        "instructions\na step",
        "bytes\na step",
    ):
        table.add_column(header, justify="right", no_wrap=True, vertical="bottom")
    for header in ("underflow %", "overflow %", "swamped %"):
        table.add_column(f"{header}\n{', '.join(task.shown)}", justify="right", no_wrap=True)
    for header in ("skipped", "emulated"):
        table.add_column(header, justify="right", no_wrap=True, vertical="bottom")
    for outcome in found:
        (score, of_score), (loss, of_loss) = outcome.score, outcome.loss
        gap, of_gap = outcome.gap(found[0])
        events = [
            ", ".join(f"{100 * outcome.share(layer, event):.2g}" for layer in task.shown)
            for event in ("underflow", "overflow", "swamped")
        ]
        instructions, size = outcome.per_step("instructions"), outcome.per_step("bytes")
        said = NO_KERNEL if instructions is None else f"{outcome.checked} exact"
        if outcome.mismatches:
            said = "differs"
        table.add_row(
            outcome.scheme.name,
            f"{factor * score:.{digits}f} ± {factor * of_score:.{digits}f}",
            "-"
            if outcome is found[0]
            else f"{factor * gap:+.{digits}f} ± {factor * of_gap:.{digits}f}",
            f"{loss:.4f} ± {of_loss:.4f}",
            *("-" if cost is None else f"{cost:,.0f}" for cost in (instructions, size)),
            *events,
            f"{sum(run.skipped for run in outcome.runs)}",
            said,
            style="bold red" if outcome.mismatches else None,
        )
    return table
