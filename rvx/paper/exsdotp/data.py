"""What is published of ExSdotp: six pairs of errors, and the ratios of whole matrix products.

Source: Bertaccini et al., MiniFloat-NN and ExSdotp, ARITH 2022, table IV. Neither the seed, nor the
deviation of the inputs, nor the number of trials is given, and the figures look like single draws:
they are to be compared with a distribution, not to be met.
"""

from __future__ import annotations

from dataclasses import dataclass

from rvx.formats.minifloat.catalogue import FP8, FP16, FP32
from rvx.formats.minifloat.format import Minifloat

LENGTHS = (500, 1000, 2000)
"""Products of a sum."""

UNITS = ("exsdotp", "exfma")
"""Two products and one rounding; one product and one rounding."""

LABELS = {"exsdotp": "ExSdotp", "exfma": "ExFMA"}


@dataclass(frozen=True)
class Pair:
    """Formats of the factors and of the sum.

    Attributes:
        name: as the kernels are called.
        src: format of the factors.
        dst: format of the sum.
    """

    name: str
    src: Minifloat
    dst: Minifloat

    @property
    def label(self) -> str:
        """For people."""
        return f"{_NAMES[self.src]} to {_NAMES[self.dst]}"

    @property
    def lanes(self) -> int:
        """Sums of a 64-bit register."""
        return 64 // self.dst.bits


_NAMES = {FP8: "FP8", FP16: "FP16", FP32: "FP32"}

PAIRS = (Pair("f16", FP16, FP32), Pair("f8", FP8, FP16))

PUBLISHED: dict[tuple[str, str], dict[int, float]] = {
    ("f16", "exsdotp"): {500: 0.0, 1000: 1.1e-7, 2000: 5.4e-7},
    ("f16", "exfma"): {500: 7.6e-7, 1000: 1.8e-6, 2000: 9.9e-7},
    ("f8", "exsdotp"): {500: 5.9e-4, 1000: 2.7e-3, 2000: 3.9e-3},
    ("f8", "exfma"): {500: 5.9e-4, 1000: 8.2e-3, 2000: 1.2e-2},
}
"""Relative errors of the paper, by formats and unit, then by the number of products."""


@dataclass(frozen=True)
class Shape:
    """A matrix product whose instructions are counted.

    Attributes:
        label: for people.
        kernel: the kernel.
        variant: of that kernel.
        sizes: M, N and K.
    """

    label: str
    kernel: str
    variant: str
    sizes: tuple[int, int, int]

    @property
    def text(self) -> str:
        """M, N and K, for people."""
        return "x".join(map(str, self.sizes))


SNITCH = "gemm_snitch"

PRODUCTS = (
    Shape("FP8 to FP16, ExSdotp", SNITCH, "fp8_opt_ex", (128, 128, 256)),
    Shape("FP8 to FP16, ExFMA", SNITCH, "fp8_exfma", (128, 128, 256)),
    Shape("FP16 to FP32, ExSdotp", SNITCH, "fp16_opt_ex", (128, 128, 128)),
    Shape("FP16 to FP32, ExFMA", SNITCH, "fp16_exfma", (128, 128, 128)),
    Shape("FP16, FMA", SNITCH, "fp16_opt", (128, 128, 128)),
    Shape("FP64, FMA", SNITCH, "fp64_opt", (64, 64, 64)),
)
"""Kernels of Snitch's library at the sizes of the paper, and their twins with expanding FMAs."""

RATIOS = (
    ("fp8_opt_ex", "fp16_opt_ex", "1.96"),
    ("fp8_opt_ex", "fp64_opt", "7.23"),
    ("fp16_opt_ex", "fp16_opt", "up to 1.10"),
    ("fp8_opt_ex", "fp8_exfma", "2, of the units' peaks"),
    ("fp16_opt_ex", "fp16_exfma", "2, of the units' peaks"),
)
"""Two variants, and how often the first has the throughput of the second in the paper."""
