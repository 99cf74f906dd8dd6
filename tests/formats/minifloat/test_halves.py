"""FP16 and bfloat16: every code, with sampled partners, in every mode, with flags.

The default run takes every fourth code, from a random one on, with one partner; the long run takes
all with eight.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rvx.formats.minifloat import (
    FP8,
    FP8ALT,
    FP16,
    FP16ALT,
    FP32,
    Minifloat,
    Rounding,
    exact,
    scalar,
)

Check = Callable[..., None]
CODES = np.arange(1 << 16, dtype=np.int64)
MODES = [*range(6), Rounding.RSR | 100 << 3, Rounding.RSR | 3000 << 3]
halves = pytest.mark.parametrize("fmt", [FP16, FP16ALT], ids=str)
effort = pytest.mark.parametrize(
    ("step", "partners"), [(4, 1), pytest.param(1, 8, marks=pytest.mark.long)], ids=["part", "all"]
)
ROUNDED: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "add": (scalar.make_add, exact.add),
    "sub": (scalar.make_sub, exact.sub),
    "mul": (scalar.make_mul, exact.mul),
    "div": (scalar.make_div, exact.div),
}
UNROUNDED: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "minimum": (scalar.make_minimum, exact.minimum),
    "maximum": (scalar.make_maximum, exact.maximum),
    "eq": (scalar.make_eq, exact.eq),
    "lt": (scalar.make_lt, exact.lt),
    "le": (scalar.make_le, exact.le),
}


def chosen(sampler: Any, step: int) -> Any:
    return CODES[int(sampler.rng.integers(0, step)) :: step]


def partner(sampler: Any, fmt: Minifloat, codes: Any) -> Any:
    """Anything, numbers of like size, and the number itself, negated but for the last bits."""
    near = codes ^ sampler.rng.integers(0, 1 << fmt.m + 2, codes.size)
    twin = codes ^ fmt.sign_mask ^ sampler.rng.integers(0, 4, codes.size)
    pick = sampler.rng.integers(0, 3, codes.size)
    return np.choose(pick, [sampler.mix(fmt, codes.size), near, twin])


@halves
@effort
@pytest.mark.parametrize("name", ROUNDED)
def test_rounded_operations(
    fmt: Minifloat, name: str, step: int, partners: int, sampler: Any, check: Check
) -> None:
    make, reference = ROUNDED[name]
    for _ in range(partners):
        a = chosen(sampler, step)
        operands = (a, partner(sampler, fmt, a), sampler.modes(a.size))
        check(make(fmt), lambda a, b, rm: reference(fmt, a, b, rm), operands, 16)


@halves
@effort
@pytest.mark.parametrize("name", UNROUNDED)
def test_comparisons(
    fmt: Minifloat, name: str, step: int, partners: int, sampler: Any, check: Check
) -> None:
    make, reference = UNROUNDED[name]
    for _ in range(partners):
        a = chosen(sampler, step)
        operands = (a, partner(sampler, fmt, a))
        check(make(fmt), lambda a, b: reference(fmt, a, b), operands, 16)


@halves
@effort
@pytest.mark.parametrize("dst", [None, FP32], ids=["same", "expanding"])
def test_fused_multiply_add(
    fmt: Minifloat,
    dst: Minifloat | None,
    step: int,
    partners: int,
    sampler: Any,
    check: Check,
) -> None:
    target = dst or fmt
    for _ in range(partners):
        a = chosen(sampler, step)
        b = partner(sampler, fmt, a)
        operands = (a, b, sampler.mix(target, a.size), sampler.modes(a.size))
        kernel = scalar.make_fma(fmt, dst)
        check(kernel, lambda a, b, c, rm: exact.fma(fmt, a, b, c, rm, dst), operands, target.bits)


@halves
@effort
def test_square_root_and_class(
    fmt: Minifloat, step: int, partners: int, sampler: Any, check: Check
) -> None:
    check(scalar.make_classify(fmt), lambda a: exact.classify(fmt, a), (CODES,), 10, outputs=1)
    for _ in range(partners):
        a = chosen(sampler, step)
        operands = (a, sampler.modes(a.size))
        check(scalar.make_sqrt(fmt), lambda a, rm: exact.sqrt(fmt, a, rm), operands, 16)


@pytest.mark.long
@halves
@pytest.mark.parametrize("dst", [FP8, FP8ALT, FP16, FP16ALT, FP32], ids=str)
def test_every_conversion_in_every_mode(fmt: Minifloat, dst: Minifloat, check: Check) -> None:
    a, rm = (x.ravel() for x in np.meshgrid(CODES, MODES))
    kernel = scalar.make_convert(fmt, dst)
    check(kernel, lambda a, rm: exact.convert(fmt, dst, a, rm), (a, rm), dst.bits)
