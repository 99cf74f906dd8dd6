"""Accumulators of dot products: what a unit does with many products, as one declaration.

Rooms: `accumulator` the declaration as a value; `catalogue` those that have names; `exact` the
reference on fractions; `step` the compiled kernel of one group of products, `setting` what tells
it which accumulator that is; `scalar` groups in bodies of instructions, `vector` the same on the
host's vector unit, whose code `vectorcode` makes; `array` whole products of matrices.
"""

from rvx.formats.dot.accumulator import Accumulator, Aligned, Exact, Pairwise, Register, Wrapping
from rvx.formats.dot.catalogue import ACCUMULATORS, parse

__all__ = [
    "ACCUMULATORS",
    "Accumulator",
    "Aligned",
    "Exact",
    "Pairwise",
    "Register",
    "Wrapping",
    "parse",
]
