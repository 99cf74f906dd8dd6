"""Elementary functions: against the host's libm where that decides, and where values are exact."""

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from rvx.formats.posit import POSIT8, POSIT16, POSIT32, POSIT64, Posit, array, exact
from rvx.formats.posit.elementary import FUNCTIONS, evaluate

Real = Callable[..., float]


def tan_of_turns(x: float) -> float:
    if math.fmod(2 * x, 2) in (-1, 1):
        raise ValueError("a pole, which binary64 misses by the error of pi")
    return math.tan(math.pi * math.remainder(x, 1))


LIBM: dict[str, Real] = {
    "rsqrt": lambda x: 1 / math.sqrt(x),
    "exp": math.exp,
    "expm1": math.expm1,
    "exp2": lambda x: math.exp(x * math.log(2)),
    "exp2m1": lambda x: math.expm1(x * math.log(2)),
    "exp10": lambda x: math.exp(x * math.log(10)),
    "exp10m1": lambda x: math.expm1(x * math.log(10)),
    "log": math.log,
    "log1p": math.log1p,
    "log2": math.log2,
    "log2p1": lambda x: math.log1p(x) / math.log(2),
    "log10": math.log10,
    "log10p1": lambda x: math.log1p(x) / math.log(10),
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "sinpi": lambda x: math.sin(math.pi * math.remainder(x, 2)),
    "cospi": lambda x: math.cos(math.pi * math.remainder(x, 2)),
    "tanpi": tan_of_turns,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "asinpi": lambda x: math.asin(x) / math.pi,
    "acospi": lambda x: math.acos(x) / math.pi,
    "atanpi": lambda x: math.atan(x) / math.pi,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "asinh": math.asinh,
    "acosh": math.acosh,
    "atanh": math.atanh,
    "hypot": math.hypot,
    "pow": math.pow,
    "atan2": math.atan2,
    "atan2pi": lambda y, x: math.atan2(y, x) / math.pi,
    "compound": lambda x, n: math.exp(n * math.log1p(x)),
    "rootn": lambda x, n: math.copysign(math.exp(math.log(abs(x)) / n), x),
}
# Beyond these arguments the formulas above lose too much in their own roundings.
LARGEST = {"sin": 1e3, "cos": 1e3, "tan": 1e3}
ERROR = Fraction(1, 10**12)


def decided(name: str, fmt: Posit, *values: float) -> int | None:
    """The pattern that libm's value rounds to, or None where its error leaves a choice."""
    if any(abs(x) > LARGEST.get(name, math.inf) for x in values):
        return None
    try:
        result = LIBM[name](*values)
    except OverflowError:
        return fmt.maxpos if name != "sinh" or values[0] > 0 else fmt.nar + 1
    except (ValueError, ZeroDivisionError):
        return None
    if not math.isfinite(result) or abs(result) < 1e-200:
        return None
    centre = Fraction(result)
    # Near their zeros, functions of a rounded multiple of pi are good to an absolute error only.
    slack = abs(centre) * ERROR + (Fraction(1, 10**15) if name.endswith("pi") else 0)
    low, high = (exact.encode(centre + side, fmt) for side in (-slack, slack))
    return low if low == high else None


def check_one_operand(name: str, fmt: Posit, patterns: list[int]) -> None:
    agreed = 0
    for bits in patterns:
        value = exact.decode(bits, fmt)
        if value is None:
            assert evaluate(name, fmt, bits) == fmt.nar
            continue
        wanted = decided(name, fmt, float(value))
        if wanted is not None:
            assert evaluate(name, fmt, bits) == wanted, hex(bits)
            agreed += 1
    assert agreed > len(patterns) / 6


UNARY = [name for name in FUNCTIONS if FUNCTIONS[name].arity == 1]
BINARY = [name for name in FUNCTIONS if FUNCTIONS[name].arity == 2]


