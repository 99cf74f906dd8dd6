"""Extensions as CoreDSL: words, texts, and the functions of bodies compiled as C.

The language's parsers (M2-ISA-R on PyPI, Seal5) pin a runtime of ANTLR that nothing else here
needs, so none of them is a dependency. By hand, `python -m m2isar.frontends.coredsl2.parser` of
m2isar 0.1.6 has read the files of all shipped scalar extensions, see "Long runs" in
docs/architecture.md. Here a file is taken to pieces, and its functions, whose statements are those
of C, are compiled with the types spelled out and called beside the interpreted bodies.
"""

from __future__ import annotations

import ctypes
import random
import re
import subprocess
from pathlib import Path

import pytest

from rvx.analysis import review
from rvx.bodies import form_of
from rvx.export.targets import export
from rvx.extensions import load
from rvx.extensions.catalogue import make_isa
from rvx.isa import Extension
from rvx.isa.operands import ImmediateKind

NAMES = ["i", "m", "zba", "zbb", "zbs", "zicond", "xcvalu"]

INSTRUCTION = re.compile(
    r"^ {8}(\w+) \{\n {12}encoding: (.*);\n {12}assembly: (.*);\n(?: {12}//.*\n)?"
    r" {12}behavior: (.*)\n {8}\}$",
    re.MULTILINE,
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
        "real: written without its behaviour: it writes 'rd', which is no x register"
    )
    assert (
        "vctz.v: it works on vector registers, which the base that is built upon has not"
        in made.left_out
    )


@pytest.mark.parametrize("name", [*NAMES, "c", "f", "zcb", "zcmp", "xcvmem", "xposit"])
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


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """The functions of all files, as C: casts and declarations are the same there."""
    folder: Path = tmp_path_factory.mktemp("coredsl")
    parts = ["#include <stdint.h>"]
    for name in NAMES:
        for section in re.findall(
            r"^    functions \{\n(.*?)^    \}$", text_of(load(name)), re.MULTILINE | re.DOTALL
        ):
            parts.append(section.replace("signed<64>", "int64_t"))
    (folder / "bodies.c").write_text("\n".join(parts))
    command = ["gcc", "-O1", "-fwrapv", "-shared", "-fPIC", "bodies.c", "-o", "bodies.so"]
    subprocess.run(command, cwd=folder, check=True)
    return ctypes.CDLL(str(folder / "bodies.so"))


@pytest.mark.parametrize("name", NAMES)
def test_functions_compute_what_bodies_do(name: str, compiled: ctypes.CDLL) -> None:
    extension = load(name)
    text = text_of(extension)
    draw = random.Random(name)
    isas = {xlen: make_isa([extension], xlen) for xlen in (32, 64)}
    by_word = {
        (assembly.split('"')[1], encoding): behaviour
        for _, encoding, assembly, behaviour in INSTRUCTION.findall(text)
    }
    compared = 0
    for made in extension.instructions.values():
        behaviours = [
            behaviour
            for (mnemonic, _), behaviour in by_word.items()
            if mnemonic == made.mnemonic
            and (len(made.xlens) > 1 or f"rv{made.xlens[0]}_" in behaviour)
        ]
        called = re.search(r"\)(\w+)\((?:\(|XLEN)", behaviours[0]) if behaviours else None
        if called is None:
            continue
        function = getattr(compiled, called[1])
        function.restype = ctypes.c_int64
        for xlen in made.xlens:
            form = form_of(made, isas[xlen])
            for _ in range(100):
                given = {}
                for each in made.requests:
                    operand = made.operands.get(each)
                    if operand is None:
                        given[each] = xlen
                    elif isinstance(operand.kind, ImmediateKind):
                        given[each] = draw.choice(
                            sorted(
                                {*operand.range, *(draw.randint(*operand.range) for _ in range(3))}
                            )
                        )
                    else:
                        bits = draw.choice([1, 8, 16, 31, 32, 33, 63, 64])
                        value = draw.getrandbits(min(bits, xlen)) ^ draw.choice([0, -1])
                        value &= (1 << xlen) - 1
                        given[each] = value - (value >> xlen - 1 << xlen)
                wanted = review._interpreted(form)(*(given[each] for each in form.requests))
                got = function(*(ctypes.c_int64(given[each]) for each in made.requests))
                assert (got - int(wanted)) % (1 << xlen) == 0, (made.mnemonic, xlen, given)
            compared += 1
    assert compared
