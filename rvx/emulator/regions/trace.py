"""Element functions as expressions: one function of one element becomes code for many at once.

A function of elements is plain Python. It is called here with values that stand for elements, and
what it does with them is written down as an expression. Where it branches on such a value it is
called again for the other way, and the results are joined by a choice: in the end there is one
expression without branches, as vector units want it.

Arithmetic of number formats on the host's floating-point unit raises flags there, so that it must
be done for those elements only for which the function does it. Such an operation remembers under
which condition it was reached.

What cannot be followed this way (a division of integers, a table, a loop that depends on an
element, an exception) makes the function untraceable, and compiled loops call it as it is.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from typing import Any

from rvx.bodies.arithmetic import position, word, wrap
from rvx.formats.bits import INT64_MAX, clz63, clz64
from rvx.reachable import cells, is_kernel, references
from rvx.records import dataclass

MOST_PATHS = 400
MOST_DECISIONS = 64
MOST_NODES = 2500


class UntraceableError(Exception):
    """The function does something that has no form as an expression."""


@dataclass(frozen=True, eq=False)
class Node:
    """A part of an expression.

    Attributes:
        operation: `input`, `host`, or the name of an LLVM instruction; `icmp` has the predicate in
            it, such as `icmp slt`.
        operands: nodes, and integers where the value is known.
        is_bit: whether the value is one bit, and not 64.
        is_uniform: whether the value is the same for all elements.
        name: of an input or of a host operation.
        condition: of a host operation: the node that says whether it is done, None for always.
    """

    operation: str
    operands: tuple[Node | int, ...]
    is_bit: bool = False
    is_uniform: bool = False
    name: str = ""
    condition: Node | None = None


Operand = Node | int


@dataclass(frozen=True)
class Expression:
    """What an element function is.

    Attributes:
        result: the value.
        raised: what is set in the flags, 0 if nothing ever is.
        is_for_nearest: whether it holds in round-to-nearest-even only, though the host computes
            nothing.
    """

    result: Operand
    raised: Operand
    is_for_nearest: bool = False

    def nodes(self) -> list[Node]:
        """All parts, operands before what uses them."""
        found: dict[Node, None] = {}

        def visit(value: Operand) -> None:
            # Expressions are as deep as functions are long: recursion would not do.
            waiting: list[tuple[Operand, bool]] = [(value, False)]
            while waiting:
                node, is_ready = waiting.pop()
                if isinstance(node, int) or node in found:
                    continue
                if is_ready:
                    found[node] = None
                    continue
                waiting.append((node, True))
                if node.condition is not None:
                    waiting.append((node.condition, False))
                waiting += [(operand, False) for operand in node.operands]

        visit(self.result)
        visit(self.raised)
        return list(found)

    @property
    def uses_host(self) -> bool:
        """Whether it holds in the mode only that the host's floating-point unit is in."""
        return self.is_for_nearest or any(node.operation == "host" for node in self.nodes())


def _word(value: int) -> int:
    """An integer as the int64 with its low bits."""
    return ((int(value) & (1 << 64) - 1) ^ 1 << 63) - (1 << 63)


