"""What F, D and Zfh have in common: the instructions of one IEEE format in f registers.

Arithmetic comes from the kernels of `rvx.formats.minifloat`, which round the exact result once and
return its flags. Formats narrower than 64 bits are NaN-boxed in the registers: the bits above are
all ones, and a value that is not boxed reads as the canonical NaN.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rvx.formats.minifloat import Minifloat
from rvx.formats.minifloat import scalar as kernels
from rvx.isa import Extension, Words

Bits = Callable[[int], int]

_FUSED = (
    ("fmadd", "1000011", False, False, "rs1 * rs2 + rs3"),
    ("fmsub", "1000111", False, True, "rs1 * rs2 - rs3"),
    ("fnmsub", "1001011", True, False, "-(rs1 * rs2) + rs3"),
    ("fnmadd", "1001111", True, True, "-(rs1 * rs2) - rs3"),
)
_ROUNDED = (
    ("fadd", "00000", kernels.make_add, "rs1 + rs2"),
    ("fsub", "00001", kernels.make_sub, "rs1 - rs2"),
    ("fmul", "00010", kernels.make_mul, "rs1 * rs2"),
    ("fdiv", "00011", kernels.make_div, "rs1 / rs2"),
)
_EXTREMES = (
    ("fmin", "000", kernels.make_minimum, "smaller"),
    ("fmax", "001", kernels.make_maximum, "larger"),
)
_SIGNS = (
    ("fsgnj", "000", kernels.make_copy_sign, "the sign of rs2"),
    ("fsgnjn", "001", kernels.make_copy_negated_sign, "the opposite of the sign of rs2"),
    ("fsgnjx", "010", kernels.make_xor_signs, "its sign flipped if rs2 is negative"),
)
_COMPARISONS = (
    ("feq", "010", kernels.make_eq, "rs1 = rs2, quietly"),
    ("flt", "001", kernels.make_lt, "rs1 < rs2"),
    ("fle", "000", kernels.make_le, "rs1 <= rs2"),
)
_INTEGERS = (
    ("w", "00000", 32, True),
    ("wu", "00001", 32, False),
    ("l", "00010", 64, True),
    ("lu", "00011", 64, False),
)


def make_box(fmt: Minifloat) -> Bits:
    """A function that boxes a code: ones above it, as an int64."""
    if fmt.bits == 64:
        return identity
    above = -1 << fmt.bits

    def box(code: int) -> int:
        return code | above

    return box


def make_unbox(fmt: Minifloat) -> Bits:
    """A function that takes a code out of its box, or gives the canonical NaN."""
    if fmt.bits == 64:
        return identity
    bits = fmt.bits
    mask = (1 << bits) - 1
    nan = fmt.nan
    assert nan is not None

    def unbox(register: int) -> int:
        return register & mask if register >> bits == -1 else nan

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


def _rounded_body(
    kernel: Callable[[int, int, int], tuple[int, int]], box: Bits, unbox: Bits
) -> Any:
    def body(rs1: int, rs2: int, rm: int, fflags: Words) -> int:
        result, flags = kernel(unbox(rs1), unbox(rs2), rm)
        fflags[0] |= flags
        return box(result)

    return body


def _fused_body(
    kernel: Callable[[int, int, int, int], tuple[int, int]], box: Bits, unbox: Bits
) -> Any:
    def body(rs1: int, rs2: int, rs3: int, rm: int, fflags: Words) -> int:
        result, flags = kernel(unbox(rs1), unbox(rs2), unbox(rs3), rm)
        fflags[0] |= flags
        return box(result)

    return body


def _flagged_body(kernel: Callable[[int, int], tuple[int, int]], box: Bits, unbox: Bits) -> Any:
    def body(rs1: int, rs2: int, fflags: Words) -> int:
        result, flags = kernel(unbox(rs1), unbox(rs2))
        fflags[0] |= flags
        return box(result)

    return body


def _sign_body(kernel: Callable[[int, int], int], box: Bits, unbox: Bits) -> Any:
    def body(rs1: int, rs2: int) -> int:
        return box(kernel(unbox(rs1), unbox(rs2)))

    return body


def _class_body(kernel: Bits, unbox: Bits) -> Any:
    def body(rs1: int) -> int:
        return kernel(unbox(rs1))

    return body


def declare_format(extension: Extension, letter: str, code: str, fmt: Minifloat) -> None:
    """Declares arithmetic, comparison and conversion to and from integers for one format.

    Args:
        extension: takes the instructions.
        letter: the format in mnemonics, such as `s`.
        code: the two bits of the word that stand for it.
        fmt: the format.
    """
    box, unbox = make_box(fmt), make_unbox(fmt)

    def declare(syntax: str, bits: str, doc: str, body: Any, xlen: int | None = None) -> None:
        name, _, operands = syntax.partition(" ")
        extension.instruction(
            f"{name}.{letter} {operands}", f"{bits} 1010011", kind="float", doc=doc, xlen=xlen
        )(body)

    for name, opcode, negates_product, negates_addend, meaning in _FUSED:
        kernel = kernels.make_fma(fmt, negate_product=negates_product, negate_addend=negates_addend)
        extension.instruction(
            f"{name}.{letter} rd:f, rs1:f, rs2:f, rs3:f, rm",
            f"rs3 {code} rs2 rs1 rm rd {opcode}",
            kind="float",
            doc=f"rd = {meaning}, rounded once.",
        )(_fused_body(kernel, box, unbox))
    for name, funct5, make, meaning in _ROUNDED:
        declare(
            f"{name} rd:f, rs1:f, rs2:f, rm",
            f"{funct5} {code} rs2 rs1 rm rd",
            f"rd = {meaning}, rounded once.",
            _rounded_body(make(fmt), box, unbox),
        )
    declare(
        "fsqrt rd:f, rs1:f, rm",
        f"01011 {code} 00000 rs1 rm rd",
        "rd = the square root of rs1, rounded once.",
        convert_body(kernels.make_sqrt(fmt), box, unbox),
    )
    for name, funct3, make_sign, meaning in _SIGNS:
        declare(
            f"{name} rd:f, rs1:f, rs2:f",
            f"00100 {code} rs2 rs1 {funct3} rd",
            f"rd = rs1 with {meaning}.",
            _sign_body(make_sign(fmt), box, unbox),
        )
    for name, funct3, make_extreme, meaning in _EXTREMES:
        declare(
            f"{name} rd:f, rs1:f, rs2:f",
            f"00101 {code} rs2 rs1 {funct3} rd",
            f"rd = the {meaning} of rs1 and rs2; the number if one of them is NaN.",
            _flagged_body(make_extreme(fmt), box, unbox),
        )
    for name, funct3, make_comparison, meaning in _COMPARISONS:
        declare(
            f"{name} rd, rs1:f, rs2:f",
            f"10100 {code} rs2 rs1 {funct3} rd",
            f"rd = 1 if {meaning}, else 0; 0 if one is NaN.",
            _flagged_body(make_comparison(fmt), identity, unbox),
        )
    declare(
        "fclass rd, rs1:f",
        f"11100 {code} 00000 rs1 001 rd",
        "rd = one bit that says what kind of number rs1 is.",
        _class_body(kernels.make_classify(fmt), unbox),
    )
    for name, number, width, is_signed in _INTEGERS:
        xlen = 64 if width == 64 else None
        integer = f"{'signed' if is_signed else 'unsigned'} {width}-bit integer"
        is_exact = fmt.precision >= width
        declare_conversion(
            extension,
            f"fcvt.{name}.{letter} rd, rs1:f, rm",
            f"11000 {code} {number}",
            f"rd = rs1 rounded to a {integer}.",
            convert_body(kernels.make_to_integer(fmt, width, is_signed), identity, unbox),
            xlen,
        )
        declare_conversion(
            extension,
            f"fcvt.{letter}.{name} rd:f, rs1, rm:{'rm0' if is_exact else 'rm'}",
            f"11010 {code} {number}",
            f"rd = the {integer} rs1{'' if is_exact else ', rounded once'}.",
            convert_body(kernels.make_from_integer(fmt, width, is_signed), box, identity),
            xlen,
        )
    _declare_aliases(extension, letter)


def declare_conversion(
    extension: Extension,
    syntax: str,
    bits: str,
    doc: str,
    body: Any,
    xlen: int | None = None,
) -> None:
    """Declares a conversion: `bits` is the word down to rs2, which says the type of the source."""
    extension.instruction(syntax, f"{bits} rs1 rm rd 1010011", kind="float", doc=doc, xlen=xlen)(
        body
    )


def _declare_aliases(extension: Extension, letter: str) -> None:
    for name, target in (("fmv", "fsgnj"), ("fneg", "fsgnjn"), ("fabs", "fsgnjx")):
        extension.alias(f"{name}.{letter} rd:f, rs1:f", f"{target}.{letter} rd, rs1, rs1")
    for name, target in (("fgt", "flt"), ("fge", "fle")):
        extension.alias(
            f"{name}.{letter} rd, rs1:f, rs2:f",
            f"{target}.{letter} rd, rs2, rs1",
            is_printed=False,
        )
