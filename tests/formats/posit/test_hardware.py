"""Values that the C suites of the PERCIVAL hardware expect, and its documented conversions.

The square roots of the 32-bit suite come from the log-approximate unit; a later suite of the same
operands has the exact ones. In the 64-bit suite they are square roots rounded to binary64, where
the hardware and exact rounding give other last digits: those are the ones here.
"""

from typing import Any

import pytest

from rvx.formats.posit import kernels, posit32, posit64


@pytest.mark.parametrize(
    ("operand", "root", "approximate"),
    [(0x6F10A532, 0x5F0935EA, 0x5F10A532), (0x7B9B7665, 0x6F2BF261, 0x6F36ECCA)],
)
def test_square_roots_of_posit32(compiled: Any, operand: int, root: int, approximate: int) -> None:
    assert compiled(posit32.sqrt, operand) == root
    assert compiled(posit32.approximate_sqrt, operand) == approximate


@pytest.mark.parametrize(
    ("operand", "root", "through_binary64"),
    [
        (0x7DA0ACC49D84DC98, 0x732B3FA425945DCD, 0x732B3FA425945DC0),
        (0x7A32737B4D5FBA30, 0x6C605E1F5731CD47, 0x6C605E1F5731CD40),
    ],
)
def test_square_roots_of_posit64(
    compiled: Any, operand: int, root: int, through_binary64: int
) -> None:
    assert compiled(posit64.sqrt, operand) == root
    value = compiled(posit64.to_f64, operand)
    import struct

    (number,) = struct.unpack("<d", struct.pack("<Q", value))
    (word,) = struct.unpack("<Q", struct.pack("<d", number**0.5))
    assert compiled(posit64.from_f64, word) == through_binary64


@pytest.mark.parametrize("name", ["posit32", "posit64"])
def test_words_where_hardware_and_standard_differ(compiled: Any, name: str) -> None:
    from rvx.formats.posit import parse

    space = kernels(parse(name))
    nar, one = space.FORMAT.nar, space.FORMAT.one
    minus_one = -one & space.FORMAT.mask
    for width in (32, 64):
        top = 1 << (width - 1)
        for operand in (nar, minus_one, space.FORMAT.maxpos):
            signed = top if operand != minus_one else (1 << width) - 1
            assert compiled(getattr(space, f"to_i{width}"), operand) % (1 << width) == signed
            assert compiled(getattr(space, f"to_u{width}"), operand) == top
            assert compiled(getattr(space, f"to_u{width}_percival"), operand) == 0
        assert compiled(getattr(space, f"from_i{width}"), top, bits=space.FORMAT.n) == nar
        assert compiled(getattr(space, f"from_u{width}"), top, bits=space.FORMAT.n) == nar
        power = compiled(getattr(space, f"from_u{width}_percival"), top, bits=space.FORMAT.n)
        assert compiled(getattr(space, f"to_u{width}"), power) == top


def test_mitchell_of_numbers_below_one(compiled: Any) -> None:
    # The hardware's approximate root of a number in (0, 1) is maxpos, which is a fault.
    quarter = posit32.ONE - (2 << 27)
    assert compiled(posit32.to_f32, quarter) == 0x3E800000
    assert compiled(posit32.approximate_sqrt, quarter) == posit32.ONE - (1 << 27)
