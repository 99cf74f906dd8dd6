"""Bodies as C, compiled for this machine: against the same bodies in rvx."""

from __future__ import annotations

import ctypes
import random
import re
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rvx.analysis import review
from rvx.bodies import form_of
from rvx.bodies.arithmetic import ERROR, BodyRaised
from rvx.bodies.form import HART
from rvx.export.targets import export
from rvx.extensions import load, load_file
from rvx.extensions.catalogue import SHIPPED, make_isa
from rvx.isa import Extension, Instruction, Isa

OWN = """
import numpy as np
from rvx.formats.bits import mulh64
from rvx.isa import Extension, sext32

X = Extension("Xown", version="0.1")
X.state("acc", 2, "an accumulator")
TABLE = (3, 1, 4, 1)
GRID = np.arange(6, dtype=np.int16).reshape(2, 3)
HALVES = (0.5, 1.5)


def sorted_two(a, b):
    if a > b:
        return b, a
    return a, b


@X.instruction("mixed rd, rs1, rs2", "0000000 rs2 rs1 000 rd 1011011")
def mixed(rd, rs1, rs2, acc, xlen):
    low, high = sorted_two(rs1, rs2)
    low, high = high, low
    words = np.zeros(4, np.int64)
    total = 0
    for i in range(10, -30, -3):
        if i == 4:
            continue
        total += rs1 >> (i & 31) & 1
        i = 99
        if total > 9:
            break
    while total and rs1 not in (1, 2):
        total //= 2
    words[rs2 & 3] = low
    acc[0] += mulh64(rs1, rs2) + TABLE[rs2 & 3] + words[2] + GRID[rs1 & 1, rs2 & 1]
    acc[-1] -= high ** (rs1 & 7)
    clipped = min(max(rd + rs1 * rs2, -(1 << 31)), sext32(low))
    rest = abs(rs2) % 1000 if rs2 else 7
    return clipped + (float(total) > HALVES[rs1 & 1]) + (rs1 and rs2) - rest


@X.instruction("failing rd, rs1, rs2", "0000001 rs2 rs1 000 rd 1011011")
def failing(rs1, rs2):
    if rs1 == 5:
        raise ValueError("five")
    return rs1 // rs2 + (rs1 << (rs2 & 127) - 3) + TABLE[rs2 % 5] + int(rs1 / 3.0) + rs1.bit_count()


@X.instruction("two rd, rs1", "0000010 00000 rs1 000 rd 1011011", writes=("rd", "rs1"))
def two(rs1):
    return rs1 + 1, ~rs1
"""


def library(extension: Extension, folder: Path) -> tuple[ctypes.CDLL, dict[str, str]]:
    """The compiled C, and why instructions are not in it."""
    made = export("clib", [extension])
    (source,) = made.files
    (folder / source).write_text(made.files[source])
    command = ["gcc", "-O2", "-Wall", "-Werror", "-Wno-unused-function", "-Wno-unused-variable"]
    command += ["-Wno-unused-but-set-variable", "-Wno-clobbered", "-shared", "-fPIC", "-std=c11"]
    subprocess.run([*command, source, "-o", "lib.so", "-lm"], cwd=folder, check=True)
    unsaid = dict(sentence.split(": ", 1) for sentence in made.left_out)
    return ctypes.CDLL(str(folder / "lib.so")), unsaid


def function_name(extension: Extension, made: Instruction) -> str:
    width = f"_rv{made.xlens[0]}" if len(made.xlens) == 1 else ""
    return re.sub(r"\W", "_", f"{extension.name}_{made.mnemonic}").lower() + width


def compare(extension: Extension, made: Instruction, isa: Isa, function: Any, count: int) -> None:
    form = form_of(made, isa)
    draw = random.Random(made.mnemonic)
    for _ in range(count):
        given = [review._argument(name, made, isa, draw) for name in made.requests]
        first = [each.copy() if isinstance(each, np.ndarray) else each for each in given]
        second = [each.copy() if isinstance(each, np.ndarray) else each for each in given]
        hart = np.zeros(4, np.int64)
        error = 0
        wanted: Any = ()
        try:
            extra = [hart] if HART in form.requests else []
            wanted = review._interpreted(form)(*first, *extra)
        except BodyRaised:
            error = int(hart[ERROR])
        results = [ctypes.c_int64() for _ in made.results]
        arguments = [
            each.ctypes.data_as(ctypes.c_void_p)
            if isinstance(each, np.ndarray)
            else ctypes.c_int64(int(each))
            for each in second
        ]
        got = function(*arguments, *(ctypes.byref(each) for each in results))
        assert got == error, (made.mnemonic, given)
        if error:
            continue
        several = wanted if isinstance(wanted, tuple) else (wanted,) if made.results else ()
        found = [each.value for each in results]
        assert found == [int(each) for each in several], (made.mnemonic, given)
        for mine, theirs in zip(first, second, strict=True):
            if isinstance(mine, np.ndarray):
                assert mine.tolist() == theirs.tolist(), (made.mnemonic, given)


def check(extension: Extension, folder: Path, count: int, share: int = 1) -> int:
    compiled, unsaid = library(extension, folder)
    isas: dict[int, Isa] = {}
    compared = 0
    for made in list(extension.instructions.values())[::share]:
        if made.mnemonic in unsaid or "pc" in made.requests:
            continue
        xlen = made.xlens[-1]
        isa = isas.setdefault(xlen, make_isa([extension], xlen))
        compare(extension, made, isa, getattr(compiled, function_name(extension, made)), count)
        compared += 1
    return compared


def test_a_body_with_everything_means_the_same_in_c(tmp_path: Path) -> None:
    path = tmp_path / "own_clib.py"
    path.write_text(OWN)
    (extension,) = load_file(path)
    assert check(extension, tmp_path, 400) == 3


@pytest.mark.parametrize("name", ["xvsq", "xpulpnn", "xcvmac", "zba"])
def test_shipped_bodies_mean_the_same_in_c(name: str, tmp_path: Path) -> None:
    assert check(load(name), tmp_path, 20, share=4) > 0


@pytest.mark.long
@pytest.mark.parametrize("name", SHIPPED)
def test_all_shipped_bodies_that_are_integers(name: str, tmp_path: Path) -> None:
    """Every body that has a translation, 2,000 operands each; some minutes."""
    extension = load(name)
    if export("clib", [extension]).files:
        check(extension, tmp_path, 2000)


def test_what_has_no_translation_is_named(tmp_path: Path) -> None:
    made = export("clib", [load("zicbom"), load("zve32x")])
    assert all(": " in sentence for sentence in made.left_out)
    sentences = export("clib", [load("i")]).left_out
    assert "lb: its body works on guest memory, or on vectors, which C has not" in sentences
