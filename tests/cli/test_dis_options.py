"""`rvx dis` with its options: relocations, lines, source, tables, words of files."""

import subprocess

import pytest

C_SOURCE = "extern int far(int);\nint near(int x)\n{\n    return far(x) + 1;\n}\n"


@pytest.fixture
def compiled(tmp_path):
    """An object of GCC with debug information."""
    (tmp_path / "near.c").write_text(C_SOURCE)
    command = "riscv64-unknown-elf-gcc -g -O1 -c near.c -o near.o"
    subprocess.run(command.split(), cwd=tmp_path, check=True)
    return tmp_path / "near.o"


def objdump(*arguments):
    command = ["riscv64-unknown-elf-objdump", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize(
    ("options", "flags"),
    [
        ([], ["-d"]),
        (["-r"], ["-dr"]),
        (["-l"], ["-dl"]),
        (["-S"], ["-S"]),
        (["-r", "-l", "-S", "--no-aliases"], ["-rlS", "-Mno-aliases"]),
    ],
)
def test_the_text_is_that_of_objdump(rvx, compiled, options, flags):
    shown = rvx("dis", compiled, *options).out
    assert shown.splitlines() == objdump(*flags, compiled).splitlines()[1:]


def test_tables_of_sections_and_symbols(rvx, compiled):
    sections = rvx("dis", compiled, "--sections").out
    assert next(row.split()[0] for row in sections.splitlines() if " progbits" in row) == ".text"
    symbols = rvx("dis", compiled, "--symbols").out
    rows = {row.split()[0]: row.split()[1:] for row in symbols.splitlines() if row.strip()}
    assert rows["near"][2:] == ["func", "global", ".text"]
    assert rows["far"][2:] == ["notype", "global", "undefined"]


def test_json_has_lines_relocations_sections_and_symbols(rvx, compiled):
    document = rvx("dis", compiled, "--json").document
    (text,) = document["sections"]
    assert text["lines"][0]["source"].endswith("near.c:3")
    assert {"address": 4, "text": "R_RISCV_CALL_PLT far"} in text["relocations"]
    assert ".debug_line" in [section["name"] for section in document["all_sections"]]
    assert {"near", "far"} <= {symbol["name"] for symbol in document["symbols"]}


def test_words_of_files_and_of_stdin(rvx, tmp_path):
    path = tmp_path / "words.hex"
    path.write_text("4505 0x8082\n0420800b\n")
    for done in (rvx("dis", path), rvx("dis", "-", stdin=path.read_text())):
        texts = [line.split(maxsplit=2)[2] for line in done.out.splitlines()]
        assert texts == ["li a0,1", "ret", "padd.s pt0,pt1,pt2"]


def test_damaged_files_are_said(rvx, compiled, tmp_path):
    data = compiled.read_bytes()
    for end in range(16, len(data), 97):
        cut = tmp_path / "cut.o"
        cut.write_bytes(data[:end])
        done = rvx("dis", cut, "-l")
        assert done.code in (0, 2), end
        assert "Traceback" not in done.err
