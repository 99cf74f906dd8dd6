"""Loads, stores and moves of numbers of 16 and 8 bits, which Zfh and others share."""

from __future__ import annotations

from typing import Any

from rvx.isa import Extension, Memory, memory, sext

_CODES = {16: ("001", "10"), 8: ("000", "11")}
"""Width in loads and stores, and in arithmetic."""
_NAMES = {16: "half-precision", 8: "quarter-precision"}


def declare_storage(extension: Extension, letter: str, bits: int) -> None:
    """Declares the load, the store, and the moves from and to x registers.

    Args:
        extension: takes the instructions.
        letter: the width in mnemonics.
        bits: 16 or 8.
    """
    width, code = _CODES[bits]
    load = memory.load_u16 if bits == 16 else memory.load_u8
    store = memory.store_16 if bits == 16 else memory.store_8
    above, mask = -1 << bits, (1 << bits) - 1
    what = _NAMES[bits]

    def load_body(rs1: int, imm: int, mem: Memory) -> int:
        return load(mem, rs1 + imm) | above

    def store_body(rs1: int, rs2: int, imm: int, mem: Memory) -> None:
        store(mem, rs1 + imm, rs2)

    def to_x_body(rs1: int) -> int:
        return sext(rs1, bits)

    def from_x_body(rs1: int) -> int:
        return rs1 & mask | above

    def declare(syntax: str, pattern: str, kind: str, doc: str, body: Any) -> None:
        extension.instruction(syntax, pattern, kind=kind, doc=doc)(body)

    declare(
        f"fl{letter} rd:f, imm(rs1)",
        f"imm[11:0] rs1 {width} rd 0000111",
        "load",
        f"rd = the {what} number at rs1 + imm.",
        load_body,
    )
    declare(
        f"fs{letter} rs2:f, imm(rs1)",
        f"imm[11:5] rs2 rs1 {width} imm[4:0] 0100111",
        "store",
        f"Stores the low {bits} bits of rs2 at rs1 + imm.",
        store_body,
    )
    declare(
        f"fmv.x.{letter} rd, rs1:f",
        f"11100 {code} 00000 rs1 000 rd 1010011",
        "float",
        f"rd = the low {bits} bits of rs1, sign-extended.",
        to_x_body,
    )
    declare(
        f"fmv.{letter}.x rd:f, rs1",
        f"11110 {code} 00000 rs1 000 rd 1010011",
        "float",
        f"rd = the low {bits} bits of rs1.",
        from_x_body,
    )
