"""Formats of at most 16 bits on NumPy arrays, by tables of all their codes."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rvx.formats.number.format import Format
from rvx.formats.number.own import Own

WIDEST: Final = 16

Reals = NDArray[np.float64]
Codes = NDArray[np.int64]


class Arrays:
    """Encodes and decodes arrays.

    Attributes:
        values: what each code stands for, rounded to float64; NaN for what is none.

    Raises:
        ValueError: the format has too many codes.
    """

    def __init__(self, fmt: Format) -> None:
        if fmt.bits > WIDEST:
            raise ValueError(f"{fmt.name} has {fmt.bits} bits; tables are for at most {WIDEST}")
        self._own = fmt.codec if isinstance(fmt, Own) else None
        self.values: Reals = np.array([_real(fmt.decode(code)) for code in range(1 << fmt.bits)])
        self._codes: Codes = np.array([fmt.code_at(at) for at in fmt.positions], np.int64)
        steps = fmt.positions[:-1]
        self._thresholds: Reals = np.array([_threshold(fmt, at) for at in steps])

    def encode(self, x: Reals) -> Codes:
        """The codes of finite numbers, each rounded once, as `Format.encode` does.

        A user's codec rounds as it does.
        """
        if self._own is not None:
            return self._own.codes(x)
        found: Codes = self._codes[np.searchsorted(self._thresholds, x, side="right")]
        return found

    def decode(self, codes: NDArray[Any]) -> Reals:
        """The numbers of codes."""
        found: Reals = self.values[codes]
        return found


@lru_cache(maxsize=16)
def arrays(fmt: Format) -> Arrays:
    """The tables of a format, made once."""
    return Arrays(fmt)


def _real(value: Fraction | str) -> float:
    if isinstance(value, str):
        return {"infinity": np.inf, "-infinity": -np.inf}.get(value, np.nan)
    return float(value)


def _threshold(fmt: Format, position: int) -> float:
    """The least float64 that gets a code above a position."""
    near = float(fmt.boundary(position))
    # The boundary has been rounded, perhaps twice: one of the neighbours is the one.
    for at in (np.nextafter(near, -np.inf), near, np.nextafter(near, np.inf)):
        if fmt.is_above(Fraction(float(at)), position):
            return float(at)
    raise AssertionError(f"{fmt.name} has no threshold at position {position}")
