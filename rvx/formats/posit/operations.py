"""The operations of a posit format as element functions of vector instructions ask for them.

The signatures are those of `rvx.formats.minifloat.operations`, so that one element function serves
both; posits have one rounding and no flags.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from rvx.formats.elements import OFFERS, Offer, Operation
from rvx.formats.posit.convert import IEEE, make_from_ieee, make_resize, make_to_ieee
from rvx.formats.posit.format import Posit
from rvx.formats.posit.narrow import make_fma
from rvx.formats.posit.scalar import kernels

Kernel = Callable[..., int]


def _binary(kernel: Kernel) -> Operation:
    def operation(a: int, b: int, mode: int, flags: Any) -> int:
        return kernel(a, b)

    return operation


def _compared(kernel: Kernel) -> Operation:
    def operation(a: int, b: int, mode: int, flags: Any) -> bool:
        return kernel(a, b) != 0

    return operation


def _ternary(kernel: Kernel) -> Operation:
    def operation(a: int, b: int, c: int, mode: int, flags: Any) -> int:
        return kernel(a, b, c)

    return operation


def _unary(kernel: Kernel) -> Operation:
    def operation(a: int, mode: int, flags: Any) -> int:
        return kernel(a)

    return operation


@cache
def operations(fmt: Posit) -> Mapping[str, Operation]:
    """add, sub, mul, div, min, max, eq, lt, le, sqrt; neg and abs of a pattern.

    Up to 32 bits fma (a * b + c), too; that of wider posits needs a quire.
    """
    made = kernels(fmt)
    fused = {"fma": _ternary(make_fma(fmt))} if fmt.n <= 32 else {}
    binary = ("add", "sub", "mul", "div", "min", "max")
    return {
        **{name: _binary(getattr(made, name)) for name in binary},
        **{name: _compared(getattr(made, name)) for name in ("eq", "lt", "le")},
        **fused,
        "sqrt": _unary(made.sqrt),
        "neg": made.neg,
        "abs": made.abs,
    }


@cache
def conversion(source: Posit, target: Any) -> Operation | None:
    """convert(a, mode, flags): a posit in another posit format, or in one of IEEE 754."""
    if isinstance(target, Posit):
        return _unary(make_resize(source, target))
    parts = _ieee(target)
    return None if parts is None else _unary(make_to_ieee(source, *parts))


def _ieee(fmt: Any) -> tuple[int, int] | None:
    """Bits of exponent and fraction, if posits are converted from and to this format."""
    found = (getattr(fmt, "e", 0), getattr(fmt, "m", 0))
    return found if found in IEEE.values() and fmt.bits == 1 + sum(found) else None


@cache
def conversion_from_ieee(source: Any, target: Posit) -> Operation | None:
    """convert(a, mode, flags): a number of a format of IEEE 754 as the nearest posit."""
    parts = _ieee(source)
    return None if parts is None else _unary(make_from_ieee(target, *parts))


OFFERS[Posit] = Offer(operations, conversion, conversion_from_ieee)
