"""Xsmallfloat: PULP's packed minifloats in f registers, with expanding sums of dot products.

The encoding is that of Occamy and the Snitch cluster (FLEN = 64). A format in a mnemonic is a
width: `h` is FP16 or, if the CSR fmode says so, FP16alt (bfloat16); `b` is FP8 (E5M2) or FP8alt
(IEEE-style E4M3). Bit 1 of fmode selects the alternate format of sources, bit 0 that of results;
only 0 and 3 mean the same in all published models.

Semantics are the exact result of a lane, rounded once by frm, flags of all lanes accrued. Element 0
is the least significant. Vector instructions do not look at NaN boxes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from rvx.extensions.xsmallfloat_packed import (
    FLEN,
    FORMATS,
    WIDTH_CODES,
    declare_packed,
    pattern,
)
from rvx.formats.bits import like
from rvx.formats.minifloat.catalogue import FP32
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.scalar import make_convert, make_exsdotp, make_fma, make_vsum
from rvx.isa import Extension, Words

Xsmallfloat = Extension(
    "Xsmallfloat",
    version="occamy-1.0",
    doc="Packed FP8, FP16 and FP32 with expanding sums of dot products (MiniFloat-NN)",
    source="Bertaccini et al., MiniFloat-NN and ExSdotp, ARITH 2022; "
    "snitch_cluster hw/snitch/src/riscv_instr.sv; cvfpu src/fpnew_sdotp_multi.sv",
    requires=("D",),
)
Xsmallfloat.csr(
    "fmode", 0x800, bits=2, doc="Alternate formats: bit 1 for sources, bit 0 for results"
)

_EXPANDING = (("s", "h"), ("h", "b"))
_UPPER_ONES = -1 << 32

Kernel = Callable[..., Any]


def by_mode(make: Callable[[Minifloat, Minifloat], Kernel], src: str, dst: str) -> list[Kernel]:
    """A kernel for each value of fmode, made for the source and result formats it selects."""
    return [make(FORMATS[src][mode >> 1], FORMATS[dst][mode & 1]) for mode in range(4)]


def _mask(letter: str) -> int:
    return (1 << FORMATS[letter][0].bits) - 1


def dot_body(kernels: list[Kernel], src: str, dst: str, replicates: bool) -> Kernel:
    """rd[l] = rs1[2l] * rs2[2l] + rs1[2l+1] * rs2[2l+1] + rd[l], for all lanes of the result."""
    usual, dst_alt, src_alt, alternate = kernels
    src_bits, dst_bits = FORMATS[src][0].bits, FORMATS[dst][0].bits
    src_mask, dst_mask = _mask(src), _mask(dst)
    lanes = FLEN // dst_bits
    step = 0 if replicates else src_bits

    def lane(mode: int, a: int, b: int, c: int, d: int, e: int, rm: int) -> Any:
        if mode == 0:
            return usual(a, b, c, d, e, rm)
        if mode == 3:
            return alternate(a, b, c, d, e, rm)
        if mode == 1:
            return dst_alt(a, b, c, d, e, rm)
        return src_alt(a, b, c, d, e, rm)

    def body(rd: int, rs1: int, rs2: int, frm: int, fflags: Words, fmode: Words) -> int:
        mode = fmode[0] & 3
        result = 0
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
                frm,
            )
            result |= like(rs1, bits) << to
            raised |= flags
        fflags[0] |= raised
        return result

    return body


def fused_body(kernels: list[Kernel], letter: str, replicates: bool) -> Kernel:
    """rd[l] = rs1[l] * rs2[l] + rd[l]; one mode bit, that of results, selects the format."""
    usual, alternate = kernels[0], kernels[3]
    bits, mask = FORMATS[letter][0].bits, _mask(letter)
    lanes = FLEN // bits
    step = 0 if replicates else bits

    def body(rd: int, rs1: int, rs2: int, frm: int, fflags: Words, fmode: Words) -> int:
        is_alternate = fmode[0] & 1
        result = 0
        raised = 0
        for i in range(lanes):
            at = i * bits
            a, b, c = rs1 >> at & mask, rs2 >> i * step & mask, rd >> at & mask
            if is_alternate != 0:
                code, flags = alternate(a, b, c, frm)
            else:
                code, flags = usual(a, b, c, frm)
            result |= like(rs1, code) << at
            raised |= flags
        fflags[0] |= raised
        return result

    return body


def sum_body(kernels: list[Kernel], src: str, dst: str) -> Kernel:
    """rd[l] = rs1[2l] + rs1[2l+1] + rd[l]; lanes that a narrow sum does not fill become ones."""
    usual, dst_alt, src_alt, alternate = kernels
    src_bits, dst_bits = FORMATS[src][0].bits, FORMATS[dst][0].bits
    src_mask, dst_mask = _mask(src), _mask(dst)
    lanes = FLEN // 2 // src_bits
    upper = 0 if lanes * dst_bits == FLEN else _UPPER_ONES

    def lane(mode: int, a: int, c: int, e: int, rm: int) -> Any:
        if mode == 0:
            return usual(a, c, e, rm)
        if mode == 3:
            return alternate(a, c, e, rm)
        if mode == 1:
            return dst_alt(a, c, e, rm)
        return src_alt(a, c, e, rm)

    def body(rd: int, rs1: int, frm: int, fflags: Words, fmode: Words) -> int:
        mode = fmode[0] & 3
        result = 0
        raised = 0
        for i in range(lanes):
            at, to = 2 * i * src_bits, i * dst_bits
            bits, flags = lane(
                mode,
                rs1 >> at & src_mask,
                rs1 >> at + src_bits & src_mask,
                rd >> to & dst_mask,
                frm,
            )
            result |= like(rs1, bits) << to
            raised |= flags
        fflags[0] |= raised
        return result | upper

    return body


def same_format_sum_body(kernels: list[Kernel], letter: str) -> Kernel:
    """The sum within one format: the mode bit of results selects it."""
    return sum_body([kernels[0], kernels[3], kernels[0], kernels[3]], letter, letter)


def cast_body(kernels: list[Kernel], dst: str, pair: int) -> Kernel:
    """Converts the scalars rs1 and rs2 into elements 2 * pair and 2 * pair + 1 of rd."""
    usual, alternate = kernels[0], kernels[3]
    bits, mask = FORMATS[dst][0].bits, _mask(dst)
    low = 2 * pair * bits
    kept = ~(mask << low | mask << low + bits) & (1 << FLEN) - 1
    kept = kept - (1 << FLEN) if kept >= 1 << FLEN - 1 else kept

    def body(rd: int, rs1: int, rs2: int, frm: int, fflags: Words, fmode: Words) -> int:
        if fmode[0] & 1 != 0:
            first, raised = alternate(rs1 & 0xFFFFFFFF, frm)
            second, more = alternate(rs2 & 0xFFFFFFFF, frm)
        else:
            first, raised = usual(rs1 & 0xFFFFFFFF, frm)
            second, more = usual(rs2 & 0xFFFFFFFF, frm)
        fflags[0] |= raised | more
        packed: int = like(rs1, first) << low | like(rs1, second) << low + bits
        return rd & kept | packed

    return body


def _same_format_fma(_src: Minifloat, dst: Minifloat, *, negate: bool) -> Kernel:
    return make_fma(dst, negate_product=negate)


def _same_format_sum(_src: Minifloat, dst: Minifloat, *, negate: bool) -> Kernel:
    return make_vsum(dst, negate=negate)


def _from_single(_src: Minifloat, dst: Minifloat) -> Kernel:
    return make_convert(FP32, dst)


def _declare(name: str, operands: str, top: str, rs2: str, variant: str, doc: str) -> Any:
    return Xsmallfloat.instruction(
        f"{name} {operands}", pattern(top, rs2, variant), kind="float", doc=doc
    )


def _declare_expanding() -> None:
    for dst, src in _EXPANDING:
        for sign, top in (("", "01011"), ("n", "11101")):
            for mark, flag in (("", "0"), (".r", "1")):
                kernels = by_mode(partial(make_exsdotp, negate=bool(sign)), src, dst)
                source = "rs2[0]" if mark else "rs2[2l], rs2[2l+1]"
                _declare(
                    f"vf{sign}dotpex.{dst}{mark}.{src}",
                    "rd:f, rs1:f, rs2:f",
                    top,
                    "rs2",
                    flag + WIDTH_CODES[dst],
                    f"rd[l] {'-' if sign else '+'}= the products of rs1[2l], rs1[2l+1] with "
                    f"{source}, rounded once.",
                )(dot_body(kernels, src, dst, bool(mark)))


def _declare_fused() -> None:
    for letter in FORMATS:
        for name, top, negate in (("vfmac", "01000", False), ("vfmre", "01001", True)):
            for mark, flag in (("", "0"), (".r", "1")):
                kernels = by_mode(partial(_same_format_fma, negate=negate), letter, letter)
                source = "rs2[0]" if mark else "rs2[l]"
                _declare(
                    f"{name}{mark}.{letter}",
                    "rd:f, rs1:f, rs2:f",
                    top,
                    "rs2",
                    flag + WIDTH_CODES[letter],
                    f"rd[l] {'-' if negate else '+'}= rs1[l] * {source}, rounded once.",
                )(fused_body(kernels, letter, bool(mark)))


def _declare_sums() -> None:
    tops = (("", "00111"), ("n", "10111"))
    for letter, rs2 in (("s", "11100"), ("h", "11110"), ("b", "00111")):
        for sign, top in tops:
            kernels = by_mode(partial(_same_format_sum, negate=bool(sign)), letter, letter)
            _declare(
                f"vf{sign}sum.{letter}",
                "rd:f, rs1:f",
                top,
                rs2,
                "0" + WIDTH_CODES[letter],
                f"rd[l] {'-' if sign else '+'}= rs1[2l] + rs1[2l+1], rounded once; "
                "the upper half of rd becomes ones.",
            )(same_format_sum_body(kernels, letter))
    for (dst, src), rs2 in zip(_EXPANDING, ("10110", "10111"), strict=True):
        for sign, top in tops:
            kernels = by_mode(partial(make_vsum, negate=bool(sign)), src, dst)
            _declare(
                f"vf{sign}sumex.{dst}.{src}",
                "rd:f, rs1:f",
                top,
                rs2,
                "0" + WIDTH_CODES[dst],
                f"rd[l] {'-' if sign else '+'}= rs1[2l] + rs1[2l+1], rounded once.",
            )(sum_body(kernels, src, dst))


def _declare_casts() -> None:
    for dst in FORMATS:
        pairs = FLEN // FORMATS[dst][0].bits // 2
        for pair, letter in enumerate("abcd"[:pairs]):
            kernels = by_mode(_from_single, dst, dst)
            _declare(
                f"vfcpk{letter}.{dst}.s",
                "rd:f, rs1:f, rs2:f",
                f"1100{pair >> 1}",
                "rs2",
                f"{pair & 1}" + WIDTH_CODES[dst],
                f"rd[{2 * pair}], rd[{2 * pair + 1}] = the scalars rs1, rs2, rounded once; "
                "the rest of rd is kept.",
            )(cast_body(kernels, dst, pair))


declare_packed(Xsmallfloat)
_declare_expanding()
_declare_fused()
_declare_sums()
_declare_casts()