class _Trace:
    """One function being followed.

    Attributes:
        decisions: which way each branch went in this call; `given` are those to be taken first.
        conditions: what these branches depended on.
    """

    def __init__(self) -> None:
        self._nodes: dict[tuple[Any, ...], Node] = {}
        self.given: tuple[bool, ...] = ()
        self.decisions: list[bool] = []
        self.conditions: list[Node] = []
        self.paths = 0

    def node(
        self,
        operation: str,
        *operands: Operand,
        is_bit: bool = False,
        name: str = "",
        condition: Node | None = None,
        is_uniform: bool = False,
    ) -> Node:
        """A node, the same for the same parts."""
        key = (operation, *operands, name, condition)
        known = self._nodes.get(key)
        if known is None:
            if len(self._nodes) >= MOST_NODES:
                raise UntraceableError("too long")
            if operands and operation != "host":
                is_uniform = all(isinstance(o, int) or o.is_uniform for o in operands)
            known = Node(operation, operands, is_bit, is_uniform, name, condition)
            self._nodes[key] = known
        return known

    def decide(self, condition: Node) -> bool:
        """Which way a branch goes in this call."""
        for known, way in zip(self.conditions, self.decisions, strict=True):
            if known is condition:
                return way
        if len(self.decisions) >= MOST_DECISIONS:
            raise UntraceableError("a loop that depends on an element")
        at = len(self.decisions)
        way = self.given[at] if at < len(self.given) else True
        self.decisions.append(way)
        self.conditions.append(condition)
        return way

    def reached(self) -> Node | None:
        """The condition under which the function has come as far as it is; None for always."""
        total: Node | None = None
        for condition, way in zip(self.conditions, self.decisions, strict=True):
            one = condition if way else self.node("xor", condition, 1, is_bit=True)
            total = one if total is None else self.node("and", total, one, is_bit=True)
        return total

    def choice(self, condition: Node, one: Operand, other: Operand) -> Operand:
        """One of two values."""
        if one is other or (isinstance(one, int) and one == other):
            return one
        return self.node("select", condition, one, other)


class Value:
    """Stands for an int64, or a boolean, of each element."""

    __slots__ = ("_trace", "node")

    def __init__(self, trace: _Trace, node: Node) -> None:
        self._trace = trace
        self.node = node

    def _operand(self, value: Any) -> Operand:
        """The 64 bits of a value of any kind."""
        if isinstance(value, Value):
            node = value.node
            return self._trace.node("zext", node) if node.is_bit else node
        if isinstance(value, int):
            return _word(value)
        raise UntraceableError(f"{type(value).__name__} beside an element")

    def _binary(self, operation: str, other: Any, *, is_reversed: bool = False) -> Any:
        left, right = self._operand(self), self._operand(other)
        if is_reversed:
            left, right = right, left
        known = _simplified(operation, left, right)
        if known is not None:
            return known if isinstance(known, int) else Value(self._trace, known)
        return Value(self._trace, self._trace.node(operation, left, right))

    def _compare(self, predicate: str, other: Any) -> Any:
        if self.node.is_bit and isinstance(other, int) and other in (0, 1):
            if predicate not in ("eq", "ne"):
                return self._compare_words(predicate, other)
            if (other == 1) == (predicate == "eq"):
                return self
            return Value(self._trace, self._trace.node("xor", self.node, 1, is_bit=True))
        return self._compare_words(predicate, other)

    def _compare_words(self, predicate: str, other: Any) -> Any:
        left, right = self._operand(self), self._operand(other)
        known = _decided(predicate, _bounds(left), _bounds(right))
        if known is not None:
            return known
        node = self._trace.node(f"icmp {predicate}", left, right, is_bit=True)
        return Value(self._trace, node)

    def __bool__(self) -> bool:
        node = self.node
        if not node.is_bit:
            node = self._trace.node("icmp ne", node, 0, is_bit=True)
        return self._trace.decide(node)

    def __index__(self) -> int:
        raise UntraceableError("an element as an index")

    __int__ = __float__ = __index__
    __hash__ = object.__hash__

    def __add__(self, other: Any) -> Any:
        return self._binary("add", other)

    def __radd__(self, other: Any) -> Any:
        return self._binary("add", other)

    def __sub__(self, other: Any) -> Any:
        return self._binary("sub", other)

    def __rsub__(self, other: Any) -> Any:
        return self._binary("sub", other, is_reversed=True)

    def __mul__(self, other: Any) -> Any:
        return self._binary("mul", other)

    def __rmul__(self, other: Any) -> Any:
        return self._binary("mul", other)

    def __and__(self, other: Any) -> Any:
        return self._binary("and", other)

    def __rand__(self, other: Any) -> Any:
        return self._binary("and", other)

    def __or__(self, other: Any) -> Any:
        return self._binary("or", other)

    def __ror__(self, other: Any) -> Any:
        return self._binary("or", other)

    def __xor__(self, other: Any) -> Any:
        return self._binary("xor", other)

    def __rxor__(self, other: Any) -> Any:
        return self._binary("xor", other)

    def __lshift__(self, other: Any) -> Any:
        return self._binary("shl", other)

    def __rlshift__(self, other: Any) -> Any:
        return self._binary("shl", other, is_reversed=True)

    def __rshift__(self, other: Any) -> Any:
        return self._binary("ashr", other)

    def __rrshift__(self, other: Any) -> Any:
        return self._binary("ashr", other, is_reversed=True)

    def __neg__(self) -> Any:
        return self._binary("sub", 0, is_reversed=True)

    def __invert__(self) -> Any:
        return self._binary("xor", -1)

    def __eq__(self, other: object) -> Any:
        return self._compare("eq", other)

    def __ne__(self, other: object) -> Any:
        return self._compare("ne", other)

    def __lt__(self, other: Any) -> Any:
        return self._compare("slt", other)

    def __le__(self, other: Any) -> Any:
        return self._compare("sle", other)

    def __gt__(self, other: Any) -> Any:
        return self._compare("sgt", other)

    def __ge__(self, other: Any) -> Any:
        return self._compare("sge", other)


