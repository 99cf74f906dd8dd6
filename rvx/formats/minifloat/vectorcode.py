"""LLVM code of the attempts of `vector`, which says what it does and why it is right.

The names here: s is the sum that is rounded, `inner` the host format in which it is exact, and a
lane's code is its bit pattern in an integer.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from rvx.formats.minifloat.catalogue import FP8ALT, FP16
from rvx.formats.minifloat.format import Minifloat
from rvx.jit import host

REGISTER, SINGLE = 64, 32
_FP8ALT_EXPONENT = FP8ALT.e
_CUT = (1 << 29) - 1
"""The bits of a binary64 number below the 24 most significant ones."""

Emit = Callable[[Any, Any, Any, Any], tuple[Any, Any]]
"""Takes a builder and the registers rd, rs1, rs2; gives the packed result and its flags."""


@cache
def fingerprint() -> str:
    """Changes when this file does: compiled code is cached by what it is made of."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()


def is_host_able() -> bool:
    """Whether numba compiles for a processor with fused operations and conversions of binary16."""
    if host.is_told():
        return False
    if platform.machine() in ("aarch64", "arm64"):
        return True
    return {"f16c", "fma"} <= host.features()


def compiled(emit: Emit) -> Any:
    """The intrinsic that numba calls for an attempt, None if the host is not up to it."""
    from numba import types
    from numba.extending import intrinsic

    if not is_host_able():
        return None

    def attempt(typingctx: Any, rd: Any, rs1: Any, rs2: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            results = emit(builder, *arguments)
            return context.make_tuple(builder, signature.return_type, results)

        pair = types.UniTuple(types.int64, 2)
        return pair(types.int64, types.int64, types.int64), codegen

    made: Any = intrinsic(attempt)
    return made


def dot(src: Minifloat, dst: Minifloat, negate: bool, replicates: bool) -> Emit:
    """Code for rd[l] += rs1[2l] * rs2[2l] + rs1[2l+1] * rs2[2l+1]."""

    def emit(builder: Any, rd: Any, rs1: Any, rs2: Any) -> tuple[Any, Any]:
        from llvmlite import ir

        if replicates:
            rs2 = _replicated(builder, rs2, src)
        inner = ir.FloatType() if src.bits == 8 else ir.DoubleType()
        factors = [_decoded_pairs(builder, register, src, inner) for register in (rs1, rs2)]
        p, q = (builder.fmul(a, b) for a, b in zip(*factors, strict=True))
        if negate:
            p, q = builder.fneg(p), builder.fneg(q)
        both, is_exact = _exact_sum(builder, p, q)
        total, is_also = _exact_sum(builder, both, _decoded(builder, rd, dst, inner))
        is_exact = builder.and_(is_exact, is_also)
        codes, is_sure, inexact = _rounded(builder, total, is_exact, dst)
        if src.e == _FP8ALT_EXPONENT:
            is_sure = builder.and_(is_sure, _are_finite(builder, (rs1, rs2), src))
        return codes, builder.select(is_sure, inexact, rd.type(-1))

    return emit


def fma(fmt: Minifloat, negate: bool, replicates: bool) -> Emit:
    """Code for rd[l] += rs1[l] * rs2[l]."""

    def emit(builder: Any, rd: Any, rs1: Any, rs2: Any) -> tuple[Any, Any]:
        from llvmlite import ir

        if replicates:
            rs2 = _replicated(builder, rs2, fmt)
        lanes = (_as_lanes(builder, register, fmt.bits) for register in (rs1, rs2, rd))
        singles = [_singles(builder, codes, fmt) for codes in lanes]
        if negate:
            singles[0] = builder.fneg(singles[0])
        a, b, c = (_widened(builder, single, ir.DoubleType()) for single in singles)
        total, is_exact = _exact_sum(builder, builder.fmul(a, b), c)
        if fmt.bits == SINGLE:
            result = _fused(builder, *singles)
            codes = builder.bitcast(result, _lanes(ir.IntType(fmt.bits), REGISTER // fmt.bits))
            is_kept = builder.fcmp_ordered("==", _widened(builder, result, ir.DoubleType()), total)
            is_kept = builder.and_(is_exact, is_kept)
            codes, is_sure, inexact = _checked(builder, codes, result, is_kept, fmt)
        else:
            codes, is_sure, inexact = _rounded(builder, total, is_exact, fmt)
        return codes, builder.select(is_sure, inexact, rd.type(-1))

    return emit


def _lanes(element: Any, count: int) -> Any:
    from llvmlite import ir

    return ir.VectorType(element, count)


def _splat(kind: Any, value: float) -> Any:
    from llvmlite import ir

    return ir.Constant(kind, [ir.Constant(kind.element, value)] * kind.count)


def _replicated(builder: Any, register: Any, fmt: Minifloat) -> Any:
    """A register with element 0 in the place of every element."""
    ones = sum(1 << at for at in range(0, REGISTER, fmt.bits))
    low = builder.and_(register, register.type((1 << fmt.bits) - 1))
    return builder.mul(low, register.type(ones))


def _as_lanes(builder: Any, register: Any, bits: int) -> Any:
    from llvmlite import ir

    return builder.bitcast(register, _lanes(ir.IntType(bits), REGISTER // bits))


def _decoded(builder: Any, register: Any, fmt: Minifloat, inner: Any) -> Any:
    """The elements of a register of 16 or 32 bits, as numbers."""
    return _widened(builder, _singles(builder, _as_lanes(builder, register, fmt.bits), fmt), inner)


def _singles(builder: Any, codes: Any, fmt: Minifloat) -> Any:
    """Codes of FP16, FP16ALT or FP32 as binary32 numbers."""
    from llvmlite import ir

    count = codes.type.count
    if fmt.bits == 16 and fmt.e == FP16.e:
        halves = builder.bitcast(codes, _lanes(ir.HalfType(), count))
        return builder.fpext(halves, _lanes(ir.FloatType(), count))
    if fmt.bits == 16:
        words = _lanes(ir.IntType(32), count)
        codes = builder.shl(builder.zext(codes, words), _splat(words, 16))
    return builder.bitcast(codes, _lanes(ir.FloatType(), count))


def _widened(builder: Any, singles: Any, inner: Any) -> Any:
    from llvmlite import ir

    if isinstance(inner, ir.FloatType):
        return singles
    return builder.fpext(singles, _lanes(inner, singles.type.count))


def _decoded_pairs(builder: Any, register: Any, src: Minifloat, inner: Any) -> tuple[Any, Any]:
    """The elements with even and with odd numbers, as numbers."""
    from llvmlite import ir

    if src.bits == 16:
        numbers = _decoded(builder, register, src, inner)
        word = ir.IntType(32)
        undefined = ir.Constant(numbers.type, ir.Undefined)
        even, odd = (
            builder.shuffle_vector(
                numbers, undefined, ir.Constant(_lanes(word, 2), [word(i), word(i + 2)])
            )
            for i in (0, 1)
        )
        return even, odd
    pairs = _as_lanes(builder, register, 16)
    even = builder.shl(pairs, _splat(pairs.type, 8))
    odd = builder.and_(pairs, _splat(pairs.type, 0xFF00))
    return _octets(builder, even, src), _octets(builder, odd, src)


def _octets(builder: Any, codes: Any, src: Minifloat) -> Any:
    """FP8 codes in the upper halves of 16 bits, as binary32 numbers.

    FP8 is the upper half of FP16. FP8ALT has one exponent bit less: moved down by one place its
    code is that of a binary16 number, subnormal ones included, which is 2^8 times too small.
    """
    if src.e == _FP8ALT_EXPONENT:
        sign = builder.and_(codes, _splat(codes.type, 0x8000))
        rest = builder.and_(builder.lshr(codes, _splat(codes.type, 1)), _splat(codes.type, 0x3F80))
        codes = builder.or_(sign, rest)
    singles = _singles(builder, codes, FP16)
    return (
        builder.fmul(singles, _splat(singles.type, 256.0)) if src.e == _FP8ALT_EXPONENT else singles
    )


def _are_finite(builder: Any, registers: Any, fmt: Minifloat) -> Any:
    """Whether no element of the registers is an infinity or a NaN.

    The exponent field of those is all ones: adding one to it carries into the place of the sign.
    """
    places = sum(1 << at for at in range(0, REGISTER, fmt.bits))
    carried = []
    for register in registers:
        magnitudes = builder.and_(register, register.type(places * fmt.magnitude_mask))
        carried.append(builder.add(magnitudes, register.type(places << fmt.m)))
    signs = register.type(_signed(places * fmt.sign_mask))
    return builder.icmp_unsigned("==", builder.and_(builder.or_(*carried), signs), signs.type(0))


def _signed(word: int) -> int:
    return word - (1 << REGISTER) if word >> REGISTER - 1 else word


def _exact_sum(builder: Any, x: Any, y: Any) -> tuple[Any, Any]:
    """x + y, and in which lanes it is exact."""
    total = builder.fadd(x, y)
    first = builder.fcmp_ordered("==", builder.fsub(total, x), y)
    second = builder.fcmp_ordered("==", builder.fsub(total, y), x)
    return total, builder.and_(first, second)


def _fused(builder: Any, a: Any, b: Any, c: Any) -> Any:
    """The host's fused multiply-add."""
    from llvmlite import ir

    kind = a.type
    name = f"llvm.fma.v{kind.count}f32"
    declared = builder.module.globals.get(name)
    if declared is None:
        declared = ir.Function(builder.module, ir.FunctionType(kind, [kind] * 3), name)
    return builder.call(declared, (a, b, c))


def _rounded(builder: Any, total: Any, is_exact: Any, dst: Minifloat) -> tuple[Any, Any, Any]:
    """Exact sums rounded to codes in one register, whether that is sure, and the flag NX."""
    codes = _rounded_codes(builder, total, dst)
    numbers = _widened(builder, _singles(builder, codes, dst), total.type.element)
    is_kept = builder.fcmp_ordered("==", numbers, total)
    packed, is_sure, inexact = _checked(builder, codes, numbers, is_kept, dst)
    return packed, builder.and_(is_sure, _all(builder, is_exact)), inexact


def _checked(
    builder: Any, codes: Any, numbers: Any, is_kept: Any, dst: Minifloat
) -> tuple[Any, Any, Any]:
    """Codes in one register, whether no flag but NX can be due, and that flag.

    Args:
        builder: of the code.
        codes: the results.
        numbers: what they stand for.
        is_kept: in which lanes that is exact.
        dst: the format of the codes.
    """
    from llvmlite import ir

    word = ir.IntType(REGISTER)
    smallest = 2.0**dst.emin
    is_large = builder.or_(
        builder.fcmp_ordered(">", numbers, _splat(numbers.type, smallest)),
        builder.fcmp_ordered("<", numbers, _splat(numbers.type, -smallest)),
    )
    field = _splat(codes.type, dst.infinity or 0)
    is_finite = builder.icmp_unsigned("!=", builder.and_(codes, field), field)
    is_sure = builder.and_(is_finite, builder.or_(is_kept, is_large))
    inexact = builder.zext(builder.not_(_all(builder, is_kept)), word)
    return builder.bitcast(codes, word), _all(builder, is_sure), inexact


def _all(builder: Any, lanes: Any) -> Any:
    from llvmlite import ir

    bits = ir.IntType(lanes.type.count)
    return builder.icmp_unsigned("==", builder.bitcast(lanes, bits), bits(-1))


def _rounded_codes(builder: Any, total: Any, dst: Minifloat) -> Any:
    """Numbers rounded to the nearest code, ties to even."""
    from llvmlite import ir

    count = total.type.count
    single = _lanes(ir.FloatType(), count)
    if dst.bits == 32:
        return builder.bitcast(builder.fptrunc(total, single), _lanes(ir.IntType(32), count))
    if isinstance(total.type.element, ir.DoubleType):
        total = builder.fptrunc(_cut_to_odd(builder, total), single)
    codes = _lanes(ir.IntType(16), count)
    if dst.e == FP16.e:
        return builder.bitcast(builder.fptrunc(total, _lanes(ir.HalfType(), count)), codes)
    words = _lanes(ir.IntType(32), count)
    bits = builder.bitcast(total, words)
    last = builder.and_(builder.lshr(bits, _splat(words, 16)), _splat(words, 1))
    nearly_half = builder.add(last, _splat(words, 0x7FFF))
    return builder.trunc(builder.lshr(builder.add(bits, nearly_half), _splat(words, 16)), codes)


def _cut_to_odd(builder: Any, total: Any) -> Any:
    """Binary64 numbers cut off to 24 bits; the last one is set where something was lost."""
    from llvmlite import ir

    words = _lanes(ir.IntType(64), total.type.count)
    bits = builder.bitcast(total, words)
    cut = _splat(words, _CUT)
    carry = builder.add(builder.and_(bits, cut), cut)
    odd = builder.and_(builder.or_(bits, carry), _splat(words, ~_CUT))
    return builder.bitcast(odd, total.type)
