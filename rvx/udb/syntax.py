"""IDL, the language of riscv-unified-db, as far as operations use it: text to trees.

The language is described in doc/idl.adoc of the database. Its grammar there is a parsing expression
grammar, which a reader by recursive descent follows as it stands: a `<` behind a name begins
arguments of a template wherever a `>(` ends them, and is less-than otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from rvx.errors import Exit, RvxError

Made = TypeVar("Made")


class IdlError(RvxError):
    """An operation that is not IDL, or not of the part that rvx reads."""

    exit_code = Exit.SOURCE


@dataclass(frozen=True)
class Number:
    """A literal. `width` is 0 for that of a register, and None for as few bits as it needs."""

    value: int
    width: int | None = None
    is_signed: bool = False


@dataclass(frozen=True)
class Truth:
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True)
class Text:
    """A text, as `assert` takes one."""

    value: str


@dataclass(frozen=True)
class Name:
    """A variable, a constant, `$pc` or `$encoding`."""

    name: str


@dataclass(frozen=True)
class Member:
    """`ExceptionCode::IllegalInstruction`."""

    enumeration: str
    name: str


@dataclass(frozen=True)
class Unary:
    """`~a`, `-a` or `!a`."""

    op: str
    value: Expression


@dataclass(frozen=True)
class Binary:
    """Two operands; a backquote in front of the operator widens the result."""

    op: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Choice:
    """`test ? then : otherwise`."""

    test: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True)
class Concatenation:
    """`{a, b}`, the highest bits first."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Replication:
    """`{n{a}}`."""

    count: Expression
    value: Expression


@dataclass(frozen=True)
class Element:
    """`a[i]`: a bit of a number, or a register of `X`."""

    value: Expression
    index: Expression


@dataclass(frozen=True)
class Slice:
    """`a[high:low]`."""

    value: Expression
    high: Expression
    low: Expression


@dataclass(frozen=True)
class Cast:
    """`$signed(a)` or `$bits(a)`."""

    function: str
    value: Expression


@dataclass(frozen=True)
class Call:
    """`f<32>(a, b)`."""

    function: str
    template: tuple[Expression, ...]
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class CsrValue:
    """`CSR[name]`, or a field of it: `CSR[name].FIELD`."""

    csr: str
    field: str = ""


@dataclass(frozen=True)
class CsrCall:
    """`CSR[name].sw_read()`."""

    csr: str
    function: str
    arguments: tuple[Expression, ...]


Expression = (
    Number
    | Truth
    | Text
    | Name
    | Member
    | Unary
    | Binary
    | Choice
    | Concatenation
    | Replication
    | Element
    | Slice
    | Cast
    | Call
    | CsrValue
    | CsrCall
)


@dataclass(frozen=True)
class Type:
    """`Bits<width>`; the other types have a name."""

    name: str
    width: Expression | None = None


@dataclass(frozen=True)
class Declaration:
    """`XReg a = b;`, or several variables that are 0."""

    type: Type
    names: tuple[str, ...]
    value: Expression | None = None


@dataclass(frozen=True)
class Assignment:
    """`a = b;`, also for `a++` and `a--`."""

    target: Expression
    value: Expression


@dataclass(frozen=True)
class Execution:
    """A call for what it does."""

    call: Call | CsrCall


@dataclass(frozen=True)
class If:
    """`if (test) { ... } else { ... }`, and `...; if test`."""

    test: Expression
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...] = ()


@dataclass(frozen=True)
class For:
    """`for (first; test; step) { ... }`."""

    first: Declaration
    test: Expression
    step: Assignment
    body: tuple[Statement, ...]


Statement = Declaration | Assignment | Execution | If | For

_TOKEN = re.compile(
    r"""(?P<space>(?:\s+|\#[^\n]*)+)
    |(?P<csr>CSR\s*\[\s*[a-z][a-z0-9_.]*\s*\])
    |(?P<number>(?:\d+|MXLEN)?'(?:s?[bodh])?s?[0-9a-fA-F][0-9a-fA-F_]*
        |0x[0-9a-fA-F_]+s?|0b[01_]+s?|\d[\d_]*s?)
    |(?P<name>\$?[A-Za-z][A-Za-z0-9_]*(?:\?(?=\s*[(<]))?)
    |(?P<text>"[^"]*")
    |(?P<op>`<<|>>>|`[-+*]|<<|>>|<=|>=|==|!=|&&|\|\||::|\+\+|--|[-+*/%&|^~!<>=?:;,.(){}\[\]])""",
    re.VERBOSE,
)
_LEVELS = (
    ("||",),
    ("&&",),
    ("|",),
    ("^",),
    ("&",),
    ("==", "!="),
    ("<=", ">=", "<", ">"),
    ("`<<", "<<", ">>>", ">>"),
    ("`+", "`-", "+", "-"),
    ("/", "%", "`*", "*"),
)
"""Binary operators, those that bind least first."""
_TYPES = ("XReg", "Bits", "Boolean", "U32", "U64", "String")
_RADIX = {"b": 2, "o": 8, "d": 10, "h": 16}
_MOST_NESTED = 60
"""Brackets within brackets: more are refused, before Python runs out of its stack."""


