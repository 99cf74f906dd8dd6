"""Fused multiply-add in the lanes, and sums of dot products from one width into the next.

The exact sum of two products (or two numbers) and the accumulator is rounded once, in every mode,
and the flags of all lanes accrue. frm 6 is stochastic rounding, which only the instructions of the
SDOTP unit have (vfdotpex, vfsum, vfsumex); all others take it for round to nearest.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from rvx.extensions.smallfloat.layout import (
    CODES,
    FORMATS,
    MODE_PLACE,
    RESULT_BIT,
    RNE,
    RSR,
    Kernel,
    Layout,
    bits_of,
    by_mode,
    declare,
    mask_of,
    pattern,
    result_format,
    source_format,
    without_randomness,
)
from rvx.formats.bits import like
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.scalar import make_exsdotp, make_fma, make_vsum
from rvx.formats.minifloat.vector import DECLINED, make_packed_dot, make_packed_fma
from rvx.isa import Extension, Words
from rvx.isa.real import Lanes, Real
from rvx.records import replace

EXPANDING = (("s", "h"), ("h", "b"))
"""Width of the result and width of the factors."""
SHIFT_REGISTERS = 4
_FEEDBACK = 0x80000EA6
_FIRST_SEED = 0xFFFFFFFF


def draw_mode(shift_registers: Words, lane: int) -> int:
    """The rounding argument of a stochastic rounding; steps the lane's shift register.

    A Galois register of 32 bits, whose low 12 bits are the random number (cvfpu lfsr_sr.sv). It
    starts from the inverted number of hart and lane, hart 0 here; a word of 0 has not started.
    """
    value = shift_registers[lane]
    if value == 0:
        value = like(value, _FIRST_SEED - lane)
    shift_registers[lane] = (value >> 1) ^ (-(value & 1) & _FEEDBACK)
    return RSR | (value & 0xFFF) << 3


def dot_body(src: str, dst: str, negate: bool, replicates: bool, layout: Layout) -> Kernel:
    """rd[l] +-= rs1[2l] * rs2[2l] + rs1[2l+1] * rs2[2l+1], for all lanes of the result."""
    usual, dst_alt, src_alt, alternate = by_mode(partial(make_exsdotp, negate=negate), src, dst)
    make_packed = partial(make_packed_dot, negate=negate, replicates=replicates)
    packed, packed_dst_alt, packed_src_alt, packed_alternate = by_mode(make_packed, src, dst)
    src_bits, dst_bits = bits_of(src), bits_of(dst)
    src_mask, dst_mask = mask_of(src), mask_of(dst)
    lanes, above = layout.lanes(dst), layout.above
    counted = ~above
    step = 0 if replicates else src_bits

    def attempt(mode: int, rd: int, rs1: int, rs2: int) -> Any:
        if mode == 0:
            return packed(rd, rs1, rs2)
        if mode == 3:
            return packed_alternate(rd, rs1, rs2)
        if mode == 1:
            return packed_dst_alt(rd, rs1, rs2)
        return packed_src_alt(rd, rs1, rs2)

    def lane(mode: int, a: int, b: int, c: int, d: int, e: int, rm: int) -> Any:
        if mode == 0:
            return usual(a, b, c, d, e, rm)
        if mode == 3:
            return alternate(a, b, c, d, e, rm)
        if mode == 1:
            return dst_alt(a, b, c, d, e, rm)
        return src_alt(a, b, c, d, e, rm)

    def body(
        rd: int, rs1: int, rs2: int, frm: int, fflags: Words, fcsr: Words, sdotp_random: Words
    ) -> int:
        mode = fcsr[0] >> MODE_PLACE & 3
        result, raised = rd, DECLINED
        if frm == RNE:
            result, raised = attempt(mode, rd & counted, rs1 & counted, rs2 & counted)
        if raised >= 0:
            fflags[0] |= raised
            return result | above
        result = above
        raised = 0
        for i in range(lanes):
            at, to = 2 * i * src_bits, i * dst_bits
            other = 2 * i * step
            bits, flags = lane(
                mode,
                rs1 >> at & src_mask,
                rs2 >> other & src_mask,
                rs1 >> at + src_bits & src_mask,
                rs2 >> other + step & src_mask,
                rd >> to & dst_mask,
                draw_mode(sdotp_random, i) if frm == RSR else frm,
            )
            result |= like(rs1, bits) << to
            raised |= flags
        fflags[0] |= raised
        return result

    return body


def fused_body(letter: str, negate: bool, replicates: bool, layout: Layout) -> Kernel:
    """rd[l] +-= rs1[l] * rs2[l]; one mode bit, that of results, selects the format."""
    usual, alternate = (make_fma(fmt, negate_product=negate) for fmt in FORMATS[letter])
    attempts = [make_packed_fma(fmt, negate, replicates) for fmt in FORMATS[letter]]
    packed, packed_alternate = attempts
    bits, mask = bits_of(letter), mask_of(letter)
    lanes, above = layout.lanes(letter), layout.above
    counted = ~above
    step = 0 if replicates else bits

    def body(rd: int, rs1: int, rs2: int, frm: int, fflags: Words, fcsr: Words) -> int:
        is_alternate = fcsr[0] & RESULT_BIT
        rm = without_randomness(frm)
        result, raised = rd, DECLINED
        if rm == RNE and is_alternate != 0:
            result, raised = packed_alternate(rd & counted, rs1 & counted, rs2 & counted)
        elif rm == RNE:
            result, raised = packed(rd & counted, rs1 & counted, rs2 & counted)
        if raised >= 0:
            fflags[0] |= raised
            return result | above
        result = above
        raised = 0
        for i in range(lanes):
            at = i * bits
            a, b, c = rs1 >> at & mask, rs2 >> i * step & mask, rd >> at & mask
            if is_alternate != 0:
                code, flags = alternate(a, b, c, rm)
            else:
                code, flags = usual(a, b, c, rm)
            result |= like(rs1, code) << at
            raised |= flags
        fflags[0] |= raised
        return result

    return body


def sum_body(kernels: list[Kernel], src: str, dst: str, layout: Layout) -> Kernel:
    """rd[l] = rs1[2l] + rs1[2l+1] + rd[l]; lanes that a narrow sum does not fill become ones."""
    usual, dst_alt, src_alt, alternate = kernels
    src_bits, dst_bits = bits_of(src), bits_of(dst)
    src_mask, dst_mask = mask_of(src), mask_of(dst)
    lanes = layout.lanes(src) // 2
    filled = lanes * dst_bits
    above = 0 if filled == 64 else -1 << filled

    def lane(mode: int, a: int, c: int, e: int, rm: int) -> Any:
        if mode == 0:
            return usual(a, c, e, rm)
        if mode == 3:
            return alternate(a, c, e, rm)
        if mode == 1:
            return dst_alt(a, c, e, rm)
        return src_alt(a, c, e, rm)

    def body(rd: int, rs1: int, frm: int, fflags: Words, fcsr: Words, sdotp_random: Words) -> int:
        mode = fcsr[0] >> MODE_PLACE & 3
        result = above
        raised = 0
        for i in range(lanes):
            at, to = 2 * i * src_bits, i * dst_bits
            bits, flags = lane(
                mode,
                rs1 >> at & src_mask,
                rs1 >> at + src_bits & src_mask,
                rd >> to & dst_mask,
                draw_mode(sdotp_random, i) if frm == RSR else frm,
            )
            result |= like(rs1, bits) << to
            raised |= flags
        fflags[0] |= raised
        return result

    return body


def same_format_sum_body(kernels: list[Kernel], letter: str, layout: Layout) -> Kernel:
    """The sum within one format: the mode bit of results selects it."""
    return sum_body([kernels[0], kernels[3], kernels[0], kernels[3]], letter, letter, layout)


def _same_format_sum(_src: Minifloat, dst: Minifloat, *, negate: bool) -> Kernel:
    return make_vsum(dst, negate=negate)


def declare_expanding(extension: Extension, layout: Layout) -> None:
    """Declares multiply-add, dot products and sums of all widths."""
    for letter in layout.vectors:
        _declare_fused(extension, layout, letter)
    for dst, src in EXPANDING:
        _declare_dot_products(extension, layout, src, dst)
    _declare_sums(extension, layout)


def _declare_dot_products(extension: Extension, layout: Layout, src: str, dst: str) -> None:
    for sign, top in (("", "01011"), ("n", "11101")):
        for mark, flag in (("", "0"), (".r", "1")):
            source = "rs2[0]" if mark else "rs2[2l], rs2[2l+1]"
            declare(
                extension,
                f"vf{sign}dotpex.{dst}{mark}.{src} rd:f, rs1:f, rs2:f",
                pattern(top, "rs2", flag + CODES[dst]),
                f"rd[l] {'-' if sign else '+'}= the products of rs1[2l], rs1[2l+1] with "
                f"{source}, rounded once.",
                dot_body(src, dst, bool(sign), bool(mark), layout),
                _dot_real(src, dst, -1 if sign else 1, bool(mark), layout),
            )


def _dot_real(src: str, dst: str, sign: int, replicates: bool, layout: Layout) -> Real:
    lanes, fmt = layout.lanes(dst), source_format(src)
    return Real(
        lambda rd, rs1, rs2: (rd, sign * rs1[0] * rs2[0], sign * rs1[1] * rs2[1]),
        places={
            "rd": Lanes(result_format(dst), lanes),
            "rs1": Lanes(fmt, lanes, group=2),
            "rs2": Lanes(fmt, lanes, group=2, is_shared=replicates, is_repeated=replicates),
        },
    )


def _sum_real(source: Any, result: Any, sign: int, lanes: int) -> Real:
    return Real(
        lambda rd, rs1: (rd, sign * rs1[0], sign * rs1[1]),
        places={"rd": Lanes(result, lanes), "rs1": Lanes(source, lanes, group=2)},
    )


def _declare_fused(extension: Extension, layout: Layout, letter: str) -> None:
    for name, top, negate in (("vfmac", "01000", False), ("vfmre", "01001", True)):
        for mark, flag in (("", "0"), (".r", "1")):
            source = "rs2[0]" if mark else "rs2[l]"
            declare(
                extension,
                f"{name}{mark}.{letter} rd:f, rs1:f, rs2:f",
                pattern(top, "rs2", flag + CODES[letter]),
                f"rd[l] {'-' if negate else '+'}= rs1[l] * {source}, rounded once.",
                fused_body(letter, negate, bool(mark), layout),
                _fused_real(letter, -1 if negate else 1, bool(mark), layout),
            )


def _fused_real(letter: str, sign: int, replicates: bool, layout: Layout) -> Real:
    lanes = Lanes(result_format(letter), layout.lanes(letter))
    return Real(
        lambda rd, rs1, rs2: (rd, sign * rs1 * rs2),
        lanes,
        places={"rs2": replace(lanes, is_shared=replicates)},
    )


def _declare_sums(extension: Extension, layout: Layout) -> None:
    tops = (("", "00111"), ("n", "10111"))
    for letter, rs2 in (("s", "11100"), ("h", "11110"), ("b", "00111")):
        if letter not in layout.vectors:
            continue
        for sign, top in tops:
            kernels = by_mode(partial(_same_format_sum, negate=bool(sign)), letter, letter)
            declare(
                extension,
                f"vf{sign}sum.{letter} rd:f, rs1:f",
                pattern(top, rs2, "0" + CODES[letter]),
                f"rd[l] {'-' if sign else '+'}= rs1[2l] + rs1[2l+1], rounded once; "
                "the upper half of rd becomes ones.",
                same_format_sum_body(kernels, letter, layout),
                _sum_real(
                    result_format(letter),
                    result_format(letter),
                    -1 if sign else 1,
                    layout.lanes(letter) // 2,
                ),
            )
    for (dst, src), rs2 in zip(EXPANDING, ("10110", "10111"), strict=True):
        for sign, top in tops:
            kernels = by_mode(partial(make_vsum, negate=bool(sign)), src, dst)
            declare(
                extension,
                f"vf{sign}sumex.{dst}.{src} rd:f, rs1:f",
                pattern(top, rs2, "0" + CODES[dst]),
                f"rd[l] {'-' if sign else '+'}= rs1[2l] + rs1[2l+1], rounded once.",
                sum_body(kernels, src, dst, layout),
                _sum_real(
                    source_format(src),
                    result_format(dst),
                    -1 if sign else 1,
                    layout.lanes(src) // 2,
                ),
            )
