"""Vectors, streams, integers and block-scaled formats: what is judged, and where shadows go."""

from __future__ import annotations

from fractions import Fraction

import pytest

from rvx.extensions import isa_for
from tests.analysis.shadow.following import EXIT, follow

VECTORS = isa_for("rv64gcv_zvfh", vlen=128)
TINY = Fraction(1, 1 << 30)


def test_elements_one_by_one_with_masks_groups_and_memory() -> None:
    """1 + 2^-30 in eight elements of a group of two registers; the subtraction sees four."""
    source = f"""
        la a0, ones
        la a1, tiny
        la a2, out
        li t0, 8
        vsetvli t0, t0, e32, m2, ta, ma
        vle32.v v2, (a0)
        vle32.v v4, (a1)
        vfadd.vv v6, v2, v4
        vse32.v v6, (a2)
        vle32.v v8, (a2)
        li t1, 0x55
        vmv.s.x v0, t1
        vfsub.vv v8, v8, v2, v0.t
        flw fa0, 0(a0)
        vfsub.vf v10, v6, fa0
        vfmv.f.s fa1, v10
        fcvt.d.s fa2, fa1
        {EXIT}
        .data
        .balign 8
        ones: .float 1, 1, 1, 1, 1, 1, 1, 1
        tiny: .float 0x1p-30, 0, 0x1p-30, 0, 0, 0x1p-30, 0, 0x1p-30
        out: .space 32
    """
    run = follow(source, VECTORS)
    add = run.at("vfadd.vv").site
    assert (add.results, add.inexact, add.absorptions) == (8, 4, 4)
    assert add.worst is not None
    assert [one.name for one in add.worst.given] == ["vs2[0]", "vs1[0]"]
    masked = run.at("vfsub.vv").site
    # Elements 0, 2, 4 and 6 are active, of which 0 and 2 had lost something.
    assert (masked.results, masked.cancellations) == (4, 2)
    assert run.at("vfsub.vf").site.cancellations == 4
    last = run.at("fcvt.d.s").site.worst
    assert last is not None
    assert last.shadow == TINY
    assert not run.shadow.restarts


def test_elements_that_are_masked_off_keep_their_shadows() -> None:
    source = f"""
        la a0, ones
        la a1, tiny
        li t0, 4
        vsetvli t0, t0, e32, m1, tu, mu
        vle32.v v2, (a0)
        vle32.v v4, (a1)
        vfadd.vv v6, v2, v4
        li t1, 1
        vmv.s.x v0, t1
        vfadd.vv v6, v2, v2, v0.t
        vfsub.vv v8, v6, v2
        {EXIT}
        .data
        .balign 8
        ones: .float 1, 1, 1, 1
        tiny: .float 0x1p-30, 0x1p-30, 0, 0
    """
    run = follow(source, VECTORS)
    site = run.at("vfsub.vv").site
    assert (site.results, site.cancellations) == (4, 1)
    assert site.propagated == 2.0**23


def test_sums_of_elements_and_wide_products() -> None:
    """A sum in order loses every 2^-24; the wide one of halves is exact."""
    source = f"""
        la a0, data
        la a1, halves
        li t0, 4
        vsetvli t0, t0, e32, m1, ta, ma
        vle32.v v2, (a0)
        vmv.v.i v4, 0
        vfredosum.vs v6, v2, v4
        vsetvli t0, t0, e16, mf2, ta, ma
        vle16.v v3, (a1)
        vfwmul.vv v8, v3, v3
        vmv.v.i v10, 0
        vfmacc.vv v10, v3, v3
        {EXIT}
        .data
        .balign 8
        data: .float 1, 0x1p-24, 0x1p-24, 0x1p-24
        halves: .half 0x3c01, 0x3c01, 0x3c00, 0x3c00
    """
    run = follow(source, VECTORS)
    total = run.at("vfredosum.vs").site
    assert (total.results, total.peak) == (1, 1.5)
    assert total.worst is not None
    assert [one.name for one in total.worst.given] == ["vs1[0]", *(f"vs2[{i}]" for i in range(4))]
    assert run.at("vfwmul.vv").site.inexact == 0
    assert run.at("vfmacc.vv").site.inexact == 2
    assert run.at("vfmacc.vv").site.peak == Fraction(1, 1 << 20) * 1024  # 2^-20 in steps of 2^-10


