"""Where the files that travel with rvx are: the folders `asm/`, `cores/` and `programs/`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@cache
def folder(name: str) -> Path:
    """The folder `asm`, `cores` or `programs`, in a checkout and in an installed wheel alike.

    Raises:
        FileNotFoundError: the installation lacks it.
    """
    installed = _PACKAGE / "data" / name
    checkout = _PACKAGE.parent / name
    for candidate in (installed, checkout):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(
        f"the folder '{name}' of rvx is neither at {installed} nor at {checkout}; "
        f"reinstall rvx, or run it from a complete checkout"
    )


def asm(*parts: str) -> Path:
    """A file in `asm/`: the grammar, start-up code, include files."""
    return folder("asm").joinpath(*parts)


def programs(*parts: str) -> Path:
    """A file in `programs/`: the kernels."""
    return folder("programs").joinpath(*parts)


def cores(*parts: str) -> Path:
    """A file in `cores/`: the descriptions of cores."""
    return folder("cores").joinpath(*parts)
