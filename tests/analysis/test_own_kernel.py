"""Kernels of a user's own: what they extend, and the modules that they bring."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rvx.analysis import kernel
from rvx.analysis.arithmetic import Arithmetic
from rvx.analysis.arithmetic.own import Codec, CodecError, Sums, one_by_one
from rvx.analysis.compare import compare, draw
from rvx.analysis.kernel import Kernel
from rvx.analysis.keys import KernelError
from rvx.isa import IsaError

MODULE = """
import numpy as np
from rvx.analysis.arithmetic.own import Codec, Sums
from rvx.isa import Extension

Xpair = Extension("Xpair", version="1", doc="Two products of halves in fixed point")

@Xpair.instruction("pmac2 rd, rs1, rs2", "0000000 rs2 rs1 000 rd 1011011")
def pmac2(rd, rs1, rs2):
    low = (rs1 << 48 >> 48) * (rs2 << 48 >> 48)
    return rd + low + (rs1 << 32 >> 48) * (rs2 << 32 >> 48)

def step(a, b, i, j, sums):
    for k in range(2):
        sums[k] += (a[i + k] << 48 >> 48) * (b[j + k] << 48 >> 48)

def ending(sums):
    return sums[0] + sums[1]

Q12 = Codec(
    16,
    lambda x: np.rint(x * 4096).astype(np.int64),
    lambda codes: ((codes ^ 0x8000) - 0x8000) / 4096,
)
Q24 = Codec(64, lambda x: np.rint(x * 2**24).astype(np.int64), lambda codes: codes / 2**24)
ARITHMETICS = {"pairs": Sums(Q12, Q24, step, ending, lanes=2, words=2)}
"""
SOURCE = """# gemm of 16-bit fixed-point numbers, two at a time
        .equ    SHIFT, 1
        .equ    RESULT, 8
        .macro  begin
        li      t0, 0
        .endm
        .macro  vector
        lw      t2, 0(t3)
        lw      t6, 0(t4)
        addi    t3, t3, 4
        addi    t4, t4, 4
        pmac2   t0, t2, t6
        .endm
        .macro  finish
        sd      t0, 0(a2)
        .endm
        .include "gemm/plain.inc"
"""
DESCRIPTION = """
extends = "gemm"
modules = ["{module}"]
[variants.fixed]
march = "rv64gc"
arithmetic = "pairs"
doc = "16-bit fixed point"
"""


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A complete folder; its module has a name of its own, since modules are kept."""
    module = f"m{abs(hash(request.node.name))}.py"
    (tmp_path / module).write_text(MODULE)
    (tmp_path / "fixed.s").write_text(SOURCE)
    (tmp_path / "kernel.toml").write_text(DESCRIPTION.format(module=module))
    return tmp_path


def load(folder: Path) -> Kernel:
    return kernel.load(str(folder))


def numbers_of_fixed(folder: Path) -> Arithmetic:
    mine = load(folder)
    return mine.numbers(mine.variants["fixed"])


@pytest.mark.parametrize("backend", ["native", "python"])
def test_a_format_of_its_own_beside_those_of_the_kernel(folder: Path, backend: str) -> None:
    mine, gemm = load(folder), kernel.load("gemm")
    assert mine.name == folder.name
    assert (mine.doc, mine.symbol, mine.parameters) == (gemm.doc, gemm.symbol, gemm.parameters)
    assert list(mine.variants) == [*gemm.variants, "fixed"]
    inputs = draw(mine, {"M": 3, "N": 5, "K": 7})
    rows = compare(mine, inputs, mine.select(["f64", "fixed"]), backend=backend).rows
    assert [row.bit_exact for row in rows] == [True, True]
    fixed = rows[1]
    assert fixed.run.by_mnemonic["pmac2"] == 3 * 5 * 4
    assert 0 < fixed.total.mse < 1e-6
    # Products of Q12 are exact in Q24.
    assert fixed.from_arithmetic.max_abs < 1e-12
    assert fixed.total.max_ulp == pytest.approx(fixed.total.max_abs * 2**24)


def test_a_wrong_reference_is_seen(folder: Path) -> None:
    (module,) = folder.glob("*.py")
    module.write_text(MODULE.replace("sums[0] + sums[1]", "sums[0] + sums[1] + 1"))
    mine = load(folder)
    (row,) = compare(mine, draw(mine, {"M": 3, "N": 5, "K": 7}), mine.select(["fixed"])).rows
    assert (row.mismatches, row.results) == (15, 15)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("ARITHMETICS = {", "OTHER = {", "variant 'fixed' has no number system 'pairs'; name one"),
        ('{"pairs": ', '["pairs", ', "must be a dictionary of names and number systems"),
        ("Sums(Q12", "(Q12", "must be a dictionary of names and number systems"),
    ],
)
def test_modules_without_number_systems(folder: Path, old: str, new: str, sentence: str) -> None:
    (module,) = folder.glob("*.py")
    text = MODULE.replace(old, new)
    if new.startswith("["):
        text = text.rstrip().removesuffix("}") + "]\n"
    if new.startswith("(Q12"):
        text = text.replace("(Q12, Q24, step, ending, lanes=2, words=2)", "3")
    module.write_text(text)
    with pytest.raises(KernelError, match=sentence):
        numbers_of_fixed(folder)


