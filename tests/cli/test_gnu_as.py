"""`rvx as` in the place of GNU as: the how-to, run as it is written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "gcc-assembler.md"


def test_gcc_compiles_inline_posits_and_small_floats(tmp_path: Path) -> None:
    text = PAGE.read_text()
    source = re.search(r"```c\n(.*?)```", text, re.DOTALL)
    assert source is not None
    (tmp_path / "mixed.c").write_text(source.group(1))
    commands = re.findall(r"^\$ (.*)$", text, re.MULTILINE)
    assert commands[-1] == "rvx run mixed"
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for command in commands:
        done = subprocess.run(
            command,
            shell=True,
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    assert (tmp_path / "tools" / "as").exists()


def test_errors_name_the_place(tmp_path: Path) -> None:
    source = tmp_path / "bad.s"
    source.write_text("nop\npadd.t pa0\n")
    done = subprocess.run(
        [sys.executable, "-m", "rvx", "as", "-march=rv64gc", "-o", "bad.o", str(source)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert "bad.s:2:1: error: there is no instruction 'padd.t'" in done.stderr
    assert not (tmp_path / "bad.o").exists()
