"""Scalar instructions on numbers of 16 and 8 bits, in the formats that fmode selects.

They are encoded like those of F, with the width's two bits: those of 16 bits are exactly Zfh's,
whose instructions they supersede, and those of 8 bits stand where Q has its own. Operands are
NaN-boxed, unlike those of vectors, and rounding is by the static field where there is one.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from rvx.extensions.fixed_format import Bits, identity, make_box, make_unbox
from rvx.extensions.floating import converted, declare_format
from rvx.extensions.narrow import declare_storage
from rvx.extensions.smallfloat.layout import (
    CODES,
    FORMATS,
    RESULT_BIT,
    SOURCE_BIT,
    Factory,
    Kernel,
    Layout,
    bits_of,
    result_format,
    source_format,
    unary_by_mode,
    without_randomness,
)
from rvx.formats.minifloat import scalar
from rvx.formats.minifloat.catalogue import FP32
from rvx.isa import Extension, Words
from rvx.isa.real import Real

NARROW = ("h", "b")
_NAMES = {"s": "single", "d": "double", "h": "half", "b": "quarter"}


class ChosenFormat:
    """Makes bodies for a format that fmode chooses, as `FixedFormat` does for one that stands fast.

    Args:
        letter: the width.
        layout: of the registers.
    """

    def __init__(self, letter: str, layout: Layout) -> None:
        self.formats = FORMATS[letter]
        self.results, self.sources = result_format(letter), source_format(letter)
        self.precision = max(fmt.precision for fmt in self.formats)
        self._box = make_box(self.formats[0])
        self._unboxes = [make_unbox(fmt, layout.flen) for fmt in self.formats]

    def rounded(self, make: Factory) -> Kernel:
        """rd = kernel(rs1, rs2, rm)."""
        (usual, alternate), box = map(make, self.formats), self._box
        unbox, unbox_alternate = self._unboxes

        def body(rs1: int, rs2: int, rm: int, fflags: Words, fcsr: Words) -> int:
            mode = without_randomness(rm)
            if fcsr[0] & RESULT_BIT != 0:
                code, flags = alternate(unbox_alternate(rs1), unbox_alternate(rs2), mode)
            else:
                code, flags = usual(unbox(rs1), unbox(rs2), mode)
            fflags[0] |= flags
            return box(code)

        return body

    def fused(self, negates_product: bool, negates_addend: bool) -> Kernel:
        """rd = +-(rs1 * rs2) +- rs3."""
        make = partial(
            scalar.make_fma, negate_product=negates_product, negate_addend=negates_addend
        )
        (usual, alternate), box = map(make, self.formats), self._box
        unbox, unbox_alternate = self._unboxes

        def body(rs1: int, rs2: int, rs3: int, rm: int, fflags: Words, fcsr: Words) -> int:
            mode = without_randomness(rm)
            if fcsr[0] & RESULT_BIT != 0:
                a, b, c = unbox_alternate(rs1), unbox_alternate(rs2), unbox_alternate(rs3)
                code, flags = alternate(a, b, c, mode)
            else:
                code, flags = usual(unbox(rs1), unbox(rs2), unbox(rs3), mode)
            fflags[0] |= flags
            return box(code)

        return body

    def root(self) -> Kernel:
        """rd = the square root of rs1."""
        return self._unary(scalar.make_sqrt, RESULT_BIT, self._box)

    def extreme(self, make: Factory) -> Kernel:
        """rd = kernel(rs1, rs2), which is a number of the format."""
        return self._flagged(make, RESULT_BIT, self._box)

    def comparison(self, make: Factory) -> Kernel:
        """rd = kernel(rs1, rs2), which is 0 or 1."""
        return self._flagged(make, SOURCE_BIT, identity)

    def _flagged(self, make: Factory, bit: int, finish: Bits) -> Kernel:
        usual, alternate = map(make, self.formats)
        unbox, unbox_alternate = self._unboxes

        def body(rs1: int, rs2: int, fflags: Words, fcsr: Words) -> int:
            if fcsr[0] & bit != 0:
                result, flags = alternate(unbox_alternate(rs1), unbox_alternate(rs2))
            else:
                result, flags = usual(unbox(rs1), unbox(rs2))
            fflags[0] |= flags
            return finish(result)

        return body

    def sign(self, make: Factory) -> Kernel:
        """rd = rs1 with a sign that the kernel takes from both."""
        kernel, box = make(self.formats[0]), self._box
        unbox, unbox_alternate = self._unboxes

        def body(rs1: int, rs2: int, fcsr: Words) -> int:
            if fcsr[0] & RESULT_BIT != 0:
                return box(kernel(unbox_alternate(rs1), unbox_alternate(rs2)))
            return box(kernel(unbox(rs1), unbox(rs2)))

        return body

    def classification(self) -> Kernel:
        """rd = the ten bits of fclass."""
        usual, alternate = map(scalar.make_classify, self.formats)
        unbox, unbox_alternate = self._unboxes

        def body(rs1: int, fcsr: Words) -> Any:
            if fcsr[0] & SOURCE_BIT != 0:
                return alternate(unbox_alternate(rs1))
            return usual(unbox(rs1))

        return body

    def to_integer(self, width: int, is_signed: bool) -> Kernel:
        """rd = rs1 as an integer."""
        make = partial(scalar.make_to_integer, width=width, is_signed=is_signed)
        return self._unary(make, SOURCE_BIT, identity)

    def _unary(self, make: Factory, bit: int, finish: Bits) -> Kernel:
        usual, alternate = map(make, self.formats)
        unbox, unbox_alternate = self._unboxes

        def body(rs1: int, rm: int, fflags: Words, fcsr: Words) -> int:
            mode = without_randomness(rm)
            if fcsr[0] & bit != 0:
                result, flags = alternate(unbox_alternate(rs1), mode)
            else:
                result, flags = usual(unbox(rs1), mode)
            fflags[0] |= flags
            return finish(result)

        return body

    def from_integer(self, width: int, is_signed: bool) -> Kernel:
        """rd = the integer rs1."""
        make = partial(scalar.make_from_integer, width=width, is_signed=is_signed)
        (usual, alternate), box = map(make, self.formats), self._box

        def body(rs1: int, rm: int, fflags: Words, fcsr: Words) -> int:
            mode = without_randomness(rm)
            if fcsr[0] & RESULT_BIT != 0:
                code, flags = alternate(rs1, mode)
            else:
                code, flags = usual(rs1, mode)
            fflags[0] |= flags
            return box(code)

        return body


def make_unbox_by_mode(letter: str, layout: Layout) -> Kernel:
    """unbox(fcsr, register): the code, or the NaN of the source format that fmode selects."""
    usual, alternate = FORMATS[letter]
    unbox, unbox_alternate = (make_unbox(fmt, layout.flen) for fmt in (usual, alternate))

    def fixed(_fcsr: int, register: int) -> int:
        return unbox(register)

    def selected(fcsr: int, register: int) -> int:
        return unbox_alternate(register) if fcsr & SOURCE_BIT != 0 else unbox(register)

    return fixed if usual is alternate else selected


def conversion_body(src: str, dst: str, layout: Layout, has_mode: bool) -> Kernel:
    """rd = rs1, from one width into another, rounded once; to nearest if there is no rm field."""
    kernel = unary_by_mode(scalar.make_convert, src, dst)
    unbox, box = make_unbox_by_mode(src, layout), make_box(FORMATS[dst][0])

    def to_nearest(rs1: int, fflags: Words, fcsr: Words) -> int:
        code, flags = kernel(fcsr[0], unbox(fcsr[0], rs1), 0)
        fflags[0] |= flags
        return box(code)

    def body(rs1: int, rm: int, fflags: Words, fcsr: Words) -> int:
        code, flags = kernel(fcsr[0], unbox(fcsr[0], rs1), without_randomness(rm))
        fflags[0] |= flags
        return box(code)

    return body if has_mode else to_nearest


def expanding_body(src: str, layout: Layout, adds: bool) -> Kernel:
    """rd = rs1 * rs2, or rd + rs1 * rs2, in single precision, rounded once."""
    usual, alternate = FORMATS[src]
    mul, mul_alternate = (scalar.make_mul(fmt, FP32) for fmt in (usual, alternate))
    fma, fma_alternate = (scalar.make_fma(fmt, FP32) for fmt in (usual, alternate))
    unbox, unbox_addend = make_unbox_by_mode(src, layout), make_unbox(FP32, layout.flen)
    box = make_box(FP32)

    def multiply(rs1: int, rs2: int, rm: int, fflags: Words, fcsr: Words) -> int:
        a, b, mode = unbox(fcsr[0], rs1), unbox(fcsr[0], rs2), without_randomness(rm)
        if fcsr[0] & SOURCE_BIT != 0:
            code, flags = mul_alternate(a, b, mode)
        else:
            code, flags = mul(a, b, mode)
        fflags[0] |= flags
        return box(code)

    def accumulate(rd: int, rs1: int, rs2: int, rm: int, fflags: Words, fcsr: Words) -> int:
        a, b, mode = unbox(fcsr[0], rs1), unbox(fcsr[0], rs2), without_randomness(rm)
        if fcsr[0] & SOURCE_BIT != 0:
            code, flags = fma_alternate(a, b, unbox_addend(rd), mode)
        else:
            code, flags = fma(a, b, unbox_addend(rd), mode)
        fflags[0] |= flags
        return box(code)

    return accumulate if adds else multiply


def declare_scalars(extension: Extension, layout: Layout) -> None:
    """Declares everything on single numbers of 16 and 8 bits."""
    for letter in NARROW:
        declare_storage(extension, letter, bits_of(letter))
        declare_format(extension, letter, CODES[letter], ChosenFormat(letter, layout))
    wide = ("s", "d") if layout.flen == 64 else ("s",)
    for narrow in NARROW:
        for other in wide:
            _declare_conversion(extension, layout, narrow, other)
            _declare_conversion(extension, layout, other, narrow)
    for src, dst in (("h", "h"), ("b", "h"), ("h", "b"), ("b", "b")):
        _declare_conversion(extension, layout, src, dst)
    for src in NARROW:
        for name, funct5, adds in (("fmulex", "01001", False), ("fmacex", "01010", True)):
            function: Any = (
                (lambda rd, rs1, rs2: (rd, rs1 * rs2)) if adds else (lambda rs1, rs2: rs1 * rs2)
            )
            extension.instruction(
                f"{name}.s.{src} rd:f, rs1:f, rs2:f, rm",
                f"{funct5} {CODES[src]} rs2 rs1 rm rd 1010011",
                kind="float",
                doc=f"rd {'+' if adds else ''}= rs1 * rs2 in single precision, rounded once.",
                real=Real(function, source_format(src), places={"rd": FP32}),
            )(expanding_body(src, layout, adds))


def _declare_conversion(extension: Extension, layout: Layout, src: str, dst: str) -> None:
    """One conversion; the published table fixes rm = 000 in those to a wider width and from FP8.

    Zfh has an rm field in two of these, which is taken here too: they are exact.
    """
    is_fixed = src == "b"
    default = "rm0" if CODES[src] > CODES[dst] else "rm"
    syntax = f"fcvt.{dst}.{src} rd:f, rs1:f" + ("" if is_fixed else f", rm:{default}")
    number = f"{int(CODES[src], 2):05b}"
    extension.instruction(
        syntax,
        f"01000 {CODES[dst]} {number} rs1 {'000' if is_fixed else 'rm'} rd 1010011",
        kind="float",
        doc=f"rd = the {_NAMES[src]}-precision number rs1 in {_NAMES[dst]} precision"
        + (", in the formats that fmode selects." if src == dst else ", rounded once."),
        real=converted(source_format(src), result_format(dst)),
    )(conversion_body(src, dst, layout, not is_fixed))
