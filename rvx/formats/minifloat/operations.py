"""The operations of a minifloat, which element functions of vector instructions ask for by name.

Each takes codes, the rounding mode, and the word of the flags: `sub(a, b, mode, flags)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from rvx.formats.elements import OFFERS, Offer, Operation
from rvx.formats.minifloat import scalar as kernels
from rvx.formats.minifloat.format import Minifloat

Kernel = Callable[..., tuple[int, int]]


def _rounded(kernel: Kernel) -> Operation:
    def operation(a: int, b: int, mode: int, flags: Any) -> int:
        result, raised = kernel(a, b, mode)
        flags[0] |= raised
        return result

    return operation


def _exact(kernel: Kernel) -> Operation:
    """Of a kernel that needs no rounding mode: minimum and maximum."""

    def operation(a: int, b: int, mode: int, flags: Any) -> int:
        result, raised = kernel(a, b)
        flags[0] |= raised
        return result

    return operation


def _compared(kernel: Kernel) -> Operation:
    def operation(a: int, b: int, mode: int, flags: Any) -> bool:
        result, raised = kernel(a, b)
        flags[0] |= raised
        return result != 0

    return operation


def _fused(kernel: Kernel) -> Operation:
    def operation(a: int, b: int, c: int, mode: int, flags: Any) -> int:
        result, raised = kernel(a, b, c, mode)
        flags[0] |= raised
        return result

    return operation


def _unary(kernel: Kernel) -> Operation:
    def operation(a: int, mode: int, flags: Any) -> int:
        result, raised = kernel(a, mode)
        flags[0] |= raised
        return result

    return operation


def _bitwise(keeps: int, flips: int) -> Operation:
    def operation(a: int) -> int:
        return (a & keeps) ^ flips

    return operation


@cache
def operations(fmt: Minifloat) -> Mapping[str, Operation]:
    """add, sub, mul, div, min, max, eq, lt, le, fma (a * b + c), sqrt; neg and abs of a code."""
    # As int64: of 64 bits the mask has no bit above the sign.
    every = -1 if fmt.bits == 64 else (1 << fmt.bits) - 1
    sign = -(1 << 63) if fmt.bits == 64 else fmt.sign_mask
    return {
        "add": _rounded(kernels.make_add(fmt)),
        "sub": _rounded(kernels.make_sub(fmt)),
        "mul": _rounded(kernels.make_mul(fmt)),
        "div": _rounded(kernels.make_div(fmt)),
        "min": _exact(kernels.make_minimum(fmt)),
        "max": _exact(kernels.make_maximum(fmt)),
        "eq": _compared(kernels.make_eq(fmt)),
        "lt": _compared(kernels.make_lt(fmt)),
        "le": _compared(kernels.make_le(fmt)),
        "fma": _fused(kernels.make_fma(fmt)),
        "sqrt": _unary(kernels.make_sqrt(fmt)),
        "neg": _bitwise(every, sign),
        "abs": _bitwise(every ^ sign, 0),
    }


@cache
def conversion(source: Minifloat, target: Any) -> Operation | None:
    """convert(a, mode, flags): the number of a code in another format, rounded once."""
    if isinstance(target, Minifloat):
        return _unary(kernels.make_convert(source, target))
    other = getattr(target, "conversion_from", None)
    made: Operation | None = None if other is None else other(source)
    return made


OFFERS[Minifloat] = Offer(operations, conversion)
