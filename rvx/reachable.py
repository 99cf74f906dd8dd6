"""What a function reaches: the values that it takes from globals, modules and closures."""

from __future__ import annotations

import dis
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeGuard, TypeVar

Kernel = TypeVar("Kernel", bound=Callable[..., Any])
_FOREIGN_PACKAGES = ("numba", "numpy", "math", "operator", "builtins", "llvmlite")


def is_kernel(value: Any) -> TypeGuard[types.FunctionType]:
    """Whether this is a plain function, to be compiled with what calls it."""
    if not isinstance(value, types.FunctionType):
        return False
    return (value.__module__ or "").partition(".")[0] not in _FOREIGN_PACKAGES


def code_objects(code: types.CodeType) -> Iterator[types.CodeType]:
    """The code of a function and of the functions within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from code_objects(constant)


def _global_chains(function: types.FunctionType) -> list[tuple[str, ...]]:
    """Every `name` or `module.attribute...` chain that the bytecode loads from the globals."""
    chains: dict[tuple[str, ...], None] = {}
    for code in code_objects(function.__code__):
        chain: tuple[str, ...] = ()
        for step in dis.get_instructions(code):
            if step.opname == "LOAD_GLOBAL":
                chain = (step.argval,)
            elif chain and step.opname in ("LOAD_ATTR", "LOAD_METHOD"):
                chain = (*chain, step.argval)
            elif step.opname not in ("CACHE", "EXTENDED_ARG"):
                chain = ()
            if chain:
                chains.pop(chain[:-1], None)
                chains[chain] = None
    return list(chains)


def cells(function: types.FunctionType) -> dict[str, object]:
    """The values of a closure, by name."""
    cells = function.__closure__ or ()
    return {
        name: cell.cell_contents
        for name, cell in zip(function.__code__.co_freevars, cells, strict=True)
    }


def references(function: types.FunctionType) -> dict[tuple[str, ...], object]:
    """The values that the function takes from outside, by the chain of names that leads there."""
    found: dict[tuple[str, ...], object] = {}
    for chain in _global_chains(function):
        if chain[0] not in function.__globals__:
            continue
        value = function.__globals__[chain[0]]
        depth = 1
        while depth < len(chain) and isinstance(value, types.ModuleType):
            value = getattr(value, chain[depth])
            depth += 1
        found[chain[:depth]] = value
    for name, value in cells(function).items():
        found[("<closure>", name)] = value
    return found


@cache
def reached(function: Callable[..., Any]) -> tuple[types.FunctionType, ...]:
    """The plain functions that compiled code of this one consists of, itself first."""
    waiting: list[Any] = [function]
    found: dict[types.FunctionType, None] = {}
    while waiting:
        one = waiting.pop(0)
        if one in found or not isinstance(one, types.FunctionType):
            continue
        found[one] = None
        waiting += [value for value in references(one).values() if is_kernel(value)]
    return tuple(found)


@dataclass(frozen=True)
class Twin:
    """What stands for a plain function in compiled code.

    Attributes:
        make: gives what numba is to call instead, or None if the function itself is to be compiled.
        key: changes whenever what is made does.
    """

    make: Callable[[], Any]
    key: str


_TWIN = "compiled_twin"


def with_twin(function: Kernel, twin: Twin) -> Kernel:
    """The function, marked: compiled code calls its twin."""
    setattr(function, _TWIN, twin)
    return function


def twin_of(function: Any) -> Twin | None:
    """The twin of a function, None if it has none."""
    twin: Twin | None = getattr(function, _TWIN, None)
    return twin
