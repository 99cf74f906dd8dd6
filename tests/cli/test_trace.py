import gzip

import pytest
import zstandard

from tests.cli.conftest import EXTENSION

KERNEL = """
        .globl _start
_start: la      s0, table
        li      s1, 3
again:  call    dot
        addi    s1, s1, -1
        bnez    s1, again
        li      a0, 0
        li      a7, 93
        ecall
dot:    plw     p1, 0(s0)
        plw     p2, 4(s0)
        padd.s  p3, p1, p2
        ret
        .data
table:  .word   0x40000000, 0x48000000
"""
DOT = ["pt1 0x40000000", "pt2 0x48000000", "pt3 0x4c000000", ""]


def _effects(text):
    return [line.split(")", 1)[1].split(" mem")[0].strip() for line in text.splitlines()]


def test_a_trace_is_written_as_its_name_says(rvx, source, tmp_path):
    path = source(KERNEL)
    files = [tmp_path / name for name in ("t", "t.gz", "t.zst")]
    for file in files:
        done = rvx("run", path, "--trace", file)
        assert (done.code, done.err) == (0, f"wrote 30 lines to {file}\n")
    text = files[0].read_bytes()
    assert gzip.decompress(files[1].read_bytes()) == text
    with files[2].open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as packed:
        assert packed.read() == text
    assert rvx("run", path, "--trace", "-").out == text.decode()
    assert rvx("diff-trace", *files[1:]).out == "the same: 30 instructions\n"


def test_parts_of_a_run(rvx, source):
    path = source(KERNEL)

    def traced(*options):
        done = rvx("run", path, "--trace", "-", *options)
        assert done.code == 0
        return _effects(done.out)

    whole = traced()
    assert traced("--trace-only", "dot") == DOT * 3
    assert traced("--trace-only", "Xposit") == DOT[:3] * 3
    assert traced("--trace-only", "padd.s") == [DOT[2]] * 3
    assert traced("--trace-from", "dot", "--trace-count", 3) == DOT[:3]
    assert traced("--trace-after", 5, "--trace-count", 4) == whole[5:9]
    inside = traced("--trace-from", "dot", "--trace-to", "again")
    assert inside[:6] == [*DOT, "x9  0x0000000000000002", ""]


def test_a_trace_changes_nothing_else(rvx, source, tmp_path):
    path = source(KERNEL)
    plain = rvx("run", path, "--json").document
    traced = rvx("run", path, "--json", "--trace", tmp_path / "t").document
    assert {**traced, "seconds": 0} == {**plain, "seconds": 0}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--trace-from", "dot"], "the options --trace-... need a --trace FILE"),
        (["--trace", "t", "--trace-to", "dot"], "--trace-to needs a --trace-from"),
        (
            ["--trace", "t", "--trace-from", "dot", "--trace-after", "3"],
            "give --trace-from or --trace-after, not both",
        ),
        (
            ["--trace", "t", "--trace-from", "dot", "--trace-to", "dot"],
            "the trace would both begin and end at dot",
        ),
        (
            ["--trace", "t", "--trace-from", "dott"],
            "--trace-from dott: write a symbol of the program, which has _start, again, dot, table",
        ),
        (["--trace", "t", "--trace-from", "0x11"], "no instruction is at such an address"),
        (["--trace", "t", "--trace-only", "padd"], "--trace-only padd: that is no instruction"),
        (["--trace", "t", "--profile", "p.txt"], "give --trace or --profile, not both"),
    ],
)
def test_options_that_mean_nothing(rvx, source, tmp_path, monkeypatch, options, said):
    monkeypatch.chdir(tmp_path)
    done = rvx("run", source(KERNEL), *options)
    assert done.code == 2
    assert said in done.err
    assert not (tmp_path / "t").exists()


MACS = """
        .globl  _start
_start: li      s0, 0x30000000
        li      s1, 2
        li      a0, 7
        li      a1, 1
        smac    a0, a1, a1
        smac    a0, s0, s1
        smac    a0, s0, s1
        li      a0, 0
        li      a7, 93
        ecall
"""


def test_a_fault_in_a_copy_of_a_body_is_named(rvx, source, tmp_path):
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text(EXTENSION)
    assert "0x7FFFFFFF" in EXTENSION
    bad.write_text(EXTENSION.replace("0x7FFFFFFF", "0x7FFFFFFE"))
    program = tmp_path / "macs.elf"
    path = source(MACS)
    assert rvx("asm", path, "--ext", good, "-g", "-o", program).code == 0
    for name, extension in (("a", good), ("b", bad)):
        done = rvx("run", program, "--ext", extension, "--trace", tmp_path / name)
        assert done.code == 0, done.err
    found = rvx("diff-trace", tmp_path / "a", tmp_path / "b", "--program", program, "--ext", good)
    assert found.code == 1
    lines = found.out.splitlines()
    assert lines[0].endswith(" is the first that differs")
    assert lines[1].endswith(f", {path}:9")
    assert [line.strip() for line in lines[2:]] == [
        "smac a0,s0,s1",
        "a0 = 0x0000000060000008",
        "s0 = 0x0000000030000000",
        "s1 = 0x0000000000000002",
        f"{tmp_path / 'a'}: x10 0x000000007fffffff",
        f"{tmp_path / 'b'}: x10 0x000000007ffffffe",
    ]


def test_traces_that_go_apart(rvx, source, tmp_path):
    whole, cut, other = tmp_path / "whole", tmp_path / "cut", tmp_path / "other"
    rvx("run", source(KERNEL), "--trace", whole)
    lines = whole.read_text().splitlines(keepends=True)
    cut.write_text("".join(lines[:9]))
    found = rvx("diff-trace", whole, cut, "--json")
    assert found.code == 1
    document = found.document
    assert (document["instruction"], document["goes_apart"]) == (10, True)
    assert document["at"]["text"] == "ret"
    assert document["right"] is None
    other.write_text("".join([*lines[:9], *lines[10:]]))
    assert (
        rvx("diff-trace", whole, other, "--json").document["right"]["pc"]
        != (document["left"]["pc"])
    )
    rom = tmp_path / "rom"
    head = "core   0: 3 0x0000000000001010 (0x00028067)\ncore   0: >>>>  _start\n"
    rom.write_text(head + "".join(lines))
    found = rvx("diff-trace", whole, rom)
    assert (found.code, found.out) == (0, "the same: 30 instructions\n")
    assert "1 lines of" in found.err


def test_what_is_no_trace(rvx, tmp_path):
    text, empty, damaged = tmp_path / "text", tmp_path / "empty", tmp_path / "damaged"
    text.write_text("hello\n")
    empty.write_text("")
    damaged.write_bytes(gzip.compress(b"core   0: 3 0x80000000 (0x0001)\n" * 99)[:-9])
    for path in (text, empty, damaged):
        done = rvx("diff-trace", path, text)
        assert done.code == 2, path
        assert str(path) in done.err
    assert rvx("diff-trace", text).code == 2
    assert rvx("diff-trace", text, tmp_path / "none").code == 2
