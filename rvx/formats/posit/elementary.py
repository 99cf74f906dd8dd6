"""Elementary functions of the standard (sections 5.5 to 5.8), correctly rounded, any format.

Each function is evaluated with mpmath to a growing number of bits, until every number within the
error bound rounds to one posit (Ziv's method). That ends unless the true value lies exactly on a
rounding boundary or on a posit; these are dyadic rationals, and where a function takes such a
value at a dyadic argument is known (theorems of Lindemann and Niven, and integer roots), so those
are computed exactly first. The bound takes mpmath's functions to be good to all but 16 bits.

Results are remembered, so that an array of posit8 or posit16 costs each value once. Where sources
leave a choice: x**0 is 1 for every real x, and the angle of the point (0, 0) is NaR.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import Any

from rvx.formats.posit import exact
from rvx.formats.posit.exact_special import SPECIAL
from rvx.formats.posit.format import Posit
from rvx.records import dataclass

_LOST_BITS = 16
_MOST_BITS = 1 << 16


@dataclass(frozen=True)
class Function:
    """A function of one or two real numbers.

    Attributes:
        formula: evaluates it in an mpmath context on mpmath numbers.
        arity: how many arguments it takes.
    """

    formula: Callable[..., Any]
    arity: int = 1


def _signed_power(mp: Any, x: Any, y: Any) -> Any:
    magnitude = mp.exp(y * mp.log(abs(x)))
    return -magnitude if x < 0 and int(y) % 2 else magnitude


FUNCTIONS: dict[str, Function] = {
    "rsqrt": Function(lambda mp, x: 1 / mp.sqrt(x)),
    "exp": Function(lambda mp, x: mp.exp(x)),
    "expm1": Function(lambda mp, x: mp.expm1(x)),
    "exp2": Function(lambda mp, x: mp.exp(x * mp.ln2)),
    "exp2m1": Function(lambda mp, x: mp.expm1(x * mp.ln2)),
    "exp10": Function(lambda mp, x: mp.exp(x * mp.ln10)),
    "exp10m1": Function(lambda mp, x: mp.expm1(x * mp.ln10)),
    "log": Function(lambda mp, x: mp.log(x)),
    "log1p": Function(lambda mp, x: mp.log1p(x)),
    "log2": Function(lambda mp, x: mp.log(x) / mp.ln2),
    "log2p1": Function(lambda mp, x: mp.log1p(x) / mp.ln2),
    "log10": Function(lambda mp, x: mp.log(x) / mp.ln10),
    "log10p1": Function(lambda mp, x: mp.log1p(x) / mp.ln10),
    "sin": Function(lambda mp, x: mp.sin(x)),
    "cos": Function(lambda mp, x: mp.cos(x)),
    "tan": Function(lambda mp, x: mp.tan(x)),
    "sinpi": Function(lambda mp, x: mp.sinpi(x)),
    "cospi": Function(lambda mp, x: mp.cospi(x)),
    "tanpi": Function(lambda mp, x: mp.sinpi(x) / mp.cospi(x)),
    "asin": Function(lambda mp, x: mp.asin(x)),
    "acos": Function(lambda mp, x: 2 * mp.atan2(mp.sqrt(1 - x), mp.sqrt(1 + x))),
    "atan": Function(lambda mp, x: mp.atan(x)),
    "asinpi": Function(lambda mp, x: mp.asin(x) / mp.pi),
    "acospi": Function(lambda mp, x: 2 * mp.atan2(mp.sqrt(1 - x), mp.sqrt(1 + x)) / mp.pi),
    "atanpi": Function(lambda mp, x: mp.atan(x) / mp.pi),
    "sinh": Function(lambda mp, x: mp.sinh(x)),
    "cosh": Function(lambda mp, x: mp.cosh(x)),
    "tanh": Function(lambda mp, x: mp.tanh(x)),
    "asinh": Function(lambda mp, x: mp.asinh(x)),
    "acosh": Function(lambda mp, x: 2 * mp.asinh(mp.sqrt((x - 1) / 2))),
    "atanh": Function(lambda mp, x: mp.log1p(2 * x / (1 - x)) / 2),
    "hypot": Function(lambda mp, x, y: mp.sqrt(x * x + y * y), 2),
    "pow": Function(_signed_power, 2),
    "atan2": Function(lambda mp, y, x: mp.atan2(y, x), 2),
    "atan2pi": Function(lambda mp, y, x: mp.atan2(y, x) / mp.pi, 2),
    # The second operand of these two is a whole number, not a posit.
    "compound": Function(lambda mp, x, n: _signed_power(mp, 1 + x, n), 2),
    "rootn": Function(lambda mp, x, n: mp.sign(x) * mp.exp(mp.log(abs(x)) / n), 2),
}
WITH_INTEGER = ("compound", "rootn")


def evaluate(name: str, fmt: Posit, *operands: int) -> int:
    """A function of posits as a pattern, correctly rounded; NaR where it is not a real number.

    Args:
        name: a key of `FUNCTIONS`.
        fmt: the format of the operands and the result.
        operands: patterns; for compound and rootn the second one is a whole number.

    Raises:
        ValueError: there is no such function, or it takes another number of operands.
    """
    if name not in FUNCTIONS:
        raise ValueError(f"{name!r} is not a function of posits; there are {', '.join(FUNCTIONS)}")
    if len(operands) != FUNCTIONS[name].arity:
        raise ValueError(f"{name} takes {FUNCTIONS[name].arity} operands, not {len(operands)}")
    return _evaluate(name, fmt, operands)


@lru_cache(maxsize=1 << 20)
def _evaluate(name: str, fmt: Posit, operands: tuple[int, ...]) -> int:
    values: list[Fraction] = []
    for position, operand in enumerate(operands):
        if position == 1 and name in WITH_INTEGER:
            values.append(Fraction(operand))
            continue
        value = exact.decode(operand, fmt)
        if value is None:
            return fmt.nar
        values.append(value)
    special = SPECIAL[name](fmt, *values)
    if special.known:
        return exact.encode(special.value, fmt)
    return _by_approximation(name, fmt, values)


def _by_approximation(name: str, fmt: Posit, values: list[Fraction]) -> int:
    mpmath = _mpmath(name)
    bits = 2 * fmt.n + 64
    while bits <= _MOST_BITS:
        # Arguments are exact; what is formed of them first, such as 1 + x, must be so too.
        with mpmath.workprec(bits + 2 * fmt.max_scale):
            numbers = [_to_mpf(mpmath, value) for value in values]
            result = FUNCTIONS[name].formula(mpmath.mp, *numbers)
        sign, mantissa, exponent, length = result._mpf_
        scale = exponent + length
        if abs(scale) > fmt.max_scale + 2:
            body = fmt.maxpos if scale > 0 else fmt.minpos
            return (1 << fmt.n) - body if sign else body
        approximation = exact.times_power(-int(mantissa) if sign else int(mantissa), exponent)
        error = exact.times_power(1, scale - bits + _LOST_BITS)
        low, high = (exact.encode(approximation + side, fmt) for side in (-error, error))
        if low == high:
            return low
        bits *= 2
    raise ArithmeticError(
        f"{name} of {values} is nearer to a rounding boundary of {fmt} than can be told"
    )


def _mpmath(name: str) -> ModuleType:
    try:
        return import_module("mpmath")
    except ImportError as missing:
        raise ImportError(
            f"{name} of posits needs the package mpmath: install it with 'pip install mpmath'"
        ) from missing


def _to_mpf(mpmath: ModuleType, value: Fraction) -> Any:
    exponent = 1 - value.denominator.bit_length()
    return mpmath.mp.make_mpf(mpmath.libmp.from_man_exp(value.numerator, exponent))
