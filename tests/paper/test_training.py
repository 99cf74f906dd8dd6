import json
import math
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from scipy import stats

from rvx.analysis import multiply as products
from rvx.analysis.kernel import load
from rvx.analysis.multiply import Products
from rvx.cli.main import app
from rvx.cli.options import parse_share
from rvx.cli.output import UsageProblem
from rvx.formats.dot.catalogue import rvbna
from rvx.formats.minifloat.catalogue import E4M3FN, FP16ALT
from rvx.formats.minifloat.rounding import Rounding
from rvx.paper.training.images import BATCH, RATE, Images
from rvx.paper.training.run import Run, Settings, train
from rvx.paper.training.scheme import SCHEMES, choose, of_accumulators, own
from rvx.paper.training.study import interval
from rvx.paper.vsq import digits as images
from rvx.paper.vsq.digits import PaperError

SETTINGS = Settings(seed=3, epochs=1, share=0.0)


@pytest.fixture(scope="module")
def gemm():
    return load("gemm")


@pytest.fixture(scope="module")
def digits():
    return Images(images.load())


@pytest.fixture(scope="module")
def few(digits):
    all_of_them = digits.digits
    labels = all_of_them.train_labels[:64]
    return Images(replace(all_of_them, train=all_of_them.train[:64], train_labels=labels))


@pytest.mark.parametrize("name", SCHEMES)
def test_every_product_is_that_of_the_emulator(gemm, few, name):
    run, multiply = train(gemm, SCHEMES[name], few, replace(SETTINGS, share=1.0))
    assert run.steps == 2
    assert multiply.checked == 5 * run.steps
    assert multiply.mismatches == 0
    assert multiply.instructions > 0
    assert np.isfinite(run.curve[0][0])


def test_a_product_that_differs_is_found(gemm, few, monkeypatch):
    real = products.execute

    def altered(*arguments):
        run, raw = real(*arguments)
        raw.view(np.uint8)[(0,) * (raw.ndim - 1) + (-1,)] ^= 1
        return run, raw

    monkeypatch.setattr(products, "execute", altered)
    _, multiply = train(gemm, SCHEMES["f32"], few, replace(SETTINGS, share=1.0))
    assert multiply.mismatches == multiply.checked


def test_a_step_goes_down_the_gradient_of_the_loss(gemm, digits):
    """Against differences of the loss, computed here, in float64."""
    scheme = own(gemm, "f64", "f64", 53)
    run = Run.begin(digits, SETTINGS, scheme)
    run.weights[1] += 0.1  # so that no hidden value stands on the edge of its rectifier
    x, labels = next(digits.batches(np.random.default_rng(0)))
    assert len(x) == BATCH
    before = [weight.copy() for weight in run.weights]

    def loss(weights):
        hidden = np.maximum(x @ weights[0].T + weights[1], 0)
        logits = hidden @ weights[2].T + weights[3]
        return np.mean(np.log(np.exp(logits).sum(axis=1)) - (logits * labels).sum(axis=1))

    multiply = Products(gemm, 0.0, 53, np.random.default_rng(0))
    told = run.step(multiply, scheme, digits, (x, labels))
    assert told == pytest.approx(loss(before), rel=1e-6)
    for i, at in ((0, (5, 20)), (0, (40, 36)), (1, (7,)), (2, (3, 9)), (3, (4,))):
        values = []
        for off in (1e-4, -1e-4):
            moved = [weight.copy() for weight in before]
            moved[i][at] += off
            values.append(loss(moved))
        slope = (values[0] - values[1]) / 2e-4
        assert (before[i][at] - run.weights[i][at]) / RATE == pytest.approx(
            slope, rel=1e-3, abs=1e-5
        )


@pytest.mark.parametrize("name", ["f32", "f16_exsdotp"])
def test_it_learns(gemm, digits, name):
    run, _ = train(gemm, SCHEMES[name], digits, replace(SETTINGS, epochs=8))
    assert run.curve[-1][1] > 0.95
    assert run.curve[-1][0] < run.curve[0][0]


def test_a_run_that_stops_goes_on_as_if_it_had_not(gemm, few, tmp_path):
    settings = Settings(seed=1, epochs=3, share=0.2)
    scheme = SCHEMES["f8_exsdotp"]
    whole, counted = train(gemm, scheme, few, settings)
    path = tmp_path / "run.npz"
    train(gemm, scheme, few, replace(settings, epochs=1), path)
    parts, again = train(gemm, scheme, few, settings, path)
    assert parts.curve == whole.curve
    for a, b in zip(
        whole.weights + whole.moments[0], parts.weights + parts.moments[0], strict=True
    ):
        assert np.array_equal(a, b)
    assert (whole.scale, whole.good, whole.steps) == (parts.scale, parts.good, parts.steps)
    for name in ("checked", "instructions", "bytes", "events"):
        assert getattr(counted, name) == getattr(again, name)
    assert [file.name for file in tmp_path.iterdir()] == ["run.npz"]


