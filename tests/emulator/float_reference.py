"""F, D and Zfh in exact rational arithmetic: the value and the flags of one execution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rvx.formats.minifloat import Minifloat, exact

from .float_vectors import FORMATS

_FUSED = {"fmadd": (0, 0), "fmsub": (0, 1), "fnmsub": (1, 0), "fnmadd": (1, 1)}
_ROUNDED: dict[str, Callable[..., Any]] = {
    "fadd": exact.add,
    "fsub": exact.sub,
    "fmul": exact.mul,
    "fdiv": exact.div,
}
_SIGNS = {"fsgnj": exact.copy_sign, "fsgnjn": exact.copy_negated_sign, "fsgnjx": exact.xor_signs}
_EXTREMES = {"fmin": exact.minimum, "fmax": exact.maximum}
_COMPARED = {"feq": exact.eq, "flt": exact.lt, "fle": exact.le}
_INTEGERS = {"w": (32, True), "wu": (32, False), "l": (64, True), "lu": (64, False)}
_RAW = {"w": 32, "h": 16, "d": 64}


def reference(mnemonic: str, f: list[int], x: int, mode: int, xlen: int) -> tuple[int, int]:
    """The bits of the destination as a signed number, and the flags that are raised.

    Args:
        mnemonic: of F, D or Zfh.
        f: bits of rs1, rs2 and rs3 if they are f registers.
        x: of rs1 if it is an x register, sign-extended.
        mode: the rounding mode, not dynamic.
        xlen: width of the x registers.
    """
    operation, *names = mnemonic.split(".")
    if operation == "fmv":
        return _moved(names, f[0], x)
    if operation == "fcvt":
        return _converted(names, f[0], x, mode, xlen)
    fmt = FORMATS[names[0]]
    a, b, c = (_unboxed(fmt, register) for register in f)
    if operation in _FUSED:
        product, addend = _FUSED[operation]
        return _boxed(
            fmt,
            exact.fma(fmt, a, b, c, mode, negate_product=bool(product), negate_addend=bool(addend)),
        )
    if operation in _ROUNDED:
        return _boxed(fmt, _ROUNDED[operation](fmt, a, b, mode))
    if operation == "fsqrt":
        return _boxed(fmt, exact.sqrt(fmt, a, mode))
    if operation in _SIGNS:
        return _boxed(fmt, (_SIGNS[operation](fmt, a, b), 0))
    if operation in _EXTREMES:
        return _boxed(fmt, _EXTREMES[operation](fmt, a, b))
    if operation in _COMPARED:
        return _COMPARED[operation](fmt, a, b)
    assert operation == "fclass"
    return exact.classify(fmt, a), 0


def _converted(names: list[str], f: int, x: int, mode: int, xlen: int) -> tuple[int, int]:
    target, source = names
    if source in _INTEGERS:
        bits, is_signed = _INTEGERS[source]
        value = x & (1 << bits) - 1
        if is_signed and value >> bits - 1:
            value -= 1 << bits
        return _boxed(FORMATS[target], exact.from_integer(FORMATS[target], value, mode))
    fmt = FORMATS[source]
    code = _unboxed(fmt, f)
    if target in FORMATS:
        return _boxed(FORMATS[target], exact.convert(fmt, FORMATS[target], code, mode))
    bits, is_signed = _INTEGERS[target]
    value, flags = exact.to_integer(fmt, code, mode, bits, is_signed)
    return _signed(value, bits), flags


def _moved(names: list[str], f: int, x: int) -> tuple[int, int]:
    if names[0] == "x":
        return _signed(f, _RAW[names[1]]), 0
    bits = _RAW[names[0]]
    return _signed(x | -1 << bits if bits < 64 else x, 64), 0


def _unboxed(fmt: Minifloat, register: int) -> int:
    register &= (1 << 64) - 1
    if fmt.bits < 64 and register >> fmt.bits != (1 << 64 - fmt.bits) - 1:
        assert fmt.nan is not None
        return fmt.nan
    return register & (1 << fmt.bits) - 1


def _boxed(fmt: Minifloat, result: tuple[int, int]) -> tuple[int, int]:
    code, flags = result
    return _signed(code | -1 << fmt.bits if fmt.bits < 64 else code, 64), flags


def _signed(value: int, bits: int) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> bits - 1 else value
