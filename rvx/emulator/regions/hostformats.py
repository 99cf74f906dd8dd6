"""Kernels of IEEE formats that the host's floating-point unit computes, for many lanes.

A kernel takes codes and a rounding mode and gives a code and flags. Regions are entered with
round-to-nearest-even only, and take the flags of the host where they end, so that what is left of a
kernel is one operation of the host. It is written with LLVM's constrained intrinsics: these are
neither moved, nor dropped, nor done for a lane that was masked off, as far as flags could tell.

Hosts convert halves and do not compute with them, so that their operations are rounded twice: to
`work` bits, and to a half. Why that gives what rounding once gives, result and flags:

* A sum, a product, a quotient or a root has the same rounding by way of binary32, which has at
  least twice the digits of a half and two (Figueroa, "When is double rounding innocuous?"). Where
  the result is subnormal, a sum is a multiple of the least half and a product has 22 bits: both are
  exact in binary32. A quotient a / b that is no middle m between two halves is far from it, since
  a - m b is at least the last place of m b.
* A product of halves is exact in binary64. So is the sum of a product and a half where it comes
  near a middle between two halves: all its bits lie between 2^17 and 2^-48, and a part that is less
  than 2^-41 of the other one does not reach a middle. So the sum in binary64 lies on the same side
  of every middle. From there to binary32 it is rounded to odd, which keeps it on that side (Boldo
  and Melquiond, "Emulation of FMA and correctly rounded sums").
* What is lost on the way is noted as inexact by the first step, and is inexact as a half, too. The
  first step neither overflows nor underflows. The second one looks at a number on the same side of
  every half and of every middle, so that it overflows, and is tiny, where the exact one is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from rvx.emulator.regions.floats import STRICT, TINY_BEFORE_ROUNDING
from rvx.formats.minifloat import scalar as kernels
from rvx.formats.minifloat.catalogue import FP16, FP16ALT, FP32, FP64
from rvx.jit import host
from rvx.records import dataclass

CONVERTS_HALVES = not TINY_BEFORE_ROUNDING and not host.is_told() and "f16c" in host.features()
"""Whether the host converts between binary32 and halves, with flags."""


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
        work: bits of the format in which it is computed; those of the operands if 0.
    """

    name: str
    source: int
    target: int
    negated: tuple[int, ...] = ()
    is_rounding: bool = True
    from_integer: bool = False
    work: int = 0


OPERATIONS: dict[str, HostOperation] = {}


@cache
def host_kernels() -> Mapping[Callable[..., Any], str]:
    """The kernels that the host computes, and their names in `OPERATIONS`."""
    found: dict[Callable[..., Any], str] = {}

    def note(kernel: Callable[..., Any], name: str, operation: HostOperation) -> None:
        found[kernel] = name
        OPERATIONS[name] = operation

    kernel: Callable[..., Any]
    for fmt in (FP16, FP32, FP64):
        bits = fmt.bits
        if fmt is FP16 and not CONVERTS_HALVES:
            continue
        work = 32 if fmt is FP16 else 0
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
                    operation = HostOperation(
                        "fma", bits, bits, negated, work=64 if fmt is FP16 else 0
                    )
                    note(kernel, f"fma{bits}.{negated}", operation)
                    if not negated:
                        # Factories know a call without these arguments as another one.
                        note(kernels.make_fma(fmt), f"fma{bits}.{negated}", operation)
        plain.append(("sqrt", kernels.make_sqrt(fmt)))
        for name, kernel in plain:
            note(kernel, f"{name}{bits}", HostOperation(name, bits, bits, work=work))
        for width in (8, 16, 32, 64):
            for is_signed in (True, False):
                # All but the widest are exact in the format in which they become halves.
                if width < 64 or (is_signed and fmt is not FP16):
                    kernel = kernels.make_from_integer(fmt, width, is_signed)
                    name = f"sitofp{bits}.{width}.{is_signed}"
                    # An element is sign-extended: of an unsigned one the low bits count.
                    if fmt is FP16:
                        work = 64 if width == 32 else 32
                    note(kernel, name, HostOperation("", 64, bits, from_integer=True, work=work))
                    _INTEGERS[name] = (width, is_signed)
    note(
        kernels.make_convert(FP32, FP64),
        "fpext",
        HostOperation("fpext", 32, 64, is_rounding=False),
    )
    note(kernels.make_convert(FP16ALT, FP32), "widen", HostOperation("fmul", _BF16, 32, work=32))
    if CONVERTS_HALVES:
        note(kernels.make_convert(FP16, FP32), "fpext16", HostOperation("", 16, 32, work=32))
        note(kernels.make_convert(FP32, FP16), "fptrunc16", HostOperation("", 32, 16, work=32))
    if not TINY_BEFORE_ROUNDING:
        note(kernels.make_convert(FP64, FP32), "fptrunc", HostOperation("fptrunc", 64, 32))
    return found


