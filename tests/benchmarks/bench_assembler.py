"""The assembler against GNU as, on what GCC makes of C: time, lines a second, memory, linearity.

    python tests/benchmarks/bench_assembler.py

C functions are generated and compiled with -O2, -O0 and -g, in four sizes. Each assembler runs as
a process of its own, in turns; the processor time of the process counts, its start included, and
the least of the rounds is shown. "times GNU's" is rvx's time over that of GNU as, or of GNU as and
ld for `rvx asm`, which links. "linearity" is what a line costs over what it costs in the source of
middle size, the start of both left out: 1 if the time is linear. The first row is the start alone.
`--file` measures a source of one's own instead.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

COMPILER, GNU, LINKER = (f"riscv64-unknown-elf-{tool}" for tool in ("gcc", "as", "ld"))
TARGET = ["-march=rv64gc", "-mabi=lp64d"]
RVX = [sys.executable, "-m", "rvx"]
SIZES = (12, 40, 190, 970)
"""Functions of the generated sources; these have some 3,000, 10,000, 50,000 and 260,000 lines."""
MIDDLE = 190
WAYS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("gcc -O2", ("-O2",), ()),
    ("gcc -O0", ("-O0",), ()),
    ("gcc -O2 -g", ("-O2", "-g"), ()),
    ("gcc -O2, as -g", ("-O2",), ("-g",)),
    ("gcc -O2, rvx asm", ("-O2", "-mcmodel=medany"), ()),
)
ELSEWHERE = """
    .text
    .globl _start, other, weigh, memcpy, memset
_start:
other:
weigh:
memcpy:
memset:
    ret
"""
"""What the generated sources call."""


@dataclass(frozen=True)
class Cost:
    """What a process took."""

    seconds: float
    megabytes: float


def generated(functions: int) -> str:
    """C with loops, switches, calls, floats and tables, as unlike each other as chance makes it."""
    rng = random.Random(functions)
    out = ["extern long other(long, long); extern double weigh(double);"]
    for number in range(functions):
        size = rng.randint(4, 40)
        table = ", ".join(str(rng.randint(-9999, 9999)) for _ in range(size))
        cases = "".join(
            f"    case {case}: a += table{number}[b % {size}] * {rng.randint(2, 999)}L; "
            f"{rng.choice(['break;', 'c ^= a;', 'b -= other(a, c);', 'd = weigh(d + a);'])}\n"
            for case in range(rng.randint(3, 14))
        )
        before = rng.randint(max(0, number - 50), max(0, number - 1))
        call = f"function{before}(c, a)" if number else "other(c, a)"
        out.append(f"""
