"""The exact reference: against the standard's definitions, worked examples, and other tools."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from rvx.formats.posit import POSIT8, POSIT16, POSIT32, POSIT64, Posit, exact

STANDARD = (POSIT8, POSIT16, POSIT32, POSIT64)
OPERATIONS = ("add", "sub", "mul", "div")


@pytest.mark.parametrize(
    "fmt", [POSIT8, Posit(7, 0), Posit(9, 1), Posit(10, 3), Posit(6, 4)], ids=str
)
def test_decoding_is_monotone_and_encoding_inverts_it(fmt: Posit) -> None:
    ordered = [exact.decode(bits & fmt.mask, fmt) for bits in range(-fmt.maxpos, fmt.nar)]
    assert all(low < high for low, high in pairwise(ordered))
    for bits in range(1 << fmt.n):
        assert exact.encode(exact.decode(bits, fmt), fmt) == bits


@pytest.mark.parametrize("fmt", [POSIT8, Posit(7, 0), Posit(9, 1), Posit(6, 4)], ids=str)
def test_rounding_boundaries_are_posits_of_one_more_bit(fmt: Posit) -> None:
    finer = Posit(fmt.n + 1, fmt.es)
    for low in range(1, fmt.maxpos):
        boundary = exact.decode(2 * low + 1, finer)
        assert boundary is not None
        even = low if low % 2 == 0 else low + 1
        tiny = boundary / 2**200
        for sign in (1, -1):
            assert exact.encode(sign * boundary, fmt) == sign * even & fmt.mask
            assert exact.encode(sign * (boundary - tiny), fmt) == sign * low & fmt.mask
            assert exact.encode(sign * (boundary + tiny), fmt) == sign * (low + 1) & fmt.mask


def test_geometric_boundary_where_the_exponent_is_cut() -> None:
    assert exact.encode(Fraction(2**22), POSIT8) == 0x7E
    assert exact.encode(Fraction(2**22) + 1, POSIT8) == 0x7F


@pytest.mark.parametrize("fmt", STANDARD, ids=str)
def test_no_overflow_to_nar_and_no_underflow_to_zero(fmt: Posit) -> None:
    huge = Fraction(2) ** 5000
    assert exact.encode(huge, fmt) == fmt.maxpos
    assert exact.encode(1 / huge, fmt) == fmt.minpos
    assert exact.encode(-huge, fmt) == fmt.nar + 1
    assert exact.encode(-1 / huge, fmt) == fmt.mask


@pytest.mark.parametrize("fmt", STANDARD, ids=str)
def test_not_a_real(fmt: Posit) -> None:
    assert exact.encode(None, fmt) == fmt.nar
    for name in OPERATIONS:
        operation = getattr(exact, name)
        assert operation(fmt.nar, fmt.one, fmt) == fmt.nar
        assert operation(0, fmt.nar, fmt) == fmt.nar
    assert exact.div(fmt.one, 0, fmt) == fmt.nar
    assert exact.sqrt(fmt.mask, fmt) == fmt.nar
    assert exact.fma(fmt.nar, 0, 0, fmt) == fmt.nar
    assert exact.fused_multiply(0, 0, fmt.nar, fmt) == fmt.nar


def test_square_root_is_rounded_once() -> None:
    # sqrt(1 + 3u) = 1 + 1.5u - 1.125u**2: below the tie by less than binary64 can tell.
    assert exact.sqrt(0x40000003, POSIT32) == 0x40000001


def test_patterns_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="0x100 is not a pattern of posit8: it must be 0 to 0xff"):
        exact.decode(256, POSIT8)


def test_neighbours() -> None:
    fmt = POSIT8
    assert exact.neighbours(Fraction(1), fmt) == (fmt.one, fmt.one)
    assert exact.neighbours(Fraction(33, 32), fmt) == (fmt.one, fmt.one + 1)
    assert exact.neighbours(Fraction(-33, 32), fmt) == (-fmt.one - 1 & 0xFF, -fmt.one & 0xFF)
    assert exact.neighbours(Fraction(1, 2**90), fmt) == (0, 1)
    assert exact.neighbours(Fraction(2**90), fmt) == (fmt.maxpos, fmt.maxpos)


@pytest.mark.parametrize("fmt", STANDARD, ids=str)
def test_square_roots_bracket_the_operand(fmt: Posit, hard: Callable[..., Any]) -> None:
    finer = Posit(fmt.n + 1, fmt.es)
    cases = hard(fmt, 11)
    for _ in range(300):
        bits = cases.one()
        value = exact.decode(bits, fmt)
        if value is None or value <= 0:
            continue
        root = exact.sqrt(bits, fmt)
        low, high = exact.decode(2 * root - 1, finer), exact.decode(2 * root + 1, finer)
        assert low is not None
        assert high is not None
        assert low**2 <= value <= high**2


@pytest.mark.parametrize("name", OPERATIONS)
def test_posit8_all_pairs_against_universal(name: str) -> None:
    import universal_dtypes

    a, b = (np.arange(1 << 16, dtype=np.uint32) >> s & 0xFF for s in (8, 0))
    dtype = np.dtype(universal_dtypes.posit8)
    symbol = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide}[name]
    theirs = symbol(a.astype(np.uint8).view(dtype), b.astype(np.uint8).view(dtype)).view(np.uint8)
    operation = getattr(exact, name)
    ours = [operation(int(x), int(y), POSIT8) for x, y in zip(a, b, strict=True)]
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("fmt", STANDARD[1:], ids=str)
@pytest.mark.parametrize("name", OPERATIONS)
def test_hard_pairs_against_universal(name: str, fmt: Posit, hard: Callable[..., Any]) -> None:
    import universal_dtypes

    cases = hard(fmt, 12)
    pairs = [cases.two() for _ in range(1500)]
    kind = f"uint{fmt.n}"
    dtype = np.dtype(getattr(universal_dtypes, fmt.name))
    a, b = (np.array(side, dtype=kind).view(dtype) for side in zip(*pairs, strict=True))
    symbol = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide}[name]
    theirs = symbol(a, b).view(kind).tolist()
    operation = getattr(exact, name)
    assert [operation(x, y, fmt) for x, y in pairs] == theirs


@pytest.mark.parametrize("fmt", [POSIT8, POSIT16], ids=str)
def test_square_roots_against_universal(fmt: Posit, hard: Callable[..., Any]) -> None:
    # Wider ones go through binary64 there and round twice: the root of 0x40000003 is 0x40000001.
    import universal_dtypes

    cases = hard(fmt, 13)
    bits = [x for x in (cases.one() for _ in range(2000)) if x < fmt.nar]
    dtype = np.dtype(getattr(universal_dtypes, fmt.name))
    theirs = np.sqrt(np.array(bits, dtype=f"uint{fmt.n}").view(dtype)).view(f"uint{fmt.n}")
    assert [exact.sqrt(x, fmt) for x in bits] == theirs.tolist()


@pytest.mark.parametrize("fmt", [*STANDARD, Posit(12, 1), Posit(20, 3), Posit(9, 0)], ids=str)
@pytest.mark.parametrize("name", OPERATIONS)
def test_hard_pairs_against_sgposit(name: str, fmt: Posit, hard: Callable[..., Any]) -> None:
    from sgposit import coder
    from sgposit.pcposit import PCPosit

    cases = hard(fmt, 14)
    symbol = {"add": "__add__", "sub": "__sub__", "mul": "__mul__", "div": "__truediv__"}[name]
    operation = getattr(exact, name)
    for _ in range(400):
        a, b = cases.two()
        if name == "div" and fmt.nar in (a, b):
            continue  # sgposit's x / NaR is 0, against the standard
        x, y = (PCPosit(p, mode="bits", nbits=fmt.n, es=fmt.es) for p in (a, b))
        theirs = coder.encode_posit_binary(getattr(x, symbol)(y).rep)
        assert operation(a, b, fmt) == theirs, (hex(a), hex(b))
