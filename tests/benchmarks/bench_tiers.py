"""GEMM in the region tier against the inline tier: `python tests/benchmarks/bench_tiers.py`.

Every variant runs in both tiers in turn, several times over, in one process, on the same inputs,
after a run that compiles what is hot. Times are processor times of the emulation, as medians, so
that other programs on the machine matter less. Both tiers count, and the program ends with an error
if counts or results differ. Nothing here fails because a machine is slow.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

from rvx.analysis.compare import draw, prepare
from rvx.analysis.kernel import Kernel, Variant, load
from rvx.emulator import RunResult, Tier

VARIANTS = ("posit32_quire", "posit32", "f8_exsdotp", "f16_exsdotp", "vsq4")
TIERS: tuple[Tier, Tier] = ("inline", "region")
Run = Callable[[], tuple[RunResult, bytes]]


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


if __name__ == "__main__":
    main()
