import json

SOURCE = """
        .globl  _start, double
_start: li      s0, 5
again:  call    double
        addi    s0, s0, -1
        bnez    s0, again
        li      a0, 0
        li      a7, 93
        ecall
double: add     a0, a0, a0
        ret
"""


def test_a_profile_of_a_source_has_its_lines(rvx, source, tmp_path):
    path = source(SOURCE)
    files = [tmp_path / f"p.{end}" for end in ("json", "txt", "html", "callgrind", "folded")]
    done = rvx("run", path, *(word for one in files for word in ("--profile", one)))
    assert (done.code, done.out) == (0, "")
    assert [line.split()[0] for line in done.err.splitlines()] == ["wrote"] * len(files)
    document = json.loads(files[0].read_text())
    assert document["instructions"] == rvx("run", path, "--json").document["instructions"]
    found = {one["name"]: one for one in document["functions"]}
    assert (found["double"]["instructions"], found["double"]["calls"]) == (10, 5)
    assert found["_start"]["inclusive"] == document["instructions"]
    lines = {one["line"]: one["instructions"] for one in document["lines"]}
    assert (lines[10], lines[11], lines[5]) == (5, 5, 5)
    assert {one["file"] for one in document["lines"]} == {str(path)}
    assert "double: add     a0, a0, a0" in files[1].read_text()
    assert files[4].read_text().splitlines()[1] == "_start;double 10"


def test_with_json_and_with_a_limit(rvx, source, tmp_path):
    to = tmp_path / "p.json"
    done = rvx("run", source(SOURCE), "--profile", to, "--json", "--max-instructions", 9)
    assert done.code == 5
    assert done.document["instructions"] == json.loads(to.read_text())["instructions"] == 9


def test_a_profile_that_cannot_be_written_is_said_before_anything_runs(rvx, source, tmp_path):
    done = rvx("run", source(SOURCE), "--profile", tmp_path / "p.png")
    assert done.code == 2
    assert "ends with one of .html, .txt" in done.err
    assert rvx("run", source(SOURCE), "--profile", tmp_path / "no" / "p.txt").code == 2


def test_without_a_file_it_is_printed(rvx, source, tmp_path):
    path = source(SOURCE)
    printed = rvx("run", "--profile", path)
    assert printed.code == 0
    assert "34 instructions, counted exactly" in printed.out
    assert "double: 10 instructions of its own" in printed.out
    assert rvx("run", "--profile", "-", path).out == printed.out
    assert rvx("run", path, "--profile").out == printed.out
    assert rvx("run", "--profile", "--max-instructions", 100, path).out == printed.out
    both = rvx("run", "--profile", path, "--profile", tmp_path / "p.json")
    assert (both.out, both.code) == (printed.out, 0)
    assert json.loads((tmp_path / "p.json").read_text())["branches_taken"] == 4
    assert "give --profile FILE.json" in rvx("run", "--profile", path, "--json").err
