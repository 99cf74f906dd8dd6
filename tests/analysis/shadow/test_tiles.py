"""Products into tiles of their own (Zvt): which elements they take, and what moves carry along."""

from __future__ import annotations

import copy
import random
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from rvx.analysis.compare import compare, draw, prepare
from rvx.analysis.kernel import load
from rvx.analysis.shadow.engine import Shadow
from rvx.analysis.shadow.numbers import numbers_of
from rvx.analysis.shadow.report import report
from rvx.extensions import isa_for
from rvx.extensions.drafts.zvt import Zvt
from rvx.formats.minifloat.catalogue import E4M3FN, FP8, FP16, FP16ALT, FP32, FP64
from rvx.isa import Words
from rvx.isa.real import Whole
from rvx.isa.tiles import Tiles, place_32
from rvx.isa.vector.state import Vector
from tests.analysis.shadow.following import EXIT, follow

BYTES, POSITIVE = Whole(8), Whole(8, is_signed=False)
# Instruction, SEW, altfmt, TEW / SEW as mtype has it, tk, formats of both factors.
PRODUCTS = (
    ("vtfmm.tvv", 8, 0, 3, 4, E4M3FN, E4M3FN),
    ("vtfmm.tvv", 8, 1, 3, 3, E4M3FN, FP8),
    ("vtfmm.alt.tvv", 8, 0, 3, 4, FP8, E4M3FN),
    ("vtfmm.tvv", 16, 0, 2, 2, FP16, FP16),
    ("vtfmm.alt.tvv", 16, 1, 2, 1, FP16ALT, FP16ALT),
    ("vtfmm.tvv", 32, 0, 1, 1, FP32, FP32),
    ("vtfmm.tvv", 64, 0, 1, 1, FP64, FP64),
    ("vtmmu.tvv", 8, 0, 3, 4, POSITIVE, POSITIVE),
    ("vtmmu.tvv", 8, 1, 3, 2, POSITIVE, BYTES),
    ("vtmms.tvv", 8, 0, 3, 4, BYTES, POSITIVE),
)


def integers(fmt: Any, count: int, seed: str) -> bytes:
    """Random codes of integers from -2 to 2, or of 0 to 2."""
    numbers = numbers_of(fmt)
    wanted = [Fraction(number) for number in range(0 if fmt is POSITIVE else -2, 3)]
    if numbers.bits > 16:
        kind = np.float32 if fmt is FP32 else np.float64
        codes = [np.array(float(x), kind).tobytes() for x in wanted]
    else:
        size = numbers.bits // 8
        found = [code for code in range(1 << numbers.bits) if numbers.value(code) in wanted]
        codes = [code.to_bytes(size, "little") for code in found]
    rng = random.Random(seed)
    return b"".join(rng.choice(codes) for _ in range(count))


@pytest.mark.parametrize("case", PRODUCTS, ids=str)
def test_products_take_the_elements_that_are_declared(case: tuple[Any, ...]) -> None:
    """Sums of small integers are exact; each is done twice, with fewer rows than a tile has."""
    name, sew, alt, widen, tk, left, right = case
    vlen = 128
    rows, columns = (3, 2) if sew == 64 else (7, 5)
    group = 8 * vlen // sew
    data = [integers(fmt, group, f"{case}{fmt}") for fmt in (left, right)]
    source = f"""
        la a0, data
        vl8re8.v v8, (a0)
        addi a0, a0, {vlen}
        vl8re8.v v16, (a0)
        li t0, {tk << 5 | widen}
        li t1, {alt << 8 | (sew.bit_length() - 4) << 3}
        msetmtype t0, t1
        li t0, {rows}
        msettm t1, t0
        li t0, {columns}
        msettn t1, t0
        vtzero mt4
        {name} mt4, v8, v16
        {name} mt4, v8, v16
        {EXIT}
        .data
        .balign 8
        data: .byte {", ".join(map(str, b"".join(data)))}
    """
    run = follow(source, isa_for("rv64gcv_zvt8t", vlen=vlen))
    # The trace has what the shadow knows of it.
    shapes = [step.writes["mtype"] for step in run.steps if "mtype" in step.writes]
    assert shapes[-1] == rows << 10 | tk << 5 | widen
    sites = [run.at(name, which).site for which in (0, 1)]
    assert [site.results for site in sites] == [rows * columns] * 2
    assert [site.inexact for site in sites] == [0, 0], sites[0].worst
    assert not run.shadow.untold
    assert not run.shadow.restarts


