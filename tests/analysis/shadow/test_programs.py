"""Programs whose errors can be computed by hand: where they are born, and what it is called."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from rvx.analysis.shadow.report import told
from rvx.analysis.shadow.sites import MeaningProblem
from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.extensions import isa_for, load
from rvx.extensions.rv_f import F
from rvx.formats.minifloat import FP32
from rvx.isa import Extension
from rvx.isa.real import Real
from tests.analysis.shadow.following import EXIT, follow

FLOATS = isa_for("rv64gc_zfh")
SMALL = isa_for("rv64gc_xsmallfloat")
POSITS = isa_for("rv64gc_xposit")


@pytest.fixture(scope="module", params=["exact", "float64"])
def mode(request: pytest.FixtureRequest) -> str:
    """Both kinds of shadows."""
    return str(request.param)


def test_what_cancels_was_lost_before(mode: str) -> None:
    """(1 + eps) - 1 is 0: the addition loses eps, and the subtraction, exact itself, shows it."""
    source = f"""
        la a0, data
        flw fa0, 0(a0)
        flw fa1, 4(a0)
        fadd.s fa2, fa0, fa1
        fsub.s fa3, fa2, fa0
        {EXIT}
        .data
        data: .float 1, 0x1p-30
    """
    run = follow(source, FLOATS, mode)
    born, shown = run.at("fadd.s"), run.at("fsub.s")
    assert born.site.peak == 2.0**-7  # of a step of 2^-23
    assert born.events == {"term lost": 1}
    assert born.site.propagated == 2.0**-7
    assert (shown.site.inexact, shown.site.peak) == (0, 0)
    assert shown.events == {"cancellation": 1}
    assert shown.site.propagated == 2.0**23  # All of 2^-30, in steps of 2^-53.
    assert run.report.findings[0] is born


def test_what_is_right_has_no_error(mode: str) -> None:
    """5 - 3 cancels, but nothing is wrong with it."""
    source = f"""
        li t0, 5
        li t1, 3
        fcvt.s.w fa0, t0
        fcvt.s.w fa1, t1
        fsub.s fa2, fa0, fa1
        fsub.s fa3, fa0, fa0
        fdiv.s fa4, fa0, fa2
        fsqrt.s fa5, fa3
        {EXIT}
    """
    run = follow(source, FLOATS, mode)
    assert not run.report.erring
    assert list(run.report.sentences()) == [
        "No instruction that computes numbers gave an inexact result."
    ]
    assert {one.mnemonic for one in run.report.findings} == {
        *("fcvt.s.w", "fsub.s", "fdiv.s", "fsqrt.s")
    }


@pytest.mark.parametrize(
    ("suffix", "isa", "limit"), [("h", FLOATS, 2048), ("b", SMALL, 8)], ids=["fp16", "fp8"]
)
def test_a_sum_of_ones_stops(suffix: str, isa: Any, limit: int, mode: str) -> None:
    """From 2^p on, every further 1 is lost: half a step each."""
    rounds = limit + 5
    source = f"""
        li t0, 1
        fcvt.{suffix}.w fa0, t0
        fcvt.{suffix}.w fa1, zero
        li t1, {rounds}
        loop: fadd.{suffix} fa1, fa1, fa0
        addi t1, t1, -1
        bnez t1, loop
        {EXIT}
    """
    run = follow(source, isa, mode)
    site = run.at(f"fadd.{suffix}").site
    assert (site.results, site.absorptions, site.inexact) == (rounds, 5, 5)
    assert (site.peak, site.total) == (0.5, 2.5)
    assert site.propagated == 2.5  # 5 in steps of 2
    assert site.worst is not None
    assert site.worst.shadow == limit + 1  # The first one is as bad as any.


def test_overflow_of_fp16(mode: str) -> None:
    """65504 * 2 is infinite; so is what is computed of it, which is nobody's fault."""
    source = f"""
        la a0, data
        flh fa0, 0(a0)
        flh fa1, 2(a0)
        fmul.h fa2, fa0, fa1
        fadd.h fa3, fa2, fa1
        {EXIT}
        .data
        data: .half 0x7bff, 0x4000
    """
    run = follow(source, FLOATS, mode)
    site = run.at("fmul.h").site
    assert run.at("fmul.h").events == {"overflow": 1}
    assert site.worst is not None
    assert (site.worst.exact, site.worst.local) == (131008, None)
    assert "gave inf (0x7c00), exactly 131008" in told(site.worst)
    assert not [one for one in run.report.findings if one.mnemonic == "fadd.h"]
    assert run.report.findings[0] is run.at("fmul.h")


