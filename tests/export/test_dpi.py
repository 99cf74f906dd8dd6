"""Bodies in C, called by a test bench of SystemVerilog: compiled and run by Verilator."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import numpy as np

from rvx.analysis import review
from rvx.bodies import form_of
from rvx.export.targets import export
from rvx.extensions import load_file
from rvx.extensions.catalogue import make_isa

OWN = """
from rvx.isa import Extension

X = Extension("Xdpi", version="0.1", doc="What a bench may call")
X.state("acc", 2, "two accumulators")


@X.instruction("smac rd, rs1, rs2", "0000000 rs2 rs1 000 rd 1011011")
def smac(rd, rs1, rs2):
    return min(max(rd + rs1 * rs2, -0x80000000), 0x7FFFFFFF)


@X.instruction("accs rd, rs1", "0000001 00000 rs1 000 rd 1011011", writes=("rd", "rs1"))
def accs(rs1, acc):
    acc[0] += rs1
    acc[1] ^= acc[0] >> 3
    return acc[1], rs1 // (rs1 & 3)
"""


def test_a_bench_gets_what_rvx_computes(tmp_path: Path) -> None:
    """Operands and results of rvx stand in the bench, which counts the differences."""
    path = tmp_path / "own_dpi.py"
    path.write_text(OWN)
    (extension,) = load_file(path)
    isa = make_isa([extension], 64)
    smac, accs = extension.instructions.values()
    draw = random.Random(5)
    checks = []
    for _ in range(40):
        given = [review._argument(name, smac, isa, draw) for name in smac.requests]
        wanted = form_of(smac, isa).interpreted(*map(int, given), np.zeros(4, np.int64))
        listed = ", ".join(map(_long, given))
        checks.append(f"check(xdpi_smac({listed}, a) == 0 && a == {_long(wanted)});")
    state = np.zeros(2, np.int64)
    for _ in range(40):
        value = int(review._argument("rs1", accs, isa, draw)) | 1
        first, second = form_of(accs, isa).interpreted(value, state, np.zeros(4, np.int64))
        checks.append(
            f"check(xdpi_accs({_long(value)}, acc, a, b) == 0 && a == {_long(first)} && "
            f"b == {_long(second)} && acc[1] == {_long(state[1])});"
        )
    checks.append(f"check(xdpi_accs({_long(4)}, acc, a, b) == 1);  // divided by zero")
    bench = "\n    ".join(checks)
    (tmp_path / "bench.sv").write_text(f"""
module bench;
  import xdpi_dpi_pkg::*;
  int done = 0, wrong = 0;
  longint a, b, acc[2];
  task automatic check(input bit right);
    done++;
    if (!right) begin
      wrong++;
      $display("check %0d is wrong", done);
    end
  endtask
  initial begin
    acc[0] = 0;
    acc[1] = 0;
    {bench}
    $display("%0d done, %0d wrong", done, wrong);
    $finish;
  end
endmodule
""")
    for name, text in export("dpi", [extension]).files.items():
        (tmp_path / name).write_text(text)
    command = ["verilator", "--cc", "--exe", "--main", "--build", "-O0", "-Wno-WIDTH"]
    command += ["--top-module", "bench", "-CFLAGS", "-O0", "-MAKEFLAGS", "OPT_FAST= OPT_SLOW="]
    command += ["-MAKEFLAGS", "OPT_GLOBAL=-O0", "xdpi_dpi_pkg.sv", "bench.sv", "xdpi.c"]
    built = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    ran = subprocess.run(
        [tmp_path / "obj_dir" / "Vbench"], check=True, capture_output=True, text=True
    )
    assert "81 done, 0 wrong" in ran.stdout, ran.stdout


def _long(value: int) -> str:
    return f"64'sh{int(value) & (1 << 64) - 1:x}"
