"""The syntax tree of operands: what the grammar `asm/rvx.lark` makes of their text."""

from __future__ import annotations

from rvx.records import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    """A literal number or character."""

    value: int

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Name:
    """A symbol, a register, a CSR, a rounding mode, or `.`: the place decides."""

    name: str

    def __str__(self) -> str:
        return self.name


class Enclosed(Name):
    """`(name)`, which is an address if the name is a register, and else the name."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"({self.name})"


@dataclass(frozen=True, slots=True)
class LocalLabel:
    """A numeric label, as `1f` or `2b`."""

    number: int
    is_forward: bool

    def __str__(self) -> str:
        return f"{self.number}{'f' if self.is_forward else 'b'}"


@dataclass(frozen=True, slots=True)
class Unary:
    """`-x`, `~x`, `!x` or `+x`."""

    operator: str
    operand: Expression

    def __str__(self) -> str:
        return f"{self.operator}{_nested(self.operand)}"


@dataclass(frozen=True, slots=True)
class Binary:
    """Two expressions with an operator between them."""

    operator: str
    left: Expression
    right: Expression

    def __str__(self) -> str:
        return f"{_nested(self.left)} {self.operator} {_nested(self.right)}"


@dataclass(frozen=True, slots=True)
class Modified:
    """A relocation function, as `%hi(symbol)`, or a suffix, as `symbol@plt`."""

    modifier: str
    operand: Expression

    def __str__(self) -> str:
        if self.modifier.startswith("@"):
            return f"{self.operand}{self.modifier}"
        return f"{self.modifier}({self.operand})"


@dataclass(frozen=True, slots=True)
class Memory:
    """`offset(base)`; `(base)` alone is `Enclosed`."""

    offset: Expression
    base: Expression

    def __str__(self) -> str:
        return f"{self.offset}({self.base})"


@dataclass(frozen=True, slots=True)
class Text:
    """A string: the bytes that it stands for; in an expression, the name of a symbol."""

    value: bytes

    @property
    def name(self) -> str:
        """The symbol of that name."""
        return self.value.decode("utf-8", "surrogateescape")

    def __str__(self) -> str:
        return '"' + "".join(_printable(byte) for byte in self.value) + '"'


@dataclass(frozen=True, slots=True)
class TypeName:
    """A type of a symbol or a section: `@function`, `%progbits`, without the first letter."""

    name: str

    def __str__(self) -> str:
        return f"@{self.name}"


@dataclass(frozen=True, slots=True)
class Real:
    """A real number, as 0.5, 1e-3 or 0x1.8p+1, which stands alone.

    Attributes:
        value: of the number.
        text: as it is written.
    """

    value: float
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Braced:
    """A list of registers, as `{ra, s0-s2}`.

    Attributes:
        parts: what stands between the commas.
    """

    parts: tuple[str, ...]

    def __str__(self) -> str:
        return "{" + ", ".join(self.parts) + "}"


Expression = Number | Name | Text | LocalLabel | Unary | Binary | Modified
Operand = Expression | Memory | TypeName | Real | Braced


def hoisted(operand: Operand) -> Operand:
    """`%lo(symbol) + 4` as `%lo(symbol + 4)`, which GNU as takes for the same."""
    if not isinstance(operand, Binary) or operand.operator not in "+-":
        return operand
    left = hoisted(operand.left)
    if isinstance(left, Modified) and left.modifier[0] == "%":
        return Modified(left.modifier, Binary(operand.operator, left.operand, operand.right))
    return operand


def _nested(expression: Expression) -> str:
    return f"({expression})" if isinstance(expression, Binary) else str(expression)


def _printable(byte: int) -> str:
    if byte in b'"\\':
        return "\\" + chr(byte)
    return chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}"
