"""The schemes of the study: formats of weights and activations, with the kernels they run on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rvx.analysis.arithmetic.mx import Blocks, ScaledWords
from rvx.analysis.arithmetic.vsq import PerVector
from rvx.formats.block.mx.format import MXFP4, MXFP8_E4M3, MXINT8
from rvx.formats.block.vsq.format import Vsq, parse_scheme
from rvx.formats.block.vsq.golden import Datapath
from rvx.formats.integer.format import INT3, INT4, INT8
from rvx.formats.minifloat.catalogue import E4M3FN, FP8
from rvx.paper.vsq.digits import PaperError
from rvx.paper.vsq.family import (
    Family,
    Integers,
    MicroScaled,
    ScaledFloats,
    TwoLevelFloats,
    Vectors,
)


@dataclass(frozen=True)
class Scheme:
    """How a network is quantised and run.

    Attributes:
        name: short, for tables.
        doc: what it is, in a phrase.
        march: the ISA.
        variant: of the kernels gemm and conv2d.
        quantiser: the file in `programs/quantise`; empty where activations need none.
        family: makes the formats; None where activations are the elements that layers leave.
    """

    name: str
    doc: str
    march: str
    variant: str
    quantiser: str = ""
    family: Callable[[], Family] | None = None


def _vectors(name: str, vector: int = 16, datapath: Datapath | None = None) -> Vectors:
    scheme = parse_scheme(name, vector)
    weights, activations = scheme.weights, scheme.activations
    assert isinstance(weights, Vsq)
    assert isinstance(activations, Vsq)
    return Vectors(PerVector(activations, weights, datapath))


_XVSQ = "rv64gc_xvsq"
# The quantisers of floating-point formats take the largest magnitude with vsq.amax.s.
_XMX = "rv64gc_xvsq_xmxdotp"

SCHEMES: dict[str, Scheme] = {
    scheme.name: scheme
    for scheme in (
        Scheme("float32", "binary32, fused multiply-add", "rv64gc", "f32"),
        Scheme("int8", "INT8, one scale per tensor", _XVSQ, "int8", "int8", lambda: Integers(INT8)),
        Scheme("int4", "INT4, one scale per tensor", _XVSQ, "int4", "int4", lambda: Integers(INT4)),
        Scheme(
            "int4-channel",
            "INT4, weights with a scale per channel",
            _XVSQ,
            "int4",
            "int4",
            lambda: Integers(INT4, per_channel=True),
        ),
        Scheme(
            "int3-channel",
            "INT3, weights with a scale per channel",
            _XVSQ,
            "int4",
            "int3",
            lambda: Integers(INT3, per_channel=True),
        ),
        Scheme(
            "vsq-4/4/4/4",
            "VSQ, V = 16, scales of 4 bits",
            _XVSQ,
            "vsq4",
            "vsq4",
            lambda: _vectors("4/4/4/4"),
        ),
        Scheme(
            "vsq-4/4U/4/4",
            "VSQ, V = 16, scales of 4 bits, unsigned activations",
            _XVSQ,
            "vsq4u",
            "vsq4u",
            lambda: _vectors("4/4U/4/4"),
        ),
        Scheme(
            "vsq-4/4/8/8",
            "VSQ, V = 16, scales of 8 bits",
            _XVSQ,
            "vsq4",
            "vsq4_m8",
            lambda: _vectors("4/4/8/8"),
        ),
        Scheme(
            "vsq-4/4/8/8-v64",
            "VSQ, V = 64, scales of 8 bits: Keller's accelerator",
            _XVSQ,
            "vsq4_v64",
            "vsq4_v64",
            lambda: _vectors("4/4/8/8", 64),
        ),
        Scheme(
            "vsq-4/8/6/10",
            "VSQ, V = 16, INT8 activations, scales of 6 and 10 bits",
            _XVSQ,
            "w4a8",
            "vsq8",
            lambda: _vectors("4/8/6/10", datapath=Datapath(8, "s32")),
        ),
        Scheme(
            "vsq-3/3/6/6",
            "VSQ, V = 16, INT3, scales of 6 bits",
            _XVSQ,
            "vsq4",
            "vsq3",
            lambda: _vectors("3/3/6/6"),
        ),
        Scheme(
            "fp8-e4m3",
            "FP8 E4M3, one scale per tensor",
            _XMX,
            "fp8_e4m3",
            "fp8_e4m3",
            lambda: ScaledFloats(ScaledWords(E4M3FN)),
        ),
        Scheme(
            "fp8-e5m2",
            "FP8 E5M2, one scale per tensor",
            _XMX,
            "fp8_e5m2",
            "fp8_e5m2",
            lambda: ScaledFloats(ScaledWords(FP8)),
        ),
        Scheme(
            "mxfp8",
            "MXFP8 E4M3, a power of two per 32 elements",
            _XMX,
            "mxfp8",
            "mxfp8",
            lambda: MicroScaled(Blocks(MXFP8_E4M3)),
        ),
        Scheme(
            "mxint8",
            "MXINT8, a power of two per 32 elements",
            _XMX,
            "mxint8",
            "mxint8",
            lambda: MicroScaled(Blocks(MXINT8)),
        ),
        Scheme(
            "mxfp4",
            "MXFP4, a power of two per 32 elements",
            _XMX,
            "mxfp4",
            "mxfp4",
            lambda: MicroScaled(Blocks(MXFP4)),
        ),
        Scheme(
            "nvfp4", "NVFP4, an E4M3 scale per 16 elements", _XMX, "nvfp4", "nvfp4", TwoLevelFloats
        ),
        Scheme(
            "posit8",
            "posit8, exact sums in the quire, no scales",
            "rv64gc_xposit1p8",
            "posit8_quire",
        ),
    )
}


def find(name: str) -> Scheme:
    """The scheme of that name.

    Raises:
        PaperError: there is none.
    """
    if name not in SCHEMES:
        raise PaperError(f"there is no scheme '{name}'; known are {', '.join(SCHEMES)}")
    return SCHEMES[name]
