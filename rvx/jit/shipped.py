"""LLVM code that comes with rvx, so that a first comparison does not wait for numba.

numba takes most of the time of a first run. What it makes of rvx's own functions is the same
everywhere, so the folder `llvm` beside this file holds it for what the usual comparisons need: what
is left on a new machine is to optimise it for its processor, and to make machine code of it.
`tests/precompiled.py` writes the folder, and a test fails while something is missing.

A file is named by all that its contents depend on: the functions themselves (their bytecode, so
that another version of Python finds nothing), what has translated them, and the kind of machine.
So nothing here can be out of date: where anything differs, the name does, and numba is asked.
"""

from __future__ import annotations

import hashlib
import json
import platform
import sys
import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from rvx.jit.keys import content_key

FOLDER = Path(__file__).parent / "llvm"
_FORMAT = 1
_TRANSLATORS = ("arrays.py", "compiler.py", "facts.py")
"""What else in this folder decides which LLVM code is made of a function."""


def path_of(key: str) -> Path:
    """Where the code of some functions is, if it is there.

    Args:
        key: changes whenever the functions do.
    """
    return FOLDER / f"{content_key(extra=f'{_FORMAT} {key} {_translator()}')}.z"


@cache
def _translator() -> str:
    digest = hashlib.sha256(f"{sys.platform} {platform.machine()}".encode())
    for name in _TRANSLATORS:
        digest.update((Path(__file__).parent / name).read_bytes())
    return digest.hexdigest()


def packed(text: str, symbols: Mapping[str, str]) -> bytes:
    """The contents of a file: LLVM code, and what its functions are called there."""
    return zlib.compress(f"{json.dumps(dict(symbols))}\n{text}".encode(), 9)


def unpacked(data: bytes) -> tuple[str, dict[str, str]]:
    """What was packed.

    Raises:
        ValueError: nothing was.
    """
    try:
        head, _, text = zlib.decompress(data).decode().partition("\n")
    except zlib.error as error:
        raise ValueError(str(error)) from None
    return text, json.loads(head)


def find(key: str) -> tuple[str, dict[str, str]] | None:
    """The code of some functions, and what they are called there; None if it is not here."""
    try:
        return unpacked(path_of(key).read_bytes())
    except (OSError, ValueError):
        return None
