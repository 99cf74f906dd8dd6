"""Reads a body, checks it, and writes it out with all of its arithmetic spelled: its statements.

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
import inspect
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from rvx.bodies import arithmetic
from rvx.bodies.arithmetic import Error
from rvx.bodies.calls import Calls
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
from rvx.bodies.problem import BodyProblem
from rvx.bodies.source import NoSource, tree_of
from rvx.bodies.written import (
    HART,
    Made,
    Text,
    Value,
    Whole,
    identifier,
    name_node,
    number_node,
    text_of,
)

_CHUNK = 4096
"""Iterations of a loop between two looks at whether somebody wants to stop."""
_LONG = 1 << 20
_MOST_LOCAL = 4096


class _Widened(Exception):
    """A variable that held truth values holds integers, too: the function is read once more."""


class Translator(Whole):
    """Translates one body with all functions that it calls.

    Args:
        mnemonic: the instruction, for messages.
        reads_own: see `Whole`.
    """

    def __init__(self, mnemonic: str, reads_own: bool = False) -> None:
        super().__init__(mnemonic, reads_own)
        self._made: dict[
            tuple[types.FunctionType, tuple[Kind, ...], tuple[tuple[str, object], ...]], Made
        ] = {}

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

    def helper(
        self,
        function: types.FunctionType,
        kinds: tuple[Kind, ...],
        known: Mapping[str, object],
    ) -> Made:
        """See `Whole`."""
        key = (function, kinds, tuple(known.items()))
        if key not in self._made:
            self._made[key] = _FunctionTranslator(self, function, kinds, None, known).made()
        return self._made[key]

    def called(self, compiled: object) -> tuple[types.FunctionType, Made] | None:
        """The function that the body calls as this compiled one: as it is declared, and made."""
        for (function, *_), made in self._made.items():
            if made.compiled is compiled:
                return function, made
        return None


def _plain_arguments(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function for callers that have NumPy's integers."""
    import numpy as np

    def body(*arguments: Any) -> Any:
        return function(*(int(a) if isinstance(a, np.integer) else a for a in arguments))

    return body


