from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rvx.analysis.anatomy import decimal, dissect
from rvx.formats.number.catalogue import FormatError
from rvx.formats.number.catalogue import parse as parse_format


def shown(name, number):
    return dissect(parse_format(name), number)


def test_a_posit_is_sign_regime_exponent_and_fraction():
    anatomy = shown("posit16", "0x5a31")
    fields = [(part.name, part.bits) for part in anatomy.parts]
    assert fields == [
        ("sign", "0"),
        ("regime", "10"),
        ("exponent", "11"),
        ("fraction", "01000110001"),
    ]
    assert anatomy.value == 8 * (1 + Fraction(0b01000110001, 2**11))
    assert anatomy.error is None


def test_a_number_is_rounded_and_the_error_said():
    anatomy = shown("posit16", "3.14159")
    assert anatomy.hexadecimal == "0x4c91"
    assert anatomy.error == Fraction(3217, 1024) - Fraction("3.14159")
    assert anatomy.below < anatomy.value < anatomy.above


def test_the_fields_of_a_negative_posit_are_those_of_its_magnitude():
    positive, negative = shown("posit8", "2.5"), shown("posit8", "-2.5")
    assert negative.value == -positive.value
    assert [len(p.bits) for p in negative.parts] == [len(p.bits) for p in positive.parts]
    assert "".join(p.bits for p in negative.parts) == f"{negative.code:08b}"


@pytest.mark.parametrize(
    ("name", "number", "value", "below", "above"),
    [
        ("posit8", "0x80", "NaR", None, None),
        ("posit8", "0x7f", Fraction(2**24), Fraction(2**20), None),
        ("posit8", "0x81", Fraction(-(2**24)), None, Fraction(-(2**20))),
        ("fp8", "0x7b", Fraction(57344), Fraction(49152), "infinity"),
        ("fp8", "1e9", "infinity", Fraction(57344), None),
        ("fp8", "0xfc", "-infinity", None, Fraction(-57344)),
        ("fp8", "0x7d", "signalling NaN", None, None),
        ("fp8", "0x00", Fraction(0), Fraction(-1, 2**16), Fraction(1, 2**16)),
        ("e4m3fn", "0x7e", Fraction(448), Fraction(416), None),
        ("int4", "0xd", Fraction(-3), Fraction(-4), Fraction(-2)),
        ("int4", "7", Fraction(7), Fraction(6), None),
        ("int4", "1000", Fraction(7), Fraction(6), None),
        ("uint4", "-1", Fraction(0), None, Fraction(1)),
        ("e8m0", "0x7f", Fraction(1), Fraction(1, 2), Fraction(2)),
    ],
)
def test_values_and_neighbours(name, number, value, below, above):
    anatomy = shown(name, number)
    assert (anatomy.value, anatomy.below, anatomy.above) == (value, below, above)


@pytest.mark.parametrize("name", ["posit8", "posit6e1", "fp8", "fp8alt", "e4m3fn", "e2m1", "int4"])
def test_a_value_leads_back_to_its_pattern(name):
    fmt = parse_format(name)
    width = fmt.bits
    ordered = []
    for code in range(1 << width):
        anatomy = dissect(fmt, hex(code))
        assert "".join(part.bits for part in anatomy.parts) == f"{code:0{width}b}"
        if not isinstance(anatomy.value, str):
            again = dissect(fmt, str(anatomy.value))
            assert again.value == anatomy.value
            assert again.error == 0
            ordered.append(anatomy)
    finite = sorted({a.value for a in ordered})
    for anatomy in ordered:
        at = finite.index(anatomy.value)
        if at:
            assert anatomy.below == finite[at - 1]
        if at + 1 < len(finite):
            assert anatomy.above == finite[at + 1]


@given(st.integers(0, 2**32 - 1))
def test_decimals_of_posits_are_exact(code):
    value = shown("posit32", hex(code)).value
    assert value == "NaR" or Fraction(decimal(value)) == value


def test_decimals():
    assert decimal(Fraction(-5, 16)) == "-0.3125"
    assert decimal(Fraction(1, 3)) == "0.33333333333333333333"
    assert decimal("NaR") == "NaR"
    assert decimal(Fraction(2) ** 120) == str(2**120)


@pytest.mark.parametrize(
    ("name", "number", "sentence"),
    [
        ("point99", "1", "'point99' is not a format; there are posit8 to posit64"),
        ("posit8", "0x100", "0x100 does not fit the 8 bits of posit8"),
        ("posit8", "0xzz", "'0xzz' is not a pattern; write digits after 0x or 0b"),
        ("fp8", "one", "'one' is neither a pattern such as 0x5a nor a number such as 3.14"),
        ("fp8", "1/0", "'1/0' is neither a pattern"),
    ],
)
def test_errors_are_sentences(name, number, sentence):
    with pytest.raises(FormatError) as error:
        shown(name, number)
    assert str(error.value).startswith(sentence)


def test_errors_of_numbers_far_out_of_range_are_given_to_twenty_digits():
    found = dissect(parse_format("posit16"), "1e5000")
    assert found.to_json()["error"] == "-1.0000000000000000000E+5000"
    assert decimal(Fraction(1, 3)) == "0.33333333333333333333"
    assert decimal(Fraction(1, 1 << 1000)).replace(".", "").startswith("93326361850321887899")
