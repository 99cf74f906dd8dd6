"""Minifloats on NumPy arrays of codes: encoding, decoding, arithmetic, golden dot products."""

from rvx.formats.minifloat.array.accumulate import exsdotp_dot, fma_dot
from rvx.formats.minifloat.array.codes import as_dtype, codes_of, decode, encode, storage
from rvx.formats.minifloat.array.operations import (
    add,
    convert,
    div,
    equal,
    exsdotp,
    fma,
    from_integer,
    less,
    less_equal,
    maximum,
    minimum,
    mul,
    sqrt,
    sub,
    to_integer,
    vsum,
)

__all__ = [
    "add",
    "as_dtype",
    "codes_of",
    "convert",
    "decode",
    "div",
    "encode",
    "equal",
    "exsdotp",
    "exsdotp_dot",
    "fma",
    "fma_dot",
    "from_integer",
    "less",
    "less_equal",
    "maximum",
    "minimum",
    "mul",
    "sqrt",
    "storage",
    "sub",
    "to_integer",
    "vsum",
]
