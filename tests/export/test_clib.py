"""Bodies as C, compiled for this machine: against the same bodies in rvx."""

from __future__ import annotations

import ctypes
import random
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rvx.analysis import review
from rvx.bodies import form_of
from rvx.bodies.arithmetic import ERROR, BodyRaised
from rvx.bodies.form import HART
from rvx.export.clib import function_name
from rvx.export.targets import export
from rvx.extensions import load, load_file
from rvx.extensions.catalogue import SHIPPED, make_isa
from rvx.isa import Extension, Instruction, Isa, Memory

LOAD = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_int, ctypes.POINTER(ctypes.c_uint64)
)
STORE = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_int, ctypes.c_uint64
)
MISALIGNED, ACCESS = 9, 10


class CMemory(ctypes.Structure):
    """The structure `rvx_memory`, on the bytes that the interpreted body has, too."""

    _fields_ = (("context", ctypes.c_void_p), ("load", LOAD), ("store", STORE))

    @classmethod
    def of(cls, mem: Memory, xlen: int) -> CMemory:
        ram: Any = mem.ram
        base = int(mem.bounds[0])
        mask = (1 << xlen) - 1

        def load(_: int, address: int, size: int, value: Any) -> int:
            at = (address & mask) - base
            if not 0 <= at <= len(ram) - size:
                return ACCESS
            value[0] = int.from_bytes(bytes(ram[at : at + size]), "little")
            return 0

        def store(_: int, address: int, size: int, value: int) -> int:
            at = (address & mask) - base
            if not 0 <= at <= len(ram) - size:
                return ACCESS
            ram[at : at + size] = np.frombuffer(value.to_bytes(size, "little"), np.uint8)
            return 0

        return cls(None, LOAD(load), STORE(store))


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


@X.instruction("loops rd, rs1, rs2", "0000011 rs2 rs1 000 rd 1011011")
def loops(rs1, rs2):
    found = 0
    for i in range(8):
        if rs1 >> i & 3 == 3:
            found = i
            break
    else:
        found = -1
    left = rs2 & 15
    while left > 0:
        left -= 3
        if left == 1:
            break
    else:
        found += 100
    for weight in (1, 3, 5):
        found += weight if 0 <= left + weight < rs2 % 7 else -weight
    return found


@X.instruction("two rd, rs1", "0000010 00000 rs1 000 rd 1011011", writes=("rd", "rs1"))
def two(rs1):
    return rs1 + 1, ~rs1
