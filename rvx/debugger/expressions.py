"""What users write for numbers: registers, symbols, arithmetic, comparisons, memory in brackets."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from functools import partial

from rvx.debugger.registers import Register
from rvx.debugger.session import Condition, DebugProblem, Session
from rvx.isa.bits import Address

_BINARY: Mapping[type, Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.floordiv,
    ast.Mod: operator.mod,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}
_UNARY: Mapping[type, Callable[[int], int]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
}
_COMPARISONS: Mapping[type, Callable[[int, int], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_MOST_BITS = 1 << 12
_NAME = re.compile(r"\$?[A-Za-z_.][\w.$]*")
_WORDS = ("and", "or", "not")
_OF_C = (
    (re.compile(r"&&"), " and "),
    (re.compile(r"\|\|"), " or "),
    (re.compile(r"!(?!=)"), " not "),
)
_Number = Callable[[], int]
_Read = Callable[[Register], int]


def evaluate(session: Session, text: str) -> int:
    """The number that an expression stands for.

    `[EXPRESSION]` is the word in memory there; a name is a register, or else a symbol's address, in
    front of which users of GDB write `&`. A comparison is 1 or 0. Registers are those of the frame
    that is selected.

    Raises:
        DebugProblem: it is none.
    """
    return _parse(session, text, session.value)()


def condition(session: Session, text: str) -> Condition:
    """An expression that is evaluated again and again.

    Raises:
        DebugProblem: it is none. What its memory holds is not looked at yet.
    """
    return Condition(text, _parse(session, text, lambda register: register.read()))


def _parse(session: Session, text: str, read: _Read) -> _Number:
    names: dict[str, str] = {}

    def stand_in(found: re.Match[str]) -> str:
        if found.group() in _WORDS:
            return found.group()
        name = f"name{len(names)}_"
        names[name] = found.group().removeprefix("$")
        return name

    spelled = text.strip().removeprefix("&")
    for pattern, word in _OF_C:
        spelled = pattern.sub(word, spelled)
    spelled = re.sub(r"(?<![\w.$])" + _NAME.pattern, stand_in, spelled).strip()
    try:
        made = _Reader(session, names, read).read(ast.parse(spelled, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, DebugProblem):
            raise
        raise DebugProblem(
            f"'{text}' is no expression: write numbers, registers, symbols, + - * / & | ^, "
            f"comparisons, and [ADDRESS] for what is in memory"
        ) from None

    def number() -> int:
        try:
            return made()
        except ZeroDivisionError:
            raise DebugProblem(f"'{text}' divides by 0") from None

    return number


class _Reader:
    """Makes functions of the nodes of an expression, so that it is read once.

    Args:
        session: whose registers and memory it is about.
        names: what users have written, by the names in the nodes.
        read: gives what a register holds.
    """

    def __init__(self, session: Session, names: Mapping[str, str], read: _Read) -> None:
        self._session, self._names, self._read = session, names, read
        self._xlen = session.machine.isa.xlen

    def read(self, node: ast.expr) -> _Number:
        """What gives the number of a node.

        Raises:
            DebugProblem: a name means nothing.
            ValueError: it is no expression of ours.
        """
        if isinstance(node, ast.Constant) and type(node.value) is int:
            value = node.value
            return lambda: value
        if isinstance(node, ast.Name):
            return self._named(self._names[node.id])
        if isinstance(node, ast.BinOp):
            return self._binary(type(node.op), self.read(node.left), self.read(node.right))
        if isinstance(node, ast.UnaryOp):
            operand = self.read(node.operand)
            if isinstance(node.op, ast.Not):
                return lambda: int(not operand())
            unary = _UNARY[type(node.op)]
            return lambda: unary(operand())
        if isinstance(node, ast.BoolOp):
            parts = [self.read(one) for one in node.values]
            if isinstance(node.op, ast.And):
                return lambda: int(all(part() for part in parts))
            return lambda: int(any(part() for part in parts))
        if isinstance(node, ast.Compare):
            return self._compare(node)
        if isinstance(node, ast.List) and len(node.elts) == 1:
            return self._memory(self.read(node.elts[0]))
        raise ValueError

    def _named(self, name: str) -> _Number:
        if name in self._session.registers:
            return partial(self._read, self._session.registers[name])
        symbol = self._session.machine.executable.symbols.by_name.get(name)
        if symbol is None:
            raise DebugProblem(f"there is no register and no symbol '{name}'")
        address = symbol.address
        return lambda: address

    @staticmethod
    def _binary(kind: type, left: _Number, right: _Number) -> _Number:
        if kind in _BINARY:
            operation = _BINARY[kind]
            return lambda: operation(left(), right())
        if kind not in (ast.LShift, ast.RShift):
            raise ValueError

        def shifted() -> int:
            value, by = left(), right()
            if not 0 <= by < _MOST_BITS:
                raise DebugProblem(f"numbers are shifted by 0 to {_MOST_BITS - 1}, not by {by}")
            return value << by if kind is ast.LShift else value >> by

        return shifted

    def _compare(self, node: ast.Compare) -> _Number:
        parts = [self.read(one) for one in (node.left, *node.comparators)]
        if any(type(one) not in _COMPARISONS for one in node.ops):
            raise ValueError
        operations = [_COMPARISONS[type(one)] for one in node.ops]

        def holds() -> int:
            numbers = [self._signed(part()) for part in parts]
            return int(
                all(
                    operation(left, right)
                    for operation, left, right in zip(
                        operations, numbers[:-1], numbers[1:], strict=True
                    )
                )
            )

        return holds

    def _signed(self, value: int) -> int:
        """As blt takes it, so that a register that holds -1 is equal to -1 and less than 0.

        What is wider than a register, such as a quire, is compared as it is.
        """
        half = 1 << self._xlen - 1
        return value - 2 * half if half <= value < 2 * half else value

    def _memory(self, address: _Number) -> _Number:
        size = self._xlen // 8
        mask = (1 << self._xlen) - 1

        def word() -> int:
            return int.from_bytes(self._session.get_memory(address() & mask, size), "little")

        return word


def location(session: Session, text: str) -> Address:
    """An address of code: a symbol, FILE:LINE, a line of the present source, or `*EXPRESSION`.

    Raises:
        DebugProblem: there is none.
    """
    text = text.strip()
    if not text:
        return session.pc
    if text.startswith("*"):
        return evaluate(session, text[1:])
    symbol = session.machine.executable.symbols.by_name.get(text)
    if symbol is not None:
        return symbol.address
    file, _, number = text.rpartition(":")
    if number.isascii() and number.isdigit() and len(number) < 9:
        here = session.code.line_of(session.place)
        name = file or ("" if here is None else here.file)
        found = session.code.find_line(name, int(number))
        if not found:
            raise DebugProblem(f"no code comes from {name or 'a source'}:{number} or below")
        return found[0]
    if re.fullmatch(r"0x[0-9a-fA-F]+", text):
        return int(text, 16)
    raise DebugProblem(
        f"'{text}' is no place in the code: write a symbol, FILE:LINE, a line, or *ADDRESS"
    )
