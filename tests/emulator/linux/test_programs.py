"""Ordinary programs give what QEMU's user mode gives: output, errors and exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.emulator.linux.programs import ALL, build, compare

SHORT = """
    wc printf malloc longjmp signals exits environment mappings exceptions filesystem locks
    devices identity faults alarms pipes queue opened itself multiplex temporary recover contexts
    jumps coroutine shared_map
"""
_SHORT = [one for one in ALL if one.stem in SHORT.split()]


@pytest.mark.parametrize("source", _SHORT, ids=lambda one: one.stem)
def test_program(tmp_path: Path, source: Path) -> None:
    compare(build(source, tmp_path), tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("flags", ["-O2", "-O0", "-Os -march=rv64imafdc -fno-builtin"])
@pytest.mark.parametrize("source", ALL, ids=lambda one: one.stem)
def test_every_program(tmp_path: Path, source: Path, flags: str) -> None:
    """All programs at three levels of optimisation: some ten minutes."""
    compare(build(source, tmp_path, *flags.split()), tmp_path)
