"""GEMM in the region tier against the inline tier: `python tests/benchmarks/bench_tiers.py`.

Every variant runs in both tiers in turn, several times over, in one process, on the same inputs;
the table shows the medians of the emulation time, after compiling, and their ratios. Both tiers
count, and the run ends with an error if counts or results differ. Nothing here fails because a
machine is slow.
"""

from __future__ import annotations

import argparse
import statistics
from dataclasses import dataclass, field

import numpy as np

from rvx.analysis import arithmetic
from rvx.analysis.compare import draw, execute
from rvx.analysis.kernel import Kernel, Variant, load
from rvx.emulator import RunResult, Tier

VARIANTS = ("posit32_quire", "posit32", "f8_exsdotp", "f16_exsdotp", "vsq4")
TIERS: tuple[Tier, Tier] = ("inline", "region")


@dataclass
class Times:
    """Seconds of emulation of one variant in each tier, and what both did."""

    instructions: int = 0
    seconds: dict[Tier, list[float]] = field(default_factory=lambda: {t: [] for t in TIERS})

    def median(self, tier: Tier) -> float:
        """The median for one tier."""
        return statistics.median(self.seconds[tier])


def run(kernel: Kernel, variant: Variant, size: int, tier: Tier) -> tuple[RunResult, bytes]:
    """One run; gives it and the bytes of the result."""
    inputs = draw(kernel, {"M": size, "N": size, "K": size})
    numbers = arithmetic.find(variant.arithmetic)
    a, b = numbers.encode(inputs.a), numbers.encode_weights(inputs.b)
    made, raw = execute(kernel, variant, inputs.parameters, a, b, tier=tier)
    return made, np.ascontiguousarray(raw).tobytes()


def measure(kernel: Kernel, variant: Variant, size: int, rounds: int) -> Times:
    """Both tiers in turn, after one run that compiles what the region tier needs.

    Raises:
        SystemExit: counts or results of the two tiers differ.
    """
    times = Times()
    run(kernel, variant, size, "region")
    for _ in range(rounds):
        ends = {tier: run(kernel, variant, size, tier) for tier in TIERS}
        for tier, (made, _) in ends.items():
            times.seconds[tier].append(made.seconds)
        (first, bits), (second, other_bits) = (ends[tier] for tier in TIERS)
        if bits != other_bits or first.executions != second.executions:
            raise SystemExit(f"{variant.name}: the tiers do not agree")
        times.instructions = first.instructions
    return times


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=256, help="of the square matrices")
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is measured")
    parser.add_argument("--variant", action="append", help="only this one; may be repeated")
    chosen = parser.parse_args()
    kernel = load("gemm")
    print(f"gemm of {chosen.size} cubed, seconds of emulation with exact counts")
    print(f"{'variant':16} {'inline':>8} {'region':>8} {'ratio':>6} {'ns/MAC':>7} {'MIPS':>6}")
    for name in chosen.variant or VARIANTS:
        times = measure(kernel, kernel.variants[name], chosen.size, chosen.rounds)
        inline, region = (times.median(tier) for tier in TIERS)
        print(
            f"{name:16} {inline:8.3f} {region:8.3f} {inline / region:6.1f} "
            f"{region * 1e9 / chosen.size**3:7.2f} {times.instructions / region / 1e6:6.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
