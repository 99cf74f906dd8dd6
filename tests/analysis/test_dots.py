"""The study of accumulators: its units, its intervals, and what it is known to show."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rvx.analysis import dots
from rvx.formats.dot import ACCUMULATORS
from rvx.formats.dot.array import matmul
from rvx.formats.dot.catalogue import fma_chain, rvbna
from rvx.formats.minifloat.catalogue import FP16ALT, FP32
from rvx.formats.minifloat.format import Minifloat
from rvx.formats.minifloat.rounding import Rounding
from rvx.formats.number.catalogue import parse
from rvx.formats.number.own import Codec


def test_sums_are_exact() -> None:
    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal((3, 50)).astype(np.float32).astype(float) for _ in range(2))
    a[:, 0] *= 2.0**60
    for i, row in enumerate(dots.sums(a, b)):
        for j, got in enumerate(row):
            terms = zip(a[i].tolist(), b[j].tolist(), strict=True)
            assert got == float(sum(Fraction(x) * Fraction(y) for x, y in terms))


def test_units_are_those_of_the_format() -> None:
    exact = np.array([1.0, -1.5, 2.0, 2.0**-140])
    got = exact + np.array([2.0**-23, 2.0**-22, -(2.0**-22), 2.0**-149])
    # Away from zero is positive, so that a negative number that grows has lost magnitude.
    assert dots.in_ulps(got, exact, exact, FP32).tolist() == [1, -2, -1, 1]


def test_an_interval_of_the_mean() -> None:
    samples = [1.0, 2.0, 3.0, 4.0]
    found = dots.Estimate.of(samples)
    assert found.value == 2.5
    assert found.half_width == pytest.approx(1.96 * np.std(samples, ddof=1) / 2)
    assert dots.Estimate.of([1.0]) == dots.Estimate(1.0, math.inf)


def test_what_is_known_of_rounding_to_odd_and_of_guard_bits() -> None:
    odd, near, few, chain, exact = dots.run(
        [
            rvbna(FP16ALT, FP16ALT, 32, 5, Rounding.ROD),
            rvbna(FP16ALT, FP16ALT, 32, 5, Rounding.RNE),
            rvbna(FP16ALT, FP16ALT, 32, 0, Rounding.RNE),
            fma_chain(FP16ALT),
            ACCUMULATORS["exact-bfloat16"],
        ],
        [512],
        ["normal"],
        seeds=8,
    )
    assert near.rms.value + near.rms.half_width < odd.rms.value - odd.rms.half_width
    assert odd.rms.value + odd.rms.half_width < chain.rms.value - chain.rms.half_width
    assert abs(few.rms.value - near.rms.value) < few.rms.half_width + near.rms.half_width
    # One rounding: at most half a unit of the exact sum, uniformly distributed.
    assert exact.of_exact.value == pytest.approx(0.25, abs=0.03)
    assert {row.sums for row in (odd, exact)} == {8 * 256}


def test_cutting_off_loses_magnitude() -> None:
    (row,) = dots.run([ACCUMULATORS["tensorcore-float16-n4-g0"]], [256], ["positive"], seeds=4)
    assert row.mean.value + row.mean.half_width < -1


def test_accumulators_that_decrease_are_found() -> None:
    names = ("tensorcore-float16-n8-g1", "fma-float16", "rvbna-float16-n2-g1-rod", "exact-float16")
    rows = dots.run([ACCUMULATORS[name] for name in names], [64], ["normal"], seeds=3)
    tensor_core, *others = (row.decreases for row in rows)
    assert tensor_core > 0.02
    assert others == [0, 0, 0]


def test_a_sum_that_decreases() -> None:
    """1 less a unit takes digits of the products that 1, one place higher, cuts off."""
    acc = ACCUMULATORS["tensorcore-float16-n4-g0"]
    small = [[0x1400]] * 4  # 2^-10 each, times 2^-14: one unit of the accumulator below 1
    factors = np.array(small).reshape(1, 4), np.array([[0x0400] * 4])
    below, one = (int(matmul(acc, *factors, [[code]])[0, 0]) for code in (0x3F7FFFFF, 0x3F800000))
    assert one < below


@pytest.mark.parametrize("data", dots.DATA)
def test_every_kind_of_data_has_finite_errors(data: str) -> None:
    (row,) = dots.run([ACCUMULATORS["fma-float16"]], [30], [data], seeds=3)
    assert math.isfinite(row.rms.value)
    assert row.not_finite == 0


def test_heavier_data_are_those_of_the_published_study() -> None:
    """Of two degrees of freedom, from the seeds that they had when they were called heavy."""
    drawn: list[dots.Reals] = []

    def noting(fmt: Minifloat, numbers: dots.Reals) -> dots.Factors:
        drawn.append(numbers)
        return dots.PLAIN.quantise(fmt, numbers)

    acc = ACCUMULATORS["fma-float16"]
    dots.run([acc], [6], ["heavier"], 1, size=4, scheme=dots.Scheme("noted", noting))
    rng = np.random.default_rng([0, 6, *b"heavy"])
    assert (drawn[0] == rng.standard_t(2, (4, 6))).all()
    assert (drawn[1] == rng.standard_normal((4, 6))).all()
    # What kernels call heavy has three, and is no other name for the same.
    with pytest.raises(dots.DotError, match="'heavy' is not a kind of data; there are normal, "):
        dots.run([acc], [6], ["heavy"], 1)


def test_accumulators_of_files(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(
        "from dataclasses import replace\n"
        "from rvx.formats.dot import ACCUMULATORS\n"
        "one = replace(ACCUMULATORS['fma-float16'], name='mine')\n"
        "more = [replace(one, name='second'), replace(one, name='third')]\n"
    )
    found = dots.choose((), ["fp32"], [path])
    assert [acc.name for acc in found] == ["mine", "second", "third", "fma-float32"]
    assert [acc.name for acc in dots.choose(["second"], [], [path])] == ["second"]


def test_factors_of_any_small_format_are_converted() -> None:
    """Rounded to the format, in which every number is exact before it is multiplied."""
    made = dots.choose((), ["binary8p4se", "fp8", "takum16"])
    assert [acc.left.name for acc in made if acc.name.startswith("fma-")] == [
        "float8_e5m2",
        "float16",
        "float32",
    ]
    acc = next(acc for acc in made if acc.name == "exact-binary8p4se")
    assert isinstance(acc, dots.Converted)
    numbers = np.random.default_rng(1).standard_normal((4, 8))
    fmt = parse("binary8p4se")
    wanted = [float(fmt.decode(fmt.encode(Fraction(x)))) for x in numbers.ravel().tolist()]
    assert acc.quantise(numbers).values.ravel().tolist() == wanted
    (row,) = dots.run([acc], [8], ["normal"], seeds=2)
    assert row.largest <= 0.5 * 2**3  # half a unit of sums that cancelled by up to three binades


def test_factors_of_users_formats_are_rounded_by_them() -> None:
    floor = Codec(8, lambda x: np.floor(8 * x).astype(np.int64), lambda c: (c ^ 128) / 8 - 16)
    made = dots.choose(["fma-floor"], ["floor"], own_formats={"floor": floor})
    assert isinstance(made[0], dots.Converted)
    assert made[0].quantise(np.array([[0.99, -0.01]])).values.tolist() == [[0.875, -0.125]]


@pytest.mark.parametrize(
    ("names", "formats", "files", "sentence"),
    [
        (["nope"], [], [], "'nope' is not an accumulator; there are rvbna-float8_e4m3fn-n4-g2-rod"),
        ([], ["xyz"], [], "'xyz' is not a format; there are posit8"),
        ([], ["fp64"], [], "float64 has 64 bits and no accumulator in the catalogue; formats that"),
        ([], [], ["none.py"], r"'none\.py' is not a file of Python, which ends in \.py"),
        ([], [], [__file__], "makes no accumulator; a variable should hold a"),
    ],
)
def test_what_cannot_be_chosen_is_said(
    names: list[str], formats: list[str], files: list[str], sentence: str
) -> None:
    with pytest.raises(dots.DotError, match=sentence):
        dots.choose(names, formats, [Path(file) for file in files])


def test_what_cannot_be_studied_is_said() -> None:
    with pytest.raises(dots.DotError, match="int8-wrap32 adds up integers, which have no error"):
        dots.run([ACCUMULATORS["int8-wrap32"]], [8], ["normal"], 1)
    with pytest.raises(dots.DotError, match="'odd' is not a kind of data; there are normal, unif"):
        dots.run([ACCUMULATORS["fma-float16"]], [8], ["odd"], 1)
    with pytest.raises(dots.DotError, match=r"a sum of 10{20} products needs about .* of memory"):
        dots.run([ACCUMULATORS["fma-float16"]], [8, 10**20], ["normal"], 1)
