"""Writes out the expressions of a body: operators, arrays, and what comes from outside."""

from __future__ import annotations

import ast
import builtins
import types
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, NoReturn

from rvx.bodies import arithmetic
from rvx.bodies.kinds import MEMORY, NOTHING, REAL, TRUTH, WORD, Array, Basic, Kind, Several, joined
from rvx.bodies.outside import Table, Unfit, number_of, table_of
from rvx.bodies.problem import BodyProblem
from rvx.bodies.written import HART, Site, Value, Whole, identifier, name_node, number_node

INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
_ADVICE: dict[type[ast.AST], str] = {
    ast.Try: "'try': what a body raises ends the guest",
    ast.With: "'with'",
    ast.FunctionDef: "a function within the function; write it beside the body",
    ast.Lambda: "a lambda; write a function beside the body",
    ast.ClassDef: "a class",
    ast.Global: "'global': what lasts is a state of the extension (Extension.state)",
    ast.Nonlocal: "'nonlocal': what lasts is a state of the extension (Extension.state)",
    ast.Import: "'import'; import at the top of the file",
    ast.ImportFrom: "'import'; import at the top of the file",
    ast.Delete: "'del'",
    ast.ListComp: "a list; for words of its own, a body writes np.zeros(COUNT, np.int64)",
    ast.List: "a list; for words of its own, a body writes np.zeros(COUNT, np.int64)",
    ast.GeneratorExp: "a generator; write a loop",
    ast.SetComp: "a set",
    ast.Set: "a set; compare with each number, or write x in (1, 2, 3)",
    ast.DictComp: "a dictionary",
    ast.Dict: "a dictionary; a NumPy array of the module may be the table",
    ast.Yield: "'yield'",
    ast.YieldFrom: "'yield'",
    ast.Await: "'await'",
    ast.JoinedStr: "text",
    ast.Starred: "'*' in front of an argument",
    ast.NamedExpr: "':='; assign on a line of its own",
    ast.Slice: "a slice; index with a number, in a loop",
    ast.Match: "'match'; write if and elif",
}


