"""The accuracy experiment of ExSdotp: long sums of products, on the emulator.

Factors are drawn from a normal distribution of deviation 1 and rounded to the source format. A sum
has one accumulator, which takes its products in order: two and one rounding a step (ExSdotp), or
one and one rounding (ExFMA). The error of a sum is relative to the exact sum of the same products,
rounded once to the destination format. Every seed draws its own factors; both units take the same.

Source: Bertaccini et al., MiniFloat-NN and ExSdotp, ARITH 2022, section IV and table IV.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis.compare import STACK_AND_SLACK, GuestError
from rvx.analysis.metrics import finite
from rvx.analysis.versions import versions
from rvx.assembler import assemble
from rvx.emulator import Backend, Machine
from rvx.extensions import isa_for
from rvx.formats.minifloat import array, exact
from rvx.formats.minifloat.rounding import Rounding
from rvx.paper.exsdotp.data import LENGTHS, PAIRS, PUBLISHED, UNITS, Pair
from rvx.paper.exsdotp.products import Product
from rvx.resources import programs

SCHEMA = "rvx.paper.exsdotp/1"
SEEDS = 100
MARCH = "rv64gc_xsmallfloat_xexfma"

Codes = npt.NDArray[Any]
Reals = npt.NDArray[np.float64]

QUARTERS = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Cell:
    """The errors of one unit for sums of one length.

    Attributes:
        pair: formats of the factors and of the sum.
        unit: `exsdotp` or `exfma`.
        length: products of a sum.
        errors: relative error of every seed.
        instructions: executed, of all sums.
        mismatches: sums that differ from those of the golden model.
    """

    pair: Pair
    unit: str
    length: int
    errors: Reals
    instructions: int
    mismatches: int

    @property
    def quartiles(self) -> tuple[float, float, float]:
        """Lower quartile, median and upper quartile of the errors."""
        low, middle, high = np.quantile(self.errors, QUARTERS)
        return float(low), float(middle), float(high)

    @property
    def published(self) -> float | None:
        """The error that the paper gives for this length, where it has it."""
        return PUBLISHED[self.pair.name, self.unit].get(self.length)

    @property
    def below_published(self) -> float | None:
        """Share of the seeds with at most the published error."""
        if self.published is None:
            return None
        return float(np.mean(self.errors <= self.published))

    def to_json(self) -> dict[str, Any]:
        """The cell of the schema."""
        low, middle, high = self.quartiles
        return {
            "source": str(self.pair.src),
            "destination": str(self.pair.dst),
            "unit": self.unit,
            "products": self.length,
            "median": finite(middle),
            "lower_quartile": finite(low),
            "upper_quartile": finite(high),
            "mean": finite(float(np.mean(self.errors))),
            "published": self.published,
            "below_published": self.below_published,
            "instructions": self.instructions,
            "bit_exact": self.mismatches == 0,
            "mismatches": self.mismatches,
        }


@dataclass(frozen=True)
class Study:
    """All cells, ordered by formats, length and unit, and the costs of matrix products.

    Attributes:
        seeds: sums of every length.
        cells: the accuracy experiment.
        products: the matrix products whose instructions are compared.
    """

    seeds: int
    cells: Sequence[Cell]
    products: Sequence[Product] = ()

    @property
    def is_exact(self) -> bool:
        """Whether every sum and every product is that of its golden model."""
        found = (*(c.mismatches for c in self.cells), *(p.mismatches for p in self.products))
        return not any(found)

    def to_json(self) -> dict[str, Any]:
        """One document of the schema rvx.paper.exsdotp/1."""
        return {
            "schema": SCHEMA,
            "seeds": self.seeds,
            "cells": [cell.to_json() for cell in self.cells],
            "products": [product.to_json() for product in self.products],
            "versions": versions(),
        }


@dataclass(frozen=True)
class Sums:
    """Factors of one sum a seed, and what the sums must be.

    Attributes:
        a: codes of the source format, shape (seeds, length).
        b: likewise.
        exact: the exact sums, rounded once to the destination format, as float64.
    """

    a: Codes
    b: Codes
    exact: Reals


def draw(pair: Pair, length: int, seeds: int) -> Sums:
    """Draws the factors; seed s of a length is the same for every unit."""
    factors = []
    for seed in range(seeds):
        generator = np.random.default_rng((seed, length))
        factors.append(array.encode(pair.src, generator.standard_normal((2, length))))
    a, b = np.stack(factors, axis=1)
    # A product of two such factors is a float64 number, and a multiple of the smallest product.
    unit = 2 * pair.src.lsb_min
    products = np.ldexp(array.decode(pair.src, a) * array.decode(pair.src, b), -unit)
    sums = [
        Fraction(sum(int(product) for product in row)) * Fraction(2) ** unit for row in products
    ]
    rounded = [exact.round_to(pair.dst, abs(s), s < 0, int(Rounding.RNE))[0] for s in sums]
    return Sums(a, b, array.decode(pair.dst, np.array(rounded)))


def arrange(pair: Pair, unit: str, factors: Codes) -> Codes:
    """Factors as the kernel `chain` loads them: groups of sums, doublewords, elements.

    Args:
        pair: the formats.
        unit: says which elements of a doubleword belong to a lane.
        factors: shape (seeds, length).

    Returns:
        Shape (groups, words, elements of a doubleword); what fills up the last group and the last
        doubleword is zero.
    """
    seeds, length = factors.shape
    groups, words = -(-seeds // pair.lanes), -(-length // 2)
    filled = np.zeros((groups * pair.lanes, words * 2), factors.dtype)
    filled[:seeds, :length] = factors
    by_lane = filled.reshape(groups, pair.lanes, words, 2)
    # ExSdotp takes neighbours, the halves of ExFMA each take one element a lane.
    order = (0, 2, 1, 3) if unit == "exsdotp" else (0, 2, 3, 1)
    return np.ascontiguousarray(by_lane.transpose(order)).reshape(groups, words, -1)


def measure(pair: Pair, unit: str, sums: Sums, backend: Backend = "native") -> Cell:
    """Runs the sums of one unit and judges them.

    Raises:
        GuestError: the kernel trapped.
    """
    seeds, length = sums.a.shape
    a, b = (arrange(pair, unit, factors) for factors in (sums.a, sums.b))
    isa = isa_for(MARCH)
    name = f"{pair.name}_{unit}"
    program = assemble(programs("chain", f"{name}.s"), isa)
    machine = Machine(program, isa, memory=a.nbytes + b.nbytes + STACK_AND_SLACK, backend=backend)
    groups, words = a.shape[:2]
    out = machine.allocate(8 * groups)
    run = machine.call("chain", machine.place(a), machine.place(b), out, words, groups)
    if run.trap is not None:
        raise GuestError(name, run.trap)
    found = machine.array(out, array.storage(pair.dst), (groups * pair.lanes,))[:seeds].copy()
    values = array.decode(pair.dst, found)
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = np.where(values == sums.exact, 0.0, np.abs((values - sums.exact) / sums.exact))
    mismatches = int(np.count_nonzero(found != golden(pair, unit, sums)))
    return Cell(pair, unit, length, errors, run.instructions, mismatches)


def golden(pair: Pair, unit: str, sums: Sums) -> Codes:
    """The sums as the unit gives them, shape (seeds,), computed without the emulator."""
    chain = array.exsdotp_dot if unit == "exsdotp" else array.fma_dot
    seeds, length = sums.a.shape
    a, b = (np.pad(factors, ((0, 0), (0, length % 2))) for factors in (sums.a, sums.b))
    return chain(pair.src, pair.dst, a, b, np.zeros((seeds, 1), np.int64))[:, 0]


def run(
    lengths: Sequence[int] = LENGTHS,
    seeds: int = SEEDS,
    backend: Backend = "native",
    progress: Callable[[str], None] | None = None,
) -> Sequence[Cell]:
    """Runs the accuracy experiment.

    Args:
        lengths: how many products the sums have.
        seeds: how many sums of every length.
        backend: of the emulator.
        progress: is told what comes next, once for every pair of formats, length and unit.

    Raises:
        ValueError: there is no length or seed, or one is not positive.
    """
    if not (lengths and min(*lengths, seeds) > 0):
        raise ValueError("there must be lengths and seeds, all of them above 0")
    cells = []
    for pair in PAIRS:
        for length in lengths:
            sums = draw(pair, length, seeds)
            for unit in UNITS:
                if progress is not None:
                    progress(f"{pair.label}, n={length}, {unit}")
                cells.append(measure(pair, unit, sums, backend))
    return cells


def by_row(cells: Sequence[Cell]) -> Mapping[tuple[Pair, int], Mapping[str, Cell]]:
    """The cells by formats and length; in each row one a unit."""
    rows: dict[tuple[Pair, int], dict[str, Cell]] = {}
    for cell in cells:
        rows.setdefault((cell.pair, cell.length), {})[cell.unit] = cell
    return rows
