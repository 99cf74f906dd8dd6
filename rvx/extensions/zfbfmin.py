"""Zfbfmin: conversions between bfloat16 and single precision."""

from rvx.extensions.fixed_format import convert_body, make_box, make_unbox
from rvx.extensions.floating import converted, declare_conversion
from rvx.extensions.narrow import declare_storage
from rvx.formats.minifloat.catalogue import FP16ALT, FP32
from rvx.formats.minifloat.scalar import make_convert
from rvx.isa import Extension

Zfbfmin = Extension(
    "Zfbfmin",
    version="1.0",
    doc="Conversions between bfloat16 and single precision, and moves of 16 bits",
    source="The RISC-V Instruction Set Manual, Volume I, 20240411, chapter 22.3",
    requires=("F",),
)
declare_storage(Zfbfmin, "h", 16)
declare_conversion(
    Zfbfmin,
    "fcvt.s.bf16 rd:f, rs1:f, rm:rm0",
    "01000 00 00110",
    "rd = the bfloat16 number rs1 in single precision.",
    convert_body(make_convert(FP16ALT, FP32), make_box(FP32), make_unbox(FP16ALT)),
    real=converted(FP16ALT, FP32),
)
declare_conversion(
    Zfbfmin,
    "fcvt.bf16.s rd:f, rs1:f, rm",
    "01000 10 01000",
    "rd = the single-precision number rs1, rounded to bfloat16.",
    convert_body(make_convert(FP32, FP16ALT), make_box(FP16ALT), make_unbox(FP32)),
    real=converted(FP32, FP16ALT),
)
