"""rvx.formats.bits: each helper against Python's unbounded integers, interpreted and compiled."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from rvx import jit
from rvx.formats import bits

WORD = 2**64
EDGES = sorted(
    {
        v
        for k in range(64)
        for v in ((1 << k) - 1, 1 << k, (1 << k) + 1, -(1 << k), -(1 << k) - 1)
        if -(2**63) <= v < 2**63
    }
)
PAIRS = [(a, b) for a in EDGES[::5] for b in EDGES[::7]]


@pytest.fixture(autouse=True)
def _wrap() -> Iterator[None]:
    with np.errstate(over="ignore"):
        yield


@pytest.fixture(params=["interpreted", "compiled"])
def run(request: pytest.FixtureRequest) -> Callable[..., int]:
    """Calls a helper on int64 scalars and returns a Python int."""

    def call(function: Callable[..., int], *args: int) -> int:
        target = jit.native(function) if request.param == "compiled" else function
        return int(target(*(np.int64(a) for a in args)))

    return call


def unsigned(x: int) -> int:
    return x % WORD


def signed(x: int) -> int:
    return (x + 2**63) % WORD - 2**63


def test_clz64_and_ctz64(run: Callable[..., int]) -> None:
    for x in EDGES:
        u = unsigned(x)
        assert run(bits.clz64, x) == 64 - u.bit_length()
        assert run(bits.clz63, x) == 64 - (u % (WORD // 2)).bit_length()
        assert run(bits.ctz64, x) == ((u & -u).bit_length() - 1 if u else 64)


def test_shr64_is_a_logical_shift(run: Callable[..., int]) -> None:
    for x in EDGES:
        for count in (0, 1, 2, 31, 32, 33, 62, 63):
            assert run(bits.shr64, x, count) == signed(unsigned(x) >> count)


def test_ult64_compares_unsigned(run: Callable[..., int]) -> None:
    for a, b in PAIRS:
        assert bool(run(bits.ult64, a, b)) == (unsigned(a) < unsigned(b))


def test_mulhu64_and_mulh64(run: Callable[..., int]) -> None:
    for a, b in PAIRS:
        assert run(bits.mulhu64, a, b) == signed(unsigned(a) * unsigned(b) >> 64)
        assert run(bits.mulh64, a, b) == a * b >> 64


def test_sext_reads_two_complement(run: Callable[..., int]) -> None:
    for x in EDGES:
        for width in (1, 8, 16, 31, 32, 33, 63, 64):
            low = x % (1 << width)
            expected = low - (1 << width) if low >> (width - 1) else low
            assert run(bits.sext, x, width) == expected


def test_clz64_compiles_to_the_machine_instruction() -> None:
    native = jit.native(bits.clz64)
    native(np.int64(1))
    assert any("llvm.ctlz.i64" in text for text in native.inspect_llvm().values())
