"""Operands for Xvsq: random words, hard words, and sums built to land on the edges."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .vsq_model import Words, dot, low, signed

Rng = np.random.Generator
Operands = tuple[Words, Words, Words, Words]

ACCUMULATOR_EDGES = [
    sign * (1 << bits) + offset for bits in (23, 31) for sign in (-1, 1) for offset in range(-2, 3)
]
SINGLES = [
    0x00000000, 0x00000001, 0x007FFFFF, 0x00800000, 0x3EFFFFFF, 0x3F000000, 0x3F000001, 0x3F7FFFFF,
    0x3F800000, 0x3F800001, 0x3FC00000, 0x40200000, 0x40D00000, 0x40DFFFFF, 0x40E00000, 0x40F00000,
    0x41680000, 0x41780000, 0x42FD0000, 0x42FF0000, 0x437E8000, 0x437F8000, 0x4B000000, 0x7F7FFFFF,
    0x7F800000, 0x7F800001, 0x7FC00000,
]  # fmt: skip


def random_words(rng: Rng, count: int) -> Words:
    return rng.integers(-(2**63), 2**63 - 1, count, np.int64, endpoint=True)


def hard_words(rng: Rng, count: int) -> Words:
    """Words of lanes of 4, 8, 16 or 32 bits that are each as extreme as they can be."""
    words = np.empty(count, np.int64)
    parts = np.array_split(np.arange(count), 4)
    for bits, part in zip((4, 8, 16, 32), parts, strict=True):
        top = 1 << (bits - 1)
        extremes = np.array([0, 1, top - 1, top, top + 1, 2 * top - 1], np.uint64)
        lanes = rng.choice(extremes, (part.size, 64 // bits))
        # A third has the same extreme in every lane, which makes the largest sums.
        lanes[: part.size // 3] = lanes[: part.size // 3, :1]
        shifts = np.arange(0, 64, bits, dtype=np.uint64)
        words[part] = np.bitwise_or.reduce(lanes << shifts, axis=1).view(np.int64)
    return rng.permutation(words)


def mixed(rng: Rng, count: int) -> Words:
    both = np.concatenate([random_words(rng, count - count // 2), hard_words(rng, count // 2)])
    return rng.permutation(both)


def with_rubbish(rng: Rng, values: npt.NDArray[np.int64]) -> Words:
    """The same low words below random upper halves, which no instruction may look at."""
    return low(values, 32) | random_words(rng, values.size) << 32


def landing(rng: Rng, added: Words) -> Words:
    """Accumulators that this addend takes to an edge of 24 or 32 bits, or just beyond."""
    wanted = rng.choice(np.array(ACCUMULATOR_EDGES), added.size)
    return with_rubbish(rng, wanted - added)


def singles(rng: Rng, count: int) -> Words:
    """binary32 patterns: hard ones of both signs, numbers near small halves, any bits."""
    hard = rng.choice(np.array(SINGLES), count) | rng.integers(0, 2, count) << 31
    halves = rng.integers(-300, 301, count) / 2.0
    near = halves.astype(np.float32).view(np.int32).astype(np.int64) + rng.integers(-1, 2, count)
    pick = rng.integers(0, 3, count)
    patterns = np.choose(pick, [hard, near, random_words(rng, count)])
    return with_rubbish(rng, patterns)


def powers(rng: Rng, count: int) -> Words:
    """binary32 powers of two near 1, which leave products of halves exact: ties."""
    return (rng.integers(124, 131, count) << 23) | (rng.integers(0, 2, count) << 31)


def operands(mnemonic: str, rng: Rng, count: int) -> Operands:
    """rd, rs1, rs2 and rs3, half of them made for what is hard about the instruction."""
    rd, rs1, rs2, rs3 = (mixed(rng, count) for _ in range(4))
    half = count // 2
    operation, _, size = mnemonic.removeprefix("vsq.").partition(".")
    if operation.startswith("sdot"):
        sums = dot(rs1, rs2, size, operation.removeprefix("sdot"))
        rd[:half] = landing(rng, sums[:half])
    elif operation.startswith("mac"):
        scale = (low(rs3, 8) * low(rs3 >> 8, 8) + 128) >> 8
        sums = dot(rs1, rs2, size, operation.removeprefix("mac")) * scale
        rd[:half] = landing(rng, sums[:half])
    elif operation == "sacc":
        # Factors of about 16 bits, so that their product is near the range of accumulators.
        rs1[:half] = with_rubbish(rng, rng.integers(-(2**15), 2**15, half))
        rs2[:half] = with_rubbish(rng, rng.integers(0, 2**16, half))
        rd[:half] = landing(rng, signed(rs1[:half], 32) * low(rs2[:half], 32))
    elif operation == "sprodr":
        # The shift that makes the product a tie: one below its lowest set bit.
        product = low(rs1, 16) * low(rs1 >> 16, 16)
        lowest = product & -product
        ties = np.log2(np.maximum(lowest, 1)).astype(np.int64) + 1
        rs2[:half] = ties[:half] | rs2[:half] << 6
    elif operation.startswith("pack"):
        octets = rng.integers(-20, 20, (2, half, 8)).astype(np.int8)
        octets += rng.choice(np.array([0, 0, 15, 108], np.int8), (2, half, 8))
        rs1[:half], rs2[:half] = octets.view(np.int64)[..., 0]
    elif operation.startswith("qin"):
        rs1 = singles(rng, count)
        rs2 = singles(rng, count)
        rs2[:half] = powers(rng, half)
    elif operation == "amax":
        rd, rs1 = singles(rng, count), low(singles(rng, count), 32) | singles(rng, count) << 32
    return rd, rs1, rs2, rs3
