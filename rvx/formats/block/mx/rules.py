"""How libraries choose the scale of an MX block. The format is one; the choice is not.

MX 1.0, 6.3 recommends `floor`. The others are named as in torchao (prototype/mx_formats,
ScaleCalculationMode, 0.17), `rne` after the conversion to E8M0 that rounds to nearest even. All are
computed exactly, where libraries divide or take logarithms in binary32.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from rvx.formats.block.mx.format import INT8_LSB, SCALE_BIAS, Mx
from rvx.formats.integer.format import Integer
from rvx.formats.minifloat.array.codes import decode

Doubles = npt.NDArray[np.float64]
Exponents = npt.NDArray[Any]

Rule = Callable[[Doubles, Mx], Exponents]
"""Gives the exponents of scales for the largest magnitudes of blocks, which are above 0."""


def floor(largest: Doubles, fmt: Mx) -> Exponents:
    """The power of two at or below the largest, over that of the format: may clip the largest."""
    # frexp gives fractions in [1/2, 1): its exponent is one above floor(log2).
    return np.frexp(largest)[1] - 1 - fmt.emax


def ceil(largest: Doubles, fmt: Mx) -> Exponents:
    """The power of two at or above the largest, over that of the format."""
    fraction, exponent = np.frexp(largest)
    return exponent - 1 - fmt.emax + (fraction > 0.5)


def even(largest: Doubles, fmt: Mx) -> Exponents:
    """`floor` of the largest, once it has been rounded to the digits of an element."""
    digits = 6 if isinstance(fmt.element, Integer) else fmt.element.m
    fraction, exponent = np.frexp(largest)
    return exponent - 1 - fmt.emax + (fraction >= 1 - 0.25 * 2.0**-digits)


def rceil(largest: Doubles, fmt: Mx) -> Exponents:
    """The least power of two that brings the largest within the format: nothing is clipped."""
    below = _quotient(largest, _most(fmt))
    found: Exponents = below + (largest > np.ldexp(_most(fmt), below))
    return found


def rne(largest: Doubles, fmt: Mx) -> Exponents:
    """The power of two nearest to the largest over that of the format, ties to even codes."""
    below = _quotient(largest, _most(fmt))
    middle = np.ldexp(1.5 * _most(fmt), below)
    is_odd = (below + SCALE_BIAS) & 1
    found: Exponents = below + ((largest > middle) | ((largest == middle) & (is_odd == 1)))
    return found


def _most(fmt: Mx) -> float:
    """The largest element."""
    if isinstance(fmt.element, Integer):
        return float(np.ldexp(fmt.element.maximum, INT8_LSB))
    return float(decode(fmt.element, [fmt.element.max_finite])[0])


def _quotient(largest: Doubles, most: float) -> Exponents:
    """The exponent of the power of two at or below a quotient, exactly."""
    (fraction, exponent), (other, base) = np.frexp(largest), np.frexp(most)
    found: Exponents = exponent - base - (fraction < other)
    return found


RULES: Final[Mapping[str, Rule]] = {
    "floor": floor,
    "ceil": ceil,
    "even": even,
    "rceil": rceil,
    "rne": rne,
}
"""By name; the first is what the specification recommends, and rvx takes elsewhere."""


def parse_rule(name: str) -> Rule:
    """The rule with a name.

    Raises:
        ValueError: nothing is called so.
    """
    found = RULES.get(name.strip().lower())
    if found is None:
        raise ValueError(f"{name!r} is not a rule of MX; valid are {', '.join(RULES)}")
    return found
