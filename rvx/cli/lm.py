"""`rvx lm`: a language model in emulated arithmetic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rvx.cli import complete
from rvx.cli.declare import Argument, End, Option, command_line
from rvx.cli.options import CheckedShare, Json, LikeGemm, has_own_variants, parse_share
from rvx.cli.output import UsageProblem, print_json, print_table, progress_bar, say
from rvx.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from rvx.analysis.kernel import Kernel
    from rvx.paper.language.model import Model
    from rvx.paper.language.scheme import Scheme
    from rvx.paper.language.study import Outcome, Task
    from rvx.paper.language.tokens import Tokenizer


def lm(
    file: Annotated[
        Path,
        Argument(metavar="FILE", help="A checkpoint of llama2.c (.bin), or a GGUF file."),
    ],
    text: Annotated[
        Path | None,
        Option("--text", metavar="FILE", help="A text, whose tokens the model is to foretell."),
    ] = None,
    prompt: Annotated[
        str | None,
        Option("--prompt", metavar="TEXT", help="A beginning, which the model is to go on from."),
    ] = None,
    scheme: Annotated[
        list[str] | None,
        Option(
            "--scheme",
            metavar="NAME",
            help="f32, bf16, f16_exsdotp, fp8_e4m3, int8, int4, w4a8, vsq4, mxfp8, mxfp4, nvfp4, "
            "posit16, posit8, posit8_quire, ternary; all without. Repeatable.",
        ),
    ] = None,
    tokenizer: Annotated[
        Path | None,
        Option(
            "--tokenizer",
            metavar="FILE",
            help="Of a checkpoint; tokenizer.bin beside it without.",
        ),
    ] = None,
    tokens: Annotated[
        int, Option("--tokens", min=0, help="Of the text that are taken; all if 0.")
    ] = 256,
    window: Annotated[
        int,
        Option("--window", min=0, help="Tokens at a time; as many as the model has learnt if 0."),
    ] = 0,
    count: Annotated[int, Option("--say", min=1, help="Tokens that follow the prompt.")] = 32,
    check: CheckedShare = "1%",
    kernel: LikeGemm = "gemm",
    variant: Annotated[
        str,
        Option(
            "--variant",
            metavar="VARIANT",
            help="A variant of your own choice.",
            complete=complete.variants,
        ),
    ] = "",
    attention: Annotated[
        str,
        Option(
            "--attention",
            metavar="VARIANT",
            help="For queries by keys, and probabilities by values; as --variant without.",
            complete=complete.variants,
        ),
    ] = "",
    plot: Annotated[
        Path | None,
        Option(
            "--plot", metavar="FILE", help="Also draw perplexity over instructions (.svg, .png)."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Run a language model in emulated arithmetic: what it says, and how well it foretells a text.

    Every matrix product is that of a variant of gemm, bit for bit: its order-exact reference
    computes it, and a share runs on the emulator and is compared. The model in float64 comes first:
    divergence, agreement and what is said alike are relative to it. If the emulator disagrees, the
    exit code is 1.
    """
    from rvx.analysis import plots
    from rvx.analysis.kernel import load
    from rvx.analysis.versions import versions
    from rvx.paper.language import study

    if text is None and prompt is None:
        raise UsageProblem("give a text to foretell (--text FILE), or a --prompt to go on from")
    if plot is not None:
        plots.check(plot)
        if text is None:
            raise UsageProblem("--plot draws the perplexity of a text; give one with --text")
    share = parse_share("--check", check)
    chosen = load(kernel)
    schemes = _schemes(chosen, scheme, variant, attention)
    model, words = study.read(file, tokenizer)
    task = _task(model, words, text, tokens, window, prompt, count)
    with progress_bar(len(schemes) + 1) as show:

        def tell(name: str, number: int, done: int) -> None:
            show(f"{name}: token {done} of {task.predicted}", number + done / task.steps)

        found = study.run(model, words, chosen, schemes, task, share, tell)
    if plot is not None:
        study.draw(found, plot)
        say(f"wrote {plot}")
    if as_json:
        print_json(
            {
                "schema": study.SCHEMA,
                "kernel": chosen.name,
                "parameters": sum(weight.size for weight in model.weights.values()),
                "foretold": task.predicted,
                "prompt": prompt,
                "schemes": [outcome.to_json() for outcome in found],
                "command": command_line(),
                "versions": versions(),
            }
        )
    else:
        print_table(_table(found, has_text=text is not None))
        if prompt is not None:
            print_table(_said(found))
    if any(outcome.mismatches for outcome in found):
        say("error: the emulation differs from the order-exact reference")
        raise End(Exit.FAILED)


