"""`.option arch` and `.attribute arch`: which ISA the code behind them is for."""

import pytest

from rvx.extensions import change_arch
from rvx.extensions.catalogue import isa_with_offers
from rvx.isa import Isa, IsaError

AS_GCC_WRITES_IT = "rv64i2p1_m2p0_a2p1_f2p2_d2p2_c2p0_zicsr2p0_zifencei2p0"


@pytest.fixture(scope="module")
def isa() -> Isa:
    return isa_with_offers("rv64gc")


def _custom(isa: Isa) -> set[str]:
    return {name for name in isa.extensions if name.startswith("X")}


def test_what_march_has_named_changes_nothing(isa: Isa) -> None:
    assert change_arch(isa, AS_GCC_WRITES_IT) is isa
    assert change_arch(isa, "rv64gc") is isa


def test_a_whole_string_decides_about_standard_extensions_and_custom_ones_stay(isa: Isa) -> None:
    smaller = change_arch(isa, "rv64imfd_zicsr")
    assert set(smaller.extensions) - _custom(smaller) == {"I", "M", "F", "D", "Zicsr"}
    gone = _custom(isa) - _custom(smaller)
    assert gone == {
        name
        for name in _custom(isa)
        if not {*isa.extensions[name].requires} <= {*smaller.extensions}
    }
    larger = change_arch(smaller, "rv64gc_zba")
    assert set(larger.extensions) == {*isa.extensions, "Zba"} - gone


@pytest.mark.parametrize("text", ["rv64imac", "-d, -f"])
def test_custom_extensions_bring_nothing_back(isa: Isa, text: str) -> None:
    without_floats = change_arch(isa, text)
    assert "sw" in without_floats.instructions
    assert "fsw" not in without_floats.instructions
    assert "Xposit" in without_floats.extensions
    assert "Xsmallfloat" not in without_floats.extensions


def test_a_custom_extension_that_is_asked_for_brings_what_it_needs(isa: Isa) -> None:
    assert "F" in change_arch(change_arch(isa, "rv64i"), "+xsmallfloat").extensions


def test_the_width_of_registers_stays(isa: Isa) -> None:
    with pytest.raises(IsaError, match="'rv32i' is for RV32, and the source is for RV64"):
        change_arch(isa, "rv32i")


def test_vector_registers_become_as_wide_as_is_asked_for(isa: Isa) -> None:
    def width(text: str, before: Isa = isa) -> int:
        vector = change_arch(before, text).vector
        assert vector is not None
        return vector.vlen

    assert width("+v") == width("+v", change_arch(isa, "+zve32x")) == 128
    assert width("+v, +zvl256b") == width("+zba", change_arch(isa, "+zvl256b, +v")) == 256
