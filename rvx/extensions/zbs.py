"""Zbs: single bits."""

from rvx.extensions.bitmanip import (
    SOURCE,
    clear_bit,
    declare_binary,
    declare_immediate,
    extract_bit,
    invert_bit,
    set_bit,
)
from rvx.isa import Extension

Zbs = Extension("Zbs", version="1.0", doc="Single bits", source=SOURCE, requires=("I",))

for _name, _funct7, _funct3, _operation, _meaning in (
    ("bclr", "0100100", "001", clear_bit, "rs1 with bit {} cleared"),
    ("bext", "0100100", "101", extract_bit, "bit {} of rs1"),
    ("binv", "0110100", "001", invert_bit, "rs1 with bit {} inverted"),
    ("bset", "0010100", "001", set_bit, "rs1 with bit {} set"),
):
    _doc = "rd = " + _meaning.format("rs2 mod XLEN") + "."
    declare_binary(Zbs, _name, _funct7, _funct3, _operation, _doc)
    _doc = "rd = " + _meaning.format("shamt") + "."
    declare_immediate(Zbs, _name, _funct7, _funct3, _operation, _doc)
