"""Xssr and Xfrep are encoded as published, and stay apart from what shares their opcodes."""

from __future__ import annotations

import pytest

from rvx.assembler import assemble
from rvx.disassembler import format_instruction
from rvx.extensions import isa_for, load
from rvx.extensions.xposit import CORES
from rvx.isa import EncodingError, IsaError

ISA = isa_for("rv64gc_xssr_xfrep")

# pulp-platform/snitch_cluster, riscv_instr.sv: mask and match.
PUBLISHED = {
    "frep.o": (0x000000FF, 0x0000008B),
    "frep.i": (0x000000FF, 0x0000000B),
    "scfgri": (0x000FF07F, 0x0000102B),
    "scfgwi": (0x00007FFF, 0x0000202B),
    "scfgr": (0xFE0FF07F, 0x0000902B),
    "scfgw": (0xFE007FFF, 0x000020AB),
}


@pytest.mark.parametrize("mnemonic", PUBLISHED)
def test_masks_and_matches(mnemonic: str) -> None:
    pattern = ISA.instructions[mnemonic].pattern
    assert (pattern.mask, pattern.match) == PUBLISHED[mnemonic]


def words(text: str) -> list[int]:
    data = assemble(f".option norvc\n_start: {text}\n", ISA).section(".text").data
    return [int.from_bytes(data[i : i + 4], "little") for i in range(0, len(data), 4)]


def test_the_operand_of_frep_is_the_number_of_instructions() -> None:
    # As banshee prints it: 0x0007598b is frep.o a4, 1, 5, 9.
    assert words("frep.o a4, 1, 5, 9") == [0x0007598B]
    assert words("frep.o.raw a4, 0, 5, 9") == [0x0007598B]
    decoded = ISA.decode(0x0007598B)
    assert decoded is not None
    assert format_instruction(decoded, ISA).split() == ["frep.o", "a4,1,5,9"]


def test_numbers_that_do_not_fit_their_fields() -> None:
    made = ISA.instructions["frep.o"]
    for name, value, valid in (("n", 0, "1 to 4096"), ("stagger_max", 8, "0 to 7")):
        values = {"rs1": 5, "n": 1, "stagger_max": 0, "stagger_mask": 0} | {name: value}
        with pytest.raises(EncodingError, match=rf"{value} does not fit; valid is {valid}"):
            made.encode(values)


def test_streams_are_enabled_by_name_or_number() -> None:
    assert words("csrsi ssr, 1\n csrci 0x7c0, 1") == [0x7C00E073, 0x7C00F073]


@pytest.mark.parametrize("name", CORES)
def test_frep_excludes_posits_in_custom_0_only(name: str) -> None:
    march = f"rv64gc_{name.lower()}_xfrep"
    if name.startswith("Xposit1"):
        assert {name, "Xfrep"} <= set(isa_for(march).extensions)
    else:
        with pytest.raises(IsaError, match=f"Xfrep and {name} cannot be loaded together"):
            isa_for(march)


def test_frep_replaces_posits_in_the_default() -> None:
    isa = isa_for(extra=[load("xfrep")])
    assert "Xfrep" in isa.extensions
    assert "Xposit" not in isa.extensions
    assert "Xssr" in isa_for().extensions
