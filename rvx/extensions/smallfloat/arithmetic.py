"""Packed arithmetic and comparison within one width.

Every family is a loop over widths and over the plain and the replicated form, in which element 0 of
rs2 stands for all of its elements. The bit of fmode for results selects the alternate format, for
comparisons the bit for sources (snitch_fp_ss.sv).
"""

from __future__ import annotations

from functools import cache
from typing import Any

from rvx.extensions.floating import root_of_rs1
from rvx.extensions.smallfloat.lanes import lanes_body, ones_above
from rvx.extensions.smallfloat.layout import (
    CODES,
    FORMATS,
    RESULT_BIT,
    SOURCE_BIT,
    Factory,
    Kernel,
    Layout,
    binary_by_bit,
    bits_of,
    declare,
    mask_of,
    pattern,
    result_format,
    unary_by_bit,
    without_randomness,
)
from rvx.formats.bits import like
from rvx.formats.minifloat import scalar
from rvx.formats.minifloat.format import Minifloat
from rvx.isa import Extension, Words
from rvx.isa.real import NO_NUMBER, Function, Lanes, Real, either
from rvx.records import replace


@cache
def _ignoring_mode(make: Factory) -> Factory:
    """The factory of an exact operation, with a rounding mode that its kernels ignore."""

    def make_with_mode(fmt: Minifloat) -> Kernel:
        kernel = make(fmt)

        def ignoring_mode(a: int, b: int, rm: int) -> Any:
            return kernel(a, b)

        return ignoring_mode

    return cache(make_with_mode)


_ROUNDED: tuple[tuple[str, str, Factory, Function, str], ...] = (
    (
        "vfadd",
        "00001",
        scalar.make_add,
        lambda rs1, rs2: (rs1, rs2),
        "rs1[l] + {0}, rounded once.",
    ),
    (
        "vfsub",
        "00010",
        scalar.make_sub,
        lambda rs1, rs2: (rs1, -rs2),
        "rs1[l] - {0}, rounded once.",
    ),
    ("vfmul", "00011", scalar.make_mul, lambda rs1, rs2: rs1 * rs2, "rs1[l] * {0}, rounded once."),
    ("vfdiv", "00100", scalar.make_div, lambda rs1, rs2: rs1 / rs2, "rs1[l] / {0}, rounded once."),
    (
        "vfmin",
        "00101",
        _ignoring_mode(scalar.make_minimum),
        either,
        "the smaller of rs1[l] and {0}; the number if one is NaN.",
    ),
    (
        "vfmax",
        "00110",
        _ignoring_mode(scalar.make_maximum),
        either,
        "the larger of rs1[l] and {0}; the number if one is NaN.",
    ),
)
_SIGNS: tuple[tuple[str, str, Factory, str], ...] = (
    ("vfsgnj", "01101", scalar.make_copy_sign, "rs1[l] with the sign of {0}"),
    ("vfsgnjn", "01110", scalar.make_copy_negated_sign, "rs1[l] with the opposite sign of {0}"),
    ("vfsgnjx", "01111", scalar.make_xor_signs, "rs1[l], negated if {0} is negative"),
)
_COMPARISONS: tuple[tuple[str, str, Factory, int, str], ...] = (
    ("vfeq", "10000", scalar.make_eq, 0, "="),
    ("vfne", "10001", scalar.make_eq, 1, "!="),
    ("vflt", "10010", scalar.make_lt, 0, "<"),
    ("vfge", "10011", scalar.make_lt, 1, ">="),
    ("vfle", "10100", scalar.make_le, 0, "<="),
    ("vfgt", "10101", scalar.make_le, 1, ">"),
)


def rounded_body(make: Factory, letter: str, replicates: bool, layout: Layout) -> Kernel:
    """rd[l] = kernel(rs1[l], rs2[l], frm)."""
    kernel = binary_by_bit(make, letter, RESULT_BIT)
    bits, mask = bits_of(letter), mask_of(letter)
    lanes, above = layout.lanes(letter), layout.above
    step = 0 if replicates else bits

    def body(rs1: int, rs2: int, frm: int, fflags: Words, fcsr: Words) -> int:
        status = fcsr[0]
        rm = without_randomness(frm)
        result = above
        raised = 0
        for i in range(lanes):
            code, flags = kernel(status, rs1 >> i * bits & mask, rs2 >> i * step & mask, rm)
            result |= like(rs1, code) << i * bits
            raised |= flags
        fflags[0] |= raised
        return result

    return body


