"""Integer formats of quantised tensors: INT2 to INT16, signed and unsigned, as values."""

from __future__ import annotations

import re

from rvx.records import dataclass

NARROWEST = 2
WIDEST = 16


@dataclass(frozen=True)
class Integer:
    """A two's complement or unsigned integer of a few bits, and the codes a quantiser may use.

    Quantisation is symmetric (no zero point). A signed quantiser leaves the most negative code
    out, so that INT4 is -7..7 (VS-Quant, arXiv 2102.04503, eq. 2); hardware still accepts -8.
    For unsigned tensors the paper prints an upper end of 2^(N-1)-1, at odds with the gain its
    tables show; the default here is the full 2^N-1, and `limit` gives the printed one.

    Attributes:
        bits: width, 2 to 16.
        signed: two's complement if true.
        limit: largest magnitude that the quantiser produces.

    Raises:
        ValueError: the width is out of range, or `limit` is not a code of the format.
    """

    bits: int
    signed: bool = True
    limit: int = 0

    def __post_init__(self) -> None:
        if not NARROWEST <= self.bits <= WIDEST:
            raise ValueError(
                f"an integer format of {self.bits} bits is not supported; "
                f"the width is {NARROWEST} to {WIDEST} bits"
            )
        if self.limit == 0:
            object.__setattr__(self, "limit", self.maximum)
        if not 1 <= self.limit <= self.maximum:
            raise ValueError(
                f"the limit {self.limit} is not a positive code of {self.name}; "
                f"valid limits are 1 to {self.maximum}"
            )

    @property
    def name(self) -> str:
        """The ml_dtypes name: `int4`, `uint8`."""
        return f"{'int' if self.signed else 'uint'}{self.bits}"

    @property
    def maximum(self) -> int:
        """Largest integer that the bits can hold."""
        return int((1 << (self.bits - self.signed)) - 1)

    @property
    def minimum(self) -> int:
        """Smallest integer that the bits can hold (a quantiser stops one above it)."""
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def high(self) -> int:
        """Largest code that the quantiser produces."""
        return self.limit

    @property
    def low(self) -> int:
        """Smallest code that the quantiser produces."""
        return -self.limit if self.signed else 0

    @property
    def mask(self) -> int:
        """The bits of one code."""
        return (1 << self.bits) - 1


INT3 = Integer(3)
INT4 = Integer(4)
INT6 = Integer(6)
INT8 = Integer(8)
INT16 = Integer(16)
UINT3 = Integer(3, signed=False)
UINT4 = Integer(4, signed=False)
UINT6 = Integer(6, signed=False)
UINT8 = Integer(8, signed=False)
UINT16 = Integer(16, signed=False)

_NAME = re.compile(r"(u?)int([1-9][0-9]?)", re.IGNORECASE)


def parse(name: str) -> Integer:
    """The format of a name such as `int4` or `uint8` (the names of NumPy and ml_dtypes).

    Raises:
        ValueError: the text is not such a name, or the width is not 2 to 16.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError(
            f"{name!r} is not an integer format; "
            f"write intN or uintN with N from {NARROWEST} to {WIDEST}, for example int4"
        )
    return Integer(int(match[2]), signed=not match[1])
