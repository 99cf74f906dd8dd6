"""Packed instructions over whole arrays, against NumPy, the host and ml_dtypes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import ml_dtypes
import numpy as np
import numpy.typing as npt
import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.extensions import isa_for

ISA = isa_for("rv64gc_xsmallfloat")
COUNT = 4096
Words = npt.NDArray[np.int64]

LOOP = """
        .globl  run
run:    csrw    fmode, a5
1:      fld     fa0, 0(a1)
        fld     fa1, 0(a2)
        fld     fa2, 0(a3)
        {body}
        addi    a1, a1, 8
        addi    a2, a2, 8
        addi    a3, a3, 8
        addi    a4, a4, 8
        addi    a0, a0, -1
        bnez    a0, 1b
        ret
"""


@cache
def machine_for(instruction: str, is_x: bool) -> Machine:
    body = f"{instruction} {'t0' if is_x else 'fa0'}, fa1" + "{second}"
    name = instruction.split(maxsplit=1)[0]
    has_second = "rs2" in ISA.instructions[name].operands
    body = body.format(second=", fa2" if has_second else "")
    store = "sd t0, 0(a4)" if is_x else "fsd fa0, 0(a4)"
    source = LOOP.format(body=f"{body}\n {store}")
    return Machine(assemble(source, ISA), ISA, memory=8 << 20)


def run(
    instruction: str, operands: Sequence[npt.NDArray[Any]], mode: int = 0, is_x: bool = False
) -> Words:
    """The words of rd for arrays of rs1, rs2 (and rd before, which is 0 if it is not given)."""
    machine = machine_for(instruction, is_x)
    words = [operand.reshape(-1).view(np.int64) for operand in operands]
    words += [np.zeros_like(words[0])] * (3 - len(words))
    count = words[0].size
    addresses = [machine.allocate(8 * count) for _ in range(4)]
    for address, values in zip((addresses[1], addresses[2], addresses[0]), words, strict=True):
        machine.array(address, np.int64, count)[:] = values
    result = machine.call("run", count, *addresses, mode)
    assert result.trap is None
    return machine.array(addresses[3], np.int64, count).copy()


def numbers(seed: int, dtype: Any, count: int) -> npt.NDArray[Any]:
    """Any bit patterns, and half of them numbers of like size."""
    rng = np.random.default_rng(seed)
    width = np.dtype(dtype).itemsize
    anything = rng.integers(0, 256, count * width, np.uint8).view(dtype)
    like = (rng.normal(size=count) * 4).astype(dtype)
    return np.where(rng.integers(0, 2, count) == 1, like, anything).astype(dtype)


def same(got: npt.NDArray[Any], wanted: npt.NDArray[Any], quiet: int) -> None:
    """Equal bits; what is NaN in `wanted` is the canonical one."""
    unsigned = f"u{wanted.dtype.itemsize}"
    expected = np.where(np.isnan(wanted), np.array(quiet, unsigned), wanted.view(unsigned))
    np.testing.assert_array_equal(got.view(unsigned), expected)


HOST: dict[str, Callable[..., Any]] = {
    "vfadd.s": np.add,
    "vfsub.s": np.subtract,
    "vfmul.s": np.multiply,
    "vfdiv.s": np.divide,
    "vfsqrt.s": lambda a, b: np.sqrt(a),
    "vfmin.s": np.fmin,
    "vfmax.s": np.fmax,
}


@pytest.mark.parametrize("name", HOST)
def test_packed_singles_are_those_of_numpy(name: str) -> None:
    a, b = numbers(1, np.float32, 2 * COUNT), numbers(2, np.float32, 2 * COUNT)
    with np.errstate(all="ignore"):
        wanted = np.asarray(HOST[name](a, b), np.float32)
    same(run(name, (a, b)).view(np.float32), wanted, 0x7FC00000)


def test_packed_multiply_add_of_singles_rounds_once() -> None:
    """The exact sum fits in a float64 where the operands are of like size."""
    rng = np.random.default_rng(3)
    a, b, c = (rng.normal(size=2 * COUNT).astype(np.float32) for _ in range(3))
    a = (a.view(np.uint32) & np.uint32(0xFFFFF000)).view(np.float32)
    b = (b.view(np.uint32) & np.uint32(0xFFFFF000)).view(np.float32)
    wanted = (a.astype(np.float64) * b + c.astype(np.float64)).astype(np.float32)
    same(run("vfmac.s", (a, b, c)).view(np.float32), wanted, 0x7FC00000)


COMPARED: dict[str, Callable[..., Any]] = {
    "vfeq.s": np.equal,
    "vfne.s": np.not_equal,
    "vflt.s": np.less,
    "vfge.s": np.greater_equal,
    "vfle.s": np.less_equal,
    "vfgt.s": np.greater,
}


@pytest.mark.parametrize("name", COMPARED)
def test_packed_comparisons_are_those_of_numpy(name: str) -> None:
    a, b = numbers(4, np.float32, 2 * COUNT), numbers(5, np.float32, 2 * COUNT)
    b = np.where(np.arange(b.size) % 3 == 0, a, b).astype(np.float32)
    holds = COMPARED[name](a, b).reshape(-1, 2)
    np.testing.assert_array_equal(run(name, (a, b), is_x=True), holds[:, 0] + 2 * holds[:, 1])


CASTS = [
    ("vfcvt.h.s", np.float32, np.float16, 0, 0x7E00),
    ("vfcvt.h.s", np.float32, ml_dtypes.bfloat16, 3, 0x7FC0),
    ("vfcvt.b.s", np.float32, ml_dtypes.float8_e5m2, 0, 0x7E),
    ("vfcvt.b.s", np.float32, ml_dtypes.float8_e4m3, 3, 0x7C),
    ("vfcvt.b.h", np.float16, ml_dtypes.float8_e5m2, 0, 0x7E),
    ("vfcvt.b.h", ml_dtypes.bfloat16, ml_dtypes.float8_e4m3, 3, 0x7C),
    ("vfcvt.h.h", np.float16, ml_dtypes.bfloat16, 1, 0x7FC0),
    ("vfcvt.h.h", ml_dtypes.bfloat16, np.float16, 2, 0x7E00),
    ("vfcvt.b.b", ml_dtypes.float8_e4m3, ml_dtypes.float8_e5m2, 2, 0x7E),
    ("vfcvt.s.h", np.float16, np.float32, 0, 0x7FC00000),
    ("vfcvt.s.h", ml_dtypes.bfloat16, np.float32, 3, 0x7FC00000),
    ("vfcvtu.s.b", ml_dtypes.float8_e4m3, np.float32, 3, 0x7FC00000),
    ("vfcvtu.h.b", ml_dtypes.float8_e5m2, np.float16, 0, 0x7E00),
]


@pytest.mark.parametrize(
    ("name", "src", "dst", "mode", "quiet"),
    CASTS,
    ids=[f"{name}-{np.dtype(src).name}-{np.dtype(dst).name}" for name, src, dst, *_ in CASTS],
)
def test_packed_conversions_are_casts(name: str, src: Any, dst: Any, mode: int, quiet: int) -> None:
    wide, narrow = np.dtype(src).itemsize, np.dtype(dst).itemsize
    elements = numbers(6, src, 8 * COUNT // wide).reshape(COUNT, -1)
    lanes = 8 // max(wide, narrow)
    first = elements.shape[1] // 2 if name.startswith("vfcvtu") else 0
    with np.errstate(all="ignore"):
        wanted = elements[:, first : first + lanes].astype(np.float32).astype(dst)
    got = run(name, (elements,), mode).view(np.uint8).reshape(COUNT, 8)
    same(
        np.ascontiguousarray(got[:, : lanes * narrow]).view(dst),
        np.ascontiguousarray(wanted),
        quiet,
    )
    assert (got[:, lanes * narrow :] == 0xFF).all()


@pytest.mark.parametrize(
    ("name", "dst", "mode", "quiet", "first"),
    [
        ("vfcpka.s.d", np.float32, 0, 0x7FC00000, 0),
        ("vfcpkb.h.d", np.float16, 0, 0x7E00, 2),
    ],
)
def test_doubles_are_cast_and_packed(
    name: str, dst: Any, mode: int, quiet: int, first: int
) -> None:
    a, b = numbers(7, np.float64, COUNT), numbers(8, np.float64, COUNT)
    with np.errstate(all="ignore"):
        wanted = np.stack([a, b], axis=1).astype(dst)
    got = run(name, (a, b), mode).view(dst).reshape(COUNT, -1)
    same(np.ascontiguousarray(got[:, first : first + 2]), wanted, quiet)


@pytest.mark.parametrize(("name", "width"), [("vfcvt.x.h", 16), ("vfcvt.x.s", 32)])
def test_rounding_to_integers_is_rint_within_range(name: str, width: int) -> None:
    dtype = np.float16 if width == 16 else np.float32
    rng = np.random.default_rng(9)
    a = (rng.normal(size=COUNT * 64 // width) * 2.0 ** rng.integers(0, width - 4)).astype(dtype)
    got = run(name, (a,), is_x=True).view(f"i{width // 8}")
    bounds = np.iinfo(got.dtype)
    wanted = np.clip(np.rint(a.astype(np.float64)), bounds.min, bounds.max).astype(np.int64)
    np.testing.assert_array_equal(got, wanted)
