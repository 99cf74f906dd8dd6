"""Where elementary functions of dyadic arguments are undefined, out of range, or dyadic.

Everywhere else the value is no posit and no boundary between posits, so that approximating it ever
more closely tells how it rounds.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import isqrt

from rvx.formats.posit.exact import floor_log2, sqrt_near, times_power
from rvx.formats.posit.format import Posit
from rvx.records import dataclass


@dataclass(frozen=True)
class Special:
    """What is known of a value without approximating it.

    Attributes:
        known: whether `value` is the answer.
        value: a number that rounds as the true value does, or None for NaR.
    """

    known: bool
    value: Fraction | None = None


OPEN = Special(False)
NOT_REAL = Special(True, None)
Rule = Callable[..., Special]


def is_value(number: Fraction | int) -> Special:
    """The value is this number."""
    return Special(True, Fraction(number))


def _at(points: dict[Fraction | int, Fraction | int], domain: Callable[[Fraction], bool]) -> Rule:
    """A function that is dyadic at these points only, and not real outside the domain."""

    def rule(_fmt: Posit, x: Fraction) -> Special:
        if not domain(x):
            return NOT_REAL
        return is_value(points[x]) if x in points else OPEN

    return rule


def _anywhere(_: Fraction) -> bool:
    return True


def _within_one(x: Fraction) -> bool:
    return -1 <= x <= 1


def _exponential(less_one: int, dyadic: Callable[[Fraction], Fraction | None]) -> Rule:
    """b**x - less_one for a base of two or more, where b**x is dyadic as `dyadic` says."""

    def rule(fmt: Posit, x: Fraction) -> Special:
        # A bound is enough: 2**x is then far beyond maxpos, or far below minpos.
        limit = 4 * fmt.max_scale + 8
        if x > limit:
            return is_value(times_power(1, limit))
        if x < -limit:
            return is_value(times_power(1, -limit) - less_one)
        if x == 0:
            return is_value(1 - less_one)
        power = dyadic(x)
        return OPEN if power is None else is_value(power - less_one)

    return rule


def _power_of_two(x: Fraction) -> Fraction | None:
    return times_power(1, x.numerator) if x.denominator == 1 else None


def _power_of_ten(x: Fraction) -> Fraction | None:
    # Negative powers of ten are not dyadic.
    return Fraction(10**x.numerator) if x.denominator == 1 and x > 0 else None


def _never(_: Fraction) -> Fraction | None:
    return None


def _logarithm(base: int, plus_one: int) -> Rule:
    """The logarithm of x + plus_one; base 0 is e."""

    def rule(_fmt: Posit, x: Fraction) -> Special:
        argument = x + plus_one
        if argument <= 0:
            return NOT_REAL
        if argument == 1:
            return is_value(0)
        if base == 2 and argument == times_power(1, floor_log2(argument)):
            return is_value(floor_log2(argument))
        if base == 10 and argument.denominator == 1:
            exponent = len(str(argument.numerator)) - 1
            if argument == 10**exponent:
                return is_value(exponent)
        return OPEN

    return rule


def _turns(values: dict[int, int | None], step: int) -> Rule:
    """sinPi and its like: dyadic at multiples of 1/step; the keys count steps in a period."""

    def rule(_fmt: Posit, x: Fraction) -> Special:
        steps = x * step
        if steps.denominator != 1:
            return OPEN
        value = values[steps.numerator % len(values)]
        return NOT_REAL if value is None else is_value(value)

    return rule


def _reciprocal_root(fmt: Posit, x: Fraction) -> Special:
    return NOT_REAL if x <= 0 else is_value(sqrt_near(1 / x, fmt))


def _hypotenuse(fmt: Posit, x: Fraction, y: Fraction) -> Special:
    return is_value(sqrt_near(x * x + y * y, fmt))


def _angle(in_turns: bool) -> Rule:
    def rule(_fmt: Posit, y: Fraction, x: Fraction) -> Special:
        if x == 0 and y == 0:
            return NOT_REAL
        if y == 0 and x > 0:
            return is_value(0)
        if in_turns and (y == 0 or x == 0 or abs(x) == abs(y)):
            quarters = 2 if x == 0 else (0 if x > 0 else 4) if y == 0 else (1 if x > 0 else 3)
            return is_value(Fraction(-quarters if y < 0 else quarters, 4))
        return OPEN

    return rule


def _power(fmt: Posit, x: Fraction, y: Fraction) -> Special:
    if y == 0 or x == 1:
        return is_value(1)
    if x == 0:
        return is_value(0) if y > 0 else NOT_REAL
    if y.denominator != 1:
        if x < 0:
            return NOT_REAL
        # y = m / 2**k: take k square roots, as long as they are exact.
        for _ in range(y.denominator.bit_length() - 1):
            roots = isqrt(x.numerator), isqrt(x.denominator)
            if (roots[0] ** 2, roots[1] ** 2) != (x.numerator, x.denominator):
                return OPEN
            x = Fraction(*roots)
        y = Fraction(y.numerator)
    if x in (1, -1):
        return is_value(x ** (y.numerator % 2))
    # The logarithm of |x|, within one; beyond this |x**y| is out of range by far.
    scale = floor_log2(abs(x)) if abs(x) >= 2 or abs(x) < Fraction(1, 2) else 0
    if scale and abs(y * scale) > 4 * fmt.max_scale + 8:
        huge = times_power(1, 4 * fmt.max_scale if (scale > 0) == (y > 0) else -4 * fmt.max_scale)
        return is_value(-huge if x < 0 and y.numerator % 2 else huge)
    # A long power has more bits than any boundary: it is none.
    length = x.numerator.bit_length() + x.denominator.bit_length()
    return is_value(x**y.numerator) if length * abs(y) <= 1 << 14 else OPEN


def _compound(fmt: Posit, x: Fraction, n: Fraction) -> Special:
    return NOT_REAL if x < -1 else _power(fmt, 1 + x, n)


def _root(_fmt: Posit, x: Fraction, n: Fraction) -> Special:
    if n == 0 or (x < 0 and n % 2 == 0) or (x == 0 and n < 0):
        return NOT_REAL
    if x in (0, 1, -1):
        return is_value(x)
    parts = [_whole_root(part, abs(n.numerator)) for part in (abs(x.numerator), x.denominator)]
    if None in parts:
        return OPEN
    root = Fraction(parts[0] or 0, parts[1] or 1) ** (1 if n > 0 else -1)
    return is_value(-root if x < 0 else root)


def _whole_root(number: int, degree: int) -> int | None:
    """The root of a positive integer, if it is an integer."""
    if degree >= number.bit_length():
        return 1 if number == 1 else None
    low, high = 1, 1 << (-(-number.bit_length() // degree))
    while low < high:
        middle = (low + high) // 2
        if middle**degree < number:
            low = middle + 1
        else:
            high = middle
    return low if low**degree == number else None


_HALF = Fraction(1, 2)
SPECIAL: dict[str, Rule] = {
    "rsqrt": _reciprocal_root,
    "exp": _exponential(0, _never),
    "expm1": _exponential(1, _never),
    "exp2": _exponential(0, _power_of_two),
    "exp2m1": _exponential(1, _power_of_two),
    "exp10": _exponential(0, _power_of_ten),
    "exp10m1": _exponential(1, _power_of_ten),
    "log": _logarithm(0, 0),
    "log1p": _logarithm(0, 1),
    "log2": _logarithm(2, 0),
    "log2p1": _logarithm(2, 1),
    "log10": _logarithm(10, 0),
    "log10p1": _logarithm(10, 1),
    "sin": _at({0: 0}, _anywhere),
    "cos": _at({0: 1}, _anywhere),
    "tan": _at({0: 0}, _anywhere),
    "sinpi": _turns({0: 0, 1: 1, 2: 0, 3: -1}, 2),
    "cospi": _turns({0: 1, 1: 0, 2: -1, 3: 0}, 2),
    "tanpi": _turns({0: 0, 1: 1, 2: None, 3: -1}, 4),
    "asin": _at({0: 0}, _within_one),
    "acos": _at({1: 0}, _within_one),
    "atan": _at({0: 0}, _anywhere),
    "asinpi": _at({0: 0, 1: _HALF, -1: -_HALF}, _within_one),
    "acospi": _at({1: 0, 0: _HALF, -1: 1}, _within_one),
    "atanpi": _at({0: 0, 1: _HALF / 2, -1: -_HALF / 2}, _anywhere),
    "sinh": _at({0: 0}, _anywhere),
    "cosh": _at({0: 1}, _anywhere),
    "tanh": _at({0: 0}, _anywhere),
    "asinh": _at({0: 0}, _anywhere),
    "acosh": _at({1: 0}, lambda x: x >= 1),
    "atanh": _at({0: 0}, lambda x: -1 < x < 1),
    "hypot": _hypotenuse,
    "pow": _power,
    "atan2": _angle(in_turns=False),
    "atan2pi": _angle(in_turns=True),
    "compound": _compound,
    "rootn": _root,
}
