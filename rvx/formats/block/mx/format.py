"""The OCP microscaling formats (MX 1.0, 2023) as values."""

from __future__ import annotations

from typing import Final

from rvx.formats.integer.format import INT8, Integer
from rvx.formats.minifloat.catalogue import E2M1, E2M3, E3M2, E4M3FN, FP8
from rvx.formats.minifloat.format import Minifloat
from rvx.records import dataclass

SCALE_BIAS: Final = 127
SCALE_NAN: Final = 0xFF
INT8_LSB: Final = -6
"""Exponent of the last place of an MXINT8 element: the code 64 is 1."""


@dataclass(frozen=True)
class Mx:
    """Blocks of elements that share a power of two (an E8M0 code, bias 127, 0xFF = NaN).

    Attributes:
        name: as in the specification, lower case.
        element: a minifloat, or INT8, whose codes stand for code / 64.
        block: elements that share a scale, along the last axis.

    Raises:
        ValueError: the block is empty, or the element is an integer other than INT8.
    """

    name: str
    element: Minifloat | Integer
    block: int = 32

    def __post_init__(self) -> None:
        if self.block < 1:
            raise ValueError(f"a block of {self.block} elements is not possible; use 1 or more")
        if isinstance(self.element, Integer) and self.element != INT8:
            raise ValueError(f"the only integer element of MX is int8, not {self.element.name}")

    @property
    def emax(self) -> int:
        """Exponent of the largest power of two among the elements."""
        return 0 if isinstance(self.element, Integer) else self.element.emax

    @property
    def container(self) -> int:
        """Bits that an element takes in memory: 4, or 8 (also for the 6-bit elements)."""
        return 4 if self.element.bits == 4 else 8

    @property
    def bits_per_element(self) -> float:
        """Bits of an element with its share of the scale, without the filling of containers."""
        return self.element.bits + 8 / self.block


MXFP8_E4M3: Final = Mx("mxfp8_e4m3", E4M3FN)
MXFP8_E5M2: Final = Mx("mxfp8_e5m2", FP8)
MXFP6_E2M3: Final = Mx("mxfp6_e2m3", E2M3)
MXFP6_E3M2: Final = Mx("mxfp6_e3m2", E3M2)
MXFP4: Final = Mx("mxfp4_e2m1", E2M1)
MXINT8: Final = Mx("mxint8", INT8)

FORMATS: Final[dict[str, Mx]] = {
    fmt.name: fmt for fmt in (MXFP8_E4M3, MXFP8_E5M2, MXFP6_E2M3, MXFP6_E3M2, MXFP4, MXINT8)
}

_ALIASES: Final = {
    "mxfp8": MXFP8_E4M3,
    "mxfp6": MXFP6_E2M3,
    "mxfp4": MXFP4,
}


def parse(name: str) -> Mx:
    """The format of a name such as `mxfp8_e4m3` or `mxfp4`, in either case.

    Raises:
        ValueError: nothing is called so.
    """
    key = name.strip().lower()
    found = FORMATS.get(key) or _ALIASES.get(key)
    if found is None:
        raise ValueError(
            f"{name!r} is not a microscaling format; valid are {', '.join((*FORMATS, *_ALIASES))}"
        )
    return found
