"""`rvx as`: GCC uses it in the place of GNU as, and what comes out links."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from rvx.assembler.gnu_as import SOURCE_ERROR, USAGE_ERROR, parse_arguments, run
from rvx.cli.gnu_as import _isa
from rvx.extensions import isa_for
from rvx.isa import Isa

from .conftest import ABIS, Gnu, read_sections
from .test_gnu_compilers import CORPUS
from .whole_object import whole_object

ROOT = Path(__file__).parents[2]
STAND_IN = f"""#!{sys.executable}
import sys
sys.path.insert(0, {str(ROOT)!r})
from rvx.assembler.gnu_as import run
from rvx.extensions import isa_for
sys.exit(run(sys.argv[1:], lambda march, _: isa_for(march, ["xposit"])))
"""
WITH_POSITS = """
int sum(const int *a, const int *b) {
    int r;
    __asm__("plw p1, %1\\n\\tplw p2, %2\\n\\tpadd.s p3, p1, p2\\n\\tpsw p3, %0"
            : "=m"(r) : "m"(*a), "m"(*b));
    return r;
}
int data[2] = {0x40000000, 0x40000000};
void _start(void) { data[0] = sum(data, data + 1); for (;;) ; }
"""


shipped = _isa
"""The ISA of `rvx as`: that of -march, and the shipped extensions that need nothing beyond it."""


def choose(march: str, extensions: Sequence[str] = ()) -> Isa:
    return isa_for(march, ["xposit", *extensions])


@pytest.fixture
def stand_in(tmp_path: Path) -> str:
    folder = tmp_path / "bin"
    folder.mkdir()
    tool = folder / "as"
    tool.write_text(STAND_IN)
    tool.chmod(0o755)
    return f"-B{folder}/"


def test_gcc_compiles_custom_instructions_with_it(gnu: Gnu, stand_in: str, tmp_path: Path) -> None:
    source, out = tmp_path / "sum.c", tmp_path / "sum.elf"
    source.write_text(WITH_POSITS)
    flags = ["-O2", "-g", "-march=rv64gc", "-mabi=lp64d", "-mcmodel=medany", "-nostdlib"]
    done = gnu.run("gcc", stand_in, *flags, str(source), "-o", str(out))
    assert done.returncode == 0, done.stderr.decode()
    dump = gnu.run("objdump", "-d", str(out)).stdout.decode()
    word = choose("rv64gc").instructions["padd.s"].encode({"rd": 3, "rs1": 1, "rs2": 2})
    assert f"{word:08x}" in dump
    where = gnu.run("addr2line", "-e", str(out), "-f", _address(gnu, out, "sum")).stdout.decode()
    assert where.startswith("sum\n")
    assert "sum.c:2" in where


def _address(gnu: Gnu, path: Path, name: str) -> str:
    table = gnu.run("nm", str(path)).stdout.decode()
    return next(line.split()[0] for line in table.splitlines() if line.split()[-1] == name)


def test_gcc_makes_the_same_code_with_it(gnu: Gnu, stand_in: str, tmp_path: Path) -> None:
    source = next(path for path in CORPUS if path.stem == "switch")
    for march in ("rv64gc", "rv32imac_zicsr"):
        made = []
        for flags in ([stand_in], []):
            out = tmp_path / "made.o"
            options = [*flags, "-O2", f"-march={march}", f"-mabi={ABIS[march]}", "-c", str(source)]
            assert gnu.run("gcc", *options, "-o", str(out)).returncode == 0
            made.append(read_sections(out.read_bytes()))
        assert made[0] == made[1]


def test_arguments_of_drivers() -> None:
    words = "-v --gdwarf-5 --traditional-format -march=rv64imafdc -march=rv64imafdc_zicsr"
    words += " -mabi=lp64d -misa-spec=20191213 -I inc -Iother --defsym n=0x10 -mno-relax -fpic"
    found = parse_arguments([*words.split(), "-o", "x.o", "x.s"])
    assert (found.march, found.abi, found.output) == ("rv64imafdc_zicsr", "lp64d", "x.o")
    assert (found.sources, found.include_dirs) == (["x.s"], ["inc", "other"])
    assert (found.relax, found.pic, found.debug, found.defines) == (False, True, True, {"n": 16})
    assert parse_arguments(["--"]).sources == parse_arguments(["-"]).sources == ["-"]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--wrong"], USAGE_ERROR, "flag '--wrong' is not known to rvx as"),
        (["-o"], USAGE_ERROR, "-o needs a value"),
        (["-march=rv99"], USAGE_ERROR, "'rv99' is not an ISA string"),
        (["nowhere.s"], USAGE_ERROR, "cannot read 'nowhere.s'"),
        ([""], USAGE_ERROR, "cannot read ''"),
        (["a.s", "-o", ""], USAGE_ERROR, "cannot write ''"),
        (["a.s", "-o", "/dev/full"], USAGE_ERROR, "cannot write '/dev/full': No space left"),
        (["a.s", "-MD", "/dev/full"], USAGE_ERROR, "cannot write '/dev/full': No space left"),
        (["a.s", "-o", "./a.s"], USAGE_ERROR, "'a.s' is the source and the output './a.s'"),
        (["a.s", "-MD", "a.s"], USAGE_ERROR, "'a.s' is the source and the output 'a.s'"),
        *(
            (
                ["--defsym", text, "a.s"],
                USAGE_ERROR,
                f"--defsym {text}: write a symbol and a number",
            )
            for text in ("x", "x=", "=5", "1x=5", "a b=5", ".=5", "x=y", "x=--5", "x=0x", "x=08")
        ),
        (["--defsym", f"x={1 << 64}", "a.s"], USAGE_ERROR, "the number has more than 64 bits"),
        (["--defsym", f"x=-{(1 << 63) + 1}", "a.s"], USAGE_ERROR, "has more than 64 bits"),
    ],
)
def test_wrong_command_lines(
    words: list[str],
    code: int,
    sentence: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.s").write_text("nop\n")
    assert run(words, choose) == code
    assert sentence in capsys.readouterr().err
    assert Path("a.s").read_text() == "nop\n"


@pytest.mark.parametrize("number", ["0", "-1", "010", "0x7f", str((1 << 64) - 1), f"-{1 << 63}"])
def test_symbols_of_the_command_line_are_worth_what_they_are_for_gnu_as(
    gnu: Gnu, number: str, tmp_path: Path
) -> None:
    source = tmp_path / "a.s"
    source.write_text(".dword x\n")
    ours, theirs = tmp_path / "ours.o", tmp_path / "theirs.o"
    words = ["--defsym", f"x={number}", "-march=rv64gc", "-mabi=lp64d", str(source)]
    assert run(["-o", str(ours), *words], shipped) == 0
    assert gnu.run("as", "-o", str(theirs), *words).returncode == 0
    assert read_sections(ours.read_bytes())[".text"] == read_sections(theirs.read_bytes())[".text"]


def test_a_standard_input_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rvx", "as", "-o", str(tmp_path / "a.o")]
    with open(tmp_path / "written", "wb") as other:
        done = subprocess.run(command, stdin=other, capture_output=True, text=True, check=False)
    assert done.returncode == USAGE_ERROR
    assert done.stderr == "rvx as: cannot read '{standard input}': Bad file descriptor\n"


def test_an_object_that_has_no_room_is_not_left_behind(tmp_path: Path) -> None:
    source, made = tmp_path / "a.s", tmp_path / "a.o"
    source.write_text(".zero 100000\n")
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (50000, 50000))\n"
    command = "from rvx.cli import start; start()"
    done = subprocess.run(
        [sys.executable, "-c", limit + command, "as", str(source), "-o", str(made)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (USAGE_ERROR, "")
    assert done.stderr == f"rvx as: cannot write '{made}': File too large\n"
    assert not made.exists()


def test_flags_of_drivers_that_change_nothing(stand_in: str, gnu: Gnu, tmp_path: Path) -> None:
    source = next(path for path in CORPUS if path.stem == "crc")
    made = set()
    for flags in ("", "-pipe", "-g -gz", "-Wa,-L -Wa,--size-check=error", "-Wa,--statistics"):
        out = tmp_path / "made.o"
        command = [stand_in, "-O2", "-march=rv64gc", *flags.split(), "-c", str(source)]
        done = gnu.run("gcc", *command, "-o", str(out))
        assert done.returncode == 0, done.stderr.decode()
        made.add(read_sections(out.read_bytes())[".text"][0])
    assert len(made) == 1


@pytest.mark.parametrize("march", ["rv32imac", "rv64ima", "rv32i", "rv32imf", "rv64gc", "rv32g"])
def test_an_object_says_what_march_says(gnu: Gnu, march: str, tmp_path: Path) -> None:
    """No shipped extension adds what the user did not ask for."""
    source, ours, theirs = (tmp_path / name for name in ("nop.s", "ours.o", "theirs.o"))
    source.write_text("nop\n")
    assert run([f"-march={march}", str(source), "-o", str(ours)], shipped) == 0
    done = gnu.run("as", f"-march={march}", str(source), "-o", str(theirs))
    assert done.returncode == 0, done.stderr
    assert whole_object(ours.read_bytes()) == whole_object(theirs.read_bytes())


@pytest.mark.parametrize(
    ("march", "line"),
    [("rv32i", "fld fa0, 0(a0)"), ("rv64ima", "csrr a0, cycle"), ("rv32i", "mul a0, a0, a0")],
)
def test_instructions_that_march_does_not_have_are_refused(
    march: str, line: str, tmp_path: Path
) -> None:
    source = tmp_path / "wrong.s"
    source.write_text(line + "\n")
    assert run([f"-march={march}", str(source), "-o", str(tmp_path / "o")], shipped) == SOURCE_ERROR


@pytest.mark.parametrize(
    ("march", "abi", "sentence"),
    [
        ("rv32i", "ilp32d", "passes arguments in registers of D"),
        ("rv64gc", "ilp32", "is not an ABI of RV64"),
        ("rv64gc", "lp64x", "is not an ABI"),
    ],
)
def test_abis_that_march_cannot_have(
    march: str, abi: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([f"-march={march}", f"-mabi={abi}", "nowhere.s"], shipped) == USAGE_ERROR
    assert sentence in capsys.readouterr().err


def test_symbols_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "defined.s", tmp_path / "out.o"
    source.write_text(".data\n.word one, two\n")
    flags = ["--defsym", "one=0x10", "-defsym", "two=-1"]
    assert run([*flags, str(source), "-o", str(out)], choose) == 0
    assert read_sections(out.read_bytes())[".data"][0].hex() == "10000000ffffffff"
    assert run(["--defsym", "one=x", str(source)], choose) == USAGE_ERROR
    assert "write a symbol and a number" in capsys.readouterr().err


def test_retained_and_patchable_functions_stay(gnu: Gnu, stand_in: str, tmp_path: Path) -> None:
    """What the linker may throw away goes by flags and order of sections (retain, link order)."""
    source, out = tmp_path / "kept.c", tmp_path / "kept.elf"
    source.write_text(
        "__attribute__((used, retain)) int kept = 7;\nint lost = 5;\n"
        "int f(int a) { return a + 1; }\n"
        "int _start(void) { return f(1); }\n"
    )
    flags = "-O0 -march=rv64gc -ffunction-sections -fdata-sections -fpatchable-function-entry=2"
    link = "-nostdlib -Wl,--gc-sections"
    done = gnu.run("gcc", stand_in, *flags.split(), *link.split(), str(source), "-o", str(out))
    assert done.returncode == 0, done.stderr.decode()
    names = {line.split()[-1] for line in gnu.run("nm", str(out)).stdout.decode().splitlines()}
    assert {"kept", "f"} <= names
    assert "lost" not in names


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"], choose) == 0
    assert capsys.readouterr().out.startswith("rvx as ")


def test_a_wrong_source_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "wrong.s"
    source.write_text("nop\npad.s p1, p2, p3\n")
    assert run([str(source), "-o", str(tmp_path / "x.o")], choose) == SOURCE_ERROR
    text = capsys.readouterr().err
    assert f"{source}:2:1: error: there is no instruction 'pad.s'" in text
    assert "did you mean 'padd.s'" in text


@pytest.mark.parametrize("flag", ["-MD", "--MD"])
def test_a_rule_for_make_names_what_gnu_as_names(gnu: Gnu, flag: str, tmp_path: Path) -> None:
    (tmp_path / "in side.inc").write_text('.incbin "bytes.bin"\n')
    (tmp_path / "bytes.bin").write_bytes(b"12345678")
    source = tmp_path / "rule.s"
    source.write_text('.include "in side.inc"\n.include "in side.inc"\nnop\n')
    out, rule, theirs = (str(tmp_path / name) for name in ("rule.o", "ours.d", "theirs.d"))
    assert run([str(source), "-o", out, flag, rule], choose) == 0
    done = gnu.run("as", str(source), "-I", str(tmp_path), "-o", out, "--MD", theirs)
    assert done.returncode == 0, done.stderr
    rules = [Path(name).read_text().replace("\\\n", " ") for name in (rule, theirs)]
    parts = [text.replace("\\ ", "\0").split() for text in rules]
    assert parts[0][0] == parts[1][0] == out + ":"
    assert len(parts[0]) == 1 + 3
    assert {name.replace("\0", " ") for name in parts[0]} >= {str(source), out + ":"}
    assert [Path(name).name for name in sorted(parts[0])] == [
        Path(name).name for name in sorted(parts[1])
    ]


def test_a_rule_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "rule.s"
    source.write_text("nop\n")
    missing = tmp_path / "nowhere" / "rule.d"
    words = [str(source), "-o", str(tmp_path / "rule.o"), "-MD", str(missing)]
    assert run(words, choose) == USAGE_ERROR
    assert (
        capsys.readouterr().err == f"rvx as: cannot write '{missing}': No such file or directory\n"
    )
