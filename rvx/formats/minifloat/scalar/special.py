"""Kernels for operands that are infinities or NaNs: the slow path of every sum of products."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from rvx.formats.minifloat.format import Flavour, Minifloat
from rvx.formats.minifloat.rounding import NV, Overflow
from rvx.formats.minifloat.scalar.pack import (
    INFINITE,
    QUIET,
    SIGNALLING,
    Kernel2,
    make_infinite,
    make_kind,
    make_nan,
)

SpecialSum = Callable[[int, int, int, int, int, int], tuple[int, int]]


def require_arithmetic(fmt: Minifloat) -> None:
    """Refuses formats that have no arithmetic.

    Raises:
        ValueError: the format is an unsigned scale.
    """
    if fmt.flavour is Flavour.SCALE:
        raise ValueError(
            f"{fmt} is a scale without sign and zero, and has no arithmetic; "
            "valid here are signed formats, to which a scale can be converted"
        )


@cache
def make_product_kind(fmt: Minifloat) -> Kernel2:
    """product_kind(a, b): the kind of a * b; SIGNALLING also for infinity times zero."""
    kind = make_kind(fmt)
    magnitude = fmt.magnitude_mask

    def product_kind(a: int, b: int) -> int:
        kind_a = kind(a)
        kind_b = kind(b)
        a_is_zero = a & magnitude == 0
        b_is_zero = b & magnitude == 0
        if (kind_a == INFINITE and b_is_zero) or (kind_b == INFINITE and a_is_zero):
            return SIGNALLING
        return max(kind_a, kind_b)

    return product_kind


@cache
def make_special_sum(fmt: Minifloat, overflow: Overflow | None = None) -> SpecialSum:
    """special_sum(k1, s1, k2, s2, k3, s3) -> (code, flags): a sum of terms by kind and sign.

    At least one kind is not FINITE. The kinds are numbered so that the largest one decides.
    """
    nan = make_nan(fmt)
    infinite = make_infinite(fmt, overflow)

    def special_sum(k1: int, s1: int, k2: int, s2: int, k3: int, s3: int) -> tuple[int, int]:
        worst = max(k1, k2, k3)
        if worst >= QUIET:
            return nan(NV if worst == SIGNALLING else 0)
        negative = (k1 & s1) | (k2 & s2) | (k3 & s3)
        positive = (k1 & (1 - s1)) | (k2 & (1 - s2)) | (k3 & (1 - s3))
        if negative & positive:
            return nan(NV)
        return infinite(negative), 0

    return special_sum
