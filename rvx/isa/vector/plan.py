"""What the body of a vector instruction does, as data.

A body is one function that runs everywhere. Who performs it otherwise than by calling it, as a
compiled loop does that knows vtype, finds here the element function, the widths and the check of
what is legal that the body was made of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from rvx.isa.vector.legality import Legality
from rvx.isa.vector.unit import VectorUnit
from rvx.records import dataclass

Element = Callable[..., Any]
Scalar = Callable[[int], int]
"""Makes an element of the value of an x or f register, or of an immediate."""


@dataclass(frozen=True)
class Loop:
    """The loop over the elements of one SEW.

    Attributes:
        element: the function of elements, with all of `elementwise.PARAMETERS`.
        sew: in bits.
        scalar_of: makes the element of a scalar operand; None where the operand is a vector.
        makes_mask: whether the result is a bit of a mask.
        takes_mask: whether v0 is an operand: no element is skipped then.
        of_none: for a reduction, where d is the result so far and begins as element 0 of vs1: what
            becomes of it if no element is active. None for a loop that gives an element for each.
        words: how many arrays come behind the flags: the hart's words, and states; 0 where `flags`
            is the array of the flags alone.
    """

    element: Element
    sew: int
    scalar_of: Scalar | None = None
    makes_mask: bool = False
    takes_mask: bool = False
    of_none: Element | None = None
    words: int = 0


@dataclass(frozen=True)
class Arithmetic:
    """An instruction that works on registers.

    Attributes:
        loops: by SEW.
        wider: binary logarithms of EEW / SEW for the result, vs2 and vs1.
        is_legal: whether it may be done.
        left: whether there is an operand vs2.
        right: name of the third operand: `vs1`, `rs1`, `imm`, or empty.
        has_vm: whether the mask is a choice of whoever writes the instruction.
        vm: what it is otherwise.
        has_floats: whether elements are floats, so that frm counts and fflags are raised.
    """

    loops: Mapping[int, Loop]
    wider: tuple[int, int, int]
    is_legal: Legality
    left: bool
    right: str
    has_vm: bool
    vm: int
    has_floats: bool


Pattern = Literal["unit", "strided", "indexed", "whole", "mask"]


@dataclass(frozen=True)
class Access:
    """A load or a store.

    Attributes:
        pattern: where elements lie: side by side, every rs2 bytes, or at offsets that vs2 holds;
            `whole` is registers whatever vtype says, `mask` the bytes of vl bits.
        eew: bits of an element in memory; 0 where that is SEW.
        fields: elements of a segment; of `whole`, registers.
        is_store: whether it stores.
        is_legal: whether it may be done; it takes XLEN too.
        index_eew: bits of an index.
    """

    pattern: Pattern
    eew: int
    fields: int
    is_store: bool
    is_legal: Callable[[Any, int, int, int, int], bool]
    index_eew: int = 0


Plan = Arithmetic | Access
_PLAN, _LOOP, _ONLY = "vector_plan", "vector_loop", "vector_run_of"
_RESULT = "vector_result"
_CHANGES = "vector_changes"
_MOVES = "vector_moves"
_PRODUCTS = "vector_products"


def with_plan(body: Callable[..., Any], plan: Plan) -> Callable[..., Any]:
    """The body, marked with what it does."""
    setattr(body, _PLAN, plan)
    return body


def plan_of(body: Any) -> Plan | None:
    """What a body does, None if nobody has said it."""
    plan: Plan | None = getattr(body, _PLAN, None)
    return plan


def with_loop(function: Callable[..., None], loop: Loop) -> Callable[..., None]:
    """The loop, marked with what it does."""
    setattr(function, _LOOP, loop)
    return function


def loop_of(function: Any) -> Loop | None:
    """What a loop does, None if it is one of its own kind."""
    loop: Loop | None = getattr(function, _LOOP, None)
    return loop


def with_runs(run: Callable[..., None], only: Callable[[int], Any]) -> Callable[..., None]:
    """The function that chooses a loop by SEW, marked with what makes it for one SEW alone."""
    setattr(run, _ONLY, only)
    return run


def runs_of(run: Any) -> Callable[[int], Any] | None:
    """What makes a function that chooses a loop by SEW for one SEW alone; None for others."""
    only: Callable[[int], Any] | None = getattr(run, _ONLY, None)
    return only


def with_changes(body: Callable[..., Any], what: str) -> Callable[..., Any]:
    """The body, marked with what of the configuration it changes: `length`, or `vtype` as well."""
    setattr(body, _CHANGES, what)
    return body


def changes_of(body: Any) -> str:
    """What of the configuration a body changes; empty if nobody has said that it does."""
    found: str = getattr(body, _CHANGES, "")
    return found


def with_moves(body: Callable[..., Any], eew: int) -> Callable[..., Any]:
    """The body, marked with what it moves between memory and registers: vl elements.

    Args:
        body: of a load or a store that has no plan.
        eew: bits of an element; 0 where that is SEW.
    """
    setattr(body, _MOVES, eew)
    return body


def moves_of(body: Any) -> int | None:
    """Bits of the elements that a load or a store without a plan moves; None for others."""
    eew: int | None = getattr(body, _MOVES, None)
    return eew


Products = Callable[[Mapping[str, int], VectorUnit, int], tuple[str, int]]
"""products(values, unit, xlen): how many products an instruction has, as the name of a member of
`elements.Counted`, and the number that goes with it; of its operands, the machine and XLEN."""


def with_products(body: Callable[..., Any], products: Products) -> Callable[..., Any]:
    """The body, marked with how many products it adds up: of these its elements are counted.

    Args:
        body: of an instruction that multiplies matrices, or several vectors.
        products: how many there are.
    """
    setattr(body, _PRODUCTS, products)
    return body


def products_of(body: Any) -> Products | None:
    """How many products a body adds up; None if its elements are what vl says."""
    products: Products | None = getattr(body, _PRODUCTS, None)
    return products


def with_result(body: Callable[..., Any], kind: str, wider: int) -> Callable[..., Any]:
    """The body, marked with what it writes: a `group`, a `mask`, `one` element, or a `tile`.

    Args:
        body: of an instruction.
        kind: what it writes; `tile` stands for elements that are not those below vl.
        wider: binary logarithm of EEW / SEW for the result.
    """
    setattr(body, _RESULT, (kind, wider))
    return body


def result_of(body: Any) -> tuple[str, int]:
    """What a body writes; a group of elements of SEW if nobody has said it."""
    found: tuple[str, int] = getattr(body, _RESULT, ("group", 0))
    return found
