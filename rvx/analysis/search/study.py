"""A search from beginning to end, or from where the last one stopped."""

from __future__ import annotations

import contextlib
import csv
import itertools
import json
import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from rvx.analysis import plots
from rvx.analysis.colours import BLUE
from rvx.analysis.search.space import Choice, Conditions, Measure, SearchError, Space, Value
from rvx.analysis.sweep.workers import Workers
from rvx.errors import Exit, RvxError

SCHEMA = "rvx.search/1"
JOURNAL, TABLE = "study.log", "trials.csv"
_QUESTION, _CHOICE, _MESSAGE = "question", "choice", "message"


@dataclass(frozen=True)
class Trial:
    """A choice, and what it gave.

    Attributes:
        number: of the trial, from 0 on.
        choice: the value of every parameter.
        error: of what came out; None where nothing did.
        cost: likewise.
        message: why nothing came out.
        is_best: whether no other trial has a smaller error at the same cost or less.
    """

    number: int
    choice: dict[str, Value]
    error: float | None
    cost: float | None
    message: str | None
    is_best: bool = False


@dataclass(frozen=True)
class Found:
    """What a search gave.

    Attributes:
        space: that was searched.
        conditions: of all trials.
        cost: what was the cost.
        trials: each choice once, in the order of the trials.
        tried: how many trials this run has made; the others were there.
    """

    space: Space
    conditions: Conditions
    cost: str
    trials: Sequence[Trial]
    tried: int

    @property
    def front(self) -> list[Trial]:
        """The trials that no other one beats, cheapest first."""
        best = [trial for trial in self.trials if trial.is_best]
        return sorted(best, key=lambda trial: trial.cost or 0)

    def to_json(self) -> dict[str, Any]:
        """One document of the schema rvx.search/1, without the versions."""
        return {
            "schema": SCHEMA,
            "space": self.space.name,
            "error": self.space.error,
            "cost": self.cost,
            "distribution": self.conditions.distribution,
            "range": [self.conditions.low, self.conditions.high],
            "seeds": self.conditions.seeds,
            "choices": self.space.size,
            "tried": self.tried,
            "trials": [
                {
                    "number": trial.number,
                    "choice": trial.choice,
                    "error": trial.error,
                    "cost": trial.cost,
                    "message": trial.message,
                    "is_best": trial.is_best,
                }
                for trial in self.trials
            ],
        }


