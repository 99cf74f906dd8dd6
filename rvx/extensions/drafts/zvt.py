"""Zvt: products of matrices into tiles of their own.

A tile holds C, vector registers hold A and B with a row of each in a register group, and an
instruction adds A^T B: tm rows and tn columns, in sums of tk products. tm and tk are fields of
mtype, tn is vl. `msetmtype` sets mtype and vtype together; whatever else sets vtype takes mtype
away.

Products of 8 and 16 bits go through the manual's bulk normalisation, which rounds to odd, and are
added as frm says; of 32 and 64 bits, products are rounded by frm and then added. Of the flags, only
NV and OF are raised.

Where the draft leaves a choice: reserved bits of a tile subset specifier are not looked at, as it
expects of most; tails are left as they are. The rows of a tile are as many as the extension
demands that is named beside it, such as Zvt32t, else 4.

Source: Zvt 0.3, riscv-isa-manual pull request 2997, src/unpriv/zvt.adoc; riscv-opcodes at c1d9bdf.
The words of msetmtype and what follows it are those of riscv-opcodes, which differ from the
draft's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rvx.extensions.vector.memory import LOADS, STORES
from rvx.formats.dot import chosen, vector
from rvx.formats.dot.chosen import SCRATCH, WORDS, pack, unpack
from rvx.formats.dot.step import INFINITE, Setting, summed
from rvx.formats.minifloat import Minifloat
from rvx.formats.minifloat import scalar as kernels
from rvx.formats.minifloat.catalogue import FP32, FP64
from rvx.formats.minifloat.rounding import NV, OF, Rounding
from rvx.isa import Extension, Memory, Words
from rvx.isa.bits import less_unsigned
from rvx.isa.memory import (
    FAULT_KIND,
    FAULT_MISALIGNED_LOAD,
    FAULT_MISALIGNED_STORE,
    FAULT_NONE,
    is_aligned,
)
from rvx.isa.real import (
    MEMORY,
    ZEROS,
    GatheredReal,
    MovedReal,
    Performed,
    Spot,
    Whole,
    add_products,
)
from rvx.isa.tiles import PLACES, Tiles, edge_of, place_32, place_64, step_of
from rvx.isa.vector.elementwise import generated
from rvx.isa.vector.plan import with_changes, with_moves, with_products, with_result
from rvx.isa.vector.setting import configure
from rvx.isa.vector.state import (
    ALTFMT,
    MTYPE,
    VL,
    VSTART,
    VTYPE,
    Vector,
    is_alternative,
    is_ill,
    is_ready,
    most_elements,
    refuse,
    width,
)
from rvx.isa.vector.state import group as log_group
from rvx.isa.vector.unit import VectorUnit

SOURCE = "riscv-isa-manual, pull request 2997, src/unpriv/zvt.adoc; riscv-opcodes at c1d9bdf"
MOST_EDGE = 256

Zvt = Extension(
    "Zvt",
    version="2026-08-19",
    doc="Draft: vectors, products of matrices into tiles",
    source=SOURCE,
    requires=("Zve64d",),
    vector_unit=VectorUnit(alternatives=8 + 16, edge=4),
)
Zvt.tile_file("mt")
_ROWS = 4 * MOST_EDGE
_TAME = WORDS
_APART = WORDS + 1
_SPREAD = _APART + 4 * _ROWS
_END = _SPREAD + 4 * _ROWS
"""Behind the setting of the accumulator: whether all factors are numbers, their significands and
exponents, and what `vector.make_spread` makes of them."""
Zvt.state("tile_operands", _END, "factors taken apart, within one instruction of tiles")
Zvt.csr_name("mtype", 0xC23)


def _sized(edge: int) -> Extension:
    return Extension(
        f"Zvt{edge}t",
        version="2026-08-19",
        doc=f"Draft: tiles of at least {edge} rows and columns",
        source=SOURCE,
        requires=("Zvt",),
        # A row of elements of 32 bits has to fit eight registers.
        vector_unit=VectorUnit(vlen=4 * edge, edge=edge),
    )


Zvt4t, Zvt8t, Zvt16t, Zvt32t, Zvt64t, Zvt128t, Zvt256t = (_sized(4 << i) for i in range(7))


# -- mtype ---------------------------------------------------------------------------------


def widening_in(mtype: int) -> int:
    """TEW / SEW; 0 while the matrix unit is not configured."""
    return 1 << (mtype & 3) >> 1


def depth_in(mtype: int) -> int:
    """tk."""
    return mtype >> 5 & 7


def rows_in(mtype: int) -> int:
    """tm."""
    return mtype >> 10 & 0x3FFF


def widening(v: Vector) -> int:
    """TEW / SEW; 0 while the matrix unit is not configured."""
    return widening_in(v.config[MTYPE])


def depth(v: Vector) -> int:
    """tk."""
    return depth_in(v.config[MTYPE])


def rows(v: Vector) -> int:
    """tm."""
    return rows_in(v.config[MTYPE])


def most_depth(sew: int) -> int:
    """KMAX."""
    if sew == 8:
        return 4
    return 2 if sew == 16 else 1


def most_length(v: Vector, edge: int) -> int:
    """The largest tm and tn: what a register group holds, and a tile."""
    return min(most_elements(v), edge_of(edge, width(v) * widening(v)))


def set_matrix(v: Vector, mtype: int, setting: int, xlen: int, edge: int) -> None:
    """Sets mtype and vtype; vl becomes 0."""
    configure(v, 0, False, setting, xlen, True)
    if is_ill(v) or mtype & 3 == 0:
        return
    sew, twiden = width(v), 1 << (mtype & 3) >> 1
    if sew * twiden > v.elen:
        v.config[VTYPE] = (v.config[VTYPE] | -1) << (xlen - 1)
        return
    in_register = 8 * v.vlenb // sew
    wanted = min(8 // most_depth(sew), 8 // twiden)
    wanted = min(wanted, (edge_of(edge, sew * twiden) + in_register - 1) // in_register)
    vlmul = 0
    while 2 << vlmul <= wanted:
        vlmul += 1
    v.config[VTYPE] = v.config[VTYPE] & -8 | vlmul | 0xC0
    v.config[MTYPE] = mtype & 3
    tk = min(mtype >> 5 & 7, most_depth(sew))
    tm = min(mtype >> 10 & 0x3FFF, most_length(v, edge))
    v.config[MTYPE] = mtype & 3 | tk << 5 | tm << 10


@Zvt.instruction("msetmtype rs1, rs2", "1000010 rs2 rs1 111 00000 1010111", kind="vector")
def msetmtype(rs1: int, rs2: int, v: Vector, mt: Tiles, xlen: int) -> None:
    """mtype = rs1 and vtype = rs2, with the register group that tiles want; vl = 0."""
    set_matrix(v, rs1, rs2, xlen, mt.edge)


@Zvt.instruction(
    "msetmtypei mtype:u, vsew:u",
    "1000100 vsew[1:0] 100 000 mtype[1:0] 111 00000 1010111",
    kind="vector",
)
def msetmtypei(mtype: int, vsew: int, v: Vector, mt: Tiles, xlen: int) -> None:
    """mtype = mtype and vtype = vsew, with the register group that tiles want; vl = 0."""
    set_matrix(v, mtype, vsew << 3, xlen, mt.edge)


def _bounded(value: int, most: int) -> int:
    return value if less_unsigned(value, most) else most


@Zvt.instruction("msettn rd, rs1", "1000100 00 000 rs1 111 rd 1010111", kind="vector")
def msettn(rs1: int, v: Vector, mt: Tiles) -> int:
    """rd = tn = vl = the smaller of rs1 and what a tile and a register group hold."""
    most = 0
    if not is_ill(v):
        most = most_elements(v) if widening(v) == 0 else most_length(v, mt.edge)
    v.config[VL] = _bounded(rs1, most)
    v.config[VSTART] = 0
    return v.config[VL]


@Zvt.instruction("msettm rd, rs1", "1000100 00 001 rs1 111 rd 1010111", kind="vector")
def msettm(rs1: int, v: Vector, mt: Tiles) -> int:
    """rd = tm = the smaller of rs1 and what a tile and a register group hold."""
    made = 0
    if widening(v) != 0:
        made = _bounded(rs1, most_length(v, mt.edge))
        v.config[MTYPE] = v.config[MTYPE] & (0x3FFF << 10 ^ -1) | made << 10
    v.config[VSTART] = 0
    return made


@Zvt.instruction("msettk rd, rs1", "1000100 00 010 rs1 111 rd 1010111", kind="vector")
def msettk(rs1: int, v: Vector) -> int:
    """rd = tk = the smaller of rs1 and what this width allows: 4, 2 or 1."""
    made = 0
    if widening(v) != 0:
        made = _bounded(rs1, most_depth(width(v)))
        v.config[MTYPE] = v.config[MTYPE] & (7 << 5 ^ -1) | made << 5
    v.config[VSTART] = 0
    return made


for _body, _what in (
    (msetmtype, "vtype"),
    (msetmtypei, "vtype"),
    (msettn, "length"),
    (msettm, "length"),
    (msettk, "length"),
):
    with_changes(_body, _what)


# -- rows and columns ----------------------------------------------------------------------


def make_place(eew: int) -> Callable[[int, int, int], int]:
    """place(edge, subset, x): of element x of a row or a column, by its tile subset specifier."""
    place, kept = PLACES[eew], step_of(eew) - 1 ^ 15

    def at(edge: int, subset: int, x: int) -> int:
        tile = subset >> 27 & kept
        index = subset & (edge_of(edge, eew) - 1)
        if subset >> 24 & 1 != 0:
            return place(edge, tile, x, index)
        return place(edge, tile, index, x)

    return at


_PLACED = {eew: make_place(eew) for eew in PLACES}


def _sew(how: Performed) -> int:
    return how.sew


def _line_spots(
    subset: str, other: str, width: Callable[[Performed], int], *, is_to_tile: bool
) -> Callable[[Performed], Iterator[tuple[int, int]]]:
    """The elements of the row or column that an operand names, and their places in another one."""

    def spots(how: Performed) -> Iterator[tuple[int, int]]:
        eew = width(how)
        place, named = _PLACED[eew], how.x(subset)
        first = how.values[other] * how.vlen if other else 0
        for x in range(min(how.vl, edge_of(how.edge, eew))):
            in_tile, elsewhere = place(how.edge, named, x) * eew, first + x * eew
            yield (in_tile, elsewhere) if is_to_tile else (elsewhere, in_tile)

    return spots


def make_move(eew: int, to_vector: bool) -> Callable[..., None]:
    """Moves a row or a column to vector registers, or from there."""
    place = make_place(eew)

    def move(lanes: Words, tiles: Words, edge: int, at: int, subset: int, x: int, end: int) -> None:
        for i in range(x, end):
            if to_vector:
                lanes[at + i] = tiles[place(edge, subset, i)] | 0
            else:
                tiles[place(edge, subset, i)] = lanes[at + i] | 0

    return move


def _make_move_body(to_vector: bool) -> Callable[..., None]:
    move_8, move_16, move_32, move_64 = (make_move(eew, to_vector) for eew in (8, 16, 32, 64))

    def body(register: int, subset: int, v: Vector, mt: Tiles, fault: Words) -> None:
        if is_ill(v) or widening(v) == 0 or register & ((1 << max(log_group(v), 0)) - 1) != 0:
            refuse(fault)
            return
        sew, n = width(v), v.vlenb
        x, end = v.config[VSTART] | 0, min(v.config[VL] | 0, edge_of(mt.edge, sew))
        at = register * n
        if sew == 8:
            move_8(v.e8, mt.e8, mt.edge, at, subset, x, end)
        elif sew == 16:
            move_16(v.e16, mt.e16, mt.edge, at >> 1, subset, x, end)
        elif sew == 32:
            move_32(v.e32, mt.e32, mt.edge, at >> 2, subset, x, end)
        else:
            move_64(v.e64, mt.e64, mt.edge, at >> 3, subset, x, end)
        v.config[VSTART] = 0

    return body


_to_vector, _to_tile = _make_move_body(True), _make_move_body(False)


@Zvt.instruction(
    "vtmv.v.t vd, rs1",
    "010000 1 11111 rs1 110 vd 1010111",
    kind="vector",
    real=MovedReal(_line_spots("rs1", "vd", _sew, is_to_tile=False), _sew, "vd", "mt"),
)
def vtmv_v_t(vd: int, rs1: int, v: Vector, mt: Tiles, fault: Words) -> None:
    """vd = the row or column that rs1 names, of elements of SEW."""
    _to_vector(vd, rs1, v, mt, fault)


@Zvt.instruction(
    "vtmv.t.v rs1, vs2",
    "010111 1 vs2 rs1 110 00000 1010111",
    kind="vector",
    real=MovedReal(_line_spots("rs1", "vs2", _sew, is_to_tile=True), _sew, "mt", "vs2"),
)
def vtmv_t_v(rs1: int, vs2: int, v: Vector, mt: Tiles, fault: Words) -> None:
    """The row or column that rs1 names = vs2, of elements of SEW."""
    _to_tile(vs2, rs1, v, mt, fault)


with_result(vtmv_v_t, "tile", 0)


def _make_access(eew: int, *, is_store: bool) -> Callable[..., None]:
    place, load, store, size = make_place(eew), LOADS[eew], STORES[eew], eew // 8
    kind = FAULT_MISALIGNED_STORE if is_store else FAULT_MISALIGNED_LOAD

    def transfer(
        tiles: Words, edge: int, base: int, subset: int, v: Vector, mem: Memory, fault: Words
    ) -> None:
        if is_ill(v) or widening(v) == 0 or eew > v.elen:
            refuse(fault)
            return
        for x in range(v.config[VSTART], min(v.config[VL] | 0, edge_of(edge, eew))):
            if not is_aligned(mem, kind, base + x * size, size):
                v.config[VSTART] = x
                return
            at = place(edge, subset, x)
            if is_store:
                store(mem, base + x * size, tiles[at] | 0)
            else:
                value = load(mem, base + x * size)
            if fault[FAULT_KIND] != FAULT_NONE:
                v.config[VSTART] = x
                return
            if not is_store:
                tiles[at] = value
        v.config[VSTART] = 0

    text = (
        "def access(rs2, rs1, v, mt, mem, fault):\n"
        f"    transfer(mt.e{eew}, mt.edge, rs1, rs2, v, mem, fault)\n"
    )
    made: Callable[..., None] = generated(text, "access", {"transfer": transfer})
    return with_moves(made, eew)


def _declare_access(eew: int, is_store: bool) -> None:
    letter, verb = ("s", "Stores") if is_store else ("l", "Loads")
    ends = ("mt", MEMORY)[:: -1 if is_store else 1]

    def width(how: Performed) -> int:
        return eew

    Zvt.instruction(
        f"vt{letter}e{eew} rs2, (rs1)",
        f"{eew.bit_length() - 4:03b} 1 00 1 rs2 rs1 111 00000 0{int(is_store)}00111",
        kind="store" if is_store else "load",
        doc=f"{verb} the row or column that rs2 names, of elements of {eew} bits, from rs1 on.",
        real=MovedReal(_line_spots("rs2", "", width, is_to_tile=not is_store), width, *ends),
    )(_make_access(eew, is_store=is_store))


for _eew in (8, 16, 32, 64):
    for _is_store in (False, True):
        _declare_access(_eew, _is_store)


# -- whole tiles ---------------------------------------------------------------------------


def is_tile(tile: int, width_of_element: int) -> bool:
    """Whether there is a tile of this number."""
    return tile & (step_of(width_of_element) - 1) == 0


def make_zero(tew: int) -> Callable[..., None]:
    """Zeros in the rows and columns of a product."""
    place = PLACES[tew]

    def zero(tiles: Words, edge: int, tile: int, tm: int, tn: int) -> None:
        for row in range(tm):
            for column in range(tn):
                tiles[place(edge, tile, row, column)] = 0

    return zero


_zero_8, _zero_16, _zero_32, _zero_64 = (make_zero(tew) for tew in (8, 16, 32, 64))


def _tew(how: Performed) -> int:
    return how.sew * widening_in(how.mtype)


def _positions(how: Performed) -> Iterator[tuple[int, int, int]]:
    """Row, column and first bit of every element of a product."""
    tew, tile = _tew(how), how.values["mtd"]
    place = PLACES[tew]
    for row in range(rows_in(how.mtype)):
        for column in range(min(how.vl, edge_of(how.edge, tew))):
            yield row, column, place(how.edge, tile, row, column) * tew


def _zero_spots(how: Performed) -> Iterator[tuple[int, int]]:
    return ((at, 0) for *_, at in _positions(how))


@Zvt.instruction(
    "vtzero mtd:mt",
    "010000 1 11110 00000 110 mtd[3:0] 0 1010111",
    kind="vector",
    real=MovedReal(_zero_spots, _tew, "mt", ZEROS),
)
def vtzero(mtd: int, v: Vector, mt: Tiles, fault: Words) -> None:
    """mtd = 0, in tm rows and tn columns, of elements as wide as the sums of products."""
    if not is_ready(v) or widening(v) == 0:
        refuse(fault)
        return
    tew = width(v) * widening(v)
    if not is_tile(mtd, tew):
        refuse(fault)
        return
    tm, tn = rows(v), min(v.config[VL] | 0, edge_of(mt.edge, tew))
    if tew == 8:
        _zero_8(mt.e8, mt.edge, mtd, tm, tn)
    elif tew == 16:
        _zero_16(mt.e16, mt.edge, mtd, tm, tn)
    elif tew == 32:
        _zero_32(mt.e32, mt.edge, mtd, tm, tn)
    else:
        _zero_64(mt.e64, mt.edge, mtd, tm, tn)


@Zvt.instruction("vtdiscard", "010000 1 11100 00000 110 00000 1010111", kind="vector")
def vtdiscard(v: Vector, fault: Words) -> None:
    """Tells that what tiles hold is needed no more; they keep it here."""
    if is_ill(v):
        refuse(fault)
        return
    v.config[VSTART] = 0


# -- products ------------------------------------------------------------------------------


def _product_spots(how: Performed) -> Iterator[Spot]:
    """Which elements of A and B each of C is made of."""
    if not (tk := depth_in(how.mtype)):
        return
    step = 8 // most_depth(how.sew) * how.vlen

    def factor(name: str, number: int) -> tuple[int, ...]:
        first = how.values[name] * how.vlen + number * how.sew
        return tuple(range(first, first + tk * step, step))

    for row, column, at in _positions(how):
        yield at, (factor("vs2", row), factor("vs1", column))


def _meaning(formats: Mapping[int, tuple[Any, ...]]) -> GatheredReal:
    """A product in real numbers: formats of C, A and B by SEW."""
    return GatheredReal(add_products, formats, ("vs2", "vs1"), _product_spots, "mt")


_Format = Callable[[Mapping[str, int]], Any]


def _chosen(usual: Any, alternative: Any) -> _Format:
    """The format that altfmt chooses."""
    return lambda values: alternative if values["vtype"] & ALTFMT else usual


def _integer_meaning(is_signed_a: bool) -> GatheredReal:
    total = Whole(32) if is_signed_a else _chosen(Whole(32, is_signed=False), Whole(32))
    return _meaning(
        {8: (total, Whole(8, is_signed_a), _chosen(Whole(8, is_signed=False), Whole(8)))}
    )


def _float_meaning(is_other: bool) -> GatheredReal:
    bytes_, halves = (
        [chosen.FORMATS[number] for number in numbers]
        for numbers in ((chosen.OF_E4M3, chosen.OF_E5M2), (chosen.OF_FP16, chosen.OF_BF16))
    )
    half = halves[is_other]
    formats: dict[int, tuple[Any, ...]] = {
        8: (FP32, bytes_[is_other], _chosen(*bytes_)),
        16: (FP32, half, half),
    }
    if not is_other:
        formats |= {32: (FP32, FP32, FP32), 64: (FP64, FP64, FP64)}
    return _meaning(formats)


def is_legal_product(v: Vector, mtd: int, vs2: int, vs1: int, sew: int, tew: int) -> bool:
    """Whether tiles and registers may stand in a product of elements of these widths."""
    if not is_ready(v) or width(v) != sew or widening(v) * sew != tew or not is_tile(mtd, tew):
        return False
    apart = 8 // most_depth(sew)
    held = (1 << log_group(v)) - 1
    return vs2 & 7 < apart and vs1 & 7 < apart and vs2 & held == 0 and vs1 & held == 0


def make_integers(is_signed_a: bool) -> Callable[..., None]:
    """Of bytes; the sign of vs1 is a choice of vtype."""

    def run(v: Vector, mt: Tiles, mtd: int, vs2: int, vs1: int, is_signed_b: bool) -> None:
        tm, tn, tk = rows(v), min(v.config[VL] | 0, mt.edge), depth(v)
        mask_a = -1 if is_signed_a else 255
        mask_b = -1 if is_signed_b else 255
        step = 2 * v.vlenb
        for row in range(tm):
            for column in range(tn):
                at = place_32(mt.edge, mtd, row, column)
                total = mt.e32[at] | 0
                for k in range(tk):
                    a = v.e8[vs2 * v.vlenb + k * step + row] & mask_a
                    b = v.e8[vs1 * v.vlenb + k * step + column] & mask_b
                    total += a * b
                mt.e32[at] = total

    return run


def _make_integer_body(is_signed_a: bool) -> Callable[..., None]:
    run = make_integers(is_signed_a)

    def body(mtd: int, vs2: int, vs1: int, v: Vector, mt: Tiles, fault: Words) -> None:
        if not is_legal_product(v, mtd, vs2, vs1, 8, 32):
            refuse(fault)
            return
        run(v, mt, mtd, vs2, vs1, is_alternative(v))

    return body


_ODD = int(Rounding.ROD)
_FAR = 1 << 16
_LOWEST, _HIGHEST = FP32.lsb_min, FP32.emax - 7
"""Digits and places of products whose sums are neither subnormal and inexact, nor overflow."""
_WIDE_BIAS, _WIDE_M = FP64.bias, FP64.m


def take_apart(
    fmt: int, lanes: Words, at: int, step: int, n: int, tk: int, work: Any, to: int
) -> int:
    """Takes the columns of a factor apart, tk in a row each; gives 1 if all are numbers."""
    is_tame = 1
    for column in range(n):
        for k in range(tk):
            made, exponent = unpack(fmt, lanes[at + k * step + column] | 0)
            place = to + 4 * column + k
            work[place], work[place + _ROWS] = made, exponent
            if exponent >= INFINITE:
                is_tame = 0
    return is_tame


def add_group(work: Any, row: int, column: int, tk: int, c: int) -> tuple[int, int]:
    """An accumulator after tk products of factors that have been taken apart, and flags."""
    cs, ce = unpack(chosen.OF_FP32, c)
    s, e, flags = summed(
        work,
        work[_APART : _APART + _ROWS],
        work[_APART + _ROWS : _APART + 2 * _ROWS],
        work[_APART + 2 * _ROWS : _APART + 3 * _ROWS],
        work[_APART + 3 * _ROWS : _SPREAD],
        4 * row,
        4 * column,
        tk,
        cs,
        ce,
        0,
        work[_TAME] | 0,
        work[SCRATCH:WORDS],
    )
    return pack(chosen.OF_FP32, s, e), flags


def make_bulk(sew: int) -> Callable[..., int]:
    """bulk(v, mt, mtd, lanes, vs2, vs1, left, right, mode, work): the flags of a product.

    Of factors of two formats into binary32, by bulk normalisation. Whole blocks go through the
    host's vector unit if all factors are numbers.
    """
    deepest = most_depth(sew)
    numbers = (chosen.OF_E4M3, chosen.OF_E5M2) if sew == 8 else (chosen.OF_FP16, chosen.OF_BF16)
    first = numbers[0]
    spread_first, spread_other = (vector.make_spread(chosen.FORMATS[number]) for number in numbers)
    add_block = vector.make_block(deepest, MOST_EDGE, _SPREAD)
    rows_of_both = 2 * deepest * MOST_EDGE

    def spread(
        lanes: Words, places: int, step: int, n: int, fmt: int, work: Any, at: int
    ) -> tuple[int, int, int]:
        """All factors of one side, see `vector.make_spread`."""
        is_tame, high, low = 1, -_FAR, _FAR
        for k in range(deepest):
            to = at + k * MOST_EDGE
            lane = places + k * step
            if fmt == first:
                is_one, place, digit = spread_first(
                    lanes, lane, n, work, to, to + deepest * MOST_EDGE
                )
            else:
                is_one, place, digit = spread_other(
                    lanes, lane, n, work, to, to + deepest * MOST_EDGE
                )
            is_tame &= is_one
            high, low = max(high, place), min(low, digit)
        return is_tame, high, low

    def bulk(
        v: Vector,
        mt: Tiles,
        mtd: int,
        lanes: Words,
        vs2: int,
        vs1: int,
        left: int,
        right: int,
        mode: int,
        work: Any,
    ) -> int:
        tm, tn, tk = rows(v), min(v.config[VL] | 0, mt.edge), depth(v)
        if tm == 0 or tn == 0 or tk == 0:
            return 0
        in_register = 8 * v.vlenb // sew
        at_a, at_b, step = vs2 * in_register, vs1 * in_register, in_register * 8 // deepest
        chosen.choose(work, left, right, chosen.OF_FP32, mode)
        chosen.normalise(work)
        chosen.round_groups(work, _ODD)
        chosen.in_groups(work, tk)
        kept = work[Setting.KEPT + 0] | 0
        is_tame, is_cut = 0, 0
        # What is read at once is 8 lanes, which have to be in a register.
        if mode == 0 and tk == deepest and in_register >= 8:
            is_tame, high_a, low_a = spread(lanes, at_a, step, tm, left, work, _SPREAD)
            is_also, high_b, low_b = spread(
                lanes, at_b, step, tn, right, work, _SPREAD + rows_of_both
            )
            is_tame &= is_also
            high, low = high_a + high_b, low_a + low_b
            if low < _LOWEST or high > _HIGHEST:
                is_tame = 0
            is_cut = 1 if low < high - kept else 0
        is_apart = False
        flags = 0
        for row in range(0, tm, 2):
            for column in range(0, tn, 4):
                if is_tame != 0 and row + 1 < tm and column + 3 < tn:
                    at_0 = place_32(mt.edge, mtd, row, column)
                    at_1 = place_32(mt.edge, mtd, row, column + 2)
                    below = (_WIDE_BIAS - kept) << _WIDE_M
                    if add_block(work, row, column, mt.e32, at_0, at_1, below, is_cut) == 0:
                        continue
                if not is_apart:
                    work[_TAME] = take_apart(left, lanes, at_a, step, tm, tk, work, _APART)
                    work[_TAME] &= take_apart(
                        right, lanes, at_b, step, tn, tk, work, _APART + 2 * _ROWS
                    )
                    is_apart = True
                for r in range(row, min(row + 2, tm)):
                    for c in range(column, min(column + 4, tn)):
                        at = place_32(mt.edge, mtd, r, c)
                        mt.e32[at], raised = add_group(work, r, c, tk, mt.e32[at] | 0)
                        flags |= raised
        return flags

    return bulk


_bulk_8, _bulk_16 = make_bulk(8), make_bulk(16)


def make_single(fmt: Minifloat) -> Callable[..., int]:
    """The product of factors of 32 or 64 bits: products are rounded, and then added."""
    multiply, add = kernels.make_mul(fmt), kernels.make_add(fmt)
    place, mask = (place_32, 0xFFFFFFFF) if fmt is FP32 else (place_64, -1)

    def run(
        v: Vector, lanes: Words, tiles: Words, edge: int, mtd: int, at_a: int, at_b: int, mode: int
    ) -> int:
        tm, tn = rows(v), min(v.config[VL] | 0, edge_of(edge, fmt_bits))
        if depth(v) == 0:
            tm = 0
        flags = 0
        for row in range(tm):
            for column in range(tn):
                at = place(edge, mtd, row, column)
                product, raised = multiply(
                    lanes[at_a + row] & mask, lanes[at_b + column] & mask, mode
                )
                flags |= raised
                tiles[at], raised = add(tiles[at] & mask, product, mode)
                flags |= raised
        return flags

    fmt_bits = fmt.bits
    return run


_single, _double = make_single(FP32), make_single(FP64)


def _make_float_body(is_other: bool) -> Callable[..., None]:
    """Of the two instructions for floats; one is for the formats that altfmt stands for."""
    of_byte = chosen.OF_E5M2 if is_other else chosen.OF_E4M3
    of_half = chosen.OF_BF16 if is_other else chosen.OF_FP16

    def body(
        mtd: int,
        vs2: int,
        vs1: int,
        v: Vector,
        mt: Tiles,
        tile_operands: Words,
        frm: int,
        fflags: Words,
        fault: Words,
    ) -> None:
        sew, is_alt = width(v), is_alternative(v)
        is_legal = frm <= 4 and is_legal_product(v, mtd, vs2, vs1, sew, max(sew, 32))
        if sew != 8 and is_alt != is_other:
            is_legal = False
        if sew >= 32 and is_other:
            is_legal = False
        if not is_legal:
            refuse(fault)
            return
        n = v.vlenb
        flags = 0
        if sew == 8:
            right = chosen.OF_E5M2 if is_alt else chosen.OF_E4M3
            flags = _bulk_8(v, mt, mtd, v.e8, vs2, vs1, of_byte, right, frm, tile_operands)
        elif sew == 16:
            flags = _bulk_16(v, mt, mtd, v.e16, vs2, vs1, of_half, of_half, frm, tile_operands)
        elif sew == 32:
            n >>= 2
            flags = _single(v, v.e32, mt.e32, mt.edge, mtd, vs2 * n, vs1 * n, frm)
        else:
            n >>= 3
            flags = _double(v, v.e64, mt.e64, mt.edge, mtd, vs2 * n, vs1 * n, frm)
        fflags[0] |= flags & (NV | OF)

    return body


def _declare_product(
    name: str, funct3: str, low: int, doc: str, body: Any, real: GatheredReal, flops: int = 0
) -> None:
    Zvt.instruction(
        f"{name}.tvv mtd:mt*2, vs2, vs1",
        f"111100 1 vs2 vs1 {funct3} mtd[3:1] 0 {low} 1110111",
        kind="vector",
        doc=f"mtd += vs2^T vs1, tm rows and tn columns of sums of tk products: {doc}",
        macs=1,
        flops=flops,
        real=real,
    )(with_products(body, lambda values, unit, xlen: ("TILE", unit.edge)))


for _name, _is_other, _what in (
    ("vtfmm", False, "E4M3 times E4M3 or with altfmt E5M2, binary16, binary32 or binary64."),
    ("vtfmm.alt", True, "E5M2 times E4M3 or with altfmt E5M2; with altfmt, BF16."),
):
    _body = _make_float_body(_is_other)
    _declare_product(_name, "001", int(_is_other), _what, _body, _float_meaning(_is_other), flops=2)
for _name, _is_signed, _what in (
    ("vtmmu", False, "unsigned bytes times unsigned ones, or with altfmt signed."),
    ("vtmms", True, "signed bytes times unsigned ones, or with altfmt signed."),
):
    _body = _make_integer_body(_is_signed)
    _declare_product(_name, "000", int(_is_signed), _what, _body, _integer_meaning(_is_signed))
