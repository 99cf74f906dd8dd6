"""Xsflt: the smallfloat encoding before Occamy's, in which bfloat16 (`ah`) has codes of its own.

That of RI5CY and CV32E40P: a scalar `ah` is an `h` with rounding field 101 (so it rounds by frm
alone), a packed one has the width code 01. The words of vfdotpex.s.h here are those of vfdotpex.h.b
in Xsmallfloat. Instructions are derived from Xsmallfloat's, less what came later and with what was
dropped; only their encoding is known here, so they assemble and disassemble, and do not run.
"""

from __future__ import annotations

import re

from rvx.extensions.xsmallfloat import Xsmallfloat
from rvx.isa import Extension, Instruction

Xsflt = Extension(
    "Xsflt",
    version="1.0",
    doc="The old smallfloat encoding with codes of its own for bfloat16, without semantics",
    source="pulp-platform/riscv-opcodes opcodes-sflt_CUSTOM",
    requires=("D",),
    conflicts={
        "Xsmallfloat": "both encode smallfloat instructions, in different ways",
        "Xsmallfloat32": "both encode smallfloat instructions, in different ways",
        "Zfbfmin": "fcvt.s.bf16 is encoded like fcvt.s.ah",
        **{name: Xsmallfloat.conflicts[name] for name in ("Q", "Zve32x")},
    },
    supersedes=("Zfh",),
)

_LATER = ("vfsum", "vfnsum", "vfdotpex", "vfndotpex")
_LATER_CONVERSIONS = frozenset(
    "fcvt.h.h fcvt.b.b vfcvt.h.h vfcvtu.h.h vfcvt.b.b vfcvtu.b.b".split()
)
_PACKED_CODES = {"s": "00", "ah": "01", "h": "10", "b": "11"}
_CONVERTS = "01000"
_THREE = "rd:f, rs1:f, rs2:f"


def _declare(name: str, operands: str, bits: str, xlen: int | None = None) -> None:
    doc = "Only its encoding is known."
    Xsflt.encoding(f"{name} {operands}", bits, xlen=xlen, kind="float", doc=doc)


def _packed(name: str, top: str, code: str, mark: str = "") -> None:
    """An instruction without counterpart in Xsmallfloat."""
    _declare(name, _THREE, f"10 {top} rs2 rs1 {'1' if mark else '0'}{code} rd 0110011")


def _declare_alternate(made: Instruction, operands: str, xlen: int | None) -> None:
    """The `ah` twin of an instruction that has one `h` in its mnemonic."""
    name = made.mnemonic.replace(".h", ".ah")
    tokens = made.pattern.text.split()
    if tokens[-1] == "0110011":
        tokens[4] = tokens[4][0] + _PACKED_CODES["ah"]
        _declare(name, operands, " ".join(tokens))
        return
    rounding = 4
    tokens[rounding] = "101" if tokens[rounding] == "rm" else f"1{tokens[rounding][1:]}"
    _declare(name, re.sub(r", rm(:\w+)?$", "", operands), " ".join(tokens), xlen)


def _declare_conversions() -> None:
    """Those from or to `ah`, which is source 6 in scalars and 5 in vectors (4 is `s`)."""
    scalar, sources = (
        f"{_CONVERTS} {{}} {{:05b}} rs1 {{}} rd 1010011",
        {"s": 0, "d": 1, "h": 2, "b": 3},
    )
    for other, code in (("s", "00"), ("d", "01"), ("h", "10"), ("b", "11")):
        rounding = "000" if other in "sd" else "rm"
        syntax = "rd:f, rs1:f" + (", rm" if rounding == "rm" else "")
        _declare(f"fcvt.{other}.ah", syntax, scalar.format(code, 6, rounding))
        _declare(f"fcvt.ah.{other}", "rd:f, rs1:f", scalar.format("10", sources[other], "101"))
    for mark, flag in (("", "0"), ("u", "1")):
        for other, code in _PACKED_CODES.items():
            if other == "ah":
                continue
            number = f"001{code}"
            into, outof = f"rs1 {flag}{_PACKED_CODES['ah']}", f"rs1 {flag}{code}"
            _declare(
                f"vfcvt{mark}.ah.{other}", "rd:f, rs1:f", f"10 01100 {number} {into} rd 0110011"
            )
            _declare(f"vfcvt{mark}.{other}.ah", "rd:f, rs1:f", f"10 01100 00101 {outof} rd 0110011")


def _declare_all() -> None:
    for made in Xsmallfloat.instructions.values():
        name = made.mnemonic
        if name.startswith(_LATER) or name in _LATER_CONVERSIONS:
            continue
        _, _, operands = made.syntax.text.partition(" ")
        xlen = made.xlens[0] if len(made.xlens) == 1 else None
        _declare(name, operands, made.pattern.text, xlen)
        is_between = name.startswith(("fcvt.", "vfcvt")) and not set(name.split(".")) & {
            *("w", "wu", "l", "lu", "x", "xu"),
        }
        if ".h" in name and not is_between:
            _declare_alternate(made, operands, xlen)
    _declare_conversions()
    for letter, code in _PACKED_CODES.items():
        for mark in ("", ".r"):
            _packed(f"vfdotp{mark}.{letter}", "01010", code, mark)
            _packed(f"vfavg{mark}.{letter}", "10110", code, mark)
            if letter != "s":
                _packed(f"vfdotpex.s{mark}.{letter}", "01011", code, mark)
    Xsflt.alias("flah rd:f, imm(rs1)", "flh rd, imm(rs1)", is_printed=False)
    Xsflt.alias("fsah rs2:f, imm(rs1)", "fsh rs2, imm(rs1)", is_printed=False)


_declare_all()