def parse(text: str) -> tuple[Statement, ...]:
    """The statements of an operation.

    Raises:
        IdlError: it is not IDL; the sentence names the line and what stands there.
    """
    return _Reader(text).everything()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str, int]] = []
        at = 0
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise self._error(at, f"'{text[at]}' is no part of the language")
            if found.lastgroup != "space":
                self.tokens.append((str(found.lastgroup), found.group(), at))
            at = found.end()
        self.tokens.append(("end", "", len(text)))
        self.at = 0
        self.depth = 0
        self.is_in_template = False

    def _error(self, at: int, sentence: str) -> IdlError:
        return IdlError(f"line {self.text.count(chr(10), 0, at) + 1} of its operation: {sentence}")

    def _wrong(self, wanted: str) -> IdlError:
        _, found, at = self.tokens[self.at]
        there = f"'{found}' stands" if found else "the end is"
        return self._error(at, f"{there} where {wanted} should be")

    @property
    def _kind(self) -> str:
        return self.tokens[self.at][0]

    @property
    def _here(self) -> str:
        kind, text, _ = self.tokens[self.at]
        return text if kind in ("op", "name") else f"({kind})"

    def _take(self, wanted: str) -> bool:
        if self._here != wanted:
            return False
        self.at += 1
        return True

    def _need(self, wanted: str) -> None:
        if not self._take(wanted):
            raise self._wrong(f"'{wanted}'")

    def _word(self, wanted: str) -> str:
        if self._kind != "name":
            raise self._wrong(wanted)
        self.at += 1
        return self.tokens[self.at - 1][1]

    # --- Statements

    def everything(self) -> tuple[Statement, ...]:
        made = []
        while self._kind != "end":
            made.append(self._statement())
        return tuple(made)

    def _block(self) -> tuple[Statement, ...]:
        self._need("{")
        made = []
        while not self._take("}"):
            made.append(self._statement())
        return tuple(made)

    def _statement(self) -> Statement:
        self._enter()
        try:
            if self._take("if"):
                return self._if()
            if self._take("for"):
                return self._for()
            made = self._simple()
            if self._take("if"):
                made = If(self.expression(), (made,))
            self._need(";")
            return made
        finally:
            self.depth -= 1

    def _enter(self) -> None:
        self.depth += 1
        if self.depth > _MOST_NESTED:
            raise self._error(self.tokens[self.at][2], "too much stands within each other")

    def _if(self) -> If:
        self._need("(")
        test = self.expression()
        self._need(")")
        then = self._block()
        if not self._take("else"):
            return If(test, then)
        return If(test, then, (self._statement(),) if self._here == "if" else self._block())

    def _for(self) -> For:
        self._need("(")
        first = self._simple()
        if not isinstance(first, Declaration):
            raise self._wrong("a loop with a variable of its own")
        self._need(";")
        test = self.expression()
        self._need(";")
        step = self._simple()
        if not isinstance(step, Assignment):
            raise self._wrong("a step of the variable, such as i++,")
        self._need(")")
        return For(first, test, step, self._block())

    def _simple(self) -> Statement:
        if self._here in _TYPES:
            return self._declaration()
        declared = self._attempt(self._declaration)
        if declared is not None:
            return declared
        target = self._postfix()
        for sign in ("++", "--"):
            if self._take(sign):
                return Assignment(target, Binary(sign[0], target, Number(1)))
        if self._take("="):
            return Assignment(target, self.expression())
        if not isinstance(target, Call | CsrCall):
            raise self._wrong("'=' or a call")
        return Execution(target)

    def _declaration(self) -> Declaration:
        kind = self._type()
        names = [self._word("a name")]
        while self._take(","):
            names.append(self._word("a name"))
        value = None
        if self._here == "[":
            raise self._wrong("no array, which rvx does not read,")
        if len(names) == 1 and self._take("="):
            value = self.expression()
        elif self._here not in (";", "if"):
            raise self._wrong("';'")
        return Declaration(kind, tuple(names), value)

    def _type(self) -> Type:
        name = self._word("a type")
        if name != "Bits":
            if not name[0].isupper() or name in ("CSR", "X"):
                raise self._wrong("a type")
            return Type(name)
        self._need("<")
        width = self._template()
        self._need(">")
        return Type(name, width)

    def _template(self) -> Expression:
        before, self.is_in_template = self.is_in_template, True
        try:
            return self.expression()
        finally:
            self.is_in_template = before

    def _attempt(self, read: Callable[[], Made]) -> Made | None:
        """What a reader makes of what comes, None and back again if it is something else."""
        start, depth = self.at, self.depth
        try:
            return read()
        except IdlError:
            self.at, self.depth = start, depth
            return None

    # --- Expressions

    def expression(self) -> Expression:
        self._enter()
        test = self._binary(0)
        if self._take("?"):
            then = self.expression()
            self._need(":")
            test = Choice(test, then, self.expression())
        self.depth -= 1
        return test

    def _binary(self, level: int) -> Expression:
        if level == len(_LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while self._here in _LEVELS[level] and not (self.is_in_template and self._here == ">"):
            op = self._here
            self.at += 1
            left = Binary(op, left, self._binary(level + 1))
        return left

    def _unary(self) -> Expression:
        for op in ("~", "-", "!"):
            if self._take(op):
                self._enter()
                made = Unary(op, self._unary())
                self.depth -= 1
                return made
        return self._postfix()

    def _postfix(self) -> Expression:
        made = self._primary()
        while self._take("["):
            first = self._inside()
            is_slice = self._take(":")
            made = Slice(made, first, self._inside()) if is_slice else Element(made, first)
            self._need("]")
        return made

    def _inside(self) -> Expression:
        """An expression in brackets, where `>` is greater-than again."""
        before, self.is_in_template = self.is_in_template, False
        try:
            return self.expression()
        finally:
            self.is_in_template = before

    def _primary(self) -> Expression:
        kind, text, at = self.tokens[self.at]
        if kind == "number":
            self.at += 1
            return self._number(text, at)
        if kind == "text":
            self.at += 1
            return Text(text[1:-1])
        if kind == "csr":
            self.at += 1
            return self._csr(text.partition("[")[2].rstrip("]").strip())
        if self._take("("):
            made = self._inside()
            self._need(")")
            return made
        if self._take("{"):
            return self._braces()
        if kind == "name":
            self.at += 1
            return self._named(text)
        raise self._wrong("a value")

    def _braces(self) -> Expression:
        first = self._inside()
        if self._take("{"):
            value = self._inside()
            self._need("}")
            self._need("}")
            return Replication(first, value)
        parts = [first]
        while self._take(","):
            parts.append(self._inside())
        self._need("}")
        return Concatenation(tuple(parts))

    def _csr(self, name: str) -> Expression:
        if not self._take("."):
            return CsrValue(name)
        field = self._word("a field")
        if self._here == "(":
            return CsrCall(name, field, self._arguments())
        return CsrValue(name, field)

    def _named(self, name: str) -> Expression:
        if name in ("true", "false"):
            return Truth(name == "true")
        if self._take("::"):
            return Member(name, self._word("a name"))
        if name in ("$signed", "$bits"):
            arguments = self._arguments()
            if len(arguments) != 1:
                raise self._wrong(f"one value for {name}")
            return Cast(name, arguments[0])
        if self._here == "<":
            called = self._attempt(lambda: self._templated(name))
            if called is not None:
                return called
        if self._here == "(":
            return Call(name, (), self._arguments())
        return Name(name)

    def _templated(self, name: str) -> Call:
        self._need("<")
        template = [self._template()]
        while self._take(","):
            template.append(self._template())
        self._need(">")
        return Call(name, tuple(template), self._arguments())

    def _arguments(self) -> tuple[Expression, ...]:
        self._need("(")
        made: list[Expression] = []
        while not self._take(")"):
            if made:
                self._need(",")
            made.append(self._inside())
        return tuple(made)

    def _number(self, text: str, at: int) -> Number:
        plain = text.replace("_", "")
        width: int | None = None
        if "'" in plain:
            size, _, rest = plain.partition("'")
            width = 0 if size in ("", "MXLEN") else int(size)
            is_signed = rest[0] == "s"
            rest = rest[is_signed:]
            base = _RADIX.get(rest[0].lower() if not rest[0].isdigit() else "", 10)
            digits = rest if rest[0].isdigit() else rest[1:]
        else:
            is_signed = plain.endswith("s")
            plain = plain.rstrip("s")
            prefix, base = plain[:2], 10
            digits = plain
            if prefix in ("0x", "0b"):
                base, digits = (16 if prefix == "0x" else 2), plain[2:]
            elif len(plain) > 1 and plain[0] == "0":
                base = 8
        try:
            value = int(digits, base)
        except ValueError:
            raise self._error(at, f"'{text}' is no number") from None
        if width and value >> width:
            raise self._error(at, f"'{text}' does not fit its {width} bits")
        return Number(value, width, is_signed)
