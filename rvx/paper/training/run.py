"""One run: a network learns from one seed, and can stop and go on."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis.kernel import Kernel
from rvx.analysis.multiply import Events, Products
from rvx.paper.training.scheme import Scheme
from rvx.paper.training.task import Task, single
from rvx.paper.vsq.digits import PaperError

Reals = npt.NDArray[np.float64]

FIRST_SCALE, LARGEST_SCALE, GOOD_STEPS = 256.0, 2.0**16, 200
_COUNTERS = ("checked", "mismatches", "instructions", "bytes")


@dataclass(frozen=True)
class Settings:
    """What decides a run, besides its scheme.

    Attributes:
        seed: of the weights and of the order of the data.
        epochs: passes over the data.
        share: of the products that run on the emulator, too.
    """

    seed: int
    epochs: int
    share: float


@dataclass
class Run:
    """The state of a run.

    Attributes:
        weights: of the network; float32, as what is between products.
        moments: what the optimiser keeps of each.
        rng: of the order of the data.
        scale: of the loss.
        good: steps since the scale has changed.
        skipped: steps that were left out since something was no number.
        steps: steps that were tried.
        curve: loss of what is learnt from, and the measure of the task, by epoch.
    """

    weights: list[Reals]
    moments: list[list[Reals]]
    rng: np.random.Generator
    scale: float
    good: int = 0
    skipped: int = 0
    steps: int = 0
    curve: list[tuple[float, float]] = field(default_factory=list)

    @classmethod
    def begin(cls, task: Task, settings: Settings, scheme: Scheme) -> Run:
        """Weights that the task draws, moments of 0."""
        rng = np.random.default_rng(settings.seed)
        weights = task.initial(rng)
        moments = [[np.zeros_like(w) for w in weights] for _ in range(task.optimiser.moments)]
        return cls(weights, moments, rng, FIRST_SCALE if scheme.scales_loss else 1.0)

    def epoch(self, multiply: Products, scheme: Scheme, task: Task) -> None:
        """One pass over the data, and a look at how well it is done."""
        losses = [self.step(multiply, scheme, task, batch) for batch in task.batches(self.rng)]
        finite = [loss for loss in losses if np.isfinite(loss)]
        with np.errstate(invalid="ignore", over="ignore"):
            score = task.judge(_uncounted(multiply), scheme, self.weights)
        self.curve.append((float(np.mean(finite)) if finite else float("nan"), score))

    def step(self, multiply: Products, scheme: Scheme, task: Task, batch: Any) -> float:
        """One step; gives the loss before it."""
        self.steps += 1
        with np.errstate(invalid="ignore", over="ignore"):
            loss, found = task.gradients(multiply, scheme, self.weights, batch, self.scale)
            gradients = [single(one / self.scale) for one in found]
        if all(np.isfinite(one).all() for one in gradients):
            done = self.steps - self.skipped
            task.optimiser.update(done, self.weights, self.moments, gradients)
            self.good += 1
            if scheme.scales_loss and self.good >= GOOD_STEPS:
                self.scale, self.good = min(2 * self.scale, LARGEST_SCALE), 0
        else:
            self.skipped += 1
            self.good = 0
            if scheme.scales_loss:
                self.scale = max(self.scale / 2, 1.0)
        return loss


def _uncounted(multiply: Products) -> Products:
    """The same products where they belong to no step."""
    return Products(multiply.kernel, 0.0, 0, np.random.default_rng(0), counts=_Free())


class _Free(dict[tuple[str, int, int, int], int]):
    """Counts of products that nobody counts: none is new."""

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: object) -> int:
        return 0


def train(
    kernel: Kernel,
    scheme: Scheme,
    task: Task,
    settings: Settings,
    checkpoint: Path | None = None,
    progress: Callable[[int], None] = lambda epoch: None,
) -> tuple[Run, Products]:
    """Trains for as many epochs as the settings say, from where a checkpoint stopped.

    Args:
        kernel: whose variants the scheme names.
        scheme: the arithmetic.
        task: what to learn.
        settings: the seed and how long.
        checkpoint: a file that is read if it is there, and written after every epoch.
        progress: is told how many epochs are done.

    Raises:
        PaperError: the checkpoint is damaged, or of another run.
    """
    run = Run.begin(task, settings, scheme)
    multiply = Products(
        kernel, settings.share, scheme.digits, np.random.default_rng([settings.seed, 1])
    )
    if checkpoint is not None and checkpoint.exists():
        _load(checkpoint, run, multiply, scheme, settings, task)
    while len(run.curve) < settings.epochs:
        progress(len(run.curve))
        run.epoch(multiply, scheme, task)
        if checkpoint is not None:
            _save(checkpoint, run, multiply, scheme, settings, task)
    return run, multiply


def _identity(kernel: Kernel, scheme: Scheme, settings: Settings, task: Task) -> dict[str, Any]:
    # A run may be made longer later.
    more = {name: value for name, value in asdict(settings).items() if name != "epochs"}
    return {"kernel": kernel.name, **asdict(scheme), **more, **task.identity()}


def _save(
    path: Path, run: Run, multiply: Products, scheme: Scheme, settings: Settings, task: Task
) -> None:
    """Writes the state, beside the file first, so that there is always a whole one."""
    told = {
        "identity": _identity(multiply.kernel, scheme, settings, task),
        "rng": run.rng.bit_generator.state,
        "checks": multiply.rng.bit_generator.state,
        "scale": run.scale,
        "good": run.good,
        "skipped": run.skipped,
        "steps": run.steps,
        "curve": run.curve,
        "counters": {name: getattr(multiply, name) for name in _COUNTERS},
        "events": {name: one.to_json() for name, one in multiply.events.items()},
        "counts": [[*key, count] for key, count in multiply.counts.items()],
    }
    arrays = {f"w{i}": value for i, value in enumerate(run.weights)}
    for which, moments in enumerate(run.moments):
        arrays |= {f"m{which}_{i}": value for i, value in enumerate(moments)}
    made = path.with_name(f".{path.name}.{os.getpid()}")
    with made.open("wb") as file:
        np.savez(file, told=np.array(json.dumps(told)), **arrays)  # type: ignore[arg-type]
    made.replace(path)


def _load(
    path: Path, run: Run, multiply: Products, scheme: Scheme, settings: Settings, task: Task
) -> None:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
            told: Mapping[str, Any] = json.loads(str(found["told"]))
            weights = [found[f"w{i}"] for i in range(len(run.weights))]
            moments = [
                [found[f"m{which}_{i}"] for i in range(len(kept))]
                for which, kept in enumerate(run.moments)
            ]
        if told["identity"] != _identity(multiply.kernel, scheme, settings, task):
            raise PaperError(
                f"{path} is of another run; take another folder, or the same settings as then"
            )
        shapes = [[one.shape for one in kept] for kept in (run.weights, *run.moments)]
        if [[one.shape for one in kept] for kept in (weights, *moments)] != shapes:
            raise ValueError("its arrays have other shapes")
        run.weights, run.moments = weights, moments
        run.rng.bit_generator.state = told["rng"]
        multiply.rng.bit_generator.state = told["checks"]
        run.scale, run.good = told["scale"], told["good"]
        run.skipped, run.steps = told["skipped"], told["steps"]
        run.curve = [(loss, score) for loss, score in told["curve"]]
        for name in _COUNTERS:
            setattr(multiply, name, told["counters"][name])
        multiply.events = {name: Events(**one) for name, one in told["events"].items()}
        multiply.counts.update({(name, m, n, k): count for name, m, n, k, count in told["counts"]})
    except (ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        if isinstance(error, PaperError):
            raise
        raise PaperError(f"{path} is no checkpoint of a training run; remove it") from None
