"""The arithmetics of kernel variants: what their numbers are, and what their sums must be.

Each is a format together with an order of operations, under the name that `kernel.toml` uses.
The references share the scalar kernels of `rvx.formats` with the instructions; those are tested
against exact rational arithmetic on their own. What a bit-exact result shows is that the source,
the assembler, the decoder, the emulator and its hooks do what the mathematics of the kernel says.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

from rvx.analysis.arithmetic import accumulated, floating, posit, snitch
from rvx.analysis.arithmetic.base import Arithmetic, Encoded, bits_of
from rvx.analysis.arithmetic.integer import PerTensor, TernaryWeights
from rvx.analysis.arithmetic.mx import Blocks, ScaledWords
from rvx.analysis.arithmetic.nvfp4 import TwoLevels
from rvx.analysis.arithmetic.vsq import PerVector
from rvx.formats.block.mx.format import MXFP4, MXFP8_E4M3, MXINT8
from rvx.formats.block.vsq.format import Vsq
from rvx.formats.block.vsq.golden import Datapath
from rvx.formats.integer.format import INT4, INT8
from rvx.formats.minifloat.catalogue import E4M3FN, FP8, FP16, FP16ALT, FP32, FP64
from rvx.formats.posit import STANDARD

CATALOGUE: dict[str, Callable[[], Arithmetic]] = {
    "f64": lambda: floating.fused(FP64),
    "f32": lambda: floating.fused(FP32),
    "f16": lambda: snitch.fused(FP16),
    "bf16": lambda: snitch.fused(FP16ALT),
    "f8": lambda: snitch.fused(FP8),
    "f16_wide": lambda: floating.widening(FP16),
    "bf16_wide": lambda: floating.widening(FP16ALT),
    "fp8_e4m3_wide": lambda: floating.widening(E4M3FN),
    "fp8_e5m2_wide": lambda: floating.widening(FP8),
    "fp8_e4m3_dot4": lambda: accumulated.xvfp8_dot4(E4M3FN),
    "fp8_e5m2_dot4": lambda: accumulated.xvfp8_dot4(FP8),
    "f16_exsdotp": lambda: floating.exsdotp(FP16, FP32),
    "f16_exfma": lambda: floating.exfma(FP16, FP32),
    "f8_exsdotp": lambda: floating.exsdotp(FP8, FP16),
    "f8_exfma": lambda: floating.exfma(FP8, FP16),
    "int8": lambda: PerTensor(INT8),
    "int4": lambda: PerTensor(INT4),
    "vsq4": lambda: PerVector(Vsq(INT4, vector=16, scale_bits=4)),
    "vsq4_v64": lambda: PerVector(Vsq(INT4, vector=64, scale_bits=8)),
    "w4a8": lambda: PerVector(
        Vsq(INT8, vector=16, scale_bits=10), Vsq(INT4, vector=16, scale_bits=6), Datapath(8, "s32")
    ),
    "ternary": TernaryWeights,
    "fp8_e4m3": lambda: ScaledWords(E4M3FN),
    "fp8_e5m2": lambda: ScaledWords(FP8),
    "mxfp8": lambda: Blocks(MXFP8_E4M3),
    "mxint8": lambda: Blocks(MXINT8),
    "mxfp4": lambda: Blocks(MXFP4),
    "nvfp4": TwoLevels,
    "f32_nofma": lambda: floating.separate(FP32),
    "f64_nofma": lambda: floating.separate(FP64),
}
_SNITCH: dict[str, Callable[[], Arithmetic]] = {
    "fp64_naive": lambda: snitch.fused(FP64),
    "fp64_opt": lambda: snitch.packed(FP64, multiplies_first=True),
    "fp32_naive": lambda: snitch.fused(FP32),
    "fp32_opt": lambda: snitch.packed(FP32, multiplies_first=True),
    "fp16_naive": lambda: snitch.separate(FP16),
    "fp16_opt": lambda: snitch.packed(FP16, multiplies_first=False),
    "fp16_opt_ex": lambda: snitch.expanding(FP16, FP32, is_fused=True),
    "fp16_exfma": lambda: snitch.expanding(FP16, FP32, is_fused=False),
    "fp16_fmacex": lambda: snitch.scalar_expanding(FP16),
    "fp8_naive": lambda: snitch.separate(FP8),
    "fp8_opt_ex": lambda: snitch.expanding(FP8, FP16, is_fused=True),
    "fp8_exfma": lambda: snitch.expanding(FP8, FP16, is_fused=False),
    "fp8_fmacex": lambda: snitch.scalar_expanding(FP8),
}
CATALOGUE |= {f"snitch_{name}": made for name, made in _SNITCH.items()}
for _lanes in (1, 4, 16, 32, 64):
    CATALOGUE[f"int8_by{_lanes}"] = partial(accumulated.IntegerSums, _lanes)
WITH_VLEN: dict[str, Callable[[int], Arithmetic]] = {}
"""Those whose order of operations depends on VLEN."""
for _name, _format in (("e4m3", E4M3FN), ("bf16", FP16ALT)):
    CATALOGUE[f"{_name}_zvt"] = partial(accumulated.zvt, _format)
    for _lambda in (1, 2, 4):
        CATALOGUE[f"{_name}_zvvm{_lambda}"] = partial(accumulated.zvvm, _format, _lambda)
    WITH_VLEN[f"{_name}_zvdota"] = partial(accumulated.zvdota, _format, registers=2)
    WITH_VLEN[f"{_name}_zvbdota"] = partial(accumulated.zvdota, _format, registers=1)
for _posit in STANDARD:
    CATALOGUE[_posit.name] = partial(posit.rounded, _posit)
    CATALOGUE[f"{_posit.name}_quire"] = partial(posit.with_quire, _posit)


def known() -> list[str]:
    """All names."""
    return [*CATALOGUE, *WITH_VLEN]


def find(name: str, vlen: int = 0) -> Arithmetic:
    """The arithmetic of a variant.

    Args:
        name: as `kernel.toml` has it.
        vlen: bits of a vector register, if there are any.

    Raises:
        ValueError: there is none with this name, or none without vector registers.
    """
    # One object for all widths, where these do not matter.
    return _made(name, vlen if name in WITH_VLEN else 0)


@cache
def _made(name: str, vlen: int) -> Arithmetic:
    if name in WITH_VLEN:
        if not vlen:
            raise ValueError(f"the order of sums of '{name}' depends on VLEN, which is not given")
        return WITH_VLEN[name](vlen)
    if name not in CATALOGUE:
        raise ValueError(f"there is no arithmetic '{name}'; known are {', '.join(known())}")
    return CATALOGUE[name]()


__all__ = ["CATALOGUE", "Arithmetic", "Encoded", "bits_of", "find", "known"]
