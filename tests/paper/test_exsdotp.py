"""The accuracy experiment of ExSdotp on the emulator."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from rvx.formats.minifloat import array, exact
from rvx.formats.minifloat.rounding import Rounding
from rvx.paper.exsdotp import products, study, view
from rvx.paper.exsdotp.data import LENGTHS, PAIRS, PUBLISHED, RATIOS, UNITS, Pair, Shape

BY_NAME = {pair.name: pair for pair in PAIRS}
both = pytest.mark.parametrize("pair", PAIRS, ids=lambda p: p.name)


def chained(pair: Pair, unit: str, a: np.ndarray, b: np.ndarray) -> int:
    """A sum step by step in rational arithmetic, which shares no code with what is tested."""
    total = 0
    step = 2 if unit == "exsdotp" else 1
    a, b = (np.append(x, [0] * (len(x) % step)) for x in (a, b))
    for i in range(0, len(a), step):
        pairs = [
            (exact.decode(pair.src, int(a[j])), exact.decode(pair.src, int(b[j])))
            for j in range(i, i + step)
        ]
        addend = exact.decode(pair.dst, total)
        total, _ = exact.sum_of_products(pair.dst, pairs, [addend], int(Rounding.RNE))
    return total


@both
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(("length", "seeds"), [(1, 1), (7, 5), (60, 3)])
def test_sums_are_those_of_rational_arithmetic(pair: Pair, unit: str, length: int, seeds: int):
    sums = study.draw(pair, length, seeds)
    wanted = [chained(pair, unit, a, b) for a, b in zip(sums.a, sums.b, strict=True)]
    np.testing.assert_array_equal(study.golden(pair, unit, sums), wanted)
    cell = study.measure(pair, unit, sums)
    assert cell.mismatches == 0
    values = array.decode(pair.dst, np.array(wanted))
    errors = np.abs(values - sums.exact) / np.abs(sums.exact)
    np.testing.assert_array_equal(cell.errors, errors)


@both
def test_the_exact_sum_is_rounded_once(pair: Pair):
    sums = study.draw(pair, 40, 4)
    for a, b, found in zip(sums.a, sums.b, sums.exact, strict=True):
        total = sum(
            exact.decode(pair.src, int(x)).value * exact.decode(pair.src, int(y)).value
            for x, y in zip(a, b, strict=True)
        )
        code, _ = exact.round_to(pair.dst, abs(Fraction(total)), total < 0, int(Rounding.RNE))
        assert found == float(exact.decode(pair.dst, code).value)


def test_a_mismatch_would_be_seen(monkeypatch: pytest.MonkeyPatch):
    pair = BY_NAME["f8"]
    sums = study.draw(pair, 20, 4)
    wrong = study.golden(pair, "exsdotp", sums)
    wrong[2] ^= 1
    monkeypatch.setattr(study, "golden", lambda *_: wrong)
    cell = study.measure(pair, "exsdotp", sums)
    assert cell.mismatches == 1
    wrong_study = study.Study(4, [cell])
    assert not wrong_study.is_exact
    table = view.to_rich(wrong_study)
    assert list(table.columns[-1].cells) == ["1 differ"]
    assert view.EXACT not in str(table.caption)


def test_units_take_the_same_products_in_the_same_order():
    pair = BY_NAME["f16"]
    factors = np.arange(1, 17, dtype=np.uint16).reshape(2, 8)
    # Two lanes: the doubleword has the next two products of both sums.
    assert study.arrange(pair, "exsdotp", factors)[0, 0].tolist() == [1, 2, 9, 10]
    assert study.arrange(pair, "exfma", factors)[0, 0].tolist() == [1, 9, 2, 10]


def test_the_medians_have_the_order_of_the_paper():
    cells = study.by_row(study.run([2000], 100))
    for row in cells.values():
        assert row["exsdotp"].quartiles[1] < row["exfma"].quartiles[1]


def test_published_figures_lie_inside_the_distributions():
    cells = study.run(LENGTHS, 100)
    assert len(cells) == len(PAIRS) * len(LENGTHS) * len(UNITS)
    for cell in cells:
        assert cell.published == PUBLISHED[cell.pair.name, cell.unit][cell.length]
        assert cell.below_published is not None
        assert 0.01 <= cell.below_published <= 0.99


def test_products_are_counted_and_exact():
    shapes = [Shape("narrow", "gemm", "f8_exsdotp", (4, 4, 64))]
    (found,) = products.run(shapes)
    assert found.macs == 4 * 4 * 64
    assert found.mismatches == 0
    assert found.rate == found.macs / found.instructions
    assert found.to_json()["k"] == 64


def test_ratios_are_near_the_published_ones():
    """In instructions, where the paper has cycles: within 10 %."""
    found = {product.shape.variant: product for product in products.run()}
    assert not any(product.mismatches for product in found.values())
    measured = [found[one].rate / found[other].rate for one, other, _ in RATIOS]
    assert measured[:2] == pytest.approx([1.96, 7.23], rel=0.1)
    assert 1 < measured[2] <= 1.10
    assert measured[3:] == pytest.approx([2, 2], rel=0.1)


@pytest.mark.parametrize("arguments", [([], 1), ([0], 1), ([8], 0)])
def test_nothing_to_do_is_said(arguments: tuple[list[int], int]):
    with pytest.raises(ValueError, match="there must be lengths and seeds"):
        study.run(*arguments)


def test_the_ratios_need_both_products():
    found = study.Study(1, study.run([4], 1))
    assert view.ratio_lines(found) == []
