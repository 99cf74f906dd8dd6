"""Whole products through every kind of accumulator, bit for bit against exact fractions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rvx.formats.dot import ACCUMULATORS, Accumulator
from rvx.formats.dot.array import matmul
from rvx.formats.dot.catalogue import fma_chain, fused, pairwise, rvbna, tensor_core
from rvx.formats.minifloat.catalogue import E2M1, E4M3FN, FP8, FP16, FP16ALT, FP32
from rvx.formats.minifloat.rounding import Overflow, Rounding

from .cases import KINDS, by_reference, matrices

MODES = list(Rounding)


def check(acc: Accumulator, rng: np.random.Generator, kind: str, depth: int) -> None:
    a, b, start = matrices(acc, rng, 3, 4, depth, kind)
    flags = np.zeros(1, np.int64)
    got = matmul(acc, a, b, start, seed=5, fflags=flags)
    wanted, raised = by_reference(acc, a, b, start, seed=5)
    np.testing.assert_array_equal(got, wanted, err_msg=f"{acc.name} {kind}")
    assert flags[0] == raised, (acc.name, kind)


@pytest.mark.parametrize("acc", ACCUMULATORS.values(), ids=list(ACCUMULATORS))
def test_every_accumulator_of_the_catalogue(acc: Accumulator) -> None:
    rng = np.random.default_rng([1, *acc.name.encode()])
    for kind in KINDS:
        for _ in range(3):
            check(acc, rng, kind, int(rng.integers(1, 20)))
    check(acc, rng, "spread", 70)


VARIANTS = [
    fused(FP16, 2),
    fused(FP8, 2, FP16),
    fused(E4M3FN, 2, E4M3FN),
    fma_chain(FP32),
    rvbna(FP16ALT, FP16ALT, 4, 0),
    rvbna(FP16ALT, FP16, 3, 8),
    replace(rvbna(FP8, E4M3FN, 5), group_rounding=None, name="aligned, then added"),
    replace(rvbna(FP16, FP16, 2), group_rounding=Rounding.RNE, name="aligned, to nearest"),
    replace(fused(FP16, 4), is_fused=False, group_rounding=Rounding.ROD, name="exact, to odd"),
    tensor_core(FP16, 3, 1),
    pairwise(FP16, 7),
    pairwise(FP8, 5, FP16),
    replace(fused(FP8, 2, E4M3FN), overflow=Overflow.SATURATE, name="saturating"),
]


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_every_rounding_mode(mode: Rounding) -> None:
    rng = np.random.default_rng([2, mode])
    for acc in VARIANTS:
        for kind in KINDS:
            check(replace(acc, rounding=mode), rng, kind, 9)
            if acc.group_rounding is not None:
                check(replace(acc, group_rounding=mode), rng, kind, 9)
            check(replace(acc, rounding=mode, stays_finite=not acc.stays_finite), rng, "large", 5)


@pytest.mark.parametrize("acc", [fused(E2M1, 16), fused(E4M3FN, 8), rvbna(E4M3FN, E4M3FN, 4)])
def test_scales_of_blocks(acc: Accumulator) -> None:
    """Powers of two, a block of 8 each, over the whole range of E8M0."""
    rng = np.random.default_rng(3)
    for kind in KINDS:
        for width in (4, 127):
            a, b, start = matrices(acc, rng, 3, 4, 24, kind)
            scales = [
                np.repeat(rng.integers(-width, width + 1, (len(x), 3)), 8, axis=1) for x in (a, b)
            ]
            got = matmul(acc, a, b, start, a_scales=scales[0], b_scales=scales[1])
            wanted, _ = by_reference(acc, a, b, start, 0, *scales)
            np.testing.assert_array_equal(got, wanted, err_msg=f"{acc.name} {kind} {width}")


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda acc: matmul(acc, [[1, 2]], [[1]]), "matrices of 2 and 1 columns have no product"),
        (lambda acc: matmul(acc, [1], [[1]]), "a matrix has two axes, not 1"),
        (lambda acc: matmul(acc, [[1 << 16]], [[1]]), "0x10000 is no code of bfloat16"),
        (lambda acc: matmul(acc, [[1]], [[1]], [1]), "the accumulators have shape"),
        (
            lambda acc: matmul(acc, [[1]], [[1]], a_scales=200),
            r"scales go from 2\^-127 to 2\^127, as those of E8M0",
        ),
        (lambda acc: replace(acc, group=-1), "a group of -1 products is not possible; 0 stands"),
        (lambda acc: rvbna(FP16, FP16, 4, 90), "90 guard bits are not supported; valid are 0 to"),
        (lambda acc: replace(acc, is_fused=True), "a group that is fused is rounded with the acc"),
    ],
)
def test_what_is_wrong_is_said(call: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        call(ACCUMULATORS["rvbna-bfloat16-n2-g1-rod"])  # type: ignore[operator]
