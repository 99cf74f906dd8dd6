"""Operand values: their ranges, how they are stored, and what is refused with which sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rvx.isa import EncodingError, Extension, Operand


def operand(syntax: str, bits: str, name: str = "imm") -> Operand:
    return Extension("X", version="1").encoding(f"foo {syntax}", bits).operands[name]


SIGNED = operand("rd, rs1, imm", "imm[11:0] rs1 000 rd 0001011")
BRANCH = operand("rs1, rs2, offset", "offset[12|10:5] rs2 rs1 000 offset[4:1|11] 0001011", "offset")
UPPER = operand("rd, imm:u20", "imm[19:0] rd 0001011")
CLUI = operand("rd, imm:s20!0", "011 imm[5] rd imm[4:0] 01")
STACK = operand("rd, imm:u", "010 imm[5] rd imm[4:2|7:6] 10")
COUNT = operand("rd, imm:count", "0000000 imm[4:0] 00000 000 rd 0001011")
NONZERO = operand("rd, imm:s!0", "000 imm[5] rd imm[4:0] 01")
SHORT = operand("rd:xc", "100 0 00 rd 00000 01", "rd")
NOT_SP = operand("rd:x!2", "011 0 rd 00000 01", "rd")
MODE = operand("rd:f, rs1:f, rm", "0000000 00000 rs1 rm rd 0001011", "rm")
CSR = operand("rd, csr", "csr[11:0] 00000 000 rd 0001011", "csr")


@pytest.mark.parametrize(
    ("operand", "limits"),
    [
        (SIGNED, (-2048, 2047)),
        (BRANCH, (-4096, 4094)),
        (UPPER, (0, 0xFFFFF)),
        (STACK, (0, 252)),
        (COUNT, (1, 32)),
    ],
)
def test_ranges(operand: Operand, limits: tuple[int, int]) -> None:
    assert operand.range == limits
    for value in limits:
        assert operand.decode(operand.encode(value)) == value


@pytest.mark.parametrize(
    ("operand", "value", "sentence"),
    [
        (SIGNED, 2048, "2048 does not fit; valid is -2048 to 2047"),
        (SIGNED, -2049, "-2049 does not fit; valid is -2048 to 2047"),
        (STACK, 6, "6 does not fit; valid is 0 to 252 in multiples of 4"),
        (
            BRANCH,
            4096,
            "the distance to the target of 4096 does not fit; "
            "valid is -4096 to 4094 in multiples of 2",
        ),
        (COUNT, 0, "0 does not fit; valid is 1 to 32"),
        (NONZERO, 0, "0 is reserved here; any other value in range is valid"),
        (SHORT, 7, "register t2 cannot stand here; valid are s0, s1, a0, a1, a2, a3, a4, a5"),
        (NOT_SP, 2, "register sp cannot stand here; valid are all of x0 to x31 but sp"),
        (
            MODE,
            5,
            "rounding mode 5 is reserved; "
            "valid are rne (0), rtz (1), rdn (2), rup (3), rmm (4), dyn (7)",
        ),
        (CSR, 4096, "4096 does not fit; valid is 0 to 4095"),
        (CLUI, 32, "32 does not fit; valid is -32 to 31"),
    ],
)
def test_what_does_not_fit_is_said(operand: Operand, value: int, sentence: str) -> None:
    with pytest.raises(EncodingError) as error:
        operand.encode(value)
    assert str(error.value) == sentence


@given(st.integers(-(2**13), 2**13))
def test_signed_values_come_back_or_are_refused(value: int) -> None:
    low, high = SIGNED.range
    if low <= value <= high:
        assert SIGNED.decode(SIGNED.encode(value)) == value
    else:
        with pytest.raises(EncodingError):
            SIGNED.encode(value)


@given(st.integers(0, 2**32 - 1))
def test_decoded_values_encode_to_the_same_bits(word: int) -> None:
    for each in (SIGNED, BRANCH, UPPER, COUNT, CSR):
        assert each.encode(each.decode(word)) == word & each.field.insert(-1)


def test_upper_immediates_of_compressed_code_wrap_at_twenty_bits() -> None:
    assert {CLUI.decode(CLUI.encode(value)) for value in range(1, 32)} == set(range(1, 32))
    for value in range(0xFFFE0, 0x100000):
        assert CLUI.decode(CLUI.encode(value)) == value
    assert CLUI.encode(-1) == CLUI.encode(0xFFFFF)


def test_registers_of_short_fields_are_positions() -> None:
    assert SHORT.encode(8) == 0
    assert SHORT.decode(SHORT.encode(15)) == 15


def test_reserved_values_are_not_valid() -> None:
    assert [MODE.is_valid(value) for value in range(8)] == [True] * 5 + [False, False, True]
    assert not NONZERO.is_valid(0)
    assert not NOT_SP.is_valid(2)
    assert SHORT.is_valid(8)
