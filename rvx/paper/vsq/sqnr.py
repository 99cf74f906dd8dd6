"""Signal to quantisation noise: formats against each other, and VSQ over vector size and scales.

The noise is relative to the signal, in decibels: 10 log10(sum x^2 / sum (x - q)^2).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from rvx.formats.block.mx import array as mx
from rvx.formats.block.mx.format import MXFP4, MXFP6_E2M3, MXFP8_E4M3, MXINT8
from rvx.formats.block.nvfp4 import array as nvfp4
from rvx.formats.block.scaled import quantise as scale_floats
from rvx.formats.block.vsq import array as vsq
from rvx.formats.block.vsq.format import Vsq
from rvx.formats.integer.calibrate import quantise_tensor
from rvx.formats.integer.format import INT4, INT8
from rvx.formats.minifloat.catalogue import E4M3FN, FP8
from rvx.paper.vsq.network import Network, Reals

Quantise = Callable[[Reals], Reals]

SHAPE = (512, 1024)
SEED = 0
VECTORS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
SCALE_BITS = (3, 4, 6, 8, 10, 0)
"""Bits of vector scales; 0 stands for scales that are not rounded."""


def samples() -> dict[str, Reals]:
    """Random numbers of the three distributions, shape `SHAPE`, from a fixed seed."""
    rng = np.random.default_rng(SEED)
    return {
        "normal": rng.standard_normal(SHAPE),
        "laplace": rng.laplace(size=SHAPE),
        "t(4)": rng.standard_t(4, SHAPE),
    }


def network_tensors(network: Network, images: Reals) -> dict[str, Reals]:
    """Weights and activations of a network as matrices, the axis to reduce along last."""
    found = {}
    for i, (layer, x) in enumerate(
        zip(network.layers, network.results(network.images(images)), strict=False)
    ):
        found[f"{network.name} w{i}"] = layer.weights.reshape(layer.outputs, -1)
        flat = x.reshape(len(x), -1) if layer.is_dense else x.reshape(-1, x.shape[-1])
        found[f"{network.name} a{i}"] = flat
    return found


def decibels(x: Reals, quantised: Reals) -> float:
    """SQNR; infinite if nothing was lost."""
    noise = float(np.square(x - quantised).sum())
    return float("inf") if noise == 0 else float(10 * np.log10(np.square(x).sum() / noise))


def vectors(element: int, vector: int, scale_bits: int, coarse: str = "tensor") -> Quantise:
    """VS-Quant with signed elements of 4 or 8 bits."""
    fmt = Vsq(
        INT4 if element == 4 else INT8,
        vector,
        scale_bits,
        "channel" if coarse == "channel" else "tensor",
    )
    return lambda x: vsq.quantise(x, fmt).dequantise()


FORMATS: Mapping[str, Quantise] = {
    "INT4 per tensor": lambda x: quantise_tensor(x, INT4).dequantise(),
    "INT4 per row": lambda x: quantise_tensor(x, INT4, 0).dequantise(),
    "VSQ4 V16, real scales": vectors(4, 16, 0),
    "VSQ4 V16 M6, coarse per row": vectors(4, 16, 6, "channel"),
    "VSQ4 V16 M4, coarse per row": vectors(4, 16, 4, "channel"),
    "VSQ4 V64, real scales": vectors(4, 64, 0),
    "VSQ4 V64 M8": vectors(4, 64, 8),
    "VSQ8 V16 M10": vectors(8, 16, 10),
    "MXFP4": lambda x: mx.quantise(x, MXFP4).dequantise(),
    "NVFP4": lambda x: nvfp4.quantise(x).dequantise(),
    "MXFP6 E2M3": lambda x: mx.quantise(x, MXFP6_E2M3).dequantise(),
    "MXFP8 E4M3": lambda x: mx.quantise(x, MXFP8_E4M3).dequantise(),
    "MXINT8": lambda x: mx.quantise(x, MXINT8).dequantise(),
    "FP8 E4M3": lambda x: scale_floats(x, E4M3FN).dequantise(),
    "FP8 E5M2": lambda x: scale_floats(x, FP8).dequantise(),
}
"""Ways to quantise a matrix whose rows are reduced along."""


@dataclass(frozen=True)
class Study:
    """SQNR in decibels.

    Attributes:
        formats: by name of the format, then of the data.
        surface: of VSQ4 by name of the data, then bits of the scales (0: real), then vector size.
    """

    formats: Mapping[str, Mapping[str, float]]
    surface: Mapping[str, Mapping[int, Mapping[int, float]]]


def study(tensors: Mapping[str, Reals], progress: Callable[[float], None] | None = None) -> Study:
    """SQNR of every format on the random samples, and of VSQ4 on these and on further tensors.

    Args:
        tensors: further matrices by name; a vector is never longer than a row is.
        progress: is told the part that is done, 0..1.
    """
    drawn = samples()
    formats = {
        name: {data: decibels(x, quantise(x)) for data, x in drawn.items()}
        for name, quantise in FORMATS.items()
    }
    surface: dict[str, dict[int, dict[int, float]]] = {}
    matrices = {**drawn, **tensors}
    for i, (name, x) in enumerate(matrices.items()):
        surface[name] = {
            bits: {
                vector: decibels(x, vectors(4, vector, bits)(x))
                for vector in VECTORS
                if vector <= x.shape[-1]
            }
            for bits in SCALE_BITS
        }
        if progress is not None:
            progress((i + 1) / len(matrices))
    return Study(formats, surface)
