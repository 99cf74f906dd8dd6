"""What an expression is worth while not every address is known."""

from __future__ import annotations

from rvx.assembler.diagnostics import SourceError
from rvx.assembler.model.sections import Fragment, Symbol, Value
from rvx.records import dataclass, field, replace

MAX_NODES, MAX_DEPTH = 200, 100
ZERO = Value(0)
Place = tuple[Fragment | None, int]


@dataclass
class Distances:
    """Tells how far apart two symbols are, as far as that is settled.

    Attributes:
        is_final: whether only distances count that no linker can change any more. What is written
            into a word or a number needs these; what only decides about the source, as `.if` and
            `.space` do, takes the distance as it stands, as with GNU as.
        was_asked: set when somebody wants to know the distance of two symbols.
    """

    is_final: bool = False
    was_asked: bool = False
    _resolving: set[int] = field(default_factory=set)

    def between(self, plus: Symbol, minus: Symbol) -> int | None:
        """`plus - minus` in bytes, or None if that is not settled."""
        if plus is minus:
            return 0
        self.was_asked = True
        left, right = plus.fragment, minus.fragment
        if left is None or right is None:
            return None
        if left is right:
            return plus.offset - minus.offset
        if left.section is not right.section:
            return None
        if self.is_final and left.shrinks != right.shrinks:
            return None
        if left.section.is_laid_out:
            return left.address + plus.offset - right.address - minus.offset
        return _fixed_distance(left, plus.offset, right, minus.offset)

    def reduce(self, value: Value) -> Value:
        """The value with every symbol replaced that stands for a number or another value.

        Raises:
            SourceError: a symbol is defined in terms of itself, or operands cannot be combined.
        """
        plus, minus = value.plus, value.minus
        if value.tree is None and plus is not minus:
            is_settled = (plus is None or plus.value is None) and (
                minus is None or minus.value is None
            )
            if is_settled:  # as nearly all are
                return value
        if value.is_constant:
            return value
        if value.tree is not None:
            operator, operands = value.tree
            parts = [self.reduce(operand) for operand in operands]
            done = combine(operator, parts, self)
            return replace(done, modifier=value.modifier)
        result = Value(value.number)
        if plus is not None:
            result = add(result, self._of(plus))
        if minus is not None:
            result = subtract(result, self._of(minus))
        return replace(result, modifier=value.modifier) if value.modifier else result

    def constant(self, value: Value) -> int | None:
        """The number that the value is worth, or None if that is not settled."""
        return self.settled(self.reduce(value))

    def settled(self, value: Value) -> int | None:
        """The same of a value that is reduced already."""
        if value.is_constant:
            return value.number
        if value.plus is not None and value.minus is not None and value.tree is None:
            distance = self.between(value.plus, value.minus)
            return None if distance is None else wrap(distance + value.number)
        return None

    def _of(self, symbol: Symbol) -> Value:
        if symbol.value is None:
            return Value(0, symbol)
        if id(symbol) in self._resolving:
            raise SourceError(
                f"symbol '{symbol.name}' is defined in terms of itself", text=symbol.name
            )
        if len(self._resolving) >= MAX_DEPTH:
            raise SourceError(
                f"symbol '{symbol.name}' is defined through more than {MAX_DEPTH} others",
                text=symbol.name,
            )
        self._resolving.add(id(symbol))
        try:
            return self.reduce(symbol.value)
        finally:
            self._resolving.discard(id(symbol))


def _fixed_distance(left: Fragment, left_at: int, right: Fragment, right_at: int) -> int | None:
    """The distance across fragments none of which can still stretch."""
    if left.index < right.index:
        distance = _fixed_distance(right, right_at, left, left_at)
        return None if distance is None else -distance
    for fragments in left.section.subsections.values():
        inside = right.index < len(fragments) and left.index < len(fragments)
        if inside and fragments[right.index] is right and fragments[left.index] is left:
            total = left_at - right_at
            for fragment in fragments[right.index : left.index]:
                if fragment.tail is not None:
                    return None
                total += len(fragment.data)
            return total
    return None


def wrap(number: int) -> int:
    """The number as 64-bit two's complement; GNU as computes like that."""
    if -(1 << 63) <= number < 1 << 63:
        return number
    return ((number + (1 << 63)) & (1 << 64) - 1) - (1 << 63)


