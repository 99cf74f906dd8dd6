"""Wider posits on hard operands, against the exact reference: compiled, and interpreted.

`-m long` runs a million operands of every function for posit16, posit32 and posit64 (some two
hours on one core); the usual run takes a sample of the same stream.
"""

from collections.abc import Callable
from typing import Any

import pytest

from rvx.formats.posit import (
    POSIT16,
    POSIT32,
    POSIT64,
    Posit,
    exact,
    exact_convert,
    kernels,
)
from rvx.formats.posit.convert import IEEE

OTHERS = [Posit(12, 1), Posit(31, 0), Posit(33), Posit(40, 3), Posit(64, 0), Posit(63, 4)]
FUNCTIONS: dict[str, tuple[int, Callable[..., int]]] = {
    "add": (2, exact.add),
    "sub": (2, exact.sub),
    "mul": (2, exact.mul),
    "div": (2, exact.div),
    "sqrt": (1, exact.sqrt),
    "fmm": (3, exact.fused_multiply),
    "nearest_int": (1, exact_convert.nearest_int),
    "ceil": (1, exact_convert.ceil),
    "floor": (1, exact_convert.floor),
    "approximate_mul": (2, exact_convert.approximate_mul),
    "approximate_div": (2, exact_convert.approximate_div),
    "approximate_sqrt": (1, exact_convert.approximate_sqrt),
}


def check(name: str, fmt: Posit, count: int, call: Any, hard: Callable[..., Any]) -> None:
    arity, reference = FUNCTIONS[name]
    kernel = getattr(kernels(fmt), name)
    cases = hard(fmt, name)
    for _ in range(count):
        operands = cases.operands(arity)
        wanted = reference(*operands, fmt)
        assert call(kernel, *operands, bits=fmt.n) == wanted, [hex(x) for x in operands]


@pytest.mark.parametrize("fmt", [POSIT16, POSIT32, POSIT64], ids=str)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_hard_operands(fmt: Posit, name: str, compiled: Any, hard: Callable[..., Any]) -> None:
    check(name, fmt, 400, compiled, hard)


@pytest.mark.parametrize("fmt", [POSIT16, POSIT32, POSIT64, *OTHERS], ids=str)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_interpreted(fmt: Posit, name: str, interpreted: Any, hard: Callable[..., Any]) -> None:
    check(name, fmt, 50, interpreted, hard)


@pytest.mark.long
@pytest.mark.parametrize("fmt", [POSIT16, POSIT32, POSIT64], ids=str)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_million_hard_operands(
    fmt: Posit, name: str, compiled: Any, hard: Callable[..., Any]
) -> None:
    check(name, fmt, 1_000_000, compiled, hard)


def check_conversions(fmt: Posit, count: int, call: Any, hard: Callable[..., Any]) -> None:
    space = kernels(fmt)
    cases = hard(fmt, "conversions")
    for _ in range(count):
        a = cases.one()
        for width in (32, 64):
            for kind, signed, percival in (
                (f"i{width}", True, False),
                (f"u{width}", False, False),
                (f"u{width}_percival", False, True),
            ):
                wanted = exact_convert.to_int(a, fmt, width, signed, percival)
                assert call(getattr(space, f"to_{kind}"), a) % (1 << 64) == wanted, hex(a)
                word = cases.random.getrandbits(width) >> cases.random.randrange(width)
                word = cases.random.choice((word, -word, 1 << (width - 1))) % (1 << width)
                wanted = exact_convert.from_int(word, fmt, width, signed, percival)
                got = call(getattr(space, f"from_{kind}"), word, bits=fmt.n)
                assert got == wanted, (kind, hex(word))
        for name, (exponent, fraction) in IEEE.items():
            wanted = exact_convert.to_ieee(a, fmt, exponent, fraction)
            assert call(getattr(space, f"to_{name}"), a) == wanted, (name, hex(a))
            word = (
                wanted ^ cases.random.getrandbits(2)
                if cases.random.random() < 0.5
                else (cases.random.getrandbits(1 + exponent + fraction))
            )
            wanted = exact_convert.from_ieee(word, fmt, exponent, fraction)
            assert call(getattr(space, f"from_{name}"), word, bits=fmt.n) == wanted, hex(word)
        for target in (Posit(8), POSIT16, POSIT32, POSIT64):
            wanted = exact_convert.resize(a, fmt, target)
            got = call(getattr(space, f"to_{target}"), a, bits=target.n)
            assert got == wanted, (target, hex(a))


@pytest.mark.parametrize("fmt", [POSIT32, POSIT64], ids=str)
def test_conversions(fmt: Posit, compiled: Any, hard: Callable[..., Any]) -> None:
    check_conversions(fmt, 150, compiled, hard)


@pytest.mark.parametrize("fmt", [POSIT16, POSIT32, POSIT64, *OTHERS], ids=str)
def test_conversions_interpreted(fmt: Posit, interpreted: Any, hard: Callable[..., Any]) -> None:
    check_conversions(fmt, 15, interpreted, hard)


@pytest.mark.long
@pytest.mark.parametrize("fmt", [POSIT16, POSIT32, POSIT64], ids=str)
def test_a_million_conversions(fmt: Posit, compiled: Any, hard: Callable[..., Any]) -> None:
    check_conversions(fmt, 1_000_000, compiled, hard)