def test_posits_in_vectors() -> None:
    isa = isa_for("rv64gcv_xvposit", vlen=128)
    source = f"""
        la a0, data
        la a1, tiny
        li t0, 2
        vsetvli t0, t0, e32, m1, ta, ma
        vle32.v v2, (a0)
        vle32.v v4, (a1)
        vpadd.vv v6, v2, v4
        vpsub.vv v8, v6, v2
        vmpeq.vv v0, v6, v2
        vqclear.v
        vqmacc.vv v6, v2
        vqround.v v9
        {EXIT}
        .data
        .balign 8
        data: .posit32 1, 1
        tiny: .posit32 0x1p-40, 0
    """
    run = follow(source, isa)
    assert run.at("vpadd.vv").site.absorptions == 1
    assert run.at("vpsub.vv").site.cancellations == 1
    assert run.at("vpsub.vv").site.propagated == 2.0**18
    # (1 + 2^-40) 1 + 1: what v6 lost is half as many steps of 2 as it was of 1.
    assert (run.at("vqmacc.vv").site.results, run.at("vqmacc.vv").site.inexact) == (1, 0)
    rounded = run.at("vqround.v").site
    assert (rounded.results, rounded.inexact) == (1, 0)
    assert rounded.propagated == run.at("vpadd.vv").site.peak / 2
    assert not run.shadow.untold


def test_streams_bring_shadows_from_memory_and_back() -> None:
    """Operands come out of memory without a load, and results go there without a store."""
    isa = isa_for("rv64g_xssr_xfrep")
    source = f"""
        la a0, x
        la a1, y
        la a2, z
        li t0, 2
        scfgwi t0, 2 << 5 | 31
        li t1, 8
        scfgwi t1, 6 << 5 | 31
        scfgwi a0, 24 << 5 | 0
        scfgwi a1, 24 << 5 | 1
        scfgwi a2, 28 << 5 | 2
        csrsi 0x7c0, 1
        frep.o t0, 1, 0, 0
        fadd.d ft2, ft0, ft1
        csrci 0x7c0, 1
        fld fa0, 0(a0)
        fld fa1, 0(a2)
        fsub.d fa2, fa1, fa0
        scfgwi a2, 24 << 5 | 0
        csrsi 0x7c0, 1
        fsub.d fa3, ft0, fa0
        csrci 0x7c0, 1
        {EXIT}
        .data
        .balign 8
        x: .double 1, 1, 2
        y: .double 0x1p-60, 0.5, 0x1p-60
        z: .double 0, 0, 0
    """
    run = follow(source, isa)
    add = run.at("fadd.d").site
    assert (add.results, add.absorptions, add.inexact) == (3, 2, 2)
    for which in (0, 1):
        site = run.at("fsub.d", which).site
        assert (site.cancellations, site.inexact) == (1, 0)
        assert site.worst is not None
        assert site.worst.shadow == Fraction(1, 1 << 60)


