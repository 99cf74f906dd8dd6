"""The study of bulk normalisation: what its formats hold, and what it is known to show."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rvx.analysis import guard_bits
from rvx.formats.minifloat.array.codes import decode


@pytest.mark.parametrize("name", guard_bits.FORMATS)
def test_factors_are_the_numbers_that_are_compared(name: str) -> None:
    element, scheme = guard_bits.FORMATS[name]
    numbers = np.random.default_rng(0).standard_normal((3, 64))
    made = scheme.quantise(element, numbers)
    values = decode(element, made.codes)
    if made.scales is not None:
        values = values * np.exp2(made.scales)
    np.testing.assert_array_equal(values, made.values)
    if name == "NVFP4":
        # The scale of the tensor is a factor of all sums, and left out.
        made = made._replace(values=made.values * np.abs(numbers).max() / (448 * 6))
    assert np.abs(made.values - numbers).max() < np.abs(numbers).max() / 3


def test_few_products_added_to_odd_cost_most_in_binary16() -> None:
    found = guard_bits.run(4, ["FP16"], ["normal"], [2, 32])
    rms = {(p.products, p.guard, p.rounding): p.row.rms for p in found}
    assert len(found) == 2 * (3 + 4)
    assert rms[2, 1, "to odd"].value > 1.5 * rms[2, 1, "to nearest"].value
    assert rms[32, 5, "to nearest"].value < rms[2, 1, "to nearest"].value / 1.5
    # What g is in the manual, and what more would give, is one.
    assert rms[32, 5, "to odd"].value == pytest.approx(rms[32, 8, "to odd"].value, rel=0.05)
    assert not any(point.row.decreases for point in found)


def test_the_document_and_the_picture(tmp_path: Path) -> None:
    found = guard_bits.run(2, ["MXFP4", "NVFP4"], ["normal"], [2])
    document = guard_bits.to_json(found, 2)
    assert document["schema"] == "rvx.dot.study/1"
    points = document["points"]
    assert isinstance(points, list)
    assert {point["format"] for point in points} == {"MXFP4", "NVFP4"}
    path = tmp_path / "study.svg"
    guard_bits.draw(found, path)
    assert path.read_text().count("<svg") == 1
