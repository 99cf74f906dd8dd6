"""How an instruction is written: a mnemonic and the shape of its operands."""

from __future__ import annotations

import re

from rvx.isa.errors import DeclarationError
from rvx.isa.operands import DEFAULT_KINDS
from rvx.records import dataclass
from rvx.regex import regex

_NAME = r"[a-z][a-z0-9_]*"
_OPERAND = regex(rf"(?P<name>{_NAME})(?::(?P<kind>[a-z0-9!]+(?:\*[0-9]+)?))?")
_MEMORY = regex(r"(?P<offset>[^()]*)\((?P<base>[^()]+)\)")


@dataclass(frozen=True)
class Slot:
    """One comma-separated place: an operand, or `offset(base)`.

    Attributes:
        name: the operand; for `offset(base)` the offset, empty where there is none.
        base: the register in parentheses, empty for a plain operand.
    """

    name: str
    base: str = ""


@dataclass(frozen=True)
class Syntax:
    """A parsed syntax string such as `plw rd:p, imm(rs1)`."""

    text: str
    mnemonic: str
    slots: tuple[Slot, ...]
    kinds: tuple[tuple[str, str], ...]

    @property
    def shape(self) -> str:
        """The syntax without operand kinds, as documentation shows it."""
        return re.sub(r":[a-z0-9!*]+", "", self.text)


def parse_syntax(text: str) -> Syntax:
    """Reads a syntax string.

    Operands are separated by commas; `name:kind` names the kind, and the usual names have one by
    default (`rd rs1 rs2 rs3` are x registers, `imm` a signed number, `offset` a branch target).

    Raises:
        DeclarationError: a part is not understood, an operand has no kind, or one stands twice.
    """
    mnemonic, _, rest = text.strip().partition(" ")
    if not re.fullmatch(r"[a-z][a-z0-9_.]*", mnemonic):
        raise DeclarationError(f"syntax '{text}': '{mnemonic}' is not a mnemonic")
    slots: list[Slot] = []
    kinds: dict[str, str] = {}
    for part in (piece.strip() for piece in rest.split(",") if rest.strip()):
        memory = _MEMORY.fullmatch(part)
        if memory:
            offset, base = memory["offset"].strip(), memory["base"].strip()
            name = _take(text, offset, kinds) if offset else ""
            slots.append(Slot(name, _take(text, base, kinds)))
        else:
            slots.append(Slot(_take(text, part, kinds)))
    return Syntax(" ".join(text.split()), mnemonic, tuple(slots), tuple(kinds.items()))


def _take(text: str, part: str, kinds: dict[str, str]) -> str:
    found = _OPERAND.fullmatch(part)
    if found is None:
        raise DeclarationError(
            f"syntax '{text}': '{part}' is not an operand such as rd, rs1:p or imm(rs1)"
        )
    name = found["name"]
    kind = found["kind"] or DEFAULT_KINDS.get(name)
    if kind is None:
        raise DeclarationError(
            f"syntax '{text}': operand '{name}' needs a kind, such as {name}:x or {name}:u"
        )
    if name in kinds:
        raise DeclarationError(f"syntax '{text}': operand '{name}' stands twice")
    kinds[name] = kind
    return name
