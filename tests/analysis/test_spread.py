import math
from fractions import Fraction

import numpy as np
import pytest

from rvx.analysis.compare import draw, run_variant
from rvx.analysis.distributions import DISTRIBUTIONS, DistributionError, Files
from rvx.analysis.dot import matmul
from rvx.analysis.kernel import load
from rvx.analysis.spread import operands_of, spread, spread_exactly
from rvx.formats.minifloat.array.codes import decode
from rvx.formats.minifloat.catalogue import FP32
from rvx.formats.posit import exact
from rvx.formats.posit.format import Posit


def test_figures_of_a_small_example():
    wanted = np.array([[1.0, -2.0], [0.0, 4.0]])
    found = spread(np.array([[1.25, -1.0], [0.0, np.inf]]), wanted, np.full((2, 2), 0.5))
    assert found is not None
    assert (found.results, found.exact, found.nearest, found.not_finite) == (4, 1, 2, 1)
    assert (found.first, found.counts) == (-1, (1, 0, 1))  # half a unit, and two
    assert found.quantiles[1.0] == 2
    assert found.quantiles[0.5] == 0.5
    assert found.bias == pytest.approx((0.5 - 2 + 0) / 3)  # -1 for -2 has lost magnitude
    assert found.digits == (-math.log10((0.25 + 0.5) / 2), -math.log10(0.5))
    assert (found.worst, found.result, found.wanted) == ((0, 1), -1, -2)


def test_every_finite_result_is_in_one_class_or_exact():
    rng = np.random.default_rng(3)
    wanted = rng.standard_normal(1000)
    off = rng.standard_t(1, 1000) * np.where(
        rng.random(1000) < 0.1, 0, 2.0 ** rng.integers(-60, 90)
    )
    found = spread(wanted + off, wanted, np.full(1000, 2.0**-20))
    assert found is not None
    assert sum(found.counts) + found.exact == 1000
    assert found.counts[0] > 0
    assert found.counts[-1] > 0


def test_nothing_to_measure_against():
    assert spread(np.zeros(2), np.array([0.0, np.nan]), np.ones(2)) is None
    found = spread(np.array([np.nan, np.inf]), np.zeros(2), np.ones(2))
    assert found is not None
    assert (found.not_finite, found.worst, found.counts) == (2, None, ())
    assert found.to_json()["quantiles"]["0.5"] is None


def test_equal_results_have_no_error():
    found = spread(np.ones(3), np.ones(3), np.full(3, 0.25))
    assert found is not None
    assert (found.exact, found.nearest, found.counts, found.bias) == (3, 3, (), 0)
    assert found.digits == (math.inf, math.inf)


def test_rationals_see_what_float64_does_not():
    third = Fraction(1, 3)
    near = third + Fraction(1, 1 << 70)
    found = spread_exactly([near, None], [third, third], np.full(2, 2.0**-70))
    assert found is not None
    assert found.quantiles[1.0] == 1
    assert found.not_finite == 1
    assert found.against == "rationals"


def test_products_of_fractions_are_exact():
    rng = np.random.default_rng(1)
    a, b = rng.standard_normal((3, 7)), rng.standard_normal((2, 7))
    found = matmul(*(np.vectorize(Fraction, otypes=[object])(x) for x in (a, b)))
    for i, row in enumerate(a):
        for j, column in enumerate(b):
            pairs = zip(row, column, strict=True)
            assert found[i, j] == sum(Fraction(x) * Fraction(y) for x, y in pairs)


