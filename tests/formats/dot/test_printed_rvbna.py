"""What the manual's pseudo-code of bulk normalisation does otherwise than its rule.

How products are aligned and added, on which both agree, and the end of both, after the
text of rvbna.adoc. `docs/explanation/printed-rvbna.md` has the table.

    pytest -m long tests/formats/dot/test_printed_rvbna.py

compares ten million sums of each format with the rule, some half a minute of processor time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from rvx.formats.dot.array import matmul, unpack
from rvx.formats.dot.catalogue import rvbna
from rvx.formats.dot.step import INFINITE
from rvx.formats.minifloat.catalogue import E4M3FN, FP8, FP16, FP16ALT, FP32
from rvx.formats.minifloat.format import Minifloat

Words = NDArray[np.int64]
PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "printed-rvbna.md"
NAMES = {"FP16": FP16, "BF16": FP16ALT, "E5M2": FP8}
Q, F, BIAS = 24, 8, 127
ROWS, COLUMNS = 200, 100


@dataclass(frozen=True)
class Sums:
    """Sums of aligned products.

    Attributes:
        total: with q - 1 + g digits behind the point.
        exponent: the largest reference exponent, biased for binary32.
        guard: g, which is o as well.
    """

    total: Words
    exponent: Words
    guard: int


def drawn(fmt: Minifloat, n: int, seed: int) -> tuple[Words, Words]:
    """Codes of numbers, every one as likely as any other: (ROWS, n) and (COLUMNS, n)."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 1 << fmt.bits, (ROWS + COLUMNS, n))
    while (is_other := unpack(fmt, codes)[1] >= INFINITE).any():
        codes[is_other] = rng.integers(0, 1 << fmt.bits, int(is_other.sum()))
    return codes[:ROWS], codes[ROWS:]


def added(fmt: Minifloat, a: Words, b: Words) -> Sums:
    """The sums of all pairs of rows."""
    guard = (a.shape[1] - 1).bit_length()
    (sa, ea), (sb, eb) = unpack(fmt, a), unpack(fmt, b)
    product = sa[:, None, :] * sb[None, :, :]
    # Of the last digit, from which it is as far to the reference exponent for all products.
    lowest = 2 * (1 - fmt.bias - fmt.m)
    reference = np.where(product == 0, lowest - 2, ea[:, None, :] + eb[None, :, :])
    top = reference.max(axis=-1)
    shift = top[..., None] - reference
    pad = Q - 1 + guard - 2 * fmt.m
    wide = np.abs(product) << pad
    away = np.minimum(shift, 62)
    kept = wide >> away
    kept |= (wide & ((np.int64(1) << away) - 1)) != 0
    total = np.where(product < 0, -kept, kept).sum(axis=-1)
    return Sums(total, top + 2 * fmt.m + BIAS, guard)


def finished(sums: Sums, *, as_printed: bool) -> Words:
    """Codes of binary32."""
    size = np.abs(sums.total)
    width = 2 * sums.guard + Q + 1
    zeros = width - np.frexp(size.astype(np.float64))[1]
    exponent = sums.exponent + sums.guard + 1 - zeros
    first, low = size << zeros, width - Q
    is_normal = exponent >= 1
    away = np.where(is_normal, low, low + 1 - exponent).clip(max=62)
    code, lost = first >> away, first & ones(away)
    if as_printed:
        # The mask has as many ones as there are leading zeros: digits that are zeros now.
        lost = np.where(is_normal, first & ones(np.minimum(zeros, low)), 0)
        # A subnormal one is the sum as it is, moved by a distance that grows the other way.
        moved = (Q - 1 + exponent).clip(0, 62)
        is_lost = exponent < 1 - Q
        code = np.where(is_normal, code, np.where(is_lost, 0, size >> moved))
        lost |= np.where(is_normal, 0, np.where(is_lost, 1, size & ones(Q - 1) >> moved))
    code = np.where(is_normal, exponent << Q - 1 | code & ones(Q - 1), code) | (lost != 0)
    code = np.where(exponent > 2 * BIAS, 2 * BIAS + 1 << Q - 1, code)
    return np.where(size == 0, 0, code | (sums.total < 0).astype(np.int64) << 31)


def ones(count: Any) -> Any:
    """Numbers with so many ones at the end."""
    return (np.int64(1) << count) - 1


def counted(name: str, n: int) -> tuple[int, int, int]:
    """Of all pairs: how many differ, and how many of these are normal, and subnormal."""
    fmt = NAMES[name]
    sums = added(fmt, *drawn(fmt, n, n))
    right, printed = (finished(sums, as_printed=one) for one in (False, True))
    differ = right != printed
    is_normal = right & 0x7F800000 != 0
    return int(differ.sum()), int((differ & is_normal).sum()), int((differ & ~is_normal).sum())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("n", [2, 4, 32])
def test_the_rule_is_what_rvx_computes(name: str, n: int) -> None:
    fmt = NAMES[name]
    a, b = drawn(fmt, n, n)
    found = matmul(rvbna(fmt, fmt, n), a, b)
    assert FP32.bits == 1 + F + Q - 1
    np.testing.assert_array_equal(found, finished(added(fmt, a, b), as_printed=False))


@pytest.mark.long
@pytest.mark.parametrize("fmt", [*NAMES.values(), E4M3FN], ids=str)
def test_ten_million_sums(fmt: Minifloat) -> None:
    accumulators = {n: rvbna(fmt, fmt, n) for n in (2, 4, 8, 32)}
    done = 0
    for seed in range(10_000_000 // (ROWS * COLUMNS)):
        n = (2, 4, 8, 32)[seed % 4]
        a, b = drawn(fmt, n, 1000 + seed)
        if seed % 8 >= 4:
            # Of about one size, so that all products count and sums cancel.
            middle = (1 << fmt.e - 1) - 1 << fmt.m
            a, b = (x & fmt.sign_mask | middle + (x & (4 << fmt.m) - 1) for x in (a, b))
        found = matmul(accumulators[n], a, b)
        np.testing.assert_array_equal(found, finished(added(fmt, a, b), as_printed=False))
        done += found.size
    assert done == 10_000_000


def test_the_examples_of_the_page() -> None:
    row = r"^\| (\w+) \| .* \| .* \| `(\w+)`.* \| `(\w+)` \|$"
    rows = re.findall(row, PAGE.read_text(), re.MULTILINE)
    assert [name for name, *_ in rows] == ["FP16", "BF16", "BF16", "BF16"]
    factors = [(0x3C00, 1, 0x3C00, 0x3800), *((0x1F80, 0, b, 0) for b in (0x1F80, 0x1A80, 0x1500))]
    for (name, *codes), (a, b, c, d) in zip(rows, factors, strict=True):
        sums = added(NAMES[name], np.array([[a, b]]), np.array([[c, d]]))
        found = [int(finished(sums, as_printed=one)[0, 0]) for one in (False, True)]
        assert found == [int(code, 16) for code in codes]


def test_the_table_of_the_page() -> None:
    rows = re.findall(r"^\| (\w+) \| (\d+) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|$",
                      PAGE.read_text(), re.MULTILINE)  # fmt: skip
    assert [(name, int(n)) for name, n, *_ in rows] == [
        (name, n) for name in NAMES for n in (2, 4, 32)
    ]
    for name, n, *numbers in rows:
        wanted = tuple(int(number.replace(",", "")) for number in numbers)
        assert counted(name, int(n)) == wanted, (name, n)
