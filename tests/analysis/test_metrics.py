import json
import math
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rvx.analysis.metrics import measure


def test_figures_of_a_small_example():
    errors = measure([1.5, 2.0, 0.25], [1.0, 2.0, 0.0], ulp=np.array([0.25, 0.5, 0.125]))
    assert errors.mse == (0.25 + 0 + 0.0625) / 3
    assert errors.max_abs == 0.5
    assert errors.mean_abs == 0.25
    assert errors.max_rel == 0.5
    assert errors.mean_rel == 0.25
    assert errors.max_ulp == 2.0
    assert errors.sqnr_db == pytest.approx(10 * math.log10(5 / 0.3125))
    assert errors.digits == pytest.approx(-math.log10(math.sqrt(0.3125) / math.sqrt(5)))


def test_equal_arrays_have_no_error_and_an_infinite_ratio():
    errors = measure([1.0, -2.0], [1.0, -2.0])
    assert (errors.mse, errors.max_abs, errors.max_rel) == (0, 0, 0)
    assert errors.sqnr_db == math.inf
    assert math.isnan(errors.max_ulp)


def test_a_result_that_is_not_finite_makes_every_figure_infinite():
    for bad in (math.inf, math.nan):
        errors = measure([bad, 1.0], [1.0, 1.0])
        assert errors.mse == errors.max_abs == errors.max_rel == math.inf
        assert errors.sqnr_db == -math.inf


def test_noise_on_a_zero_signal_has_no_ratio_worth_the_name():
    assert measure([0.5], [0.0]).sqnr_db == -math.inf


def test_json_has_null_for_what_is_no_number():
    document = json.loads(json.dumps(measure([1.0], [1.0]).to_json(), allow_nan=False))
    assert document["sqnr_db"] is None
    assert document["max_ulp"] is None
    assert document["mse"] == 0


def test_shapes_must_agree():
    with pytest.raises(ValueError, match=r"shape \(2,\) cannot be measured against \(3,\)"):
        measure([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="at least one element"):
        measure([], [])


def test_nothing_is_measured_against_what_is_not_finite():
    for golden in (math.inf, math.nan):
        found = measure([1.0, 2.0], [1.0, golden])
        assert all(math.isnan(value) for value in asdict(found).values())
        assert set(found.to_json().values()) == {None}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("scale", [1e200, 1e308, 1e-200, 1e-310])
def test_the_ratio_does_not_depend_on_the_scale(scale):
    found = measure([1.001 * scale, scale], [scale, scale])
    assert found.sqnr_db == pytest.approx(measure([1.001, 1.0], [1.0, 1.0]).sqnr_db)


numbers = arrays(np.float64, 7, elements=st.floats(-1e3, 1e3))


@given(numbers, numbers)
def test_the_root_mean_square_lies_between_mean_and_maximum(result, golden):
    errors = measure(result, golden)
    root = math.sqrt(errors.mse)
    assert errors.mean_abs <= root * (1 + 1e-12) + 1e-160
    assert root <= errors.max_abs * (1 + 1e-12)
