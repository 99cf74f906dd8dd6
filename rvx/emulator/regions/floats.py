"""Floating point of the base ISA on the host's own unit.

IEEE arithmetic is the same everywhere: the exact result rounded once. What differs is left to the
tier below: a region does not run in another rounding mode than to nearest even (conversions to
integers may also round towards zero, as C wants it), and leaves before an instruction whose result
is a NaN or no integer of its type. Flags accrue in the host's own sticky flags, which a region
clears when it is entered and reads when it is left; LLVM's constrained intrinsics keep it from
computing what the program does not.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from rvx.isa import Instruction
from rvx.records import dataclass

STRICT = 'metadata !"round.tonearest", metadata !"fpexcept.strict"'
_FUSED = {"fmadd": ("", ""), "fmsub": ("", "c"), "fnmsub": ("a", ""), "fnmadd": ("a", "c")}
_PLAIN = {"fadd": "fadd", "fsub": "fsub", "fmul": "fmul", "fdiv": "fdiv", "fsqrt": "sqrt"}
_COMPARED = {"feq": ("fcmp", "oeq"), "flt": ("fcmps", "olt"), "fle": ("fcmps", "ole")}
_WIDTHS = {"s": ("float", "f32", "i32"), "d": ("double", "f64", "i64")}
_INTEGERS = {"w": (32, True), "wu": (32, False), "l": (64, True), "lu": (64, False)}
_EXTREMES = {"fmin": "slt", "fmax": "sgt"}
_NEAREST, _TOWARDS_ZERO, _DYNAMIC = 0, 1, 7

_ENVIRONMENT_BYTES = 64
"""More than fenv_t has: 32 on x86-64, 16 or fewer elsewhere."""
_IS_ARM = platform.machine() in ("aarch64", "arm64")
TINY_BEFORE_ROUNDING = _IS_ARM
"""Whether the host raises underflow where a number is tiny before it is rounded.

RISC-V and x86 look after rounding: what is rounded up to the smallest normal number is not tiny.
"""
_MAY_UNDERFLOW = frozenset({"fmul", "fdiv", *_FUSED})

HOST_FLAGS = (
    {0x01: 16, 0x02: 8, 0x04: 4, 0x08: 2, 0x10: 1}
    if _IS_ARM
    else {0x01: 16, 0x04: 8, 0x08: 4, 0x10: 2, 0x20: 1}
)
"""RISC-V's flag for each of the host's, as fetestexcept gives them."""
ALL_FLAGS = sum(HOST_FLAGS)


def use_default_environment() -> None:
    """Makes the host's unit of this thread round to nearest, and keep subnormal numbers.

    A thread begins with the environment of the one that has started it, and some libraries switch
    to flushing of subnormal numbers when they are loaded.
    """
    library, default = _environment()
    library.fesetenv(default)


@contextmanager
def default_environment() -> Iterator[None]:
    """The same for as long as it lasts, in a thread that is somebody else's."""
    library, default = _environment()
    room = ctypes.create_string_buffer(_ENVIRONMENT_BYTES)
    library.fegetenv(room)
    library.fesetenv(default)
    try:
        yield
    finally:
        library.fesetenv(room)


@cache
def _environment() -> tuple[ctypes.CDLL, Any]:
    """The library, which Python starts a process to find, and its default environment."""
    library = ctypes.CDLL(ctypes.util.find_library("m"))
    try:
        return library, ctypes.byref(ctypes.c_char.in_dll(library, "_FE_DFL_ENV"))  # macOS
    except ValueError:
        return library, ctypes.c_void_p(-1)  # the C libraries of Linux


@dataclass(frozen=True)
class Lowered:
    """LLVM text of an instruction.

    Attributes:
        lines: instructions; `{rs1}` and its like are the operands, `{n}` makes names unique, and
            `{leave}` is the label for what the tier below has to do.
        result: name of the i64 result.
        nan: name of an i1 that says that the tier below has to do it; empty if that cannot be.
        declarations: what the lines call.
    """

    lines: tuple[str, ...]
    result: str
    nan: str
    declarations: tuple[str, ...]

    @property
    def may_leave(self) -> bool:
        """Whether the tier below has to do some cases."""
        return bool(self.nan) or any("{leave}" in line for line in self.lines)


def lower(instruction: Instruction, rounding: int | None) -> Lowered | None:
    """How the host computes an instruction; None if it does not.

    Args:
        instruction: any.
        rounding: the static rounding mode, None if there is none.
    """
    if instruction.extension not in ("F", "D"):
        return None
    if rounding == _TOWARDS_ZERO:
        return _to_integer(instruction.mnemonic, True)
    if rounding not in (None, _NEAREST, _DYNAMIC):
        return None
    operation, _, rest = instruction.mnemonic.partition(".")
    if TINY_BEFORE_ROUNDING and (operation in _MAY_UNDERFLOW or rest == "s.d"):
        return None
    if rest in _WIDTHS:
        if operation in _PLAIN or operation in _FUSED:
            return _arithmetic(operation, rest)
        if operation in _COMPARED:
            return _comparison(operation, rest)
        if operation in _EXTREMES:
            return _extreme(operation, rest)
    if instruction.mnemonic in ("fcvt.d.s", "fcvt.s.d"):
        return _conversion(rest)
    return _from_integer(instruction.mnemonic) or _to_integer(instruction.mnemonic, False)


