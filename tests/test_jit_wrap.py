"""int64 arithmetic of compiled kernels wraps, as RISC-V's does and as NumPy's scalars do."""

import numpy as np
import pytest

from rvx import jit

LOWEST = -(2**63)


def grows(x: int, y: int) -> bool:
    return x + y > x if y > 0 else x + y <= x


def high_bit_after_add(x: int) -> int:
    # With an overflow that "never happens" the optimiser folds this comparison to true.
    return 1 if x + 1 > x else 0


def product_is_even(x: int) -> int:
    return (x * 6) // 6 == x


def test_compiled_add_wraps() -> None:
    native = jit.native(high_bit_after_add)
    assert [native(5), native(2**63 - 1)] == [1, 0]


def test_compiled_add_of_two_wraps() -> None:
    native = jit.native(grows)
    assert [native(1, 2), native(2**63 - 1, 1), native(LOWEST, -1)] == [True, False, False]


def test_compiled_multiply_wraps() -> None:
    native = jit.native(product_is_even)
    assert [native(7), native(2**62)] == [True, False]


def test_no_operation_is_marked_as_never_overflowing() -> None:
    native = jit.native(product_is_even)
    native(np.int64(3))
    (text,) = native.inspect_llvm().values()
    body = text[text.index("define") : text.index("PyArg_UnpackTuple")]
    assert "mul i64" in body
    assert "mul nsw" not in body


@pytest.mark.parametrize("is_gone", [True, False])
def test_a_numba_without_the_table_is_refused(
    is_gone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from numba.cpython import numbers

    if is_gone:
        monkeypatch.delattr(numbers, "_int_arith_flags")
    else:
        monkeypatch.setattr(numbers, "int_add_impl", lambda *_: None)
    with pytest.raises(jit.UnknownCompilerError, match=r"numba .* pip install 'numba>=0\.61,<"):
        jit._wrapping_numba.__wrapped__()
