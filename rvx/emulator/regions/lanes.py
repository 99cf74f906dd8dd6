"""Expressions of elements as LLVM text, for many lanes at once.

All integers are i64, as element functions have them, and LLVM narrows what need not be: of a sum of
bytes that is cut off to a byte again it makes a sum of bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from rvx.emulator.regions.hostformats import host_kernels, host_lines, lanes_of, splat
from rvx.emulator.regions.trace import Expression, Node, Operand, Tracer, UntraceableError
from rvx.isa.vector.elementwise import PARAMETERS
from rvx.isa.vector.plan import Loop
from rvx.isa.vector.state import VCSR
from rvx.records import replace

_COUNTS = ("ctlz",)
"""Operations that are an intrinsic of LLVM, with a flag that says that 0 is none too many."""
_BINARY = ("add", "sub", "mul", "and", "or", "xor", "shl", "ashr")


@cache
def element_expression(
    function: Callable[..., Any], sew: int, has_floats: bool, words: int = 0
) -> Expression | None:
    """The expression of an element function; None if it is to be called.

    Args:
        function: with all of `PARAMETERS`.
        sew: in bits.
        has_floats: whether flags are those of floating point; the rounding mode is then to
            nearest even, where the host computes.
        words: how many arrays come with the flags, see `rvx.isa.vector.plan.Loop`.
    """
    arguments: dict[str, int | None] = dict.fromkeys(PARAMETERS)
    arguments["sew"] = sew
    at = 0 if has_floats else VCSR
    # With the host's unit the mode is known. What does not use it is made for every mode.
    attempts = [(0, host_kernels()), (None, {})] if has_floats else [(None, {})]
    found: Expression | None = None
    for mode, stand_ins in attempts:
        arguments["mode"] = mode
        try:
            made = Tracer(stand_ins, at, words).expression(function, arguments, uniform=("mode",))
        except UntraceableError:
            continue
        if not stand_ins or made.uses_host:
            return made
        found = replace(made, is_for_nearest=True)
    return found


@cache
def scalar_expression(function: Callable[[int], int]) -> Expression | None:
    """The expression of what makes an element of a scalar; None if there is none."""
    code = function.__code__
    name = code.co_varnames[0]
    try:
        made = Tracer({}, 0).expression(function, {name: None}, uniform=(name,), flags="")
    except UntraceableError:
        return None
    return made


def expressions_of(loop: Loop, has_floats: bool) -> tuple[Expression, Expression | None] | None:
    """The expressions of a loop's element function, and of a scalar; None if it is to be called."""
    made = element_expression(loop.element, loop.sew, has_floats, loop.words)
    if made is None:
        return None
    none = loop.of_none
    if none is not None and element_expression(none, loop.sew, has_floats, loop.words) is None:
        return None
    if loop.scalar_of is None:
        return made, None
    scalar = scalar_expression(loop.scalar_of)
    return None if scalar is None else (made, scalar)