def search(
    space: Space,
    conditions: Conditions,
    folder: Path,
    cost: str,
    trials: int,
    seed: int = 0,
    workers: int = 1,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Found:
    """Tries choices until there are so many trials, or no choice is left.

    Args:
        space: what is searched.
        conditions: of all trials.
        folder: where trials go, and those of earlier runs of the same search are.
        cost: one of the costs of the space.
        trials: how many, with those of earlier runs.
        seed: of the choices, which are the same for the same number of workers.
        workers: processes; this one alone if 1.
        progress: is told how many trials there are, and how many there will be.

    Raises:
        SearchError: Optuna is not installed, or the folder has another search.
        RvxError: somebody pressed Ctrl-C; what was tried until then is in the folder.
    """
    optuna = _optuna()
    if folder.exists() and not folder.is_dir():
        raise SearchError(f"'{folder}' is a file; name a folder for the search")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        backend = optuna.storages.journal.JournalFileBackend(str(folder / JOURNAL))
        storage = optuna.storages.JournalStorage(backend)
        held = [name for name in optuna.get_all_study_names(storage) if name != space.name]
        if held:
            # The table would hold the trials of one of them only.
            raise SearchError(f"'{folder}' has a search over {held[0]}; name another folder")
        study = optuna.create_study(
            study_name=space.name,
            storage=storage,
            directions=["minimize", "minimize"],
            load_if_exists=True,
        )
    except ValueError as error:
        raise SearchError(f"'{folder / JOURNAL}' is no study of Optuna: {error}") from None
    question = json.dumps(
        {
            "axes": {axis.name: list(axis.values) for axis in space.axes},
            "cost": cost,
            **asdict(conditions),
        }
    )
    if study.user_attrs.get(_QUESTION, question) != question:
        raise SearchError(
            f"'{folder}' has a search over other values, or under other conditions; name another "
            f"folder"
        )
    study.set_user_attr(_QUESTION, question)
    known: dict[str, Outcome] = {
        _key(trial.choice): trial.message or (trial.error or 0.0, trial.cost or 0.0)
        for trial in _trials(study)
    }
    before, total = len(known), min(trials, space.size)
    # Not the choices of the last run once more, and yet the same ones each time.
    study.sampler = optuna.samplers.TPESampler(seed=seed + len(study.trials))
    progress(before, total)
    is_exhaustive = space.size <= trials
    # One walk for all trials, so that the last ones are found as quickly as the first.
    others = _in_order(space) if is_exhaustive else _at_random(space, seed + len(study.trials))
    asked: dict[str, Any] = {}

    def choices() -> Iterator[dict[str, Value]]:
        while len(known) + len(asked) < total:
            trial, choice = _ask(
                study, space, known, asked, others, 0 if is_exhaustive else _ATTEMPTS
            )
            asked[_key(choice)] = trial
            yield choice

    work = partial(_outcome, space.measure, conditions, cost)
    try:
        with _computing(work, workers) as compute:
            while len(known) < total:
                # Optuna learns from whole rounds, so that it does not matter who is done first.
                some = choices() if is_exhaustive else itertools.islice(choices(), workers)
                for choice, outcome in compute(some):
                    _tell(study, asked.pop(_key(choice)), outcome)
                    known[_key(choice)] = outcome
                    progress(len(known), total)
    finally:
        # Also after Ctrl-C.
        found = Found(space, conditions, cost, _best(_trials(study)), len(known) - before)
        _write(folder / TABLE, found)
    return found


Outcome = tuple[float, float] | str
"""Error and cost, or why there are none."""


Compute = Callable[[Iterable[dict[str, Value]]], Iterable[tuple[dict[str, Value], Outcome]]]


@contextlib.contextmanager
def _computing(work: Callable[[Choice], Outcome], workers: int) -> Iterator[Compute]:
    """What computes choices as they are asked for: this process, or several others."""
    if workers == 1:
        yield lambda choices: ((choice, work(choice)) for choice in choices)
        return
    with Workers[dict[str, Value], Outcome](work, lambda _, sentence: sentence, workers) as crew:
        yield crew.done


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise SearchError(
            "a search needs the package optuna: pip install 'rvx-emulator[search]'"
        ) from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


def _key(choice: Mapping[str, Value]) -> str:
    return json.dumps(choice, sort_keys=True)


_ATTEMPTS = 8
"""How often the sampler may propose what is known, before what is not is drawn."""


def _ask(
    study: Any,
    space: Space,
    known: Mapping[str, Outcome],
    asked: Mapping[str, Any],
    others: Iterator[dict[str, Value]],
    attempts: int,
) -> tuple[Any, dict[str, Value]]:
    """A trial with a choice that is neither known yet nor being computed."""
    for _ in range(attempts):
        trial = study.ask()
        choice = _suggested(trial, space)
        if _key(choice) in asked:
            study.tell(trial, state=_optuna().trial.TrialState.FAIL)
        elif _key(choice) in known:
            # What it is told again keeps it from proposing it for ever.
            _tell(study, trial, known[_key(choice)])
        else:
            return trial, choice
    choice = next(one for one in others if _key(one) not in known and _key(one) not in asked)
    study.enqueue_trial({axis.name: axis.values.index(choice[axis.name]) for axis in space.axes})
    trial = study.ask()
    return trial, _suggested(trial, space)


def _in_order(space: Space) -> Iterator[dict[str, Value]]:
    for values in itertools.product(*(axis.values for axis in space.axes)):
        yield dict(zip((axis.name for axis in space.axes), values, strict=True))


def _at_random(space: Space, seed: int) -> Iterator[dict[str, Value]]:
    rng = random.Random(seed)
    while True:
        yield {axis.name: rng.choice(axis.values) for axis in space.axes}


def _suggested(trial: Any, space: Space) -> dict[str, Value]:
    """Values are searched by their place, which has an order where they have one."""
    choice = {}
    for axis in space.axes:
        last = len(axis.values) - 1
        if isinstance(axis.values[0], str):
            place = trial.suggest_categorical(axis.name, range(last + 1))
        else:
            place = trial.suggest_int(axis.name, 0, last)
        choice[axis.name] = axis.values[place]
    trial.set_user_attr(_CHOICE, choice)
    return choice


def _outcome(measure: Measure, conditions: Conditions, cost: str, choice: Choice) -> Outcome:
    try:
        measured = measure(choice, conditions)
    except (RvxError, ValueError) as error:
        if isinstance(error, RvxError) and error.exit_code is Exit.INTERRUPTED:
            raise
        return str(error)
    return measured.error, measured.costs[cost]


def _tell(study: Any, trial: Any, outcome: Outcome) -> None:
    if isinstance(outcome, str):
        trial.set_user_attr(_MESSAGE, outcome)
        study.tell(trial, state=_optuna().trial.TrialState.FAIL)
    else:
        study.tell(trial, outcome)


def _trials(study: Any) -> list[Trial]:
    """What is on disk: every choice once. A run that was killed leaves a trial without an end."""
    found: dict[str, Trial] = {}
    for each in study.get_trials(deepcopy=False):
        message, choice = each.user_attrs.get(_MESSAGE), each.user_attrs.get(_CHOICE)
        if choice is None or _key(choice) in found or not each.state.is_finished():
            continue
        if each.values is None and message is None:
            continue
        error, cost = each.values or (None, None)
        found[_key(choice)] = Trial(len(found), choice, error, cost, message)
    return list(found.values())


def _best(trials: Sequence[Trial]) -> list[Trial]:
    """The same, with those marked that no other one beats."""
    best: set[int] = set()
    least = math.inf
    done = [
        (each.cost, each.error, each.number)
        for each in trials
        if each.cost is not None and each.error is not None
    ]
    for _, error, number in sorted(done):
        if error < least:
            least = error
            best.add(number)
    return [replace(each, is_best=each.number in best) for each in trials]


def _write(path: Path, found: Found) -> None:
    """The table of all trials, replaced as a whole."""
    names = [axis.name for axis in found.space.axes]
    made = path.with_name(f".{path.name}")
    with made.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["number", *names, "error", "cost", "is_best", "message"])
        for each in found.trials:
            values = [each.choice[name] for name in names]
            table.writerow(
                [each.number, *values, each.error, each.cost, each.is_best, each.message]
            )
    made.replace(path)


