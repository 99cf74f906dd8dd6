"""Instructions whose results are made of several elements: matrices, batches, blocks, quires.

Sums of small integers are exact in every accumulator, so that a result that is judged inexact, or a
shadow that is not the number, comes from a declaration that points to other elements than the body
takes. Each is performed twice, so that the second time there is something to add to.
"""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from rvx.analysis.shadow.numbers import numbers_of
from rvx.extensions import isa_for
from rvx.formats.minifloat.catalogue import E2M1, E2M3, E3M2, E4M3FN, FP8, FP16ALT, FP32
from rvx.formats.posit import POSIT8, POSIT16
from rvx.isa.real import Whole
from tests.analysis.shadow.following import EXIT, follow

BYTES = Whole(8)
POSITIVE = Whole(8, is_signed=False)
# ISA, VLEN, vtype, elements, the instruction, format of elements, results of both times. Elements
# are in v8 to v23, and some bits are set in v0.
CASES = (
    ("v_zvfqwbdota8f", 128, "e8, m1", 13, "vfqwbdota.vv v2, v8, v16", E4M3FN, 16),
    ("v_zvfqwbdota8f", 256, "e8, m1", 32, "vfqwbdota.vv v2, v8, v16, v0.t", E4M3FN, None),
    ("v_zvfqwbdota8f", 128, "e8alt, m1", 16, "vfqwbdota.alt.vv v2, v8, v16", FP8, 16),
    ("v_zvfwbdota16bf", 128, "e16alt, m1", 7, "vfwbdota.vv v2, v8, v16", FP16ALT, 16),
    ("v_zvfbdota32f", 256, "e32, m1", 8, "vfbdota.vv v2, v8, v16", FP32, 16),
    ("v_zvqwbdota8i", 128, "e8alt, m1", 16, "vqwbdotas.vv v2, v8, v16", BYTES, 16),
    ("v_zvqwbdota8i", 128, "e8, m1", 16, "vqwbdotau.vv v2, v8, v16", POSITIVE, 16),
    ("v_zvdot4a8i", 128, "e32, m2", 7, "vdot4a.vv v2, v8, v16", BYTES, 14),
    ("v_zvdot4a8i", 128, "e32, m2", 8, "vdot4a.vv v2, v8, v16, v0.t", BYTES, None),
    ("v_zvdot4a8i", 128, "e32, m1", 4, "vdot4au.vx v2, v8, a1", POSITIVE, 8),
    ("v_xsmtvdot", 256, "e8, m1", 32, "smt.vmadot v2, v8, v16", BYTES, 32),
    ("v_xsmtvdot", 1024, "e8, m1", 128, "smt.vmadot2u v2, v8, v16", POSITIVE, 128),
    ("v_xvmxdotp", 128, "e32, m1", 3, "vmxdotp.ww.e4m3 v2, v8, v12, v4, v5", E4M3FN, 6),
    ("v_xvmxdotp", 128, "e32, m1", 4, "vmxdotp.wf.e5m2 v2, fa0, v12, fa1, v5", FP8, 8),
    ("v_xvmxdotp", 128, "e32, m1", 4, "vmxdotp.ww.e2m3 v2, v8, v12, v4, v5", E2M3, 8),
    ("v_xvmxdotp", 128, "e32, m1", 4, "vmxdotp.ww.e3m2 v2, v8, v12, v4, v5", E3M2, 8),
    ("v_xvmxdotp", 256, "e32, m1", 8, "vmxdotp.ww.e2m1 v2, v8, v12, v4, v5", E2M1, 16),
    ("v_xvposit", 128, "e8, m2", 31, "vqmacc.vv v8, v16", POSIT8, 2),
    ("v_xvposit", 128, "e16, m1", 8, "vqmacc.vv v8, v16, v0.t", POSIT16, 2),
)


