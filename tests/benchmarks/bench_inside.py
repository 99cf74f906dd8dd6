"""What it costs to look inside of a run: `python tests/benchmarks/bench_inside.py`.

Three programs, a loop of loads, stores and arithmetic, one that does little but call a function,
and a recursion, run plainly, with a profile, estimated cycles, shadows and a trace, in turn, each
in a process of its own, several times over. A row has instructions a second, from the least of the
processor times without that of a program of three instructions, and the ratio of the times to the
plain run's.
Below that are steps of a machine: one call of `step` a time, and one for very many. Nothing here
fails because a machine is slow.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from bench_startup import PROGRAM, seconds

from rvx.assembler import assemble
from rvx.emulator import Machine, Tracing
from rvx.extensions import isa_for

LOOP = """.globl _start
_start: la a0, cell
 li a1, {turns}
1: lw t0, 0(a0)
 add t0, t0, a1
 sw t0, 0(a0)
 xor t1, t1, t0
 addi a1, a1, -1
 bnez a1, 1b
 li a0, 0
 li a7, 93
 ecall
 .data
 .balign 8
cell: .dword 0
"""
CALLS = """.globl _start
_start: li s0, {turns}
1: call twice
 addi s0, s0, -1
 bnez s0, 1b
 li a0, 0
 li a7, 93
 ecall
 .type twice, @function
twice: slli a0, a0, 1
 ret
"""
RECURSION = """.globl _start, tree
_start: li s0, {turns}
1: li a0, 12
 call tree
 addi s0, s0, -1
 bnez s0, 1b
 li a0, 0
 li a7, 93
 ecall
tree: addi a0, a0, -1
 bltz a0, 2f
 addi sp, sp, -16
 sd ra, 0(sp)
 sd a0, 8(sp)
 call tree
 ld a0, 8(sp)
 call tree
 ld ra, 0(sp)
 addi sp, sp, 16
2: ret
"""
PER_TURN = {"loop": (LOOP, 6), "calls": (CALLS, 6), "recursion": (RECURSION, 65_528)}
WAYS: dict[str, tuple[list[str], int]] = {
    "plain": ([], 200_000_000),
    "--profile": (["--profile", "{folder}/profile.txt"], 200_000_000),
    "--core snitch": (["--core", "snitch"], 5_000_000),
    "--shadow float64": (["--shadow", "float64"], 1_000_000),
    "--trace": (["--trace", "/dev/null"], 20_000_000),
}
"""Options, and about how many instructions the program has then."""
STEPS = 2_000_000
SINGLE_STEPS = 200


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each row")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        measure_runs(Path(name), rounds)
    measure_steps(rounds)


def measure_runs(folder: Path, rounds: int) -> None:
    """Prints what runs cost by the ways to look at them."""
    cache, short = folder / "cache", folder / "three.s"
    short.write_text(PROGRAM)
    commands: dict[tuple[str, str], tuple[list[str], list[str], int]] = {}
    for program, (text, length) in PER_TURN.items():
        for way, (options, count) in WAYS.items():
            source = folder / f"{program}{len(commands)}.s"
            source.write_text(text.format(turns=count // length))
            run = ["-m", "rvx", "run", *(one.format(folder=folder) for one in options)]
            commands[program, way] = [*run, str(source)], [*run, str(short)], count
    times: dict[tuple[str, str], list[tuple[float, float]]] = {key: [] for key in commands}
    for turn in range(rounds + 1):
        for key, (long, start, _) in commands.items():
            pair = seconds(long, cache), seconds(start, cache)
            if turn:  # The first one compiles.
                times[key].append(pair)
    print(f"{'':24}{'M instructions/s':>18}{'time':>10}")
    for program in PER_TURN:
        unit = 0.0
        for way in WAYS:
            took = min(long for long, _ in times[program, way])
            took -= min(start for _, start in times[program, way])
            each = took / commands[program, way][2]
            unit = unit or each
            print(f"{program + ', ' + way:24}{1e-6 / each:18.1f}{each / unit:9.1f}x")


def measure_steps(rounds: int) -> None:
    """Prints what steps cost that give what has retired."""
    isa = isa_for("rv64gc")
    machine = Machine(assemble(LOOP.format(turns=1 << 40), isa), isa, tracing=Tracing())
    machine.step(STEPS)
    many, single = [], []
    for _ in range(rounds):
        begin = time.process_time()
        machine.step(STEPS)
        many.append((time.process_time() - begin) / STEPS)
        begin = time.process_time()
        for _ in range(SINGLE_STEPS):
            machine.step()
        single.append((time.process_time() - begin) / SINGLE_STEPS)
    print(f"\nstep({STEPS:,}): {1e-6 / min(many):.1f} M steps/s")
    print(f"step(): {1e3 * min(single):.2f} ms a call, {min(single) / min(many):,.0f} times a step")


if __name__ == "__main__":
    main()