class Lanes:
    """Writes one expression.

    Args:
        lines: where the text goes.
        declarations: where declarations of what it calls go.
        lanes: how many.
        inputs: i64 values by name; those that are the same in all lanes are scalars.
        active: i1 of each lane: whether it is done there; None for all.
        tag: makes names unique.
    """

    def __init__(
        self,
        lines: list[str],
        declarations: dict[str, None],
        lanes: int,
        inputs: Mapping[str, str],
        active: str | None,
        tag: str,
    ) -> None:
        self._lines = lines
        self._declarations = declarations
        self._lanes = lanes
        self._inputs = inputs
        self._active = active
        self._tag = tag
        self._values: dict[Node, str] = {}
        self._spread: dict[Node, str] = {}
        self._unique = 0

    def write(self, expression: Expression) -> tuple[str, str]:
        """Writes the nodes; gives the values of the result and of what is raised, in all lanes."""
        for node in expression.nodes():
            self._values[node] = self._node(node)
        return self._in_lanes(expression.result), self._in_lanes(expression.raised)

    def uniform(self, expression: Expression) -> str:
        """Writes an expression of scalars; gives its value."""
        for node in expression.nodes():
            self._values[node] = self._node(node)
        return self._value(expression.result, 1)

    def _name(self) -> str:
        self._unique += 1
        return f"%{self._tag}.e{self._unique}"

    def _in_lanes(self, value: Operand) -> str:
        return self._value(value, self._lanes)

    def _value(self, value: Operand, lanes: int, kind: str = "i64") -> str:
        if isinstance(value, int):
            return splat(kind, value, lanes)
        known = self._values[value]
        if lanes == 1 or not value.is_uniform:
            return known
        spread = self._spread.get(value)
        if spread is None:
            kind = "i1" if value.is_bit else "i64"
            spread = self._spread[value] = self._name()
            self._lines += spread_lines(spread, kind, known, lanes)
        return spread

    def _node(self, node: Node) -> str:
        if node.operation == "input":
            return self._inputs[node.name]
        lanes = 1 if node.is_uniform else self._lanes
        if node.operation == "host":
            return self._host(node)
        name = self._name()
        wide, bit = lanes_of("i64", lanes), lanes_of("i1", lanes)
        kind = bit if node.is_bit else wide
        if node.operation == "zext":
            source = self._value(node.operands[0], lanes, "i1")
            self._lines.append(f"  {name} = zext {bit} {source} to {wide}")
        elif node.operation == "select":
            condition = self._value(node.operands[0], lanes, "i1")
            one, other = (self._value(operand, lanes) for operand in node.operands[1:])
            self._lines.append(f"  {name} = select {bit} {condition}, {wide} {one}, {wide} {other}")
        elif node.operation in _COUNTS:
            count = f"v{lanes}" if lanes > 1 else ""
            called = f"{wide} @llvm.{node.operation}.{count}i64({wide}"
            source = self._value(node.operands[0], lanes)
            self._lines.append(f"  {name} = call {called} {source}, i1 false)")
            self._declarations[f"declare {called}, i1)"] = None
        elif node.operation.startswith("icmp ") or node.operation in _BINARY:
            operand_kind = "i1" if node.is_bit and node.operation in _BINARY else "i64"
            one, other = (self._value(o, lanes, operand_kind) for o in node.operands)
            typed = kind if node.operation in _BINARY else wide
            self._lines.append(f"  {name} = {node.operation} {typed} {one}, {other}")
        else:
            raise AssertionError(node.operation)
        return name

    def _host(self, node: Node) -> str:
        bit = lanes_of("i1", self._lanes)
        active = self._active
        if node.condition is not None:
            condition = self._value(node.condition, self._lanes, "i1")
            if active is None:
                active = condition
            else:
                both = self._name()
                self._lines.append(f"  {both} = and {bit} {active}, {condition}")
                active = both
        operands = [self._in_lanes(operand) for operand in node.operands]
        self._unique += 1
        lines, result, declarations = host_lines(
            node.name, operands, self._lanes, active, f"{self._tag}.h{self._unique}"
        )
        self._lines += lines
        self._declarations.update(dict.fromkeys(declarations))
        if self._lanes > 1:
            reduce = f"declare i1 @llvm.vector.reduce.or.v{self._lanes}i1({bit})"
            self._declarations[reduce] = None
        self._declarations['!1 = !{!"branch_weights", i32 1, i32 100000}'] = None
        return result


def spread_lines(name: str, kind: str, scalar: str, lanes: int) -> list[str]:
    """LLVM text that puts a scalar into all lanes."""
    if lanes == 1:
        return [f"  {name} = or {kind} {scalar}, 0"]
    vector = lanes_of(kind, lanes)
    return [
        f"  {name}.i = insertelement {vector} poison, {kind} {scalar}, i64 0",
        f"  {name} = shufflevector {vector} {name}.i, {vector} poison, "
        f"<{lanes} x i32> zeroinitializer",
    ]
