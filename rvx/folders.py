"""Where the folders that travel with rvx are: in a checkout, and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    installed = _PACKAGE / "data" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def asm_folder() -> Path:
    """The grammar, start-up code, include files and memory maps."""
    return _folder("asm")


def programs_folder() -> Path:
    """The kernels, a folder each."""
    return _folder("programs")
