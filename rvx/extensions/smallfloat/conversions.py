"""Packed conversions between widths and to integers, cast-and-pack, moves and classification.

A conversion to a wider width takes the lower half of rs1, or the upper half in its `vfcvtu` form; a
conversion to a narrower one fills what is left of rd with ones, and its `vfcvtu` form is the same
(cvfpu fpnew_opgroup_multifmt_slice.sv). Vectors of integers live in x registers, and have lanes of
the width of the floating-point ones.
"""

from __future__ import annotations

from functools import cache, partial

from rvx.extensions.floating import converted
from rvx.extensions.smallfloat.lanes import lanes_body, ones_above
from rvx.extensions.smallfloat.layout import (
    CODES,
    RESULT_BIT,
    SOURCE_BIT,
    Kernel,
    Layout,
    bits_of,
    declare,
    mask_of,
    pattern,
    result_format,
    source_format,
    unary_by_bit,
    unary_by_mode,
    without_randomness,
)
from rvx.formats.bits import like
from rvx.formats.minifloat import scalar
from rvx.formats.minifloat.format import Minifloat
from rvx.isa import Extension, Words, sext32
from rvx.isa.real import NO_NUMBER, Lanes, Real, Whole

_TOP = "01100"
_FORMS = (
    ("h", "h", "00101"),
    ("s", "h", "00110"),
    ("h", "s", "00100"),
    ("s", "b", "00111"),
    ("b", "s", "00100"),
    ("h", "b", "00111"),
    ("b", "h", "00110"),
    ("b", "b", "00111"),
)
"""Width of the result, width of the source, and the rs2 field that says so."""


def as_it_is(lanes: int) -> int:
    """The lanes that fill a register."""
    return lanes


def into_x(layout: Layout) -> Kernel:
    """A function that makes the value of an x register of lanes: 32 bits are sign-extended."""
    return as_it_is if layout.flen == 64 else sext32


def cast_and_pack_body(src: str, dst: str, pair: int, layout: Layout) -> Kernel:
    """Converts the scalars rs1 and rs2 into elements 2 * pair and 2 * pair + 1 of rd."""
    kernel = unary_by_mode(scalar.make_convert, src, dst)
    bits, mask = bits_of(dst), mask_of(dst)
    src_mask = -1 if src == "d" else mask_of(src)
    low = 2 * pair * bits
    kept = ~(mask << low | mask << low + bits) & (1 << 64) - 1
    kept = kept - (1 << 64) if kept >= 1 << 63 else kept
    above = layout.above

    def body(rd: int, rs1: int, rs2: int, frm: int, fflags: Words, fcsr: Words) -> int:
        rm = without_randomness(frm)
        first, raised = kernel(fcsr[0], rs1 & src_mask, rm)
        second, more = kernel(fcsr[0], rs2 & src_mask, rm)
        fflags[0] |= raised | more
        packed: int = like(rs1, first) << low | like(rs1, second) << low + bits
        return rd & kept | packed | above

    return body


def class_body(letter: str, layout: Layout) -> Kernel:
    """rd = eight bits a lane."""
    kernel = unary_by_bit(_classifier, letter, SOURCE_BIT)
    bits, mask, lanes = bits_of(letter), mask_of(letter), layout.lanes(letter)

    def body(rs1: int, fcsr: Words) -> int:
        status = fcsr[0]
        result = 0
        for i in range(lanes):
            ten = kernel(status, rs1 >> i * bits & mask, 0)
            result |= like(rs1, eight_bits(ten)) << 8 * i
        return result

    return body


def eight_bits(ten: int) -> int:
    """The class of a lane from the ten bits of fclass.

    Infinite, normal, subnormal, zero, signalling NaN, quiet NaN, then one bit each for what is not
    negative and what is; a NaN is never negative (cvfpu fpnew_opgroup_fmt_slice.sv).
    """
    if ten & 0xF != 0:
        return 0x80 | (ten & 0xF)
    return (
        0x40 | (ten >> 4 & 0x30) | (ten >> 1 & 8) | (ten >> 3 & 4) | (ten >> 5 & 2) | ten >> 7 & 1
    )


@cache
def _classifier(fmt: Minifloat) -> Kernel:
    kernel = scalar.make_classify(fmt)

    def classify(a: int, rm: int) -> int:
        return kernel(a)

    return classify


@cache
def _to_integer(width: int, is_signed: bool) -> Kernel:
    return partial(scalar.make_to_integer, width=width, is_signed=is_signed)


@cache
def _from_integer(width: int, is_signed: bool) -> Kernel:
    return partial(scalar.make_from_integer, width=width, is_signed=is_signed)


def move_to_x_body(layout: Layout) -> Kernel:
    """rd = all lanes of rs1; an x register of 32 bits takes the lower ones."""
    narrowed = into_x(layout)

    def body(rs1: int) -> int:
        value: int = narrowed(rs1)
        return value

    return body


def move_from_x_body(layout: Layout) -> Kernel:
    """rd = the lanes in rs1, which is sign-extended where it is narrower than rd."""
    finish = ones_above(layout.flen)

    def body(rs1: int) -> int:
        lanes: int = finish(rs1)
        return lanes

    return body


