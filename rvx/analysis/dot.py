"""Dot products in float64 as accurate as if computed with twice its precision.

A golden result should not owe anything to the order in which some library adds. The compensated
dot product of Ogita, Rump and Oishi ("Accurate sum and dot product", SIAM J. Sci. Comput. 26(6),
2005, algorithm 5.3) carries the rounding error of every product and sum along; it needs nothing
but IEEE operations, and so gives the same bits on every machine.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]

_SPLITTER = float((1 << 27) + 1)


def _split(x: Reals) -> tuple[Reals, Reals]:
    """Two halves of 26 bits whose sum is x (Veltkamp); |x| must be below 2^996."""
    scaled = _SPLITTER * x
    high = scaled - (scaled - x)
    return high, x - high


def matmul(a: npt.ArrayLike, b: npt.ArrayLike) -> Reals:
    """The product a b^T; of arrays of fractions exactly.

    Args:
        a: shape (rows, K), magnitudes between 2^-450 and 2^500, or 0.
        b: shape (columns, K), likewise.

    Returns:
        Shape (rows, columns).
    """
    if np.asarray(a).dtype == object:
        return _exact_matmul(np.asarray(a), np.asarray(b))
    left = np.asarray(a, np.float64).T[:, :, None]
    right = np.asarray(b, np.float64).T[:, None, :]
    left_high, left_low = _split(left)
    right_high, right_low = _split(right)
    total = np.zeros((left.shape[1], right.shape[2]))
    lost = np.zeros_like(total)
    for k in range(left.shape[0]):
        product = left[k] * right[k]
        # The exact error of the product (Dekker).
        lost += left_low[k] * right_low[k] - (
            ((product - left_high[k] * right_high[k]) - left_low[k] * right_high[k])
            - left_high[k] * right_low[k]
        )
        # And that of the sum (Knuth).
        after = total + product
        part = after - total
        lost += (total - (after - part)) + (product - part)
        total = after
    return total + lost


def _exact_matmul(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The product of fractions, as one of integers: those need no common divisors."""
    (left, of_left), (right, of_right) = (_integers(x) for x in (a, b))
    divisor = of_left * of_right
    return np.asarray(np.vectorize(lambda x: Fraction(x, divisor), otypes=[object])(left @ right.T))


def _integers(x: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], int]:
    # Fractions would look for common divisors of every product.
    ratios = [Fraction(value).as_integer_ratio() for value in x.flat]
    divisor = math.lcm(*{below for _, below in ratios})
    whole = np.empty(len(ratios), object)
    whole[:] = [above * (divisor // below) for above, below in ratios]
    return whole.reshape(x.shape), divisor
