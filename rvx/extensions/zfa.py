"""Zfa: constants, rounding to integers, extremes that keep NaNs, and quiet comparisons."""

import struct
from functools import partial
from typing import Any

from rvx.extensions.fixed_format import FixedFormat, convert_body, make_box, make_unbox
from rvx.extensions.floating import declare_conversion
from rvx.formats.minifloat import Minifloat
from rvx.formats.minifloat import scalar as kernels
from rvx.formats.minifloat.catalogue import FP16, FP32, FP64
from rvx.isa import Extension, Words
from rvx.isa.bits import MASK32
from rvx.isa.operands import NumberKind
from rvx.isa.real import NO_NUMBER, Real, either

Zfa = Extension(
    "Zfa",
    version="1.0",
    doc="Additional floating-point instructions",
    source='The RISC-V Instruction Set Manual, Volume I, 20240411, chapter "Zfa"',
    requires=("F",),
)

_NUMBERS = (
    *(2.0**-16, 2.0**-15, 2.0**-8, 2.0**-7, 0.0625, 0.125, 0.25, 0.3125, 0.375, 0.4375),
    *(0.5, 0.625, 0.75, 0.875, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 8.0, 16.0),
    *(128.0, 256.0, 32768.0, 65536.0),
)
"""What fli loads, but for -1, the least normal number, infinity and NaN."""


def _spelling(number: float) -> str:
    """The number as C's %a prints it."""
    digits, _, exponent = number.hex().partition("p")
    return f"{digits.rstrip('0').rstrip('.')}p{exponent}"


Zfa.operand_kind(
    NumberKind("constant", (_spelling(-1.0), "min", *map(_spelling, _NUMBERS), "inf", "nan"))
)


def _codes(fmt: Minifloat) -> tuple[int, ...]:
    """The codes of all constants."""
    convert = kernels.make_convert(FP64, fmt)

    def code(number: float) -> int:
        (bits,) = struct.unpack("<q", struct.pack("<d", number))
        return int(convert(bits, 0)[0])

    assert fmt.infinity is not None
    assert fmt.nan is not None
    listed = (code(-1.0), fmt.min_normal, *map(code, _NUMBERS), fmt.infinity, fmt.nan)
    return tuple(int(one) for one in listed)


def _declare_constant(letter: str, code: str, fmt: Minifloat, needs: tuple[str, ...]) -> None:
    codes, box = _codes(fmt), make_box(fmt)

    @Zfa.instruction(
        f"fli.{letter} rd:f, number:constant",
        f"11110 {code} 00001 number[4:0] 000 rd 1010011",
        kind="float",
        needs=needs,
        doc="rd = one of 32 numbers: 1, small powers of two and their quarters, and limits.",
    )
    def body(number: int) -> int:
        return box(codes[number])


def _declare_format(letter: str, code: str, fmt: Minifloat, needs: tuple[str, ...]) -> None:
    bodies, box, unbox = FixedFormat(fmt), make_box(fmt), make_unbox(fmt)

    def declare(syntax: str, bits: str, doc: str, body: Any, real: Real) -> None:
        name, _, operands = syntax.partition(" ")
        Zfa.instruction(
            f"{name}.{letter} {operands}",
            f"{bits} 1010011",
            kind="float",
            doc=doc,
            needs=needs,
            real=real,
        )(body)

    _declare_constant(letter, code, fmt, needs)
    for name, funct3, make, meaning in (
        ("fminm", "010", kernels.make_minimum_or_nan, "smaller"),
        ("fmaxm", "011", kernels.make_maximum_or_nan, "larger"),
    ):
        declare(
            f"{name} rd:f, rs1:f, rs2:f",
            f"00101 {code} rs2 rs1 {funct3} rd",
            f"rd = the {meaning} of rs1 and rs2; NaN if one of them is NaN.",
            bodies.extreme(make),
            Real(either, fmt),
        )
    for name, number, is_exact, more in (
        ("fround", "00100", False, ""),
        ("froundnx", "00101", True, "; says whether that is another number"),
    ):
        declare_conversion(
            Zfa,
            f"{name}.{letter} rd:f, rs1:f, rm",
            f"01000 {code} {number}",
            f"rd = rs1 rounded to an integer{more}.",
            convert_body(kernels.make_integral(fmt, is_exact), box, unbox),
            real=None,
            needs=needs,
        )
    for name, funct3, make_comparison, meaning in (
        ("fltq", "101", kernels.make_lt, "rs1 < rs2"),
        ("fleq", "100", kernels.make_le, "rs1 <= rs2"),
    ):
        declare(
            f"{name} rd, rs1:f, rs2:f",
            f"10100 {code} rs2 rs1 {funct3} rd",
            f"rd = 1 if {meaning}, else 0; 0 if one is NaN, quietly.",
            bodies.comparison(partial(make_comparison, is_quiet=True)),
            NO_NUMBER,
        )
    for name, target in (("fgtq", "fltq"), ("fgeq", "fleq")):
        Zfa.alias(
            f"{name}.{letter} rd, rs1:f, rs2:f", f"{target}.{letter} rd, rs2, rs1", is_printed=False
        )


_declare_format("s", "00", FP32, ())
_declare_format("d", "01", FP64, ("D",))
_declare_format("h", "10", FP16, ("Zfh",))

_modular = kernels.make_modular_integer(FP64)


@Zfa.instruction(
    "fcvtmod.w.d rd, rs1:f, rm:rtz",
    "11000 01 01000 rs1 rm rd 1010011",
    kind="float",
    needs=("D",),
)
def fcvtmod_w_d(rs1: int, fflags: Words) -> int:
    """rd = rs1 rounded towards zero to an integer, modulo 2^32, sign-extended."""
    result, flags = _modular(rs1)
    fflags[0] |= flags
    return result


@Zfa.instruction(
    "fmvh.x.d rd, rs1:f", "1110001 00001 rs1 000 rd 1010011", kind="float", xlen=32, needs=("D",)
)
def fmvh_x_d(rs1: int) -> int:
    """rd = the high 32 bits of rs1."""
    return rs1 >> 32


@Zfa.instruction(
    "fmvp.d.x rd:f, rs1, rs2",
    "1011001 rs2 rs1 000 rd 1010011",
    kind="float",
    xlen=32,
    needs=("D",),
)
def fmvp_d_x(rs1: int, rs2: int) -> int:
    """rd = the number whose low 32 bits are rs1 and whose high ones are rs2."""
    return rs1 & MASK32 | rs2 << 32