def test_integer_dot_products_and_their_scales() -> None:
    """16 products of nibbles, a scale that is rounded, and a sum that saturates at 24 bits."""
    isa = isa_for("rv64gc_xvsq")
    source = f"""
        ld a0, x
        ld a1, y
        vsq.dotsp.n a2, a0, a1
        li a3, 15
        li a4, 250
        vsq.sprod8 a5, a3, a4
        li a6, 0x7ffff0
        mv t0, a6
        vsq.sacc.s24 t0, a2, a5
        vsq.sacc t1, a2, a5
        fcvt.s.w fa0, t1
        {EXIT}
        .data
        .balign 8
        x: .dword 0x1111111111111111
        y: .dword 0x2222222222222223
    """
    run = follow(source, isa)
    dot = run.at("vsq.dotsp.n").site
    assert dot.worst is not None
    assert (dot.worst.exact, dot.inexact) == (33, 0)
    assert len(dot.worst.given) == 32
    scale = run.at("vsq.sprod8").site
    assert scale.worst is not None
    assert (scale.worst.exact, scale.peak) == (Fraction(3750, 256), 0.3515625)  # 15 - 14.6484375
    assert run.at("vsq.sacc.s24").events == {"overflow": 1}
    assert run.at("vsq.sacc").site.propagated == float(33 * Fraction(90, 256))
    shown = run.at("fcvt.s.w").site.worst
    assert shown is not None
    assert shown.shadow == 33 * Fraction(3750, 256)


@pytest.mark.parametrize(
    ("code", "element", "exact"),
    [(0, 0x38, 8), (4, 0x22, 16), (5, 0x40, 8)],
    ids=["e4m3", "e2m1", "int8"],
)
def test_block_scaled_dot_products(code: int, element: int, exact: int) -> None:
    """Eight, or sixteen, ones times ones, by scales of 2 and 1/2."""
    word = int.from_bytes(bytes([element] * 8), "little")
    source = f"""
        ld a0, x
        mv a1, a0
        li a2, {code << 16 | 126 << 8 | 128}
        li a3, 0
        mxdotp.s a3, a0, a1, a2
        {EXIT}
        .data
        .balign 8
        x: .dword {word}
    """
    run = follow(source, isa_for("rv64gc_xmxdotp"))
    site = run.at("mxdotp.s").site
    assert (site.results, site.inexact) == (1, 0)
    assert site.worst is not None
    assert site.worst.exact == exact


def test_pairs_of_packed_fmas() -> None:
    isa = isa_for("rv64gc_xsmallfloat_xexfma")
    source = f"""
        la a0, data
        fld fa0, 0(a0)
        fmv.d.x fa1, zero
        vfmacexu.s.h fa1, fa0, fa0
        {EXIT}
        .data
        .balign 8
        data: .half 0, 0, 0x3c00, 0x4000
    """
    site = follow(source, isa).at("vfmacexu.s.h").site
    assert (site.results, site.inexact) == (2, 0)
    assert site.worst is not None
    assert site.worst.exact == 1


def test_dot_products_of_whole_registers() -> None:
    """Sixteen products of E4M3, or of bytes, and element 0 of vd: rounded to odd, or exact."""
    isa = isa_for("rv64gcv_zvfqwdota8f_zvqwdota8i", vlen=128)
    source = f"""
        la a0, ones
        la a1, sum
        li t0, 16
        vsetvli zero, t0, e8, m1, ta, ma
        vle8.v v2, (a0)
        vl1re32.v v4, (a1)
        vfqwdota.vv v4, v2, v2
        vmv1r.v v5, v4
        li t0, 1
        vsetvli zero, t0, e8, m1, ta, ma
        vfqwdota.vv v5, v2, v2
        vmv.v.i v6, 0
        vqwdotau.vv v6, v2, v2
        {EXIT}
        .data
        .balign 16
        ones: .fill 16, 1, 0x38
        sum: .float 0x1p24, 0, 0, 0
    """
    run = follow(source, isa)
    whole, one = run.at("vfqwdota.vv").site, run.at("vfqwdota.vv", 1).site
    assert whole.worst is not None
    assert one.worst is not None
    assert (whole.worst.exact, whole.inexact) == ((1 << 24) + 16, 0)
    assert (one.worst.exact, one.peak) == ((1 << 24) + 17, 0.5)
    assert [given.name for given in one.worst.given] == ["vd[0]", "vs2[0]", "vs1[0]"]
    bytes_of = run.at("vqwdotau.vv").site.worst
    assert bytes_of is not None
    assert bytes_of.exact == 0x38 * 0x38