def test_the_tables_of_functions_agree() -> None:
    assert list(FUNCTIONS) == list(LIBM)


@pytest.mark.parametrize("name", UNARY)
def test_posit8_against_libm(name: str) -> None:
    check_one_operand(name, POSIT8, list(range(256)))


@pytest.mark.parametrize("fmt", [POSIT16, POSIT32], ids=str)
@pytest.mark.parametrize("name", UNARY)
def test_samples_against_libm(name: str, fmt: Posit) -> None:
    middle = np.random.default_rng(31).normal(fmt.one, fmt.one / 8, 80).astype(np.int64)
    check_one_operand(name, fmt, [int(bits) & fmt.mask for bits in middle])


@pytest.mark.long
@pytest.mark.parametrize("name", UNARY)
def test_posit16_against_libm(name: str) -> None:
    check_one_operand(name, POSIT16, list(range(1 << 16)))


@pytest.mark.parametrize("name", BINARY)
def test_two_operands_against_libm(name: str) -> None:
    rng = np.random.default_rng(32)
    agreed = 0
    for _ in range(300):
        a, b = (int(x) & POSIT16.mask for x in rng.integers(-0x6000, 0x6000, 2))
        x, y = exact.decode(a, POSIT16), exact.decode(b, POSIT16)
        assert x is not None
        assert y is not None
        second = int(rng.integers(-9, 10)) if name in ("compound", "rootn") else b
        number = second if second is not b else float(y)
        wanted = decided(name, POSIT16, float(x), number)
        if wanted is not None and not (name == "rootn" and x < 0 and second % 2 == 0):
            assert evaluate(name, POSIT16, a, second) == wanted, (hex(a), second)
            agreed += 1
    assert agreed > 60


def of(value: Fraction | float | str, fmt: Posit = POSIT32) -> int:
    return exact.encode(Fraction(value), fmt)


NAR = POSIT32.nar


@pytest.mark.parametrize(
    ("name", "operands", "value"),
    [
        ("exp", (0,), 1),
        ("exp2", (-20,), Fraction(1, 2**20)),
        ("exp10", (5,), 10**5),
        ("exp10m1", (2,), 99),
        ("exp2m1", (Fraction(-1),), Fraction(-1, 2)),
        ("log2", (Fraction(1, 8),), -3),
        ("log10", (1000,), 3),
        ("log10p1", (99,), 2),
        ("log2p1", (-0.75,), -2),
        ("sinpi", (-0.5,), -1),
        ("cospi", (7,), -1),
        ("tanpi", (0.75,), -1),
        ("asinpi", (-1,), Fraction(-1, 2)),
        ("acospi", (0,), Fraction(1, 2)),
        ("atanpi", (1,), Fraction(1, 4)),
        ("acosh", (1,), 0),
        ("rsqrt", (Fraction(1, 16),), 4),
        ("hypot", (3, -4), 5),
        ("pow", (-2, 3), -8),
        ("pow", (Fraction(9, 4), -1.5), Fraction(8, 27)),
        ("pow", (0, 0), 1),
        ("atan2pi", (-2, -2), Fraction(-3, 4)),
        ("atan2pi", (0, -1), 1),
        ("atan2pi", (-1, 0), Fraction(-1, 2)),
    ],
)
def test_exact_values(
    name: str, operands: tuple[Fraction | float, ...], value: Fraction | int
) -> None:
    assert evaluate(name, POSIT32, *map(of, operands)) == of(value)


@pytest.mark.parametrize(
    ("name", "operands"),
    [
        ("log", (0,)),
        ("log1p", (-1,)),
        ("rsqrt", (0,)),
        ("tanpi", (1.5,)),
        ("asin", (1.5,)),
        ("acosh", (0.5,)),
        ("atanh", (1,)),
        ("pow", (-2, 0.5)),
        ("pow", (0, -1)),
        ("atan2", (0, 0)),
    ],
)
def test_where_there_is_no_real_value(name: str, operands: tuple[float, ...]) -> None:
    assert evaluate(name, POSIT32, *map(of, operands)) == NAR
    assert evaluate(name, POSIT32, NAR, *map(of, operands[1:])) == NAR


