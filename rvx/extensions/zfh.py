"""Zfh: half-precision floating point, and Zfhmin, which has its conversions and moves alone."""

from rvx.extensions.fixed_format import FixedFormat, convert_body, make_box, make_unbox
from rvx.extensions.floating import converted, declare_conversion, declare_format
from rvx.extensions.narrow import declare_storage
from rvx.formats.minifloat.catalogue import FP16, FP32, FP64
from rvx.formats.minifloat.scalar import make_convert
from rvx.isa import Extension

Zfh = Extension(
    "Zfh",
    version="1.0",
    doc="Half-precision floating point",
    source="The RISC-V Instruction Set Manual, Volume I, 20240411, chapter 22",
    requires=("F",),
    supersedes=("Zfhmin", "Zfbfmin"),
)
Zfhmin = Extension(
    "Zfhmin",
    version="1.0",
    doc="Conversions between half precision and others, and moves of 16 bits",
    source="The RISC-V Instruction Set Manual, Volume I, 20240411, chapter 22",
    requires=("F",),
    supersedes=("Zfbfmin",),
)


def _declare_conversions(extension: Extension) -> None:
    for letter, code, number, fmt in (("s", "00", "00000", FP32), ("d", "01", "00001", FP64)):
        name, needs = ("single", ()) if letter == "s" else ("double", ("D",))
        declare_conversion(
            extension,
            f"fcvt.{letter}.h rd:f, rs1:f, rm:rm0",
            f"01000 {code} 00010",
            f"rd = the half-precision number rs1, in {name} precision.",
            convert_body(make_convert(FP16, fmt), make_box(fmt), make_unbox(FP16)),
            real=converted(FP16, fmt),
            needs=needs,
        )
        declare_conversion(
            extension,
            f"fcvt.h.{letter} rd:f, rs1:f, rm",
            f"01000 10 {number}",
            f"rd = the {name}-precision number rs1, rounded to half precision.",
            convert_body(make_convert(fmt, FP16), make_box(FP16), make_unbox(fmt)),
            real=converted(fmt, FP16),
            needs=needs,
        )


declare_storage(Zfh, "h", 16)
declare_format(Zfh, "h", "10", FixedFormat(FP16))
_declare_conversions(Zfh)
declare_storage(Zfhmin, "h", 16)
_declare_conversions(Zfhmin)
