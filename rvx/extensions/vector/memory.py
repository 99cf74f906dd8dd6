"""Loads and stores of vectors: unit-stride, strided, indexed, segments, masks, whole registers.

Source: "V" 1.0, chapter on vector loads and stores. Elements are accessed in order. An access that
faults leaves vstart at its element, those before it done.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rvx.extensions.vector.zve32x import Zve32x
from rvx.isa import Memory, Words, memory
from rvx.isa.memory import FAULT_KIND, FAULT_NONE
from rvx.isa.vector import Vector
from rvx.isa.vector.arithmetic import unsigned
from rvx.isa.vector.elementwise import generated
from rvx.isa.vector.legality import is_aligned, is_group, may_write_over, overlaps, registers
from rvx.isa.vector.plan import Access, with_plan
from rvx.isa.vector.state import VL, VSTART, group, is_active, is_ill, log_width, refuse, width

LOADS = {8: memory.load_s8, 16: memory.load_s16, 32: memory.load_s32, 64: memory.load_64}
STORES = {8: memory.store_8, 16: memory.store_16, 32: memory.store_32, 64: memory.store_64}
WIDTH_FIELD = {8: "000", 16: "101", 32: "110", 64: "111"}
_LOAD, _STORE = "0000111", "0100111"
_LOG = {8: 0, 16: 1, 32: 2, 64: 3}


def make_transfer(
    eew: int, fields: int, *, is_store: bool, index_eew: int = 0, only_first_faults: bool = False
) -> Callable[..., None]:
    """The loop over elements that goes through memory.

    Args:
        eew: bits of an element in memory.
        fields: how many elements of a segment lie side by side.
        is_store: whether it stores.
        index_eew: bits of an index; 0 where elements are evenly spaced.
        only_first_faults: whether a later fault cuts vl instead.
    """
    load, store = LOADS[eew], STORES[eew]
    size = eew // 8

    def transfer(
        v: Vector,
        mem: Memory,
        fault: Words,
        lanes: Words,
        indices: Words,
        at_d: int,
        per_field: int,
        at_i: int,
        base: int,
        stride: int,
        vm: int,
        count: int,
    ) -> None:
        for x in range(v.config[VSTART], count):
            if vm == 0 and is_active(v, x) == 0:
                continue
            address = base + x * stride
            if index_eew != 0:
                address = base + unsigned(indices[at_i + x] | 0, index_eew)
            for field in range(fields):
                place = at_d + field * per_field + x
                if is_store:
                    store(mem, address + field * size, lanes[place] | 0)
                    value = 0
                else:
                    value = load(mem, address + field * size)
                if fault[FAULT_KIND] != FAULT_NONE:
                    if only_first_faults and x > 0:
                        fault[FAULT_KIND] = FAULT_NONE
                        v.config[VL] = x
                        v.config[VSTART] = 0
                        return
                    v.config[VSTART] = x
                    return
                if not is_store:
                    lanes[place] = value
        v.config[VSTART] = 0

    return transfer


def can_hold(v: Vector, vd: int, emul: int, fields: int, eew: int) -> bool:
    """Whether registers from vd on hold the fields of segments."""
    n = fields * registers(emul)
    return is_group(emul) and is_aligned(vd, emul) and n <= 8 and vd + n <= 32 and eew <= v.elen


def on_lanes(transfer: Callable[..., None], eew: int, index_eew: int = 0) -> Callable[..., None]:
    """A transfer of the registers as elements of that width, with indices of the other."""
    text = (
        "def run(v, mem, fault, at_d, per_field, at_i, base, stride, vm, count):\n"
        f"    transfer(v, mem, fault, v.e{eew}, v.e{index_eew or eew}, at_d, per_field, at_i,\n"
        "        base, stride, vm, count)\n"
    )
    made: Callable[..., None] = generated(text, "run", {"transfer": transfer})
    return made


def make_spaced(
    eew: int, fields: int, *, is_store: bool, has_stride: bool, only_first_faults: bool = False
) -> Any:
    """The body of an access to evenly spaced elements."""
    transfer = on_lanes(
        make_transfer(eew, fields, is_store=is_store, only_first_faults=only_first_faults), eew
    )
    log, size = _LOG[eew], eew // 8

    def is_legal(v: Vector, vd: int, vs2: int, vm: int, xlen: int) -> bool:
        emul = group(v) + log - log_width(v)
        if is_ill(v) or not can_hold(v, vd, emul, fields, eew):
            return False
        return is_store or vm == 1 or vd != 0

    def access(
        vd: int, base: int, stride: int, vm: int, v: Vector, mem: Memory, fault: Words
    ) -> None:
        if not is_legal(v, vd, 0, vm, 0):
            refuse(fault)
            return
        n = v.vlenb // size
        emul = group(v) + log - log_width(v)
        transfer(v, mem, fault, vd * n, registers(emul) * n, 0, base, stride, vm, v.config[VL])

    if has_stride:

        def strided(
            vd: int, rs1: int, rs2: int, vm: int, v: Vector, mem: Memory, fault: Words
        ) -> None:
            access(vd, rs1, rs2, vm, v, mem, fault)

        return with_plan(strided, Access("strided", eew, fields, is_store, is_legal))

    def unit(vd: int, rs1: int, vm: int, v: Vector, mem: Memory, fault: Words) -> None:
        access(vd, rs1, fields * size, vm, v, mem, fault)

    return with_plan(unit, Access("unit", eew, fields, is_store, is_legal))


def make_indexed(index_eew: int, fields: int, *, is_store: bool) -> Any:
    """The body of an access to elements at distances that a vector holds."""
    by_8, by_16, by_32, by_64 = (
        on_lanes(make_transfer(eew, fields, is_store=is_store, index_eew=index_eew), eew, index_eew)
        for eew in (8, 16, 32, 64)
    )
    log, size = _LOG[index_eew], index_eew // 8

    def is_legal(v: Vector, vd: int, vs2: int, vm: int, xlen: int) -> bool:
        if is_ill(v):
            return False
        lmul = group(v)
        wider = log_width(v) - log
        i_emul = lmul - wider
        if not (can_hold(v, vd, lmul, fields, 8) and is_group(i_emul)):
            return False
        if not is_aligned(vs2, i_emul) or index_eew > v.elen or index_eew > xlen:
            return False
        if is_store:
            return True
        for field in range(fields):
            at = vd + field * registers(lmul)
            if fields > 1 and overlaps(at, lmul, vs2, i_emul):
                return False
            if not may_write_over(at, lmul, vs2, i_emul, wider):
                return False
        return vm == 1 or vd != 0

    def indexed(
        vd: int, rs1: int, vs2: int, vm: int, v: Vector, mem: Memory, fault: Words, xlen: int
    ) -> None:
        if not is_legal(v, vd, vs2, vm, xlen):
            refuse(fault)
            return
        n = v.vlenb
        step = registers(group(v)) * n
        at_i = vs2 * n // size
        count, sew = v.config[VL], width(v)
        if sew == 8:
            by_8(v, mem, fault, vd * n, step, at_i, rs1, 0, vm, count)
        elif sew == 16:
            by_16(v, mem, fault, vd * n >> 1, step >> 1, at_i, rs1, 0, vm, count)
        elif sew == 32:
            by_32(v, mem, fault, vd * n >> 2, step >> 2, at_i, rs1, 0, vm, count)
        else:
            by_64(v, mem, fault, vd * n >> 3, step >> 3, at_i, rs1, 0, vm, count)

    return with_plan(indexed, Access("indexed", 0, fields, is_store, is_legal, index_eew))


def make_whole(eew: int, count: int, *, is_store: bool) -> Any:
    """The body of an access to whole registers, whatever vtype says."""
    transfer = on_lanes(make_transfer(eew, 1, is_store=is_store), eew)
    size = eew // 8

    def is_legal(v: Vector, vd: int, vs2: int, vm: int, xlen: int) -> bool:
        return vd & (count - 1) == 0 and eew <= v.elen

    def whole(vd: int, rs1: int, v: Vector, mem: Memory, fault: Words) -> None:
        if not is_legal(v, vd, 0, 1, 0):
            refuse(fault)
            return
        n = v.vlenb // size
        transfer(v, mem, fault, vd * n, 0, 0, rs1, size, 1, count * n)

    return with_plan(whole, Access("whole", eew, count, is_store, is_legal))


def make_mask_access(*, is_store: bool) -> Any:
    """The body of an access to as many bytes as the bits of vl elements take."""
    transfer = on_lanes(make_transfer(8, 1, is_store=is_store), 8)

    def is_legal(v: Vector, vd: int, vs2: int, vm: int, xlen: int) -> bool:
        return not is_ill(v)

    def access(vd: int, rs1: int, v: Vector, mem: Memory, fault: Words) -> None:
        if not is_legal(v, vd, 0, 1, 0):
            refuse(fault)
            return
        count = v.config[VL] + 7 >> 3
        transfer(v, mem, fault, vd * v.vlenb, 0, 0, rs1, 1, 1, count)

    return with_plan(access, Access("mask", 8, 1, is_store, is_legal))


def _declare(
    mnemonic: str, operands: str, bits: str, *, is_store: bool, doc: str, body: Any
) -> None:
    Zve32x.instruction(
        f"{mnemonic} vd, {operands}",
        f"{bits} vd {_STORE if is_store else _LOAD}",
        kind="store" if is_store else "load",
        doc=doc,
    )(body)


def _declare_spaced(is_store: bool, eew: int, fields: int) -> None:
    verb = "s" if is_store else "l"
    segment = f"seg{fields}" if fields > 1 else ""
    what = f"{fields} fields of {eew} bits" if fields > 1 else f"elements of {eew} bits"
    does = "Stores" if is_store else "Loads"
    nf, w = f"{fields - 1:03b}", WIDTH_FIELD[eew]
    _declare(
        f"v{verb}{segment}e{eew}.v",
        "(rs1), vm",
        f"{nf} 0 00 vm 00000 rs1 {w}",
        is_store=is_store,
        doc=f"{does} {what} side by side from rs1 on.",
        body=make_spaced(eew, fields, is_store=is_store, has_stride=False),
    )
    _declare(
        f"v{verb}s{segment}e{eew}.v",
        "(rs1), rs2, vm",
        f"{nf} 0 10 vm rs2 rs1 {w}",
        is_store=is_store,
        doc=f"{does} {what}, every rs2 bytes from rs1 on.",
        body=make_spaced(eew, fields, is_store=is_store, has_stride=True),
    )
    for mop, order, words in (("01", "u", "in any order"), ("11", "o", "in order")):
        _declare(
            f"v{verb}{order}x{segment}ei{eew}.v",
            "(rs1), vs2, vm",
            f"{nf} 0 {mop} vm vs2 rs1 {w}",
            is_store=is_store,
            doc=f"{does} {f'{fields} fields' if fields > 1 else 'elements'} of SEW bits at rs1 "
            f"plus the {eew}-bit offsets of vs2, {words}.",
            body=make_indexed(eew, fields, is_store=is_store),
        )
    if not is_store:
        _declare(
            f"vl{segment}e{eew}ff.v",
            "(rs1), vm",
            f"{nf} 0 00 vm 10000 rs1 {w}",
            is_store=False,
            doc=f"Loads {what} from rs1 on; a fault behind the first one cuts vl instead.",
            body=make_spaced(eew, fields, is_store=False, has_stride=False, only_first_faults=True),
        )


for _eew in (8, 16, 32, 64):
    for _fields in range(1, 9):
        for _is_store in (False, True):
            _declare_spaced(_is_store, _eew, _fields)
    for _count in (1, 2, 4, 8):
        _declare(
            f"vl{_count}re{_eew}.v",
            "(rs1)",
            f"{_count - 1:03b} 0 00 1 01000 rs1 {WIDTH_FIELD[_eew]}",
            is_store=False,
            doc=f"Loads {_count} whole registers.",
            body=make_whole(_eew, _count, is_store=False),
        )
for _count in (1, 2, 4, 8):
    _declare(
        f"vs{_count}r.v",
        "(rs1)",
        f"{_count - 1:03b} 0 00 1 01000 rs1 000",
        is_store=True,
        doc=f"Stores {_count} whole registers.",
        body=make_whole(8, _count, is_store=True),
    )
    Zve32x.alias(f"vl{_count}r.v vd, (rs1)", f"vl{_count}re8.v vd, rs1")
for _is_store in (False, True):
    _declare(
        f"v{'s' if _is_store else 'l'}m.v",
        "(rs1)",
        "000 0 00 1 01011 rs1 000",
        is_store=_is_store,
        doc=f"{'Stores' if _is_store else 'Loads'} the bits of vl elements.",
        body=make_mask_access(is_store=_is_store),
    )
Zve32x.alias("vle1.v vd, (rs1)", "vlm.v vd, rs1", is_printed=False)
Zve32x.alias("vse1.v vd, (rs1)", "vsm.v vd, rs1", is_printed=False)
