"""Schemes over seeds: accuracy with intervals, what a step costs, what happened to numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from rvx.analysis.kernel import Kernel
from rvx.analysis.metrics import finite
from rvx.analysis.multiply import Products
from rvx.paper.training.run import Run, Settings, train
from rvx.paper.training.scheme import Scheme
from rvx.paper.training.task import Task

SCHEMA = "rvx.train/1"
# Two-sided 95 % of Student's t, by degrees of freedom from 1, and of the normal distribution.
_T = (12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622)
_NORMAL = 1.95996


def _factor(freedom: int) -> float:
    """Half the width of an interval in standard errors; beyond the table as a series in 1 / n."""
    if freedom <= len(_T):
        return _T[freedom - 1]
    z = _NORMAL
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)


def interval(samples: Sequence[float]) -> tuple[float, float]:
    """The mean, and half of its interval of 95 %; infinite for one sample."""
    if len(samples) < 2:
        return samples[0], math.inf
    freedom = len(samples) - 1
    deviation = float(np.std(samples, ddof=1))
    return float(np.mean(samples)), _factor(freedom) * deviation / math.sqrt(len(samples))


@dataclass(frozen=True)
class Outcome:
    """A scheme, over all seeds.

    Attributes:
        task: what was learnt.
        scheme: which.
        runs: one a seed.
        products: of each of them.
    """

    task: Task
    scheme: Scheme
    runs: Sequence[Run]
    products: Sequence[Products]

    @property
    def score(self) -> tuple[float, float]:
        """The measure of the task, after the last epoch."""
        return interval(self._scores)

    @property
    def _scores(self) -> list[float]:
        return [run.curve[-1][1] for run in self.runs]

    def gap(self, other: Outcome) -> tuple[float, float]:
        """How much larger the measure is than another scheme's, seed by seed."""
        pairs = zip(self._scores, other._scores, strict=True)
        mean, half_width = interval([ours - theirs for ours, theirs in pairs])
        # Means of scores that differ by nothing may differ in their last bits.
        return round(mean, 12) + 0.0, half_width

    @property
    def loss(self) -> tuple[float, float]:
        """Of what is learnt from, in the last epoch."""
        return interval([run.curve[-1][0] for run in self.runs])

    def per_step(self, name: str) -> float | None:
        """`instructions` or `bytes` of one step; instructions are None without a kernel."""
        if name == "instructions" and not self.has_kernel:
            return None
        whole: int = sum(getattr(one, name) for one in self.products)
        return whole / sum(run.steps for run in self.runs)

    def share(self, layer: str, event: str) -> float:
        """How much of a layer's numbers, or of its products, met with an event."""
        of = "products" if event == "swamped" else "elements"
        found = [one.events[layer] for one in self.products]
        whole: int = sum(getattr(events, of) for events in found)
        met: int = sum(getattr(events, event) for events in found)
        return met / whole if whole else 0.0

    @property
    def has_kernel(self) -> bool:
        """Whether its products are those of instructions, and not of array forms."""
        variants, scheme = self.products[0].kernel.variants, self.scheme
        return all(variants[name].source for name in (scheme.forward, scheme.backward))

    @property
    def mismatches(self) -> int:
        """Elements that the emulator computed otherwise."""
        return sum(one.mismatches for one in self.products)

    @property
    def checked(self) -> int:
        """Products that ran on the emulator."""
        return sum(one.checked for one in self.products)

    def to_json(self, first: Outcome) -> dict[str, Any]:
        """An element of `schemes`, beside the first of them."""
        (score, of_score), (loss, of_loss) = self.score, self.loss
        gap, of_gap = self.gap(first)
        measures = {name: name == self.task.measure for name in ("accuracy", "perplexity")}
        return {
            "scheme": self.scheme.name,
            "forward": self.scheme.forward,
            "backward": self.scheme.backward,
            **{name: finite(score) if is_it else None for name, is_it in measures.items()},
            "half_width": finite(of_score),
            "gap": finite(gap),
            "gap_half_width": finite(of_gap),
            "loss": finite(loss),
            "loss_half_width": finite(of_loss),
            "instructions_per_step": self.per_step("instructions"),
            "bytes_per_step": self.per_step("bytes"),
            "steps": sum(run.steps for run in self.runs),
            "skipped": sum(run.skipped for run in self.runs),
            "checked": self.checked,
            "mismatches": self.mismatches,
            "layers": {
                layer: {
                    event: self.share(layer, event)
                    for event in ("underflow", "overflow", "swamped")
                }
                for layer in self.products[0].events
            },
            "curves": [
                [
                    {"loss": finite(loss), self.task.measure: finite(score)}
                    for loss, score in run.curve
                ]
                for run in self.runs
            ],
        }


