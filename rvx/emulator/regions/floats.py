"""Floating point of the base ISA on the host's own unit.

IEEE arithmetic is the same everywhere: the exact result rounded once. What differs is left to the
tier below: a region does not run in another rounding mode than to nearest even, and leaves before
an instruction whose result is a NaN. Flags accrue in the host's own sticky flags, which a region
clears when it is entered and reads when it is left; LLVM's constrained intrinsics keep it from
computing what the program does not.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass

from rvx.isa import Instruction

_STRICT = 'metadata !"round.tonearest", metadata !"fpexcept.strict"'
_FUSED = {"fmadd": ("", ""), "fmsub": ("", "c"), "fnmsub": ("a", ""), "fnmadd": ("a", "c")}
_PLAIN = {"fadd": "fadd", "fsub": "fsub", "fmul": "fmul", "fdiv": "fdiv", "fsqrt": "sqrt"}
_COMPARED = {"feq": ("fcmp", "oeq"), "flt": ("fcmps", "olt"), "fle": ("fcmps", "ole")}
_WIDTHS = {"s": ("float", "f32", "i32"), "d": ("double", "f64", "i64")}

HOST_FLAGS = (
    {0x01: 16, 0x02: 8, 0x04: 4, 0x08: 2, 0x10: 1}
    if platform.machine() in ("aarch64", "arm64")
    else {0x01: 16, 0x04: 8, 0x08: 4, 0x10: 2, 0x20: 1}
)
"""RISC-V's flag for each of the host's, as fetestexcept gives them."""
ALL_FLAGS = sum(HOST_FLAGS)


@dataclass(frozen=True)
class Lowered:
    """LLVM text of an instruction.

    Attributes:
        lines: instructions; `{rs1}` and its like are the operands, `{n}` makes names unique.
        result: name of the i64 result.
        nan: name of an i1 that says that the tier below has to do it; empty if that cannot be.
        declarations: what the lines call.
    """

    lines: tuple[str, ...]
    result: str
    nan: str
    declarations: tuple[str, ...]


def lower(instruction: Instruction, is_boxed: bool) -> Lowered | None:
    """How the host computes an instruction; None if it is not one of these.

    Args:
        instruction: of F or D.
        is_boxed: whether singles are boxed in NaNs and their boxes are looked at; otherwise they
            are in the low half of a register and leave the upper half zero, as Unicorn has it.
    """
    if instruction.extension not in ("F", "D"):
        return None
    operation, _, rest = instruction.mnemonic.partition(".")
    if rest in _WIDTHS:
        if operation in _PLAIN or operation in _FUSED:
            return _arithmetic(operation, rest, is_boxed)
        if operation in _COMPARED:
            return _comparison(operation, rest, is_boxed)
    if instruction.mnemonic in ("fcvt.d.s", "fcvt.s.d"):
        return _conversion(rest, is_boxed)
    return None


def _unpack(width: str, is_boxed: bool, *names: str) -> list[str]:
    kind, _, bits = _WIDTHS[width]
    lines = []
    for name in names:
        source = f"{{{name}}}"
        if width == "s":
            lines.append(f"%t{name}{{n}} = trunc i64 {source} to i32")
            if is_boxed:
                lines += [
                    f"%w{name}{{n}} = icmp uge i64 {source}, -4294967296",
                    f"%y{name}{{n}} = select i1 %w{name}{{n}}, i32 %t{name}{{n}}, i32 2143289344",
                ]
            source = f"%{'y' if is_boxed else 't'}{name}{{n}}"
        lines.append(f"%{name}{{n}} = bitcast {bits} {source} to {kind}")
    return lines


def _pack(width: str, is_boxed: bool) -> list[str]:
    kind, _, bits = _WIDTHS[width]
    if width == "d":
        return ["%o{n} = bitcast double %r{n} to i64"]
    lines = [f"%single{{n}} = bitcast {kind} %r{{n}} to {bits}"]
    if not is_boxed:
        return [*lines, "%o{n} = zext i32 %single{n} to i64"]
    return [
        *lines,
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


def _arithmetic(operation: str, width: str, is_boxed: bool) -> Lowered:
    kind, suffix, _ = _WIDTHS[width]
    lines: list[str] = []
    if operation in _FUSED:
        name, arity = "fma", 3
        lines += _unpack(width, is_boxed, "rs1", "rs2", "rs3")
        negated = _FUSED[operation]
        operands = ["%rs1{n}", "%rs2{n}", "%rs3{n}"]
        for mark, index in (("a", 0), ("c", 2)):
            if mark in negated:
                lines.append(f"%neg{mark}{{n}} = fneg {kind} {operands[index]}")
                operands[index] = f"%neg{mark}{{n}}"
    else:
        name, arity = _PLAIN[operation], 1 if operation == "fsqrt" else 2
        sources = ["rs1", "rs2"][:arity]
        lines += _unpack(width, is_boxed, *sources)
        operands = [f"%{source}{{n}}" for source in sources]
    called = f"@llvm.experimental.constrained.{name}.{suffix}"
    listed = ", ".join(f"{kind} {operand}" for operand in operands)
    lines.append(f"%r{{n}} = call {kind} {called}({listed}, {_STRICT}) strictfp")
    lines += _pack(width, is_boxed)
    lines.append(_is_nan(width))
    declared = ", ".join([kind] * arity + ["metadata", "metadata"])
    return Lowered(tuple(lines), "%o{n}", "%u{n}", (f"declare {kind} {called}({declared})",))


def _comparison(operation: str, width: str, is_boxed: bool) -> Lowered:
    kind, suffix, _ = _WIDTHS[width]
    name, predicate = _COMPARED[operation]
    called = f"@llvm.experimental.constrained.{name}.{suffix}"
    lines = [
        *_unpack(width, is_boxed, "rs1", "rs2"),
        f"%c{{n}} = call i1 {called}({kind} %rs1{{n}}, {kind} %rs2{{n}}, "
        f'metadata !"{predicate}", metadata !"fpexcept.strict") strictfp',
        "%o{n} = zext i1 %c{n} to i64",
    ]
    declared = f"declare i1 {called}({kind}, {kind}, metadata, metadata)"
    return Lowered(tuple(lines), "%o{n}", "", (declared,))


def _conversion(rest: str, is_boxed: bool) -> Lowered:
    if rest == "d.s":
        called = "@llvm.experimental.constrained.fpext.f64.f32"
        lines = [
            *_unpack("s", is_boxed, "rs1"),
            f"%r{{n}} = call double {called}"
            '(float %rs1{n}, metadata !"fpexcept.strict") strictfp',
            *_pack("d", is_boxed),
            _is_nan("d"),
        ]
        declared = f"declare double {called}(float, metadata)"
    else:
        called = "@llvm.experimental.constrained.fptrunc.f32.f64"
        lines = [
            *_unpack("d", is_boxed, "rs1"),
            f"%r{{n}} = call float {called}(double %rs1{{n}}, {_STRICT}) strictfp",
            *_pack("s", is_boxed),
            _is_nan("s"),
        ]
        declared = f"declare float {called}(double, metadata, metadata)"
    return Lowered(tuple(lines), "%o{n}", "%u{n}", (declared,))
