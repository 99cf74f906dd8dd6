"""What smallfloat instructions share: formats by letter, registers, fmode and rounding.

The two bits of the CSR fmode are bits 9 and 8 of fcsr, so bodies read them there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from rvx.formats.minifloat.catalogue import FP8, FP8ALT, FP16, FP16ALT, FP32, FP64
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import Rounding
from rvx.isa import Extension
from rvx.isa.real import Real
from rvx.records import dataclass

FORMATS = {"b": (FP8, FP8ALT), "h": (FP16, FP16ALT), "s": (FP32, FP32), "d": (FP64, FP64)}
"""The usual and the alternate format of each width."""
CODES = {"s": "00", "d": "01", "h": "10", "b": "11"}
"""The two bits of a word that stand for a width."""
PACKED = ("s", "h", "b")
"""The widths that vectors have, in the order of the published tables."""
RESULT_BIT, SOURCE_BIT = 1 << 8, 1 << 9
"""Position in fcsr of the bits of fmode: the alternate format of results, and of sources."""
MODE_PLACE = 8
RNE, RSR = int(Rounding.RNE), int(Rounding.RSR)

Kernel = Callable[..., Any]
Factory = Callable[[Minifloat], Kernel]


@dataclass(frozen=True)
class Layout:
    """How lanes lie in an f register.

    Attributes:
        flen: bits of a register that count, 64 or 32; those above are written as ones.
    """

    flen: int

    @property
    def above(self) -> int:
        """The ones above a register of 32 bits, as an int64."""
        return 0 if self.flen == 64 else -1 << self.flen

    @property
    def vectors(self) -> tuple[str, ...]:
        """The widths of which a register holds two or more."""
        return tuple(letter for letter in PACKED if self.lanes(letter) >= 2)

    def lanes(self, letter: str) -> int:
        """How many numbers of a width a register holds."""
        return self.flen // bits_of(letter)


def bits_of(letter: str) -> int:
    """Bits of a number of this width."""
    return FORMATS[letter][0].bits


def mask_of(letter: str) -> int:
    """Ones in the place of a number of this width."""
    return (1 << bits_of(letter)) - 1


def pattern(top: str, rs2: str, variant: str) -> str:
    """The pattern of a vector instruction: `variant` is the replication bit and the width."""
    return f"10 {top} {rs2} rs1 {variant} rd 0110011"


def declare(
    extension: Extension,
    syntax: str,
    bits: str,
    doc: str,
    body: Kernel,
    real: Real | None = None,
) -> None:
    """Declares an instruction with a generated body."""
    extension.instruction(syntax, bits, kind="float", doc=doc, real=real)(body)


def without_randomness(rm: int) -> int:
    """The rounding mode of units that have no random numbers: RSR is RNE to them."""
    return rm if rm < RSR else RNE


def result_format(letter: str) -> Any:
    """The format that fmode selects for results, as `rvx.isa.real.Lanes` has it."""
    return _format_by(letter, 1)


def source_format(letter: str) -> Any:
    """The same for sources."""
    return _format_by(letter, 2)


def _format_by(letter: str, bit: int) -> Any:
    usual, alternate = FORMATS[letter]
    if usual is alternate:
        return usual
    return lambda values: alternate if values["fmode"] & bit else usual


def by_mode(make: Callable[[Minifloat, Minifloat], Kernel], src: str, dst: str) -> list[Kernel]:
    """A kernel for each value of fmode, made for the source and result formats it selects."""
    return [make(FORMATS[src][mode >> 1], FORMATS[dst][mode & 1]) for mode in range(4)]


@cache
def unary_by_bit(make: Factory, letter: str, bit: int) -> Kernel:
    """kernel(fcsr, a, rm) in the format that a bit of fcsr selects; `make` gives one of (a, rm)."""
    usual, alternate = (make(fmt) for fmt in FORMATS[letter])

    def fixed(_fcsr: int, a: int, rm: int) -> Any:
        return usual(a, rm)

    def selected(fcsr: int, a: int, rm: int) -> Any:
        if fcsr & bit != 0:
            return alternate(a, rm)
        return usual(a, rm)

    return fixed if usual is alternate else selected


@cache
def unary_by_mode(make: Callable[[Minifloat, Minifloat], Kernel], src: str, dst: str) -> Kernel:
    """kernel(fcsr, a, rm) between the formats that fmode selects; `make` gives one of (a, rm)."""
    if FORMATS[src][0] is FORMATS[src][1]:
        return unary_by_bit(partial(make, FORMATS[src][0]), dst, RESULT_BIT)
    if FORMATS[dst][0] is FORMATS[dst][1]:
        fixed = FORMATS[dst][0]
        return unary_by_bit(lambda fmt: make(fmt, fixed), src, SOURCE_BIT)
    usual, dst_alt, src_alt, alternate = by_mode(make, src, dst)

    def selected(fcsr: int, a: int, rm: int) -> Any:
        mode = fcsr >> MODE_PLACE & 3
        if mode == 0:
            return usual(a, rm)
        if mode == 3:
            return alternate(a, rm)
        if mode == 1:
            return dst_alt(a, rm)
        return src_alt(a, rm)

    return selected


@cache
def binary_by_bit(make: Factory, letter: str, bit: int) -> Kernel:
    """kernel(fcsr, a, b, rm) in the format that a bit of fcsr selects."""
    usual, alternate = (make(fmt) for fmt in FORMATS[letter])

    def fixed(_fcsr: int, a: int, b: int, rm: int) -> Any:
        return usual(a, b, rm)

    def selected(fcsr: int, a: int, b: int, rm: int) -> Any:
        if fcsr & bit != 0:
            return alternate(a, b, rm)
        return usual(a, b, rm)

    return fixed if usual is alternate else selected
