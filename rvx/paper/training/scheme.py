"""Which arithmetic each pass of the training has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rvx.analysis.kernel import Kernel
from rvx.formats.dot import Accumulator
from rvx.paper.vsq.digits import PaperError


@dataclass(frozen=True)
class Scheme:
    """Variants of a matrix product, by pass.

    Attributes:
        name: of the scheme.
        forward: variant of the forward pass.
        backward: variant of the gradients, of activations and of weights.
        digits: significant bits that a sum is kept with, 0 where sums are exact.
        scales_loss: whether gradients are multiplied by a power of two, which is halved when
            something overflows and doubled when nothing has for a while.
        doc: what it is, in a phrase.
    """

    name: str
    forward: str
    backward: str
    digits: int
    scales_loss: bool
    doc: str


_SINGLE, _HALF, _POSIT16, _POSIT8 = 24, 11, 12, 4
SCHEMES = {
    scheme.name: scheme
    for scheme in (
        Scheme("f32", "f32", "f32", _SINGLE, False, "binary32, fused"),
        Scheme("bf16", "rvv_bf16", "rvv_bf16", _SINGLE, False, "BF16, sums in binary32"),
        Scheme("f16_exsdotp", "f16_exsdotp", "f16_exsdotp", _SINGLE, True, "FP16 to FP32, ExSdotp"),
        Scheme("f16_exfma", "f16_exfma", "f16_exfma", _SINGLE, True, "FP16 to FP32, expanding FMA"),
        Scheme("f8_exsdotp", "f8_exsdotp", "f8_exsdotp", _HALF, True, "E5M2 to FP16, ExSdotp"),
        Scheme("f8_exfma", "f8_exfma", "f8_exfma", _HALF, True, "E5M2 to FP16, expanding FMA"),
        Scheme("fp8_hybrid", "fp8_e4m3", "fp8_e5m2", _SINGLE, True, "E4M3, gradients in E5M2"),
        Scheme("posit16", "posit16", "posit16", _POSIT16, False, "posit16, every sum rounded"),
        Scheme("posit16_quire", "posit16_quire", "posit16_quire", 0, False, "posit16, quire"),
        Scheme("posit8_forward", "posit8", "posit16", _POSIT8, False, "posit8, gradients posit16"),
        Scheme("int8", "int8", "int8", 0, False, "INT8, a scale a tensor"),
        Scheme("int4_forward", "int4", "int8", 0, False, "INT4, gradients INT8"),
        Scheme("vsq4_forward", "vsq4", "int8", 0, False, "INT4 with vector scales, gradients INT8"),
        Scheme("mxfp8", "mxfp8", "mxfp8", _SINGLE, False, "MXFP8 E4M3"),
    )
}


def choose(names: Sequence[str]) -> list[Scheme]:
    """Schemes by name; all of them without a name.

    Raises:
        PaperError: there is no such scheme.
    """
    for name in names:
        if name not in SCHEMES:
            raise PaperError(f"there is no scheme '{name}'; there are {', '.join(SCHEMES)}")
    return [SCHEMES[name] for name in names] or list(SCHEMES.values())


def of_accumulators(
    kernel: Kernel, accumulators: Sequence[Accumulator]
) -> tuple[Kernel, list[Scheme]]:
    """Schemes of accumulators in every product, and the kernel with their array forms.

    Raises:
        KernelError: an accumulator of integers.
    """
    schemes = [
        # All that an accumulator says is part of what a checkpoint belongs to.
        Scheme(one.name, one.name, one.name, one.precision, True, repr(one))
        for one in accumulators
    ]
    return kernel.with_accumulators(accumulators), schemes


def own(kernel: Kernel, forward: str, backward: str, digits: int) -> Scheme:
    """A scheme of a user's variants.

    Raises:
        KernelError: the kernel has no such variant.
    """
    for name in (forward, backward):
        kernel.select([name])
    name = forward if forward == backward else f"{forward}+{backward}"
    return Scheme(name, forward, backward, digits, True, f"{kernel.name}: {name}")
