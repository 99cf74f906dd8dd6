"""The posit format as a value, and the catalogue of the standard's formats.

Source: Posit Standard (2022), sections 2 and 3. The standard fixes es = 2 for every width; other
exponent sizes are the parametrised posits of the literature before it, kept here for study.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from rvx.formats.elements import OFFERS
from rvx.records import dataclass

_NAME = re.compile(r"posit<?(?P<n>\d+)(?:(?:e|es|_|,\s*)(?P<es>\d+))?>?", re.IGNORECASE)
_LIMB_BITS = 32


@dataclass(frozen=True)
class Posit:
    """A posit format: n bits, of which up to es are exponent.

    A pattern is an int in [0, 2**n): sign, regime (a run of equal bits and its terminator),
    exponent, fraction. Zero is 00..0 and NaR ("not a real") is 10..0.

    Attributes:
        n: width in bits, 3 to 128; compiled kernels exist up to 64.
        es: exponent bits, 0 to 4 (so that every posit is within the range of binary64).
    """

    n: int
    es: int = 2

    def __post_init__(self) -> None:
        if not 3 <= self.n <= 128:
            raise ValueError(f"a posit of {self.n} bits is not supported: n must be 3 to 128")
        if not 0 <= self.es <= 4:
            raise ValueError(f"a posit with es={self.es} is not supported: es must be 0 to 4")

    @property
    def name(self) -> str:
        """`posit32` for the standard's formats, `posit32e1` where es is not 2."""
        return f"posit{self.n}" if self.es == 2 else f"posit{self.n}e{self.es}"

    def __str__(self) -> str:
        return self.name

    @property
    def bits(self) -> int:
        """Bits of a pattern, as other formats call it."""
        return self.n

    @property
    def has_flags(self) -> bool:
        """Whether operations round as frm says and raise flags: those of posits do not."""
        return False

    def operations(self) -> Mapping[str, Callable[..., Any]]:
        """The operations that element functions of vector instructions ask for by name."""
        return OFFERS[Posit].operations(self)

    def conversion(self, target: Any) -> Callable[..., Any] | None:
        """convert(a, mode, flags) from this format to another; None if there is none."""
        return OFFERS[Posit].conversion(self, target)

    def conversion_from(self, source: Any) -> Callable[..., Any] | None:
        """convert(a, mode, flags) from another format to this one; None if there is none."""
        return OFFERS[Posit].conversion_from(source, self)

    @property
    def mask(self) -> int:
        """The n low bits set."""
        return (1 << self.n) - 1

    @property
    def nar(self) -> int:
        """The pattern of NaR, 10..0."""
        return 1 << (self.n - 1)

    @property
    def one(self) -> int:
        """The pattern of 1, 010..0."""
        return 1 << (self.n - 2)

    @property
    def maxpos(self) -> int:
        """The pattern of the largest value, 01..1."""
        return self.nar - 1

    @property
    def minpos(self) -> int:
        """The pattern of the smallest positive value, 0..01."""
        return 1

    @property
    def max_scale(self) -> int:
        """The binary exponent of maxpos; that of minpos is its negative (4n - 8 when es is 2)."""
        return (self.n - 2) << self.es

    @property
    def fraction_bits(self) -> int:
        """The most fraction bits that a value of this format has."""
        return max(self.n - 3 - self.es, 0)

    @property
    def quire_bits(self) -> int:
        """Width of the quire, 16 n in the standard's formats (section 3.4).

        A sign, 31 carry guard bits, and integer and fraction parts that hold the product of any
        two posits; rounded up to whole 32-bit limbs, which changes it for odd n and other es only.
        """
        return -(-(4 * self.max_scale + 32) // _LIMB_BITS) * _LIMB_BITS

    @property
    def quire_limbs(self) -> int:
        """How many 32-bit limbs hold the quire in `rvx.formats.posit.quire`."""
        return self.quire_bits // _LIMB_BITS

    @property
    def quire_scale(self) -> int:
        """The binary exponent of the quire's lowest bit, that of minpos squared."""
        return -2 * self.max_scale

    @cached_property
    def int_max(self) -> int:
        """pIntMax: the largest k such that every integer in [-k, k] is a posit (section 2)."""
        scale = 0
        while (room := self._fraction_room(scale)) >= scale:
            scale += 1
        cut = min(max(-room, 0), self.es)
        return (1 << scale) - (scale % (1 << cut) != 0)

    def _fraction_room(self, scale: int) -> int:
        """Bits left for the fraction at `scale` >= 0; below zero, exponent bits are cut."""
        return self.n - 1 - ((scale >> self.es) + 2) - self.es


@dataclass(frozen=True)
class Quire:
    """The quire of a posit format, as a format: a limb in each word, see `rvx.formats.posit.quire`.

    Attributes:
        posit: the format.
    """

    posit: Posit

    @property
    def name(self) -> str:
        """Such as `quire32`."""
        return f"quire{self.posit.name.removeprefix('posit')}"

    @property
    def bits(self) -> int:
        """Bits of a code: of all words."""
        return 64 * self.posit.quire_limbs


def parse(name: str) -> Posit:
    """The format called `name`: posit8, posit<16>, posit16e1, posit<16,1>, posit16_1.

    Raises:
        ValueError: the name is not of that shape, or the sizes are out of range.
    """
    found = _NAME.fullmatch(name.strip())
    if found is None:
        raise ValueError(
            f"{name!r} is not a posit format; write posit8, posit16, posit32, posit64, "
            "or posit<n,es> such as posit<12,1>"
        )
    es = found["es"]
    return Posit(int(found["n"]), 2 if es is None else int(es))


POSIT8 = Posit(8)
POSIT16 = Posit(16)
POSIT32 = Posit(32)
POSIT64 = Posit(64)
STANDARD = (POSIT8, POSIT16, POSIT32, POSIT64)
