"""Zvfbfa: arithmetic of BF16, by the instructions of floats while altfmt is set.

It declares no words of its own. Under SEW = 16 and altfmt the instructions named here work on BF16
where they would work on binary16; under SEW = 8 and altfmt those do that convert between BF16 and
integers of 8 bits. All others on floats are reserved then: division, square root, reductions, and
conversions of wider integers. Without altfmt everything is as it was.

Source: aswaterman/riscv-misc, isa/zvfbfa.adoc, version 0.1.
"""

from __future__ import annotations

from rvx.extensions.vector.floating import DECLARED, Other
from rvx.formats.minifloat.catalogue import FP16ALT, FP32
from rvx.isa import Extension
from rvx.isa.vector.unit import VectorUnit

Zvfbfa = Extension(
    "Zvfbfa",
    version="0.1",
    doc="Draft: vectors, arithmetic of BF16",
    source="aswaterman/riscv-misc, isa/zvfbfa.adoc, version 0.1",
    requires=("Zve32f", "Zfbfmin"),
    supersedes=("Zve32f",),
    vector_unit=VectorUnit(alternatives=8 + 16),
)

FORMATS = {16: FP16ALT, 32: FP32}
UNDER = {
    8: (
        *("vfwcvt.f.x.v", "vfwcvt.f.xu.v", "vfncvt.x.f.w", "vfncvt.xu.f.w"),
        *("vfncvt.rtz.x.f.w", "vfncvt.rtz.xu.f.w"),
    ),
    16: (
        *("vfadd", "vfsub", "vfrsub", "vfmul", "vfmin", "vfmax"),
        *("vfsgnj", "vfsgnjn", "vfsgnjx"),
        *("vfslide1up.vf", "vfslide1down.vf", "vfmv.v.f", "vfmerge", "vfmv.s"),
        *("vmfeq", "vmfle", "vmflt", "vmfne", "vmfgt", "vmfge"),
        *("vfmadd", "vfnmadd", "vfmsub", "vfnmsub", "vfmacc", "vfnmacc", "vfmsac", "vfnmsac"),
        *("vfwadd", "vfwsub", "vfwmul", "vfwmacc", "vfwnmacc", "vfwmsac", "vfwnmsac"),
        *("vfwcvt.f.f.v", "vfncvt.f.f.w", "vfncvt.rod.f.f.w"),
        *("vfrsqrt7.v", "vfrec7.v", "vfclass.v"),
    ),
}
"""What works on BF16, by SEW, without the forms of operands."""

for _sew, _names in UNDER.items():
    for _name in _names:
        for _into in DECLARED[_name]:
            _into(Zvfbfa, Other(_sew, FORMATS))
