"""An accumulator as a value: in which steps the sum of K products comes about.

The products are cut into groups. A group is reduced to one number, perhaps rounded, and added to
the accumulator, which is rounded to the result format:

    C = round(C + round_group(reduce(a[0] b[0], ..., a[G-1] b[G-1])))

or the accumulator is one of the terms that are reduced, and there is one rounding (`is_fused`). A
chain of fused multiply-adds is a group of one that is fused; ExSdotp a group of two; the unit for
MX a group of 8 or 16.
"""

from __future__ import annotations

from rvx.formats.integer.format import Integer
from rvx.formats.minifloat.format import Flavour, Minifloat
from rvx.formats.minifloat.rounding import Overflow, Rounding
from rvx.records import dataclass

Element = Minifloat | Integer

WIDEST_PRODUCT = 50
"""Bits of a product's significand that the kernels take: two of binary32 have 48."""
WIDEST_KEPT = 50
"""Digits of an aligned product behind its point; the sum of a group has to fit 60 bits."""
WIDEST_INTEGER = 62


@dataclass(frozen=True)
class Register:
    """An integer accumulator of any width up to 62 bits.

    Raises:
        ValueError: it is too wide, or has no bits.
    """

    bits: int
    signed: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.bits <= WIDEST_INTEGER:
            raise ValueError(
                f"an accumulator of {self.bits} bits is not supported; valid are 1 to "
                f"{WIDEST_INTEGER}"
            )

    @property
    def name(self) -> str:
        """For tables."""
        return f"{'int' if self.signed else 'uint'}{self.bits}"

    @property
    def minimum(self) -> int:
        """Smallest number."""
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def maximum(self) -> int:
        """Largest number."""
        return (1 << (self.bits - self.signed)) - 1


@dataclass(frozen=True)
class Exact:
    """The group's sum is exact."""


@dataclass(frozen=True)
class Aligned:
    """Products are shifted to the place of the largest one, and cut off below what is kept.

    The reference exponent of a product is the sum of its factors' exponents, that of a subnormal
    being the smallest normal one; products of zero have none. A product has two digits before its
    point there, and the accumulator, where it is fused, has one.

    Attributes:
        guard: digits behind the point are those of the result's significand, less one, and so many.
        is_sticky: what falls off sets the last digit that is kept (to odd: RVBNA); else it is
            dropped, as in models of tensor cores.
    """

    guard: int
    is_sticky: bool = True


@dataclass(frozen=True)
class Pairwise:
    """Products are rounded to the result format, and added as a balanced tree, each sum rounded.

    The lower half of a group, which is the larger one, is the left subtree.
    """


@dataclass(frozen=True)
class Wrapping:
    """Integers: exact sums, and at the end of a group a register of the result's width.

    Attributes:
        saturates: a sum that does not fit becomes the nearest number that does, else it wraps.
    """

    saturates: bool = False


Reduction = Exact | Aligned | Pairwise | Wrapping


@dataclass(frozen=True)
class Accumulator:
    """How a sum of products comes about.

    Attributes:
        name: for tables.
        left: format of the left factors.
        right: format of the right ones.
        result: format of accumulator and result.
        group: products that are reduced together; the last group may be shorter. 0 for all.
        reduction: how.
        is_fused: whether the accumulator is one more term of every group.
        group_rounding: how the sum of a group is rounded to the result format before it is added;
            None for not at all. A group that is rounded beyond the largest number overflows in
            every mode.
        rounding: of the accumulator.
        overflow: what the accumulator overflows to; None for the natural choice of its format.
        stays_finite: whether modes that round towards zero, to odd among them, stop at the largest
            number, as in IEEE 754; else they overflow, too.
        source: where this is published.

    Raises:
        ValueError: the parts do not fit together.
    """

    name: str
    left: Element
    right: Element
    result: Minifloat | Register
    group: int
    reduction: Reduction
    is_fused: bool = False
    group_rounding: Rounding | None = None
    rounding: Rounding = Rounding.RNE
    overflow: Overflow | None = None
    stays_finite: bool = True
    source: str = ""

    def __post_init__(self) -> None:
        if self.group < 0:
            raise ValueError(f"a group of {self.group} products is not possible; 0 stands for all")
        integers = [isinstance(fmt, Integer) for fmt in (self.left, self.right)]
        integers.append(isinstance(self.result, Register))
        if isinstance(self.reduction, Wrapping):
            if not all(integers):
                raise ValueError(f"{self.name}: only integers wrap or saturate, factors and result")
        elif any(integers):
            raise ValueError(f"{self.name}: integers are reduced by Wrapping only")
        for fmt in (self.left, self.right, self.result):
            if isinstance(fmt, Minifloat) and fmt.flavour is Flavour.SCALE:
                raise ValueError(f"{self.name}: {fmt} is a format of scales, which have no sums")
        if self.product_bits > WIDEST_PRODUCT:
            raise ValueError(
                f"{self.name}: products of {self.product_bits} significant bits are not supported; "
                f"{WIDEST_PRODUCT} are"
            )
        if isinstance(self.result, Minifloat):
            self.result.overflow_policy(self.overflow)
        if isinstance(self.reduction, Aligned):
            self._check_aligned(self.reduction)
        if isinstance(self.reduction, Pairwise | Wrapping) and (
            self.is_fused or self.group_rounding is not None
        ):
            raise ValueError(
                f"{self.name}: sums by pairs and of integers are neither fused nor rounded again"
            )
        if self.is_fused and self.group_rounding is not None:
            raise ValueError(f"{self.name}: a group that is fused is rounded with the accumulator")
        if Rounding.RSR in (self.rounding, self.group_rounding) and self.group == 0:
            raise ValueError(
                f"{self.name}: stochastic rounding needs groups, to have random bits for"
            )

    def _check_aligned(self, reduction: Aligned) -> None:
        if not reduction.guard >= 0 or self.kept > WIDEST_KEPT:
            raise ValueError(
                f"{self.name}: {reduction.guard} guard bits are not supported; "
                f"valid are 0 to {WIDEST_KEPT - self.precision + 1}"
            )
        if self.group == 0 or self.group > 1 << (57 - self.kept):
            raise ValueError(
                f"{self.name}: {self.group or 'all'} products with {self.kept} digits behind the "
                f"point are beyond the kernels; a group may have {1 << (57 - self.kept)}"
            )

    @property
    def precision(self) -> int:
        """Significant bits of the result."""
        return self.result.precision if isinstance(self.result, Minifloat) else self.result.bits

    @property
    def kept(self) -> int:
        """Digits behind the point of an aligned product."""
        assert isinstance(self.reduction, Aligned)
        return self.precision - 1 + self.reduction.guard

    @property
    def product_bits(self) -> int:
        """Bits of the significand of a product."""
        return sum(
            fmt.precision if isinstance(fmt, Minifloat) else fmt.bits
            for fmt in (self.left, self.right)
        )

    def group_of(self, terms: int) -> int:
        """Products in a group, of so many in all."""
        return self.group or max(terms, 1)