def test_checkpoints_that_do_not_fit(gemm, few, tmp_path):
    path = tmp_path / "run.npz"
    train(gemm, SCHEMES["int8"], few, SETTINGS, path)
    with pytest.raises(PaperError, match="is of another run"):
        train(gemm, SCHEMES["int8"], few, replace(SETTINGS, seed=4), path)
    whole = path.read_bytes()
    for damaged in (b"", b"PK", whole[: len(whole) // 2], b"x" * 500):
        path.write_bytes(damaged)
        with pytest.raises(PaperError, match="is no checkpoint of a training run; remove it"):
            train(gemm, SCHEMES["int8"], few, SETTINGS, path)
    path.write_bytes(whole)
    with np.load(path) as found:
        arrays = dict(found)
    np.savez(path, **{**arrays, "w0": arrays["w0"][:3]})
    with pytest.raises(PaperError, match="is no checkpoint of a training run; remove it"):
        train(gemm, SCHEMES["int8"], few, SETTINGS, path)


def test_the_loss_is_scaled_down_when_something_overflows(gemm, few):
    scheme = SCHEMES["f8_exsdotp"]
    run = Run.begin(few, SETTINGS, scheme)
    run.scale = 2.0**40
    before = [weight.copy() for weight in run.weights]
    multiply = Products(gemm, 0.0, 11, np.random.default_rng(0))
    run.step(multiply, scheme, few, next(few.batches(np.random.default_rng(0))))
    assert run.skipped == 1
    assert run.scale == 2.0**39
    assert all(np.array_equal(a, b) for a, b in zip(before, run.weights, strict=True))
    assert multiply.events["output"].overflow > 0


def test_events_of_a_small_product(gemm):
    multiply = Products(gemm, 1.0, 24, np.random.default_rng(0))
    # 1 + 2^-30 in binary32; 2^-200 is 0 there, and 2^200 is infinite.
    multiply("f32", "one", np.array([[1.0, 2.0**-30, 0.0]]), np.ones((1, 3)))
    found = multiply.events["one"]
    assert (found.elements, found.products, found.swamped) == (6, 2, 1)
    assert (found.underflow, found.overflow) == (0, 0)
    multiply("f32", "two", np.array([[2.0**-200, 2.0**200]]), np.ones((1, 2)))
    found = multiply.events["two"]
    assert (found.elements, found.underflow, found.overflow) == (4, 1, 2)  # an input and the sum
    nothing = multiply("f32", "three", np.array([[np.inf]]), np.ones((1, 1)))
    assert np.isnan(nothing).all()
    assert multiply.bytes == 4 * (3 + 3 + 1 + 2 + 2 + 1)


def test_sums_of_the_quire_swamp_nothing(gemm):
    multiply = Products(gemm, 1.0, 0, np.random.default_rng(0))
    multiply("posit16_quire", "one", np.array([[1.0, 2.0**-30]]), np.ones((1, 2)))
    assert multiply.events["one"].products == 0


@pytest.mark.parametrize("count", [2, 3, 5, 10, 11, 40])
def test_intervals_are_those_of_student(count):
    samples = np.random.default_rng(count).normal(size=count).tolist()
    mean, half = interval(samples)
    low, high = stats.t.interval(0.95, count - 1, np.mean(samples), stats.sem(samples))
    assert mean == pytest.approx((low + high) / 2)
    assert half == pytest.approx((high - low) / 2, rel=2e-3)  # of the series at 10
    assert interval([0.5]) == (0.5, math.inf)


@pytest.mark.parametrize(("text", "share"), [("1%", 0.01), ("0.5", 0.5), ("100%", 1), ("0", 0)])
def test_shares(text, share):
    assert parse_share("--check", text) == share


@pytest.mark.parametrize("text", ["", "%", "2", "101%", "-1%", "one", "nan"])
def test_shares_that_are_none(text):
    with pytest.raises(UsageProblem, match="write a share from 0 to 1, or such as 1%"):
        parse_share("--check", text)


def test_schemes_by_name():
    assert choose([]) == list(SCHEMES.values())
    assert [one.name for one in choose(["int8", "f32"])] == ["int8", "f32"]
    with pytest.raises(PaperError, match="there is no scheme 'fp64'; there are f32, bf16"):
        choose(["fp64"])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["f32", "--forward", "f64"], "are a scheme of their own; name no other one"),
        (["--backward", "f64"], "--backward goes with --forward"),
        (["--forward", "none"], "gemm has no variant 'none'"),
        (["--kernel", "gemm_snitch"], "name variants of gemm_snitch with --forward"),
        (["--kernel", "gemv", "--forward", "f32"], "--kernel gemv: name gemm, or a folder that e"),
        (["--check", "2"], "write a share"),
        (["f32", "--plot", "a.doc"], "is not the name of a picture"),
    ],
)
def test_mistakes_of_the_command_line(words, sentence):
    done = CliRunner().invoke(app, ["train", *words])
    assert done.exit_code != 0
    assert sentence in done.stderr


