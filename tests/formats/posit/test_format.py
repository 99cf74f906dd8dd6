"""The format as a value: the standard's table of constants, names, and what is refused."""

from fractions import Fraction

import pytest

from rvx.formats.posit import POSIT8, POSIT16, POSIT32, POSIT64, Posit, exact, kernels, parse


@pytest.mark.parametrize(
    ("fmt", "max_scale", "fraction_bits", "int_max", "quire_bits", "quire_scale"),
    [
        (POSIT8, 24, 3, 16, 128, -48),
        (POSIT16, 56, 11, 1024, 256, -112),
        (POSIT32, 120, 27, 2**23, 512, -240),
        (POSIT64, 248, 59, 2**48, 1024, -496),
    ],
)
def test_constants_of_the_standard(
    fmt: Posit, max_scale: int, fraction_bits: int, int_max: int, quire_bits: int, quire_scale: int
) -> None:
    assert fmt.max_scale == max_scale == 4 * fmt.n - 8
    assert fmt.fraction_bits == fraction_bits
    assert fmt.int_max == int_max == 2 ** (4 * (fmt.n - 3) // 5)
    assert fmt.quire_bits == quire_bits == 16 * fmt.n
    assert fmt.quire_scale == quire_scale == 16 - 8 * fmt.n
    assert exact.decode(fmt.maxpos, fmt) == Fraction(2) ** max_scale
    assert exact.decode(fmt.minpos, fmt) == Fraction(2) ** -max_scale
    assert exact.decode(fmt.one, fmt) == 1
    assert exact.decode(fmt.nar, fmt) is None


@pytest.mark.parametrize("fmt", [Posit(n, es) for n in range(3, 15) for es in range(5)], ids=str)
def test_int_max_by_enumeration(fmt: Posit) -> None:
    values = {exact.decode(bits, fmt) for bits in range(fmt.nar)}
    largest = 0
    while largest + 1 in values:
        largest += 1
    assert fmt.int_max == largest


@pytest.mark.parametrize(
    ("name", "fmt"),
    [
        ("posit8", POSIT8),
        ("Posit<16>", POSIT16),
        ("posit<16,1>", Posit(16, 1)),
        ("posit16e1", Posit(16, 1)),
        ("posit16_1", Posit(16, 1)),
        ("posit<12, 0>", Posit(12, 0)),
    ],
)
def test_names(name: str, fmt: Posit) -> None:
    assert parse(name) == fmt
    assert parse(str(fmt)) == fmt


@pytest.mark.parametrize("name", ["float16", "posit", "posit16e", "16", "posit8x"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"'{name}' is not a posit format; write posit8"):
        parse(name)


def test_sizes_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="a posit of 2 bits is not supported: n must be 3 to 128"):
        Posit(2)
    with pytest.raises(ValueError, match="es=5 is not supported: es must be 0 to 4"):
        Posit(16, 5)
    with pytest.raises(ValueError, match="posit65 has no compiled kernels"):
        kernels(Posit(65))
