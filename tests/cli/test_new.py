"""`rvx new`: what it writes works as it stands, by its own tests and commands."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from rvx.cli.main import app
from rvx.errors import Exit
from rvx.isa import Extension

ROOT = Path(__file__).parents[2]

run = CliRunner().invoke


def rvx(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rvx", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_new_extension_works_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(app, ["new", "extension", "Xfresh"])
    assert done.exit_code == Exit.OK, done.output
    folder = tmp_path / "xfresh"
    checked = rvx("isa", "check", "xfresh.py", "--operands", "20", folder=folder)
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stdout
    ran = rvx("run", "dot.s", "--ext", "xfresh.py", folder=folder)
    assert ran.returncode == 0, ran.stderr
    tests = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "3 passed" in tests.stdout, tests.stdout[-2000:]


def test_the_package_offers_the_extension_to_rvx(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(app, ["new", "extension", "offered", "-o", str(tmp_path / "here")])
    project = tomllib.loads((tmp_path / "here" / "pyproject.toml").read_text())["project"]
    # It needs this package, under the name by which it is installed.
    own = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["name"]
    assert project["dependencies"] == [own]
    place = project["entry-points"]["rvx.extensions"]["xoffered"]
    module, _, variable = place.partition(":")
    monkeypatch.syspath_prepend(str(tmp_path / "here"))
    made = getattr(import_module(module), variable)
    assert isinstance(made, Extension)
    assert made.name == "Xoffered"


def test_a_new_kernel_is_bit_exact_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "product"
    assert run(app, ["new", "kernel", "product", "-o", str(folder)]).exit_code == Exit.OK
    words = ["compare", str(folder), "-p", "M=2", "-p", "K=3", "--backend", "python"]
    done = run(app, words)
    assert done.exit_code == Exit.OK, done.output
    rows = [line for line in done.output.splitlines() if line.rstrip().endswith("exact")]
    assert [row.split()[0] for row in rows] == ["f32", "posit32_quire"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["extension", "x-1"], "'x-1' is no name of an extension: letters and digits"),
        (["extension", "xposit"], "there is an extension Xposit already"),
        (["kernel", "1st"], "'1st' is no name of a kernel"),
        (["kernel", "k", "-o", "."], "'.' is there already; name another folder with -o"),
    ],
)
def test_mistakes_are_said(
    words: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kept").write_text("kept")
    done = run(app, ["new", *words])
    assert done.exit_code == Exit.USAGE
    assert sentence in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
