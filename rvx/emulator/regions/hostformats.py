"""Kernels of binary32 and binary64 that the host's floating-point unit computes, for many lanes.

A kernel takes codes and a rounding mode and gives a code and flags. Regions are entered with
round-to-nearest-even only, and take the flags of the host where they end, so that what is left of a
kernel is one operation of the host. It is written with LLVM's constrained intrinsics: these are
neither moved, nor dropped, nor done for a lane that was masked off, as far as flags could tell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from rvx.emulator.regions.floats import STRICT, TINY_BEFORE_ROUNDING
from rvx.formats.minifloat import scalar as kernels
from rvx.formats.minifloat.catalogue import FP32, FP64


@dataclass(frozen=True)
class HostOperation:
    """An operation of the host.

    Attributes:
        name: of the constrained intrinsic.
        source: bits of an operand.
        target: bits of the result.
        negated: which operands change their sign before.
        is_rounding: whether the result may be rounded.
        from_integer: whether the operand is an integer of 64 bits.
    """

    name: str
    source: int
    target: int
    negated: tuple[int, ...] = ()
    is_rounding: bool = True
    from_integer: bool = False


OPERATIONS: dict[str, HostOperation] = {}


@cache
def host_kernels() -> Mapping[Callable[..., Any], str]:
    """The kernels that the host computes, and their names in `OPERATIONS`."""
    found: dict[Callable[..., Any], str] = {}

    def note(kernel: Callable[..., Any], name: str, operation: HostOperation) -> None:
        found[kernel] = name
        OPERATIONS[name] = operation

    kernel: Callable[..., Any]
    for fmt in (FP32, FP64):
        bits = fmt.bits
        plain: list[tuple[str, Callable[..., Any]]] = [
            ("fadd", kernels.make_add(fmt)),
            ("fsub", kernels.make_sub(fmt)),
        ]
        if not TINY_BEFORE_ROUNDING:
            plain += [("fmul", kernels.make_mul(fmt)), ("fdiv", kernels.make_div(fmt))]
            for product in (False, True):
                for addend in (False, True):
                    kernel = kernels.make_fma(fmt, negate_product=product, negate_addend=addend)
                    negated = (0,) * product + (2,) * addend
                    operation = HostOperation("fma", bits, bits, negated)
                    note(kernel, f"fma{bits}.{negated}", operation)
        plain.append(("sqrt", kernels.make_sqrt(fmt)))
        for name, kernel in plain:
            note(kernel, f"{name}{bits}", HostOperation(name, bits, bits))
        for width in (8, 16, 32, 64):
            for is_signed in (True, False):
                if width < 64 or is_signed:
                    kernel = kernels.make_from_integer(fmt, width, is_signed)
                    name = f"sitofp{bits}.{width}.{is_signed}"
                    # An element is sign-extended: of an unsigned one the low bits count.
                    note(kernel, name, HostOperation("sitofp", 64, bits, from_integer=True))
                    _INTEGERS[name] = (width, is_signed)
    note(
        kernels.make_convert(FP32, FP64),
        "fpext",
        HostOperation("fpext", 32, 64, is_rounding=False),
    )
    if not TINY_BEFORE_ROUNDING:
        note(kernels.make_convert(FP64, FP32), "fptrunc", HostOperation("fptrunc", 64, 32))
    return found


_INTEGERS: dict[str, tuple[int, bool]] = {}
_KIND = {32: "float", 64: "double"}
_SUFFIX = {32: "f32", 64: "f64"}
_INFINITY = {32: 0x7F800000, 64: 0x7FF0000000000000}
_NAN = {32: 0x7FC00000, 64: 0x7FF8000000000000}
_ONE = {32: 0x3F800000, 64: 0x3FF0000000000000}
_QUIET = {32: 0x00400000, 64: 0x0008000000000000}


def lanes_of(kind: str, lanes: int) -> str:
    """The LLVM type of so many lanes."""
    return f"<{lanes} x {kind}>" if lanes > 1 else kind


def splat(kind: str, value: int, lanes: int) -> str:
    """A constant in all lanes."""
    if lanes == 1:
        return str(value)
    return f"<{', '.join([f'{kind} {value}'] * lanes)}>"


def host_lines(
    name: str, operands: list[str], lanes: int, active: str | None, tag: str
) -> tuple[list[str], str, str]:
    """LLVM text of an operation.

    Args:
        name: of the operation, in `OPERATIONS`.
        operands: their values, i64 each.
        lanes: how many.
        active: i1 of each lane: whether it is done there; None for all.
        tag: makes names unique.

    Returns:
        The lines, the name of the i64 results, and the declaration of what is called. Lines that
        raise the flag of an invalid product are in the block `rare{tag}`, which goes on at
        `usual{tag}`; where they are needed, `%fflags` is what they raise it in.
    """
    made = OPERATIONS[name]
    lines: list[str] = []
    bit = lanes_of("i1", lanes)
    wide = lanes_of("i64", lanes)
    kind = lanes_of(_KIND[made.target], lanes)
    count = f"v{lanes}" if lanes > 1 else ""
    if made.from_integer:
        return _from_integer(name, operands[0], lanes, active, tag)
    integer = lanes_of(f"i{made.source}", lanes)
    source = lanes_of(_KIND[made.source], lanes)
    one = splat(f"i{made.source}", _ONE[made.source], lanes)
    codes = []
    values = []
    for i, operand in enumerate(operands):
        code = operand
        if made.source < 64:
            code = f"%{tag}.t{i}"
            lines.append(f"  {code} = trunc {wide} {operand} to {integer}")
        if active is not None:
            lines.append(
                f"  %{tag}.s{i} = select {bit} {active}, {integer} {code}, {integer} {one}"
            )
            code = f"%{tag}.s{i}"
        codes.append(code)
        value = f"%{tag}.v{i}"
        lines.append(f"  {value} = bitcast {integer} {code} to {source}")
        if i in made.negated:
            lines.append(f"  {value}.n = fneg {source} {value}")
            value += ".n"
        values.append(value)
    modes = STRICT if made.is_rounding else 'metadata !"fpexcept.strict"'
    types = f"{count}{_SUFFIX[made.target]}"
    if made.source != made.target:
        types += f".{count}{_SUFFIX[made.source]}"
    called = f"@llvm.experimental.constrained.{made.name}.{types}"
    listed = ", ".join(f"{source} {value}" for value in values)
    lines.append(f"  %{tag}.r = call {kind} {called}({listed}, {modes}) strictfp")
    target = lanes_of(f"i{made.target}", lanes)
    magnitude = splat(f"i{made.target}", (1 << made.target - 1) - 1, lanes)
    infinity = splat(f"i{made.target}", _INFINITY[made.target], lanes)
    nan = splat(f"i{made.target}", _NAN[made.target], lanes)
    lines += [
        f"  %{tag}.b = bitcast {kind} %{tag}.r to {target}",
        f"  %{tag}.m = and {target} %{tag}.b, {magnitude}",
        f"  %{tag}.u = icmp ugt {target} %{tag}.m, {infinity}",
        f"  %{tag}.q = select {bit} %{tag}.u, {target} {nan}, {target} %{tag}.b",
    ]
    if made.name == "fma":
        lines += _invalid_products(codes, made.source, lanes, tag)
    result = f"%{tag}.q"
    if made.target < 64:
        lines.append(f"  %{tag}.z = zext {target} {result} to {wide}")
        result = f"%{tag}.z"
    metadata = "metadata, metadata" if made.is_rounding else "metadata"
    takes = ", ".join([source] * len(values))
    return lines, result, f"declare {kind} {called}({takes}, {metadata})"


def _invalid_products(codes: list[str], bits: int, lanes: int, tag: str) -> list[str]:
    """Infinity times zero is invalid even if a quiet NaN is added; hosts differ in that."""
    bit, integer = lanes_of("i1", lanes), lanes_of(f"i{bits}", lanes)
    any_nan = f"%{tag}.u"
    lines = []
    if lanes > 1:
        lines.append(f"  %{tag}.any = call i1 @llvm.vector.reduce.or.v{lanes}i1({bit} %{tag}.u)")
        any_nan = f"%{tag}.any"
    magnitude = splat(f"i{bits}", (1 << bits - 1) - 1, lanes)
    infinity = splat(f"i{bits}", _INFINITY[bits], lanes)
    zero = splat(f"i{bits}", 0, lanes)
    lines += [
        f"  br i1 {any_nan}, label %{tag}.rare, label %{tag}.usual, !prof !1",
        f"{tag}.rare:",
    ]
    for i in (0, 1):
        lines += [
            f"  %{tag}.m{i} = and {integer} {codes[i]}, {magnitude}",
            f"  %{tag}.i{i} = icmp eq {integer} %{tag}.m{i}, {infinity}",
            f"  %{tag}.z{i} = icmp eq {integer} %{tag}.m{i}, {zero}",
        ]
    lines += [
        f"  %{tag}.iz = and {bit} %{tag}.i0, %{tag}.z1",
        f"  %{tag}.zi = and {bit} %{tag}.z0, %{tag}.i1",
        f"  %{tag}.bad = or {bit} %{tag}.iz, %{tag}.zi",
    ]
    bad = f"%{tag}.bad"
    if lanes > 1:
        lines.append(f"  %{tag}.is = call i1 @llvm.vector.reduce.or.v{lanes}i1({bit} %{tag}.bad)")
        bad = f"%{tag}.is"
    return [
        *lines,
        f"  %{tag}.nv = select i1 {bad}, i64 16, i64 0",
        f"  %{tag}.old = load i64, ptr %fflags",
        f"  %{tag}.new = or i64 %{tag}.old, %{tag}.nv",
        f"  store i64 %{tag}.new, ptr %fflags",
        f"  br label %{tag}.usual",
        f"{tag}.usual:",
    ]


def _from_integer(
    name: str, operand: str, lanes: int, active: str | None, tag: str
) -> tuple[list[str], str, str]:
    made = OPERATIONS[name]
    width, is_signed = _INTEGERS[name]
    bit, wide = lanes_of("i1", lanes), lanes_of("i64", lanes)
    kind, target = lanes_of(_KIND[made.target], lanes), lanes_of(f"i{made.target}", lanes)
    # The narrowest signed integer that holds it: hosts convert 32 bits at once more readily.
    size = 64 if width == 64 or (width == 32 and not is_signed) else 32
    integer = lanes_of(f"i{size}", lanes)
    lines = []
    source = operand
    if width < 64:
        narrow = lanes_of(f"i{width}", lanes)
        lines.append(f"  %{tag}.n = trunc {wide} {operand} to {narrow}")
        source = f"%{tag}.n"
        if width < size:
            extend = "sext" if is_signed else "zext"
            lines.append(f"  %{tag}.e = {extend} {narrow} %{tag}.n to {integer}")
            source = f"%{tag}.e"
    if active is not None:
        one = splat(f"i{size}", 1, lanes)
        lines.append(f"  %{tag}.s = select {bit} {active}, {integer} {source}, {integer} {one}")
        source = f"%{tag}.s"
    count = f"v{lanes}" if lanes > 1 else ""
    called = f"@llvm.experimental.constrained.sitofp.{count}{_SUFFIX[made.target]}.{count}i{size}"
    lines += [
        f"  %{tag}.r = call {kind} {called}({integer} {source}, {STRICT}) strictfp",
        f"  %{tag}.b = bitcast {kind} %{tag}.r to {target}",
    ]
    result = f"%{tag}.b"
    if made.target < 64:
        lines.append(f"  %{tag}.z = zext {target} {result} to {wide}")
        result = f"%{tag}.z"
    return lines, result, f"declare {kind} {called}({integer}, metadata, metadata)"
