"""Operand text to syntax trees, through the Lark grammar `asm/rvx.lark`.

Operands repeat: each distinct text is parsed once in the life of the process, which makes the
parser's share of assembling a long source small.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from rvx import disk, resources
from rvx.assembler.diagnostics import SourceError
from rvx.assembler.source.names import NAME
from rvx.assembler.source.syntax import (
    Binary,
    Braced,
    Enclosed,
    Expression,
    LocalLabel,
    Memory,
    Modified,
    Name,
    Number,
    Operand,
    Real,
    Text,
    TypeName,
    Unary,
)
from rvx.regex import regex

_ESCAPES = {"n": 10, "t": 9, "r": 13, "b": 8, "f": 12, "v": 11, "a": 7}
_ESCAPE = regex(r"\\([0-7]{1,3}|[xX][0-9a-fA-F]+|.)", re.DOTALL)
_PLAIN = regex(rf"(?P<name>{NAME})|(?P<number>-?(?:0[xX][0-9a-fA-F]+|0|[1-9][0-9]*))", re.ASCII)
_ADDRESS = regex(rf"(-?(?:0[xX][0-9a-fA-F]+|0|[1-9][0-9]*))\s*\(\s*({NAME})\s*\)", re.ASCII)
_REAL = regex(
    r"[-+]?(?:0[xX][0-9a-fA-F]+(?:\.[0-9a-fA-F]*)?[pP][-+]?[0-9]+"
    r"|[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+)",
    re.ASCII,
)
_SYMBOL = regex(NAME, re.ASCII)
_TYPE = regex(r"[@%][a-z_][a-z_0-9]*")
_SUM = regex(
    rf"(?:(?P<modifier>%[a-z_][a-z0-9_]*)\(\s*)?(?P<name>(?!STT_){NAME})"
    rf"(?:\s*(?P<sign>[-+])\s*(?:(?P<other>(?!STT_){NAME})"
    r"|(?P<number>0[xX][0-9a-fA-F]+|0|[1-9][0-9]*)))?"
    rf"(?(modifier)\s*\))(?:\s*\(\s*(?P<base>{NAME})\s*\))?",
    re.ASCII,
)
"""`symbol`, `symbol + number`, `symbol - symbol`, in a relocation function, with a register."""
_STRING = regex(r'"[^"\\]*(\\.[^"\\]*)*"')
_ENCLOSED = regex(rf"\(\s*({NAME})\s*\)", re.ASCII)
_PIECE = regex(r"""[^,"'(){}]+|"[^"\\]*(?:\\.[^"\\]*)*"|'(?:\\.[0-7]{0,2}|[^\\])'?|.""", re.DOTALL)
_OPERATOR = regex(r"[-+*/%|&^~!<>=(]")
MAX_DEPTH = 200
_LONGEST_REAL = 30


class _Builder:
    """Makes the syntax tree; the methods are named after the rules and aliases of the grammar."""

    def number(self, items: list[Any]) -> Number:
        return Number(parse_integer(str(items[0])))

    def character(self, items: list[Any]) -> Number:
        body = str(items[0])[1:]
        if len(body) > 1 and body.endswith("'"):
            body = body[:-1]
        return Number(unescape(body)[0])

    def local(self, items: list[Any]) -> LocalLabel:
        word = str(items[0])
        return LocalLabel(int(word[:-1]), word[-1] == "f")

    def name(self, items: list[Any]) -> Name:
        return Name(str(items[0]))

    def suffixed(self, items: list[Any]) -> Modified:
        return Modified(str(items[1]).lower(), items[0])

    def modified(self, items: list[Any]) -> Modified:
        return Modified(str(items[0]), items[1])

    def unary(self, items: list[Any]) -> Expression:
        if str(items[0]) == "-" and isinstance(items[1], Number):
            return Number(-items[1].value)
        return Unary(str(items[0]), items[1])

    def binary(self, items: list[Any]) -> Binary:
        operator = str(items[1])
        return Binary("!=" if operator == "<>" else operator, items[0], items[2])

    def binary_or(self, items: list[Any]) -> Binary:
        return Binary("||", items[0], items[1])

    def binary_and(self, items: list[Any]) -> Binary:
        return Binary("&&", items[0], items[1])

    def memory(self, items: list[Any]) -> Memory:
        return Memory(items[0], items[1])

    def text(self, items: list[Any]) -> Text:
        return Text(unescape(str(items[0])[1:-1]))

    def type(self, items: list[Any]) -> TypeName:
        word = str(items[0])
        return TypeName(word[1:] if word[0] in "@%" else word[4:].lower())

    def start(self, items: list[Any]) -> Operand:
        operand: Operand = items[0]
        return operand


