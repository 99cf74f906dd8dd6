"""Which cells a sweep has: the product of kernels, variants, sizes, ranges and seeds."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rvx.analysis import array_forms
from rvx.analysis import kernel as kernels
from rvx.analysis.distributions import check_distribution
from rvx.analysis.kernel import Kernel
from rvx.analysis.keys import KernelError, Keys
from rvx.analysis.sweep.cell import Cell
from rvx.errors import RvxError
from rvx.records import dataclass, field
from rvx.resources import programs
from rvx.userfiles import read_text

if TYPE_CHECKING:
    from rvx.formats.dot import Accumulator

MOST_CELLS = 1_000_000
VLEN = "VLEN"


class GridError(RvxError, ValueError):
    """A grid that cannot be: the sentence says what is wrong with it."""


@dataclass(frozen=True)
class Grid:
    """The axes of a sweep.

    Attributes:
        kernels: names, or folders.
        variants: names, patterns, or `all`; the default ones of each kernel if there are none. Also
            names of accumulators of `rvx dot`, whose rows have no instructions.
        sizes: values of parameters that are chosen together, by names joined with `=`: `M=N` with
            16 and 32 is M=16 N=16 and M=32 N=32. `VLEN` is the width of vector registers. A kernel
            ignores no name, so that all kernels of a grid need the same parameters.
        ranges: of the inputs, low and high.
        distributions: of the inputs.
        seeds: of the inputs.
        files: Python that makes accumulators, which are variants besides.
    """

    kernels: Sequence[str]
    variants: Sequence[str] = ("all",)
    sizes: Mapping[str, Sequence[int]] = field(default_factory=dict)
    ranges: Sequence[tuple[float, float]] = ((-1.0, 1.0),)
    distributions: Sequence[str] = ("uniform",)
    seeds: Sequence[int] = (0,)
    files: Sequence[Path] = ()

    def load(self) -> list[Kernel]:
        """The kernels.

        Raises:
            KernelError: one does not exist, or is damaged.
        """
        return [kernels.load(name) for name in self.kernels]

    def cells(self) -> list[Cell]:
        """All cells, neighbours of which have the same inputs.

        Raises:
            KernelError: a kernel, a variant or a size does not exist.
            GridError: there are none, or too many.
        """
        for name in self.distributions:
            check_distribution(name)
        found: dict[Cell, None] = {}
        loaded = self.load()
        accumulators, names = array_forms.among(loaded, self.variants, self.files)
        for kernel in loaded:
            for cell in self._cells_of(kernel, accumulators, names):
                found[cell] = None
                if len(found) > MOST_CELLS:
                    raise GridError(f"the grid has more than {MOST_CELLS:,} cells")
        if not found:
            raise GridError("the grid has no cell: every axis needs at least one value")
        return list(found)

    def _cells_of(
        self, kernel: Kernel, accumulators: Sequence[Accumulator], names: Sequence[str]
    ) -> Iterator[Cell]:
        vlens = self.sizes.get(VLEN, ())
        variants = kernel.with_accumulators(accumulators).select(names, vlens)
        made = {one.name: one for one in accumulators}
        is_shipped = kernel.folder.parent == programs()
        name = kernel.name if is_shipped else str(kernel.folder.resolve())
        inputs = itertools.product(self._sizes(kernel), self.ranges, self.distributions, self.seeds)
        for sizes, (low, high), distribution, seed in inputs:
            chosen = tuple(kernel.choose(sizes).items())
            for variant in variants:
                yield Cell(
                    name,
                    variant.name,
                    variant.vlen,
                    chosen,
                    low,
                    high,
                    distribution,
                    seed,
                    made.get(variant.name),
                )

    def _sizes(self, kernel: Kernel) -> Iterator[dict[str, int]]:
        axes = {names: values for names, values in self.sizes.items() if names != VLEN}
        if not axes and kernel.grows:
            yield from kernel.growing()
            return
        for values in itertools.product(*axes.values()):
            yield {
                name.strip(): value
                for names, value in zip(axes, values, strict=True)
                for name in names.split("=")
            }


def read_grid(path: Path) -> Grid:
    """A grid from a TOML file.

    Its keys are `kernels`, `variants`, `files`, `ranges`, `distributions` and `seeds` (lists, or
    for the seeds how many), and the table `sizes`, such as `"M=N=K" = [16, 32]`.

    Raises:
        KernelError: it is not such a file.
    """
    try:
        keys = Keys(str(path), tomllib.loads(read_text(path)))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise KernelError(f"{path} is not TOML: {error}") from None
    names = _texts(keys, "kernels")
    if not names:
        raise KernelError(f'{path} has no kernels; write kernels = ["gemm"]')
    grid = Grid(
        # A folder is meant beside the file.
        [str(path.parent / name) if (path.parent / name).is_dir() else name for name in names],
        _texts(keys, "variants") or ("all",),
        _sizes_of(keys),
        [_range(keys, one) for one in keys.get("ranges", list, [1.0])],
        _texts(keys, "distributions") or ("uniform",),
        _seeds(keys),
        [path.parent / name for name in _texts(keys, "files")],
    )
    keys.end()
    return grid


def _texts(keys: Keys, key: str) -> list[str]:
    found = keys.get(key, list, [])
    if not all(isinstance(one, str) for one in found):
        raise KernelError(f"{keys.where}: {key} must be a list of names")
    return found


def _sizes_of(keys: Keys) -> dict[str, list[int]]:
    table = keys.table("sizes")
    found = {name: table.get(name, list) for name in table}
    for name, values in found.items():
        if not values or not all(type(value) is int for value in values):
            raise KernelError(f"{table.where}: {name} must be a list of whole numbers")
    return found


def _range(keys: Keys, one: Any) -> tuple[float, float]:
    ends = [-one, one] if type(one) in (int, float) else one
    is_pair = isinstance(ends, list) and len(ends) == 2
    if not is_pair or not all(type(end) in (int, float) for end in ends):
        raise KernelError(f"{keys.where}: a range is a number or [low, high], not {one!r}")
    low, high = float(ends[0]), float(ends[1])
    if not (low < high and high - low < float("inf")):
        raise KernelError(f"{keys.where}: the range from {low} to {high} is empty or not finite")
    return low, high


def _seeds(keys: Keys) -> list[int]:
    if keys.is_number("seeds"):
        return list(range(keys.get("seeds", int)))
    found = keys.get("seeds", list, [0])
    if not all(type(seed) is int and seed >= 0 for seed in found):
        raise KernelError(f"{keys.where}: seeds must be whole numbers from 0 on, or how many")
    return found
