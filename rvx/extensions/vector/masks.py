"""Instructions on masks: logic, population count, first set bit, prefixes.

Source: "V" 1.0, chapter on vector mask instructions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rvx.extensions.vector.zve32x import Zve32x
from rvx.isa import Words
from rvx.isa.vector import Vector
from rvx.isa.vector.elementwise import SEWS, make_body, make_dispatch
from rvx.isa.vector.legality import is_aligned, is_group, overlaps
from rvx.isa.vector.state import VL, group, is_active, is_ready, refuse


def bit_of(v: Vector, register: int, x: int) -> int:
    """Bit x of a mask register."""
    return v.e8[register * v.vlenb + (x >> 3)] >> (x & 7) & 1


def set_bit(v: Vector, register: int, x: int, bit: int) -> None:
    """Writes bit x of a mask register."""
    at = register * v.vlenb + (x >> 3)
    v.e8[at] = (v.e8[at] & ((1 << (x & 7)) ^ -1)) | bit << (x & 7)


def _declare_logic(name: str, funct6: str, operation: Callable[[int, int], int], doc: str) -> None:
    @Zve32x.instruction(
        f"{name}.mm vd, vs2, vs1",
        f"{funct6} 1 vs2 vs1 010 vd 1010111",
        kind="vector",
        doc=f"vd = {doc}, bit by bit.",
    )
    def body(vd: int, vs2: int, vs1: int, v: Vector, fault: Words) -> None:
        if not is_ready(v):
            refuse(fault)
            return
        for x in range(v.config[VL]):
            set_bit(v, vd, x, operation(bit_of(v, vs2, x), bit_of(v, vs1, x)) & 1)


def _and_not(a: int, b: int) -> int:
    return a & (b ^ 1)


def _and(a: int, b: int) -> int:
    return a & b


def _or(a: int, b: int) -> int:
    return a | b


def _xor(a: int, b: int) -> int:
    return a ^ b


def _or_not(a: int, b: int) -> int:
    return a | (b ^ 1)


def _not_and(a: int, b: int) -> int:
    return (a & b) ^ 1


def _not_or(a: int, b: int) -> int:
    return (a | b) ^ 1


def _not_xor(a: int, b: int) -> int:
    return (a ^ b) ^ 1


for _name, _funct6, _operation, _doc in (
    ("vmandn", "011000", _and_not, "vs2 and not vs1"),
    ("vmand", "011001", _and, "vs2 and vs1"),
    ("vmor", "011010", _or, "vs2 or vs1"),
    ("vmxor", "011011", _xor, "vs2 exclusive or vs1"),
    ("vmorn", "011100", _or_not, "vs2 or not vs1"),
    ("vmnand", "011101", _not_and, "not (vs2 and vs1)"),
    ("vmnor", "011110", _not_or, "not (vs2 or vs1)"),
    ("vmxnor", "011111", _not_xor, "not (vs2 exclusive or vs1)"),
):
    _declare_logic(_name, _funct6, _operation, _doc)


@Zve32x.instruction("vcpop.m rd, vs2, vm", "010000 vm vs2 10000 010 rd 1010111", kind="vector")
def vcpop(vs2: int, vm: int, v: Vector, fault: Words) -> int:
    """rd = how many active bits of vs2 are set."""
    if not is_ready(v):
        refuse(fault)
        return 0
    count = 0
    for x in range(v.config[VL]):
        if vm != 0 or is_active(v, x) != 0:
            count += bit_of(v, vs2, x)
    return count


@Zve32x.instruction("vfirst.m rd, vs2, vm", "010000 vm vs2 10001 010 rd 1010111", kind="vector")
def vfirst(vs2: int, vm: int, v: Vector, fault: Words) -> int:
    """rd = the position of the first active bit of vs2 that is set, -1 if there is none."""
    if not is_ready(v):
        refuse(fault)
        return 0
    for x in range(v.config[VL]):
        if (vm != 0 or is_active(v, x) != 0) and bit_of(v, vs2, x) != 0:
            return x
    return -1


def _declare_prefix(name: str, code: str, before: int, at: int, doc: str) -> None:
    """Bits that are `before` up to the first set bit of vs2, `at` there, and 0 behind it."""

    @Zve32x.instruction(
        f"{name}.m vd, vs2, vm",
        f"010100 vm vs2 {code} 010 vd 1010111",
        kind="vector",
        doc=doc,
    )
    def body(vd: int, vs2: int, vm: int, v: Vector, fault: Words) -> None:
        if not is_ready(v) or vd == vs2 or (vm == 0 and vd == 0):
            refuse(fault)
            return
        is_found = 0
        for x in range(v.config[VL]):
            if vm == 0 and is_active(v, x) == 0:
                continue
            bit = 0
            if is_found == 0:
                is_found = bit_of(v, vs2, x)
                bit = at if is_found != 0 else before
            set_bit(v, vd, x, bit)


_declare_prefix("vmsbf", "00001", 1, 0, "vd = ones before the first set bit of vs2.")
_declare_prefix("vmsof", "00010", 0, 1, "vd = a one at the first set bit of vs2 only.")
_declare_prefix("vmsif", "00011", 1, 1, "vd = ones up to the first set bit of vs2, with it.")


def _make_iota_loop(sew: int) -> Callable[..., None]:
    def loop(
        v: Vector,
        result: Words,
        left: Words,
        right: Words,
        vd: int,
        at_d: int,
        at_a: int,
        at_b: int,
        vs2: int,
        vm: int,
        mode: int,
        flags: Words,
    ) -> None:
        count = 0
        for x in range(v.config[VL]):
            if vm == 0 and is_active(v, x) == 0:
                continue
            result[at_d + x] = count
            count += bit_of(v, vs2, x)

    return loop


def _make_index_loop(sew: int) -> Callable[..., None]:
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
            if vm != 0 or is_active(v, x) != 0:
                result[at_d + x] = x

    return loop


def _is_index_legal(v: Vector, vd: int, vs2: int, vs1: int, vm: int) -> bool:
    return is_ready(v) and is_aligned(vd, group(v)) and not (vm == 0 and vd == 0)


_iota = make_dispatch({sew: _make_iota_loop(sew) for sew in SEWS}, 0, 0, 0)


@Zve32x.instruction("viota.m vd, vs2, vm", "010100 vm vs2 10000 010 vd 1010111", kind="vector")
def viota(vd: int, vs2: int, vm: int, v: Vector, fault: Words) -> None:
    """vd = for each element how many active bits of vs2 are set before it."""
    if (
        not _is_index_legal(v, vd, 0, 0, vm)
        or not is_group(group(v))
        or overlaps(vd, group(v), vs2, 0)
    ):
        refuse(fault)
        return
    _iota(v, vd, 0, 0, vs2, vm, 0, v.config)


def _id() -> Any:
    run = make_dispatch({sew: _make_index_loop(sew) for sew in SEWS}, 0, 0, 0)
    return make_body(run, _is_index_legal, left=False)


Zve32x.instruction(
    "vid.v vd, vm",
    "010100 vm 00000 10001 010 vd 1010111",
    kind="vector",
    doc="vd = the position of each element.",
)(_id())

for _alias, _expansion in (
    ("vmmv.m vd, vs2", "vmand.mm vd, vs2, vs2"),
    ("vmclr.m vd", "vmxor.mm vd, vd, vd"),
    ("vmset.m vd", "vmxnor.mm vd, vd, vd"),
    ("vmnot.m vd, vs2", "vmnand.mm vd, vs2, vs2"),
):
    Zve32x.alias(_alias, _expansion)
for _alias, _expansion in (
    ("vmcpy.m vd, vs2", "vmand.mm vd, vs2, vs2"),
    ("vpopc.m rd, vs2, vm", "vcpop.m rd, vs2, vm"),
    ("vmandnot.mm vd, vs2, vs1", "vmandn.mm vd, vs2, vs1"),
    ("vmornot.mm vd, vs2, vs1", "vmorn.mm vd, vs2, vs1"),
):
    Zve32x.alias(_alias, _expansion, is_printed=False)
