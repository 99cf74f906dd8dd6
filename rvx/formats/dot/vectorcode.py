"""LLVM code of the functions of `vector`, which says what they do and why it is right.

The names here: a factor's field is that of its exponent, 1 for subnormal numbers; its place is the
exponent of its first digit, or of the digit where the first one would be. The place of a product is
the sum of those of its factors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rvx.formats.dot.lanecode import (
    in_all_lanes,
    lanes_of,
    load_at,
    max_of,
    min_of,
    picked,
    reduced,
    splat,
    store_at,
)
from rvx.formats.minifloat import vectorcode
from rvx.formats.minifloat.catalogue import FP16, FP32, FP64
from rvx.formats.minifloat.format import Minifloat

Emit = Callable[..., Sequence[Any]]
"""Takes a builder and the arguments, arrays as addresses of bytes; gives the results, i64 each."""

MOST_PRODUCTS = 1 << 14
_LANES = 8
"""Factors that `emit_spread` takes at once: no register holds fewer of 16 bits."""
_ROWS, _COLUMNS = 2, 4


def compiled(emit: Emit, arguments: int, results: int) -> Any:
    """The intrinsic that numba calls, None if the host is not up to it.

    Args:
        emit: makes its code.
        arguments: how many it takes: arrays, or integers.
        results: how many it gives; one alone is no tuple.
    """
    from numba import types
    from numba.extending import intrinsic

    if not vectorcode.is_host_able():
        return None

    def codegen(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        from llvmlite import ir

        plain = []
        for kind, value in zip(signature.args, given, strict=True):
            if isinstance(kind, types.Array):
                data = context.make_array(kind)(context, builder, value).data
                plain.append(builder.bitcast(data, ir.IntType(8).as_pointer()))
            else:
                plain.append(value)
        made = emit(builder, *plain)
        if results == 1:
            return made[0]
        return context.make_tuple(builder, signature.return_type, made)

    def typed(kinds: Sequence[Any]) -> Any:
        result = types.int64 if results == 1 else types.UniTuple(types.int64, results)
        return result(*(k if isinstance(k, types.Array) else types.int64 for k in kinds)), codegen

    def take_2(typingctx: Any, a: Any, b: Any) -> Any:
        return typed((a, b))

    def take_6(typingctx: Any, a: Any, b: Any, c: Any, d: Any, e: Any, f: Any) -> Any:
        return typed((a, b, c, d, e, f))

    def take_8(
        typingctx: Any, a: Any, b: Any, c: Any, d: Any, e: Any, f: Any, g: Any, h: Any
    ) -> Any:
        return typed((a, b, c, d, e, f, g, h))

    made: Any = intrinsic({2: take_2, 6: take_6, 8: take_8}[arguments])
    return made


# -- factors -------------------------------------------------------------------------------


def _magnitudes(builder: Any, codes: Any, fmt: Minifloat) -> Any:
    return builder.and_(codes, splat(codes.type, fmt.magnitude_mask))


def _fields(builder: Any, magnitudes: Any, fmt: Minifloat) -> Any:
    kind = magnitudes.type
    return max_of(builder)(builder.lshr(magnitudes, splat(kind, fmt.m)), splat(kind, 1))


def _is_half(fmt: Minifloat) -> bool:
    """Whether numbers go by way of binary16, times a power of two."""
    return fmt.e <= FP16.e and fmt.m <= FP16.m


def _scale(fmt: Minifloat) -> int:
    """The binary logarithm of that power of two."""
    return FP16.bias - fmt.bias if _is_half(fmt) else FP32.bias - fmt.bias


def _singles(builder: Any, codes: Any, fmt: Minifloat) -> Any:
    """Codes as binary32 numbers, 2^`_scale` times too small; what is no number, is any."""
    from llvmlite import ir

    count = codes.type.count
    target = FP16 if _is_half(fmt) else FP32
    words = lanes_of(ir.IntType(target.bits), count)
    if fmt.bits < target.bits:
        codes = builder.sext(codes, words)
    # The sign has been copied above the magnitude; between the two there is room for more exponent.
    shift = target.m - fmt.m
    codes = builder.shl(codes, splat(words, shift))
    kept = target.sign_mask | fmt.magnitude_mask << shift
    codes = builder.and_(codes, splat(words, kept))
    singles = lanes_of(ir.FloatType(), count)
    if target is FP32:
        return builder.bitcast(codes, singles)
    return builder.fpext(builder.bitcast(codes, lanes_of(ir.HalfType(), count)), singles)


def _power(builder: Any, exponent: Any) -> Any:
    """2^exponent of an i64, as binary64."""
    from llvmlite import ir

    word = ir.IntType(64)
    bits = builder.shl(builder.add(exponent, word(FP64.bias)), word(FP64.m))
    return builder.bitcast(bits, ir.DoubleType())


# -- cutting off ---------------------------------------------------------------------------


def _cut_to_odd(builder: Any, numbers: Any, large: Any) -> Any:
    """Numbers as multiples of a unit, to odd; `large` is 3 * 2^51 units."""
    from llvmlite import ir

    words = lanes_of(ir.IntType(64), numbers.type.count)
    zero, one, minus_one = (splat(words, value) for value in (0, 1, -1))
    moved = builder.fadd(numbers, large)
    rest = builder.fsub(numbers, builder.fsub(moved, large))
    none = splat(numbers.type, 0.0)
    bits = builder.bitcast(moved, words)
    is_even = builder.icmp_unsigned("==", builder.and_(bits, one), zero)
    is_lost = builder.and_(is_even, builder.fcmp_unordered("!=", rest, none))
    step = builder.select(builder.fcmp_ordered(">", rest, none), one, minus_one)
    bits = builder.add(bits, builder.select(is_lost, step, zero))
    return builder.fsub(builder.bitcast(bits, numbers.type), large)


# -- one group -----------------------------------------------------------------------------


def emit_sum(
    left: Minifloat,
    right: Minifloat,
    kept: int,
    builder: Any,
    a: Any,
    b: Any,
    at_a: Any,
    at_b: Any,
    n: Any,
    guard: Any,
) -> Sequence[Any]:
    """Code of `make_sum`."""
    from llvmlite import ir
    from numba.core import cgutils

    word = ir.IntType(64)
    a, b = (
        builder.gep(data, [builder.mul(at, word(fmt.bits // 8))])
        for data, at, fmt in ((a, at_a, left), (b, at_b, right))
    )
    results = [cgutils.alloca_once(builder, word) for _ in range(2)]
    for slot, value in zip(results, (0, -1), strict=True):
        builder.store(word(value), slot)
    group = _Group(builder, a, b, n, guard, left, right, kept)
    largest, smaller = 256 // left.bits, 128 // left.bits
    is_small = builder.icmp_signed("<", n, word(largest))
    with builder.if_else(is_small) as (then, otherwise):
        with then, builder.if_then(builder.icmp_signed(">=", n, word(smaller))):
            group.emit(smaller, results)
        with otherwise, builder.if_then(builder.icmp_signed("<=", n, word(MOST_PRODUCTS))):
            group.emit(largest, results)
    return [builder.load(slot) for slot in results]


class _Group:
    """Code for one group of n products."""

    def __init__(
        self,
        builder: Any,
        a: Any,
        b: Any,
        n: Any,
        guard: Any,
        left: Minifloat,
        right: Minifloat,
        kept: int,
    ) -> None:
        self.builder, self.a, self.b, self.n, self.guard = builder, a, b, n, guard
        self.left, self.right, self.kept = left, right, kept

    def emit(self, count: int, results: Sequence[Any]) -> None:
        """Takes so many products at once; there are not fewer."""
        from llvmlite import ir
        from numba.core import cgutils

        builder, left, right, word = self.builder, self.left, self.right, ir.IntType(64)
        code = lanes_of(ir.IntType(left.bits), count)
        number = lanes_of(ir.DoubleType(), count)
        # Greatest magnitudes, greatest and smallest field of a product, and the sum.
        firsts = [splat(code, 0), splat(code, 0), splat(code, 0), splat(code, -1)]
        firsts.append(splat(number, 0.0))
        slots = [cgutils.alloca_once(builder, first.type) for first in firsts]
        for slot, first in zip(slots, firsts, strict=True):
            builder.store(first, slot)

        def look(codes: Sequence[Any]) -> None:
            for slot, value in zip(slots, self._looked(*codes), strict=True):
                if slot is slots[3]:
                    made = min_of(builder)(builder.load(slot), value)
                elif slot is slots[4]:
                    made = builder.fadd(builder.load(slot), value)
                else:
                    made = max_of(builder)(builder.load(slot), value)
                builder.store(made, slot)

        self._walk(count, look)
        top_a, top_b, high = (
            builder.zext(reduced(builder, builder.load(slot), max_of(builder)), word)
            for slot in slots[:3]
        )
        is_tame = builder.and_(
            builder.icmp_unsigned("<=", top_a, word(left.max_finite)),
            builder.icmp_unsigned("<=", top_b, word(right.max_finite)),
        )
        with builder.if_then(is_tame):
            total, status = results
            builder.store(word(0), status)
            with builder.if_then(builder.icmp_unsigned("!=", high, word(0))):
                low = reduced(builder, builder.load(slots[3]), min_of(builder))
                biases = left.bias + right.bias
                below = builder.add(self.guard, word(biases + self.kept))
                unit = builder.sub(high, below)
                lowest = builder.sub(builder.zext(low, word), word(biases + left.m + right.m))
                scale = _scale(left) + _scale(right)
                with builder.if_then(builder.icmp_signed("<", lowest, unit), likely=False):
                    self._cut(count, builder.sub(unit, word(scale)), slots[4])
                scaled = reduced(builder, builder.load(slots[4]), builder.fadd)
                number = builder.fmul(scaled, ir.Constant(scaled.type, 2.0**scale))
                builder.store(builder.bitcast(number, word), total)

    def _walk(self, count: int, take: Callable[[Sequence[Any]], None]) -> None:
        """Goes over all products; at the end over the last ones again, as products of zeros."""
        from llvmlite import ir
        from numba.core import cgutils

        builder, word = self.builder, ir.IntType(64)
        kind = lanes_of(ir.IntType(self.left.bits), count)
        size = word(self.left.bits // 8)

        def loaded(at: Any) -> list[Any]:
            offset = builder.mul(at, size)
            return [load_at(builder, data, offset, kind) for data in (self.a, self.b)]

        with cgutils.for_range(builder, builder.udiv(self.n, word(count))) as loop:
            take(loaded(builder.mul(loop.index, word(count))))
        rest = builder.urem(self.n, word(count))
        with builder.if_then(builder.icmp_unsigned("!=", rest, word(0)), likely=False):
            codes = loaded(builder.sub(self.n, word(count)))
            lane = kind.element
            numbers = ir.Constant(kind, [lane(i) for i in range(count)])
            done = builder.trunc(builder.sub(word(count), rest), lane)
            is_new = builder.icmp_unsigned(">=", numbers, in_all_lanes(builder, done, count))
            take([builder.select(is_new, code, splat(kind, 0)) for code in codes])

    def _looked(self, a: Any, b: Any) -> Sequence[Any]:
        """Magnitudes, fields of products for the greatest and for the smallest, and products."""
        builder, kind = self.builder, a.type
        of_a, of_b = (_magnitudes(builder, x, f) for x, f in ((a, self.left), (b, self.right)))
        field = builder.add(_fields(builder, of_a, self.left), _fields(builder, of_b, self.right))
        is_zero = builder.icmp_unsigned("==", min_of(builder)(of_a, of_b), splat(kind, 0))
        high = builder.select(is_zero, splat(kind, 0), field)
        low = builder.select(is_zero, splat(kind, -1), field)
        return of_a, of_b, high, low, self._products(a, b)

    def _products(self, a: Any, b: Any) -> Any:
        from llvmlite import ir

        builder = self.builder
        numbers = lanes_of(ir.DoubleType(), a.type.count)
        x, y = (_singles(builder, code, f) for code, f in ((a, self.left), (b, self.right)))
        if self.left.precision + self.right.precision > FP32.precision or not (
            _is_half(self.left) and _is_half(self.right)
        ):
            return builder.fmul(builder.fpext(x, numbers), builder.fpext(y, numbers))
        return builder.fpext(builder.fmul(x, y), numbers)

    def _cut(self, count: int, scaled: Any, slot: Any) -> None:
        """The sum anew, with every product cut off at the unit."""
        from llvmlite import ir

        builder = self.builder
        number = ir.DoubleType()
        large = builder.fmul(_power(builder, scaled), number(3.0 * 2.0**51))
        large = in_all_lanes(builder, large, count)
        builder.store(splat(large.type, 0.0), slot)

        def add(codes: Sequence[Any]) -> None:
            cut = _cut_to_odd(builder, self._products(*codes), large)
            builder.store(builder.fadd(builder.load(slot), cut), slot)

        self._walk(count, add)


# -- products of matrices ------------------------------------------------------------------


def emit_spread(
    fmt: Minifloat, builder: Any, lanes: Any, at: Any, n: Any, work: Any, values: Any, places: Any
) -> Sequence[Any]:
    """Code of `make_spread`."""
    from llvmlite import ir
    from numba.core import cgutils

    word = ir.IntType(64)
    kind = lanes_of(ir.IntType(fmt.bits), _LANES)
    words, numbers = lanes_of(word, _LANES), lanes_of(ir.DoubleType(), _LANES)
    firsts = (splat(kind, 0), splat(kind, 0), splat(kind, -1))
    slots = [cgutils.alloca_once(builder, kind) for _ in firsts]
    for slot, first in zip(slots, firsts, strict=True):
        builder.store(first, slot)
    choices = (max_of(builder), max_of(builder), min_of(builder))
    count = builder.udiv(builder.add(n, word(_LANES - 1)), word(_LANES))
    with cgutils.for_range(builder, count) as loop:
        begin = builder.mul(loop.index, word(_LANES))
        offset = builder.mul(builder.add(at, begin), word(fmt.bits // 8))
        codes = load_at(builder, lanes, offset, kind)
        left = in_all_lanes(builder, builder.sub(n, begin), _LANES)
        is_one = builder.icmp_signed("<", ir.Constant(words, [word(i) for i in range(8)]), left)
        codes = builder.select(is_one, codes, splat(kind, 0))
        magnitudes = _magnitudes(builder, codes, fmt)
        field = _fields(builder, magnitudes, fmt)
        is_zero = builder.icmp_unsigned("==", magnitudes, splat(kind, 0))
        high = builder.select(is_zero, splat(kind, 0), field)
        low = builder.select(is_zero, splat(kind, -1), field)
        for slot, value, choose in zip(slots, (magnitudes, high, low), choices, strict=True):
            builder.store(choose(builder.load(slot), value), slot)
        value = builder.fmul(
            builder.fpext(_singles(builder, codes, fmt), numbers),
            splat(numbers, 2.0 ** _scale(fmt)),
        )
        exponent = builder.add(builder.zext(field, words), splat(words, FP64.bias - fmt.bias))
        power = builder.shl(exponent, splat(words, FP64.m))
        power = builder.select(is_zero, splat(words, 0), power)
        for what, to in ((value, values), (power, places)):
            store_at(builder, what, work, builder.mul(builder.add(to, begin), word(8)))
    top, high, low = (
        builder.zext(reduced(builder, builder.load(slot), choose), word)
        for slot, choose in zip(slots, choices, strict=True)
    )
    is_tame = builder.zext(builder.icmp_unsigned("<=", top, word(fmt.max_finite)), word)
    has_none = builder.icmp_unsigned("==", high, word(0))
    high, low = (builder.select(has_none, word(1), field) for field in (high, low))
    lowest = builder.sub(low, word(fmt.bias + fmt.m))
    return is_tame, builder.sub(high, word(fmt.bias)), lowest


def emit_block(
    depth: int,
    apart: int,
    begin: int,
    builder: Any,
    work: Any,
    i: Any,
    j: Any,
    c: Any,
    at_0: Any,
    at_1: Any,
    below: Any,
    is_cut: Any,
) -> Sequence[Any]:
    """Code of `make_block`."""
    from llvmlite import ir
    from numba.core import cgutils

    word, number = ir.IntType(64), ir.DoubleType()
    row, half = (lanes_of(ir.IntType(32), count) for count in (8, 4))
    numbers = lanes_of(number, 4)

    def at(part: int, k: int, x: Any) -> Any:
        return builder.mul(builder.add(x, word(begin + (part * depth + k) * apart)), word(8))

    def factors(part: int, k: int) -> tuple[list[Any], Any]:
        """Of a product k: those of two rows, in all lanes, and of four columns; 1 for places."""
        rows = []
        for r in range(_ROWS):
            one = load_at(builder, work, at(part, k, builder.add(i, word(r))), number)
            rows.append(in_all_lanes(builder, one, _COLUMNS))
        return rows, load_at(builder, work, at(part + 2, k, j), numbers)

    sums = [cgutils.alloca_once(builder, numbers) for _ in range(_ROWS)]

    def exact() -> None:
        totals = [splat(numbers, 0.0)] * _ROWS
        for k in range(depth):
            rows, columns = factors(0, k)
            for r in range(_ROWS):
                product = builder.fmul(rows[r], columns, flags=("contract",))
                totals[r] = builder.fadd(totals[r], product, flags=("contract",))
        for slot, total in zip(sums, totals, strict=True):
            builder.store(total, slot)

    def cut() -> None:
        units = in_all_lanes(builder, builder.bitcast(below, number), _COLUMNS)
        largest = [splat(numbers, 0.0)] * _ROWS
        for k in range(depth):
            rows, columns = factors(1, k)
            for r in range(_ROWS):
                place = builder.fmul(rows[r], columns)
                is_larger = builder.fcmp_ordered(">", place, largest[r])
                largest[r] = builder.select(is_larger, place, largest[r])
        totals = [splat(numbers, 0.0)] * _ROWS
        large = [
            builder.fmul(builder.fmul(one, units), splat(numbers, 3.0 * 2.0**51)) for one in largest
        ]
        for k in range(depth):
            rows, columns = factors(0, k)
            for r in range(_ROWS):
                product = _cut_to_odd(builder, builder.fmul(rows[r], columns), large[r])
                totals[r] = builder.fadd(totals[r], product)
        for slot, total in zip(sums, totals, strict=True):
            builder.store(total, slot)

    with builder.if_else(builder.icmp_signed("!=", is_cut, word(0))) as (then, otherwise):
        with then:
            cut()
        with otherwise:
            exact()
    singles = [_rounded_to_odd(builder, builder.load(slot)) for slot in sums]
    added = picked(builder, singles[0], singles[1], range(8))
    halves = [load_at(builder, c, builder.mul(to, word(4)), half) for to in (at_0, at_1)]
    before = picked(builder, halves[0], halves[1], (0, 1, 4, 5, 2, 3, 6, 7))
    magnitude = builder.and_(before, splat(row, FP32.magnitude_mask))
    # So near to the largest number that a sum could overflow, or no number.
    is_wild = builder.icmp_unsigned(">=", magnitude, splat(row, 254 << FP32.m))
    is_tame = builder.icmp_unsigned("==", builder.bitcast(is_wild, ir.IntType(8)), ir.IntType(8)(0))
    after = builder.fadd(builder.bitcast(before, added.type), added)
    after = builder.bitcast(after, row)
    with builder.if_then(is_tame, likely=True):
        for to, lanes in ((at_0, (0, 1, 4, 5)), (at_1, (2, 3, 6, 7))):
            store_at(builder, picked(builder, after, after, lanes), c, builder.mul(to, word(4)))
    return [builder.sext(builder.not_(is_tame), word)]


def _rounded_to_odd(builder: Any, totals: Any) -> Any:
    """Binary64 numbers as binary32 ones, to odd."""
    from llvmlite import ir

    singles = lanes_of(ir.FloatType(), totals.type.count)
    return builder.fptrunc(_cut_to_single(builder, totals), singles)


def _cut_to_single(builder: Any, totals: Any) -> Any:
    """Binary64 numbers with 24 digits, the last of which is odd if any were lost."""
    from llvmlite import ir

    count = totals.type.count
    words = lanes_of(ir.IntType(64), count)
    lost = (1 << FP64.m - FP32.m) - 1
    bits = builder.bitcast(totals, words)
    low = builder.and_(bits, splat(words, lost))
    # What is lost carries into the last digit that is kept.
    bits = builder.or_(bits, builder.add(low, splat(words, lost)))
    bits = builder.and_(bits, splat(words, ~lost))
    return builder.bitcast(bits, totals.type)


# -- adding to the accumulator -------------------------------------------------------------


def emit_add(builder: Any, total: Any, c: Any) -> Sequence[Any]:
    """Code of `make_add`."""
    from llvmlite import ir

    word, row = ir.IntType(64), ir.IntType(32)
    number, pair = ir.DoubleType(), lanes_of(ir.DoubleType(), 2)

    def to_odd(value: Any) -> Any:
        cut = _cut_to_single(builder, in_all_lanes(builder, value, pair.count))
        return builder.extract_element(cut, row(0))

    is_fit = _is_single(builder, total)
    summand = to_odd(builder.bitcast(total, number))
    before = builder.bitcast(builder.trunc(c, row), ir.FloatType())
    before = builder.fpext(before, number)
    after = builder.fadd(before, summand)
    # The one of these that takes the larger summand away is exact itself.
    for one, other in ((before, summand), (summand, before)):
        is_exact = builder.fcmp_ordered("==", builder.fsub(after, one), other)
        is_fit = builder.and_(is_fit, is_exact)
    is_fit = builder.and_(is_fit, _is_single(builder, builder.bitcast(after, word)))
    is_fit = builder.and_(is_fit, builder.fcmp_ordered("!=", after, number(0.0)))
    code = builder.bitcast(builder.fptrunc(to_odd(after), ir.FloatType()), row)
    status = builder.select(is_fit, word(0), word(-1))
    return builder.zext(code, word), status


def _is_single(builder: Any, bits: Any) -> Any:
    """Whether a binary64 number is zero, or has the exponent of a normal binary32 one."""
    from llvmlite import ir

    word = ir.IntType(64)
    field = builder.and_(builder.lshr(bits, word(FP64.m)), word(2047))
    above = builder.sub(field, word(FP64.bias + FP32.emin))
    is_normal = builder.icmp_unsigned("<=", above, word(FP32.emax - FP32.emin))
    return builder.or_(is_normal, builder.icmp_unsigned("==", bits, word(0)))


def emit_add_at_once(builder: Any, total: Any, c: Any) -> Sequence[Any]:
    """The same on hosts whose additions say how they round."""
    from llvmlite import ir

    word, row, number = ir.IntType(64), ir.IntType(32), ir.DoubleType()
    four = lanes_of(ir.FloatType(), 4)
    cut = _cut_to_single(builder, in_all_lanes(builder, builder.bitcast(total, number), 2))
    summand = builder.fptrunc(builder.extract_element(cut, row(0)), ir.FloatType())
    before = builder.bitcast(builder.trunc(c, row), ir.FloatType())
    sides = [in_all_lanes(builder, one, four.count) for one in (before, summand)]
    kind = ir.FunctionType(four, (four, four, four, ir.IntType(8), row))
    add = builder.module.declare_intrinsic("llvm.x86.avx512.mask.add.ss.round", (), kind)

    def rounded(mode: int) -> Any:
        made = builder.call(add, [*sides, sides[0], ir.IntType(8)(-1), row(_NO_FLAGS | mode)])
        return builder.bitcast(builder.extract_element(made, row(0)), row)

    # One of two neighbours is odd; where they are the same number, it is that.
    code, down, up = (rounded(mode) for mode in (_TO_ZERO, _DOWN, _UP))
    code = builder.or_(code, builder.and_(builder.or_(down, up), row(1)))
    field = builder.and_(builder.lshr(code, row(FP32.m)), row(255))
    is_fit = builder.icmp_unsigned("<", builder.sub(field, row(1)), row(253))
    is_fit = builder.and_(is_fit, _is_single(builder, total))
    return builder.zext(code, word), builder.select(is_fit, word(0), word(-1))


_DOWN, _UP, _TO_ZERO, _NO_FLAGS = 1, 2, 3, 8
"""Bits of the operand that says how an instruction rounds."""