def test_underflow_and_what_has_no_result(mode: str) -> None:
    source = f"""
        la a0, data
        flh fa0, 0(a0)
        fmul.h fa1, fa0, fa0
        flh fa2, 2(a0)
        fdiv.h fa3, fa0, fa2
        fsqrt.h fa4, fa2
        flh fa5, 4(a0)
        fsqrt.h fa5, fa5
        {EXIT}
        .data
        data: .half 0x0400, 0, 0xbc00
    """
    run = follow(source, FLOATS, mode)
    assert run.at("fmul.h").events == {"underflow": 1}
    assert run.at("fdiv.h").events == {"undefined": 1}
    assert run.at("fsqrt.h").events == {}
    assert run.at("fsqrt.h", 1).events == {"undefined": 1}
    worst = run.at("fdiv.h").site.worst
    assert worst is not None
    assert told(worst).endswith("rs2 = 0 (0x0000) gave inf (0x7c00), where there is no result")


def test_exsdotp_rounds_once_where_separate_instructions_round_twice() -> None:
    """1 + 2^-12 * 1 + 2^-12 * 1 in FP16 x FP16 -> FP32 is exact; in FP16 both are lost."""
    source = f"""
        la a0, data
        fld fa0, 0(a0)
        fld fa1, 8(a0)
        fld fa2, 16(a0)
        vfdotpex.s.h fa2, fa0, fa1
        flh fa3, 24(a0)
        flh fa4, 0(a0)
        flh fa5, 8(a0)
        fmadd.h fa3, fa4, fa5, fa3
        fmadd.h fa3, fa4, fa5, fa3
        {EXIT}
        .data
        data: .half 0x0c00, 0x0c00, 0, 0
        .half 0x3c00, 0x3c00, 0, 0
        .float 1, 0
        .half 0x3c00
    """
    run = follow(source, SMALL)
    fused, first, second = run.at("vfdotpex.s.h"), run.at("fmadd.h"), run.at("fmadd.h", 1)
    assert (fused.site.results, fused.site.inexact) == (2, 0)
    assert (first.site.peak, second.site.peak) == (0.25, 0.25)
    assert (first.site.propagated, second.site.propagated) == (0.25, 0.5)
    assert first.events == second.events == {"term lost": 1}


def test_fmode_chooses_the_format() -> None:
    """The same bits are 1.5 of E5M2 and of E4M3 something else; fcsr and fmode both say which."""
    for switch in ("csrwi fmode, 3", "li t0, 0x300\n csrw fcsr, t0"):
        source = f"""
            {switch}
            la a0, data
            flb fa0, 0(a0)
            fmul.b fa1, fa0, fa0
            csrwi fmode, 0
            fmul.b fa2, fa0, fa0
            {EXIT}
            .data
            data: .byte 0x3d
        """
        run = follow(source, SMALL)
        alternate, usual = (run.at("fmul.b", which).site.worst for which in (0, 1))
        assert alternate is not None
        assert usual is not None
        assert (alternate.numbers.name, usual.numbers.name) == ("float8_e4m3", "float8_e5m2")
        assert (alternate.exact, usual.exact) == (Fraction(13, 8) ** 2, Fraction(5, 4) ** 2)