@cache
def _parser() -> Callable[[str], Operand]:
    import lark

    builder = _Builder()
    rules = {name: getattr(builder, name) for name in dir(builder) if not name.startswith("_")}
    transformer = type("OperandBuilder", (lark.Transformer,), {})()
    for name, rule in rules.items():
        setattr(transformer, name, rule)
    parser = _tables()

    def parse(text: str) -> Operand:
        try:
            tree: Operand = transformer.transform(parser.parse(text))
        except lark.exceptions.VisitError as error:
            raise error.orig_exc from None
        return tree

    return parse


def _tables() -> Any:
    """The parser that Lark makes of the grammar, which is kept on disk: making it takes a while."""
    import hashlib

    import lark

    text = resources.asm("rvx.lark").read_text(encoding="utf-8")
    key = hashlib.sha256(f"{sys.version}\0{lark.__version__}\0{text}".encode()).hexdigest()
    path = disk.directory() / "grammar" / f"{key}.pickle"
    try:
        with path.open("rb") as file:
            return lark.Lark.load(file)
    except Exception:  # not there, or not whole: whatever unpickling it may say
        parser = lark.Lark(text, parser="lalr", lexer="contextual")
        made = io.BytesIO()
        parser.save(made)
        disk.store(path, made.getvalue())
        return parser


def parse_operand(text: str) -> Operand:
    """The syntax tree of one operand.

    Raises:
        SourceError: the text is not an operand.
    """
    if _STRING.fullmatch(text):  # seldom the same twice, so that remembering them is a waste
        return Text(unescape(text[1:-1]))
    return _operand(text)


@lru_cache(maxsize=1 << 13)
def _operand(text: str) -> Operand:
    """The same of an operand that is not a string."""
    plain = _PLAIN.fullmatch(text)
    if plain:  # the shapes that most operands have, as the grammar reads them too
        return Name(text) if plain["name"] else _plain_number(text)
    address = _ADDRESS.fullmatch(text)
    if address:
        return Memory(_plain_number(address[1]), Name(address[2]))
    if text.startswith("{") and text.endswith("}"):
        return Braced(tuple(part.strip() for part in text[1:-1].split(",")))
    total = _SUM.fullmatch(text)
    if total is not None:
        return _sum(total)
    if _TYPE.fullmatch(text):
        return TypeName(text[1:])
    if _REAL.fullmatch(text) and len(text) < _LONGEST_REAL:
        return Real(_real_value(text), text)
    enclosed = _ENCLOSED.fullmatch(text)
    return Enclosed(enclosed[1]) if enclosed else parse_by_grammar(text)


def parse_by_grammar(text: str) -> Operand:
    """The syntax tree that the grammar makes of an operand.

    Raises:
        SourceError: the text is not an operand.
    """
    import lark

    if len(text) > MAX_DEPTH and text[0] != '"' and len(_OPERATOR.findall(text)) > MAX_DEPTH:
        raise SourceError(
            f"the expression has more than {MAX_DEPTH} operators and parentheses",
            hint="give parts of it a name with .set",
        )
    try:
        tree = _parser()(text)
    except lark.exceptions.UnexpectedInput as error:
        raise _unexpected(text, error) from None
    return tree


def _real_value(text: str) -> float:
    if "x" not in text.lower():
        return float(text)
    try:
        return float.fromhex(text)
    except OverflowError:
        return float("-inf" if text[0] == "-" else "inf")


def _plain_number(text: str) -> Number:
    if text[0] == "-":
        return Number(-parse_integer(text[1:]))
    return Number(parse_integer(text))


