"""Runs every variant of a kernel on the same inputs and judges the results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from numbers import Rational
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis.arithmetic import Arithmetic, Encoded, bits_of
from rvx.analysis.distributions import arrange, check_distribution, drawn
from rvx.analysis.kernel import Call, Kernel, Variant, load
from rvx.analysis.keys import KernelError
from rvx.analysis.metrics import Errors, finite, measure
from rvx.analysis.room import Room
from rvx.analysis.spread import (
    MOST_OPERANDS,
    Box,
    Spread,
    operands_of,
    spread,
    spread_exactly,
)
from rvx.analysis.versions import versions
from rvx.assembler import assemble
from rvx.emulator import Backend, Machine, RunResult, Tier, Trap, TrapKind
from rvx.errors import Exit, RvxError
from rvx.resources import programs
from rvx.userfiles import users_mistake

SCHEMA = "rvx.compare/1"
Reals = npt.NDArray[np.float64]
STACK_AND_SLACK = 1 << 20


class GuestError(RvxError):
    """The kernel under test trapped.

    Attributes:
        trap: where and why.
    """

    def __init__(self, variant: str, trap: Trap) -> None:
        super().__init__(f"variant {variant}: {trap.message}")
        self.trap = trap
        is_interrupted = trap.kind is TrapKind.INTERRUPTED
        self.exit_code = Exit.INTERRUPTED if is_interrupted else Exit.TRAP


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
    """

    parameters: Mapping[str, int]
    low: float
    high: float
    seed: int
    a: Reals
    b: Reals
    golden: Reals
    distribution: str = "uniform"
    _exact: list[Sequence[Fraction] | None] = field(default_factory=list, repr=False, compare=False)

    def exactly(self, kernel: Kernel) -> Sequence[Fraction] | None:
        """The golden result in rationals, computed once; None if the kernel is not rational."""
        if not self._exact:
            self._exact.append(_exactly(kernel, self.parameters, self.a, self.b))
        return self._exact[0]