_LEAST, _MOST = -(1 << 63), (1 << 63) - 1


def _bounds(value: Operand, depth: int = 6) -> tuple[int, int]:
    """The least and the largest that a value may be, as far as that is seen at once.

    Bodies of users check their shift counts and indices. Mostly a mask stands right before, and the
    check is decided.
    """
    if isinstance(value, int):
        return value, value
    if value.is_bit:
        return 0, 1
    if depth == 0:
        return _LEAST, _MOST
    parts = [_bounds(part, depth - 1) for part in value.operands]
    found = _LEAST, _MOST
    match value.operation:
        case "zext":
            return 0, 1
        case "ctlz":
            return 0, 64
        case "select":
            found = min(parts[1][0], parts[2][0]), max(parts[1][1], parts[2][1])
        case "and":
            known = [high for low, high in parts if low >= 0]
            found = (0, min(known)) if known else found
        case "add":
            found = parts[0][0] + parts[1][0], parts[0][1] + parts[1][1]
        case "sub":
            found = parts[0][0] - parts[1][1], parts[0][1] - parts[1][0]
        case "ashr" if 0 <= parts[1][0] == parts[1][1] < 64:
            found = parts[0][0] >> parts[1][0], parts[0][1] >> parts[1][0]
    # What wraps may be anything.
    return found if found[0] >= _LEAST and found[1] <= _MOST else (_LEAST, _MOST)


def _decided(predicate: str, left: tuple[int, int], right: tuple[int, int]) -> bool | None:
    """What a comparison gives, if that is known; None otherwise."""
    if predicate == "eq":
        apart = left[1] < right[0] or right[1] < left[0]
        return False if apart else None
    if predicate == "ne":
        apart = left[1] < right[0] or right[1] < left[0]
        return True if apart else None
    if predicate in ("sgt", "sge"):
        left, right = right, left
    if predicate in ("slt", "sgt"):
        return True if left[1] < right[0] else False if left[0] >= right[1] else None
    return True if left[1] <= right[0] else False if left[0] > right[1] else None


def _simplified(operation: str, left: Operand, right: Operand) -> Operand | None:
    """The value of an operation that needs none, None if it does.

    Masks are made of `value | -1` where numbers of Python are not to be taken for words: known
    early, they make plain constants of what is shifted by constants.
    """
    if operation in ("or", "and", "xor", "add", "mul") and isinstance(left, int):
        left, right = right, left
    if not isinstance(right, int):
        return None
    if isinstance(left, int):
        return None
    if right == 0:
        return 0 if operation in ("and", "mul") else left
    if right == -1 and operation in ("or", "and"):
        return -1 if operation == "or" else left
    if right == 1 and operation == "mul":
        return left
    return None


