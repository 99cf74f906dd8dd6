"""Groups on the host's vector unit, compiled, against the exact kernels and the array form.

    pytest -m long tests/formats/dot/test_vector.py

performs 200,000 groups of each pair of formats, length and kind of numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from rvx import jit
from rvx.formats.bits import ctz64
from rvx.formats.dot import digitcode
from rvx.formats.dot.array import matmul
from rvx.formats.dot.catalogue import rvbna
from rvx.formats.dot.scalar import NOWHERE, make_aligned_group, make_parts
from rvx.formats.dot.vector import make_add, make_block, make_spread, make_sum
from rvx.formats.minifloat import Minifloat, vectorcode
from rvx.formats.minifloat.catalogue import E4M3FN, FP8, FP16, FP16ALT, FP32, FP64
from rvx.formats.minifloat.rounding import Rounding
from rvx.jit import host

from .cases import KINDS, codes

KEPT = FP32.precision - 1
LENGTHS = (1, 7, 8, 13, 16, 31, 32, 45, 64, 65, 96, 256, 777)
DTYPES: dict[int, Any] = {8: np.int8, 16: np.int16}
ALL_KINDS = (*KINDS, "some NaN")
NARROW = ("near", "cancelling")


@pytest.fixture(params=["floats", "digits"])
def by_digits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Groups of 8 bits in both ways, where the host has both."""
    if request.param == "floats":
        monkeypatch.setattr(digitcode, "can_do", lambda left, right: False)
        return False
    if not digitcode.can_do(FP8, FP8):
        pytest.skip("this host does not look up bytes in tables")
    return True


@cache
def make_compare(left: Minifloat, right: Minifloat, by_digits: bool) -> Callable[..., None]:
    """compare(a, b, n, guard, count, found): groups of n codes by the exact kernels and otherwise.

    It counts those that were not answered, those of them that are numbers, those that were
    answered, and those of them that differ.
    """
    attempt, parts = make_sum.__wrapped__(left, right, KEPT), make_parts(FP64)
    steps = make_aligned_group(rvbna(left, right, 2), has_signalling=left.bits > 8)
    place_of, special_of, term = steps.place, steps.special, steps.term
    mask = (1 << left.bits) - 1

    def compare(a: Any, b: Any, n: int, guard: int, count: int, found: Any) -> None:
        for group in range(count):
            at = group * n
            total, status = attempt(a, b, at, at, n, guard)
            place, specials = NOWHERE, 0
            for x in range(n):
                place = max(place, place_of(a[at + x] & mask, b[at + x] & mask))
                specials |= special_of(a[at + x] & mask, b[at + x] & mask)
            if status != 0:
                found[0] += 1
                found[1] += 1 if specials == 0 else 0
                continue
            wanted, wanted_unit = 0, 0
            if place != NOWHERE:
                wanted_unit = place - KEPT - guard
                for x in range(n):
                    wanted += term(a[at + x] & mask, b[at + x] & mask, wanted_unit)
            found[2] += 1
            total, unit = parts(total)
            # Both as odd numbers times a power of two.
            apart = ctz64(total) - ctz64(wanted)
            total, wanted = total >> (ctz64(total) & 63), wanted >> (ctz64(wanted) & 63)
            if specials != 0 or wanted != total or (total != 0 and unit + apart != wanted_unit):
                found[3] += 1

    return jit.native(compare)


def numbers(fmt: Minifloat, rng: np.random.Generator, shape: tuple[int, ...], kind: str) -> Any:
    """Codes of a kind; all of them numbers but for one in ten groups, if some may not be."""
    made = codes(fmt, rng, shape, "any" if kind == "some NaN" else kind)
    magnitude = made & fmt.magnitude_mask
    made = np.where(magnitude > fmt.max_finite, made & ~(1 << fmt.m), made)
    if kind == "some NaN":
        made[rng.random(shape[0]) < 0.05, -1] = fmt.magnitude_mask
    return made.astype(np.uint16).astype(DTYPES[fmt.bits])


