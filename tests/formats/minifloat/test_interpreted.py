"""Kernels give the same result compiled, and as plain Python called with `numpy.int64`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rvx import jit
from rvx.formats.minifloat import FP8, FP16, FP32, FP64, Minifloat, scalar

CASES: dict[str, tuple[Callable[..., Any], list[Minifloat], int]] = {
    "exsdotp": (scalar.make_exsdotp(FP8, FP16), [FP8, FP8, FP8, FP8, FP16], 1),
    "vsum": (scalar.make_vsum(FP32), [FP32] * 3, 1),
    "add": (scalar.make_add(FP64), [FP64] * 2, 1),
    "mul": (scalar.make_mul(FP64), [FP64] * 2, 1),
    "fma": (scalar.make_fma(FP64), [FP64] * 3, 1),
    "div": (scalar.make_div(FP64), [FP64] * 2, 1),
    "sqrt": (scalar.make_sqrt(FP64), [FP64], 1),
    "convert": (scalar.make_convert(FP64, FP32), [FP64], 1),
    "to_integer": (scalar.make_to_integer(FP64, 64, False), [FP64], 1),
    "from_integer": (scalar.make_from_integer(FP64, 64, False), [FP64], 1),
    "lt": (scalar.make_lt(FP64), [FP64] * 2, 0),
    "minimum": (scalar.make_minimum(FP64), [FP64] * 2, 0),
}


@pytest.mark.parametrize("name", CASES)
def test_interpreted_is_compiled(name: str, sampler: Any) -> None:
    kernel, formats, rounds = CASES[name]
    count = 300
    operands = [sampler.mix(fmt, count) for fmt in formats]
    operands += [sampler.modes(count)] * rounds
    compiled = np.array(jit.elementwise(kernel, len(operands), 2)(*operands)).T
    with np.errstate(over="ignore"):
        interpreted = np.array([kernel(*values) for values in zip(*operands, strict=True)])
    np.testing.assert_array_equal(interpreted, compiled)


@pytest.mark.parametrize(
    "make",
    [
        scalar.make_classify,
        scalar.make_copy_sign,
        scalar.make_copy_negated_sign,
        scalar.make_xor_signs,
    ],
)
def test_interpreted_is_compiled_for_bit_operations(
    make: Callable[[Minifloat], Callable[..., int]], sampler: Any
) -> None:
    kernel = make(FP64)
    operands = [sampler.mix(FP64, 300) for _ in range(kernel.__code__.co_argcount)]
    compiled = jit.elementwise(kernel, len(operands))(*operands)
    interpreted = [kernel(*values) for values in zip(*operands, strict=True)]
    np.testing.assert_array_equal(interpreted, compiled)
