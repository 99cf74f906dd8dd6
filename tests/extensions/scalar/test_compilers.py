"""What GCC makes for Zba, Zbb and Zbs gives what it makes without them; the file names its ISA."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from rvx.cli.sources import choose_isa, read_elf
from rvx.emulator import Machine, RunResult

PROGRAM = r"""
typedef unsigned int u32;
typedef unsigned long long u64;

static u64 state = 0x123456789abcdefull;
static int table[256];

static u64 next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static u64 mixed(u64 a, u64 b)
{
    u32 low = (u32)a, other = (u32)b;
    int s = (int)low, t = (int)other;
    u64 sum = __builtin_popcountll(a) + 3 * __builtin_popcount(low);
    sum += __builtin_clzll(a | 1) * 5 + __builtin_ctzll(b | 1ull << 40) * 7;
    sum += __builtin_clz(low | 1) * 11 + __builtin_ctz(other | 0x80000000u) * 13;
    sum ^= __builtin_bswap64(a) + __builtin_bswap32(other);
    sum += (a << (b & 63) | a >> (-b & 63)) ^ (low >> 9 | low << 23);
    sum += (s < t ? s : t) ^ (low > other ? low : other) ^ (a & ~b) ^ (a | ~b) ^ ~(a ^ b);
    sum += (signed char)a + (short)b + (unsigned short)a;
    sum ^= (a & ~(1ull << (b & 63))) + (b | 1ull << (a & 63)) + (a >> (b & 31) & 1);
    return sum;
}

int main(void)
{
    u64 total = 0;
    for (int i = 0; i < 3000; i++) {
        u64 a = next(), b = next();
        table[a & 255] += (int)b;
        total = mixed(total ^ a, b) + table[total & 255] + (u64)(u32)a * 8;
    }
    return (int)((total ^ total >> 32) & 0x7fffffff) % 255;
}
"""
START = """
        .globl  _start
        .option norelax
_start: la      gp, __global_pointer$
        call    main
        li      a7, 93
        ecall
"""


def compiled(folder: Path, march: str, abi: str, plain: str) -> Path:
    """The program for an ISA, with the library of another, since there is none for each."""
    source, start, elf = folder / "p.c", folder / "start.s", folder / f"{march}.elf"
    source.write_text(PROGRAM)
    start.write_text(START)
    gcc, abi = "riscv64-unknown-elf-gcc", f"-mabi={abi}"
    asking = [gcc, f"-march={plain}", abi, "-print-libgcc-file-name"]
    library = subprocess.run(asking, check=True, capture_output=True, text=True).stdout.strip()
    command = [gcc, f"-march={march}", abi, "-O2", "-nostdlib"]
    command += ["-ffreestanding", "-static", "-Wl,-Ttext=0x10000", str(start), str(source)]
    subprocess.run([*command, library, "-o", str(elf)], check=True, capture_output=True)
    return elf


def run(elf: Path) -> RunResult:
    isa = choose_isa(None, None, read_elf(elf, elf.read_bytes()))
    result = Machine(elf, isa).run()
    assert result.trap is None, result.trap
    return result


@pytest.mark.parametrize(
    ("plain", "newer", "abi", "expected"),
    [
        (
            "rv64gc",
            "rv64gc_zba_zbb_zbs",
            "lp64d",
            "cpop clz ctz rev8 min maxu rol roriw sext.b zext.h sh2add bset bclr add.uw",
        ),
        ("rv32imac", "rv32imac_zba_zbb_zbs", "ilp32", "cpop clz min andn rori sh2add bset"),
    ],
)
def test_programs_give_the_same(
    plain: str, newer: str, abi: str, expected: str, tmp_path: Path
) -> None:
    first = run(compiled(tmp_path, plain, abi, plain))
    second = run(compiled(tmp_path, newer, abi, plain))
    assert second.exit_code == first.exit_code
    assert second.instructions < first.instructions
    missing = set(expected.split()) - {name for name, n in second.by_mnemonic.items() if n}
    assert not missing, sorted(second.by_mnemonic)


def test_a_file_with_zfh_has_its_fcsr(tmp_path: Path) -> None:
    """Xsmallfloat, which is there by default, declares Zfh anew, with an fcsr of more bits."""
    elf = tmp_path / "a.elf"
    (tmp_path / "a.s").write_text(
        ".globl _start\n_start: li a0, 0x1234\nfscsr a0\nfadd.h fa0, fa1, fa2\nfrcsr a0\n"
        "li a7, 93\necall\n"
    )
    tool = "riscv64-unknown-elf-"
    command = [f"{tool}as", "-march=rv64gc_zfh", "a.s", "-o", "a.o"]
    subprocess.run(command, cwd=tmp_path, check=True)
    subprocess.run([f"{tool}ld", "a.o", "-o", elf], cwd=tmp_path, check=True)
    isa = choose_isa(None, None, read_elf(elf, elf.read_bytes()))
    assert "Xsmallfloat" not in isa.extensions
    assert "Xposit" in isa.extensions
    assert Machine(elf, isa).run().exit_code == 0x34


def test_a_file_says_what_the_default_lacks(tmp_path: Path) -> None:
    """Zksed clashes with what is there by default, and Zfinx with F."""
    for march, abi, name in (
        ("rv64gc_zksed", "lp64d", "Zksed"),
        ("rv64imac_zicsr_zfinx", "lp64", "Zfinx"),
        ("rv32imac_zicsr_zfinx_zbkb", "ilp32", "Zbkb"),
    ):
        elf = tmp_path / f"{march}.o"
        (tmp_path / "a.s").write_text("_start: nop\n")
        command = ["riscv64-unknown-elf-as", f"-march={march}", f"-mabi={abi}", "a.s", "-o", elf]
        subprocess.run(command, cwd=tmp_path, check=True)
        assert name in choose_isa(None, None, read_elf(elf, elf.read_bytes())).extensions
