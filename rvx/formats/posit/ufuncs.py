"""What NumPy's ufuncs do with a PositArray: the table, and how they are applied."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from rvx.formats.posit import array, exact
from rvx.formats.posit.format import Posit

Bits = NDArray[Any]
Operation = Callable[..., Bits]


class Posits(Protocol):
    """The array that NumPy asks, a PositArray: it says the format, and what becomes of patterns."""

    @property
    def fmt(self) -> Posit:
        """The format of all operands, and of the result."""

    def _coerce(self, value: Any) -> Bits:
        """The patterns of an operand in this format."""

    def _like(self, bits: Any) -> Self:
        """An array of this format with these patterns."""

    def order(self) -> Bits:
        """Integers in the order of the values."""


P = TypeVar("P", bound=Posits)


def _kernel(name: str) -> Operation:
    return lambda fmt, *operands: array.apply(name, fmt, *operands)


def _elementary(name: str) -> Operation:
    return lambda fmt, *operands: array.function(name, fmt, *operands)


def _power(fmt: Posit, x: Bits, y: Bits) -> Bits:
    # Correctly rounded either way; these three are a thousand times faster than the general one.
    if y.size == 1:
        shape = np.broadcast_shapes(x.shape, y.shape)
        for exponent, operation in _QUICK_POWERS.items():
            if y.item() == exact.encode(exponent, fmt) and exact.decode(y.item(), fmt) == exponent:
                return np.asarray(operation(fmt, x)).reshape(shape)
    return array.function("pow", fmt, x, y)


_QUICK_POWERS: dict[Fraction, Operation] = {
    Fraction(2): lambda fmt, x: array.apply("mul", fmt, x, x),
    Fraction(1, 2): lambda fmt, x: array.apply("sqrt", fmt, x),
    Fraction(-1): lambda fmt, x: array.apply("div", fmt, fmt.one, x),
}


def _truncate(fmt: Posit, x: Bits) -> Bits:
    negative = array.apply("lt", fmt, x, 0)
    return np.where(negative, array.apply("ceil", fmt, x), array.apply("floor", fmt, x))


ARITHMETIC: dict[Any, Operation] = {
    np.add: _kernel("add"),
    np.subtract: _kernel("sub"),
    np.multiply: _kernel("mul"),
    np.divide: _kernel("div"),
    np.sqrt: _kernel("sqrt"),
    np.negative: _kernel("neg"),
    np.positive: lambda _fmt, x: x.copy(),
    np.absolute: _kernel("abs"),
    np.fabs: _kernel("abs"),
    np.sign: _kernel("sign"),
    np.copysign: _kernel("sgnj"),
    np.minimum: _kernel("min"),
    np.maximum: _kernel("max"),
    np.rint: _kernel("nearest_int"),
    np.floor: _kernel("floor"),
    np.ceil: _kernel("ceil"),
    np.trunc: _truncate,
    np.square: lambda fmt, x: array.apply("mul", fmt, x, x),
    np.reciprocal: lambda fmt, x: array.apply("div", fmt, fmt.one, x),
    np.matmul: lambda fmt, a, b: array.matmul(a, b, fmt),
    np.power: _power,
    np.hypot: _elementary("hypot"),
    np.arctan2: _elementary("atan2"),
    np.exp: _elementary("exp"),
    np.exp2: _elementary("exp2"),
    np.expm1: _elementary("expm1"),
    np.log: _elementary("log"),
    np.log2: _elementary("log2"),
    np.log10: _elementary("log10"),
    np.log1p: _elementary("log1p"),
    np.sin: _elementary("sin"),
    np.cos: _elementary("cos"),
    np.tan: _elementary("tan"),
    np.arcsin: _elementary("asin"),
    np.arccos: _elementary("acos"),
    np.arctan: _elementary("atan"),
    np.sinh: _elementary("sinh"),
    np.cosh: _elementary("cosh"),
    np.tanh: _elementary("tanh"),
    np.arcsinh: _elementary("asinh"),
    np.arccosh: _elementary("acosh"),
    np.arctanh: _elementary("atanh"),
}

# These give truth values.
PREDICATES: dict[Any, Operation] = {
    np.equal: _kernel("eq"),
    np.not_equal: _kernel("ne"),
    np.less: _kernel("lt"),
    np.less_equal: _kernel("le"),
    np.greater: _kernel("gt"),
    np.greater_equal: _kernel("ge"),
    np.isnan: lambda fmt, x: x == fmt.nar,
    np.isfinite: lambda fmt, x: x != fmt.nar,
    np.isinf: lambda _fmt, x: np.zeros(x.shape, np.bool_),
    np.signbit: lambda fmt, x: array.apply("lt", fmt, x, 0) & (x != fmt.nar),
    np.logical_not: lambda _fmt, x: x == 0,
}

REDUCTIONS = (np.add, np.multiply, np.minimum, np.maximum)


def apply(
    like: Posits, ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], options: dict[str, Any]
) -> Any:
    """Carries out a ufunc, or one of its methods `reduce` and `outer`.

    Raises:
        TypeError: posits have no such function, or it was given an option that they do not take.
    """
    targets = options.pop("out", (None,))
    if method == "reduce":
        return _store(like, reduce(like, ufunc, inputs[0], options), targets)
    unknown = [name for name, value in options.items() if not (name == "where" and value is True)]
    if unknown:
        raise TypeError(f"{ufunc.__name__} of posits takes no {unknown[0]}=; leave it out")
    operands = [like._coerce(x) for x in inputs]
    if method == "outer":
        operands[0] = operands[0].reshape(operands[0].shape + (1,) * operands[1].ndim)
    elif method != "__call__":
        raise TypeError(
            f"{ufunc.__name__}.{method} is not defined for posits: use the ufunc itself, "
            "its reduce or its outer"
        )
    if ufunc in PREDICATES:
        return _store(like, PREDICATES[ufunc](like.fmt, *operands), targets)
    if ufunc in ARITHMETIC:
        return _store(like, like._like(ARITHMETIC[ufunc](like.fmt, *operands)), targets)
    raise TypeError(
        f"{ufunc.__name__} is not defined for posits: convert with astype(float) if floats will do"
    )


def _store(like: Posits, result: Any, targets: tuple[Any, ...]) -> Any:
    target = targets[0]
    if target is None:
        return result
    if isinstance(result, np.ndarray) or hasattr(target, "bits"):
        target[...] = result
    else:
        raise TypeError(
            f"a result in {like.fmt} needs a PositArray as out=, not an array of numbers"
        )
    return target


def reduce(like: P, ufunc: np.ufunc, x: Any, options: dict[str, Any]) -> P:
    """Sum (exact in the quire), product (from the first to the last), minimum or maximum.

    Raises:
        TypeError: the ufunc has no reduction here, or there is an option besides axis, keepdims.
        ValueError: the minimum or maximum of nothing.
    """
    if ufunc not in REDUCTIONS:
        raise TypeError(f"{ufunc.__name__}.reduce is not defined for posits")
    axis, keep = options.pop("axis", 0), options.pop("keepdims", False)
    for name, value in options.items():
        if not (value is None or value is np._NoValue or (name == "where" and value is True)):
            raise TypeError(f"{ufunc.__name__}.reduce of posits takes no {name}=; leave it out")
    bits = like._coerce(x)
    axes = tuple(range(bits.ndim)) if axis is None else np.atleast_1d(axis)
    axes = tuple(int(a) % bits.ndim for a in axes)
    rest = [a for a in range(bits.ndim) if a not in axes]
    rows = bits.transpose(*rest, *axes).reshape(*(bits.shape[a] for a in rest), -1)
    result = _reduce_last(like.fmt, ufunc, rows)
    if keep:
        result = result.reshape([1 if a in axes else bits.shape[a] for a in range(bits.ndim)])
    return like._like(result)


def _reduce_last(fmt: Posit, ufunc: np.ufunc, rows: Bits) -> Bits:
    if ufunc is np.add:
        return array.total(rows, fmt, axis=-1)
    if ufunc is not np.multiply and rows.shape[-1] == 0:
        raise ValueError(f"the {ufunc.__name__} of no posits is not defined")
    columns = np.moveaxis(rows, -1, 0)
    ones = np.full(rows.shape[:-1], fmt.one, rows.dtype)
    result = ones if ufunc is np.multiply else columns[0]
    for column in columns:
        result = ARITHMETIC[ufunc](fmt, result, column)
    return result
