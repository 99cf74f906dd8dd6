"""Instructions of 48 and 64 bits: assembled, disassembled, performed and counted."""

from __future__ import annotations

from typing import Any

import pytest

from rvx.assembler import assemble
from rvx.disassembler import disassemble
from rvx.emulator import Machine, TrapKind
from rvx.emulator.context import Field
from rvx.emulator.regions import select
from rvx.extensions import isa_for
from rvx.isa import DeclarationError, Extension, Words

from .witness import Witness

WAYS: dict[str, dict[str, Any]] = {
    "witness": {"tier": "trap"},
    "python": {"backend": "python"},
    "trap": {"tier": "trap"},
    "inline": {"tier": "inline"},
    "mirrored": {"tier": "inline", "by_pointer": False},
    "region": {},
}

NOP = ".option norvc\nnop\n.option rvc\n"

Xlong = Extension("Xlong", version="1.0", doc="Words of more than 32 bits")


@Xlong.instruction("lli rd, imm", "imm[31:0] 0000 rd 0011111")
def lli(imm: int) -> int:
    """rd = imm."""
    return imm


@Xlong.instruction("laddi rd, rs1, imm", "imm[31:0] 000000000000 000 rs1 rd 0111111", xlen=64)
def laddi(rs1: int, imm: int) -> int:
    """rd = rs1 + imm."""
    return rs1 + imm


@Xlong.instruction("lbeq rs1, rs2, offset", "offset[25:1] 000000 rs2 rs1 1011111")
def lbeq(rs1: int, rs2: int, offset: int, pc: int, next_pc: Words) -> None:
    """Branches if rs1 is rs2."""
    if rs1 == rs2:
        next_pc[0] = pc + offset


def machine(text: str, way: str) -> Machine:
    isa = isa_for("rv64imac", [Xlong])
    made = Machine(assemble(f".globl f\n{text}\n", isa).to_elf(), isa, memory=1 << 20, **WAYS[way])
    if way == "witness":
        Witness(made)
    if way in ("inline", "mirrored"):
        made.context.words[Field.THRESHOLD] = 2
    return made


@pytest.fixture(params=list(WAYS))
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(select, "LEAST_WEIGHT", 2)
    return str(request.param)


@pytest.mark.parametrize("first", ["", "c.nop\n", NOP])
def test_long_words_in_a_loop(way: str, first: str) -> None:
    text = f"""f: {first} lli a1, -2000000000
 laddi a2, a2, 0x7fffffff
 c.addi a3, 1
 laddi a4, a4, -1
 lli a5, 7
 addi a0, a0, -1
 bnez a0, f
 lli a0, 99
 ret"""
    made = machine(text, way)
    for rounds in (50, 3, 200):
        for name in ("a2", "a3", "a4"):
            made.set_register(name, 0)
        result = made.call("f", rounds)
        assert result.trap is None, result.trap
        if made.hart.regions is not None:
            made.hart.regions.look(float("inf"))
        assert result.value == 99
        assert made.register("a1") == (1 << 64) - 2000000000
        assert made.register("a2") == rounds * 0x7FFFFFFF
        assert made.register("a3") == rounds
        assert made.register("a4") == (1 << 64) - rounds
        assert result.by_mnemonic["lli"] == 2 * rounds + 1
        assert result.by_mnemonic["laddi"] == 2 * rounds
        assert result.instructions == (8 if first else 7) * rounds + 2
        at = made.symbol("f")
        assert sum(result.executions.values()) == result.instructions
        assert result.executions[at + {"": 0, "c.nop\n": 2, NOP: 4}[first]] == rounds


def test_long_branches(way: str) -> None:
    text = """f: li a1, 0
1: addi a1, a1, 1
 lbeq a0, a1, 2f
 lbeq zero, zero, 1b
2: mv a0, a1
 ret"""
    made = machine(text, way)
    for rounds in (1, 5, 100):
        result = made.call("f", rounds)
        assert result.trap is None, result.trap
        assert result.value == rounds
        assert result.by_mnemonic["lbeq"] == 2 * rounds - 1
        assert result.instructions == 1 + rounds + 2 * rounds - 1 + 2


@pytest.mark.parametrize("limit", range(1, 12))
def test_limits_between_long_words(way: str, limit: int) -> None:
    text = """.option norvc
f: lli a1, 1
 laddi a2, a1, 1
 lli a3, 3
 addi a0, a0, -1
 bnez a0, f
 ret"""
    made = machine(text, way)
    result = made.call("f", 2, max_instructions=limit)
    assert result.instructions == min(limit, 11)
    if limit < 11:
        assert result.trap is not None
        assert result.trap.kind == TrapKind.LIMIT
        at = [0, 6, 14, 20, 24, 0, 6, 14, 20, 24, 28][limit]
        assert result.trap.pc == made.symbol("f") + at


def test_an_unknown_long_word_is_illegal(way: str) -> None:
    made = machine("f: nop\n .byte 0x5f, 0, 0xff, 0, 0, 0x80\n ret", way)
    result = made.call("f")
    assert result.trap is not None
    assert result.trap.kind == TrapKind.ILLEGAL_INSTRUCTION
    assert result.instructions == 1
    assert "word 800000ff005f, which is no instruction" in result.trap.message


def test_text_and_words() -> None:
    isa = isa_for("rv64imac", [Xlong])
    program = assemble(
        ".globl f\nf: lli a0, -2\n laddi a1, a2, 0x12345678\n c.nop\n lbeq a0, a1, f", isa
    )
    data = program.segments[0].data
    assert data[:6] == bytes.fromhex("1f05feffffff")
    assert data[6:14] == (0x12345678 << 32 | 12 << 12 | 11 << 7 | 0x3F).to_bytes(8, "little")
    lines = list(disassemble(data, program.segments[0].address, isa))
    assert [line.size for line in lines] == [6, 8, 2, 6]
    assert [str(line.written.mnemonic) for line in lines] == ["lli", "laddi", "nop", "lbeq"]
    assert "a1,a2,305419896" in lines[1].text.replace(" ", "")


@pytest.mark.parametrize(
    ("bits", "sentence"),
    [
        ("imm[31:0] 0000 rd 0111111", "48 bits wide, but does not end like one: words of 48 bits"),
        ("imm[31:0] 00000000000000000000 rd 0011111", "words of 64 bits end with 0111111"),
        ("imm[19:0] rd 0011111", "words of 32 bits end with 11, but not 11111"),
        ("imm[19:0] rd 1011001", "words of 32 bits end with 11, but not 11111"),
        ("imm[5:0] rd 00011", "words of 16 bits end with 00, 01 or 10"),
        ("imm[19:0] 0000 rd 0011111", "36 bits wide"),
    ],
)
def test_the_low_bits_say_how_long_a_word_is(bits: str, sentence: str) -> None:
    ext = Extension("Xbad", version="1")
    with pytest.raises(DeclarationError) as error:
        ext.instruction("x rd, imm", bits)(lambda imm: imm)
    assert sentence in str(error.value)
