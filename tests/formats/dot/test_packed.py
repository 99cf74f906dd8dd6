"""Dot products of packed factors, against the exact reference on fractions."""

from dataclasses import replace

import numpy as np
import pytest

from rvx.formats.dot import Accumulator, Exact
from rvx.formats.dot.catalogue import rvbna
from rvx.formats.dot.exact import dot
from rvx.formats.dot.packed import make_packed_dot
from rvx.formats.minifloat.catalogue import E2M1, E4M3FN, FP8, FP16, FP16ALT, FP32, FP64
from rvx.formats.minifloat.rounding import Rounding

MODES = (Rounding.RNE, Rounding.RTZ, Rounding.RDN, Rounding.RUP, Rounding.RMM)
PAIRS = [
    (E4M3FN, E4M3FN, FP32, 4),
    (E4M3FN, E2M1, FP16, 4),
    (E2M1, E2M1, FP16ALT, 8),
    (FP8, FP8, FP32, 4),
    (FP8, FP8, FP16, 4),
    (FP8, E4M3FN, FP32, 8),
    (FP16, E4M3FN, FP32, 2),
    (FP16, FP16, FP32, 2),
    (FP8, FP8, E4M3FN, 4),
]


def fused(left, right, result, group):
    return Accumulator("packed", left, right, result, group, Exact(), is_fused=True)


def packed(codes, bits):
    return sum(code << number * bits for number, code in enumerate(codes))


def quiet(codes, fmt):
    """The codes, for a reference to which NaNs of 8 bits may signal, as those of OFP8 do not."""
    if fmt.infinity is None or fmt.bits > 8:
        return codes
    is_nan = [code & fmt.magnitude_mask > fmt.infinity for code in codes]
    return [code | nan << (fmt.m - 1) for code, nan in zip(codes, is_nan, strict=True)]


def starts(acc, a, b, rng, result):
    """Accumulators of every kind: any code, zeros, and what nearly cancels the sum."""
    sum_of = dot(acc, a, b).code
    near = (sum_of ^ result.sign_mask) + int(rng.integers(-2, 3)) & (1 << result.bits) - 1
    return (int(rng.integers(1 << result.bits)), 0, result.sign_mask, near)


@pytest.mark.parametrize(("left", "right", "result", "group"), PAIRS)
def test_sums_are_those_of_the_reference_in_every_mode(left, right, result, group):
    rng = np.random.default_rng(41)
    acc = fused(left, right, result, group)
    step = make_packed_dot(acc)
    compared = 0
    for number in range(250):
        # Small codes too, so that whole sums are zeros and subnormals.
        limit = (1 << left.bits, 1 << right.bits) if number % 3 else (3, 3)
        a, b = (rng.integers(0, most, group).tolist() for most in limit)
        half = group // 2
        if number % 4 == 0:
            a[:half], b[:half] = [code ^ left.sign_mask for code in a[half:]], b[half:]
        for mode in MODES:
            of_mode = replace(acc, rounding=mode)
            for start in starts(of_mode, a, b, rng, result):
                wanted = dot(of_mode, quiet(a, left), quiet(b, right), start)
                found = step(packed(a, left.bits), packed(b, right.bits), start, int(mode))
                assert found == (wanted.code, wanted.flags), (a, b, start, mode)
                compared += 1
    assert compared == 5000


def test_what_is_above_the_factors_is_not_looked_at():
    step = make_packed_dot(fused(E4M3FN, E4M3FN, FP32, 2))
    assert step(0x38_3838, 0x7F_3838, 0, 0) == step(0x3838, 0x3838, 0, 0) == (0x40000000, 0)
    assert step(-1 << 16 | 0x3838, 0x3838, 0, 0) == (0x40000000, 0)


@pytest.mark.parametrize(
    ("acc", "sentence"),
    [
        (rvbna(E4M3FN, E4M3FN, 4), "factors side by side are summed exactly, in fused groups"),
        (fused(E4M3FN, E4M3FN, FP32, 0), "in fused groups"),
        (fused(FP8, FP8, FP64, 4), "of float8_e5m2 and float8_e5m2 have 66 bits; 60 are possible"),
        (fused(FP16ALT, FP8, FP32, 4), "have 295 bits; 86 are possible"),
    ],
)
def test_others_are_refused(acc, sentence):
    with pytest.raises(ValueError, match=sentence):
        make_packed_dot(acc)