def _schemes(
    kernel: Kernel, names: Sequence[str] | None, variant: str, attention: str
) -> list[Scheme]:
    from rvx.paper.language import scheme

    options, given = ("--variant", "--attention"), (variant, attention)
    if not has_own_variants(kernel, options, given, others=bool(names)):
        return scheme.choose(names or ())
    return [scheme.own(kernel, variant, attention or variant)]


def _task(
    model: Model,
    words: Tokenizer,
    text: Path | None,
    tokens: int,
    window: int,
    prompt: str | None,
    count: int,
) -> Task:
    from rvx.paper.language.study import Task, windows
    from rvx.userfiles import read_text

    length = model.shape.length + 1
    if window > length - 1:
        raise UsageProblem(f"--window {window}: the model has learnt {length - 1} positions")
    foretold = [] if text is None else words.encode(read_text(text))
    if text is not None and not foretold:
        raise UsageProblem(f"'{text}' is empty; there is nothing to foretell")
    begun = [] if prompt is None else [words.begin, *words.encode(prompt)]
    if len(begun) >= length:
        raise UsageProblem(
            f"--prompt has {len(begun)} tokens with the one that begins a text, and the model has "
            f"learnt {length - 1} positions"
        )
    cut = windows(foretold, words.begin, window + 1 if window else length, tokens)
    return Task(cut, begun, count if begun else 0, words.end)


def _table(found: Sequence[Outcome], *, has_text: bool) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD)
    table.add_column("scheme", no_wrap=True, vertical="bottom")
    headers = ["perplexity", "divergence\nnats", "error\nnats", "same\nlikeliest %"]
    headers = headers if has_text else []
    for header in (*headers, "instructions\na token", "bytes\na token", "underflow %", "emulated"):
        table.add_column(header, justify="right", no_wrap=True, vertical="bottom")
    for outcome in found:
        numbers = [
            f"{outcome.perplexity:.4f}",
            f"{outcome.divergence:.2e}",
            f"{outcome.error:.2e}",
            f"{100 * outcome.agreement:.1f}",
        ]
        costs = [outcome.per_token(name) for name in ("instructions", "bytes")]
        checked = outcome.products.checked if outcome.products else 0
        told = outcome.to_json()["underflow"]
        said = "differs" if outcome.mismatches else f"{checked} exact"
        table.add_row(
            outcome.name,
            *(numbers if has_text else []),
            *("-" if cost is None else f"{cost:,.0f}" for cost in costs),
            "-" if told is None else f"{100 * told:.2g}",
            said if outcome.products else "-",
            style="bold red" if outcome.mismatches else None,
        )
    return table


def _said(found: Sequence[Outcome]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD)
    table.add_column("scheme", no_wrap=True, vertical="bottom")
    table.add_column("tokens as\nfloat64", justify="right", no_wrap=True, vertical="bottom")
    table.add_column("what it says", vertical="bottom")
    for outcome in found:
        table.add_row(
            outcome.name,
            f"{outcome.same} of {outcome.said}",
            ascii(outcome.text)[1:-1] if not outcome.text.isprintable() else outcome.text,
        )
    return table
