"""Zfinx, Zdinx and Zhinx: floating point in x registers.

They are F, D and Zfh without registers, loads, stores and moves of their own. Results are
sign-extended, and nobody looks at what stands above an operand. RV32 would keep doubles in pairs of
registers; Zdinx is for RV64 here.
"""

from rvx.extensions.fixed_format import (
    FixedFormat,
    convert_body,
    make_extension,
    make_low_part,
)
from rvx.extensions.floating import converted, declare_conversion, declare_format
from rvx.extensions.status import declare_status, declare_status_aliases
from rvx.formats.minifloat.catalogue import FP16, FP32, FP64
from rvx.formats.minifloat.scalar import make_convert
from rvx.isa import Extension

_SOURCE = 'The RISC-V Instruction Set Manual, Volume I, 20240411, chapter "Zfinx"'
_CLASH = {"F": "both have the same words, with registers of other files"}
Zfinx = Extension(
    "Zfinx",
    version="1.0",
    doc="Single precision in x registers",
    source=_SOURCE,
    requires=("I", "Zicsr"),
    conflicts=_CLASH,
)
Zdinx = Extension(
    "Zdinx",
    version="1.0",
    doc="Double precision in x registers, for RV64",
    source=_SOURCE,
    requires=("Zfinx",),
)
Zhinxmin = Extension(
    "Zhinxmin",
    version="1.0",
    doc="Conversions between half precision and others, in x registers",
    source=_SOURCE,
    requires=("Zfinx",),
)
Zhinx = Extension(
    "Zhinx",
    version="1.0",
    doc="Half precision in x registers",
    source=_SOURCE,
    requires=("Zfinx",),
    supersedes=("Zhinxmin",),
)
_CODES = {FP32: ("s", "00", "00000"), FP64: ("d", "01", "00001"), FP16: ("h", "10", "00010")}

declare_status(Zfinx)
declare_status_aliases(Zfinx)
declare_format(Zfinx, "s", "00", FixedFormat(FP32, is_in_x=True), file="x")
declare_format(Zdinx, "d", "01", FixedFormat(FP64, is_in_x=True), file="x", xlen=64)
declare_format(Zhinx, "h", "10", FixedFormat(FP16, is_in_x=True), file="x")

for _extension, _narrow, _wide, _needs, _xlen in (
    (Zdinx, FP32, FP64, (), 64),
    (Zhinxmin, FP16, FP32, (), None),
    (Zhinxmin, FP16, FP64, ("Zdinx",), 64),
    (Zhinx, FP16, FP32, (), None),
    (Zhinx, FP16, FP64, ("Zdinx",), 64),
):
    for _src, _dst in ((_narrow, _wide), (_wide, _narrow)):
        _from, _, _number = _CODES[_src]
        _to, _code, _ = _CODES[_dst]
        _is_exact = _dst is _wide
        declare_conversion(
            _extension,
            f"fcvt.{_to}.{_from} rd, rs1, rm:{'rm0' if _is_exact else 'rm'}",
            f"01000 {_code} {_number}",
            f"rd = the number rs1 of {_src.bits} bits in {_dst.bits} bits"
            f"{'' if _is_exact else ', rounded once'}.",
            convert_body(make_convert(_src, _dst), make_extension(_dst), make_low_part(_src)),
            real=converted(_src, _dst),
            xlen=_xlen,
            needs=_needs,
        )
