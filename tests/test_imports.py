"""Which part of rvx may import which, and what it costs to start."""

import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).resolve().parent.parent
HEAVY = {"numba", "llvmlite", "unicorn", "matplotlib"}


def imported_by(code: str) -> set[str]:
    """The packages that are imported when a process that ran this code ends."""
    report = "print('\\n', *sorted({name.partition('.')[0] for name in sys.modules}))"
    program = f"import atexit, sys\natexit.register(lambda: {report})\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        text=True,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    found = set(done.stdout.splitlines()[-1].split())
    assert {"sys", "atexit"} <= found, done.stdout
    return found


def test_imports_go_one_way(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.chdir(ROOT)
    status = lint_imports(no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["run", "--help"], ["compare", "--help"], ["isa", "list"]],
    ids=" ".join,
)
def test_help_and_lists_import_nothing_heavy(arguments: list[str]):
    run = f"sys.argv = {['rvx', *arguments]}\nfrom rvx.cli.main import main\nmain()\n"
    found = imported_by(run)
    assert "click" in found
    assert not found & (HEAVY | {"numpy", "lark", "elftools"})


def test_formats_and_extensions_are_declared_without_a_compiler():
    found = imported_by(
        "from rvx import extensions\n"
        "for name in extensions.names(): extensions.load(name)\n"
        "import rvx.formats.posit, rvx.formats.minifloat, rvx.formats.integer\n"
    )
    assert "rvx" in found
    assert not found & HEAVY


def test_the_assembler_needs_neither_unicorn_nor_numba():
    found = imported_by(
        "from rvx.assembler import assemble\n"
        "from rvx.extensions import isa_for\n"
        "assemble('nop', isa_for('rv64gc_xposit'))\n"
    )
    assert "rvx" in found
    assert not found & HEAVY


def test_what_compilers_call_imports_no_more_than_it_needs(tmp_path: Path):
    source = tmp_path / "a.s"
    source.write_text("_start: addi a0, a0, 1\n")
    run = f"sys.argv = {['rvx', 'as', str(source), '-o', str(tmp_path / 'a')]}\n"
    end = "os._exit = sys.exit\n"
    for _ in range(2):  # the first declares the instructions, and keeps that
        found = imported_by(f"import os\n{end}{run}from rvx.cli import start\nstart()\n")
    assert "rvx" in found
    slow = {"dataclasses", "inspect", "ast", "hashlib", "json", "fractions", "decimal", "traceback"}
    assert not found & (HEAVY | slow | {"click", "elftools", "lark", "numpy", "rich"})


def test_the_emulator_waits_for_what_most_programs_do_without():
    found = imported_by("import rvx.emulator")
    assert "unicorn" in found
    assert not found & {"numba", "llvmlite", "lark", "matplotlib", "tomllib"}