class Expressions(ABC):
    """The expressions of one function.

    Args:
        whole: the body that it belongs to.
        function: to be read.
        known: parameters that stand for something known: numbers, and functions.
    """

    def __init__(
        self, whole: Whole, function: types.FunctionType, known: Mapping[str, object]
    ) -> None:
        self._whole = whole
        self._function = function
        self._code = function.__code__
        self._known = known
        self._locals = {*self._code.co_varnames, *self._code.co_cellvars} - set(known)
        self._bound: dict[str, tuple[Any, Any]] = {}
        self._variables: dict[str, Kind] = {}
        self._assigned: set[str] = set()
        self._sizes: dict[str, list[ast.expr]] = {}
        self._is_checked = ""

    # -- messages ----------------------------------------------------------------------------

    def _sentence(self, node: ast.AST | None, text: str) -> str:
        where = f"{self._code.co_filename}:{getattr(node, 'lineno', self._code.co_firstlineno)}"
        whose = f"the body of '{self._whole.mnemonic}'"
        if self._whole.is_in_helper:
            whose += f" calls '{self._code.co_name}'"
        return f"{where}: {whose}: {text}"

    def _refuse(self, node: ast.AST | None, text: str) -> NoReturn:
        raise BodyProblem(self._sentence(node, text))

    def _refuse_node(self, node: ast.AST) -> NoReturn:
        what = next((text for kind, text in _ADVICE.items() if isinstance(node, kind)), "")
        what = what or f"'{ast.unparse(node).splitlines()[0]}'"
        self._refuse(node, f"this cannot be part of a body: {what}")

    def _place(self, node: ast.AST, says: str = "") -> ast.expr:
        line = getattr(node, "lineno", self._code.co_firstlineno)
        site = Site(f"{self._code.co_filename}:{line}", says)
        return ast.Constant(self._whole.sites.setdefault(site, len(self._whole.sites)))

    # -- expressions -------------------------------------------------------------------------

    def _expression(self, node: ast.expr, at: ast.AST | None = None) -> Value:
        match node:
            case ast.Constant(value):
                return self._literal(node, value)
            case ast.Name(name) if name in self._locals:
                if name not in self._assigned:
                    self._refuse(
                        at or node,
                        f"'{name}' may have no value here; give it one before, on every path",
                    )
                return Value(name_node(name), self._variables[name])
            case ast.Name() | ast.Attribute():
                return self._from_outside(node)
            case ast.BinOp(left, op, right):
                return self._operate(node, op, self._expression(left), self._expression(right))
            case ast.UnaryOp():
                return self._unary(node)
            case ast.BoolOp():
                return self._logical(node)
            case ast.Compare():
                return self._compare(node)
            case ast.IfExp():
                return self._conditional(node)
            case ast.Subscript():
                return self._subscript(node)
            case ast.Call():
                return self._called(node)
            case ast.Tuple(parts):
                values = [self._expression(part) for part in parts]
                nodes = [value.node for value in values]
                return Value(ast.Tuple(nodes, ast.Load()), Several(tuple(v.kind for v in values)))
        self._refuse_node(node)

    def _literal(self, node: ast.AST, value: object) -> Value:
        if isinstance(value, bool):
            return Value(ast.Constant(value), TRUTH, value)
        if isinstance(value, int):
            return self._fitting(node, value)
        if isinstance(value, float):
            return Value(ast.Constant(value), REAL, value)
        if value is None:
            self._refuse(node, "None is no value of a body; an integer is")
        what = {str: "text", bytes: "bytes", complex: "complex numbers"}.get(type(value), "'...'")
        self._refuse(node, f"{what} cannot be part of a body; numbers and arrays of them can")

    def _fitting(self, node: ast.AST, value: int) -> Value:
        if INT64_MIN <= value <= INT64_MAX:
            return Value(number_node(value), WORD, value)
        shown = hex(value) if value.bit_length() <= 256 else "this number"
        advice = "values of a body are signed words of 64 bits"
        if 0 <= value < 1 << 64:
            advice += (
                f": with these bits, write {hex(value - (1 << 64))}; to shift zeros in, "
                f"rvx.isa.bits.shift_right_logical; to compare unsigned, rvx.isa.bits.less_unsigned"
            )
        self._refuse(node, f"{shown} does not fit: {advice}")

    def _number(self, node: ast.AST, value: float) -> Value:
        return self._literal(node, value)

    def _integer(self, node: ast.expr) -> Value:
        """An expression that has to be an integer."""
        return self._as_integer(node, self._expression(node))

    def _as_integer(self, node: ast.AST, given: Value) -> Value:
        if given.kind == WORD:
            return given
        if given.kind == TRUTH:
            if given.constant is not None:
                return self._literal(node, int(given.constant))
            return Value(self._call("word", given.node), WORD)
        hint = "; int(...) cuts off its fraction" if given.kind == REAL else ""
        self._refuse(node, f"an integer has to stand here, not {given.kind}{hint}")

    def _as_real(self, node: ast.AST, given: Value) -> Value:
        if given.kind == REAL:
            return given
        if given.kind in (WORD, TRUTH):
            if given.constant is not None:
                return self._literal(node, float(given.constant))
            return Value(self._call("real", given.node), REAL)
        self._refuse(node, f"a number has to stand here, not {given.kind}")

    def _as(self, node: ast.AST, given: Value, kind: Kind) -> ast.expr:
        """The tree of a value as the kind of what it is assigned to."""
        if given.kind == kind:
            return given.node
        if kind == WORD:
            return self._as_integer(node, given).node
        if kind == REAL:
            return self._as_real(node, given).node
        if isinstance(kind, Several) and isinstance(given.node, ast.Tuple):
            assert isinstance(given.kind, Several)
            parts = [
                self._as(node, Value(part, was), wanted)
                for part, was, wanted in zip(
                    given.node.elts, given.kind.items, kind.items, strict=True
                )
            ]
            return ast.Tuple(parts, ast.Load())
        if self._whole.reads_own and joined(given.kind, kind) == kind:
            return given.node  # truth values among integers, which are numbers by then
        self._refuse(node, f"{kind} has to stand here, not {given.kind}")

    def _test(self, node: ast.expr) -> ast.expr:
        """An expression of which only the truth counts."""
        if isinstance(node, ast.BoolOp):
            return ast.BoolOp(
                node.op, [self._test_in_turn(i, v) for i, v in enumerate(node.values)]
            )
        return self._truth(node, self._expression(node))

    def _test_in_turn(self, position: int, node: ast.expr) -> ast.expr:
        if not position:
            return self._test(node)
        assigned = set(self._assigned)
        made = self._test(node)
        self._assigned = assigned
        return made

    def _truth(self, node: ast.AST, given: Value) -> ast.expr:
        if given.kind in (WORD, TRUTH, REAL):
            return given.node
        self._refuse(node, f"a number has to stand here, not {given.kind}")

    # -- operators ---------------------------------------------------------------------------

    def _operate(self, node: ast.AST, op: ast.operator, left: Value, right: Value) -> Value:
        for one in (left, right):
            if one.kind not in (WORD, TRUTH, REAL):
                self._refuse(node, f"there is no arithmetic with {one.kind}")
        folded = self._folded(node, op, left, right)
        if folded is not None:
            return folded
        if isinstance(op, ast.Div) or REAL in (left.kind, right.kind):
            return self._operate_reals(
                node, op, self._as_real(node, left), self._as_real(node, right)
            )
        a, b = self._as_integer(node, left), self._as_integer(node, right)
        match op:
            case ast.Add() | ast.Sub() | ast.Mult():
                return Value(self._call("wrap", ast.BinOp(a.node, op, b.node)), WORD)
            case ast.BitAnd() | ast.BitOr() | ast.BitXor():
                return Value(ast.BinOp(a.node, op, b.node), WORD)
            case ast.LShift() | ast.RShift():
                return self._shift(node, op, a, b)
            case ast.FloorDiv() | ast.Mod() | ast.Pow():
                name = {ast.FloorDiv: "floor_divide", ast.Mod: "modulo", ast.Pow: "power"}[type(op)]
                return Value(self._checked(node, name, a.node, b.node), WORD)
        self._refuse(node, "'@' cannot be part of a body")

    def _shift(self, node: ast.AST, op: ast.operator, a: Value, b: Value) -> Value:
        if isinstance(b.constant, int) and 0 <= b.constant <= 63:
            plain = ast.BinOp(a.node, op, b.node)
            is_left = isinstance(op, ast.LShift)
            return Value(self._call("wrap", plain) if is_left else plain, WORD)
        name = "shift_left" if isinstance(op, ast.LShift) else "shift_right"
        return Value(self._checked(node, name, a.node, b.node), WORD)

    def _operate_reals(self, node: ast.AST, op: ast.operator, a: Value, b: Value) -> Value:
        match op:
            case ast.Add() | ast.Sub() | ast.Mult():
                return Value(ast.BinOp(a.node, op, b.node), REAL)
            case ast.Div():
                return Value(self._checked(node, "divide", a.node, b.node), REAL)
        self._refuse(node, "floats have + - * / and comparisons, and no other operators")

    def _folded(self, node: ast.AST, op: ast.operator, left: Value, right: Value) -> Value | None:
        """The result of an operation on numbers that are known, as Python computes it."""
        a, b = left.constant, right.constant
        if a is None or b is None or isinstance(op, ast.Div):
            return None
        if isinstance(a, float) or isinstance(b, float):
            if not isinstance(op, ast.Pow) or not 0 < a <= 2 or not -1000 <= b <= 1000:
                return None
            return self._literal(node, float(a) ** b)
        if isinstance(op, ast.LShift | ast.Pow) and not 0 <= b <= 4096:
            return None
        text = ast.Expression(ast.BinOp(number_node(int(a)), op, number_node(int(b))))
        try:
            value = eval(compile(ast.fix_missing_locations(text), "<constant>", "eval"))
        except (ArithmeticError, ValueError, TypeError):
            return None
        return self._fitting(node, int(value))

    def _unary(self, node: ast.UnaryOp) -> Value:
        if isinstance(node.op, ast.Not):
            return Value(ast.UnaryOp(ast.Not(), self._test(node.operand)), TRUTH)
        if (
            isinstance(node.op, ast.USub)
            and isinstance(node.operand, ast.Constant)
            and type(node.operand.value) is int
        ):
            return self._fitting(node, -node.operand.value)
        given = self._expression(node.operand)
        if given.kind == REAL and not isinstance(node.op, ast.Invert):
            return Value(ast.UnaryOp(node.op, given.node), REAL)
        given = self._as_integer(node, given)
        if isinstance(given.constant, int):
            value = given.constant
            return self._fitting(
                node, {ast.USub: -value, ast.UAdd: value, ast.Invert: ~value}[type(node.op)]
            )
        if isinstance(node.op, ast.USub):
            return Value(self._call("wrap", ast.UnaryOp(node.op, given.node)), WORD)
        return (
            given
            if isinstance(node.op, ast.UAdd)
            else Value(ast.UnaryOp(node.op, given.node), WORD)
        )

    def _logical(self, node: ast.BoolOp) -> Value:
        """`and` and `or`, which give one of their operands."""
        values: list[Value] = []
        assigned: set[str] | None = None
        for part in node.values:
            values.append(self._expression(part))
            assigned = set(self._assigned) if assigned is None else assigned
        self._assigned = assigned or set()
        kind: Kind | None = values[0].kind
        for value in values[1:]:
            kind = None if kind is None else joined(kind, value.kind)
        if kind is None or kind not in (WORD, TRUTH, REAL):
            self._refuse(node, "'and' and 'or' are for operands of one kind")
        return Value(ast.BoolOp(node.op, [self._as(node, value, kind) for value in values]), kind)

    def _compare(self, node: ast.Compare) -> Value:
        if len(node.ops) == 1 and isinstance(node.ops[0], ast.In | ast.NotIn):
            return self._membership(node)
        values = [self._expression(one) for one in (node.left, *node.comparators)]
        for op in node.ops:
            if isinstance(op, ast.Is | ast.IsNot | ast.In | ast.NotIn):
                self._refuse(node, "numbers are compared with == and !=")
        for value in values:
            if value.kind not in (WORD, TRUTH, REAL):
                self._refuse(node, f"{value.kind} cannot be compared")
        turn = self._as_integer
        if any(value.kind == REAL for value in values):
            turn = self._as_real
        nodes = [turn(node, value).node for value in values]
        return Value(ast.Compare(nodes[0], node.ops, nodes[1:]), TRUTH)

    def _membership(self, node: ast.Compare) -> Value:
        """x in (1, 2, 3)."""
        among = node.comparators[0]
        if not isinstance(among, ast.Tuple) or not among.elts:
            self._refuse(node, "'in' asks for numbers that stand there, as in x in (1, 2, 3)")
        sought = self._integer(node.left)
        # `word` makes numbers of one type of what numba sees as literals.
        numbers = [self._call("word", self._integer(one).node) for one in among.elts]
        found = self._call("among", sought.node, ast.Tuple(numbers, ast.Load()))
        if isinstance(node.ops[0], ast.NotIn):
            found = ast.UnaryOp(ast.Not(), found)
        return Value(found, TRUTH)

    def _known_test(self, test: ast.expr) -> bool | None:
        """What a test of rvx's own functions gives where that is known beforehand.

        Their factories decide by constants which of two paths there is, as numba does: the other
        one may call what is None there.
        """
        if not self._whole.reads_own:
            return None
        match test:
            case ast.Compare(left, [ast.Is() | ast.IsNot() as op], [ast.Constant(None)]):
                if not self._is_outer(left):
                    return None
                return (self._outer(left) is None) == isinstance(op, ast.Is)
            case ast.UnaryOp(ast.Not(), operand):
                known = self._known_test(operand)
                return None if known is None else not known
            case ast.Name() | ast.Attribute() if self._is_outer(test):
                number = number_of(self._outer(test))
                return None if number is None else bool(number)
        return None

    def _conditional(self, node: ast.IfExp) -> Value:
        known = self._known_test(node.test)
        if known is not None:
            return self._expression(node.body if known else node.orelse)
        test = self._test(node.test)
        assigned = set(self._assigned)
        first = self._expression(node.body)
        after = self._assigned
        self._assigned = set(assigned)
        second = self._expression(node.orelse)
        self._assigned = after & self._assigned
        kind = joined(first.kind, second.kind)
        if kind is None and REAL in (first.kind, second.kind):
            kind = REAL if {first.kind, second.kind} <= {WORD, TRUTH, REAL} else None
        is_tuple = isinstance(kind, Several) and self._whole.reads_own
        if kind is None or not (isinstance(kind, Basic) or is_tuple) or kind in (NOTHING, MEMORY):
            self._refuse(
                node, f"'if ... else' is for numbers, not for {first.kind} or {second.kind}"
            )
        made = ast.IfExp(test, self._as(node, first, kind), self._as(node, second, kind))
        return Value(made, kind)

    # -- arrays ------------------------------------------------------------------------------

    def _table_or_array(self, node: ast.expr) -> tuple[ast.expr, Array] | None:
        """An array that is named, by the tree that gives it."""
        if isinstance(node, ast.Name) and node.id in self._locals:
            given = self._expression(node)
            return (given.node, given.kind) if isinstance(given.kind, Array) else None
        if not self._is_outer(node):
            return None
        value = self._outer(node)
        try:
            found = table_of(value)
        except Unfit as error:
            self._refuse(node, f"'{ast.unparse(node)}' {error}")
        if found is None:
            return None
        return name_node(self._bind_table(node, value, found)), found.kind

    def _table_of_literals(self, node: ast.expr) -> tuple[ast.expr, Array] | None:
        """Numbers that stand there, as in for x in (1, 2, 4)."""
        if not isinstance(node, ast.Tuple):
            return None
        numbers = [self._expression(one).constant for one in node.elts]
        found = None if None in numbers else table_of(tuple(numbers))
        if found is None:
            return None
        name = f"_rvx_numbers_{node.lineno}_{node.col_offset}"
        self._bound[name] = (found.values, found.values)
        return name_node(name), found.kind

    def _bind_table(self, node: ast.expr, value: object, found: Table) -> str:
        name = f"_rvx_table_{identifier(ast.unparse(node))}"
        self._bound.setdefault(name, (found.values, found.values))
        return name

    def _element(self, node: ast.Subscript, is_written: bool) -> tuple[Array, ast.Subscript]:
        """An element of an array, with its index checked."""
        parts: list[ast.expr] = []
        inner: ast.expr = node
        while isinstance(inner, ast.Subscript):
            chosen = inner.slice
            parts[:0] = chosen.elts if isinstance(chosen, ast.Tuple) else [chosen]
            inner = inner.value
        found = self._table_or_array(inner)
        if found is None:
            self._refuse(node, f"'{ast.unparse(inner)}' is no array")
        array, kind = found
        if is_written and kind.owner == "source":
            self._refuse(
                node,
                f"'{ast.unparse(inner)}' is read; what an instruction changes is rd, or what its "
                f"declaration lists: writes=('{ast.unparse(inner)}',)",
            )
        if is_written and kind.owner in ("mask", "flags"):
            says = {
                "mask": "says which elements are active; v0 is not written",
                "flags": "is raised by operations: rvx.isa.vector.arithmetic.saturate(flags)",
            }
            self._refuse(node, f"'{ast.unparse(inner)}' {says[kind.owner]}")
        if is_written and not kind.is_writable:
            self._refuse(
                node,
                f"'{ast.unparse(inner)}' belongs to the module, whose tables are read-only; what "
                f"instructions write is a state: Extension.state(name, words), asked for by name",
            )
        if len(parts) != len(kind.shape):
            self._refuse(
                node, f"'{ast.unparse(inner)}' has {len(kind.shape)} indices, not {len(parts)}"
            )
        if kind.owner == "mask":
            return kind, ast.Subscript(array, self._integer(parts[0]).node, ast.Load())
        indices = [
            self._index(node, self._integer(part), size, array)
            for part, size in zip(parts, kind.shape, strict=True)
        ]
        at = indices[0] if len(indices) == 1 else ast.Tuple(indices, ast.Load())
        return kind, ast.Subscript(array, at, ast.Load())

    def _size(self, array: ast.expr, size: int | None) -> ast.expr:
        """How many elements an array has."""
        return self._call("length", array) if size is None else number_node(size)

    def _index(self, node: ast.AST, given: Value, size: int | None, array: ast.expr) -> ast.expr:
        if isinstance(given.constant, int) and size is not None:
            if not -size <= given.constant < size:
                self._refuse(
                    node, f"there is no element {given.constant} of {size}: 0 is the first"
                )
            return number_node(given.constant % size)
        if isinstance(given.node, ast.Name):
            if given.node.id == self._is_checked:
                return self._call("position", given.node)
            self._sizes.get(given.node.id, []).append(self._size(array, size))
        bound = self._size(array, size)
        return self._call("position", self._checked(node, "index", given.node, bound))

    def _read(self, kind: Array, at: ast.Subscript) -> ast.expr:
        if kind.owner == "mask":
            return self._checked(at, "active", at.value, at.slice)
        value = self._call("real" if kind.element == REAL else "word", at)
        return value if kind.mask == -1 else ast.BinOp(value, ast.BitAnd(), number_node(kind.mask))

    def _subscript(self, node: ast.Subscript) -> Value:
        if self._is_outer(node.value):
            value = self._outer(node.value)
            if isinstance(value, tuple | list):
                chosen = (
                    self._expression(node.slice)
                    if not isinstance(node.slice, ast.Tuple | ast.Slice)
                    else None
                )
                if chosen is not None and isinstance(chosen.constant, int):
                    if not -len(value) <= chosen.constant < len(value):
                        self._refuse(node, f"there is no element {chosen.constant}")
                    picked = number_of(value[chosen.constant])
                    if picked is not None:
                        return self._literal(node, picked)
        if isinstance(node.value, ast.Call) and self._whole.reads_own:
            given, place = self._expression(node.value), self._expression(node.slice)
            if isinstance(given.kind, Several) and isinstance(place.constant, int):
                item = given.kind.items[place.constant]
                return Value(ast.Subscript(given.node, place.node, ast.Load()), item)
        kind, at = self._element(node, is_written=False)
        return Value(self._read(kind, at), kind.element)

    # -- what comes from outside ---------------------------------------------------------------

    def _is_outer(self, node: ast.expr) -> bool:
        """Whether this is a name of the module, or an attribute of one."""
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id not in self._locals

    def _outer(self, node: ast.expr) -> object:
        """The value of a name of the module, of a closure or of Python, or of an attribute."""
        if isinstance(node, ast.Attribute):
            if not self._is_outer(node):
                self._refuse(node, f"'{ast.unparse(node)}': numbers and arrays have no attributes")
            owner = self._outer(node.value)
            try:
                return getattr(owner, node.attr)
            except AttributeError:
                self._refuse(node, f"there is no '{ast.unparse(node)}'")
        if not isinstance(node, ast.Name):
            self._refuse_node(node)
        if node.id in self._known:
            return self._known[node.id]
        closure = dict(zip(self._code.co_freevars, self._function.__closure__ or (), strict=True))
        if node.id in closure:
            try:
                found: object = closure[node.id].cell_contents
            except ValueError:
                self._refuse(node, f"'{node.id}' has no value yet")
            return found
        if node.id in self._function.__globals__:
            return self._function.__globals__[node.id]
        if hasattr(builtins, node.id):
            return getattr(builtins, node.id)
        self._refuse(node, f"'{node.id}' is not defined")

    def _is_builtin(self, node: ast.expr, wanted: object) -> bool:
        return self._is_outer(node) and self._outer(node) is wanted

    def _from_outside(self, node: ast.Name | ast.Attribute) -> Value:
        if not self._is_outer(node):
            self._refuse(node, f"'{ast.unparse(node)}': numbers and arrays have no attributes")
        value = self._outer(node)
        found = number_of(value)
        if found is not None:
            return self._literal(node, found)
        given = self._table_or_array(node)
        if given is not None:
            return Value(given[0], given[1])
        self._refuse(
            node,
            f"'{ast.unparse(node)}' is a {type(value).__name__}; a body takes numbers, arrays of "
            f"numbers and functions from its module",
        )

    # -- calls -------------------------------------------------------------------------------

    def _call(self, name: str, *arguments: ast.expr) -> ast.expr:
        function = getattr(arithmetic, name)
        self._bound[f"_rvx_{name}"] = (function, function)
        if name not in ("wrap", "word", "real", "position"):
            # numba would compile the operation anew for each number that stands in the text.
            arguments = tuple(
                self._call("word", one)
                if isinstance(one, ast.Constant) and type(one.value) is int
                else one
                for one in arguments
            )
        return ast.Call(name_node(f"_rvx_{name}"), list(arguments), [])

    def _builtin(self, name: str, *arguments: ast.expr) -> ast.expr:
        """A call of a function of Python, whatever the module calls by its name."""
        function = getattr(builtins, name)
        self._bound[f"_rvx_{name}"] = (function, function)
        return ast.Call(name_node(f"_rvx_{name}"), list(arguments), [])

    def _checked(self, node: ast.AST, name: str, *arguments: ast.expr) -> ast.expr:
        """A call of an operation that may fail."""
        return self._call(name, *arguments, name_node(HART), self._place(node))

    @abstractmethod
    def _called(self, node: ast.Call) -> Value:
        """A call: `rvx.bodies.calls` has them, which are made of expressions themselves."""
