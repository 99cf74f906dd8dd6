"""Symmetric integer quantisation of NumPy arrays, and their layout in memory.

The arithmetic is done in the type of the input: float32 arrays give float32 scales, as a kernel on
the machine would compute them, everything else is done in float64. Codes are int64 arrays.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rvx import jit
from rvx.formats.integer import single
from rvx.formats.integer.format import Integer
from rvx.records import dataclass

Codes = npt.NDArray[np.int64]
Reals = npt.NDArray[Any]
Bytes = npt.NDArray[np.uint8]

LANE_WIDTHS = (2, 4, 8, 16)


@dataclass(frozen=True)
class Quantised:
    """Integer codes and the scales that give them back their size.

    Attributes:
        codes: integers of the format, in the shape of the tensor.
        scale: one scale, or one per channel; broadcasts against the codes.
        format: what the codes are.
    """

    codes: Codes
    scale: Reals
    format: Integer

    def dequantise(self) -> Reals:
        """The numbers that the codes stand for (VS-Quant eq. 3)."""
        return dequantise(self.codes, self.scale)


def as_reals(x: npt.ArrayLike, target: str = "integers") -> Reals:
    """The input as float32 if it is that already, else as float64.

    Args:
        x: numbers.
        target: what they are to be quantised to, for the sentence of the error.

    Raises:
        ValueError: an element is NaN or infinite.
    """
    reals = np.asarray(x)
    if reals.dtype != np.float32:
        reals = reals.astype(np.float64)
    if not np.isfinite(reals).all():
        raise ValueError(f"a tensor with NaN or infinite elements cannot be quantised to {target}")
    return reals


def extent(x: Reals, fmt: Integer) -> Reals:
    """What the format must cover of each element: |x|, or max(x, 0) for an unsigned format."""
    return np.abs(x) if fmt.signed else np.maximum(x, 0)


def divide(x: Reals, scale: Reals) -> Reals:
    """The quotient, with 0 where the scale is 0 (there, every element is 0)."""
    spread = np.broadcast_to(scale, np.broadcast_shapes(x.shape, scale.shape))
    quotient: Reals = np.zeros(spread.shape, x.dtype)
    np.divide(x, spread, out=quotient, where=spread != 0)
    return quotient


def quantise(x: npt.ArrayLike, scale: npt.ArrayLike, fmt: Integer) -> Codes:
    """clip(round(x / scale)), ties to even (VS-Quant eq. 2); a scale of 0 gives 0.

    Args:
        x: numbers of any shape.
        scale: broadcasts against x.
        fmt: the integer format.
    """
    reals = as_reals(x, fmt.name)
    quotient = np.rint(divide(reals, np.asarray(scale, reals.dtype)))
    return np.clip(quotient, fmt.low, fmt.high).astype(np.int64)


def quantise_f32(x: npt.ArrayLike, reciprocal: npt.ArrayLike, fmt: Integer) -> Codes:
    """What the quantise-in instructions compute: binary32 product, rounded to an integer.

    Args:
        x: numbers, rounded to binary32 first.
        reciprocal: reciprocal scale as binary32; broadcasts against x.
        fmt: the integer format.
    """
    kernel = jit.elementwise(_QUANTISE_F32.setdefault(fmt, single.make_quantise(fmt)), 2)
    result: Codes = kernel(_f32_patterns(x), _f32_patterns(reciprocal))
    return result


_QUANTISE_F32: dict[Integer, Any] = {}


def quantise_on_machine(x: npt.NDArray[np.float32], fmt: Integer) -> Quantised:
    """What `programs/quantise` makes of a tensor: one scale, by the maximum, all in binary32.

    Codes are products with the reciprocal, where `quantise_tensor` divides.
    """
    limit, largest = np.float32(fmt.limit), np.abs(x).max()
    with np.errstate(divide="ignore", over="ignore"):
        codes = quantise_f32(x, limit / largest, fmt)
    return Quantised(codes, np.asarray(largest / limit), fmt)


def _f32_patterns(x: npt.ArrayLike) -> Codes:
    with np.errstate(over="ignore"):
        return np.asarray(x).astype(np.float32).view(np.uint32).astype(np.int64)


def dequantise(codes: npt.ArrayLike, scale: npt.ArrayLike) -> Reals:
    """Codes times scale (VS-Quant eq. 3), in the type of the scale."""
    scales = np.asarray(scale)
    values: Reals = np.asarray(codes).astype(scales.dtype) * scales
    return values


def _lane_width(fmt: Integer) -> int:
    return next(width for width in LANE_WIDTHS if width >= fmt.bits)


def pack(codes: npt.ArrayLike, fmt: Integer, multiple: int = 1) -> Bytes:
    """Bytes of the codes along the last axis, as the kernels load them.

    A code takes 2, 4, 8 or 16 bits, the least that holds the format; code 0 is in the lowest bits
    of byte 0. The last axis is filled up with zeros.

    Args:
        codes: integers of the format, shape (..., K).
        fmt: the integer format.
        multiple: K is filled up to a multiple of this, and to whole bytes.

    Returns:
        uint8 array of shape (..., bytes).

    Raises:
        ValueError: a code is outside the format, or the array has no axis.
    """
    values = np.asarray(codes)
    if values.ndim == 0:
        raise ValueError("codes to pack need at least one axis; this is a single number")
    if values.size and not fmt.minimum <= values.min() <= values.max() <= fmt.maximum:
        raise ValueError(
            f"codes from {values.min()} to {values.max()} do not fit {fmt.name}, "
            f"which holds {fmt.minimum} to {fmt.maximum}"
        )
    width = _lane_width(fmt)
    if width == 16:
        return pad(values, multiple).astype("<u2").view(np.uint8)
    per_byte = 8 // width
    lanes = pad(pad(values, multiple), per_byte).astype(np.int64) & ((1 << width) - 1)
    lanes = lanes.reshape(*lanes.shape[:-1], -1, per_byte)
    shifts = width * np.arange(per_byte)
    octets: Bytes = (lanes << shifts).sum(axis=-1).astype(np.uint8)
    return octets


def unpack(data: npt.ArrayLike, fmt: Integer, count: int) -> Codes:
    """The first `count` codes of each row of packed bytes; the inverse of `pack`.

    Args:
        data: uint8 array of shape (..., bytes).
        fmt: the integer format.
        count: how many codes a row has.

    Raises:
        ValueError: the rows are too short for so many codes.
    """
    octets = np.ascontiguousarray(data, np.uint8)
    width = _lane_width(fmt)
    if octets.shape[-1] * 8 < count * width:
        raise ValueError(
            f"{octets.shape[-1]} bytes hold {octets.shape[-1] * 8 // width} codes of {fmt.name}, "
            f"not {count}"
        )
    if width == 16:
        lanes = octets.view("<u2").astype(np.int64)
    else:
        shifts = width * np.arange(8 // width)
        lanes = (octets[..., None].astype(np.int64) >> shifts) & ((1 << width) - 1)
        lanes = lanes.reshape(*octets.shape[:-1], -1)
    lanes = lanes[..., :count]
    if fmt.signed:
        lanes = lanes - ((lanes >> (width - 1)) << width)
    return lanes


def pad(x: npt.NDArray[Any], multiple: int) -> npt.NDArray[Any]:
    """The array with zeros appended to the last axis, up to a multiple."""
    missing = -x.shape[-1] % multiple
    if missing == 0:
        return np.ascontiguousarray(x)
    return np.concatenate([x, np.zeros((*x.shape[:-1], missing), x.dtype)], axis=-1)


def words(data: Bytes) -> Codes:
    """Packed bytes as the int64 words that a 64-bit load gives; rows are multiples of 8 bytes."""
    return np.ascontiguousarray(data).view("<i8").astype(np.int64)


def wrap32(x: Codes) -> Codes:
    """Integers modulo 2^32, as signed numbers."""
    return x.astype(np.int32, casting="unsafe").astype(np.int64)


def matmul(a: npt.ArrayLike, b: npt.ArrayLike) -> Codes:
    """Golden product a b^T of integer codes with a 32-bit accumulator that wraps.

    Wrapping sums may be added in any order, so this is bit for bit what a kernel of dot-product
    instructions gives, for INT8, INT4 and INT8 by INT4 alike.

    Args:
        a: activations, shape (rows, K).
        b: weights, shape (columns, K): both operands are contiguous along K.

    Returns:
        Shape (rows, columns).
    """
    left = np.asarray(a, np.int64)
    right = np.asarray(b, np.int64)
    return wrap32(left @ right.T)
