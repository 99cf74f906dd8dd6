"""posit8: every kernel on every operand, or pair of operands, against the exact reference."""

from collections.abc import Callable
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from rvx import jit
from rvx.formats.posit import POSIT8, Posit, exact, exact_convert, kernels, posit8
from rvx.formats.posit.convert import IEEE

BYTES = np.arange(256)
FORMATS = [POSIT8, Posit(3, 0), Posit(4, 2), Posit(6, 0), Posit(7, 4)]


@cache
def value(bits: int) -> Fraction | None:
    return exact.decode(bits, POSIT8)


def is_less(a: int, b: int) -> bool:
    """The order of section 5.3, by value: NaR comes first and equals itself."""
    x, y = value(a), value(b)
    if x is None or y is None:
        return x is None and y is not None
    return x < y


def signed(bits: int) -> int:
    return bits - 256 if bits & 128 else bits


PAIRWISE: dict[str, Callable[[int, int], int]] = {
    "approximate_mul": lambda a, b: exact_convert.approximate_mul(a, b, POSIT8),
    "approximate_div": lambda a, b: exact_convert.approximate_div(a, b, POSIT8),
    "eq": lambda a, b: value(a) == value(b),
    "ne": lambda a, b: value(a) != value(b),
    "lt": is_less,
    "gt": lambda a, b: is_less(b, a),
    "ge": lambda a, b: not is_less(a, b),
    "le": lambda a, b: not is_less(b, a),
    "min": lambda a, b: a if is_less(a, b) else b,
    "max": lambda a, b: b if is_less(a, b) else a,
    "sgnj": lambda a, b: -a & 255 if (signed(a) < 0) != (signed(b) < 0) else a,
    "sgnjn": lambda a, b: a if (signed(a) < 0) != (signed(b) < 0) else -a & 255,
    "sgnjx": lambda a, b: -a & 255 if signed(b) < 0 else a,
}


def _sign(a: int) -> int:
    x = value(a)
    return 128 if x is None else exact.encode(Fraction((x > 0) - (x < 0)), POSIT8)


SINGLE: dict[str, Callable[[int], int]] = {
    "sqrt": lambda a: exact.sqrt(a, POSIT8),
    "approximate_sqrt": lambda a: exact_convert.approximate_sqrt(a, POSIT8),
    "neg": lambda a: exact.sub(0, a, POSIT8),
    "abs": lambda a: exact.encode(None if value(a) is None else abs(value(a) or 0), POSIT8),
    "sign": _sign,
    "next": lambda a: (a + 1) % 256,
    "prior": lambda a: (a - 1) % 256,
    "nearest_int": lambda a: exact_convert.nearest_int(a, POSIT8),
    "ceil": lambda a: exact_convert.ceil(a, POSIT8),
    "floor": lambda a: exact_convert.floor(a, POSIT8),
}


@pytest.mark.parametrize("fmt", FORMATS, ids=str)
@pytest.mark.parametrize("name", ["add", "sub", "mul", "div"])
def test_operations_on_all_pairs(fmt: Posit, name: str) -> None:
    patterns = np.arange(1 << fmt.n)
    got = jit.elementwise(getattr(kernels(fmt), name), 2)(patterns[:, None], patterns)
    operation = getattr(exact, name)
    wanted = [[operation(a, b, fmt) for b in range(1 << fmt.n)] for a in range(1 << fmt.n)]
    np.testing.assert_array_equal(got, wanted)


@pytest.mark.parametrize("name", PAIRWISE)
def test_other_functions_on_all_pairs(name: str) -> None:
    got = jit.elementwise(getattr(posit8, name), 2)(BYTES[:, None], BYTES)
    wanted = [[PAIRWISE[name](a, b) for b in range(256)] for a in range(256)]
    np.testing.assert_array_equal(got, wanted)


@pytest.mark.parametrize("name", SINGLE)
def test_functions_of_one_operand(name: str) -> None:
    got = jit.elementwise(getattr(posit8, name), 1)(BYTES)
    assert got.tolist() == [SINGLE[name](a) for a in range(256)]


@pytest.mark.parametrize("width", [32, 64])
@pytest.mark.parametrize("percival", [False, True])
@pytest.mark.parametrize("signed_kind", [True, False])
def test_to_integers(width: int, percival: bool, signed_kind: bool) -> None:
    suffix = "_percival" if percival and not signed_kind else ""
    kernel = getattr(posit8, f"to_{'i' if signed_kind else 'u'}{width}{suffix}")
    got = jit.elementwise(kernel, 1)(BYTES)
    wanted = [exact_convert.to_int(a, POSIT8, width, signed_kind, bool(suffix)) for a in range(256)]
    assert [int(word) % (1 << width) for word in got] == wanted


@pytest.mark.parametrize("name", IEEE)
def test_to_ieee(name: str) -> None:
    got = jit.elementwise(getattr(posit8, f"to_{name}"), 1)(BYTES)
    width = 1 + sum(IEEE[name])
    wanted = [exact_convert.to_ieee(a, POSIT8, *IEEE[name]) for a in range(256)]
    assert [int(word) % (1 << width) for word in got] == wanted


@pytest.mark.parametrize("name", ["f16", "bf16"])
def test_from_all_16_bit_floats(name: str) -> None:
    words = np.arange(1 << 16)
    got = jit.elementwise(getattr(posit8, f"from_{name}"), 1)(words)
    wanted = [exact_convert.from_ieee(word, POSIT8, *IEEE[name]) for word in range(1 << 16)]
    assert got.tolist() == wanted


@pytest.mark.parametrize("target", ["posit8", "posit16", "posit32", "posit64"])
def test_to_other_posits(target: str) -> None:
    got = jit.elementwise(getattr(posit8, f"to_{target}"), 1)(BYTES)
    n = int(target[5:])
    assert [int(word) % (1 << n) for word in got] == [a << (n - 8) for a in range(256)]


@pytest.mark.parametrize("name", ["add", "mul", "div", "q_round"])
def test_interpreted_kernels_are_the_compiled_ones(name: str) -> None:
    rng = np.random.default_rng(5)
    kernel = getattr(posit8, name)
    native = jit.native(kernel)
    for _ in range(300):
        if name == "q_round":
            a = rng.integers(-(2**33), 2**33, 4)
            assert kernel(a.copy()) == native(a.copy())
        else:
            a, b = rng.integers(0, 256, 2)
            assert kernel(a, b) == native(a, b)
