"""Exports of words, read by other tools: Icarus Verilog, llvm-tblgen, a C compiler."""

from __future__ import annotations

import json
import random
import re
import subprocess
from pathlib import Path

import pytest

from rvx.export.targets import export
from rvx.extensions import load
from rvx.isa import Extension, Instruction

NAMES = ["zbb", "xposit", "xcvmem", "c", "f", "zfa", "xsmallfloat", "zvbb"]


def encoded(made: Instruction, draw: random.Random) -> tuple[int, dict[str, int]]:
    """A word of the instruction, and the bits that are stored of each operand."""
    while True:
        word = made.pattern.default | draw.getrandbits(made.pattern.bits) & ~made.pattern.mask
        if made.accepts(word):
            return word, {name: o.field.extract(word) for name, o in made.operands.items()}


# -- SystemVerilog ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_decoder_says_what_rvx_says(name: str, tmp_path: Path) -> None:
    """Random words, and words of each instruction, with the operands that are in them."""
    extension = load(name)
    package = export("systemverilog", [extension]).files[f"{name}_pkg.sv"]
    draw = random.Random(name)
    prefix = extension.name.upper()
    checks = []
    made_of = [m for m in extension.instructions.values() if m.size <= 4]
    for made in draw.sample(made_of, min(len(made_of), 60)):
        label = re.sub(r"\W", "_", made.mnemonic).upper()
        label += f"_RV{made.xlens[0]}" if len(made.xlens) == 1 else ""
        is_rv64 = int(64 in made.xlens)
        word, stored = encoded(made, draw)
        rivals = [
            other
            for other in made_of
            if other is not made and other.accepts(word) and set(other.xlens) & {32 << is_rv64}
        ]
        if not any(r.pattern.mask.bit_count() >= made.pattern.mask.bit_count() for r in rivals):
            checks.append(f"expect_is(decode(32'h{word:08x}, {is_rv64}), {prefix}_{label});")
        for operand, value in stored.items():
            field = made.operands[operand].field
            if not field.pieces:
                continue
            kind = made.operands[operand].kind
            is_negative = getattr(kind, "signed", False) and value >> field.width - 1
            extended = value - (1 << field.width) if is_negative else value
            call = f"{label.lower()}_{operand}(32'h{word:08x})"
            checks.append(f"expect_is({call}, 32'h{extended & 0xFFFFFFFF:08x});")
    for _ in range(50):
        word = draw.getrandbits(32)
        if not any(made.accepts(word & (1 << made.pattern.bits) - 1) for made in made_of):
            checks.append(f"expect_is(decode(32'h{word:08x}, 1), {prefix}_NONE);")
    bench = "\n    ".join(checks)
    (tmp_path / "package.sv").write_text(package)
    (tmp_path / "bench.sv").write_text(f"""
module bench;
  import {name}_pkg::*;
  int wrong = 0;
  task automatic expect_is(input logic [31:0] got, input logic [31:0] wanted);
    if (got !== wanted) begin
      wrong++;
      $display("got %h, wanted %h", got, wanted);
    end
  endtask
  initial begin
    {bench}
    $display("%0d wrong", wrong);
  end
endmodule
""")
    command = ["iverilog", "-g2012", "-Wall", "-o", "bench", "package.sv", "bench.sv"]
    subprocess.run(command, cwd=tmp_path, check=True)
    done = subprocess.run(["./bench"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 wrong", done.stdout[:1000]
    assert len(checks) > 40


# -- TableGen --------------------------------------------------------------------------------------

TARGET = """
class InstFormat;
def InstFormatOther : InstFormat;
class Thing;
class SubtargetFeature<string name, string attribute, string value, string doc>;
class Predicate<string condition>;
class AssemblerPredicate<dag features, string doc>;
def all_of; def outs; def ins;
class Base<dag o, dag i, string opcode, string arguments, list<dag> pattern, InstFormat format> {
  dag OutOperandList = o;
  dag InOperandList = i;
  string AsmString = opcode # " " # arguments;
  bit mayLoad; bit mayStore; bit hasSideEffects;
  string Constraints = "";
  list<Predicate> Predicates = [];
}
class RVInst<dag o, dag i, string opcode, string arguments, list<dag> pattern, InstFormat format>
    : Base<o, i, opcode, arguments, pattern, format> { bits<32> Inst; }
class RVInst16<dag o, dag i, string opcode, string arguments, list<dag> pattern, InstFormat format>
    : Base<o, i, opcode, arguments, pattern, format> { bits<16> Inst; }
"""
"""Classes of LLVM's RISC-V target that records use: its files are in no package."""


@pytest.mark.parametrize("name", NAMES)
def test_tablegen_reads_the_records(name: str, tmp_path: Path) -> None:
    """Every bit of every word is a fixed one, or that bit of that operand."""
    extension = load(name)
    made = export("llvm", [extension])
    unsaid = {sentence.partition(":")[0] for sentence in made.left_out}
    for file, text in made.files.items():
        classes = set(re.findall(r"(\w+):\$", text))
        things = "".join(f"def {each} : Thing;\n" for each in sorted(classes))
        (tmp_path / file).write_text(TARGET + things + text)
        command = ["llvm-tblgen", "--dump-json", file]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[:2000]
        records = json.loads(done.stdout)
        for instruction in extension.instructions.values():
            if instruction.mnemonic in unsaid:
                continue
            label = re.sub(r"\W", "_", instruction.mnemonic).upper()
            label += f"_RV{instruction.xlens[0]}" if len(instruction.xlens) == 1 else ""
            bits = records[label]["Inst"]
            assert len(bits) == instruction.pattern.bits
            where = {
                piece.word_lsb + i: (operand.name, piece.value_lsb + i)
                for operand in instruction.operands.values()
                for piece in operand.field.pieces
                for i in range(piece.bits)
            }
            for at, bit in enumerate(bits):
                if at in where:
                    assert (bit["var"], bit["index"]) == where[at]
                else:
                    assert bit == instruction.pattern.default >> at & 1


def test_registers_that_llvm_has_not_are_named() -> None:
    made = export("llvm", [load("xposit")])
    assert made.left_out[0].startswith("padd.s: its operand 'rd' is of registers ('p') that the")


# -- binutils --------------------------------------------------------------------------------------


def test_rows_of_binutils_compile_and_have_the_words(tmp_path: Path) -> None:
    """The rows as C, with a table of the types that binutils has."""
    extensions = [load("zbb"), load("f"), load("xcvmac"), load("xvsq")]
    made = export("binutils", extensions)
    rows = made.files["riscv-opc.c"]
    classes = sorted(set(re.findall(r"INSN_CLASS_\w+", rows)))
    (tmp_path / "table.c").write_text(
        f"""
        #include <stdio.h>
        {made.files["riscv-opc.h"]}
        enum insn_class {{ {", ".join(classes)} }};
        static int match_opcode;
        struct {{ const char *name; unsigned xlen; enum insn_class class; const char *args;
                 unsigned match, mask; int *match_func; unsigned pinfo; }} table[] = {{
        {rows.replace("match_opcode", "&match_opcode")}
        }};
        int main(void) {{
            for (unsigned i = 0; i < sizeof table / sizeof *table; i++)
                printf("%s|%s|%u|%u|%u\\n", table[i].name, table[i].args, table[i].xlen,
                       table[i].match, table[i].mask);
        }}
        """
    )
    subprocess.run(["gcc", "-Wall", "-Werror", "table.c", "-o", "table"], cwd=tmp_path, check=True)
    printed = subprocess.run(["./table"], cwd=tmp_path, capture_output=True, text=True, check=True)
    found = {}
    for line in printed.stdout.splitlines():
        name, args, xlen, match, mask = line.split("|")
        found[name, int(xlen)] = (args, int(match), int(mask))
    named = {sentence.partition(":")[0] for sentence in made.left_out}
    for extension in extensions:
        for one in extension.instructions.values():
            key = (one.mnemonic, one.xlens[0] if len(one.xlens) == 1 else 0)
            if one.mnemonic not in named:
                assert found[key][1:] == (one.pattern.match, one.pattern.mask)
    # As they stand in riscv-opc.c of GNU binutils 2.40.
    assert found["andn", 0][0] == "d,s,t"
    assert found["flw", 0][0] == "D,j(s)" or found["flw", 0][0] == "D,o(s)"
    assert found["fmadd.s", 0][0] == "D,S,T,R,m"
    assert found["fsw", 0][0] == "T,q(s)"


def test_operands_without_a_letter_are_named() -> None:
    ext = Extension("Xodd", version="1")
    ext.encoding("odd rd, imm", "imm[0|11:1] 00000 000 rd 0001011")
    made = export("binutils", [ext])
    assert not made.files
    assert made.left_out == [
        "odd: binutils has no letter for its operand 'imm' of kind 's' at this place of the word"
    ]
