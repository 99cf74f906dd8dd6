"""What holds for every format, whatever its codes look like."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from rvx.formats.number.array import Arrays
from rvx.formats.number.catalogue import OTHERS, FormatError, parse
from rvx.formats.number.format import Format
from rvx.formats.number.own import Codec, CodecError, named
from rvx.formats.number.table import TERNARY

SMALL = [
    *"posit8 posit7e0 posit9e4 fp8 e4m3fn e4m3b11fnuz fp4_e2m1 e8m0 int4 uint5 ternary".split(),
    *"binary6p3sf binary7p1ue binary5p5uf ue4m3 ue5m3 e3m0 takum8 lintakum9 lns8f3 lns7f0".split(),
]


def order_of(made):
    """Codes with numbers, ascending, without a second zero."""
    first = {}
    for code in range(1 << made.bits):
        value = made.decode(code)
        if isinstance(value, Fraction):
            first.setdefault(value, code)
    return sorted(first.items())


@pytest.mark.parametrize("name", SMALL)
def test_positions_are_the_order_of_the_numbers(name):
    made = parse(name)
    found = [(made.decode(made.code_at(at)), made.code_at(at)) for at in made.positions]
    assert [pair for pair in found if isinstance(pair[0], Fraction)] == order_of(made)
    for at in made.positions:
        assert made.position_of(made.code_at(at)) == at
    assert sum(size for _, size in made.fields(1)) == made.bits


@pytest.mark.parametrize("name", SMALL)
def test_searching_gives_what_the_family_rounds_to(name):
    """Posits and minifloats have references of their own, beside the search for the position."""
    made = parse(name)
    if name == "e8m0":
        return  # a scale: zero and what is negative are NaN there
    values = [value for value, _ in order_of(made)]
    steps = range(-made.bits - 3, made.bits + 4)
    sevenths = [Fraction(3, 7) * Fraction(2) ** k for k in steps]
    tried = [*values, *sevenths, *(-x for x in sevenths)]
    for low, high in pairwise(values):
        tried += [(low + high) / 2, (2 * low + high) / 3, (low + 9 * high) / 10]
    for wanted in tried:
        code, searched = made.encode(wanted), Format.encode(made, wanted)
        # What overflows to NaN is saturated by searching.
        if made.position_of(code) is not None:
            assert made.decode(searched) == made.decode(code), wanted
        at = made.position_of(searched)
        assert at == made.positions[0] or made.is_above(wanted, at - 1)
        assert at == made.positions[-1] or not made.is_above(wanted, at)


@pytest.mark.parametrize("name", [n for n in SMALL if n not in ("e8m0",)])
def test_arrays_are_rounded_as_numbers_are(name):
    made = parse(name)
    arrays = Arrays(made)
    rng = np.random.default_rng(5)
    numbers = np.concatenate([rng.standard_normal(150), np.exp2(rng.uniform(-20, 20, 150)), [0.0]])
    edges = [float(made.boundary(at)) for at in made.positions[:-1:7]]
    numbers = np.concatenate([numbers, -numbers, edges, np.nextafter(edges, 1e300)])
    codes = arrays.encode(numbers).tolist()
    for x, code in zip(numbers.tolist(), codes, strict=True):
        assert code == Format.encode(made, Fraction(x)), x
    values = arrays.decode(np.array(codes)).tolist()
    infinities = {"infinity": float("inf"), "-infinity": -float("inf")}
    exact = [made.decode(code) for code in codes]
    assert values == [infinities[v] if isinstance(v, str) else float(v) for v in exact]


def test_tables_are_for_few_codes():
    with pytest.raises(ValueError, match="takum32 has 32 bits; tables are for at most 16"):
        Arrays(parse("takum32"))


def test_ternary_digits_are_clipped():
    codes = [TERNARY.encode(Fraction(x, 4)) for x in (-9, -3, -2, -1, 0, 2, 3, 9)]
    assert codes == [3, 3, 0, 0, 0, 0, 1, 1]


@pytest.mark.parametrize("name", OTHERS)
def test_names_lead_back(name):
    made = parse(name)
    assert parse(made.name) == made == parse(name.upper())


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("binary8p3", "binary8p3se"),
        ("p3109_k8p3uf", "binary8p3uf"),
        ("takum_linear16", "lintakum16"),
        ("linear_takum12", "lintakum12"),
        ("lns<16,8>", "lns16f8"),
        ("lns16", "lns16f8"),
        ("float4_e3m0", "float4_e3m0fn"),
        ("posit<24,1>", "posit24e1"),
    ],
)
def test_other_spellings(written, name):
    assert parse(written).name == name


@pytest.mark.parametrize(
    "name", ["takum5", "takum65", "linear_takum_linear16", "lns2", "lns64f8", "p"]
)
def test_what_there_is_not(name):
    with pytest.raises(FormatError, match=f"'{name}' is not a format; there are posit8 "):
        parse(name)


HALVES = Codec(6, lambda x: np.rint(2 * x).astype(np.int64), lambda c: (c - 64 * (c > 31)) / 2)


def test_a_users_codec_is_a_format():
    made = parse("halves", {"halves": HALVES})
    assert (made.name, made.bits) == ("halves", 6)
    assert made.encode(Fraction(-3, 2)) == 61
    assert made.decode(61) == Fraction(-3, 2)
    assert made.decode(made.code_at(made.positions[0])) == -16
    with pytest.raises(FormatError, match="ternary, halves, and of blocks"):
        parse("thirds", {"halves": HALVES})


def test_wide_codecs_have_no_order():
    wide = named(
        "fixed", Codec(64, lambda x: np.rint(x * 2**20).astype(np.int64), lambda c: c / 2**20)
    )
    assert wide.encode(Fraction(-1)) == 2**64 - 2**20
    assert wide.decode(2**64 - 2**20) == -1
    assert len(wide.positions) == 0
    with pytest.raises(CodecError, match="the order of the codes of fixed is not known"):
        wide.code_at(0)


def test_codecs_of_impossible_widths_are_refused():
    with pytest.raises(CodecError, match="codes of 65 bits; valid are 1 to 64"):
        Codec(65, HALVES.encode, HALVES.decode)


def test_values_that_are_no_numbers_have_names():
    made = named(
        "odd",
        Codec(2, lambda x: x.astype(int), lambda c: np.array([0, np.inf, -np.inf, np.nan])[c]),
    )
    assert [made.decode(code) for code in range(4)] == [0, "infinity", "-infinity", "NaN"]
