"""Values of bodies: expressions of Python with the ranges they lie in, and their types in IDL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

LEAST, MOST = -(1 << 63), (1 << 63) - 1
WORD = 64

# How strongly what Python writes binds: of an expression and of an operand's place.
CHOICE, OR, AND, NOT, COMPARED, BITOR, BITXOR, BITAND, SHIFT, SUM, PRODUCT = range(11)
SIGN, ATOM = 11, 12


@dataclass(frozen=True)
class Value:
    """An expression of Python, and the range of its value."""

    text: str
    binds: int
    least: int = LEAST
    most: int = MOST

    def at(self, place: int) -> str:
        """The text, in parentheses if it binds less than its place."""
        return self.text if self.binds >= place else f"({self.text})"

    @property
    def known(self) -> int | None:
        """The number, where there is but one."""
        return self.least if self.least == self.most else None


def literal(value: int) -> Value:
    """A literal; large ones as masks are written."""
    wrapped = (value + (1 << 63)) % (1 << 64) - (1 << 63)
    text = f"{wrapped:#x}" if wrapped > 0xFFF else str(wrapped)
    return Value(text, ATOM if wrapped >= 0 else SIGN, wrapped, wrapped)


def ranged(text: str, binds: int, least: int, most: int) -> Value:
    """A value that wraps, where the range goes beyond a word."""
    if least < LEAST or most > MOST:
        return Value(text, binds)
    return literal(least) if least == most else Value(text, binds, least, most)


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
        if self.width == WORD:
            return True
        if self.is_signed:
            half = 1 << self.width - 1
            return -half <= value.least and value.most < half
        return value.least >= 0 and value.most < 1 << self.width


TRUTH = Kind(0)


COMPARISONS = ("==", "!=", "<", ">", "<=", ">=")
OPPOSITE = {"True": "False", "False": "True"}
ARITHMETIC: dict[str, Callable[[int, int], int]] = {
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


def moved(value: Value, at: int | Value) -> Value:
    """A value shifted to the left."""
    count = literal(at) if isinstance(at, int) else at
    if count.known == 0:
        return value
    if value.known is not None and count.known is not None:
        return literal(value.known << count.known)
    text = f"{value.at(SHIFT)} << {count.at(SUM)}"
    if count.least < 0 or count.most >= WORD:
        return Value(text, SHIFT)
    ends = [x << y for x in (value.least, value.most) for y in (count.least, count.most)]
    return ranged(text, SHIFT, min(ends), max(ends))


def shifted_right(value: Value, count: Value) -> Value:
    """A value shifted to the right, with its sign."""
    text = f"{value.at(SHIFT)} >> {count.at(SUM)}"
    if count.least < 0:
        return Value(text, SHIFT)
    ends = [x >> min(y, 64) for x in (value.least, value.most) for y in (count.least, count.most)]
    return ranged(text, SHIFT, min(ends), max(ends))


def range_of_bits(op: str, a: Value, b: Value) -> tuple[int, int]:
    """The range of a bitwise operation."""
    if op == "&":
        not_negative = [one.most for one in (a, b) if one.least >= 0]
        if not_negative:
            return 0, min(not_negative)
    bits = max(x.bit_length() for one in (a, b) for x in (one.least, one.most))
    if a.least >= 0 and b.least >= 0:
        return 0, (1 << bits) - 1
    return -(1 << bits), (1 << bits) - 1


def comparison(a: Value, op: str, b: Value) -> Value:
    """Two values compared; what is known says `True` or `False`."""
    if a.known is not None and b.known is not None:
        return Value(str(bool(ARITHMETIC[op](a.known, b.known))), ATOM)
    return Value(f"{a.at(BITOR)} {op} {b.at(BITOR)}", COMPARED)


def opposite(test: Value) -> Value:
    """A test that holds where the other does not."""
    return Value(f"not {test.at(NOT)}", NOT)
