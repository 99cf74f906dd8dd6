"""Exponentials, GELU and softmax, in the order of operations of sources in `programs/functions`.

They are computed in one format, the one of sums: binary64, binary32, or that of posits. Every
function takes codes, and a table of constants, which is the array that the guest has in memory. So
the numbers of a polynomial are written down once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx import jit
from rvx.analysis.arithmetic.base import Arithmetic, Codes, Encoded, Raw, Reals, bits_of
from rvx.analysis.arithmetic.floating import RNE, Floating
from rvx.analysis.arithmetic.posit import PositSums
from rvx.analysis.arithmetic.single import SingleResults
from rvx.analysis.keys import KernelError
from rvx.formats.minifloat import array
from rvx.formats.minifloat.catalogue import FP16, FP16ALT, FP32, FP64
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.scalar import (
    make_add,
    make_convert,
    make_div,
    make_fma,
    make_lt,
    make_maximum,
    make_mul,
    make_sub,
)
from rvx.formats.posit import Posit, exact, kernels
from rvx.isa.bits import sext32
from rvx.records import dataclass

LN2 = Fraction("0.69314718055994530941723212145817656807550013436025525412068")
LEAST, PER_LN2, BIG, HIGH, LOW, FIRST = range(6)
"""Where constants are: the least argument of an exponential, 1 / ln 2, what moves an integer into
the lowest bits of a float, -ln 2 in two parts, and the coefficients of a polynomial, highest power
first."""
GELU_LINEAR = 2 * math.sqrt(2 / math.pi)
GELU_CUBIC = 0.044715 * GELU_LINEAR
"""GELU in its tanh form is x / (1 + exp(-v)) with v = GELU_LINEAR x + GELU_CUBIC x^3."""

IN_VECTORS = {
    "float16": (FP16, FP16, FP32),
    "bfloat16": (FP16ALT, FP32, FP32),
    "float32": (FP32, FP32, FP32),
    "float64": (FP64, FP64, FP64),
}
"""Of the elements of rows, as `programs/steps/rvv_rows.inc` has them: their format, the one that
they are computed with in, and that of sums."""

Binary = Callable[[int, int], int]


@dataclass(frozen=True)
class Operations:
    """What a processor does with numbers of a format, and what an exponential needs to know of it.

    Attributes:
        fma: fma(a, b, c) is a b + c, rounded once or, where there is no such instruction, twice.
        whole: whole(t, k) gives the integer next to t / ln 2 as a number, and as scale takes it.
        scale: scale(p, n) is p times the power of two that n stands for, which is at most 1.
        less: less(a, b) is 1 if a < b.
        minus_magnitude: -|a|.
        zero: the code of 0.
        degree: of the polynomial: its error is below that of the format.
        least: the least argument of an exponential.
        high_bits: fraction bits of the high part of ln 2, whose product with an integer is exact.
        big: what adding to a float moves its integer to the lowest bits; 0 where nobody asks.
        encode: the codes of exact numbers.
    """

    add: Binary
    subtract: Binary
    multiply: Binary
    divide: Binary
    greater: Binary
    fma: Callable[[int, int, int], int]
    whole: Callable[[int, Any], tuple[int, int]]
    scale: Binary
    less: Binary
    minus_magnitude: Callable[[int], int]
    zero: int
    degree: int
    least: int
    high_bits: int
    big: Fraction
    encode: Callable[[Sequence[Fraction]], Codes]


_DEGREES = {"float32": 6, "float64": 13, "posit8": 3, "posit16": 4, "posit32": 8, "posit64": 14}
"""Of polynomials on [-ln 2 / 2, ln 2 / 2], by format."""

_LEAST = {"posit8": -8, "posit16": -20, "posit32": -40, "posit64": -40}
"""Of posits: what they have so few digits of that nothing is left of r would not become an
exponential, and the inverse of a power of two has to be an integer of 64 bits."""


@cache
def _of_floats(fmt: Minifloat) -> Operations:
    add, subtract, multiply, divide = (
        _rounded(make(fmt)) for make in (make_add, make_sub, make_mul, make_div)
    )
    fused, greatest, lesser = make_fma(fmt), make_maximum(fmt), make_lt(fmt)
    sign, mask, fraction = -1 << (fmt.bits - 1), (1 << fmt.bits) - 1, fmt.m
    if fmt.bits == 64:
        mask = -1

    def fma(a: int, b: int, c: int) -> int:
        return fused(a, b, c, RNE)[0]

    def greater(a: int, b: int) -> int:
        return greatest(a, b)[0]

    def whole(t: int, k: Any) -> tuple[int, int]:
        moved = fma(k[PER_LN2], t, k[BIG])
        return subtract(moved, k[BIG]), moved

    def scale(p: int, n: int) -> int:
        return (p + (n << fraction)) & mask

    def less(a: int, b: int) -> int:
        return lesser(a, b)[0]

    def minus_magnitude(a: int) -> int:
        return (a | sign) & mask

    return Operations(
        *(add, subtract, multiply, divide, greater, fma, whole, scale, less, minus_magnitude),
        zero=0,
        degree=_DEGREES[fmt.name],
        least=-86 if fmt == FP32 else -700,
        high_bits=16 if fmt == FP32 else 32,
        big=Fraction(3 << (fmt.m - 1)),
        encode=lambda values: np.asarray(
            array.encode(fmt, np.array([float(value) for value in values]))
        ).astype(np.int64),
    )


def _rounded(operation: Callable[[int, int, int], tuple[int, int]]) -> Binary:
    def rounded(a: int, b: int) -> int:
        return operation(a, b, RNE)[0]

    return rounded


@cache
def _of_posits(fmt: Posit) -> Operations:
    posit = kernels(fmt)
    add, multiply, divide = posit.add, posit.mul, posit.div
    absolute_of, to_integer, from_integer = posit.sgnjx, posit.to_i32, posit.from_i32
    from_long, negated, lesser = posit.from_i64, posit.sgnjn, posit.lt

    def fma(a: int, b: int, c: int) -> int:
        found: int = add(multiply(a, b), c)
        return found

    def whole(t: int, k: Any) -> tuple[int, int]:
        n = sext32(to_integer(multiply(t, k[PER_LN2])))
        return from_integer(n & 0xFFFFFFFF), n

    def scale(p: int, n: int) -> int:
        # p & 0 is 0 as an int64: interpreted, a shift of Python's own 1 would not wrap.
        found: int = divide(p, from_long(((p & 0) + 1) << -n))
        return found

    def less(a: int, b: int) -> int:
        found: int = lesser(a, b)
        return found

    def minus_magnitude(a: int) -> int:
        magnitude = absolute_of(a, a)
        found: int = negated(magnitude, magnitude)
        return found

    return Operations(
        *(add, posit.sub, multiply, divide, posit.max, fma, whole, scale, less, minus_magnitude),
        zero=0,
        degree=_DEGREES[fmt.name],
        least=_LEAST[fmt.name],
        high_bits=16 if fmt.n < 64 else 32,
        big=Fraction(0),
        encode=lambda values: np.array(
            [exact.encode(value, fmt) for value in values], np.uint64
        ).astype(np.int64),
    )


def sums_format(numbers: Arithmetic) -> Minifloat | Posit:
    """The format that functions are computed in: that of what a sum of products becomes.

    Raises:
        TypeError: the arithmetic has none.
    """
    if isinstance(numbers, PositSums):
        return numbers.fmt
    if isinstance(numbers, Floating):
        return FP64 if numbers.src == FP64 else FP32
    if isinstance(numbers, SingleResults):
        return FP32
    raise TypeError(
        f"{type(numbers).__name__} has no functions; floats, posits and what has scales have"
    )


def operations(fmt: Minifloat | Posit) -> Operations:
    """What there is to compute with in a format: binary32, binary64, or posits."""
    return _of_posits(fmt) if isinstance(fmt, Posit) else _of_floats(fmt)


def constants(fmt: Minifloat | Posit, others: Sequence[float] = ()) -> Codes:
    """The table of a format: what an exponential needs, then what the kernel has besides."""
    it = operations(fmt)
    high = Fraction(math.floor(LN2 * 2**it.high_bits), 2**it.high_bits)
    taylor = [Fraction(1, math.factorial(i)) for i in range(it.degree, -1, -1)]
    table = [Fraction(it.least), 1 / LN2, it.big, -high, high - LN2, *taylor]
    return it.encode([*table, *(Fraction(other) for other in others)])


def in_memory(fmt: Minifloat | Posit, codes: Codes) -> npt.NDArray[Any]:
    """Codes as the guest loads them."""
    bits = fmt.n if isinstance(fmt, Posit) else fmt.bits
    return codes.astype(f"u{bits // 8}", casting="unsafe")


def make_exponential(fmt: Minifloat | Posit) -> Callable[[int, Any], int]:
    """exponential(t, k) of t, which is not above 0, with the table k."""
    it = operations(fmt)
    greater, whole, fma, scale, degree = it.greater, it.whole, it.fma, it.scale, it.degree

    def exponential(t: int, k: Any) -> int:
        t = greater(t, k[LEAST])
        w, n = whole(t, k)
        r = fma(k[HIGH], w, t)
        r = fma(k[LOW], w, r)
        p = k[FIRST]
        for i in range(degree):
            p = fma(p, r, k[FIRST + 1 + i])
        return scale(p, n)

    return exponential


@cache
def _gelu(fmt: Minifloat | Posit) -> jit.Exported:
    it = operations(fmt)
    exponential = make_exponential(fmt)
    add, multiply, divide, fma, less = it.add, it.multiply, it.divide, it.fma, it.less
    minus_magnitude, zero, one = it.minus_magnitude, it.zero, FIRST + it.degree

    def gelu(x: Any, k: Any) -> None:
        for i in range(len(x)):
            v = multiply(fma(multiply(x[i], x[i]), k[one + 2], k[one + 1]), x[i])
            e = exponential(minus_magnitude(v), k)
            # Of both signs an exponential that is at most 1, so that nothing overflows.
            numerator = e if less(v, zero) else k[one]
            x[i] = multiply(x[i], divide(numerator, add(e, k[one])))

    return jit.export(gelu, "void(int64[::1], int64[::1])")


def gelu(fmt: Minifloat | Posit, x: Codes) -> Codes:
    """GELU of every element."""
    found = np.require(x.copy(), np.int64, ["C", "W"]).reshape(-1)
    _gelu(fmt)(found, gelu_constants(fmt))
    return found.reshape(x.shape)


def exact_gelu(x: Reals) -> Reals:
    """The same in float64."""
    with np.errstate(over="ignore"):
        found: Reals = x / (1 + np.exp(-(GELU_LINEAR * x + GELU_CUBIC * x**3)))
    return found


def gelu_constants(fmt: Minifloat | Posit) -> Codes:
    """The table of a GELU."""
    return constants(fmt, (GELU_LINEAR, GELU_CUBIC))


@cache
def _softmax(fmt: Minifloat | Posit) -> jit.Exported:
    it = operations(fmt)
    exponential = make_exponential(fmt)
    add, subtract, multiply, divide = it.add, it.subtract, it.multiply, it.divide
    greater, zero, one = it.greater, it.zero, FIRST + it.degree

    def softmax(x: Any, k: Any, columns: int) -> None:
        for row in range(0, len(x), columns):
            largest = multiply(x[row], k[one + 1])
            for i in range(row, row + columns):
                x[i] = multiply(x[i], k[one + 1])
                largest = greater(largest, x[i])
            total = zero
            for i in range(row, row + columns):
                x[i] = exponential(subtract(x[i], largest), k)
                total = add(total, x[i])
            inverse = divide(k[one], total)
            for i in range(row, row + columns):
                x[i] = multiply(x[i], inverse)

    return jit.export(softmax, "void(int64[::1], int64[::1], int64)")


def softmax(fmt: Minifloat | Posit, x: Codes, scale: float) -> Codes:
    """The softmax of rows that are multiplied with a scale before."""
    found = np.require(x.copy(), np.int64, ["C", "W"]).reshape(-1)
    _softmax(fmt)(found, softmax_constants(fmt, scale), x.shape[-1])
    return found.reshape(x.shape)


def exact_softmax(x: Reals) -> Reals:
    """The softmax of rows in float64."""
    exponentials = np.exp(x - x.max(axis=-1, keepdims=True))
    found: Reals = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return found


def softmax_constants(fmt: Minifloat | Posit, scale: float) -> Codes:
    """The table of a softmax."""
    return constants(fmt, (scale,))


@cache
def _converted(src: Minifloat, dst: Minifloat) -> Callable[[Codes], Codes]:
    convert = make_convert(src, dst)

    def one(code: int) -> int:
        return convert(code, RNE)[0]

    return jit.elementwise(one, 1)


def widened(numbers: Arithmetic, codes: Codes) -> Codes:
    """Operands in the format of sums, which has all of their numbers."""
    fmt = sums_format(numbers)
    if isinstance(numbers, Floating) and numbers.src != fmt:
        return _converted(numbers.src, FP32)(codes)
    return codes


def narrowed(numbers: Arithmetic, codes: Codes) -> Codes:
    """Numbers in the format of sums, rounded to that of the operands."""
    fmt = sums_format(numbers)
    if isinstance(numbers, Floating) and numbers.src != fmt:
        return _converted(FP32, numbers.src)(codes)
    return codes


def stored(numbers: Arithmetic, codes: Codes) -> Raw:
    """Codes of results as they are in memory."""
    unsigned: Raw = codes.astype(f"u{numbers.output.itemsize}", casting="unsafe")
    return unsigned.view(numbers.output)


def two_products(
    numbers: Arithmetic, a: Encoded, pair: Encoded, between: Callable[[Codes], Codes]
) -> Raw:
    """f(a b1^T) b2^T as kernels compute it: f in the format of sums, its result rounded once more.

    Where elements have scales, every row of f is quantised with scales of its own.

    Args:
        numbers: of the kernel.
        a: parts of shape (rows, length).
        pair: b1 and b2, as `halves` takes them apart.
        between: f, of codes of shape (rows, middle).

    Raises:
        KernelError: elements with scales cannot stand for what f gives.
    """
    # Vector scales are taken apart as elements are, of which they have fewer a row.
    both = zip(pair.parts, a.parts, strict=True)
    firsts = [part[0].reshape(-1, of_a.shape[-1]) for part, of_a in both]
    seconds = [part[1].reshape(a.length, -1) for part in pair.parts]
    first = Encoded(tuple(firsts), (), pair.values, pair.scale)
    middle = between(bits_of(numbers.product(a, first)))
    if isinstance(numbers, SingleResults):
        # The machine multiplies the scale of a row with that of the pair in binary32.
        left = float(np.float32(pair.scale))
        second = Encoded(tuple(seconds), (), pair.values, left)
        rows = middle.astype(np.uint32).view(np.float32)[:, None]
        if not np.isfinite(rows).all():
            raise KernelError(
                f"a row between the products has an element that is no finite number, which has "
                f"no code in {numbers.formats[0]}; take inputs of a smaller range"
            )
        return np.concatenate([numbers.product(numbers.requantise(row), second) for row in rows])
    middle = narrowed(numbers, middle)
    second = Encoded(tuple(seconds), (), pair.values)
    return numbers.product(Encoded((middle,), (), middle.astype(np.float64)), second)


def halves(pair: npt.NDArray[Any], length: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """b1 (middle, length) and b2 (length, middle) of an array with a row for each."""
    return pair[0].reshape(-1, length), pair[1].reshape(length, -1)
