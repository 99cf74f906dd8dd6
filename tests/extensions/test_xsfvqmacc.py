"""SiFive's matrix instructions: words as LLVM has them."""

from __future__ import annotations

import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.extensions import isa_for

from .words import check_word

ISA = "rv64gcv_xsfvqmaccqoq_xsfvqmaccdod_xsfvfwmaccqqq"
FUNCT7 = {
    "sf.vqmaccu.4x8x4": 0b1111001,
    "sf.vqmacc.4x8x4": 0b1111011,
    "sf.vqmaccus.4x8x4": 0b1111101,
    "sf.vqmaccsu.4x8x4": 0b1111111,
    "sf.vqmaccu.2x8x2": 0b1011001,
    "sf.vqmacc.2x8x2": 0b1011011,
    "sf.vqmaccus.2x8x2": 0b1011101,
    "sf.vqmaccsu.2x8x2": 0b1011111,
}
WORDS = {
    "sf.vqmacc.4x8x4 v8,v4,v20": 0xF742245B,
    "sf.vqmaccu.4x8x4 v8,v4,v20": 0xF342245B,
    **{
        f"{name} v8,v4,v20": funct7 << 25 | 20 << 20 | 4 << 15 | 2 << 12 | 8 << 7 | 0x5B
        for name, funct7 in FUNCT7.items()
    },
    "sf.vfwmacc.4x4x4 v8,v4,v20": 0xF342145B,
}


@pytest.mark.parametrize("line", WORDS)
def test_words(line: str) -> None:
    check_word(line, WORDS[line], isa_for(ISA))


def test_they_are_not_run() -> None:
    isa = isa_for(ISA)
    machine = Machine(assemble("_start: sf.vqmacc.4x8x4 v8, v4, v20\n", isa), isa)
    trap = machine.run().trap
    assert trap is not None
    assert "sf.vqmacc.4x8x4" in trap.message
