"""Compiled code is named by its content, so that code from disk never calls another's."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rvx import jit

PROGRAM = """
import sys
import numpy as np
from rvx import jit

def make(constant):
    def kernel(x, q):
        # Long enough not to be inlined.
        for i in range(q.size):
            q[i] = (q[i] * 31 + x + constant) ^ (q[i] >> 3)
            for j in range(i):
                q[j] = (q[j] * 17 + q[i]) ^ (q[j] >> 5)
                for k in range(j):
                    q[k] = (q[k] * 13 + q[j]) ^ (q[k] >> 7)
        return constant
    return kernel

def entry(kernel):
    def loop(q):
        total = 0
        for i in range(q.size):
            total += kernel(i, q) + kernel(total, q)
        return total
    return jit.export(loop, "int64(int64[::1])")

q = np.zeros(3, np.int64)
print([entry(make(int(c)))(q) for c in sys.argv[1:]])
"""


def make(constant: int) -> Callable[[int], int]:
    def kernel(x: int) -> int:
        return x + constant

    return kernel


def symbols(function: Callable[[int], int]) -> str:
    native = jit.native(function)
    native(1)
    (text,) = native.inspect_llvm().values()
    return next(line for line in text.splitlines() if line.startswith("define"))


def test_closures_over_other_values_have_other_names() -> None:
    names = [jit.native(make(constant)).py_func.__qualname__ for constant in (1, 1, 2)]
    assert names[0] == names[1]
    assert names[1] != names[2]
    assert names[2].rpartition("_")[2] in symbols(make(2))


def test_code_of_two_processes_meets_in_a_third(tmp_path: Path) -> None:
    def run(*constants: str) -> str:
        environment = {**os.environ, "RVX_CACHE_DIR": str(tmp_path)}
        command = [sys.executable, "-c", PROGRAM, *constants]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    assert run("1") == "[6]"
    assert run("2") == "[12]"
    assert run("1", "2") == "[6, 12]"


def test_only_functions_can_be_compiled() -> None:
    with pytest.raises(TypeError, match="only a plain Python function can be compiled, not 3"):
        jit.native(3)  # type: ignore[arg-type]
