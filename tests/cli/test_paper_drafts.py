"""`rvx paper matrix-drafts` as a command."""

from __future__ import annotations

import pytest

SMALL = ("paper", "matrix-drafts", "--size", "8", "--depth", "8", "--backend", "python")
FEW = (*SMALL, "Zvdot4a", "zvvm", "ExSdotp, SSR, FREP", "--vlen", "128,256", "--json")


def test_every_shape_that_a_vlen_has(rvx) -> None:
    document = rvx(*FEW).document
    assert document["schema"] == "rvx.paper.matrix-drafts/1"
    rows = document["rows"]
    assert [(r["family"], r["numbers"], r["lambda"], r["vlen"]) for r in rows if r["lambda"]] == [
        ("Zvvm", numbers, lam, vlen)
        for numbers in ("INT8", "E4M3", "BF16")
        for lam in (1, 2)
        for vlen in (128, 256)
    ]
    assert all(row["bit_exact"] for row in rows)
    # What is counted is what the sources do.
    dot4, other, tiles, *_ = rows
    # Two steps of K in two blocks of four rows, a vector of eight lanes and four words each; C.
    assert (dot4["vlen"], dot4["bytes_stored"] - 12 * 8) == (128, 8 * 8 * 4)
    assert dot4["bytes_loaded"] == 2 * 2 * (8 * 4 + 4 * 4) + 12 * 8 + 4
    assert dot4["macs_performed"] == dot4["macs"] == 8 * 8 * 8
    assert dot4["macs_per_matrix_instruction"] == 8 * 4
    assert other["instructions"] == dot4["instructions"]
    # Lambda 1 at 128 bits: 4 by 4 sums of 16, of which 8 are filled up.
    assert (tiles["lambda"], tiles["macs_per_matrix_instruction"]) == (1, 4 * 4 * 16)
    assert tiles["macs_performed"] == 2 * tiles["macs"]
    assert tiles["bytes_loaded"] == 4 * (2 * 4 * 16) + 12 * 8 + 4
    streams = rows[-1]
    # A word of A serves eight columns; Bt is read for every row of A. No word is loaded otherwise.
    assert streams["bytes_loaded"] == 8 * 8 + 8 * 8 * 8
    assert streams["bytes_stored"] == 8 * 8


def test_the_table_in_markdown_and_the_picture(rvx, tmp_path) -> None:
    path = tmp_path / "drafts.svg"
    done = rvx(*SMALL, "zvbdota", "RVV", "--vlen", "256", "--markdown", "--plot", path)
    assert done.err.endswith(f"wrote {path}\n")
    header, _, *lines = done.out.splitlines()
    assert header.startswith("| instructions of | numbers | VLEN | executed |")
    assert [line.split(" | ")[0] for line in lines] == [
        "| RVV",
        "| RVV",
        *["| Zvbdota"] * 3,
    ]
    drawn = path.read_text()
    for text in ("Zvbdota", "MACs for every instruction", "relative error of the sums"):
        assert text in drawn


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("Zvx",), "'Zvx' is none of the instruction sets; there are 'RVV', 'Zvdot4a', "),
        (("--vlen", "64"), "VLEN 64 is not compared; 128, 256, 512, 1024 are"),
        (("--size", "12"), "gemm_snitch: N=12 is no multiple of 8, the columns of a tile"),
        (("--plot", "errors.gif"), "'errors.gif' is not the name of a picture"),
    ],
)
def test_what_is_not_compared(rvx, arguments: tuple[str, ...], sentence: str) -> None:
    done = rvx("paper", "matrix-drafts", "ExSdotp, SSR, FREP", *arguments)
    assert done.code != 0
    assert done.err.startswith(f"error: {sentence}")
