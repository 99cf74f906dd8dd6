"""posit16: add, sub, mul, div on all 2**32 pairs, against error-free binary64 arithmetic.

`-m long` takes every pair (some 30 minutes on one core); the usual run takes rows at the edges and
at random. The reference is independent of the kernels and of the exact module's arithmetic: a
result is located among the 65533 rounding boundaries, which are posits of 17 bits and so exact in
binary64, by the rounded binary64 result and, where that falls on a boundary, by the exact
difference from it (Knuth's two-sum; boundary times divisor, of 25 bits, against the dividend).
"""

from collections.abc import Callable

import numpy as np
import pytest

from rvx import jit
from rvx.formats.posit import POSIT16, Posit, exact, posit16

FINER = Posit(17)
ALL = np.arange(1 << 16)
Side = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def as_float(bits: int, fmt: Posit) -> float:
    value = exact.decode(bits, fmt)
    if value is None:
        return np.nan
    assert value == float(value)
    return float(value)


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    return np.array([as_float(bits, POSIT16) for bits in range(1 << 16)])


@pytest.fixture(scope="module")
def boundaries() -> np.ndarray:
    """Entry i lies between the posits i and i + 1, counted from -maxpos; sign changes apart."""
    low = np.arange(-POSIT16.maxpos, POSIT16.maxpos)
    result = np.array([as_float(int(2 * i + 1) & FINER.mask, FINER) for i in low])
    # What is not zero is not rounded to zero: any sign goes to minpos.
    result[low == -1] = -0.0
    result[low == 0] = 0.0
    return result


def sum_side(a: np.ndarray, b: np.ndarray, rounded: np.ndarray, _: np.ndarray) -> np.ndarray:
    shadow = rounded - a
    return (a - (rounded - shadow)) + (b - shadow)


def quotient_side(a: np.ndarray, b: np.ndarray, _: np.ndarray, boundary: np.ndarray) -> np.ndarray:
    return (a - boundary * b) * np.sign(b)


def no_side(a: np.ndarray, _b: np.ndarray, _r: np.ndarray, _m: np.ndarray) -> np.ndarray:
    return np.zeros_like(a)


OPERATIONS = {
    "add": (np.add, sum_side),
    "sub": (np.add, sum_side),
    "mul": (np.multiply, no_side),
    "div": (np.divide, quotient_side),
}


def expected(name: str, a: int, values: np.ndarray, boundaries: np.ndarray) -> np.ndarray:
    """The correctly rounded results of one left operand with every right operand."""
    function, side_of = OPERATIONS[name]
    left = np.full(1 << 16, values[a])
    right = -values if name == "sub" else values
    with np.errstate(all="ignore"):
        rounded = function(left, right)
        index = np.searchsorted(boundaries, rounded, side="left")
        at = boundaries[np.minimum(index, boundaries.size - 1)]
        side = side_of(left, right, rounded, at)
    posit = index - POSIT16.maxpos
    # On a boundary: above it, below it, or a tie, which goes to the even pattern.
    hit = (at == rounded) & (index < boundaries.size)
    tie_up = (side == 0) & (posit % 2 != 0)
    posit = posit + (hit & ((side > 0) | tie_up))
    # The two boundaries at zero compare equal: results of either sign, and zero itself.
    zero = (rounded == 0) & (side == 0)
    tiny = hit & (rounded == 0) & ~zero
    posit = np.where(tiny, np.sign(side), posit)
    posit = np.where(zero, 0, posit)
    posit = np.where((posit == 0) & ~zero, np.sign(rounded), posit)
    invalid = np.isnan(rounded) | np.isinf(rounded)
    return np.where(invalid, POSIT16.nar, posit.astype(np.int64) & POSIT16.mask)


def check(name: str, rows: np.ndarray, values: np.ndarray, boundaries: np.ndarray) -> None:
    kernel = jit.elementwise(getattr(posit16, name), 2)
    for a in rows.tolist():
        wanted = expected(name, a, values, boundaries)
        np.testing.assert_array_equal(kernel(np.int64(a), ALL), wanted, err_msg=hex(a))


@pytest.mark.parametrize("name", OPERATIONS)
def test_sampled_rows(name: str, values: np.ndarray, boundaries: np.ndarray) -> None:
    edges = np.array([0, 1, 2, 3, 0x3FFF, 0x4000, 0x4001, 0x7FFE, 0x7FFF, 0x8000, 0x8001, 0xFFFF])
    rows = np.concatenate([edges, np.random.default_rng(16).integers(0, 1 << 16, 40)])
    check(name, rows, values, boundaries)


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_reference_itself(name: str, values: np.ndarray, boundaries: np.ndarray) -> None:
    operation = getattr(exact, name)
    rng = np.random.default_rng(17)
    for a in [0, 1, 0x4000, 0x7FFF, *rng.integers(0, 1 << 16, 20).tolist()]:
        row = expected(name, a, values, boundaries)
        for b in [0, 1, 0x4000, 0x8000, -a & 0xFFFF, *rng.integers(0, 1 << 16, 60).tolist()]:
            assert row[b] == operation(a, b, POSIT16), (hex(a), hex(b))


@pytest.mark.long
@pytest.mark.parametrize("name", OPERATIONS)
def test_all_pairs(name: str, values: np.ndarray, boundaries: np.ndarray) -> None:
    check(name, ALL, values, boundaries)


@pytest.mark.parametrize("name", ["sqrt", "nearest_int", "ceil", "floor"])
def test_functions_of_one_operand_on_all_values(name: str) -> None:
    from rvx.formats.posit import exact_convert

    reference = exact.sqrt if name == "sqrt" else getattr(exact_convert, name)
    got = jit.elementwise(getattr(posit16, name), 1)(ALL)
    assert got.tolist() == [reference(bits, POSIT16) for bits in range(1 << 16)]


@pytest.mark.long
@pytest.mark.parametrize("width", [32, 64])
@pytest.mark.parametrize("kind", ["i", "u", "u_percival"])
def test_conversion_of_all_values_to_integers(kind: str, width: int) -> None:
    from rvx.formats.posit import exact_convert

    letter, _, suffix = kind.partition("_")
    name = f"to_{letter}{width}" + (f"_{suffix}" if suffix else "")
    got = jit.elementwise(getattr(posit16, name), 1)(ALL)
    for bits, word in enumerate(got.tolist()):
        wanted = exact_convert.to_int(bits, POSIT16, width, letter == "i", bool(suffix))
        assert word % (1 << width) == wanted, hex(bits)


@pytest.mark.long
@pytest.mark.parametrize("name", ["f16", "bf16", "f32", "f64"])
def test_conversion_of_all_values_to_ieee(name: str) -> None:
    from rvx.formats.posit import exact_convert
    from rvx.formats.posit.convert import IEEE

    got = jit.elementwise(getattr(posit16, f"to_{name}"), 1)(ALL)
    for bits, word in enumerate(got.tolist()):
        wanted = exact_convert.to_ieee(bits, POSIT16, *IEEE[name])
        assert word % (1 << (1 + sum(IEEE[name]))) == wanted, hex(bits)


@pytest.mark.long
@pytest.mark.parametrize("n", [8, 32, 64])
def test_conversion_of_all_values_to_posits(n: int) -> None:
    from rvx.formats.posit import exact_convert

    got = jit.elementwise(getattr(posit16, f"to_posit{n}"), 1)(ALL)
    for bits, word in enumerate(got.tolist()):
        assert word % (1 << n) == exact_convert.resize(bits, POSIT16, Posit(n)), hex(bits)
