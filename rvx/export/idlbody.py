"""Statements and expressions of a body in IDL, the language of riscv-unified-db.

Words of rvx have 64 bits and a sign, whatever the width of registers; numbers of IDL are as wide as
what they are made of, and are extended by their own sign only where that is told. Two ways of
writing an expression follow from that. Where all 64 bits matter, as in a comparison of sums, it is
made of variables of type `Bits<64>`. Where only those matter that a register takes, as in a sum
that is written to one, registers stand in it as they are. That is what people write, and what most
bodies come out as.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from rvx.bodies.kinds import Basic, Several
from rvx.bodies.written import HART, Made
from rvx.export.cbody import Untranslatable
from rvx.export.integerbody import (
    LOADS,
    SIGNS,
    STORES,
    Statements,
    bare,
    ends,
    performed,
    returns,
)
from rvx.formats.bits import clz64, ctz64
from rvx.isa import Instruction
from rvx.isa.bits import address, less_unsigned, narrow, sext, sext32, shift_right_logical

MOST_LINES = 400
"""A longer operation is not one that anybody would read: it is left out."""
LITERAL = "64'"


class Fits(Enum):
    """What is known of an expression whose low bits are right."""

    WIDE = auto()
    """It has the bits of a register at least: what is computed with it has them, too."""
    PLAIN = auto()
    """It may have fewer bits, and is exactly the number that is meant, which is not negative."""
    SIGNED = auto()
    """It may have fewer bits, and is exactly the number that is meant, with a sign."""


@dataclass
class Argument:
    """What a parameter stands for.

    Attributes:
        exact: writes the number with all 64 bits.
        low: writes what has its low bits.
        known: the number, where there is but one.
        register: the register whose value it is, as it is written.
    """

    exact: Callable[[], str]
    low: Callable[[], tuple[str, Fits]]
    known: int | None = None
    register: str = ""


def variable(text: str) -> Argument:
    """A variable of 64 bits."""
    return Argument(lambda: text, lambda: (text, Fits.WIDE))


def constant(value: int) -> Argument:
    """A number that is known."""
    return Argument(lambda: _literal(value), lambda: _low_number(value), known=value)


def _literal(value: int) -> str:
    """A number of 64 bits."""
    if -(1 << 12) < value < -1:
        return f"~{LITERAL}d{~value}"
    word = value & (1 << 64) - 1
    return f"{LITERAL}d{word}" if word < 1 << 12 else f"{LITERAL}h{word:X}"


def _plain(value: int) -> str:
    """A number that is not negative, with as few bits as it has."""
    return str(value) if value < 1 << 12 else f"0x{value:X}"


def _word(value: int) -> int:
    """A number as 64 bits with a sign hold it."""
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)


def _low_number(value: int) -> tuple[str, Fits]:
    if value < 0:
        return _literal(value), Fits.WIDE
    return _plain(value), Fits.PLAIN


def _beside(text: str) -> str:
    """A literal beside something of 64 bits, which gives it its width."""
    if not text.startswith(LITERAL):
        return text
    value = int(text[4:], 16 if text[3] == "h" else 10)
    return text if value >> 63 else _plain(value)


class Surroundings:
    """What all functions of one operation share.

    Args:
        made: the instruction.
        taken: names that a variable may not have.
        xlen: the register width.

    Attributes:
        made: the instruction.
        performed: the one whose body it has: of a compressed one, that for which it is short.
        xlen: the register width.
        taken: all names there are.
        jump: the line that ends it, where it jumps and writes a register.
    """

    def __init__(self, made: Instruction, taken: Iterable[str], xlen: int) -> None:
        self.made = made
        self.performed = performed(made)
        self.xlen = xlen
        self.taken = {*taken, *_WORDS}
        self.jump = ""

    def fresh(self, hint: str) -> str:
        """A name that nobody has yet."""
        plain = hint.strip("_").removeprefix("rvx_") or "value"
        if not plain[0].islower() or not plain.isascii():
            plain = f"v{plain}" if plain.isascii() else "value"
        name, count = plain, 2
        while name in self.taken:
            name, count = f"{plain}_{count}", count + 1
        self.taken.add(name)
        return name


_FOLDED: dict[type[ast.AST], Callable[[int, int], int]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.BitAnd: lambda a, b: a & b,
    ast.BitOr: lambda a, b: a | b,
    ast.BitXor: lambda a, b: a ^ b,
    ast.RShift: lambda a, b: a >> (b & 63),
}
_WORDS = frozenset(
    "if else for return true false implemented builtin function body arguments returns description "
    "generated bitfield enum struct include template const raise assert jump sext xlen mode fence "
    "creg2reg ary size unknown".split()
)
"""Names that a variable may not have: words of the language, and functions that are called."""


@dataclass
class Function(Statements):
    """Writes one function of a body where it is called.

    Attributes:
        operation: that it belongs to.
        arguments: what its parameters stand for.
        end: writes the end of a way through it.
        names: what its variables are called.
        is_nested: whether a variable may be met for the first time within a condition.
    """

    operation: Surroundings = field(kw_only=True)
    arguments: dict[str, Argument] = field(kw_only=True)
    end: Callable[[Function, ast.expr | None, str], list[str]] | None = None
    names: dict[str, str] = field(default_factory=dict)
    early: list[str] = field(default_factory=list)

    INDENT = "  "

    def whole(self) -> list[str]:
        """All statements."""
        self.check()
        body = self.text.tree.body
        if self.made.result is not Basic.NOTHING and not ends(body):
            raise Untranslatable("its body has an end without a value")
        first = []
        for name in sorted(_set_in(body) & self.arguments.keys()):
            # What is set anew is a variable that begins as the argument.
            given = self.arguments.pop(name)
            first.append(f"{self._declare(name)} = {bare(given.exact())};")
        lines = self.tail(body, 0)
        if not ends(body):
            lines += self.ended(None, "")
        return [*first, *(f"Bits<64> {name};" for name in self.early), *lines]

    def check(self) -> None:
        """See `Statements`; what is called gives no several numbers."""
        if isinstance(self.made.result, Several) and self.end is None:
            raise Untranslatable(f"its body calls what gives {self.made.result}")
        super().check()

    # -- statements ----------------------------------------------------------------------------

    def named(self, name: str) -> str:
        """See `Statements`."""
        if name not in self.names:
            self.names[name] = self.operation.fresh(name)
        return self.names[name]

    def _declare(self, name: str) -> str:
        self.declared.add(name)
        return f"Bits<64> {self.named(name)}"

    def assigned(self, name: str, value: str, pad: str) -> str:
        """See `Statements`; a variable is declared where it is set first, if that is always met."""
        if name in self.declared:
            return f"{pad}{self.named(name)} = {bare(value)};"
        if not pad:
            return f"{self._declare(name)} = {bare(value)};"
        self.declared.add(name)
        self.early.append(self.named(name))
        return f"{pad}{self.named(name)} = {bare(value)};"

    def is_split(self, node: ast.If) -> bool:
        """See `Statements`: there is no other way to return."""
        return returns([node])

    def ended(self, value: ast.expr | None, pad: str) -> list[str]:
        """See `Statements`; what another function gives at the end is given at its ends."""
        assert self.end is not None
        if isinstance(value, ast.Call):
            found = self.functions.called(self.text.bound.get(ast.unparse(value.func)))
            if found is not None and found[0] not in _KNOWN:
                inner = self._function(found[1], value)
                if inner.only is None:
                    inner.end = self.end
                    lines = inner.whole()
                    return [*self.before(pad), *(pad + line for line in lines)]
        return self.end(self, value, pad)

    def tail(self, statements: Sequence[ast.stmt], depth: int) -> list[str]:
        """See `Statements`; conditions on the register width are decided."""
        return super().tail(self._decided(statements), depth)

    def block(self, statements: Sequence[ast.stmt], depth: int) -> list[str]:
        """See `Statements`."""
        return super().block(self._decided(statements), depth)

    def _decided(self, statements: Sequence[ast.stmt]) -> list[ast.stmt]:
        made: list[ast.stmt] = []
        for one in statements:
            known = self._truth(one.test) if isinstance(one, ast.If) else None
            if isinstance(one, ast.If) and known is not None:
                made += self._decided(one.body if known else one.orelse)
            else:
                made.append(one)
            if ends(made[-1:]):
                break
        return made

    def _truth(self, node: ast.expr) -> bool | None:
        """Whether a test holds always or never."""
        match node:
            case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq() as op], comparators=[right]):
                a, b = self.known(left), self.known(right)
                if a is not None and b is not None:
                    return (a == b) == isinstance(op, ast.Eq)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                known = self._truth(operand)
                return None if known is None else not known
        return None

    def known(self, node: ast.expr) -> int | None:
        """See `Statements`."""
        match node:
            case ast.Name(id=name) if name in self.arguments:
                return self.arguments[name].known
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _FOLDED:
                a, b = self.known(left), self.known(right)
                return None if a is None or b is None else _word(_FOLDED[type(op)](a, b))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                a = self.known(operand)
                return None if a is None else _word(-a)
            case ast.Call(args=[first, *_]):
                width = self._extended_by(node)
                a = self.known(first) if width else None
                if a is not None:
                    return sext(a, width)
        return super().known(node)

    def _statement(self, node: ast.stmt, depth: int, pad: str) -> list[str]:
        match node:
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id="next_pc"))], value=value):
                return self._jumped(value, pad)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                known = self.known(value)
                if known is not None and self._is_set_once(name):
                    self.arguments[name] = constant(known)
                    return []
                text = self._as_it_is(value)
                if text is not None and not self.is_kept(name, value):
                    return [self.assigned(name, text, pad)]
            case ast.Expr(value=ast.Call() as call) if bits := STORES.get(self.accessed(call)):
                _, at, value = call.args[:3]
                address, stored = bare(self.low(at)[0]), self._part(value, bits)
                return [f"{pad}write_memory<{bits}>({address}, {stored}, $encoding);"]
        return super()._statement(node, depth, pad)

    def _is_set_once(self, name: str) -> bool:
        """Whether a variable is never set but here; not where it is only made fit for a loop."""
        sets = int(name in self.parameters)
        for each in ast.walk(self.text.tree):
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                sets += each.id == name
            elif isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == name:
                sets -= self.is_kept(name, each.value)
        return sets == 1

    def _as_it_is(self, node: ast.expr) -> str | None:
        """What may have fewer bits than 64, to be put into a variable."""
        match node:
            case ast.Subscript(value=ast.Name(id="next_pc")):
                return self._next()
            case ast.Call(args=[inner, *_]) if self.callee(node) in ("wrap", "word", "position"):
                return self._as_it_is(inner)
            case ast.Call() if name := self.accessed(node):
                return self._load(name, node, is_exact=True)[0]
            case ast.Call():
                width = self._extended_by(node)
                if width:
                    return f"$signed({self._sliceable(node.args[0], width)}[{width - 1}:0])"
        return None

    def _jumped(self, value: ast.expr, pad: str) -> list[str]:
        operation = self.operation
        text, fits = self.low(value)
        is_near = "$pc" in text and fits is Fits.WIDE
        function = "jump_halfword" if is_near else "jump"
        if not operation.performed.results:
            return [f"{pad}{function}({bare(text)});"]
        if pad or operation.jump:
            raise Untranslatable("it writes a register, and jumps on a condition")
        # Registers are written first: they are not, where the jump raises.
        target = operation.fresh("target")
        operation.jump = f"{function}({target});"
        return [f"XReg {target} = {bare(text)};"]

    def _part(self, node: ast.expr, bits: int) -> str:
        """The low bits of a number, to be stored."""
        if bits > self.operation.xlen:
            return self.expr(node)
        text, fits = self.low(node)
        if fits is not Fits.WIDE or (bits == 64 and text.startswith("X[")):
            return bare(text)
        return f"{text}[{bits - 1}:0]"

    def loop(self, node: ast.For, name: str, call: ast.Call, depth: int) -> list[str]:
        """See `Statements`; a counter of its own only where the body sets the variable."""
        step = self.known(call.args[2]) if len(call.args) == 3 else 1
        if self.callee(call) not in ("range", "range_") or not step or step < 0:
            self.refuse(node)
        pad = self.INDENT * depth
        first, last = (None, call.args[0]) if len(call.args) == 1 else call.args[:2]
        start = "0" if first is None else _beside(self.expr(first))
        limit = self.known(last)
        end = _plain(limit) if limit is not None and limit >= 0 else self.expr(last)
        lines = self.before(pad)
        at = self.operation.fresh(name)
        test = f"{at} < {end}"
        if limit is None or (first is not None and (self.known(first) or 0) < 0):
            test = f"$signed({at}) < $signed({end})"
        move = f"{at}++" if step == 1 else f"{at} = {at} + {step}"
        outside = sum(isinstance(e, ast.Name) and e.id == name for e in ast.walk(self.text.tree))
        inside = sum(isinstance(e, ast.Name) and e.id == name for e in ast.walk(node))
        body: list[str] = []
        before = self.names.get(name)
        if name in _set_in(node.body) or outside != inside or name in self.declared:
            body.append(self.assigned(name, at, pad + self.INDENT))
        else:
            self.names[name] = at
        body += self.block(node.body, depth + 1)
        if before is not None:
            self.names[name] = before
        if not body:
            return lines
        head = f"for (Bits<64> {at} = {start}; {test}; {move}) {{"
        return [*lines, pad + head, *body, f"{pad}}}"]

    def conditional(
        self, test: str, then: Sequence[str], otherwise: Sequence[str], pad: str
    ) -> list[str]:
        """See `Statements`."""
        if not then:
            return self.conditional(self.negated(test), otherwise, [], pad) if otherwise else []
        lines = [f"{pad}if ({bare(test)}) {{", *then]
        inner = pad + self.INDENT
        if otherwise and otherwise[0].startswith(f"{inner}if ("):
            # An `if` with nothing behind it is written beside the `else`.
            level = [line for line in otherwise[1:] if not line.startswith(inner + " ")]
            if all(line.startswith(f"{inner}}} else") for line in level[:-1]):
                first, *rest = [line.removeprefix(self.INDENT) for line in otherwise]
                return [*lines, f"{pad}}} else {first.strip()}", *rest]
        return [*lines, *([f"{pad}}} else {{", *otherwise] if otherwise else []), f"{pad}}}"]

    def repeated(self, test: str, body: Sequence[str], pad: str) -> list[str]:
        """See `Statements`."""
        raise Untranslatable("its body has a loop that does not count, and IDL has no `while`")

    def jump(self, node: ast.Break | ast.Continue) -> str:
        """See `Statements`."""
        raise Untranslatable("its body leaves a loop early, which IDL cannot")

    def returned(self, value: str | None) -> str:
        """See `Statements`."""
        raise Untranslatable("its body returns from within a loop, which IDL cannot")

    # -- numbers with all bits -----------------------------------------------------------------

    def literal(self, number: int) -> str:
        """See `Statements`."""
        return _literal(number)

    def arithmetic(self, op: type[ast.operator], a: str, b: str) -> str:
        """See `Statements`."""
        if not a.startswith(LITERAL):
            b = _beside(b)
        elif not b.startswith(LITERAL):
            a = _beside(a)
        return f"({a} {SIGNS[op]} {b})"

    def shifted(self, to_left: bool, a: str, places: int) -> str:
        """See `Statements`."""
        return f"({a} {'<<' if to_left else '>>>'} {places})" if places else a

    def inverted(self, a: str) -> str:
        """See `Statements`."""
        return f"(~{a})"

    def compared(self, op: type[ast.cmpop], a: str, b: str) -> str:
        """See `Statements`."""
        if op in (ast.Eq, ast.NotEq):
            b = b if a.startswith(LITERAL) else _beside(b)
            return f"({a} {SIGNS[op]} {b})"
        return f"({_signed(a)} {SIGNS[op]} {_signed(b)})"

    def all_or_any(self, is_all: bool, tests: Sequence[str]) -> str:
        """See `Statements`."""
        return f"({(' && ' if is_all else ' || ').join(tests)})"

    def negated(self, test: str) -> str:
        """See `Statements`."""
        return f"!{test}"

    def counted(self, test: str) -> str:
        """See `Statements`."""
        return f"({test} ? 64'd1 : 64'd0)"

    def chosen(self, test: str, then: str, otherwise: str) -> str:
        """See `Statements`."""
        return f"({test} ? {then} : {otherwise})"

    def helped(self, name: str, given: Sequence[str]) -> str:
        """See `Statements`."""
        if name in ("shift_left", "shift_right"):
            return f"({given[0]} {'<<' if name == 'shift_left' else '>>>'} {_beside(given[1])})"
        held = [self._held(each) for each in given]
        a, b = held[0], held[-1]
        if name == "absolute":
            return f"(({_signed(a)} < 0s) ? -{a} : {a})"
        if name in ("min", "max"):
            return f"(({_signed(b)} {'<' if name == 'min' else '>'} {_signed(a)}) ? {b} : {a})"
        return self._divided(name, a, b)

    def _divided(self, name: str, a: str, b: str) -> str:
        """Division that rounds down, by that of numbers without a sign.

        What is divided by zero is not looked at: nothing may be, where it stands in front of a
        condition that says so.
        """
        above = self._held(f"(({_signed(a)} < 0s) ? -{a} : {a})")
        below = self._held(f"(({_signed(b)} < 0s) ? -{b} : {b})")
        quotient = self._held(f"({below} == 0 ? 64'd0 : {above} / {below})")
        rest = self._held(f"({above} - {quotient} * {below})")
        differ = f"(({_signed(a)} < 0s) != ({_signed(b)} < 0s))"
        down = f"(({rest} == 0) ? -{quotient} : ((-{quotient}) - 1))"
        whole = self._held(f"({differ} ? {down} : {quotient})")
        return whole if name == "floor_divide" else f"({a} - {whole} * {b})"

    def _held(self, text: str, hint: str = "held") -> str:
        """A variable with a value: one that stands more than once, or has fewer bits."""
        if text.isidentifier():
            return text
        name = self.operation.fresh(hint)
        self.pending.append(f"Bits<64> {name} = {bare(text)};")
        return name

    def test(self, node: ast.expr) -> str:
        """See `Statements`."""
        if isinstance(node, ast.Call):
            found = self.functions.called(self.text.bound.get(ast.unparse(node.func)))
            if found is not None and found[0] is less_unsigned:
                return self._compared(ast.Lt, node.args[0], node.args[1], is_signed=False)
            if found is not None and found[1].result is Basic.TRUTH:
                inner = self._function(found[1], node)
                if inner.only is not None:
                    return self._taken(inner, inner.test(inner.only))
        if isinstance(node, ast.Compare | ast.UnaryOp | ast.BoolOp):
            return super().test(node)
        return self.compared(ast.NotEq, self.expr(node), self.literal(0))

    def compare(self, node: ast.Compare) -> str:
        """See `Statements`."""
        if len(node.ops) == 1 and type(node.ops[0]) in SIGNS:
            return self._compared(type(node.ops[0]), node.left, node.comparators[0], is_signed=True)
        return super().compare(node)

    def _compared(
        self, op: type[ast.cmpop], left: ast.expr, right: ast.expr, is_signed: bool
    ) -> str:
        """Registers are compared as they stand, and with small numbers."""
        a, b = self._register(left), self._register(right)
        known = self.known(right)
        is_equality = op in (ast.Eq, ast.NotEq)
        if a and b:
            if is_equality or not is_signed:
                return f"({a} {SIGNS[op]} {b})"
            return f"($signed({a}) {SIGNS[op]} $signed({b}))"
        if a and known is not None and 0 <= known < 1 << 31:
            if is_equality:
                return f"({a} {SIGNS[op]} {_plain(known)})"
            if is_signed:
                return f"($signed({a}) {SIGNS[op]} {_plain(known)}s)"
        field_ = self._signed_field(right)
        if a and field_ and is_signed:
            return f"({a if is_equality else f'$signed({a})'} {SIGNS[op]} {field_})"
        first, second = self.expr(left), self.expr(right)
        if is_signed:
            return self.compared(op, first, second)
        return f"({first} {SIGNS[op]} {_beside(second)})"

    def _signed_field(self, node: ast.expr) -> str:
        """The field with a sign whose value an expression is."""
        if isinstance(node, ast.Name) and node.id in self.arguments:
            text, fits = self.arguments[node.id].low()
            return text if fits is Fits.SIGNED else ""
        return ""

    def _register(self, node: ast.expr) -> str:
        """The register whose value an expression is."""
        match node:
            case ast.Name(id=name) if name in self.arguments:
                return self.arguments[name].register
            case ast.Call(args=[inner, *_]) if self.callee(node) in ("wrap", "word", "position"):
                return self._register(inner)
        return ""

    def expr(self, node: ast.expr) -> str:
        """See `Statements`."""
        match node:
            case ast.BinOp() | ast.UnaryOp() | ast.Call() if (
                known := self.known(node)
            ) is not None:
                return self.literal(known)
            case ast.Name(id=name) if name in self.arguments:
                return self.arguments[name].exact()
            case ast.Subscript(value=ast.Name(id="next_pc")):
                return self._held(self._next())
            case ast.IfExp(test=test) if self._truth(test) is not None:
                return self.expr(node.body if self._truth(test) else node.orelse)
        return super().expr(node)

    def _next(self) -> str:
        if self.operation.jump:
            raise Untranslatable("it reads the next address after it was set")
        return f"$pc + {self.operation.made.size}"

    def access(self, name: str, node: ast.Call) -> str:
        """See `Statements`; stores are statements of their own."""
        return self._held(self._load(name, node, is_exact=True)[0], "loaded")

    def _load(self, name: str, node: ast.Call, is_exact: bool) -> tuple[str, Fits]:
        bits, is_signed = LOADS[name], name.startswith("load_s")
        at = bare(self.low(node.args[1])[0])
        text = f"read_memory<{bits}>({at}, $encoding)"
        if bits == 64:
            return text, Fits.WIDE
        if not is_signed:
            return text, Fits.PLAIN
        if is_exact:
            return f"$signed({text})", Fits.SIGNED
        return f"sext({text}, {bits})", Fits.WIDE

    def called(self, function: types.FunctionType, made: Made, node: ast.Call) -> str:
        """See `Statements`: what is called is written where it is."""
        given = node.args
        if function is narrow and self.known(given[1]) == 64:
            return self.expr(given[0])
        if self._extended(function, given):
            text = self._as_it_is(node)
            assert text is not None
            return self._held(text, "extended")
        if function is less_unsigned:
            return self.counted(self.test(node))
        if function is shift_right_logical:
            return f"({self.expr(given[0])} >> {_beside(self.expr(given[1]))})"
        if function in (clz64, ctz64):
            return self._zeros(self._held(self.expr(given[0])), is_leading=function is clz64)
        inner = self._function(made, node)
        if inner.only is not None:
            return self._taken(inner, inner.expr(inner.only))
        return self._result_of(inner)

    def _extended_by(self, node: ast.Call) -> int:
        """The width from which a call extends a sign; 0 if it does something else."""
        found = self.functions.called(self.text.bound.get(ast.unparse(node.func)))
        return self._extended(found[0], node.args) if found is not None else 0

    def _extended(self, function: types.FunctionType, given: Sequence[ast.expr]) -> int:
        """The width from which a known function extends a sign; 0 if it does something else."""
        if function is sext32 or (function is narrow and self.known(given[1]) == 32):
            return 32
        if function is sext:
            known = self.known(given[1]) or 0
            return known if 0 < known < 64 else 0
        return 0

    def _sliceable(self, node: ast.expr, width: int) -> str:
        """Something that has so many bits, to be cut off."""
        if width <= self.operation.xlen:
            text, fits = self.low(node)
            if fits is Fits.WIDE:
                return text
        return self.expr(node)

    def _zeros(self, value: str, is_leading: bool) -> str:
        """How many zeros there are at one end of 64 bits, found from the other."""
        count, at = self.operation.fresh("count"), self.operation.fresh("at")
        place, zeros = (at, f"63 - {at}") if is_leading else (f"63 - {at}", f"63 - {at}")
        self.pending += [
            f"Bits<64> {count} = 64;",
            f"for (Bits<64> {at} = 0; {at} < 64; {at}++) {{",
            f"  if ({value}[{place}] == 1) {{",
            f"    {count} = {zeros};",
            "  }",
            "}",
        ]
        return count

    def _function(self, made: Made, node: ast.Call) -> Function:
        """The writer of a function that is called."""
        assert made.text is not None
        parameters = [each.arg for each in made.text.tree.args.args if each.arg != HART]
        given = [each for each in node.args if ast.unparse(each) != HART]
        inner = Function(self.functions, made, made.text, operation=self.operation, arguments={})
        for name, each in zip(parameters, given, strict=True):
            inner.arguments[name] = self._passed(name, each, inner.only is not None)
        return inner

    def _passed(self, name: str, node: ast.expr, is_short: bool) -> Argument:
        known = self.known(node)
        if known is not None:
            return constant(known)
        match node:
            case ast.Name(id=same) if same in self.arguments:
                return self.arguments[same]
            case ast.Name(id=same):
                return variable(self.named(same))
        if is_short:
            held: list[str] = []

            def exact() -> str:
                if not held:
                    held.append(self._held(self.expr(node)))
                return held[0]

            return Argument(exact, lambda: self.low(node))
        text = self._as_it_is(node) or self.expr(node)
        if not text.isidentifier():
            inner = self.operation.fresh(name)
            self.pending.append(f"Bits<64> {inner} = {bare(text)};")
            text = inner
        return variable(text)

    @property
    def only(self) -> ast.expr | None:
        """The expression that is all of the function."""
        match self._decided(self.text.tree.body):
            case [ast.Return(value=ast.expr() as value)]:
                return value
        return None

    def _taken(self, inner: Function, text: str) -> str:
        self.pending += inner.pending
        return text

    def _result_of(self, inner: Function) -> str:
        """The variable that a function of several statements has left its result in."""
        *front, last = self._decided(inner.text.tree.body)
        if isinstance(last, ast.Return) and not returns(front):
            texts: list[str] = []

            def give(writer: Function, value: ast.expr | None, pad: str) -> list[str]:
                texts.append(writer.expr(value) if value is not None else "")
                return writer.before(pad)

            inner.end = give
            self.pending += inner.whole()
            return texts[0]
        result = self.operation.fresh(inner.text.tree.name)

        def end(writer: Function, value: ast.expr | None, pad: str) -> list[str]:
            if value is None:
                return []
            text = bare(writer.expr(value))
            return [*writer.before(pad), f"{pad}{result} = {text};"]

        inner.end = end
        lines = inner.whole()
        if inner.made.result is not Basic.NOTHING:
            self.pending.append(f"Bits<64> {result};")
        self.pending += lines
        if len(self.pending) > MOST_LINES:
            raise Untranslatable("its operation would be too long")
        return result

    # -- numbers of which the low bits matter --------------------------------------------------

    def low(self, node: ast.expr) -> tuple[str, Fits]:
        """An expression that agrees with a number in the bits that a register has."""
        made = self._low(node)
        return made if made is not None else (self.expr(node), Fits.WIDE)

    def _low(self, node: ast.expr) -> tuple[str, Fits] | None:
        match node:
            case ast.BinOp() | ast.UnaryOp() | ast.Call() if (
                known := self.known(node)
            ) is not None:
                return _low_number(known)
            case ast.Name(id=name) if name in self.arguments:
                return self.arguments[name].low()
            case ast.Constant(value=int() as number):
                return _low_number(int(number))
            case ast.BinOp(op=op) if type(op) in SIGNS:
                return self._low_sum(node)
            case ast.BinOp(op=ast.LShift(), left=left, right=right):
                return self._low_shift(left, right)
            case ast.UnaryOp(op=ast.Invert() | ast.USub() as op, operand=operand):
                text, fits = self.low(operand)
                sign = "~" if isinstance(op, ast.Invert) else "-"
                return (f"({sign}{text})", Fits.WIDE) if fits is Fits.WIDE else None
            case ast.UnaryOp(op=ast.Not()) | ast.Compare():
                return f"({self.test(node)} ? 1 : 0)", Fits.PLAIN
            case ast.IfExp():
                return self._low_choice(node)
            case ast.Subscript(value=ast.Name(id="next_pc")):
                return f"({self._next()})", Fits.WIDE
            case ast.Call():
                return self._low_call(node)
        return None

    def _low_sum(self, node: ast.BinOp) -> tuple[str, Fits] | None:
        if isinstance(node.op, ast.Add) and self.known(node.right) == 0:
            return self.low(node.left)
        (a, first), (b, second) = self.low(node.left), self.low(node.right)
        if Fits.WIDE not in (first, second):
            return None
        return f"({a} {SIGNS[type(node.op)]} {b})", Fits.WIDE

    def _low_shift(self, left: ast.expr, right: ast.expr) -> tuple[str, Fits] | None:
        text, fits = self.low(left)
        if fits is not Fits.WIDE:
            return None
        return f"({text} << {self._places(right)})", Fits.WIDE

    def _places(self, node: ast.expr) -> str:
        """How far something is shifted: a few bits of a register are that as they stand."""
        known = self.known(node)
        if known is not None and known >= 0:
            return _plain(known)
        match node:
            case ast.BinOp(op=ast.BitAnd(), left=left, right=right):
                mask = self.known(right)
                text, fits = self.low(left)
                if mask is not None and 0 <= mask < 1 << 31 and fits is not Fits.SIGNED:
                    return f"({text} & {_plain(mask)})"
            case ast.Name(id=name) if name in self.arguments:
                text, fits = self.arguments[name].low()
                if fits is Fits.PLAIN:
                    return text
        return _beside(self.expr(node))

    def _low_choice(self, node: ast.IfExp) -> tuple[str, Fits] | None:
        known = self._truth(node.test)
        if known is not None:
            return self.low(node.body if known else node.orelse)
        self.always([node.body, node.orelse])
        (a, first), (b, second) = self.low(node.body), self.low(node.orelse)
        if Fits.SIGNED in (first, second):
            return None
        fits = Fits.WIDE if Fits.WIDE in (first, second) else Fits.PLAIN
        return f"({self.test(node.test)} ? {a} : {b})", fits

    def _low_call(self, node: ast.Call) -> tuple[str, Fits] | None:
        callee = self.callee(node)
        if callee in ("wrap", "word", "position", "int"):
            return self.low(node.args[0])
        if callee == "shift_left":
            return self._low_shift(*node.args[:2])
        if name := self.accessed(node):
            return self._load(name, node, is_exact=False)
        found = self.functions.called(self.text.bound.get(ast.unparse(node.func)))
        if found is None:
            return None
        function, made = found
        if function in (narrow, address) and self.known(node.args[1]) == self.operation.xlen:
            return self.low(node.args[0])
        width = self._extended(function, node.args)
        if 0 < width < self.operation.xlen or width == 32:
            text, fits = self.low(node.args[0])
            return (f"sext({bare(text)}, {width})", Fits.WIDE) if fits is Fits.WIDE else None
        if function in _KNOWN:
            return None
        inner = self._function(made, node)
        if inner.only is None:
            return self._result_of(inner), Fits.WIDE
        text, fits = inner.low(inner.only)
        return self._taken(inner, text), fits


_KNOWN: frozenset[object] = frozenset(
    (sext, sext32, narrow, address, less_unsigned, shift_right_logical, clz64, ctz64)
)
"""Functions for which the language has words."""


def _signed(text: str) -> str:
    """A number of 64 bits, to be compared with its sign."""
    if text.startswith(LITERAL) and _beside(text) != text:
        return f"{_beside(text)}s"
    return f"$signed({bare(text)})"


def _set_in(statements: Sequence[ast.stmt]) -> set[str]:
    """The names that statements set."""
    return {
        each.id
        for one in statements
        for each in ast.walk(one)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }
