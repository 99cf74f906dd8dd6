"""Zvfhmin: halves are converted, and nothing else."""

import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.extensions import isa_for
from rvx.isa import IsaError


def trap_of(march: str, instruction: str, sew: str = "e16"):
    isa = isa_for(march)
    source = f"_start: vsetivli zero, 4, {sew}, m1, ta, ma\n {instruction}\n li a7, 93\n ecall\n"
    return Machine(assemble(source, isa), isa).run().trap


@pytest.mark.parametrize("instruction", ["vfwcvt.f.f.v v2, v1", "vfncvt.f.f.w v1, v2"])
def test_conversions_are_there(instruction: str) -> None:
    assert trap_of("rv64gcv_zvfhmin", instruction) is None
    assert trap_of("rv64gcv_zvfh", instruction) is None
    assert trap_of("rv64gcv", instruction) is not None
    assert trap_of("rv64gcv_zvfhmin", instruction, "e32") is None
    assert trap_of("rv64imf_zve32f_zvfhmin", instruction, "e32") is not None


@pytest.mark.parametrize(
    "instruction",
    [
        "vfadd.vv v1, v2, v3",
        "vfncvt.rod.f.f.w v1, v2",
        "vfwmul.vv v2, v4, v5",
        "vfclass.v v1, v2",
    ],
)
def test_everything_else_needs_zvfh(instruction: str) -> None:
    assert trap_of("rv64gcv_zvfhmin", instruction) is not None
    assert trap_of("rv64gcv_zvfh", instruction) is None


@pytest.mark.parametrize("name", ["zvbc32e", "zvbc32e1p0"])
def test_what_is_not_there_is_a_sentence(name: str) -> None:
    with pytest.raises(IsaError) as error:
        isa_for(f"rv64gcv_{name}")
    assert "zvbc" in str(error.value)
    assert "known are" not in str(error.value)
