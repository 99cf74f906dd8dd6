"""A cell of a sweep: one variant of a kernel on one set of inputs, and the row that it gives."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rvx.errors import Exit, RvxError
from rvx.userfiles import users_mistake

if TYPE_CHECKING:
    from rvx.formats.dot import Accumulator

Row = dict[str, Any]
"""A row by column; what does not apply is None."""

_KEPT_INPUTS = 4
"""Sets of inputs that a process keeps: neighbouring cells differ in the variant only."""


@dataclass(frozen=True)
class Cell:
    """What is computed, on what.

    Attributes:
        kernel: its name, or the absolute path of its folder.
        variant: of the kernel.
        vlen: bits of a vector register, 0 where there are none or as few as the ISA allows.
        sizes: name and value of every parameter.
        low: smallest possible input of a uniform distribution.
        high: upper end of it, or the scale of another distribution.
        distribution: of the inputs, see `rvx.analysis.distributions`.
        seed: of the inputs.
        accumulator: that the variant is, where it is none of the kernel's own.
    """

    kernel: str
    variant: str
    vlen: int
    sizes: tuple[tuple[str, int], ...]
    low: float
    high: float
    distribution: str
    seed: int
    accumulator: Accumulator | None = None

    @property
    def identity(self) -> str:
        """The same for the same question, whatever version of rvx answers it."""
        asked = {one.name: getattr(self, one.name) for one in fields(self)}
        # All that an accumulator says: its name may become that of another one.
        said = asked.pop("accumulator")
        text = json.dumps(asked | ({"accumulator": repr(said)} if said else {}), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:24]

    def columns(self) -> Row:
        """The columns of a row that say what was asked."""
        return {
            "kernel": self.kernel,
            "variant": self.variant,
            "vlen": self.vlen or None,
            **dict(self.sizes),
            "distribution": self.distribution,
            "low": self.low,
            "high": self.high,
            "seed": self.seed,
        }


QUESTIONS = ("kernel", "variant", "vlen", "distribution", "low", "high", "seed")
"""Columns of a row that say what was asked, beside the sizes."""
RESULTS = (
    *("instructions", "custom_instructions", "macs", "instructions_per_mac"),
    *("mse", "max_abs_error", "max_ulp", "sqnr_db", "digits", "inputs_mse", "arithmetic_mse"),
    *("median_ulp", "p99_ulp", "bias_ulp"),
    *("results", "mismatches", "bit_exact", "inputs_out_of_range"),
)
"""Columns of a row that say what came out."""


def evaluate(cell: Cell) -> Row:
    """The row of a cell. What goes wrong becomes a row as well: `error` is its sentence.

    Raises:
        RvxError: somebody pressed Ctrl-C.
    """
    try:
        return {**cell.columns(), **_results(cell), "error": None}
    except Exception as error:
        told = error if isinstance(error, RvxError) else users_mistake(error)
        if told is not None and told.exit_code is Exit.INTERRUPTED:
            raise
        said = str(told) if told else f"a mistake in rvx: {type(error).__name__}: {error}"
        return failed(cell, said)


def failed(cell: Cell, sentence: str) -> Row:
    """The row of a cell that nothing came of."""
    return {**cell.columns(), **dict.fromkeys(RESULTS), "seconds": None, "error": sentence}


def _results(cell: Cell) -> Row:
    from rvx.analysis.compare import run_variant

    kernel = _kernel(cell.kernel)
    if cell.accumulator is not None:
        kernel = kernel.with_accumulators([cell.accumulator])
    (variant,) = kernel.select([cell.variant], [cell.vlen] if cell.vlen else ())
    found = run_variant(kernel, variant, _inputs(cell.kernel, *_drawn(cell))).to_json()
    errors = found.pop("errors")
    spread = found.pop("distribution") or {"quantiles": {}}
    found |= {
        "max_ulp": errors["total"]["max_ulp"],
        "digits": errors["total"]["digits"],
        "inputs_mse": errors["inputs"]["mse"],
        "arithmetic_mse": errors["arithmetic"]["mse"],
        "median_ulp": spread["quantiles"].get("0.5"),
        "p99_ulp": spread["quantiles"].get("0.99"),
        "bias_ulp": spread.get("bias_ulp"),
    }
    return {name: found[name] for name in (*RESULTS, "seconds")}


def _drawn(cell: Cell) -> tuple[Any, ...]:
    return cell.sizes, cell.low, cell.high, cell.distribution, cell.seed


@cache
def _kernel(name: str) -> Any:
    from rvx.analysis.kernel import load

    return load(name)


@lru_cache(_KEPT_INPUTS)
def _inputs(
    kernel: str,
    sizes: tuple[tuple[str, int], ...],
    low: float,
    high: float,
    distribution: str,
    seed: int,
) -> Any:
    from rvx.analysis.compare import draw

    return draw(_kernel(kernel), dict(sizes), low, high, seed, distribution=distribution)


def code_of(kernels: Mapping[str, Path]) -> str:
    """A key of all that decides what a row is: rvx itself, the kernels and what they include.

    Args:
        kernels: folders by name.
    """
    import rvx
    from rvx.resources import programs

    found = hashlib.sha256()
    folders = {Path(rvx.__file__).parent, programs(), *kernels.values()}
    for folder in sorted(folders):
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".s", ".inc", ".toml", ".lark") and path.is_file():
                found.update(os.fsencode(path.relative_to(folder)) + b"\0")
                found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:24]
