"""`rvx run --roi`: only a part of a run is counted."""

import json

SOURCE = """
        .include "roi.inc"
        .globl _start, work
_start: li      s0, 5
again:  call    work
        addi    s0, s0, -1
        bnez    s0, again
        ROI_BEGIN
        add     a0, a0, a0
        mul     a0, a0, a0
        ROI_END
        li      a0, 0
        li      a7, 93
        ecall
work:   li      t0, 3
1:      addi    t0, t0, -1
        bnez    t0, 1b
        ret
"""


def test_a_function_is_counted_profiled_and_estimated(rvx, source, tmp_path):
    path = source(SOURCE)
    document = rvx("run", path, "--roi", "work", "--json").document
    assert document["instructions"] == 5 * 8
    assert document["by_mnemonic"] == {"c.addi": 15, "bne": 15, "c.li": 5, "c.jr": 5}
    to = tmp_path / "p.json"
    assert rvx("run", path, "--roi", "work", "--profile", to).code == 0
    profile = json.loads(to.read_text())
    assert (profile["instructions"], profile["branches_taken"]) == (40, 10)
    assert [(one["name"], one["calls"]) for one in profile["functions"]] == [("work", 5)]
    done = rvx("run", path, "--roi", "work", "--core", "snitch", "--json")
    assert done.document["estimate"]["instructions"] == 40


def test_markers_enclose_what_is_counted(rvx, source):
    path = source(SOURCE)
    assert rvx("run", path, "--roi-markers", "--json").document["by_mnemonic"] == {
        "c.add": 1,
        "mul": 1,
    }


def test_what_cannot_be_counted(rvx, source):
    path = source(SOURCE)
    missing = rvx("run", path, "--roi", "wrok")
    assert missing.code == 2
    assert "--roi wrok:" in missing.err
    assert "work" in missing.err
    never = source("_start: li a7, 93\n ecall\nf: ret\n")
    assert "no ROI_BEGIN" in rvx("run", never, "--roi-markers").err
    assert "was not reached" in rvx("run", never, "--roi", "f").err
    both = rvx("run", path, "--roi", "work", "--roi-markers")
    assert (both.code, "not both" in both.err) == (2, True)
    assert rvx("run", path, "--roi", "work", "--shadow", "exact").code == 2
