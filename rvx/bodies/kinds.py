"""What kinds of values there are in a body."""

from __future__ import annotations

from enum import Enum

from rvx.records import dataclass


class Basic(Enum):
    """Kinds of single values, called as messages call them."""

    WORD = "an integer"
    TRUTH = "a truth value"
    REAL = "a float"
    NOTHING = "None"
    MEMORY = "guest memory"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Array:
    """Elements in a row, or in several dimensions.

    Attributes:
        shape: how many; `None` where that is known when the body runs, of a register group.
        element: their kind.
        owner: what it is, for messages: `state`, `table`, `local`, `source` for a register that
            the instruction reads, `group` for a group of vector registers, `mask` for which of
            its elements are active, `flags` for what only operations of rvx raise.
        mask: bits of an element that count, where it comes without a sign.
    """

    shape: tuple[int | None, ...]
    element: Basic
    owner: str
    mask: int = -1

    @property
    def is_writable(self) -> bool:
        """Whether a body may change it: what belongs to the module, or is read, it may not."""
        return self.owner not in ("table", "source", "mask", "flags")

    def __str__(self) -> str:
        return "an array"


@dataclass(frozen=True)
class Several:
    """A tuple."""

    items: tuple[Kind, ...]

    def __str__(self) -> str:
        return f"a tuple of {len(self.items)}"


Kind = Basic | Array | Several
WORD, TRUTH, REAL = Basic.WORD, Basic.TRUTH, Basic.REAL
NOTHING, MEMORY = Basic.NOTHING, Basic.MEMORY


def joined(first: Kind, second: Kind) -> Kind | None:
    """The kind of what is one or the other; None if there is none."""
    if first == second:
        return first
    if {first, second} == {WORD, TRUTH}:
        return WORD
    if (
        isinstance(first, Several)
        and isinstance(second, Several)
        and len(first.items) == len(second.items)
    ):
        items = [joined(a, b) for a, b in zip(first.items, second.items, strict=True)]
        known = [item for item in items if item is not None]
        return Several(tuple(known)) if len(known) == len(items) else None
    return None
