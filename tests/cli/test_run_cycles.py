"""Estimated cycles: `rvx run --core` and `rvx compare --core`."""

import pytest

LOOP = """
        .globl _start, sum
_start: li      s0, 10
again:  li      a0, 100
        jal     sum
        addi    s0, s0, -1
        bnez    s0, again
        li      a0, 0
        li      a7, 93
        ecall
sum:    mul     t0, a0, a0
        add     t1, t0, t0
        ret
"""
MINE = """
extends = "snitch"
doc = "a core with a slow multiplier"
[[classes]]
name = "slow"
mnemonics = ["mul"]
unit = "alu"
latency = 7
source = "this test"
"""


def test_a_run_is_estimated_by_function_line_and_cause(rvx, source, tmp_path):
    path = source(LOOP)
    core = source(MINE, "mine.toml")
    done = rvx("run", path, "--core", core, "--march", "rv32im_zicsr", "--json")
    assert done.code == 0
    found = done.document["estimate"]
    assert found["is_estimate"] is True
    # Ten times: six of the loop, of the sum seven until the product is there, and two more.
    assert found["cycles"] == 1 + 10 * (4 + 7 + 2) + 3
    assert found["waits"] == dict.fromkeys(found["waits"], 0) | {"dependency": 60}
    assert found["instructions"] == done.document["instructions"]
    total = found["work"] + sum(found["waits"].values()) + found["drain"]
    assert total == found["cycles"]
    by_name = {one["name"]: one for one in found["functions"]}
    assert by_name["sum"]["waits"]["dependency"] == 60
    assert sum(one["work"] for one in found["functions"]) == found["work"]
    worst = found["lines"][0]
    assert (worst["line"], worst["function"], worst["waits"]["dependency"]) == (12, "sum", 60)

    done = rvx("run", path, "--core", core, "--march", "rv32im_zicsr")
    assert f"estimated cycles on mine: {found['cycles']}" in done.out
    assert "an estimate" in done.err
    assert "misses of the instruction cache" in done.err


def test_a_part_of_a_run_is_estimated(rvx, source):
    path = source(LOOP)
    words = ["run", path, "--core", "snitch", "--march", "rv32im_zicsr", "--json"]
    part = rvx(*words, "--trace-from", "sum", "--trace-to", "again").document["estimate"]
    assert [one["name"] for one in part["functions"]] == ["sum", "_start"]
    assert part["instructions"] == 10 * 5 + 3


def test_a_trace_may_be_written_beside(rvx, source, tmp_path):
    path = source(LOOP)
    words = ["run", path, "--core", "snitch", "--march", "rv32im_zicsr"]
    done = rvx(*words, "--trace", tmp_path / "t")
    assert done.err.startswith(f"wrote 74 lines to {tmp_path / 't'}")
    assert "estimated cycles" in done.out


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--core", "z80"], "there is no core 'z80'; known are "),
        (["--core", "snitch", "--profile", "p.txt"], "give --core or --profile, not both"),
        (["--core", "snitch", "--trace-only", "sum"], "give --trace-only or --core"),
        (["--trace-from", "sum"], "need a --trace FILE, or a --core"),
        (["--core", "none.toml"], "none.toml"),
    ],
)
def test_mistakes(rvx, source, options, sentence):
    done = rvx("run", source(LOOP), *options)
    assert done.code == 2
    assert sentence in done.err
    assert done.out == ""


def test_a_comparison_has_columns_of_a_core(rvx):
    words = ["compare", "gemm_snitch", "-p", "M=8", "-p", "N=8", "-p", "K=8"]
    words += ["--variant", "fp64_opt", "--variant", "fp64_naive", "--core", "snitch"]
    done = rvx(*words)
    assert done.code == 0
    assert "estimated" in done.out
    assert "utilisation" in done.out
    assert "an estimate for snitch" in done.err
    naive, tuned = rvx(*words, "--json").document["rows"]
    assert naive["estimate"]["unit"] == tuned["estimate"]["unit"] == "fpu"
    assert tuned["estimate"]["utilisation"]["fpu"] > 0.8
    assert naive["estimate"]["utilisation"]["fpu"] < 0.4
    assert naive["estimate"]["cycles"] > 5 * tuned["estimate"]["cycles"]
    assert tuned["bit_exact"]
