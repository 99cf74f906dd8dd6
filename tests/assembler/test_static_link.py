"""Compiled programs that rvx links by itself: archives, the offset table, thread-local data run."""

import subprocess
from pathlib import Path

import pytest

from rvx.assembler import assemble
from rvx.assembler.elf.reader import read_object
from rvx.emulator import Machine
from rvx.extensions import isa_for

from .conftest import ABIS, Gnu

C_PROGRAM = """
typedef unsigned long long u64;
extern int weak_function(int) __attribute__((weak));
extern int weak_object __attribute__((weak));
int shared = 5;
static int counter;
__thread int first = 7, second[3] = {1, 2, 3};
__thread int zeroed;
u64 divided(volatile u64 a, u64 b) { return a / b + a % b; }
int main(void)
{
    if (weak_function)
        return 1;
    if (&weak_object)
        return 2;
    counter = shared;
    if (divided(1000000000007ULL, 10) != 100000000000ULL + 7)
        return 3;
    zeroed += first + second[2];
    return counter + zeroed + 27;
}
"""
START = """
    .globl _start, __tls_get_addr
_start:
    .option push
    .option norelax
    lla  gp, __global_pointer$
    .option pop
    la   tp, block
    la   t0, __tls_start
    la   t1, __tls_end
    mv   t2, tp
1:  bgeu t0, t1, 2f
    lbu  t3, 0(t0)
    sb   t3, 0(t2)
    addi t0, t0, 1
    addi t2, t2, 1
    j    1b
2:  call main
    li   a7, 93
    ecall
__tls_get_addr:
    {load} a0, {word}(a0)
    add  a0, a0, tp
    li   t0, 0x800
    add  a0, a0, t0
    ret
    .section .tdata.start, "awT"
    .bss
    .balign 16
block: .zero 256
"""
MODELS = ["", "-fpic -ftls-model=initial-exec", "-fpic", "-O2 -fpic -ffunction-sections"]


@pytest.mark.parametrize("march", ["rv64gc", "rv32imac_zicsr"])
@pytest.mark.parametrize("model", MODELS)
def test_program(gnu: Gnu, march: str, model: str, tmp_path: Path) -> None:
    source, compiled = tmp_path / "program.c", tmp_path / "program.o"
    source.write_text(C_PROGRAM)
    target = [f"-march={march}", f"-mabi={ABIS[march]}"]
    options = [*target, "-g", "-O1", "-mcmodel=medany", *model.split()]
    done = gnu.run("gcc", *options, "-c", str(source), "-o", str(compiled))
    assert done.returncode == 0, done.stderr.decode()
    known = [target[0].removesuffix("_zicsr"), target[1]]  # what libraries are there for
    library = Path(gnu.run("gcc", *known, "-print-libgcc-file-name").stdout.decode().strip())
    word = 8 if march.startswith("rv64") else 4
    start = START.format(load="ld" if word == 8 else "lw", word=word)
    tdata = next(s for s in read_object(compiled).sections if s.name.startswith(".tdata"))
    bounds = (
        '.section .tdata, "awT"\n.globl __tls_start\n__tls_start:\n',
        f".globl __tls_end\n.set __tls_end, __tls_start + {tdata.size}\n",
    )
    isa = isa_for(march)
    made = assemble([start + "".join(bounds), compiled, library], isa)
    assert any(section.name == ".got" for section in made.sections) == ("-fpic" in model)
    assert Machine(made, isa).run().exit_code == 5 + 7 + 3 + 27
    path = tmp_path / "program"
    made.write_elf(path)
    assert gnu.run("readelf", "-aW", str(path)).stderr == b""
    place = f"{made.symbols['main'].address:#x}"
    shown = gnu.run("addr2line", "-fe", str(path), place).stdout.decode()
    assert shown == f"main\n{source}:12\n"
    assert Machine(path, isa).run().exit_code == 42


def test_the_table_has_an_entry_a_symbol(gnu: Gnu) -> None:
    text = ".option pic\n_start: la a0, x\nla a1, x\nla a2, y\nla a3, nobody\n.weak nobody\n"
    made = assemble(text + ".data\nx: .word 1\ny: .word 2\n", isa_for("rv64gc"))
    entries = made.section(".got").data
    numbers = [int.from_bytes(entries[at : at + 8], "little") for at in range(0, len(entries), 8)]
    assert numbers == [made.symbols["x"].address, made.symbols["y"].address, 0]


def test_libraries_are_searched_until_nothing_is_missing(gnu: Gnu) -> None:
    """Members of two archives that need each other in turn."""
    libraries = []
    for first in (0, 1):
        members = []
        for number in range(first, 8, 2):
            tail = f"tail f{number + 1}" if number < 7 else "li a0, 9\nret"
            members.append(str(gnu.object(f".globl f{number}\nf{number}: {tail}\n")))
        libraries.append(gnu.path(".a"))
        subprocess.run(["riscv64-unknown-elf-ar", "rcs", str(libraries[-1]), *members], check=True)
    start = ".globl _start\n_start: call f0\nli a7, 93\necall\n"
    isa = isa_for("rv64gc")
    assert Machine(assemble([start, *libraries], isa), isa).run().exit_code == 9