def program(text: str, fmt: object, vlen: int, setting: str) -> str:
    """Performs an instruction twice, on random small integers."""
    numbers = numbers_of(fmt)
    low = 0 if fmt is POSITIVE else -2
    wanted = {Fraction(number) for number in range(low, 3)}
    if fmt is FP32:
        codes = [0xC0000000, 0xBF800000, 0, 0x3F800000, 0x40000000]
    else:
        codes = [code for code in range(1 << numbers.bits) if numbers.value(code) in wanted]
    rng = random.Random(text)
    pitch = {6: 8}.get(numbers.bits, numbers.bits)
    data = sum(rng.choice(codes) << at for at in range(0, 16 * vlen, pitch))
    scaled = "vmv1r.v v0, v4" if text.endswith(".scale") else ""
    scales = ", ".join(str(rng.choice((127, 128))) for _ in range(vlen // 8))
    loads = "".join(f" vl8re8.v v{first}, (a0)\n add a0, a0, t1\n" for first in (8, 16))
    return f"""
        la a0, data
        la a2, scales
        li t1, {vlen}
        {loads}
        vl1re8.v v4, (a2)
        vl1re8.v v5, (a2)
        ld a1, -8(a0)
        fmv.d.x fa0, a1
        ld a3, 0(a2)
        fmv.d.x fa1, a3
        vsetvli t0, zero, e8, m1, ta, ma
        li t2, 0x35
        vmv.v.x v0, t2
        vmv.v.i v2, 0
        vmv.v.i v3, 0
        {scaled}
        {setting}
        {text}
        {text}
        {EXIT}
        .data
        .balign 8
        data: .byte {", ".join(map(str, data.to_bytes(2 * vlen, "little")))}
        scales: .byte {scales}
    """


@pytest.mark.parametrize(("march", "vlen", "vtype", "vl", "text", "fmt", "results"), CASES, ids=str)
def test_declarations_point_to_the_elements_that_bodies_take(
    march: str, vlen: int, vtype: str, vl: int, text: str, fmt: object, results: int | None
) -> None:
    setting = f"li t0, {vl}\n vsetvli t0, t0, {vtype}, ta, ma"
    source = program(text, fmt, vlen, setting)
    run = follow(source, isa_for(f"rv64gc{march}", vlen=vlen))
    mnemonic = text.split(maxsplit=1)[0]
    sites = [run.at(mnemonic, which).site for which in (0, 1)]
    assert [site.inexact for site in sites] == [0, 0], sites[0].worst
    if results is None:
        assert sites[0].results == sites[1].results > 0
        assert sites[0].results < vl
    else:
        assert sum(site.results for site in sites) == results
    assert mnemonic not in run.shadow.untold


# Instruction, SEW, lambda, LMUL, altfmt, the bits of the shape below lambda, format of elements.
MATRICES = (
    ("vmmacc.vv v2, v8, v16", 8, 4, 1, 0, 0, BYTES),
    ("vqmmacc.vv v2, v8, v16", 32, 2, 2, 0, 0, BYTES),
    ("vwmmacc.vv v2, v8, v16", 16, 4, 1, 0, 3, POSITIVE),
    ("vfmmacc.vv v2, v8, v16", 32, 2, 1, 0, 0, FP32),
    ("vfwmmacc.vv v2, v8, v16", 32, 2, 1, 0, 3, FP16ALT),
    ("vfwmmacc.vv v2, v8, v16", 16, 4, 2, 0, 0, E4M3FN),
    ("vfqmmacc.vv v2, v8, v16", 32, 2, 1, 0, 3, FP8),
    ("vfqmmacc.vv v2, v8, v16, v0.scale", 32, 2, 4, 0, 4, E4M3FN),
    ("vfqmmacc.vv v2, v8, v16", 16, 4, 1, 1, 0, E2M1),
    ("vfqimmacc.vv v2, v8, v16, v0.scale", 32, 2, 4, 0, 4, BYTES),
)


@pytest.mark.parametrize(("text", "sew", "lam", "lmul", "alt", "shape", "fmt"), MATRICES, ids=str)
def test_products_of_matrices(
    text: str, sew: int, lam: int, lmul: int, alt: int, shape: int, fmt: object
) -> None:
    vlen = 256
    shape |= lam.bit_length() << 3
    vtype = shape << 57 | alt << 8 | (sew.bit_length() - 4) << 3 | lmul.bit_length() - 1
    columns = rows = vlen // sew // lam
    vl = columns * lam * lmul
    source = program(text, fmt, vlen, f"li a4, {vtype}\n li t0, {vl}\n vsetvl t0, t0, a4")
    run = follow(source, isa_for("rv64gcv_zvvm", vlen=vlen))
    sites = [run.at(text.split(maxsplit=1)[0], which).site for which in (0, 1)]
    assert [site.inexact for site in sites] == [0, 0], sites[0].worst
    assert [site.results for site in sites] == [rows * columns] * 2
    assert not run.shadow.untold


def test_conversions_of_eight_and_four_bits() -> None:
    """1 + 2^-7 of BF16 is 1 in E4M3, and stays that; 4-bit floats become E4M3 as they are."""
    source = f"""
        la a0, data
        li t0, 4
        vsetvli zero, t0, e16, m1, ta, ma
        vle16.v v2, (a0)
        vsetvli zero, t0, e8, mf2, ta, ma
        vfncvtbf16.f.f.w v4, v2
        vsetvli zero, t0, e8alt, mf2, ta, ma
        vfncvtbf16.sat.f.f.w v5, v2
        vsetvli zero, t0, e8, mf2, ta, ma
        vfwcvtbf16.f.f.v v6, v4
        vfext.vf2 v8, v2
        {EXIT}
        .data
        .balign 8
        data: .half 0x3f81, 0x3f80, 0x4000, 0x3fc0
    """
    run = follow(source, isa_for("rv64gcv_zvfofp8min_zvfofp4min", vlen=128))
    narrow, other = run.at("vfncvtbf16.f.f.w").site, run.at("vfncvtbf16.sat.f.f.w").site
    assert (narrow.results, narrow.inexact, narrow.peak) == (4, 1, 2.0**-7 * 2**3)
    assert (other.results, other.inexact, other.peak) == (4, 1, 2.0**-7 * 2**2)
    wide = run.at("vfwcvtbf16.f.f.v").site
    assert (wide.results, wide.inexact, wide.propagated) == (4, 0, 1.0)
    assert (run.at("vfext.vf2").site.results, run.at("vfext.vf2").site.inexact) == (4, 0)
    assert not run.shadow.untold
