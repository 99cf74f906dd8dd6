"""The slow reference on `fractions.Fraction` that every other implementation is tested against."""

from rvx.formats.minifloat.exact.arithmetic import (
    add,
    div,
    exsdotp,
    fma,
    mul,
    sqrt,
    sub,
    sum_of_products,
    vsum,
)
from rvx.formats.minifloat.exact.compare import (
    classify,
    copy_negated_sign,
    copy_sign,
    eq,
    le,
    lt,
    maximum,
    minimum,
    xor_signs,
)
from rvx.formats.minifloat.exact.convert import convert, from_integer, to_integer
from rvx.formats.minifloat.exact.core import Datum, Kind, Result, decode, round_to

__all__ = [
    "Datum",
    "Kind",
    "Result",
    "add",
    "classify",
    "convert",
    "copy_negated_sign",
    "copy_sign",
    "decode",
    "div",
    "eq",
    "exsdotp",
    "fma",
    "from_integer",
    "le",
    "lt",
    "maximum",
    "minimum",
    "mul",
    "round_to",
    "sqrt",
    "sub",
    "sum_of_products",
    "to_integer",
    "vsum",
    "xor_signs",
]
