"""Scaled accumulation: compiled against NumPy, interpreted against Python integers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rvx import jit
from rvx.formats.integer import accumulate, exact

from .cases import Words, lanes, mixed_words, random_words

COUNT = 100_000
EDGES = [0, 1, 2, 127, 128, 254, 255, 256, 2**15, 2**16 - 1, 2**16, 2**31 - 1, 2**31, 2**32 - 1]
EDGES += [2**32, 2**63 - 1, -1, -2, -(2**23), -(2**31), -(2**63)]


def low(x: Words, bits: int) -> Words:
    return x & ((1 << bits) - 1)


def signed32(x: Words) -> Words:
    return x.astype(np.int32, casting="unsafe").astype(np.int64)


def compiled(kernel: Callable[..., int], *arguments: Words) -> Words:
    result: Words = jit.elementwise(kernel, len(arguments))(*arguments)
    return result


def interpreted(kernel: Callable[..., int], *arguments: int) -> int:
    with np.errstate(over="ignore"):
        return int(kernel(*(np.int64(a) for a in arguments)))


def grid(count: int, rng: np.random.Generator, *choices: Any) -> list[Words]:
    """Random values, of which half are drawn from the edges of each operand."""
    columns = []
    for edges in choices:
        values = random_words(rng, count)
        take = rng.random(count) < 0.5
        columns.append(np.where(take, rng.choice(np.array(edges, np.int64), count), values))
    return columns


def test_every_scale_product_of_two_bytes() -> None:
    a, b = (v.ravel() for v in np.meshgrid(np.arange(256), np.arange(256)))
    np.testing.assert_array_equal(compiled(accumulate.sprod, a, b), a * b)
    np.testing.assert_array_equal(compiled(accumulate.sprod8, a, b), (a * b + 128) // 256)
    assert compiled(accumulate.sprod8, a, b).max() == 254
    packed = a | (b << 16)
    for shift in (0, 1, 4, 8, 15):
        got = compiled(accumulate.sprodr, packed, np.full_like(a, shift))
        np.testing.assert_array_equal(got, np.floor(a * b / 2**shift + 0.5))


def test_scale_products_look_only_at_their_fields() -> None:
    rng = np.random.default_rng(0)
    a, b = grid(COUNT, rng, EDGES, EDGES)
    np.testing.assert_array_equal(compiled(accumulate.sprod, a, b), low(a, 16) * low(b, 16))
    want = (low(a, 8) * low(b, 8) + 128) // 256
    np.testing.assert_array_equal(compiled(accumulate.sprod8, a, b), want)


@pytest.mark.parametrize("shift", [*range(64), 64, 72, -1])
def test_sprodr_rounds_half_up_at_every_shift(shift: int) -> None:
    rng = np.random.default_rng(shift + 1)
    for word in (*(int(w) for w in mixed_words(rng, 16, 40)), -1, 0, 2**31, 2**47 | 1):
        bits = word % 2**32
        want = exact.scale_product(bits % 2**16, bits >> 16, shift % 64)
        assert interpreted(accumulate.sprodr, word, shift) == want
        got = compiled(accumulate.sprodr, np.array([word]), np.array([shift]))
        assert got[0] == want


def test_sacc_wraps_and_saturates_the_exact_sum() -> None:
    rng = np.random.default_rng(1)
    rd, dot, scale = grid(COUNT, rng, EDGES, EDGES, EDGES)
    total = signed32(rd) + signed32(dot) * low(scale, 32)
    np.testing.assert_array_equal(compiled(accumulate.sacc, rd, dot, scale), signed32(total))
    for bits, kernel in ((24, accumulate.sacc_s24), (32, accumulate.sacc_s32)):
        want = np.clip(total, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        np.testing.assert_array_equal(compiled(kernel, rd, dot, scale), want)


def test_the_extreme_scaled_sums_fit_64_bits() -> None:
    for rd in (-(2**31), 2**31 - 1):
        for dot in (-(2**31), 2**31 - 1):
            want = rd + dot * (2**32 - 1)
            assert interpreted(accumulate.scaled_sum, rd, dot, -1) == want


@pytest.mark.parametrize("bits", [24, 32])
def test_saturation_just_at_its_edges(bits: int) -> None:
    kernel = {24: accumulate.sacc_s24, 32: accumulate.sacc_s32}[bits]
    top = 2 ** (bits - 1)
    for distance in range(-3, 4):
        for scale in (1, 3, 254):
            for dot in (-1024, -1, 1, 896):
                for end in (top, -top):
                    rd = end + distance - dot * scale
                    if not -(2**31) <= rd < 2**31:
                        continue
                    want = exact.saturate(end + distance, bits)
                    assert interpreted(kernel, rd, dot, scale) == want
                    assert compiled(kernel, *(np.array([v]) for v in (rd, dot, scale)))[0] == want


def test_sdot_wraps_modulo_two_to_the_32() -> None:
    rng = np.random.default_rng(2)
    (rd,) = grid(COUNT, rng, EDGES)
    dot = rng.integers(-(2**19), 2**19, COUNT)
    np.testing.assert_array_equal(compiled(accumulate.sdot, rd, dot), signed32(rd + dot))


@pytest.mark.parametrize(("name", "width", "a_signed", "bits"), [
    ("mac_usp_n", 4, False, 24),
    ("mac_sp_n", 4, True, 24),
    ("mac_usp_b", 8, False, 32),
    ("mac_sp_b", 8, True, 32),
])  # fmt: skip
def test_fused_step_saturates_the_exact_sum(
    name: str, width: int, a_signed: bool, bits: int
) -> None:
    rng = np.random.default_rng(3)
    top = 2 ** (bits - 1)
    a, b = (mixed_words(rng, width, COUNT) for _ in range(2))
    scales = random_words(rng, COUNT)
    near = rng.choice([-top, top], COUNT) + rng.integers(-(2**17), 2**17, COUNT)
    rd = np.where(rng.random(COUNT) < 0.5, near, random_words(rng, COUNT))
    product = (low(scales, 8) * low(scales >> 8, 8) + 128) // 256
    dot = (lanes(a, width, a_signed) * lanes(b, width, True)).sum(axis=1)
    total = signed32(rd) + dot * product
    want = np.clip(total, -top, top - 1)
    np.testing.assert_array_equal(compiled(getattr(accumulate, name), rd, a, b, scales), want)
    assert (want != total).sum() > COUNT // 20
    inside = (want == total).sum()
    assert inside > COUNT // 20
