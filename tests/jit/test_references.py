"""Kernels take arrays without counting references to them."""

import numpy as np

from rvx import jit


def first(values: np.ndarray) -> int:
    return values[0]


def twice_first(values: np.ndarray) -> int:
    return first(values) + first(values)


def test_no_reference_is_counted() -> None:
    native = jit.native(twice_first)
    assert native(np.array([21])) == 42
    (text,) = native.inspect_llvm().values()
    body = text[text.index("define") : text.index("PyArg_UnpackTuple")]
    assert "NRT_" not in body
