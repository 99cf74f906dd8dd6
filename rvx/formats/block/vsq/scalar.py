"""Compiled datapath of per-vector scaled products (Keller et al., JSSC 58(4), 2023, Fig. 7).

For each output, after every vector:

    psum = narrow( psum + (sum of code products) * round(scale_a * scale_b) )

with 14-bit dots of 64 INT4 pairs, 16-bit scale products rounded to 8 bits, 22-bit scaled dots and
a 24-bit saturating accumulator in that chip. `narrow` and the rounding are parameters here.
"""

from collections.abc import Callable
from typing import Any

from rvx.formats.integer.accumulate import saturate24, saturate32
from rvx.formats.integer.scalar import Unary, sext32

# Slots of the statistics array.
NARROWED = 0
ZEROED = 1
LARGEST = 2
STATISTICS = 3

MATMUL_SIGNATURE = (
    "void(int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], "
    "int64, int64, int64, int64, int64)"
)


def round_half_up(x: int, shift: int) -> int:
    """Nearest integer to x / 2^shift, ties upwards, for 0 <= shift <= 62."""
    if shift == 0:
        return x
    return (x + (1 << (shift - 1))) >> shift


def make_matmul(narrow: Unary) -> Callable[..., None]:
    """The matrix product of two VSQ tensors with a given accumulator.

    Args:
        narrow: what the accumulator keeps of a sum.

    Returns:
        A kernel of (a codes, a scales, b codes, b scales, sums, statistics, rows, columns,
        vectors, elements of a vector, shift of the scale product), all arrays flat int64. It
        writes rows * columns sums; statistics[NARROWED] counts the steps whose sum the
        accumulator could not hold, [ZEROED] the products of non-zero scales rounded to 0,
        [LARGEST] is the largest magnitude that the accumulator held.
    """

    def matmul(
        a: Any,
        a_scales: Any,
        b: Any,
        b_scales: Any,
        sums: Any,
        statistics: Any,
        rows: int,
        columns: int,
        vectors: int,
        vector: int,
        shift: int,
    ) -> None:
        for row in range(rows):
            for column in range(columns):
                psum = 0
                for index in range(vectors):
                    a_vector = row * vectors + index
                    b_vector = column * vectors + index
                    dot = 0
                    for element in range(vector):
                        dot += a[a_vector * vector + element] * b[b_vector * vector + element]
                    exact = a_scales[a_vector] * b_scales[b_vector]
                    product = round_half_up(exact, shift)
                    if exact != 0 and product == 0:
                        statistics[ZEROED] += 1
                    total = psum + dot * product
                    psum = narrow(total)
                    if psum != total:
                        statistics[NARROWED] += 1
                    statistics[LARGEST] = max(statistics[LARGEST], abs(psum))
                sums[row * columns + column] = psum

    return matmul


MATMULS: dict[str, Callable[..., None]] = {
    "s24": make_matmul(saturate24),
    "s32": make_matmul(saturate32),
    "wrap32": make_matmul(sext32),
}
