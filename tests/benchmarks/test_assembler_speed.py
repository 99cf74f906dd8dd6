"""Lines per second of the assembler, in one run with GNU as: `pytest -s tests/benchmarks`."""

import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from rvx.assembler import Assembler
from rvx.extensions import isa_for

LINES = 100_000
REGISTERS = "a0 a1 a2 a3 a4 a5 t0 t1 t2 s0 s1 s2".split()


def ordinary_code(lines: int, seed: int = 1) -> str:
    """Code with the mix of instructions that compilers produce."""
    rng = random.Random(seed)
    out = []
    for i in range(lines):
        kind = rng.random()
        a, b, c = (rng.choice(REGISTERS) for _ in range(3))
        if i % 20 == 0:
            out.append(f".L{i}:")
        elif kind < 0.15:
            target = max(0, (i - rng.randint(0, 100)) // 20 * 20)
            out.append(f"\t{rng.choice(['beq', 'bne', 'blt'])}\t{a},{b},.L{target}")
        elif kind < 0.25:
            out.append(f"\tlw\t{a},{rng.randint(-500, 500) * 4}({b})")
        elif kind < 0.35:
            out.append(f"\tsd\t{a},{rng.randint(-200, 200) * 8}(sp)")
        elif kind < 0.40:
            out.append(f"\tcall\tfunction{rng.randint(0, 300)}")
        elif kind < 0.45:
            out.append(f"\tla\t{a},symbol{seed}_{rng.randint(0, 1000)}")
        elif kind < 0.50:
            out.append(f"\tli\t{a},{rng.randint(-100_000, 100_000)}")
        elif kind < 0.55:
            out.append(f"\tlui\t{a},%hi(symbol{rng.randint(0, 1000)})")
        elif kind < 0.60:
            out.append(f"\tfadd.d\tfa{rng.randint(0, 7)},fa{rng.randint(0, 7)},fa0")
        else:
            out.append(f"\t{rng.choice(['add', 'sub', 'xor', 'and', 'mul'])}\t{a},{b},{c}")
    return "\n".join(out) + "\n"


def seconds(source: str) -> float:
    start = time.process_time()
    Assembler(isa_for("rv64gc"), relax=True).object(source, "speed.s")
    return time.process_time() - start


@pytest.mark.long
def test_lines_per_second(tmp_path: Path) -> None:
    source = ordinary_code(LINES)
    ours = seconds(source)
    path = tmp_path / "speed.s"
    path.write_text(source)
    tool = shutil.which("riscv64-unknown-elf-as")
    assert tool is not None
    start = time.perf_counter()
    subprocess.run([tool, "-march=rv64gc", str(path), "-o", str(tmp_path / "x.o")], check=True)
    theirs = time.perf_counter() - start
    print(f"\nrvx {LINES / ours:,.0f} lines/s, GNU as {LINES / theirs:,.0f} lines/s")


@pytest.mark.long
def test_time_is_linear_in_the_size() -> None:
    seconds(ordinary_code(1000))  # loads the parser
    small = min(seconds(ordinary_code(LINES // 5, seed)) for seed in (2, 3))
    large = seconds(ordinary_code(LINES, 4))
    print(f"\nfive times the lines take {large / small:.1f} times as long")
