"""Kernels mapped over arrays of any integer type."""

import numpy as np
import pytest

from rvx import jit


def add_bytes(a: int, b: int) -> int:
    return (a + b) & 0xFF


def is_less(a: int, b: int) -> bool:
    return a < b


def split(a: int) -> tuple[int, int]:
    return a >> 4, a & 15


def test_narrow_arrays_stay_narrow() -> None:
    add = jit.elementwise(add_bytes, 2, kinds=("uint8",) * 3)
    a = np.arange(256, dtype=np.uint8)
    result = add(a[:, None], a)
    assert result.dtype == np.uint8
    np.testing.assert_array_equal(result, a[:, None] + a)


def test_kinds_may_differ() -> None:
    less = jit.elementwise(is_less, 2, kinds=("int64", "uint8", "bool"))
    result = less(np.array([-1, 7, 8]), np.array([7], dtype=np.uint8))
    assert result.dtype == np.bool_
    assert result.tolist() == [True, False, False]


def test_several_outputs_of_their_own_kinds() -> None:
    high, low = jit.elementwise(split, 1, 2, kinds=("uint8", "int64", "uint8"))([[0xAB]])
    assert (high.dtype, low.dtype) == (np.int64, np.uint8)
    assert (high.tolist(), low.tolist()) == ([[10]], [[11]])


def test_read_only_arrays_are_taken() -> None:
    a = np.arange(3, dtype=np.uint8)
    a.flags.writeable = False
    add = jit.elementwise(add_bytes, 2, kinds=("uint8",) * 3)
    assert add(a, a).tolist() == [0, 2, 4]
    assert add(a, np.broadcast_to(np.uint8(1), 3)).tolist() == [1, 2, 3]


def test_wrong_number_of_arrays_is_refused() -> None:
    with pytest.raises(TypeError, match="add_bytes takes 2 arrays, not 1"):
        jit.elementwise(add_bytes, 2)(np.zeros(3))


def test_arrays_of_one_element_broadcast_without_a_warning() -> None:
    """NumPy warns, and warnings are errors here, when the writable flag of such a one is read."""
    add = jit.elementwise(_sum_of_two, 2)
    assert add(np.array([[1]]), 2).tolist() == [[3]]
    assert add(3, np.array([4])).tolist() == [7]


def _sum_of_two(a: int, b: int) -> int:
    return a + b
