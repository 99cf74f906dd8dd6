"""PositArray: an array of posits that takes operators, ufuncs and slices as NumPy users expect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import ArrayLike, NDArray

from rvx.formats.posit import array, exact, functions, text, ufuncs
from rvx.formats.posit.format import Posit, parse

# Conversion kernels by the NumPy type that comes out, and the integer type of its bits.
_ASTYPE = {
    "float16": ("to_f16", "uint16"),
    "float32": ("to_f32", "uint32"),
    "float64": ("to_f64", "uint64"),
    "int32": ("to_i32", "uint32"),
    "int64": ("to_i64", "uint64"),
    "uint32": ("to_u32", "uint32"),
    "uint64": ("to_u64", "uint64"),
}


class PositArray(NDArrayOperatorsMixin):
    """An n-dimensional array of posits of one format.

    Arithmetic is that of the format, each result rounded once; `@`, `dot` and `sum` go through the
    quire and round once per result. Numbers that meet a PositArray in an operation are converted to
    its format first; arrays of another posit format are refused. NaR equals itself and is less than
    every real number, as the standard has it. A single element is an array of no dimensions.

    Attributes:
        bits: the patterns, an unsigned integer array.
        fmt: the format.
    """

    __slots__ = ("bits", "fmt")
    __array_priority__ = 20
    __hash__ = None  # type: ignore[assignment]

    bits: NDArray[Any]
    fmt: Posit

    def __init__(self, values: ArrayLike | PositArray, fmt: Posit | str) -> None:
        """Rounds numbers, decimal text or posits of another format to `fmt`."""
        self.fmt = parse(fmt) if isinstance(fmt, str) else fmt
        if isinstance(values, PositArray):
            self.bits = array.convert(values.bits, values.fmt, self.fmt)
        else:
            self.bits = array.encode(values, self.fmt)

    @classmethod
    def from_bits(cls, bits: ArrayLike, fmt: Posit | str) -> PositArray:
        """Takes patterns as they are; an array of the storage type is shared, not copied.

        Raises:
            ValueError: a pattern does not fit in the format.
        """
        made = cls.__new__(cls)
        made.fmt = parse(fmt) if isinstance(fmt, str) else fmt
        given = np.asarray(bits)
        made.bits = given.astype(array.storage(made.fmt), copy=False)
        outside = (made.bits != given) | (
            made.bits & ~np.asarray(made.fmt.mask, made.bits.dtype) != 0
        )
        if outside.any():
            worst = int(given[outside].flat[0])
            raise ValueError(
                f"{worst:#x} is not a pattern of {made.fmt}: it must be 0 to {made.fmt.mask:#x}"
            )
        return made

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each dimension."""
        return self.bits.shape

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self.bits.ndim

    @property
    def size(self) -> int:
        """The number of elements."""
        return self.bits.size

    @property
    def T(self) -> PositArray:
        """The transposed array."""
        return self._like(self.bits.T)

    def _like(self, bits: Any) -> PositArray:
        made = PositArray.__new__(PositArray)
        made.bits, made.fmt = np.asarray(bits), self.fmt
        return made

    def _coerce(self, other: Any) -> NDArray[Any]:
        """The patterns of an operand, converted to this format if it is a plain number.

        Raises:
            TypeError: the operand is of another posit format.
        """
        if not isinstance(other, PositArray):
            return array.encode(other, self.fmt)
        if other.fmt != self.fmt:
            raise TypeError(
                f"{self.fmt} and {other.fmt} do not mix: convert one of them with astype()"
            )
        return other.bits

    def __len__(self) -> int:
        return len(self.bits)

    def __iter__(self) -> Iterator[PositArray]:
        return (self._like(row) for row in self.bits)

    def __getitem__(self, key: Any) -> PositArray:
        return self._like(self.bits[key])

    def __setitem__(self, key: Any, value: Any) -> None:
        self.bits[key] = self._coerce(value)

    def __float__(self) -> float:
        return float(array.decode(self.bits, self.fmt).item())

    def __int__(self) -> int:
        value = exact.decode(self.bits.item(), self.fmt)
        if value is None:
            raise ValueError("NaR has no integer value")
        return int(value)

    def __bool__(self) -> bool:
        return bool((self.bits != 0).item() if self.size == 1 else self.bits)

    def __repr__(self) -> str:
        return f"PositArray({self._listing(', ', len('PositArray('))}, {self.fmt})"

    def __str__(self) -> str:
        return self._listing(" ", 0)

    def _listing(self, separator: str, indent: int) -> str:
        def shortest(bits: Any) -> str:
            return text.to_shortest(int(bits), self.fmt)

        return np.array2string(
            self.bits, separator=separator, prefix=" " * indent, formatter={"int": shortest}
        )

    def astype(self, target: Any) -> Any:
        """Converts to another posit format, or to a NumPy float or integer type.

        Floats are rounded once, NaR becomes NaN. Integers are rounded to the nearest, ties to even;
        what does not fit, and NaR, give the word 10..0 (section 6.4 of the standard).

        Raises:
            TypeError: there is no conversion to that type.
        """
        if isinstance(target, Posit) or (isinstance(target, str) and target.startswith("posit")):
            return PositArray(self, target)
        name = np.dtype(target).name
        if name not in _ASTYPE:
            raise TypeError(
                f"{self.fmt} does not convert to {name}: use a posit format or one of "
                + ", ".join(_ASTYPE)
            )
        kernel, kind = _ASTYPE[name]
        return array.convert_with(kernel, self.bits, self.fmt, kind).view(name)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        if copy is False:
            raise ValueError("a PositArray becomes an array of floats by conversion: it is a copy")
        return np.asarray(self.astype(np.float64 if dtype is None else dtype))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        return ufuncs.apply(self, ufunc, method, inputs, options)

    def __array_function__(
        self,
        function: Callable[..., Any],
        types: Any,
        arguments: tuple[Any, ...],
        options: dict[str, Any],
    ) -> Any:
        return functions.apply(self, function, arguments, options)

    def copy(self) -> PositArray:
        """A copy with patterns of its own."""
        return self._like(self.bits.copy())

    def reshape(self, *shape: Any) -> PositArray:
        """The same elements in another shape."""
        return self._like(self.bits.reshape(*shape))

    def ravel(self) -> PositArray:
        """The elements in one dimension."""
        return self._like(self.bits.ravel())

    def transpose(self, *axes: Any) -> PositArray:
        """The array with its axes exchanged."""
        return self._like(self.bits.transpose(*axes))

    def sum(self, axis: int | None = None) -> PositArray:
        """The sum, exact in the quire and rounded once."""
        return self._like(array.total(self.bits, self.fmt, axis))

    def mean(self, axis: int | None = None) -> PositArray:
        """The sum, rounded once, divided by the count."""
        return functions.mean(self, self, axis)

    def min(self, axis: int | None = None) -> PositArray:
        """The least element in posit order: NaR if there is one."""
        return ufuncs.reduce(self, np.minimum, self, {"axis": axis})

    def max(self, axis: int | None = None) -> PositArray:
        """The greatest element in posit order."""
        return ufuncs.reduce(self, np.maximum, self, {"axis": axis})

    def dot(self, other: Any) -> PositArray:
        """The dot or matrix product, exact in the quire and rounded once."""
        return self._like(array.matmul(self.bits, self._coerce(other), self.fmt))

    def fma(self, factor: Any, addend: Any) -> PositArray:
        """The fused self * factor + addend, rounded once."""
        operands = self.bits, self._coerce(factor), self._coerce(addend)
        return self._like(array.fma(*operands, self.fmt))

    def next(self) -> PositArray:
        """The posits that follow; after maxpos comes NaR, after NaR -maxpos."""
        return self._like(array.apply("next", self.fmt, self.bits))

    def prior(self) -> PositArray:
        """The posits that precede."""
        return self._like(array.apply("prior", self.fmt, self.bits))

    def item(self) -> float:
        """The value of an array of one element as a float, rounded if it must be."""
        return float(self)

    def tolist(self) -> Any:
        """The values as nested lists of floats."""
        return array.decode(self.bits, self.fmt).tolist()

    def to_text(self) -> NDArray[Any]:
        """The exact values as decimal text."""
        found = [text.to_text(bits, self.fmt) for bits in self.bits.ravel().tolist()]
        return np.array(found, dtype=object).reshape(self.shape)

    def to_fractions(self) -> NDArray[Any]:
        """The exact values as Fraction objects, None for NaR."""
        found = np.empty(self.size, dtype=object)
        found[:] = [exact.decode(bits, self.fmt) for bits in self.bits.ravel().tolist()]
        return found.reshape(self.shape)

    def order(self) -> NDArray[np.int64]:
        """Integers in the order of the posits: their patterns as two's complement."""
        top = 64 - self.fmt.n
        return (self.bits.astype(np.uint64) << np.uint64(top)).view(np.int64) >> np.int64(top)