def check_sums(
    left: Minifloat, right: Minifloat, by_digits: bool, lengths: tuple[int, ...], count: int
) -> None:
    rng = np.random.default_rng([left.bits, left.m, right.m, count])
    compare = make_compare(left, right, by_digits)
    least = 128 // left.bits
    for n in lengths:
        for kind in ALL_KINDS:
            a, b = (numbers(fmt, rng, (count, n), kind) for fmt in (left, right))
            found = np.zeros(4, np.int64)
            compare(a.reshape(-1), b.reshape(-1), n, (n - 1).bit_length(), count, found)
            declined, needless, answered, wrong = (int(x) for x in found)
            assert wrong == 0, (left.name, right.name, n, kind)
            assert declined + answered == count
            if n < least:
                # Where something is cut off, few products are left to the exact kernels.
                assert answered == 0 or by_digits
                assert declined == 0 or not (by_digits and kind in NARROW)
            elif kind == "some NaN":
                assert 0 < declined < count // 3
            else:
                assert declined == 0
            if n >= least and kind != "some NaN":
                assert needless == 0


BYTES = [(E4M3FN, E4M3FN), (E4M3FN, FP8), (FP8, FP8)]
BYTES_IDS = ["e4m3", "e4m3-e5m2", "e5m2"]


@pytest.mark.parametrize(("left", "right"), BYTES, ids=BYTES_IDS)
def test_sums_are_those_of_the_exact_kernels(
    left: Minifloat, right: Minifloat, by_digits: bool
) -> None:
    check_sums(left, right, by_digits, LENGTHS, 300)


def test_sums_of_bf16_are_those_of_the_exact_kernels() -> None:
    check_sums(FP16ALT, FP16ALT, False, LENGTHS, 300)


@pytest.mark.long
@pytest.mark.parametrize(("left", "right"), BYTES, ids=BYTES_IDS)
def test_sums_for_a_long_time(left: Minifloat, right: Minifloat, by_digits: bool) -> None:
    check_sums(left, right, by_digits, LENGTHS, 200_000)


@pytest.mark.long
@pytest.mark.parametrize("fmt", [FP16, FP16ALT], ids=str)
def test_sums_of_16_bits_for_a_long_time(fmt: Minifloat) -> None:
    check_sums(fmt, fmt, False, LENGTHS, 200_000)


# -- adding to the accumulator -------------------------------------------------------------


