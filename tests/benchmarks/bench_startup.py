"""What starting rvx costs: `python tests/benchmarks/bench_startup.py`.

Short commands run in turn with `python -c "import numpy"`, each in a process of its own, several
times over, and the table has the least of their processor times as ratios to that. The first column
is with a warm cache, as everybody has from the second run on; the second is with none, when numba
compiles what rvx itself needs. Nothing here fails because a machine is slow.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

PROGRAM = "_start: li a0, 0\nli a7, 93\necall\n"
UNIT = ["-c", "import numpy"]
CLEAN = ("PYTHONDONTWRITEBYTECODE",)
"""Without bytecode on disk, Python would compile its modules anew each time."""


def commands(folder: Path) -> dict[str, list[str]]:
    """The command lines of the table, by what it calls them."""
    source, elf = folder / "three.s", folder / "three.elf"
    source.write_text(PROGRAM)
    rvx = ["-m", "rvx"]
    subprocess.run([sys.executable, *rvx, "asm", str(source), "-o", str(elf)], check=True)
    return {
        "rvx --help": [*rvx, "--help"],
        "rvx isa list": [*rvx, "isa", "list"],
        "rvx asm": [*rvx, "asm", str(source), "-o", str(folder / "made.elf")],
        "rvx dis": [*rvx, "dis", str(elf)],
        "rvx run, of a source": [*rvx, "run", str(source)],
        "rvx run, of an ELF file": [*rvx, "run", str(elf)],
        "rvx compare gemm": [*rvx, "compare", "gemm"],
    }


def seconds(arguments: list[str], cache: Path) -> float:
    """Processor time of one process and of those that it starts.

    Raises:
        CalledProcessError: it failed.
    """
    environment = {name: value for name, value in os.environ.items() if name not in CLEAN}
    environment["RVX_CACHE_DIR"] = str(cache)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *arguments],
        check=True,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("--rounds", type=int, default=7, help="measurements of each command")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = commands(folder)
        warm: dict[str, list[float]] = {title: [] for title in made}
        cold: dict[str, float] = {}
        units: list[float] = []
        seconds(UNIT, folder)
        for title, arguments in made.items():
            cold[title] = seconds(arguments, folder / title)
        for _ in range(rounds):
            units.append(seconds(UNIT, folder))
            for title, arguments in made.items():
                warm[title].append(seconds(arguments, folder / title))
    unit = min(units)
    print(f"import numpy: {unit:.2f} s\n")
    print(f"{'':26}{'warm':>8}{'first':>8}")
    for title, times in warm.items():
        print(f"{title:26}{min(times) / unit:8.1f}{cold[title] / unit:8.1f}")


if __name__ == "__main__":
    main()
