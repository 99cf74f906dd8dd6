"""What holds for all tests."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daily import FastTier

VARIABLE = "RVX_COMPILE_AFTER"
AS_USERS_HAVE_IT = {"analysis", "cli", "paper", "programs"}
"""Folders whose tests ask for results: what compiles for them is what compiles for a user."""

# Elsewhere compiled code is what is tested, also where an instruction is executed once; `interim`
# modes and tests of their own cover what runs before that.
os.environ[VARIABLE] = "0"


@pytest.fixture(autouse=True, scope="module")
def _compiling(request: pytest.FixtureRequest) -> Iterator[None]:
    folders = Path(request.node.path).relative_to(Path(__file__).parent).parts
    if folders[0] in AS_USERS_HAVE_IT:
        del os.environ[VARIABLE]
    yield
    os.environ[VARIABLE] = "0"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the option of the fast tier."""
    parser.addoption(
        "--seconds",
        type=float,
        metavar="N",
        help="begin tests for N seconds: those of what was changed first, then others by lot",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Registers the fast tier if it is asked for."""
    seconds = config.getoption("--seconds")
    if seconds is not None:
        config.pluginmanager.register(FastTier(seconds, config))
