"""LLVM code of `vector.make_sum` for floats of 8 bits, on hosts that look up bytes in tables.

A factor is an integer in units of the smallest number of its format. Tables of 128 bytes, which
AVX-512 VBMI looks up at once, give its digits of 7 bits; VNNI multiplies bytes and adds them up,
64 products a step, one step for each pair of digits. Another table gives the field of a factor's
exponent: from the largest and the smallest sum of two follows whether something is to be cut off.
That, and NaNs and infinities, are left to `vectorcode`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rvx.formats.dot import vectorcode
from rvx.formats.dot.lanecode import (
    in_all_lanes,
    lanes_of,
    load_at,
    max_of,
    picked,
    reduced,
    splat,
)
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.scalar import pack
from rvx.jit import host

MOST_PRODUCTS = 1 << 12
"""What a lane gets of so many products, times 2^7, fits into 32 bits, and so for two lanes."""
_BITS = 7
"""Of a digit: products of two are signed and unsigned bytes."""
_MOST_DIGITS = 5
_STEP, _SUMS = 64, 16
_NUMBER, _SPECIAL = 63, 192
"""What is added to the field of a number that is not zero, and what stands for no number.

Zero is 0, so that unsigned sums of two, which end at 255, are below 128 if one of them is zero,
below 192 if both are numbers, and no less if one is none. As signed bytes those of numbers other
than zero are the smallest.
"""


def _digits(fmt: Minifloat) -> int:
    """How many digits the largest number has."""
    return -(-(fmt.emax - fmt.lsb_min + 1) // _BITS)


def can_do(left: Minifloat, right: Minifloat) -> bool:
    """Whether this host can, and these formats fit."""
    features = {name.replace("_", "") for name in host.features()}
    return {"avx512bw", "avx512vbmi", "avx512vnni"} <= features and all(
        fmt.bits == 8 and fmt.is_signed and _digits(fmt) <= _MOST_DIGITS for fmt in (left, right)
    )


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
    results = [cgutils.alloca_once(builder, word) for _ in range(2)]
    builder.store(word(-1), results[1])
    with builder.if_then(builder.icmp_unsigned("<=", n, word(MOST_PRODUCTS))):
        _Sum(builder, left, right).emit(
            builder.gep(a, [at_a]), builder.gep(b, [at_b]), n, guard, kept, results
        )
    is_open = builder.icmp_signed("!=", builder.load(results[1]), word(0))
    with builder.if_then(is_open, likely=False):
        made = vectorcode.emit_sum(left, right, kept, builder, a, b, at_a, at_b, n, guard)
        for slot, value in zip(results, made, strict=True):
            builder.store(value, slot)
    return [builder.load(slot) for slot in results]


class _Sum:
    """Code for one group of products."""

    def __init__(self, builder: Any, left: Minifloat, right: Minifloat) -> None:
        from llvmlite import ir

        self.builder, self.left, self.right = builder, left, right
        self.byte = ir.IntType(8)
        self.codes = lanes_of(self.byte, _STEP)
        self.sums = lanes_of(ir.IntType(32), _SUMS)

    def emit(self, a: Any, b: Any, n: Any, guard: Any, kept: int, results: Sequence[Any]) -> None:
        """Stores the sum and 0 if there is nothing to be cut off."""
        from llvmlite import ir

        builder, word, left, right = self.builder, ir.IntType(64), self.left, self.right
        top, low, digits = self._walk(a, b, n)
        # As many digits as there may be between the fields of the largest and smallest product.
        span = builder.add(guard, word(kept - left.m - right.m))
        limit = builder.trunc(builder.add(span, word(2 * _NUMBER + 2)), self.byte)
        is_high = builder.icmp_unsigned(">", top, in_all_lanes(builder, limit, _STEP))
        is_any_high = builder.icmp_unsigned("!=", builder.bitcast(is_high, word), word(0))
        with builder.if_else(is_any_high) as (then, otherwise):
            with then:
                # The largest is more than that above the smallest that there could be.
                high = builder.zext(reduced(builder, top, max_of(builder)), word)
                least = builder.zext(reduced(builder, low, self._smaller), word)
                is_fit = builder.and_(
                    builder.icmp_unsigned("<", high, word(_SPECIAL)),
                    builder.icmp_unsigned("<=", builder.sub(high, least), span),
                )
                status = builder.select(is_fit, word(0), word(-1))
                builder.store(status, results[1])
            with otherwise:
                builder.store(word(0), results[1])
        builder.store(builder.bitcast(self._total(digits), word), results[0])

    def _walk(self, a: Any, b: Any, n: Any) -> tuple[Any, Any, list[Any]]:
        """Of sums of fields the largest and smallest in each lane, and sums of digits."""
        from llvmlite import ir
        from numba.core import cgutils

        builder, word = self.builder, ir.IntType(64)
        count = _digits(self.left) + _digits(self.right) - 1
        firsts = [splat(self.codes, 0), splat(self.codes, 127), *[splat(self.sums, 0)] * count]
        slots = [cgutils.alloca_once(builder, first.type) for first in firsts]
        for slot, first in zip(slots, firsts, strict=True):
            builder.store(first, slot)
        steps = builder.udiv(builder.add(n, word(_STEP - 1)), word(_STEP))
        with cgutils.for_range(builder, steps) as loop:
            begin = builder.mul(loop.index, word(_STEP))
            here = [builder.gep(data, [begin]) for data in (a, b)]
            codes = self._loaded(here, builder.sub(n, begin))
            values = [builder.load(slot) for slot in slots]
            for slot, value in zip(slots, self._step(codes, values), strict=True):
                builder.store(value, slot)
        top, low, *digits = (builder.load(slot) for slot in slots)
        return top, low, digits

    def _loaded(self, sides: Sequence[Any], left: Any) -> list[Any]:
        """So many codes of each side, or `_STEP`, and zeros.

        All of a register or of half of one is read as it was stored: for parts of what has just
        been stored, or for more, the host waits until all that was stored before has arrived.
        """
        from llvmlite import ir
        from numba.core import cgutils

        builder, word = self.builder, ir.IntType(64)
        half = lanes_of(self.byte, _STEP // 2)
        slots = [cgutils.alloca_once(builder, self.codes) for _ in sides]

        def fill(read: Callable[[Any], Any]) -> None:
            for slot, data in zip(slots, sides, strict=True):
                builder.store(read(data), slot)

        def both_halves(data: Any) -> Any:
            some = load_at(builder, data, word(0), half)
            return picked(builder, some, splat(half, 0), range(_STEP))

        with builder.if_else(builder.icmp_unsigned(">=", left, word(_STEP))) as (then, otherwise):
            with then:
                fill(lambda data: load_at(builder, data, word(0), self.codes))
            with otherwise:
                is_half = builder.icmp_unsigned("==", left, word(half.count))
                with builder.if_else(is_half) as (is_so, is_not):
                    with is_so:
                        fill(both_halves)
                    with is_not:
                        fill(lambda data: self._some(data, left))
        return [builder.load(slot) for slot in slots]

    def _some(self, data: Any, count: Any) -> Any:
        """So many codes, fewer than `_STEP`, and zeros; no other byte is read."""
        from llvmlite import ir

        builder, word = self.builder, ir.IntType(64)
        mask = builder.sub(builder.shl(word(1), count), word(1))
        mask = builder.bitcast(mask, lanes_of(ir.IntType(1), _STEP))
        kind = self._function(self.codes, data.type, ir.IntType(32), mask.type, self.codes)
        load = builder.module.declare_intrinsic(f"llvm.masked.load.v{_STEP}i8.p0", (), kind)
        return builder.call(load, [data, ir.IntType(32)(1), mask, splat(self.codes, 0)])

    def _step(self, sides: Sequence[Any], values: Sequence[Any]) -> list[Any]:
        (a, b), builder, codes = sides, self.builder, self.codes
        top, low, *digits = values
        kind = self._function(codes, codes, codes)
        saturated = builder.module.declare_intrinsic("llvm.uadd.sat.v64i8", (), kind)
        field = builder.call(
            saturated, [self._found(_fields(self.left), a), self._found(_fields(self.right), b)]
        )
        top = max_of(builder)(field, top)
        low = self._smaller(field, low)
        zero = splat(codes, 0)
        is_minus = builder.icmp_signed("<", builder.xor(a, b), zero)
        of_a = [self._found(_digit(self.left, i), a) for i in range(_digits(self.left))]
        of_b = []
        for i in range(_digits(self.right)):
            digit = self._found(_digit(self.right, i), b)
            of_b.append(builder.select(is_minus, builder.sub(zero, digit), digit))
        kind = self._function(self.sums, self.sums, self.sums, self.sums)
        name = "llvm.x86.avx512.vpdpbusd.512"
        multiply = builder.module.declare_intrinsic(name, (), kind)
        for i, x in enumerate(of_a):
            for j, y in enumerate(of_b):
                bytes_ = [builder.bitcast(one, self.sums) for one in (x, y)]
                digits[i + j] = builder.call(multiply, [digits[i + j], *bytes_])
        return [top, low, *digits]

    def _smaller(self, x: Any, y: Any) -> Any:
        return self.builder.select(self.builder.icmp_signed("<", x, y), x, y)

    def _function(self, *kinds: Any) -> Any:
        from llvmlite import ir

        return ir.FunctionType(kinds[0], kinds[1:])

    def _found(self, table: Sequence[int], codes: Any) -> Any:
        """What stands in a table for each code; signs do not count."""
        from llvmlite import ir

        parts = [
            ir.Constant(self.codes, [self.byte(one) for one in table[at : at + _STEP]])
            for at in (0, _STEP)
        ]
        kind = self._function(*[self.codes] * 4)
        name = "llvm.x86.avx512.vpermi2var.qi.512"
        look = self.builder.module.declare_intrinsic(name, (), kind)
        return self.builder.call(look, [parts[0], codes, parts[1]])

    def _total(self, digits: Sequence[Any]) -> Any:
        """The sum, as binary64: each part of it is a multiple of what the products are."""
        from llvmlite import ir

        builder = self.builder
        half = _SUMS // 2
        numbers = lanes_of(ir.DoubleType(), half)
        unit = 2.0 ** (self.left.lsb_min + self.right.lsb_min)
        total = None
        for i in range(0, len(digits), 2):
            both = digits[i]
            if i + 1 < len(digits):
                higher = builder.shl(digits[i + 1], splat(self.sums, _BITS))
                both = builder.add(both, higher)
            both = builder.add(
                picked(builder, both, both, range(half)),
                picked(builder, both, both, range(half, _SUMS)),
            )
            weight = splat(numbers, unit * 2.0 ** (_BITS * i))
            part = builder.fmul(builder.sitofp(both, numbers), weight, flags=("contract",))
            total = part if total is None else builder.fadd(total, part, flags=("contract",))
        return reduced(builder, total, builder.fadd)


def _fields(fmt: Minifloat) -> list[int]:
    """For each magnitude the field of its exponent, 1 for subnormal numbers, see `_NUMBER`."""
    found = [0]
    for code in range(1, 128):
        is_number = code <= fmt.max_finite
        found.append(_NUMBER + max(code >> fmt.m, 1) if is_number else _SPECIAL)
    return found


def _digit(fmt: Minifloat, number: int) -> list[int]:
    """For each magnitude one of its digits; 0 where it is no number."""
    unpack = pack.make_unpack(fmt)
    found = []
    for code in range(128):
        _, magnitude, exponent = unpack(code)
        whole = magnitude << (exponent - fmt.lsb_min) if code <= fmt.max_finite else 0
        found.append(whole >> (_BITS * number) & ((1 << _BITS) - 1))
    return found
