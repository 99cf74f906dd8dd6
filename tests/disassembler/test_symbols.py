"""Symbols by address."""

from hypothesis import given
from hypothesis import strategies as st

from rvx.disassembler import Symbols
from rvx.disassembler.symbols import printable

SOME = Symbols({"start": 0x1000, "loop": 0x1008, "end": 0x1020})


def test_the_last_symbol_before_an_address_is_found() -> None:
    assert SOME.lookup(0x1000) == ("start", 0)
    assert SOME.lookup(0x1007) == ("start", 7)
    assert SOME.lookup(0x1008) == ("loop", 0)
    assert SOME.lookup(0x9999) == ("end", 0x8979)
    assert SOME.lookup(0xFFC) == ("start", -4)


def test_addresses_are_described_as_objdump_does() -> None:
    assert SOME.describe(0x1008) == "1008 <loop>"
    assert SOME.describe(0x100C) == "100c <loop+0x4>"
    assert SOME.describe(0xFFC) == "ffc <start-0x4>"
    assert Symbols().describe(0xFFC) == "0xffc"


def test_there_may_be_none() -> None:
    assert not Symbols()
    assert Symbols().lookup(5) is None
    assert SOME


def test_of_symbols_with_one_address_the_first_is_taken() -> None:
    symbols = Symbols([("a", 4), ("b", 4), ("c", 0)])
    assert symbols.at(4) == "a"
    assert symbols.at(5) is None
    assert symbols.address_of("b") == 4
    assert symbols.address_of("d") is None


@given(st.dictionaries(st.text("abc", min_size=1), st.integers(0, 100)), st.integers(0, 120))
def test_a_lookup_agrees_with_a_search(names: dict[str, int], address: int) -> None:
    found = Symbols(names).lookup(address)
    before = [value for value in names.values() if value <= address]
    if before:
        assert found is not None
        assert address - found[1] == max(before)
        assert names[found[0]] == max(before)
    elif names:
        assert found is not None
        assert address - found[1] == min(names.values())


def test_control_characters_of_names_are_shown() -> None:
    assert printable("a\x1b[31mred\n\x7f") == "a^[[31mred^J^?"
    assert printable("é main") == "é main"
