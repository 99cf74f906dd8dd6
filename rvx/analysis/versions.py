"""Which versions made a result: a block that goes into every report."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from rvx.version import __version__

PACKAGES = ("unicorn", "numba", "numpy", "lark", "pyelftools")


def versions() -> dict[str, str]:
    """Versions by name; a package that is not installed is left out."""
    found = {"rvx": __version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
