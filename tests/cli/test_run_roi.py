"""`rvx run --roi`: only a part of a run is counted, traced and followed."""

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


def test_what_cannot_be_counted(rvx, source, tmp_path):
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
    for option in ("--trace-from", "--trace-after"):
        trace = ("--trace", tmp_path / "t", option, "1" if "after" in option else "work")
        done = rvx("run", path, "--roi", "work", *trace)
        assert (done.code, "give one of them" in done.err) == (2, True)
    assert not (tmp_path / "t").exists()


def test_a_trace_is_of_the_part(rvx, source, tmp_path):
    """The same lines as those of the function in a trace of everything."""
    path = source(SOURCE)
    assert rvx("run", path, "--trace", tmp_path / "all").code == 0
    done = rvx("run", path, "--roi", "work", "--trace", tmp_path / "part", "--json")
    assert done.document["instructions"] == 5 * 8
    part = (tmp_path / "part").read_text().splitlines()
    assert len(part) == 5 * 8
    everything = iter((tmp_path / "all").read_text().splitlines())
    assert all(any(one == line for one in everything) for line in part)
    assert rvx("run", path, "--roi-markers", "--trace", tmp_path / "marked").code == 0
    marked = (tmp_path / "marked").read_text().splitlines()
    assert [line.partition("(")[2].partition(")")[0] for line in marked] == ["0x952a", "0x02a50533"]


NUMBERS = """
        .globl _start, loss
_start: la      a0, data
        flw     fa0, 0(a0)
        flw     fa1, 4(a0)
        flw     fa5, 8(a0)
        fadd.s  fa2, fa0, fa1
        call    loss
        call    loss
        li      a0, 0
        li      a7, 93
        ecall
loss:   fsub.s  fa3, fa2, fa0           # fa2 has lost fa1 before: here that is the number
        fsub.s  fa4, fa5, fa0           # 2^-30 is lost, but not in the last call
        fadd.s  fa5, fa0, fa1
        fsub.s  fa6, fa5, fa0
        fsw     fa5, 8(a0)
        ret
        .data
data:   .float 1, 0x1p-30, 0
"""


def test_numbers_are_followed_through_the_part(rvx, source):
    """What comes into it is taken as it is, each time it is entered."""
    path = source(NUMBERS)
    document = rvx("run", path, "--roi", "loss", "--shadow", "exact", "--json").document
    assert document["instructions"] == document["shadow"]["instructions"] == 2 * 6
    sites = {one["text"]: one for one in document["shadow"]["sites"]}
    assert [one["results"] for one in sites.values()] == [2] * 4
    assert sites["fadd.s fa5,fa0,fa1"]["absorptions"] == 2
    cancels = {text: one["cancellations"] for text, one in sites.items()}
    assert cancels["fsub.s fa6,fa5,fa0"] == 2
    assert cancels["fsub.s fa3,fa2,fa0"] == cancels["fsub.s fa4,fa5,fa0"] == 0
    whole = rvx("run", path, "--shadow", "exact", "--json").document["shadow"]["sites"]
    assert {one["text"]: one["cancellations"] for one in whole} == {
        "fadd.s fa2,fa0,fa1": 0,
        "fadd.s fa5,fa0,fa1": 0,
        "fsub.s fa3,fa2,fa0": 2,
        "fsub.s fa4,fa5,fa0": 1,
        "fsub.s fa6,fa5,fa0": 2,
    }