def _of_halves(numbers: tuple[float, ...]) -> str:
    return ", ".join(hex(int(np.array(x, np.float32).view(np.uint32)) >> 16) for x in numbers)


def moved(between: str) -> Any:
    """1 + 2^-30, and something done before the 1 is taken away again, in column 2 of row 1."""
    ones = _of_halves((0, 1, 0, 0, 0, 0, 0, 0))
    third = _of_halves((0, 0, 1, 0, 0, 0, 0, 0))
    source = f"""
        la a0, data
        vsetivli zero, 8, e16, m1, ta, ma
        vle16.v v0, (a0)
        addi a0, a0, 16
        vle16.v v8, (a0)
        addi a0, a0, 16
        vle16.v v16, (a0)
        addi a0, a0, 16
        vle16.v v24, (a0)
        la a1, room
        li t0, 1 << 5 | 2
        li t1, 1 << 8 | 1 << 3
        msetmtype t0, t1
        li t0, 4
        msettm t1, t0
        msettn t1, t0
        vtzero mt0
        vtzero mt8
        vtfmm.alt.tvv mt0, v0, v8
        vtfmm.alt.tvv mt0, v0, v16
        {between}
        vtfmm.alt.tvv mt0, v0, v24
        {EXIT}
        .data
        .balign 16
        data: .half {ones}, {third}
        .half {_of_halves((0, 0, 2.0**-30, 0, 0, 0, 0, 0))}
        .half {_of_halves((0, 0, -1, 0, 0, 0, 0, 0))}
        .balign 16
        room: .zero 64
    """
    run = follow(source, isa_for("rv64gcv_zvt4t", vlen=128))
    return run.at("vtfmm.alt.tvv", 2).site.propagated


WORDS = "msetmtypei 1, 2\n msettn t1, t0\n"
BACK = (
    "li t2, 1 << 5 | 2\n li t3, 1 << 8 | 1 << 3\n msetmtype t2, t3\n msettm t1, t0\n msettn t1, t0"
)
ROW, COLUMN, AWAY = 1, 1 << 24 | 2, 8 << 27 | 2


@pytest.mark.parametrize(
    ("between", "is_kept"),
    [
        ("", True),
        # A row into memory and back, and a column.
        (f"li t4, {ROW}\n vtse32 t4, (a1)\n vtzero mt0\n vtle32 t4, (a1)", True),
        (f"li t4, {COLUMN}\n vtse32 t4, (a1)\n vtzero mt0\n vtle32 t4, (a1)", True),
        # Into a vector register, as a row, and back as a row.
        (
            f"{WORDS}\n li t4, {ROW}\n vtmv.v.t v4, t4\n {BACK}\n vtzero mt0\n {WORDS}\n"
            f"vmv1r.v v5, v4\n vtmv.t.v t4, v5\n {BACK}",
            True,
        ),
        # A row of another tile, from where the number comes back by ordinary loads and stores.
        (
            f"{WORDS}\n li t4, {ROW}\n vtse32 t4, (a1)\n li t5, {AWAY}\n vtle32 t5, (a1)\n"
            f"vtmv.v.t v4, t5\n vse32.v v4, (a1)\n vle32.v v6, (a1)\n vtmv.t.v t4, v6\n {BACK}",
            True,
        ),
        # What is written over ends, be it by the same bits.
        ("vtzero mt0", False),
        (
            f"{WORDS}\n li t5, 0x3f800000\n sw t5, 8(a1)\n li t4, {ROW}\n vtle32 t4, (a1)\n {BACK}",
            False,
        ),
        (
            f"{WORDS}\n li t5, 0x3f800000\n vmv.v.x v4, t5\n li t4, {COLUMN}\n"
            f"vtmv.t.v t4, v4\n {BACK}",
            False,
        ),
    ],
    ids=str,
)
def test_moves_carry_shadows_along(between: str, is_kept: bool) -> None:
    """All of 2^-30 is missing in the end: it is 0 where it should be 2^-30, in steps of 2^-53."""
    assert moved(between) == (2.0**23 if is_kept else 0)


