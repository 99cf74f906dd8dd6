"""The manual's bulk normalisation, against the rule on exact fractions.

    pytest -m long tests/formats/dot/test_rvbna.py

runs 10^7 vectors a format, or RVX_DOT_VECTORS of them; a million takes some minutes.
"""

from __future__ import annotations

import os

import numpy as np
import pytest

from rvx.formats.dot import exact
from rvx.formats.dot.array import matmul
from rvx.formats.dot.catalogue import rvbna
from rvx.formats.minifloat.catalogue import E4M3FN, FP8, FP16, FP16ALT
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import NV, OF

from .cases import KINDS, by_reference, matrices

FORMATS = {fmt.name: fmt for fmt in (E4M3FN, FP8, FP16, FP16ALT)}
SIZES = (2, 4, 8, 32)


def check(fmt: Minifloat, vectors: int, seed: int) -> None:
    rng = np.random.default_rng([seed, fmt.bits, fmt.m])
    done = 0
    while done < vectors:
        size = SIZES[done % len(SIZES)]
        acc = rvbna(fmt, fmt, size)
        kind = KINDS[int(rng.integers(len(KINDS)))]
        a, b, start = matrices(acc, rng, 5, 5, size, kind)
        got = matmul(acc, a, b, start)
        wanted, _ = by_reference(acc, a, b, start)
        np.testing.assert_array_equal(got, wanted, err_msg=f"{acc.name} {kind} after {done}")
        done += got.size


@pytest.mark.parametrize("name", FORMATS)
def test_the_rule(name: str) -> None:
    check(FORMATS[name], 600, 0)


@pytest.mark.long
@pytest.mark.parametrize("name", FORMATS)
def test_the_rule_for_a_long_time(name: str) -> None:
    check(FORMATS[name], int(os.environ.get("RVX_DOT_VECTORS", "10000000")), 1)


ONE, TWO, HUGE = 0x3F80, 0x4000, 0x7F7F
INFINITY, QUIET, SIGNALLING = 0x7F80, 0x7FC0, 0x7F81
NAN32, INFINITY32 = 0x7FC00000, 0x7F800000


@pytest.mark.parametrize(
    ("a", "b", "code", "flags"),
    [
        ([ONE, ONE], [ONE, ONE], 0x40000000, 0),
        ([ONE, 0x8000 | ONE], [ONE, ONE], 0, 0),  # exactly zero is +0
        ([0x8000, 0x8000], [ONE, ONE], 0, 0),
        ([QUIET, ONE], [ONE, ONE], NAN32, 0),
        ([SIGNALLING, ONE], [ONE, ONE], NAN32, NV),
        ([INFINITY, ONE], [0, ONE], NAN32, NV),
        ([INFINITY, INFINITY], [ONE, 0x8000 | ONE], NAN32, NV),
        ([INFINITY, ONE], [ONE, ONE], INFINITY32, 0),
        ([HUGE, HUGE], [HUGE, HUGE], INFINITY32, OF),
    ],
)
def test_special_cases_of_the_manual(a: list[int], b: list[int], code: int, flags: int) -> None:
    acc = rvbna(FP16ALT, FP16ALT, 2)
    raised = np.zeros(1, np.int64)
    assert matmul(acc, [a], [b], fflags=raised).tolist() == [[code]]
    assert exact.dot(acc, a, b) == exact.Outcome(code, flags)
    assert raised[0] == flags


def test_what_falls_off_makes_the_last_digit_odd() -> None:
    """2^25 + 1 keeps q - 1 + g = 24 digits below the first product's; to odd, not to nearest."""
    acc = rvbna(FP16ALT, FP16ALT, 2, 1)
    large, small = ONE + (25 << 7), ONE
    # 2^25 is 1 in the place of the products' exponent; 24 digits behind the point end at 2.
    assert matmul(acc, [[large, small]], [[ONE, ONE]]).tolist() == [[0x4C000001]]
