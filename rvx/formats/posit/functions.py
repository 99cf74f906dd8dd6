"""What NumPy's other functions do with a PositArray (`__array_function__`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rvx.formats.posit import array, ufuncs
from rvx.formats.posit.ufuncs import P, Posits

# These only move elements about: they act on the patterns.
STRUCTURAL = {
    np.append,
    np.atleast_1d,
    np.atleast_2d,
    np.atleast_3d,
    np.broadcast_to,
    np.column_stack,
    np.concatenate,
    np.copy,
    np.delete,
    np.diag,
    np.diagonal,
    np.dstack,
    np.expand_dims,
    np.flip,
    np.fliplr,
    np.flipud,
    np.hstack,
    np.insert,
    np.moveaxis,
    np.pad,
    np.ravel,
    np.repeat,
    np.reshape,
    np.roll,
    np.rollaxis,
    np.rot90,
    np.split,
    np.array_split,
    np.squeeze,
    np.stack,
    np.swapaxes,
    np.take,
    np.take_along_axis,
    np.tile,
    np.transpose,
    np.tril,
    np.triu,
    np.vstack,
    np.zeros_like,
}

# These tell of shapes and positions, not of values.
INQUIRING = {np.shape, np.ndim, np.size, np.count_nonzero, np.nonzero, np.flatnonzero}

# These need the order of the elements only; the rank is that of their patterns.
RANKING = {np.argsort, np.argmin, np.argmax, np.searchsorted, np.lexsort}


def apply(
    like: Posits,
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    options: dict[str, Any],
) -> Any:
    """Carries out a NumPy function.

    Raises:
        TypeError: it is not defined for posits.
    """
    if function in STRUCTURAL:
        return _wrap(like, function(*_patterns(like, arguments), **options))
    if function in INQUIRING:
        return function(*_patterns(like, arguments), **options)
    if function in RANKING:
        return function(*_ranks(like, arguments), **options)
    if function in _SPECIAL:
        return _SPECIAL[function](like, *arguments, **options)
    raise TypeError(
        f"numpy.{getattr(function, '__name__', function)} is not defined for posits: "
        "convert with astype(float) if floats will do"
    )


def _is_posits(value: Any) -> bool:
    return hasattr(value, "bits") and hasattr(value, "fmt")


def _patterns(like: Posits, value: Any) -> Any:
    """The argument with every PositArray in it replaced by its patterns."""
    if _is_posits(value):
        return like._coerce(value)
    if isinstance(value, list | tuple):
        return type(value)(_patterns(like, x) for x in value)
    return value


def _ranks(like: Posits, value: Any) -> Any:
    if _is_posits(value):
        return like._like(like._coerce(value)).order()
    if isinstance(value, list | tuple):
        return type(value)(_ranks(like, x) for x in value)
    return value


def _wrap(like: Posits, result: Any) -> Any:
    if isinstance(result, list | tuple):
        return type(result)(_wrap(like, x) for x in result)
    return like._like(result)


def _reduction(ufunc: np.ufunc) -> Callable[..., Any]:
    def reduced(like: Posits, x: Any, axis: Any = None, **options: Any) -> Any:
        return ufuncs.reduce(like, ufunc, x, {"axis": axis, **options})

    return reduced


def _dot(like: Posits, a: Any, b: Any) -> Any:
    return like._like(array.matmul(like._coerce(a), like._coerce(b), like.fmt))


def mean(like: P, x: Any, axis: Any = None, **options: Any) -> P:
    """The exact sum rounded, divided by the count, rounded."""
    total: Any = ufuncs.reduce(like, np.add, x, {"axis": axis, **options})
    result: P = total / (like._coerce(x).size // max(total.size, 1))
    return result


def _where(like: Posits, condition: Any, a: Any, b: Any) -> Any:
    return like._like(np.where(condition, like._coerce(a), like._coerce(b)))


def _sort(like: Posits, x: Any, axis: int = -1) -> Any:
    bits = like._coerce(x)
    places = np.argsort(like._like(bits).order(), axis=axis, kind="stable")
    return like._like(np.take_along_axis(bits, places, axis=axis))


def _clip(like: Posits, x: Any, low: Any, high: Any) -> Any:
    return np.minimum(np.maximum(x, low), high)


def _array_equal(like: Posits, a: Any, b: Any) -> bool:
    return bool(np.array_equal(like._coerce(a), like._coerce(b)))


def _full_like(like: Posits, x: Any, value: Any) -> Any:
    return like._like(np.full_like(like._coerce(x), like._coerce(value)))


def _ones_like(like: Posits, x: Any) -> Any:
    return like._like(np.full_like(like._coerce(x), like.fmt.one))


_SPECIAL: dict[Any, Callable[..., Any]] = {
    np.sum: _reduction(np.add),
    np.prod: _reduction(np.multiply),
    np.min: _reduction(np.minimum),
    np.max: _reduction(np.maximum),
    np.mean: mean,
    np.dot: _dot,
    np.inner: lambda like, a, b: _dot(like, a, np.transpose(b)),
    np.where: _where,
    np.sort: _sort,
    np.clip: _clip,
    np.array_equal: _array_equal,
    np.full_like: _full_like,
    np.ones_like: _ones_like,
    np.array_repr: lambda like, x: repr(x),
    np.array_str: lambda like, x: str(x),
}
