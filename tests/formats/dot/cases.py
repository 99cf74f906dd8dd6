"""Matrices that are hard for accumulators, and their products by the exact reference."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rvx.formats.dot import Accumulator, exact
from rvx.formats.dot.accumulator import Element, Register
from rvx.formats.dot.step import random_bits
from rvx.formats.integer.format import Integer
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import Rounding

Words = npt.NDArray[np.int64]
KINDS = ("any", "near", "cancelling", "small", "large", "spread")


def codes(fmt: Element, rng: np.random.Generator, shape: tuple[int, ...], kind: str) -> Words:
    """Codes of one kind: any bits, or finite ones in a range of exponents."""
    if isinstance(fmt, Integer):
        numbers = rng.integers(fmt.minimum, fmt.maximum + 1, shape)
        return np.where(rng.random(shape) < 0.2, fmt.minimum if fmt.signed else 0, numbers)
    bits = rng.integers(0, 1 << min(fmt.bits, 62), shape)
    if kind == "any":
        return bits
    top = fmt.max_finite >> fmt.m
    low, high = {
        "near": (fmt.bias - 1, fmt.bias + 1),
        "cancelling": (fmt.bias - 2, fmt.bias + 2),
        "small": (0, 3),
        "large": (top - 1, top),
        "spread": (0, top),
    }[kind]
    field = rng.integers(max(low, 0), min(high, top) + 1, shape)
    magnitude = np.minimum(field << fmt.m | bits & (1 << fmt.m) - 1, fmt.max_finite)
    magnitude = np.where(rng.random(shape) < 0.1, 0, magnitude)
    return magnitude | (bits & fmt.sign_mask)


def matrices(
    acc: Accumulator, rng: np.random.Generator, rows: int, columns: int, depth: int, kind: str
) -> tuple[Words, Words, Words]:
    """A, B and the accumulators at the beginning."""
    a = codes(acc.left, rng, (rows, depth), kind)
    b = codes(acc.right, rng, (columns, depth), kind)
    if kind == "cancelling" and isinstance(acc.left, Minifloat) and acc.left == acc.right:
        # Every second product is the negative of the one before, or nearly.
        a[:, 1::2] = a[:, : 2 * (depth // 2) : 2] ^ acc.left.sign_mask
        b[:, 1::2] = b[:, : 2 * (depth // 2) : 2] ^ (rng.random((columns, depth // 2)) < 0.3)
    if isinstance(acc.result, Register):
        low, high = acc.result.minimum, acc.result.maximum
        ends = rng.choice([low, high, 0, low + 7, high - 7], (rows, columns))
        return a, b, ends
    start = codes(acc.result, rng, (rows, columns), "any" if kind == "any" else "near")
    if kind == "spread":
        start = codes(acc.result, rng, (rows, columns), "spread")
    return a, b, np.where(rng.random(start.shape) < 0.2, 0, start)


def by_reference(
    acc: Accumulator,
    a: Words,
    b: Words,
    start: Words,
    seed: int = 0,
    a_scales: Words | None = None,
    b_scales: Words | None = None,
) -> tuple[Words, int]:
    """The product by exact fractions, and the flags."""
    result, flags = np.empty(start.shape, np.int64), 0
    is_random = Rounding.RSR in (acc.rounding, acc.group_rounding)
    groups = -(-a.shape[1] // acc.group_of(a.shape[1]))
    for i in range(len(a)):
        for j in range(len(b)):
            randoms = [random_bits(seed, i, j, g) for g in range(groups)] if is_random else []
            first = int(start[i, j])
            if isinstance(acc.result, Register):
                first %= 1 << acc.result.bits
            found = exact.dot(
                acc,
                a[i].tolist(),
                b[j].tolist(),
                first,
                [] if a_scales is None else a_scales[i].tolist(),
                [] if b_scales is None else b_scales[j].tolist(),
                randoms,
            )
            code = found.code
            if isinstance(acc.result, Register) and code > acc.result.maximum:
                code -= 1 << acc.result.bits
            result[i, j] = code
            flags |= found.flags
    return result, flags
