"""The bodies of scalar instructions of one IEEE format in f registers.

Formats narrower than 64 bits are NaN-boxed in the registers: the bits above are all ones, and a
value that is not boxed reads as the canonical NaN.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rvx.formats.minifloat import Minifloat
from rvx.formats.minifloat import scalar as kernels
from rvx.isa import Words, sext

Bits = Callable[[int], int]
Factory = Callable[[Minifloat], Any]


def make_box(fmt: Minifloat) -> Bits:
    """A function that boxes a code: ones above it, as an int64."""
    if fmt.bits == 64:
        return identity
    above = -1 << fmt.bits

    def box(code: int) -> int:
        return code | above

    return box


def make_unbox(fmt: Minifloat, flen: int = 64) -> Bits:
    """A function that takes a code out of its box, or gives the canonical NaN.

    Args:
        fmt: of the code.
        flen: bits of the register that are looked at.
    """
    if fmt.bits == 64:
        return identity
    bits = fmt.bits
    mask = (1 << bits) - 1
    above = 0 if flen == 64 else -1 << flen
    nan = fmt.nan
    assert nan is not None

    def unbox(register: int) -> int:
        return register & mask if (register | above) >> bits == -1 else nan

    return unbox


def identity(register: int) -> int:
    """A register that is filled by its value."""
    return register


def convert_body(convert: Callable[[int, int], tuple[int, int]], box: Bits, unbox: Bits) -> Any:
    """The body of rd = convert(rs1, rm)."""

    def body(rs1: int, rm: int, fflags: Words) -> int:
        result, flags = convert(unbox(rs1), rm)
        fflags[0] |= flags
        return box(result)

    return body


def make_extension(fmt: Minifloat) -> Bits:
    """A function that sign-extends a code, as it stands in an x register."""
    if fmt.bits == 64:
        return identity
    bits = fmt.bits

    def extended(code: int) -> int:
        return sext(code, bits)

    return extended


def make_low_part(fmt: Minifloat) -> Bits:
    """A function that takes a code out of an x register, whatever is above it."""
    if fmt.bits == 64:
        return identity
    mask = (1 << fmt.bits) - 1

    def low_part(register: int) -> int:
        return register & mask

    return low_part


class FixedFormat:
    """Makes bodies for a format that an instruction always has.

    `ChosenFormat` of Xsmallfloat has the same methods for a format that a CSR chooses.

    Args:
        fmt: the format.
        is_in_x: whether numbers are in x registers, where there are no boxes.
    """

    def __init__(self, fmt: Minifloat, is_in_x: bool = False) -> None:
        self.fmt = self.results = self.sources = fmt
        self.precision = fmt.precision
        self._box = make_extension(fmt) if is_in_x else make_box(fmt)
        self._unbox = make_low_part(fmt) if is_in_x else make_unbox(fmt)

    def rounded(self, make: Factory) -> Any:
        """rd = kernel(rs1, rs2, rm)."""
        kernel, box, unbox = make(self.fmt), self._box, self._unbox

        def body(rs1: int, rs2: int, rm: int, fflags: Words) -> int:
            result, flags = kernel(unbox(rs1), unbox(rs2), rm)
            fflags[0] |= flags
            return box(result)

        return body

    def fused(self, negates_product: bool, negates_addend: bool) -> Any:
        """rd = +-(rs1 * rs2) +- rs3."""
        box, unbox = self._box, self._unbox
        kernel = kernels.make_fma(
            self.fmt, negate_product=negates_product, negate_addend=negates_addend
        )

        def body(rs1: int, rs2: int, rs3: int, rm: int, fflags: Words) -> int:
            result, flags = kernel(unbox(rs1), unbox(rs2), unbox(rs3), rm)
            fflags[0] |= flags
            return box(result)

        return body

    def root(self) -> Any:
        """rd = the square root of rs1."""
        return convert_body(kernels.make_sqrt(self.fmt), self._box, self._unbox)

    def extreme(self, make: Factory) -> Any:
        """rd = kernel(rs1, rs2), which is a number of the format."""
        return self._flagged(make(self.fmt), self._box)

    def comparison(self, make: Factory) -> Any:
        """rd = kernel(rs1, rs2), which is 0 or 1."""
        return self._flagged(make(self.fmt), identity)

    def _flagged(self, kernel: Callable[[int, int], tuple[int, int]], finish: Bits) -> Any:
        unbox = self._unbox

        def body(rs1: int, rs2: int, fflags: Words) -> int:
            result, flags = kernel(unbox(rs1), unbox(rs2))
            fflags[0] |= flags
            return finish(result)

        return body

    def sign(self, make: Factory) -> Any:
        """rd = rs1 with a sign that the kernel takes from both."""
        kernel, box, unbox = make(self.fmt), self._box, self._unbox

        def body(rs1: int, rs2: int) -> int:
            return box(kernel(unbox(rs1), unbox(rs2)))

        return body

    def classification(self) -> Any:
        """rd = the ten bits of fclass."""
        kernel, unbox = kernels.make_classify(self.fmt), self._unbox

        def body(rs1: int) -> int:
            return kernel(unbox(rs1))

        return body

    def to_integer(self, width: int, is_signed: bool) -> Any:
        """rd = rs1 as an integer."""
        return convert_body(
            kernels.make_to_integer(self.fmt, width, is_signed), identity, self._unbox
        )

    def from_integer(self, width: int, is_signed: bool) -> Any:
        """rd = the integer rs1."""
        return convert_body(
            kernels.make_from_integer(self.fmt, width, is_signed), self._box, identity
        )
