"""Writes out the calls of a body: of its own functions, of rvx's, and of Python's."""

from __future__ import annotations

import ast
import inspect
import math
import types
from collections.abc import Callable
from typing import Any

from rvx.bodies.expressions import Expressions
from rvx.bodies.kinds import MEMORY, NOTHING, REAL, TRUTH, WORD, Array, Basic, Kind, Several
from rvx.bodies.outside import number_of
from rvx.bodies.source import tree_of
from rvx.bodies.written import HART, Value, identifier, name_node
from rvx.isa import bits, memory

_REWRITTEN = frozenset({bits.__name__})
"""Modules of rvx whose functions are read as those of users: they shift by any count."""


def _adapted(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """A function of rvx's own, which expects integers that wrap, for the interpreted form."""
    import numpy as np

    def plain(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(plain(one) for one in value)
        return int(value) if isinstance(value, np.integer) else value

    def call(*arguments: Any) -> Any:
        return plain(kernel(*(np.int64(a) if type(a) is int else a for a in arguments)))

    call.__name__ = kernel.__name__
    return call


class Calls(Expressions):
    """The expressions of one function, calls among them."""

    def _called(self, node: ast.Call) -> Value:
        if isinstance(node.func, ast.Attribute) and not self._is_outer(node.func):
            return self._method(node, node.func)
        if not isinstance(node.func, ast.Name | ast.Attribute) or not self._is_outer(node.func):
            self._refuse(node, f"'{ast.unparse(node.func)}' is no function")
        function = self._outer(node.func)
        name = ast.unparse(node.func)
        if isinstance(function, types.FunctionType):
            root = (function.__module__ or "").partition(".")[0]
            if root not in ("numpy", "numba", "math", "builtins", "operator"):
                return self._function_call(node, function)
        known = _BUILTINS.get(_key(function))
        if known is None:
            import numpy as np

            if function in (np.zeros, np.empty):
                self._refuse(node, "words of its own need a name: x = np.zeros(4, np.int64)")
            advice = _INSTEAD.get(name.rpartition(".")[2], "")
            self._refuse(
                node,
                f"'{name}' cannot be called by a body{advice}; it may call functions of its own, "
                f"of rvx.isa.bits, rvx.isa.memory and rvx.formats, and {', '.join(_NAMES)}",
            )
        if node.keywords or any(isinstance(one, ast.Starred) for one in node.args):
            self._refuse(node, f"'{name}' takes its arguments one by one")
        return known(self, node, [self._expression(one) for one in node.args])

    def _method(self, node: ast.Call, called: ast.Attribute) -> Value:
        given = self._expression(called.value)
        is_known = called.attr in ("bit_length", "bit_count") and not node.args
        if is_known and given.kind in (WORD, TRUTH) and not node.keywords:
            return Value(self._call(called.attr, self._as_integer(node, given).node), WORD)
        self._refuse(node, f"'{called.attr}': {given.kind} has no such method in a body")

    def _function_call(self, node: ast.Call, function: types.FunctionType) -> Value:
        arguments = self._arguments(node, function)
        module = function.__module__ or ""
        is_own = module.partition(".")[0] == "rvx" and module not in _REWRITTEN
        is_read = not is_own or (self._whole.reads_own and module != memory.__name__)
        known: dict[str, object] = {}
        if is_own and is_read:
            known = {name: v for name, one in arguments.items() for v in self._passed(one)}
        given = [self._expression(one) for name, one in arguments.items() if name not in known]
        for one in given:
            if isinstance(one.kind, Several) or one.kind == NOTHING:
                self._refuse(node, f"{one.kind} cannot be an argument")
        if not is_read:
            return self._own_call(node, function, given)
        given = [self._as_integer(node, one) if one.kind == TRUTH else one for one in given]
        given = [
            Value(self._call("word", one.node), WORD)
            if one.kind == WORD and isinstance(one.node, ast.Constant)
            else one
            for one in given
        ]
        kinds = tuple(one.kind for one in given)
        made = self._whole.helper(function, kinds, known)
        bound = f"_rvx_call_{identifier(function.__name__)}"
        while self._bound.get(bound, (made.interpreted,))[0] is not made.interpreted:
            bound += "_"
        self._bound[bound] = (made.interpreted, made.compiled)
        call = ast.Call(name_node(bound), [*(one.node for one in given), name_node(HART)], [])
        return Value(call, made.result)

    def _passed(self, node: ast.expr) -> list[object]:
        """The function, or None, that is an argument as it stands; nothing if it is a value."""
        if not isinstance(node, ast.Name | ast.Attribute) or not self._is_outer(node):
            return []
        value = self._outer(node)
        is_passed = value is None or isinstance(value, types.FunctionType)
        return [value] if is_passed or isinstance(value, types.BuiltinFunctionType) else []

    def _arguments(self, node: ast.Call, function: types.FunctionType) -> dict[str, ast.expr]:
        """The arguments of a call by parameter, in their order, defaults included."""
        if any(isinstance(one, ast.Starred) for one in node.args) or any(
            one.arg is None for one in node.keywords
        ):
            self._refuse(node, "'*' in front of an argument cannot be part of a body")
        try:
            bound = inspect.signature(function).bind(
                *node.args, **{str(one.arg): one.value for one in node.keywords}
            )
        except TypeError as error:
            self._refuse(node, f"'{ast.unparse(node.func)}': {error}")
        bound.apply_defaults()
        found: dict[str, ast.expr] = {}
        for name, value in bound.arguments.items():
            if isinstance(value, ast.expr):
                found[name] = value
                continue
            number = number_of(value)
            if number is None:
                self._refuse(
                    node, f"'{ast.unparse(node.func)}': a default that is no number: {value!r}"
                )
            found[name] = ast.copy_location(ast.Constant(number), node)
        return found

    def _own_call(self, node: ast.Call, function: types.FunctionType, given: list[Value]) -> Value:
        """A call of one of rvx's own functions, which are compiled as they are."""
        annotations = list(inspect.signature(function).parameters.values())
        nodes: list[ast.expr] = []
        for one, parameter in zip(given, annotations, strict=True):
            wanted = str(parameter.annotation)
            if wanted in ("int", "<class 'int'>"):
                nodes.append(self._as_integer(node, one).node)
            elif "Memory" in wanted and one.kind != MEMORY:
                self._refuse(node, f"'{function.__name__}' takes mem first, not {one.kind}")
            elif one.kind == MEMORY and "Memory" not in wanted:
                self._refuse(node, f"'{function.__name__}' does not take guest memory")
            else:
                nodes.append(one.node)
        result = _annotated(str(inspect.signature(function).return_annotation))
        if result is None:
            self._refuse(
                node,
                f"'{function.__name__}' of {function.__module__} is no function for bodies: it "
                f"does not say that it gives numbers",
            )
        if function.__module__ == memory.__name__:
            self._note_access(node, function)
        name = f"_rvx_own_{identifier(function.__qualname__)}"
        known = self._bound.get(name)
        if known is None or known[1] is not function:
            while name in self._bound:
                name += "_"
            self._bound[name] = (_adapted(function), function)
        call: ast.expr = ast.Call(name_node(name), nodes, [])
        return Value(call, result)

    def _note_access(self, node: ast.Call, function: types.FunctionType) -> None:
        """Notes the operands that an address is the sum of, where it is one."""
        if len(node.args) < 2 or self._whole.is_in_helper:
            self._whole.accesses = None
        if self._whole.accesses is None:
            return
        address = node.args[1]
        parts = [address]
        if isinstance(address, ast.BinOp) and isinstance(address.op, ast.Add):
            parts = [address.left, address.right]
        names = [part.id for part in parts if isinstance(part, ast.Name)]
        parameters = self._code.co_varnames[: self._code.co_argcount]
        stored = {
            one.id
            for one in ast.walk(tree_of(self._function))
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        }
        is_sum = len(names) == len(parts) == len(set(names))
        if not is_sum or any(name not in parameters or name in stored for name in names):
            self._whole.accesses = None
            return
        self._whole.accesses.add((frozenset(names), function.__name__.startswith("store")))


# -- functions that a body may call -----------------------------------------------------------

_Call = Callable[[Calls, ast.Call, list[Value]], Value]


def _int(self: Calls, node: ast.Call, given: list[Value]) -> Value:
    (one,) = _exactly(self, node, given, 1)
    if one.kind == REAL:
        return Value(self._checked(node, "truncate", one.node), WORD)
    return self._as_integer(node, one)


def _float(self: Calls, node: ast.Call, given: list[Value]) -> Value:
    (one,) = _exactly(self, node, given, 1)
    return self._as_real(node, one)


def _bool(self: Calls, node: ast.Call, given: list[Value]) -> Value:
    (one,) = _exactly(self, node, given, 1)
    if one.kind == TRUTH:
        return one
    zero: ast.expr = ast.Constant(0.0 if one.kind == REAL else 0)
    return Value(ast.Compare(self._truth(node, one), [ast.NotEq()], [zero]), TRUTH)


def _abs(self: Calls, node: ast.Call, given: list[Value]) -> Value:
    (one,) = _exactly(self, node, given, 1)
    if one.kind == REAL:
        return Value(self._builtin("abs", one.node), REAL)
    return Value(self._call("absolute", self._as_integer(node, one).node), WORD)


def _extreme(name: str) -> _Call:
    def call(self: Calls, node: ast.Call, given: list[Value]) -> Value:
        if len(given) < 2:
            self._refuse(node, f"'{name}' takes two numbers or more")
        if any(one.kind == REAL for one in given):
            made = self._as_real(node, given[0]).node
            for one in given[1:]:
                made = self._call(f"real_{name}", made, self._as_real(node, one).node)
            return Value(made, REAL)
        numbers = [self._as_integer(node, one).node for one in given]
        return Value(self._builtin(name, *numbers), WORD)

    return call


def _pow(self: Calls, node: ast.Call, given: list[Value]) -> Value:
    base, exponent = _exactly(self, node, given, 2)
    return self._operate(node, ast.Pow(), base, exponent)


def _divmod(self: Calls, node: ast.Call, given: list[Value]) -> Value:
    a, b = _exactly(self, node, given, 2)
    for one in (a, b):
        if not isinstance(one.node, ast.Name | ast.Constant):
            self._refuse(node, "divmod takes names or numbers; write // and % for the rest")
    parts = [self._operate(node, ast.FloorDiv(), a, b), self._operate(node, ast.Mod(), a, b)]
    if any(part.kind != WORD for part in parts):
        self._refuse(node, "divmod is for integers")
    return Value(ast.Tuple([part.node for part in parts], ast.Load()), Several((WORD, WORD)))


def _len(self: Calls, node: ast.Call, given: list[Value]) -> Value:
    (one,) = _exactly(self, node, given, 1)
    if not isinstance(one.kind, Array):
        self._refuse(node, f"{one.kind} has no length")
    if one.kind.owner == "mask":
        self._refuse(node, "which elements are active has no length; vl says how many there are")
    size = one.kind.shape[0]
    if size is None:
        return Value(self._call("length", one.node), WORD)
    return self._literal(node, size)


def _real_function(name: str) -> _Call:
    def call(self: Calls, node: ast.Call, given: list[Value]) -> Value:
        (one,) = _exactly(self, node, given, 1)
        return Value(self._checked(node, name, self._as_real(node, one).node), _GIVES[name])

    return call


def _real_test(name: str) -> _Call:
    def call(self: Calls, node: ast.Call, given: list[Value]) -> Value:
        (one,) = _exactly(self, node, given, 1)
        function = getattr(math, name)
        self._bound[f"_rvx_{name}"] = (function, function)
        return Value(
            ast.Call(name_node(f"_rvx_{name}"), [self._as_real(node, one).node], []), TRUTH
        )

    return call


def _exactly(self: Calls, node: ast.Call, given: list[Value], count: int) -> list[Value]:
    if len(given) != count:
        self._refuse(
            node, f"'{ast.unparse(node.func)}' takes {count} here, and {len(given)} are given"
        )
    return given


_GIVES: dict[str, Basic] = {
    "square_root": REAL,
    "floor": WORD,
    "ceil": WORD,
    "truncate": WORD,
}


def _key(function: object) -> str:
    module = getattr(function, "__module__", "") or ""
    return f"{module.partition('.')[0]}.{getattr(function, '__qualname__', '')}"


_BUILTINS: dict[str, _Call] = {
    "builtins.int": _int,
    "builtins.float": _float,
    "builtins.bool": _bool,
    "builtins.abs": _abs,
    "builtins.min": _extreme("min"),
    "builtins.max": _extreme("max"),
    "builtins.pow": _pow,
    "builtins.divmod": _divmod,
    "builtins.len": _len,
    "numpy.int64": _int,
    "numpy.float64": _float,
    "numpy.bool": _bool,
    "math.sqrt": _real_function("square_root"),
    "math.floor": _real_function("floor"),
    "math.ceil": _real_function("ceil"),
    "math.trunc": _real_function("truncate"),
    "math.isnan": _real_test("isnan"),
    "math.isinf": _real_test("isinf"),
}
_NAMES = sorted(name.removeprefix("builtins.").replace("numpy", "np") for name in _BUILTINS)
_INSTEAD = {
    "uint64": ": values are signed; see rvx.isa.bits.less_unsigned and shift_right_logical",
    "uint32": ": write x & 0xFFFFFFFF",
    "uint16": ": write x & 0xFFFF",
    "uint8": ": write x & 0xFF",
    "int32": ": write rvx.isa.bits.sext32(x)",
    "int16": ": write rvx.isa.bits.sext(x, 16)",
    "int8": ": write rvx.isa.bits.sext(x, 8)",
    "sum": ": write a loop",
    "round": ": write int(x + 0.5), or what rounding is meant",
    "bin": ": x.bit_count() counts ones",
}


def _annotated(text: str) -> Kind | None:
    """The kind that one of rvx's functions says that it gives."""
    plain: dict[str, Kind] = {
        "int": WORD,
        "bool": TRUTH,
        "float": REAL,
        "None": NOTHING,
        "<class 'int'>": WORD,
        "<class 'bool'>": TRUTH,
        "<class 'float'>": REAL,
    }
    if text in plain:
        return plain[text]
    if text.startswith("tuple[") and text.endswith("]"):
        items = [_annotated(part.strip()) for part in text[6:-1].split(",")]
        known = [item for item in items if item is not None]
        return Several(tuple(known)) if len(known) == len(items) else None
    return None
