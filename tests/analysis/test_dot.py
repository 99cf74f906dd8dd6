from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rvx.analysis.dot import matmul


def exactly(row, column) -> Fraction:
    return sum((Fraction(x) * Fraction(y) for x, y in zip(row, column, strict=True)), Fraction(0))


@pytest.mark.parametrize("length", [1, 2, 33, 500])
def test_every_element_is_the_exact_sum_rounded_once(length):
    random = np.random.default_rng(length)
    a, b = random.uniform(-1, 1, (3, length)), random.uniform(-1, 1, (5, length))
    wanted = [[float(exactly(row, column)) for column in b] for row in a]
    assert np.array_equal(matmul(a, b), wanted)


def test_a_sum_that_cancels_keeps_its_digits():
    a = [[1e16, 1.0, -1e16, 3.0**-40]]
    b = [[1.0, 1.0, 1.0, 1.0]]
    assert matmul(a, b)[0, 0] == float(exactly(a[0], b[0]))
    assert np.dot(a[0], b[0]) != float(exactly(a[0], b[0]))


@settings(max_examples=200)
@given(st.lists(st.tuples(*[st.floats(-1e6, 1e6, allow_subnormal=False)] * 2), min_size=1))
def test_the_error_is_that_of_twice_the_precision(pairs):
    kept = [(x, y) for x, y in pairs if min(abs(x), abs(y)) > 1e-100] or [(1.0, 1.0)]
    a, b = zip(*kept, strict=True)
    wanted = exactly(a, b)
    magnitudes = sum(abs(Fraction(x) * Fraction(y)) for x, y in kept)
    found = Fraction(matmul([a], [b])[0, 0])
    bound = abs(wanted) * Fraction(2) ** -53 + magnitudes * Fraction(len(kept) ** 2, 2**104)
    assert abs(found - wanted) <= bound
