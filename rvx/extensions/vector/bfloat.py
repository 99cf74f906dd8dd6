"""Zvfbfmin and Zvfbfwma: conversions between BF16 and binary32, and multiply-adds of BF16.

Source: The RISC-V Instruction Set Manual, Volume I, 20240411, chapter on BF16 extensions.
"""

from __future__ import annotations

from rvx.extensions.fixed_format import make_unbox
from rvx.extensions.vector.floating import unary, widening_fused
from rvx.formats.minifloat import scalar as kernels
from rvx.formats.minifloat.catalogue import FP16ALT, FP32
from rvx.isa import Extension
from rvx.isa.real import VectorReal
from rvx.isa.vector import Shape, declare, declare_unary

SOURCE = 'The RISC-V Instruction Set Manual, Volume I, 20240411, "BF16"'

Zvfbfmin = Extension(
    "Zvfbfmin",
    version="1.0",
    doc="Vectors: conversions of BF16",
    source=SOURCE,
    requires=("Zve32f",),
)
Zvfbfwma = Extension(
    "Zvfbfwma",
    version="1.0",
    doc="Vectors: multiply-adds of BF16 to binary32",
    source=SOURCE,
    requires=("Zvfbfmin", "Zfbfmin"),
)

declare_unary(
    Zvfbfmin,
    "vfwcvtbf16.f.f.v",
    "010010 01101 001",
    {16: unary(kernels.make_convert(FP16ALT, FP32), FP16ALT)},
    "vd, binary32, = vs2, BF16.",
    wider_d=1,
    has_floats=True,
    real=VectorReal(lambda a: a, {16: (FP32, FP16ALT, None)}),
)
declare_unary(
    Zvfbfmin,
    "vfncvtbf16.f.f.w",
    "010010 11101 001",
    {16: unary(kernels.make_convert(FP32, FP16ALT), FP32)},
    "vd, BF16, = vs2, binary32, rounded once.",
    wider_2=1,
    has_floats=True,
    real=VectorReal(lambda a: a, {16: (FP16ALT, FP32, None)}),
)
declare(
    Zvfbfwma,
    "vfwmaccbf16",
    "vv vf",
    "F",
    "111011",
    {16: widening_fused(False, False)(FP16ALT, FP32)},
    Shape(
        result="w",
        is_ternary=True,
        macs=1,
        has_floats=True,
        is_of_machine=False,
        scalars={16: make_unbox(FP16ALT)},
    ),
    "vd, binary32, = b * vs2 + vd, of BF16, rounded once.",
    VectorReal(lambda d, a, b: (d, a * b), {16: (FP32, FP16ALT, FP16ALT)}),
)
