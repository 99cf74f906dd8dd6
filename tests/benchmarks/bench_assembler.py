"""The assembler against GNU as, on what GCC makes of C: time, lines a second, memory, linearity.

    python tests/benchmarks/bench_assembler.py

C functions are generated and compiled with -O2, without and with -g, in two sizes. Each assembler
runs as a process of its own, in turns; the processor time of the process counts, its start
included, and the least of the rounds is shown. The last column is what a line costs in the larger
source over what it costs in the smaller one: 1 if the time is linear. `--file` measures a source of
one's own instead.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

COMPILER, GNU = "riscv64-unknown-elf-gcc", "riscv64-unknown-elf-as"
TARGET = ["-march=rv64gc", "-mabi=lp64d"]
RVX = [sys.executable, "-m", "rvx", "as"]
SMALL, LARGE = 400, 3200
"""Functions of the generated sources; the larger one has some 260,000 lines."""


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
    source.write_text(generated(functions))
    made = source.with_suffix(".s")
    subprocess.run(
        [COMPILER, "-O2", *flags, *TARGET, "-S", str(source), "-o", str(made)], check=True
    )
    return made


def run(command: list[str]) -> Cost:
    """Runs a process and gives what it took."""
    # Written byte code belongs to a start as users see it.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    process = os.posix_spawnp(command[0], command, environment)
    _, status, usage = os.wait4(process, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def measured(source: Path, rounds: int, *flags: str) -> tuple[Cost, Cost]:
    """What GNU as and rvx take for a source, measured in turns; the least of each."""
    made = str(source.with_suffix(".o"))
    arguments = [*TARGET, *flags, str(source), "-o", made]
    pairs = [(run([GNU, *arguments]), run([*RVX, *arguments])) for _ in range(rounds)]
    gnu, own = (min(costs, key=lambda cost: cost.seconds) for costs in zip(*pairs, strict=True))
    return gnu, own


def row(table: Table, name: str, source: Path, cost: tuple[Cost, Cost], small: float) -> float:
    """Adds a row; gives what a line costs. `small` is that of the smaller source, or 0."""
    with source.open(errors="replace") as file:
        lines = sum(1 for _ in file)
    gnu, own = cost
    each = own.seconds / lines
    table.add_row(
        name,
        f"{lines:,}",
        f"{lines / own.seconds:,.0f}",
        f"{own.seconds / gnu.seconds:.1f}",
        f"{own.megabytes:.0f}",
        f"{each / small:.2f}" if small else "",
    )
    return each


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--file", type=Path, action="append", help="a source to measure instead")
    chosen = parser.parse_args()
    table = Table("source", "lines", "lines/s", "times GNU's", "MB", "linearity")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in chosen.file or ():
            copy = folder / file.name
            copy.write_bytes(file.read_bytes())
            row(table, file.name, copy, measured(copy, chosen.rounds), 0)
        for label, compile_flags, flags in (
            ("gcc -O2", (), ()),
            ("gcc -O2 -g", ("-g",), ()),
            ("gcc -O2, as -g", (), ("-g",)),
        ):
            if chosen.file:
                break
            small = 0.0
            for functions in (SMALL, LARGE):
                source = compiled(folder, functions, *compile_flags)
                cost = measured(source, chosen.rounds, *flags)
                small = row(table, label, source, cost, small)
    Console().print(table)


if __name__ == "__main__":
    main()
