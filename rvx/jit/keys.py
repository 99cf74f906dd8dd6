"""Keys of the cache: a hash of a function and of everything that it reaches.

A key is made at every start, so it needs neither numba nor a walk through bytecode.
"""

from __future__ import annotations

import hashlib
import sys
import types
from collections.abc import Callable, Iterator
from enum import EnumMeta
from functools import cache
from pathlib import Path
from typing import Any

from rvx.reachable import cells, code_objects, is_kernel, twin_of

_CACHE_FORMAT = "9"
COMPILERS = ("numba", "llvmlite")


def content_key(*functions: Callable[..., Any], extra: str = "") -> str:
    """A hash of the functions and of everything that they reach, for use as a cache key."""
    digest = hashlib.sha256(f"{_environment()}|{extra}".encode())
    seen: dict[types.FunctionType, int] = {}
    for function in functions:
        _digest_function(function, digest, seen)
    return digest.hexdigest()[:24]


@cache
def content_of(function: Callable[..., Any]) -> tuple[str, frozenset[Callable[..., Any]]]:
    """A hash of a function and of everything that it reaches, and which functions these are.

    There may be some among them that only share a name with what the function takes.
    """
    digest = hashlib.sha256()
    seen: dict[types.FunctionType, int] = {}
    _digest_function(function, digest, seen)
    return digest.hexdigest()[:24], frozenset(seen)


@cache
def _environment() -> str:
    versions = [f"{name} {installed_version(name)}" for name in COMPILERS]
    # The version of bytecode: it is that of Python's minor version.
    return "|".join((_CACHE_FORMAT, *versions, str(sys.implementation.cache_tag)))


@cache
def installed_version(package: str) -> str:
    """The version of an installed package, which is not imported; nothing if it is not there.

    It stands in the name of the folder that pip keeps beside each package. Where there is none,
    `importlib.metadata` knows; it takes longer to import than all keys of a start.
    """
    for folder in sys.path:
        try:
            for found in Path(folder or ".").glob(f"{package}-*.dist-info"):
                return found.name.removesuffix(".dist-info").partition("-")[2]
        except OSError:
            continue
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def is_foreign(function: types.FunctionType) -> bool:
    """Whether indices are checked: those of rvx's own kernels are right whatever a guest does."""
    return (function.__module__ or "").partition(".")[0] != "rvx"


def _digest_function(function: Any, digest: Any, seen: dict[types.FunctionType, int]) -> None:
    if not isinstance(function, types.FunctionType):
        return
    is_new = function not in seen
    digest.update(f"<function {seen.setdefault(function, len(seen))}>".encode())
    if not is_new:
        return
    digest.update(f"checked {is_foreign(function)}".encode())
    for code in code_objects(function.__code__):
        digest.update(code.co_code)
        constants = [c for c in code.co_consts if not isinstance(c, types.CodeType)]
        digest.update(repr((code.co_names, code.co_varnames, constants)).encode())
    twin = twin_of(function)
    digest.update(repr((function.__defaults__, twin and twin.key)).encode())
    for name, value in sorted(_values(function), key=lambda item: item[0]):
        digest.update(name.encode())
        if is_kernel(value):
            _digest_function(value, digest, seen)
        elif hasattr(value, "tobytes") and not isinstance(value, type):
            kind = f"{getattr(value, 'dtype', None)} {getattr(value, 'shape', None)}"
            digest.update(kind.encode() + value.tobytes())
        elif isinstance(value, EnumMeta):
            digest.update(repr(list(value)).encode())
        elif isinstance(value, int | float | tuple | str):
            digest.update(repr(value).encode())


def _values(function: types.FunctionType) -> Iterator[tuple[str, Any]]:
    """What the function may take from outside, and perhaps a little more, each with a name.

    Every name in its code is looked up, also those of attributes of something else: a key that
    depends on too much is right, and this takes a tenth of the time that reading bytecode does.
    """
    names = {name: None for code in code_objects(function.__code__) for name in code.co_names}
    space = function.__globals__
    for name in names:
        if name in space:
            yield from _within(name, space[name], names)
    for name, value in cells(function).items():
        yield f"<closure>.{name}", value


def _within(
    name: str, value: Any, names: dict[str, None], depth: int = 0
) -> Iterator[tuple[str, Any]]:
    """The value, or of a module those of its attributes whose names occur."""
    if not isinstance(value, types.ModuleType):
        yield name, value
    elif depth < 4 and value.__name__.partition(".")[0] not in _OUTSIDE:
        space = vars(value)
        for one in names:
            if one in space:
                yield from _within(f"{name}.{one}", space[one], names, depth + 1)


_OUTSIDE = ("numpy", "numba", "llvmlite", "math", "operator", "builtins")
"""Modules whose contents change with their versions only."""
