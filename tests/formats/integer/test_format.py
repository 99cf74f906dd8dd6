"""rvx.formats.integer.format: the formats as values, and their names."""

import pytest

from rvx.formats.integer import INT4, INT8, UINT4, UINT8, Integer, parse


def test_signed_codes_leave_the_most_negative_one_out() -> None:
    assert (INT4.low, INT4.high, INT4.minimum, INT4.maximum) == (-7, 7, -8, 7)
    assert (INT8.low, INT8.high, INT8.minimum, INT8.maximum) == (-127, 127, -128, 127)


def test_unsigned_codes_use_the_whole_range_unless_limited() -> None:
    assert (UINT4.low, UINT4.high, UINT4.minimum, UINT4.maximum) == (0, 15, 0, 15)
    printed = Integer(4, signed=False, limit=7)
    assert (printed.low, printed.high, printed.maximum) == (0, 7, 15)


def test_a_format_equals_its_spelled_out_twin() -> None:
    assert Integer(8) == Integer(8, True, 127) == INT8
    assert Integer(8) != UINT8
    assert INT8.mask == 0xFF


@pytest.mark.parametrize("bits", range(2, 17))
def test_names_and_parsing_are_inverse(bits: int) -> None:
    for signed in (True, False):
        fmt = Integer(bits, signed)
        assert parse(fmt.name) == fmt
        assert parse(fmt.name.upper()) == fmt
        assert fmt.maximum - fmt.minimum == fmt.mask


def test_names_of_ml_dtypes_have_its_ranges() -> None:
    import ml_dtypes

    for name in ("int2", "int4", "uint2", "uint4"):
        info = ml_dtypes.iinfo(getattr(ml_dtypes, name))
        assert (parse(name).minimum, parse(name).maximum) == (info.min, info.max)


@pytest.mark.parametrize("text", ["int", "4", "int04", "sint4", "int4 "])
def test_a_wrong_name_is_answered_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="is not an integer format; write intN or uintN"):
        parse(text)


def test_widths_and_limits_are_checked() -> None:
    with pytest.raises(ValueError, match="of 17 bits is not supported; the width is 2 to 16 bits"):
        parse("int17")
    with pytest.raises(ValueError, match="of 1 bits is not supported"):
        Integer(1)
    with pytest.raises(ValueError, match="the limit 8 is not a positive code of int4; valid"):
        Integer(4, limit=8)
    with pytest.raises(ValueError, match="the limit -1 is not a positive code"):
        Integer(4, limit=-1)
