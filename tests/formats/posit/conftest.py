"""Operands that are hard to round, and calls of kernels on Python integers."""

import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from rvx import jit
from rvx.formats.posit import Posit, exact


class Hard:
    """Patterns of a format, most of them at the edges: regime ends, ties, cancellations."""

    def __init__(self, fmt: Posit, seed: int) -> None:
        self.fmt = fmt
        self.random = random.Random(f"{fmt} {seed}")
        self._finer = Posit(fmt.n + 1, fmt.es)

    def one(self) -> int:
        fmt, rng = self.fmt, self.random
        kind = rng.random()
        if kind < 0.3:
            return rng.getrandbits(fmt.n)
        if kind < 0.7:
            edge = (1 << rng.randrange(fmt.n)) + rng.randrange(-3, 4)
            return (edge if kind < 0.5 else ~edge) & fmt.mask
        return (fmt.one + rng.randrange(-1 << (fmt.n // 2), 1 << (fmt.n // 2))) & fmt.mask

    def power_of_two(self) -> int:
        scale = self.random.randint(-self.fmt.max_scale, self.fmt.max_scale)
        return exact.encode(self.random.choice((1, -1)) * Fraction(2) ** scale, self.fmt)

    def short(self, length: int) -> int:
        """An odd significand of about `length` bits at a small scale."""
        significand = self.random.getrandbits(max(length, 1)) | 1
        scale = self.random.randint(-8, 8) - length
        return exact.encode(significand * Fraction(2) ** scale, self.fmt)

    def half_gap(self, a: int) -> int:
        """What takes a to the boundary above it, if that is a posit, or a neighbour of it."""
        here = exact.decode(a, self.fmt)
        boundary = exact.decode((2 * a + 1) & self._finer.mask, self._finer)
        if here is None or boundary is None:
            return self.one()
        nudge = self.random.choice((0, 0, 0, 1, -1))
        return (exact.encode(boundary - here, self.fmt) + nudge) & self.fmt.mask

    def two(self) -> tuple[int, int]:
        rng = self.random
        a = self.one()
        kind = rng.random()
        if kind < 0.35:
            return a, self.one()
        if kind < 0.5:
            return a, (-a + rng.randrange(-3, 4)) & self.fmt.mask
        if kind < 0.7:
            return a, self.half_gap(a)
        if kind < 0.85:
            return a, self.power_of_two()
        length = rng.randint(1, self.fmt.fraction_bits + 2)
        return self.short(length), self.short(self.fmt.fraction_bits + rng.randint(0, 3) - length)

    def operands(self, arity: int) -> tuple[int, ...]:
        if arity == 1:
            return (self.one(),)
        return self.two() if arity == 2 else (*self.two(), self.one())


def to_word(bits: int) -> int:
    """The int64 that holds a 64-bit pattern."""
    return bits - (1 << 64) if bits >= 1 << 63 else bits


class Caller:
    """Calls kernels on patterns, compiled or interpreted, and checks the form of results."""

    def __init__(self, compiled: bool) -> None:
        self.compiled = compiled

    def __call__(self, kernel: Callable[..., Any], *args: Any, bits: int = 64) -> int:
        target = jit.native(kernel) if self.compiled else kernel
        words = [np.int64(to_word(a)) if isinstance(a, int) else a for a in args]
        result = int(target(*words))
        assert -(1 << 63) <= result < 1 << 63
        assert bits == 64 or 0 <= result < 1 << bits, "narrow patterns are zero-extended"
        return result & ((1 << bits) - 1)


@pytest.fixture(autouse=True)
def _wrapping() -> Iterator[None]:
    """Interpreted kernels are called with NumPy scalars, whose overflow is meant."""
    with np.errstate(over="ignore"):
        yield


@pytest.fixture
def hard() -> type[Hard]:
    return Hard


@pytest.fixture
def compiled() -> Caller:
    return Caller(compiled=True)


@pytest.fixture
def interpreted() -> Caller:
    return Caller(compiled=False)
