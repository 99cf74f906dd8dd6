"""Arrays of patterns: encoding and decoding, elementwise operations, dot and matrix products."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from rvx.formats.posit import POSIT8, POSIT16, POSIT32, POSIT64, Posit, exact, exact_convert
from rvx.formats.posit import array as posits

FORMATS = [POSIT16, POSIT64, Posit(12, 1)]


def patterns(fmt: Posit, hard: Callable[..., Any], count: int, stream: object) -> list[int]:
    cases = hard(fmt, stream)
    return [cases.one() for _ in range(count)]


@pytest.mark.parametrize("fmt", FORMATS, ids=str)
def test_floats_are_rounded_once(fmt: Posit) -> None:
    rng = np.random.default_rng(21)
    x = rng.standard_normal(200) * 2.0 ** rng.integers(-300, 300, 200)
    x[:6] = [0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324]
    got = posits.encode(x.reshape(10, 20), fmt)
    assert got.dtype == posits.storage(fmt)
    words = (int(word) for word in x.view(np.uint64))
    wanted = [exact_convert.from_ieee(word, fmt, 11, 52) for word in words]
    assert got.ravel().tolist() == wanted


@pytest.mark.parametrize("fmt", FORMATS, ids=str)
def test_decoding(fmt: Posit, hard: Callable[..., Any]) -> None:
    bits = [0, fmt.nar, fmt.one, fmt.maxpos, fmt.minpos, *patterns(fmt, hard, 200, "decode")]
    values = posits.decode(np.array(bits, dtype=posits.storage(fmt)), fmt)
    words = values.view(np.uint64).tolist()
    assert words == [exact_convert.to_ieee(p, fmt, 11, 52) for p in bits]


@pytest.mark.parametrize("fmt", [POSIT16, POSIT64], ids=str)
def test_integers_keep_their_value(fmt: Posit) -> None:
    extremes = [-(2**63), -(2**63) + 1, -1, 0, 1, 2**53 + 1, 2**63 - 1]
    got = posits.encode(np.array(extremes), fmt).tolist()
    assert got == [exact.encode(Fraction(x), fmt) for x in extremes]
    large = [2**63, 2**64 - 1, 2**63 + 2**10]
    got = posits.encode(np.array(large, dtype=np.uint64), fmt).tolist()
    assert got == [exact.encode(Fraction(x), fmt) for x in large]
    assert posits.encode(np.array([True, False]), fmt).tolist() == [fmt.one, 0]


def test_exact_numbers_and_text() -> None:
    given = [Fraction(1, 3), Decimal("0.1"), 10**30, None, "1/3", "NaR", float("nan")]
    got = posits.encode(np.array(given, dtype=object), POSIT32).tolist()
    third, tenth = exact.encode(Fraction(1, 3), POSIT32), exact.encode(Fraction(1, 10), POSIT32)
    huge = exact.encode(Fraction(10**30), POSIT32)
    assert got == [third, tenth, huge, POSIT32.nar, third, POSIT32.nar, POSIT32.nar]
    assert posits.encode(["0.1", "1/3"], POSIT32).tolist() == [tenth, third]


def test_what_is_not_real_is_refused() -> None:
    with pytest.raises(TypeError, match="numbers of type complex128 cannot become posit8"):
        posits.encode([1j], POSIT8)
    with pytest.raises(TypeError, match=r"\[\] cannot become a posit"):
        posits.encode(np.array([[], None], dtype=object), POSIT8)
    with pytest.raises(ValueError, match="'two' is not a number"):
        posits.encode(["two"], POSIT8)


@pytest.mark.parametrize("fmt", FORMATS, ids=str)
def test_operations_broadcast(fmt: Posit, hard: Callable[..., Any]) -> None:
    kind = posits.storage(fmt)
    a = patterns(fmt, hard, 12, "a")
    b = patterns(fmt, hard, 9, "b")
    for name in ("add", "mul"):
        got = posits.apply(name, fmt, np.array(a, kind)[:, None], np.array(b, kind))
        assert got.dtype == kind
        operation = getattr(exact, name)
        assert got.tolist() == [[operation(x, y, fmt) for y in b] for x in a]
    less = posits.apply("lt", fmt, np.array(a, kind)[:, None], np.array(b, kind))
    assert less.dtype == np.bool_
    assert int(less.sum()) == sum(x != y and is_less(x, y, fmt) for x in a for y in b)


def is_less(a: int, b: int, fmt: Posit) -> bool:
    x, y = exact.decode(a, fmt), exact.decode(b, fmt)
    return y is not None if x is None else y is not None and x < y


@pytest.mark.parametrize("fmt", FORMATS, ids=str)
def test_fma(fmt: Posit, hard: Callable[..., Any]) -> None:
    kind = posits.storage(fmt)
    a, b, c = (patterns(fmt, hard, 60, name) for name in "abc")
    got = posits.fma(np.array(a, kind), np.array(b, kind), np.array(c, kind), fmt)
    wanted = [exact.fma(x, y, z, fmt) for x, y, z in zip(a, b, c, strict=True)]
    assert got.tolist() == wanted
    assert posits.fma([fmt.one], fmt.one, [[fmt.one], [0]], fmt).shape == (2, 1)


@pytest.mark.parametrize(("source", "target"), [(POSIT32, POSIT16), (Posit(12, 1), Posit(9, 3))])
def test_conversion_between_formats(source: Posit, target: Posit, hard: Callable[..., Any]) -> None:
    bits = patterns(source, hard, 200, "convert")
    got = posits.convert(np.array(bits, posits.storage(source)), source, target)
    assert got.dtype == posits.storage(target)
    assert got.tolist() == [exact_convert.resize(p, source, target) for p in bits]


def exact_matmul(a: Any, b: Any, fmt: Posit, quire: bool) -> list[list[int]]:
    def entry(row: list[int], column: list[int]) -> int:
        if quire:
            pairs = [
                (exact.decode(x, fmt), exact.decode(y, fmt))
                for x, y in zip(row, column, strict=True)
            ]
            if any(None in pair for pair in pairs):
                return fmt.nar
            return exact.encode(sum((x * y for x, y in pairs), Fraction(0)), fmt)
        total = 0
        for x, y in zip(row, column, strict=True):
            total = exact.add(total, exact.mul(x, y, fmt), fmt)
        return total

    return [[entry(row, column) for column in zip(*b.tolist(), strict=True)] for row in a.tolist()]


@pytest.mark.parametrize("fmt", FORMATS, ids=str)
@pytest.mark.parametrize("quire", [True, False])
def test_matmul(fmt: Posit, quire: bool, hard: Callable[..., Any]) -> None:
    kind = posits.storage(fmt)
    a = np.array(patterns(fmt, hard, 35, "left"), kind).reshape(5, 7)
    b = np.array(patterns(fmt, hard, 28, "right"), kind).reshape(7, 4)
    wanted = exact_matmul(a, b, fmt, quire)
    assert posits.matmul(a, b, fmt, quire).tolist() == wanted
    assert posits.matmul(a[1], b, fmt, quire).tolist() == wanted[1]
    assert posits.matmul(a, b[:, 2], fmt, quire).tolist() == [row[2] for row in wanted]
    assert posits.dot(a[1], b[:, 2], fmt, quire) == wanted[1][2]
    stacked = posits.matmul(np.stack([a, a])[:, None], b, fmt, quire)
    assert stacked.shape == (2, 1, 5, 4)
    assert stacked[1, 0].tolist() == wanted


def test_sums_are_exact() -> None:
    bits = posits.encode([[1e6, 1.0, -1e6], [0.25, 0.5, 0.125]], POSIT16)
    wanted = posits.encode([exact_sum(row) for row in bits.tolist()], POSIT16)
    assert posits.total(bits, POSIT16, axis=1).tolist() == wanted.tolist()
    assert posits.decode(posits.total(bits, POSIT16), POSIT16) == 1.875
    assert posits.total(bits, POSIT16, axis=0).shape == (3,)
    assert posits.total(bits[:, :0], POSIT16, axis=1).tolist() == [0, 0]


def exact_sum(row: list[int]) -> float:
    return float(sum(exact.decode(p, POSIT16) or Fraction(0) for p in row))


def test_the_accuracy_experiment_of_percival() -> None:
    # 256 x 256 in [-1, 1] of the same method gives 1.9e-16 and 9.8e-15; the mean error at n = 64.
    rng = np.random.default_rng(23)
    a, b = rng.uniform(-1, 1, (2, 64, 64))
    x, y = posits.encode(a, POSIT32), posits.encode(b, POSIT32)
    errors = [
        np.mean((posits.decode(posits.matmul(x, y, POSIT32, quire), POSIT32) - a @ b) ** 2)
        for quire in (True, False)
    ]
    assert errors == pytest.approx([4.586e-17, 6.496e-16], rel=0.1)


def test_shapes_that_do_not_match_are_refused() -> None:
    a = np.zeros((2, 3), np.uint8)
    with pytest.raises(
        ValueError, match=r"shapes \(2, 3\) and \(2, 3\) do not match for matmul: 3"
    ):
        posits.matmul(a, a, POSIT8)
    with pytest.raises(ValueError, match="at least one dimension, not single posits"):
        posits.matmul(np.uint8(1), a, POSIT8)
    with pytest.raises(ValueError, match=r"two vectors of one length, not shapes \(2, 3\) and"):
        posits.dot(a, a[0], POSIT8)
