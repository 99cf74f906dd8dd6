"""Which arithmetic the products of a language model have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rvx.analysis.kernel import Kernel
from rvx.paper.language.model import ModelError


@dataclass(frozen=True)
class Scheme:
    """Variants of a matrix product.

    Attributes:
        name: of the scheme.
        variant: of activations by weights.
        attention: of activations by activations.
        doc: what it is, in a phrase.
    """

    name: str
    variant: str
    attention: str
    doc: str


SCHEMES = {
    scheme.name: scheme
    for scheme in (
        Scheme("f32", "f32", "f32", "binary32, fused"),
        Scheme("bf16", "rvv_bf16", "rvv_bf16", "BF16, sums in binary32"),
        Scheme("f16_exsdotp", "f16_exsdotp", "f16_exsdotp", "FP16 to FP32, ExSdotp"),
        Scheme("fp8_e4m3", "fp8_e4m3", "fp8_e4m3", "FP8 E4M3, a scale a tensor"),
        Scheme("int8", "int8", "int8", "INT8, a scale a tensor"),
        Scheme("int4", "int4", "int4", "INT4, a scale a tensor"),
        Scheme("w4a8", "w4a8", "int8", "INT8 by INT4 weights with vector scales; attention INT8"),
        Scheme("vsq4", "vsq4", "vsq4", "INT4 with vector scales"),
        Scheme("mxfp8", "mxfp8", "mxfp8", "MXFP8 E4M3"),
        Scheme("mxfp4", "mxfp4", "mxfp4", "MXFP4"),
        Scheme("nvfp4", "nvfp4", "nvfp4", "NVFP4"),
        Scheme("posit16", "posit16", "posit16", "posit16, every sum rounded"),
        Scheme("posit8", "posit8", "posit8", "posit8, every sum rounded"),
        Scheme("posit8_quire", "posit8_quire", "posit8_quire", "posit8, quire"),
        Scheme("ternary", "ternary", "int8", "INT8 by ternary weights; attention INT8"),
    )
}


def choose(names: Sequence[str]) -> list[Scheme]:
    """Schemes by name; all of them without a name.

    Raises:
        ModelError: there is no such scheme.
    """
    for name in names:
        if name not in SCHEMES:
            raise ModelError(f"there is no scheme '{name}'; there are {', '.join(SCHEMES)}")
    return [SCHEMES[name] for name in dict.fromkeys(names)] or list(SCHEMES.values())


def own(kernel: Kernel, variant: str, attention: str) -> Scheme:
    """A scheme of a user's variants.

    Raises:
        KernelError: the kernel has no such variant.
    """
    for name in (variant, attention):
        kernel.select([name])
    name = variant if variant == attention else f"{variant}+{attention}"
    return Scheme(name, variant, attention, f"{kernel.name}: {name}")
