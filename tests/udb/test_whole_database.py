"""The database itself, a checkout whose folder is in RVX_UDB: long runs, nothing is copied."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rvx.bodies import form_of
from rvx.extensions import load
from tests.udb.lab import HART, Pair, load_pairs, number, signed

pytestmark = pytest.mark.long

WRONG = {
    "andn": "it negates xs1, where the manual negates rs2",
    "rev8": "its loop leaves out a byte",
    "orc.b": "its loop leaves out a byte",
    "rolw": "it concatenates 64 bits with the signs above, which are cut off",
    "rorw": "it shifts all 64 bits of xs1",
    "roriw": "it shifts all 64 bits of xs1",
    "ctzw": "lowest_set_bit of 0 is 64 on RV64",
}
"""What the database says otherwise than the RISC-V manual, at d1ca439 of 2026-01-28."""


def database() -> Path:
    folder = os.environ.get("RVX_UDB", "")
    assert folder, "RVX_UDB names a checkout of riscv-software-src/riscv-unified-db"
    return Path(folder) / "spec"


@pytest.fixture(scope="module")
def xqci(tmp_path_factory: pytest.TempPathFactory) -> list[Pair]:
    folder = database() / "custom" / "isa" / "qc_iu" / "inst" / "Xqci"
    return load_pairs([folder], tmp_path_factory.mktemp("xqci") / "xqci.py")[1]


def test_bit_manipulation_is_what_rvx_has(tmp_path: Path) -> None:
    """Bodies of Zba, Zbb, Zbs and Zicond beside rvx's own, 100,000 operands each: four minutes."""
    inst = database() / "std" / "isa" / "inst"
    folders = [inst / name for name in ("B", "Zba", "Zbb", "Zbs", "Zicond")]
    made, pairs = load_pairs(folders, tmp_path / "b.py")
    assert made.count == made.with_body
    shipped = [
        one for n in ("zba", "zbb", "zbs", "zicond", "zbc") for one in load(n).instructions.values()
    ]
    own = {(one.mnemonic, xlen): one for one in shipped for xlen in one.xlens}
    different = set()
    for pair in pairs:
        other = own[pair.made.mnemonic, pair.isa.xlen]
        form, xlen = form_of(other, pair.isa), pair.isa.xlen
        draw = random.Random(pair.made.mnemonic)
        for i in range(100_000):
            if i % 64 == 0:
                word = pair.word(draw)
                assert word is not None
                assert other.accepts(word)
                fields, others = pair.made.decode(word), other.decode(word)
            x = {name: signed(number(draw, xlen), xlen) for name in ("rs1", "rs2", "rd")}
            given = {**fields, **x, "xlen": xlen, HART: np.zeros(4, np.int64)}
            wanted = {**others, **x, "xlen": xlen}
            with np.errstate(over="ignore"):
                a = int(pair.form.interpreted(*(given[name] for name in pair.form.requests)))
                b = int(form.interpreted(*(np.int64(wanted[name]) for name in form.requests)))
            if (a - b) & (1 << xlen) - 1:
                different.add(pair.made.mnemonic)
                break
    assert different == set(WRONG)


def test_xqci_means_what_its_operations_say(xqci: list[Pair]) -> None:
    """All bodies of Xqci beside the interpreter of the tests, 2,000 words each: five minutes."""
    assert len(xqci) == 130
    draw = random.Random(1)
    for pair in xqci:
        assert pair.compare(2000, draw) > 50, pair.made.mnemonic


def low(value: int) -> int:
    return value & 0xFFFFFFFF


def clipped(value: int, least: int, most: int) -> int:
    return low(min(max(value, least), most))


def taken_out(value: int, at: int, width: int, is_signed: bool) -> int:
    bits = value >> at & (1 << width) - 1
    return low(signed(bits, width)) if is_signed else bits


def put_in(old: int, value: int, at: int, width: int) -> int:
    mask = (1 << width) - 1 << at
    return low(old & ~mask | value << at & mask)


S = signed
READ: dict[str, Callable[[dict[str, int]], int]] = {
    "qc.addsat": lambda o: clipped(S(o["rs1"], 32) + S(o["rs2"], 32), -(1 << 31), (1 << 31) - 1),
    "qc.addusat": lambda o: clipped(o["rs1"] + o["rs2"], 0, (1 << 32) - 1),
    "qc.subsat": lambda o: clipped(S(o["rs1"], 32) - S(o["rs2"], 32), -(1 << 31), (1 << 31) - 1),
    "qc.subusat": lambda o: clipped(o["rs1"] - o["rs2"], 0, (1 << 32) - 1),
    "qc.shlsat": lambda o: clipped(S(o["rs1"], 32) << (o["rs2"] & 31), -(1 << 31), (1 << 31) - 1),
    "qc.shlusat": lambda o: clipped(o["rs1"] << (o["rs2"] & 31), 0, (1 << 32) - 1),
    "qc.shladd": lambda o: low((o["rs1"] << o["shamt"]) + o["rs2"]),
    "qc.muliadd": lambda o: low(o["rd"] + o["rs1"] * o["imm"]),
    "qc.brev32": lambda o: int(f"{o['rs1']:032b}"[::-1], 2),
    "qc.clo": lambda o: len(f"{o['rs1']:032b}") - len(f"{o['rs1']:032b}".lstrip("1")),
    "qc.cto": lambda o: 32 - len(f"{o['rs1']:032b}".rstrip("1")),
    "qc.compress2": lambda o: int(f"{o['rs1']:032b}"[1::2], 2),
    "qc.expand2": lambda o: int("".join(2 * bit for bit in f"{o['rs1'] & 0xFFFF:016b}"), 2),
    "qc.ext": lambda o: taken_out(o["rs1"], o["shamt"], o["width"], True),
    "qc.extu": lambda o: taken_out(o["rs1"], o["shamt"], o["width"], False),
    "qc.insb": lambda o: put_in(o["rd"], o["rs1"], o["shamt"], o["width"]),
    "qc.mveq": lambda o: o["rs3"] if o["rs1"] == o["rs2"] else o["rd"],
    "qc.lilt": lambda o: low(o["simm"]) if S(o["rs1"], 32) < S(o["rs2"], 32) else o["rd"],
    "qc.selectnei": lambda o: o["rs2"] if S(o["rd"], 32) != o["imm"] else o["rs3"],
    "qc.e.addi": lambda o: low(o["rs1"] + o["imm"]),
    "qc.e.xorai": lambda o: low(o["rd"] ^ o["imm"]),
    "qc.li": lambda o: low(o["imm"]),
}
"""Instructions of Xqci as their names and descriptions have them, by one who had read the IDL."""


def test_xqci_means_what_its_prose_says(xqci: list[Pair]) -> None:
    """Twenty-two of them against functions of one line, 20,000 operands each: one minute."""
    pairs = {pair.made.mnemonic: pair for pair in xqci}
    draw = random.Random(3)
    for mnemonic, meaning in READ.items():
        pair = pairs[mnemonic]
        for _ in range(20_000):
            word = pair.word(draw)
            assert word is not None
            values = pair.made.decode(word)
            x = [0, *(number(draw, 32) for _ in range(31))]
            registers = {n for n, one in pair.made.operands.items() if one.is_register}
            operands = {n: x[v] if n in registers else v for n, v in values.items()}
            got = pair.imported(word, x, 0x1000, b"").x[values["rd"]]
            assert got == (meaning(operands) if values["rd"] else 0), (mnemonic, operands)
