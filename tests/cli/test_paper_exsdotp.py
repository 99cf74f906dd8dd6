"""`rvx paper exsdotp` as a command."""

import pytest

SMALL = ("paper", "exsdotp", "--lengths", "8,500", "--seeds", "5", "--no-products")


def test_the_table_has_the_published_figures(rvx):
    lines = rvx(*SMALL).out.splitlines()
    known = next(line for line in lines if line.split()[:5] == "FP8 to FP16 500 ExSdotp".split())
    assert "5.9e-04 (" in known
    unknown = next(line for line in lines if line.split()[:5] == "FP8 to FP16 8 ExSdotp".split())
    assert "(" not in unknown
    said = " ".join(" ".join(lines).split())
    assert "All sums of the emulator are exactly those of the reference." in said


def test_the_document(rvx):
    done = rvx(*SMALL, "--json")
    assert done.err == ""
    document = done.document
    assert document["schema"] == "rvx.paper.exsdotp/1"
    assert [(c["source"], c["products"], c["unit"]) for c in document["cells"][:3]] == [
        ("float16", 8, "exsdotp"),
        ("float16", 8, "exfma"),
        ("float16", 500, "exsdotp"),
    ]
    assert document["products"] == []
    assert all(cell["bit_exact"] for cell in document["cells"])


def test_a_picture(rvx, tmp_path):
    path = tmp_path / "errors.svg"
    assert rvx(*SMALL, "--plot", path).err == f"wrote {path}\n"
    first = path.read_bytes()
    for text in ("FP16 to FP32", "ExFMA", "n = 500"):
        assert text.encode() in first
    rvx(*SMALL, "--plot", path)
    assert path.read_bytes() == first


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--lengths", "16,x", "--lengths 16,x: write whole numbers above 0"),
        ("--backend", "fast", "--backend fast: there are native and python"),
        ("--plot", "errors.gif", "'errors.gif' is not the name of a picture"),
    ],
)
def test_usage_errors(rvx, option, value, sentence):
    done = rvx("paper", "exsdotp", option, value)
    assert done.code == 2
    assert done.err.startswith(f"error: {sentence}")
