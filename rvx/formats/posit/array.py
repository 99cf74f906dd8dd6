"""Posits in NumPy arrays of patterns: conversion, elementwise operations, dot products.

Patterns are held in the smallest unsigned integers that fit them (`storage`). All loops are
compiled from the scalar kernels; results are rounded as theirs. For a type that carries its
format along and takes operators, see `PositArray`.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rvx import jit
from rvx.formats.posit import elementary, exact, text
from rvx.formats.posit.format import STANDARD, Posit
from rvx.formats.posit.scalar import kernels

Bits = NDArray[Any]

PREDICATES = ("eq", "ne", "lt", "le", "gt", "ge")


@cache
def storage(fmt: Posit) -> np.dtype[Any]:
    """The smallest unsigned integer type that holds a pattern."""
    return np.dtype(f"uint{max(8, 1 << (fmt.n - 1).bit_length())}")


@cache
def _kernel(name: str, fmt: Posit, kinds: tuple[str, ...]) -> Callable[..., Any]:
    return jit.elementwise(getattr(kernels(fmt), name), len(kinds) - 1, kinds=kinds)


def apply(name: str, fmt: Posit, *operands: ArrayLike) -> Bits:
    """Any kernel of `scalar` that maps patterns to a pattern or a truth value, elementwise.

    Args:
        name: the kernel, such as "add", "sqrt", "nearest_int", "lt" or "fmm".
        fmt: the format of operands and result.
        operands: arrays of patterns; they broadcast.
    """
    kind = storage(fmt).name
    result = "bool" if name in PREDICATES else kind
    return _as_array(_kernel(name, fmt, (kind,) * len(operands) + (result,))(*operands))


def _as_array(result: Any) -> Bits:
    return np.asarray(result)


def encode(values: ArrayLike, fmt: Posit) -> Bits:
    """The posits nearest to real numbers, each rounded once.

    Args:
        values: floats (NaN and infinities give NaR), integers of any type by their value, or
            objects: Fraction, Decimal, Python integers of any size, decimal text, None for NaR.
        fmt: the format to round to.

    Raises:
        TypeError: the numbers are complex, or of a type that has no exact rational value.
    """
    given = np.asarray(values)
    kind = storage(fmt).name
    if given.dtype.kind == "f" and given.dtype.itemsize <= 8:
        words = np.ascontiguousarray(given, dtype=np.float64).view(np.int64)
        return _as_array(_kernel("from_f64", fmt, ("int64", kind))(words)).reshape(given.shape)
    if given.dtype.kind in "ib":
        return _as_array(_from_signed(fmt)(given.astype(np.int64)))
    if given.dtype.kind == "u":
        words = given.astype(np.uint64).view(np.int64)
        return _as_array(_kernel("from_u64_percival", fmt, ("int64", kind))(words))
    if given.dtype.kind in "OUSf":
        patterns = [exact.encode(_exact_value(x), fmt) for x in given.ravel().tolist()]
        return np.array(patterns, dtype=storage(fmt)).reshape(given.shape)
    raise TypeError(
        f"numbers of type {given.dtype} cannot become {fmt}: "
        "give real floats, integers, fractions or decimal text"
    )


@cache
def _from_signed(fmt: Posit) -> Callable[..., Any]:
    from_unsigned = kernels(fmt).from_u64_percival
    neg = kernels(fmt).neg

    def from_signed(x: int) -> int:
        # By value: the lowest integer is a number here, where section 6.4 makes it NaR.
        bits: int = neg(from_unsigned(-x)) if x < 0 else from_unsigned(x)
        return bits

    return jit.elementwise(from_signed, 1, kinds=("int64", storage(fmt).name))


def _exact_value(value: Any) -> Fraction | None:
    if value is None:
        return None
    if isinstance(value, str | bytes):
        return text.parse(value if isinstance(value, str) else value.decode())
    try:
        return Fraction(*value.as_integer_ratio())
    except (OverflowError, ValueError):
        return None
    except AttributeError:
        raise TypeError(
            f"{value!r} cannot become a posit: give a real number, decimal text, or None for NaR"
        ) from None


def decode(bits: ArrayLike, fmt: Posit) -> NDArray[np.float64]:
    """The values as binary64: exact up to 32 bits with es 2, rounded once beyond; NaR gives NaN."""
    words = _kernel("to_f64", fmt, (storage(fmt).name, "int64"))(bits)
    return np.asarray(words).view(np.float64)


def convert_with(name: str, bits: ArrayLike, fmt: Posit, kind: str) -> Bits:
    """The words that a conversion kernel such as "to_f32" or "to_i64" gives, of type `kind`."""
    return _as_array(_kernel(name, fmt, (storage(fmt).name, kind))(bits))


def convert(bits: ArrayLike, source: Posit, target: Posit) -> Bits:
    """Posits of one format rounded to another (section 6.1)."""
    if target in STANDARD:
        kernel = getattr(kernels(source), f"to_{target.name}")
    else:
        kernel = _resize(source, target)
    kinds = (storage(source).name, storage(target).name)
    return _as_array(jit.elementwise(kernel, 1, kinds=kinds)(bits))


@cache
def _resize(source: Posit, target: Posit) -> Callable[[int], int]:
    from rvx.formats.posit.convert import make_resize

    return make_resize(source, target)


def fma(a: ArrayLike, b: ArrayLike, c: ArrayLike, fmt: Posit) -> Bits:
    """The fused a * b + c, rounded once through the quire."""
    kind = storage(fmt)
    spread = np.broadcast_arrays(*(np.asarray(x, dtype=kind) for x in (a, b, c)))
    flat = [np.require(x, requirements=("C", "W")).reshape(-1) for x in spread]
    out = np.empty(flat[0].size, kind)
    one = f"{kind.name}[::1]"
    entry = jit.export(_fma_loop(fmt), f"void({one}, {one}, {one}, {one}, int64[::1])")
    entry(*flat, out, np.zeros(fmt.quire_limbs, np.int64))
    return out.reshape(spread[0].shape)


@cache
def _fma_loop(fmt: Posit) -> Callable[..., None]:
    fused = kernels(fmt).fma

    def loop(a: Bits, b: Bits, c: Bits, out: Bits, q: Bits) -> None:
        for i in range(out.size):
            out[i] = fused(q, np.int64(a[i]), np.int64(b[i]), np.int64(c[i]))

    return loop


def matmul(a: ArrayLike, b: ArrayLike, fmt: Posit, quire: bool = True) -> Bits:
    """The matrix product, with the shapes that `numpy.matmul` takes.

    Args:
        a: patterns of shape (..., m, k), or (k,).
        b: patterns of shape (..., k, n), or (k,).
        fmt: the format of operands and result.
        quire: sum exactly and round once. Otherwise acc = add(acc, mul(a, b)) in the order of k,
            from acc = 0, as a loop of padd and pmul does.

    Raises:
        ValueError: an operand has no dimension, or the inner dimensions differ.
    """
    left, right = (np.asarray(x, dtype=storage(fmt)) for x in (a, b))
    if left.ndim == 0 or right.ndim == 0:
        raise ValueError("matmul takes arrays of at least one dimension, not single posits")
    rows, columns = np.atleast_2d(left), right[:, None] if right.ndim == 1 else right
    if rows.shape[-1] != columns.shape[-2]:
        raise ValueError(
            f"shapes {left.shape} and {right.shape} do not match for matmul: "
            f"{rows.shape[-1]} columns against {columns.shape[-2]} rows"
        )
    batch = np.broadcast_shapes(rows.shape[:-2], columns.shape[:-2])
    rows = np.broadcast_to(rows, batch + rows.shape[-2:])
    columns = np.broadcast_to(columns, batch + columns.shape[-2:])
    out = np.empty((*batch, rows.shape[-2], columns.shape[-1]), storage(fmt))
    scratch = np.zeros(fmt.quire_limbs, np.int64)
    two = f"{storage(fmt).name}[:, ::1]"
    entry = jit.export(_matmul_loop(fmt, quire), f"void({two}, {two}, {two}, int64[::1])")
    for index in np.ndindex(batch):
        product = np.empty(out.shape[-2:], out.dtype)
        # Contiguous along k; copied if read-only, which numba takes for another type.
        sides = (np.require(x, requirements=("C", "W")) for x in (rows[index], columns[index].T))
        entry(*sides, product, scratch)
        out[index] = product
    if left.ndim == 1:
        out = out[..., 0, :]
    return out[..., 0] if right.ndim == 1 else out


@cache
def _matmul_loop(fmt: Posit, quire: bool) -> Callable[..., None]:
    space: ModuleType = kernels(fmt)
    clear, madd, to_posit = space.q_clear, space.q_madd, space.q_round
    add, mul = space.add, space.mul

    def exactly(a: Bits, b: Bits, out: Bits, q: Bits) -> None:
        for i in range(out.shape[0]):
            for j in range(out.shape[1]):
                clear(q)
                for k in range(a.shape[1]):
                    madd(q, np.int64(a[i, k]), np.int64(b[j, k]))
                out[i, j] = to_posit(q)

    def step_by_step(a: Bits, b: Bits, out: Bits, _q: Bits) -> None:
        for i in range(out.shape[0]):
            for j in range(out.shape[1]):
                total = 0
                for k in range(a.shape[1]):
                    total = add(total, mul(np.int64(a[i, k]), np.int64(b[j, k])))
                out[i, j] = total

    return exactly if quire else step_by_step


def dot(a: ArrayLike, b: ArrayLike, fmt: Posit, quire: bool = True) -> Bits:
    """The dot product of two vectors; see `matmul` for `quire`.

    Raises:
        ValueError: the operands are not vectors of one length.
    """
    left, right = np.asarray(a), np.asarray(b)
    if left.ndim != 1 or left.shape != right.shape:
        raise ValueError(
            f"dot takes two vectors of one length, not shapes {left.shape} and {right.shape}"
        )
    return matmul(left, right, fmt, quire)


def total(bits: ArrayLike, fmt: Posit, axis: int | None = None) -> Bits:
    """The sum along an axis (of all elements if None), exact in the quire and rounded once."""
    given = np.asarray(bits, dtype=storage(fmt))
    rows = given.reshape(1, -1) if axis is None else np.moveaxis(given, axis, -1)
    ones = np.full(rows.shape[-1], fmt.one, storage(fmt))
    return matmul(rows, ones, fmt).reshape(() if axis is None else rows.shape[:-1])


def function(name: str, fmt: Posit, *operands: ArrayLike) -> Bits:
    """An elementary function of `elementary.FUNCTIONS`, elementwise and correctly rounded.

    Each distinct operand is evaluated once, by mpmath, and remembered: a whole posit16 table takes
    some seconds, and wider formats some 100 microseconds for each new value.

    Args:
        name: the function, such as "exp" or "atan2pi".
        fmt: the format of operands and result.
        operands: arrays of patterns; for compound and rootn the second holds whole numbers.
    """
    whole = name in elementary.WITH_INTEGER
    kinds = [np.dtype(np.int64) if i and whole else storage(fmt) for i in range(len(operands))]
    given = (np.asarray(x, dtype=kind) for x, kind in zip(operands, kinds, strict=True))
    spread = np.broadcast_arrays(*given)
    rows = zip(*(x.ravel().tolist() for x in spread), strict=True)
    results = [elementary.evaluate(name, fmt, *row) for row in rows]
    return np.array(results, dtype=storage(fmt)).reshape(spread[0].shape)
