"""Minifloats with one real scale per tensor or channel: how FP8 tensors are usually stored."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.formats.integer.array import Reals, as_reals, divide
from rvx.formats.minifloat.array.codes import decode, encode
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import Overflow
from rvx.records import dataclass


@dataclass(frozen=True)
class ScaledTensor:
    """Codes of a minifloat, and the scales that give them back their size.

    Attributes:
        codes: bits of the elements, in the shape of the tensor.
        scale: one scale, or one per channel; broadcasts against the codes.
        format: what the codes are.
    """

    codes: npt.NDArray[Any]
    scale: Reals
    format: Minifloat

    def dequantise(self) -> npt.NDArray[np.float64]:
        """The numbers that the tensor stands for."""
        return decode(self.format, self.codes) * self.scale.astype(np.float64)


def quantise(x: npt.ArrayLike, fmt: Minifloat, channel: int | None = None) -> ScaledTensor:
    """Scales the largest magnitude to the largest finite number, and rounds to nearest even.

    Args:
        x: the tensor; scales have its type if that is float32, else they are float64.
        fmt: a format with a largest finite number and a sign.
        channel: the axis with one scale per index; one scale for all if None.

    Raises:
        ValueError: an element is NaN or infinite, or there is no element.
    """
    reals = as_reals(x, fmt.name)
    if reals.size == 0:
        raise ValueError("an empty tensor has no largest element to scale by")
    axes = None
    if channel is not None:
        axes = tuple(axis for axis in range(reals.ndim) if axis != channel % reals.ndim)
    largest = reals.dtype.type(decode(fmt, [fmt.max_finite])[0])
    scale = np.abs(reals).max(axis=axes, keepdims=True) / largest
    codes = encode(fmt, divide(reals, scale), overflow=Overflow.SATURATE)
    return ScaledTensor(codes, scale, fmt)
