"""Accumulators of `rvx dot` among the variants of kernels: results without a kernel."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from rvx.analysis.keys import KernelError

if TYPE_CHECKING:
    from rvx.analysis.kernel import Kernel
    from rvx.formats.dot import Accumulator

NO_KERNEL = "array form, no kernel"
"""What stands where other rows say whether their emulation is exact."""


def among(
    kernels: Sequence[Kernel], names: Sequence[str], files: Sequence[Path] = ()
) -> tuple[list[Accumulator], list[str]]:
    """Accumulators that stand among the names of variants, and those of files.

    Args:
        kernels: whose variants come first.
        names: of variants and accumulators, or patterns.
        files: Python files that make accumulators; all of a file, unless names are of some.

    Returns:
        The accumulators, for `Kernel.with_accumulators`, and the names with which `Kernel.select`
        then finds all that is meant.

    Raises:
        KernelError: a name is neither that of a variant nor of an accumulator.
        DotError: a file has no accumulator.
    """
    others = [name for name in names if name != "all" and not _is_known(name, kernels)]
    if not others and not files:
        return [], list(names)
    # Accumulators and what compiles them are imported where somebody asks for one.
    from rvx.analysis import dots

    try:
        found = dots.choose(others, (), files)
    except dots.DotError as error:
        if not others:
            raise
        try:
            kernels[0].select(others)
        except KernelError as of_kernel:
            said = f"{of_kernel}; {error}" if kernels[0].products else str(of_kernel)
            raise KernelError(said) from None
        raise
    more = [acc.name for acc in found] if names and not others else []
    return found, [*names, *more]


def _is_known(name: str, kernels: Sequence[Kernel]) -> bool:
    return any(fnmatchcase(variant, name) for kernel in kernels for variant in kernel.variants)
