"""Large programs, unmodified: lua, sqlite, zlib, bzip2, a C compiler, and the tools of busybox."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.emulator.linux.debian import CASES, RECIPES, Case, build


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("debian")
    for recipe in RECIPES:
        build(recipe, folder)
    return folder / "bin"


def _run(command: list[str], room: Path, case: Case) -> tuple[bytes, bytes, int, dict[str, bytes]]:
    room.mkdir()
    for name, data in case.files.items():
        (room / name).write_bytes(data)
    done = subprocess.run(
        command, cwd=room, input=case.stdin, capture_output=True, check=False, timeout=600
    )
    notes = (b"note: ", b"error: the program exited")
    errors = b"".join(
        line for line in done.stderr.splitlines(keepends=True) if not line.startswith(notes)
    )
    left = {
        str(path.relative_to(room)): path.read_bytes() if path.is_file() else b""
        for path in sorted(room.rglob("*"))
    }
    for path in sorted(room.rglob("*"), reverse=True):
        path.unlink() if path.is_symlink() or path.is_file() else path.rmdir()
    room.rmdir()
    return done.stdout, errors, done.returncode, left


def compare(program: Path, case: Case, room: Path) -> None:
    """Both in a folder of the same name: output, errors, exit code, and the files that are left."""
    ours = [sys.executable, "-m", "rvx", "run", str(program), "--allow-write", "."]
    home = "HOME=/none"  # Else sqlite asks for the user's, whom the host knows.
    qemu = ["env", "-i", home, "qemu-riscv64", str(program)]
    expected = _run([*qemu, *case.arguments], room, case)
    found = _run([*ours, "--env", home, "--pass-exit-code", "--", *case.arguments], room, case)
    assert found == expected


@pytest.mark.long
@pytest.mark.parametrize(
    "case", CASES, ids=lambda one: " ".join((one.program, *one.arguments))[:60]
)
def test_programs_of_debian(programs: Path, tmp_path: Path, case: Case) -> None:
    """Fetches and builds six packages (some 5 minutes), and runs them 100 times (some 5 more).

    It needs tclsh (for sqlite) and what apt-get needs to unpack sources: dpkg-dev.
    """
    compare(programs / case.program, case, tmp_path / "room")
