"""Reductions of integers: vd[0] = vs1[0] combined with all active elements of vs2.

Source: "V" 1.0, chapter on vector reduction operations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rvx.extensions.vector import integer
from rvx.extensions.vector.zve32x import Zve32x
from rvx.isa.real import VectorReal
from rvx.isa.vector.arithmetic import unsigned
from rvx.isa.vector.elementwise import (
    SEWS,
    adapted,
    make_body,
    make_dispatch,
    make_reduction_loop,
    same,
)
from rvx.isa.vector.legality import make_reduction_legality
from rvx.isa.vector.plan import Element
from rvx.records import replace


def declare_reduction(
    extension: Any,
    name: str,
    funct6: str,
    funct3: str,
    elements: Mapping[int, Callable[..., Any]],
    wider: int,
    doc: str,
    *,
    is_legal: Any = None,
    has_floats: bool = False,
    of_none: Mapping[int, Callable[..., Any]] | None = None,
    real: VectorReal | None = None,
) -> None:
    """Declares `name.vs`.

    Args:
        extension: takes it.
        name: of the mnemonic, up to the dot.
        funct6: six bits.
        funct3: three bits.
        elements: by SEW, what combines d, the result so far, with a, an element.
        wider: binary logarithm of the width of the result over SEW.
        doc: what it does.
        is_legal: instead of the usual check.
        has_floats: whether elements are floats.
        of_none: by SEW, what becomes of vs1[0] if no element is active; it stays by default.
        real: what it means in real numbers.
    """
    settle = of_none or dict.fromkeys(elements, same)
    loops = {
        sew: make_reduction_loop(adapted(f), sew, adapted(settle[sew]))
        for sew, f in elements.items()
    }
    run = make_dispatch(loops, wider, 0, wider)
    body = make_body(
        run, is_legal or make_reduction_legality(wider), right="vs1", has_floats=has_floats
    )
    extension.instruction(
        f"{name}.vs vd, vs2, vs1, vm",
        f"{funct6} vm vs2 vs1 {funct3} vd 1010111",
        kind="vector",
        doc=doc,
        real=None if real is None else replace(real, third="vs1", wider_d=wider, is_reduction=True),
    )(body)


def _sum(d: int, a: int) -> int:
    return d + a


def _sum_unsigned(d: int, a: int, sew: int) -> int:
    return d + unsigned(a, sew)


def _swapped(function: Callable[[int, int], int]) -> Callable[[int, int], int]:
    def combine(d: int, a: int) -> int:
        return function(d, a)

    return combine


_element: Element
for _name, _funct6, _element, _what in (
    ("vredsum", "000000", _sum, "the sum"),
    ("vredand", "000001", _swapped(integer.and_), "the bits that are set in all"),
    ("vredor", "000010", _swapped(integer.or_), "the bits that are set in any"),
    ("vredxor", "000011", _swapped(integer.xor), "the exclusive or"),
    ("vredminu", "000100", _swapped(integer.minimum_unsigned), "the unsigned minimum"),
    ("vredmin", "000101", _swapped(integer.minimum), "the signed minimum"),
    ("vredmaxu", "000110", _swapped(integer.maximum_unsigned), "the unsigned maximum"),
    ("vredmax", "000111", _swapped(integer.maximum), "the signed maximum"),
):
    declare_reduction(
        Zve32x,
        _name,
        _funct6,
        "010",
        dict.fromkeys(SEWS, _element),
        0,
        f"vd[0] = {_what} of vs1[0] and the active elements of vs2.",
    )
for _name, _funct6, _element, _what in (
    ("vwredsumu", "110000", _sum_unsigned, "unsigned"),
    ("vwredsum", "110001", _sum, "signed"),
):
    declare_reduction(
        Zve32x,
        _name,
        _funct6,
        "000",
        dict.fromkeys(SEWS, _element),
        1,
        f"vd[0] = the {_what} sum of vs1[0] and the active elements of vs2, of twice the width.",
    )
