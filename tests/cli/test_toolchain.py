"""Compilers with rvx as their assembler: the command, and what it passes on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rvx.cli.toolchain import without_custom

MAC = '''
from rvx.isa import Extension

Xmine = Extension("Xmine", version="0.1", doc="A multiply-accumulate where Xposit is, too")


@Xmine.instruction("mac rd, rs1, rs2", "0000000 rs2 rs1 000 rd 0001011")
def mac(rd, rs1, rs2):
    """rd = rd + rs1 * rs2."""
    return rd + rs1 * rs2
'''
BARE = """
void _start(void) {
    register long a0 __asm__("a0") = 2;
    register long a7 __asm__("a7") = 93;
    __asm__ volatile("mac %0, %1, %2\\n\\taddi %0, %0, -42" : "+r"(a0) : "r"(8L), "r"(5L));
    __asm__ volatile("ecall" : : "r"(a0), "r"(a7));
    __builtin_unreachable();
}
"""
HOSTED = """
#include <stdio.h>
int main(int argc, char **argv) {
    long sum = 2;
    __asm__("mac %0, %1, %2" : "+r"(sum) : "r"(8L * argc), "r"(5L));
    printf("%ld, %.2f\\n", sum * 3 / 3, 10.0 / argc);
}
"""
Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """Runs rvx in a folder with an extension file and two programs."""
    (tmp_path / "mine.py").write_text(MAC)
    (tmp_path / "bare.c").write_text(BARE)
    (tmp_path / "hosted.c").write_text(HOSTED)

    def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "rvx", *words],
            cwd=tmp_path,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.mark.parametrize(
    "compiler",
    [
        "gcc -O2 -march=rv64gc_xmine0p1",
        "gcc -O0 -g -march=rv64imac -mabi=lp64",
        "gcc -Os -march=rv32imc_xmine_xposit64 -mabi=ilp32",
        "clang -O2 -march=rv64gc_xmine -mabi=lp64d -fuse-ld=lld",
    ],
)
def test_a_compiler_takes_a_users_mnemonic(command: Command, compiler: str) -> None:
    name, *flags = compiler.split()
    words = ["toolchain", "--ext", "mine.py", name, *flags, "-nostdlib", "bare.c", "-o", "bare"]
    done = command(*words)
    assert (done.returncode, done.stderr) == (0, "")
    done = command("run", "bare", "--ext", "mine.py")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_program_with_a_library_of_others_keeps_the_librarys_isa(command: Command) -> None:
    """Only one object of it has a note of rvx, which lists what that one uses."""
    words = ["riscv64-linux-gnu-gcc", "-O2", "-static", "hosted.c", "-o", "hosted"]
    assert command("toolchain", "--ext", "mine.py", *words).returncode == 0
    done = command("run", "hosted", "--ext", "mine.py")
    assert (done.returncode, done.stdout, done.stderr) == (0, "42, 10.00\n", "")


def test_a_makefile_gets_an_assembler(command: Command, tmp_path: Path) -> None:
    done = command("toolchain", "--ext", "mine.py", "--write", "tools")
    assert (done.returncode, done.stdout) == (0, "")
    assert "-B tools" in done.stderr
    flags = ["-march=rv64gc", "-nostdlib", "bare.c", "-o", "bare"]
    subprocess.run(["riscv64-unknown-elf-gcc", "-B", "tools", *flags], cwd=tmp_path, check=True)
    assert command("run", "bare", "--ext", "mine.py").returncode == 0


def test_the_environment_names_extensions(command: Command, tmp_path: Path) -> None:
    (tmp_path / "a.s").write_text("mac a0, a1, a2\n")
    assert command("as", "a.s", "-o", "a.o").returncode == 3
    assert command("as", "a.s", "-o", "a.o", RVX_EXT="xvsq:none.py").returncode == 2
    assert command("as", "a.s", "-o", "a.o", RVX_EXT="xvsq:mine.py").returncode == 0
    assert command("as", "--ext=mine.py", "-march=rv32i_xmine", "a.s", "-o", "b.o").returncode == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("", 2, "which compiler?"),
        ("--ext none.py gcc -c bare.c", 2, "there is no extension file 'none.py'"),
        ("--ext mine.py nocc -c bare.c", 2, "there is no program 'nocc'"),
        ("--write tools gcc -c bare.c", 2, "--write runs nothing"),
        ("--ext mine.py gcc -c none.c", 1, "none.c: No such file"),
        ("gcc -c bare.c", 1, "no instruction 'mac'"),
    ],
)
def test_what_is_wrong_is_said(command: Command, words: str, code: int, said: str) -> None:
    done = command("toolchain", *words.split())
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_compiler_does_not_see_custom_extensions(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MAC)
    words = ["-O2", "-march=rv64gc_zba_xmine_xposit64_xtheadba1p0", "a.c"]
    kept, named = without_custom(words, [str(tmp_path / "mine.py")])
    assert kept == ["-O2", "-march=rv64gc_zba_xtheadba1p0", "a.c"]
    assert named == ["xposit64"]