_INTEGERS: dict[str, tuple[int, bool]] = {}
_BF16 = -16
"""Stands for the bits of an operand in BF16, which is the upper half of a binary32."""
_KIND = {16: "half", 32: "float", 64: "double"}
_SUFFIX = {16: "f16", 32: "f32", 64: "f64"}
_INFINITY = {16: 0x7C00, 32: 0x7F800000, 64: 0x7FF0000000000000}
_NAN = {16: 0x7E00, 32: 0x7FC00000, 64: 0x7FF8000000000000}
_ONE = {16: 0x3C00, _BF16: 0x3F80, 32: 0x3F800000, 64: 0x3FF0000000000000}


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
) -> tuple[list[str], str, list[str]]:
    """LLVM text of an operation.

    Args:
        name: of the operation, in `OPERATIONS`.
        operands: their values, i64 each.
        lanes: how many.
        active: i1 of each lane: whether it is done there; None for all.
        tag: makes names unique.

    Returns:
        The lines, the name of the i64 results, and the declarations of what is called. Lines that
        raise the flag of an invalid product are in the block `rare{tag}`, which goes on at
        `usual{tag}`; where they are needed, `%fflags` is what they raise it in.
    """
    made = OPERATIONS[name]
    text = _Text(lanes, tag)
    if made.from_integer:
        value = _integer(text, name, operands[0], active)
        return text.result(value, made.work or made.target, made.target, can_be_nan=False)
    bits = abs(made.source)
    integer = lanes_of(f"i{bits}", lanes)
    one = splat(f"i{bits}", _ONE[made.source], lanes)
    codes = []
    values = []
    work = made.work or bits
    for i, operand in enumerate(operands):
        code = operand
        if bits < 64:
            code = text.line(f"trunc {text.wide} {operand} to {integer}")
        if active is not None:
            code = text.line(f"select {text.bit} {active}, {integer} {code}, {integer} {one}")
        codes.append(code)
        if made.source == _BF16:
            word = lanes_of("i32", lanes)
            code = text.line(f"zext {integer} {code} to {word}")
            code = text.line(f"shl {word} {code}, {splat('i32', 16, lanes)}")
            values.append(text.line(f"bitcast {word} {code} to {lanes_of('float', lanes)}"))
            # Times one: what is a signalling NaN is invalid.
            ones = splat("i32", _ONE[32], lanes)
            values.append(text.line(f"bitcast {word} {ones} to {lanes_of('float', lanes)}"))
            continue
        value = text.line(f"bitcast {integer} {code} to {lanes_of(_KIND[bits], lanes)}")
        value = text.extended(value, bits, work)
        if i in made.negated:
            value = text.line(f"fneg {lanes_of(_KIND[work], lanes)} {value}")
        values.append(value)
    result = values[0]
    done = work
    if made.name:
        done = work if made.work else made.target
        result = text.call(made.name, values, work, done, made.is_rounding)
    return text.result(
        result,
        done,
        made.target,
        products=codes if made.name == "fma" else (),
        bits_of_products=bits,
    )


