"""What a comparison found: rows, errors and failures, and its tables as grids of texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from numbers import Rational
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis.array_forms import NO_KERNEL
from rvx.analysis.cycles import Estimate
from rvx.analysis.kernel import Kernel, Variant
from rvx.analysis.metrics import Errors, finite
from rvx.analysis.shadow.report import Report
from rvx.analysis.spread import MOST_OPERANDS, Box, Spread, operands_of
from rvx.analysis.versions import versions
from rvx.emulator import RunResult
from rvx.errors import RvxError
from rvx.notebook import html_table

SCHEMA = "rvx.compare/1"
Reals = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Inputs:
    """Float64 operands of a kernel, drawn once for all variants.

    Attributes:
        parameters: every size.
        low: smallest possible element.
        high: upper end of the range.
        seed: of NumPy's PCG64 generator.
        a: first operand, in the order of the kernel.
        b: second operand, in the order of the kernel.
        golden: the result for these operands.
        distribution: of the elements; the range is that of `uniform`, and scales the others.
        scalars: numbers that are passed by value.
    """

    parameters: Mapping[str, int]
    low: float
    high: float
    seed: int
    a: Reals
    b: Reals
    golden: Reals
    distribution: str = "uniform"
    scalars: Sequence[Reals] = ()
    _exact: list[Sequence[Fraction] | None] = field(default_factory=list, repr=False, compare=False)

    def exactly(self, kernel: Kernel) -> Sequence[Fraction] | None:
        """The golden result in rationals, computed once; None if the kernel is not rational."""
        if not self._exact:
            self._exact.append(_exactly(kernel, self.parameters, self.a, self.b, *self.scalars))
        return self._exact[0]


@dataclass(frozen=True)
class Row:
    """One variant, run and judged.

    Attributes:
        variant: what was run.
        ran: counts and time; None in array form.
        macs: multiply-accumulates of the mathematical kernel, without filling.
        total: errors against float64 on the unrounded inputs.
        from_inputs: errors that the rounding of the inputs to the format causes on its own.
        from_arithmetic: errors of the arithmetic on the rounded inputs.
        mismatches: results whose bits differ from the order-exact reference.
        results: how many results there are.
        inputs_out_of_range: elements of the inputs that the format has no finite number for.
        spread: how the total errors are distributed; None where there is nothing to measure
            against.
        estimate: of the cycles of a core, if somebody has asked for them.
        born: where errors were born, if a shadow followed the run.
    """

    variant: Variant
    ran: RunResult | None
    macs: int
    total: Errors
    from_inputs: Errors
    from_arithmetic: Errors
    mismatches: int
    results: int
    inputs_out_of_range: int = 0
    spread: Spread | None = None
    estimate: Estimate | None = None
    born: Report | None = None

    @property
    def run(self) -> RunResult:
        """Counts and time of a kernel.

        Raises:
            ValueError: there is none.
        """
        if self.ran is None:
            raise ValueError(f"{self.variant.name} is an array form, and no kernel")
        return self.ran

    @property
    def instructions_per_mac(self) -> float:
        """Dynamic instructions of the call per multiply-accumulate."""
        return self.run.instructions / self.macs

    @property
    def bit_exact(self) -> bool:
        """Whether every result has the bits of the order-exact reference."""
        return self.mismatches == 0

    def to_json(self) -> dict[str, Any]:
        """The row of the schema; numbers that JSON does not know are null."""
        ran = self.ran
        return {
            "variant": self.variant.name,
            "form": self.variant.form,
            "vlen": self.variant.vlen or None,
            "instructions": ran and ran.instructions,
            "custom_instructions": ran and ran.custom_instructions,
            "fetched": ran and ran.fetched,
            "instructions_per_mac": ran and self.instructions_per_mac,
            "mse": finite(self.total.mse),
            "max_abs_error": finite(self.total.max_abs),
            "sqnr_db": finite(self.total.sqnr_db),
            "bit_exact": ran and self.bit_exact,
            "seconds": ran and ran.seconds,
            "mismatches": self.mismatches,
            "results": self.results,
            "inputs_out_of_range": self.inputs_out_of_range,
            "macs": self.macs,
            "errors": {
                "total": self.total.to_json(),
                "inputs": self.from_inputs.to_json(),
                "arithmetic": self.from_arithmetic.to_json(),
            },
            "distribution": None if self.spread is None else self.spread.to_json(),
            "by_mnemonic": dict(ran.by_mnemonic) if ran else {},
            "by_kind": dict(ran.by_kind) if ran else {},
            **({} if self.estimate is None else {"estimate": _estimate_document(self.estimate)}),
            **({} if self.born is None else {"shadow": self.born.to_json()}),
        }


def _estimate_document(estimate: Estimate) -> dict[str, Any]:
    return {
        "core": estimate.core.name,
        "is_estimate": True,
        "cycles": estimate.cycles,
        "unit": estimate.core.computes,
        "utilisation": {name: estimate.utilisation(name) for name in estimate.core.units},
        "unclassified": list(estimate.unclassified),
    }


@dataclass(frozen=True)
class Failure:
    """A variant that could not be run.

    Attributes:
        variant: of the kernel.
        error: why.
    """

    variant: Variant
    error: RvxError

    def to_json(self) -> dict[str, Any]:
        """The element of the schema."""
        return {
            "variant": self.variant.name,
            "message": str(self.error),
            "exit_code": int(self.error.exit_code),
        }


@dataclass(frozen=True)
class Comparison:
    """All variants of a kernel on the same inputs.

    Attributes:
        kernel: what was computed.
        inputs: of all variants.
        rows: the variants that ran.
        failures: the others.
    """

    kernel: Kernel
    inputs: Inputs
    rows: Sequence[Row]
    failures: Sequence[Failure] = ()

    @property
    def is_exact(self) -> bool:
        """Whether every variant that ran is bit exact."""
        return all(row.bit_exact for row in self.rows)

    def _repr_html_(self) -> str:
        """The table of `rvx compare`, for notebooks."""
        grid = to_grid(self)
        return html_table(grid.headers, [cells for cells, _ in grid.rows], title(self))

    def to_json(self) -> dict[str, Any]:
        """One document of the schema rvx.compare/1."""
        return {
            "schema": SCHEMA,
            "kernel": self.kernel.name,
            "unit": self.kernel.unit,
            "parameters": dict(self.inputs.parameters),
            "range": [self.inputs.low, self.inputs.high],
            "distribution": self.inputs.distribution,
            "seed": self.inputs.seed,
            "rows": self._rows(),
            "failures": [failure.to_json() for failure in self.failures],
            "versions": versions(),
        }

    def _rows(self) -> list[dict[str, Any]]:
        """The rows, with what went into the worst result of each."""
        boxes: dict[tuple[int, ...], dict[str, Any]] = {}
        found = [row.to_json() for row in self.rows]
        for row in found:
            worst = row["distribution"] and row["distribution"]["worst"]
            if worst:
                index = tuple(worst["index"])
                if index not in boxes:
                    boxes[index] = self._operands(index)
                worst |= boxes[index]
        return found

    def _operands(self, index: tuple[int, ...]) -> dict[str, Any]:
        inputs, sizes = self.inputs, self.inputs.parameters

        def golden(a: Reals, b: Reals) -> Reals:
            return golden_of(self.kernel, sizes, a, b, *inputs.scalars)

        boxes = operands_of(golden, inputs.a, inputs.b, index)
        return {
            name: None if box is None else _elements(operand, box)
            for name, operand, box in zip("ab", (inputs.a, inputs.b), boxes, strict=True)
        }


def _elements(operand: Reals, box: Box) -> dict[str, Any]:
    """The part of an operand within a box; its elements if they are not too many to be read."""
    part = operand[tuple(slice(first, last + 1) for first, last in box)]
    return {
        "first": [first for first, _ in box],
        "last": [last for _, last in box],
        "values": part.reshape(-1).tolist() if part.size <= MOST_OPERANDS else None,
    }


def golden_of(kernel: Kernel, sizes: Mapping[str, int], *operands: Reals) -> Reals:
    """The result of these operands in float64."""
    with kernel.users_code(), np.errstate(over="ignore", invalid="ignore"):
        values = np.asarray(kernel.golden.golden(sizes, *operands), np.float64)
        return values.reshape(kernel.data.output_shape(sizes))


def _exactly(
    kernel: Kernel, sizes: Mapping[str, int], *operands: Reals
) -> Sequence[Fraction] | None:
    fractions = [np.vectorize(Fraction, otypes=[object])(x) if x.size else x for x in operands]
    try:
        found = np.asarray(kernel.golden.golden(sizes, *fractions))
    except Exception:  # exponentials and roots have no fractions, whatever NumPy says to that
        return None
    values = found.reshape(-1).tolist()
    if found.dtype != object or not all(
        type(value) is Fraction or isinstance(value, Rational) for value in values
    ):
        return None
    return [value if type(value) is Fraction else Fraction(value) for value in values]


@dataclass(frozen=True)
class Column:
    """A column: its header, and the text of a row in it."""

    header: str
    text: Callable[[Row], str]


def _error(value: float) -> str:
    if np.isnan(value):
        return "-"
    return "0" if value == 0 else f"{value:.3e}"


def _decibel(value: float) -> str:
    return "-" if not np.isfinite(value) else f"{value:.1f}"


def _exactness(row: Row) -> str:
    said = (
        NO_KERNEL
        if row.ran is None
        else "exact"
        if row.bit_exact
        else f"{row.mismatches} of {row.results} differ"
    )
    if row.inputs_out_of_range:
        said += f", {row.inputs_out_of_range} inputs out of range"
    elif np.isnan(row.total.mse):
        said += ", results beyond float64"
    return said


PER_MAC = "per MAC"
COLUMNS = (
    Column("variant", lambda row: row.variant.name),
    Column("instructions", lambda row: f"{row.ran.instructions:,}" if row.ran else "-"),
    Column("custom", lambda row: f"{row.ran.custom_instructions:,}" if row.ran else "-"),
    Column(PER_MAC, lambda row: f"{row.instructions_per_mac:.3f}" if row.ran else "-"),
    Column("MSE", lambda row: _error(row.total.mse)),
    Column("max abs error", lambda row: _error(row.total.max_abs)),
    Column("SQNR dB", lambda row: _decibel(row.total.sqnr_db)),
    Column("inputs MSE", lambda row: _error(row.from_inputs.mse)),
    Column("arithmetic MSE", lambda row: _error(row.from_arithmetic.mse)),
    Column("emulation", _exactness),
)


ESTIMATE_COLUMNS = (
    Column("estimated cycles", lambda row: f"{row.estimate.cycles:,}" if row.estimate else "-"),
    Column(
        "estimated utilisation",
        lambda row: (
            f"{row.estimate.utilisation(row.estimate.core.computes):.1%}" if row.estimate else "-"
        ),
    ),
)
"""What `COLUMNS` have behind the instructions where cycles are estimated."""


def _columns(comparison: Comparison) -> tuple[Column, ...]:
    if not any(row.estimate for row in comparison.rows):
        return COLUMNS
    return (*COLUMNS[:2], *ESTIMATE_COLUMNS, *COLUMNS[2:])


def _ulps(value: float) -> str:
    if np.isnan(value):
        return "-"
    return f"{value:.2f}" if abs(value) < 1e4 else f"{value:.2e}"


def _quantile(share: float) -> Callable[[Row], str]:
    return lambda row: "-" if row.spread is None else _ulps(row.spread.quantiles[share])


def _nearest(row: Row) -> str:
    return "-" if row.spread is None else f"{row.spread.nearest / row.spread.results:.1%}"


def _digits(which: int) -> Callable[[Row], str]:
    return lambda row: "-" if row.spread is None else f"{row.spread.digits[which]:.1f}"


def _worst(row: Row) -> str:
    if row.spread is None or row.spread.worst is None:
        return "-"
    place = ",".join(map(str, row.spread.worst))
    return f"[{place}] {row.spread.result:.9g} for {row.spread.wanted:.9g}"


ERROR_COLUMNS = (
    Column("variant", lambda row: row.variant.name),
    Column("within 1/2 ulp", _nearest),
    Column("median ulp", _quantile(0.5)),
    Column("90 %", _quantile(0.9)),
    Column("99 %", _quantile(0.99)),
    Column("max ulp", _quantile(1.0)),
    Column("bias ulp", lambda row: "-" if row.spread is None else _ulps(row.spread.bias)),
    Column("median digits", _digits(0)),
    Column("least digits", _digits(1)),
    Column("not finite", lambda row: "-" if row.spread is None else f"{row.spread.not_finite}"),
    Column("worst result", _worst),
    Column("against", lambda row: "-" if row.spread is None else row.spread.against),
)
"""How errors are distributed: `rvx.analysis.spread` says what the figures are."""


@dataclass(frozen=True)
class Grid:
    """A table as text.

    Attributes:
        headers: of the columns; the last word stands in the lower line where there are two.
        rows: cells, and whether all is well with a row.
    """

    headers: Sequence[str]
    rows: Sequence[tuple[Sequence[str], bool]]


def title(comparison: Comparison) -> str:
    """What was compared, in a line."""
    inputs = comparison.inputs
    sizes = " ".join(f"{name}={value}" for name, value in inputs.parameters.items())
    vlens, forms = vlens_of(comparison), list(dict.fromkeys(_forms(comparison).values()))
    what = [f"{comparison.kernel.name} {sizes}"]
    if len(vlens) > 1:
        what.append("instructions")
    elif vlens:
        what.append(f"VLEN={vlens[0]}")
    if len(forms) == 1:
        what.append(f"{forms[0]} form")
    drawn = f"{inputs.distribution} in [{inputs.low:g}, {inputs.high:g}]"
    if inputs.distribution != "uniform":
        drawn = f"{inputs.distribution}, scaled to [{inputs.low:g}, {inputs.high:g}]"
    return ", ".join([*what, drawn, f"seed {inputs.seed}"])


def vlens_of(comparison: Comparison) -> list[int]:
    """The widths of vector registers that were asked for, ascending."""
    return sorted({variant.vlen for variant in _variants(comparison) if variant.vlen})


def _variants(comparison: Comparison) -> list[Variant]:
    ran = [row.variant for row in comparison.rows]
    return ran + [failure.variant for failure in comparison.failures]


def _forms(comparison: Comparison) -> dict[str, str]:
    return {variant.name: variant.form for variant in _variants(comparison)}


def to_grid(comparison: Comparison) -> Grid:
    """The table: a row a variant; with several VLEN, their instructions side by side."""
    vlens = vlens_of(comparison)
    grid = _over_vlen(comparison, vlens) if len(vlens) > 1 else _rows(comparison)
    # Which form a row has is said beside its name, where it is not the same for all.
    forms = _forms(comparison)
    if len(set(forms.values())) == 1:
        return grid
    return Grid(
        [grid.headers[0], "form", *grid.headers[1:]],
        [([cells[0], forms[cells[0]], *cells[1:]], is_well) for cells, is_well in grid.rows],
    )


def _rows(comparison: Comparison) -> Grid:
    columns = _columns(comparison)
    rows = [([column.text(row) for column in columns], row.bit_exact) for row in comparison.rows]
    rows += [
        ([failure.variant.name, *["-"] * (len(columns) - 2), "failed"], False)
        for failure in comparison.failures
    ]
    unit = f"per {comparison.kernel.unit}"
    headers = [unit if column.header == PER_MAC else column.header for column in columns]
    return Grid(headers, rows)


def _over_vlen(comparison: Comparison, vlens: Sequence[int]) -> Grid:
    places = [0, *vlens]
    names = [n for n in comparison.kernel.variants if n in _forms(comparison)]
    rows: list[tuple[list[str], bool]] = []
    for name in names:
        found = {row.variant.vlen: row for row in comparison.rows if row.variant.name == name}
        failed = {f.variant.vlen for f in comparison.failures if f.variant.name == name}
        counts = [
            COLUMNS[1].text(found[vlen]) if vlen in found else ("failed" if vlen in failed else "")
            for vlen in places
        ]
        sqnr = list(dict.fromkeys(_decibel(row.total.sqnr_db) for row in found.values()))
        said = list(dict.fromkeys(_exactness(row) for row in found.values()))
        if failed:
            said.append("failed")
        is_well = not failed and all(row.bit_exact for row in found.values())
        rows.append(([name, *counts, " to ".join(sqnr), "; ".join(said)], is_well))
    headers = ["variant", "no vectors", *[f"VLEN {vlen}" for vlen in vlens], "SQNR dB", "emulation"]
    return Grid(headers, rows)


def errors_grid(comparison: Comparison) -> Grid:
    """How errors are distributed: a row a variant."""
    rows = []
    for row in comparison.rows:
        cells = [column.text(row) for column in ERROR_COLUMNS]
        if row.variant.vlen:
            cells[0] += f" VLEN {row.variant.vlen}"
        rows.append((cells, row.bit_exact))
    return Grid([column.header for column in ERROR_COLUMNS], rows)
