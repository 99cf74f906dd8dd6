"""Golden matrix products: bit for bit what the kernels of the Xvsq instructions compute."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rvx import jit
from rvx.formats.block.vsq import scalar
from rvx.formats.block.vsq.array import VsqTensor
from rvx.formats.block.vsq.format import Vsq
from rvx.formats.integer.array import Codes, Quantised, pad
from rvx.records import dataclass

Singles = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Datapath:
    """What happens to a dot product on its way into the accumulator.

    Attributes:
        shift: low bits of the scale product that are rounded away, half up.
        accumulator: `s24` or `s32` saturates after every vector, `wrap32` wraps.

    Raises:
        ValueError: the shift or the accumulator is unknown.
    """

    shift: int = 0
    accumulator: str = "wrap32"

    def __post_init__(self) -> None:
        if not 0 <= self.shift <= 32:
            raise ValueError(f"a scale product cannot lose {self.shift} bits; use 0 to 32")
        if self.accumulator not in scalar.MATMULS:
            raise ValueError(
                f"{self.accumulator!r} is not an accumulator; use {', '.join(scalar.MATMULS)}"
            )


KELLER = Datapath(shift=8, accumulator="s24")
EXACT = Datapath()


@dataclass(frozen=True)
class Sums:
    """The accumulators after the last vector, and what happened on the way.

    Attributes:
        values: shape (rows, columns).
        narrowed: steps whose sum the accumulator could not hold (it saturated or wrapped).
        zeroed: products of two non-zero scales that were rounded to 0.
        largest: largest magnitude that an accumulator held.
    """

    values: Codes
    narrowed: int
    zeroed: int
    largest: int


def matmul(a: VsqTensor, b: VsqTensor, datapath: Datapath = KELLER) -> Sums:
    """The integer product a b^T of two tensors, vector by vector.

    Args:
        a: activations, shape (rows, K).
        b: weights, shape (columns, K), with vectors of the same length.
        datapath: rounding and accumulator.

    Raises:
        ValueError: the operands are not matrices of vectors that match, or have real scales.
    """
    _check(a, b)
    rows, vectors = a.scales.shape
    columns = b.scales.shape[0]
    sums = np.zeros(rows * columns, np.int64)
    statistics = np.zeros(scalar.STATISTICS, np.int64)
    entry = jit.export(scalar.MATMULS[datapath.accumulator], scalar.MATMUL_SIGNATURE)
    entry(
        *(_flat(x) for x in (a.codes, a.scales, b.codes, b.scales)),
        sums,
        statistics,
        rows,
        columns,
        vectors,
        a.format.vector,
        datapath.shift,
    )
    narrowed, zeroed, largest = (int(s) for s in statistics)
    return Sums(sums.reshape(rows, columns), narrowed, zeroed, largest)


def _flat(x: npt.NDArray[Any]) -> Codes:
    return np.ascontiguousarray(x, np.int64).reshape(-1)


def _check(a: VsqTensor, b: VsqTensor) -> None:
    if a.codes.ndim != 2 or b.codes.ndim != 2:
        raise ValueError(
            f"the operands are matrices; these have {a.codes.ndim} and {b.codes.ndim} axes"
        )
    if a.format.vector != b.format.vector or a.length != b.length:
        raise ValueError(
            f"operands of {a.length} elements in vectors of {a.format.vector} and of {b.length} "
            f"in vectors of {b.format.vector} do not match"
        )
    for operand in (a, b):
        if operand.format.scale_bits == 0:
            raise ValueError(f"{operand.format.name} has real vector scales, which are not summed")


def rescale(sums: Codes, a: VsqTensor, b: VsqTensor, datapath: Datapath = KELLER) -> Singles:
    """The float32 results: accumulator times gamma_a * gamma_b * 2^shift, per column.

    Both tensors may have one coarse scale per row; activations have one for all.
    The factor is rounded to binary32 and so is the product, as one conversion and one
    multiplication on the machine do it; an accumulator of 24 bits converts exactly.

    Returns:
        float32 array of shape (rows, columns).
    """
    values: Singles = sums.astype(np.float32) * output_scale(a, b, datapath)
    return values


def output_scale(a: VsqTensor, b: VsqTensor, datapath: Datapath = KELLER) -> Singles:
    """The float32 factors of `rescale`, shape (rows or 1, columns or 1)."""
    gamma = a.gamma.reshape(-1, 1).astype(np.float64) * b.gamma.reshape(1, -1)
    factors: Singles = (gamma * 2.0**datapath.shift).astype(np.float32)
    return factors


def with_unit_scales(tensor: Quantised, vector: int) -> VsqTensor:
    """A tensor without vector scales as one whose vector scales are all 1.

    So the integer modes of the datapath (INT8, INT4, or one operand without vector scales) run
    through the same golden product.

    Args:
        tensor: codes of shape (rows, K), with one scale or one per row.
        vector: elements per vector; the last one is filled up with zeros.
    """
    codes = pad(tensor.codes, vector)
    scales = np.ones((*codes.shape[:-1], codes.shape[-1] // vector), np.int64)
    fmt = Vsq(tensor.format, vector, 1, "tensor" if tensor.scale.size == 1 else "channel")
    return VsqTensor(codes, scales, tensor.scale, tensor.codes.shape[-1], fmt)