def signed(number: int) -> int:
    """The signed number that 64 bits are, which may be written without a sign, too.

    Raises:
        SourceError: there are more than 64 bits.
    """
    if not -(1 << 64) < number < 1 << 64:
        raise SourceError(
            f"{number} has more than 64 bits, with which nothing can be computed",
            hint="only data directives take longer numbers, such as .octa",
        )
    return wrap(number)


def _tree(operator: str, *parts: Value) -> Value:
    """An operator that has to wait for its operands.

    Raises:
        SourceError: too many of them wait for each other.
    """
    nodes = 1 + sum(part.nodes for part in parts)
    if nodes > MAX_NODES:
        raise SourceError(
            f"the expression has more than {MAX_NODES} parts that are not known yet",
            hint="define its symbols before this line",
        )
    return Value(tree=(operator, parts), nodes=nodes)


def add(left: Value, right: Value) -> Value:
    """The sum."""
    if left.tree or right.tree or (left.plus and right.plus) or (left.minus and right.minus):
        plus = _cancelled(left, right)
        return plus if plus is not None else _tree("+", left, right)
    number = wrap(left.number + right.number)
    merged_plus, merged_minus = left.plus or right.plus, left.minus or right.minus
    if merged_plus is not None and merged_plus is merged_minus:
        return Value(number)
    return Value(number, merged_plus, merged_minus)


def subtract(left: Value, right: Value) -> Value:
    """The difference."""
    if right.tree:
        return _tree("-", left, right)
    return add(left, Value(wrap(-right.number), right.minus, right.plus))


def _cancelled(left: Value, right: Value) -> Value | None:
    """The sum of two values in which a symbol of one takes away a symbol of the other."""
    if left.tree or right.tree:
        return None
    plus = [s for s in (left.plus, right.plus) if s is not None]
    minus = [s for s in (left.minus, right.minus) if s is not None]
    for symbol in list(plus):
        if symbol in minus:
            plus.remove(symbol)
            minus.remove(symbol)
    if len(plus) > 1 or len(minus) > 1:
        return None
    return Value(
        wrap(left.number + right.number),
        plus[0] if plus else None,
        minus[0] if minus else None,
    )


def combine(operator: str, parts: list[Value], distances: Distances) -> Value:
    """An operator applied to values, which are reduced already unless it adds or subtracts.

    Raises:
        SourceError: division by zero.
    """
    if len(parts) == 2 and operator == "+":
        return add(parts[0], parts[1])
    if len(parts) == 2 and operator == "-":
        return subtract(parts[0], parts[1])
    if len(parts) == 1 and operator == "+":
        return parts[0]
    if len(parts) == 1 and operator == "-":
        return subtract(ZERO, parts[0])
    if len(parts) == 2 and operator in _COMPARISONS:
        difference = distances.settled(subtract(parts[0], parts[1]))
        if difference is not None and not (parts[0].is_constant and parts[1].is_constant):
            return Value(-int(_COMPARISONS[operator](difference, 0)))
    numbers = [distances.settled(part) for part in parts]
    known = [signed(number) for number in numbers if number is not None]
    if len(known) < len(numbers):
        return _tree(operator, *parts)
    if len(known) == 1:
        return Value(~known[0] if operator == "~" else int(not known[0]))
    return Value(wrap(_binary(operator, known[0], known[1])))


_COMPARISONS = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _binary(operator: str, left: int, right: int) -> int:
    if operator in _COMPARISONS:
        return -int(_COMPARISONS[operator](left, right))
    if operator in ("/", "%"):
        if right == 0:
            raise SourceError(f"division by zero in '{left} {operator} {right}'")
        quotient = abs(left) // abs(right)
        quotient = quotient if (left < 0) == (right < 0) else -quotient
        return quotient if operator == "/" else left - quotient * right
    if operator in ("<<", ">>"):
        if not 0 <= right < 64:
            return 0
        return left << right if operator == "<<" else (left & (1 << 64) - 1) >> right
    if operator == "!":
        return left | ~right
    if operator == "&&":
        return int(left != 0 and right != 0)
    if operator == "||":
        return int(left != 0 or right != 0)
    return {"*": left * right, "|": left | right, "^": left ^ right, "&": left & right}[operator]


_COPIED_TYPES = ("func", "object", "gnu_ifunc")


def inherit(symbol: Symbol, place: Symbol) -> None:
    """Gives a symbol that is another name for a place the type and size that this has by now."""
    if symbol.type == "notype" and place.type in _COPIED_TYPES and place.binding != "gnu_unique":
        symbol.type = place.type
    if symbol.size is None:
        symbol.size = place.size
