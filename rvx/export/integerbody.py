"""Bodies of integer arithmetic over x registers and numbers, as functions of a language.

The text of a body in which all arithmetic is spelled out, see `rvx.bodies`, is written once more,
with all functions that it calls, in a language that has integers of 64 bits, loads, stores, jumps,
and little else: no arrays, nothing that raises. What such a language has of its own are the signs
and words that `Function` and `Functions` leave open; CoreDSL and Sail fill them in. IDL, which has
no functions, takes the statements alone.
"""

from __future__ import annotations

import ast
import re
import types
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import ClassVar, NoReturn

import numpy as np

from rvx.bodies.form import kind_of
from rvx.bodies.kinds import MEMORY, WORD, Array, Basic, Kind, Several
from rvx.bodies.translate import Translator
from rvx.bodies.written import HART, Made, Text
from rvx.export.cbody import Untranslatable, callee_of, safe, states_of
from rvx.isa import Extension, Instruction, memory
from rvx.isa.operands import ImmediateKind, Operand, RegisterKind
from rvx.isa.registers import X

HELPERS = {
    "shift_left": 2,
    "shift_right": 2,
    "floor_divide": 2,
    "modulo": 2,
    "absolute": 1,
    "min": 2,
    "max": 2,
}
"""What has no operator that means the same, with the number of its operands.

A body that raises in Python, as division by zero does, is undefined there.
"""
LOADS = {f"load_{sign}{bits}": bits for sign in "us" for bits in (8, 16, 32)} | {"load_64": 64}
"""Loads of `rvx.isa.memory`, with the bits that they take."""
STORES = {f"store_{bits}": bits for bits in (8, 16, 32, 64)}
"""Stores of `rvx.isa.memory`, with the bits that they put there."""
SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
"""Operators of languages that have those of C; a division of Python's is not one of them."""


def is_plain(operand: Operand) -> bool:
    """Whether it is a number, or one x register whose number the field tells simply."""
    kind = operand.kind
    if isinstance(kind, RegisterKind):
        first = kind.numbers[0]
        is_in_order = kind.numbers == tuple(range(first, first + len(kind.numbers)))
        return kind.file is X and kind.group == 1 and (not kind.is_indexed or is_in_order)
    return isinstance(kind, ImmediateKind)


def performed(made: Instruction) -> Instruction:
    """The instruction whose body it has: of a compressed one, that for which it is short."""
    return made if made.expansion is None else made.expansion.target


def bound(made: Instruction, name: str) -> Operand | int:
    """What an operand of the one that is performed is: an own operand, or a number.

    Raises:
        Untranslatable: it is no x register and no immediate.
    """
    found = name if made.expansion is None else made.expansion.bindings[name]
    if isinstance(found, int):
        return found
    operand = made.operands.get(found)
    if operand is None or not is_plain(operand):
        raise Untranslatable(f"its '{found}' is no x register and no immediate")
    return operand


def identifier(name: str) -> str:
    """A name with nothing but letters, digits and underscores."""
    return re.sub(r"\W", "_", name)


@dataclass
class Bodies:
    """The bodies of one extension, read for a language.

    Attributes:
        extension: whose they are.
    """

    extension: Extension
    _whole: Translator = field(default_factory=lambda: Translator("", reads_own=True))

    ALSO: ClassVar[frozenset[str]] = frozenset({"xlen", "mem", "pc", "next_pc"})
    """What bodies may ask for beside operands."""

    def read(self, made: Instruction) -> Made:
        """The body that an instruction performs, with its arithmetic spelled out.

        Raises:
            Untranslatable: it is more than integers, x registers, loads, stores and jumps.
        """
        target = performed(made)
        if target.body is None:
            raise Untranslatable("it has no body in rvx")
        for name in target.requests:
            if name not in self.ALSO and name not in target.operands:
                raise Untranslatable(
                    f"its body asks for '{name}', which is no x register and no immediate"
                )
        if target.writes != target.results:
            raise Untranslatable("it writes something else than registers")
        for name in target.operands.keys() & {*target.requests, *target.results}:
            bound(made, name)
        states = states_of(self.extension)
        kinds = [kind_of(target, name, states) for name in target.requests]
        self._whole.mnemonic = target.mnemonic
        return self._whole.body(target.body, kinds, target.results)

    def called(self, compiled: object) -> tuple[types.FunctionType, Made] | None:
        """What a body calls as this compiled function: as it is declared, and written out."""
        return self._whole.called(compiled)


