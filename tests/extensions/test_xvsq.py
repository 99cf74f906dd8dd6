"""Xvsq: its encoding against the published table, its meaning against an exact-integer model.

The model works lane by lane on NumPy arrays and is itself held against Python's unbounded
integers and fractions. A million cases an instruction:

    pytest -m long tests/extensions/test_xvsq.py
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from rvx.extensions import isa_for, load
from rvx.formats.integer import exact
from rvx.formats.integer.format import INT4, INT8, UINT4, UINT8

from .driver import Driver
from .vsq_cases import operands
from .vsq_model import expected

ISA = isa_for("rv64gc_xvsq")
XVSQ = load("xvsq")
MNEMONICS = tuple(XVSQ.instructions[key].mnemonic for key in XVSQ.instructions)
EVENTS = ("saturations", "zeroed", "wraps")
A_CALL = 50_000
SCALARS = {"b": (8, 8, 0), "n": (4, 16, 0), "bnl": (4, 8, 0), "bnh": (4, 8, 8)}

DOT_TABLE = {
    ("dot", "n"): (0x0000702B, 0x0800702B, 0x1800702B),
    ("sdot", "n"): (0x2000702B, 0x2800702B, 0x3800702B),
    ("dot", "b"): (0x4000702B, 0x4800702B, 0x5800702B),
    ("sdot", "b"): (0x6000702B, 0x6800702B, 0x7800702B),
    ("dot", "bnl"): (0x8000702B, 0x8800702B, 0x9800702B),
    ("sdot", "bnl"): (0xA000702B, 0xA800702B, 0xB800702B),
    ("dot", "bnh"): (0xC000702B, 0xC800702B, 0xD800702B),
    ("sdot", "bnh"): (0xE000702B, 0xE800702B, 0xF800702B),
}
TABLE = {
    **{
        f"vsq.{kind}{name}.{size}": match
        for (kind, size), row in DOT_TABLE.items()
        for name, match in zip(("up", "usp", "sp"), row, strict=True)
    },
    "vsq.sprod": 0x0200702B,
    "vsq.sprod8": 0x0A00702B,
    "vsq.sprodr": 0x1200702B,
    "vsq.sacc": 0x2200702B,
    "vsq.sacc.s24": 0x2A00702B,
    "vsq.sacc.s32": 0x3200702B,
    "vsq.pack.n": 0x4200702B,
    "vsq.packu.n": 0x4A00702B,
    "vsq.unpkl.n": 0x5200702B,
    "vsq.unpkh.n": 0x5A00702B,
    "vsq.unpklu.n": 0x6200702B,
    "vsq.unpkhu.n": 0x6A00702B,
    "vsq.qin.n": 0x8200702B,
    "vsq.qinu.n": 0x8A00702B,
    "vsq.qin.b": 0x9200702B,
    "vsq.qinu.b": 0x9A00702B,
    "vsq.amax.s": 0xA200702B,
    "vsq.macusp.n": 0x0000302B,
    "vsq.macsp.n": 0x0200302B,
    "vsq.macusp.b": 0x0400302B,
    "vsq.macsp.b": 0x0600302B,
}


@cache
def driver(backend: str) -> Driver:
    return Driver(ISA, MNEMONICS, A_CALL, backend=backend)


def check(mnemonic: str, backend: str, count: int, seed: int) -> dict[str, int]:
    """Holds an instruction against the model on `count` cases; gives the events."""
    guest = driver(backend)
    rng = np.random.default_rng([seed, *mnemonic.encode()])
    seen = dict.fromkeys(EVENTS, 0)
    for start in range(0, count, A_CALL):
        cases = operands(mnemonic, rng, min(A_CALL, count - start))
        wanted, events = expected(mnemonic, *cases)
        guest.machine.state("vsq_events")[:] = 0
        got = guest.run(mnemonic, cases)
        np.testing.assert_array_equal(got, wanted, mnemonic)
        counted = dict(zip(EVENTS, guest.machine.state("vsq_events").tolist(), strict=True))
        assert counted == dict.fromkeys(EVENTS, 0) | events
        for name in EVENTS:
            seen[name] += counted[name]
    return seen


def test_every_row_of_the_table_and_nothing_else() -> None:
    assert set(MNEMONICS) == set(TABLE)
    for mnemonic, match in TABLE.items():
        pattern = ISA.instructions[mnemonic].pattern
        assert pattern.match == match, mnemonic
        assert pattern.mask == (0x0600707F if ".mac" in mnemonic else 0xFE00707F), mnemonic


def test_it_is_an_extension_of_rv64() -> None:
    assert not set(MNEMONICS) & set(isa_for("rv32gc_xvsq").instructions)


@pytest.mark.parametrize("name", ["xposit", "xposit1", "xsmallfloat", "xmxdotp", "xpulpnn"])
def test_it_goes_together_with(name: str) -> None:
    isa = isa_for(f"rv64gc_xvsq_{name}")
    assert set(MNEMONICS) < set(isa.instructions)


@pytest.mark.parametrize("mnemonic", MNEMONICS)
def test_native(mnemonic: str) -> None:
    events = check(mnemonic, "native", 20_000, 0)
    has = {
        "saturations": ".mac" in mnemonic or "sacc.s" in mnemonic,
        "zeroed": ".mac" in mnemonic or mnemonic in ("vsq.sprod8", "vsq.sprodr"),
        "wraps": ".sdot" in mnemonic or mnemonic == "vsq.sacc",
    }
    for name in EVENTS:
        assert (events[name] > 0) == has[name], name


@pytest.mark.parametrize("mnemonic", MNEMONICS)
def test_python(mnemonic: str) -> None:
    check(mnemonic, "python", 300, 1)


@pytest.mark.long
@pytest.mark.parametrize("mnemonic", MNEMONICS)
@pytest.mark.parametrize("backend", ["native", "python"])
def test_a_million_cases(mnemonic: str, backend: str) -> None:
    check(mnemonic, backend, 1_000_000, 2)


def in_integers(mnemonic: str, rd: int, rs1: int, rs2: int, rs3: int) -> int:
    """The instruction on Python's integers, from the words of the specification."""
    operation, _, size = mnemonic.removeprefix("vsq.").partition(".")
    for prefix in ("sdot", "dot", "mac"):
        if not operation.startswith(prefix):
            continue
        is_signed = {"up": (False, False), "usp": (False, True), "sp": (True, True)}
        a_signed, b_signed = is_signed[operation.removeprefix(prefix)]
        bits, count, first = SCALARS[size]
        a = exact.lanes(rs1, 4 if size == "n" else 8, count, a_signed)
        b = exact.lanes(rs2, bits, first + count, b_signed)[first:]
        total = exact.dot(a, b)
        if prefix == "dot":
            return total
        if prefix == "sdot":
            return exact.wrap(rd + total, 32)
        scale = exact.scale_product(rs3 % 256, rs3 // 256 % 256, 8)
        return exact.saturate(exact.wrap(rd, 32) + total * scale, 24 if size == "n" else 32)
    if operation == "sprod":
        return exact.scale_product(rs1 % 2**16, rs2 % 2**16, 0)
    if operation == "sprod8":
        return exact.scale_product(rs1 % 256, rs2 % 256, 8)
    if operation == "sprodr":
        return exact.scale_product(rs1 % 2**16, rs1 // 2**16 % 2**16, rs2 % 64)
    if operation == "sacc":
        total = exact.wrap(rd, 32) + exact.wrap(rs1, 32) * (rs2 % 2**32)
        return exact.saturate(total, int(size[1:])) if size else exact.wrap(total, 32)
    if operation.startswith("pack"):
        low, high = (0, 15) if operation == "packu" else (-7, 7)
        octets = exact.lanes(rs1, 8, 8, True) + exact.lanes(rs2, 8, 8, True)
        return exact.join([exact.clip(x, low, high) for x in octets], 4)
    if operation.startswith("unpk"):
        first = 8 if operation[4] == "h" else 0
        nibbles = exact.lanes(rs1, 4, 16, not operation.endswith("u"))
        return exact.join(nibbles[first : first + 8], 8)
    if operation == "amax":
        return exact.largest_magnitude_f32([rd % 2**32, *exact.lanes(rs1, 32, 2, False)])
    fmt = {"qin.n": INT4, "qinu.n": UINT4, "qin.b": INT8, "qinu.b": UINT8}[f"{operation}.{size}"]
    code = exact.quantise_f32(rs1 % 2**32, rs2 % 2**32, fmt)
    return rd % 2**64 // 2**fmt.bits + (code % 2**fmt.bits) * 2 ** (64 - fmt.bits)


@pytest.mark.parametrize("mnemonic", MNEMONICS)
def test_the_model_agrees_with_unbounded_integers(mnemonic: str) -> None:
    cases = operands(mnemonic, np.random.default_rng(3), 400)
    wanted, _ = expected(mnemonic, *cases)
    for got, *values in zip(wanted.tolist(), *(v.tolist() for v in cases), strict=True):
        assert got == exact.wrap(in_integers(mnemonic, *values), 64), values
