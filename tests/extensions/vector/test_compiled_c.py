"""Forty C loops as Clang 16 vectorises them give what QEMU gives, and what no vectors give.

The loops are in `compiled/loops.c`. One that converts floats to integers is missing: QEMU 7.2 ends
with an assertion where it meets vfcvt.rtz.x.f.v.
"""

import subprocess
from pathlib import Path

import pytest

from rvx.emulator import Machine
from rvx.emulator.handlers.interim import VARIABLE
from rvx.extensions import isa_for

SOURCE = Path(__file__).parent / "compiled" / "loops.c"
LOOPS = 40
FLAGS = (
    "--target=riscv64 -mabi=lp64d -mno-relax -ffreestanding -fno-math-errno -nostdlib -static "
    "-fuse-ld=lld -O3"
).split()
FIXED = ["-march=rv64gcv", "-mllvm", "-riscv-v-vector-bits-min=128"]
"""Vectors of 128 bits, whatever the machine has."""
SCALABLE = ["-march=rv64gcv", "-mllvm", "-scalable-vectorization=on"]
"""As wide as the machine's."""
USUAL = [(FIXED, 256), (SCALABLE, 512)]


def output_of(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout


def compiled(flags: list[str], folder: Path) -> Path:
    made = folder / "loops.elf"
    output_of("clang-16", *FLAGS, *flags, SOURCE, "-o", made)
    return made


def check(flags: list[str], vlen: int, folder: Path) -> None:
    program = compiled(flags, folder)
    assert "vsetvli" in output_of("riscv64-unknown-elf-objdump", "-d", program)
    cpu = f"rv64,v=true,vlen={vlen},elen=64,vext_spec=v1.0"
    expected = output_of("qemu-riscv64", "-cpu", cpu, program)
    assert expected.count("\n") == LOOPS
    assert expected == output_of("qemu-riscv64", compiled(["-march=rv64gc"], folder))
    program = compiled(flags, folder)
    done = Machine(program.read_bytes(), isa_for(f"rv64gcv_zvl{vlen}b")).run()
    assert done.output.decode() == expected


@pytest.mark.parametrize(("flags", "vlen"), USUAL, ids=["fixed", "scalable"])
def test_loops_of_clang(
    flags: list[str], vlen: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each loop runs a few dozen times: compiling the bodies of all of them takes minutes.
    monkeypatch.setenv(VARIABLE, "never")
    check(flags, vlen, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("vlen", [128, 256, 512, 1024])
@pytest.mark.parametrize("flags", [FIXED, SCALABLE], ids=["fixed", "scalable"])
def test_loops_of_clang_at_every_width(flags: list[str], vlen: int, tmp_path: Path) -> None:
    """All of them at four VLENs, with compiled bodies: some minutes."""
    check(flags, vlen, tmp_path)