class _Text:
    """Lines of one operation, and what they call."""

    def __init__(self, lanes: int, tag: str) -> None:
        self.lanes = lanes
        self.tag = tag
        self.lines: list[str] = []
        self.declarations: list[str] = []
        self.bit = lanes_of("i1", lanes)
        self.wide = lanes_of("i64", lanes)

    def line(self, text: str) -> str:
        """An instruction; gives the name of its value."""
        name = f"%{self.tag}.{len(self.lines)}"
        self.lines.append(f"  {name} = {text}")
        return name

    def call(
        self, name: str, values: list[str], source: int, target: int, is_rounding: bool = True
    ) -> str:
        """A constrained intrinsic."""
        modes = STRICT if is_rounding else 'metadata !"fpexcept.strict"'
        metadata = "metadata, metadata" if is_rounding else "metadata"
        kind, result = lanes_of(_KIND[source], self.lanes), lanes_of(_KIND[target], self.lanes)
        count = f"v{self.lanes}" if self.lanes > 1 else ""
        types = f"{count}{_SUFFIX[target]}"
        if source != target:
            types += f".{count}{_SUFFIX[source]}"
        called = f"@llvm.experimental.constrained.{name}.{types}"
        takes = ", ".join([kind] * len(values))
        self.declarations.append(f"declare {result} {called}({takes}, {metadata})")
        listed = ", ".join(f"{kind} {value}" for value in values)
        return self.line(f"call {result} {called}({listed}, {modes}) strictfp")

    def extended(self, value: str, bits: int, work: int) -> str:
        """A value in a wider format; halves by way of binary32, as hosts convert them."""
        if bits == 16 < work:
            value, bits = self.call("fpext", [value], 16, 32, False), 32
        return value if bits == work else self.call("fpext", [value], bits, work, False)

    def narrowed(self, value: str, bits: int, target: int) -> str:
        """A value as a half, rounded once more."""
        if bits == 64:
            # To odd, at the last digit that a binary32 has: the conversion is exact then.
            kind, lanes = lanes_of("double", self.lanes), self.lanes
            code = self.line(f"bitcast {kind} {value} to {self.wide}")
            lost = self.line(f"and {self.wide} {code}, {splat('i64', (1 << 29) - 1, lanes)}")
            some = self.line(f"icmp ne {self.wide} {lost}, {splat('i64', 0, lanes)}")
            odd = splat("i64", 1 << 29, lanes)
            none = splat("i64", 0, lanes)
            jam = self.line(f"select {self.bit} {some}, {self.wide} {odd}, {self.wide} {none}")
            kept = self.line(f"and {self.wide} {code}, {splat('i64', -1 << 29, lanes)}")
            code = self.line(f"or {self.wide} {kept}, {jam}")
            value = self.line(f"bitcast {self.wide} {code} to {kind}")
            value = self.call("fptrunc", [value], 64, 32)
        return self.call("fptrunc", [value], 32, target)

    def result(
        self,
        value: str,
        bits: int,
        target: int,
        *,
        products: Sequence[str] = (),
        bits_of_products: int = 0,
        can_be_nan: bool = True,
    ) -> tuple[list[str], str, list[str]]:
        """A value of so many bits as i64 of a code, its NaN the canonical one."""
        lanes = self.lanes
        if bits > target:
            value = self.narrowed(value, bits, target)
        integer = lanes_of(f"i{target}", lanes)
        code = self.line(f"bitcast {lanes_of(_KIND[target], lanes)} {value} to {integer}")
        if can_be_nan:
            magnitude = splat(f"i{target}", (1 << target - 1) - 1, lanes)
            infinity = splat(f"i{target}", _INFINITY[target], lanes)
            nan = splat(f"i{target}", _NAN[target], lanes)
            absolute = self.line(f"and {integer} {code}, {magnitude}")
            is_nan = self.line(f"icmp ugt {integer} {absolute}, {infinity}")
            code = self.line(f"select {self.bit} {is_nan}, {integer} {nan}, {integer} {code}")
            if products:
                self.lines += _invalid_products(products, bits_of_products, lanes, self.tag, is_nan)
        if target < 64:
            code = self.line(f"zext {integer} {code} to {self.wide}")
        return self.lines, code, self.declarations


def _invalid_products(
    codes: Sequence[str], bits: int, lanes: int, tag: str, is_nan: str
) -> list[str]:
    """Infinity times zero is invalid even if a quiet NaN is added; hosts differ in that."""
    bit, integer = lanes_of("i1", lanes), lanes_of(f"i{bits}", lanes)
    any_nan = is_nan
    lines = []
    if lanes > 1:
        lines.append(f"  %{tag}.any = call i1 @llvm.vector.reduce.or.v{lanes}i1({bit} {is_nan})")
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


def _integer(text: _Text, name: str, operand: str, active: str | None) -> str:
    """An integer as a float, of `work` bits if there are such."""
    made, lanes = OPERATIONS[name], text.lanes
    width, is_signed = _INTEGERS[name]
    # The narrowest signed integer that holds it: hosts convert 32 bits at once more readily.
    size = 64 if width == 64 or (width == 32 and not is_signed) else 32
    integer = lanes_of(f"i{size}", lanes)
    source = operand
    if width < 64:
        narrow = lanes_of(f"i{width}", lanes)
        source = text.line(f"trunc {text.wide} {operand} to {narrow}")
        if width < size:
            extend = "sext" if is_signed else "zext"
            source = text.line(f"{extend} {narrow} {source} to {integer}")
    if active is not None:
        one = splat(f"i{size}", 1, lanes)
        source = text.line(f"select {text.bit} {active}, {integer} {source}, {integer} {one}")
    work = made.work or made.target
    kind = lanes_of(_KIND[work], lanes)
    count = f"v{lanes}" if lanes > 1 else ""
    called = f"@llvm.experimental.constrained.sitofp.{count}{_SUFFIX[work]}.{count}i{size}"
    text.declarations.append(f"declare {kind} {called}({integer}, metadata, metadata)")
    return text.line(f"call {kind} {called}({integer} {source}, {STRICT}) strictfp")
