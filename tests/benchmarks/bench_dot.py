"""Products a second of a matrix product through every accumulator of the catalogue.

`python tests/benchmarks/bench_dot.py` prints the table: the matrix product of 256 cubed, on one
core, best processor time of three turns. Factors are drawn from the normal distribution.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from rvx.formats.dot import ACCUMULATORS, Accumulator
from rvx.formats.dot.array import matmul
from rvx.formats.integer.format import Integer
from rvx.formats.minifloat.array.codes import encode


def seconds(acc: Accumulator, size: int, rounds: int) -> float:
    """The shortest time of some turns."""
    rng = np.random.default_rng(0)
    factors = []
    for fmt in (acc.left, acc.right):
        if isinstance(fmt, Integer):
            factors.append(rng.integers(fmt.minimum, fmt.maximum + 1, (size, size)))
        else:
            factors.append(encode(fmt, rng.standard_normal((size, size))))
    matmul(acc, *(x[:8] for x in factors))
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        matmul(acc, *factors)
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    for name, acc in ACCUMULATORS.items():
        products = options.size**3 / seconds(acc, options.size, options.rounds)
        print(f"{name:36} {products / 1e6:8.0f} M MAC/s")


if __name__ == "__main__":
    main()
