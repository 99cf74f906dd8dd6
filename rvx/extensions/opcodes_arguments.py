"""The arguments of riscv-opcodes: which bits they take, and what they are in assembly.

Where an argument stands is a fact of the repository's `arg_lut.csv`; how the value of a split
immediate lies in the word is that of the ISA manual. The format does not say of which file a
register is, so names of standard instructions say it here.
"""

from __future__ import annotations

import re

from rvx.isa.operands import Kind, RegisterKind
from rvx.isa.registers import X
from rvx.records import dataclass


@dataclass(frozen=True)
class Argument:
    """An argument of the format: the operand it is a part of, and the bits that it takes.

    Attributes:
        operand: the name of the operand in syntax strings.
        kind: what it is where nothing else says so.
        msb: the highest bit of the word that it takes.
        lsb: the lowest one.
        bits: how the value stands in the word, as in patterns.
    """

    operand: str
    kind: str
    msb: int
    lsb: int
    bits: str


def number(name: str, msb: int, lsb: int, kind: str = "u") -> Argument:
    """An argument that is a number of its own, stored as it is."""
    return Argument(name, kind, msb, lsb, f"{name}[{msb - lsb}:0]")


SAVED = RegisterKind("xs", X, (8, 9, *range(18, 24)))
EVEN_COMPRESSED = RegisterKind("xce", X, (8, 10, 12, 14))
EXTRA_KINDS: dict[str, Kind] = {kind.name: kind for kind in (SAVED, EVEN_COMPRESSED)}
"""Kinds of operands that only arguments of this format have."""

