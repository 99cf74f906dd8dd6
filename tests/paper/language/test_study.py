import json
import math
from itertools import pairwise

import numpy as np
import pytest
from click.testing import CliRunner

from rvx.analysis import multiply
from rvx.analysis.kernel import load
from rvx.cli.main import app
from rvx.paper.language import llama2c, tokens
from rvx.paper.language.decoder import Decoder, Exact
from rvx.paper.language.scheme import SCHEMES
from rvx.paper.language.study import windows

from .conftest import TEXT
from .test_gguf import written


def rvx(*words):
    return CliRunner().invoke(app, ["lm", *map(str, words)])


@pytest.fixture
def folder(tmp_path, model, words):
    (tmp_path / "model.bin").write_bytes(llama2c.encode(model))
    (tmp_path / "tokenizer.bin").write_bytes(tokens.encode_file(words))
    (tmp_path / "text.txt").write_text(TEXT)
    return tmp_path


def test_perplexity_divergence_and_what_is_said(folder, model, words):
    picture = folder / "picture.svg"
    done = rvx(
        *(folder / "model.bin", "--text", folder / "text.txt", "--tokens", 9, "--window", 6),
        *("--prompt", "the", "--say", 3, "--scheme", "f32", "--scheme", "int8", "--json"),
        *("--plot", picture),
    )
    assert done.exit_code == 0, done.stderr
    document = json.loads(done.stdout)
    true, single, integers = document["schemes"]
    # Six tokens behind the beginning of the first window, and three behind that of the second.
    ids = words.encode(TEXT)[:9]
    logarithms = []
    for window in ([1, *ids[:6]], [1, *ids[6:]]):
        decoder = Decoder(model, Exact())
        for token, following in pairwise(window):
            odds = np.exp(decoder.step(token))
            logarithms.append(math.log(odds[following] / odds.sum()))
    assert document["foretold"] == 9
    assert true["perplexity"] == pytest.approx(math.exp(-np.mean(logarithms)))
    assert (true["divergence"], true["agreement"], true["error"]) == (0, 1, 0)
    assert single["perplexity"] == pytest.approx(true["perplexity"], rel=1e-5)
    assert 0 <= single["divergence"] < 1e-9 < integers["divergence"] < 1
    assert single["same"] == single["said"] == 3
    assert single["text"] == true["text"] != ""
    assert single["instructions_per_token"] > integers["instructions_per_token"] > 0
    assert single["mismatches"] == integers["mismatches"] == 0
    assert integers["checked"] >= 10
    assert "float64" in picture.read_text()


def test_a_product_that_differs_ends_with_1(folder, monkeypatch):
    real = multiply.execute

    def altered(*arguments):
        run, raw = real(*arguments)
        raw.view(np.uint8)[(0,) * (raw.ndim - 1) + (-1,)] ^= 1
        return run, raw

    monkeypatch.setattr(multiply, "execute", altered)
    done = rvx(folder / "model.bin", "--prompt", "a", "--say", 1, "--scheme", "f32")
    assert done.exit_code == 1
    assert "the emulation differs from the order-exact reference" in done.stderr
    assert "differs" in done.stdout


def test_a_gguf_file_with_a_users_variant(tmp_path):
    path = tmp_path / "model.gguf"
    written(path, "Q8_0")
    words = (path, "--prompt", "ab", "--say", 2, "--check", 0)
    done = rvx(*words, "--variant", "int8", "--attention", "f32", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["schemes"][1]["scheme"] == "int8+f32"
    assert json.loads(done.stdout)["schemes"][1]["perplexity"] is None


def test_windows():
    assert windows([5, 6, 7, 8, 9], 1, 3, 0) == [[1, 5, 6], [1, 7, 8], [1, 9]]
    assert windows([5, 6, 7, 8, 9], 1, 9, 2) == [[1, 5, 6]]


def test_schemes_name_variants_of_gemm():
    gemm = load("gemm")
    for scheme in SCHEMES.values():
        assert gemm.variants.keys() >= {scheme.variant, scheme.attention}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ([], "give a text to foretell (--text FILE), or a --prompt"),
        (["--prompt", "a", "--scheme", "int3"], "there is no scheme 'int3'; there are f32"),
        (["--prompt", "a", "--attention", "f32"], "--attention goes with --variant"),
        (
            ["--prompt", "a", "--variant", "f32", "--scheme", "f32"],
            "are a scheme of their own; name no",
        ),
        (["--prompt", "a", "--variant", "none"], "gemm has no variant 'none'"),
        (["--prompt", "a", "--kernel", "gemm_snitch"], "name variants of gemm_snitch with --v"),
        (["--prompt", "a" * 48], "has 50 tokens with the one that begins a text"),
        (["--text", "text.txt", "--window", "49"], "the model has learnt 48 positions"),
        (["--text", "empty.txt"], "'empty.txt' is empty"),
        (["--text", "model.bin"], "'model.bin' is not text in UTF-8"),
        (["--prompt", "a", "--plot", "a.svg"], "give one with --text"),
        (["--prompt", "a", "--check", "2"], "--check 2: write a share"),
        (["--prompt", "a", "--tokenizer", "model.bin"], "is no tokenizer of the model"),
        (["--prompt", "a", "--tokenizer", "none.bin"], "there is no 'none.bin'"),
    ],
)
def test_mistakes(folder, monkeypatch, given, sentence):
    monkeypatch.chdir(folder)
    (folder / "empty.txt").write_text("")
    done = rvx("model.bin", *given)
    assert done.exit_code == 2
    assert sentence in done.stderr


def test_files_that_are_not_there(folder, monkeypatch):
    monkeypatch.chdir(folder)
    done = rvx("none.bin", "--prompt", "a")
    assert done.exit_code == 2
    assert "none.bin" in done.stderr
    (folder / "tokenizer.bin").unlink()
    done = rvx("model.bin", "--prompt", "a")
    assert "name the file of the tokens with --tokenizer" in done.stderr