class _FunctionTranslator(Calls):
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
        whole: Whole,
        function: types.FunctionType,
        kinds: tuple[Kind, ...],
        results: tuple[str, ...] | None,
        known: Mapping[str, object] = types.MappingProxyType({}),
    ) -> None:
        super().__init__(whole, function, known)
        self._kinds = kinds
        self._results = results
        self._result: Kind | None = None
        self._temporaries = 0
        self._is_reachable = True
        self._breaks: list[list[set[str]]] = []
        self._continues: list[list[set[str]]] = []
        self._turns = 1

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
            name=identifier(self._code.co_name),
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
                failing = self._fail(node, f"AssertionError: {text_of(told)}".removesuffix(": "))
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
        return self._fail(node, f"{name}: {text_of(told)}".removesuffix(": "))

    def _fail(self, node: ast.AST, says: str) -> list[ast.stmt]:
        escaped = says.replace("{", "{{").replace("}", "}}")
        place = self._place(node, escaped)
        call = self._call(
            "fail", name_node(HART), ast.Constant(int(Error.RAISE)), place, number_node(0)
        )
        # numba wants to see that this path has no end.
        self._bound["_rvx_raised"] = (arithmetic.BodyRaised, arithmetic.BodyRaised)
        return [ast.Expr(call), ast.Raise(name_node("_rvx_raised"), None)]

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
            return [ast.Assign([name], ast.Call(name_node(f"_rvx_words_{size}"), [], []))]
        given = self._expression(value)
        if len(targets) == 1:
            return self._assign_to(node, targets[0], given)
        if not isinstance(given.kind, Basic) or given.kind == NOTHING:
            self._refuse(node, f"{given.kind} cannot be assigned to several names at once")
        held = self._temporary()
        lines: list[ast.stmt] = [ast.Assign([ast.Name(held, ast.Store())], given.node)]
        for target in targets:
            lines += self._assign_to(node, target, Value(name_node(held), given.kind))
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
            lines += self._assign_to(node, part, Value(name_node(name), kind))
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
            at = ast.Subscript(at.value, name_node(held), ast.Load())
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
        known = self._known_test(test)
        if known is not None:
            return self._block(then if known else otherwise)
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
        return ast.copy_location(
            ast.Expr(self._call("poll", name_node(HART), self._place(node))), node
        )

    def _for(self, node: ast.For) -> list[ast.stmt]:
        if isinstance(node.iter, ast.Call) and self._is_builtin(node.iter.func, range):
            return self._for_range(node, node.iter)
        return self._for_elements(node)

    def _for_elements(self, node: ast.For) -> list[ast.stmt]:
        """for x in array: the elements, by position."""
        given = self._table_or_array(node.iter) or self._table_of_literals(node.iter)
        if given is None or len(given[1].shape) != 1 or given[1].owner == "mask":
            self._refuse(
                node.iter, "a loop goes over range(...), or over an array of one dimension"
            )
        array, kind = given
        at = self._temporary()
        element = ast.Subscript(array, name_node(at), ast.Load())
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
                numbers = [number_node(int(one or 0)) for one in known]
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
            width = name_node(held)
        bound = self._call(
            "range_end",
            name_node(first),
            name_node(last),
            width,
            name_node(HART),
            self._place(node),
        )
        lines.append(ast.Assign([ast.Name(last, ast.Store())], bound))
        target = node.target.id
        stride = step.constant
        before = set(self._assigned)
        # For other languages a loop is written plainly: nobody asks such code to stop.
        is_chunked = not self._whole.reads_own
        self._sizes = {target: []} if is_chunked and _is_plain_loop(node, stride) else {}
        body, otherwise = self._loop_body(node, None, begin)
        sizes, self._sizes = self._sizes.get(target, []), {}
        if not is_chunked or not isinstance(stride, int) or _leaves(node.body) or node.orelse:
            counted = self._builtin("range", name_node(first), name_node(last), width)
            polled = [self._poll(node), *body]
            return [*lines, ast.For(ast.Name(target, ast.Store()), counted, polled, otherwise)]
        # Looking up in every turn would keep LLVM from vectorising: it is done once in many.
        pause, far = self._temporary(), _CHUNK * stride
        left = ast.BinOp(name_node(last), ast.Sub(), name_node(first))
        is_short = ast.Compare(left, [ast.LtE() if stride > 0 else ast.GtE()], [number_node(far)])
        ahead = ast.BinOp(name_node(first), ast.Add(), number_node(far))
        goal = ast.IfExp(is_short, name_node(last), ahead)
        counted = self._builtin("range", name_node(first), name_node(pause), number_node(stride))
        turns: ast.stmt = ast.For(ast.Name(target, ast.Store()), counted, body, [])
        if sizes:
            # Nor would checking each index: where all of them are within, none is looked at.
            self._assigned = before
            self._is_checked = target
            free, _ = self._loop_body(node, None, begin)
            self._is_checked = ""
            begins = ast.Compare(number_node(0), [ast.LtE()], [name_node(first)])
            different = {ast.dump(size): size for size in sizes}.values()
            known = [
                int(size.value)
                for size in different
                if isinstance(size, ast.Constant) and isinstance(size.value, int)
            ]
            bounds = [size for size in different if not isinstance(size, ast.Constant)]
            bounds += [number_node(min(known))] if known else []
            ends = [ast.Compare(name_node(pause), [ast.LtE()], [bound]) for bound in bounds]
            plain = ast.For(ast.Name(target, ast.Store()), counted, free, [])
            turns = ast.If(ast.BoolOp(ast.And(), [begins, *ends]), [plain], [turns])
        chunk: list[ast.stmt] = [
            self._poll(node),
            ast.Assign([ast.Name(pause, ast.Store())], goal),
            turns,
            ast.Assign([ast.Name(first, ast.Store())], name_node(pause)),
        ]
        goes_on = ast.Compare(
            name_node(first), [ast.Lt() if stride > 0 else ast.Gt()], [name_node(last)]
        )
        return [*lines, ast.While(goes_on, chunk, [])]


def _three(given: list[Value]) -> tuple[Value, Value, Value]:
    """Start, end and step of a range."""
    zero, one = Value(number_node(0), WORD, 0), Value(number_node(1), WORD, 1)
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
