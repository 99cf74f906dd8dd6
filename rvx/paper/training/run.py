"""One run: a network with one hidden layer learns from one seed, and can stop and go on."""

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
from rvx.paper.vsq.digits import Digits, PaperError

Reals = npt.NDArray[np.float64]

HIDDEN, CLASSES, BATCH = 64, 10, 32
RATE, MOMENTUM = 0.05, 0.9
FIRST_SCALE, LARGEST_SCALE, GOOD_STEPS = 256.0, 2.0**16, 200
_COUNTERS = ("checked", "mismatches", "instructions", "bytes")


@dataclass(frozen=True)
class Settings:
    """What decides a run, besides its scheme.

    Attributes:
        seed: of the weights and of the order of the images.
        epochs: passes over the images.
        share: of the products that run on the emulator, too.
    """

    seed: int
    epochs: int
    share: float


@dataclass
class Run:
    """The state of a run.

    Attributes:
        weights: of both layers and their biases; float32, as what is between products.
        speeds: their momenta.
        rng: of the order of the images.
        scale: of the loss.
        good: steps since the scale has changed.
        skipped: steps that were left out since something was no number.
        steps: steps that were tried.
        curve: loss of the training images and accuracy on the test images, by epoch.
    """

    weights: list[Reals]
    speeds: list[Reals]
    rng: np.random.Generator
    scale: float
    good: int = 0
    skipped: int = 0
    steps: int = 0
    curve: list[tuple[float, float]] = field(default_factory=list)

    @classmethod
    def begin(cls, inputs: int, settings: Settings, scheme: Scheme) -> Run:
        """Weights as He et al. (2015) draw them."""
        rng = np.random.default_rng(settings.seed)
        shapes = ((HIDDEN, inputs), (CLASSES, HIDDEN))
        drawn = [_single(rng.normal(0, np.sqrt(2 / shape[1]), shape)) for shape in shapes]
        weights = [drawn[0], np.zeros(HIDDEN), drawn[1], np.zeros(CLASSES)]
        scale = FIRST_SCALE if scheme.scales_loss else 1.0
        return cls(weights, [np.zeros_like(w) for w in weights], rng, scale)

    def epoch(self, multiply: Products, scheme: Scheme, digits: Digits) -> None:
        """One pass over the training images, and a look at the test images."""
        order = self.rng.permutation(len(digits.train))
        one_hot = np.eye(CLASSES)[digits.train_labels]
        losses = []
        for start in range(0, len(order) - BATCH + 1, BATCH):
            batch = order[start : start + BATCH]
            losses.append(self._step(multiply, scheme, digits.train[batch], one_hot[batch]))
        _, logits = self._forward(_uncounted(multiply), scheme, digits.test)
        told = np.argmax(np.nan_to_num(logits, nan=-np.inf), axis=1)
        finite = [loss for loss in losses if np.isfinite(loss)]
        self.curve.append(
            (
                float(np.mean(finite)) if finite else float("nan"),
                float(np.mean(told == digits.test_labels)),
            )
        )

    def _forward(self, multiply: Products, scheme: Scheme, x: Reals) -> tuple[Reals, Reals]:
        first, of_first, second, of_second = self.weights
        hidden = np.maximum(_single(multiply(scheme.forward, "hidden", x, first) + of_first), 0)
        logits = _single(multiply(scheme.forward, "output", hidden, second) + of_second)
        return hidden, logits

    def _step(self, multiply: Products, scheme: Scheme, x: Reals, labels: Reals) -> float:
        """One step; gives the loss before it."""
        self.steps += 1
        with np.errstate(invalid="ignore", over="ignore"):
            hidden, logits = self._forward(multiply, scheme, x)
            odds = np.exp(logits - logits.max(axis=1, keepdims=True))
            odds /= odds.sum(axis=1, keepdims=True)
            loss = float(-np.mean(np.log(np.maximum((odds * labels).sum(axis=1), 1e-300))))
            back = _single((odds - labels) / len(x) * self.scale)
            variant, second = scheme.backward, self.weights[2]
            of_second = multiply(variant, "output", _turned(back), _turned(hidden))
            inner = multiply(variant, "output", back, _turned(second)) * (hidden > 0)
            of_first = multiply(variant, "hidden", _turned(inner), _turned(x))
            found = (of_first, inner.sum(axis=0), of_second, back.sum(axis=0))
            gradients = [_single(one / self.scale) for one in found]
        if all(np.isfinite(one).all() for one in gradients):
            self._update(gradients)
            self.good += 1
            if scheme.scales_loss and self.good >= GOOD_STEPS:
                self.scale, self.good = min(2 * self.scale, LARGEST_SCALE), 0
        else:
            self.skipped += 1
            self.good = 0
            if scheme.scales_loss:
                self.scale = max(self.scale / 2, 1.0)
        return loss

    def _update(self, gradients: list[Reals]) -> None:
        for i, gradient in enumerate(gradients):
            self.speeds[i] = _single(MOMENTUM * self.speeds[i] - RATE * gradient)
            self.weights[i] = _single(self.weights[i] + self.speeds[i])