@dataclass
class Functions(Bodies, ABC):
    """The functions of one file, or of one part of it.

    Attributes:
        width: the register widths of its instructions, which names tell where there is one only.
        parts: the functions that are written already, each before those that call it.
    """

    width: tuple[int, ...] = ()
    parts: list[str] = field(default_factory=list)
    _names: dict[object, str] = field(default_factory=dict)
    _kept: list[Made] = field(default_factory=list)

    @abstractmethod
    def write(self, made: Made, text: Text, name: str) -> str:
        """A function in the language."""

    @abstractmethod
    def write_helper(self, helper: str, name: str) -> str:
        """One of `HELPERS` in the language, called `name` there."""

    @property
    def _prefix(self) -> str:
        width = f"rv{self.width[0]}_" if len(self.width) == 1 else ""
        return f"{width}{identifier(self.extension.name).lower()}"

    def body(self, made: Instruction) -> str:
        """The name of the function that an instruction's body has become.

        Raises:
            Untranslatable: see `read`.
        """
        with self.undone():
            return self.function(self.read(made), identifier(made.mnemonic))

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Takes back the functions that were written for the sake of something that has failed."""
        before = len(self.parts), dict(self._names)
        try:
            yield
        except ValueError:
            del self.parts[before[0] :]
            self._names = before[1]
            raise

    def function(self, made: Made, hint: str) -> str:
        """The name of a function, which is written if it is not yet."""
        key = id(made.compiled)
        if key not in self._names:
            assert made.text is not None
            name = self._names[key] = self._fresh(hint.removeprefix("call_"))
            self._kept.append(made)
            self.parts.append(self.write(made, made.text, name))
        return self._names[key]

    def helper(self, name: str) -> str:
        """The name of one of the helpers, which is written if it is not yet."""
        if name not in self._names:
            self._names[name] = self._fresh(name)
            self.parts.append(self.write_helper(name, self._names[name]))
        return self._names[name]

    def _fresh(self, hint: str) -> str:
        name = f"{self._prefix}_{hint}"
        return name if name not in self._names.values() else f"{name}_{len(self._names)}"


@dataclass
class Statements(ABC):
    """Writes the statements of one function: assignments, conditions and loops over integers.

    A language says how these are written; what they mean is the same everywhere: integers of 64
    bits that wrap, compared with their sign.
    """

    functions: Bodies
    made: Made
    text: Text
    declared: set[str] = field(default_factory=set)
    pending: list[str] = field(default_factory=list)

    INDENT: ClassVar[str] = "    "

    def named(self, name: str) -> str:
        """What a variable is called."""
        return safe(name)

    def assigned(self, name: str, value: str, pad: str) -> str:
        """A variable that is set."""
        self.declared.add(name)
        return f"{pad}{self.named(name)} = {value};"

    def before(self, pad: str) -> list[str]:
        """Lines in front of a statement that its expressions need."""
        lines, self.pending[:] = [pad + line for line in self.pending], []
        return lines

    def is_split(self, node: ast.If) -> bool:
        """Whether what follows a condition at the end of a function is written within it."""
        return ends(node.body) or ends(node.orelse)

    def ended(self, value: ast.expr | None, pad: str) -> list[str]:
        """The end of a function that gives this."""
        return [f"{pad}{self.returned(self.given_back(value))}"]

    def given_back(self, value: ast.expr | None) -> str | None:
        """What a function gives."""
        return None if value is None else self.expr(value)

    # -- what a language says ------------------------------------------------------------------

    @abstractmethod
    def literal(self, number: int) -> str:
        """A number."""

    @abstractmethod
    def arithmetic(self, op: type[ast.operator], a: str, b: str) -> str:
        """A sum, a difference or a product, wrapped; or something bitwise."""

    @abstractmethod
    def shifted(self, to_left: bool, a: str, places: int) -> str:
        """A shift by a number of places from 0 to 63."""

    @abstractmethod
    def inverted(self, a: str) -> str:
        """All bits the other way."""

    @abstractmethod
    def compared(self, op: type[ast.cmpop], a: str, b: str) -> str:
        """A test of two numbers."""

    @abstractmethod
    def all_or_any(self, is_all: bool, tests: Sequence[str]) -> str:
        """Several tests as one."""

    @abstractmethod
    def negated(self, test: str) -> str:
        """The opposite of a test."""

    @abstractmethod
    def counted(self, test: str) -> str:
        """1 where a test holds, else 0."""

    @abstractmethod
    def chosen(self, test: str, then: str, otherwise: str) -> str:
        """One of two numbers."""

    @abstractmethod
    def conditional(
        self, test: str, then: Sequence[str], otherwise: Sequence[str], pad: str
    ) -> list[str]:
        """A condition around statements."""

    @abstractmethod
    def repeated(self, test: str, body: Sequence[str], pad: str) -> list[str]:
        """A loop."""

    @abstractmethod
    def jump(self, node: ast.Break | ast.Continue) -> str:
        """The end of a loop, or of its body."""

    @abstractmethod
    def returned(self, value: str | None) -> str:
        """The end of the function."""

    @abstractmethod
    def helped(self, name: str, given: Sequence[str]) -> str:
        """What one of `HELPERS` gives."""

    @abstractmethod
    def called(self, function: types.FunctionType, made: Made, node: ast.Call) -> str:
        """What a function gives that the body calls."""

    @abstractmethod
    def access(self, name: str, node: ast.Call) -> str:
        """What a call of one of `LOADS` gives, or does, if it is one of `STORES`."""

    # -- statements ----------------------------------------------------------------------------

    def check(self) -> None:
        """Refuses what is no integer, but memory and the next address."""
        for name, kind in self.text.variables.items():
            is_next = isinstance(kind, Array) and name == "next_pc"
            if not (_is_integer(kind) or kind is MEMORY or is_next):
                raise Untranslatable(f"its body has {kind} in '{name.removeprefix('_rvx_')}'")
        result = self.made.result
        items = result.items if isinstance(result, Several) else (result,)
        if result is not Basic.NOTHING and not all(map(_is_integer, items)):
            raise Untranslatable(f"its body calls what gives {result}")

    @property
    def parameters(self) -> list[str]:
        """What the function is called with."""
        variables = self.text.variables
        listed = [each.arg for each in self.text.tree.args.args]
        return [name for name in listed if name != HART and variables.get(name) is not MEMORY]

    def accessed(self, node: ast.Call) -> str:
        """The function of `rvx.isa.memory` that is called; empty if it is another.

        Raises:
            Untranslatable: it is one that neither loads nor stores.
        """
        found = self.text.bound.get(ast.unparse(node.func))
        if not isinstance(found, types.FunctionType) or found.__module__ != memory.__name__:
            return ""
        if found.__name__ not in LOADS and found.__name__ not in STORES:
            raise Untranslatable(f"its body calls rvx.isa.memory.{found.__name__}")
        return found.__name__

    def is_memory(self, node: ast.AST) -> bool:
        """Whether this is the memory that accesses go to."""
        return isinstance(node, ast.Name) and self.text.variables.get(node.id) is MEMORY

    def has_access(self, nodes: Sequence[ast.AST]) -> bool:
        """Whether some of these access memory, by themselves or by what they call."""
        return any(self.is_memory(each) for node in nodes for each in ast.walk(node))

    def always(self, nodes: Sequence[ast.AST]) -> None:
        """Refuses accesses of memory in what is computed on a condition, and so not always."""
        if self.has_access(nodes):
            raise Untranslatable("it accesses memory within an expression with a condition")

    def block(self, statements: Sequence[ast.stmt], depth: int) -> list[str]:
        """Statements, a line each."""
        return [line for one in statements for line in self.statement(one, depth)]

    def tail(self, statements: Sequence[ast.stmt], depth: int) -> list[str]:
        """Statements with which the function ends, where each `return` is the last on its way."""
        pad = self.INDENT * depth
        lines: list[str] = []
        for i, one in enumerate(statements):
            rest = list(statements[i + 1 :])
            match one:
                case ast.Return(value=value):
                    is_empty = value is None or ast.unparse(value) == "None"
                    last = self.ended(None if is_empty else value, pad)
                    return [*lines, *self.before(pad), *last]
                case ast.If() if self.is_split(one):
                    test = self.test(one.test)
                    lines += self.before(pad)
                    then, otherwise = (
                        self.tail(way if ends(way) else [*way, *rest], depth + 1)
                        for way in (one.body, one.orelse)
                    )
                    return [*lines, *self.conditional(test, then, otherwise, pad)]
            lines += self.block([one], depth)
        return lines

    def statement(self, node: ast.stmt, depth: int) -> list[str]:
        """The lines of one statement."""
        pad = self.INDENT * depth
        lines = self._statement(node, depth, pad)
        return [*self.before(pad), *lines]

    def _statement(self, node: ast.stmt, depth: int, pad: str) -> list[str]:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if self.is_kept(name, value):
                return []
            case ast.Assign(targets=[ast.Name(id=name)]):
                return [self.assigned(name, self.expr(node.value), pad)]
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id="next_pc" as name))]):
                return [self.assigned(name, self.expr(node.value), pad)]
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                return self.several(names, values, pad)
            case ast.Return(value=None) | ast.Return(value=ast.Constant(value=None)):
                return [f"{pad}{self.returned(self.given_back(None))}"]
            case ast.Return(value=value):
                return [f"{pad}{self.returned(self.given_back(value))}"]
            case ast.If():
                then = self.block(node.body, depth + 1)
                otherwise = self.block(node.orelse, depth + 1)
                return self.conditional(self.test(node.test), then, otherwise, pad)
            case ast.While(orelse=[]):
                self.always([node.test])
                lines = self.block(node.body, depth + 1)
                return self.repeated(self.test(node.test), lines, pad)
            case ast.For(target=ast.Name(id=name), iter=ast.Call() as call, orelse=[]):
                return self.loop(node, name, call, depth)
            case ast.Break() | ast.Continue():
                return [f"{pad}{self.jump(node)}"]
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                return []
            case ast.Expr(value=ast.Call() as call):
                text = "" if self.callee(call) == "poll" else self.call(call)
                # What a line in front has computed needs none of its own.
                return [] if not text or text.isidentifier() else [f"{pad}{text};"]
        self.refuse(node)

    def is_kept(self, name: str, value: ast.expr) -> bool:
        """Whether a variable is set to what it is: the end of a range, made fit for loops."""
        return ast.unparse(self._limit(value)) == name

    def _limit(self, node: ast.expr) -> ast.expr:
        """The end of a range for a step that is known to count up, where nothing has to be done."""
        match node:
            case ast.Call(args=[_, end, step, *_]) if self.callee(node) == "range_end":
                return end if (self.known(step) or 0) > 0 else node
        return node

    def several(self, names: Sequence[ast.expr], values: Sequence[ast.expr], pad: str) -> list[str]:
        """All values are there before the first of them is stored: a, b = b, a."""
        held, stored = [], []
        for i, (name, value) in enumerate(zip(names, values, strict=True)):
            if not isinstance(name, ast.Name):
                self.refuse(name)
            held.append(self.assigned(f"_held{i}", self.expr(value), pad))
            stored.append(self.assigned(name.id, self.named(f"_held{i}"), pad))
        return [*held, *stored]

    def loop(self, node: ast.For, name: str, call: ast.Call, depth: int) -> list[str]:
        """A loop over a range: the variable is set anew each time, whatever the body does to it."""
        given = [self.expr(each) for each in call.args]
        step = self.known(call.args[2]) if len(call.args) == 3 else 1
        # Which way it counts has to be known: other steps are negative, or are not known.
        if self.callee(call) not in ("range", "range_") or not step or step < 0:
            self.refuse(node)
        start, end = given[:2] if len(given) > 1 else (self.literal(0), given[0])
        at = f"_at{len(self.declared)}"
        counter, limit = self.named(at), f"{self.named(at)}_end"
        self.declared |= {at, f"{at}_end"}
        pad = self.INDENT * depth
        inner = pad + self.INDENT
        first = self.before(pad)
        body = [
            self.assigned(name, counter, inner),
            # Counted before the body, so that `continue` needs nothing.
            self.assigned(at, self.arithmetic(ast.Add, counter, self.literal(step)), inner),
            *self.block(node.body, depth + 1),
        ]
        return [
            *first,
            f"{pad}{counter} = {start};",
            f"{pad}{limit} = {end};",
            *self.repeated(self.compared(ast.Lt, counter, limit), body, pad),
        ]

    # -- expressions ---------------------------------------------------------------------------

    def test(self, node: ast.expr) -> str:
        """What is true or false."""
        match node:
            case ast.BoolOp(op=op, values=values):
                self.always(values[1:])
                return self.all_or_any(
                    isinstance(op, ast.And), [self.test(each) for each in values]
                )
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self.negated(self.test(operand))
            case ast.Compare():
                return self.compare(node)
        return self.compared(ast.NotEq, self.expr(node), self.literal(0))

    def compare(self, node: ast.Compare) -> str:
        """A test of numbers."""
        # A middle operand stands twice: it has to be one that costs nothing and does nothing.
        if any(isinstance(op, _NOT_OF_NUMBERS) for op in node.ops) or not all(
            isinstance(each, ast.Name | ast.Constant) for each in node.comparators[:-1]
        ):
            self.refuse(node)
        given = [self.expr(each) for each in (node.left, *node.comparators)]
        parts = [
            self.compared(type(op), left, right)
            for left, op, right in zip(given, node.ops, given[1:], strict=False)
        ]
        return parts[0] if len(parts) == 1 else self.all_or_any(True, parts)

    def expr(self, node: ast.expr) -> str:
        """A number."""
        match node:
            case ast.Constant(value=int() as number):
                return self.literal(int(number))
            case ast.Name(id=name) if _is_integer(self.text.variables.get(name, WORD)):
                if isinstance(self.text.bound.get(name), np.ndarray):
                    self.refuse(node)
                return self.named(name)
            case ast.BinOp():
                return self._binary(node)
            case ast.UnaryOp(op=ast.Not()) | ast.Compare():
                return self.counted(self.test(node))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.arithmetic(ast.Sub, self.literal(0), self.expr(operand))
            case ast.UnaryOp(op=ast.Invert(), operand=operand):
                return self.inverted(self.expr(operand))
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.expr(operand)
            case ast.BoolOp(op=op, values=[*firsts, last]):
                # The first ones stand there twice.
                self.always(node.values)
                result = self.expr(last)
                for each in reversed(firsts):
                    value = self.expr(each)
                    chosen = (result, value) if isinstance(op, ast.And) else (value, result)
                    result = self.chosen(self.test(each), *chosen)
                return result
            case ast.IfExp():
                self.always([node.body, node.orelse])
                return self.chosen(
                    self.test(node.test), self.expr(node.body), self.expr(node.orelse)
                )
            case ast.Call():
                return self.call(node)
            case ast.Subscript(value=ast.Name(id="next_pc" as name)):
                return self.named(name)
            case ast.Subscript(value=ast.Name(id=name)) if isinstance(
                self.text.bound.get(name), np.ndarray
            ):
                raise Untranslatable("its body reads a table")
        self.refuse(node)

    def known(self, node: ast.expr) -> int | None:
        """A number that stands there as such."""
        match node:
            case ast.Constant(value=int() as number):
                return int(number)
            case ast.Call(args=[first, *_]) if self.callee(node) in _SAME:
                return self.known(first)
        return None

    def _binary(self, node: ast.BinOp) -> str:
        a, b, op = self.expr(node.left), self.expr(node.right), type(node.op)
        if op in _PLAIN:
            return self.arithmetic(op, a, b)
        if op not in _CALLED:
            self.refuse(node)
        return self._helped(_CALLED[op], [a, b], node.right)

    def _helped(self, name: str, given: Sequence[str], last: ast.expr) -> str:
        places = self.known(last)
        if name in ("shift_left", "shift_right") and places is not None and 0 <= places < 64:
            return self.shifted(name == "shift_left", given[0], places)
        return self.helped(name, given)

    def callee(self, node: ast.Call) -> str:
        """The name of what is called."""
        return callee_of(self.text, node)

    def call(self, node: ast.Call) -> str:
        """What a call gives."""
        callee = self.callee(node)
        accessed = self.accessed(node)
        if accessed:
            return self.access(accessed, node)
        found = self.functions.called(self.text.bound.get(ast.unparse(node.func)))
        if found is not None:
            return self.called(*found, node)
        if callee == "fail":
            raise Untranslatable("its body may raise")
        if callee in _SAME:
            return self.expr(node.args[0])
        if callee == "bool":
            return self.counted(self.test(node.args[0]))
        if callee in ("min", "max"):
            result, *rest = [self.expr(each) for each in node.args]
            for text in rest:
                result = self.helped(callee, [result, text])
            return result
        name = "absolute" if callee == "abs" else callee
        if name not in HELPERS:
            self.refuse(node)
        # The hart and the place, which come last where Python raises, say nothing here.
        taken = node.args[: HELPERS[name]]
        return self._helped(name, [self.expr(each) for each in taken], taken[-1])

    def refuse(self, node: ast.AST) -> NoReturn:
        """Says what has no place in such a function."""
        shown = ast.unparse(node).splitlines()[0].replace("_rvx_", "")
        raise Untranslatable(f"its body has something that is not plain arithmetic: {shown}")


@dataclass
class Function(Statements):
    """Writes one function of a language that has such."""

    functions: Functions
    name: str = ""

    def helped(self, name: str, given: Sequence[str]) -> str:
        """See `Statements`."""
        return f"{self.functions.helper(name)}({', '.join(given)})"

    def called(self, function: types.FunctionType, made: Made, node: ast.Call) -> str:
        """See `Statements`."""
        name = self.functions.function(made, identifier(function.__name__))
        given = [each for each in node.args if ast.unparse(each) != HART]
        text = self._call(name, given)
        return self.reached(text, made.result) if any(map(self.is_memory, given)) else text

    def access(self, name: str, node: ast.Call) -> str:
        """See `Statements`."""
        result = Basic.NOTHING if name in STORES else WORD
        # The hart, which compiled code hands over, says nothing here.
        given = node.args[: 3 if name in STORES else 2]
        return self.reached(self._call(self.functions.helper(name), given), result)

    def _call(self, name: str, given: Sequence[ast.expr]) -> str:
        listed = ", ".join(bare(self.expr(each)) for each in given if not self.is_memory(each))
        return f"{name}({listed})"

    def reached(self, call: str, result: Kind) -> str:
        """What a call gives that accesses memory."""
        return call


def ends(statements: Sequence[ast.stmt]) -> bool:
    """Whether there is no way past the end of these statements."""
    return any(
        isinstance(one, ast.Return)
        or (isinstance(one, ast.If) and ends(one.body) and ends(one.orelse))
        for one in statements
    )


def returns(statements: Sequence[ast.stmt]) -> bool:
    """Whether there is a `return` among these statements."""
    return any(isinstance(each, ast.Return) for one in statements for each in ast.walk(one))


def bare(text: str) -> str:
    """An expression without the parentheses around all of it."""
    depth = 0
    for i, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if not depth and i < len(text) - 1:
            return text
    return text[1:-1] if text.startswith("(") else text


_PLAIN = (ast.Add, ast.Sub, ast.Mult, ast.BitAnd, ast.BitOr, ast.BitXor)
_CALLED: dict[type[ast.operator], str] = {
    ast.LShift: "shift_left",
    ast.RShift: "shift_right",
    ast.FloorDiv: "floor_divide",
    ast.Mod: "modulo",
}
_SAME = ("wrap", "word", "position", "int")
"""What gives back the number that it gets."""
_NOT_OF_NUMBERS = (ast.Is, ast.IsNot, ast.In, ast.NotIn)


def _is_integer(kind: Kind) -> bool:
    return kind in (Basic.WORD, Basic.TRUTH)
