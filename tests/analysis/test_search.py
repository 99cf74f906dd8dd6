"""Searches: what a choice gives, which choices are best, and what is on disk when one ends."""

import csv
import itertools
import json
import sys
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from rvx.analysis import dots
from rvx.analysis.search import Axis, SearchError, Space, search, space_of
from rvx.analysis.search.space import Conditions, Measured
from rvx.analysis.search.study import TABLE
from rvx.analysis.sweep.cell import Cell, evaluate
from rvx.cli.main import app
from rvx.formats.dot.catalogue import rvbna
from rvx.formats.minifloat.catalogue import FP16ALT
from rvx.formats.minifloat.rounding import Rounding

USUAL = Conditions()


def measure(choice, conditions):
    """Errors and costs of two numbers, some of which nothing comes out of."""
    a, b = choice["a"], choice["b"]
    if a == 3:
        raise SearchError("three is not possible")
    return Measured(1 / (1 + a) + (b - 2) ** 2, {"cost": a + b, "other": b})


TOY = Space("toy", [Axis("a", range(8)), Axis("b", (0, 1, 2, 4))], "error", ("cost",), measure)


def best_of(trials):
    """By comparing all with all."""
    done = [t for t in trials if t.message is None]
    return {
        t.number
        for t in done
        if not any(
            (o.cost, o.error) != (t.cost, t.error) and o.cost <= t.cost and o.error <= t.error
            for o in done
        )
    }


def test_all_choices_are_tried_where_there_are_few(tmp_path):
    found = search(TOY, USUAL, tmp_path, "cost", 100)
    assert found.tried == len(found.trials) == TOY.size == 32
    wanted = {(a, b) for a, b in itertools.product(range(8), (0, 1, 2, 4))}
    assert {(t.choice["a"], t.choice["b"]) for t in found.trials} == wanted
    assert {t.number for t in found.front} == best_of(found.trials)
    assert {t.message for t in found.trials if t.choice["a"] == 3} == {"three is not possible"}
    assert [t.cost for t in found.front] == sorted(t.cost for t in found.front)
    with (tmp_path / TABLE).open() as file:
        rows = list(csv.DictReader(file))
    assert [float(row["error"] or -1) for row in rows] == [
        -1 if t.error is None else t.error for t in found.trials
    ]
    assert search(TOY, USUAL, tmp_path, "cost", 100).tried == 0


def test_a_search_goes_on_and_tries_no_choice_twice(tmp_path):
    told = []
    first = search(TOY, USUAL, tmp_path, "cost", 6, seed=1, progress=lambda *n: told.append(n))
    assert (first.tried, told[0], told[-1]) == (6, (0, 6), (6, 6))
    second = search(TOY, USUAL, tmp_path, "cost", 15, seed=1)
    assert (second.tried, len(second.trials)) == (9, 15)
    assert [replace(t, is_best=False) for t in second.trials[:6]] == [
        replace(t, is_best=False) for t in first.trials
    ]
    assert len({json.dumps(t.choice) for t in second.trials}) == 15
    again = search(TOY, USUAL, tmp_path / "other", "cost", 6, seed=1)
    assert again.trials == first.trials


def test_what_was_tried_is_kept_when_a_search_is_interrupted(tmp_path):
    calls = itertools.count()

    def interrupted(choice, conditions):
        if next(calls) == 4:
            raise KeyboardInterrupt
        return measure(choice, conditions)

    with pytest.raises(KeyboardInterrupt):
        search(replace(TOY, measure=interrupted), USUAL, tmp_path, "cost", 9)
    assert len((tmp_path / TABLE).read_text().splitlines()) == 5
    assert search(TOY, USUAL, tmp_path, "cost", 9).tried == 5


def test_workers_try_what_one_process_would(tmp_path):
    """Of a space that is walked through, and of one where Optuna proposes, in rounds of two."""
    whole, posits = space_of("int").narrowed({"bits": range(3, 9)}), space_of("posit")
    for number, (space, trials) in enumerate([(whole, 6), (posits, 5)]):
        folder = tmp_path / str(number)
        found = search(space, USUAL, folder, "bytes", trials, workers=2)
        assert found.tried == len({json.dumps(trial.choice) for trial in found.trials}) == trials
        for trial in found.trials:
            measured = space.measure(trial.choice, USUAL)
            assert (trial.error, trial.cost) == (measured.error, measured.costs["bytes"])
        assert search(space, USUAL, folder, "bytes", trials, workers=2).tried == 0
    assert search(posits, USUAL, tmp_path / "1", "bytes", 6).tried == 1


def test_a_worker_that_ends_is_a_trial_without_a_result(tmp_path):
    # sys.exit takes no two arguments, so that the process ends with the exit code of a mistake.
    found = search(replace(TOY, measure=sys.exit), USUAL, tmp_path, "cost", 1, workers=2)
    (trial,) = found.trials
    assert trial.message == "the process that computed it ended with exit code 1"