def _single(x: Reals) -> Reals:
    """Rounded to binary32, in which weights and what lies between the products are kept."""
    with np.errstate(over="ignore", invalid="ignore"):
        return x.astype(np.float32).astype(np.float64)


def _turned(x: Reals) -> Reals:
    return np.ascontiguousarray(x.T)


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
    digits: Digits,
    settings: Settings,
    checkpoint: Path | None = None,
    progress: Callable[[int], None] = lambda epoch: None,
) -> tuple[Run, Products]:
    """Trains for as many epochs as the settings say, from where a checkpoint stopped.

    Args:
        kernel: whose variants the scheme names.
        scheme: the arithmetic.
        digits: what to learn.
        settings: the seed and how long.
        checkpoint: a file that is read if it is there, and written after every epoch.
        progress: is told how many epochs are done.

    Raises:
        PaperError: the checkpoint is damaged, or of another run.
    """
    run = Run.begin(digits.train.shape[1], settings, scheme)
    multiply = Products(
        kernel, settings.share, scheme.digits, np.random.default_rng([settings.seed, 1])
    )
    if checkpoint is not None and checkpoint.exists():
        _load(checkpoint, run, multiply, scheme, settings)
    while len(run.curve) < settings.epochs:
        progress(len(run.curve))
        run.epoch(multiply, scheme, digits)
        if checkpoint is not None:
            _save(checkpoint, run, multiply, scheme, settings)
    return run, multiply


def _identity(kernel: Kernel, scheme: Scheme, settings: Settings) -> dict[str, Any]:
    # A run may be made longer later.
    more = {name: value for name, value in asdict(settings).items() if name != "epochs"}
    return {"kernel": kernel.name, **asdict(scheme), **more}


def _save(path: Path, run: Run, multiply: Products, scheme: Scheme, settings: Settings) -> None:
    """Writes the state, beside the file first, so that there is always a whole one."""
    told = {
        "identity": _identity(multiply.kernel, scheme, settings),
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
    arrays |= {f"v{i}": value for i, value in enumerate(run.speeds)}
    made = path.with_name(f".{path.name}.{os.getpid()}")
    with made.open("wb") as file:
        np.savez(file, told=np.array(json.dumps(told)), **arrays)  # type: ignore[arg-type]
    made.replace(path)


def _load(path: Path, run: Run, multiply: Products, scheme: Scheme, settings: Settings) -> None:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
            told: Mapping[str, Any] = json.loads(str(found["told"]))
            weights = [found[f"w{i}"] for i in range(len(run.weights))]
            speeds = [found[f"v{i}"] for i in range(len(run.speeds))]
        if told["identity"] != _identity(multiply.kernel, scheme, settings):
            raise PaperError(
                f"{path} is of another run; take another folder, or the same settings as then"
            )
        run.weights, run.speeds = weights, speeds
        run.rng.bit_generator.state = told["rng"]
        multiply.rng.bit_generator.state = told["checks"]
        run.scale, run.good = told["scale"], told["good"]
        run.skipped, run.steps = told["skipped"], told["steps"]
        run.curve = [(loss, accuracy) for loss, accuracy in told["curve"]]
        for name in _COUNTERS:
            setattr(multiply, name, told["counters"][name])
        multiply.events = {name: Events(**one) for name, one in told["events"].items()}
        multiply.counts.update({(name, m, n, k): count for name, m, n, k, count in told["counts"]})
    except (ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        if isinstance(error, PaperError):
            raise
        raise PaperError(f"{path} is no checkpoint of a training run; remove it") from None
