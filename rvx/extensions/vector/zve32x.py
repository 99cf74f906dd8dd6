"""Zve32x: the vector unit with integers of up to 32 bits, which all other vector extensions need.

The instructions are declared by the other modules of this folder; `rvx.extensions.vector` has all.
"""

from rvx.isa import Extension
from rvx.isa.vector.unit import VectorUnit

SOURCE = 'The RISC-V Instruction Set Manual, Volume I, "V" Standard Extension, version 1.0'

Zve32x = Extension(
    "Zve32x",
    version="1.0",
    doc="Vectors of integers of up to 32 bits",
    source=SOURCE,
    requires=("I", "Zicsr"),
    vector_unit=VectorUnit(vlen=32, elen=32),
)
