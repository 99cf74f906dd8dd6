"""Rules for the scales of MX blocks, against their definitions on fractions."""

from fractions import Fraction

import numpy as np
import pytest

from rvx.formats.block.mx.array import quantise
from rvx.formats.block.mx.format import FORMATS, SCALE_BIAS
from rvx.formats.block.mx.rules import RULES, parse_rule
from rvx.formats.integer.format import Integer

MOST = {
    "mxfp8_e4m3": 448,
    "mxfp8_e5m2": 57344,
    "mxfp6_e2m3": Fraction(15, 2),
    "mxfp6_e3m2": 28,
    "mxfp4_e2m1": 6,
    "mxint8": Fraction(127, 64),
}


def power_below(x):
    """The largest k with 2^k <= x."""
    k = -1200
    while Fraction(2) ** (k + 64) <= x:
        k += 64
    while Fraction(2) ** (k + 1) <= x:
        k += 1
    return k


def wanted(rule, x, fmt):
    k = power_below(x)
    most = Fraction(MOST[fmt.name])
    quotient = x / most
    q = power_below(quotient)
    if rule == "floor":
        return k - fmt.emax
    if rule == "ceil":
        return k - fmt.emax + (x != Fraction(2) ** k)
    if rule == "even":
        step = Fraction(2) ** (k - (6 if isinstance(fmt.element, Integer) else fmt.element.m))
        return power_below((x + step / 2) // step * step) - fmt.emax
    if rule == "rceil":
        return q + (quotient != Fraction(2) ** q)
    rest = quotient / Fraction(2) ** q
    return q + (rest > Fraction(3, 2) or (rest == Fraction(3, 2) and (q + SCALE_BIAS) % 2 == 1))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", FORMATS)
def test_scales_are_those_of_the_definition(rule, name):
    """Numbers at, and next to, every place where one of the rules changes."""
    fmt = FORMATS[name]
    most = float(MOST[name])
    edges = [1.0, 1.5, 2 - 2.0**-3, 2 - 2.0**-4, 2 - 2.0**-2, 2 - 2.0**-7, most, 1.5 * most, 3.7]
    edges = np.array([x * 2.0**k for x in edges for k in (-40, -1, 0, 7, 30)])
    numbers = np.concatenate([edges, np.nextafter(edges, 0), np.nextafter(edges, 1e300)])
    made = quantise(numbers[:, None], fmt, RULES[rule])
    for x, scale in zip(numbers.tolist(), made.scales.ravel().tolist(), strict=True):
        assert scale - SCALE_BIAS == wanted(rule, Fraction(x), fmt), x


def test_only_some_rules_clip():
    """The largest element is 448; a scale of two makes 512 of 500."""
    x, fmt = np.array([500.0]), FORMATS["mxfp8_e4m3"]
    kept = {name: quantise(x, fmt, rule).dequantise()[0] for name, rule in RULES.items()}
    assert kept == {"floor": 448, "ceil": 512, "even": 512, "rceil": 512, "rne": 448}


def test_rules_have_names():
    assert parse_rule(" RCEIL ") is RULES["rceil"]
    with pytest.raises(ValueError, match="'up' is not a rule of MX; valid are floor, ceil, even, "):
        parse_rule("up")
