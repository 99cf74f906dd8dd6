"""Test vectors are right by witnesses of their own, and find a fault in a unit of Verilog."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from rvx.analysis.vectors import FORMATS, NoVectors, Vectors
from rvx.extensions import isa_for
from rvx.extensions.catalogue import load_file
from tests.cli.conftest import EXTENSION


def rows(
    mnemonic: str, count: int = 400, march: str = "rv64gc", hard: bool = True
) -> list[list[int]]:
    isa = isa_for(march, ("Xposit",))
    return list(Vectors(isa.instructions[mnemonic], isa).rows(count, 0, hard))


@pytest.mark.parametrize("hard", [True, False])
def test_floats_are_those_of_the_host(hard: bool) -> None:
    boxed = 0
    for a, b, mode, result, _ in rows("fmul.s", hard=hard, count=2000):
        if mode or a >> 32 != 0xFFFFFFFF or b >> 32 != 0xFFFFFFFF:
            continue
        boxed += 1
        x, y = (np.uint32(bits & 0xFFFFFFFF).view(np.float32) for bits in (a, b))
        with np.errstate(all="ignore"):
            product = np.float32(x * y)
        wanted = 0x7FC00000 if np.isnan(product) else int(product.view(np.uint32))
        assert result == 0xFFFFFFFF << 32 | wanted
    assert boxed > 200


@pytest.mark.parametrize("xlen", [64, 32])
def test_integers(xlen: int) -> None:
    for a, b, result in rows("sub", march=f"rv{xlen}gc"):
        assert result == (a - b) % (1 << xlen)
    for a, b, result in rows("mulhsu", march=f"rv{xlen}gc"):
        signed = a - (1 << xlen) if a >> xlen - 1 else a
        assert result == (signed * b >> xlen) % (1 << xlen)
    for a, imm, result in rows("addi", march=f"rv{xlen}gc"):
        assert result == (a + (imm - 4096 if imm >> 11 else imm)) % (1 << xlen)


def test_hard_operands_reach_the_ends() -> None:
    found = rows("padd.s", count=3000)
    operands = {a for a, _, _ in found}
    assert {0, 1, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFFFFFF} <= operands
    assert sum(a == (-b) % (1 << 32) for a, b, _ in found) > 20
    assert found == rows("padd.s", count=3000)


def test_an_accumulator_is_given_and_expected() -> None:
    isa = isa_for("rv64gc", ("Xposit",))
    vectors = Vectors(isa.instructions["qmadd.s"], isa)
    assert [(f.name, f.bits, f.is_result) for f in vectors.fields] == [
        ("rs1", 32, False),
        ("rs2", 32, False),
        ("quire", 1024, False),
        ("quire_out", 1024, True),
    ]
    moved = [row for row in vectors.rows(200, 0, is_hard=True) if row[2] != row[3]]
    assert len(moved) > 50


def test_formats_have_the_same_numbers() -> None:
    isa = isa_for("rv64gc", ("Xposit",))
    vectors = Vectors(isa.instructions["padd.s"], isa)
    given = list(vectors.rows(50, 3, is_hard=True))
    head, *lines = FORMATS["csv"](vectors.fields, given)
    assert head == "rs1,rs2,rd_out"
    assert [[int(v, 16) for v in line.split(",")] for line in lines] == given
    assert [
        [int(v, 16) for v in line.split()] for line in FORMATS["hex"](vectors.fields, given)
    ] == given
    packed = list(FORMATS["readmemh"](vectors.fields, given))
    assert packed[:4] == [
        "// 96 bits",
        "// [95:64] rs1, given",
        "// [63:32] rs2, given",
        "// [31:0] rd_out, expected",
    ]
    assert [int(line, 16) for line in packed[4:]] == [a << 64 | b << 32 | r for a, b, r in given]


@pytest.mark.parametrize(
    ("mnemonic", "said"),
    [
        ("lw", "'lw' depends on memory; test vectors are for"),
        ("beq", "'beq' depends on "),
        ("ecall", "'ecall' has no body that says what to expect"),
        ("csrrw", "'csrrw' depends on CSRs"),
    ],
)
def test_what_has_no_vectors(mnemonic: str, said: str) -> None:
    isa = isa_for("rv64gc")
    with pytest.raises(NoVectors, match=said):
        Vectors(isa.instructions[mnemonic], isa)


UNIT = """
module smac(input signed [63:0] rd, rs1, rs2, output signed [63:0] out);
  wire signed [63:0] sum = rd + rs1 * rs2;
  assign out = sum > 64'sh7fffffff ? 64'sh7fffffff : sum < -64'sh80000000 ? LOW : sum;
endmodule

module bench;
  reg [255:0] vectors [0:COUNT-1];
  reg signed [63:0] rd, rs1, rs2, expected;
  wire signed [63:0] out;
  integer i, failed = 0;
  smac unit(.rd(rd), .rs1(rs1), .rs2(rs2), .out(out));
  initial begin
    $readmemh("vectors.hex", vectors);
    for (i = 0; i < COUNT; i = i + 1) begin
      {rd, rs1, rs2, expected} = vectors[i];
      #1;
      if (out !== expected) begin
        if (!failed)
          $display("smac rd=%h rs1=%h rs2=%h: expected %h, got %h", rd, rs1, rs2, expected, out);
        failed = failed + 1;
      end
    end
    if (!failed) $display("all %0d as expected", COUNT);
    $finish;
  end
endmodule
"""
COUNT = 2000


@pytest.mark.parametrize(("low", "is_right"), [("-64'sh80000000", True), ("-64'sh7fffffff", False)])
def test_a_unit_in_verilog_with_a_fault_is_found(tmp_path: Path, low: str, is_right: bool) -> None:
    (tmp_path / "xmac.py").write_text(EXTENSION)
    isa = isa_for("rv64gc", load_file(str(tmp_path / "xmac.py")))
    vectors = Vectors(isa.instructions["smac"], isa)
    assert [field.name for field in vectors.fields] == ["rd", "rs1", "rs2", "rd_out"]
    lines = FORMATS["readmemh"](vectors.fields, vectors.rows(COUNT, 0, is_hard=True))
    (tmp_path / "vectors.hex").write_text("\n".join(lines) + "\n")
    (tmp_path / "bench.sv").write_text(UNIT.replace("LOW", low).replace("COUNT", str(COUNT)))
    command = ["iverilog", "-g2012", "-o", "bench", "bench.sv"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=60)
    said = subprocess.run(
        ["./bench"], cwd=tmp_path, check=True, timeout=60, capture_output=True, text=True
    ).stdout
    if is_right:
        assert f"all {COUNT} as expected" in said
    else:
        assert said.startswith("smac rd=")
        assert "expected ffffffff80000000, got ffffffff80000001" in said