def run(
    kernel: Kernel,
    schemes: Sequence[Scheme],
    task: Task,
    settings: Sequence[Settings],
    folder: Path | None,
    progress: Callable[[str, int], None],
) -> list[Outcome]:
    """Trains every scheme from every seed.

    Args:
        kernel: whose variants the schemes name.
        schemes: the arithmetics.
        task: what to learn.
        settings: one for each seed.
        folder: of the checkpoints; without one nothing is kept.
        progress: is told what is trained, and how many epochs of it are done.

    Raises:
        PaperError: a checkpoint is not that of the run.
    """
    found = []
    for scheme in schemes:
        runs, products = [], []
        for one in settings:
            name = f"{scheme.name} seed {one.seed}"
            path = folder / f"{scheme.name}-{one.seed}.npz" if folder else None
            made = train(kernel, scheme, task, one, path, partial(progress, name))
            if folder:
                task.write(folder, f"{scheme.name}-{one.seed}", made[0].weights)
            runs.append(made[0])
            products.append(made[1])
        found.append(Outcome(task, scheme, runs, products))
    return found


def draw(outcomes: Sequence[Outcome], path: Path) -> None:
    """Loss and measure over epochs: the mean of the seeds, and the range of all of them."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    from rvx.analysis.colours import FAMILIES, family
    from rvx.analysis.plots import LABEL_SIZE, save

    figure = Figure(figsize=(10, 4.6), layout="constrained")
    panels = figure.subplots(1, 2)
    dashes = ("-", (0, (5, 2)), (0, (1.5, 1.5)), "-.", (0, (8, 2, 1, 2, 1, 2)))
    seen: dict[str, int] = {}
    is_share = outcomes[0].task.measure == "accuracy"
    for outcome in outcomes:
        kind = family(outcome.scheme.name)
        seen[kind] = seen.get(kind, -1) + 1
        curves = np.array([run.curve for run in outcome.runs])
        epochs = np.arange(1, curves.shape[1] + 1)
        for axes, values in zip(
            panels, (curves[:, :, 0], (100 if is_share else 1) * curves[:, :, 1]), strict=True
        ):
            axes.plot(
                epochs,
                values.mean(axis=0),
                color=FAMILIES[kind][0],
                linestyle=dashes[seen[kind] % len(dashes)],
                linewidth=1.2,
                label=outcome.scheme.name,
            )
            axes.fill_between(
                epochs, values.min(axis=0), values.max(axis=0), color=FAMILIES[kind][0], alpha=0.1
            )
    panels[0].set_yscale("log")
    panels[0].set_ylabel("loss of what is learnt from")
    if is_share:
        panels[1].set_ylabel("accuracy on the test images, %")
        least = min(100 * run.curve[-1][1] for outcome in outcomes for run in outcome.runs)
        panels[1].set_ylim(max(0, min(least - 3, 90)), 100)
    else:
        panels[1].set_ylabel("perplexity of the text that is held out")
        panels[1].set_yscale("log")
    for axes in panels:
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(alpha=0.3)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=5, fontsize=LABEL_SIZE)
    save(figure, path)
