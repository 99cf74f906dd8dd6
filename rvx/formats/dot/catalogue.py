"""Accumulators with names: those of standards and drafts, and of units that were measured."""

from __future__ import annotations

from rvx.formats.dot.accumulator import (
    Accumulator,
    Aligned,
    Exact,
    Pairwise,
    Register,
    Wrapping,
)
from rvx.formats.integer.format import INT4, INT8
from rvx.formats.minifloat.catalogue import E2M1, E4M3FN, FP8, FP16, FP16ALT, FP32
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import Rounding

_RVBNA = "RISC-V manual, unprivileged, Bulk Normalization Algorithm (rvbna.adoc, 2026-05)"


def rvbna(
    left: Minifloat,
    right: Minifloat,
    group: int,
    guard: int | None = None,
    rounding: Rounding = Rounding.ROD,
    result: Minifloat = FP32,
) -> Accumulator:
    """The manual's bulk normalisation, then an addition.

    Args:
        left: format of the left factors.
        right: of the right ones.
        group: products that are normalised together (n).
        guard: guard bits (g); by default those of the manual, the logarithm of n, rounded up.
        rounding: of the addition: to odd in Zvdota and Zvbdota, as frm says in Zvt.
        result: format of the accumulator.
    """
    bits = (group - 1).bit_length() if guard is None else guard
    return Accumulator(
        f"rvbna-{left.name}-n{group}-g{bits}-{rounding.name.lower()}",
        left,
        right,
        result,
        group,
        Aligned(bits),
        group_rounding=Rounding.ROD,
        rounding=rounding,
        stays_finite=False,
        source=_RVBNA,
    )


def fma_chain(fmt: Minifloat, result: Minifloat = FP32) -> Accumulator:
    """One fused multiply-add a product."""
    return Accumulator(
        f"fma-{fmt.name}",
        fmt,
        fmt,
        result,
        1,
        Exact(),
        is_fused=True,
        source="IEEE 754-2019, 5.4.1",
    )


def fused(fmt: Minifloat, group: int, result: Minifloat = FP32) -> Accumulator:
    """An exact sum of a group and the accumulator, rounded once: ExSdotp (2), MXDOTP (8 or 16)."""
    return Accumulator(
        f"fused{group}-{fmt.name}-{result.name}",
        fmt,
        fmt,
        result,
        group,
        Exact(),
        is_fused=True,
        source="PULP ExSdotp, arXiv 2207.03192; MXDOTP, arXiv 2505.13159",
    )


def tensor_core(fmt: Minifloat, group: int, guard: int) -> Accumulator:
    """Products and accumulator aligned together and cut off, as measured on GPUs."""
    return Accumulator(
        f"tensorcore-{fmt.name}-n{group}-g{guard}",
        fmt,
        fmt,
        FP32,
        group,
        Aligned(guard, is_sticky=False),
        is_fused=True,
        rounding=Rounding.RTZ,
        stays_finite=False,
        source="Fasi et al., Numerical behavior of NVIDIA tensor cores, PeerJ CS 7:e330, 2021",
    )


def pairwise(fmt: Minifloat, group: int, result: Minifloat = FP32) -> Accumulator:
    """A balanced tree of rounded sums."""
    return Accumulator(f"pairwise{group}-{fmt.name}", fmt, fmt, result, group, Pairwise())


_MADE = (
    *(
        rvbna(fmt, fmt, group, rounding=rounding)
        for fmt, group in ((E4M3FN, 4), (FP8, 4), (FP16, 2), (FP16ALT, 2), (FP16ALT, 32))
        for rounding in (Rounding.ROD, Rounding.RNE)
    ),
    *(fma_chain(fmt) for fmt in (E4M3FN, FP8, FP16, FP16ALT, FP32)),
    fused(FP8, 2, FP16),
    fused(FP16, 2),
    fused(FP16ALT, 2),
    fused(E4M3FN, 8),
    fused(FP8, 8),
    fused(E2M1, 16),
    fused(E2M1, 16, FP16ALT),
    tensor_core(FP16, 4, 0),
    tensor_core(FP16, 8, 1),
    tensor_core(FP16, 16, 2),
    pairwise(FP16, 8),
    pairwise(FP16ALT, 8),
    Accumulator("exact-bfloat16", FP16ALT, FP16ALT, FP32, 0, Exact(), is_fused=True),
    Accumulator("exact-float16", FP16, FP16, FP32, 0, Exact(), is_fused=True),
    Accumulator("int8-wrap32", INT8, INT8, Register(32), 4, Wrapping()),
    Accumulator("int4-sat24", INT4, INT4, Register(24), 64, Wrapping(saturates=True)),
)

ACCUMULATORS: dict[str, Accumulator] = {made.name: made for made in _MADE}


def parse(name: str) -> Accumulator:
    """The accumulator with a name of the catalogue.

    Raises:
        ValueError: nothing is called so.
    """
    found = ACCUMULATORS.get(name.strip().lower())
    if found is None:
        raise ValueError(f"{name!r} is not an accumulator; valid are {', '.join(ACCUMULATORS)}")
    return found
