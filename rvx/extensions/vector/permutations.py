"""Moves, slides, gathers, compression and extension of elements.

Source: "V" 1.0, chapter on vector permutation instructions; extensions of integers are of the
chapter on integer arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rvx.extensions.vector.zve32x import Zve32x
from rvx.isa import Words
from rvx.isa.bits import less_unsigned
from rvx.isa.vector import Vector
from rvx.isa.vector.arithmetic import make_signed, signed, unsigned
from rvx.isa.vector.elementwise import SEWS, adapted, make_body, make_dispatch, make_loop
from rvx.isa.vector.legality import Legality, is_aligned, is_group, make_legality, overlaps
from rvx.isa.vector.state import (
    VL,
    group,
    is_active,
    is_ready,
    log_width,
    most_elements,
    refuse,
)

LoopMaker = Callable[[int], Callable[..., None]]


# -- single elements -----------------------------------------------------------------------


def read_first(v: Vector, register: int) -> int:
    """Element 0 of a register, sign-extended."""
    sew = log_width(v)
    if sew == 0:
        return v.e8[register * v.vlenb] | 0
    if sew == 1:
        return v.e16[register * v.vlenb >> 1] | 0
    if sew == 2:
        return v.e32[register * v.vlenb >> 2] | 0
    return v.e64[register * v.vlenb >> 3] | 0


def write_first(v: Vector, register: int, value: int) -> None:
    """Writes element 0 of a register."""
    sew = log_width(v)
    if sew == 0:
        v.e8[register * v.vlenb] = signed(value, 8)
    elif sew == 1:
        v.e16[register * v.vlenb >> 1] = signed(value, 16)
    elif sew == 2:
        v.e32[register * v.vlenb >> 2] = signed(value, 32)
    else:
        v.e64[register * v.vlenb >> 3] = value


@Zve32x.instruction("vmv.x.s rd, vs2", "010000 1 vs2 00000 010 rd 1010111", kind="vector")
def vmv_x_s(vs2: int, v: Vector, fault: Words) -> int:
    """rd = element 0 of vs2, sign-extended."""
    if not is_ready(v):
        refuse(fault)
        return 0
    return read_first(v, vs2)


@Zve32x.instruction("vmv.s.x vd, rs1", "010000 1 00000 rs1 110 vd 1010111", kind="vector")
def vmv_s_x(vd: int, rs1: int, v: Vector, fault: Words) -> None:
    """Element 0 of vd = rs1, cut off at SEW bits or sign-extended; the others are tail."""
    if not is_ready(v):
        refuse(fault)
        return
    if v.config[VL] > 0:
        write_first(v, vd, rs1)


# -- moves and extensions ------------------------------------------------------------------


def _copy(b: int) -> int:
    return b


def _extend(a: int) -> int:
    return a


def _declare_move(form: str, operands: str, bits: str, right: str) -> None:
    loops = {
        sew: make_loop(adapted(_copy), sew, None if right == "vs1" else make_signed(sew))
        for sew in SEWS
    }
    body = make_body(
        make_dispatch(loops, 0, 0, 0),
        make_legality(0, 0, has_vs1=right == "vs1"),
        left=False,
        right=right,
        has_vm=False,
    )
    Zve32x.instruction(
        f"vmv.v.{form} vd, {operands}",
        f"010111 1 00000 {bits} vd 1010111",
        kind="vector",
        doc=f"vd = {right}, in all elements." if right != "vs1" else "vd = vs1.",
    )(body)


_declare_move("v", "vs1", "vs1 000", "vs1")
_declare_move("x", "rs1", "rs1 100", "rs1")
_declare_move("i", "imm", "imm[4:0] 011", "imm")


def _declare_extension(times: int, log: int, code: str, is_signed: bool) -> None:
    """Elements of SEW / times bits become elements of SEW bits."""

    def make_element(sew: int) -> Any:
        def zero_extend(a: int) -> int:
            return unsigned(a, sew // times)

        return adapted(_extend if is_signed else zero_extend)

    loops = {sew: make_loop(make_element(sew), sew, _zero) for sew in SEWS if sew // times >= 8}
    legality = make_legality(0, -log, has_vs1=False)

    def is_legal(v: Vector, vd: int, vs2: int, vs1: int, vm: int) -> bool:
        return legality(v, vd, vs2, vs1, vm) and vd != vs2

    letter = "s" if is_signed else "z"
    Zve32x.instruction(
        f"v{letter}ext.vf{times} vd, vs2, vm",
        f"010010 vm vs2 {code} 010 vd 1010111",
        kind="vector",
        doc=f"vd = vs2, whose elements have SEW / {times} bits, "
        f"{'sign' if is_signed else 'zero'}-extended.",
    )(make_body(make_dispatch(loops, 0, -log, 0), is_legal))


def _zero(value: int) -> int:
    return 0


for _times, _log, _codes in (
    (8, 3, ("00010", "00011")),
    (4, 2, ("00100", "00101")),
    (2, 1, ("00110", "00111")),
):
    for _is_signed, _code in enumerate(_codes):
        _declare_extension(_times, _log, _code, bool(_is_signed))


def _declare_whole_move(count: int) -> None:
    log = count.bit_length() - 1

    @Zve32x.instruction(
        f"vmv{count}r.v vd, vs2",
        f"100111 1 vs2 {count - 1:05b} 011 vd 1010111",
        kind="vector",
        doc=f"Copies {count} whole register{'s' if count > 1 else ''}.",
    )
    def body(vd: int, vs2: int, v: Vector, fault: Words) -> None:
        if not is_ready(v) or not is_aligned(vd, log) or not is_aligned(vs2, log):
            refuse(fault)
            return
        for at in range(count * v.vlenb):
            v.e8[vd * v.vlenb + at] = v.e8[vs2 * v.vlenb + at] | 0


for _count in (1, 2, 4, 8):
    _declare_whole_move(_count)


# -- slides --------------------------------------------------------------------------------


def make_slide_up_loop(sew: int) -> Callable[..., None]:
    """The loop of vslideup; the scalar is the distance, read as unsigned."""

    def loop(
        v: Vector,
        result: Words,
        left: Words,
        right: Words,
        vd: int,
        at_d: int,
        at_a: int,
        at_b: int,
        distance: int,
        vm: int,
        mode: int,
        flags: Words,
    ) -> None:
        for x in range(v.config[VL]):
            if (vm == 0 and is_active(v, x) == 0) or less_unsigned(x, distance):
                continue
            result[at_d + x] = left[at_a + x - distance] | 0

    return loop


def make_slide_down_loop(sew: int) -> Callable[..., None]:
    """The loop of vslidedown; elements from beyond VLMAX are 0."""

    def loop(
        v: Vector,
        result: Words,
        left: Words,
        right: Words,
        vd: int,
        at_d: int,
        at_a: int,
        at_b: int,
        distance: int,
        vm: int,
        mode: int,
        flags: Words,
    ) -> None:
        most = most_elements(v)
        for x in range(v.config[VL]):
            if vm == 0 and is_active(v, x) == 0:
                continue
            value = 0
            if less_unsigned(distance, most - x):
                value = left[at_a + x + distance] | 0
            result[at_d + x] = value

    return loop


def make_slide_one_loop(sew: int, scalar_of: Callable[[int], int], is_up: bool) -> Any:
    """The loop of vslide1up and vslide1down, where a scalar becomes the free element."""

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
        last = v.config[VL] - 1
        for x in range(v.config[VL]):
            if vm == 0 and is_active(v, x) == 0:
                continue
            if is_up:
                value = scalar_of(scalar) if x == 0 else left[at_a + x - 1] | 0
            else:
                value = scalar_of(scalar) if x == last else left[at_a + x + 1] | 0
            result[at_d + x] = value

    return loop


_NO_OVERLAP = make_legality(0, 0, has_vs1=False, may_overlap=False)
_SAME = make_legality(0, 0, has_vs1=False)


def _declare_slide(
    name: str, form: str, funct6: str, funct3: str, make: LoopMaker, is_legal: Legality, doc: str
) -> None:
    right = "rs1" if form == "vx" else "imm"
    operand, field = ("rs1", "rs1") if form == "vx" else ("imm:u", "imm[4:0]")
    run = make_dispatch({sew: make(sew) for sew in SEWS}, 0, 0, 0)
    Zve32x.instruction(
        f"{name}.{form} vd, vs2, {operand}, vm",
        f"{funct6} vm vs2 {field} {funct3} vd 1010111",
        kind="vector",
        doc=doc,
    )(make_body(run, is_legal, right=right))


for _form, _funct3 in (("vx", "100"), ("vi", "011")):
    _declare_slide(
        "vslideup",
        _form,
        "001110",
        _funct3,
        make_slide_up_loop,
        _NO_OVERLAP,
        "vd[x] = vs2[x - distance]; elements below the distance stay.",
    )
    _declare_slide(
        "vslidedown",
        _form,
        "001111",
        _funct3,
        make_slide_down_loop,
        _SAME,
        "vd[x] = vs2[x + distance], 0 from beyond VLMAX.",
    )
_declare_slide(
    "vslide1up",
    "vx",
    "001110",
    "110",
    lambda sew: make_slide_one_loop(sew, make_signed(sew), True),
    _NO_OVERLAP,
    "vd[x] = vs2[x - 1], and vd[0] = rs1.",
)
_declare_slide(
    "vslide1down",
    "vx",
    "001111",
    "110",
    lambda sew: make_slide_one_loop(sew, make_signed(sew), False),
    _SAME,
    "vd[x] = vs2[x + 1], and the last active one rs1.",
)


# -- gathers and compression ---------------------------------------------------------------


def make_gather_loop(index_eew: int, has_scalar: bool) -> Callable[..., None]:
    """The loop of vrgather; elements from beyond VLMAX are 0."""

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
            index = scalar
            if not has_scalar:
                index = unsigned(right[at_b + x] | 0, index_eew)
            value = 0
            if less_unsigned(index, most):
                value = left[at_a + index] | 0
            result[at_d + x] = value

    return loop


def _declare_gather(form: str, operand: str, field: str, funct3: str, right: str) -> None:
    is_vector = right == "vs1"
    run = make_dispatch({sew: make_gather_loop(sew, not is_vector) for sew in SEWS}, 0, 0, 0)
    is_legal = make_legality(0, 0, has_vs1=is_vector, may_overlap=False)
    Zve32x.instruction(
        f"vrgather.{form} vd, vs2, {operand}, vm",
        f"001100 vm vs2 {field} {funct3} vd 1010111",
        kind="vector",
        doc=f"vd[x] = vs2[{right}{'[x]' if is_vector else ''}], 0 from beyond VLMAX.",
    )(make_body(run, is_legal, right=right))


_declare_gather("vv", "vs1", "vs1", "000", "vs1")
_declare_gather("vx", "rs1", "rs1", "100", "rs1")
_declare_gather("vi", "imm:u", "imm[4:0]", "011", "imm")


def _gather_16() -> Any:
    """vrgatherei16: the indices have 16 bits whatever SEW is."""
    runs = {
        sew: make_dispatch({sew: make_gather_loop(16, False)}, 0, 0, 1 - log)
        for log, sew in enumerate(SEWS)
    }
    run_8, run_16, run_32, run_64 = runs.values()

    def run(
        v: Vector, vd: int, vs2: int, vs1: int, scalar: int, vm: int, mode: int, flags: Words
    ) -> None:
        run_8(v, vd, vs2, vs1, scalar, vm, mode, flags)
        run_16(v, vd, vs2, vs1, scalar, vm, mode, flags)
        run_32(v, vd, vs2, vs1, scalar, vm, mode, flags)
        run_64(v, vd, vs2, vs1, scalar, vm, mode, flags)

    def is_legal(v: Vector, vd: int, vs2: int, vs1: int, vm: int) -> bool:
        if not _NO_OVERLAP(v, vd, vs2, 0, vm):
            return False
        emul = group(v) + 1 - log_width(v)
        return is_group(emul) and is_aligned(vs1, emul) and not overlaps(vd, group(v), vs1, emul)

    return make_body(run, is_legal, right="vs1")


Zve32x.instruction(
    "vrgatherei16.vv vd, vs2, vs1, vm",
    "001110 vm vs2 vs1 000 vd 1010111",
    kind="vector",
    doc="vd[x] = vs2[vs1[x]], the elements of vs1 having 16 bits; 0 from beyond VLMAX.",
)(_gather_16())


def _make_compress_loop(sew: int) -> Callable[..., None]:
    def loop(
        v: Vector,
        result: Words,
        left: Words,
        right: Words,
        vd: int,
        at_d: int,
        at_a: int,
        at_b: int,
        vs1: int,
        vm: int,
        mode: int,
        flags: Words,
    ) -> None:
        to = at_d
        for x in range(v.config[VL]):
            if v.e8[vs1 * v.vlenb + (x >> 3)] >> (x & 7) & 1:
                result[to] = left[at_a + x] | 0
                to += 1

    return loop


_compress = make_dispatch({sew: _make_compress_loop(sew) for sew in SEWS}, 0, 0, 0)


@Zve32x.instruction("vcompress.vm vd, vs2, vs1", "010111 1 vs2 vs1 010 vd 1010111", kind="vector")
def vcompress(vd: int, vs2: int, vs1: int, v: Vector, fault: Words) -> None:
    """vd = the elements of vs2 whose bits of vs1 are set, side by side."""
    if not _NO_OVERLAP(v, vd, vs2, 0, 1) or overlaps(vd, group(v), vs1, 0):
        refuse(fault)
        return
    _compress(v, vd, vs2, 0, vs1, 1, 0, v.config)
