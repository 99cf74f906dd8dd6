"""Xexfma: packed expanding FMAs, rvx's own twin of ExSdotp, for comparison.

The ExSdotp paper compares its unit with two expanding FMA units in a row, for which no packed
instruction is published. This extension is that datapath as instructions: every lane takes one
product and rounds, where vfdotpex takes two and rounds once. The mnemonics follow PULP's smallfloat
extensions (`mac`, `ex`, destination before source, `u` for the upper half of the operands); the
encoding is rvx's, in the last corner of custom-3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rvx.formats.bits import like
from rvx.formats.minifloat.catalogue import FP8, FP16, FP32
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.scalar import make_fma
from rvx.isa import Extension
from rvx.isa.real import Lanes, Real

Xexfma = Extension(
    "Xexfma",
    version="1.0",
    doc="Packed expanding FMA with one product a lane, the twin of ExSdotp",
    source="rvx",
    requires=("D",),
)

_VARIANTS = (("s.h", FP16, FP32, "000"), ("h.b", FP8, FP16, "010"))
_HALVES = (("", "lower", "1111110"), ("u", "upper", "1111111"))


def make_body(src: Minifloat, dst: Minifloat, first: int) -> Callable[..., Any]:
    """The body for lanes of `dst`, with factors from element `first` of rs1 and rs2 on."""
    fma = make_fma(src, dst)
    lanes = 64 // dst.bits
    src_mask = (1 << src.bits) - 1
    dst_mask = (1 << dst.bits) - 1
    src_bits = src.bits
    dst_bits = dst.bits

    def body(rd: int, rs1: int, rs2: int, frm: int, fflags: Any) -> int:
        result = 0
        flags = 0
        for lane in range(lanes):
            at = (first + lane) * src_bits
            to = lane * dst_bits
            a = rs1 >> at & src_mask
            b = rs2 >> at & src_mask
            total, raised = fma(a, b, rd >> to & dst_mask, frm)
            result |= like(rd, total) << to
            flags |= raised
        fflags[0] |= flags
        return result

    return body


for _suffix, _src, _dst, _width in _VARIANTS:
    for _letter, _half, _funct7 in _HALVES:
        _lanes = 64 // _dst.bits
        Xexfma.instruction(
            f"vfmacex{_letter}.{_suffix} rd:f, rs1:f, rs2:f",
            f"{_funct7} rs2 rs1 {_width} rd 1111011",
            doc=f"rd[l] += rs1[l] * rs2[l] for the {_half} {_lanes} elements of rs1 and rs2, "
            f"{_src} into {_dst}, each lane rounded once by frm.",
            real=Real(
                lambda rd, rs1, rs2: (rd, rs1 * rs2),
                Lanes(_src, _lanes, _lanes if _letter else 0),
                places={"rd": Lanes(_dst, _lanes)},
            ),
        )(make_body(_src, _dst, _lanes if _letter else 0))
