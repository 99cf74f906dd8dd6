"""Zfinx, Zdinx and Zhinx: floating point in x registers.

They are F, D and Zfh without registers, loads, stores and moves of their own. Results are
sign-extended, and nobody looks at what stands above an operand. RV32 keeps doubles in pairs of
registers.
"""

from rvx.extensions.fixed_format import (
    FixedFormat,
    convert_body,
    make_extension,
    make_low_part,
)
from rvx.extensions.floating import converted, declare_conversion, declare_format
from rvx.extensions.register_pairs import PairFormat, join_source, split_result
from rvx.extensions.status import declare_status, declare_status_aliases
from rvx.formats.minifloat import Minifloat
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
    doc="Double precision in x registers; pairs of them on RV32",
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
declare_format(Zdinx, "d", "01", PairFormat(FP64), file="x*2", xlen=32)
declare_format(Zhinx, "h", "10", FixedFormat(FP16, is_in_x=True), file="x")


def _declare_conversions(
    extension: Extension, narrow: Minifloat, wide: Minifloat, needs: tuple[str, ...] = ()
) -> None:
    """Declares the conversions between two formats, for each way to hold the wider one."""
    for src, dst in ((narrow, wide), (wide, narrow)):
        start, _, number = _CODES[src]
        to, code, _ = _CODES[dst]
        is_exact = dst is wide
        body = convert_body(make_convert(src, dst), make_extension(dst), make_low_part(src))
        for xlen in (32, 64) if wide is FP64 else (None,):
            is_pair = xlen == 32
            kind = "x*2" if is_pair else "x"
            made = body
            if is_pair:
                made = split_result(body) if is_exact else join_source(body)
            declare_conversion(
                extension,
                f"fcvt.{to}.{start} rd:{kind if is_exact else 'x'}, "
                f"rs1:{'x' if is_exact else kind}, rm:{'rm0' if is_exact else 'rm'}",
                f"01000 {code} {number}",
                f"rd = the number rs1 of {src.bits} bits in {dst.bits} bits"
                f"{'' if is_exact else ', rounded once'}.",
                made,
                real=converted(src, dst),
                xlen=xlen,
                needs=needs,
            )


_declare_conversions(Zdinx, FP32, FP64)
for _half in (Zhinxmin, Zhinx):
    _declare_conversions(_half, FP16, FP32)
    _declare_conversions(_half, FP16, FP64, ("Zdinx",))
