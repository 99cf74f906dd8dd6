"""Accumulators that rvx has by other code, too, give the same results bit for bit."""

from __future__ import annotations

import numpy as np
import pytest

from rvx.formats.block.mx import MXFP4, MXFP6_E3M2, MXFP8_E4M3, MXFP8_E5M2, Mx
from rvx.formats.block.mx import array as mx
from rvx.formats.block.mx.format import SCALE_BIAS
from rvx.formats.block.mx.golden import matmul as mx_matmul
from rvx.formats.dot import ACCUMULATORS
from rvx.formats.dot.array import matmul
from rvx.formats.dot.catalogue import fma_chain, fused
from rvx.formats.minifloat import array
from rvx.formats.minifloat.array.codes import decode
from rvx.formats.minifloat.catalogue import FP8, FP8ALT, FP16, FP16ALT, FP32
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import Rounding

from .cases import KINDS, codes

IEEE_MODES = [mode for mode in Rounding if mode is not Rounding.RSR]
PAIRS = [(FP8, FP16), (FP8ALT, FP16ALT), (FP16, FP32), (FP16ALT, FP32)]


@pytest.mark.parametrize(("src", "dst"), PAIRS, ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("products", [1, 2], ids=["fma", "exsdotp"])
def test_chains_of_fused_instructions(src: Minifloat, dst: Minifloat, products: int) -> None:
    from dataclasses import replace

    rng = np.random.default_rng([products, src.bits, dst.m])
    acc = fma_chain(src, dst) if products == 1 else fused(src, 2, dst)
    chain = array.fma_dot if products == 1 else array.exsdotp_dot
    for mode in IEEE_MODES:
        for kind in KINDS:
            a, b = (codes(src, rng, (rows, 12), kind) for rows in (3, 5))
            flags, seen = np.zeros(1, np.int64), np.zeros(1, np.int64)
            got = matmul(replace(acc, rounding=mode), a, b, fflags=flags)
            wanted = chain(
                src, dst, a[:, None], b[None], np.zeros((3, 5, 1), np.int64), mode, fflags=seen
            )
            np.testing.assert_array_equal(got, wanted[..., 0], err_msg=f"{mode.name} {kind}")
            assert flags[0] == seen[0]


@pytest.mark.parametrize("fmt", [MXFP8_E4M3, MXFP8_E5M2, MXFP6_E3M2, MXFP4], ids=lambda f: f.name)
@pytest.mark.parametrize("destination", [FP32, FP16ALT], ids=lambda f: f.name)
def test_the_unit_for_mx(fmt: Mx, destination: Minifloat) -> None:
    rng = np.random.default_rng(7)
    assert isinstance(fmt.element, Minifloat)
    acc = fused(fmt.element, 64 // fmt.container, destination)
    a, b = (
        mx.quantise(
            rng.standard_normal((rows, 96)) * np.exp2(rng.integers(-20, 20, (rows, 96))), fmt
        )
        for rows in (4, 6)
    )
    scales = [np.repeat(x.scales.astype(np.int64) - SCALE_BIAS, fmt.block, axis=1) for x in (a, b)]
    got = matmul(acc, a.codes, b.codes, a_scales=scales[0], b_scales=scales[1])
    np.testing.assert_array_equal(decode(destination, got), mx_matmul(a, b, destination))


def test_integers_wrap_as_numpys_do() -> None:
    rng = np.random.default_rng(8)
    a, b = (rng.integers(-128, 128, (rows, 300)) for rows in (4, 5))
    start = rng.integers(-(2**31), 2**31, (4, 5))
    with np.errstate(over="ignore"):
        wanted = (start + a @ b.T).astype(np.int32)
    np.testing.assert_array_equal(matmul(ACCUMULATORS["int8-wrap32"], a, b, start), wanted)


def test_integers_saturate_after_every_group() -> None:
    acc = ACCUMULATORS["int4-sat24"]
    ones = np.full((1, 64), -8)
    start = np.array([[2**23 - 100]])
    assert matmul(acc, ones, ones, start).tolist() == [[2**23 - 1]]
    two = np.concatenate([ones, -ones - 1], axis=1)
    # What was cut off at the end of the first group is not there for the second.
    both = np.concatenate([ones, ones], axis=1)
    assert matmul(acc, two, both, start).tolist() == [[2**23 - 1 - 64 * 7 * 8]]
