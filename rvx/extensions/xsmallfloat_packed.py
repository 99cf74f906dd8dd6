"""The packed instructions of Xsmallfloat that stay within one width: arithmetic and comparison.

Every family is a loop over widths and over the plain and the replicated form, in which element 0 of
rs2 stands for all of its elements. The bit of fmode for results selects the alternate format, for
comparisons the bit for sources (snitch_fp_ss.sv). Included by `rvx.extensions.xsmallfloat`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rvx.formats.bits import like
from rvx.formats.minifloat import scalar
from rvx.formats.minifloat.catalogue import FP8, FP8ALT, FP16, FP16ALT, FP32
from rvx.formats.minifloat.format import Minifloat
from rvx.isa import Extension, Words

FLEN = 64
FORMATS = {"b": (FP8, FP8ALT), "h": (FP16, FP16ALT), "s": (FP32, FP32)}
"""The usual and the alternate format of each width."""
WIDTH_CODES = {"s": "00", "h": "10", "b": "11"}
RESULT_BIT, SOURCE_BIT = 1, 2

Kernel = Callable[..., Any]

Factory = Callable[[Minifloat], Kernel]

_ROUNDED: tuple[tuple[str, str, Factory, str], ...] = (
    ("vfadd", "00001", scalar.make_add, "rs1[l] + {0}"),
    ("vfsub", "00010", scalar.make_sub, "rs1[l] - {0}"),
    ("vfmul", "00011", scalar.make_mul, "rs1[l] * {0}"),
    ("vfdiv", "00100", scalar.make_div, "rs1[l] / {0}"),
)
_EXTREMES: tuple[tuple[str, str, Factory, str], ...] = (
    ("vfmin", "00101", scalar.make_minimum, "the smaller of rs1[l] and {0}"),
    ("vfmax", "00110", scalar.make_maximum, "the larger of rs1[l] and {0}"),
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


def pattern(top: str, rs2: str, variant: str) -> str:
    """The pattern of a vector instruction: `variant` is the replication bit and the width."""
    return f"10 {top} {rs2} rs1 {variant} rd 0110011"


def rounded_body(make: Factory, letter: str, replicates: bool) -> Kernel:
    """rd[l] = kernel(rs1[l], rs2[l], frm)."""
    usual, alternate = (make(fmt) for fmt in FORMATS[letter])
    bits = FORMATS[letter][0].bits
    mask, lanes = (1 << bits) - 1, FLEN // bits
    step = 0 if replicates else bits

    def body(rs1: int, rs2: int, frm: int, fflags: Words, fmode: Words) -> int:
        is_alternate = fmode[0] & RESULT_BIT
        result = 0
        raised = 0
        for i in range(lanes):
            a, b = rs1 >> i * bits & mask, rs2 >> i * step & mask
            if is_alternate != 0:
                code, flags = alternate(a, b, frm)
            else:
                code, flags = usual(a, b, frm)
            result |= like(rs1, code) << i * bits
            raised |= flags
        fflags[0] |= raised
        return result

    return body


def extreme_body(make: Factory, letter: str, replicates: bool) -> Kernel:
    """rd[l] = kernel(rs1[l], rs2[l]), which is exact but may meet a signalling NaN."""

    def make_with_mode(fmt: Minifloat) -> Kernel:
        kernel = make(fmt)

        def ignoring_mode(a: int, b: int, rm: int) -> Any:
            return kernel(a, b)

        return ignoring_mode

    return rounded_body(make_with_mode, letter, replicates)


def sign_body(make: Factory, letter: str, replicates: bool) -> Kernel:
    """rd[l] = kernel(rs1[l], rs2[l]) on signs alone, the same in both formats of a width."""
    kernel = make(FORMATS[letter][0])
    bits = FORMATS[letter][0].bits
    mask, lanes = (1 << bits) - 1, FLEN // bits
    step = 0 if replicates else bits

    def body(rs1: int, rs2: int) -> int:
        result = 0
        for i in range(lanes):
            code = kernel(rs1 >> i * bits & mask, rs2 >> i * step & mask)
            result |= like(rs1, code) << i * bits
        return result

    return body


def comparison_body(make: Factory, negates: int, letter: str, replicates: bool) -> Kernel:
    """rd = one bit a lane, lane 0 in bit 0; a negated comparison with NaN: see below."""
    usual, alternate = (make(fmt) for fmt in FORMATS[letter])
    usual_eq, alternate_eq = (scalar.make_eq(fmt) for fmt in FORMATS[letter])
    bits = FORMATS[letter][0].bits
    mask, lanes = (1 << bits) - 1, FLEN // bits
    step = 0 if replicates else bits
    # vfne is true of NaN; vfge and vfgt are not, though they negate vflt and vfle.
    needs_numbers = negates == 1 and make is not scalar.make_eq

    def is_number(is_alternate: int, a: int) -> int:
        if is_alternate != 0:
            equal, _ = alternate_eq(a, a)
        else:
            equal, _ = usual_eq(a, a)
        return int(equal)

    def body(rs1: int, rs2: int, fflags: Words, fmode: Words) -> int:
        is_alternate = fmode[0] & SOURCE_BIT
        result = 0
        raised = 0
        for i in range(lanes):
            a, b = rs1 >> i * bits & mask, rs2 >> i * step & mask
            if is_alternate != 0:
                holds, flags = alternate(a, b)
            else:
                holds, flags = usual(a, b)
            holds ^= negates
            if needs_numbers:
                holds &= is_number(is_alternate, a) & is_number(is_alternate, b)
            result |= holds << i
            raised |= flags
        fflags[0] |= raised
        return result

    return body


def root_body(letter: str) -> Kernel:
    """rd[l] = the square root of rs1[l], rounded once."""
    usual, alternate = (scalar.make_sqrt(fmt) for fmt in FORMATS[letter])
    bits = FORMATS[letter][0].bits
    mask, lanes = (1 << bits) - 1, FLEN // bits

    def body(rs1: int, frm: int, fflags: Words, fmode: Words) -> int:
        is_alternate = fmode[0] & RESULT_BIT
        result = 0
        raised = 0
        for i in range(lanes):
            a = rs1 >> i * bits & mask
            if is_alternate != 0:
                code, flags = alternate(a, frm)
            else:
                code, flags = usual(a, frm)
            result |= like(rs1, code) << i * bits
            raised |= flags
        fflags[0] |= raised
        return result

    return body


def declare_packed(extension: Extension) -> None:
    """Declares the packed arithmetic and comparison of all widths."""

    def declare(name: str, operands: str, bits: str, doc: str, body: Kernel) -> None:
        extension.instruction(f"{name} {operands}", bits, kind="float", doc=doc)(body)

    three = "rd:f, rs1:f, rs2:f"
    for letter, code in WIDTH_CODES.items():
        for mark, flag in (("", "0"), (".r", "1")):
            other = "rs2[0]" if mark else "rs2[l]"
            variant = flag + code
            for name, top, make, what in _ROUNDED:
                doc = f"rd[l] = {what.format(other)}, rounded once."
                body = rounded_body(make, letter, bool(mark))
                declare(f"{name}{mark}.{letter}", three, pattern(top, "rs2", variant), doc, body)
            for name, top, make, what in _EXTREMES:
                doc = f"rd[l] = {what.format(other)}; the number if one is NaN."
                body = extreme_body(make, letter, bool(mark))
                declare(f"{name}{mark}.{letter}", three, pattern(top, "rs2", variant), doc, body)
            for name, top, make, what in _SIGNS:
                doc = f"rd[l] = {what.format(other)}."
                body = sign_body(make, letter, bool(mark))
                declare(f"{name}{mark}.{letter}", three, pattern(top, "rs2", variant), doc, body)
            for name, top, make, negates, sign in _COMPARISONS:
                doc = f"Bit l of rd = whether rs1[l] {sign} {other}."
                body = comparison_body(make, negates, letter, bool(mark))
                operands = "rd:x, rs1:f, rs2:f"
                declare(f"{name}{mark}.{letter}", operands, pattern(top, "rs2", variant), doc, body)
        declare(
            f"vfsqrt.{letter}",
            "rd:f, rs1:f",
            pattern("00111", "00000", "0" + code),
            "rd[l] = the square root of rs1[l], rounded once.",
            root_body(letter),
        )