def test_a_quire_makes_no_error() -> None:
    """1e9 + 2^-20 * 2^-20 - 1e9 by a quire and by posits."""
    source = f"""
        la a0, data
        plw pt0, 0(a0)
        plw pt1, 4(a0)
        plw pt2, 8(a0)
        qclr.s
        qmadd.s pt0, pt2
        qmadd.s pt1, pt1
        qround.s pt5
        qmsub.s pt0, pt2
        qround.s pt3
        pmul.s pt4, pt1, pt1
        padd.s pt4, pt4, pt0
        psub.s pt4, pt4, pt0
        {EXIT}
        .data
        data: .posit32 1e9, 9.5367431640625e-07, 1
    """
    run = follow(source, POSITS)
    for name in ("qmadd.s", "qmsub.s"):
        assert run.at(name).site.total == 0
        assert run.at(name).site.results
    assert run.at("qround.s").site.inexact == 1
    assert (run.at("qround.s", 1).site.inexact, run.at("qround.s", 1).site.propagated) == (0, 0)
    assert run.at("padd.s").events == {"term lost": 1}
    assert run.at("psub.s").events == {"cancellation": 1}
    assert run.at("psub.s").site.propagated == 2.0**18  # All of 2^-40, which has 18 bits behind 1.


def _faulty(name: str, body: Callable[..., Any], real: Real) -> Extension:
    """A copy of fadd.s whose body gives the next number."""
    made = Extension(name, version="1", doc="A copy with a fault", requires=("D",))

    @made.instruction("fadd2.s rd:f, rs1:f, rs2:f, rm", "0000001 rs2 rs1 rm rd 0101011", real=real)
    def fadd2(rs1: int, rs2: int, rm: int, fflags: Any) -> int:
        """rd = rs1 + rs2, and a step more."""
        result: int = body(rs1, rs2, rm, fflags) + 1
        return result

    return made


def test_a_seeded_fault_is_named_first() -> None:
    """A copy of a body that is wrong by one step, among many right instructions."""
    right = F.instructions["fadd.s"]
    assert right.body is not None
    faulty = _faulty("Xfaulty", right.body, Real(lambda rs1, rs2: (rs1, rs2), FP32))
    isa = isa_for("rv64gc", [faulty])
    source = f"""
        la a0, data
        flw fa0, 0(a0)
        flw fa1, 4(a0)
        fmv.s fa2, fa1
        li t0, 200
        loop: fmul.s fa3, fa2, fa0
        fmadd.s fa2, fa3, fa0, fa1
        fdiv.s fa4, fa2, fa0
        addi t0, t0, -1
        bnez t0, loop
        fadd2.s fa5, fa2, fa4
        {EXIT}
        .data
        data: .float 0.7, 0.3
    """
    run = follow(source, isa)
    first = run.report.findings[0]
    assert first.mnemonic == "fadd2.s"
    assert 0.5 < first.site.peak <= 1.5
    assert all(one.site.peak <= 0.5 for one in run.report.findings[1:])


def test_integer_code_that_makes_the_bits_anew_makes_a_new_number() -> None:
    """A number with an error is written over, with the same bits, in a register and in memory."""
    source = f"""
        la a0, data
        flw fa0, 0(a0)
        flw fa1, 4(a0)
        fadd.s fa2, fa0, fa1
        fsw fa2, 8(a0)
        fmv.x.w t0, fa2
        lw t1, 8(a0)
        fmv.w.x fa3, t1
        fsub.s fa3, fa3, fa0
        li t2, 0x3f800000
        sw t2, 8(a0)
        flw fa4, 8(a0)
        fsub.s fa4, fa4, fa0
        li t0, 0x3f800000
        fmv.w.x fa5, t0
        fsub.s fa5, fa5, fa0
        {EXIT}
        .data
        data: .float 1, 0x1p-30, 0
    """
    run = follow(source, FLOATS)
    shown = [run.at("fsub.s", which).site.propagated for which in range(3)]
    assert shown == [2.0**23, 0, 0]


def test_moves_and_packs_carry_shadows() -> None:
    """Through sgnj, x registers, memory in halves and doubles, memcpy by integers, and packs."""
    source = f"""
        la a0, data
        flh fa0, 0(a0)
        flh fa1, 2(a0)
        fadd.h fa2, fa0, fa1
        fneg.h fa3, fa2
        fabs.h fa3, fa3
        fmv.x.h t0, fa3
        sh t0, 8(a0)
        ld t1, 8(a0)
        mv t2, t1
        sd t2, 16(a0)
        flh fa4, 16(a0)
        fcvt.s.h fa5, fa4
        vfcpka.h.s fa6, fa5, fa5
        vfmv.x.h t3, fa6
        vfmv.h.x fa7, t3
        vfadd.h ft0, fa7, fa7
        {EXIT}
        .data
        data: .half 0x3c00, 0x0400, 0, 0
        .dword 0, 0
    """
    run = follow(source, SMALL)
    site = run.at("vfadd.h").site
    # Two lanes hold 1 for 1 + 2^-14 each, and so 2 for 2 + 2^-13; steps of 2^-9.
    assert site.propagated == 2.0**-4
    assert run.at("fadd.h").site.peak == 2.0**-4
    assert not run.shadow.restarts


