"""The matrices of the study: those of the simulation, and as many more as one likes.

The simulation took its numbers from Marsaglia's xorshift64: for each range it began anew, and drew
eight pairs of matrices for each size, from the smallest on. The seed is not written anywhere; with
the one below all errors of the simulation come out, to the last digit that is known.

Source: G. Marsaglia, Xorshift RNGs, Journal of Statistical Software 8(14), 2003.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rvx import jit
from rvx.analysis import kernel
from rvx.analysis.compare import draw
from rvx.analysis.comparison import Inputs
from rvx.paper.percival.data import SIMULATED_PAIRS, SIZES

_SEED = 88172645463325259


def _fill(state: int, numbers: Any) -> int:
    """Fills an array with numbers in [0, 1), each the upper bits of a step; gives the state."""
    for i in range(numbers.size):
        state ^= state << 13
        state ^= (state >> 7) & 0x01FFFFFFFFFFFFFF
        state ^= state << 17
        numbers[i] = ((state >> 11) & 0x001FFFFFFFFFFFFF) / 9007199254740992.0
    return state


@cache
def _simulated(size: int) -> NDArray[np.float64]:
    """The numbers in [0, 1) for a size of the simulation: pairs, operands, rows, columns."""
    fill = jit.export(_fill, "int64(int64, float64[::1])")
    state = _SEED
    for each in SIZES[: SIZES.index(size) + 1]:
        numbers = np.empty(SIMULATED_PAIRS * 2 * each * each)
        state = fill(state, numbers)
    return numbers.reshape(SIMULATED_PAIRS, 2, size, size)


def pairs(limit: float, size: int, count: int) -> Iterator[Inputs]:
    """Pairs of square matrices, uniform in [-limit, limit), with their golden products.

    The first `SIMULATED_PAIRS` are those of the simulation where it has this size. The others are
    those of `rvx compare gemm -p M=n -p N=n -p K=n --range R --seed SEED`, with their number as
    the seed.
    """
    gemm = kernel.load("gemm")
    shape = dict.fromkeys("MNK", size)
    for number in range(count):
        source = None
        if size in SIZES and number < SIMULATED_PAIRS:
            source = partial(_next, iter((2 * _simulated(size)[number] - 1) * limit))
        yield draw(gemm, shape, -limit, limit, number, source)


def _next(matrices: Iterator[Any], *shape: int) -> Any:
    """The next matrix; that it has this shape is known."""
    return next(matrices).reshape(shape)
