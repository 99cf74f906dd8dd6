"""A reader of CoreDSL: the part of the language that exports use, carried out with all its widths.

Results are as wide as the language says, and only a cast makes them narrower: what is assigned,
handed over or returned has to fit by its type, whatever its value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

TOKEN = re.compile(
    r"\s+|//[^\n]*|(0x[0-9a-f]+|\d+|[A-Za-z_]\w*|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^~!<>=?:;,(){}\[\]])"
)
LEVELS = ["||", "&&", "|", "^", "&", "== !=", "< <= > >=", "<< >>", "+ -", "* / %"]
"""Signs between two operands, those that bind least first."""


@dataclass(frozen=True)
class Value:
    """A number and its type."""

    number: int
    width: int
    is_signed: bool

    def __post_init__(self) -> None:
        low = -(1 << self.width - 1) if self.is_signed else 0
        assert low <= self.number < low + (1 << self.width), self

    def fits(self, width: int, is_signed: bool) -> bool:
        """Whether all numbers of its type are numbers of another."""
        if self.is_signed and not is_signed:
            return False
        return self.width + (is_signed and not self.is_signed) <= width

    @property
    def as_signed(self) -> int:
        """Its width with a sign."""
        return self.width + (not self.is_signed)


def cast(number: int, width: int, is_signed: bool) -> Value:
    """A number cut to a type."""
    number &= (1 << width) - 1
    if is_signed and number >> width - 1:
        number -= 1 << width
    return Value(number, width, is_signed)


def plain(number: int) -> Value:
    """A literal, which has as few bits as it needs."""
    return Value(number, max(1, number.bit_length()), False)


TRUE, FALSE = plain(1), plain(0)


class Raised(Exception):
    """The exception of a number, or what an access outside of memory raises."""

    def __init__(self, cause: int) -> None:
        self.cause = cause


ACCESS = -1


class _Left(Exception):
    """The end of a function or of a loop."""

    def __init__(self, how: str, value: Value | None = None) -> None:
        self.how = how
        self.value = value


class Reader:
    """Functions and statements as nested tuples."""

    def __init__(self, text: str) -> None:
        self.tokens = [token for token in TOKEN.findall(text) if token]
        kept = re.sub(r"//[^\n]*|\s", "", text)
        assert "".join(self.tokens) == kept, text
        self.at = 0

    def next(self, wanted: str = "") -> str:
        token: str = self.tokens[self.at]
        assert token == wanted or not wanted, (token, wanted, self.tokens[: self.at][-9:])
        self.at += 1
        return token

    def sees(self, *tokens: str, ahead: int = 0) -> bool:
        return self.at + ahead < len(self.tokens) and self.tokens[self.at + ahead] in tokens

    def takes(self, token: str) -> bool:
        found = self.sees(token)
        self.at += found
        return found

    def functions(self) -> dict[str, tuple[Any, list[str], list[Any], Any]]:
        """All functions: what each gives, its parameters and their types, and its statements."""
        found = {}
        while self.at < len(self.tokens):
            gives = None if self.takes("void") else self.type()
            name = self.next()
            self.next("(")
            names, types = [], []
            while not self.takes(")"):
                types.append(self.type())
                names.append(self.next())
                assert self.takes(",") or self.sees(")")
            assert name not in found
            found[name] = gives, names, types, self.statement()
        return found

    def type(self) -> tuple[str, str]:
        sign = self.next()
        assert sign in ("signed", "unsigned"), sign
        if not self.takes("<"):
            return sign, ""
        width = self.next()
        self.next(">")
        return sign, width

    def statement(self) -> Any:
        if self.takes("{"):
            lines = []
            while not self.takes("}"):
                lines.append(self.statement())
            return ("block", lines)
        if self.takes("if"):
            test = self.grouped()
            then = self.statement()
            return ("if", test, then, self.statement() if self.takes("else") else ("block", []))
        if self.takes("while"):
            return ("while", self.grouped(), self.statement())
        found: Any
        if self.sees("break", "continue"):
            found = ("leave", self.next())
        elif self.takes("return"):
            found = ("return", None if self.sees(";") else self.expression())
        elif self.sees("signed", "unsigned"):
            of, name = self.type(), self.next()
            self.next("=")
            found = ("declare", of, name, self.expression())
        else:
            found = self.expression()
            if self.takes("="):
                found = ("set", found, self.expression())
        self.next(";")
        return found

    def grouped(self) -> Any:
        self.next("(")
        found = self.expression()
        self.next(")")
        return found

    def expression(self) -> Any:
        test = self.level(0)
        if not self.takes("?"):
            return test
        then = self.expression()
        self.next(":")
        return ("choose", test, then, self.expression())

    def level(self, number: int) -> Any:
        if number == len(LEVELS):
            return self.unary()
        left = self.level(number + 1)
        while self.sees(*LEVELS[number].split()):
            left = (self.next(), left, self.level(number + 1))
        return left

    def unary(self) -> Any:
        for sign in "-~!":
            if self.takes(sign):
                return ("unary", sign, self.unary())
        if self.sees("(") and self.sees("signed", "unsigned", ahead=1):
            self.next("(")
            of = self.type()
            self.next(")")
            return ("cast", of, self.unary())
        if self.sees("("):
            return self.grouped()
        token = self.next()
        if token[0].isdigit():
            return ("literal", int(token, 0))
        if self.takes("("):
            given = []
            while not self.takes(")"):
                given.append(self.expression())
                assert self.takes(",") or self.sees(")")
            return ("call", token, given)
        if self.takes("["):
            high = self.expression()
            low = self.expression() if self.takes(":") else high
            self.next("]")
            return ("place", token, high, low)
        return ("name", token)


@dataclass
class Hart:
    """What behaviours reach, and the functions that they call."""

    xlen: int
    functions: dict[str, tuple[Any, list[str], list[Any], Any]]
    x: list[int]
    pc: int = 0
    alignment: int = 2
    memory: dict[int, int] = field(default_factory=dict)
    next_pc: int | None = None

    def run(self, behaviour: Any, fields: dict[str, Value]) -> None:
        """Carries out the statements of an instruction.

        Raises:
            Raised: it has raised an exception.
        """
        self.do(behaviour, dict(fields))

    def of(self, type_: tuple[str, str], width: int = 0) -> tuple[int, bool]:
        sign, text = type_
        bits = width if not text else self.xlen if text == "XLEN" else int(text)
        return bits, sign == "signed"

    def fitted(self, value: Value, type_: tuple[str, str]) -> Value:
        """A value that is assigned without a cast."""
        width, is_signed = self.of(type_)
        assert value.fits(width, is_signed), (value, type_)
        return Value(value.number, width, is_signed)

    def do(self, node: Any, env: dict[str, Value]) -> None:
        match node:
            case ("block", lines):
                inner = dict(env)
                for line in lines:
                    self.do(line, inner)
                env |= {name: value for name, value in inner.items() if name in env}
            case ("declare", type_, name, what):
                assert name not in env, name
                env[name] = self.fitted(self.value(what, env), type_)
            case ("set", ("name", "PC"), what):
                self.next_pc = self.fitted(self.value(what, env), ("unsigned", "XLEN")).number
            case ("set", ("name", name), what):
                old = env[name]
                sign = "signed" if old.is_signed else "unsigned"
                env[name] = self.fitted(self.value(what, env), (sign, str(old.width)))
            case ("set", ("place", "X", number, _), what):
                at = self.value(number, env).number
                self.x[at] = self.fitted(self.value(what, env), ("unsigned", "XLEN")).number
            case ("set", ("place", "MEM", high, low), what):
                places = self.places(high, low, env)
                size = len(places)
                stored = self.fitted(self.value(what, env), ("unsigned", str(8 * size)))
                for place, byte in zip(places, stored.number.to_bytes(size, "little"), strict=True):
                    self.memory[place] = byte
            case ("if", test, then, otherwise):
                self.do(then if self.value(test, env).number else otherwise, env)
            case ("while", test, body):
                while self.value(test, env).number:
                    try:
                        self.do(body, env)
                    except _Left as left:
                        if left.how == "return":
                            raise
                        if left.how == "break":
                            break
            case ("leave", how):
                raise _Left(how)
            case ("return", what):
                raise _Left("return", None if what is None else self.value(what, env))
            case ("call", "raise", [("literal", 0), ("literal", cause)]):
                raise Raised(cause)
            case ("call", name, given):
                assert self.call(name, given, env) is None, f"the result of {name} is lost"
            case _:
                raise AssertionError(node)

    def places(self, high: Any, low: Any, env: dict[str, Value]) -> list[int]:
        """The bytes of an access; addresses wrap at the width of registers."""
        first, last = self.value(low, env).number, self.value(high, env).number
        places = [place & (1 << self.xlen) - 1 for place in range(first, last + 1)]
        assert places
        if not all(place in self.memory for place in places):
            raise Raised(ACCESS)
        return places

    def call(self, name: str, given: list[Any], env: dict[str, Value]) -> Value | None:
        gives, names, types, body = self.functions[name]
        values = [self.value(each, env) for each in given]
        inner = {
            each: self.fitted(value, type_)
            for each, value, type_ in zip(names, values, types, strict=True)
        }
        result = None
        try:
            self.do(body, inner)
        except _Left as left:
            result = left.value
        assert (gives is None) == (result is None), name
        return None if result is None else self.fitted(result, gives)

    def value(self, node: Any, env: dict[str, Value]) -> Value:
        match node:
            case ("literal", number):
                return plain(number)
            case ("name", "XLEN"):
                return plain(self.xlen)
            case ("name", "INSTR_ALIGNMENT"):
                return plain(self.alignment)
            case ("name", "PC"):
                return Value(self.pc, self.xlen, False)
            case ("name", name):
                return env[name]
            case ("place", "X", number, _):
                return Value(self.x[self.value(number, env).number], self.xlen, False)
            case ("place", "MEM", high, low):
                data = bytes(self.memory[place] for place in self.places(high, low, env))
                return Value(int.from_bytes(data, "little"), 8 * len(data), False)
            case ("cast", type_, what):
                value = self.value(what, env)
                return cast(value.number, *self.of(type_, value.width))
            case ("unary", "!", what):
                return FALSE if self.value(what, env).number else TRUE
            case ("unary", "~", what):
                value = self.value(what, env)
                return cast(~value.number, value.width, value.is_signed)
            case ("unary", "-", what):
                value = self.value(what, env)
                return Value(-value.number, value.width + 1, True)
            case ("choose", test, then, otherwise):
                return self.value(then if self.value(test, env).number else otherwise, env)
            case ("call", name, given):
                result = self.call(name, given, env)
                assert result is not None, name
                return result
            case ("&&", left, right):
                is_true = self.value(left, env).number and self.value(right, env).number
                return TRUE if is_true else FALSE
            case ("||", left, right):
                is_true = self.value(left, env).number or self.value(right, env).number
                return TRUE if is_true else FALSE
            case (sign, left, right):
                return combined(sign, self.value(left, env), self.value(right, env))
        raise AssertionError(node)


def combined(sign: str, a: Value, b: Value) -> Value:
    """What an operator gives, as wide as it may become."""
    x, y = a.number, b.number
    tests: dict[str, Callable[[int, int], bool]] = {
        "<": int.__lt__,
        "<=": int.__le__,
        ">": int.__gt__,
        ">=": int.__ge__,
        "==": int.__eq__,
        "!=": int.__ne__,
    }
    if sign in tests:
        return TRUE if tests[sign](x, y) else FALSE
    if sign in ("<<", ">>"):
        assert y >= 0, "a shift by a negative number"
        return cast(x << y if sign == "<<" else x >> y, a.width, a.is_signed)
    is_signed = a.is_signed or b.is_signed
    width = max(a.as_signed, b.as_signed) if is_signed else max(a.width, b.width)
    if sign in "&|^":
        bits = {"&": x & y, "|": x | y, "^": x ^ y}[sign]
        return Value(bits, width, is_signed)
    if sign in "/%":
        quotient = abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)
        return Value(quotient if sign == "/" else x - quotient * y, width + 1, is_signed)
    if sign == "*":
        return Value(x * y, a.width + b.width, is_signed)
    if sign == "-":
        return Value(x - y, max(a.as_signed, b.as_signed) + 1, True)
    return Value(x + y, width + 1, is_signed)
