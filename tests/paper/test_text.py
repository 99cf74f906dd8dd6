"""The transformer that learns a text: its gradients, its curve, its files."""

import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from rvx.analysis.kernel import load
from rvx.analysis.multiply import Products
from rvx.cli.main import app
from rvx.paper.language.model import Model
from rvx.paper.training.run import Run, Settings, train
from rvx.paper.training.scheme import SCHEMES, own
from rvx.paper.training.stories import stories
from rvx.paper.training.text import Text

from .language.test_decoder import at_once

SETTINGS = Settings(seed=2, epochs=1, share=0.0)


@pytest.fixture(scope="module")
def gemm():
    return load("gemm")


@pytest.fixture(scope="module")
def small():
    return Text(stories(500), width=8, layers=2, heads=2, hidden=12, window=16, batch=2)


def test_gradients_are_those_of_the_loss(gemm, small):
    """Against differences of the loss of a transformer that is written down apart, in float64."""
    scheme = own(gemm, "f64", "f64", 53)
    run = Run.begin(small, SETTINGS, scheme)
    names = list(small.shape.dimensions())
    rng = np.random.default_rng(0)
    run.weights = [weight + rng.normal(0, 0.2, weight.shape) for weight in run.weights]
    batch = next(small.batches(run.rng))
    multiply = Products(gemm, 0.0, 53, np.random.default_rng(0))
    told, found = small.gradients(multiply, scheme, run.weights, batch, 1.0)

    def loss(weights):
        model = Model(small.shape, dict(zip(names, weights, strict=True)))
        losses = []
        for window in batch:
            logits = at_once(model, window[:-1])
            odds = np.exp(logits - logits.max(axis=1, keepdims=True))
            odds /= odds.sum(axis=1, keepdims=True)
            losses += [-np.log(odds[i, token]) for i, token in enumerate(window[1:])]
        return np.mean(losses)

    assert told == pytest.approx(loss(run.weights), rel=1e-5)
    for i, (name, gradient) in enumerate(zip(names, found, strict=True)):
        assert gradient.shape == run.weights[i].shape
        # Along the gradient, the loss grows by the square of its length.
        values = []
        for off in (1e-4, -1e-4):
            moved = list(run.weights)
            moved[i] = moved[i] + off * gradient / np.linalg.norm(gradient)
            values.append(loss(moved))
        slope = (values[0] - values[1]) / 2e-4
        assert np.linalg.norm(gradient) == pytest.approx(slope, rel=2e-4), name


@pytest.mark.parametrize("name", ["f32", "int8"])
def test_every_product_is_that_of_the_emulator(gemm, name):
    task = Text(stories(300), width=8, layers=1, heads=1, hidden=8, window=16, batch=1)
    run = Run.begin(task, SETTINGS, SCHEMES[name])
    multiply = Products(gemm, 1.0, 0, np.random.default_rng(0))
    loss = run.step(multiply, SCHEMES[name], task, next(task.batches(run.rng)))
    assert np.isfinite(loss)
    # Forward 7 matrices, the classifier and 2 products of attention; backward twice as many.
    assert multiply.checked == 3 * (7 + 1 + 2)
    assert multiply.mismatches == 0


def test_it_learns_and_goes_on_where_it_stopped(gemm, small, tmp_path):
    scheme, path = SCHEMES["f16_exsdotp"], tmp_path / "run.npz"
    settings = replace(SETTINGS, epochs=2)
    whole, counted = train(gemm, scheme, small, settings)
    assert whole.curve[-1][0] < whole.curve[0][0] < np.log(small.shape.vocabulary) + 0.3
    assert whole.curve[-1][1] < whole.curve[0][1] < small.shape.vocabulary
    train(gemm, scheme, small, SETTINGS, path)
    parts, again = train(gemm, scheme, small, settings, path)
    assert parts.curve == whole.curve
    for a, b in zip(whole.weights, parts.weights, strict=True):
        assert np.array_equal(a, b)
    assert (counted.instructions, counted.checked) == (again.instructions, again.checked)


def test_what_is_learnt_is_a_model_that_lm_runs(tmp_path):
    (tmp_path / "text.txt").write_text(stories(500))
    words = ["train", "f32", "--text", "text.txt", "--shape", "8,1,2,8,16,2", "--seeds", "1"]
    words += ["--epochs", "1", "-o", ".", "--plot", "curve.svg", "--json"]
    runner = CliRunner()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        done = runner.invoke(app, words)
        assert done.exit_code == 0, done.stderr
        (scheme,) = json.loads(done.stdout)["schemes"]
        assert scheme["accuracy"] is None
        done = runner.invoke(
            app, ["lm", "f32-0.bin", "--text", "text.txt", "--scheme", "f32", "--tokens", "20"]
        )
        assert done.exit_code == 0, done.stderr
    assert "exact" in done.stdout


def test_stories():
    text = stories(2000, seed=1)
    assert 2000 <= len(text) < 2400
    assert text == stories(2000, seed=1) != stories(2000, seed=2)
    for story in text.split("\n\n"):
        name = story.split()[0]
        assert story.startswith(f"{name} was a ")
        assert story.endswith(" was happy.")
        # What is lost is what is found.
        thing = " ".join(story.split(" with a ")[1].split(".")[0].split())
        assert story.count(f"the {thing}") == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--task", "songs"], "--task songs: there are digits and text"),
        (["--task", "text", "--shape", "8,1"], "--shape 8,1: write six numbers"),
        (["--task", "text", "--shape", "8,1,3,8,16,2"], "no even number of elements for each of 3"),
        (["--text", "short.txt"], "a text of 7 tokens is too short to learn from 4 windows of 64"),
        (["--text", "none.txt"], "none.txt"),
    ],
)
def test_mistakes_of_the_command_line(words, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "short.txt").write_text("Hello")
    done = CliRunner().invoke(app, ["train", "f32", *words])
    assert done.exit_code == 2
    assert sentence in done.stderr