class _Flags:
    """The words that an element function raises flags in: what is written is or-ed to them."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.raised: Any = 0

    def __getitem__(self, index: int) -> Any:
        if index != self.at:
            raise UntraceableError("a state of its own")
        return _Sticky(self)

    def __setitem__(self, index: int, value: Any) -> None:
        if index != self.at or not (isinstance(value, _Sticky) and value.flags is self):
            raise UntraceableError("a state of its own")


class _Foreign:
    """Words that change what is done later: states, or what a body has raised."""

    def __getitem__(self, index: int) -> Any:
        raise UntraceableError("a state of its own")

    def __setitem__(self, index: int, value: Any) -> None:
        raise UntraceableError("a state of its own")


class _Sticky:
    """The flags as they were; only more can be raised."""

    def __init__(self, flags: _Flags) -> None:
        self.flags = flags

    def __or__(self, other: Any) -> _Sticky:
        # `flags[at] |= more`: Python reads, combines and writes back, in this order.
        self.flags.raised = other | self.flags.raised
        return self


class Tracer:
    """Makes expressions of functions.

    Args:
        stand_ins: functions that are known as operations of the host, and their names.
        at: the position in `flags` where flags are raised.
        words: how many further arrays come with the flags, which nobody can follow.
    """

    def __init__(
        self, stand_ins: Mapping[Callable[..., Any], str], at: int, words: int = 0
    ) -> None:
        self._stand_ins = stand_ins
        self._at = at
        self._words = words

    def expression(
        self,
        function: Callable[..., Any],
        arguments: Mapping[str, int | None],
        *,
        uniform: tuple[str, ...] = (),
        flags: str = "flags",
    ) -> Expression:
        """The expression of a function.

        Args:
            function: plain Python.
            arguments: its parameters in order; None stands for a value that is not known.
            uniform: those that are the same for all elements.
            flags: the parameter that flags are raised in.

        Raises:
            UntraceableError: it has none.
        """
        trace = _Trace()
        given = {
            name: value
            if value is not None
            else Value(trace, trace.node("input", name=name, is_uniform=name in uniform))
            for name, value in arguments.items()
        }

        def outcome(prefix: tuple[bool, ...]) -> tuple[Operand, Operand]:
            trace.paths += 1
            if trace.paths > MOST_PATHS:
                raise UntraceableError("too many ways")
            trace.given, trace.decisions, trace.conditions = prefix, [], []
            raised = _Flags(self._at)
            arrays = (raised, *[_Foreign()] * self._words) if self._words else raised
            called = [arrays if name == flags else value for name, value in given.items()]
            result = rebound(*called)
            decisions, conditions = tuple(trace.decisions), list(trace.conditions)
            made = _plain(trace, result), _plain(trace, raised.raised)
            for at in reversed(range(len(prefix), len(decisions))):
                other = outcome((*decisions[:at], False))
                made = (
                    trace.choice(conditions[at], made[0], other[0]),
                    trace.choice(conditions[at], made[1], other[1]),
                )
            return made

        try:
            rebound = _Rebound(self._stand_ins, trace).function(function)
            return Expression(*outcome(()))
        except UntraceableError:
            raise
        except (
            Exception
        ) as error:  # whatever a function of a user's does with what it does not know
            raise UntraceableError(str(error)) from None


def _same(value: Any) -> Any:
    """What `wrap` and the like do to a value that has 64 bits anyway."""
    if isinstance(value, Value) and value.node.is_bit:
        return value + 0
    return value if isinstance(value, Value) else _word(int(value))


def _plain(trace: _Trace, value: Any) -> Operand:
    if isinstance(value, Value):
        return trace.node("zext", value.node) if value.node.is_bit else value.node
    if isinstance(value, int):
        return _word(value)
    raise UntraceableError(f"gives {type(value).__name__}")


_COUNTS = (clz63, clz64)


class _Rebound:
    """Copies of functions whose references lead to stand-ins."""

    def __init__(self, stand_ins: Mapping[Callable[..., Any], str], trace: _Trace) -> None:
        self._stand_ins = stand_ins
        self._trace = trace
        self._made: dict[types.FunctionType, Callable[..., Any]] = {}
        self._builtins = {"min": self._minimum, "max": self._maximum, "abs": self._magnitude}

    def function(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The copy of a function."""
        if not isinstance(function, types.FunctionType):
            raise UntraceableError("not a plain function")
        known = self._made.get(function)
        if known is not None:
            return known
        if function in (wrap, word, position):
            return _same
        if function in _COUNTS:
            made = self._made[function] = self._count(function)
            return made
        name = self._stand_ins.get(function)
        if name is not None:
            made = self._made[function] = self._host(name, function)
            return made
        return self._copy(function)

    def _copy(self, function: types.FunctionType) -> Callable[..., Any]:
        namespace = {**function.__globals__, **self._builtins}
        closure = tuple(
            types.CellType(self.function(value) if is_kernel(value) else value)
            for value in cells(function).values()
        )
        copy = types.FunctionType(
            function.__code__, namespace, function.__name__, function.__defaults__, closure or None
        )
        self._made.setdefault(function, copy)
        for chain, value in references(function).items():
            if value in (min, max, abs) and len(chain) == 1:
                # Spelled bodies have names of their own for them.
                namespace[chain[0]] = self._builtins[value.__name__]
            if chain[0] != "<closure>" and is_kernel(value):
                if len(chain) > 1:
                    self._replace_in_module(namespace, chain, value)
                else:
                    namespace[chain[0]] = self.function(value)
        return copy

    def _replace_in_module(
        self, namespace: dict[str, Any], chain: tuple[str, ...], value: Any
    ) -> None:
        if len(chain) != 2:
            raise UntraceableError("a function deep in a package")
        holder = namespace[chain[0]]
        if not isinstance(holder, types.SimpleNamespace):
            holder = namespace[chain[0]] = types.SimpleNamespace(**vars(holder))
        setattr(holder, chain[1], self.function(value))

    def _count(self, plain: Callable[[int], int]) -> Callable[..., Any]:
        """The zero bits of an element above its highest one: a loop, and one operation of LLVM."""
        trace = self._trace

        def count(x: Any) -> Any:
            if not isinstance(x, Value):
                return plain(x)
            below = x & INT64_MAX if plain is clz63 else x
            return Value(trace, trace.node("ctlz", _plain(trace, below)))

        return count

    def _host(self, name: str, function: types.FunctionType) -> Callable[..., Any]:
        trace = self._trace

        def kernel(*operands: Any) -> Any:
            *sources, mode = operands
            if isinstance(mode, Value) or mode != 0:
                # A rounding mode that the host is not in.
                return self._copy(function)(*operands)
            if not any(isinstance(source, Value) for source in sources):
                raise UntraceableError("floating point of constants")
            nodes = [_plain(trace, source) for source in sources]
            made = trace.node("host", *nodes, name=name, condition=trace.reached())
            return Value(trace, made), 0

        return kernel

    def _choose(self, predicate: str, a: Any, b: Any) -> Any:
        trace = self._trace
        left, right = _plain(trace, a), _plain(trace, b)
        condition = trace.node(f"icmp {predicate}", left, right, is_bit=True)
        chosen = trace.choice(condition, left, right)
        return chosen if isinstance(chosen, int) else Value(trace, chosen)

    def _minimum(self, *values: Any) -> Any:
        return self._extreme(min, "slt", values)

    def _maximum(self, *values: Any) -> Any:
        return self._extreme(max, "sgt", values)

    def _extreme(self, plain: Any, predicate: str, values: tuple[Any, ...]) -> Any:
        if not any(isinstance(value, Value) for value in values):
            return plain(*values)
        total = values[0]
        for value in values[1:]:
            if isinstance(total, Value) or isinstance(value, Value):
                total = self._choose(predicate, total, value)
            else:
                total = plain(total, value)
        return total

    def _magnitude(self, value: Any) -> Any:
        return self._maximum(value, -value) if isinstance(value, Value) else abs(value)
