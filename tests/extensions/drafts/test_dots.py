"""Dot products of whole registers, against exact fractions by the declaration of the accumulator.

    pytest -m long tests/extensions/drafts/test_dots.py

performs 40,000 vectors of every instruction; some five minutes.
"""

from __future__ import annotations

import numpy as np
import pytest

from rvx.extensions import isa_for
from rvx.formats.dot import exact
from rvx.formats.dot.catalogue import rvbna
from rvx.formats.minifloat import Minifloat
from rvx.formats.minifloat.catalogue import E4M3FN, FP8, FP16ALT, FP32
from rvx.formats.minifloat.exact.arithmetic import add, mul
from rvx.formats.minifloat.rounding import NV, OF
from rvx.isa.vector.state import ALTFMT

from ...formats.dot.cases import KINDS, codes
from .lab import Lab

ISA = (
    "rv64gcv_zvfwdota16bf_zvfqwdota8f_zvqwdota8i_zvfwbdota16bf_zvfqwbdota8f_zvqwbdota8i_zvfbdota32f"
)
FLOATS = {
    ("vfwdota", 1): (FP16ALT, FP16ALT),
    ("vfqwdota", 0): (E4M3FN, E4M3FN),
    ("vfqwdota", 1): (E4M3FN, FP8),
    ("vfqwdota.alt", 0): (FP8, E4M3FN),
    ("vfqwdota.alt", 1): (FP8, FP8),
}
"""Formats of vs2 and vs1, by the name of the instruction and altfmt."""
SIZES = {8: np.uint8, 16: np.uint16, 32: np.uint32}


def quiet(fmt: Minifloat, numbers: np.ndarray) -> list[int]:
    """Codes whose NaNs are quiet, as all NaNs of 8 bits are."""
    if fmt != FP8:
        return numbers.tolist()
    return np.where(numbers & 0x7F > 0x7C, 0x7E, numbers).tolist()


def reference(fmts: tuple[Minifloat, Minifloat], a, b, c: int, most: int) -> tuple[int, int]:
    """One group of `most` products, those that are missing of zeros."""
    left, right = (
        quiet(fmt, x) + [0] * (most - len(x)) for fmt, x in zip(fmts, (a, b), strict=True)
    )
    found = exact.dot(rvbna(*fmts, most), left, right, c)
    return found.code, found.flags & (NV | OF)


