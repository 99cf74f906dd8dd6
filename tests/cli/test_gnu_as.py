"""`rvx as` in the place of GNU as; its how-to is run with the rest of the documentation."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


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
