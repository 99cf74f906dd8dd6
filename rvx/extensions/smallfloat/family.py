"""Puts the smallfloat families together for one width of the f registers."""

from __future__ import annotations

from rvx.extensions.rv_f import F
from rvx.extensions.smallfloat.arithmetic import declare_arithmetic
from rvx.extensions.smallfloat.conversions import declare_conversions
from rvx.extensions.smallfloat.expanding import SHIFT_REGISTERS, declare_expanding
from rvx.extensions.smallfloat.layout import MODE_PLACE, Layout
from rvx.extensions.smallfloat.scalars import declare_scalars
from rvx.extensions.smallfloat.spellings import declare_spellings
from rvx.formats.minifloat import Rounding
from rvx.isa import Extension

_CONFLICTS = {
    "Q": "scalars of 8 bits are encoded like those of 128 bits",
    "Zve32x": "flb and fsb are encoded like loads and stores of vectors of bytes",
}


def make_smallfloat(
    name: str, flen: int, *, doc: str, requires: str, conflicts: dict[str, str] | None = None
) -> Extension:
    """The extension with all of its instructions, state and CSRs.

    Args:
        name: of the extension.
        flen: bits of an f register, 64 or 32.
        doc: what it is, in a sentence.
        requires: the extension of the base ISA that has registers of this width.
        conflicts: what it does not go together with, besides Q and vectors.
    """
    made = Extension(
        name,
        version="occamy-1.0",
        doc=doc,
        source="Bertaccini et al., MiniFloat-NN and ExSdotp, ARITH 2022; "
        "pulp-platform/riscv-opcodes opcodes-flt-occamy_CUSTOM; "
        "snitch_cluster hw/snitch_fp_ss/src/snitch_fp_ss.sv; cvfpu src/fpnew_sdotp_multi.sv",
        requires=(requires,),
        conflicts={**_CONFLICTS, **(conflicts or {})},
        supersedes=("Zfh", "Zfbfmin", "Zfhmin"),
        last_rounding_mode=int(Rounding.RSR),
    )
    made.state("fcsr", 1, F.states["fcsr"].doc)
    made.state(
        "sdotp_random",
        SHIFT_REGISTERS,
        "a shift register a lane, for stochastic rounding (frm 6); 0 before its first use",
    )
    made.csr("fcsr", 0x003, state="fcsr", bits=MODE_PLACE + 2, doc="fflags, frm and fmode")
    made.csr(
        "fmode",
        0x800,
        state="fcsr",
        lsb=MODE_PLACE,
        bits=2,
        doc="Alternate formats: bit 1 for sources, bit 0 for results",
    )
    layout = Layout(flen)
    declare_scalars(made, layout)
    declare_arithmetic(made, layout)
    declare_expanding(made, layout)
    declare_conversions(made, layout)
    declare_spellings(made)
    return made