def sign_body(make: Factory, letter: str, replicates: bool, layout: Layout) -> Kernel:
    """rd[l] = kernel(rs1[l], rs2[l]) on signs alone, the same in both formats of a width."""
    kernel = make(FORMATS[letter][0])
    bits, mask = bits_of(letter), mask_of(letter)
    lanes, above = layout.lanes(letter), layout.above
    step = 0 if replicates else bits

    def body(rs1: int, rs2: int) -> int:
        result = above
        for i in range(lanes):
            code = kernel(rs1 >> i * bits & mask, rs2 >> i * step & mask)
            result |= like(rs1, code) << i * bits
        return result

    return body


def comparison_body(
    make: Factory, negates: int, letter: str, replicates: bool, layout: Layout
) -> Kernel:
    """rd = one bit a lane, lane 0 in bit 0.

    vfne is true of NaN. vfge and vfgt are not, though they negate vflt and vfle.
    """
    kernel = binary_by_bit(_ignoring_mode(make), letter, SOURCE_BIT)
    is_equal = binary_by_bit(_ignoring_mode(scalar.make_eq), letter, SOURCE_BIT)
    bits, mask, lanes = bits_of(letter), mask_of(letter), layout.lanes(letter)
    step = 0 if replicates else bits
    needs_numbers = negates == 1 and make is not scalar.make_eq

    def body(rs1: int, rs2: int, fflags: Words, fcsr: Words) -> int:
        status = fcsr[0]
        result = 0
        raised = 0
        for i in range(lanes):
            a, b = rs1 >> i * bits & mask, rs2 >> i * step & mask
            holds, flags = kernel(status, a, b, 0)
            holds ^= negates
            if needs_numbers:
                holds &= is_equal(status, a, a, 0)[0] & is_equal(status, b, b, 0)[0]
            result |= holds << i
            raised |= flags
        fflags[0] |= raised
        return result

    return body


def root_body(letter: str, layout: Layout) -> Kernel:
    """rd[l] = the square root of rs1[l], rounded once."""
    kernel, bits = unary_by_bit(scalar.make_sqrt, letter, RESULT_BIT), bits_of(letter)
    return lanes_body(kernel, bits, bits, layout.lanes(letter), 0, ones_above(layout.flen))


def declare_arithmetic(extension: Extension, layout: Layout) -> None:
    """Declares the packed arithmetic and comparison of all widths."""
    for letter in layout.vectors:
        for mark, flag in (("", "0"), (".r", "1")):
            _declare_binary(extension, layout, letter, mark, flag + CODES[letter])
        declare(
            extension,
            f"vfsqrt.{letter} rd:f, rs1:f",
            pattern("00111", "00000", "0" + CODES[letter]),
            "rd[l] = the square root of rs1[l], rounded once.",
            root_body(letter, layout),
            Real(root_of_rs1, Lanes(result_format(letter), layout.lanes(letter))),
        )


def _declare_binary(
    extension: Extension, layout: Layout, letter: str, mark: str, variant: str
) -> None:
    replicates = bool(mark)
    other = "rs2[0]" if replicates else "rs2[l]"
    operands = f"{mark}.{letter} rd:f, rs1:f, rs2:f"
    lanes = Lanes(result_format(letter), layout.lanes(letter))
    places = {"rs2": replace(lanes, is_shared=replicates)}
    for name, top, make, function, what in _ROUNDED:
        body = rounded_body(make, letter, replicates, layout)
        doc = f"rd[l] = {what.format(other)}"
        real = Real(function, lanes, places=places)
        declare(extension, name + operands, pattern(top, "rs2", variant), doc, body, real)
    for name, top, make, what in _SIGNS:
        body = sign_body(make, letter, replicates, layout)
        doc = f"rd[l] = {what.format(other)}."
        # What gives the sign gives no number.
        real = Real(either, places={"rd": lanes, "rs1": lanes})
        declare(extension, name + operands, pattern(top, "rs2", variant), doc, body, real)
    for name, top, make, negates, sign in _COMPARISONS:
        body = comparison_body(make, negates, letter, replicates, layout)
        doc = f"Bit l of rd = whether rs1[l] {sign} {other}."
        syntax = f"{name}{mark}.{letter} rd:x, rs1:f, rs2:f"
        declare(extension, syntax, pattern(top, "rs2", variant), doc, body, NO_NUMBER)
