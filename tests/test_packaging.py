"""The wheel: what is in it, and that it works away from the checkout."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(*command: str | Path, cwd: Path) -> str:
    """What a command prints; it must end well. Nothing of the checkout is on its path."""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        command,
        cwd=cwd,
        env=clean,
        text=True,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source distribution, which is built from the checkout."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of a fresh environment with rvx from the wheel.

    What rvx depends on is taken from the environment of the tests, so that nothing is downloaded.
    """
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder, symlinks=True)
    programs = folder / "bin"
    pip = (sys.executable, "-m", "pip", "--python", programs / "python", "--no-input")
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=folder)
    (site,) = folder.glob("lib/python*/site-packages")
    depended = [path for path in sys.path if path.endswith("site-packages")]
    (site / "dependencies.pth").write_text("\n".join(depended))
    return programs


def test_the_wheel_has_the_package_its_data_and_its_license(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"rvx", "rvx_emulator"}
    assert "rvx/data/asm/rvx.lark" in names
    assert "rvx/data/programs/gemm/kernel.toml" in names
    assert "rvx/py.typed" in names
    assert any(name.endswith("/LICENSE") for name in names)
    assert not [name for name in names if "__pycache__" in name or "tests" in name.split("/")]


def test_every_file_of_asm_and_programs_is_in_the_wheel(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    files = [
        path.relative_to(ROOT)
        for folder in ("asm", "programs")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    assert len(files) > 10
    assert {f"rvx/data/{path}" for path in files} <= names


def test_rvx_comes_from_the_wheel(scripts: Path, tmp_path: Path):
    found = run(scripts / "python", "-c", "import rvx; print(rvx.__file__)", cwd=tmp_path)
    assert Path(found.strip()).is_relative_to(scripts.parent)


def test_a_kernel_of_the_wheel_runs(scripts: Path, tmp_path: Path):
    sizes = ["-p", "M=2", "-p", "N=3", "-p", "K=4"]
    variants = ["--variant", "f32", "--variant", "posit32_quire"]
    printed = run(scripts / "rvx", "compare", "gemm", *sizes, *variants, cwd=tmp_path)
    assert printed.count(" exact") == 2


def test_a_source_is_assembled_and_run(scripts: Path, tmp_path: Path):
    source = tmp_path / "exit.s"
    source.write_text("_start: li a0, 0\n li a7, 93\n ecall\n", encoding="utf-8")
    printed = run(scripts / "rvx", "run", source.name, "--count", cwd=tmp_path)
    assert "ecall" in printed


def test_nothing_is_written_beside_the_program(scripts: Path, tmp_path: Path):
    source = tmp_path / "exit.s"
    source.write_text("_start: li a0, 0\n li a7, 93\n ecall\n", encoding="utf-8")
    run(scripts / "rvx", "run", source.name, cwd=tmp_path)
    assert list(tmp_path.iterdir()) == [source]
