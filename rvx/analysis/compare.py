"""Runs every variant of a kernel on the same inputs and judges the results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from rvx.analysis.arithmetic import Arithmetic, Encoded, bits_of
from rvx.analysis.comparison import Comparison, Failure, Inputs, Reals, Row, golden_of
from rvx.analysis.cycles import Core, Estimator
from rvx.analysis.distributions import arrange, check_distribution, drawn
from rvx.analysis.kernel import Call, Kernel, Variant, load
from rvx.analysis.keys import KernelError
from rvx.analysis.metrics import measure
from rvx.analysis.profile.profile import Places, Profile, profile_of
from rvx.analysis.room import Room
from rvx.analysis.shadow.engine import Shadow
from rvx.analysis.shadow.report import report
from rvx.analysis.spread import (
    Spread,
    spread,
    spread_exactly,
)
from rvx.assembler import Program, assemble
from rvx.disassembler.lines import SourceLine
from rvx.emulator import Backend, Machine, RunResult, Tier, Trap, TrapKind
from rvx.emulator.tracing.records import Batch
from rvx.emulator.tracing.tracer import Tracing
from rvx.errors import Exit, RvxError
from rvx.records import dataclass, replace
from rvx.resources import programs
from rvx.userfiles import users_mistake

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
    given = " ".join(f"{name}={size}" for name, size in sizes.items())
    room = Room(f"{kernel.name} with {given}", KernelError)

    def usual(*shape: int) -> Reals:
        room.take(shape)
        return drawn(distribution, generator, low, high, shape)

    with kernel.users_code():
        room.take(kernel.data.output_shape(sizes))
        a, b = kernel.data.operands(*kernel.data.inputs(sizes, uniform or usual))
        if uniform is None:
            a, b = arrange(distribution, generator, (low + high) / 2, a, b)
        draw_scalars = getattr(kernel.data, "scalars", lambda sizes, uniform: ())
        scalars = [
            np.asarray(one, np.float64).reshape(1) for one in draw_scalars(sizes, uniform or usual)
        ]
    golden = golden_of(kernel, sizes, a, b, *scalars)
    return Inputs(sizes, low, high, seed, a, b, golden, distribution, scalars)


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
    core: Core | None = None,
    shadow: str | None = None,
    on_profile: Callable[[Variant, Profile], None] | None = None,
) -> Row:
    """Assembles a variant, runs it on the inputs and judges what comes out.

    With a core, the run is traced, and its cycles there are estimated. With a `shadow`, `float64`
    or `exact`, the row has where its errors were born. Where somebody wants a profile, calls are
    followed, which does not go with the other two. A variant in array form is judged by what its
    arithmetic gives, and nothing runs.

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
            scalars = [numbers.encode(one) for one in inputs.scalars]
        except (ValueError, OverflowError) as error:
            if isinstance(error, RvxError):
                raise
            raise KernelError(
                f"variant {variant.name} does not take these inputs: {error}"
            ) from error
        sizes = inputs.parameters
        run, raw, estimate, born = None, None, None, None
        if variant.source is not None:
            estimator = None if core is None else Estimator(variant.isa, core)
            follower = None if shadow is None else Shadow(shadow)
            take = _taken_by([one.take for one in (estimator, follower) if one is not None])
            follows = on_profile is not None
            prepared = prepare(
                kernel, variant, sizes, a, b, backend, tier, scalars, take, follow_calls=follows
            )
            if follower is not None:
                follower.attach(prepared.machine)
            run, raw = _executed(prepared, variant)
            if on_profile is not None:
                name = f"{kernel.name} {variant.name}"
                on_profile(variant, profile_of(prepared.machine, run, prepared.places, name))
            estimate = None if estimator is None else estimator.estimate()
            if follower is not None:
                born = report(follower, prepared.machine, prepared.places)
        with kernel.users_code():
            shape = kernel.data.output_shape(sizes)
            reference = kernel.golden.reference(sizes, numbers, a, b, *scalars).reshape(shape)
        raw = reference if raw is None else raw
        ulp = numbers.ulp(inputs.golden)
        rounded = golden_of(kernel, sizes, a.values, b.values, *(one.values for one in scalars))
        result = numbers.decode(raw)
        distribution = _spread(kernel, numbers, inputs, raw, ulp)
    return Row(
        variant=variant,
        ran=run,
        macs=kernel.data.macs(sizes),
        total=measure(result, inputs.golden, ulp),
        from_inputs=measure(rounded, inputs.golden, ulp),
        from_arithmetic=measure(result, rounded, ulp),
        mismatches=int(np.count_nonzero(bits_of(raw) != bits_of(reference))),
        results=raw.size,
        inputs_out_of_range=sum(
            int(np.count_nonzero(~np.isfinite(x.values))) for x in (a, b, *scalars)
        ),
        spread=distribution,
        estimate=estimate,
        born=born,
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
        places: source lines by address.
    """

    machine: Machine
    symbol: str
    arguments: Sequence[Any]
    c: int
    dtype: npt.DTypeLike
    shape: tuple[int, ...]
    places: Places

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
    scalars: Sequence[Encoded] = (),
    on_retired: Callable[[Batch], None] | None = None,
) -> tuple[RunResult, npt.NDArray[Any]]:
    """Runs a variant on encoded operands; gives the run and the raw results.

    Raises:
        AssemblyError: the source is wrong.
        GuestError: the kernel trapped.
    """
    return _executed(
        prepare(kernel, variant, sizes, a, b, backend, tier, scalars, on_retired), variant
    )


def _taken_by(takes: Sequence[Callable[[Batch], None]]) -> Callable[[Batch], None] | None:
    """What gives batches to all of them; None if there is nobody."""

    def take(batch: Batch) -> None:
        for one in takes:
            one(batch)

    return take if takes else None


def _executed(prepared: Prepared, variant: Variant) -> tuple[RunResult, npt.NDArray[Any]]:
    run = prepared.call()
    if run.trap is not None:
        raise GuestError(variant.name, run.trap)
    return run, prepared.result()


def program_of(variant: Variant) -> Program:
    """A variant, assembled.

    Raises:
        AssemblyError: the source is wrong.
        KernelError: there is none.
    """
    if variant.source is None:
        raise KernelError(f"{variant.name} is an array form, and no kernel")
    return assemble(variant.source, variant.isa, include_dirs=[programs()])


def prepare(
    kernel: Kernel,
    variant: Variant,
    sizes: Mapping[str, int],
    a: Encoded,
    b: Encoded,
    backend: Backend = "native",
    tier: Tier = "region",
    scalars: Sequence[Encoded] = (),
    on_retired: Callable[[Batch], None] | None = None,
    *,
    follow_calls: bool = False,
) -> Prepared:
    """Loads a variant and its encoded operands into a machine.

    Instructions are traced if somebody is to get them; calls are followed for a profile.

    Raises:
        AssemblyError: the source is wrong.
        KernelError: there is none.
    """
    isa = variant.isa
    program = program_of(variant)
    numbers = kernel.numbers(variant)
    shape = kernel.data.output_shape(sizes)
    size = int(np.prod(shape)) * numbers.output.itemsize
    needed = size + sum(part.nbytes + 64 for x in (a, b) for part in x.memory)
    machine = Machine(
        program,
        isa,
        memory=needed + STACK_AND_SLACK,
        backend=backend,
        tier=tier,
        tracing=None if on_retired is None else Tracing(),
        on_retired=on_retired,
        follow_calls=follow_calls,
    )
    c = machine.allocate(size)
    stored = b.outputs_last if variant.outputs_last else b
    placed = [[machine.place(part) for part in x.memory] for x in (a, stored)]
    by_value = [numbers.argument(one) for one in scalars]
    call = Call(placed[0][0], placed[1][0], c, a.length, a.pitch, machine.place, numbers, by_value)
    arguments = list(kernel.data.arguments(sizes, call))
    if numbers.has_scales:
        arguments.append(_place_scales(machine, numbers, a, b, placed))
    places = partial(_place_in, program)
    return Prepared(machine, kernel.symbol, arguments, c, numbers.output, shape, places)


def _place_in(program: Program, address: int) -> SourceLine | None:
    location = program.line_at(address)
    return None if location is None else SourceLine(location.file, location.line)


def _place_scales(
    machine: Machine, numbers: Arithmetic, a: Encoded, b: Encoded, placed: list[list[int]]
) -> int:
    """The block that the last argument points to: output scales, then the vector scales.

    The first output scale is that of both operands, the second one that of the second alone, for
    kernels that multiply it with what they have quantised themselves.
    """
    alone = numbers.output_scale(replace(a, scale=1.0), b)
    with np.errstate(over="ignore"):
        scale = np.array([numbers.output_scale(a, b), alone], np.float32).view(np.int64)
    addresses = [part for parts in placed for part in parts[1:]]
    return machine.place(np.concatenate([scale, np.array(addresses, np.int64)]))


def compare(
    kernel: Kernel | str,
    inputs: Inputs | None = None,
    variants: Iterable[Variant | str] | None = None,
    backend: Backend = "native",
    tier: Tier = "region",
    progress: Callable[[str], None] | None = None,
    core: Core | None = None,
    shadow: str | None = None,
    on_profile: Callable[[Variant, Profile], None] | None = None,
) -> Comparison:
    """Runs the variants one after the other; one that fails does not keep the others from it.

    Args:
        kernel: what to compute, or its name, such as "gemm", or a folder of one's own.
        inputs: made by `draw`; of the usual sizes if None, in [-1, 1).
        variants: of the kernel, or their names; all if None.
        backend: of the emulator.
        tier: how far its native backend goes.
        progress: is told the name of every variant before it runs.
        core: whose cycles are estimated, if there is one.
        shadow: `float64` or `exact`: follow every number without rounding beside the run, so that
            rows say where their errors were born.
        on_profile: gets the profile of every variant, if anybody wants one.

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
            rows.append(
                run_variant(kernel, variant, inputs, backend, tier, core, shadow, on_profile)
            )
        except Exception as error:
            told = error if isinstance(error, RvxError) else users_mistake(error)
            if told is None or told.exit_code is Exit.INTERRUPTED:
                raise
            failures.append(Failure(variant, told))
    return Comparison(kernel, inputs, rows, failures)
