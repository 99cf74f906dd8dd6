"""What users write for numbers: registers, symbols, arithmetic, memory in brackets."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping

from rvx.debugger.session import DebugProblem, Session
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
_MOST_BITS = 1 << 12
_NAME = re.compile(r"\$?[A-Za-z_.][\w.$]*")


def evaluate(session: Session, text: str) -> int:
    """The number that an expression stands for.

    `[EXPRESSION]` is the word in memory there; a name is a register, or else a symbol's address, in
    front of which users of GDB write `&`.

    Raises:
        DebugProblem: it is none.
    """
    names: dict[str, str] = {}

    def stand_in(found: re.Match[str]) -> str:
        name = f"name{len(names)}_"
        names[name] = found.group().removeprefix("$")
        return name

    spelled = re.sub(r"(?<![\w.$])" + _NAME.pattern, stand_in, text.strip().removeprefix("&"))
    try:
        tree = ast.parse(spelled, mode="eval").body
        return _value(session, tree, names, text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, DebugProblem):
            raise
        raise DebugProblem(
            f"'{text}' is no expression: write numbers, registers, symbols, + - * / & | ^, and "
            f"[ADDRESS] for what is in memory"
        ) from None
    except ZeroDivisionError:
        raise DebugProblem(f"'{text}' divides by 0") from None


def _value(session: Session, node: ast.expr, names: Mapping[str, str], text: str) -> int:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if isinstance(node, ast.Name):
        return _named(session, names[node.id])
    if isinstance(node, ast.BinOp):
        left = _value(session, node.left, names, text)
        right = _value(session, node.right, names, text)
        if isinstance(node.op, ast.LShift | ast.RShift) and 0 <= right < _MOST_BITS:
            return left << right if isinstance(node.op, ast.LShift) else left >> right
        if type(node.op) in _BINARY:
            return _BINARY[type(node.op)](left, right)
    if isinstance(node, ast.UnaryOp) and type(node.op) in _UNARY:
        return _UNARY[type(node.op)](_value(session, node.operand, names, text))
    if isinstance(node, ast.List) and len(node.elts) == 1:
        size = session.machine.isa.xlen // 8
        address = _value(session, node.elts[0], names, text) & (1 << 8 * size) - 1
        return int.from_bytes(session.get_memory(address, size), "little")
    raise ValueError


def _named(session: Session, name: str) -> int:
    if name in session.registers:
        return session.registers[name].read()
    symbol = session.machine.executable.symbols.by_name.get(name)
    if symbol is not None:
        return symbol.address
    raise DebugProblem(f"there is no register and no symbol '{name}'")


def location(session: Session, text: str) -> Address:
    """An address of code: a symbol, FILE:LINE, a line of the present source, or `*EXPRESSION`.

    Raises:
        DebugProblem: there is none.
    """
    text = text.strip()
    if not text:
        return session.machine.pc
    if text.startswith("*"):
        return evaluate(session, text[1:])
    symbol = session.machine.executable.symbols.by_name.get(text)
    if symbol is not None:
        return symbol.address
    file, _, number = text.rpartition(":")
    if number.isascii() and number.isdigit() and len(number) < 9:
        here = session.code.line_of(session.machine.pc)
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