static const int table{number}[] = {{{table}}};
struct record{number} {{ long a, b; short c; double d; char name[{rng.randint(20, 60)}]; }};
long function{number}(long a, long b) {{
  struct record{number} r = {{a, b, (short)b, a * {rng.random():.6f}, "{number} of {functions}"}};
  long c = {rng.randint(-1 << 40, 1 << 40)}; double d = b;
  for (long i = 0; i < a; i++) {{
    switch ((b + i) % {rng.randint(9, 30)}) {{
{cases}    default: r.c += (short)i; r.b ^= c << {rng.randint(1, 30)};
    }}
    if (r.b > {rng.randint(-5000, 5000)}) c += {call};
    else if (r.name[i & 1] == '{rng.choice("abcxyz")}') d *= {rng.random():.6f};
  }}
  return a + c + r.b + (long)d + r.c;
}}""")
    return "\n".join(out)


def compiled(folder: Path, functions: int, *flags: str) -> Path:
    """The assembly source that GCC makes."""
    source = folder / f"{functions}{''.join(flags)}.c"
    made = source.with_suffix(".s")
    if not made.exists():
        source.write_text(generated(functions))
        command = [COMPILER, *flags, *TARGET, "-S", str(source), "-o", str(made)]
        subprocess.run(command, check=True)
    return made


def run(*commands: list[str]) -> Cost:
    """Runs one process after the other and gives what they took."""
    # Written byte code belongs to a start as users see it.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    seconds = megabytes = 0.0
    for command in commands:
        process = os.posix_spawnp(command[0], command, environment)
        _, status, usage = os.wait4(process, 0)
        if status:
            raise SystemExit(f"{' '.join(command)} failed")
        seconds += usage.ru_utime + usage.ru_stime
        megabytes = max(megabytes, usage.ru_maxrss / 1024)
    return Cost(seconds, megabytes)


def measured(source: Path, rounds: int, *flags: str) -> tuple[Cost, Cost]:
    """What GNU as and `rvx as` take for a source, measured in turns; the least of each."""
    arguments = [*TARGET, *flags, str(source), "-o", str(source.with_suffix(".o"))]
    return _least((run([GNU, *arguments]), run([*RVX, "as", *arguments])) for _ in range(rounds))


def linked(source: Path, rounds: int) -> tuple[Cost, Cost]:
    """What GNU as and ld, and `rvx asm`, take to make a program of a source."""
    other = source.with_name("elsewhere.s")
    other.write_text(ELSEWHERE)
    objects = [str(each.with_suffix(".o")) for each in (source, other)]
    made = str(source.with_suffix(".elf"))
    run([GNU, *TARGET, str(other), "-o", objects[1]])
    assemble = [GNU, *TARGET, str(source), "-o", objects[0]]
    link = [LINKER, *objects, "-o", made]
    own = [*RVX, "asm", "--march", "rv64gc", str(source), str(other), "-o", made]
    return _least((run(assemble, link), run(own)) for _ in range(rounds))


def _least(pairs: Iterable[tuple[Cost, Cost]]) -> tuple[Cost, Cost]:
    gnu, own = (min(costs, key=lambda cost: cost.seconds) for costs in zip(*pairs, strict=True))
    return gnu, own


def row(
    table: Table, name: str, source: Path, cost: tuple[Cost, Cost], start: float, middle: float
) -> float:
    """Adds a row; gives what a line costs.

    Args:
        table: gets the row.
        name: of the way of compiling and assembling.
        source: what was assembled.
        cost: of GNU as and of rvx.
        start: seconds of rvx without any line.
        middle: what a line costs in the source of middle size; 0 if it has not been measured.
    """
    with source.open(errors="replace") as file:
        lines = sum(1 for _ in file)
    gnu, own = cost
    each = (own.seconds - start) / max(lines, 1)
    table.add_row(
        name,
        f"{lines:,}",
        f"{own.seconds:.2f}",
        f"{lines / own.seconds:,.0f}",
        f"{own.seconds / gnu.seconds:.1f}",
        f"{own.megabytes:.0f}",
        f"{each / middle:.2f}" if middle else "",
    )
    return each


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--file", type=Path, action="append", help="a source to measure instead")
    chosen = parser.parse_args()
    table = Table("source", "lines", "s", "lines/s", "times GNU's", "MB", "linearity")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        empty = folder / "empty.s"
        empty.write_text("")
        cost = measured(empty, chosen.rounds)
        row(table, "start", empty, cost, 0, 0)
        start = cost[1].seconds
        for file in chosen.file or ():
            copy = folder / file.name
            copy.write_bytes(file.read_bytes())
            row(table, file.name, copy, measured(copy, chosen.rounds), start, 0)
        for label, compile_flags, flags in () if chosen.file else WAYS:
            middle = 0.0
            for functions in sorted(SIZES, key=lambda size: size != MIDDLE):
                source = compiled(folder, functions, *compile_flags)
                is_linked = "rvx asm" in label
                cost = (linked if is_linked else measured)(source, chosen.rounds, *flags)
                each = row(table, label, source, cost, start, middle)
                middle = middle or each
    Console().print(table)


if __name__ == "__main__":
    main()