@pytest.fixture(params=["two steps", "at once"])
def at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Additions in both ways, where the host has both."""
    if request.param == "two steps":
        monkeypatch.setattr(host, "features", frozenset)
        monkeypatch.setattr(vectorcode, "is_host_able", lambda: True)
        return False
    if "avx512f" not in host.features():
        pytest.skip("this host's additions do not say how they round")
    return True


@cache
def make_compare_sums(at_once: bool) -> Callable[..., None]:
    """compare(totals, c, found): sums by the exact kernels and otherwise, as `make_compare`.

    It counts those that were answered, and those of them that differ.
    """
    attempt, parts = make_add.__wrapped__(), make_parts(FP64)
    result = make_aligned_group(rvbna(FP8, FP8, 2), has_signalling=False).result

    def compare(totals: Any, c: Any, found: Any) -> None:
        for i in range(len(totals)):
            code, status = attempt(totals[i], c[i])
            if status != 0:
                continue
            found[0] += 1
            total, unit = parts(totals[i])
            wanted, flags = result(total, unit, 0, c[i])
            if code != wanted or flags != 0:
                found[1] += 1

    return jit.native(compare)


def check_additions(at_once: bool, count: int) -> None:
    """Numbers of up to 53 digits, added to numbers that are near, far, their negatives, or any."""
    rng = np.random.default_rng(count)
    compare = make_compare_sums(at_once)
    exponents = {"near": (-3, 4), "apart": (-60, 60), "wide": (-160, 130)}
    for kind, (low, high) in exponents.items():
        digits = rng.integers(1, 54, count)
        number = rng.integers(-(1 << 53), 1 << 53, count) >> (53 - digits)
        totals = np.ldexp(number.astype(float), rng.integers(low, high, count) - digits)
        totals[rng.random(count) < 0.05] = 0.0
        with np.errstate(over="ignore"):
            singles = np.ldexp(rng.standard_normal(count), rng.integers(low, high, count))
            singles = singles.astype(np.float32)
            is_opposite = rng.random(count) < 0.2
            singles[is_opposite] = -totals[is_opposite].astype(np.float32)
        c = singles.view(np.uint32).astype(np.int64)
        is_any = rng.random(count) < 0.2
        c[is_any] = rng.integers(0, 1 << 32, int(is_any.sum()))
        found = np.zeros(2, np.int64)
        compare(totals.view(np.int64), c, found)
        assert found[1] == 0, kind
        assert found[0] > count * {"near": 0.9, "apart": 0.5, "wide": 0.2}[kind] * 0.8


def test_additions_to_the_accumulator_are_those_of_the_exact_kernel(at_once: bool) -> None:
    check_additions(at_once, 20_000)


@pytest.mark.long
def test_additions_to_the_accumulator_for_a_long_time(at_once: bool) -> None:
    check_additions(at_once, 10_000_000)


# -- products of matrices ------------------------------------------------------------------

APART, BEGIN, LANES = 16, 3, 8


@cache
def make_blocks(left: Minifloat, right: Minifloat, depth: int) -> Callable[..., None]:
    """blocks(a, b, c, work, count, is_cut, done): so many blocks of two rows and four columns."""
    spread_a, spread_b = make_spread(left), make_spread(right)
    block = make_block(depth, APART, BEGIN)
    side = 2 * depth * APART
    below = (FP64.bias - KEPT - (depth - 1).bit_length()) << FP64.m

    def blocks(a: Any, b: Any, c: Any, work: Any, count: int, is_cut: int, done: Any) -> None:
        for x in range(count):
            is_tame = 1
            for k in range(depth):
                lane, to = (x * depth + k) * LANES, BEGIN + k * APART
                one, _, _ = spread_a(a, lane, 2, work, to, to + depth * APART)
                two, _, _ = spread_b(b, lane, 4, work, to + side, to + side + depth * APART)
                is_tame &= one & two
            done[x] = 0
            if is_tame != 0 and block(work, 0, 0, c, 8 * x, 8 * x + 4, below, is_cut) == 0:
                done[x] = 1

    return jit.native(blocks)


def check_blocks(left: Minifloat, right: Minifloat, depth: int, count: int) -> None:
    rng = np.random.default_rng([left.bits, left.m, right.m, depth])
    blocks = make_blocks(left, right, depth)
    acc = rvbna(left, right, depth, rounding=Rounding.RNE)
    order = [0, 1, 4, 5, 2, 3, 6, 7]  # of two rows and four columns in pairs of neighbours
    for kind in ALL_KINDS:
        if left is FP16ALT and kind not in NARROW:
            continue  # sums may be beyond binary32, for which whoever calls has to look
        a, b = (numbers(fmt, rng, (count, depth, LANES), kind) for fmt in (left, right))
        start = codes(FP32, rng, (count, 2, 4), "spread" if kind == "any" else "near")
        c = np.ascontiguousarray(start.reshape(count, 8)[:, order], np.uint32)
        work = np.zeros(BEGIN + 4 * depth * APART, np.int64)
        done = np.zeros(count, np.int64)
        flat = [x.reshape(-1) for x in (a, b, c.view(np.int32))]
        if kind in NARROW:  # nothing is cut off, whether it is looked for or not
            uncut = c.copy()
            blocks(*flat[:2], uncut.view(np.int32).reshape(-1), work, count, 0, done)
        blocks(*flat, work, count, 1, done)
        assert kind not in NARROW or np.array_equal(c, uncut)
        got = c[:, np.argsort(order)].reshape(count, 2, 4)
        for x in range(count):
            of_a, of_b = a[x, :, :2].T, b[x, :, :4].T
            if done[x] == 0:
                assert np.array_equal(got[x], start[x])
                continue
            sides = ((of_a, left), (of_b, right))
            codes_of = [side.astype(np.int64) & (1 << fmt.bits) - 1 for side, fmt in sides]
            wanted = matmul(acc, *codes_of, start[x])
            assert np.array_equal(got[x], wanted), (left.name, kind, of_a, of_b, start[x])
        assert done.mean() > (0.4 if kind in ("any", "some NaN") else 0.99)


@pytest.mark.parametrize(
    ("left", "right", "depth"), [(FP8, E4M3FN, 4), (FP16ALT, FP16ALT, 2)], ids=["8", "16"]
)
def test_blocks_are_those_of_the_accumulator(left: Minifloat, right: Minifloat, depth: int) -> None:
    check_blocks(left, right, depth, 200)


@pytest.mark.long
@pytest.mark.parametrize(
    ("left", "right", "depth"), [(E4M3FN, FP8, 4), (FP8, FP8, 4), (FP16, FP16, 2)]
)
def test_blocks_for_a_long_time(left: Minifloat, right: Minifloat, depth: int) -> None:
    check_blocks(left, right, depth, 20_000)
