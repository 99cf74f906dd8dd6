"""Zfh: half-precision floating point."""

from rvx.extensions.fixed_format import FixedFormat, convert_body, make_box, make_unbox
from rvx.extensions.floating import declare_conversion, declare_format
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
    supersedes=("Zfbfmin",),
)
declare_storage(Zfh, "h", 16)
declare_format(Zfh, "h", "10", FixedFormat(FP16))
for _letter, _code, _number, _fmt in (("s", "00", "00000", FP32), ("d", "01", "00001", FP64)):
    _name = "single" if _letter == "s" else "double"
    declare_conversion(
        Zfh,
        f"fcvt.{_letter}.h rd:f, rs1:f, rm:rm0",
        f"01000 {_code} 00010",
        f"rd = the half-precision number rs1, in {_name} precision.",
        convert_body(make_convert(FP16, _fmt), make_box(_fmt), make_unbox(FP16)),
    )
    declare_conversion(
        Zfh,
        f"fcvt.h.{_letter} rd:f, rs1:f, rm",
        f"01000 10 {_number}",
        f"rd = the {_name}-precision number rs1, rounded to half precision.",
        convert_body(make_convert(_fmt, FP16), make_box(FP16), make_unbox(_fmt)),
    )