def _prepared(name: str) -> tuple[Any, Any, Any, Any, Any, Any]:
    """A product that has run: blocks of several tiles, not all of them full."""
    kernel = load("gemm_drafts")
    variant = kernel.select([name])[0]
    inputs = draw(kernel, {"M": 37, "N": 21, "K": 48}, seed=5)
    numbers = kernel.numbers(variant)
    a, b = numbers.encode(inputs.a), numbers.encode_weights(inputs.b)
    shadow = Shadow("float64")
    prepared = prepare(kernel, variant, inputs.parameters, a, b, on_retired=shadow.take)
    shadow.attach(prepared.machine)
    assert prepared.call().trap is None
    result = prepared.result().astype(np.float64)
    followed = result.copy()
    for at, index in enumerate(np.ndindex(*prepared.shape)):
        for lane in shadow.store.load(prepared.c + 4 * at, 4).values():
            followed[index] = lane.shadow
    row = compare(kernel, inputs, [variant], shadow="float64").rows[0]
    assert row.born is not None
    return a, b, result, followed, row, report(shadow, prepared.machine, prepared.places)


def test_shadows_of_a_product_are_what_float64_says() -> None:
    """What a comparison says the arithmetic has added is the difference from the shadows."""
    a, b, result, followed, row, born = _prepared("zvt_bf16")
    assert np.count_nonzero(followed != result) > result.size // 2
    np.testing.assert_allclose(followed, a.values @ b.values.T, rtol=0, atol=1e-14)
    off = np.abs(result - followed)
    assert row.from_arithmetic.max_abs == pytest.approx(off.max(), rel=1e-6)
    assert row.from_arithmetic.mse == pytest.approx((off**2).mean(), rel=1e-6)
    assert [one.mnemonic for one in born.erring] == ["vtfmm.alt.tvv"] * 4
    assert row.born.to_json() == born.to_json()


def test_sums_of_bytes_reach_the_instruction_that_scales_them() -> None:
    """They are exact, and have no shadow before; what is left is one scale of all of them."""
    a, b, _, followed, row, born = _prepared("zvt_int8")
    sums = a.parts[0].astype(np.int64) @ b.parts[0].astype(np.int64).T
    scales = followed[sums != 0] / sums[sums != 0]
    np.testing.assert_allclose(scales, scales[0], rtol=1e-15, atol=0)
    assert scales[0] == pytest.approx(a.scale * b.scale, rel=2**-24)
    assert {one.mnemonic for one in born.erring} == {"vfmul.vf"}
    products = [one.site for one in born.findings if one.mnemonic == "vtmms.tvv"]
    assert sum(site.results for site in products) == 37 * 21 * 48 // 4
    assert row.born.to_json() == born.to_json()


def test_a_seeded_fault_is_named_first() -> None:
    """A copy of a product that is wrong in one element of the tile, among right ones."""
    right = Zvt.instructions["vtfmm.alt.tvv"]
    body: Any = right.body
    faulty = copy.copy(Zvt)
    faulty.instructions = dict(Zvt.instructions)

    def vtbad(
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
        """As vtfmm.alt.tvv, but wrong in row 2."""
        body(mtd, vs2, vs1, v, mt, tile_operands, frm, fflags, fault)
        mt.e32[place_32(mt.edge, mtd, 2, 1)] += 3

    vtbad.__module__ = body.__module__  # It may ask for what that one may.
    faulty.instruction(
        "vtbad.tvv mtd:mt*2, vs2, vs1",
        "111100 1 vs2 vs1 001 mtd[3:1] 0 1 0101011",
        kind="vector",
        real=right.real,
    )(vtbad)
    data = ", ".join(str(random.Random(1).randrange(0x3E00, 0x3FFF)) for _ in range(64))
    source = f"""
        la a0, data
        vsetivli zero, 8, e16, m1, ta, ma
        vle16.v v0, (a0)
        vle16.v v4, (a0)
        vle16.v v16, (a0)
        vle16.v v20, (a0)
        li t0, 2 << 5 | 2
        li t1, 1 << 8 | 1 << 3
        msetmtype t0, t1
        li t0, 4
        msettm t1, t0
        msettn t1, t0
        vtzero mt4
        vtfmm.alt.tvv mt4, v0, v16
        vtbad.tvv mt4, v0, v16
        vtfmm.alt.tvv mt4, v0, v16
        {EXIT}
        .data
        .balign 16
        data: .half {data}
    """
    run = follow(source, isa_for("rv64gcv", [faulty], vlen=128))
    first = run.report.findings[0]
    assert (first.mnemonic, round(first.site.peak)) == ("vtbad.tvv", 3)
    assert all(one.site.peak <= 0.5 for one in run.report.findings[1:])