def test_counts_and_results_are_those_of_a_run_without() -> None:
    source = """
        li t1, 300
        li t0, 3
        fcvt.s.w fa0, t0
        fmv.s fa1, fa0
        loop: fdiv.s fa1, fa0, fa1
        fadd.s fa1, fa1, fa0
        addi t1, t1, -1
        bnez t1, loop
        fmv.x.w a0, fa1
        li a7, 93
        andi a0, a0, 0
        ecall
    """
    run = follow(source, FLOATS)
    plain = Machine(assemble(source, FLOATS), FLOATS).run()
    assert run.result.by_mnemonic == plain.by_mnemonic
    assert run.result.instructions == plain.instructions == run.shadow.instructions
    assert run.result.executions == plain.executions
    assert run.result.float_bits == plain.float_bits


def test_instructions_without_a_meaning_are_named() -> None:
    made = Extension("Xown", version="1", doc="An instruction nobody knows", requires=("F",))

    @made.instruction("twiddle rd:f, rs1:f", "0000001 00000 rs1 000 rd 0101011")
    def twiddle(rs1: int) -> int:
        """rd = rs1 with its lowest bit turned."""
        return rs1 ^ 1

    source = f"""
        la a0, data
        flw fa0, 0(a0)
        flw fa1, 4(a0)
        fadd.s fa2, fa0, fa1
        twiddle fa3, fa2
        fsub.s fa3, fa3, fa0
        {EXIT}
        .data
        data: .float 1, 0x1p-30
    """
    run = follow(source, isa_for("rv64gc", [made]))
    assert run.report.restarts == {"twiddle": 1}
    assert list(run.report.sentences())[-1] == (
        "no real-number meaning is declared for twiddle (1): values restart there"
    )
    assert run.at("fsub.s").site.propagated == 0


def _returning(found: Any) -> Callable[..., Any]:
    return lambda rs1: found


def test_meanings_that_give_no_number_are_refused_by_name() -> None:
    """What a user's function returns is seen when it is called."""
    for returned in (None, "1", (1, None)):
        made = Extension("Xown", version="1", doc="No number", requires=("F",))

        @made.instruction(
            "twiddle rd:f, rs1:f",
            "0000001 00000 rs1 000 rd 1111011",
            real=Real(_returning(returned), FP32),
        )
        def twiddle(rs1: int) -> int:
            """rd = rs1."""
            return rs1

        source = f"fcvt.s.w fa0, zero\n twiddle fa1, fa0\n {EXIT}"
        with pytest.raises(MeaningProblem, match=r"test_programs.py:\d+: the meaning in real"):
            follow(source, isa_for("rv64gc", [made]))


MOVES = "fmv vfmv pmv plw psw pld psd flb flh flw fld fsb fsh fsw fsd fmvh fmvp".split()
"""What carries shadows along by its bits."""
WITHOUT = {"fli", "fround", "froundnx", "fcvtmod"}
"""What has no operand that is a number, or no meaning that is continuous: values restart there."""


@pytest.mark.parametrize(
    "name",
    "F D Zfh Zfa Zfbfmin Zfinx Zhinx Xsmallfloat Xsmallfloat32 Xposit Xposit64 Xpercival Xexfma "
    "Xmxdotp Xvsq".split(),
)
def test_what_computes_has_a_meaning(name: str) -> None:
    """An instruction that is added to a format says what it means, or is listed here."""
    for made in load(name).instructions.values():
        first = made.mnemonic.partition(".")[0]
        if made.body is not None and first not in MOVES and first not in WITHOUT:
            assert made.real is not None, made.mnemonic