def check_one(lab: Lab, rng: np.random.Generator, rounds: int) -> None:
    for (name, alternative), fmts in FLOATS.items():
        size = SIZES[fmts[0].bits]
        for _ in range(rounds):
            lmul = int(rng.choice([-1, 0, 1]))
            most = int(lab.vlenb * 8 // fmts[0].bits * 2.0**lmul)
            kind = KINDS[int(rng.integers(len(KINDS)))]
            a, b = (codes(fmt, rng, (most,), kind) for fmt in fmts)
            if kind == "cancelling":
                a[1::2], b[1::2] = a[::2] ^ fmts[0].sign_mask, b[::2]
            c = int(codes(FP32, rng, (1,), "any" if kind == "any" else "near")[0])
            n = int(rng.integers(1, most + 1))
            mask = rng.random(most) < rng.choice([0.5, 0.9])
            registers = rng.integers(0, 256, 32 * lab.vlenb).astype(np.uint8)
            registers[8 * lab.vlenb :].view(size)[:most] = a
            registers[16 * lab.vlenb :].view(size)[:most] = b
            registers[4 * lab.vlenb :].view(np.uint32)[0] = c
            bits = np.packbits(mask, bitorder="little")
            registers[: bits.size] = bits
            vm = int(rng.integers(2))
            vtype = alternative * ALTFMT | int(np.log2(fmts[0].bits // 8)) << 3 | lmul & 7
            after, flags = lab.perform(
                f"{name}.vv", {"vd": 4, "vs2": 8, "vs1": 16, "vm": vm}, registers, vtype, n
            )
            taken = np.arange(most) < n
            if vm == 0:
                taken &= mask
            wanted = reference(fmts, np.where(taken, a, 0), np.where(taken, b, 0), c, most)
            got = int(after[4 * lab.vlenb :].view(np.uint32)[0])
            assert (got, flags) == wanted, (name, alternative, kind, a, b, hex(c))
            # Nothing but element 0 changes.
            registers[4 * lab.vlenb :][:4] = after[4 * lab.vlenb :][:4]
            assert np.array_equal(after, registers)


def check_eight(lab: Lab, rng: np.random.Generator, rounds: int) -> None:
    for (one, alternative), fmts in FLOATS.items():
        name = one.replace("dota", "bdota")
        bits = fmts[0].bits
        size, most = SIZES[bits], lab.vlenb * 8 // bits
        for _ in range(rounds):
            kind = KINDS[int(rng.integers(len(KINDS)))]
            n = int(rng.integers(0, most + 1))
            ci = int(rng.integers(lab.vlenb // 32))
            registers = rng.integers(0, 256, 32 * lab.vlenb).astype(np.uint8)
            a = codes(fmts[0], rng, (8, most), kind)
            b = codes(fmts[1], rng, (most,), kind)
            c = codes(FP32, rng, (8,), "near")
            registers[8 * lab.vlenb : 16 * lab.vlenb].view(size)[:] = a.reshape(-1)
            registers[16 * lab.vlenb :].view(size)[:most] = b
            results = registers[4 * lab.vlenb :].view(np.uint32)[8 * ci :][:8]
            results[:] = c
            vm = int(rng.integers(2))
            mask = np.unpackbits(registers[: lab.vlenb], bitorder="little")[8 * ci :][:8]
            vtype = alternative * ALTFMT | int(np.log2(bits // 8)) << 3
            after, flags = lab.perform(
                f"{name}.vv", {"vd": 4, "vs2": 8 + ci, "vs1": 16, "vm": vm}, registers, vtype, n
            )
            raised = 0
            for i in range(8):
                if vm or mask[i]:
                    results[i], more = reference(fmts, a[i, :n], b[:n], int(c[i]), most)
                    raised |= more
            assert np.array_equal(after, registers), (name, alternative, kind, n, ci)
            assert flags == raised


def check_binary32(lab: Lab, rng: np.random.Generator, rounds: int) -> None:
    most = lab.vlenb // 4
    for _ in range(rounds):
        mode, n = int(rng.integers(5)), int(rng.integers(0, most + 1))
        kind = KINDS[int(rng.integers(len(KINDS)))]
        registers = np.zeros(32 * lab.vlenb, np.uint8)
        a, b = codes(FP32, rng, (8, most), kind), codes(FP32, rng, (most,), kind)
        c = codes(FP32, rng, (8,), "any")
        registers[8 * lab.vlenb : 16 * lab.vlenb].view(np.uint32)[:] = a.reshape(-1)
        registers[16 * lab.vlenb :].view(np.uint32)[:most] = b
        registers[4 * lab.vlenb :].view(np.uint32)[:8] = c
        operands = {"vd": 4, "vs2": 8, "vs1": 16}
        after, flags = lab.perform("vfbdota.vv", operands, registers, 2 << 3, n, mode)
        raised = 0
        for i in range(8):
            total = int(c[i])
            for k in range(most):
                x, y = (int(a[i, k]), int(b[k])) if k < n else (0, 0)
                product, more = mul(FP32, x, y, mode)
                total, last = add(FP32, total, product, mode)
                raised |= more | last
            assert after[4 * lab.vlenb :].view(np.uint32)[i] == total, (kind, n, mode)
        assert flags == raised


@pytest.mark.parametrize("vlen", [128, 256])
def test_bulk_normalisation_is_that_of_the_accumulator(vlen: int) -> None:
    check_one(Lab(isa_for(f"{ISA}_zvl{vlen}b")), np.random.default_rng(vlen), 40)


def test_eight_at_a_time() -> None:
    check_eight(Lab(isa_for(f"{ISA}_zvl256b")), np.random.default_rng(1), 8)


def test_eight_of_binary32() -> None:
    check_binary32(Lab(isa_for(f"{ISA}_zvl256b")), np.random.default_rng(2), 15)


@pytest.mark.long
@pytest.mark.parametrize("vlen", [128, 256, 512, 1024])
def test_for_a_long_time(vlen: int) -> None:
    lab, rng = Lab(isa_for(f"{ISA}_zvl{vlen}b"), True), np.random.default_rng([3, vlen])
    check_one(lab, rng, 10_000)
    if vlen >= 256:
        check_eight(lab, rng, 1_250)
        check_binary32(lab, rng, 500)


@pytest.mark.parametrize(
    ("signed_a", "alternative", "wanted"),
    [(0, 0, 7 + 255 * 200), (0, 1, 7 + 255 * -56), (1, 0, 7 - 200), (1, 1, 7 + 56)],
)
def test_signs_of_bytes(signed_a: int, alternative: int, wanted: int) -> None:
    lab = Lab(isa_for(f"{ISA}_zvl256b"))
    registers = np.zeros(32 * 32, np.uint8)
    registers[8 * 32], registers[16 * 32], registers[4 * 32] = 255, 200, 7
    name = f"vqwdota{'s' if signed_a else 'u'}.vv"
    after, _ = lab.perform(name, {"vd": 4, "vs2": 8, "vs1": 16}, registers, alternative * ALTFMT)
    assert after[4 * 32 :].view(np.int32)[0] == wanted


@pytest.mark.parametrize(
    ("mnemonic", "operands", "vtype"),
    [
        ("vfwdota.vv", {"vd": 4, "vs2": 8, "vs1": 16}, 1 << 3),  # binary16 is for a later draft
        ("vfwdota.vv", {"vd": 8, "vs2": 8, "vs1": 16}, ALTFMT | 1 << 3),
        ("vfwdota.vv", {"vd": 4, "vs2": 9, "vs1": 16}, ALTFMT | 1 << 3 | 1),
        ("vqwdotau.vv", {"vd": 4, "vs2": 8, "vs1": 16}, 1 << 3),
        ("vqwbdotau.vv", {"vd": 4, "vs2": 8, "vs1": 16}, 1),  # LMUL is 1
        ("vqwbdotau.vv", {"vd": 4, "vs2": 9, "vs1": 16}, 0),  # elements 8 to 15 of 8
        ("vqwbdotau.vv", {"vd": 15, "vs2": 8, "vs1": 16}, 0),
        ("vfbdota.vv", {"vd": 4, "vs2": 8, "vs1": 16}, ALTFMT | 1 << 3),
    ],
)
def test_what_is_reserved(mnemonic: str, operands: dict[str, int], vtype: int) -> None:
    lab = Lab(isa_for(f"{ISA}_zvl256b"))
    assert lab.perform(mnemonic, operands, np.zeros(32 * 32, np.uint8), vtype)[1] == -1