def test_a_module_that_fails_is_named_with_its_line(folder: Path) -> None:
    (module,) = folder.glob("*.py")
    module.write_text("x = 1\ny = x / 0\n")
    with pytest.raises(IsaError, match=r"m\d+\.py' cannot be imported: line 2: ZeroDivisionError"):
        load(folder)
    module.unlink()
    with pytest.raises(IsaError, match=r"there is no file '.*m\d+\.py'"):
        load(folder)


def test_data_that_fails_is_named_with_its_line(folder: Path) -> None:
    (folder / "data.py").write_text("def inputs(:\n")
    with pytest.raises(KernelError, match=r"data\.py' cannot be imported: line 1: SyntaxError"):
        load(folder)


def test_only_shipped_kernels_are_extended(folder: Path) -> None:
    path = folder / "kernel.toml"
    path.write_text(path.read_text().replace('"gemm"', '"gem"'))
    with pytest.raises(KernelError, match="there is no kernel 'gem' to extend; there are att"):
        load(folder)


def test_parts_may_be_replaced(folder: Path) -> None:
    path = folder / "kernel.toml"
    path.write_text(
        'name = "mine"\ndoc = "Mine"\n'
        + path.read_text()
        + ('[parameters]\nK = { default = 8, doc = "columns of A" }\n')
    )
    (folder / "golden.py").write_text(
        "def golden(p, a, bt):\n    return a @ bt.T\nreference = golden\n"
    )
    mine = load(folder)
    assert (mine.name, mine.doc) == ("mine", "Mine")
    assert mine.choose({}) == {"M": 64, "N": 64, "K": 8}
    assert mine.golden.reference is mine.golden.golden


def multiply_add(total: int, a: int, b: int) -> int:
    return total + a * b


def test_codes_are_kept_within_their_bits() -> None:
    byte = Codec(8, lambda x: np.rint(x).astype(np.int64), lambda codes: codes.astype(float))
    word = Codec(32, lambda x: np.rint(x).astype(np.int64), lambda codes: codes.astype(float))
    numbers = Sums(byte, word, one_by_one(multiply_add))
    encoded = numbers.encode(np.array([[-1.0, 2.0]]))
    assert encoded.parts[0].tolist() == [[255, 2]]
    assert encoded.memory[0].dtype == np.uint8
    assert numbers.product(encoded, encoded).tolist() == [[255 * 255 + 4]]
    assert numbers.ulp(np.array([3.0])).tolist() == [1.0]
    with pytest.raises(ValueError, match="the inputs of a kernel must be finite numbers"):
        numbers.encode(np.array([[np.nan]]))
    with pytest.raises(CodecError, match="codes of 65 bits; valid are "):
        Codec(65, byte.encode, byte.decode)


def broken(x: Any) -> Any:
    return x.nothing


def stubborn(sums: Any) -> int:
    return int({"a": sums}["a"][0].nothing)


@pytest.mark.parametrize(
    ("encode", "decode", "ending", "sentence"),
    [
        (
            lambda x: np.zeros(1),
            np.asarray,
            None,
            r"encode \(.*\) gave float64 of shape \(1,\) for ",
        ),
        (broken, np.asarray, None, r"encode \(.*own_kernel.py:\d+\) raised AttributeError: "),
        (np.rint, broken, None, r"decode \(.*own_kernel.py:\d+\) raised AttributeError: "),
        (np.rint, lambda codes: codes.astype(str), None, r"decode \(.*\) gave <U\d+ of shape "),
        (np.rint, np.asarray, stubborn, r"ending \(.*\) cannot be compiled or failed: Typing"),
    ],
)
def test_functions_that_fail_are_named(
    encode: Any, decode: Any, ending: Any, sentence: str
) -> None:
    codec = Codec(32, encode, decode)
    numbers = Sums(codec, codec, one_by_one(multiply_add), *([ending] if ending else []))
    with pytest.raises(CodecError, match=sentence):
        multiplied(numbers)


def multiplied(numbers: Sums) -> Any:
    encoded = numbers.encode(np.array([[1.0, 2.0]]))
    return numbers.product(encoded, encoded)
