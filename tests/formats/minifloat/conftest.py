"""Operands that find faults, and the comparison of kernels with the exact reference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from rvx import jit
from rvx.formats.minifloat import Minifloat, Rounding

Words = NDArray[np.int64]


class Sampler:
    """Seeded random operands; `mix` draws from all the neighbourhoods where rounding goes wrong."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def modes(self, count: int, stochastic: bool = True) -> Words:
        """Rounding arguments of all modes in equal parts."""
        modes = self.rng.integers(0, 7 if stochastic else 6, count)
        random = self.rng.integers(0, 1 << 12, count)
        return np.where(modes == Rounding.RSR, modes | random << 3, modes)

    def uniform(self, fmt: Minifloat, count: int) -> Words:
        """Any codes, all equally likely."""
        return self.rng.integers(-(1 << 63), (1 << 63) - 1, count, endpoint=True) & _mask(fmt)

    def near(self, fmt: Minifloat, count: int, centre: int = 0, spread: int = 8) -> Words:
        """Numbers with exponents about `centre`, half of them with few significant bits."""
        exponent = np.clip(
            centre + self.rng.integers(-spread, spread + 1, count), fmt.emin, fmt.emax - 1
        )
        fraction = self.rng.integers(0, 1 << fmt.m, count)
        cut = self.rng.integers(0, fmt.m + 1, count) * self.rng.integers(0, 2, count)
        sign = self.rng.integers(0, 2, count)
        field = exponent + fmt.bias
        return sign << (fmt.bits - 1) | field << fmt.m | (fraction >> cut) << cut

    def extreme(self, fmt: Minifloat, count: int) -> Words:
        """Zeros, subnormals, the ends of the range, infinities and NaNs."""
        magnitudes = {0, 1, 2, fmt.min_normal - 1, fmt.min_normal, fmt.min_normal + 1}
        magnitudes |= {fmt.max_finite - 1, fmt.max_finite, fmt.magnitude_mask}
        magnitudes |= {fmt.max_finite + 1, fmt.max_finite + 2} if fmt.has_infinity else set()
        codes = [m | s for m in magnitudes for s in (0, fmt.sign_mask)]
        choices = np.array([_signed(code) for code in codes], dtype=np.int64)
        return self.rng.choice(choices, count)

    def subnormal(self, fmt: Minifloat, count: int) -> Words:
        """Numbers with the smallest exponents."""
        magnitude = self.rng.integers(0, 3 << fmt.m, count)
        return self.rng.integers(0, 2, count) << (fmt.bits - 1) | magnitude

    def mix(self, fmt: Minifloat, count: int) -> Words:
        """All of the above, element by element."""
        kinds = [
            self.uniform(fmt, count),
            self.near(fmt, count),
            self.near(fmt, count, fmt.emax, 3),
            self.extreme(fmt, count),
            self.subnormal(fmt, count),
        ]
        pick = self.rng.choice(len(kinds), count, p=[0.3, 0.35, 0.1, 0.1, 0.15])
        return np.choose(pick, kinds) & _mask(fmt)


def _signed(code: int) -> int:
    return code - (1 << 64) if code >> 63 else code


def _mask(fmt: Minifloat) -> int:
    return -1 if fmt.bits == 64 else (1 << fmt.bits) - 1


@pytest.fixture
def sampler(request: pytest.FixtureRequest) -> Sampler:
    """Random operands, the same in every run of one test."""
    return Sampler(sum(map(ord, request.node.name)))


Check = Callable[..., None]


def _unsigned(operands: Sequence[Words]) -> list[list[int]]:
    return [operand.astype(np.uint64).tolist() for operand in operands]


def _compare(
    got: list[list[int]],
    reference: Callable[..., Any],
    operands: Sequence[Words],
    width: int,
    outputs: int,
) -> None:
    mask = (1 << width) - 1
    for values, result in zip(zip(*_unsigned(operands), strict=True), got, strict=True):
        expected = reference(*values)
        wanted = list(expected) if outputs == 2 else [expected]
        wanted[0] &= mask
        result[0] &= mask
        assert result == wanted, (
            f"{[hex(value) for value in values]} gives {[hex(x) for x in result]}, "
            f"exactly {[hex(x) for x in wanted]}"
        )


@pytest.fixture(scope="session")
def check() -> Check:
    """check(kernel, reference, operands, width): every element must be equal, flags included."""

    def run(
        kernel: Callable[..., Any],
        reference: Callable[..., Any],
        operands: Sequence[Words],
        width: int,
        outputs: int = 2,
    ) -> None:
        results = jit.elementwise(kernel, len(operands), outputs)(*operands)
        got = np.array(results if outputs == 2 else (results,)).T.tolist()
        _compare(got, reference, operands, width, outputs)

    return run


@pytest.fixture(scope="session")
def check_interpreted() -> Check:
    """As `check`, but the kernel runs as plain Python, which is faster than compiling it.

    Its operands are Python integers, which do not wrap at 64 bits: not for products of formats of
    more than 30 bits of precision.
    """

    def run(
        kernel: Callable[..., Any],
        reference: Callable[..., Any],
        operands: Sequence[Words],
        width: int,
        outputs: int = 2,
    ) -> None:
        values = zip(*(operand.tolist() for operand in operands), strict=True)
        results = [kernel(*each) for each in values]
        got = [list(result) if outputs == 2 else [result] for result in results]
        _compare(got, reference, operands, width, outputs)

    return run


@pytest.fixture(scope="session")
def check_as_fits(check: Check, check_interpreted: Check) -> Check:
    """Compiles what works on FP32 and FP64, and interprets the rest; `width` tells which."""

    def run(
        kernel: Callable[..., Any],
        reference: Callable[..., Any],
        operands: Sequence[Words],
        width: int,
        outputs: int = 2,
    ) -> None:
        compare = check if width >= 32 else check_interpreted
        compare(kernel, reference, operands, width, outputs)

    return run