def test_whole_number_operands() -> None:
    assert evaluate("rootn", POSIT32, of(-27), 3) == of(-3)
    assert evaluate("rootn", POSIT32, of(16), -4) == of(0.5)
    assert evaluate("rootn", POSIT32, of(-16), 4) == NAR
    assert evaluate("rootn", POSIT32, of(2), 10**9) == of(1 + math.log(2) / 10**9)
    assert evaluate("rootn", POSIT32, of(2), 0) == NAR
    assert evaluate("rootn", POSIT32, 0, -1) == NAR
    assert evaluate("compound", POSIT32, of(0.5), 3) == of(Fraction(27, 8))
    assert evaluate("compound", POSIT32, of(-2), 3) == NAR
    tiny = exact.decode(POSIT32.one + 1, POSIT32)
    assert tiny is not None
    interest = math.exp(10**6 * math.log1p(float(tiny - 1)))
    assert evaluate("compound", POSIT32, of(tiny - 1), 10**6) == of(interest)


@pytest.mark.parametrize("fmt", [POSIT8, POSIT64, Posit(20, 4)], ids=str)
def test_saturation(fmt: Posit) -> None:
    assert evaluate("exp", fmt, fmt.maxpos) == fmt.maxpos
    assert evaluate("exp2", fmt, fmt.nar + 1) == fmt.minpos
    assert evaluate("expm1", fmt, fmt.nar + 1) == -fmt.one & fmt.mask
    assert evaluate("sinh", fmt, fmt.nar + 1) == fmt.nar + 1
    assert evaluate("tanh", fmt, fmt.maxpos) == fmt.one
    assert evaluate("sin", fmt, fmt.minpos) == fmt.minpos
    assert evaluate("hypot", fmt, fmt.maxpos, fmt.maxpos) == fmt.maxpos
    assert evaluate("pow", fmt, fmt.maxpos, fmt.maxpos) == fmt.maxpos
    assert evaluate("pow", fmt, fmt.nar + 1, fmt.one) == fmt.nar + 1
    assert evaluate("pow", fmt, fmt.one + 1, fmt.maxpos) == fmt.maxpos
    assert evaluate("pow", fmt, fmt.one - 1, fmt.maxpos) == fmt.minpos


def test_rounding_at_the_edge_of_a_tie() -> None:
    # exp(x) = 1 + x + ...: just above the boundary that 1 + x is.
    boundary = exact.decode(2 * POSIT64.one + 1, Posit(65))
    assert boundary is not None
    x = boundary - 1
    assert evaluate("exp", POSIT64, of(x, POSIT64)) == POSIT64.one + 1
    assert evaluate("log1p", POSIT64, POSIT64.minpos) == POSIT64.minpos


def test_arrays() -> None:
    bits = array.encode([[0.5, 2.0], [-1.0, 0.0]], POSIT16)
    wanted = [[evaluate("exp", POSIT16, int(b)) for b in row] for row in bits]
    assert array.function("exp", POSIT16, bits).tolist() == wanted
    powers = array.function("pow", POSIT16, bits[0], bits[:, :1])
    assert powers.shape == (2, 2)
    roots = array.function("rootn", POSIT16, array.encode([8, 27], POSIT16), 3)
    assert array.decode(roots, POSIT16).tolist() == [2.0, 3.0]


def test_unknown_functions_are_refused() -> None:
    with pytest.raises(ValueError, match="'gamma' is not a function of posits; there are rsqrt"):
        evaluate("gamma", POSIT8, 0)
    with pytest.raises(ValueError, match="atan2 takes 2 operands, not 1"):
        evaluate("atan2", POSIT8, 0)
