"""Reads a body, checks it, and writes it out with all of its arithmetic spelled.

The result is a function with the statements, the names and the line numbers of the original, so
that debuggers show the original. What differs are operations: `a + b` of integers becomes
`wrap(a + b)`, `a << b` a call of `rvx.bodies.arithmetic.shift_left`, `table[i]` checks its index.
It exists twice, with the same code: once bound to what the interpreter calls, once to what numba
compiles.

Kinds are known for every expression: a variable has one kind in all of a function. Where numba
would widen, narrow, or turn integers into floats by rules of its own, there is nothing left that
it could decide.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import math
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from rvx.bodies import arithmetic
from rvx.bodies.arithmetic import Error
from rvx.bodies.kinds import (
    MEMORY,
    NOTHING,
    REAL,
    TRUTH,
    WORD,
    Array,
    Basic,
    Kind,
    Several,
    joined,
)
from rvx.bodies.outside import Table, Unfit, number_of, table_of
from rvx.bodies.problem import BodyProblem
from rvx.bodies.source import NoSource, tree_of
from rvx.isa import bits, memory

INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
HART = "_hart"
_CHUNK = 4096
"""Iterations of a loop between two looks at whether somebody wants to stop."""
_LONG = 1 << 20
_MOST_LOCAL = 4096
_REWRITTEN = frozenset({bits.__name__})
"""Modules of rvx whose functions are read as those of users: they shift by any count."""


@dataclass(frozen=True)
class Site:
    """A place where a body may raise.

    Attributes:
        where: file and line.
        says: what is raised there, where it is a `raise` of the body's own.
    """

    where: str
    says: str = ""


@dataclass(frozen=True)
class Made:
    """A function, written out.

    Attributes:
        interpreted: for the interpreter.
        compiled: for numba.
        result: kind of what it returns.
        sites: of the whole body.
        prints: where it prints or stops for a debugger.
        accesses: see `rvx.bodies.form.Form`.
        text: the function as it is written out, for translators into other languages.
    """

    interpreted: Callable[..., Any]
    compiled: Callable[..., Any]
    result: Kind
    sites: tuple[Site, ...] = ()
    prints: str = ""
    accesses: frozenset[tuple[frozenset[str], bool]] | None = None
    text: Text | None = None


@dataclass(frozen=True)
class Text:
    """A function that is written out, and what the names in it stand for.

    Attributes:
        tree: its tree.
        bound: what a name stands for, compiled.
        variables: kinds of parameters and variables.
    """

    tree: ast.FunctionDef
    bound: Mapping[str, object]
    variables: Mapping[str, Kind]


@dataclass(frozen=True)
class Value:
    """An expression, written out.

    Attributes:
        node: its tree.
        kind: what it is.
        constant: the number, where it is known.
    """

    node: ast.expr
    kind: Kind
    constant: int | float | None = None


class _Widened(Exception):
    """A variable that held truth values holds integers, too: the function is read once more."""


class Translator:
    """Translates one body with all functions that it calls.

    Args:
        mnemonic: the instruction, for messages.
    """

    def __init__(self, mnemonic: str) -> None:
        self.mnemonic = mnemonic
        self.sites: dict[Site, int] = {}
        self.prints = ""
        self.accesses: set[tuple[frozenset[str], bool]] | None = set()
        self._made: dict[tuple[types.FunctionType, tuple[Kind, ...]], Made] = {}
        self._open: list[types.FunctionType] = []

    def body(
        self, function: Callable[..., Any], kinds: Sequence[Kind], results: tuple[str, ...]
    ) -> Made:
        """The body itself.

        Args:
            function: what the extension declares.
            kinds: of its parameters.
            results: the destinations that what it returns goes to.

        Raises:
            BodyProblem: it holds something that cannot mean the same everywhere.
        """
        if not isinstance(function, types.FunctionType):
            raise BodyProblem(
                f"the body of '{self.mnemonic}' is a {type(function).__name__}; it has to be a "
                f"function that is written with def or lambda"
            )
        made = _FunctionTranslator(self, function, tuple(kinds), results).made()
        return Made(
            _plain_arguments(made.interpreted),
            made.compiled,
            made.result,
            tuple(self.sites),
            self.prints,
            None if self.accesses is None else frozenset(self.accesses),
            made.text,
        )

    def part(
        self,
        function: Callable[..., Any],
        kinds: Mapping[str, Kind],
        known: Mapping[str, object],
        results: tuple[str, ...],
    ) -> Made:
        """A function that a body is made of, such as one of elements.

        Args:
            function: as it is written.
            kinds: of the parameters that it gets when it is called.
            known: numbers and functions that the others stand for.
            results: names of what it returns, none or one.

        Raises:
            BodyProblem: it holds something that cannot mean the same everywhere.
        """
        if not isinstance(function, types.FunctionType):
            raise BodyProblem(
                f"the function of '{self.mnemonic}' is a {type(function).__name__}; it has to be "
                f"written with def or lambda"
            )
        made = _FunctionTranslator(self, function, tuple(kinds.values()), results, known).made()
        return Made(_plain_arguments(made.interpreted), made.compiled, made.result)

    def helper(self, function: types.FunctionType, kinds: tuple[Kind, ...]) -> Made:
        """A function that the body calls, for arguments of these kinds."""
        key = (function, kinds)
        if key not in self._made:
            self._made[key] = _FunctionTranslator(self, function, kinds, None).made()
        return self._made[key]

    def helpers(self) -> list[Made]:
        """All functions that the body calls."""
        return list(self._made.values())

    def entering(self, function: types.FunctionType) -> bool:
        """Notes that a function is being read; says whether it was not already."""
        if function in self._open:
            return False
        self._open.append(function)
        return True

    def leaving(self) -> None:
        """Notes that the function entered last is done."""
        self._open.pop()

    @property
    def is_in_helper(self) -> bool:
        """Whether the function being read is not the body itself."""
        return len(self._open) > 1


def _plain_arguments(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function for callers that have NumPy's integers."""
    import numpy as np

    def body(*arguments: Any) -> Any:
        return function(*(int(a) if isinstance(a, np.integer) else a for a in arguments))

    return body


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


