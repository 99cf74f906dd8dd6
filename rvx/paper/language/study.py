"""How much worse a model is in an arithmetic: perplexity, distance from float64, what it costs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis.kernel import Kernel
from rvx.analysis.metrics import finite
from rvx.analysis.multiply import Products
from rvx.analysis.room import available_memory, in_bytes
from rvx.paper.language import gguf, llama2c
from rvx.paper.language import tokens as tokenizers
from rvx.paper.language.decoder import Decoder, Emulated, Exact, greedy
from rvx.paper.language.model import Model, ModelError
from rvx.paper.language.scheme import Scheme
from rvx.paper.language.tokens import Tokenizer

SCHEMA = "rvx.lm/1"
Reals = npt.NDArray[np.float64]


def read(path: Path, tokenizer: Path | None) -> tuple[Model, Tokenizer]:
    """A model and its tokens, of whichever kind the file is.

    Args:
        path: a checkpoint of llama2.c, or a GGUF file, which has tokens of its own.
        tokenizer: of a checkpoint; `tokenizer.bin` beside it if None.

    Raises:
        ModelError: the files are not what they should be.
        OSError: one cannot be read.
    """
    with path.open("rb") as file:
        is_gguf = file.read(len(gguf.MAGIC)) == gguf.MAGIC
    if is_gguf:
        if tokenizer is not None:
            raise ModelError(f"'{path}' has its own tokens; leave --tokenizer out")
        return gguf.read(path)
    model = llama2c.read(path)
    beside = tokenizer or path.with_name("tokenizer.bin")
    if not beside.exists():
        raise ModelError(f"there is no '{beside}'; name the file of the tokens with --tokenizer")
    return model, tokenizers.read(beside, model.shape.vocabulary)


@dataclass(frozen=True)
class Task:
    """What is asked of a model.

    Attributes:
        windows: tokens that are to be foretold; each begins with the token that begins a text.
        prompt: tokens to go on from.
        count: of tokens that it is to say.
        end: the token after which nothing follows.
    """

    windows: Sequence[Sequence[int]]
    prompt: Sequence[int]
    count: int
    end: int

    @property
    def predicted(self) -> int:
        """Tokens that are foretold."""
        return sum(len(window) - 1 for window in self.windows)

    @property
    def steps(self) -> int:
        """Tokens that a model takes at most."""
        said = len(self.prompt) + self.count if self.count else 0
        return self.predicted + said


def windows(tokens: Sequence[int], begin: int, length: int, most: int) -> list[list[int]]:
    """A text cut into pieces, each behind the token that begins a text.

    Args:
        tokens: of the text.
        begin: that token.
        length: of a window, with it.
        most: tokens that are taken; all if 0.
    """
    taken = list(tokens[: most or None])
    size = length - 1
    return [[begin, *taken[at : at + size]] for at in range(0, len(taken), size)]


@dataclass
class Answer:
    """What a model gave.

    Attributes:
        losses: negative logarithms of the probability of every foretold token.
        logarithms: of all probabilities, by foretold token.
        said: tokens after the prompt.
    """

    losses: list[float] = field(default_factory=list)
    logarithms: list[Reals] = field(default_factory=list)
    said: list[int] = field(default_factory=list)


def ask(decoder: Decoder, task: Task, progress: Callable[[int], None]) -> Answer:
    """Goes through the windows, then goes on from the prompt.

    Args:
        decoder: of the model.
        task: what is asked.
        progress: is told how many tokens the model has taken.
    """
    answer, done = Answer(), 0
    for window in task.windows:
        decoder.begin()
        for token, following in pairwise(window):
            logits = decoder.step(token)
            with np.errstate(invalid="ignore"):
                shifted = logits - logits.max()
                logarithms = shifted - np.log(np.exp(shifted).sum())
            answer.losses.append(float(-logarithms[following]))
            answer.logarithms.append(logarithms)
            done += 1
            progress(done)
    if task.count:
        answer.said = greedy(decoder, task.prompt, task.count, task.end)
    return answer


@dataclass(frozen=True)
class Outcome:
    """A scheme, beside float64.

    Attributes:
        scheme: which; None for float64 itself.
        losses: of every foretold token.
        divergence: mean Kullback-Leibler divergence from the probabilities in float64, in nats.
        agreement: share of the tokens at which both hold the same one for the likeliest.
        error: root of the mean square of the differences of logarithms of probabilities, weighted
            with those of float64.
        text: what was said after the prompt.
        said: how many tokens that are.
        same: how many of them, from the first on, float64 says too.
        products: that counted and checked.
        steps: tokens that the model took.
    """

    scheme: Scheme | None
    losses: Sequence[float]
    divergence: float
    agreement: float
    error: float
    text: str
    said: int
    same: int
    products: Products | None
    steps: int

    @property
    def name(self) -> str:
        """Of the scheme, or `float64`."""
        return self.scheme.name if self.scheme else "float64"

    @property
    def perplexity(self) -> float:
        """The exponential of the mean loss; NaN where nothing was foretold."""
        return math.exp(min(self.loss, 700.0)) if self.losses else math.nan

    @property
    def loss(self) -> float:
        """Mean loss, in nats a token."""
        return float(np.mean(self.losses)) if self.losses else math.nan

    def per_token(self, name: str) -> float | None:
        """`instructions` or `bytes` of the products for a token; None for float64."""
        if self.products is None or not self.steps:
            return None
        whole: int = getattr(self.products, name)
        return whole / self.steps

    @property
    def mismatches(self) -> int:
        """Elements that the emulator computed otherwise."""
        return self.products.mismatches if self.products else 0

    def to_json(self) -> dict[str, Any]:
        """An element of `schemes`."""
        return {
            "scheme": self.name,
            "variant": self.scheme.variant if self.scheme else None,
            "attention": self.scheme.attention if self.scheme else None,
            "perplexity": finite(self.perplexity),
            "loss": finite(self.loss),
            "divergence": finite(self.divergence),
            "agreement": finite(self.agreement),
            "error": finite(self.error),
            "instructions_per_token": self.per_token("instructions"),
            "bytes_per_token": self.per_token("bytes"),
            "underflow": _share(self.products, "underflow"),
            "overflow": _share(self.products, "overflow"),
            "text": self.text,
            "said": self.said,
            "same": self.same,
            "checked": self.products.checked if self.products else 0,
            "mismatches": self.mismatches,
        }


def _share(products: Products | None, event: str) -> float | None:
    if products is None:
        return None
    whole = sum(one.elements for one in products.events.values())
    met: int = sum(getattr(one, event) for one in products.events.values())
    return met / whole if whole else 0.0


def run(
    model: Model,
    tokenizer: Tokenizer,
    kernel: Kernel,
    schemes: Sequence[Scheme],
    task: Task,
    share: float,
    progress: Callable[[str, int, int], None],
) -> list[Outcome]:
    """Asks the model in float64, then in every scheme.

    Args:
        model: its weights.
        tokenizer: makes text of what it says.
        kernel: whose variants the schemes name.
        schemes: the arithmetics.
        task: what is asked.
        share: of the products that the emulator computes, too.
        progress: is told the name of the arithmetic, its number, and the tokens that it has taken.

    Raises:
        ModelError: there is not enough memory.
        GuestError: a kernel trapped.
    """
    needed, free = 2 * task.predicted * model.shape.vocabulary * 8, available_memory()
    if needed > free:
        raise ModelError(
            f"the probabilities of {task.predicted:,} tokens take {in_bytes(needed)} of memory, "
            f"and {in_bytes(free)} are free; take fewer with --tokens"
        )
    true = ask(Decoder(model, Exact()), task, lambda done: progress("float64", 0, done))
    found = [_outcome(None, None, true, true, tokenizer, task)]
    for number, scheme in enumerate(schemes, 1):
        products = Products(kernel, share, 0, np.random.default_rng(number))
        decoder = Decoder(model, Emulated(products, scheme.variant, scheme.attention))

        def tell(done: int, name: str = scheme.name, number: int = number) -> None:
            progress(name, number, done)

        answer = ask(decoder, task, tell)
        found.append(_outcome(scheme, products, answer, true, tokenizer, task))
    return found


def _outcome(
    scheme: Scheme | None,
    products: Products | None,
    answer: Answer,
    true: Answer,
    tokenizer: Tokenizer,
    task: Task,
) -> Outcome:
    divergence, squares, agreed = [], [], []
    for ours, theirs in zip(answer.logarithms, true.logarithms, strict=True):
        odds = np.exp(theirs)
        apart = theirs - ours
        divergence.append(float(odds @ apart))
        squares.append(float(odds @ (apart * apart)))
        agreed.append(bool(np.argmax(ours) == np.argmax(theirs)) and bool(np.isfinite(ours).all()))
    pairs = zip(answer.said, true.said, strict=False)
    same = next((i for i, (a, b) in enumerate(pairs) if a != b), -1)
    if same < 0:
        same = min(len(answer.said), len(true.said))
    said = max(0, len(answer.said) - 1) + len(task.prompt) if task.count else 0
    return Outcome(
        scheme,
        answer.losses,
        float(np.mean(divergence)) if divergence else math.nan,
        float(np.mean(agreed)) if agreed else math.nan,
        math.sqrt(float(np.mean(squares))) if squares else math.nan,
        tokenizer.decode(answer.said),
        len(answer.said),
        same,
        products,
        task.predicted + said,
    )


def draw(outcomes: Sequence[Outcome], path: Path) -> None:
    """Perplexity over instructions a token, and a line for float64."""
    from matplotlib.figure import Figure

    from rvx.analysis.colours import FAMILIES, family
    from rvx.analysis.plots import LABEL_SIZE, annotate, save

    figure = Figure(figsize=(7.2, 4.8), layout="constrained")
    axes = figure.subplots()
    true, *others = outcomes
    said = f"float64: {true.perplexity:.4g}"
    axes.axhline(true.perplexity, color="0.6", linewidth=1, zorder=1, label=said)
    points: dict[str, tuple[float, float]] = {}
    colours: dict[str, str] = {}
    for kind, (colour, mark) in FAMILIES.items():
        found = []
        for one in others:
            cost = one.per_token("instructions")
            if one.scheme and cost and math.isfinite(one.perplexity) and family(one.name) == kind:
                found.append((cost, one.perplexity))
                points[one.name], colours[one.name] = found[-1], colour
        if found:
            costs, values = zip(*found, strict=True)
            axes.scatter(costs, values, color=colour, marker=mark, label=kind, zorder=3)
    axes.set_xscale("log")
    axes.set_yscale("log")
    for written in (axes.yaxis.set_major_formatter, axes.yaxis.set_minor_formatter):
        written(lambda y, _: f"{y:.4g}")
    axes.margins(x=0.15, y=0.12)
    figure.draw_without_rendering()
    annotate(axes, points, colours)
    axes.set_xlabel("instructions of the matrix products, a token")
    axes.set_ylabel("perplexity")
    axes.grid(alpha=0.3)
    figure.legend(loc="outside lower center", ncols=6, fontsize=LABEL_SIZE)
    save(figure, path)
