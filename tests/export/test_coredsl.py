"""Extensions as CoreDSL: words, texts, and behaviours carried out beside the bodies.

The language's parsers (M2-ISA-R on PyPI, Seal5) pin a runtime of ANTLR that nothing else here
needs, so none of them is a dependency. By hand, `python -m m2isar.frontends.coredsl2.parser` of
m2isar 0.1.6 has read the files of all shipped scalar extensions, see "Long runs" in
docs/architecture.md. Here a file is taken to pieces, and its behaviours, with the functions that
they call, are carried out by the reader of `tests/export/coredsl.py`.
"""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest

from rvx.export.targets import export
from rvx.extensions import load
from rvx.extensions.catalogue import make_isa
from rvx.isa import Extension, Instruction, Isa, Memory, Words
from rvx.isa.memory import load_s16, load_u8, store_32
from tests.export.coredsl import ACCESS, Hart, Raised, Reader, Value
from tests.export.integerbodies import random_extension
from tests.udb import lab

NAMES = ["i", "m", "c", "zba", "zbb", "zbs", "zcb", "zicond", "xcvalu", "xcvmem", "xcvbi"]

INSTRUCTION = re.compile(
    r"^ {8}(\w+) \{\n {12}encoding: ([^\n]*);\n {12}assembly: ([^\n]*);\n(?: {12}//[^\n]*\n)?"
    r" {12}behavior: (.*?)\n {8}\}$",
    re.MULTILINE | re.DOTALL,
)


def text_of(extension: Extension) -> str:
    (text,) = export("coredsl", [extension]).files.values()
    return text


def test_a_file_is_as_it_is_wanted() -> None:
    ext = Extension("Xmac", version="0.1", doc="A saturating MAC")

    @ext.instruction("smac rd, rs1, rs2", "0000000 rs2 rs1 000 rd 1011011")
    def smac(rd: int, rs1: int, rs2: int) -> int:
        """rd = clip(rd + rs1 * rs2) to 32 bits."""
        return min(rd + rs1 * rs2, 0x7FFFFFFF)

    @ext.instruction("inc rd, imm", "imm[11:0] 00000 001 rd 1011011", xlen=64)
    def inc(rd: int, imm: int) -> int:
        return rd + (imm << 4)

    made = export("coredsl", [ext])
    assert made.left_out == []
    assert made.files == {
        "Xmac.core_desc": """\
// Xmac 0.1: A saturating MAC
import "RV32I.core_desc"

InstructionSet Xmac extends RV32I {
    functions {
        signed<64> xmac_min(signed<64> a, signed<64> b) { return b < a ? b : a; }
        signed<64> xmac_smac(signed<64> v_rd, signed<64> v_rs1, signed<64> v_rs2) {
            return xmac_min((signed<64>)(v_rd + (signed<64>)(v_rs1 * v_rs2)), 2147483647);
        }
    }
    instructions {
        // rd = clip(rd + rs1 * rs2) to 32 bits.
        SMAC {
            encoding: 7'b0000000 :: rs2[4:0] :: rs1[4:0] :: 3'b000 :: rd[4:0] :: 7'b1011011;
            assembly: {"smac", "{name(rd)}, {name(rs1)}, {name(rs2)}"};
            behavior: { if (rd != 0) X[rd] = (unsigned<XLEN>)xmac_smac((signed<64>)(signed)X[rd], \
(signed<64>)(signed)X[rs1], (signed<64>)(signed)X[rs2]); }
        }
    }
}

InstructionSet Xmac_RV64 extends Xmac {
    functions {
        signed<64> rv64_xmac_inc(signed<64> v_rd, signed<64> v_imm) {
            return (signed<64>)(v_rd + ((signed<64>)v_imm << 4));
        }
    }
    instructions {
        INC {
            encoding: imm[11:0] :: 8'b00000001 :: rd[4:0] :: 7'b1011011;
            assembly: {"inc", "{name(rd)}, {(signed)imm}"};
            behavior: { if (rd != 0) X[rd] = (unsigned<XLEN>)rv64_xmac_inc((signed<64>)(signed)\
X[rd], (signed<64>)((signed)imm)); }
        }
    }
}
"""
    }