class _FunctionTranslator:
    """One function for one tuple of kinds.

    Args:
        whole: the body that it belongs to.
        function: to be read.
        kinds: of its parameters.
        results: the destinations of what is returned; None if this is not the body itself.
        known: parameters that stand for something known: numbers, and functions.
    """

    def __init__(
        self,
        whole: Translator,
        function: types.FunctionType,
        kinds: tuple[Kind, ...],
        results: tuple[str, ...] | None,
        known: Mapping[str, object] = types.MappingProxyType({}),
    ) -> None:
        self._known = known
        self._whole = whole
        self._function = function
        self._kinds = kinds
        self._results = results
        self._code = function.__code__
        self._bound: dict[str, tuple[Any, Any]] = {}
        self._variables: dict[str, Kind] = {}
        self._result: Kind | None = None
        self._assigned: set[str] = set()
        self._temporaries = 0
        self._is_reachable = True
        self._breaks: list[list[set[str]]] = []
        self._continues: list[list[set[str]]] = []
        self._turns = 1
        self._sizes: dict[str, list[ast.expr]] = {}
        self._is_checked = ""

    # -- the whole ---------------------------------------------------------------------------

    def made(self) -> Made:
        """Reads the function and writes it out."""
        if not self._whole.entering(self._function):
            raise BodyProblem(self._sentence(None, "the function calls itself; write a loop"))
        try:
            return self._made()
        finally:
            self._whole.leaving()

    def _made(self) -> Made:
        if self._code.co_flags & (
            inspect.CO_VARARGS
            | inspect.CO_VARKEYWORDS
            | inspect.CO_GENERATOR
            | inspect.CO_COROUTINE
            | inspect.CO_ASYNC_GENERATOR
        ):
            self._refuse(None, "a body takes its parameters one by one, and returns its result")
        try:
            tree = tree_of(self._function)
        except NoSource as error:
            raise BodyProblem(self._sentence(None, str(error))) from None
        names = self._code.co_varnames[: self._code.co_argcount + self._code.co_kwonlyargcount]
        free = [name for name in names if name not in self._known]
        parameters = dict(zip(free, self._kinds, strict=True))
        if isinstance(tree, ast.Lambda):
            returned = ast.copy_location(ast.Return(tree.body), tree.body)
            statements: list[ast.stmt] = [returned]
        else:
            statements = tree.body
        self._locals = {*self._code.co_varnames, *self._code.co_cellvars} - set(self._known)
        for one in ast.walk(tree):
            if not isinstance(one, ast.Name) or not isinstance(one.ctx, ast.Store):
                continue
            if one.id in self._known:
                self._refuse(one, f"'{one.id}' is known; give the result another name")
        while True:
            self._begin(parameters)
            try:
                lines = self._block(statements)
                break
            except _Widened:
                continue
        if self._is_reachable:
            self._end_of_function(tree)
        made = ast.FunctionDef(
            name=_identifier(self._code.co_name),
            args=ast.arguments(
                posonlyargs=[],
                args=[ast.arg(arg=name) for name in (*parameters, HART)],
                kwonlyargs=[],
                kw_defaults=[],
                defaults=[],
            ),
            body=lines or [ast.Pass()],
            decorator_list=[],
        )
        ast.copy_location(made, tree)
        module = ast.fix_missing_locations(ast.Module([made], []))
        code = compile(module, self._code.co_filename, "exec", dont_inherit=True)
        text = Text(
            made, {name: forms[1] for name, forms in self._bound.items()}, dict(self._variables)
        )
        return Made(
            self._bind(code, made.name, 0),
            self._bind(code, made.name, 1),
            self._result or NOTHING,
            text=text,
        )

    def _begin(self, parameters: dict[str, Kind]) -> None:
        self._variables |= parameters
        self._assigned = set(parameters)
        self._temporaries = 0
        self._is_reachable = True
        self._breaks = []
        self._continues = []
        self._turns = 1
        self._sizes = {}
        self._is_checked = ""
        self._bound.clear()

    def _bind(self, code: types.CodeType, name: str, form: int) -> Callable[..., Any]:
        namespace = dict(self._function.__globals__)
        for free, cell in zip(
            self._code.co_freevars, self._function.__closure__ or (), strict=True
        ):
            namespace[free] = cell.cell_contents
        namespace |= {given: forms[form] for given, forms in self._bound.items()}
        exec(code, namespace)
        made: Callable[..., Any] = namespace[name]
        made.__qualname__ = self._function.__qualname__
        made.__module__ = __name__
        return made

    def _end_of_function(self, tree: ast.AST) -> None:
        if self._results:
            several = "one integer for each" if len(self._results) > 1 else "an integer"
            self._refuse(
                tree,
                f"some path ends without a result, and the instruction writes "
                f"{' and '.join(self._results)}; return {several} on every path (the old value of "
                f"{self._results[0]} is what a parameter {self._results[0]} gives)",
            )
        if self._result not in (None, NOTHING):
            self._refuse(tree, "one path returns something and another ends without a result")
        self._result = NOTHING

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

    # -- statements --------------------------------------------------------------------------

    def _block(self, statements: Iterable[ast.stmt]) -> list[ast.stmt]:
        lines: list[ast.stmt] = []
        for statement in statements:
            if not self._is_reachable:
                break
            for line in self._statement(statement):
                lines.append(ast.copy_location(line, statement))
        return lines

    def _statement(self, node: ast.stmt) -> list[ast.stmt]:
        match node:
            case ast.Pass():
                return [ast.Pass()]
            case ast.Expr(ast.Constant()):
                return []
            case ast.Expr(value):
                return self._effect(value)
            case ast.Assign(targets, value):
                return self._assign(node, targets, value)
            case ast.AnnAssign(target, _, value):
                return [] if value is None else self._assign(node, [target], value)
            case ast.AugAssign():
                return self._augmented(node)
            case ast.If(test, then, otherwise):
                return self._if(test, then, otherwise)
            case ast.While():
                return self._while(node)
            case ast.For():
                return self._for(node)
            case ast.Break():
                self._breaks[-1].append(set(self._assigned))
                self._is_reachable = False
                return [ast.Break()]
            case ast.Continue():
                self._continues[-1].append(set(self._assigned))
                self._is_reachable = False
                return [ast.Continue()]
            case ast.Return(value):
                return self._return(node, value)
            case ast.Raise(raised, _):
                return self._raise(node, raised)
            case ast.Assert(test, told):
                failing = self._fail(node, f"AssertionError: {_text_of(told)}".removesuffix(": "))
                return [ast.If(ast.UnaryOp(ast.Not(), self._test(test)), failing, [])]
        self._refuse_node(node)

    def _effect(self, node: ast.expr) -> list[ast.stmt]:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called = self._outer(node.func) if node.func.id not in self._locals else None
            if called in (print, breakpoint):
                self._whole.prints = self._whole.prints or (
                    f"{node.func.id}() ({self._code.co_filename}:{node.lineno})"
                )
                return [ast.Expr(node)]
        if not isinstance(node, ast.Call):
            self._refuse(node, "this statement does nothing; assign it, return it, or call")
        return [ast.Expr(self._expression(node).node)]

    def _return(self, node: ast.AST, value: ast.expr | None) -> list[ast.stmt]:
        if value is None or (isinstance(value, ast.Constant) and value.value is None):
            if self._results:
                self._end_of_function(node)
            self._join_result(node, NOTHING)
            self._is_reachable = False
            return [ast.Return(None)]
        given = self._expression(value)
        if self._results is not None:
            self._check_results(node, given.kind, self._results)
        if isinstance(given.kind, Array):
            self._refuse(node, "an array cannot be returned; return its elements")
        self._is_reachable = False
        if given.kind == NOTHING:
            self._join_result(node, NOTHING)
            return [ast.Expr(given.node), ast.Return(None)]
        wanted = given.kind
        if self._results:
            wanted = WORD if len(self._results) == 1 else Several((WORD,) * len(self._results))
        self._join_result(node, wanted)
        assert self._result is not None
        return [ast.Return(self._as(node, given, self._result))]

    def _check_results(self, node: ast.AST, kind: Kind, results: tuple[str, ...]) -> None:
        """Refuses what the body returns if it does not fit what the instruction writes."""
        if not results:
            if kind != NOTHING:
                self._refuse(
                    node, "it returns something, but the instruction has no rd to write it to"
                )
            return
        if len(results) == 1:
            if kind not in (WORD, TRUTH):
                hints = {REAL: "; int(...) cuts off its fraction", NOTHING: ""}
                hint = hints.get(kind if isinstance(kind, Basic) else WORD, "")
                self._refuse(node, f"it returns {kind}; a result is an integer{hint}")
            return
        is_fitting = (
            isinstance(kind, Several)
            and len(kind.items) == len(results)
            and all(item in (WORD, TRUTH) for item in kind.items)
        )
        if not is_fitting:
            self._refuse(
                node,
                f"it returns {kind}; the instruction writes {' and '.join(results)}: return "
                f"{len(results)} integers in that order",
            )

    def _join_result(self, node: ast.AST, kind: Kind) -> None:
        if self._result is None:
            self._result = kind
            return
        both = joined(self._result, kind)
        if both is None:
            self._refuse(node, f"one path returns {self._result} and another {kind}")
        if both != self._result:
            self._result = both
            raise _Widened

    def _raise(self, node: ast.AST, raised: ast.expr | None) -> list[ast.stmt]:
        called = raised.func if isinstance(raised, ast.Call) else raised
        name = ast.unparse(called) if called is not None else ""
        kind = self._outer(called) if isinstance(called, ast.Name | ast.Attribute) else None
        if not (isinstance(kind, type) and issubclass(kind, BaseException)):
            self._refuse(node, "'raise' needs an exception, as in raise ValueError('why')")
        told = raised.args[0] if isinstance(raised, ast.Call) and raised.args else None
        self._is_reachable = False
        return self._fail(node, f"{name}: {_text_of(told)}".removesuffix(": "))

    def _fail(self, node: ast.AST, says: str) -> list[ast.stmt]:
        escaped = says.replace("{", "{{").replace("}", "}}")
        place = self._place(node, escaped)
        call = self._call("fail", _name(HART), ast.Constant(int(Error.RAISE)), place, _number(0))
        # numba wants to see that this path has no end.
        self._bound["_rvx_raised"] = (arithmetic.BodyRaised, arithmetic.BodyRaised)
        return [ast.Expr(call), ast.Raise(_name("_rvx_raised"), None)]

    # -- assignment --------------------------------------------------------------------------

    def _assign(
        self, node: ast.stmt, targets: Sequence[ast.expr], value: ast.expr
    ) -> list[ast.stmt]:
        size = self._local_size(value)
        if size is not None:
            if len(targets) != 1 or not isinstance(targets[0], ast.Name):
                self._refuse(
                    node, "words of its own need one name, as in x = np.zeros(4, np.int64)"
                )
            made = arithmetic.local_words(size)
            self._bound[f"_rvx_words_{size}"] = (made, made)
            self._set(node, targets[0].id, Array((size,), WORD, "local"))
            name = ast.Name(targets[0].id, ast.Store())
            return [ast.Assign([name], ast.Call(_name(f"_rvx_words_{size}"), [], []))]
        given = self._expression(value)
        if len(targets) == 1:
            return self._assign_to(node, targets[0], given)
        if not isinstance(given.kind, Basic) or given.kind == NOTHING:
            self._refuse(node, f"{given.kind} cannot be assigned to several names at once")
        held = self._temporary()
        lines: list[ast.stmt] = [ast.Assign([ast.Name(held, ast.Store())], given.node)]
        for target in targets:
            lines += self._assign_to(node, target, Value(_name(held), given.kind))
        return lines

    def _local_size(self, node: ast.expr) -> int | None:
        """The size that np.zeros or np.empty is called with; None for any other expression."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
            return None
        try:
            called = self._outer(node.func) if self._is_outer(node.func) else None
        except BodyProblem:
            return None
        import numpy as np

        if called not in (np.zeros, np.empty):
            return None
        form = "np.zeros(COUNT, np.int64)"
        given = [*node.args, *(word.value for word in node.keywords if word.arg == "dtype")]
        if len(given) != 2 or self._outer(given[1]) not in (np.int64, int):
            self._refuse(node, f"words of its own are 64-bit integers: {form}")
        size = self._expression(given[0])
        if not isinstance(size.constant, int) or not 1 <= size.constant <= _MOST_LOCAL:
            self._refuse(
                node,
                f"{form} takes a number that is known beforehand, from 1 to {_MOST_LOCAL}; "
                f"for more, or for what lasts, declare a state (Extension.state)",
            )
        return int(size.constant)

    def _assign_to(self, node: ast.AST, target: ast.expr, given: Value) -> list[ast.stmt]:
        match target:
            case ast.Name(name):
                if given.kind in (NOTHING, MEMORY) or isinstance(given.kind, Array):
                    self._refuse(node, f"{given.kind} cannot be given a further name")
                kind = self._set(node, name, given.kind)
                return [ast.Assign([ast.Name(name, ast.Store())], self._as(node, given, kind))]
            case ast.Subscript():
                array, at = self._element(target, is_written=True)
                value = self._as(node, given, array.element)
                place = ast.Subscript(at.value, at.slice, ast.Store())
                return [ast.Assign([place], value)]
            case ast.Tuple(parts):
                return self._unpack(node, parts, given)
        self._refuse_node(target)

    def _unpack(self, node: ast.AST, parts: Sequence[ast.expr], given: Value) -> list[ast.stmt]:
        if not isinstance(given.kind, Several) or len(given.kind.items) != len(parts):
            self._refuse(node, f"{given.kind} cannot be taken apart into {len(parts)}")
        held = [self._temporary() for _ in parts]
        names: list[ast.expr] = [ast.Name(name, ast.Store()) for name in held]
        lines: list[ast.stmt] = [ast.Assign([ast.Tuple(names, ast.Store())], given.node)]
        for part, name, kind in zip(parts, held, given.kind.items, strict=True):
            lines += self._assign_to(node, part, Value(_name(name), kind))
        return lines

    def _set(self, node: ast.AST, name: str, kind: Kind) -> Kind:
        """Notes that a variable has a value of this kind; gives the kind of the variable."""
        known = self._variables.get(name)
        both = kind if known is None else joined(known, kind)
        if both is None:
            self._refuse(
                node,
                f"'{name}' is {known} elsewhere and {kind} here; give the two different names",
            )
        if isinstance(both, Several):
            self._refuse(node, "a tuple is taken apart at once, as in a, b = f(x)")
        self._assigned.add(name)
        self._variables[name] = both
        if known is not None and both != known:
            raise _Widened
        return both

    def _augmented(self, node: ast.AugAssign) -> list[ast.stmt]:
        if isinstance(node.target, ast.Name):
            before = self._expression(ast.Name(node.target.id, ast.Load()), node)
            value = self._operate(node, node.op, before, self._expression(node.value))
            return self._assign_to(node, node.target, value)
        if not isinstance(node.target, ast.Subscript):
            self._refuse_node(node.target)
        array, at = self._element(node.target, is_written=True)
        lines: list[ast.stmt] = []
        if not isinstance(at.slice, ast.Constant | ast.Name):
            held = self._temporary()
            lines.append(ast.Assign([ast.Name(held, ast.Store())], at.slice))
            at = ast.Subscript(at.value, _name(held), ast.Load())
        before = Value(self._read(array, at), array.element)
        value = self._operate(node, node.op, before, self._expression(node.value))
        place = ast.Subscript(at.value, at.slice, ast.Store())
        return [*lines, ast.Assign([place], self._as(node, value, array.element))]

    def _temporary(self) -> str:
        self._temporaries += 1
        return f"_rvx_{self._temporaries}"

    # -- flow --------------------------------------------------------------------------------

    def _if(
        self, test: ast.expr, then: list[ast.stmt], otherwise: list[ast.stmt]
    ) -> list[ast.stmt]:
        decided = self._test(test)
        before = set(self._assigned)
        first = self._block(then)
        ends = [(self._is_reachable, self._assigned)]
        self._assigned, self._is_reachable = before, True
        second = self._block(otherwise)
        ends.append((self._is_reachable, self._assigned))
        self._meet([assigned for reachable, assigned in ends if reachable])
        return [ast.If(decided, first or [ast.Pass()], second)]

    def _meet(self, ends: list[set[str]]) -> None:
        """Paths come together: what has a value is what has one on all of them."""
        self._is_reachable = bool(ends)
        if ends:
            self._assigned = set.intersection(*ends)

    def _while(self, node: ast.While) -> list[ast.stmt]:
        test = self._expression(node.test)
        is_endless = bool(test.constant)
        before = set(self._assigned)
        self._breaks.append([])
        self._continues.append([])
        lines = [self._poll(node), *self._block(node.body)]
        self._continues.pop()
        self._assigned, self._is_reachable = before, not is_endless
        otherwise = self._block(node.orelse) if not is_endless else []
        after = [self._assigned] if self._is_reachable else []
        self._meet([*after, *self._breaks.pop()])
        return [ast.While(self._truth(node.test, test), lines, otherwise)]

    def _poll(self, node: ast.AST) -> ast.stmt:
        return ast.copy_location(ast.Expr(self._call("poll", _name(HART), self._place(node))), node)

    def _for(self, node: ast.For) -> list[ast.stmt]:
        if isinstance(node.iter, ast.Call) and self._is_builtin(node.iter.func, range):
            return self._for_range(node, node.iter)
        return self._for_elements(node)

    def _for_elements(self, node: ast.For) -> list[ast.stmt]:
        """for x in array: the elements, by position."""
        given = self._table_or_array(node.iter)
        if given is None or len(given[1].shape) != 1 or given[1].owner == "mask":
            self._refuse(
                node.iter, "a loop goes over range(...), or over an array of one dimension"
            )
        array, kind = given
        at = self._temporary()
        element = ast.Subscript(array, _name(at), ast.Load())
        first = self._loop_body(
            node,
            kind.shape[0],
            lambda: self._assign_to(
                node, node.target, Value(self._read(kind, element), kind.element)
            ),
        )
        body, otherwise = first
        count = self._builtin("range", self._size(array, kind.shape[0]))
        return [ast.For(ast.Name(at, ast.Store()), count, body, otherwise)]

    def _loop_body(
        self, node: ast.For, turns: int | None, begin: Callable[[], list[ast.stmt]]
    ) -> tuple[list[ast.stmt], list[ast.stmt]]:
        """The statements of a loop and of its else; `turns` says how often, where it is known."""
        before, outer = set(self._assigned), self._turns
        self._turns *= turns if turns is not None else 1
        self._breaks.append([])
        self._continues.append([])
        lines = begin()
        if turns is not None and self._turns > _LONG:
            lines = [self._poll(node), *lines]
        lines += self._block(node.body)
        self._turns = outer
        # What has a value after one turn has it after the loop, if there is a turn for certain.
        self._meet([*([self._assigned] if self._is_reachable else []), *self._continues.pop()])
        after = self._assigned if turns and self._is_reachable else before
        self._assigned, self._is_reachable = set(after), True
        otherwise = self._block(node.orelse)
        ends = [self._assigned] if self._is_reachable else []
        self._meet([*ends, *self._breaks.pop()])
        return lines, otherwise

    def _for_range(self, node: ast.For, call: ast.Call) -> list[ast.stmt]:
        if call.keywords or not 1 <= len(call.args) <= 3:
            self._refuse(call, "range takes one to three numbers")
        if not isinstance(node.target, ast.Name):
            self._refuse(node, "a loop over range(...) needs one name")
        given = [self._integer(one) for one in call.args]
        start, end, step = _three(given)
        name = node.target.id

        def begin() -> list[ast.stmt]:
            kind = self._set(node, name, WORD)
            assert kind == WORD
            return []

        known = [one.constant for one in (start, end, step)]
        if all(isinstance(one, int) for one in known) and known[2] != 0:
            turns = len(range(*[int(one or 0) for one in known]))
            if turns <= _LONG:
                body, otherwise = self._loop_body(node, turns, begin)
                numbers = [_number(int(one or 0)) for one in known]
                shown = numbers[1:2] if known[::2] == [0, 1] else numbers
                counted = self._builtin("range", *shown)
                return [ast.For(ast.Name(name, ast.Store()), counted, body, otherwise)]
        return self._open_range(node, start, end, step, begin)

    def _open_range(
        self,
        node: ast.For,
        start: Value,
        end: Value,
        step: Value,
        begin: Callable[[], list[ast.stmt]],
    ) -> list[ast.stmt]:
        """A loop that may be long: it looks up now and then whether it is to stop."""
        assert isinstance(node.target, ast.Name)
        first, last = self._temporary(), self._temporary()
        lines: list[ast.stmt] = [
            ast.Assign([ast.Name(first, ast.Store())], start.node),
            ast.Assign([ast.Name(last, ast.Store())], end.node),
        ]
        width: ast.expr = step.node
        if step.constant is None:
            held = self._temporary()
            lines.append(ast.Assign([ast.Name(held, ast.Store())], step.node))
            width = _name(held)
        bound = self._call(
            "range_end", _name(first), _name(last), width, _name(HART), self._place(node)
        )
        lines.append(ast.Assign([ast.Name(last, ast.Store())], bound))
        target = node.target.id
        stride = step.constant
        before = set(self._assigned)
        self._sizes = {target: []} if _is_plain_loop(node, stride) else {}
        body, otherwise = self._loop_body(node, None, begin)
        sizes, self._sizes = self._sizes.get(target, []), {}
        if not isinstance(stride, int) or _leaves(node.body) or node.orelse:
            counted = self._builtin("range", _name(first), _name(last), width)
            polled = [self._poll(node), *body]
            return [*lines, ast.For(ast.Name(target, ast.Store()), counted, polled, otherwise)]
        # Looking up in every turn would keep LLVM from vectorising: it is done once in many.
        pause, far = self._temporary(), _CHUNK * stride
        left = ast.BinOp(_name(last), ast.Sub(), _name(first))
        is_short = ast.Compare(left, [ast.LtE() if stride > 0 else ast.GtE()], [_number(far)])
        ahead = ast.BinOp(_name(first), ast.Add(), _number(far))
        goal = ast.IfExp(is_short, _name(last), ahead)
        counted = self._builtin("range", _name(first), _name(pause), _number(stride))
        turns: ast.stmt = ast.For(ast.Name(target, ast.Store()), counted, body, [])
        if sizes:
            # Nor would checking each index: where all of them are within, none is looked at.
            self._assigned = before
            self._is_checked = target
            free, _ = self._loop_body(node, None, begin)
            self._is_checked = ""
            begins = ast.Compare(_number(0), [ast.LtE()], [_name(first)])
            different = {ast.dump(size): size for size in sizes}.values()
            known = [
                int(size.value)
                for size in different
                if isinstance(size, ast.Constant) and isinstance(size.value, int)
            ]
            bounds = [size for size in different if not isinstance(size, ast.Constant)]
            bounds += [_number(min(known))] if known else []
            ends = [ast.Compare(_name(pause), [ast.LtE()], [bound]) for bound in bounds]
            plain = ast.For(ast.Name(target, ast.Store()), counted, free, [])
            turns = ast.If(ast.BoolOp(ast.And(), [begins, *ends]), [plain], [turns])
        chunk: list[ast.stmt] = [
            self._poll(node),
            ast.Assign([ast.Name(pause, ast.Store())], goal),
            turns,
            ast.Assign([ast.Name(first, ast.Store())], _name(pause)),
        ]
        goes_on = ast.Compare(_name(first), [ast.Lt() if stride > 0 else ast.Gt()], [_name(last)])
        return [*lines, ast.While(goes_on, chunk, [])]

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
                return Value(_name(name), self._variables[name])
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
            return Value(_number(value), WORD, value)
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
            return None
        if isinstance(op, ast.LShift | ast.Pow) and not 0 <= b <= 4096:
            return None
        text = ast.Expression(ast.BinOp(_number(int(a)), op, _number(int(b))))
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

    def _conditional(self, node: ast.IfExp) -> Value:
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
        if kind is None or not isinstance(kind, Basic) or kind in (NOTHING, MEMORY):
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
        return _name(self._bind_table(node, value, found)), found.kind

    def _bind_table(self, node: ast.expr, value: object, found: Table) -> str:
        name = f"_rvx_table_{_identifier(ast.unparse(node))}"
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
        return self._call("length", array) if size is None else _number(size)

    def _index(self, node: ast.AST, given: Value, size: int | None, array: ast.expr) -> ast.expr:
        if isinstance(given.constant, int) and size is not None:
            if not -size <= given.constant < size:
                self._refuse(
                    node, f"there is no element {given.constant} of {size}: 0 is the first"
                )
            return _number(given.constant % size)
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
        return value if kind.mask == -1 else ast.BinOp(value, ast.BitAnd(), _number(kind.mask))

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
        return ast.Call(_name(f"_rvx_{name}"), list(arguments), [])

    def _builtin(self, name: str, *arguments: ast.expr) -> ast.expr:
        """A call of a function of Python, whatever the module calls by its name."""
        function = getattr(builtins, name)
        self._bound[f"_rvx_{name}"] = (function, function)
        return ast.Call(_name(f"_rvx_{name}"), list(arguments), [])

    def _checked(self, node: ast.AST, name: str, *arguments: ast.expr) -> ast.expr:
        """A call of an operation that may fail."""
        return self._call(name, *arguments, _name(HART), self._place(node))

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
        given = [self._expression(one) for one in arguments]
        for one in given:
            if isinstance(one.kind, Several) or one.kind == NOTHING:
                self._refuse(node, f"{one.kind} cannot be an argument")
        module = function.__module__ or ""
        if module.partition(".")[0] == "rvx" and module not in _REWRITTEN:
            return self._own_call(node, function, given)
        given = [self._as_integer(node, one) if one.kind == TRUTH else one for one in given]
        given = [
            Value(self._call("word", one.node), WORD)
            if one.kind == WORD and isinstance(one.node, ast.Constant)
            else one
            for one in given
        ]
        kinds = tuple(one.kind for one in given)
        made = self._whole.helper(function, kinds)
        bound = f"_rvx_call_{_identifier(function.__name__)}"
        while self._bound.get(bound, (made.interpreted,))[0] is not made.interpreted:
            bound += "_"
        self._bound[bound] = (made.interpreted, made.compiled)
        call = ast.Call(_name(bound), [*(one.node for one in given), _name(HART)], [])
        return Value(call, made.result)

    def _arguments(self, node: ast.Call, function: types.FunctionType) -> list[ast.expr]:
        """The arguments of a call in the order of the parameters, defaults included."""
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
        found: list[ast.expr] = []
        for value in bound.arguments.values():
            if isinstance(value, ast.expr):
                found.append(value)
                continue
            number = number_of(value)
            if number is None:
                self._refuse(
                    node, f"'{ast.unparse(node.func)}': a default that is no number: {value!r}"
                )
            found.append(ast.copy_location(ast.Constant(number), node))
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
        name = f"_rvx_own_{_identifier(function.__qualname__)}"
        known = self._bound.get(name)
        if known is None or known[1] is not function:
            while name in self._bound:
                name += "_"
            self._bound[name] = (_adapted(function), function)
        call: ast.expr = ast.Call(_name(name), nodes, [])
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

_Call = Callable[[_FunctionTranslator, ast.Call, list[Value]], Value]


def _int(self: _FunctionTranslator, node: ast.Call, given: list[Value]) -> Value:
    (one,) = _exactly(self, node, given, 1)
    if one.kind == REAL:
        return Value(self._checked(node, "truncate", one.node), WORD)
    return self._as_integer(node, one)


def _float(self: _FunctionTranslator, node: ast.Call, given: list[Value]) -> Value:
    (one,) = _exactly(self, node, given, 1)
    return self._as_real(node, one)


def _bool(self: _FunctionTranslator, node: ast.Call, given: list[Value]) -> Value:
    (one,) = _exactly(self, node, given, 1)
    if one.kind == TRUTH:
        return one
    zero: ast.expr = ast.Constant(0.0 if one.kind == REAL else 0)
    return Value(ast.Compare(self._truth(node, one), [ast.NotEq()], [zero]), TRUTH)


def _abs(self: _FunctionTranslator, node: ast.Call, given: list[Value]) -> Value:
    (one,) = _exactly(self, node, given, 1)
    if one.kind == REAL:
        return Value(self._builtin("abs", one.node), REAL)
    return Value(self._call("absolute", self._as_integer(node, one).node), WORD)


def _extreme(name: str) -> _Call:
    def call(self: _FunctionTranslator, node: ast.Call, given: list[Value]) -> Value:
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


def _pow(self: _FunctionTranslator, node: ast.Call, given: list[Value]) -> Value:
    base, exponent = _exactly(self, node, given, 2)
    return self._operate(node, ast.Pow(), base, exponent)


def _divmod(self: _FunctionTranslator, node: ast.Call, given: list[Value]) -> Value:
    a, b = _exactly(self, node, given, 2)
    for one in (a, b):
        if not isinstance(one.node, ast.Name | ast.Constant):
            self._refuse(node, "divmod takes names or numbers; write // and % for the rest")
    parts = [self._operate(node, ast.FloorDiv(), a, b), self._operate(node, ast.Mod(), a, b)]
    if any(part.kind != WORD for part in parts):
        self._refuse(node, "divmod is for integers")
    return Value(ast.Tuple([part.node for part in parts], ast.Load()), Several((WORD, WORD)))


def _len(self: _FunctionTranslator, node: ast.Call, given: list[Value]) -> Value:
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
    def call(self: _FunctionTranslator, node: ast.Call, given: list[Value]) -> Value:
        (one,) = _exactly(self, node, given, 1)
        return Value(self._checked(node, name, self._as_real(node, one).node), _GIVES[name])

    return call


def _real_test(name: str) -> _Call:
    def call(self: _FunctionTranslator, node: ast.Call, given: list[Value]) -> Value:
        (one,) = _exactly(self, node, given, 1)
        function = getattr(math, name)
        self._bound[f"_rvx_{name}"] = (function, function)
        return Value(ast.Call(_name(f"_rvx_{name}"), [self._as_real(node, one).node], []), TRUTH)

    return call


def _exactly(
    self: _FunctionTranslator, node: ast.Call, given: list[Value], count: int
) -> list[Value]:
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


# -- small things ---------------------------------------------------------------------------


def _name(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


def _number(value: int) -> ast.expr:
    return ast.Constant(value)


def _identifier(text: str) -> str:
    return "".join(c if c.isalnum() or c == "_" else "_" for c in text)


def _text_of(node: ast.expr | None) -> str:
    """What a raise says, as it is written."""
    if node is None:
        return ""
    if isinstance(node, ast.Constant):
        return str(node.value)
    text = ast.unparse(node)
    return text[2:-1] if isinstance(node, ast.JoinedStr) else text


def _three(given: list[Value]) -> tuple[Value, Value, Value]:
    """Start, end and step of a range."""
    zero, one = Value(_number(0), WORD, 0), Value(_number(1), WORD, 1)
    if len(given) == 1:
        return zero, given[0], one
    return given[0], given[1], given[2] if len(given) == 3 else one


def _is_plain_loop(node: ast.For, stride: float | None) -> bool:
    """Whether a loop counts up, holds no other, and leaves its counter alone."""
    inside = [one for statement in node.body for one in ast.walk(statement)]
    return (
        isinstance(stride, int)
        and stride > 0
        and not any(isinstance(one, ast.For | ast.While) for one in inside)
        and not any(
            isinstance(one, ast.Name)
            and isinstance(one.ctx, ast.Store)
            and isinstance(node.target, ast.Name)
            and one.id == node.target.id
            for one in inside
        )
    )


def _leaves(statements: Iterable[ast.stmt]) -> bool:
    """Whether a loop with these statements may be left by `break`."""
    for statement in statements:
        if isinstance(statement, ast.Break):
            return True
        if isinstance(statement, ast.For | ast.While):
            if _leaves(statement.orelse):
                return True
        elif isinstance(statement, ast.If) and (
            _leaves(statement.body) or _leaves(statement.orelse)
        ):
            return True
    return False


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
