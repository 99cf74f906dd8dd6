"""Instructions with several destinations, groups of registers, and registers of many words."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from rvx.assembler import assemble
from rvx.bodies import BodyProblem
from rvx.disassembler import format_instruction
from rvx.emulator import Machine, TrapKind
from rvx.emulator.context import Field
from rvx.emulator.regions import select
from rvx.extensions import isa_for
from rvx.isa import DeclarationError, Extension, Memory, Words
from rvx.isa.bits import narrow
from rvx.isa.memory import load_64, load_s32, store_32

from ..witness import Witness

WAYS: dict[str, dict[str, Any]] = {
    "witness": {"tier": "trap"},
    "python": {"backend": "python"},
    "trap": {"tier": "trap"},
    "inline": {"tier": "inline"},
    "mirrored": {"tier": "inline", "by_pointer": False},
    "region": {},
}
MASK = (1 << 64) - 1

Xshape = Extension("Xshape", version="1.0", doc="Shapes of operands")
Xshape.register_file("w", count=32, bits=128)
Xshape.register_file("m", count=4, bits=65536)


@Xshape.instruction(
    "lwpi rd, imm(rs1)", "imm[11:0] rs1 000 rd 0001011", writes=("rd", "rs1"), kind="load"
)
def lwpi(rs1: int, imm: int, mem: Memory, xlen: int) -> tuple[int, int]:
    """rd = the word at rs1; rs1 += imm."""
    return load_s32(mem, rs1), narrow(rs1 + imm, xlen)


@Xshape.instruction(
    "swpr rs2, rs3(rs1)", "0000000 rs2 rs1 001 rs3 0001011", writes=("rs1",), kind="store"
)
def swpr(rs1: int, rs2: int, rs3: int, mem: Memory, xlen: int) -> int:
    """The word at rs1 = rs2; rs1 += rs3."""
    store_32(mem, rs1, rs2)
    return narrow(rs1 + rs3, xlen)


@Xshape.instruction(
    "minmax rd, rs3, rs1, rs2", "rs3 00 rs2 rs1 010 rd 0001011", writes=("rd", "rs3")
)
def minmax(rs1: int, rs2: int) -> tuple[int, int]:
    """rd, rs3 = the smaller and the larger of rs1 and rs2."""
    return min(rs1, rs2), max(rs1, rs2)


@Xshape.instruction("pswap rd:x*2, rs1:x*2, rs2:x*2", "0000000 rs2 rs1 011 rd 0001011")
def pswap(rd: Words, rs1: Words, rs2: Words, xlen: int) -> None:
    """rd = the high one of rs1 and its sum with rs2, and the low one likewise."""
    rd[0] = narrow(rs1[1] + rs2[1], xlen)
    rd[1] = narrow(rs1[0] + rs2[0], xlen)


@Xshape.instruction("quad rd:f, rs1:x*4", "000000000000 rs1 100 rd 0001011")
def quad(rs1: Words) -> int:
    """rd = the exclusive or of four registers."""
    return rs1[0] ^ rs1[1] ^ rs1[2] ^ rs1[3]


@Xshape.instruction("fswap rd:f*2, rs1:f*2", "000000000001 rs1 100 rd 0001011")
def fswap(rd: Words, rs1: Words) -> None:
    """rd = rs1, the other way round."""
    for i in range(2):
        rd[i] = rs1[1 - i]


@Xshape.instruction("wrev rd:w, rs1:w", "000000000010 rs1 100 rd 0001011")
def wrev(rd: Words, rs1: Words) -> None:
    """rd = the words of rs1, exchanged."""
    rd[0] = rs1[1]
    rd[1] = rs1[0]


@Xshape.instruction("wadd rd:w, rs1:w, rs2:w", "0000001 rs2 rs1 100 rd 0001011")
def wadd(rd: Words, rs1: Words, rs2: Words) -> None:
    """rd = rs1 + rs2, 128 bits."""
    low = rs1[0] + rs2[0]
    carry = (rs1[0] & rs2[0] | (rs1[0] | rs2[0]) & ~low) >> 63 & 1
    rd[0] = low
    rd[1] = rs1[1] + rs2[1] + carry


@Xshape.instruction("wld rd:w, imm(rs1)", "imm[11:0] rs1 101 rd 0001011", kind="load")
def wld(rd: Words, rs1: int, imm: int, mem: Memory) -> None:
    """rd = the 16 bytes in memory."""
    rd[0] = load_64(mem, rs1 + imm)
    rd[1] = load_64(mem, rs1 + imm + 8)


@Xshape.instruction("tset rd:m, rs1", "000000000011 rs1 100 000 rd[1:0] 0001011")
def tset(rd: Words, rs1: int) -> None:
    """Every word of rd += rs1 and its number."""
    for i in range(1024):
        rd[i] += rs1 + i


@Xshape.instruction("tsum rd, rs1:m", "000000000100 000 rs1[1:0] 100 rd 0001011")
def tsum(rs1: Words, xlen: int) -> int:
    """rd = the sum of all words."""
    total = 0
    for value in rs1:
        total += value
    return narrow(total, xlen)


def isa(xlen: int = 64) -> Any:
    return isa_for(f"rv{xlen}imafd", [Xshape])


def machine(text: str, way: str, xlen: int = 64) -> Machine:
    source = f".text\n.globl f\n{text}\n.data\n.balign 16\nvalues: .zero 256\n"
    made = Machine(assemble(source, isa(xlen)).to_elf(), isa(xlen), memory=1 << 20, **WAYS[way])
    if way == "witness":
        Witness(made)
    if way in ("inline", "mirrored"):
        made.context.words[Field.THRESHOLD] = 2
    return made


@pytest.fixture(params=list(WAYS))
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(select, "LEAST_WEIGHT", 2)
    return str(request.param)


@pytest.mark.parametrize("xlen", [64, 32])
def test_several_destinations_in_a_loop(way: str, xlen: int) -> None:
    text = """f: lwpi a3, 4(a0)
 add a4, a4, a3
 swpr a4, a5(a1)
 minmax t0, t1, t1, a3
 addi a2, a2, -1
 bnez a2, f
 ret"""
    made = machine(text, way, xlen)
    draw = random.Random(xlen)
    values = [draw.randrange(-(1 << 30), 1 << 30) for _ in range(24)]
    start = made.symbol("values")
    made.array(start, np.int32, 24)[:] = values
    made.set_register("a4", 0)
    made.set_register("a5", 8)
    made.set_register("t1", 0)
    out = made.memory.heap
    for _ in range(3):
        result = made.call("f", start, out, 24)
        assert result.trap is None
        if made.hart.regions is not None:
            made.hart.regions.look(float("inf"))
        sums = np.cumsum(np.array(values, np.int32), dtype=np.int32)
        assert made.array(out, np.int32, 48)[::2].tolist() == sums.tolist()
        assert made.register("a0") == start + 96
        assert made.register("a1") == out + 192
        assert made.register("t1") == max(0, *values)
        assert result.by_mnemonic["lwpi"] == result.by_mnemonic["swpr"] == 24
        assert result.instructions == 6 * 24 + 1
        made.set_register("a4", 0)
        made.set_register("t1", 0)


def test_the_last_of_several_destinations_counts(way: str) -> None:
    made = machine("f: lwpi a0, 4(a0)\n lwpi zero, 8(a1)\n lwpi a2, 4(zero)\n ret", way)
    start = made.symbol("values")
    made.array(start, np.int32, 1)[0] = 7
    result = made.call("f", start, start)
    assert made.register("a0") == start + 4
    assert made.register("a1") == start + 8
    assert result.trap is not None
    assert result.trap.kind == TrapKind.BAD_LOAD
    assert made.register("zero") == 0


@pytest.mark.parametrize("xlen", [64, 32])
def test_groups(way: str, xlen: int) -> None:
    text = """f: pswap a0, a0, a2
 pswap zero, a2, a4
 pswap a6, zero, a2
 quad fa0, s0
 fswap fa0, fa0
 ret"""
    made = machine(text, way, xlen)
    draw = random.Random(1)
    given = {f"x{i}": draw.getrandbits(xlen - 1) for i in (8, 9, 10, 11, 12, 13, 14, 15)}
    for name, value in given.items():
        made.set_register(name, value)
    made.set_register("f11", 5)
    a = [given[f"x{i}"] for i in range(8, 16)]
    result = made.call("f", *a[2:8])
    assert result.trap is None
    mask = (1 << xlen) - 1
    assert made.register("a0") == (a[3] + a[5]) & mask
    assert made.register("a1") == (a[2] + a[4]) & mask
    assert (made.register("a6"), made.register("a7")) == (a[5], a[4])
    assert made.register("zero") == 0
    expected = a[0] ^ a[1] ^ made.register("a0") ^ made.register("a1")
    if xlen == 32:
        expected = (expected & 0xFFFFFFFF ^ 0x80000000) - 0x80000000
    assert made.register("fa1") == expected & MASK
    assert made.register("fa0") == 5


def test_wide_registers(way: str) -> None:
    text = """f: wadd w3, w1, w2
 wrev w1, w1
 wld w4, 0(a0)
 wadd w4, w4, w4
 wld w2, 0(a1)
 ret"""
    made = machine(text, way)
    draw = random.Random(2)
    one, two, three = (draw.getrandbits(128) for _ in range(3))
    made.set_register("w1", one)
    made.set_register("w2", two)
    start = made.symbol("values")
    made.array(start, np.uint8, 16)[:] = np.frombuffer(three.to_bytes(16, "little"), np.uint8)
    end = made.memory.base + made.memory.ram.size - 8
    result = made.call("f", start, end)
    assert made.register("w3") == (one + two) % (1 << 128)
    assert made.register("w1") == (one >> 64) | (one & MASK) << 64
    assert made.register("w4") == 2 * three % (1 << 128)
    assert result.trap is not None
    assert result.trap.kind == TrapKind.BAD_LOAD
    assert made.register("w2") == two, "half of a load is none"
    assert result.instructions == 4


def test_the_widest(way: str) -> None:
    made = machine("f: tset m1, a0\n tset m1, a1\n tsum a0, m1\n tsum a1, m0\n ret", way)
    result = made.call("f", 3, 1 << 40)
    assert result.trap is None
    assert result.value == 1024 * (3 + (1 << 40)) + 1024 * 1023
    assert made.register("a1") == 0
    words = [3 + (1 << 40) + 2 * i for i in range(1024)]
    assert made.register("m1") == sum(word << 64 * i for i, word in enumerate(words))
    made.set_register("m1", 1 << 65535)
    assert made.call("f", 0, 0).value == -(1 << 63) + 1024 * 1023


@pytest.mark.parametrize(
    ("text", "word"),
    [("pswap a0, a2, a4", 0x00E6350B), ("lwpi a0, -4(a1)", 0xFFC5850B), ("tset m3, a0", None)],
)
def test_text_and_words(text: str, word: int | None) -> None:
    chosen = isa()
    program = assemble(f".text\n{text}\n", chosen)
    found = int.from_bytes(program.segments[0].data[:4], "little")
    assert word is None or found == word
    decoded = chosen.decode(found)
    assert decoded is not None
    mnemonic, _, operands = text.partition(" ")
    printed = format_instruction(decoded, chosen).split(maxsplit=1)
    assert printed == [mnemonic, operands.replace(" ", "")]


def test_odd_members_are_reserved() -> None:
    chosen = isa()
    word = chosen.instructions["pswap"].encode({"rd": 10, "rs1": 12, "rs2": 14})
    assert chosen.decode(word | 1 << 7) is None
    with pytest.raises(Exception, match="a1 cannot stand here"):
        assemble(".text\npswap a1, a2, a4\n", chosen)


def declaring(**options: Any) -> Any:
    ext = Extension("Xbad", version="1")
    ext.register_file("w", count=8, bits=128)
    return ext.instruction(options.pop("syntax"), options.pop("bits"), **options)


@pytest.mark.parametrize(
    ("options", "body", "sentence"),
    [
        (
            {"syntax": "x rd, rs1", "bits": "000000000000 rs1 000 rd 0001011", "writes": ("rs2",)},
            lambda rs1: rs1,
            "writes is a tuple of its register operands, such as ('rd', 'rs1'), not ('rs2',); they "
            "are rd, rs1",
        ),
        (
            {"syntax": "x rd:x*3, rs1", "bits": "000000000000 rs1 000 rd 0001011"},
            lambda rs1: rs1,
            "there is no operand kind 'x*3'; x*2 is an aligned pair of x registers",
        ),
        (
            {"syntax": "x rd:x*2, rs1", "bits": "000000000000 rs1 000 rd 0001011"},
            lambda rs1: rs1,
            "'rd' is written, and is more than one word: the body has to ask for it",
        ),
    ],
)
def test_declarations_that_do_not_fit(options: Any, body: Any, sentence: str) -> None:
    with pytest.raises(DeclarationError) as error:
        declaring(**options)(body)
    assert sentence in str(error.value)


def _two(rs1: int) -> int:
    return rs1


def _writes_a_source(rd: Words, rs1: Words) -> None:
    rs1[0] = rd[0]


@pytest.mark.parametrize(
    ("syntax", "body", "writes", "sentence"),
    [
        ("x rd, rs1", _two, ("rd", "rs1"), "it returns an integer; the instruction writes rd and"),
        ("x rd:x*2, rs1:x*2", _writes_a_source, None, "'rs1' is read; what an instruction changes"),
    ],
)
def test_bodies_that_do_not_fit(syntax: str, body: Any, writes: Any, sentence: str) -> None:
    ext = Extension("Xbad", version="1")
    ext.instruction(syntax, "000000000000 rs1 000 rd 0001011", writes=writes)(body)
    with pytest.raises(BodyProblem) as error:
        isa_for("rv64i", [ext])
    assert sentence in str(error.value)