_REGISTERS = (
    *(("rd", "rd", "x", 11, 7), ("rs1", "rs1", "x", 19, 15), ("rs2", "rs2", "x", 24, 20)),
    *(("rs3", "rs3", "x", 31, 27), ("vd", "vd", "v", 11, 7), ("vs1", "vs1", "v", 19, 15)),
    *(("vs2", "vs2", "v", 24, 20), ("vs3", "vs3", "v", 11, 7)),
    *(("rd_rs1", "rd", "x", 11, 7), ("rd_n0", "rd", "x!0", 11, 7), ("rd_n2", "rd", "x!2", 11, 7)),
    *(("rd_rs1_n0", "rd", "x!0", 11, 7), ("rs1_n0", "rs1", "x!0", 11, 7)),
    *(("c_rs1_n0", "rs1", "x!0", 11, 7), ("c_rs2", "rs2", "x", 6, 2)),
    *(("c_rs2_n0", "rs2", "x!0", 6, 2), ("rd_p", "rd", "xc", 4, 2), ("rs2_p", "rs2", "xc", 4, 2)),
    *(("rs1_p", "rs1", "xc", 9, 7), ("rd_rs1_p", "rd", "xc", 9, 7)),
    *(("c_sreg1", "rs1", "xs", 9, 7), ("c_sreg2", "rs2", "xs", 4, 2)),
    *(("rd_p_e", "rd", "xce", 4, 3), ("rs2_p_e", "rs2", "xce", 4, 3)),
)
_PAIRS = (
    *(("rd_e", "rd", 11, 8), ("rd_n0_e", "rd", 11, 8), ("c_rs2_e", "rs2", 6, 3)),
    *(("rs2_e", "rs2", 24, 21), ("p_rd_p", "rd", 11, 8), ("p_rs1_p", "rs1", 19, 16)),
    *(("p_rs2_p", "rs2", 24, 21),),
)
_NUMBERS = (
    *(("imm2", 21, 20), ("imm3", 22, 20), ("imm4", 23, 20), ("imm5", 24, 20), ("imm6", 25, 20)),
    *(("imm8", 27, 20), ("zimm", 19, 15), ("zimm5", 19, 15), ("zimm10", 29, 20)),
    *(("zimm11", 30, 20), ("aq", 26, 26), ("rl", 25, 25), ("aqrl", 26, 25), ("fm", 31, 28)),
    *(("bs", 31, 30), ("rnum", 23, 20), ("nf", 31, 29), ("funct2", 26, 25), ("funct3", 14, 12)),
    *(("funct7", 31, 25), ("rt", 19, 15), ("rc", 29, 25), ("wd", 26, 26), ("amoop", 31, 27)),
    *(("opcode", 6, 0), ("p_w", 26, 25), ("p_w_uimm3", 22, 20), ("p_w_uimm4", 23, 20)),
    *(("p_w_uimm5", 24, 20), ("p_w_uimm6", 25, 20), ("zvt_mtd16", 11, 8), ("zvt_mtd8", 11, 9)),
    *(("c_rlist", 7, 4), ("c_spimm", 3, 2), ("c_index", 9, 2), ("c_mop_t", 10, 8)),
    *(("mop_r_t_30", 30, 30), ("mop_r_t_27_26", 27, 26), ("mop_r_t_21_20", 21, 20)),
    *(("mop_rr_t_30", 30, 30), ("mop_rr_t_27_26", 27, 26)),
)
_SPLIT = (
    *(("shamtw", "shamtw:shamt", 24, 20, "4:0"), ("shamtw4", "shamtw4:shamt", 23, 20, "3:0")),
    *(("shamtd", "shamtd:shamt", 25, 20, "5:0"), ("shamtq", "shamtq:shamt", 26, 20, "6:0")),
    *(("simm5", "imm:s", 19, 15, "4:0"), ("imm12", "imm:s", 31, 20, "11:0")),
    *(("imm12hi", "imm:s", 31, 25, "11:5"), ("imm12lo", "imm:s", 11, 7, "4:0")),
    *(("imm20", "imm:u20", 31, 12, "19:0"), ("p_imm10", "imm:s", 24, 15, "9:0")),
    *(("p_imm8", "imm:s", 23, 16, "7:0"),),
    *(("jimm20", "offset:target", 31, 12, "20|10:1|11|19:12"),),
    *(("bimm12hi", "offset:target", 31, 25, "12|10:5"),),
    *(("bimm12lo", "offset:target", 11, 7, "4:1|11"),),
    *(("zimm6hi", "zimm6:u", 26, 26, "5"), ("zimm6lo", "zimm6:u", 19, 15, "4:0")),
    *(("c_nzuimm10", "imm:u!0", 12, 5, "5:4|9:6|2|3"),),
    *(("c_uimm7hi", "imm:u", 12, 10, "5:3"), ("c_uimm7lo", "imm:u", 6, 5, "2|6")),
    *(("c_uimm8hi", "imm:u", 12, 10, "5:3"), ("c_uimm8lo", "imm:u", 6, 5, "7:6")),
    *(("c_uimm9hi", "imm:u", 12, 10, "5:4|8"), ("c_uimm9lo", "imm:u", 6, 5, "7:6")),
    *(("c_nzimm6hi", "imm:s!0", 12, 12, "5"), ("c_nzimm6lo", "imm:s!0", 6, 2, "4:0")),
    *(("c_imm6hi", "imm:s", 12, 12, "5"), ("c_imm6lo", "imm:s", 6, 2, "4:0")),
    *(("c_nzimm10hi", "imm:s!0", 12, 12, "9"), ("c_nzimm10lo", "imm:s!0", 6, 2, "4|6|8:7|5")),
    # What c.lui loads is written without its twelve low zeros.
    *(("c_nzimm18hi", "imm:s20!0", 12, 12, "5"), ("c_nzimm18lo", "imm:s20!0", 6, 2, "4:0")),
    *(("c_imm12", "offset:target", 12, 2, "11|4|9:8|10|6|7|3:1|5"),),
    *(("c_bimm9hi", "offset:target", 12, 10, "8|4:3"),),
    *(("c_bimm9lo", "offset:target", 6, 2, "7:6|2:1|5"),),
    *(("c_nzuimm5", "shamt:shamt!0", 6, 2, "4:0"), ("c_nzuimm6hi", "shamt:shamt!0", 12, 12, "5")),
    *(("c_nzuimm6lo", "shamt:shamt!0", 6, 2, "4:0"),),
    *(("c_uimm8sphi", "imm:u", 12, 12, "5"), ("c_uimm8splo", "imm:u", 6, 2, "4:2|7:6")),
    *(("c_uimm9sphi", "imm:u", 12, 12, "5"), ("c_uimm9splo", "imm:u", 6, 2, "4:3|8:6")),
    *(("c_uimm10sphi", "imm:u", 12, 12, "5"), ("c_uimm10splo", "imm:u", 6, 2, "4|9:6")),
    *(("c_uimm8sp_s", "imm:u", 12, 7, "5:2|7:6"), ("c_uimm9sp_s", "imm:u", 12, 7, "5:3|8:6")),
    *(("c_uimm10sp_s", "imm:u", 12, 7, "5:4|9:6"),),
    *(("c_uimm2", "imm:u", 6, 5, "0|1"), ("c_uimm1", "imm:u", 5, 5, "1")),
)


