"""GEMM in the region tier against the inline tier: `python tests/benchmarks/bench_tiers.py`.

Every variant runs in both tiers in turn, several times over, in one process, on the same inputs,
after a run that compiles what is hot. Below that, running sums of products are written with loads,
stores and products of CORE-V, and once more with base instructions alone. Times are processor times
of the emulation, as medians, so that other programs on the machine matter less. Both tiers count,
and the program ends with an error if counts or results differ. Nothing here fails because a machine
is slow.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np

from rvx.analysis.compare import draw, prepare
from rvx.analysis.kernel import Kernel, Variant, load
from rvx.assembler import assemble
from rvx.emulator import Machine, RunResult, Tier
from rvx.extensions import isa_for

VARIANTS = ("posit32_quire", "posit32", "f8_exsdotp", "f16_exsdotp", "vsq4")
TIERS: tuple[Tier, Tier] = ("inline", "region")
Run = Callable[[], tuple[RunResult, bytes]]
SUMS = {
    "base instructions": """1: lw t0, 0(a0)
 addi a0, a0, 4
 lw t1, 0(a1)
 addi a1, a1, 4
 mul t2, t0, t1
 add a4, a4, t2
 sw a4, 0(a3)
 addi a3, a3, 4
 addi a2, a2, -1
 bnez a2, 1b""",
    "CORE-V": """1: cv.lw t0, (a0), 4
 cv.lw t1, (a1), 4
 cv.mac a4, t0, t1
 cv.sw a4, (a3), 4
 addi a2, a2, -1
 bnez a2, 1b""",
}
ELEMENTS = 4_000_000


def runner(kernel: Kernel, variant: Variant, size: int, tier: Tier) -> Run:
    """A function that runs a variant, and gives the run and the bytes of the result."""
    inputs = draw(kernel, {"M": size, "N": size, "K": size})
    numbers = kernel.numbers(variant)
    a, b = numbers.encode(inputs.a), numbers.encode_weights(inputs.b)
    prepared = prepare(kernel, variant, inputs.parameters, a, b, tier=tier)

    def run() -> tuple[RunResult, bytes]:
        return prepared.call(), prepared.result().tobytes()

    run()
    regions = prepared.machine.hart.regions
    while regions is not None and regions.look(float("inf")):
        run()
    return run


def measure(kernel: Kernel, variant: Variant, size: int, rounds: int) -> tuple[list[float], int]:
    """Median seconds in each tier, and instructions of a run.

    Raises:
        SystemExit: counts or results of the two tiers differ.
    """
    runs = [runner(kernel, variant, size, tier) for tier in TIERS]
    seconds: list[list[float]] = [[] for _ in TIERS]
    for _ in range(rounds):
        ends = []
        for run, times in zip(runs, seconds, strict=True):
            start = time.process_time()
            ends.append(run())
            times.append(time.process_time() - start)
        (first, bits), (second, other_bits) = ends
        if bits != other_bits or first.executions != second.executions:
            raise SystemExit(f"{variant.name}: the tiers do not agree")
    return [statistics.median(times) for times in seconds], first.instructions


def sums(body: str) -> Run:
    """A function that runs one of `SUMS` as a region."""
    isa = isa_for("rv32im_xcvmem_xcvmac")
    source = f".globl f\nf: li a4, 0\n{body}\n mv a0, a4\n ret\n"
    machine = Machine(assemble(source, isa).to_elf(), isa, memory=1 << 26)
    values = np.random.default_rng(1).integers(-1000, 1000, (2, ELEMENTS), np.int32)
    places = [machine.place(row) for row in values]
    out = machine.allocate(4 * ELEMENTS)

    def run() -> tuple[RunResult, bytes]:
        result = machine.call("f", *places, ELEMENTS, out)
        return result, machine.array(out, np.int32, ELEMENTS).tobytes()

    run()
    while machine.hart.regions is not None and machine.hart.regions.look(float("inf")):
        run()
    return run


def measure_sums(rounds: int) -> None:
    """Prints the second table.

    Raises:
        SystemExit: the two loops do not give the same.
    """
    runs = {name: sums(body) for name, body in SUMS.items()}
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        ends = set()
        for name, run in runs.items():
            start = time.process_time()
            ends.add(run()[1])
            times[name].append(time.process_time() - start)
        if len(ends) != 1:
            raise SystemExit("the sums differ")
    base = statistics.median(times["base instructions"])
    print(f"\nrunning sums of {ELEMENTS} products in one region, nanoseconds an element")
    for name, measured in times.items():
        seconds = statistics.median(measured)
        print(f"{name:18} {seconds * 1e9 / ELEMENTS:6.2f}   {base / seconds:.2f} x base")


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=256, help="of the square matrices")
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is measured")
    parser.add_argument("--variant", action="append", help="only this one; may be repeated")
    chosen = parser.parse_args()
    kernel = load("gemm")
    print(f"gemm of {chosen.size} cubed, seconds of emulation with exact counts")
    print(f"{'variant':16} {'inline':>8} {'region':>8} {'ratio':>6} {'ns/MAC':>7} {'MIPS':>6}")
    for name in chosen.variant or VARIANTS:
        variant = kernel.variants[name]
        (inline, region), instructions = measure(kernel, variant, chosen.size, chosen.rounds)
        print(
            f"{name:16} {inline:8.3f} {region:8.3f} {inline / region:6.1f} "
            f"{region * 1e9 / chosen.size**3:7.2f} {instructions / region / 1e6:6.0f}",
            flush=True,
        )
    measure_sums(chosen.rounds)


if __name__ == "__main__":
    main()
