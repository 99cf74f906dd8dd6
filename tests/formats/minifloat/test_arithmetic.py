"""Scalar arithmetic of the wider formats and of every flavour against the exact reference."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from rvx import jit
from rvx.formats.minifloat import (
    E2M1,
    E3M2,
    E4M3FN,
    E5M2FNUZ,
    E8M0,
    FP8,
    FP16,
    FP16ALT,
    FP32,
    FP64,
    Flavour,
    Minifloat,
    Overflow,
    exact,
    scalar,
    stochastic,
)

Check = Callable[..., None]
WIDE = [FP16, FP16ALT, FP32, FP64]
ODD = [
    E4M3FN,
    E5M2FNUZ,
    E3M2,
    E2M1,
    Minifloat(1, 2),
    Minifloat(1, 3, Flavour.FINITE),
    Minifloat(6, 9, Flavour.FN, 20),
    Minifloat(11, 20),
    Minifloat(9, 33),
]
each_format = pytest.mark.parametrize("fmt", WIDE + ODD, ids=str)
BINARY: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "add": (scalar.make_add, exact.add),
    "sub": (scalar.make_sub, exact.sub),
    "mul": (scalar.make_mul, exact.mul),
    "div": (scalar.make_div, exact.div),
}
COMPARED: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "eq": (scalar.make_eq, exact.eq),
    "lt": (scalar.make_lt, exact.lt),
    "le": (scalar.make_le, exact.le),
    "minimum": (scalar.make_minimum, exact.minimum),
    "maximum": (scalar.make_maximum, exact.maximum),
}


def is_stochastic(fmt: Minifloat) -> bool:
    return fmt.precision <= 30


def related(sampler: Any, fmt: Minifloat, a: Any) -> Any:
    """Second operands: a third are the first one, negated, but for the last bits."""
    b = sampler.mix(fmt, a.size)
    twin = a ^ np.int64(-(1 << 63) if fmt.bits == 64 else fmt.sign_mask)
    twin = twin ^ sampler.rng.integers(0, 2, a.size)
    return np.where(sampler.rng.integers(0, 3, a.size) == 0, twin, b)


@each_format
@pytest.mark.parametrize("name", BINARY)
def test_binary(fmt: Minifloat, name: str, sampler: Any, check_as_fits: Check) -> None:
    make, reference = BINARY[name]
    a = sampler.mix(fmt, 1200)
    operands = (a, related(sampler, fmt, a), sampler.modes(a.size, is_stochastic(fmt)))
    check_as_fits(make(fmt), lambda a, b, rm: reference(fmt, a, b, rm), operands, fmt.bits)


@each_format
def test_square_root(fmt: Minifloat, sampler: Any, check_as_fits: Check) -> None:
    a = sampler.mix(fmt, 1200)
    root = scalar.make_sqrt(fmt)
    operands = (a, sampler.modes(a.size, is_stochastic(fmt)))
    check_as_fits(root, lambda a, rm: exact.sqrt(fmt, a, rm), operands, fmt.bits)
    square: Callable[..., Any] = scalar.make_mul(fmt)
    with np.errstate(over="ignore"):
        squares = np.array([square(x, x, np.int64(1))[0] for x in a])
    check_as_fits(root, lambda a, rm: exact.sqrt(fmt, a, rm), (squares, operands[1]), fmt.bits)


@each_format
def test_fused_multiply_add(fmt: Minifloat, sampler: Any, check_as_fits: Check) -> None:
    count = 1500
    a, b = sampler.mix(fmt, count), sampler.mix(fmt, count)
    modes = sampler.modes(count, False)
    mul: Callable[..., Any] = scalar.make_mul(fmt)
    with np.errstate(over="ignore"):
        product = np.array([mul(*values)[0] for values in zip(a, b, modes, strict=True)])
    c = related(sampler, fmt, product)
    operands = (a, b, c, sampler.modes(count, is_stochastic(fmt)))
    check_as_fits(
        scalar.make_fma(fmt), lambda a, b, c, rm: exact.fma(fmt, a, b, c, rm), operands, fmt.bits
    )


@pytest.mark.parametrize("negate_addend", [False, True])
@pytest.mark.parametrize("negate_product", [False, True])
def test_four_signs_of_fma(
    negate_product: bool, negate_addend: bool, sampler: Any, check_interpreted: Check
) -> None:
    operands = (*(sampler.mix(FP16, 1500) for _ in range(3)), sampler.modes(1500))
    check_interpreted(
        scalar.make_fma(FP16, None, negate_product, negate_addend),
        lambda a, b, c, rm: exact.fma(FP16, a, b, c, rm, None, negate_product, negate_addend),
        operands,
        16,
    )


@pytest.mark.parametrize(
    ("src", "dst"), [(FP16, FP32), (FP8, FP32), (FP8, FP16), (FP32, FP64), (FP64, FP16)], ids=str
)
def test_expanding(src: Minifloat, dst: Minifloat, sampler: Any, check: Check) -> None:
    count = 2000
    a, b, c = sampler.mix(src, count), sampler.mix(src, count), sampler.mix(dst, count)
    rm = sampler.modes(count, is_stochastic(dst))
    check(
        scalar.make_mul(src, dst),
        lambda a, b, rm: exact.mul(src, a, b, rm, dst),
        (a, b, rm),
        dst.bits,
    )
    check(
        scalar.make_fma(src, dst),
        lambda a, b, c, rm: exact.fma(src, a, b, c, rm, dst),
        (a, b, c, rm),
        dst.bits,
    )


@pytest.mark.parametrize("fmt", WIDE, ids=str)
@pytest.mark.parametrize("name", COMPARED)
def test_comparisons(fmt: Minifloat, name: str, sampler: Any, check_as_fits: Check) -> None:
    make, reference = COMPARED[name]
    a = sampler.mix(fmt, 1200)
    operands = (a, related(sampler, fmt, a) ^ sampler.rng.choice([0, fmt.sign_mask & 0x7FFF]))
    check_as_fits(make(fmt), lambda a, b: reference(fmt, a, b), operands, fmt.bits)


@pytest.mark.parametrize("fmt", WIDE, ids=str)
def test_class_and_sign_transfers(fmt: Minifloat, sampler: Any, check_interpreted: Check) -> None:
    a, b = sampler.mix(fmt, 1500), sampler.mix(fmt, 1500)
    check_interpreted(scalar.make_classify(fmt), lambda a: exact.classify(fmt, a), (a,), 10, 1)
    for make, reference in (
        (scalar.make_copy_sign, exact.copy_sign),
        (scalar.make_copy_negated_sign, exact.copy_negated_sign),
        (scalar.make_xor_signs, exact.xor_signs),
    ):
        check_interpreted(
            make(fmt), lambda a, b, f=reference: f(fmt, a, b), (a, b), fmt.bits, outputs=1
        )


@pytest.mark.parametrize("overflow", Overflow)
@pytest.mark.parametrize("fmt", [FP8, E4M3FN, E5M2FNUZ, E3M2], ids=str)
def test_overflow_policies(
    fmt: Minifloat, overflow: Overflow, sampler: Any, check_interpreted: Check
) -> None:
    wanted = {fmt.natural_overflow, Overflow.SATURATE} | ({Overflow.NAN} if fmt.has_nan else set())
    if overflow not in wanted:
        with pytest.raises(ValueError, match=f"cannot overflow to {overflow.value}"):
            scalar.make_add(fmt, overflow)
        return
    a, b = sampler.mix(fmt, 1000), sampler.mix(fmt, 1000)
    rm = sampler.modes(a.size)
    for make, reference in ((scalar.make_mul, exact.mul), (scalar.make_div, exact.div)):
        check_interpreted(
            make(fmt, overflow=overflow),
            lambda a, b, rm, f=reference: f(fmt, a, b, rm, overflow=overflow),
            (a, b, rm),
            fmt.bits,
        )


WIDEST = Minifloat(8, 29)
THRESHOLDS: dict[str, tuple[Callable[..., Any], Callable[..., Any], Minifloat, int]] = {
    "vsum": (scalar.make_vsum(FP32), partial(exact.vsum, FP32, FP32), FP32, 3),
}
for _fmt in (FP32, WIDEST):
    THRESHOLDS |= {
        f"add {_fmt}": (scalar.make_add(_fmt), partial(exact.add, _fmt), _fmt, 2),
        f"div {_fmt}": (scalar.make_div(_fmt), partial(exact.div, _fmt), _fmt, 2),
        f"sqrt {_fmt}": (scalar.make_sqrt(_fmt), partial(exact.sqrt, _fmt), _fmt, 1),
        f"fma {_fmt}": (scalar.make_fma(_fmt), partial(exact.fma, _fmt), _fmt, 3),
    }


@pytest.mark.parametrize("name", THRESHOLDS)
def test_stochastic_threshold(name: str, sampler: Any, check_interpreted: Check) -> None:
    """The random number that decides: the last one that rounds up, and the first that does not."""
    kernel, reference, fmt, arity = THRESHOLDS[name]
    rows = []
    for operands in zip(
        *(sampler.near(fmt, 100, 0, 20).tolist() for _ in range(arity)), strict=True
    ):
        up = reference(*operands, stochastic(0))
        low, high = 0, 4096
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (
                (middle, high) if reference(*operands, stochastic(middle)) == up else (low, middle)
            )
        rows += [(*operands, stochastic(low)), (*operands, stochastic(min(high, 4095)))]
    check_interpreted(kernel, reference, np.array(rows).T, fmt.bits)


def test_wide_formats_round_stochastically_to_nearest(sampler: Any) -> None:
    add = jit.elementwise(scalar.make_add(FP64), 3, 2)
    a, b = sampler.near(FP64, 500), sampler.near(FP64, 500)
    stochastic, _ = add(a, b, 6 | 4095 << 3)
    nearest, _ = add(a, b, 0)
    np.testing.assert_array_equal(stochastic, nearest)


def test_scales_have_no_arithmetic() -> None:
    for make in (scalar.make_add, scalar.make_mul, scalar.make_div, scalar.make_lt):
        with pytest.raises(ValueError, match="float8_e8m0fnu is a scale without sign and zero"):
            make(E8M0)
