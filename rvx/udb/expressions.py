"""Expressions of IDL as expressions of Python.

A number of IDL has a width, and is unsigned unless `$signed` made it; bodies have signed words of
64 bits. What stands for a number here is an expression of Python that agrees with it in its low
bits, and the range that the expression's value lies in. Both together say what is left to do where
all bits matter: nothing at a sum of registers, whose upper bits the machine drops, a mask or a sign
extension in front of a comparison or a shift to the right. So most bodies come out as an author
would write them, and none depends on luck: a mask is left out only where the range says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from rvx.udb.syntax import (
    Assignment,
    Binary,
    Call,
    Cast,
    Choice,
    Concatenation,
    CsrValue,
    Declaration,
    Element,
    Expression,
    For,
    If,
    Member,
    Name,
    Number,
    Replication,
    Slice,
    Statement,
    Truth,
    Unary,
)
from rvx.udb.trees import assigned_in, beyond, reads, register_of, registers_of, text_of, walk
from rvx.udb.values import (
    AND,
    ARITHMETIC,
    ATOM,
    BITAND,
    BITOR,
    BITXOR,
    CHOICE,
    COMPARED,
    COMPARISONS,
    LEAST,
    MOST,
    NOT,
    OPPOSITE,
    OR,
    PRODUCT,
    SHIFT,
    SIGN,
    SUM,
    TRUTH,
    WORD,
    Kind,
    Value,
    comparison,
    literal,
    moved,
    range_of_bits,
    ranged,
    shifted_right,
)

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


@dataclass
class Local:
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


class Expressions:
    """The expressions of one operation, with what they ask for and what is known of its variables.

    Args:
        operation: what it does.
        operands: by name.
        xlen: 32 or 64.
        extensions: names of extensions that are there.
        is_strict: see `rvx.udb.body.make_body`.
    """

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
        self.locals: dict[str, Local] = {}
        self.shared = _Shared()
        self.assigned = assigned_in(self.operation)
        self.uses_file = self._needs_all_registers()
        self.may_have_accessed = False
        self.steps = 0

    # --- Registers

    def _needs_all_registers(self) -> bool:
        """Whether registers are asked for by number, and not the value of each operand.

        They have to be where one is chosen by more than an operand, and where one is read after
        another, which may be the same, was written.
        """
        if any(
            not isinstance(self._operand_of(index), Variable)
            for index in registers_of(self.operation)
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
                clash |= is_written and any(reads(one.test))
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
            clash |= is_written and any(reads(one))
            is_written |= isinstance(one, Assignment) and register_of(one.target) is not None
        return is_written, clash

    def _register_value(self, index: Expression) -> Value:
        operand = self._operand_of(index)
        if self.xlen == 32:
            least, most = -(1 << 31), (1 << 31) - 1
        else:
            least, most = LEAST, MOST
        if operand is not None and not self.uses_file:
            self.shared.parameters.add(operand.parameter)
            return Value(operand.parameter, ATOM, least, most)
        number = self._register_number(index)
        if number.known == 0:
            return literal(0)
        self.shared.parameters.add("x_registers")
        return Value(f"x_registers[{number.text}]", ATOM, least, most)

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
        made = Value(name, ATOM, operand.first, operand.first + (1 << operand.width) - 1)
        if not operand.first:
            known = [number for number in range(32) if number not in operand.is_never]
            made = replace(made, least=known[0], most=known[-1]) if known else made
        return (
            made
            if not offset
            else ranged(
                f"{name} {'-' if offset < 0 else '+'} {abs(offset)}",
                SUM,
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
            case Binary(op=op) if op in COMPARISONS or op in ("&&", "||"):
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
                return Kind(self.xlen if register_of(node) is not None else 1)
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
        raise NotInSubset(beyond(node))

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
        raise NotInSubset(beyond(node))

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
        if kind.width > WORD:
            raise NotInSubset(f"it has numbers of {kind.width} bits, and words of bodies have 64")
        if kind.is_truth or kind.holds(value):
            return value
        if value.known is not None:
            low = value.known & (1 << kind.width) - 1
            is_below = kind.is_signed and low >> kind.width - 1
            return literal(low - (1 << kind.width) if is_below else low)
        if kind.is_signed:
            self.shared.imports.add(("rvx.isa.bits", "sext"))
            half = 1 << kind.width - 1
            return Value(f"sext({value.text}, {kind.width})", ATOM, -half, half - 1)
        mask = (1 << kind.width) - 1
        shown = str(mask) if mask < 10 else f"{mask:#x}"
        return Value(f"{value.at(BITAND)} & {shown}", BITAND, 0, mask)

    def low(self, node: Expression, wanted: int) -> Value:
        """An expression whose low `wanted` bits are those of the number."""
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise NotInSubset("it is too large")
        kind = self.kind(node)
        if kind.is_truth:
            return Value(f"int({self.test(node).text})", ATOM, 0, 1)
        wanted = min(wanted, WORD)
        if wanted > kind.width:
            return self.exact(node)
        match node:
            case Number(value=value, is_signed=is_signed):
                is_below = is_signed and value >> kind.width - 1
                return literal(value - (1 << kind.width) if is_below else value)
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
                    f"{a.at(OR)} if {self.test(test).at(OR)} else {b.at(CHOICE)}",
                    CHOICE,
                    min(a.least, b.least),
                    max(a.most, b.most),
                )
            case Concatenation(parts=parts):
                return self._joined(parts, wanted)
            case Replication(count=count, value=value):
                return self._repeated(self.constant(count), value)
            case Element(value=value, index=index):
                if register_of(node) is not None:
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
                return literal(1)
        raise NotInSubset(beyond(node))

    def _name(self, name: str) -> Value:
        if name == "$pc":
            self.shared.parameters.add("pc")
            return Value("pc", ATOM, 0, (1 << 32) - 1) if self.xlen == 32 else Value("pc", ATOM)
        if name in ("MXLEN", "XLEN"):
            return literal(self.xlen)
        if name in self.locals:
            return self.locals[name].value
        operand = self.operands[name]
        if operand.is_register:
            return self._operand_number(operand)
        self.shared.parameters.add(operand.parameter.partition(" ")[0])
        binds = ATOM if operand.parameter.isidentifier() else SUM
        return Value(operand.parameter, binds, operand.least, operand.most)

    def _negated(self, op: str, value: Expression, wanted: int) -> Value:
        self._note_widened(op, value)
        given = self.low(self._widened(value), wanted)
        if given.known is not None:
            return literal(~given.known if op == "~" else -given.known)
        if op == "~":
            return ranged(f"~{given.at(SIGN)}", SIGN, ~given.most, ~given.least)
        return ranged(f"-{given.at(SIGN)}", SIGN, -given.most, -given.least)

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
            return literal(ARITHMETIC[op](a.known, b.known))
        if op in ("+", "-", "*"):
            ends = [ARITHMETIC[op](x, y) for x in (a.least, a.most) for y in (b.least, b.most)]
            place = PRODUCT if op == "*" else SUM
            self._note_sum(node, max(ends))
            before, minus, taken = a.text.rpartition(" - ")
            if op == "+" and minus and taken == b.text and before.isidentifier():
                return ranged(before, ATOM, min(ends), max(ends))
            text = f"{a.at(place)} {op} {b.at(place + 1)}"
            return ranged(text, place, min(ends), max(ends))
        place = {"&": BITAND, "^": BITXOR, "|": BITOR}[op]
        least, most = range_of_bits(op, a, b)
        # Brackets around shifts and sums are not needed, and help whoever reads.
        texts = [
            one.text if one.binds in (ATOM, SIGN, place) else f"({one.text})" for one in (a, b)
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
        return Value(f"{shifted} if 0 <= {count.at(BITOR)} < 64 else {beyond}", CHOICE)

    def _shift(self, node: Binary, op: str, wanted: int) -> Value:
        kind = self.kind(node.left if op != "<<" else node)
        count = self._unsigned(node.right)
        if count.known == 0:
            return self.low(node.left, wanted)
        if count.known is not None and not 0 <= count.known < WORD:
            # As far as this, nothing is left but signs; -1 stands for the largest number here.
            if op != ">>>":
                return literal(0)
            count = literal(WORD - 1)
        if op == "<<":
            left = node.left
            if node.op == "<<":
                if count.known is None:
                    self._note_widened("<<", left)
                left = self._widened(left)
            given = self.low(left, wanted)
            made = moved(given, count)
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
        made = shifted_right(given, count)
        if count.least >= 0:
            return made
        return self._bounded(made.text, "0" if op == ">>" else f"{given.at(SHIFT)} >> 63", count)

    def _logical(self, given: Value, count: Value) -> Value:
        self.shared.imports.add(("rvx.isa.bits", "shift_right_logical"))
        text = f"shift_right_logical({given.text}, {count.text})"
        if count.known is not None:
            most = ((1 << WORD) - 1) >> count.known
            return literal(0) if not most else Value(text, ATOM, 0, most)
        if count.least >= 0 and count.most < WORD:
            return Value(text, ATOM)
        return self._bounded(text, "0", count)

    def _quotient(self, node: Binary, op: str) -> Value:
        kind = self.kind(node)
        both = [self._fit(self.low(each, kind.width), kind) for each in (node.left, node.right)]
        a, b = both
        if a.least < 0 or b.least < 0:
            raise NotInSubset(f"it divides signed numbers, or such of 64 bits: {text_of(node)}")
        sign = "//" if op == "/" else "%"
        most = a.most if op == "/" else min(a.most, b.most)
        text = f"{a.at(PRODUCT)} {sign} {b.at(SIGN)}"
        if a.known is not None and b.known:
            return literal(a.known // b.known if op == "/" else a.known % b.known)
        return Value(text, PRODUCT, 0, most)

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
                    texts.insert(0, moved(given, at))
            at += width
        if not texts:
            return literal(0)
        made = texts[0]
        for each in texts[1:]:
            least, most = range_of_bits("|", made, each)
            made = ranged(f"{made.at(BITOR)} | {each.at(BITXOR)}", BITOR, least, most)
        return made

    def _sign_extension(self, parts: Sequence[Expression], wanted: int) -> Value | None:
        """`{{n{a[k]}}, a[k:0]}`, and the same of all of a."""
        if len(parts) != 2 or not isinstance(parts[0], Replication):
            return None
        bit, rest = parts[0].value, parts[1]
        if not isinstance(bit, Element) or register_of(bit) is not None:
            return None
        width = self.kind(rest).width
        whole = rest
        if isinstance(rest, Slice) and self.exact(rest.low).known == 0:
            whole = rest.value
        if whole != bit.value or self.exact(bit.index).known != width - 1 or width > WORD:
            return None
        if wanted <= width:
            return self.low(rest, wanted)
        return self._signed(rest)

    def _repeated(self, count: int, value: Expression) -> Value:
        width = self.kind(value).width
        given = self._unsigned(value)
        if given.known is not None:
            return literal(sum(given.known << i * width for i in range(count)))
        if width == 1:
            return Value(f"-{given.at(SIGN)}", SIGN, -1, 0)
        ones = sum(1 << i * width for i in range(count))
        return Value(f"{given.at(PRODUCT)} * {literal(ones).text}", PRODUCT)

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
            if at.known + wanted > WORD:
                raise NotInSubset(
                    f"it has numbers of {kind.width} bits, and words of bodies have 64"
                )
            given = self.low(value, at.known + wanted)
        else:
            at = self._place(low)
            if kind.width > WORD:
                raise NotInSubset(
                    f"it has numbers of {kind.width} bits, and words of bodies have 64"
                )
            given = self.low(value, kind.width)
        if at.known == 0:
            return given
        return shifted_right(given, at)

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
                return literal(self.xlen)
            case Call(function="sext", arguments=[value, first]):
                return self._sext(value, first)
            case Call(function="creg2reg", arguments=[Name(name=name)]) if (
                name in self.operands and self.operands[name].first
            ):
                return self._operand_number(self.operands[name], plus=8)
            case Call(function="creg2reg", arguments=[value]):
                given = self._unsigned(value)
                return ranged(f"{given.at(SUM)} + 8", SUM, given.least + 8, given.most + 8)
            case Call(function="highest_set_bit", arguments=[value]):
                given = self._as_register(value)
                if given.known is not None and given.known >= 0:
                    return literal(given.known.bit_length() - 1)
                if given.least >= 0:
                    text = f"{given.at(ATOM)}.bit_length() - 1"
                    return Value(text, SUM, -1, given.most.bit_length() - 1)
                self.shared.imports.add(("rvx.formats.bits", "clz64"))
                return Value(f"63 - clz64({given.text})", SUM, -1, 63)
            case Call(function="lowest_set_bit", arguments=[value]):
                given = self._as_register(value)
                self.shared.imports.add(("rvx.formats.bits", "ctz64"))
                if self.xlen == 64:
                    return Value(f"ctz64({given.text})", ATOM, 0, 64)
                # A one above the register ends the search.
                return Value(f"ctz64({given.at(BITOR)} | 1 << 32)", ATOM, 0, 32)
            case Call(function="read_memory" | "read_memory_xlen"):
                return self._load(node, is_signed=False)
        raise NotInSubset(beyond(node))

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
            return Value(text, ATOM)
        half = 1 << bits - 1
        return Value(text, ATOM, *((-half, half - 1) if is_signed else (0, 2 * half - 1)))

    def _sext(self, value: Expression, first: Expression) -> Value:
        known = self.exact(first).known
        if known is None:
            self.shared.imports.add(("rvx.isa.bits", "sext"))
            given = self.low(value, self.xlen)
            count = self._place(first)
            half = 1 << min(count.most, WORD) - 1
            return Value(f"sext({given.text}, {count.text})", ATOM, -half, half - 1)
        if not 0 < known <= self.xlen:
            raise NotInSubset(f"it extends a sign from bit {known}")
        match value:
            case Call(function="read_memory") if self._access_bits(value) == known < WORD:
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
                return Value(str(value), ATOM)
            case Unary(op="!", value=value):
                given = self.test(value)
                if given.text in OPPOSITE:
                    return Value(OPPOSITE[given.text], ATOM)
                return Value(f"not {given.at(NOT)}", NOT)
            case Binary(op="&&" | "||" as op, left=left, right=right):
                return self._both(op, left, right)
            case Binary(op=op) if op in COMPARISONS:
                return self._compared(node)
            case Choice(test=test, then=then, otherwise=otherwise):
                known = self._decided(test)
                if known is not None:
                    return self.test(then if known else otherwise)
            case Call(function="implemented?", arguments=[Member(name=name)]):
                if name.lower() in self.extensions:
                    return Value("True", ATOM)
                raise NotInSubset(f"it depends on whether there is {name}")
            case Name(name=name) if name in self.locals and self.locals[name].kind.is_truth:
                return self.locals[name].value
        if not self.kind(node).is_truth:
            return Value(f"{self.exact(node).at(BITOR)} != 0", COMPARED)
        raise NotInSubset(beyond(node))

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
        word, place = ("and", AND) if op == "&&" else ("or", OR)
        if not sides:
            return Value(neutral, ATOM)
        if len(sides) == 1:
            return sides[0]
        return Value(f" {word} ".join(side.at(place + 1) for side in sides), place)

    def _compared(self, node: Binary) -> Value:
        left, right = self.kind(node.left), self.kind(node.right)
        op = node.op
        if left.is_truth and right.is_truth:
            a, b = self.test(node.left), self.test(node.right)
            return Value(f"{a.at(BITOR)} {op} {b.at(BITOR)}", COMPARED)
        width = max(left.width, right.width)
        common = Kind(width, left.is_signed and right.is_signed)
        a, b = self.low(node.left, width), self.low(node.right, width)
        signed = Kind(width, True)
        if not common.is_signed and signed.holds(a) and signed.holds(b):
            # Sign extension keeps apart what differs, and the order of unsigned numbers, too.
            if op in ("==", "!=") or (a.least >= 0 and b.least >= 0):
                return comparison(a, op, b)
            return self._less_unsigned(a, op, b)
        a, b = self._fit(a, common), self._fit(b, common)
        may_be_large = width == WORD and not common.is_signed and (a.least < 0 or b.least < 0)
        if may_be_large and op not in ("==", "!="):
            return self._less_unsigned(a, op, b)
        return comparison(a, op, b)

    def _less_unsigned(self, a: Value, op: str, b: Value) -> Value:
        self.shared.imports.add(("rvx.isa.bits", "less_unsigned"))
        first, second = (a, b) if op in ("<", ">=") else (b, a)
        text = f"less_unsigned({first.text}, {second.text})"
        return Value(text, ATOM) if op in ("<", ">") else Value(f"not {text}", NOT)
