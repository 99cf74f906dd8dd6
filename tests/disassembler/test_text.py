"""How instructions are written."""

from __future__ import annotations

import pytest

from rvx.disassembler import Symbols, disassemble, format_instruction
from rvx.disassembler.stream import instruction_size
from rvx.extensions import isa_for
from rvx.isa import Extension, Isa

ISA = isa_for("rv64gc")


def text(word: int, isa: Isa = ISA, **options: object) -> str:
    decoded = isa.decode(word)
    assert decoded is not None
    return format_instruction(decoded, isa, **options)  # type: ignore[arg-type]


def custom() -> Isa:
    ext = Extension("Xtest", version="1.0")
    ext.register_file("p", count=32, bits=32, abi=[f"pt{i}" for i in range(32)])
    ext.encoding("plw rd:p, imm(rs1)", "imm[11:0] rs1 001 rd 0001011")
    ext.encoding("qclr.s", "0111100 00000 00000 000 00000 0001011")
    ext.encoding("xcnt rd, imm:count, bits:shamt", "0100000 bits[4:0] imm[4:0] 010 rd 0001011")
    ext.csr("xmode", 0x800)
    return isa_for("rv64gc", [ext])


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (0x7D00_928B, "plw pt5,2000(ra)"),
        (0x7800000B, "qclr.s"),
        (0x403FA28B, "xcnt t0,32,0x3"),
        (0x80059573, "csrrw a0,xmode,a1"),
        (0x80159573, "csrrw a0,0x801,a1"),
    ],
)
def test_custom_instructions_follow_their_syntax(word: int, expected: str) -> None:
    assert text(word, custom()) == expected


def test_targets_are_relative_without_an_address() -> None:
    assert text(0x00B50463) == "beq a0,a1,.+8"
    assert text(0xFEB50CE3) == "beq a0,a1,.-8"
    assert text(0x00B50463, address=0x1000) == "beq a0,a1,0x1008"
    symbols = Symbols({"main": 0x1000})
    assert text(0x00B50463, address=0x1000, symbols=symbols) == "beq a0,a1,1008 <main+0x8>"


def test_targets_wrap_at_the_register_width() -> None:
    assert text(0xFEB50CE3, isa_for("rv32i"), address=4) == "beq a0,a1,0xfffffffc"
    assert text(0xFEB50CE3, address=4) == "beq a0,a1,0xfffffffffffffffc"


@pytest.mark.parametrize(
    ("word", "alias", "plain"),
    [
        (0x00008067, "ret", "jalr zero,0(ra)"),
        (0x8082, "ret", "c.jr ra"),
        (0x852E, "mv a0,a1", "c.mv a0,a1"),
        (0x0000100F, "fence.i", "fence.i"),
        (0x0FF0000F, "fence", "fence iorw,iorw"),
        (0x00302573, "frcsr a0", "csrrs a0,fcsr,zero"),
        (0xC0002573, "rdcycle a0", "csrrs a0,cycle,zero"),
        (0x00058513, "mv a0,a1", "addi a0,a1,0"),
        (0x4005, "c.li zero,1", "c.li zero,1"),
    ],
)
def test_aliases_are_printed_unless_refused(word: int, alias: str, plain: str) -> None:
    assert text(word) == alias
    assert text(word, aliases=False) == plain


def test_rounding_modes_are_printed_unless_dynamic() -> None:
    assert text(0x00C5F553) == "fadd.s fa0,fa1,fa2"
    assert text(0x00C59553) == "fadd.s fa0,fa1,fa2,rtz"
    assert text(0xD2058553) == "fcvt.d.w fa0,a1"
    assert text(0xD2059553) == "fcvt.d.w fa0,a1,rtz"


def test_fence_sets() -> None:
    assert text(0x0310000F) == "fence rw,w"
    assert text(0x0010000F) == "fence 0,w"


def test_a_stream_mixes_sizes_and_data() -> None:
    code = bytes.fromhex("8280 13051000 0b000000 1000 5f00 0100 3f00 3f00 0000 ff7f 7f")
    lines = list(disassemble(code, 0x1000, ISA))
    assert [(line.address, line.size, line.text) for line in lines] == [
        (0x1000, 2, "ret"),
        (0x1002, 4, "li a0,1"),
        (0x1006, 4, ".4byte 0xb"),
        (0x100A, 2, ".2byte 0x10"),
        (0x100C, 6, ".byte 0x5f, 0x00, 0x01, 0x00, 0x3f, 0x00"),
        (0x1012, 2, ".2byte 0x3f"),  # cut off
        (0x1014, 2, "unimp"),
        (0x1016, 2, ".2byte 0x7fff"),
        (0x1018, 1, ".byte 0x7f"),
    ]
    assert [line.decoded is None for line in lines] == [False] * 2 + [True] * 4 + [
        *(False, True, True)
    ]


def test_addresses_made_by_two_instructions_are_noted() -> None:
    code = bytes.fromhex("37150100 13054500 03a58500 17050000 67000500")
    symbols = Symbols({"data": 0x11000, "code": 0})
    comments = [line.comment for line in disassemble(code, 0, ISA, symbols)]
    assert comments == ["", "11004 <data+0x4>", "", "", "c <code+0xc>"]
    code = bytes.fromhex("03a58100")
    (line,) = disassemble(code, 0, ISA, Symbols({"__global_pointer$": 0x800}))
    assert line.text == "lw a0,8(gp) # 808 <__global_pointer$+0x8>"


def test_sizes_follow_the_low_bits() -> None:
    firsts = (0x00, 0x13, 0x1F, 0x3F, 0x7F, 0x107F, 0x607F, 0x707F)
    assert [instruction_size(first) for first in firsts] == [2, 4, 6, 8, 10, 12, 22, 2]
