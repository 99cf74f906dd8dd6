"""Decimal accuracy of formats, against rounding itself."""

import math
import re
import sys
from fractions import Fraction
from itertools import pairwise

import pytest

from rvx.analysis import accuracy
from rvx.analysis.anatomy import dissect
from rvx.formats.number.catalogue import parse as parse_format
from rvx.formats.number.format import extremes
from rvx.formats.posit import exact

SMALL = ["posit8", "posit<6,1>", "fp8", "e4m3fn", "fp4_e2m1", "e8m0", "int4"]


def positive_values(fmt):
    width = fmt.bits
    values = (dissect(fmt, hex(code)).value for code in range(1 << width))
    return sorted({x for x in values if isinstance(x, Fraction) and x > 0})


@pytest.mark.parametrize("name", SMALL)
def test_extremes_are_the_ends_of_all_values(name):
    fmt = parse_format(name)
    values = positive_values(fmt)
    assert extremes(fmt) == (values[0], values[-1])


@pytest.mark.parametrize(
    ("name", "ends"),
    [
        ("float64", (Fraction(2) ** -1074, Fraction(sys.float_info.max))),
        ("posit64", (Fraction(2) ** -248, Fraction(2) ** 248)),
    ],
)
def test_extremes_of_more_positions_than_a_length_can_be(name, ends):
    assert extremes(parse_format(name)) == ends


def test_formats_of_a_kind_have_a_colour_and_lines_of_their_own(tmp_path):
    names = ["float16"] * 5 + ["posit8", "posit16"]
    accuracy.draw(accuracy.curves(names), tmp_path / "a.svg")
    lines = re.findall(
        r'clip-path="[^"]*" style="fill: none; ([^"]*stroke: #(?:0072b2|d55e00)[^"]*)"',
        (tmp_path / "a.svg").read_text(),
    )
    assert len(lines) == len(set(lines)) == len(names)
    assert ["d55e00" in line for line in lines] == ["posit" in name for name in names]


@pytest.mark.parametrize("name", SMALL)
def test_no_number_between_neighbours_is_rounded_worse(name):
    """The worst case is reached at the boundary, and only there."""
    fmt = parse_format(name)
    values = positive_values(fmt)
    for low, high in pairwise(values):
        digits = accuracy.digits_at(fmt, low)
        assert accuracy.digits_at(fmt, (low + high) / 2) == digits
        errors = []
        for part in range(1, 64):
            x = low + (high - low) * Fraction(part, 64)
            rounded = dissect(fmt, str(x)).value
            errors.append(abs(math.log10(rounded / x)))
        worst = 10**-digits
        assert max(errors) <= worst * (1 + 1e-9)
        assert max(errors) > worst * 0.9


def test_the_boundary_of_cut_exponents_is_geometric():
    top = exact.times_power(1, 20)
    assert accuracy.digits_at(parse_format("posit8"), top) == pytest.approx(
        -math.log10(2 * math.log10(2))
    )


def test_binary16_has_the_digits_of_11_bits():
    found = accuracy.curve(parse_format("fp16"))
    assert found.format == "float16"
    # Just below a power of two the gap is smallest: half of 2^-11, and as good as that at 7/4.
    low = Fraction(7, 4)
    expected = -math.log10(math.log1p(float(Fraction(1, 2048) / low)) / math.log(10))
    assert found.most == pytest.approx(expected)
    assert found.decades == pytest.approx(math.log10(65504) + 24 * math.log10(2))
    assert list(found.magnitudes) == sorted(found.magnitudes)
    assert len(found.magnitudes) == len(found.digits)


def test_posits_are_symmetric_and_best_around_one():
    found = accuracy.curve(parse_format("posit16"))
    best = found.magnitudes[found.digits.index(found.most)]
    assert -1.3 < best < 1.3
    assert found.digits[0] == found.digits[-1] == pytest.approx(-math.log10(2 * math.log10(2)))
    assert found.smallest * found.largest == 1


def test_numbers_beyond_binary64_are_written():
    assert accuracy.power_text(Fraction(5, 10**324)) == "5.000e-324"
    assert accuracy.power_text(Fraction(2) ** 1100) == "1.358e+331"
    assert accuracy.power_text(Fraction(1)) == "1.000e+0"


def test_one_number_is_no_curve():
    with pytest.raises(ValueError, match="int2 has one positive number only"):
        accuracy.curve(parse_format("int2"))


def test_the_picture_names_every_format(tmp_path):
    path = tmp_path / "accuracy.svg"
    accuracy.draw(accuracy.curves(["posit8", "fp8"]), path)
    text = path.read_text()
    assert "posit8" in text
    assert "float8_e5m2" in text
