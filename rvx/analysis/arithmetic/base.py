"""What an arithmetic of a kernel is: how numbers become memory, and what the sums must be."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.records import dataclass, replace

Codes = npt.NDArray[np.int64]
Raw = npt.NDArray[Any]
Reals = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Encoded:
    """A tensor in the number format of a kernel; the last axis is the one it reduces along.

    Attributes:
        parts: what the reference multiplies: the codes, filled up with zeros to whole steps along
            the last axis, then vector scales if there are any. All axes but the last agree.
        memory: what the guest loads, in the same order.
        values: the numbers that the tensor stands for, without the filling.
        scale: coarse scale of the whole tensor.
    """

    parts: tuple[Codes, ...]
    memory: tuple[Raw, ...]
    values: Reals
    scale: float = 1.0

    @property
    def length(self) -> int:
        """Elements along the last axis, with the filling."""
        return int(self.parts[0].shape[-1])

    @property
    def pitch(self) -> int:
        """Bytes along the last axis."""
        return int(self.memory[0].shape[-1]) * self.memory[0].itemsize

    @property
    def outputs_last(self) -> Encoded:
        """The same tensor for a guest that loads elements of many outputs at once.

        In memory the first axis, such as the columns of B, has become the last one: elements of one
        output are not neighbours, but those of neighbouring outputs are.
        """
        moved = (np.ascontiguousarray(np.moveaxis(part, 0, -1)) for part in self.memory)
        return replace(self, memory=tuple(moved))

    def rearranged(self, rearrange: Callable[[Raw], Raw]) -> Encoded:
        """The same tensor for the reference, with every part rearranged to rows by length."""
        return replace(self, parts=tuple(rearrange(part) for part in self.parts))


class Arithmetic(ABC):
    """The number format, and the order and rounding of the operations, of a kernel variant.

    Attributes:
        lanes: elements that the kernel takes in one step; rows are filled up to a multiple.
        output: type of the elements of the result in memory.
        has_scales: whether the kernel takes a pointer to scales as its last argument.
    """

    lanes: int
    output: np.dtype[Any]
    has_scales = False

    @property
    @abstractmethod
    def formats(self) -> tuple[str, ...]:
        """Names of the formats of the operands: one, or two that differ."""

    @abstractmethod
    def encode(self, x: Reals) -> Encoded:
        """Rounds a tensor to the format, with one coarse scale where the format needs one.

        Raises:
            ValueError: an element is not finite.
        """

    def encode_weights(self, x: Reals) -> Encoded:
        """Rounds the second operand, where its format is another one."""
        return self.encode(x)

    @abstractmethod
    def product(self, a: Encoded, b: Encoded) -> Raw:
        """The matrix product a b^T, bit for bit as the kernel computes it.

        Args:
            a: parts of shape (rows, length).
            b: parts of shape (columns, length).

        Returns:
            Array of `output`, shape (rows, columns).
        """

    def maximum(self, a: Encoded) -> Raw:
        """The maxima along the last axis, bit for bit as a kernel of comparisons computes them.

        Args:
            a: parts of shape (rows, length).

        Returns:
            Array of `output`, shape (rows,).

        Raises:
            TypeError: the arithmetic has no instruction for it.
        """
        raise TypeError(f"{type(self).__name__} has no maximum; floats, posits and INT8 have")

    def multiply_add(self, factor: Encoded, x: Encoded, y: Encoded) -> Raw:
        """factor x + y, element by element, bit for bit as a kernel computes it.

        Args:
            factor: one number.
            x: a tensor.
            y: a tensor of the same shape.

        Returns:
            Array of `output`, of the shape of the tensors.

        Raises:
            TypeError: the arithmetic has no instruction for it.
        """
        raise TypeError(f"{type(self).__name__} has no multiply-add; only floats and posits have")

    def argument(self, scalar: Encoded) -> Any:
        """A number as a function takes it by value: an integer for an x register."""
        return int(scalar.memory[0].reshape(-1)[0])

    @abstractmethod
    def decode(self, raw: Raw) -> Reals:
        """The numbers that elements of the result stand for."""

    def exactly(self, raw: Raw) -> list[Fraction | None]:
        """The same without any rounding, in the order of the array; None for what is no number."""
        with np.errstate(invalid="ignore"):
            values = self.decode(raw).reshape(-1).tolist()
        return [Fraction(value) if math.isfinite(value) else None for value in values]

    @abstractmethod
    def ulp(self, values: Reals) -> Reals:
        """The distance of neighbouring numbers of the output format at these values."""

    def output_scale(self, a: Encoded, b: Encoded) -> float:
        """What the kernel multiplies its integer sums with."""
        return a.scale * b.scale


def check_finite(x: npt.ArrayLike) -> Reals:
    """The tensor as float64.

    Raises:
        ValueError: an element is NaN or infinite.
    """
    reals = np.ascontiguousarray(x, np.float64)
    if not np.isfinite(reals).all():
        raise ValueError("the inputs of a kernel must be finite numbers")
    return reals


def bits_of(raw: Raw) -> Codes:
    """The bit patterns of elements of the result, for comparison."""
    return np.ascontiguousarray(raw).view(f"u{raw.dtype.itemsize}").astype(np.int64)
