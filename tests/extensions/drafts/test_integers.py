"""Zvabd and Zvzip against NumPy, since no simulator that can be installed has them."""

from __future__ import annotations

import numpy as np
import pytest

from rvx.assembler import assemble
from rvx.extensions import isa_for

from .lab import Lab

VLENB = 32
TYPES = {0: np.int8, 1: np.int16, 2: np.int32, 3: np.int64}


def lab() -> Lab:
    return Lab(isa_for(f"rv64gcv_zvabd_zvzip_zvdot4a8i_zvl{8 * VLENB}b"))


def group(registers: np.ndarray, first: int, dtype: type, count: int) -> np.ndarray:
    return registers[first * VLENB :].view(dtype)[:count]


@pytest.mark.parametrize("sew", [0, 1])
@pytest.mark.parametrize("lmul", [0, 1])
def test_absolute_differences(sew: int, lmul: int) -> None:
    made, rng = lab(), np.random.default_rng(sew)
    signed = TYPES[sew]
    unsigned, wide = np.dtype(f"u{1 << sew}"), np.dtype(f"i{2 << sew}")
    n = (VLENB >> sew) << lmul
    registers = rng.integers(0, 256, 32 * VLENB).astype(np.uint8)
    group(registers, 8, signed, n)[:4] = np.iinfo(signed).min
    group(registers, 16, signed, n)[:4] = [0, 1, np.iinfo(signed).max, np.iinfo(signed).min]
    x = int(rng.integers(1 << 62))
    for suffix, third in (("vv", {"vs1": 16}), ("vx", {"rs1": 10})):
        for letter, dtype in (("", np.dtype(signed)), ("u", unsigned)):
            a = group(registers, 8, dtype, n).astype(int)
            b = group(registers, 16, dtype, n).astype(int)
            if suffix == "vx":
                b = np.full(n, np.array([x]).view(dtype)[0]).astype(int)
            operands = {"vd": 4, "vs2": 8, **third}
            after, _ = made.perform(
                f"vabd{letter}.{suffix}", operands, registers, sew << 3 | lmul, x=x
            )
            wanted = np.abs(a - b).astype(unsigned)
            assert np.array_equal(group(after, 4, unsigned, n), wanted)
            operands["vd"] = 4 if lmul == 0 else 24
            after, _ = made.perform(
                f"vwabda{letter}.{suffix}", operands, registers, sew << 3 | lmul, x=x
            )
            old = group(registers, operands["vd"], wide, n).astype(int)
            wanted = (old + np.abs(a - b)).astype(wide)
            assert np.array_equal(group(after, operands["vd"], wide, n), wanted)


@pytest.mark.parametrize("sew", TYPES)
@pytest.mark.parametrize("lmul", [-1, 0, 1])
@pytest.mark.parametrize("vm", [0, 1])
def test_elements_in_turns_and_apart(sew: int, lmul: int, vm: int) -> None:
    if sew == 3 and lmul < 0:
        lmul = 0  # elements of 64 bits have no half registers
    made, rng = lab(), np.random.default_rng([sew, lmul & 7, vm])
    dtype, most = TYPES[sew], int((VLENB >> sew) * 2.0**lmul)
    n = int(rng.integers(1, most + 1))
    registers = rng.integers(0, 256, 32 * VLENB).astype(np.uint8)
    mask = np.unpackbits(registers[:VLENB], bitorder="little").astype(bool) | bool(vm)
    a, b = (group(registers, at, dtype, 2 * most) for at in (8, 16))
    in_turns = np.stack([a[:most], b[:most]], axis=1).reshape(-1)
    evens, odds = (
        np.stack([a[k:most:2], b[k:most:2]], axis=1).reshape(-1) if most > 1 else None
        for k in (0, 1)
    )
    for name, wanted, count in (
        ("vzip.vv", in_turns, 2 * n),
        ("vunzipe.v", a[::2], n),
        ("vunzipo.v", a[1::2], n),
        ("vpaire.vv", evens, n),
        ("vpairo.vv", odds, n),
    ):
        operands = {"vd": 4, "vs2": 8, "vm": vm}
        if name.endswith("vv"):
            operands["vs1"] = 16
        after, flags = made.perform(name, operands, registers, sew << 3 | lmul & 7, n)
        assert flags == 0
        expected = registers.copy()
        there = group(expected, 4, dtype, count)
        np.copyto(there, wanted[:count], where=mask[:count])
        assert np.array_equal(after, expected), name


def test_a_source_may_be_the_upper_half_of_what_is_zipped() -> None:
    made, rng = lab(), np.random.default_rng(7)
    registers = rng.integers(0, 256, 32 * VLENB).astype(np.uint8)
    after, flags = made.perform("vzip.vv", {"vd": 4, "vs2": 5, "vs1": 5}, registers, 0)
    assert flags == 0
    assert np.array_equal(group(after, 4, np.uint8, 64), np.repeat(registers[5 * 32 : 6 * 32], 2))
    assert made.perform("vzip.vv", {"vd": 4, "vs2": 4, "vs1": 8}, registers, 0)[1] == -1


@pytest.mark.parametrize(
    ("mnemonic", "operands", "vtype"),
    [
        ("vabd.vv", {"vd": 4, "vs2": 8, "vs1": 16}, 2 << 3),
        ("vwabda.vv", {"vd": 4, "vs2": 8, "vs1": 16}, 3),
        ("vzip.vv", {"vd": 0, "vs2": 8, "vs1": 16}, 3),
        ("vpaire.vv", {"vd": 8, "vs2": 8, "vs1": 16}, 0),
        ("vdot4a.vv", {"vd": 4, "vs2": 8, "vs1": 16}, 1 << 3),
    ],
)
def test_what_is_reserved(mnemonic: str, operands: dict[str, int], vtype: int) -> None:
    assert lab().perform(mnemonic, operands, np.zeros(32 * VLENB, np.uint8), vtype)[1] == -1


def test_absolute_values_are_written_as_such() -> None:
    isa = isa_for("rv64gcv_zvabd")
    (first, second) = (
        assemble(f"_start: {line}\n", isa).section(".text").data[:4]
        for line in ("vabs.v v2, v1", "vabd.vx v2, v1, zero")
    )
    assert first == second == bytes([0x57, 0x61, 0x10, 0x56])