def test_what_is_no_plain_arithmetic_is_named() -> None:
    ext = Extension("Xodd", version="1")
    ext.encoding("only rd", "000000000000 00000 000 rd 1011011")

    @ext.instruction("div rd, rs1", "000000000000 rs1 001 rd 1011011")
    def div(rs1: int) -> int:
        if rs1 == 3:
            raise ValueError("three")
        return 1

    @ext.instruction("real rd:f, rs1", "000000000000 rs1 010 rd 1011011")
    def real(rs1: int) -> int:
        return rs1

    made = export("coredsl", [ext, load("zvbb")])
    text = made.files["Xodd.core_desc"]
    assert "functions" not in text
    assert text.count("// The behaviour is left out: ") == text.count("behavior: {}\n") == 3
    assert made.left_out[0] == "only: written without its behaviour: it has no body in rvx"
    assert made.left_out[1] == "div: written without its behaviour: its body may raise"
    assert made.left_out[2] == (
        "real: written without its behaviour: its 'rd' is no x register and no immediate"
    )
    assert (
        "vctz.v: it works on vector registers, which the base that is built upon has not"
        in made.left_out
    )


@pytest.mark.parametrize("name", [*NAMES, "f", "zcmp", "xposit"])
def test_encodings_are_those_of_the_declaration(name: str) -> None:
    extension = load(name)
    found = INSTRUCTION.findall(text_of(extension))
    assert len(found) == len(extension.instructions)
    wanted = []
    for made in extension.instructions.values():
        bits = list(f"{made.pattern.match:0{made.pattern.bits}b}"[::-1])
        for i in range(made.pattern.bits):
            if not made.pattern.mask >> i & 1:
                bits[i] = "-"
        for operand in made.operands.values():
            for piece in operand.field.pieces:
                for i in range(piece.bits):
                    bits[piece.word_lsb + i] = f"{operand.name}{piece.value_lsb + i}"
        wanted.append((made.mnemonic, bits[::-1]))
    for _, encoding, assembly, _ in found:
        bits = []
        for part in encoding.split(" :: "):
            if "'b" in part:
                bits += list(part.partition("'b")[2])
                continue
            (field, high, low) = re.fullmatch(r"(\w+)\[(\d+):(\d+)\]", part).groups()  # type: ignore[union-attr]
            is_unused = field.startswith("unused")
            bits += [
                "-" if is_unused else f"{field}{i}" for i in range(int(high), int(low) - 1, -1)
            ]
        mnemonic = assembly.split('"')[1]
        assert (mnemonic, bits) in wanted


def own() -> Extension:
    """Several registers, ends on the way, jumps on a condition, and memory in what is called."""
    ext = Extension("Xown", version="1")

    def pair(mem: Memory, at: int) -> int:
        return load_u8(mem, at) << 8 | load_u8(mem, at + 1)

    def swap(mem: Memory, at: int, value: int) -> int:
        old = load_s16(mem, at)
        store_32(mem, at, value)
        return old

    @ext.instruction("next rd, imm(rs1)", "imm[11:0] rs1 000 rd 0001011", writes=("rd", "rs1"))
    def next_(rs1: int, imm: int, mem: Memory) -> tuple[int, int]:
        if imm < 0:
            return pair(mem, rs1), rs1
        total = 0
        for i in range(4):
            total += load_s16(mem, rs1 + i)
        return total, rs1 + imm

    @ext.instruction("swap rd, (rs1), rs2", "0000000 rs2 rs1 001 rd 0001011")
    def swap_(rs1: int, rs2: int, mem: Memory) -> int:
        return swap(mem, rs1, rs2)

    @ext.instruction("loop rd, offset", "offset[12|10:5] 00001 rd 010 offset[4:1|11] 0001011")
    def loop(rd: int, offset: int, pc: int, next_pc: Words) -> int:
        if rd == 0:
            return -1
        if rd != 1:
            next_pc[0] = pc + offset
        return rd - 1

    return ext


def parts_of(text: str, xlen: int) -> tuple[dict[str, Any], list[tuple[str, str, Any]]]:
    """Functions, and mnemonic, encoding and behaviour of each instruction at a register width."""
    functions: dict[str, Any] = {}
    found = []
    for part in text.split("\nInstructionSet ")[1:]:
        of = re.match(r"\w+?(?:_RV(32|64))? extends", part)
        assert of is not None
        if of[1] and int(of[1]) != xlen:
            continue
        for section in re.findall(
            r"^    functions \{\n(.*?)^    \}$", part, re.MULTILINE | re.DOTALL
        ):
            functions |= Reader(section).functions()
        for _, encoding, assembly, behaviour in INSTRUCTION.findall(part):
            reader = Reader(behaviour)
            statements = reader.statement()
            assert reader.at == len(reader.tokens)
            found.append((assembly.split('"')[1], encoding, statements))
    return functions, found


