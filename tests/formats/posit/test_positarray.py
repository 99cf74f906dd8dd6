"""PositArray under NumPy's protocols: what a user writes, and what comes out."""

import sys
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from rvx.formats.posit import POSIT8, POSIT16, POSIT32, POSIT64, PositArray, array, exact


def posits(*values: Any, fmt: Any = POSIT16) -> PositArray:
    return PositArray(list(values), fmt)


def same(a: Any, b: PositArray) -> bool:
    assert isinstance(a, PositArray)
    assert a.fmt == b.fmt
    return a.shape == b.shape and bool(np.array_equal(a.bits, b.bits))


def test_making_and_printing() -> None:
    x = PositArray([[1.0, -2.5], [0.1, np.nan]], "posit16")
    assert repr(x) == "PositArray([[1.0, -2.5],\n            [0.1, NaR]], posit16)"
    assert str(x[0]) == "[1.0 -2.5]"
    assert repr(x[0, 1]) == "PositArray(-2.5, posit16)"
    assert str(PositArray(3, "posit<16,1>")) == "3.0"
    assert (x.shape, x.ndim, x.size, len(x)) == ((2, 2), 2, 4, 2)
    assert "..." in repr(PositArray(np.zeros(5000), POSIT8))


def test_patterns_are_shared() -> None:
    bits = np.array([0x4000, 0x8000], dtype=np.uint16)
    x = PositArray.from_bits(bits, POSIT16)
    x[1] = 1.0
    assert bits.tolist() == [0x4000, 0x4000]
    assert x.copy().bits is not bits
    with pytest.raises(ValueError, match="0x1000 is not a pattern of posit12: it must be 0 to"):
        PositArray.from_bits([0, 0x1000], "posit12")
    with pytest.raises(ValueError, match="-0x1 is not a pattern of posit8"):
        PositArray.from_bits([-1], POSIT8)


def test_arithmetic_is_that_of_the_format() -> None:
    a, b = posits(1.0, 1e-9, -3.0), posits(3.0, 1.0, 7.0)
    for symbol, name in (("+", "add"), ("-", "sub"), ("*", "mul"), ("/", "div")):
        result = eval(f"a {symbol} b")
        operation = getattr(exact, name)
        pairs = zip(a.bits.tolist(), b.bits.tolist(), strict=True)
        assert result.bits.tolist() == [operation(x, y, POSIT16) for x, y in pairs]
    assert same(-a, posits(-1.0, -1e-9, 3.0))
    assert same(abs(a), posits(1.0, 1e-9, 3.0))
    assert same(1 / posits(0.0, 4.0), posits(np.nan, 0.25))
    assert same(a + (1, 2, 3), a + posits(1, 2, 3))  # noqa: RUF005
    assert same(np.float32(2) * b, posits(6.0, 2.0, 14.0))
    assert same(np.ones(3) + b, posits(4.0, 2.0, 8.0))


def test_in_place_and_out() -> None:
    a = posits(1.0, 2.0)
    bits = a.bits
    a += 1
    a *= a
    assert a.bits is bits
    assert a.tolist() == [4.0, 9.0]
    out = posits(0.0, 0.0)
    assert np.sqrt(a, out=out) is out
    assert out.tolist() == [2.0, 3.0]
    flags = np.zeros(2, bool)
    np.less(a, 5, out=flags)
    assert flags.tolist() == [True, False]
    with pytest.raises(TypeError, match="a result in posit16 needs a PositArray as out="):
        np.sqrt(a, out=np.zeros(2))


def test_comparison_follows_the_standard() -> None:
    a = posits(np.nan, -1.0, 0.0, 2.0)
    nar = posits(np.nan)
    assert (a == a.copy()).tolist() == [True] * 4
    assert (a != nar).tolist() == [False, True, True, True]
    assert (a < -1).tolist() == [True, False, False, False]
    assert (a <= -1).tolist() == [True, True, False, False]
    assert (a > nar).tolist() == [False, True, True, True]
    assert np.greater_equal(0, a).tolist() == [True, True, True, False]
    assert np.isnan(a).tolist() == [True, False, False, False]
    assert np.isfinite(a).tolist() == [False, True, True, True]
    assert np.isinf(a).tolist() == [False] * 4
    assert np.signbit(a).tolist() == [False, True, False, False]
    assert np.logical_not(a).tolist() == [False, False, True, False]