def _sum(found: re.Match[str]) -> Operand:
    """The tree of what compilers write for an address."""
    modifier, name, sign, other, number, base = found.groups()
    made: Expression = Name(name)
    if sign:
        made = Binary(sign, made, Name(other) if other else _plain_number(number))
    if modifier:
        made = Modified(modifier, made)
    return Memory(made, Name(base)) if base else made


def _unexpected(text: str, error: Any) -> SourceError:
    if not text:
        return SourceError("an operand is missing here", hint="write a number, symbol or register")
    position = error.pos_in_stream
    rest = text[position:].strip() if position is not None and position >= 0 else ""
    is_end = getattr(getattr(error, "token", None), "type", "") == "$END"
    if is_end or not rest:
        return SourceError(
            f"operand '{text}' is not complete",
            hint="after an operator or '(' an expression is expected",
            text=text,
        )
    return SourceError(
        f"operand '{text}' makes no sense from '{rest}' on",
        hint="an operand is an expression, offset(register), a string or a type such as @function",
        text=rest,
    )


def split_operands(text: str) -> list[str]:
    """The comma-separated operands of a statement, stripped; commas in strings and () stay."""
    if not text:
        return []
    if not any(mark in text for mark in "\"'({"):
        return [part.strip() for part in text.split(",")]
    parts: list[str] = []
    current: list[str] = []
    depth = 0
    for piece in _PIECE.findall(text):
        if piece == "," and depth <= 0:
            parts.append("".join(current).strip())
            current = []
            continue
        depth += (piece in ("(", "{")) - (piece in (")", "}"))
        current.append(piece)
    parts.append("".join(current).strip())
    return parts


def parse_operands(text: str) -> list[Operand]:
    """The syntax trees of comma-separated operands."""
    return [parse_operand(part) for part in split_operands(text)]


def parse_expression(text: str) -> Expression:
    """The syntax tree of an expression.

    Raises:
        SourceError: the text is an operand of another kind, or none.
    """
    operand = parse_operand(text)
    if isinstance(operand, Memory | TypeName | Real | Braced):
        raise SourceError(
            f"'{text}' is not an expression", hint="write a number or a symbol", text=text
        )
    return operand


def parse_integer(text: str) -> int:
    """A literal in the bases of C: 0x, 0b, and 0 for octal; its suffix means nothing here."""
    text = text.rstrip("uUlL")
    if len(text) > 1 and text[0] == "0" and text[1].isdecimal():
        if not set(text) <= set("01234567"):
            raise SourceError(
                f"'{text}' begins with 0 and so is octal, but has the digits 8 or 9", text=text
            )
        return int(text, 8)
    if len(text) > 4000:
        raise SourceError(f"the number has {len(text)} digits; at most 4000 are read")
    return int(text, 0)


def plain_name(text: str) -> str:
    """The name that a word or a string stands for."""
    if text[:1] == '"' and _STRING.fullmatch(text):
        return unescape(text[1:-1]).decode("utf-8", "surrogateescape")
    return text


def symbol_name(text: str) -> str:
    """The name of a symbol: a word, or anything in quotes.

    Raises:
        SourceError: it is neither.
    """
    if _SYMBOL.fullmatch(text):
        return text
    name = plain_name(text)
    if name == text or not name:
        raise SourceError(
            f"'{text}' is not the name of a symbol" if text else "the name of a symbol is missing",
            hint="a name has letters, digits, '_', '.' and '$', and no digit in front; "
            "any other stands in quotes",
            text=text,
        )
    return name


def unescape(text: str) -> bytes:
    """The bytes of the inside of a string or character constant."""
    if "\\" not in text:
        return text.encode("utf-8", "surrogateescape")
    out = bytearray()
    at = 0
    for found in _ESCAPE.finditer(text):
        out += text[at : found.start()].encode("utf-8", "surrogateescape")
        at = found.end()
        body = found[1]
        if body[0] in "01234567":
            out.append(int(body, 8) & 0xFF)
        elif body[0] in "xX" and len(body) > 1:
            out.append(int(body[1:], 16) & 0xFF)
        elif body in _ESCAPES:
            out.append(_ESCAPES[body])
        else:
            out += body.encode("utf-8", "surrogateescape")
    out += text[at:].encode("utf-8", "surrogateescape")
    return bytes(out)