def draw(found: Found, path: Path) -> None:
    """A picture of all trials and of the best ones, with their parameters.

    Raises:
        PlotError: see `plots.check`.
    """
    from matplotlib.figure import Figure

    plots.check(path)
    figure = Figure(figsize=(7.2, 5), layout="constrained")
    axes = figure.subplots()
    done = [each for each in found.trials if each.message is None]
    front = found.front
    axes.scatter(
        [each.cost or 0 for each in done],
        [each.error or 0 for each in done],
        s=14,
        color="0.7",
        label="tried",
        zorder=1,
    )
    cost, error = ([getattr(each, name) for each in front] for name in ("cost", "error"))
    axes.step(cost, error, where="post", color=BLUE, lw=1, zorder=2)
    axes.scatter(cost, error, s=26, color=BLUE, label="nothing is better", zorder=3)
    if all(each.error for each in done) and done:
        axes.set_yscale("log")
    if done and max(cost) > _WIDE * min(cost) > 0:
        axes.set_xscale("log")
    axes.margins(x=0.25, y=0.12)
    axes.set_xlabel(found.cost)
    axes.set_ylabel(found.space.error)
    axes.set_title(title(found), fontsize=10)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=plots.LABEL_SIZE, frameon=False)
    figure.draw_without_rendering()
    varied = [axis.name for axis in found.space.axes if len(axis.values) > 1]
    points = {
        " ".join(
            str(each.choice[name]) if name == "variant" else f"{name}={each.choice[name]}"
            for name in varied
        ): (each.cost or 0.0, each.error or 0.0)
        for each in front
    }
    plots.annotate(axes, points)
    plots.save(figure, path)


def title(found: Found) -> str:
    """What was searched, in a line."""
    it = found.conditions
    fixed = " ".join(
        f"{axis.name}={axis.values[0]}"
        for axis in found.space.axes
        if len(axis.values) == 1 and axis.values[0] != 0  # VLEN, where nobody has asked for it
    )
    what = f"{found.space.name} {fixed}".rstrip()
    tried = f"{len(found.trials):,} of {found.space.size:,} choices"
    if found.space.name == "dot":
        return f"{what}, {tried}"
    return f"{what}, {tried}, {it.distribution} in [{it.low:g}, {it.high:g}]"


_WIDE = 8
"""Costs that are so many times apart are drawn by their logarithms."""
