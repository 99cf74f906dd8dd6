"""`rvx paper percival` as a command."""

import pytest

from rvx.paper.percival.data import VARIANTS

SMALL = ("paper", "percival", "--sizes", "4,256", "--ranges", "1", "--seeds", "1")


def test_the_table_has_the_published_figures_below_the_measured_ones(rvx):
    lines = rvx(*SMALL).out.splitlines()
    at = next(i for i, line in enumerate(lines) if line.split()[:2] == ["±1", "256"])
    assert lines[at].count("%") == len(VARIANTS)
    published = ["1.937e-16", "(p)", "9.870e-15", "(p)", "2.361e-12", "(p)"]
    assert lines[at + 1].split() == published
    small = next(line for line in lines if line.split()[:2] == ["±1", "4"])
    assert "%" not in small


def test_the_document(rvx):
    done = rvx("paper", "percival", "--sizes", "16,4", "--ranges", "0.1", "--json")
    document = done.document
    assert done.err == ""
    assert document["schema"] == "rvx.paper.percival/1"
    assert [cell["seeds"] for cell in document["cells"]] == 8 * [8]
    found = [(c["range"], c["size"], c["variant"]) for c in document["cells"]]
    assert found == [(0.1, size, variant) for size in (16, 4) for variant in VARIANTS]
    assert document["cells"][0]["simulated_mse"] == 3.104e-21
    assert document["cells"][0]["mse"] == pytest.approx(3.104e-21, rel=2e-4)
    assert document["cells"][0]["simulated_max_abs_error"] == 2.664e-10
    assert document["cells"][0]["published_mse"] is None
    assert document["cells"][4]["simulated_mse"] is None


def test_a_picture(rvx, tmp_path):
    path = tmp_path / "errors.svg"
    call = ("paper", "percival", "--sizes", "4,16", "--ranges", "1,10", "--seeds", "1")
    done = rvx(*call, "--plot", path)
    assert done.err == f"wrote {path}\n"
    first = path.read_bytes()
    for text in ("posit32, quire", "float32, no FMA", "inputs in [-10, 10]"):
        assert text.encode() in first
    rvx(*call, "--plot", path)
    assert path.read_bytes() == first


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--sizes", "16,x", "--sizes 16,x: write whole numbers above 0, with commas between them"),
        ("--ranges", "0", "--ranges 0: write numbers above 0, with commas between them"),
        ("--ranges", "inf", "--ranges inf: write numbers above 0"),
        ("--backend", "fast", "--backend fast: there are native and python"),
        ("--plot", "errors.gif", "'errors.gif' is not the name of a picture"),
    ],
)
def test_usage_errors(rvx, option, value, sentence):
    done = rvx("paper", "percival", option, value)
    assert done.code == 2
    assert done.err.startswith(f"error: {sentence}")