def declare_conversions(extension: Extension, layout: Layout) -> None:
    """Declares conversions, cast-and-pack, moves and classification of all widths."""
    for dst, src, rs2 in _FORMS:
        if dst in layout.vectors and src in layout.vectors:
            _declare_between(extension, layout, src, dst, rs2)
    for letter in layout.vectors:
        _declare_integers(extension, layout, letter)
        _declare_moves(extension, layout, letter)
    scalars = ("s", "d") if layout.flen == 64 else ("s",)
    for dst in layout.vectors:
        for src in scalars:
            _declare_cast_and_pack(extension, layout, src, dst)


def _declare_between(extension: Extension, layout: Layout, src: str, dst: str, rs2: str) -> None:
    is_up = bits_of(dst) > bits_of(src)
    lanes = min(layout.lanes(src), layout.lanes(dst))
    kernel = unary_by_mode(scalar.make_convert, src, dst)
    for mark, flag in (("", "0"), ("u", "1")):
        first = layout.lanes(src) // 2 if is_up and mark else 0
        element = f"rs1[{first} + l]" if first else "rs1[l]"
        rest = "; ones above the result" if bits_of(dst) < bits_of(src) else ""
        declare(
            extension,
            f"vfcvt{mark}.{dst}.{src} rd:f, rs1:f",
            pattern(_TOP, rs2, flag + CODES[dst]),
            f"rd[l] = {element}, rounded once, for l = 0 to {lanes - 1}{rest}.",
            lanes_body(
                kernel, bits_of(src), bits_of(dst), lanes, first, ones_above(lanes * bits_of(dst))
            ),
            converted(source_format(src), result_format(dst), lanes, first),
        )


def _declare_integers(extension: Extension, layout: Layout, letter: str) -> None:
    width, lanes = bits_of(letter), layout.lanes(letter)
    for name, flag, is_signed in (("x", "0", True), ("xu", "1", False)):
        kind = f"{'signed' if is_signed else 'unsigned'} {width}-bit integer"
        kernel = unary_by_bit(_to_integer(width, is_signed), letter, SOURCE_BIT)
        declare(
            extension,
            f"vfcvt.{name}.{letter} rd:x, rs1:f",
            pattern(_TOP, "00010", flag + CODES[letter]),
            f"rd[l] = rs1[l] rounded to a {kind}.",
            lanes_body(kernel, width, width, lanes, 0, into_x(layout)),
            converted(source_format(letter), Whole(width, is_signed), lanes),
        )
        kernel = unary_by_bit(_from_integer(width, is_signed), letter, RESULT_BIT)
        declare(
            extension,
            f"vfcvt.{letter}.{name} rd:f, rs1:x",
            pattern(_TOP, "00011", flag + CODES[letter]),
            f"rd[l] = the {kind} rs1[l], rounded once.",
            lanes_body(kernel, width, width, lanes, 0, ones_above(layout.flen)),
            converted(Whole(width, is_signed), result_format(letter), lanes),
        )


def _declare_moves(extension: Extension, layout: Layout, letter: str) -> None:
    code = CODES[letter]
    declare(
        extension,
        f"vfmv.x.{letter} rd:x, rs1:f",
        pattern(_TOP, "00000", "0" + code),
        "rd = the lanes of rs1 as they are.",
        move_to_x_body(layout),
    )
    declare(
        extension,
        f"vfmv.{letter}.x rd:f, rs1:x",
        pattern(_TOP, "00000", "1" + code),
        "rd = the lanes in rs1 as they are.",
        move_from_x_body(layout),
    )
    declare(
        extension,
        f"vfclass.{letter} rd:x, rs1:f",
        pattern(_TOP, "00001", "0" + code),
        "rd = eight bits for each lane of rs1: infinite, normal, subnormal, zero, signalling NaN, "
        "quiet NaN, not negative, negative.",
        class_body(letter, layout),
        NO_NUMBER,
    )


def _declare_cast_and_pack(extension: Extension, layout: Layout, src: str, dst: str) -> None:
    for pair, letter in enumerate("abcd"):
        syntax = f"vfcpk{letter}.{dst}.{src} rd:f, rs1:f, rs2:f"
        top = f"110{'1' if src == 'd' else '0'}{pair >> 1}"
        bits = pattern(top, "rs2", f"{pair & 1}" + CODES[dst])
        elements = f"{2 * pair} and {2 * pair + 1}"
        if 2 * pair < layout.lanes(dst):
            doc = (
                f"Elements {elements} of rd = the scalars rs1 and rs2, rounded once; "
                "the rest of rd is kept."
            )
            body = cast_and_pack_body(src, dst, pair, layout)
            declare(extension, syntax, bits, doc, body, _pack_real(src, dst, pair))
        else:
            missing = f"A word without meaning: rd has no elements {elements}."
            extension.encoding(syntax, bits, kind="float", doc=missing)


def _pack_real(src: str, dst: str, pair: int) -> Real:
    """Two lanes: the first is rs1, the second rs2."""
    return Real(
        lambda rs1, rs2, lane: rs2 if lane else rs1,
        source_format(src),
        places={"rd": Lanes(result_format(dst), 2, 2 * pair)},
    )
