"""The operations of a posit format as element functions of vector instructions ask for them.

The signatures are those of `rvx.formats.minifloat.operations`, so that one element function serves
both; posits have one rounding and no flags.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from rvx.formats.posit.format import Posit
from rvx.formats.posit.scalar import kernels

Operation = Callable[..., Any]


def _binary(kernel: Any) -> Operation:
    def operation(a: int, b: int, mode: int, flags: Any) -> Any:
        return kernel(a, b)

    return operation


def _ternary(kernel: Any) -> Operation:
    def operation(a: int, b: int, c: int, mode: int, flags: Any) -> Any:
        return kernel(a, b, c)

    return operation


def _unary(kernel: Any) -> Operation:
    def operation(a: int, mode: int, flags: Any) -> Any:
        return kernel(a)

    return operation


@cache
def operations(fmt: Posit) -> Mapping[str, Operation]:
    """add, sub, mul, div, min, max, eq, lt, le, fma (a * b + c), sqrt; neg and abs of a pattern."""
    made = kernels(fmt)
    binary = ("add", "sub", "mul", "div", "min", "max", "eq", "lt", "le")
    return {
        **{name: _binary(getattr(made, name)) for name in binary},
        "fma": _ternary(made.fma),
        "sqrt": _unary(made.sqrt),
        "neg": made.neg,
        "abs": made.abs,
    }
