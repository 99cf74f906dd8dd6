"""The example of co-simulation: a unit in SystemVerilog under Verilator, driven by cocotb."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUN = ROOT / "docs" / "examples" / "posit_adder" / "run.py"
PAGE = ROOT / "docs" / "howto" / "cosimulate.md"


def bench(folder: Path, *options: str) -> tuple[int, str]:
    """How the example ends, and what it says."""
    # By this variable cocotb takes its runner for pytest's own, and names files after the test.
    environment = {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"}
    done = subprocess.run(
        [sys.executable, str(RUN), *options, str(folder)],
        capture_output=True,
        text=True,
        env={**environment, "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=folder.parent,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_adder_is_right_and_its_bug_is_found(tmp_path: Path) -> None:
    code, said = bench(tmp_path / "build")
    assert (code, "PASS=1 FAIL=0" in said) == (0, True), said
    code, said = bench(tmp_path / "build", "--bug")
    assert (code, "PASS=0 FAIL=1" in said) == (1, True), said
    found = re.findall(r"a=0x\w\w b=0x\w\w expected=0x\w\w got=0x\w\w", said)
    assert found
    first = re.search(r"AssertionError: \d+ of 2000 sums are wrong; the first: (.*)", said)
    assert first is not None
    assert first[1] == found[0]
    # The page shows what is printed.
    assert first[0] in PAGE.read_text()
