"""NVFP4 as a value: E2M1 elements, an E4M3 scale per block of 16, a float32 scale per tensor."""

from __future__ import annotations

from typing import Final

from rvx.formats.minifloat.catalogue import E2M1, E4M3FN
from rvx.formats.minifloat.format import Minifloat
from rvx.records import dataclass

LARGEST_ELEMENT: Final = 6.0
LARGEST_SCALE: Final = 448.0


@dataclass(frozen=True)
class Nvfp4:
    """VS-Quant's two levels with floating point in place of integers.

    An element is code * block scale * tensor scale.

    Attributes:
        block: elements that share a block scale, along the last axis.

    Raises:
        ValueError: the block is empty.
    """

    block: int = 16

    def __post_init__(self) -> None:
        if self.block < 1:
            raise ValueError(f"a block of {self.block} elements is not possible; use 1 or more")

    @property
    def name(self) -> str:
        """For tables."""
        return "nvfp4" if self.block == 16 else f"nvfp4-b{self.block}"

    @property
    def element(self) -> Minifloat:
        """Format of the elements."""
        return E2M1

    @property
    def scale(self) -> Minifloat:
        """Format of the block scales, whose sign is never set."""
        return E4M3FN

    @property
    def bits_per_element(self) -> float:
        """Storage of an element with its share of the block scale."""
        return self.element.bits + self.scale.bits / self.block


NVFP4: Final = Nvfp4()
