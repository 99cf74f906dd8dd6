"""Words for the kernel tests: hard lanes in all combinations of neighbours, and random bits."""

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.int64]


def random_words(rng: np.random.Generator, count: int) -> Words:
    return rng.integers(-(2**63), 2**63, count, dtype=np.int64, endpoint=False)


def hard_words(rng: np.random.Generator, width: int, count: int) -> Words:
    """Words whose lanes are extreme: smallest, largest, 0, 1, -1, in random arrangement."""
    top = 1 << (width - 1)
    extremes = np.array([top, top - 1, 2 * top - 1, 0, 1, top + 1], np.uint64)
    lanes = rng.choice(extremes, (count, 64 // width))
    uniform = rng.choice(extremes, (count // 8, 1))
    lanes[: count // 8] = uniform
    shifts = np.arange(0, 64, width, dtype=np.uint64)
    return np.bitwise_or.reduce(lanes << shifts, axis=1).view(np.int64)


def mixed_words(rng: np.random.Generator, width: int, count: int) -> Words:
    """Half random bits, half hard words, in random order."""
    both = np.concatenate(
        [random_words(rng, count - count // 2), hard_words(rng, width, count // 2)]
    )
    return rng.permutation(both)


def lanes(words: Words, width: int, signed: bool) -> Words:
    """The lanes of each word along a new last axis: NumPy shifts, none of the kernels' code."""
    shifts = np.arange(0, 64, width, dtype=np.uint64)
    fields = ((words.view(np.uint64)[:, None] >> shifts) & np.uint64((1 << width) - 1)).astype(
        np.int64
    )
    if signed:
        fields = np.where(fields >= 1 << (width - 1), fields - (1 << width), fields)
    return fields
