"""Several files on the command line: sources, objects, archives; what is said about wrong ones."""

import json
import os
import pty
import subprocess
import sys

import pytest

START = ".globl _start\n_start: call main\nli a7, 93\necall\n"
MAIN = ".globl main\nmain: addi sp, sp, -16\nsd ra, 8(sp)\ncall helper\nld ra, 8(sp)\nret\n"
HELPER = ".globl helper\nhelper: li a0, 7\nret\n"


def run_tool(*command):
    subprocess.run([str(word) for word in command], check=True, capture_output=True)


@pytest.fixture
def files(source):
    return [source(START, "start.s"), source(MAIN, "main.s"), source(HELPER, "helper.s")]


def test_several_sources_are_linked(rvx, files, tmp_path):
    assert rvx("run", *files).code == 1
    assert "exited with code 7" in rvx("run", *files).err
    assert rvx("asm", *files, "-o", tmp_path / "a.elf").code == 0
    assert "exited with code 7" in rvx("run", tmp_path / "a.elf").err
    assert {"main", "helper"} <= set(rvx("asm", *files, "--json").document["symbols"])


def test_objects_and_archives_go_along(rvx, files, tmp_path):
    start, main, helper = files
    made, library = tmp_path / "main.o", tmp_path / "lib.a"
    run_tool("riscv64-unknown-elf-as", "-march=rv64gc", main, "-o", made)
    assert rvx("asm", "-c", helper, "-o", tmp_path / "helper.o").code == 0
    unused = tmp_path / "unused.s"
    unused.write_text(".globl unused\nunused: call nowhere\n")
    assert rvx("asm", "-c", unused, "-o", tmp_path / "unused.o").code == 0
    members = [tmp_path / "unused.o", tmp_path / "helper.o"]
    run_tool("riscv64-unknown-elf-ar", "rcs", library, *members)
    for arguments in ([start, made, library], [library, made, start]):
        assert "exited with code 7" in rvx("run", *arguments).err
    symbols = rvx("asm", start, made, library, "--json").document["symbols"]
    assert "helper" in symbols
    assert "unused" not in symbols


def test_the_extensions_of_objects_are_found(rvx, source, tmp_path):
    made = tmp_path / "posit.o"
    text = ".globl main\nmain: li t0, 0x40000000\npmv.w.x pt0, t0\npadd.s pt0, pt0, pt0\nret\n"
    assert rvx("asm", "-c", source(text), "--march", "rv64gc_xposit64", "-o", made).code == 0
    document = rvx("asm", source(START, "start.s"), made, "--json").document
    assert set(document["extensions"]) == {"I", "C", "Xposit64"}


def test_include_folders_and_definitions(rvx, source, tmp_path):
    (tmp_path / "inc").mkdir()
    (tmp_path / "inc" / "code.inc").write_text("_start: li a0, number\nli a7, 93\necall\n")
    path = source('.include "code.inc"\n')
    options = ["-I", tmp_path / "inc", "--defsym", "number=0x21"]
    assert "exited with code 33" in rvx("run", path, *options).err
    assert rvx("asm", "-c", path, *options, "-o", tmp_path / "a.o").code == 0
    assert rvx("asm", path).code == 3


