"""Xpulpnn: its encoding against the published table, its meaning against sums over lanes."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.extensions import isa_for, load
from rvx.formats.integer import exact

from .driver import Driver
from .vsq_cases import landing, mixed
from .vsq_model import Words, lane, low, signed

ISA = isa_for("rv64gc_xpulpnn")
WITH_NUMBER = tuple(m for m in load("xpulpnn").instructions if ".sci." in m)
MNEMONICS = tuple(m for m in load("xpulpnn").instructions if ".sci." not in m)
WIDTHS = {"h": 16, "b": 8, "n": 4, "c": 2}
SIGNED = {"up": (False, False), "usp": (False, True), "sp": (True, True)}
A_CALL = 50_000

# .h, .b, .n, .c of vectors; with a scalar, .h and .b have funct3 + 4, .n and .c have funct3 + 1.
TABLE = {
    "pv.dotup": (0x80000057, 0x80001057, 0x80002057, 0x82002057),
    "pv.dotusp": (0x88000057, 0x88001057, 0x88002057, 0x8A002057),
    "pv.dotsp": (0x98000057, 0x98001057, 0x98002057, 0x9A002057),
    "pv.sdotup": (0xA0000057, 0xA0001057, 0xA0002057, 0xA2002057),
    "pv.sdotusp": (0xA8000057, 0xA8001057, 0xA8002057, 0xAA002057),
    "pv.sdotsp": (0xB8000057, 0xB8001057, 0xB8002057, 0xBA002057),
}


@cache
def driver(backend: str) -> Driver:
    return Driver(ISA, MNEMONICS, A_CALL, backend=backend)


def parts(mnemonic: str) -> tuple[bool, str, int, bool]:
    """Whether it accumulates, its signedness, bits of a lane, whether rs2 is a scalar."""
    operation, *suffix = mnemonic.removeprefix("pv.").split(".")
    name = operation.removeprefix("s").removeprefix("dot")
    return operation.startswith("sdot"), name, WIDTHS[suffix[-1]], len(suffix) == 2


def dot(mnemonic: str, a: Words, b: Words) -> Words:
    _, name, bits, is_scalar = parts(mnemonic)
    total = np.zeros_like(a)
    with np.errstate(over="ignore"):
        for i in range(32 // bits):
            j = 0 if is_scalar else i
            total += lane(a, i, bits, SIGNED[name][0]) * lane(b, j, bits, SIGNED[name][1])
    return total


def check(mnemonic: str, backend: str, count: int, seed: int) -> None:
    rng = np.random.default_rng([seed, *mnemonic.encode()])
    for start in range(0, count, A_CALL):
        size = min(A_CALL, count - start)
        rd, rs1, rs2, rs3 = (mixed(rng, size) for _ in range(4))
        sums = dot(mnemonic, rs1, rs2)
        half = size // 2
        rd[:half] = landing(rng, sums[:half])
        wanted = signed(low(rd, 32) + low(sums, 32) if parts(mnemonic)[0] else sums, 32)
        got = driver(backend).run(mnemonic, (rd, rs1, rs2, rs3))
        np.testing.assert_array_equal(got, wanted)


def test_every_row_of_the_table_and_nothing_else() -> None:
    assert len(MNEMONICS) == 48
    assert len(WITH_NUMBER) == 12
    for name, row in TABLE.items():
        for suffix, match in zip("hbnc", row, strict=True):
            vector = ISA.instructions[f"{name}.{suffix}"].pattern
            scalar = ISA.instructions[f"{name}.sc.{suffix}"].pattern
            assert vector.match == match
            assert scalar.match == match + (0x4000 if suffix in "hb" else 0x1000)
            assert vector.mask == scalar.mask == 0xFE00707F
            if suffix in "hb":
                number = ISA.instructions[f"{name}.sci.{suffix}"].pattern
                assert (number.match, number.mask) == (vector.match + 0x6000, 0xFC00707F)


def test_both_register_widths_have_it() -> None:
    assert set(MNEMONICS) < set(isa_for("rv32imc_xpulpnn").instructions)


@pytest.mark.parametrize("mnemonic", MNEMONICS)
def test_native(mnemonic: str) -> None:
    check(mnemonic, "native", 20_000, 0)


@pytest.mark.parametrize("mnemonic", MNEMONICS)
def test_python(mnemonic: str) -> None:
    check(mnemonic, "python", 100, 1)


def test_the_bits_of_the_number() -> None:
    """The lowest is bit 25, the sign bit 24 (RI5CY, imm_vs_type); 63 is right where unsigned."""
    for number, bits in ((1, 1 << 25), (2, 1 << 20), (-32, 1 << 24), (-1, 0x3F << 20)):
        made = assemble(f"pv.dotsp.sci.b zero, zero, {number}", ISA)
        assert int.from_bytes(made.sections[0].data[:4], "little") == 0x98007057 | bits
    made = assemble("pv.dotup.sci.h zero, zero, 63", ISA)
    assert int.from_bytes(made.sections[0].data[:4], "little") == 0x80006057 | 0x3F << 20


@pytest.mark.parametrize("backend", ["native", "python"])
def test_a_number_in_all_lanes(backend: str) -> None:
    """As the scalar form does with that number in lane 0."""
    rng = np.random.default_rng(5)
    cases = []
    source = ".option norvc\n.text\n"
    for i, mnemonic in enumerate(WITH_NUMBER):
        for j, number in enumerate(
            (0, 1, 30, 31, 63) if "dotup." in mnemonic else (0, -1, 7, 31, -32)
        ):
            source += f".globl f{i}_{j}\nf{i}_{j}: {mnemonic} a0, a1, {number}\n ret\n"
            cases.append((mnemonic, f"f{i}_{j}", number))
    machine = Machine(assemble(source, ISA), ISA, backend=backend)
    for mnemonic, label, number in cases:
        for rd, rs1 in zip(mixed(rng, 6).tolist(), mixed(rng, 6).tolist(), strict=True):
            as_scalar = mnemonic.replace("sci", "sc")
            sums = dot(as_scalar, np.array([rs1]), np.array([number]))
            old = np.array([rd]) if mnemonic.startswith("pv.sdot") else np.zeros(1, np.int64)
            wanted = int(signed(low(old, 32) + low(sums, 32), 32)[0])
            assert machine.call(label, rd, rs1).value == wanted, (mnemonic, number, hex(rs1))


@pytest.mark.long
@pytest.mark.parametrize("mnemonic", MNEMONICS)
def test_a_million_cases(mnemonic: str) -> None:
    check(mnemonic, "native", 1_000_000, 2)


@pytest.mark.parametrize("mnemonic", MNEMONICS)
def test_the_model_agrees_with_unbounded_integers(mnemonic: str) -> None:
    _, name, bits, is_scalar = parts(mnemonic)
    rng = np.random.default_rng(3)
    a, b = mixed(rng, 200), mixed(rng, 200)
    for got, x, y in zip(dot(mnemonic, a, b).tolist(), a.tolist(), b.tolist(), strict=True):
        left = exact.lanes(x, bits, 32 // bits, SIGNED[name][0])
        right = exact.lanes(y, bits, 32 // bits, SIGNED[name][1])
        if is_scalar:
            right = [right[0]] * len(right)
        assert exact.wrap(got, 32) == exact.wrap(exact.dot(left, right), 32)