"""


def library(extension: Extension, folder: Path) -> tuple[ctypes.CDLL, dict[str, str]]:
    """The compiled C, and why instructions are not in it."""
    made = export("clib", [extension])
    header, source = made.files
    for name, text in made.files.items():
        (folder / name).write_text(text)
    assert header.endswith(".h")
    command = ["gcc", "-O2", "-Wall", "-Werror", "-Wno-unused-function", "-Wno-unused-variable"]
    command += ["-Wno-unused-but-set-variable", "-Wno-clobbered", "-shared", "-fPIC", "-std=c11"]
    subprocess.run([*command, source, "-o", "lib.so", "-lm"], cwd=folder, check=True)
    unsaid = dict(sentence.split(": ", 1) for sentence in made.left_out)
    return ctypes.CDLL(str(folder / "lib.so")), unsaid


def copied(given: list[Any], xlen: int) -> list[Any]:
    """The same arguments once more; addresses of RV32 are those of its memory."""
    found: list[Any] = []
    for each in given:
        if isinstance(each, Memory):
            bounds = each.bounds.copy()  # type: ignore[attr-defined]
            bounds[2] = (1 << xlen) - 1 if xlen == 32 else -1
            found.append(each._replace(ram=each.ram.copy(), bounds=bounds, fault=each.fault.copy()))  # type: ignore[attr-defined]
        else:
            found.append(each.copy() if isinstance(each, np.ndarray) else each)
    return found


def as_argument(value: Any, xlen: int) -> Any:
    if isinstance(value, np.ndarray):
        return value.ctypes.data_as(ctypes.c_void_p)
    if isinstance(value, Memory):
        return ctypes.byref(CMemory.of(value, xlen))
    return ctypes.c_int64(int(value))


def compare(extension: Extension, made: Instruction, isa: Isa, function: Any, count: int) -> None:
    form = form_of(made, isa)
    draw = random.Random(made.mnemonic)
    for _ in range(count):
        given = [review._argument(name, made, isa, draw) for name in made.requests]
        first, second = copied(given, isa.xlen), copied(given, isa.xlen)
        hart = np.zeros(4, np.int64)
        error = 0
        wanted: Any = ()
        try:
            extra = [hart] if HART in form.requests else []
            wanted = review._interpreted(form)(*first, *extra)
        except BodyRaised:
            error = int(hart[ERROR])
        for each in first:
            if isinstance(each, Memory) and each.fault[0]:
                error = MISALIGNED if each.fault[0] in (7, 8) else ACCESS
        results = [ctypes.c_int64() for _ in made.results]
        arguments = [as_argument(each, isa.xlen) for each in second]
        got = function(*arguments, *(ctypes.byref(each) for each in results))
        assert got == error, (made.mnemonic, given)
        if error:
            continue
        several = wanted if isinstance(wanted, tuple) else (wanted,) if made.results else ()
        found = [each.value for each in results]
        assert found == [int(each) for each in several], (made.mnemonic, given)
        for mine, theirs in zip(first, second, strict=True):
            if isinstance(mine, Memory):
                assert bytes(mine.ram) == bytes(theirs.ram), (made.mnemonic, given)  # type: ignore[call-overload]
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
    assert check(extension, tmp_path, 400) == 4


@pytest.mark.parametrize(
    ("name", "share"),
    [("zfh", 2), ("xposit", 2), ("xcvmem", 1), ("xcvmac", 3), ("zknd", 1), ("zimop", 9)],
)
def test_shipped_bodies_mean_the_same_in_c(name: str, share: int, tmp_path: Path) -> None:
    assert check(load(name), tmp_path, 20, share) > 0


@pytest.mark.long
@pytest.mark.parametrize("name", SHIPPED)
def test_all_shipped_bodies(name: str, tmp_path: Path) -> None:
    """Every body that has a translation, 700 operands each, a million in all; half an hour."""
    extension = load(name)
    if export("clib", [extension]).files:
        check(extension, tmp_path, 700)


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "mnemonic"),
    [("xposit", "padd.s"), ("zfh", "fmul.h"), ("zba", "sh1add"), ("xmxdotp", "mxdotp.s")],
)
def test_a_million_operands(name: str, mnemonic: str, tmp_path: Path) -> None:
    """One instruction on a million operands; some two minutes each."""
    extension = load(name)
    compiled, _ = library(extension, tmp_path)
    made = next(one for one in extension.instructions.values() if one.mnemonic == mnemonic)
    isa = make_isa([extension], made.xlens[-1])
    compare(extension, made, isa, getattr(compiled, function_name(extension, made)), 1_000_000)


@pytest.mark.parametrize("name", ["f", "zfh", "xposit", "xposit64", "xcvsimd", "xvsq", "zkne"])
def test_scalar_extensions_have_all_of_their_bodies_in_c(name: str) -> None:
    assert export("clib", [load(name)]).left_out == []


def test_what_has_no_translation_is_named() -> None:
    made = export("clib", [load("zicbom"), load("zve32x"), load("zca"), load("zaamo")])
    assert "vadd.vv: its body works on registers of vectors, which C has not" in made.left_out
    assert "c.lw: it is short for 'lw', which has the body" in made.left_out
    assert "amoswap.w: its body calls rvx.isa.memory.store_offset, which C has not" in made.left_out


MEMORY = """
from rvx.isa import Extension, Memory
from rvx.isa.memory import load_s16, store_32

X = Extension("Xmem", version="0.1")


@X.instruction("swap rd, rs1, rs2", "0000000 rs2 rs1 000 rd 1011011")
def swap(rs1, rs2, mem):
    old = load_s16(mem, rs1)
    store_32(mem, rs1, rs2)
    return old
"""


def test_memory_that_refuses_ends_the_call(tmp_path: Path) -> None:
    path = tmp_path / "own_memory.py"
    path.write_text(MEMORY)
    (extension,) = load_file(path)
    compiled, _ = library(extension, tmp_path)
    isa = make_isa([extension], 64)
    (made,) = extension.instructions.values()
    mem = review._argument("mem", made, isa, random.Random(1))
    mem.ram[6:8] = 0xFE, 0xFF
    to_rd = ctypes.c_int64(7)
    call = compiled.xmem_swap
    given = ctypes.byref(CMemory.of(mem, 64))
    base = int(mem.bounds[0])
    where = ctypes.c_int64(base + 6)
    assert call(where, ctypes.c_int64(-3), given, ctypes.byref(to_rd)) == 0
    assert (to_rd.value, bytes(mem.ram[6:10])) == (-2, b"\xfd\xff\xff\xff")
    nowhere = ctypes.c_int64(base - 2)
    assert call(nowhere, ctypes.c_int64(5), given, ctypes.byref(to_rd)) == ACCESS
    assert to_rd.value == -2