def test_rounding_and_signs() -> None:
    a = posits(-2.5, -0.5, 0.5, 1.5, 2.5)
    assert np.rint(a).tolist() == [-2, 0, 0, 2, 2]
    assert np.floor(a).tolist() == [-3, -1, 0, 1, 2]
    assert np.ceil(a).tolist() == [-2, 0, 1, 2, 3]
    assert np.trunc(a).tolist() == [-2, 0, 0, 1, 2]
    assert np.sign(a).tolist() == [-1, -1, 1, 1, 1]
    assert np.copysign(a, -1).tolist() == [-2.5, -0.5, -0.5, -1.5, -2.5]
    assert np.square(a).tolist() == [6.25, 0.25, 0.25, 2.25, 6.25]
    assert same(np.reciprocal(a), 1 / a)
    assert same(a.next().prior(), a)
    assert (+a) is not a


def test_elementary_functions() -> None:
    a = posits(0.5, 1.0, 2.0)
    for ufunc, name in ((np.exp, "exp"), (np.arctan, "atan"), (np.log2, "log2")):
        assert np.array_equal(ufunc(a).bits, array.function(name, POSIT16, a.bits))
    assert same(a**3, PositArray.from_bits(array.function("pow", POSIT16, a.bits, 0x4C00), POSIT16))
    for exponent in (2, 0.5, -1):
        y = exact.encode(Fraction(exponent), POSIT16)
        wanted = array.function("pow", POSIT16, a.bits, y)
        assert np.array_equal((a**exponent).bits, wanted)
    assert np.hypot(posits(3.0), 4).tolist() == [5.0]


def test_sums_and_products_of_arrays() -> None:
    a = PositArray([[1e6, 1.0, -1e6], [0.25, 0.5, 0.125]], POSIT16)
    whole = exact.encode(sum(a.to_fractions().ravel()), POSIT16)
    assert a.sum().bits == np.sum(a).bits == whole
    assert same(np.sum(a, axis=1), a.sum(axis=1))
    assert same(np.add.reduce(a), a.sum(axis=0))
    assert np.sum(a, axis=1, keepdims=True).shape == (2, 1)
    assert np.sum(a, axis=(0, 1)).bits == whole
    assert np.prod(a[1]).tolist() == 0.015625
    assert same(a.mean(axis=1), a.sum(axis=1) / 3)
    assert a.min().tolist() == np.min(a).tolist() == float(a[0, 2])
    assert same(a.max(axis=1), np.maximum.reduce(a, axis=1))
    with pytest.raises(TypeError, match=r"add\.reduce of posits takes no initial=; leave it out"):
        np.sum(a, initial=3)
    with pytest.raises(ValueError, match="the minimum of no posits is not defined"):
        np.min(a[:, :0])
    with pytest.raises(TypeError, match=r"hypot\.reduce is not defined for posits"):
        np.hypot.reduce(a)


def test_products_of_matrices() -> None:
    rng = np.random.default_rng(41)
    a, b = (
        PositArray(rng.normal(size=(3, 4)), POSIT32),
        PositArray(rng.normal(size=(4, 2)), POSIT32),
    )
    wanted = array.matmul(a.bits, b.bits, POSIT32)
    for product in (a @ b, np.matmul(a, b), np.dot(a, b), a.dot(b), np.inner(a, b.T)):
        assert np.array_equal(product.bits, wanted)
    assert np.array_equal((a @ b.astype(np.float64)).bits, wanted)
    assert np.array_equal(np.multiply.outer(a[0], a[1]).bits, (a[0].reshape(4, 1) * a[1]).bits)
    fused = a.fma(2, 1)
    assert np.array_equal(fused.bits, array.fma(a.bits, *array.encode([2, 1], POSIT32), POSIT32))


