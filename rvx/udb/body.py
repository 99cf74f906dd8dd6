"""Operations in IDL as bodies of instructions, in Python that people may read and keep.

A number of IDL has a width, and is unsigned unless `$signed` made it; bodies have signed words of
64 bits. What stands for a number here is an expression of Python that agrees with it in its low
bits, and the range that the expression's value lies in. Both together say what is left to do where
all bits matter: nothing at a sum of registers, whose upper bits the machine drops, a mask or a sign
extension in front of a comparison or a shift to the right. So most bodies come out as an author
would write them, and none depends on luck: a mask is left out only where the range says so.

The width of registers is known, since a body is made for one; what is the same for both is shared
by `rvx.udb.extension`.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace

from rvx.udb.syntax import (
    Assignment,
    Binary,
    Call,
    Cast,
    Choice,
    Concatenation,
    CsrCall,
    CsrValue,
    Declaration,
    Element,
    Execution,
    Expression,
    For,
    If,
    Member,
    Name,
    Number,
    Replication,
    Slice,
    Statement,
    Text,
    Truth,
    Type,
    Unary,
)

_LEAST, _MOST = -(1 << 63), (1 << 63) - 1
_WORD = 64
_MOST_STEPS = 20_000
"""Expressions that are looked at before an operation is given up: what nests is looked at often."""


class NotInSubset(Exception):
    """What an operation does that bodies cannot, or rvx does not read: part of a sentence."""


@dataclass(frozen=True)
class Variable:
    """An operand as the operation sees it: a field of the word.

    Attributes:
        name: there.
        width: bits of its value, with those that a shift adds below.
        parameter: what the body calls it, or how the value follows from that.
        least, most: of what `parameter` gives; its low `width` bits are those of the field.
        is_signed: whether the database says that its sign is extended.
        is_register: whether it is the number of an x register.
        first: the register whose number is 0 in the field: 8 for those of three bits.
        is_never: numbers of registers that it does not have.
    """

    name: str
    width: int
    parameter: str
    least: int
    most: int
    is_signed: bool = False
    is_register: bool = False
    first: int = 0
    is_never: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Body:
    """A body in Python.

    Attributes:
        parameters: what it asks for.
        lines: of the function, indented by four.
        writes: operands that it returns, None where that is `rd` or nothing.
        imports: names that it uses, by module.
        kind: class of the instruction for counts.
        notes: where what is written was read as something else, each a part of a sentence.
    """

    parameters: tuple[str, ...]
    lines: tuple[str, ...]
    writes: tuple[str, ...]
    imports: frozenset[tuple[str, str]]
    kind: str
    notes: tuple[str, ...]


# --- Values


# How strongly what Python writes binds: of an expression and of an operand's place.
_CHOICE, _OR, _AND, _NOT, _COMPARED, _BITOR, _BITXOR, _BITAND, _SHIFT, _SUM, _PRODUCT = range(11)
_SIGN, _ATOM = 11, 12


@dataclass(frozen=True)
class Value:
    """An expression of Python, and the range of its value."""

    text: str
    binds: int
    least: int = _LEAST
    most: int = _MOST

    def at(self, place: int) -> str:
        """The text, in parentheses if it binds less than its place."""
        return self.text if self.binds >= place else f"({self.text})"

    @property
    def known(self) -> int | None:
        """The number, where there is but one."""
        return self.least if self.least == self.most else None


def _number(value: int) -> Value:
    """A literal; large ones as masks are written."""
    wrapped = (value + (1 << 63)) % (1 << 64) - (1 << 63)
    text = f"{wrapped:#x}" if wrapped > 0xFFF else str(wrapped)
    return Value(text, _ATOM if wrapped >= 0 else _SIGN, wrapped, wrapped)


def _ranged(text: str, binds: int, least: int, most: int) -> Value:
    """A value that wraps, where the range goes beyond a word."""
    if least < _LEAST or most > _MOST:
        return Value(text, binds)
    return _number(least) if least == most else Value(text, binds, least, most)


@dataclass(frozen=True)
class Kind:
    """The type of an expression: `Bits<width>`, or a Boolean with width 0."""

    width: int
    is_signed: bool = False

    @property
    def is_truth(self) -> bool:
        """Whether it is a Boolean."""
        return self.width == 0

    def holds(self, value: Value) -> bool:
        """Whether the value is read as it stands: all words of 64 bits are, too."""
        if self.width == _WORD:
            return True
        if self.is_signed:
            half = 1 << self.width - 1
            return -half <= value.least and value.most < half
        return value.least >= 0 and value.most < 1 << self.width


TRUTH = Kind(0)


@dataclass
class _Local:
    """A variable of the operation."""

    text: str
    kind: Kind
    value: Value


@dataclass
class _Shared:
    """What is gathered of a whole body."""

    parameters: set[str] = field(default_factory=set)
    imports: set[tuple[str, str]] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    written: dict[str, None] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    has_loads: bool = False
    has_stores: bool = False
    has_branch: bool = False
    has_jump: bool = False


def make_body(
    operation: Sequence[Statement],
    variables: Mapping[str, Variable],
    xlen: int,
    *,
    extensions: Sequence[str] = (),
    is_strict: bool = False,
) -> Body:
    """The body of an operation.

    Args:
        operation: what it does.
        variables: the operands by name.
        xlen: 32 or 64.
        extensions: names of extensions that are there, for `implemented?`.
        is_strict: whether literals that are shifted or negated, sums of literals and fields, and
            parts of a register that are shifted to the left have as few bits as the language gives
            them. Operations of the database are written as if they had those of a register.

    Raises:
        NotInSubset: a part of it cannot be said; the message says which.
    """
    return _Maker(operation, variables, xlen, extensions, is_strict).body()


class _Maker:
    def __init__(
        self,
        operation: Sequence[Statement],
        variables: Mapping[str, Variable],
        xlen: int,
        extensions: Sequence[str],
        is_strict: bool,
    ) -> None:
        self.operation = tuple(operation)
        self.operands = variables
        self.xlen = xlen
        self.extensions = {name.lower() for name in extensions}
        self.is_strict = is_strict
        self.locals: dict[str, _Local] = {}
        self.shared = _Shared()
        self.assigned = _assigned(self.operation)
        self.uses_file = self._needs_all_registers()
        self.may_have_accessed = False
        self.steps = 0

    def body(self) -> Body:
        lines, ends = self._block(self.operation, is_last=True)
        shared = self.shared
        results = [self.operands[name].parameter for name in shared.written]
        if results and not ends:
            lines.append(f"return {', '.join(results)}")
            shared.parameters |= set(results)
        while lines and lines[-1] == "return":
            lines.pop()
        if not shared.parameters & {"mem", "next_pc", "x_registers", "fault"} and not results:
            # What only orders accesses has nothing left to do.
            lines, shared.parameters, shared.imports = [], set(), set()
        kind = "alu"
        if shared.has_jump or shared.has_branch:
            kind = "branch" if shared.has_branch else "jump"
        elif shared.has_stores:
            kind = "store"
        elif shared.has_loads:
            kind = "load"
        return Body(
            tuple(sorted(shared.parameters, key=self._order)),
            tuple(f"    {line}" for line in lines),
            tuple(results),
            frozenset(shared.imports),
            kind,
            tuple(dict.fromkeys(shared.notes)),
        )

    def _order(self, name: str) -> tuple[int, str]:
        """Registers first, then numbers, then what else is asked for."""
        if name in _REQUESTS:
            return 2 + _REQUESTS.index(name), name
        registers = {one.parameter for one in self.operands.values() if one.is_register}
        return int(name.removesuffix("_number") not in registers), name

    # --- Registers

    def _needs_all_registers(self) -> bool:
        """Whether registers are asked for by number, and not the value of each operand.

        They have to be where one is chosen by more than an operand, and where one is read after
        another, which may be the same, was written.
        """
        if any(
            not isinstance(self._operand_of(index), Variable)
            for index in _registers(self.operation)
        ):
            return True
        return self._reads_after_writes(self.operation, False)[1]

    def _operand_of(self, index: Expression) -> Variable | None:
        """The operand that names a register by itself."""
        match index:
            case Call(function="creg2reg", arguments=[Name(name=name)]) | Name(name=name):
                found = self.operands.get(name)
                if found is not None:
                    return found if found.is_register and name not in self.assigned else None
                given = self._alias(name)
                return self._operand_of(given) if given is not None else None
        return None

    def _alias(self, name: str) -> Expression | None:
        """What a variable that is set once, as the number of a register, is."""
        if self.assigned.get(name) != 1:
            return None
        for each in walk(self.operation):
            if isinstance(each, Declaration) and each.names == (name,):
                return each.value if isinstance(each.value, Call) else None
        return None

    def _reads_after_writes(
        self, statements: Sequence[Statement], is_written: bool
    ) -> tuple[bool, bool]:
        """Whether a register is written by the end, and whether one is read after that."""
        clash = False
        for one in statements:
            if isinstance(one, If):
                clash |= is_written and any(_reads(one.test))
                ends = [
                    self._reads_after_writes(block, is_written)
                    for block in (one.then, one.otherwise)
                ]
                is_written = any(end[0] for end in ends)
                clash |= any(end[1] for end in ends)
                continue
            if isinstance(one, For):
                # What a round writes is read by the next one.
                once = self._reads_after_writes(one.body, is_written)
                again = self._reads_after_writes(one.body, once[0])
                is_written, clash = again[0], clash or once[1] or again[1]
                continue
            clash |= is_written and any(_reads(one))
            is_written |= isinstance(one, Assignment) and _register(one.target) is not None
        return is_written, clash

    def _register_value(self, index: Expression) -> Value:
        operand = self._operand_of(index)
        if self.xlen == 32:
            least, most = -(1 << 31), (1 << 31) - 1
        else:
            least, most = _LEAST, _MOST
        if operand is not None and not self.uses_file:
            self.shared.parameters.add(operand.parameter)
            return Value(operand.parameter, _ATOM, least, most)
        number = self._register_number(index)
        if number.known == 0:
            return _number(0)
        self.shared.parameters.add("x_registers")
        return Value(f"x_registers[{number.text}]", _ATOM, least, most)

    def _register_number(self, index: Expression) -> Value:
        match index:
            case Call(function="creg2reg", arguments=[Name(name=name)]) if (
                name in self.operands and self.operands[name].first
            ):
                return self._operand_number(self.operands[name], plus=8)
        found = self.exact(index)
        if found.least < 0 or found.most > 31:
            # A number beyond 31 is an error there; a body would trap with an index.
            return self._unsigned(index)
        return found

    def _operand_number(self, operand: Variable, plus: int = 0) -> Value:
        """The number in the field of a register, which a body asks for as it is named."""
        name = f"{operand.parameter}_number"
        self.shared.parameters.add(name)
        offset = plus - operand.first
        made = Value(name, _ATOM, operand.first, operand.first + (1 << operand.width) - 1)
        if not operand.first:
            known = [number for number in range(32) if number not in operand.is_never]
            made = replace(made, least=known[0], most=known[-1]) if known else made
        return (
            made
            if not offset
            else _ranged(
                f"{name} {'-' if offset < 0 else '+'} {abs(offset)}",
                _SUM,
                made.least + offset,
                made.most + offset,
            )
        )

    # --- Types

    def kind(self, node: Expression) -> Kind:
        """The type of an expression."""
        match node:
            case Number(width=None, value=value, is_signed=is_signed):
                return Kind(max(value.bit_length(), 1) + is_signed, is_signed)
            case Number(width=width, is_signed=is_signed):
                return Kind(width or self.xlen, is_signed)
            case Truth():
                return TRUTH
            case Name(name="$pc"):
                return Kind(self.xlen)
            case Name(name="MXLEN" | "XLEN"):
                return Kind(7)
            case Name(name=name) if name in self.locals:
                return self.locals[name].kind
            case Name(name=name) if name in self.operands:
                return Kind(self.operands[name].width, self.operands[name].is_signed)
            case Name(name=name):
                raise NotInSubset(f"it uses '{name}', which is no operand and no variable of it")
            case Unary(op="!"):
                return TRUTH
            case Unary(value=value):
                return self.kind(self._widened(value))
            case Binary(op=op) if op in _COMPARISONS or op in ("&&", "||"):
                return TRUTH
            case Binary(op="<<", left=left):
                kind = self.kind(self._widened(left))
                if isinstance(left, Slice) and not self.is_strict:
                    return Kind(max(kind.width, self.xlen))
                return kind
            case Binary(op=">>" | ">>>", left=left):
                return self.kind(left)
            case Binary(op="`<<", left=left, right=right):
                given = self.kind(left)
                return Kind(given.width + self.constant(right), given.is_signed)
            case Binary(op=op, left=left, right=right):
                a, b = self.kind(left), self.kind(right)
                if a.is_truth or b.is_truth:
                    raise NotInSubset("it computes with a Boolean")
                if op == "`*":
                    return Kind(a.width + b.width)
                widest = max(a.width, b.width)
                if op in ("+", "*") and self._is_narrow(node):
                    widest = max(widest, self.xlen)
                if op in ("`+", "`-"):
                    return Kind(widest + 1)
                return Kind(widest, a.is_signed and b.is_signed)
            case Choice(then=then, otherwise=otherwise):
                a, b = self.kind(then), self.kind(otherwise)
                return Kind(max(a.width, b.width), a.is_signed and b.is_signed)
            case Concatenation(parts=parts):
                return Kind(sum(self.kind(part).width for part in parts))
            case Replication(count=count, value=value):
                return Kind(self.constant(count) * self.kind(value).width)
            case Element():
                return Kind(self.xlen if _register(node) is not None else 1)
            case Slice(high=high, low=low):
                return Kind(self._length(high, low))
            case Cast(function="$signed", value=value):
                return Kind(self.kind(value).width, True)
            case Cast(value=value):
                return self.kind(value)
            case Call():
                return self._call_kind(node)
            case CsrValue(csr="misa") if node.field:
                return Kind(1)
        raise NotInSubset(_what(node))

    def _call_kind(self, node: Call) -> Kind:
        match node.function:
            case "read_memory":
                return Kind(self._access_bits(node))
            case "read_memory_xlen" | "sext":
                return Kind(self.xlen)
            case "xlen":
                return Kind(8)
            case "highest_set_bit" | "lowest_set_bit":
                return Kind(8)
            case "creg2reg":
                return Kind(5)
            case "implemented?":
                return TRUTH
        raise NotInSubset(_what(node))

    def _is_narrow(self, node: Binary) -> bool:
        """Whether a sum or product is of literals and fields only, meant to have no overflow."""
        return not self.is_strict and all(
            (isinstance(each, Number) and each.width is None)
            or (
                isinstance(each, Name)
                and each.name in self.operands
                and each.name not in self.locals
            )
            for each in (node.left, node.right)
        )

    def _widened(self, node: Expression) -> Expression:
        """A literal that is shifted or negated, with the bits of a register."""
        if isinstance(node, Number) and node.width is None and not self.is_strict:
            return replace(node, width=0)
        return node

    def constant(self, node: Expression) -> int:
        """The value of what is known now, such as a width."""
        found = self.exact(node).known
        if found is None:
            raise NotInSubset(f"a width of it is not known: {text_of(node)}")
        return found

    def _length(self, high: Expression, low: Expression) -> int:
        """How many bits a slice has: its ends may move together."""
        a, b = self._affine(high), self._affine(low)
        if a[0] != b[0] or a[1] < b[1]:
            raise NotInSubset(
                f"how many bits it takes is not known: [{text_of(high)}:{text_of(low)}]"
            )
        return a[1] - b[1] + 1

    def _affine(self, node: Expression) -> tuple[Expression | None, int]:
        """A number as something and a constant beside it."""
        known = self.exact(node).known
        if known is not None:
            return None, known
        if isinstance(node, Binary) and node.op in ("+", "-"):
            left, more = self._affine(node.left)
            right, rest = self._affine(node.right)
            if right is None:
                return left, more + (rest if node.op == "+" else -rest)
            if left is None and node.op == "+":
                return right, more + rest
        return node, 0

    # --- Numbers

    def exact(self, node: Expression) -> Value:
        """The number itself: for unsigned ones of 64 bits, the signed word of the same bits."""
        kind = self.kind(node)
        return self._fit(self.low(node, kind.width), kind)

    def _unsigned(self, node: Expression) -> Value:
        kind = Kind(self.kind(node).width)
        return self._fit(self.low(node, kind.width), kind)

    def _signed(self, node: Expression) -> Value:
        kind = Kind(self.kind(node).width, True)
        return self._fit(self.low(node, kind.width), kind)

    def _fit(self, value: Value, kind: Kind) -> Value:
        """What has the right low bits, read as a number of this type."""
        if kind.width > _WORD:
            raise NotInSubset(f"it has numbers of {kind.width} bits, and words of bodies have 64")
        if kind.is_truth or kind.holds(value):
            return value
        if value.known is not None:
            low = value.known & (1 << kind.width) - 1
            is_below = kind.is_signed and low >> kind.width - 1
            return _number(low - (1 << kind.width) if is_below else low)
        if kind.is_signed:
            self.shared.imports.add(("rvx.isa.bits", "sext"))
            half = 1 << kind.width - 1
            return Value(f"sext({value.text}, {kind.width})", _ATOM, -half, half - 1)
        mask = (1 << kind.width) - 1
        shown = str(mask) if mask < 10 else f"{mask:#x}"
        return Value(f"{value.at(_BITAND)} & {shown}", _BITAND, 0, mask)

    def low(self, node: Expression, wanted: int) -> Value:
        """An expression whose low `wanted` bits are those of the number."""
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise NotInSubset("it is too large")
        kind = self.kind(node)
        if kind.is_truth:
            return Value(f"int({self.test(node).text})", _ATOM, 0, 1)
        wanted = min(wanted, _WORD)
        if wanted > kind.width:
            return self.exact(node)
        match node:
            case Number(value=value, is_signed=is_signed):
                is_below = is_signed and value >> kind.width - 1
                return _number(value - (1 << kind.width) if is_below else value)
            case Name():
                return self._name(node.name)
            case Unary(op="~" | "-" as op, value=value):
                return self._negated(op, value, wanted)
            case Binary():
                return self._binary(node, wanted)
            case Choice(test=test, then=then, otherwise=otherwise):
                known = self._decided(test)
                if known is not None:
                    return self.low(then if known else otherwise, wanted)
                a, b = self.low(then, wanted), self.low(otherwise, wanted)
                return Value(
                    f"{a.at(_OR)} if {self.test(test).at(_OR)} else {b.at(_CHOICE)}",
                    _CHOICE,
                    min(a.least, b.least),
                    max(a.most, b.most),
                )
            case Concatenation(parts=parts):
                return self._joined(parts, wanted)
            case Replication(count=count, value=value):
                return self._repeated(self.constant(count), value)
            case Element(value=value, index=index):
                if _register(node) is not None:
                    return self._register_value(index)
                return self._slice(value, index, 1, wanted)
            case Slice(value=value, low=low):
                return self._slice(value, low, kind.width, wanted)
            case Cast(value=value):
                return self.low(value, wanted)
            case Call():
                return self._call(node, wanted)
            case CsrValue(csr="misa"):
                # Parts of misa may be switched off; those of rvx are always on.
                return _number(1)
        raise NotInSubset(_what(node))

    def _name(self, name: str) -> Value:
        if name == "$pc":
            self.shared.parameters.add("pc")
            return Value("pc", _ATOM, 0, (1 << 32) - 1) if self.xlen == 32 else Value("pc", _ATOM)
        if name in ("MXLEN", "XLEN"):
            return _number(self.xlen)
        if name in self.locals:
            return self.locals[name].value
        operand = self.operands[name]
        if operand.is_register:
            return self._operand_number(operand)
        self.shared.parameters.add(operand.parameter.partition(" ")[0])
        binds = _ATOM if operand.parameter.isidentifier() else _SUM
        return Value(operand.parameter, binds, operand.least, operand.most)

    def _negated(self, op: str, value: Expression, wanted: int) -> Value:
        self._note_widened(op, value)
        given = self.low(self._widened(value), wanted)
        if given.known is not None:
            return _number(~given.known if op == "~" else -given.known)
        if op == "~":
            return _ranged(f"~{given.at(_SIGN)}", _SIGN, ~given.most, ~given.least)
        return _ranged(f"-{given.at(_SIGN)}", _SIGN, -given.most, -given.least)

    def _note_widened(self, op: str, value: Expression) -> None:
        widened = self._widened(value)
        if widened is not value and isinstance(value, Number):
            shown = f"{value.value} << n" if op == "<<" else f"{op}{value.value}"
            self.shared.notes.append(
                f"the {value.value} of '{shown}' is read with the bits of a register; the language "
                f"gives it {self.kind(value).width}"
            )

    def _binary(self, node: Binary, wanted: int) -> Value:
        op = node.op.lstrip("`")
        if op in ("<<", ">>", ">>>"):
            return self._shift(node, op, wanted)
        if op in ("/", "%"):
            return self._quotient(node, op)
        a, b = self.low(node.left, wanted), self.low(node.right, wanted)
        if a.known is not None and b.known is not None:
            return _number(_ARITHMETIC[op](a.known, b.known))
        if op in ("+", "-", "*"):
            ends = [_ARITHMETIC[op](x, y) for x in (a.least, a.most) for y in (b.least, b.most)]
            place = _PRODUCT if op == "*" else _SUM
            self._note_sum(node, max(ends))
            before, minus, taken = a.text.rpartition(" - ")
            if op == "+" and minus and taken == b.text and before.isidentifier():
                return _ranged(before, _ATOM, min(ends), max(ends))
            text = f"{a.at(place)} {op} {b.at(place + 1)}"
            return _ranged(text, place, min(ends), max(ends))
        place = {"&": _BITAND, "^": _BITXOR, "|": _BITOR}[op]
        least, most = _range_of_bits(op, a, b)
        # Brackets around shifts and sums are not needed, and help whoever reads.
        texts = [
            one.text if one.binds in (_ATOM, _SIGN, place) else f"({one.text})" for one in (a, b)
        ]
        if b.binds == place:
            texts[1] = f"({b.text})"
        return Value(f"{texts[0]} {op} {texts[1]}", place, least, most)

    def _note_sum(self, node: Binary, most: int) -> None:
        if node.op in ("+", "*") and self._is_narrow(node):
            width = max(self.kind(node.left).width, self.kind(node.right).width)
            if most >> width:
                self.shared.notes.append(
                    f"'{text_of(node)}' is read with the bits of a register; the language gives it "
                    f"{width}"
                )

    def _place(self, node: Expression) -> Value:
        """Which bit of a number is meant: numbers have at most 64."""
        found = self._unsigned(node)
        return self._fit(found, Kind(6)) if found.least < 0 else found

    def _bounded(self, shifted: str, beyond: str, count: Value) -> Value:
        """A shift by any number of 64 bits: those that are negative here are large ones."""
        if "mem" in self.shared.parameters and "(mem" in count.text:
            raise NotInSubset("it shifts by what it loads")
        return Value(f"{shifted} if 0 <= {count.at(_BITOR)} < 64 else {beyond}", _CHOICE)

    def _shift(self, node: Binary, op: str, wanted: int) -> Value:
        kind = self.kind(node.left if op != "<<" else node)
        count = self._unsigned(node.right)
        if count.known == 0:
            return self.low(node.left, wanted)
        if count.known is not None and not 0 <= count.known < _WORD:
            # As far as this, nothing is left but signs; -1 stands for the largest number here.
            if op != ">>>":
                return _number(0)
            count = _number(_WORD - 1)
        if op == "<<":
            left = node.left
            if node.op == "<<":
                if count.known is None:
                    self._note_widened("<<", left)
                left = self._widened(left)
            given = self.low(left, wanted)
            made = _moved(given, count)
            narrow = self.kind(left).width
            if kind.width > narrow and wanted > narrow and made.most >> narrow:
                self.shared.notes.append(
                    f"'{text_of(node)}' is read with the bits of a register; the language gives "
                    f"it {narrow}"
                )
            return self._bounded(made.text, "0", count) if count.least < 0 else made
        if op == ">>>":
            given = self._signed(node.left)
        elif count.known is not None and wanted + count.known <= kind.width:
            # What comes in at the top is not asked for.
            given = self.low(node.left, wanted + count.known)
        else:
            given = self._unsigned(node.left)
            if given.least < 0:
                return self._logical(given, count)
        made = _shifted_right(given, count)
        if count.least >= 0:
            return made
        return self._bounded(made.text, "0" if op == ">>" else f"{given.at(_SHIFT)} >> 63", count)

    def _logical(self, given: Value, count: Value) -> Value:
        self.shared.imports.add(("rvx.isa.bits", "shift_right_logical"))
        text = f"shift_right_logical({given.text}, {count.text})"
        if count.known is not None:
            most = ((1 << _WORD) - 1) >> count.known
            return _number(0) if not most else Value(text, _ATOM, 0, most)
        if count.least >= 0 and count.most < _WORD:
            return Value(text, _ATOM)
        return self._bounded(text, "0", count)

    def _quotient(self, node: Binary, op: str) -> Value:
        kind = self.kind(node)
        both = [self._fit(self.low(each, kind.width), kind) for each in (node.left, node.right)]
        a, b = both
        if a.least < 0 or b.least < 0:
            raise NotInSubset(f"it divides signed numbers, or such of 64 bits: {text_of(node)}")
        sign = "//" if op == "/" else "%"
        most = a.most if op == "/" else min(a.most, b.most)
        text = f"{a.at(_PRODUCT)} {sign} {b.at(_SIGN)}"
        if a.known is not None and b.known:
            return _number(a.known // b.known if op == "/" else a.known % b.known)
        return Value(text, _PRODUCT, 0, most)

    def _joined(self, parts: Sequence[Expression], wanted: int) -> Value:
        extended = self._sign_extension(parts, wanted)
        if extended is not None:
            return extended
        texts: list[Value] = []
        at = 0
        for part in reversed(parts):
            width = self.kind(part).width
            if at < wanted:
                is_highest = at + width >= wanted
                given = self.low(part, wanted - at) if is_highest else self._unsigned(part)
                if given.known != 0:
                    texts.insert(0, _moved(given, at))
            at += width
        if not texts:
            return _number(0)
        made = texts[0]
        for each in texts[1:]:
            least, most = _range_of_bits("|", made, each)
            made = _ranged(f"{made.at(_BITOR)} | {each.at(_BITXOR)}", _BITOR, least, most)
        return made

    def _sign_extension(self, parts: Sequence[Expression], wanted: int) -> Value | None:
        """`{{n{a[k]}}, a[k:0]}`, and the same of all of a."""
        if len(parts) != 2 or not isinstance(parts[0], Replication):
            return None
        bit, rest = parts[0].value, parts[1]
        if not isinstance(bit, Element) or _register(bit) is not None:
            return None
        width = self.kind(rest).width
        whole = rest
        if isinstance(rest, Slice) and self.exact(rest.low).known == 0:
            whole = rest.value
        if whole != bit.value or self.exact(bit.index).known != width - 1 or width > _WORD:
            return None
        if wanted <= width:
            return self.low(rest, wanted)
        return self._signed(rest)

    def _repeated(self, count: int, value: Expression) -> Value:
        width = self.kind(value).width
        given = self._unsigned(value)
        if given.known is not None:
            return _number(sum(given.known << i * width for i in range(count)))
        if width == 1:
            return Value(f"-{given.at(_SIGN)}", _SIGN, -1, 0)
        ones = sum(1 << i * width for i in range(count))
        return Value(f"{given.at(_PRODUCT)} * {_number(ones).text}", _PRODUCT)

    def _slice(self, value: Expression, low: Expression, width: int, wanted: int) -> Value:
        kind = self.kind(value)
        if kind.is_truth:
            raise NotInSubset(f"it takes a bit of a Boolean: {text_of(value)}")
        at = self.exact(low)
        if at.known is not None:
            if at.known < 0 or at.known + width > kind.width:
                raise NotInSubset(
                    f"it takes bit {at.known + width - 1} of {text_of(value)}, "
                    f"which has {kind.width} bits"
                )
            if at.known + wanted > _WORD:
                raise NotInSubset(
                    f"it has numbers of {kind.width} bits, and words of bodies have 64"
                )
            given = self.low(value, at.known + wanted)
        else:
            at = self._place(low)
            if kind.width > _WORD:
                raise NotInSubset(
                    f"it has numbers of {kind.width} bits, and words of bodies have 64"
                )
            given = self.low(value, kind.width)
        if at.known == 0:
            return given
        return _shifted_right(given, at)

    # --- Calls

    def _access_bits(self, node: Call) -> int:
        if node.function.endswith("_xlen"):
            return self.xlen
        bits = self.constant(node.template[0]) if len(node.template) == 1 else 0
        if bits not in (8, 16, 32, 64):
            raise NotInSubset(f"it accesses {bits} bits of memory at once")
        return bits

    def _address(self, node: Call) -> str:
        self.shared.parameters.add("mem")
        self.may_have_accessed = True
        return self.low(node.arguments[0], self.xlen).text

    def _call(self, node: Call, wanted: int) -> Value:
        match node:
            case Call(function="xlen"):
                return _number(self.xlen)
            case Call(function="sext", arguments=[value, first]):
                return self._sext(value, first)
            case Call(function="creg2reg", arguments=[Name(name=name)]) if (
                name in self.operands and self.operands[name].first
            ):
                return self._operand_number(self.operands[name], plus=8)
            case Call(function="creg2reg", arguments=[value]):
                given = self._unsigned(value)
                return _ranged(f"{given.at(_SUM)} + 8", _SUM, given.least + 8, given.most + 8)
            case Call(function="highest_set_bit", arguments=[value]):
                given = self._as_register(value)
                if given.known is not None and given.known >= 0:
                    return _number(given.known.bit_length() - 1)
                if given.least >= 0:
                    text = f"{given.at(_ATOM)}.bit_length() - 1"
                    return Value(text, _SUM, -1, given.most.bit_length() - 1)
                self.shared.imports.add(("rvx.formats.bits", "clz64"))
                return Value(f"63 - clz64({given.text})", _SUM, -1, 63)
            case Call(function="lowest_set_bit", arguments=[value]):
                given = self._as_register(value)
                self.shared.imports.add(("rvx.formats.bits", "ctz64"))
                if self.xlen == 64:
                    return Value(f"ctz64({given.text})", _ATOM, 0, 64)
                # A one above the register ends the search.
                return Value(f"ctz64({given.at(_BITOR)} | 1 << 32)", _ATOM, 0, 32)
            case Call(function="read_memory" | "read_memory_xlen"):
                return self._load(node, is_signed=False)
        raise NotInSubset(_what(node))

    def _as_register(self, node: Expression) -> Value:
        """An argument of type XReg."""
        return self._fit(self.low(node, self.xlen), Kind(self.xlen))

    def _load(self, node: Call, is_signed: bool) -> Value:
        bits = self._access_bits(node)
        self.shared.has_loads = True
        is_signed |= bits == 32 == self.xlen
        name = "load_64" if bits == 64 else f"load_{'s' if is_signed else 'u'}{bits}"
        self.shared.imports.add(("rvx.isa.memory", name))
        text = f"{name}(mem, {self._address(node)})"
        if bits == 64:
            return Value(text, _ATOM)
        half = 1 << bits - 1
        return Value(text, _ATOM, *((-half, half - 1) if is_signed else (0, 2 * half - 1)))

    def _sext(self, value: Expression, first: Expression) -> Value:
        known = self.exact(first).known
        if known is None:
            self.shared.imports.add(("rvx.isa.bits", "sext"))
            given = self.low(value, self.xlen)
            count = self._place(first)
            half = 1 << min(count.most, _WORD) - 1
            return Value(f"sext({given.text}, {count.text})", _ATOM, -half, half - 1)
        if not 0 < known <= self.xlen:
            raise NotInSubset(f"it extends a sign from bit {known}")
        match value:
            case Call(function="read_memory") if self._access_bits(value) == known < _WORD:
                return self._load(value, is_signed=True)
        return self._fit(self.low(value, known), Kind(known, True))

    # --- Conditions

    def _decided(self, node: Expression) -> bool | None:
        """Whether a condition holds always or never."""
        return {"True": True, "False": False}.get(self.test(node).text)

    def test(self, node: Expression) -> Value:
        """A condition."""
        match node:
            case Truth(value=value):
                return Value(str(value), _ATOM)
            case Unary(op="!", value=value):
                given = self.test(value)
                if given.text in _OPPOSITE:
                    return Value(_OPPOSITE[given.text], _ATOM)
                return Value(f"not {given.at(_NOT)}", _NOT)
            case Binary(op="&&" | "||" as op, left=left, right=right):
                return self._both(op, left, right)
            case Binary(op=op) if op in _COMPARISONS:
                return self._compared(node)
            case Choice(test=test, then=then, otherwise=otherwise):
                known = self._decided(test)
                if known is not None:
                    return self.test(then if known else otherwise)
            case Call(function="implemented?", arguments=[Member(name=name)]):
                if name.lower() in self.extensions:
                    return Value("True", _ATOM)
                raise NotInSubset(f"it depends on whether there is {name}")
            case Name(name=name) if name in self.locals and self.locals[name].kind.is_truth:
                return self.locals[name].value
        if not self.kind(node).is_truth:
            return Value(f"{self.exact(node).at(_BITOR)} != 0", _COMPARED)
        raise NotInSubset(_what(node))

    def _both(self, op: str, left: Expression, right: Expression) -> Value:
        """`&&` or `||`; what decides alone is enough, whatever the other one may be."""
        decisive, neutral = ("False", "True") if op == "&&" else ("True", "False")
        sides: list[Value] = []
        problem: NotInSubset | None = None
        for each in (left, right):
            try:
                side = self.test(each)
            except NotInSubset as error:
                problem = error
                continue
            if side.text == decisive:
                return side
            if side.text != neutral:
                sides.append(side)
        if problem:
            raise problem
        word, place = ("and", _AND) if op == "&&" else ("or", _OR)
        if not sides:
            return Value(neutral, _ATOM)
        if len(sides) == 1:
            return sides[0]
        return Value(f" {word} ".join(side.at(place + 1) for side in sides), place)

    def _compared(self, node: Binary) -> Value:
        left, right = self.kind(node.left), self.kind(node.right)
        op = node.op
        if left.is_truth and right.is_truth:
            a, b = self.test(node.left), self.test(node.right)
            return Value(f"{a.at(_BITOR)} {op} {b.at(_BITOR)}", _COMPARED)
        width = max(left.width, right.width)
        common = Kind(width, left.is_signed and right.is_signed)
        a, b = self.low(node.left, width), self.low(node.right, width)
        signed = Kind(width, True)
        if not common.is_signed and signed.holds(a) and signed.holds(b):
            # Sign extension keeps apart what differs, and the order of unsigned numbers, too.
            if op in ("==", "!=") or (a.least >= 0 and b.least >= 0):
                return _comparison(a, op, b)
            return self._less_unsigned(a, op, b)
        a, b = self._fit(a, common), self._fit(b, common)
        may_be_large = width == _WORD and not common.is_signed and (a.least < 0 or b.least < 0)
        if may_be_large and op not in ("==", "!="):
            return self._less_unsigned(a, op, b)
        return _comparison(a, op, b)

    def _less_unsigned(self, a: Value, op: str, b: Value) -> Value:
        self.shared.imports.add(("rvx.isa.bits", "less_unsigned"))
        first, second = (a, b) if op in ("<", ">=") else (b, a)
        text = f"less_unsigned({first.text}, {second.text})"
        return Value(text, _ATOM) if op in ("<", ">") else Value(f"not {text}", _NOT)

    # --- Statements

    def _block(self, statements: Sequence[Statement], is_last: bool) -> tuple[list[str], bool]:
        """The lines, and whether all ways through them end the body.

        Args:
            statements: of the block.
            is_last: whether nothing follows: what is written can be returned then.
        """
        lines: list[str] = []
        for i, one in enumerate(statements):
            made, ends = self._statement(one, is_last and i == len(statements) - 1)
            lines += made
            if ends:
                return lines, True
        return lines, False

    def _statement(self, one: Statement, is_last: bool) -> tuple[list[str], bool]:
        match one:
            case Declaration():
                return self._declared(one), False
            case Assignment(target=Name(name="$pc"), value=value):
                return self._jump(value), False
            case Assignment(target=target, value=value) if _register(target) is not None:
                return self._written(target, value, is_last)
            case Assignment(target=Name(name=name), value=value):
                return self._assigned(name, value), False
            case Assignment(target=Element() | Slice() as target, value=value):
                return self._bits_assigned(target, value), False
            case Execution(call=Call() as call):
                return self._executed(call)
            case If():
                return self._if(one, is_last)
            case For():
                return self._for(one), False
            case Assignment(target=target):
                raise NotInSubset(_what(target))
            case Execution(call=call):
                raise NotInSubset(_what(call))
        raise NotInSubset("it has a statement that rvx does not read")

    def _type_kind(self, given: Type) -> Kind:
        match given.name:
            case "XReg":
                return Kind(self.xlen)
            case "U32":
                return Kind(32)
            case "U64":
                return Kind(64)
            case "Boolean":
                return TRUTH
            case "Bits":
                assert given.width is not None
                return Kind(self.constant(given.width))
        raise NotInSubset(f"it has a variable of type {given.name}")

    def _python_name(self, name: str) -> str:
        """What a variable is called: not as what the body asks for, or calls."""
        made = name
        taken = {one.parameter.partition(" ")[0] for one in self.operands.values()} | _TAKEN
        while keyword.iskeyword(made) or made in taken:
            made += "_"
        return made

    def _declared(self, one: Declaration) -> list[str]:
        kind = self._type_kind(one.type)
        lines = []
        for name in one.names:
            if one.value is None:
                value = Value("False", _ATOM) if kind.is_truth else _number(0)
            elif self._is_only_register(name, one.value):
                # A number of a register that serves as nothing else has no line of its own.
                continue
            else:
                value = self.test(one.value) if kind.is_truth else self.low(one.value, kind.width)
            is_operand = value.text == name and not kind.is_truth
            text = name if is_operand else self._python_name(name)
            stored = Value(text, _ATOM, value.least, value.most)
            if self.assigned.get(name, 0) > 1 or one.value is None:
                # It is never cut off where it is set: its low bits are right, and who needs more
                # than those cuts it off.
                stored = Value(text, _ATOM)
            elif value.known is not None:
                stored = value
            self.locals[name] = _Local(text, kind, stored)
            if stored.known is None and text != value.text:
                lines.append(f"{text} = {value.text}")
        return lines

    def _is_only_register(self, name: str, value: Expression) -> bool:
        alias = self._alias(name)
        return alias is value and self._operand_of(Name(name)) is not None and not self.uses_file

    def _assigned(self, name: str, node: Expression) -> list[str]:
        if name not in self.locals:
            raise NotInSubset(f"it assigns to '{name}', which is no variable of it")
        local = self.locals[name]
        if local.kind.is_truth:
            return [f"{local.text} = {self.test(node).text}"]
        return [f"{local.text} = {self.low(node, local.kind.width).text}"]

    def _bits_assigned(self, target: Element | Slice, node: Expression) -> list[str]:
        if not isinstance(target.value, Name) or target.value.name not in self.locals:
            raise NotInSubset(f"it assigns to {text_of(target)}")
        local = self.locals[target.value.name]
        low = target.index if isinstance(target, Element) else target.low
        width = 1 if isinstance(target, Element) else self._length(target.high, target.low)
        at = self._place(low)
        given = self._fit(self.low(node, width), Kind(width))
        mask, bits = _moved(_number((1 << width) - 1), at), _moved(given, at)
        kept = f"{local.text} & ~{mask.at(_SIGN)}"
        return [f"{local.text} = {kept} | {bits.at(_BITXOR)}"]

    def _written(
        self, target: Expression, node: Expression, is_last: bool
    ) -> tuple[list[str], bool]:
        index = _register(target)
        assert index is not None
        operand = self._operand_of(index)
        if operand is None or self.uses_file:
            number = self._register_number(index)
            value = self._fit(self.low(node, self.xlen), Kind(self.xlen, True))
            self.shared.parameters.add("x_registers")
            line = f"x_registers[{number.text}] = {value.text}"
            if number.known == 0:
                return [], False
            # Who reads x0 later on has to get 0; what is written to it is dropped at the end.
            if number.least > 0 or not self._reads_after_writes(self.operation, False)[1]:
                return [line], False
            return [f"if {number.at(_BITOR)} != 0:", f"    {line}"], False
        value = self.low(node, self.xlen)
        self.shared.written.setdefault(operand.name)
        if is_last and len(self._all_written()) == 1:
            return [f"return {value.text}"], True
        return [f"{operand.parameter} = {value.text}"], False

    def _all_written(self) -> set[str]:
        """The operands that the whole operation writes."""
        targets = (_register(e.target) for e in walk(self.operation) if isinstance(e, Assignment))
        found = (self._operand_of(index) for index in targets if index is not None)
        return {one.name for one in found if one is not None}

    def _jump(self, node: Expression) -> list[str]:
        value = self.low(node, self.xlen)
        self.shared.parameters.add("next_pc")
        self.shared.has_jump = True
        # Distances are added as in any other body; addresses from registers have a sign on RV32.
        if self.xlen == 32 and not value.text.startswith("pc + "):
            value = self._fit(value, Kind(32))
        return [f"next_pc[0] = {value.text}"]

    def _executed(self, call: Call) -> tuple[list[str], bool]:
        match call:
            case Call(function="jump" | "jump_halfword", arguments=[target]):
                return self._jump(target), False
            case Call(function="write_memory" | "write_memory_xlen", arguments=[_, value, *_]):
                return self._store(call, value), False
            case Call(function="raise", arguments=[Member(name="IllegalInstruction"), *_]):
                return self._refused(), True
            case Call(function="raise", arguments=[Member(name=name), *_]):
                raise NotInSubset(f"it raises {name}")
            case Call(function=name) if name in _WITHOUT_EFFECT:
                return [], False
        raise NotInSubset(_what(call))

    def _refused(self) -> list[str]:
        self.shared.parameters.add("fault")
        names = ("FAULT_ILLEGAL", "FAULT_KIND")
        self.shared.imports |= {("rvx.isa.memory", name) for name in names}
        results = "" if self.uses_file else ", ".join("0" for _ in self._all_written())
        return ["fault[FAULT_KIND] = FAULT_ILLEGAL", f"return {results}".rstrip()]

    def _store(self, call: Call, node: Expression) -> list[str]:
        bits = self._access_bits(call)
        self.shared.imports.add(("rvx.isa.memory", f"store_{bits}"))
        self.shared.has_stores = True
        lines = []
        if self.may_have_accessed:
            # After an access that is not good, nothing more may be stored.
            self.shared.parameters.add("fault")
            self.shared.imports |= {
                ("rvx.isa.memory", name) for name in ("FAULT_KIND", "FAULT_NONE")
            }
            results = "" if self.uses_file else ", ".join("0" for _ in self._all_written())
            lines = ["if fault[FAULT_KIND] != FAULT_NONE:", f"    return {results}".rstrip()]
        value = self.low(node, bits)
        address = self._address(call)
        return [*lines, f"store_{bits}(mem, {address}, {value.text})"]

    def _if(self, one: If, is_last: bool) -> tuple[list[str], bool]:
        known = self._decided(one.test)
        if known is not None:
            return self._block(one.then if known else one.otherwise, is_last)
        test = self.test(one.test)
        before, had = dict(self.locals), self.shared.has_jump
        then, ends = self._block(one.then, is_last)
        self.locals = dict(before)
        otherwise, also = self._block(one.otherwise, is_last)
        self.locals = before
        if self.shared.has_jump and not had:
            self.shared.has_branch = True
        if not then and not otherwise:
            return [], False
        if not then:
            test = _opposite(test)
            then, otherwise, ends, also = otherwise, then, also, ends
        lines = [f"if {test.text}:", *(f"    {line}" for line in then)]
        if not otherwise:
            return lines, False
        if ends:
            # What follows a return needs no else.
            return [*lines, *otherwise], also
        if len(one.otherwise) == 1 and _is_one_if(otherwise):
            return [*lines, f"el{otherwise[0]}", *otherwise[1:]], False
        return [*lines, "else:", *(f"    {line}" for line in otherwise)], False

    def _for(self, one: For) -> list[str]:
        (name,) = one.first.names
        assert one.first.value is not None
        before = dict(self.locals)
        self.may_have_accessed |= any(
            isinstance(each, Call) and each.function.startswith(("read_memory", "write_memory"))
            for each in walk(one.body)
        )
        rounds = self._range(one, name)
        if rounds is None:
            raise NotInSubset(f"it has a loop that does not count up: {text_of(one.test)}")
        body, ends = self._block(one.body, is_last=False)
        self.locals = before
        if ends:
            raise NotInSubset("it has a loop that ends in its first round")
        if not body:
            return []
        return [rounds, *(f"    {line}" for line in body)]

    def _range(self, one: For, name: str) -> str | None:
        """The line of a loop that counts up to a number that stays as it is."""
        inside = _assigned(one.body)
        match one.test, one.step:
            case (
                Binary(op="<" | "<=" as op, left=Name(name=tested), right=end),
                Assignment(
                    target=Name(name=stepped), value=Binary(op="+", left=Name(), right=step)
                ),
            ) if tested == stepped == name and name not in inside:
                pass
            case _:
                return None
        if any(isinstance(each, Name) and each.name in inside for each in walk((end,))):
            return None
        if any(_reads(end)):
            return None
        kind = self._type_kind(one.first.type)
        assert one.first.value is not None
        first = self._fit(self.low(one.first.value, kind.width), kind)
        last, by = self._unsigned(end), self.exact(step).known
        if not by or first.least < 0 or last.least < 0:
            return None
        most = last.most - (op == "<")
        text = self._python_name(name)
        value = Value(text, _ATOM, first.least, max(most, first.least))
        self.locals[name] = _Local(text, kind, value)
        stop = (
            last.text
            if op == "<"
            else _ranged(f"{last.at(_SUM)} + 1", _SUM, last.least + 1, last.most + 1).text
        )
        ends = [first.text, stop] if first.known != 0 or by != 1 else [stop]
        return f"for {text} in range({', '.join([*ends, *([str(by)] if by != 1 else [])])}):"


# --- Pieces


_COMPARISONS = ("==", "!=", "<", ">", "<=", ">=")
_OPPOSITE = {"True": "False", "False": "True"}
_ARITHMETIC: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
    "^": lambda a, b: a ^ b,
    "==": lambda a, b: int(a == b),
    "!=": lambda a, b: int(a != b),
    "<": lambda a, b: int(a < b),
    ">": lambda a, b: int(a > b),
    "<=": lambda a, b: int(a <= b),
    ">=": lambda a, b: int(a >= b),
}
_WITHOUT_EFFECT = frozenset(
    (
        *("fence", "fence_tso", "pause", "delay", "memory_model_acquire", "memory_model_release"),
        *("sync_read_after_write_device", "sync_write_after_read_device", "assert"),
    )
)
"""What orders or delays accesses: here each has happened when the next one begins."""
_REQUESTS = ("mem", "pc", "next_pc", "x_registers", "fault")
_TAKEN = frozenset(
    (
        *(*_REQUESTS, "xlen", "frm", "fflags", "v", "repeat", "int", "range", "sext"),
        *("less_unsigned", "shift_right_logical", "clz64", "ctz64"),
    )
)


def _moved(value: Value, at: int | Value) -> Value:
    """A value shifted to the left."""
    count = _number(at) if isinstance(at, int) else at
    if count.known == 0:
        return value
    if value.known is not None and count.known is not None:
        return _number(value.known << count.known)
    text = f"{value.at(_SHIFT)} << {count.at(_SUM)}"
    if count.least < 0 or count.most >= _WORD:
        return Value(text, _SHIFT)
    ends = [x << y for x in (value.least, value.most) for y in (count.least, count.most)]
    return _ranged(text, _SHIFT, min(ends), max(ends))


def _shifted_right(value: Value, count: Value) -> Value:
    """A value shifted to the right, with its sign."""
    text = f"{value.at(_SHIFT)} >> {count.at(_SUM)}"
    if count.least < 0:
        return Value(text, _SHIFT)
    ends = [x >> min(y, 64) for x in (value.least, value.most) for y in (count.least, count.most)]
    return _ranged(text, _SHIFT, min(ends), max(ends))


def _range_of_bits(op: str, a: Value, b: Value) -> tuple[int, int]:
    """The range of a bitwise operation."""
    if op == "&":
        not_negative = [one.most for one in (a, b) if one.least >= 0]
        if not_negative:
            return 0, min(not_negative)
    bits = max(x.bit_length() for one in (a, b) for x in (one.least, one.most))
    if a.least >= 0 and b.least >= 0:
        return 0, (1 << bits) - 1
    return -(1 << bits), (1 << bits) - 1


def _comparison(a: Value, op: str, b: Value) -> Value:
    if a.known is not None and b.known is not None:
        return Value(str(bool(_ARITHMETIC[op](a.known, b.known))), _ATOM)
    return Value(f"{a.at(_BITOR)} {op} {b.at(_BITOR)}", _COMPARED)


def _is_one_if(lines: Sequence[str]) -> bool:
    """Whether the lines are an `if` with what belongs to it, and nothing behind it."""
    return lines[0].startswith("if ") and all(
        line.startswith((" ", "else:", "elif ")) for line in lines[1:]
    )


def _opposite(test: Value) -> Value:
    return Value(f"not {test.at(_NOT)}", _NOT)


def _register(node: Expression) -> Expression | None:
    """The number of the x register that this is."""
    if isinstance(node, Element) and node.value == Name("X"):
        return node.index
    return None


def walk(nodes: Sequence[object]) -> Iterator[object]:
    """Everything in statements and expressions."""
    for node in nodes:
        if isinstance(node, tuple):
            yield from walk(node)
        elif is_dataclass(node):
            yield node
            yield from walk([getattr(node, each.name) for each in fields(node)])


def _registers(operation: Sequence[Statement]) -> Iterator[Expression]:
    """The numbers of all registers that are read or written."""
    for each in walk(operation):
        if isinstance(each, Element) and (index := _register(each)) is not None:
            yield index


def _reads(node: object) -> Iterator[bool]:
    """True for each register that is read."""
    if isinstance(node, Assignment) and (index := _register(node.target)) is not None:
        parts: list[object] = [index, node.value]
    else:
        parts = [node]
    for each in walk(parts):
        if isinstance(each, Element) and _register(each) is not None:
            yield True


def _assigned(statements: Sequence[Statement]) -> dict[str, int]:
    """How often each variable is set in the text; a part of it counts as more than once."""
    found: dict[str, int] = {}
    for each in walk(statements):
        if isinstance(each, Declaration):
            for name in each.names:
                found[name] = found.get(name, 0) + 1
        elif isinstance(each, Assignment):
            target = each.target
            while isinstance(target, Element | Slice):
                target = target.value
            if isinstance(target, Name):
                found[target.name] = found.get(target.name, 0) + 2
    return found


def _what(node: object) -> str:
    """Why something is not for bodies."""
    match node:
        case CsrValue(csr=csr) | CsrCall(csr=csr):
            return f"it uses the CSR {csr}"
        case Call(function="direct_csr_lookup" | "csr_sw_read" | "csr_sw_write"):
            return "it uses a CSR by its number"
        case Call(function=name):
            return f"it calls {name}()"
        case Text():
            return "it uses a text"
        case Member(enumeration=enumeration, name=name):
            return f"it uses {enumeration}::{name}"
    return f"it has something that rvx does not read: {text_of(node)}"


def text_of(node: object) -> str:
    """An expression as IDL, for messages."""
    match node:
        case Number(value=value):
            return str(value)
        case Name(name=name):
            return name
        case Unary(op=op, value=value):
            return f"{op}{text_of(value)}"
        case Binary(op=op, left=left, right=right):
            return f"({text_of(left)} {op} {text_of(right)})"
        case Choice(test=test, then=then, otherwise=otherwise):
            return f"({text_of(test)} ? {text_of(then)} : {text_of(otherwise)})"
        case Element(value=value, index=index):
            return f"{text_of(value)}[{text_of(index)}]"
        case Slice(value=value, high=high, low=low):
            return f"{text_of(value)}[{text_of(high)}:{text_of(low)}]"
        case Call(function=name, arguments=arguments):
            return f"{name}({', '.join(text_of(each) for each in arguments)})"
        case CsrValue(csr=csr, field=part):
            return f"CSR[{csr}]" + (f".{part}" if part else "")
        case Concatenation(parts=parts):
            return "{" + ", ".join(text_of(each) for each in parts) + "}"
        case Replication(count=count, value=value):
            return f"{{{text_of(count)}{{{text_of(value)}}}}}"
        case Cast(function=name, value=value):
            return f"{name}({text_of(value)})"
    return type(node).__name__
