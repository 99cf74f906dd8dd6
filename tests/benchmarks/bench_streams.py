"""What an instruction costs in a repetition with streams, beside a bare inline hook.

`python tests/benchmarks/bench_streams.py` prints the table.

A block of eight instructions reads stream 0 (every element eight times) and stream 1, as the matrix
products of Snitch's library do, 512 times a repetition. The table shows medians of turns, and the
ratio to an instruction that does nothing in the inline tier: the cost of a bare hook. Operands are
uniform in [-1, 1). Times are processor times; nothing here fails because a machine is slow.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from bench_emulator import BARE, LOOP, emulated

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.extensions import isa_for
from rvx.formats.minifloat import array
from rvx.formats.minifloat.catalogue import FP8, FP16, FP32, FP64

ITERATIONS = 512
BLOCK = 8
WANTED = 50 / 60
BODIES = {
    "vfdotpex.h.b": FP8,
    "vfdotpex.s.h": FP16,
    "vfmac.h": FP16,
    "vfmac.s": FP32,
    "fmadd.d": FP64,
}
SOURCE = """
        .option norvc
        .globl  run
run:    li      t6, 7                   # stream 0: every element eight times
        scfgwi  t6, 1 << 5
        li      t6, {last}
        scfgwi  t6, 2 << 5
        scfgwi  t6, 3 << 5 | 1
        li      t6, 8
        scfgwi  t6, 6 << 5
        li      t6, 7                   # stream 1: eight rows, then the next column
        scfgwi  t6, 2 << 5 | 1
        li      t6, {row}
        scfgwi  t6, 6 << 5 | 1
        li      t6, 8 - 7 * {row}
        scfgwi  t6, 7 << 5 | 1
        csrsi   0x7c0, 1
        li      t0, {last}
again:  scfgwi  a0, 24 << 5
        scfgwi  a1, 25 << 5 | 1
        frep.o  t0, 8, 0, 0
        {block}
        addi    a2, a2, -1
        bnez    a2, again
        csrci   0x7c0, 1
        ret
"""


def repeated(mnemonic: str, tier: Any) -> Callable[[int], float]:
    """Seconds of so many repetitions of a block of one instruction, compiled before."""
    accumulates = ", fa{0}" if mnemonic.startswith("fmadd") else ""
    form = f"{mnemonic} fa{{0}}, ft1, ft0{accumulates}"
    block = "\n".join(form.format(i) for i in range(BLOCK))
    isa = isa_for("rv64gc_xsmallfloat_xssr_xfrep")
    text = SOURCE.format(last=ITERATIONS - 1, row=8 * ITERATIONS, block=block)
    machine = Machine(assemble(text, isa), isa, tier=tier)
    drawn = np.random.default_rng(0).uniform(-1, 1, (1 + BLOCK) * ITERATIONS * 8)
    fmt = BODIES[mnemonic]
    codes = array.encode(fmt, drawn)[: (1 + BLOCK) * ITERATIONS * 64 // fmt.bits]
    a, b = machine.place(codes), machine.place(codes[ITERATIONS * 64 // fmt.bits :])

    def run(rounds: int) -> float:
        for i in range(BLOCK):
            machine.set_register(f"fa{i}", 0)
        start = time.process_time()
        result = machine.call("run", a, b, rounds)
        assert result.trap is None
        assert result.by_mnemonic[mnemonic] == rounds * ITERATIONS * BLOCK
        return time.process_time() - start

    if tier == "region":
        run(400)
        assert machine.hart.repeats is not None
        assert machine.hart.repeats.repeats
    run(2)
    return run


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=7, help="how often everything is measured")
    turns = parser.parse_args().turns
    bare = emulated(LOOP.format("bare"))
    rows: dict[str, tuple[Callable[[int], float], int, int]] = {BARE: (bare, 4_000_000, 1)}
    for mnemonic in BODIES:
        one = ITERATIONS * BLOCK
        rows[f"{mnemonic}, repetition"] = (repeated(mnemonic, "region"), 300, one)
        rows[f"{mnemonic}, row by row"] = (repeated(mnemonic, "inline"), 30, one)
    cost: dict[str, list[float]] = {name: [] for name in rows}
    for _ in range(turns):
        for name, (run, rounds, each) in rows.items():
            cost[name].append(run(rounds) / rounds / each * 1e9)
    median = {name: statistics.median(values) for name, values in cost.items()}
    print(f"{'instruction':28} {'ns':>8} {'M/s':>8} {'x bare hook':>12}  wanted")
    for name, nanoseconds in median.items():
        ratio = median[BARE] / nanoseconds
        wanted = f">= {WANTED:.2f}" if name == "vfdotpex.h.b, repetition" else ""
        line = f"{name:28} {nanoseconds:8.2f} {1e3 / nanoseconds:8.1f} {ratio:12.2f}  {wanted}"
        print(line.rstrip())


if __name__ == "__main__":
    main()
