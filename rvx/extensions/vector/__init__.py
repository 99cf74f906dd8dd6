"""V, and the smaller vector extensions Zve32x to Zve64d that it is made of.

A file holds one chapter of the manual. Zve32x declares the instructions of integers, Zve32f those
of floats; the wider extensions add no instructions, but wider elements.
"""

from rvx.extensions.vector import (
    bfloat,
    bits,
    config,
    cryptography,
    fixed_point,
    floating,
    integer,
    masks,
    memory,
    permutations,
    reductions,
)
from rvx.extensions.vector.bfloat import Zvfbfmin, Zvfbfwma
from rvx.extensions.vector.bits import Zvbb, Zvbc, Zvkb
from rvx.extensions.vector.cryptography import Zvkg, Zvkned, Zvknha, Zvknhb, Zvksed, Zvksh
from rvx.extensions.vector.floating import Zve32f
from rvx.extensions.vector.zve32x import SOURCE, Zve32x
from rvx.isa import Extension
from rvx.isa.vector.state import CONVERTED_HALVES
from rvx.isa.vector.unit import VectorUnit

__all__ = [
    "V",
    "Zvbb",
    "Zvbc",
    "Zve32f",
    "Zve32x",
    "Zve64d",
    "Zve64f",
    "Zve64x",
    "Zvfbfmin",
    "Zvfbfwma",
    "Zvfh",
    "Zvfhmin",
    "Zvkb",
    "Zvkg",
    "Zvkned",
    "Zvknha",
    "Zvknhb",
    "Zvksed",
    "Zvksh",
    "bfloat",
    "bits",
    "config",
    "cryptography",
    "fixed_point",
    "floating",
    "integer",
    "masks",
    "memory",
    "permutations",
    "reductions",
]

Zve64x = Extension(
    "Zve64x",
    version="1.0",
    doc="Vectors of integers of up to 64 bits",
    source=SOURCE,
    requires=("Zve32x",),
    vector_unit=VectorUnit(vlen=64, elen=64),
)
Zve64f = Extension(
    "Zve64f",
    version="1.0",
    doc="Vectors of integers of up to 64 bits and of single-precision floats",
    source=SOURCE,
    requires=("Zve64x", "Zve32f"),
)
Zve64d = Extension(
    "Zve64d",
    version="1.0",
    doc="Vectors of integers and floats of up to 64 bits",
    source=SOURCE,
    requires=("Zve64f", "D"),
    vector_unit=VectorUnit(floats=32 + 64),
)
V = Extension(
    "V",
    version="1.0",
    doc="Vectors of at least 128 bits",
    source=SOURCE,
    requires=("Zve64d",),
    vector_unit=VectorUnit(vlen=128, elen=64),
)
Zvfhmin = Extension(
    "Zvfhmin",
    version="1.0",
    doc="Vectors: conversions of half-precision floats",
    source=SOURCE,
    requires=("Zve32f",),
    vector_unit=VectorUnit(floats=CONVERTED_HALVES),
)
Zvfh = Extension(
    "Zvfh",
    version="1.0",
    doc="Vectors of half-precision floats",
    source=SOURCE,
    requires=("Zve32f", "Zfh"),
    vector_unit=VectorUnit(floats=16),
)
