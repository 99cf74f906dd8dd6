"""IDL carried out as its description has it: every number is its bits, its width and its sign.

This shares the trees with rvx and nothing else: no ranges, no masks that may be left out, and
numbers of any width.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from rvx.udb.syntax import (
    Assignment,
    Binary,
    Call,
    Cast,
    Choice,
    Concatenation,
    CsrValue,
    Declaration,
    Element,
    Execution,
    For,
    If,
    Name,
    Number,
    Replication,
    Slice,
    Truth,
    Unary,
)

WITHOUT_EFFECT = (
    *("delay", "fence_tso", "sync_read_after_write_device", "sync_write_after_read_device"),
)


class Bits(NamedTuple):
    """A number: `raw` is not negative, whatever the sign."""

    raw: int
    width: int
    is_signed: bool = False

    @property
    def value(self) -> int:
        """The number that is meant."""
        if self.is_signed and self.raw >> self.width - 1:
            return self.raw - (1 << self.width)
        return self.raw

    def to(self, width: int, is_signed: bool = False) -> Bits:
        """Cut off, or extended by its own sign."""
        return Bits(self.value & (1 << width) - 1, width, is_signed)


class Illegal(Exception):
    """The operation has raised IllegalInstruction."""


@dataclass
class Hart:
    """What an operation works on: registers as unsigned numbers, memory by address."""

    xlen: int
    x: list[int]
    pc: int = 0
    memory: dict[int, int] = field(default_factory=dict)
    next_pc: int | None = None


Fields = dict[str, Bits]


@dataclass
class Interpreter:
    """Carries out one operation.

    Attributes:
        hart: what it works on.
        fields: the operands, as the word holds them.
        is_strict: whether literals that are shifted or negated, and sums of literals and fields,
            have as many bits as the language gives them.
    """

    hart: Hart
    fields: Fields
    is_strict: bool = False
    scope: dict[str, Any] = field(default_factory=dict)

    def run(self, statements: Any) -> None:
        for one in statements:
            self._statement(one)

    def _statement(self, one: Any) -> None:
        match one:
            case Declaration(type=kind, names=names, value=value):
                width = self._width(kind)
                for name in names:
                    given = False if width == 0 else Bits(0, width)
                    if value is not None:
                        given = self.value(value)
                        given = given.to(width) if width else given
                    self.scope[name] = given
            case Assignment(target=Name(name="$pc"), value=value):
                self.hart.next_pc = self.value(value).to(self.hart.xlen).raw
            case Assignment(target=Name(name=name), value=value):
                given, old = self.value(value), self.scope[name]
                self.scope[name] = given if isinstance(old, bool) else given.to(old.width)
            case Assignment(target=Element(value=Name(name="X"), index=index), value=value):
                number, given = self.value(index).value, self.value(value).to(self.hart.xlen).raw
                if number:
                    self.hart.x[number] = given
            case Assignment(target=Element(value=Name(name=name), index=at), value=value):
                self._put(name, self.value(at).value, 1, value)
            case Assignment(target=Slice(value=Name(name=name), high=high, low=low), value=value):
                at = self.value(low).value
                self._put(name, at, self.value(high).value - at + 1, value)
            case If(test=test, then=then, otherwise=otherwise):
                self.run(then if self.value(test) else otherwise)
            case For(first=first, test=test, step=step, body=body):
                self._statement(first)
                while self.value(test):
                    self.run(body)
                    self._statement(step)
            case Execution(call=Call() as call) if call.function not in WITHOUT_EFFECT:
                self._execute(call)
            case Execution():
                pass
            case _:
                raise NotImplementedError(one)

    def _put(self, name: str, at: int, width: int, value: Any) -> None:
        old, given = self.scope[name], self.value(value).to(width).raw
        mask = (1 << width) - 1 << at
        self.scope[name] = Bits((old.raw & ~mask | given << at) & (1 << old.width) - 1, old.width)

    def _width(self, kind: Any) -> int:
        if kind.name == "Bits":
            return int(self.value(kind.width).value)
        return {"XReg": self.hart.xlen, "U32": 32, "U64": 64, "Boolean": 0}[kind.name]

    def _execute(self, call: Call) -> None:
        match call:
            case Call(function="jump" | "jump_halfword", arguments=[target]):
                self.hart.next_pc = self.value(target).to(self.hart.xlen).raw
            case Call(function="write_memory", template=[size], arguments=[address, value, *_]):
                at, bits = self.value(address).to(self.hart.xlen).raw, self.value(size).value
                given = self.value(value).to(bits).raw
                for i in range(bits // 8):
                    place = at + i & self._last
                    if place not in self.hart.memory:
                        raise KeyError(place)
                    self.hart.memory[place] = given >> 8 * i & 0xFF
            case Call(function="raise"):
                raise Illegal
            case _:
                raise NotImplementedError(call)

    @property
    def _last(self) -> int:
        return (1 << self.hart.xlen) - 1

    def value(self, node: Any) -> Any:
        """A `Bits`, or a bool."""
        xlen = self.hart.xlen
        match node:
            case Truth(value=value):
                return value
            case Number(value=value, width=None, is_signed=is_signed):
                return Bits(value, max(value.bit_length(), 1) + is_signed, is_signed)
            case Number(value=value, width=width, is_signed=is_signed):
                return Bits(value, width or xlen, is_signed)
            case Name(name="$pc"):
                return Bits(self.hart.pc, xlen)
            case Name(name="MXLEN"):
                return Bits(xlen, 7)
            case Name(name=name):
                return self.scope[name] if name in self.scope else self.fields[name]
            case Unary(op="!", value=value):
                return not self.value(value)
            case Unary(op=op, value=value):
                given = self._widened(value)
                raw = ~given.raw if op == "~" else -given.raw
                return Bits(raw & (1 << given.width) - 1, given.width, given.is_signed)
            case Binary():
                return self._binary(node)
            case Choice(test=test, then=then, otherwise=otherwise):
                a, b = self.value(then), self.value(otherwise)
                chosen = a if self.value(test) else b
                return chosen.to(max(a.width, b.width), a.is_signed and b.is_signed)
            case Concatenation(parts=parts):
                raw = width = 0
                for part in parts:
                    given = self.value(part)
                    raw, width = raw << given.width | given.raw, width + given.width
                return Bits(raw, width)
            case Replication(count=count, value=value):
                given, n = self.value(value), self.value(count).value
                return Bits(sum(given.raw << given.width * i for i in range(n)), given.width * n)
            case Element(value=Name(name="X"), index=index):
                return Bits(self.hart.x[self.value(index).value], xlen)
            case Element(value=value, index=index):
                return Bits(self.value(value).raw >> self.value(index).value & 1, 1)
            case Slice(value=value, high=high, low=low):
                at, top = self.value(low).value, self.value(high).value
                return Bits(self.value(value).raw >> at & (1 << top - at + 1) - 1, top - at + 1)
            case Cast(function="$signed", value=value):
                given = self.value(value)
                return Bits(given.raw, given.width, True)
            case Cast(value=value):
                return self.value(value)
            case CsrValue(csr="misa"):
                return Bits(1, 1)
            case Call():
                return self._call(node)
        raise NotImplementedError(node)

    def _call(self, node: Call) -> Any:
        xlen = self.hart.xlen
        match node:
            case Call(function="xlen"):
                return Bits(xlen, 8)
            case Call(function="implemented?"):
                return True
            case Call(function="sext", arguments=[value, first]):
                bits = self.value(first).value
                given = Bits(self.value(value).to(xlen).raw & (1 << bits) - 1, bits, True)
                return given.to(xlen)
            case Call(function="creg2reg", arguments=[value]):
                return Bits(self.value(value).raw + 8, 5)
            case Call(function="highest_set_bit", arguments=[value]):
                return Bits(self.value(value).to(xlen).raw.bit_length() - 1 & 0xFF, 8)
            case Call(function="lowest_set_bit", arguments=[value]):
                raw = self.value(value).to(xlen).raw
                return Bits((raw & -raw).bit_length() - 1 if raw else xlen, 8)
            case Call(function="read_memory", template=[size], arguments=[address, *_]):
                at, bits = self.value(address).to(xlen).raw, self.value(size).value
                each = (self.hart.memory[at + i & self._last] << 8 * i for i in range(bits // 8))
                return Bits(sum(each), bits)
        raise NotImplementedError(node)

    def _widened(self, node: Any) -> Bits:
        given: Bits = self.value(node)
        if isinstance(node, Number) and node.width is None and not self.is_strict:
            return given.to(self.hart.xlen, given.is_signed)
        return given

    def _is_field_or_literal(self, node: Any) -> bool:
        if isinstance(node, Name):
            return node.name in self.fields and node.name not in self.scope
        return isinstance(node, Number) and node.width is None

    def _binary(self, node: Binary) -> Any:
        op = node.op
        if op in ("&&", "||"):
            left = self.value(node.left)
            return (
                (left and self.value(node.right))
                if op == "&&"
                else (left or self.value(node.right))
            )
        if op in ("<<", ">>", ">>>", "`<<"):
            return self._shifted(node)
        a, b = self.value(node.left), self.value(node.right)
        if isinstance(a, bool):
            return (a == b) if op == "==" else (a != b)
        width = max(a.width, b.width)
        both = (node.left, node.right)
        if op in ("+", "*") and all(self._is_field_or_literal(each) for each in both):
            width = width if self.is_strict else max(width, self.hart.xlen)
        is_signed = a.is_signed and b.is_signed
        if op.startswith("`"):
            width = a.width + b.width if op == "`*" else width + 1
            is_signed = False
        a, b = a.to(width, is_signed), b.to(width, is_signed)
        x, y = a.value, b.value
        if op in _COMPARED:
            return _COMPARED[op](x, y)
        return Bits(_COMPUTED[op.lstrip("`")](x, y) & (1 << width) - 1, width, is_signed)

    def _shifted(self, node: Binary) -> Bits:
        given = self._widened(node.left) if node.op == "<<" else self.value(node.left)
        count = self.value(node.right).raw
        if node.op == "<<" and isinstance(node.left, Slice) and not self.is_strict:
            given = given.to(max(given.width, self.hart.xlen))
        width = given.width + count if node.op == "`<<" else given.width
        if node.op == ">>":
            raw = given.raw >> count
        elif node.op == ">>>":
            raw = Bits(given.raw, given.width, True).value >> count
        else:
            raw = given.raw << count if count < 4096 else 0
        return Bits(raw & (1 << width) - 1, width, given.is_signed)


_COMPARED = {
    "==": lambda x, y: x == y,
    "!=": lambda x, y: x != y,
    "<": lambda x, y: x < y,
    ">": lambda x, y: x > y,
    "<=": lambda x, y: x <= y,
    ">=": lambda x, y: x >= y,
}
_COMPUTED = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "/": lambda x, y: x // y,
    "%": lambda x, y: x % y,
    "&": lambda x, y: x & y,
    "|": lambda x, y: x | y,
    "^": lambda x, y: x ^ y,
}
