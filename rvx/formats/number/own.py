"""Formats of users: two functions of arrays, from numbers to codes and back."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rvx.errors import RvxError
from rvx.formats.number.format import Fields, Format, Value
from rvx.formats.number.table import Table

Reals = NDArray[np.float64]
Codes = NDArray[np.int64]

_WIDEST = 64
_WIDEST_TABLE = 16


class CodecError(RvxError, ValueError):
    """A function of the user's own number system failed, or gave what it should not."""


@dataclass(frozen=True)
class Codec:
    """What the codes of a format mean.

    Attributes:
        bits: of a code, 1 to 64; in memory a code of a kernel takes 8, 16, 32 or 64 of them.
        encode: rounds an array of float64 to codes, int64; 0 has to be the code of 0.
        decode: gives the float64 numbers of an array of codes, which are not negative but for
            codes of 64 bits.
    """

    bits: int
    encode: Callable[[Reals], Codes]
    decode: Callable[[Codes], Reals]

    def __post_init__(self) -> None:
        if type(self.bits) is not int or not 1 <= self.bits <= _WIDEST:
            raise CodecError(f"codes of {self.bits} bits; valid are 1 to {_WIDEST}")

    @property
    def dtype(self) -> np.dtype[np.unsignedinteger]:
        """The type of codes in memory."""
        return np.dtype(f"u{max(8, 1 << (self.bits - 1).bit_length()) // 8}")

    def codes(self, x: Reals) -> Codes:
        """The codes of an array, within their bits."""
        found = _called("encode", self.encode, x).astype(np.int64)
        return found if self.bits == _WIDEST else found & (1 << self.bits) - 1

    def numbers(self, codes: Codes) -> Reals:
        """The numbers of an array of codes."""
        return _called("decode", self.decode, codes).astype(np.float64)


def _called(name: str, function: Callable[[Any], Any], given: NDArray[Any]) -> NDArray[Any]:
    try:
        found = np.asarray(function(given))
    except Exception as error:
        raise CodecError(f"{name} ({place(function)}) raised {said(error)}") from error
    if found.shape != given.shape or found.dtype.kind not in "iufb":
        raise CodecError(
            f"{name} ({place(function)}) gave {found.dtype} of shape {found.shape} for an array "
            f"of shape {given.shape}; it has to give a number for each element"
        )
    return found


def place(function: Callable[..., Any]) -> str:
    """File and line of a function."""
    code = getattr(function, "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else repr(function)


def said(error: Exception) -> str:
    """An exception in a line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return ": ".join([type(error).__name__, *lines[:2]])


@lru_cache(maxsize=64)
def named(name: str, codec: Codec) -> Format:
    """A user's codec as a format; a number is rounded to float64 before `encode` gets it."""
    if codec.bits > _WIDEST_TABLE:
        return Wide(name, codec)
    numbers = codec.numbers(np.arange(1 << codec.bits, dtype=np.int64))
    return Own(name, tuple(map(_value, numbers.tolist())), codec)


def _rounded(codec: Codec, wanted: Fraction) -> int:
    try:
        nearest = float(wanted)
    except OverflowError:
        nearest = math.copysign(math.inf, wanted)
    return int(codec.codes(np.array([nearest]))[0]) & (1 << codec.bits) - 1


@dataclass(frozen=True)
class Own(Table):
    """A codec of few codes, with the table of what they mean.

    Attributes:
        codec: of the user, which says how numbers are rounded.
    """

    codec: Codec = field(default=None, repr=False)  # type: ignore[assignment]

    def encode(self, wanted: Fraction) -> int:
        """As the user's function has it."""
        return _rounded(self.codec, wanted)


def _value(number: float) -> Value:
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "infinity" if number > 0 else "-infinity"
    return Fraction(number)


class Wide(Format):
    """A codec of too many codes for a table: nobody knows their order.

    Args:
        name: of the format.
        codec: of the user.
    """

    def __init__(self, name: str, codec: Codec) -> None:
        self._name = name
        self.codec = codec

    @property
    def name(self) -> str:
        """The user's."""
        return self._name

    @property
    def bits(self) -> int:
        """Of a code."""
        return self.codec.bits

    @property
    def positions(self) -> range:
        """There are none."""
        return range(0)

    def decode(self, code: int) -> Value:
        """As the user's function has it."""
        signed = code - (1 << _WIDEST) if code >> _WIDEST - 1 else code
        return _value(float(self.codec.numbers(np.array([signed], np.int64))[0]))

    def encode(self, wanted: Fraction) -> int:
        """As the user's function has it."""
        return _rounded(self.codec, wanted)

    def fields(self, code: int) -> Fields:
        """There is one."""
        return (("code", self.bits),)

    def code_at(self, position: int) -> int:
        """There is none."""
        raise CodecError(f"the order of the codes of {self.name} is not known")

    def position_of(self, code: int) -> int | None:
        """There is none."""
        return None