def _unpack(width: str, *names: str) -> list[str]:
    kind, _, bits = _WIDTHS[width]
    lines = []
    for name in names:
        source = f"{{{name}}}"
        if width == "s":
            # The upper half is ones, or the operand is no box and counts as the canonical NaN.
            lines += [
                f"%t{name}{{n}} = trunc i64 {source} to i32",
                f"%w{name}{{n}} = icmp uge i64 {source}, -4294967296",
                f"%y{name}{{n}} = select i1 %w{name}{{n}}, i32 %t{name}{{n}}, i32 2143289344",
            ]
            source = f"%y{name}{{n}}"
        lines.append(f"%{name}{{n}} = bitcast {bits} {source} to {kind}")
    return lines


def _pack(width: str) -> list[str]:
    kind, _, bits = _WIDTHS[width]
    if width == "d":
        return ["%o{n} = bitcast double %r{n} to i64"]
    return [
        f"%single{{n}} = bitcast {kind} %r{{n}} to {bits}",
        "%low{n} = zext i32 %single{n} to i64",
        "%o{n} = or i64 %low{n}, -4294967296",
    ]


def _is_nan(width: str) -> str:
    """NaN by its bits: a comparison of values would raise flags of its own."""
    if width == "d":
        return "%m{n} = and i64 %o{n}, 9223372036854775807\n" + (
            "%u{n} = icmp ugt i64 %m{n}, 9218868437227405312"
        )
    return "%m{n} = and i64 %o{n}, 2147483647\n%u{n} = icmp ugt i64 %m{n}, 2139095040"


def _arithmetic(operation: str, width: str) -> Lowered:
    kind, suffix, _ = _WIDTHS[width]
    lines: list[str] = []
    if operation in _FUSED:
        name, arity = "fma", 3
        lines += _unpack(width, "rs1", "rs2", "rs3")
        negated = _FUSED[operation]
        operands = ["%rs1{n}", "%rs2{n}", "%rs3{n}"]
        for mark, index in (("a", 0), ("c", 2)):
            if mark in negated:
                lines.append(f"%neg{mark}{{n}} = fneg {kind} {operands[index]}")
                operands[index] = f"%neg{mark}{{n}}"
    else:
        name, arity = _PLAIN[operation], 1 if operation == "fsqrt" else 2
        sources = ["rs1", "rs2"][:arity]
        lines += _unpack(width, *sources)
        operands = [f"%{source}{{n}}" for source in sources]
    called = f"@llvm.experimental.constrained.{name}.{suffix}"
    listed = ", ".join(f"{kind} {operand}" for operand in operands)
    lines.append(f"%r{{n}} = call {kind} {called}({listed}, {STRICT}) strictfp")
    lines += _pack(width)
    lines.append(_is_nan(width))
    declared = ", ".join([kind] * arity + ["metadata", "metadata"])
    return Lowered(tuple(lines), "%o{n}", "%u{n}", (f"declare {kind} {called}({declared})",))


def _comparison(operation: str, width: str) -> Lowered:
    kind, suffix, _ = _WIDTHS[width]
    name, predicate = _COMPARED[operation]
    called = f"@llvm.experimental.constrained.{name}.{suffix}"
    lines = [
        *_unpack(width, "rs1", "rs2"),
        f"%c{{n}} = call i1 {called}({kind} %rs1{{n}}, {kind} %rs2{{n}}, "
        f'metadata !"{predicate}", metadata !"fpexcept.strict") strictfp',
        "%o{n} = zext i1 %c{n} to i64",
    ]
    declared = f"declare i1 {called}({kind}, {kind}, metadata, metadata)"
    return Lowered(tuple(lines), "%o{n}", "", (declared,))


def _conversion(rest: str) -> Lowered:
    if rest == "d.s":
        called = "@llvm.experimental.constrained.fpext.f64.f32"
        lines = [
            *_unpack("s", "rs1"),
            f"%r{{n}} = call double {called}"
            '(float %rs1{n}, metadata !"fpexcept.strict") strictfp',
            *_pack("d"),
            _is_nan("d"),
        ]
        declared = f"declare double {called}(float, metadata)"
    else:
        called = "@llvm.experimental.constrained.fptrunc.f32.f64"
        lines = [
            *_unpack("d", "rs1"),
            f"%r{{n}} = call float {called}(double %rs1{{n}}, {STRICT}) strictfp",
            *_pack("s"),
            _is_nan("s"),
        ]
        declared = f"declare float {called}(double, metadata, metadata)"
    return Lowered(tuple(lines), "%o{n}", "%u{n}", (declared,))


