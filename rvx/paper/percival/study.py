"""PERCIVAL's accuracy experiment: matrix products in posit32 and in float32, on the emulator.

Inputs are drawn uniformly in [-R, R] as float64. The golden product is that of these unrounded
inputs, so that rounding them to the format is part of the error, as it is in the paper; the error
of a cell is the mean of the squared differences over all elements and all pairs of matrices.

Source: Mallasen et al., PERCIVAL: Open-Source Posit RISC-V Core with Quire Capability, IEEE TETC
2022.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rvx.analysis import kernel
from rvx.analysis.compare import STACK_AND_SLACK, GuestError, program_of
from rvx.analysis.comparison import Inputs
from rvx.analysis.metrics import finite
from rvx.analysis.versions import versions
from rvx.emulator import Backend, Machine
from rvx.paper.percival import draws
from rvx.paper.percival.data import (
    PUBLISHED,
    RANGES,
    SIMULATED,
    SIMULATED_LARGEST,
    SIMULATED_PAIRS,
    SIZES,
    VARIANTS,
)

SCHEMA = "rvx.paper.percival/1"


@dataclass(frozen=True)
class Cell:
    """One range, size and arithmetic.

    Attributes:
        limit: R; inputs are in [-R, R].
        size: rows and columns of the matrices.
        seeds: pairs of matrices.
        variant: of the kernel gemm.
        mse: mean squared error over all elements and seeds.
        spread: standard deviation of the seeds' errors relative to their mean; None for one seed.
        max_abs: largest error of all seeds.
        instructions: of one product.
    """

    limit: float
    size: int
    seeds: int
    variant: str
    mse: float
    spread: float | None
    max_abs: float
    instructions: int

    @property
    def published(self) -> float | None:
        """The error that the paper gives, where it is known."""
        return PUBLISHED.get((self.limit, self.size), {}).get(self.variant)

    @property
    def simulated(self) -> float | None:
        """The error of the independent simulation, where it has this cell."""
        return SIMULATED.get((self.limit, self.size), {}).get(self.variant)

    @property
    def simulated_largest(self) -> float | None:
        """The largest error of the independent simulation, where it has this cell."""
        return SIMULATED_LARGEST.get((self.limit, self.size), {}).get(self.variant)

    def to_json(self) -> dict[str, Any]:
        """The cell of the schema."""
        return {
            "range": self.limit,
            "size": self.size,
            "seeds": self.seeds,
            "variant": self.variant,
            "mse": finite(self.mse),
            "spread": self.spread,
            "max_abs_error": finite(self.max_abs),
            "instructions": self.instructions,
            "published_mse": self.published,
            "simulated_mse": self.simulated,
            "simulated_max_abs_error": self.simulated_largest,
        }


@dataclass(frozen=True)
class Study:
    """All cells, ordered by range, size and arithmetic."""

    cells: Sequence[Cell]

    def rows(self) -> list[tuple[float, int, dict[str, Cell]]]:
        """The cells by range and size; in each row one a variant."""
        found: dict[tuple[float, int], dict[str, Cell]] = {}
        for cell in self.cells:
            found.setdefault((cell.limit, cell.size), {})[cell.variant] = cell
        return [(limit, size, row) for (limit, size), row in found.items()]

    def to_json(self) -> dict[str, Any]:
        """One document of the schema rvx.paper.percival/1."""
        return {
            "schema": SCHEMA,
            "cells": [cell.to_json() for cell in self.cells],
            "versions": versions(),
        }


class Bench:
    """A machine with one variant of gemm, for products up to a size.

    Args:
        variant: of the kernel.
        largest: rows and columns that fit.
        backend: of the emulator.
    """

    def __init__(self, variant: str, largest: int, backend: Backend = "native") -> None:
        gemm = kernel.load("gemm")
        chosen = gemm.variants[variant]
        self.variant = variant
        self.numbers = gemm.numbers(chosen)
        isa = chosen.isa
        room = largest * largest * self.numbers.output.itemsize
        self.machine = Machine(
            program_of(chosen), isa, memory=4 * room + STACK_AND_SLACK, backend=backend
        )
        self.a, self.b, self.c = (self.machine.allocate(room) for _ in range(3))

    def product(self, inputs: Inputs) -> tuple[Any, int]:
        """The raw product of square matrices, and the instructions it took.

        Raises:
            GuestError: the kernel trapped.
        """
        size = inputs.parameters["M"]
        for address, values in ((self.a, inputs.a), (self.b, inputs.b)):
            (memory,) = self.numbers.encode(values).memory
            self.machine.array(address, memory.dtype, memory.shape)[:] = memory
        run = self.machine.call("gemm", self.a, self.b, self.c, size, size, size)
        if run.trap is not None:
            raise GuestError(self.variant, run.trap)
        raw = self.machine.array(self.c, self.numbers.output, (size, size)).copy()
        return raw, run.instructions

    def cell(self, inputs: Sequence[Inputs]) -> Cell:
        """The errors of one product per seed."""
        errors, worst, instructions = [], 0.0, 0
        for each in inputs:
            raw, instructions = self.product(each)
            error = self.numbers.decode(raw) - each.golden
            errors.append(float(np.mean(np.square(error))))
            worst = max(worst, float(np.abs(error).max()))
        mse = float(np.mean(errors))
        spread = float(np.std(errors, ddof=1)) / mse if len(errors) > 1 and mse else None
        size = inputs[0].parameters["M"]
        return Cell(
            inputs[0].high, size, len(inputs), self.variant, mse, spread, worst, instructions
        )


def run(
    ranges: Sequence[float] = RANGES,
    sizes: Sequence[int] = SIZES,
    seeds: int = SIMULATED_PAIRS,
    backend: Backend = "native",
    progress: Callable[[str], None] | None = None,
) -> Study:
    """Runs the experiment.

    Args:
        ranges: each R for inputs in [-R, R].
        sizes: rows and columns of the matrices.
        seeds: how many pairs of matrices a cell; see `rvx.paper.percival.draws`.
        backend: of the emulator.
        progress: is told what comes next, once for every range, size and arithmetic.

    Raises:
        ValueError: there is no range, size or seed, or one is not positive.
    """
    if not (ranges and sizes and min(*ranges, *sizes, seeds) > 0):
        raise ValueError("there must be ranges, sizes and seeds, all of them above 0")
    benches = [Bench(variant, max(sizes), backend) for variant in VARIANTS]
    cells = []
    for limit in ranges:
        for size in sizes:
            inputs = list(draws.pairs(limit, size, seeds))
            for bench in benches:
                if progress is not None:
                    progress(f"[-{limit:g}, {limit:g}], n={size}, {bench.variant}")
                cells.append(bench.cell(inputs))
    return Study(cells)