def fields_of(encoding: str, word: int) -> dict[str, Value] | None:
    """The fields of a word; None if it is none of this encoding."""
    found: dict[str, int] = {}
    widths: dict[str, int] = {}
    for part in reversed(encoding.split(" :: ")):
        if "'b" in part:
            digits = part.partition("'b")[2]
            if word & (1 << len(digits)) - 1 != int(digits, 2):
                return None
            word >>= len(digits)
            continue
        name, high, low = re.fullmatch(r"(\w+)\[(\d+):(\d+)\]", part).groups()  # type: ignore[union-attr]
        bits = int(high) - int(low) + 1
        found[name] = found.get(name, 0) | (word & (1 << bits) - 1) << int(low)
        widths[name] = max(widths.get(name, 0), int(high) + 1)
        word >>= bits
    return {name: Value(value, widths[name], False) for name, value in found.items()}


@pytest.mark.parametrize("name", NAMES)
def test_behaviours_do_what_bodies_do(name: str) -> None:
    extension = load(name)
    done = compare(extension)
    bodies = {
        made.mnemonic
        for made in extension.instructions.values()
        if made.body is not None or (made.expansion and made.expansion.target.body is not None)
    }
    # What is left of C loads and stores registers of floats.
    floats = {f"c.f{what}{sp}" for what in ("lw", "ld", "sw", "sd") for sp in ("", "sp")}
    idle = {"fence", "fence.tso", "fence.i", "c.nop"}
    assert bodies - done <= floats | idle


def test_behaviours_of_an_own_extension_do_what_bodies_do() -> None:
    assert compare(own()) == {"next", "swap", "loop"}


def test_behaviours_of_random_bodies_do_what_bodies_do(tmp_path: Path) -> None:
    assert sum(len(compare(random_extension(seed, 4, tmp_path))) for seed in range(20, 32)) > 30


def compare(extension: Extension) -> set[str]:
    """Words of each instruction that has a behaviour; says which have."""
    text, draw, done = text_of(extension), random.Random(extension.name), set()
    for xlen in (32, 64):
        functions, known = parts_of(text, xlen)
        isa = make_isa([extension], xlen)
        for made in extension.instructions.values():
            for _ in range(40 if xlen in made.xlens else 0):
                word = made.pattern.match | draw.getrandbits(made.pattern.bits) & ~made.pattern.mask
                (fields, behaviour), *others = [
                    (fields, behaviour)
                    for mnemonic, encoding, behaviour in known
                    if mnemonic == made.mnemonic
                    and (fields := fields_of(encoding, word)) is not None
                ]
                assert not others
                if behaviour != ("block", []):
                    carry_out(Hart(xlen, functions, []), behaviour, fields, made, isa, word, draw)
                    done.add(made.mnemonic)
    return done


def carry_out(
    hart: Hart,
    behaviour: Any,
    fields: dict[str, Value],
    made: Instruction,
    isa: Isa,
    word: int,
    draw: random.Random,
) -> None:
    x, pc, memory = state = lab.draw_state(made, isa, word, draw)
    hart.x, hart.pc = list(x), pc
    hart.alignment = 2 if made.size == 2 or pc & 3 else draw.choice((2, 4))
    hart.memory = {lab.BASE + i: each for i, each in enumerate(memory)}
    cause = None
    try:
        hart.run(behaviour, fields)
    except Raised as raised:
        cause = raised.cause
    assert (cause == 2) == (not made.accepts(word)), (made.mnemonic, hex(word))
    if cause == 2:
        assert hart.x == x
        return
    wanted, fault = lab.carry_out(made, isa, word, state)
    assert (cause == ACCESS) == bool(fault), (made.mnemonic, hex(word), x)
    assert bytes(hart.memory.values()) == wanted.memory, (made.mnemonic, hex(word), x)
    if fault:
        assert hart.x == x
    elif cause == 0:
        assert wanted.next_pc % 4 == 2
        assert (hart.x, hart.next_pc) == (x, None)
    else:
        assert cause is None
        assert hart.x == wanted.x, (made.mnemonic, hex(word), x)
        next_pc = pc + made.size if hart.next_pc is None else hart.next_pc
        assert next_pc == wanted.next_pc, (made.mnemonic, hex(word), x)
