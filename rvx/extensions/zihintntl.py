"""Zihintntl: hints that what is accessed next is not needed again soon.

They are names for sums that are written to x0.
"""

from rvx.extensions.rv_c import C
from rvx.extensions.rv_i import I
from rvx.isa import Extension

Zihintntl = Extension(
    "Zihintntl",
    version="1.0",
    doc="Non-temporal locality hints",
    source='The RISC-V Instruction Set Manual, Volume I, 20240411, chapter "Zihintntl"',
    requires=("I",),
)

for _name, _register in (("p1", "sp"), ("pall", "gp"), ("s1", "tp"), ("all", "t0")):
    Zihintntl.alias(f"ntl.{_name}", f"add zero, zero, {_register}", of=I)
    Zihintntl.alias(f"c.ntl.{_name}", f"c.add zero, {_register}", of=C, is_printed=False)
