"""ld.lld links our objects with each other and with those of compilers, and the programs run."""

import subprocess
from pathlib import Path

import pytest

from rvx.assembler.elf.relocatable import relocatable
from rvx.emulator import Machine
from rvx.extensions import isa_for

from .conftest import ABIS, Gnu, own_object

C_PROGRAM = """
extern int from_assembly(int), table[4];
extern __thread int mine;
int weak_one(void) __attribute__((weak));
static const char *const names[] = {"one", "two"};
int shared = 5;
int from_c(int x) { return x * shared + names[1][0]; }
int main(void)
{
    int sum = 0;
    for (int i = 0; i < 4; i++)
        sum += table[i];
    return weak_one ? 99 : from_assembly(sum) - ('t' + 10 * 5) + mine;
}
"""
ASSEMBLY = """
    .globl _start, from_assembly, table, mine
_start:
    .option push
    .option norelax
    lla gp, __global_pointer$
    .option pop
    la sp, stack_end
    la tp, thread
    call main
    li a7, 93
    ecall
    .p2align 3
from_assembly:
    beqz a0, 1f
    tail from_c
1:  li a0, -1
    ret
    .section .text.f, "axG", @progbits, f, comdat
    .weak f
f:  ret
    .section .rodata
    .balign 4
table: .word 1, 2, 3, end - begin
begin: .byte 1, 2, 3, 4
end:
    .data
thread: .word 7
    .bss
    .balign 16
    .zero 4096
stack_end:
    .section .tdata, "awT"
mine: .word 0
"""


@pytest.mark.parametrize("march", ["rv64gc", "rv32imac_zicsr"])
@pytest.mark.parametrize("flags", ["", "-fpic -ftls-model=initial-exec"], ids=["static", "pic"])
def test_our_objects_with_compiled_ones(gnu: Gnu, march: str, flags: str) -> None:
    source, compiled = gnu.path(".c"), gnu.path(".o")
    source.write_text(C_PROGRAM)
    options = [f"-march={march}", f"-mabi={ABIS[march]}", "-mcmodel=medany", "-O2", "-mno-relax"]
    done = gnu.run("gcc", *options, *flags.split(), "-c", str(source), "-o", str(compiled))
    assert done.returncode == 0, done.stderr.decode()
    ours, program = gnu.path(".o"), gnu.path(".elf")
    ours.write_bytes(relocatable(own_object(ASSEMBLY, march)))
    linked = subprocess.run(
        ["ld.lld", str(ours), str(compiled), "--defsym=__global_pointer$=0", "-o", str(program)],
        capture_output=True,
        check=False,
    )
    assert linked.returncode == 0, linked.stderr.decode()
    assert Machine(program, isa_for(march)).run().exit_code == 7


def test_two_of_our_objects_with_one_group(gnu: Gnu, tmp_path: Path) -> None:
    group = '.section .text.g, "axG", @progbits, g, comdat\n.weak g\ng: li a0, 3\nret\n'
    start = group + ".text\n.globl _start\n_start: call g\nli a7, 93\necall\n"
    paths = []
    for index, text in enumerate((start, group)):
        paths.append(tmp_path / f"{index}.o")
        paths[-1].write_bytes(relocatable(own_object(text, relax=True)))
    program = tmp_path / "program"
    subprocess.run(["ld.lld", *map(str, paths), "-o", str(program)], check=True)
    assert Machine(program, isa_for("rv64gc")).run().exit_code == 3
    done = gnu.run("objdump", "-d", str(program))
    assert done.stdout.count(b"li\ta0,3") == 1
