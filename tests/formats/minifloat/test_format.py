"""Formats as values: published constants, names, refusals."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from itertools import pairwise

import pytest

from rvx.formats.minifloat import (
    E2M1,
    E2M3,
    E3M2,
    E4M3FN,
    E8M0,
    FORMATS,
    FP8,
    FP8ALT,
    FP16,
    FP16ALT,
    FP32,
    FP64,
    Flavour,
    Minifloat,
    Overflow,
    exact,
    parse,
    stochastic,
)


def number(fmt: Minifloat, code: int) -> Fraction:
    return exact.decode(fmt, code).value


@pytest.mark.parametrize(
    ("fmt", "bias", "max_finite", "largest", "min_normal", "subnormal", "infinity", "nan"),
    [
        (FP8, 15, 0x7B, 57344, -14, -16, 0x7C, 0x7E),
        (FP8ALT, 7, 0x77, 240, -6, -9, 0x78, 0x7C),
        (FP16, 15, 0x7BFF, 65504, -14, -24, 0x7C00, 0x7E00),
        (FP16ALT, 127, 0x7F7F, 255 * 2**120, -126, -133, 0x7F80, 0x7FC0),
        (FP32, 127, 0x7F7FFFFF, (2**24 - 1) * 2**104, -126, -149, 0x7F800000, 0x7FC00000),
        (FP64, 1023, 0x7FEF << 48 | 0xFFFF_FFFF_FFFF, None, -1022, -1074, 0x7FF << 52, 0xFFF << 51),
        (E4M3FN, 7, 0x7E, 448, -6, -9, None, 0x7F),
        (E3M2, 3, 0x1F, 28, -2, -4, None, None),
        (E2M3, 1, 0x1F, Fraction(15, 2), 0, -3, None, None),
        (E2M1, 1, 0x7, 6, 0, -1, None, None),
        (E8M0, 127, 0xFE, 2**127, -127, -127, None, 0xFF),
    ],
    ids=str,
)
def test_published_constants(
    fmt: Minifloat,
    bias: int,
    max_finite: int,
    largest: Fraction | int | None,
    min_normal: int,
    subnormal: int,
    infinity: int | None,
    nan: int | None,
) -> None:
    assert (fmt.bias, fmt.max_finite, fmt.infinity, fmt.nan) == (bias, max_finite, infinity, nan)
    assert number(fmt, max_finite) == (Fraction(sys.float_info.max) if largest is None else largest)
    assert number(fmt, fmt.min_normal) == Fraction(2) ** min_normal
    assert number(fmt, 0 if fmt is E8M0 else 1) == Fraction(2) ** subnormal
    assert (fmt.emin, fmt.lsb_min) == (min_normal, subnormal)
    assert Fraction(2) ** fmt.emax <= number(fmt, max_finite) < Fraction(2) ** (fmt.emax + 1)


def test_signalling_codes_of_fp8() -> None:
    kinds = {code: exact.decode(FP8, code).kind for code in range(0x7C, 0x80)}
    assert kinds == {
        0x7C: exact.Kind.INFINITY,
        0x7D: exact.Kind.SIGNALLING,
        0x7E: exact.Kind.QUIET,
        0x7F: exact.Kind.QUIET,
    }
    signalling = [c for c in range(128) if exact.decode(FP8ALT, c).kind is exact.Kind.SIGNALLING]
    assert signalling == [0x79, 0x7A, 0x7B]


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=str)
def test_numbers_grow_with_codes_and_round_to_themselves(fmt: Minifloat) -> None:
    last = 1 << min(fmt.bits - fmt.is_signed, 12)
    codes = [code for code in range(last) if code <= fmt.max_finite]
    values = [number(fmt, code) for code in codes]
    assert all(low < high for low, high in pairwise(values))
    for code, value in zip(codes, values, strict=True):
        for rm in range(6):
            assert exact.round_to(fmt, value, False, rm) == (code, 0)


@pytest.mark.parametrize("name", FORMATS)
def test_names_are_read_back(name: str) -> None:
    fmt = FORMATS[name]
    assert parse(name) is fmt
    assert parse(str(fmt)) == fmt
    assert parse(f" {name.upper()} ") == fmt


@pytest.mark.parametrize(
    ("name", "fmt"),
    [
        ("float8_e4m3", FP8ALT),
        ("float8_e4m3fn", E4M3FN),
        ("float8_e5m2", FP8),
        ("e5m2", FP8),
        ("bfloat16", FP16ALT),
        ("half", FP16),
        ("double", FP64),
        ("float4_e2m1fn", E2M1),
        ("ue8m0", E8M0),
        ("fp8_e4m3", FP8ALT),
        ("e3m4b5fnuz", Minifloat(3, 4, Flavour.FNUZ, 5)),
        ("float6_e3m2nan", Minifloat(3, 2, Flavour.FN)),
        ("float16_e6m9finite", Minifloat(6, 9, Flavour.FINITE)),
    ],
)
def test_aliases(name: str, fmt: Minifloat) -> None:
    assert parse(name) == fmt
    assert parse(fmt.name) == fmt


def test_a_usual_bias_makes_no_other_format() -> None:
    assert Minifloat(4, 3, Flavour.IEEE, 7) == FP8ALT
    assert Minifloat(4, 3, Flavour.FNUZ, 8) == Minifloat(4, 3, Flavour.FNUZ)
    assert hash(Minifloat(4, 3, excess=7)) == hash(FP8ALT)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("fp9", "'fp9' is no minifloat format; valid are fp8, fp8alt"),
        ("e4m3xyz", "'e4m3xyz' is no minifloat format"),
        ("float8_e4m4", "'float8_e4m4' says 8 bits, but its fields make 9"),
        ("e12m3", "an exponent field of 12 bits is not supported; valid are 1 to 11 bits"),
        ("e5m53", "a mantissa field of 53 bits is not supported; valid are 1 to 52 bits"),
        ("e5m0", "a mantissa field of 0 bits is not supported"),
        ("e8m1fnu", "a scale format has no mantissa field, but 1 bits were asked for"),
        ("e11m52fn", "reach from 2\\^-1074 to 2\\^1024; valid are formats within float64"),
        ("e5m2b2000", "the numbers of float8_e5m2b2000 reach from 2\\^-2001"),
    ],
)
def test_impossible_formats(name: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(name)


def test_overflow_policies() -> None:
    assert FP8.natural_overflow is Overflow.INFINITY
    assert E4M3FN.natural_overflow is Overflow.NAN
    assert E2M1.natural_overflow is Overflow.SATURATE
    assert FP8.overflow_policy(Overflow.NAN) is Overflow.NAN
    message = "float4_e2m1fn cannot overflow to nan, which it has no code for; its natural"
    with pytest.raises(ValueError, match=message):
        E2M1.overflow_policy(Overflow.NAN)


def test_stochastic_arguments() -> None:
    assert stochastic(0) == 6
    assert stochastic(4095) == 6 | 4095 << 3
    with pytest.raises(ValueError, match=r"4096 is no random number .* valid are 0 to 4095"):
        stochastic(4096)


def test_codes_outside_the_format() -> None:
    with pytest.raises(ValueError, match="0x100 is no code of float8_e5m2; valid are 0 to 0xff"):
        exact.decode(FP8, 256)
    with pytest.raises(ValueError, match="7 is no rounding mode"):
        exact.round_to(FP8, Fraction(1, 3), False, 7)


def test_import_leaves_numba_and_numpy_alone() -> None:
    program = (
        "import sys, rvx.formats.minifloat as m\n"
        "from rvx.formats.minifloat import scalar\n"
        "scalar.make_exsdotp(m.FP16, m.FP32)\n"
        "print(sorted({'numba', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
