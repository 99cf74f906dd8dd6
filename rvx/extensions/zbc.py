"""Zbc and Zbkc: multiplication without carries."""

from rvx.extensions.bitmanip import (
    CRYPTOGRAPHY,
    SOURCE,
    carryless_high,
    carryless_low,
    carryless_reversed,
    declare_binary,
)
from rvx.isa import Extension

Zbc = Extension(
    "Zbc",
    version="1.0",
    doc="Carry-less multiplication",
    source=SOURCE,
    requires=("I",),
    supersedes=("Zbkc",),
)
Zbkc = Extension(
    "Zbkc",
    version="1.0",
    doc="Carry-less multiplication for cryptography",
    source=CRYPTOGRAPHY,
    requires=("I",),
)

for _extension in (Zbc, Zbkc):
    for _name, _funct3, _operation, _what in (
        ("clmul", "001", carryless_low, "low XLEN bits"),
        ("clmulh", "011", carryless_high, "high XLEN bits"),
        ("clmulr", "010", carryless_reversed, "XLEN bits from bit XLEN - 1 on"),
    ):
        if _extension is Zbkc and _name == "clmulr":
            continue
        declare_binary(
            _extension,
            _name,
            "0000101",
            _funct3,
            _operation,
            f"rd = the {_what} of the carry-less product of rs1 and rs2.",
            kind="mul",
        )
