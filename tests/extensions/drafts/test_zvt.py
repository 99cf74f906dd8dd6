"""Zvt: tiles, their layout, and products into them, against exact fractions and NumPy.

    pytest -m long tests/extensions/drafts/test_zvt.py

does 4,000 products of floats with compiled bodies, and a loop of them in all tiers; some three
minutes, one of which is for compiling.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.emulator.handlers.interim import VARIABLE
from rvx.emulator.hart import Tier
from rvx.emulator.regions import select
from rvx.extensions import isa_for
from rvx.formats.dot import exact
from rvx.formats.dot.catalogue import rvbna
from rvx.formats.minifloat.catalogue import E4M3FN, FP8, FP16, FP16ALT, FP32, FP64
from rvx.formats.minifloat.exact.arithmetic import add, mul
from rvx.formats.minifloat.rounding import NV, OF, Rounding
from rvx.isa import IsaError
from rvx.isa.tiles import PLACES, edge_of, step_of
from rvx.isa.vector.state import ALTFMT, MTYPE, STATE

from ...formats.dot.cases import KINDS, codes
from ..vector.spike_lab import Bodies, Case
from ..words import check_word

ISA = "rv64gcv_zvt"
WORDS = {
    "msetmtype a0, a1": 0x84B57057,
    "msetmtypei 3, 0": 0x8841F057,
    "msettn t0, a0": 0x880572D7,
    "msettm t0, a0": 0x881572D7,
    "msettk t0, a0": 0x882572D7,
    "vtle8 a1, (a0)": 0x12B57007,
    "vtse8 a1, (a0)": 0x12B57027,
    "vtle16 a1, (a0)": 0x32B57007,
    "vtse16 a1, (a0)": 0x32B57027,
    "vtle32 a1, (a0)": 0x52B57007,
    "vtse32 a1, (a0)": 0x52B57027,
    "vtle64 a1, (a0)": 0x72B57007,
    "vtse64 a1, (a0)": 0x72B57027,
    "vtmv.v.t v8, a0": 0x43F56457,
    "vtmv.t.v a0, v8": 0x5E856057,
    "vtzero mt5": 0x43E06557,
    "vtdiscard": 0x43C06057,
    "vtfmm.tvv mt4, v16, v8": 0xF3041477,
    "vtfmm.alt.tvv mt4, v16, v8": 0xF30414F7,
    "vtmmu.tvv mt12, v16, v8": 0xF3040C77,
    "vtmms.tvv mt0, v16, v8": 0xF30400F7,
}
"""As riscv-opcodes has them at c1d9bdf: funct6 0x3c, 0x10 and 0x17, nf and mew of loads."""


@pytest.mark.parametrize("line", WORDS)
def test_words(line: str) -> None:
    check_word(line, WORDS[line], isa_for(ISA))


# -- where elements lie --------------------------------------------------------------------


def published_place(edge: int, tile: int, row: int, col: int, width: int) -> int:
    """The byte of an element, with the quotients and rests of the draft's text."""
    if width == 8:
        part, minor = tile, row % 4 * 4 + col % 4
        major = row // 4 * (edge // 4) + col // 4
    elif width == 16:
        part, minor = tile + row % 4 // 2, row % 2 * 4 + col % 2 * 2 + col // 2 % 2 * 8
        major = row // 4 * (edge // 4) + col // 4
    elif width == 32:
        part = tile + 2 * (row // (edge // 2)) + col % 4 // 2
        minor = row % 2 * 8 + col % 2 * 4
        major = row // 2 % (edge // 4) * (edge // 4) + col // 4
    else:
        part, minor = tile + row // (edge // 4), col % 2 * 8
        major = row % (edge // 4) * (edge // 4) + col // 2
    return part * edge * edge + major * 16 + minor


@pytest.mark.parametrize("edge", [4, 8, 16])
@pytest.mark.parametrize("width", [8, 16, 32, 64])
def test_every_byte_of_the_state_is_in_one_element(edge: int, width: int) -> None:
    seen = set()
    n = range(edge_of(edge, width))
    for tile in range(0, 16, step_of(width)):
        for row in n:
            for col in n:
                at = PLACES[width](edge, tile, row, col) * width // 8
                assert at == published_place(edge, tile, row, col, width)
                seen |= set(range(at, at + width // 8))
    assert seen == set(range(16 * edge * edge))


# -- configuration -------------------------------------------------------------------------

SET = """
_start: li      a0, {mtype}
        li      a1, {vtype}
        msetmtype a0, a1
        csrr    s0, mtype
        csrr    s1, vtype
        csrr    s2, vl
        li      t0, {avl}
        msettn  s3, t0
        msettm  s4, t0
        msettk  s5, t0
        csrr    s6, mtype
        csrr    s7, vl
        vsetivli zero, 4, e8, m1, ta, ma
        csrr    s8, mtype
        li      a7, 93
        ecall
"""


def configured(edge: int, vlen: int, mtype: int, vtype: int) -> tuple[int, int, int]:
    """mtype, vtype and the bound of tm and tn, by the draft's text."""
    ill = 1 << 63
    sew, lmul = 8 << (vtype >> 3 & 7), vtype & 7
    exponent = lmul - 8 if lmul > 3 else lmul
    fits = sew <= 64 and lmul != 4 and sew <= 64 * min(2.0**exponent, 1)
    if vtype >> 8 & 1 and sew > 16:
        fits = False
    if not fits or vtype >> 9:
        return 0, ill, 0
    twiden = (0, 1, 2, 4)[mtype & 3]
    if twiden == 0:
        return 0, vtype, int(vlen / sew * 2.0**exponent)
    tew = sew * twiden
    if tew > 64:
        return 0, ill, 0
    ete = edge if tew < 64 else edge // 2
    kmax = {8: 4, 16: 2}.get(sew, 1)
    eve = vlen // sew
    group = min(8 // kmax, 8 // twiden, -(-ete // eve))
    most = min(group * eve, ete)
    tk, tm = min(mtype >> 5 & 7, kmax), min(mtype >> 10 & 0x3FFF, most)
    return tm << 10 | tk << 5 | mtype & 3, vtype & ~7 | group.bit_length() - 1 | 0xC0, most


def test_what_the_configuration_becomes() -> None:
    rng = np.random.default_rng(4)
    for edge, vlen in ((4, 128), (32, 128), (16, 256), (64, 256)):
        isa = isa_for(f"{ISA}_zvt{edge}t_zvl{vlen}b")
        for _ in range(12):
            mtype = int(rng.integers(4)) | int(rng.integers(8)) << 5 | int(rng.integers(80)) << 10
            vtype = int(rng.integers(4)) << 3 | int(rng.integers(8)) | int(rng.integers(2)) << 8
            avl = int(rng.integers(100))
            program = SET.format(mtype=mtype, vtype=vtype, avl=avl)
            machine = Machine(assemble(program, isa), isa)
            assert machine.run().trap is None
            got = [machine.register(f"s{i}") for i in range(9)]
            made, after, most = configured(edge, vlen, mtype, vtype)
            length = min(avl, most)
            is_set = made & 3 != 0
            kmax = {0: 4, 1: 2}.get(vtype >> 3 & 7, 1)
            tm, tk = (length, min(avl, kmax)) if is_set else (0, 0)
            last = tm << 10 | tk << 5 | made & 3
            assert got == [made, after, 0, length, tm, tk, last, length, 0], (edge, vlen, mtype)


def test_a_row_has_to_fit_a_register_group() -> None:
    with pytest.raises(IsaError, match=r"VLEN is a power of two from 256 .*, not 128"):
        isa_for("rv64gcv_zvt64t_zvl128b")
    unit = isa_for("rv64gcv_zvt256t").vector
    assert unit is not None
    assert (unit.vlen, unit.edge) == (1024, 256)


# -- rows and columns ----------------------------------------------------------------------

LINES = """
_start: la      s0, data
        li      a0, 1
        li      a1, {vtype}
        msetmtype a0, a1
        li      t0, 64
        msettn  t0, t0
        li      s1, 0
row:    slli    t1, t0, {log}
        mul     t1, t1, s1
        add     t1, t1, s0
        li      t2, {tile} << 27
        add     t2, t2, s1
        vtle{width} t2, (t1)
        addi    s1, s1, 1
        blt     s1, t0, row
        la      s0, out
        li      s1, 0
column: slli    t1, t0, {log}
        mul     t1, t1, s1
        add     t1, t1, s0
        li      t2, {tile} << 27 | 1 << 24
        add     t2, t2, s1
        vtmv.v.t v8, t2
        vse{width}.v v8, (t1)
        addi    s1, s1, 1
        blt     s1, t0, column
        li      a0, 0
        li      a7, 93
        ecall
        .data
        .balign 8
data:   .zero   8192
out:    .zero   8192
"""


@pytest.mark.parametrize("width", [8, 16, 32, 64])
@pytest.mark.parametrize("tier", ["trap", "inline", "region"])
def test_rows_in_and_columns_out_is_a_transpose(
    width: int, tier: Tier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(select, "LEAST_WEIGHT", 2)
    isa = isa_for(f"{ISA}_zvt16t_zvl128b")
    log = width.bit_length() - 4
    text = LINES.format(vtype=log << 3, log=log, tile=8, width=width)
    machine = Machine(assemble(text, isa), isa, tier=tier)
    n, kind = edge_of(16, width), f"u{width // 8}"
    data = np.random.default_rng(width).integers(0, 1 << min(width, 62), (n, n)).astype(kind)
    machine.array("data", kind, (n, n))[:] = data
    result = machine.run()
    assert result.trap is None
    assert np.array_equal(machine.array("out", kind, (n, n)), data.T)
    assert np.array_equal(machine.tile("mt8", width), data)
    assert machine.registers()["mt8"] != 0
    assert machine.registers()["mt0"] == 0


def test_misaligned_rows_trap() -> None:
    isa = isa_for(f"{ISA}_zvt16t_zvl128b")
    text = LINES.format(vtype=2 << 3, log=2, tile=0, width=32).replace(
        "la      s0, data", "la s0, data+1"
    )
    result = Machine(assemble(text, isa), isa).run()
    assert result.trap is not None
    assert "misaligned" in str(result.trap) or "multiple" in str(result.trap)


# -- products ------------------------------------------------------------------------------


class Tiled(Bodies):
    """Performs one instruction with a matrix unit that is configured."""

    mtype = 0

    def _run(self, decoded) -> int:
        cause = super()._run(decoded)
        if decoded.instruction.mnemonic == "vsetvl":
            self.context.state(STATE, 8)[MTYPE] = self.mtype
        return cause


FLOATS = {
    ("vtfmm", 8, 0): (E4M3FN, E4M3FN),
    ("vtfmm", 8, 1): (E4M3FN, FP8),
    ("vtfmm.alt", 8, 0): (FP8, E4M3FN),
    ("vtfmm.alt", 8, 1): (FP8, FP8),
    ("vtfmm", 16, 0): (FP16, FP16),
    ("vtfmm.alt", 16, 1): (FP16ALT, FP16ALT),
    ("vtfmm", 32, 0): (FP32, FP32),
    ("vtfmm", 64, 0): (FP64, FP64),
}
"""Formats of vs2 and vs1, by the name, SEW and altfmt."""


def numbers(fmt, rng: np.random.Generator, shape: tuple[int, ...], kind: str):
    """Codes of one kind, of binary64 too, whose sign does not fit the other function."""
    if fmt != FP64:
        return codes(fmt, rng, shape, kind)
    fields = {"any": (0, 2047), "small": (510, 516), "large": (1530, 1536)}.get(kind, (1020, 1026))
    made = rng.integers(fields[0], fields[1] + 1, shape) << 52 | rng.integers(0, 1 << 52, shape)
    return np.where(rng.random(shape) < 0.5, made, made | np.int64(-(1 << 63)))


def quiet(fmt, numbers) -> list[int]:
    """Codes whose NaNs are quiet, as all NaNs of 8 bits are."""
    if fmt != FP8:
        return [int(x) for x in numbers]
    return np.where(np.asarray(numbers) & 0x7F > 0x7C, 0x7E, numbers).tolist()


def reference(fmts, a, b, c: int, mode: int) -> tuple[int, int]:
    """One element of a product, by the accumulator, or by two operations."""
    if fmts[0].bits <= 16:
        acc = replace(rvbna(*fmts, len(a), rounding=Rounding(mode)), stays_finite=True)
        found = exact.dot(acc, quiet(fmts[0], a), quiet(fmts[1], b), c)
        return found.code, found.flags & (NV | OF)
    mask = (1 << fmts[0].bits) - 1
    product, flags = mul(fmts[0], int(a[0]) & mask, int(b[0]) & mask, mode)
    total, more = add(fmts[0], c & mask, product, mode)
    return total, (flags | more) & (NV | OF)


def check_products(vlen: int, edge: int, rng: np.random.Generator, rounds: int, fast: bool) -> None:
    isa = isa_for(f"{ISA}_zvt{edge}t_zvl{vlen}b")
    bodies = Tiled(isa, fast, np.zeros(8192, np.uint8))
    tiles = bodies.context.state("mt", isa.states["mt"].words)
    vlenb = vlen // 8
    for (name, sew, alternative), fmts in FLOATS.items():
        for _ in range(rounds):
            tew, kmax = max(sew, 32), {8: 4, 16: 2}.get(sew, 1)
            ete = edge_of(edge, tew)
            group = min(8 // kmax, 8 * sew // tew, -(-ete * sew // vlen))
            tm, tn = (int(x) for x in rng.integers(1, min(12 if fast else 4, ete) + 1, 2))
            tk, mode = int(rng.integers(1, kmax + 1)), int(rng.integers(5))
            kind = KINDS[int(rng.integers(len(KINDS)))]
            a, b = (numbers(f, rng, (tk, n), kind) for f, n in zip(fmts, (tm, tn), strict=True))
            registers = rng.integers(0, 256, 32 * vlenb).astype(np.uint8)
            lanes = registers.view(f"u{sew // 8}")
            for k in range(tk):
                lanes[(8 + k * 8 // kmax) * vlen // sew :][:tm] = a[k]
                lanes[(16 + k * 8 // kmax) * vlen // sew :][:tn] = b[k]
            tiles[:] = rng.integers(-(1 << 63), 1 << 63, tiles.size)
            view = tiles.view(f"u{tew // 8}")
            number = 4 * int(rng.integers(4))
            c = numbers(FP32 if tew == 32 else FP64, rng, (tm, tn), "near")
            places = [[PLACES[tew](edge, number, i, j) for j in range(tn)] for i in range(tm)]
            view[places] = c.astype(view.dtype)
            wanted, raised = view.copy(), 0
            for i in range(tm):
                for j in range(tn):
                    made, flags = reference(fmts, a[:, i], b[:, j], int(c[i, j]), mode)
                    wanted[places[i][j]] = made & (1 << tew) - 1
                    raised |= flags
            bodies.mtype = tm << 10 | tk << 5 | (tew // sew).bit_length()
            vtype = 0xC0 | alternative * ALTFMT | (sew.bit_length() - 4) << 3
            vtype |= group.bit_length() - 1
            word = isa.instructions[f"{name}.tvv"].encode({"mtd": number, "vs2": 8, "vs1": 16})
            done = bodies.perform(
                Case(word, vtype, tn, 0, 0, mode << 5, (0, 0, 0), (0, 0), registers)
            )
            assert done.cause == 0, (name, sew, alternative, tm, tn, tk)
            assert np.array_equal(view, wanted), (name, sew, kind, mode, a, b, c)
            assert done.fcsr & 31 == raised, (name, sew, kind, mode, a, b, c)


def test_products_are_those_of_the_accumulator() -> None:
    check_products(128, 8, np.random.default_rng(5), 6, False)


@pytest.mark.long
@pytest.mark.parametrize(("vlen", "edge"), [(128, 32), (256, 16), (512, 8), (1024, 64)])
def test_products_for_a_long_time(vlen: int, edge: int) -> None:
    check_products(vlen, edge, np.random.default_rng([6, vlen]), 125, True)


def test_bytes() -> None:
    rng = np.random.default_rng(7)
    isa = isa_for(f"{ISA}_zvt16t_zvl128b")
    bodies = Tiled(isa, False, np.zeros(8192, np.uint8))
    tiles = bodies.context.state("mt", isa.states["mt"].words).view(np.int32)
    for name, kind in (("vtmmu", "u1"), ("vtmms", "i1")):
        for alternative, other in ((0, "u1"), (1, "i1")):
            registers = rng.integers(0, 256, 512).astype(np.uint8)
            lanes = registers.reshape(32, 16)
            tiles[:] = rng.integers(-(1 << 31), 1 << 31, tiles.size)
            a = lanes[[8, 10, 12]].view(kind)[:, :5].astype(np.int64)
            b = lanes[[16, 18, 20]].view(other)[:, :7].astype(np.int64)
            places = [[PLACES[32](16, 12, i, j) for j in range(7)] for i in range(5)]
            wanted = tiles.copy()
            wanted[places] += (a.T @ b).astype(np.int32)
            bodies.mtype = 5 << 10 | 3 << 5 | 3
            word = isa.instructions[f"{name}.tvv"].encode({"mtd": 12, "vs2": 8, "vs1": 16})
            case = Case(word, 0xC0 | alternative * ALTFMT, 7, 0, 0, 0, (0, 0, 0), (0, 0), registers)
            assert bodies.perform(case).cause == 0
            assert np.array_equal(tiles, wanted)


@pytest.mark.parametrize(
    ("name", "operands", "vtype", "mtype"),
    [
        ("vtmms.tvv", {"mtd": 0, "vs2": 8, "vs1": 16}, 0xC0, 0),  # not configured
        ("vtmms.tvv", {"mtd": 0, "vs2": 8, "vs1": 16}, 0xC0, 2),  # sums of 16 bits
        ("vtmms.tvv", {"mtd": 2, "vs2": 8, "vs1": 16}, 0xC0, 3),  # no tile of 32 bits
        ("vtmms.tvv", {"mtd": 0, "vs2": 10, "vs1": 16}, 0xC0, 3),  # rows beyond eight registers
        ("vtmms.tvv", {"mtd": 0, "vs2": 8, "vs1": 17}, 0xC1, 3),  # no multiple of LMUL
        ("vtfmm.tvv", {"mtd": 0, "vs2": 8, "vs1": 16}, 0xC8 | ALTFMT, 2),
        ("vtfmm.alt.tvv", {"mtd": 0, "vs2": 8, "vs1": 16}, 0xC8, 2),
        ("vtfmm.alt.tvv", {"mtd": 0, "vs2": 8, "vs1": 16}, 0xD0, 1),
        ("vtzero", {"mtd": 2}, 0xC0, 3),
        ("vtzero", {"mtd": 0}, 0xC0, 0),
    ],
)
def test_what_is_reserved(name: str, operands: dict[str, int], vtype: int, mtype: int) -> None:
    isa = isa_for(f"{ISA}_zvt16t_zvl128b")
    bodies = Tiled(isa, False, np.zeros(8192, np.uint8))
    bodies.mtype = mtype
    word = isa.instructions[name].encode(operands)
    registers = np.zeros(512, np.uint8)
    case = Case(word, vtype, 4, 0, 0, 0, (0, 0, 0), (0, 0), registers)
    assert bodies.perform(case).cause == 2
    if mtype == 0:
        bodies.mtype = 3
        assert bodies.perform(case).cause == 0


# -- a whole product in all tiers ----------------------------------------------------------

GEMM = """
_start: la      s0, a_data
        la      s1, b_data
        li      a0, 3
        li      a1, 0
        msetmtype a0, a1
        li      t0, 16
        msettn  t0, t0
        msettm  t0, t0
        li      t1, 4
        msettk  t1, t1
        vtzero  mt0
        li      s2, {rounds}
loop:   vle8.v  v8, (s0)
        addi    t2, s0, 16
        vle8.v  v10, (t2)
        vle8.v  v12, (s1)
        addi    t3, s1, 16
        vle8.v  v14, (t3)
        vle8.v  v16, (s1)
        vle8.v  v18, (s0)
        vle8.v  v20, (t3)
        vle8.v  v22, (t2)
        vt{name}.tvv mt0, v8, v16
        addi    s2, s2, -1
        bnez    s2, loop
        la      s3, out
        li      s4, 0
store:  vtse32  s4, (s3)
        addi    s3, s3, 64
        addi    s4, s4, 1
        bne     s4, t0, store
        frflags a0
        li      a7, 93
        ecall
        .data
        .balign 8
a_data: .zero   32
b_data: .zero   32
out:    .zero   1024
"""


@pytest.mark.parametrize("name", ["mms", pytest.param("fmm", marks=pytest.mark.long)])
def test_a_loop_in_all_tiers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(select, "LEAST_WEIGHT", 2)
    isa = isa_for(f"{ISA}_zvt16t_zvl128b")
    made = assemble(GEMM.format(rounds=40, name=name), isa)
    data = np.random.default_rng(8).integers(0, 256, 64).astype(np.uint8)
    found = []
    for tier, compiled in (("region", ""), ("inline", ""), ("trap", "never")):
        if compiled:
            monkeypatch.setenv(VARIABLE, compiled)
        machine = Machine(made, isa, tier=tier)
        machine.array("a_data", np.uint8, 64)[:] = data
        result = machine.run()
        assert result.trap is None
        found.append(
            (bytes(machine.array("out", np.uint8, 1024)), result.exit_code, result.instructions)
        )
    assert any(found[0][0])
    assert found[0] == found[1] == found[2]
