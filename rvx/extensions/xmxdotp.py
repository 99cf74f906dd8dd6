"""Xmxdotp: the dot product of two microscaling (MX) words, with an accumulator, rounded once.

The idea of PULP's MXDOTP unit as one instruction on x registers, so that it can be compared with
Xvsq under the same conditions: 8 elements of 8 or 6 bits, or 16 of 4 bits, in two 64-bit
registers; both E8M0 scales and the formats in a third; a binary32 or a bfloat16 accumulator, as
VMXDOTP has them. PULP keeps the formats in fcsr; here they travel with the scales, so that decoding
has no state.

The space is custom-1, funct3 111 with funct2 11, beside Xvsq and the posit encodings.
"""

from __future__ import annotations

from collections.abc import Mapping

from rvx.formats.block.mx.choice import ORDER, dot
from rvx.formats.block.mx.format import INT8_LSB, MXINT8
from rvx.formats.minifloat.catalogue import E8M0, FP16ALT, FP32
from rvx.isa import Extension, Words, sext32
from rvx.isa.real import Lanes, Real, Whole

FORMAT_CODES = {code: fmt.name for code, fmt in enumerate(ORDER)}
"""Name of the format of the elements by rs3[18:16]."""

Xmxdotp = Extension(
    "Xmxdotp",
    version="1.1",
    doc="Dot product of MX elements with two E8M0 scales and a binary32 or bfloat16 accumulator",
    source="rvx; the arithmetic of MXDOTP, arXiv 2505.13159, and cvfpu fpnew_mxdotp_multi.sv; "
    "accumulators of VMXDOTP, arXiv 2603.04979; OCP Microscaling Formats 1.0 (2023)",
    requires=("F",),
)


def _elements(values: Mapping[str, int]) -> Lanes:
    """Where rs1 and rs2 hold elements: those of 6 bits in the low bits of bytes."""
    code = values["rs3"] >> 16 & 7
    if code >= len(ORDER):
        return Lanes(Whole(8), group=8)
    fmt = ORDER[code]
    element = Whole(8, places=-INT8_LSB) if fmt is MXINT8 else fmt.element
    return Lanes(element, group=64 // fmt.container, pitch=fmt.container)


@Xmxdotp.instruction(
    "mxdotp.s rd, rs1, rs2, rs3",
    "rs3 11 rs2 rs1 111 rd 0101011",
    xlen=64,
    real=Real(
        lambda rd, rs1, rs2, rs3: (
            rd,
            *(a * b * rs3[0] * rs3[1] for a, b in zip(rs1, rs2, strict=True)),
        ),
        _elements,
        places={
            "rd": lambda values: FP16ALT if values["rs3"] >> 19 & 1 else FP32,
            "rs3": Lanes(E8M0, group=2),
        },
    ),
)
def mxdotp_s(rd: int, rs1: int, rs2: int, rs3: int, fflags: Words) -> int:
    """rd += 2^(rs3[7:0] - 127) * 2^(rs3[15:8] - 127) * dot product of rs1 and rs2, rounded once.

    rd is binary32 if rs3[19] is 0, bfloat16 if it is 1, sign-extended, and rounding is to nearest,
    ties to even. rs3[18:16] says what
    rs1 and rs2 hold: 0 MXFP8 E4M3, 1 MXFP8 E5M2, 2 MXFP6 E2M3, 3 MXFP6 E3M2 (elements of 6 bits in
    the low bits of bytes), 4 MXFP4 E2M1, 5 MXINT8; 6 and 7 are invalid and give NaN.
    """
    is_bfloat16 = rs3 >> 19 & 1
    bits, flags = dot(rs3 >> 16 & 7, rs1, rs2, rs3, rs3 >> 8, rd, is_bfloat16)
    fflags[0] |= flags
    return sext32(bits << 16) >> 16 if is_bfloat16 else sext32(bits)