def _split(name: str, operand: str, msb: int, lsb: int, bits: str) -> Argument:
    written, _, kind = operand.partition(":")
    return Argument(written, kind, msb, lsb, f"{written}[{bits}]")


ARGUMENTS: dict[str, Argument] = {
    **{
        name: Argument(operand, kind, high, low, f"{operand}[{high - low}:0]")
        for name, operand, kind, high, low in _REGISTERS
    },
    **{
        name: Argument(operand, "x*2", high, low, f"{operand}[4:1]")
        for name, operand, high, low in _PAIRS
    },
    **{name: number(name, high, low) for name, high, low in _NUMBERS},
    "rm": Argument("rm", "rm", 14, 12, "rm[2:0]"),
    "vm": Argument("vm", "vm", 25, 25, "vm[0]"),
    "csr": Argument("csr", "csr", 31, 20, "csr[11:0]"),
    "pred": Argument("pred", "fence", 27, 24, "pred[3:0]"),
    "succ": Argument("succ", "fence", 23, 20, "succ[3:0]"),
    **{row[0]: _split(*row) for row in _SPLIT},
}

_FORMATS = r"(?:[shdq]|bf16|b|ab|ah)"
_FLOAT_LOAD = re.compile(r"(?:c\.)?fl[hwdq](?:sp)?")
_FLOAT_STORE = re.compile(r"(?:c\.)?fs[hwdq](?:sp)?")
_MOVED = re.compile(r"f(?:cvt|cvtmod|mv|mvh|mvp)\.(\w+)\.(\w+)")
_COMPARED = re.compile(rf"f(?:eq|lt|le|ltq|leq|class)\.{_FORMATS}")
_COMPUTED = re.compile(
    rf"f(?:add|sub|mul|div|sqrt|sgnj[nx]?|minm?|maxm?|n?madd|n?msub|round|roundnx)\.{_FORMATS}"
)
_CONSTANT = re.compile(rf"fli\.{_FORMATS}")
_INTEGERS = ("w", "wu", "l", "lu", "x")
_VECTOR_SCALAR = re.compile(r"v\w+\.(?:vf|wf|vfm|s\.f|v\.f)|vf\w*\.(?:\w+\.)?(?:vf|wf)")


def register_kinds(mnemonic: str) -> dict[str, str]:
    """Which operands of a standard instruction are f registers, or numbers, by its name."""
    if _FLOAT_LOAD.fullmatch(mnemonic):
        return {"rd": "fc" if mnemonic in ("c.flw", "c.fld") else "f"}
    if _FLOAT_STORE.fullmatch(mnemonic):
        return {"rs2": "fc" if mnemonic in ("c.fsw", "c.fsd") else "f"}
    moved = _MOVED.fullmatch(mnemonic)
    if moved:
        # In fmv.x.w, w is the width of a float; in fcvt.w.s it is an integer.
        integers = ("x",) if mnemonic.startswith("fmv") else _INTEGERS
        into, of = ("x" if part in integers else "f" for part in moved.groups())
        return {"rd": into, "rs1": of, "rs2": of}
    if _COMPARED.fullmatch(mnemonic):
        return {"rs1": "f", "rs2": "f"}
    if _COMPUTED.fullmatch(mnemonic):
        return dict.fromkeys(("rd", "rs1", "rs2", "rs3"), "f")
    if _CONSTANT.fullmatch(mnemonic):
        return {"rd": "f", "rs1": "u"}
    if mnemonic.startswith("v") and mnemonic.endswith(".f.s"):
        return {"rd": "f"}
    return {"rs1": "f"} if _VECTOR_SCALAR.fullmatch(mnemonic) else {}