@pytest.mark.parametrize("kernel", ["gemm", "conv2d", "maxpool", "softmax", "layernorm"])
def test_the_boxes_hold_what_a_result_depends_on_and_no_more(kernel):
    """Against one element after the other."""
    found = load(kernel)
    most = 8 if kernel == "layernorm" else 4
    inputs = draw(found, {name: min(most, p.default) for name, p in found.parameters.items()})
    golden = lambda a, b: np.reshape(  # noqa: E731
        found.golden.golden(inputs.parameters, a, b), inputs.golden.shape
    )
    index = tuple(n // 2 for n in inputs.golden.shape)
    boxes = operands_of(golden, inputs.a, inputs.b, index)
    for which, box in enumerate(boxes):
        reached = []
        for place in np.ndindex((inputs.a, inputs.b)[which].shape):
            spoilt = [inputs.a.copy(), inputs.b.copy()]
            spoilt[which][place] = np.nan
            with np.errstate(all="ignore"):
                if np.isnan(golden(*spoilt)[index]):
                    reached.append(place)
        wanted = (
            tuple(zip(np.min(reached, 0), np.max(reached, 0), strict=True)) if reached else None
        )
        assert box == wanted


@pytest.mark.parametrize("variant", ["f64", "posit64", "posit64_quire"])
def test_wide_formats_are_measured_against_rationals(variant):
    gemm = load("gemm")
    inputs = draw(gemm, {"M": 3, "N": 2, "K": 8}, seed=7)
    found = run_variant(gemm, gemm.variants[variant], inputs).spread
    assert found is not None
    assert found.against == "rationals"
    if variant == "posit64_quire":  # one rounding of the exact sum: inputs are posits already
        assert found.nearest == found.results == 6


def test_posits_of_64_bits_lose_nothing_on_the_way_to_rationals():
    gemm = load("gemm")
    numbers = gemm.numbers(gemm.variants["posit64"])
    codes = np.array([0x4000000000000001, 0xBFFFFFFFFFFFFFFF, 1 << 63], np.uint64)
    assert numbers.exactly(codes) == [exact.decode(int(code), Posit(64, 2)) for code in codes]
    assert numbers.exactly(codes)[0] == 1 + Fraction(1, 1 << 59)


def test_single_results_have_the_error_that_binary32_says():
    """The same figures, from codes of binary32 and fractions alone."""
    gemm = load("gemm")
    inputs = draw(gemm, {"M": 4, "N": 4, "K": 16}, distribution="ill")
    row = run_variant(gemm, gemm.variants["f32"], inputs)
    codes = np.asarray(
        gemm.golden.reference(
            inputs.parameters,
            gemm.numbers(row.variant),
            gemm.numbers(row.variant).encode(inputs.a),
            gemm.numbers(row.variant).encode(inputs.b),
        )
    ).view(np.uint32)
    largest = Fraction(0)
    for (i, j), code in np.ndenumerate(codes):
        pairs = zip(inputs.a[i], inputs.b[j], strict=True)
        wanted = sum(Fraction(x) * Fraction(y) for x, y in pairs)
        unit = Fraction(2) ** (math.frexp(float(abs(wanted)))[1] - 24)
        got = Fraction(float(decode(FP32, np.array([code]))[0]))
        largest = max(largest, abs(got - wanted) / unit)
    assert row.spread is not None
    assert row.spread.quantiles[1.0] == pytest.approx(float(largest), rel=1e-6)


def test_ill_conditioned_sums_cancel():
    gemm = load("gemm")
    inputs = draw(gemm, {"M": 8, "N": 8, "K": 64}, distribution="ill")
    sizes = np.abs(inputs.a) @ np.abs(inputs.b).T
    assert np.median(sizes / np.abs(inputs.golden)) > 1000
    usual = draw(gemm, {"M": 8, "N": 8, "K": 64}, distribution="normal")
    assert np.median(np.abs(usual.a) @ np.abs(usual.b).T / np.abs(usual.golden)) < 100
    assert "ill" in DISTRIBUTIONS


def test_inputs_from_files(tmp_path):
    gemm = load("gemm")
    a, b = np.arange(6.0).reshape(2, 3), np.ones((3, 1), np.float32)
    np.save(tmp_path / "a.npy", a)
    np.save(tmp_path / "b.npy", b)
    files = Files([tmp_path / "a.npy", tmp_path / "b.npy"])
    inputs = draw(gemm, {"M": 2, "N": 1, "K": 3}, uniform=files)
    files.end()
    assert inputs.golden.tolist() == [[3.0], [12.0]]


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ([np.ones((2, 3))], r"more inputs than there are files; the next one has the shape \(3, 1"),
        ([np.ones((3, 2))], r"has the shape \(3, 2\), and the kernel takes \(2, 3\) here"),
        ([np.ones((2, 3)), np.ones((3, 1)), np.ones(1)], "one input too many: the kernel has 2"),
        ([np.full((2, 3), np.inf)], "elements that are not finite"),
        ([np.ones((2, 3), np.complex64)], "no array of real numbers"),
        ([np.array(["x"], object)], "is no array of NumPy"),
    ],
)
def test_files_that_do_not_fit(tmp_path, arrays, sentence):
    paths = [tmp_path / f"{i}.npy" for i in range(len(arrays))]
    for path, array in zip(paths, arrays, strict=True):
        np.save(path, array, allow_pickle=True)

    def use():
        files = Files(paths)
        draw(load("gemm"), {"M": 2, "N": 1, "K": 3}, uniform=files)
        files.end()

    with pytest.raises(DistributionError, match=sentence):
        use()


def header(shape):
    text = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x02\x00" + len(text).to_bytes(4, "little") + text


@pytest.mark.parametrize(
    "content",
    [
        b"\x93NUMPY and then nothing",
        b"",
        b"hello",
        header("(2, 2)") + bytes(8),
        header("(100000000000, 100)"),
        header("(-1, -2)") + bytes(64),
        header("(" * 2000),
    ],
)
def test_a_file_that_is_no_array(tmp_path, content):
    (tmp_path / "a.npy").write_bytes(content)
    with pytest.raises(DistributionError, match="is no array of NumPy"):
        Files([tmp_path / "a.npy"])