def test_a_users_own_accumulator(tmp_path):
    """A folder that extends gemm by a variant, here one with an arithmetic that is there."""
    source = load("gemm").variants["f32_nofma"].source.read_text()
    source = source.replace('"plain.inc"', '"gemm/plain.inc"').replace('"../steps', '"steps')
    (tmp_path / "mine.s").write_text(source)
    (tmp_path / "kernel.toml").write_text(
        'extends = "gemm"\nname = "mine"\n[variants.mine]\nmarch = "rv64gc"\n'
        'arithmetic = "f32_nofma"\ndoc = "of my own"\n'
    )
    words = ["--kernel", tmp_path, "--forward", "mine", "--epochs", 1, "--seeds", 1, "--json"]
    words += ["--plot", tmp_path / "curves.svg"]
    done = CliRunner().invoke(app, ["train", *map(str, words)])
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / "curves.svg").stat().st_size > 1000
    (scheme,) = json.loads(done.stdout)["schemes"]
    assert scheme["forward"] == scheme["backward"] == "mine"
    assert scheme["mismatches"] == 0
    assert scheme["checked"] >= 5


@pytest.mark.parametrize(
    ("variant", "accumulator"),
    [
        ("zvt_e4m3", rvbna(E4M3FN, E4M3FN, 4, rounding=Rounding.RNE)),
        ("zvt_bf16", rvbna(FP16ALT, FP16ALT, 2, rounding=Rounding.RNE)),
        ("zvdota_e4m3", rvbna(E4M3FN, E4M3FN, 32)),
        ("zvdota_bf16", rvbna(FP16ALT, FP16ALT, 16)),
    ],
)
def test_an_accumulator_learns_what_its_instructions_do(few, variant, accumulator):
    """Bit for bit, where the emulator has computed the products of the other run."""
    drafts = load("gemm_drafts")
    settings = replace(SETTINGS, share=1.0)
    theirs, checked = train(drafts, own(drafts, variant, variant, 24), few, settings)
    assert (checked.checked, checked.mismatches) == (10, 0)
    kernel, (scheme,) = of_accumulators(load("gemm"), [accumulator])
    ours, multiply = train(kernel, scheme, few, settings)
    assert (multiply.checked, multiply.instructions) == (0, 0)
    assert ours.curve == theirs.curve
    for a, b in zip(ours.weights, theirs.weights, strict=True):
        assert np.array_equal(a, b)


OWN = """
from rvx.formats.dot import Accumulator, Exact
from rvx.formats.minifloat.catalogue import FP8, FP16

NARROW = Accumulator("narrow", FP8, FP8, FP16, {group}, Exact())
"""


def test_a_file_of_accumulators(tmp_path):
    """All of a file beside a scheme; a checkpoint belongs to an accumulator, not to its name."""
    path = tmp_path / "mine.py"
    words = ["train", "f32", "--file", path, "--epochs", 1, "--seeds", 1, "--check", 0]
    words = [*map(str, words), "--plot", str(tmp_path / "a.svg"), "-o", str(tmp_path)]
    path.write_text(OWN.format(group=2))
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code == 0, done.stderr
    first, mine = json.loads(done.stdout)["schemes"]
    assert (first["scheme"], mine["scheme"], mine["checked"]) == ("f32", "narrow", 0)
    assert mine["curves"] != first["curves"]
    assert "no kernel" in CliRunner().invoke(app, words).stdout
    path.write_text(OWN.format(group=8))
    done = CliRunner().invoke(app, words)
    assert done.exit_code != 0
    assert "is of another run" in done.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["fp64"], "'fp64' is not an accumulator; there are "),
        (["fp64"], "; schemes of rvx train are f32, bf16"),
        (["--file", "none.py"], "'none.py' is not a file of Python"),
        (["int8-wrap32"], "int8-wrap32 is of integers; here factors and results are floats"),
    ],
)
def test_accumulators_that_do_not_train(words, sentence):
    done = CliRunner().invoke(app, ["train", *words])
    assert done.exit_code != 0
    assert sentence in done.stderr