def test_another_search_has_another_folder(tmp_path):
    search(TOY, USUAL, tmp_path, "cost", 1)
    for space, conditions, cost in (
        (TOY.narrowed({"a": [1, 2]}), USUAL, "cost"),
        (TOY, Conditions(seeds=2), "cost"),
        (TOY, USUAL, "other"),
    ):
        with pytest.raises(SearchError, match="has a search over other values, or under other"):
            search(space, conditions, tmp_path, cost, 2)
    (tmp_path / "file").write_text("")
    with pytest.raises(SearchError, match="is a file; name a folder for the search"):
        search(TOY, USUAL, tmp_path / "file", "cost", 1)
    table = (tmp_path / TABLE).read_bytes()
    with pytest.raises(SearchError, match=f"has a search over {TOY.name}; name another folder"):
        search(replace(TOY, name="another"), USUAL, tmp_path, "cost", 1)
    assert (tmp_path / TABLE).read_bytes() == table


def test_without_optuna_there_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(SearchError, match=r"needs the package optuna: pip install 'rvx-emu"):
        search(TOY, USUAL, tmp_path, "cost", 1)


def test_integers_are_judged_as_numpy_does():
    rng = np.random.default_rng(0)
    a, b = (rng.uniform(-1, 1, (16, 256)) for _ in "ab")
    found = space_of("int").measure({"bits": 6}, USUAL)
    x, y = (np.round(m / np.abs(m).max() * 31) * (np.abs(m).max() / 31) for m in (a, b))
    assert found.error == pytest.approx(np.mean((x @ y.T - a @ b.T) ** 2), rel=1e-9)
    assert found.costs == {"bytes": 6 / 8}


@pytest.mark.parametrize(
    ("name", "choice", "size"),
    [
        ("posit", {"bits": 12, "es": 1}, 1.5),
        ("mx", {"e": 4, "m": 3, "block": 16}, 1.0625),
        ("vsq", {"bits": 4, "block": 16, "scale_bits": 4}, 0.53125),
    ],
)
def test_more_digits_have_less_error(name, choice, size):
    space = space_of(name)
    found = space.measure(choice, USUAL)
    assert found.costs == {"bytes": size}
    (digits,) = (key for key in ("bits", "m") if key in choice)
    less = space.measure({**choice, digits: choice[digits] - 2}, USUAL)
    assert 4 < less.error / found.error < 64


def test_accumulators_are_those_of_rvx_dot():
    choice = {"format": "bfloat16", "group": 8, "guard": 2, "rounding": "rod", "data": "normal"}
    found = space_of("dot").measure(choice, Conditions(seeds=2))
    acc = rvbna(FP16ALT, FP16ALT, 8, 2, Rounding.ROD)
    (row,) = dots.run([acc], [256], ["normal"], 2)
    assert found.error == row.rms.value
    assert found.costs == {"adder bits": 23 + 2 + 2 + 3, "additions": 32}


def test_trials_of_kernels_are_cells_of_sweeps():
    space = space_of("gemm").narrowed({"M": [2], "N": [3], "K": [4]})
    sizes = {axis.name: axis.values[0] for axis in space.axes}
    found = space.measure({**sizes, "variant": "f32"}, Conditions(-2, 2, seeds=2))
    cells = [
        Cell("gemm", "f32", 0, (("M", 2), ("N", 3), ("K", 4)), -2, 2, "uniform", seed)
        for seed in (0, 1)
    ]
    rows = [evaluate(cell) for cell in cells]
    assert found.error == (rows[0]["mse"] + rows[1]["mse"]) / 2
    assert found.costs["instructions"] == rows[0]["instructions"]
    with pytest.raises(SearchError, match="VLEN says how wide vector registers are"):
        space.measure({**sizes, "variant": "f32", "VLEN": 128}, USUAL)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nothing"], "there is no 'nothing' to search; there are the formats and accumulators"),
        (["posit", "-p", "q=1"], "posit has no parameter 'q' to search; there are bits, es"),
        (["posit", "-p", "bits=x"], "bits of posit must be like 4, 5, 6, 7, 8, 9"),
        (["posit", "-p", "bits"], "-p bits: write a name and values, such as bits=4:8"),
        (["posit", "-p", "bits=8:4"], "-p bits=8:4: 8:4 has to ascend, by less than 10,000"),
        (["posit", "-p", "bits=a:b"], "-p bits=a:b: a:b is no range of whole numbers"),
        (["posit", "--cost", "euro"], "--cost euro: posit has bytes"),
        (["posit", "--distribution", "odd"], "there is no distribution 'odd'"),
        (["posit", "--plot", "x.txt"], "'x.txt' is not the name of a picture"),
    ],
)
def test_mistakes_are_sentences(words, sentence, tmp_path):
    done = CliRunner().invoke(app, ["search", *words, "-o", str(tmp_path / "found")])
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert not (tmp_path / "found").exists()


def test_a_search_from_the_command_line(tmp_path):
    words = ["search", "int", "-p", "bits=3:6", "-o", str(tmp_path / "found")]
    picture = tmp_path / "found.svg"
    done = CliRunner().invoke(app, [*words, "--plot", str(picture), "--trials", "3"])
    assert done.exit_code == 0
    assert done.stdout.startswith("int, 3 of 4 choices, uniform in [-1, 1]\n")
    assert "nothing is better" in picture.read_text()
    document = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)
    assert (document["schema"], document["tried"]) == ("rvx.search/1", 1)
    # Every bit more is better, and costs more.
    assert all(trial["is_best"] for trial in document["trials"])