@dataclass(frozen=True)
class Row:
    """One variant, run and judged.

    Attributes:
        variant: what was run.
        run: counts and time.
        macs: multiply-accumulates of the mathematical kernel, without filling.
        total: errors against float64 on the unrounded inputs.
        from_inputs: errors that the rounding of the inputs to the format causes on its own.
        from_arithmetic: errors of the arithmetic on the rounded inputs.
        mismatches: results whose bits differ from the order-exact reference.
        results: how many results there are.
        inputs_out_of_range: elements of the inputs that the format has no finite number for.
        spread: how the total errors are distributed; None where there is nothing to measure
            against.
    """

    variant: Variant
    run: RunResult
    macs: int
    total: Errors
    from_inputs: Errors
    from_arithmetic: Errors
    mismatches: int
    results: int
    inputs_out_of_range: int = 0
    spread: Spread | None = None

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
        return {
            "variant": self.variant.name,
            "form": self.variant.form,
            "vlen": self.variant.vlen or None,
            "instructions": self.run.instructions,
            "custom_instructions": self.run.custom_instructions,
            "fetched": self.run.fetched,
            "instructions_per_mac": self.instructions_per_mac,
            "mse": finite(self.total.mse),
            "max_abs_error": finite(self.total.max_abs),
            "sqnr_db": finite(self.total.sqnr_db),
            "bit_exact": self.bit_exact,
            "seconds": self.run.seconds,
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
            "by_mnemonic": dict(self.run.by_mnemonic),
            "by_kind": dict(self.run.by_kind),
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
        from rvx.analysis.table import to_html

        return to_html(self)

    def to_json(self) -> dict[str, Any]:
        """One document of the schema rvx.compare/1."""
        return {
            "schema": SCHEMA,
            "kernel": self.kernel.name,
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
        golden = partial(_golden, self.kernel, sizes)
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


def draw(
    kernel: Kernel,
    parameters: Mapping[str, int],
    low: float = -1.0,
    high: float = 1.0,
    seed: int = 0,
    uniform: Callable[..., Reals] | None = None,
    distribution: str = "uniform",
) -> Inputs:
    """Draws the operands and computes the golden result.

    Args:
        kernel: what is to be run.
        parameters: sizes, where they are not the usual ones.
        low: smallest possible element.
        high: upper end of the range.
        seed: of NumPy's PCG64 generator.
        uniform: gives an array of a shape, if the numbers are to come from elsewhere.
        distribution: of the elements, see `rvx.analysis.distributions`.

    Raises:
        KernelError: a parameter is not valid.
        DistributionError: there is no such distribution.
        ValueError: the range is empty or not finite.
    """
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise ValueError(f"the range of inputs from {low} to {high} is not finite and ascending")
    check_distribution(distribution)
    sizes = kernel.choose(parameters)
    generator = np.random.default_rng(seed)
    room = Room(kernel, sizes)

    def usual(*shape: int) -> Reals:
        room.take(shape)
        return drawn(distribution, generator, low, high, shape)

    with kernel.users_code():
        room.take(kernel.data.output_shape(sizes))
        a, b = kernel.data.operands(*kernel.data.inputs(sizes, uniform or usual))
        if uniform is None:
            a, b = arrange(distribution, generator, (low + high) / 2, a, b)
    golden = _golden(kernel, sizes, a, b)
    return Inputs(sizes, low, high, seed, a, b, golden, distribution)


def _golden(kernel: Kernel, sizes: Mapping[str, int], a: Reals, b: Reals) -> Reals:
    with kernel.users_code(), np.errstate(over="ignore", invalid="ignore"):
        values = np.asarray(kernel.golden.golden(sizes, a, b), np.float64)
        return values.reshape(kernel.data.output_shape(sizes))


def _exactly(
    kernel: Kernel, sizes: Mapping[str, int], a: Reals, b: Reals
) -> Sequence[Fraction] | None:
    fractions = [np.vectorize(Fraction, otypes=[object])(x) if x.size else x for x in (a, b)]
    try:
        found = np.asarray(kernel.golden.golden(sizes, *fractions))
    except Exception:  # exponentials and roots have no fractions, whatever NumPy says to that
        return None
    values = found.reshape(-1).tolist()
    is_exact = found.dtype == object and all(isinstance(value, Rational) for value in values)
    return [Fraction(value) for value in values] if is_exact else None


PRECISE = 2.0**-40
"""Units in the last place below this part of a value are not much more than float64's own."""
MOST_EXACT = 1 << 22
"""Multiply-accumulates that are done in exact rationals, some 0.2 microseconds each."""


def _spread(
    kernel: Kernel, numbers: Arithmetic, inputs: Inputs, raw: npt.NDArray[Any], ulp: Reals
) -> Spread | None:
    """The errors one by one, against rationals where float64 cannot tell."""
    golden, size = inputs.golden, kernel.data.macs(inputs.parameters)
    sizes = np.abs(golden[golden != 0])
    is_precise = sizes.size and bool(np.median(ulp[golden != 0] / sizes) < PRECISE)
    if is_precise and size <= MOST_EXACT and np.isfinite(golden).all():
        wanted = inputs.exactly(kernel)
        if wanted is not None:
            return spread_exactly(numbers.exactly(raw), wanted, ulp)
    return spread(numbers.decode(raw), golden, ulp)


def run_variant(
    kernel: Kernel,
    variant: Variant,
    inputs: Inputs,
    backend: Backend = "native",
    tier: Tier = "region",
) -> Row:
    """Assembles a variant, runs it on the inputs and judges what comes out.

    Raises:
        AssemblyError: the source is wrong.
        GuestError: the kernel trapped.
        KernelError: the number system of the variant does not take the inputs.
    """
    numbers = kernel.numbers(variant)
    # Numbers out of range are what a comparison may show: no reason to fail, nor to warn.
    with np.errstate(over="ignore", invalid="ignore"):
        try:
            a, b = numbers.encode(inputs.a), numbers.encode_weights(inputs.b)
        except (ValueError, OverflowError) as error:
            if isinstance(error, RvxError):
                raise
            raise KernelError(
                f"variant {variant.name} does not take these inputs: {error}"
            ) from error
        sizes = inputs.parameters
        run, raw = execute(kernel, variant, sizes, a, b, backend, tier)
        with kernel.users_code():
            reference = kernel.golden.reference(sizes, numbers, a, b).reshape(raw.shape)
        ulp = numbers.ulp(inputs.golden)
        rounded = _golden(kernel, sizes, a.values, b.values)
        result = numbers.decode(raw)
        distribution = _spread(kernel, numbers, inputs, raw, ulp)
    return Row(
        variant=variant,
        run=run,
        macs=kernel.data.macs(sizes),
        total=measure(result, inputs.golden, ulp),
        from_inputs=measure(rounded, inputs.golden, ulp),
        from_arithmetic=measure(result, rounded, ulp),
        mismatches=int(np.count_nonzero(bits_of(raw) != bits_of(reference))),
        results=raw.size,
        inputs_out_of_range=sum(int(np.count_nonzero(~np.isfinite(x.values))) for x in (a, b)),
        spread=distribution,
    )


@dataclass(frozen=True)
class Prepared:
    """A variant with its operands in the memory of a machine.

    Attributes:
        machine: with the variant loaded.
        symbol: the function.
        arguments: what it is called with.
        c: address of the result.
        dtype: of its elements.
        shape: of the result.
    """

    machine: Machine
    symbol: str
    arguments: Sequence[int]
    c: int
    dtype: npt.DTypeLike
    shape: tuple[int, ...]

    def call(self) -> RunResult:
        """Runs the kernel once."""
        return self.machine.call(self.symbol, *self.arguments)

    def result(self) -> npt.NDArray[Any]:
        """A copy of the result."""
        return self.machine.array(self.c, self.dtype, self.shape).copy()


def execute(
    kernel: Kernel,
    variant: Variant,
    sizes: Mapping[str, int],
    a: Encoded,
    b: Encoded,
    backend: Backend = "native",
    tier: Tier = "region",
) -> tuple[RunResult, npt.NDArray[Any]]:
    """Runs a variant on encoded operands; gives the run and the raw results.

    Raises:
        AssemblyError: the source is wrong.
        GuestError: the kernel trapped.
    """
    prepared = prepare(kernel, variant, sizes, a, b, backend, tier)
    run = prepared.call()
    if run.trap is not None:
        raise GuestError(variant.name, run.trap)
    return run, prepared.result()


def prepare(
    kernel: Kernel,
    variant: Variant,
    sizes: Mapping[str, int],
    a: Encoded,
    b: Encoded,
    backend: Backend = "native",
    tier: Tier = "region",
) -> Prepared:
    """Loads a variant and its encoded operands into a machine.

    Raises:
        AssemblyError: the source is wrong.
    """
    isa = variant.isa
    program = assemble(variant.source, isa, include_dirs=[programs()])
    numbers = kernel.numbers(variant)
    shape = kernel.data.output_shape(sizes)
    size = int(np.prod(shape)) * numbers.output.itemsize
    needed = size + sum(part.nbytes + 64 for x in (a, b) for part in x.memory)
    machine = Machine(program, isa, memory=needed + STACK_AND_SLACK, backend=backend, tier=tier)
    c = machine.allocate(size)
    stored = b.outputs_last if variant.outputs_last else b
    placed = [[machine.place(part) for part in x.memory] for x in (a, stored)]
    call = Call(placed[0][0], placed[1][0], c, a.length, a.pitch, machine.place)
    arguments = list(kernel.data.arguments(sizes, call))
    if numbers.has_scales:
        arguments.append(_place_scales(machine, numbers, a, b, placed))
    return Prepared(machine, kernel.symbol, arguments, c, numbers.output, shape)


def _place_scales(
    machine: Machine, numbers: Arithmetic, a: Encoded, b: Encoded, placed: list[list[int]]
) -> int:
    """The block that the last argument points to: the output scale, then the vector scales."""
    scale = np.array([numbers.output_scale(a, b), 0.0], np.float32).view(np.int64)
    addresses = [part for parts in placed for part in parts[1:]]
    return machine.place(np.concatenate([scale, np.array(addresses, np.int64)]))


def compare(
    kernel: Kernel | str,
    inputs: Inputs | None = None,
    variants: Iterable[Variant | str] | None = None,
    backend: Backend = "native",
    tier: Tier = "region",
    progress: Callable[[str], None] | None = None,
) -> Comparison:
    """Runs the variants one after the other; one that fails does not keep the others from it.

    Args:
        kernel: what to compute, or its name, such as "gemm", or a folder of one's own.
        inputs: made by `draw`; of the usual sizes if None, in [-1, 1).
        variants: of the kernel, or their names; all if None.
        backend: of the emulator.
        tier: how far its native backend goes.
        progress: is told the name of every variant before it runs.

    Returns:
        Counts and errors of each; a notebook shows it as a table.

    Raises:
        KernelError: there is no such kernel or variant, or it is damaged.
    """
    kernel = load(kernel) if isinstance(kernel, str) else kernel
    inputs = draw(kernel, {}) if inputs is None else inputs
    rows: list[Row] = []
    failures: list[Failure] = []
    chosen = kernel.variants.values() if variants is None else variants
    for one in chosen:
        variant = kernel.select([one])[0] if isinstance(one, str) else one
        if progress is not None:
            progress(variant.name)
        try:
            rows.append(run_variant(kernel, variant, inputs, backend, tier))
        except Exception as error:
            told = error if isinstance(error, RvxError) else users_mistake(error)
            if told is None or told.exit_code is Exit.INTERRUPTED:
                raise
            failures.append(Failure(variant, told))
    return Comparison(kernel, inputs, rows, failures)
