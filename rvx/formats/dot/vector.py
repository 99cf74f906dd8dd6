"""Bulk normalisation on the host's vector unit: the fast way of aligned groups of small formats.

What is made here stands for loops of exact kernels in compiled code, on hosts that convert binary16
in hardware. Interpreted it never answers, and compiled it does not for NaNs, infinities and what
else each function says: the exact kernels have to do it then. What it answers is right, because:

* A product of two 8-bit floats is exact in binary32, one of two 16-bit floats in binary64.
* Bulk normalisation cuts every product off, to odd, at the unit of its group: so many digits below
  the place of the largest product. Where factors have no digits so low that a product could reach
  below the unit, there is nothing to cut off.
* Else a product is cut off by adding 3 * 2^51 units, which rounds to the nearest multiple of the
  unit, and taking them away again. The difference from the product is exact; it tells whether
  anything was lost, and on which side the odd neighbour lies if the nearest multiple is even.
* What is left are multiples of the unit, and the sum of n of them has no more than
  25 + 2 log2(n) digits where the accumulator is binary32. For n up to 2^14 that fits binary64, and
  so does every partial sum: additions are exact in any order.

Sums of 8-bit floats of which nothing is cut off are added up as integers where a host is good at
that (`digitcode`); each of the parts that such a sum is put together from is a multiple of the
unit, too.

The host rounds to nearest even and keeps subnormal numbers, as it does when a process starts. Its
flags mean nothing afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from rvx.formats.dot import digitcode, lanecode, vectorcode
from rvx.formats.minifloat.format import Minifloat
from rvx.jit import host
from rvx.reachable import Twin, with_twin

Sum = Callable[[Any, Any, int, int, int, int], tuple[int, int]]
Add = Callable[[int, int], tuple[int, int]]
Spread = Callable[[Any, int, int, Any, int, int], tuple[int, int, int]]
Block = Callable[[Any, int, int, Any, int, int, int, int], int]


@cache
def make_sum(left: Minifloat, right: Minifloat, kept: int) -> Sum:
    """attempt(a, b, at_a, at_b, n, guard): (total, status) of one group.

    All products are normalised to each other, with so many guard bits; the sum is the bit pattern
    of a binary64 number, and 0 if it is zero. It does not answer, and status is -1 instead of 0,
    for many products, for few ones on some hosts, and where a factor is no number.

    Args:
        left: format of the codes in `a`, from at_a on; it has 8 or 16 bits.
        right: of those in `b`; as many bits.
        kept: digits behind the point of an aligned product, without the guard bits.
    """

    def attempt(a: Any, b: Any, at_a: int, at_b: int, n: int, guard: int) -> tuple[int, int]:
        return 0, -1

    by_digits = digitcode.can_do(left, right)
    how = digitcode.emit_sum if by_digits else vectorcode.emit_sum
    name = f"sum {left} {right} {kept} {by_digits}"
    return with_twin(attempt, _twin(partial(how, left, right, kept), 6, 2, name))


@cache
def make_add() -> Add:
    """attempt(total, c): (code, status) of the sum of two numbers, to odd, both steps to binary32.

    `total` is the bit pattern of a binary64 number, c is a code of binary32. It does not answer,
    and status is -1 instead of 0, where a number but `total` is not a normal one, where the result
    overflows, and where the two are so far apart that binary64 does not hold their sum.
    """

    def attempt(total: int, c: int) -> tuple[int, int]:
        return 0, -1

    at_once = "avx512f" in host.features()
    how = vectorcode.emit_add_at_once if at_once else vectorcode.emit_add
    return with_twin(attempt, _twin(how, 2, 2, f"add {at_once}"))


@cache
def make_spread(fmt: Minifloat) -> Spread:
    """spread(lanes, at, n, work, values, places): n factors as binary64 numbers, for `make_block`.

    Into `work`, from `values` on, go the bit patterns of the numbers, and from `places` on those of
    the powers of two at their places, for zero zero; and zeros beyond n up to the next multiple of
    8. So many lanes are read.

    It gives (is_tame, high, low): 1 if all factors are numbers, or 0, as also where it has not done
    anything; the largest place of a factor that is not zero, and the exponent of the last digit of
    the smallest one.

    Args:
        fmt: of the lanes; it has 8 or 16 bits.
    """

    def spread(
        lanes: Any, at: int, n: int, work: Any, values: int, places: int
    ) -> tuple[int, int, int]:
        return 0, 0, 0

    emit = partial(vectorcode.emit_spread, fmt)
    return with_twin(spread, _twin(emit, 6, 3, f"spread {fmt}"))


@cache
def make_block(depth: int, apart: int, begin: int) -> Block:
    """block(work, i, j, c, at_0, at_1, below, is_cut): status.

    Two rows times four columns: sums of `depth` products, rounded to odd to binary32, are added to
    accumulators, to nearest even. The status is -1, and nothing is written, if one of these is no
    number or nearly the largest; flags but inexact cannot be due otherwise.

    Factors are those of `make_spread`: from word `begin` of `work` on the numbers of the left ones,
    their places, and the numbers and places of the right ones, `depth` rows of `apart` words each.
    The block begins at row i of the product, which is word i of each such row, and at column j.

    The accumulators are pairs of neighbours: words at_0 and at_0 + 1 of `c` are columns 0 and 1 of
    the first row, the next two those of the second one; columns 2 and 3 are at at_1 likewise.

    `below` is the bit pattern of how far the unit is below the place of the largest product, as a
    power of two; `is_cut` says whether a product may reach below the unit.

    Args:
        depth: products of each sum.
        apart: words from a row of factors to the next one.
        begin: a word of `work`.
    """

    def block(
        work: Any, i: int, j: int, c: Any, at_0: int, at_1: int, below: int, is_cut: int
    ) -> int:
        return -1

    emit = partial(vectorcode.emit_block, depth, apart, begin)
    return with_twin(block, _twin(emit, 8, 1, f"block {depth} {apart} {begin}"))


def _twin(emit: vectorcode.Emit, arguments: int, results: int, name: str) -> Twin:
    make = partial(vectorcode.compiled, emit, arguments, results)
    return Twin(make, f"{name} {lanecode.fingerprint()}")