def test_architectures_change_within_a_source(rvx, source):
    text = ".option arch, +zfh\nfadd.h fa0, fa0, fa0\n.option arch, -c\nadd a0, a0, a0\n"
    lines = rvx("asm", source(text), "--march", "rv64gc", "--json").document["lines"]
    assert [line["word"] for line in lines] == ["0x04a57553", "0x00a50533"]
    done = rvx("asm", source(".option arch, +zfhh\n"))
    assert "there is no extension 'zfhh' (did you mean zfh?)" in done.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-c", "a.s", "b.s", "-o", "x.o"], "-c makes an object of one source, not of 2"),
        (["-c", "a.s"], "-c needs -o FILE"),
        (["--defsym", "x", "a.s"], "--defsym x: write NAME=NUMBER"),
        (["a.elf", "a.s"], "'a.elf' is linked already; give it alone"),
        (["noise", "a.s"], "'noise' is neither an ELF file nor a source: byte 0x00 at offset 1"),
        (["-c", "a.a", "-o", "x.o"], "'a.a' is an archive; -c takes a source"),
    ],
)
def test_usage_errors(rvx, arguments, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.s").write_text("nop\n")
    (tmp_path / "b.s").write_text("nop\n")
    (tmp_path / "noise").write_bytes(b"x\0\xff")
    (tmp_path / "a.a").write_bytes(b"!<arch>\n")
    assert rvx("asm", "a.s", "-o", "a.elf").code == 0
    done = rvx("asm", *arguments)
    assert done.code == 2
    assert done.err.startswith(f"error: {sentence}")


WRONG = """.macro twice reg
addd \\reg, \\reg
.endm
twice a0
x: nop
x: nop
.wrod 1
add a0, a1, a99
"""


def test_diagnostics_as_json(rvx, source):
    path = source(WRONG)
    for command in ("asm", "run"):
        done = rvx(command, path, "--json")
        assert done.code == 3
        document = done.document
        assert document["schema"] == "rvx.diagnostics/1"
        found = document["diagnostics"]
        assert [one["line"] for one in found] == [2, 6, 7, 8]
        assert all(one["severity"] == "error" and one["hint"] for one in found if one["line"] != 6)
        (note,) = found[0]["notes"]
        assert (note["message"], note["line"]) == ("in expansion of macro 'twice'", 4)
        assert found[1]["notes"][0]["message"] == "defined here"


@pytest.mark.parametrize(("environment", "is_coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colour_on_a_terminal_only(source, environment, is_coloured):
    path = source(WRONG)
    command = [sys.executable, "-m", "rvx", "asm", path]
    variables = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | {"TERM": "xterm"}
    piped = subprocess.run(command, capture_output=True, check=False, env=variables)
    assert b"\x1b[" not in piped.stderr
    ours, theirs = pty.openpty()
    subprocess.run(command, stderr=theirs, check=False, env=variables | environment)
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        shown += part
    os.close(ours)
    assert (b"\x1b[1;31merror:" in shown) == is_coloured
    assert (b"\x1b[" in shown) == is_coloured
    assert b"did you mean" in shown


def test_sources_in_other_encodings_and_on_stdin(rvx, tmp_path):
    path = tmp_path / "latin.s"
    path.write_bytes("# caf\xe9\n_start: li a0, 3\nli a7, 93\necall\n".encode("latin-1"))
    assert "exited with code 3" in rvx("run", path).err
    done = rvx("run", "-", stdin="_start: li a0, 4\nli a7, 93\necall\n")
    assert "exited with code 4" in done.err


def test_preprocessed_sources(rvx, source):
    text = "#define CODE 5\n_start: li a0, CODE // comment\nli a7, 93\necall\n"
    assert "exited with code 5" in rvx("run", source(text, "a.S")).err


def test_warnings_and_notes_are_told(rvx, source):
    path = source('.warning "look"\n.print "hello"\n.data\n.byte 300\n')
    done = rvx("asm", path, "--json")
    assert done.code == 0
    severities = [one["severity"] for one in done.document["warnings"]]
    assert severities == ["warning", "note", "warning"]
    assert f"{path}:1:1: warning: look" in done.err
    assert f"{path}:2:1: note: hello" in done.err


def test_errors_of_several_sources_come_in_one_run(rvx, source):
    done = rvx("asm", source("frob\n", "a.s"), source("frub\n", "b.s"), "--json")
    files = [one["file"] for one in json.loads(done.out)["diagnostics"]]
    assert [name.rsplit("/", 1)[1] for name in files] == ["a.s", "b.s"]
