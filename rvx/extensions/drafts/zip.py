"""Zvzip: elements of two registers in turns, and apart again.

Source: riscv-opcodes at c1d9bdf, rv_zvzip; Spike's sources of 2026-06-25 for what is reserved.
"""

from __future__ import annotations

from collections.abc import Callable

from rvx.isa import Extension, Words
from rvx.isa.vector import Vector
from rvx.isa.vector.elementwise import SEWS, make_body, make_dispatch
from rvx.isa.vector.legality import Legality, is_aligned, is_group, make_legality, overlaps
from rvx.isa.vector.state import VL, group, is_active, is_ready, most_elements

Zvzip = Extension(
    "Zvzip",
    version="2026-08-20",
    doc="Draft: vectors, elements in turns and apart",
    source="riscv-opcodes at c1d9bdf, rv_zvzip",
    requires=("Zve32x",),
)

Loop = Callable[..., None]


def _zip_loop(
    v: Vector,
    result: Words,
    left: Words,
    right: Words,
    vd: int,
    at_d: int,
    at_a: int,
    at_b: int,
    scalar: int,
    vm: int,
    mode: int,
    flags: Words,
) -> None:
    # In this order, since a source may be the upper half of vd: what is written is read before.
    # The mask has a bit for every element of vd.
    for x in range(v.config[VL]):
        low, high = left[at_a + x] | 0, right[at_b + x] | 0
        if vm != 0 or is_active(v, 2 * x) != 0:
            result[at_d + 2 * x] = low
        if vm != 0 or is_active(v, 2 * x + 1) != 0:
            result[at_d + 2 * x + 1] = high


def _make_unzip_loop(odd: int) -> Loop:
    def loop(
        v: Vector,
        result: Words,
        left: Words,
        right: Words,
        vd: int,
        at_d: int,
        at_a: int,
        at_b: int,
        scalar: int,
        vm: int,
        mode: int,
        flags: Words,
    ) -> None:
        for x in range(v.config[VL]):
            if vm == 0 and is_active(v, x) == 0:
                continue
            result[at_d + x] = left[at_a + 2 * x + odd] | 0

    return loop


def _make_pair_loop(odd: int) -> Loop:
    """Pairs of elements (2 i, 2 i + 1): of both sources the even ones, or the odd ones."""

    def loop(
        v: Vector,
        result: Words,
        left: Words,
        right: Words,
        vd: int,
        at_d: int,
        at_a: int,
        at_b: int,
        scalar: int,
        vm: int,
        mode: int,
        flags: Words,
    ) -> None:
        most = most_elements(v)
        for x in range(v.config[VL]):
            if vm == 0 and is_active(v, x) == 0:
                continue
            at = (x & -2) + odd
            value = 0
            if at < most:
                value = left[at_a + at] | 0 if x & 1 == 0 else right[at_b + at] | 0
            result[at_d + x] = value

    return loop


def _may_widen_over(vd: int, vs: int, emul: int) -> bool:
    """Whether twice as many elements may be written over a source: if it is their upper half."""
    if not overlaps(vd, emul + 1, vs, emul):
        return True
    return emul >= 0 and vs == vd + (1 << emul)


def _is_legal_zip(v: Vector, vd: int, vs2: int, vs1: int, vm: int) -> bool:
    emul = group(v)
    if not is_ready(v) or not is_group(emul + 1) or (vm == 0 and vd == 0):
        return False
    if not (is_aligned(vd, emul + 1) and is_aligned(vs2, emul) and is_aligned(vs1, emul)):
        return False
    return _may_widen_over(vd, vs2, emul) and _may_widen_over(vd, vs1, emul)


def _is_legal_unzip(v: Vector, vd: int, vs2: int, vs1: int, vm: int) -> bool:
    emul = group(v)
    if not is_ready(v) or not is_group(emul + 1) or (vm == 0 and vd == 0):
        return False
    if not (is_aligned(vd, emul) and is_aligned(vs2, emul + 1)):
        return False
    return vd == vs2 or not overlaps(vd, emul, vs2, emul + 1)


def _declare(syntax: str, bits: str, loop: Loop, is_legal: Legality, right: str, doc: str) -> None:
    run = make_dispatch(dict.fromkeys(SEWS, loop), 0, 0, 0)
    # Of vzip, vd has twice as many elements as vl says.
    result = "tile" if loop is _zip_loop else ""
    made = make_body(run, is_legal, right=right, result=result)
    Zvzip.instruction(syntax, bits, kind="vector", doc=doc)(made)


_declare(
    "vzip.vv vd, vs2, vs1, vm",
    "111110 vm vs2 vs1 010 vd 1010111",
    _zip_loop,
    _is_legal_zip,
    "vs1",
    "vd, of twice as many elements, = those of vs2 and vs1 in turns.",
)
for _odd, _code, _letter, _which in ((0, "01011", "e", "even"), (1, "01111", "o", "odd")):
    _declare(
        f"vunzip{_letter}.v vd, vs2, vm",
        f"010010 vm vs2 {_code} 010 vd 1010111",
        _make_unzip_loop(_odd),
        _is_legal_unzip,
        "",
        f"vd = the {_which} elements of vs2, which has twice as many.",
    )
for _odd, _funct3, _letter, _which in ((0, "000", "e", "even"), (1, "010", "o", "odd")):
    _declare(
        f"vpair{_letter}.vv vd, vs2, vs1, vm",
        f"001111 vm vs2 vs1 {_funct3} vd 1010111",
        _make_pair_loop(_odd),
        make_legality(0, 0, has_vs1=True, may_overlap=False),
        "vs1",
        f"vd = the {_which} elements of vs2 and vs1 in turns; 0 from beyond VLMAX.",
    )
