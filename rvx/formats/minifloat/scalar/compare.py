"""Factories of comparisons, minimum and maximum, sign transfer and classification."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import NV
from rvx.formats.minifloat.scalar.pack import (
    INFINITE,
    QUIET,
    SIGNALLING,
    Kernel1,
    Kernel2,
    make_kind,
    make_nan,
)
from rvx.formats.minifloat.scalar.special import require_arithmetic

Comparison = Callable[[int, int], tuple[int, int]]


@cache
def make_order(fmt: Minifloat) -> Kernel1:
    """order(a): an integer that grows with the number; equal for both zeros. Not for NaN."""
    magnitude = fmt.magnitude_mask
    sign_place = fmt.bits - 1

    def order(a: int) -> int:
        sign = (a >> sign_place) & 1
        return ((a & magnitude) ^ -sign) + sign

    return order


@cache
def make_eq(fmt: Minifloat) -> Comparison:
    """eq(a, b) -> (1 or 0, flags). Quiet: only a signalling NaN is invalid."""
    require_arithmetic(fmt)
    order = make_order(fmt)
    kind = make_kind(fmt)

    def eq(a: int, b: int) -> tuple[int, int]:
        worst = max(kind(a), kind(b))
        if worst >= QUIET:
            return 0, NV if worst == SIGNALLING else 0
        return 1 if order(a) == order(b) else 0, 0

    return eq


@cache
def make_lt(fmt: Minifloat, is_quiet: bool = False) -> Comparison:
    """lt(a, b) -> (1 or 0, flags). Any NaN is invalid; only a signalling one if it is quiet."""
    require_arithmetic(fmt)
    order = make_order(fmt)
    kind = make_kind(fmt)
    least_invalid = SIGNALLING if is_quiet else QUIET

    def lt(a: int, b: int) -> tuple[int, int]:
        worst = max(kind(a), kind(b))
        if worst >= QUIET:
            return 0, NV if worst >= least_invalid else 0
        return 1 if order(a) < order(b) else 0, 0

    return lt


@cache
def make_le(fmt: Minifloat, is_quiet: bool = False) -> Comparison:
    """le(a, b) -> (1 or 0, flags). Any NaN is invalid; only a signalling one if it is quiet."""
    require_arithmetic(fmt)
    order = make_order(fmt)
    kind = make_kind(fmt)
    least_invalid = SIGNALLING if is_quiet else QUIET

    def le(a: int, b: int) -> tuple[int, int]:
        worst = max(kind(a), kind(b))
        if worst >= QUIET:
            return 0, NV if worst >= least_invalid else 0
        return 1 if order(a) <= order(b) else 0, 0

    return le


@cache
def _make_extreme(fmt: Minifloat, wants_less: bool, prefers_nan: bool = False) -> Comparison:
    require_arithmetic(fmt)
    order = make_order(fmt)
    kind = make_kind(fmt)
    nan = make_nan(fmt)
    sign_place = fmt.bits - 1

    def extreme(a: int, b: int) -> tuple[int, int]:
        kind_a = kind(a)
        kind_b = kind(b)
        worst = max(kind_a, kind_b)
        if worst >= QUIET:
            flags = NV if worst == SIGNALLING else 0
            if prefers_nan or min(kind_a, kind_b) >= QUIET:
                return nan(flags)
            return (b if kind_a >= QUIET else a), flags
        # One less for a negative code puts -0 below +0.
        place_a = order(a) - ((a >> sign_place) & 1)
        place_b = order(b) - ((b >> sign_place) & 1)
        return (a if (place_a < place_b) == wants_less else b), 0

    return extreme


def make_minimum(fmt: Minifloat) -> Comparison:
    """minimum(a, b) -> (code, flags): RISC-V F 2.2; -0 < +0, and a number beats a NaN."""
    return _make_extreme(fmt, True)


def make_maximum(fmt: Minifloat) -> Comparison:
    """maximum(a, b) -> (code, flags): the counterpart of `make_minimum`."""
    return _make_extreme(fmt, False)


def make_minimum_or_nan(fmt: Minifloat) -> Comparison:
    """minimum_or_nan(a, b) -> (code, flags): `minimum` of IEEE 754-2019; a NaN beats a number."""
    return _make_extreme(fmt, True, True)


def make_maximum_or_nan(fmt: Minifloat) -> Comparison:
    """maximum_or_nan(a, b) -> (code, flags): the counterpart of `make_minimum_or_nan`."""
    return _make_extreme(fmt, False, True)


@cache
def make_copy_sign(fmt: Minifloat) -> Kernel2:
    """copy_sign(a, b): the magnitude of a with the sign of b (`fsgnj`)."""
    magnitude = fmt.magnitude_mask

    def copy_sign(a: int, b: int) -> int:
        return (a & magnitude) | (b & ~magnitude)

    return copy_sign


@cache
def make_copy_negated_sign(fmt: Minifloat) -> Kernel2:
    """copy_negated_sign(a, b): the magnitude of a with the opposite sign of b (`fsgnjn`)."""
    magnitude = fmt.magnitude_mask
    sign_place = fmt.bits - 1

    def copy_negated_sign(a: int, b: int) -> int:
        return (a & magnitude) | ((~(b >> sign_place) & 1) << sign_place)

    return copy_negated_sign


@cache
def make_xor_signs(fmt: Minifloat) -> Kernel2:
    """xor_signs(a, b): a, negated if b is negative (`fsgnjx`)."""
    sign_place = fmt.bits - 1

    def xor_signs(a: int, b: int) -> int:
        return a ^ (((b >> sign_place) & 1) << sign_place)

    return xor_signs


@cache
def make_classify(fmt: Minifloat) -> Kernel1:
    """classify(a): the ten-bit mask of `fclass`."""
    require_arithmetic(fmt)
    kind = make_kind(fmt)
    magnitude = fmt.magnitude_mask
    min_normal = fmt.min_normal
    sign_place = fmt.bits - 1

    def classify(a: int) -> int:
        kind_a = kind(a)
        if kind_a >= QUIET:
            return 1 << 8 if kind_a == SIGNALLING else 1 << 9
        absolute = a & magnitude
        if kind_a == INFINITE:
            place = 0
        elif absolute == 0:
            place = 3
        else:
            place = 1 if absolute >= min_normal else 2
        return 1 << (place if (a >> sign_place) & 1 else 7 - place)

    return classify
