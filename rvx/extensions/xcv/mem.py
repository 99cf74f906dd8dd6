"""XCVmem: loads and stores that step their address, or add two registers.

Where a load names one register twice, the loaded value stays: it comes back after the step has been
written, in the core's pipeline.

Several ways to write an address share a mnemonic, such as `cv.lw rd, (rs1), imm` and
`cv.lw rd, rs2(rs1)`: the further ones are aliases of instructions with a suffix of their own.
"""

from __future__ import annotations

from collections.abc import Callable

from rvx.extensions.xcv.common import extension
from rvx.isa import Memory, sext32
from rvx.isa.memory import (
    load_s8,
    load_s16,
    load_s32,
    load_u8,
    load_u16,
    store_8,
    store_16,
    store_32,
)

Xcvmem = extension("Xcvmem", "Loads and stores that step their address, or add two registers")

_Load = Callable[[Memory, int], int]
_Store = Callable[[Memory, int, int], None]

_LOADS: dict[str, tuple[_Load, str, str]] = {
    # What is loaded; funct3 of the form with a number; low bits of funct7 of those with registers.
    "lb": (load_s8, "000", "000"),
    "lh": (load_s16, "001", "001"),
    "lw": (load_s32, "010", "010"),
    "lbu": (load_u8, "100", "000"),
    "lhu": (load_u16, "101", "001"),
}
_STORES: dict[str, tuple[_Store, str]] = {
    # What is stored; funct3 of the form with a number, and low bits of funct7 of the others.
    "sb": (store_8, "000"),
    "sh": (store_16, "001"),
    "sw": (store_32, "010"),
}
_INDEXED = {"000": "100", "001": "101", "010": "110"}
"""Low bits of funct7 where the address is a sum, by those where it is stepped."""
_WHAT = {"b": "byte", "h": "halfword", "w": "word"}


def _declare_load(name: str, load: _Load, funct3: str, size: str) -> None:
    is_unsigned = name.endswith("u")
    what = f"the {_WHAT[name[1]]} at {{}}" + (", zero-extended" if is_unsigned else "")

    def stepping(rs1: int, imm: int, mem: Memory) -> tuple[int, int]:
        return sext32(rs1 + imm), load(mem, rs1)

    def stepping_by_register(rs1: int, rs2: int, mem: Memory) -> tuple[int, int]:
        return sext32(rs1 + rs2), load(mem, rs1)

    def indexed(rs1: int, rs2: int, mem: Memory) -> int:
        return load(mem, rs1 + rs2)

    Xcvmem.instruction(
        f"cv.{name} rd, (rs1), imm",
        f"imm[11:0] rs1 {funct3} rd 0001011",
        xlen=32,
        kind="load",
        writes=("rs1", "rd"),
        doc=f"rd = {what.format('rs1')}; then rs1 += imm.",
    )(stepping)
    sign = "1" if is_unsigned else "0"
    Xcvmem.instruction(
        f"cv.{name}.rrinc rd, (rs1), rs2",
        f"000{sign}{size} rs2 rs1 011 rd 0101011",
        xlen=32,
        kind="load",
        writes=("rs1", "rd"),
        doc=f"rd = {what.format('rs1')}; then rs1 += rs2. Written `cv.{name} rd, (rs1), rs2`.",
    )(stepping_by_register)
    Xcvmem.instruction(
        f"cv.{name}.rr rd, rs2:x(rs1)",
        f"000{sign}{_INDEXED[size]} rs2 rs1 011 rd 0101011",
        xlen=32,
        kind="load",
        doc=f"rd = {what.format('rs1 + rs2')}. Written `cv.{name} rd, rs2(rs1)`.",
    )(indexed)
    Xcvmem.alias(f"cv.{name} rd, (rs1), rs2", f"cv.{name}.rrinc rd, rs1, rs2", xlen=32)
    Xcvmem.alias(f"cv.{name} rd, rs2:x(rs1)", f"cv.{name}.rr rd, rs2, rs1", xlen=32)


def _declare_store(name: str, store: _Store, size: str) -> None:
    what = f"the {_WHAT[name[1]]} at {{}} = rs2"

    def stepping(rs1: int, rs2: int, imm: int, mem: Memory) -> int:
        store(mem, rs1, rs2)
        return sext32(rs1 + imm)

    def stepping_by_register(rs1: int, rs2: int, rs3: int, mem: Memory) -> int:
        store(mem, rs1, rs2)
        return sext32(rs1 + rs3)

    def indexed(rs1: int, rs2: int, rs3: int, mem: Memory) -> None:
        store(mem, rs1 + rs3, rs2)

    Xcvmem.instruction(
        f"cv.{name} rs2, (rs1), imm",
        f"imm[11:5] rs2 rs1 {size} imm[4:0] 0101011",
        xlen=32,
        kind="store",
        writes=("rs1",),
        doc=f"{what.format('rs1').capitalize()}; then rs1 += imm.",
    )(stepping)
    Xcvmem.instruction(
        f"cv.{name}.rrinc rs2, (rs1), rs3",
        f"0010{size} rs2 rs1 011 rs3 0101011",
        xlen=32,
        kind="store",
        writes=("rs1",),
        doc=f"{what.format('rs1').capitalize()}; then rs1 += rs3. "
        f"Written `cv.{name} rs2, (rs1), rs3`.",
    )(stepping_by_register)
    Xcvmem.instruction(
        f"cv.{name}.rr rs2, rs3:x(rs1)",
        f"0010{_INDEXED[size]} rs2 rs1 011 rs3 0101011",
        xlen=32,
        kind="store",
        doc=f"{what.format('rs1 + rs3').capitalize()}. Written `cv.{name} rs2, rs3(rs1)`.",
    )(indexed)
    Xcvmem.alias(f"cv.{name} rs2, (rs1), rs3", f"cv.{name}.rrinc rs2, rs1, rs3", xlen=32)
    Xcvmem.alias(f"cv.{name} rs2, rs3:x(rs1)", f"cv.{name}.rr rs2, rs3, rs1", xlen=32)


for _name, (_load, _funct3, _size) in _LOADS.items():
    _declare_load(_name, _load, _funct3, _size)
for _name, (_store, _size) in _STORES.items():
    _declare_store(_name, _store, _size)
