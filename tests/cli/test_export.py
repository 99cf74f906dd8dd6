"""`rvx isa export`: where files go, and what is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from rvx.cli.main import app
from rvx.errors import Exit
from rvx.export.targets import TARGETS

run = CliRunner().invoke
OPCODES = ["isa", "export", "riscv-opcodes", "--ext"]


def test_one_file_is_printed_or_written(tmp_path: Path) -> None:
    done = run(app, [*OPCODES, "xssr"])
    assert done.exit_code == Exit.OK
    assert "scfgri rd imm" in done.stdout
    path = tmp_path / "rv_mine"
    assert run(app, [*OPCODES, "xssr", "-o", str(path)]).exit_code == Exit.OK
    assert path.read_text() == done.stdout
    run(app, [*OPCODES, "xssr", "-o", str(tmp_path)])
    assert (tmp_path / "rv_xssr").read_text() == done.stdout
    assert not list(tmp_path.glob(".*")), "nothing is left of files that were being written"


def test_several_files_need_a_folder(tmp_path: Path) -> None:
    done = run(app, [*OPCODES, "zba"])
    assert done.exit_code == Exit.USAGE
    assert "these are 2 files, rv_zba, rv64_zba; name a folder for them with -o" in done.output
    folder = tmp_path / "out" / "deep"
    assert run(app, [*OPCODES, "zba", "-o", str(folder)]).exit_code == Exit.OK
    assert sorted(path.name for path in folder.iterdir()) == ["rv64_zba", "rv_zba"]
    file = tmp_path / "file"
    file.write_text("kept")
    done = run(app, [*OPCODES, "zba", "-o", str(file)])
    assert done.exit_code == Exit.USAGE
    assert file.read_text() == "kept"


def test_what_is_left_out_is_said_on_stderr() -> None:
    done = run(app, [*OPCODES, "zcmp", "-o", "/dev/null"])
    assert "cm.push: operands of kind 'saved'" in done.stderr


def test_targets_are_listed() -> None:
    done = run(app, ["isa", "export", "list"])
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(TARGETS)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["riscv-opcodes"], "name what to export with --ext FILE or --ext NAME"),
        (["cobol", "--ext", "zba"], "there is no target 'cobol'; there are binutils, c, "),
        (["riscv-opcodes", "--ext", "none.py"], "there is no extension file 'none.py'"),
    ],
)
def test_mistakes_are_said(arguments: list[str], sentence: str) -> None:
    done = run(app, ["isa", "export", *arguments])
    assert done.exit_code == Exit.USAGE
    assert sentence in done.output
