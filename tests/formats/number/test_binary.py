"""Binary formats without kernels, against gfloat's description of P3109 and ml_dtypes' formats."""

import math
from fractions import Fraction
from itertools import pairwise

import gfloat
import ml_dtypes
import numpy as np
import pytest
from gfloat.formats import format_info_p3109
from gfloat.types import Domain, Signedness

from rvx.formats.number import binary
from rvx.formats.number.catalogue import FormatError, parse


def all_of(width):
    for precision in range(1, width + 1):
        for signedness in Signedness:
            if precision < width or signedness is Signedness.Unsigned:
                for domain in Domain:
                    yield format_info_p3109(width, precision, signedness, domain)


def ours(info):
    return parse(info.name.replace("p3109_k", "binary"))


def real(value):
    names = {"NaN": math.nan, "infinity": math.inf, "-infinity": -math.inf}
    return names[value] if isinstance(value, str) else value


@pytest.mark.parametrize("width", range(3, 10))
def test_every_code_of_p3109_is_that_of_gfloat(width):
    for info in all_of(width):
        made = ours(info)
        assert made.bits == width
        for code in range(1 << width):
            theirs, value = gfloat.decode_float(info, code).fval, real(made.decode(code))
            assert theirs == value or (math.isnan(theirs) and math.isnan(value)), (info.name, code)


@pytest.mark.parametrize("width", [10, 13, 15])
def test_some_codes_of_wide_ones_are_too(width):
    last = 1 << width
    for info in all_of(width):
        if info.expBits > 10:
            continue  # gfloat computes in binary64
        made = ours(info)
        for code in {*range(0, last, last // 61), last // 2, last // 2 - 1, last - 1, last - 2}:
            theirs, value = gfloat.decode_float(info, code).fval, real(made.decode(code))
            assert theirs == value or (math.isnan(theirs) and math.isnan(value)), (info.name, code)


@pytest.mark.parametrize("width", [4, 7])
def test_rounding_is_that_of_gfloat(width):
    """At every number, every middle between two, next to it, and beyond the largest."""
    for info in all_of(width):
        made = ours(info)
        numbers = [made.decode(made.code_at(at)) for at in made.positions]
        finite = [x for x in numbers if not isinstance(x, str)]
        middles = [(a + b) / 2 for a, b in pairwise(finite)]
        beyond = [finite[-1] + (finite[-1] - finite[-2]) * f for f in (Fraction(1, 2), 1, 9)]
        tried = [*finite, *middles, *beyond, *(x * Fraction(999, 1000) for x in middles)]
        tried += [-x for x in beyond] if info.is_signed else []
        for x in tried:
            if info.precision == 1 and x > finite[-1]:
                continue  # the next power of two, of which gfloat asks the parity otherwise
            theirs = gfloat.round_float(info, float(x), sat=info.domain is Domain.Finite)
            assert real(made.decode(made.encode(x))) == theirs, (info.name, x)


@pytest.mark.parametrize(
    ("name", "theirs"), [("ue4m3", "float8_e4m3fn"), ("ue5m3", None), ("e3m0", None)]
)
def test_formats_of_few_sources(name, theirs):
    made = parse(name)
    codes = np.arange(1 << made.bits, dtype=np.uint8)
    if theirs:
        wanted = codes[:128].view(getattr(ml_dtypes, theirs)).astype(float).tolist()
        assert [real(made.decode(int(code))) for code in codes[:127]] == wanted[:127]
        assert made.decode(127) == "NaN"
        assert {made.decode(int(code)) for code in codes[128:]} == {"no code"}
    elif name == "ue5m3":
        # Twice the codes of e5m2, and a bit more of mantissa.
        wide = codes[:124].view(ml_dtypes.float8_e5m2).astype(float).tolist()
        assert [made.decode(2 * code) for code in range(124)] == wide
        assert (made.decode(0xFE), made.decode(0xFF)) == (114688, "NaN")
    else:
        wanted = [0, Fraction(1, 4), Fraction(1, 2), 1, 2, 4, 8, 16]
        assert [made.decode(code) for code in range(8)] == wanted
        assert [made.decode(code) for code in range(8, 16)] == [-x for x in wanted]
        assert made.encode(Fraction(-1, 10)) == made.minus_zero == 8


def test_the_scale_of_mx_keeps_its_name():
    assert parse("e8m0").name == parse("ue8m0").name == "float8_e8m0fnu"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("binary2p1se", "binary2p1 is no format of P3109: K is 3 to 16, and P is 1 to K - 1"),
        ("binary8p8se", "P is 1 to K - 1 where it is signed"),
        ("binary8p9ue", "P is 1 to K where it is unsigned"),
        ("ue9m3", "ue9m3 is no format"),
        ("e9m0", "e9m0 is no format"),
        ("float5_e3m0", "'float5_e3m0' says 5 bits, but its fields make 4"),
    ],
)
def test_impossible_fields_are_named(name, sentence):
    with pytest.raises(ValueError, match=sentence):
        binary.parse(name)
    with pytest.raises(FormatError, match=f"'{name}' is not a format"):
        parse(name)
