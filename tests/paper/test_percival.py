"""PERCIVAL's experiment on the emulator, beside the published and the simulated errors.

The simulation's matrices are known, so that its figures come out in all four digits. All sizes:

    pytest -m long tests/paper/test_percival.py
"""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from rvx.analysis import kernel
from rvx.analysis.arithmetic import bits_of
from rvx.analysis.compare import draw
from rvx.paper.percival import draws
from rvx.paper.percival import study as percival
from rvx.paper.percival import view as percival_view
from rvx.paper.percival.data import PUBLISHED, RANGES, SIMULATED, SIMULATED_LARGEST, SIZES, VARIANTS


def differing(study: percival.Study) -> list[tuple[float, int, str]]:
    """The cells that are not those of the simulation."""
    return [
        (cell.limit, cell.size, cell.variant)
        for cell in study.cells
        if f"{cell.mse:.3e}" != f"{cell.simulated:.3e}"
        or f"{cell.max_abs:.3e}" != f"{cell.simulated_largest:.3e}"
    ]


@pytest.mark.parametrize("size", [16, 32, 64, 128])
def test_smaller_cells_are_those_of_the_simulation(size: int) -> None:
    study = percival.run(RANGES, [size])
    assert len(study.cells) == len(RANGES) * len(VARIANTS)
    assert differing(study) == []


@pytest.mark.long
def test_the_largest_cells_are_those_of_the_simulation() -> None:
    study = percival.run(RANGES, [256])
    assert differing(study) == []
    for cell in study.cells:
        if cell.published is not None:
            assert cell.mse == pytest.approx(cell.published, rel=0.01)


def test_further_matrices_tell_the_same() -> None:
    """The expected value does not depend on the simulation's eight pairs."""
    (cell,) = (c for c in percival.run([1.0], [32], 72).cells if c.variant == "posit32_quire")
    assert cell.simulated is not None
    assert cell.mse != cell.simulated
    assert cell.mse == pytest.approx(cell.simulated, rel=0.08)


def test_cells_of_float32_are_those_of_numpy() -> None:
    """Nothing of rvx computes here."""
    errors = []
    for inputs in draws.pairs(1.0, 16, 24):
        a, bt = inputs.a.astype(np.float32), inputs.b.astype(np.float32)
        total = np.zeros((16, 16), np.float32)
        for k in range(16):
            total += a[:, k : k + 1] * bt[:, k]
        errors.append(np.mean((total - inputs.a @ inputs.b.T) ** 2))
    cells = {cell.variant: cell for cell in percival.run([1.0], [16], 24).cells}
    assert cells["f32_nofma"].mse == pytest.approx(np.mean(errors), rel=1e-9)


def test_numbers_of_the_simulation() -> None:
    """Marsaglia's generator step by step, on unbounded integers."""
    state, expected = 88172645463325259, []
    for _ in range(16 * 16 * 3):
        state ^= state << 13 & 2**64 - 1
        state ^= state >> 7
        state ^= state << 17 & 2**64 - 1
        expected.append((state >> 11) / 2**53)
    first, second, *_ = draws.pairs(0.5, 16, 2)
    drawn = np.concatenate([first.a.ravel(), first.b.T.ravel(), second.a.ravel()])
    np.testing.assert_array_equal(drawn, np.array(expected) - 0.5)


def test_the_grid_is_whole() -> None:
    assert (
        set(SIMULATED)
        == set(SIMULATED_LARGEST)
        == {(limit, size) for limit in RANGES for size in SIZES}
    )
    for cell, figures in PUBLISHED.items():
        for variant, mse in figures.items():
            assert SIMULATED[cell][variant] == pytest.approx(mse, rel=0.01)


@pytest.mark.parametrize("variant", VARIANTS)
def test_products_have_the_bits_of_the_order_exact_reference(variant: str) -> None:
    gemm = kernel.load("gemm")
    bench = percival.Bench(variant, 33)
    # The largest first: what it leaves behind must not reach the next product.
    for size, limit in ((33, 1000.0), (7, 0.1), (16, 10.0)):
        inputs = draw(gemm, dict.fromkeys("MNK", size), -limit, limit, size)
        raw, instructions = bench.product(inputs)
        a, b = bench.numbers.encode(inputs.a), bench.numbers.encode(inputs.b)
        wanted = gemm.golden.reference(inputs.parameters, bench.numbers, a, b)
        np.testing.assert_array_equal(bits_of(raw), bits_of(wanted))
        assert instructions > 6 * size**3


def test_a_cell_is_what_compare_prints() -> None:
    from rvx.analysis.compare import run_variant

    gemm = kernel.load("gemm")
    (cell,) = (c for c in percival.run([10.0], [5], 1).cells if c.variant == "posit32")
    inputs = draw(gemm, dict.fromkeys("MNK", 5), -10, 10, 0)
    row = run_variant(gemm, gemm.variants["posit32"], inputs)
    assert cell.mse == row.total.mse
    assert cell.max_abs == row.total.max_abs
    assert cell.instructions == row.run.instructions
    assert cell.spread is None
    assert cell.simulated is None


def test_more_than_one_seed_has_a_spread() -> None:
    one, two = (percival.run([1.0], [4], seeds).cells[0] for seeds in (1, 2))
    assert two.spread is not None
    assert 0 < two.spread < sqrt(2)
    assert one.mse != two.mse


@pytest.mark.parametrize("arguments", [([], [4], 1), ([1.0], [0], 1), ([1.0], [4], 0)])
def test_nothing_to_do_is_said(arguments: tuple[list[float], list[int], int]) -> None:
    with pytest.raises(ValueError, match="there must be ranges, sizes and seeds"):
        percival.run(*arguments)


def test_the_text_of_a_cell() -> None:
    assert percival_view.cell_text(1.1e-16, 1e-16) == "1.100e-16 (+10.0%)"
    assert percival_view.cell_text(1.1e-16, None).strip() == "1.100e-16"
    assert percival_view.cell_text(1.1004e-16, 1.1e-16).strip() == "1.100e-16 (=)"