def _extreme(operation: str, width: str) -> Lowered:
    """The smaller or larger number by its bits, which orders zeros by sign; NaNs are left alone."""
    _, _, bits = _WIDTHS[width]
    top = int(bits[1:]) - 1
    infinity = 0x7F800000 if width == "s" else 0x7FF0000000000000
    lines = _unpack(width, "rs1", "rs2")
    for name in ("rs1", "rs2"):
        lines += [
            f"%b{name}{{n}} = bitcast {_WIDTHS[width][0]} %{name}{{n}} to {bits}",
            f"%s{name}{{n}} = ashr {bits} %b{name}{{n}}, {top}",
            f"%h{name}{{n}} = lshr {bits} %s{name}{{n}}, 1",
            f"%k{name}{{n}} = xor {bits} %b{name}{{n}}, %h{name}{{n}}",
            f"%m{name}{{n}} = and {bits} %b{name}{{n}}, {(1 << top) - 1}",
            f"%u{name}{{n}} = icmp ugt {bits} %m{name}{{n}}, {infinity}",
        ]
    lines += [
        "%u{n} = or i1 %urs1{n}, %urs2{n}",
        f"%c{{n}} = icmp {_EXTREMES[operation]} {bits} %krs1{{n}}, %krs2{{n}}",
        f"%e{{n}} = select i1 %c{{n}}, {bits} %brs1{{n}}, {bits} %brs2{{n}}",
        f"%r{{n}} = bitcast {bits} %e{{n}} to {_WIDTHS[width][0]}",
        *_pack(width),
    ]
    return Lowered(tuple(lines), "%o{n}", "%u{n}", ())


def _from_integer(mnemonic: str) -> Lowered | None:
    operation, _, names = mnemonic.partition(".")
    width, _, name = names.partition(".")
    if operation != "fcvt" or width not in _WIDTHS or name not in _INTEGERS:
        return None
    bits, is_signed = _INTEGERS[name]
    kind, suffix, _ = _WIDTHS[width]
    called = f"@llvm.experimental.constrained.sitofp.{suffix}.i64"
    source = "{rs1}"
    lines = []
    if bits == 32:
        extend = "sext" if is_signed else "zext"
        lines += ["%h{n} = trunc i64 {rs1} to i32", f"%i{{n}} = {extend} i32 %h{{n}} to i64"]
        source = "%i{n}"
    elif not is_signed:
        # Hosts without unsigned conversions make several of one, with flags of their own.
        lines += [
            "%u{n} = icmp slt i64 {rs1}, 0",
            "br i1 %u{n}, label {leave}, label %in{n}",
            "in{n}:",
        ]
    lines.append(f"%r{{n}} = call {kind} {called}(i64 {source}, {STRICT}) strictfp")
    lines += _pack(width)
    declared = f"declare {kind} {called}(i64, metadata, metadata)"
    return Lowered(tuple(lines), "%o{n}", "", (declared,))


def _to_integer(mnemonic: str, is_truncated: bool) -> Lowered | None:
    """A conversion of numbers of which it is plain that the result is in range."""
    operation, _, names = mnemonic.partition(".")
    name, _, width = names.partition(".")
    if operation != "fcvt" or width not in _WIDTHS or name not in _INTEGERS:
        return None
    bits, is_signed = _INTEGERS[name]
    kind, suffix, pattern = _WIDTHS[width]
    fraction, bias, top = (23, 127, 31) if width == "s" else (52, 1023, 63)
    # Below 2^limit nothing overflows, not even what is rounded up.
    limit = min(bits - (1 if is_signed else 0) - (0 if is_truncated else 1), 63)
    bound = limit + bias << fraction
    rounded = f"@llvm.experimental.constrained.rint.{suffix}"
    called = f"@llvm.experimental.constrained.fptosi.i64.{suffix}"
    declarations = [f"declare i64 {called}({kind}, metadata)"]
    lines = [
        *_unpack(width, "rs1"),
        f"%b{{n}} = bitcast {kind} %rs1{{n}} to {pattern}",
        # An unsigned number has no sign bit; with one the pattern is above every bound.
        f"%m{{n}} = and {pattern} %b{{n}}, {(1 << top) - 1 if is_signed else -1}",
        f"%u{{n}} = icmp uge {pattern} %m{{n}}, {bound}",
        "br i1 %u{n}, label {leave}, label %in{n}",
        "in{n}:",
    ]
    source = "%rs1{n}"
    if not is_truncated:
        lines.append(f"%q{{n}} = call {kind} {rounded}({kind} {source}, {STRICT}) strictfp")
        declarations.append(f"declare {kind} {rounded}({kind}, metadata, metadata)")
        source = "%q{n}"
    lines.append(
        f'%r{{n}} = call i64 {called}({kind} {source}, metadata !"fpexcept.strict") strictfp'
    )
    result = "%r{n}"
    if bits == 32:
        lines += ["%t{n} = trunc i64 %r{n} to i32", "%o{n} = sext i32 %t{n} to i64"]
        result = "%o{n}"
    return Lowered(tuple(lines), result, "", tuple(declarations))
