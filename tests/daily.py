"""The fast tier: `pytest --seconds 80` begins tests for so long, and then ends.

No list says which tests are fast, and none can become stale: what runs is what there is time for.
First come the tests that mirror what was changed, on this branch or in this folder, the nearest
before the others; then those of all other rooms, in an order that is drawn anew each day, so that
in a while everything has its turn. Of a test with parameters the first case runs.
"""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path, PurePath

import pytest

BEGUN = time.monotonic()
ROOT = Path(__file__).parent.parent
FILES = 60
"""As many are looked at: to import all of them takes half a minute alone."""


def changed() -> list[str]:
    """Files that differ from main, committed or not; none where there is no main, or no git."""
    found = []
    for command in (
        ("git", "diff", "--name-only", "--merge-base", "main"),
        ("git", "ls-files", "--others", "--exclude-standard"),
    ):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        found += done.stdout.splitlines() if done.returncode == 0 else []
    return found


def nearness(test: str, files: Sequence[str]) -> int:
    """How many folders, and the file itself, a test has in common with what was changed."""

    def place(path: str) -> list[str]:
        _, *folders, name = PurePath(path).with_suffix("").parts
        return [*folders, name.removeprefix("test_")]

    best = 0
    for path in files:
        if path.startswith(("rvx/", "tests/")):
            pairs = zip(place(test), place(path), strict=False)
            common = [a == b for a, b in pairs]
            best = max(best, [*common, False].index(False))
    return best


def in_turn(tests: Sequence[str], files: Sequence[str], day: str) -> list[str]:
    """Files of tests in the order in which they run.

    Args:
        tests: the files.
        files: what was changed.
        day: what the order of the others is drawn by.
    """
    draw = random.Random(day)
    lots = {path: draw.random() for path in sorted(tests)}
    return sorted(lots, key=lambda path: (-nearness(path, files), lots[path]))


class FastTier:
    """The plugin.

    Args:
        seconds: how long tests are begun.
        config: its files are those of all tests, unless somebody has named some.
    """

    def __init__(self, seconds: float, config: pytest.Config) -> None:
        self.seconds = seconds
        self.not_begun = 0
        if config.args_source is pytest.Config.ArgsSource.TESTPATHS:
            found = [path.relative_to(ROOT) for path in ROOT.glob("tests/**/test_*.py")]
            order = in_turn([path.as_posix() for path in found], changed(), time.strftime("%F"))
            config.args[:] = [str(ROOT / path) for path in order[:FILES]]

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leaves one case of each test."""
        cases: dict[str, pytest.Item] = {}
        for item in items:
            cases.setdefault(item.nodeid.partition("[")[0], item)
        items[:] = cases.values()

    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """Leaves out those for which there is no time."""
        if time.monotonic() - BEGUN < self.seconds:
            return None
        self.not_begun += 1
        return True

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Says how many that were."""
        terminalreporter.write_line(
            f"{self.not_begun} tests were not begun: {self.seconds:g} s were over"
            if self.not_begun
            else f"all of these tests were begun within {self.seconds:g} s"
        )
