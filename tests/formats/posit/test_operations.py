"""The operations that vector instructions ask for by name."""

from collections.abc import Callable
from typing import Any

import pytest

from rvx.formats.posit import POSIT8, POSIT16, POSIT32, POSIT64, Posit, exact
from rvx.formats.posit.narrow import make_fma
from rvx.formats.posit.operations import operations

OTHERS = (Posit(10, 0), Posit(16, 1), Posit(32, 0), Posit(24, 3))


def check_fma(fmt: Posit, count: int, call: Any, hard: Callable[..., Any]) -> None:
    """Sums that cancel, wholly and nearly, and those that lose bits of one of the addends."""
    cases = hard(fmt, "fused")
    fma = make_fma(fmt)
    for _ in range(count):
        a, b = cases.two()
        product = exact.mul(a, b, fmt)
        near = (-product + cases.random.randrange(-2, 3)) & fmt.mask
        c = cases.random.choice((near, near, cases.half_gap(product), cases.one()))
        assert call(fma, a, b, c, bits=fmt.n) == exact.fma(a, b, c, fmt), (a, b, c)


@pytest.mark.parametrize("fmt", [POSIT8, POSIT16, POSIT32, *OTHERS], ids=str)
def test_fused_multiply_add_without_a_quire(
    fmt: Posit, compiled: Any, hard: Callable[..., Any]
) -> None:
    check_fma(fmt, 1000, compiled, hard)


@pytest.mark.long
@pytest.mark.parametrize("fmt", [POSIT8, POSIT16, POSIT32, *OTHERS], ids=str)
def test_a_million_fused_multiply_adds(fmt: Posit, compiled: Any, hard: Callable[..., Any]) -> None:
    check_fma(fmt, 1_000_000, compiled, hard)


def test_every_operation_can_be_called() -> None:
    for fmt in (POSIT8, POSIT64):
        one = fmt.one
        for name, operation in operations(fmt).items():
            inputs = {"fma": 3, "sqrt": 1, "neg": 1, "abs": 1}.get(name, 2)
            extra = () if name in ("neg", "abs") else (0, None)
            assert isinstance(operation(*[one] * inputs, *extra), int), name
    assert "fma" not in operations(POSIT64)
