"""Bit patterns: what is read, what is refused, and that fields store what they are given."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rvx.isa import DeclarationError, Pattern, parse_pattern


def test_fixed_bits_make_mask_and_match() -> None:
    pattern = parse_pattern("0000000 rs2 rs1 000 rd 0110011")
    assert pattern.mask == 0xFE00707F
    assert pattern.match == 0x33
    assert pattern.default == 0x33
    assert list(pattern.fields) == ["rs2", "rs1", "rd"]
    assert pattern.size == 4


def test_loose_bits_are_encoded_and_not_compared() -> None:
    pattern = parse_pattern("(0101) 000000000000 (111) 000000 0001011")
    assert pattern.default == 0x5000E00B
    assert pattern.matches(0x0000000B)
    assert pattern.matches(0xF000000B)
    assert not pattern.matches(0x0001000B)


def test_split_immediates_are_put_together() -> None:
    field = parse_pattern("imm[12|10:5] rs2 rs1 000 imm[4:1|11] 1100011").fields["imm"]
    assert field.width == 13
    assert field.lsb == 1
    assert field.insert(-2) == 0xFE000F80
    assert field.extract(0x80000000) == 1 << 12
    assert field.extract(0x00000080) == 1 << 11
    assert field.extract(0x02000000) == 1 << 5


def test_sixteen_bits_are_a_word_too() -> None:
    assert parse_pattern("000 imm[5] rd imm[4:0] 01").bits == 16


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "0000000 rs2 rs1 000 rd 011001",
            "pattern '0000000 rs2 rs1 000 rd 011001' is 31 bits wide (7 + 5 + 5 + 3 + 5 + 6); "
            "an instruction has 16, 32, 48 or 64",
        ),
        (
            "0000002 rs2 rs1 000 rd 0110011",
            "pattern '0000002 rs2 rs1 000 rd 0110011': '0000002' is neither bits such as 0110, "
            "nor (01), nor a field such as rd or imm[11:0]",
        ),
        (
            "imm rs1 000 rd 0110011",
            "pattern 'imm rs1 000 rd 0110011': the width of field 'imm' is not known; "
            "write its bits, such as imm[4:0]",
        ),
        (
            "imm[4:0] imm[5:0] 0 rs1 000 rd 0110011",
            "pattern 'imm[4:0] imm[5:0] 0 rs1 000 rd 0110011' stores a bit of 'imm' twice, "
            "in [5:0]",
        ),
        ("imm[0:11] rs1 000 rd 0110011", "bits '0:11' of 'imm[0:11]'"),
        ("imm[11:0|] rs1 000 rd 0110011", "bits '' of 'imm[11:0|]'"),
    ],
)
def test_what_is_wrong_is_said(text: str, sentence: str) -> None:
    with pytest.raises(DeclarationError) as error:
        parse_pattern(text)
    assert str(error.value).endswith(sentence)


@st.composite
def patterns(draw: st.DrawFn) -> str:
    """Patterns of 32 bits, of fixed and loose runs and the pieces of two fields."""
    left, tokens = 30, []
    at = {"foo": 0, "bar": 0}
    while left:
        width = draw(st.integers(1, min(left, 9)))
        kind = draw(st.sampled_from(["fixed", "loose", "foo", "bar"]))
        if kind in at:
            tokens.append(f"{kind}[{at[kind] + width - 1}:{at[kind]}]")
            at[kind] += width
        else:
            bits = f"{draw(st.integers(0, 2**width - 1)):0{width}b}"
            tokens.append(bits if kind == "fixed" else f"({bits})")
        left -= width
    tokens.append("11")
    # Fixed bits that end so are those of a longer word, which is refused.
    assume(not "".join(tokens).endswith("11111"))
    return " ".join(tokens)


@given(patterns(), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_fields_are_disjoint_and_keep_their_values(text: str, foo: int, bar: int) -> None:
    pattern = parse_pattern(text)
    values = {"foo": foo, "bar": bar}
    word = pattern.default
    for name, field in pattern.fields.items():
        assert field.insert(-1) & (pattern.mask | pattern.default) == 0
        word |= field.insert(values[name])
    assert pattern.matches(word)
    for name, field in pattern.fields.items():
        assert field.extract(word) == values[name] & (1 << field.width) - 1


@given(patterns(), patterns(), st.integers(0, 2**32 - 1))
def test_two_patterns_overlap_if_a_word_matches_both(one: str, two: str, word: int) -> None:
    first, second = parse_pattern(one), parse_pattern(two)
    if first.matches(word) and second.matches(word):
        assert first.overlaps(second)
    assert first.overlaps(second) == second.overlaps(first)
    if first.overlaps(second):
        both = first.match | second.match
        assert first.matches(both)
        assert second.matches(both)


def test_patterns_of_different_width_do_not_overlap() -> None:
    short: Pattern = parse_pattern("0000000000000010")
    assert not short.overlaps(parse_pattern("(0000000000000000) (0000000000000010)"))
