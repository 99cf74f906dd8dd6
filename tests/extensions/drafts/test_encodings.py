"""Words of the drafts as riscv-opcodes has them, at c1d9bdf of 2026-08-20, and altfmt in vtype."""

from __future__ import annotations

import pytest

from rvx.assembler import AssemblyError, assemble
from rvx.disassembler import format_instruction
from rvx.extensions import isa_for
from rvx.extensions.catalogue import DRAFTS, load

OP_V, OP_VE = 0x57, 0x77
VV, VX, ONE = 0xFC00707F, 0xFC00707F, 0xFC0FF07F
"""Masks with the register of vs1 free, and with its place taken."""


def word(funct6: int, funct3: int, opcode: int, vs1: int = 0) -> int:
    return funct6 << 26 | vs1 << 15 | funct3 << 12 | opcode


WORDS = {
    "vabd.vv": (word(0x15, 2, OP_V), VV),
    "vabd.vx": (word(0x15, 6, OP_V), VX),
    "vabdu.vv": (word(0x16, 2, OP_V), VV),
    "vabdu.vx": (word(0x16, 6, OP_V), VX),
    "vwabda.vv": (word(0x3D, 0, OP_V), VV),
    "vwabda.vx": (word(0x3D, 4, OP_V), VX),
    "vwabdau.vv": (word(0x3E, 0, OP_V), VV),
    "vwabdau.vx": (word(0x3E, 4, OP_V), VX),
    "vunzipe.v": (word(0x12, 2, OP_V, 0xB), ONE),
    "vunzipo.v": (word(0x12, 2, OP_V, 0xF), ONE),
    "vzip.vv": (word(0x3E, 2, OP_V), VV),
    "vpaire.vv": (word(0x0F, 0, OP_V), VV),
    "vpairo.vv": (word(0x0F, 2, OP_V), VV),
    "vdot4a.vv": (word(0x2C, 2, OP_V), VV),
    "vdot4a.vx": (word(0x2C, 6, OP_V), VX),
    "vdot4au.vv": (word(0x28, 2, OP_V), VV),
    "vdot4au.vx": (word(0x28, 6, OP_V), VX),
    "vdot4asu.vv": (word(0x2A, 2, OP_V), VV),
    "vdot4asu.vx": (word(0x2A, 6, OP_V), VX),
    "vdot4aus.vx": (word(0x2E, 6, OP_V), VX),
    "vfncvt.f.f.q": (word(0x12, 1, OP_V, 0x19), ONE),
    "vfncvt.sat.f.f.q": (word(0x12, 1, OP_V, 0x1B), ONE),
    "vfncvtbf16.sat.f.f.w": (word(0x12, 1, OP_V, 0x1F), ONE),
    "vfwcvtbf16.f.f.v": (word(0x12, 1, OP_V, 0x0D), ONE),
    "vfncvtbf16.f.f.w": (word(0x12, 1, OP_V, 0x1D), ONE),
    "vfext.vf2": (word(0x12, 2, OP_V, 0x16), ONE),
    "vqwdotau.vv": (word(0x26, 0, OP_VE), VV),
    "vqwdotas.vv": (word(0x27, 0, OP_VE), VV),
    "vfwdota.vv": (word(0x24, 1, OP_VE), VV),
    "vfqwdota.vv": (word(0x26, 1, OP_VE), VV),
    "vfqwdota.alt.vv": (word(0x27, 1, OP_VE), VV),
    "vqwbdotau.vv": (word(0x2E, 0, OP_VE), VV),
    "vqwbdotas.vv": (word(0x2F, 0, OP_VE), VV),
    "vfwbdota.vv": (word(0x2C, 1, OP_VE), VV),
    "vfqwbdota.vv": (word(0x2E, 1, OP_VE), VV),
    "vfqwbdota.alt.vv": (word(0x2F, 1, OP_VE), VV),
    "vfbdota.vv": (word(0x2B, 1, OP_VE), VV),
}


def test_all_words() -> None:
    found = {}
    for name in DRAFTS:
        if name.startswith(("zvt", "zvv")):
            continue  # see test_zvt.py and test_zvvm.py
        if name == "zvfbfa":
            continue  # words of V, see test_zvfbfa.py
        for made in load(name).instructions.values():
            found[made.mnemonic] = (made.pattern.match, made.pattern.mask)
    assert found == WORDS


def test_all_drafts_go_together_with_all_vectors() -> None:
    # Of Zvt and Zvvm, loads and stores of tiles are the same words.
    every = "_".join(name for name in DRAFTS if name not in ("zvvm", "zvvmtls", "zvvmttls"))
    isa = isa_for(f"rv64gcv_zvfh_zvfbfwma_zvbb_zvbc_{every}")
    assert set(WORDS) <= set(isa.instructions)


def test_altfmt_is_written_behind_the_width() -> None:
    isa = isa_for("rv64gcv_zvfofp8min")
    made = assemble("_start: vsetvli t0, a0, e8alt, m2, ta, ma\n", isa).section(".text").data
    assert int.from_bytes(made[:4], "little") >> 20 == 0x1C1
    decoded = isa.decode(int.from_bytes(made[:4], "little"))
    assert decoded is not None
    assert str(format_instruction(decoded, isa)).endswith("e8alt,m2,ta,ma")


@pytest.mark.parametrize(
    ("march", "width"), [("rv64gcv", "e8alt"), ("rv64gcv_zvfofp8min", "e16alt")]
)
def test_altfmt_needs_an_extension_that_has_it(march: str, width: str) -> None:
    with pytest.raises(AssemblyError, match=f"(?s)'{width}' is not a vtype.*altfmt.*Zvfofp8min"):
        assemble(f"_start: vsetvli t0, a0, {width}, m1, ta, ma\n", isa_for(march))