def test_shapes_and_slices() -> None:
    a = PositArray(np.arange(6).reshape(2, 3), POSIT16)
    assert a[:, 1].tolist() == [1, 4]
    assert a[a > 2].tolist() == [3, 4, 5]
    assert a.T.shape == a.transpose().shape == (3, 2)
    assert a.reshape(3, 2).tolist() == [[0, 1], [2, 3], [4, 5]]
    assert [row.tolist() for row in a] == [[0, 1, 2], [3, 4, 5]]
    a[0] = [9, 8, 7]
    a[1, 1:] = posits(1.5, 2.5)
    assert a.ravel().tolist() == [9, 8, 7, 3, 1.5, 2.5]
    assert np.concatenate([a, a]).shape == (4, 3)
    assert np.stack([a[0], a[1]], axis=1).tolist() == [[9, 3], [8, 1.5], [7, 2.5]]
    assert [part.tolist() for part in np.split(a[0], 3)] == [[9], [8], [7]]
    assert np.shape(a) == (2, 3)
    assert np.count_nonzero(a) == 6


def test_order_and_selection() -> None:
    a = posits(3.0, np.nan, -1.0, 2.0)
    assert np.argsort(a).tolist() == [1, 2, 3, 0]
    assert same(np.sort(a), posits(np.nan, -1.0, 2.0, 3.0))
    assert (np.argmin(a), np.argmax(a)) == (1, 0)
    assert same(np.clip(a, 0, 2.5), posits(2.5, 0.0, 0.0, 2.0))
    assert same(np.where(np.isnan(a), 0, a), posits(3.0, 0.0, -1.0, 2.0))
    assert same(np.maximum(a, 2), posits(3.0, 2.0, 2.0, 2.0))
    assert np.array_equal(a, a)
    assert same(np.ones_like(a), posits(1, 1, 1, 1))
    assert same(np.full_like(a, 0.5), posits(0.5, 0.5, 0.5, 0.5))
    assert same(np.zeros_like(a), posits(0, 0, 0, 0))


def test_conversions() -> None:
    a = posits(1.5, -2.5, np.nan, fmt=POSIT64)
    assert a.astype("posit8").fmt == POSIT8
    assert a.astype(POSIT32).tolist()[:2] == [1.5, -2.5]
    assert np.asarray(a)[:2].tolist() == [1.5, -2.5]
    assert a.astype(np.float32).dtype == np.float32
    assert a.astype(np.int64).tolist() == [2, -2, -(2**63)]
    assert a.astype(np.uint32).tolist() == [2, 2**31, 2**31]
    assert a.to_text().tolist() == ["1.5", "-2.5", "NaR"]
    assert a.to_fractions().tolist() == [Fraction(3, 2), Fraction(-5, 2), None]
    assert (float(a[0]), int(a[1]), a[0].item(), bool(a[0])) == (1.5, -2, 1.5, True)
    # Once, not through binary64: these bits would round twice to a tie.
    tie = Fraction(1) + Fraction(1, 2**24) + Fraction(1, 2**58)
    near = PositArray(np.array(tie, dtype=object), POSIT64)
    assert float(near.astype(np.float32)) == 1 + 2.0**-23
    with pytest.raises(TypeError, match="posit64 does not convert to int16: use a posit format"):
        a.astype(np.int16)
    with pytest.raises(ValueError, match="NaR has no integer value"):
        int(a[2])
    with pytest.raises(ValueError, match="becomes an array of floats by conversion: it is a copy"):
        np.array(a, copy=False)


def test_what_is_not_defined_says_so() -> None:
    a = posits(1.0, 2.0)
    with pytest.raises(TypeError, match="posit16 and posit8 do not mix: convert one of them"):
        a + posits(1.0, 2.0, fmt=POSIT8)
    with pytest.raises(TypeError, match="floor_divide is not defined for posits: convert with"):
        a // 2
    with pytest.raises(TypeError, match=r"numpy\.cumsum is not defined for posits: convert with"):
        np.cumsum(a)
    with pytest.raises(TypeError, match=r"add\.accumulate is not defined for posits: use the"):
        np.add.accumulate(a)
    with pytest.raises(TypeError, match="add of posits takes no dtype=; leave it out"):
        np.add(a, a, dtype=float)
    with pytest.raises(TypeError, match="unhashable"):
        hash(a)
    with pytest.raises(ValueError, match="ambiguous"):
        bool(a)


def test_the_package_does_not_need_numpy_until_arrays_are_used() -> None:
    import subprocess

    program = (
        "import sys, rvx.formats.posit; print({'numpy', 'numba', 'mpmath'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
    import rvx.formats.posit as package

    with pytest.raises(AttributeError, match="has no attribute 'posit128'"):
        _ = package.posit128  # type: ignore[attr-defined]
