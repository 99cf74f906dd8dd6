"""Compiled scalar kernels on raw bits, made per format by factories.

`make_exsdotp(FP16, FP32)` returns a plain function that `rvx.jit` compiles, or that can be called
and stepped through as it is with `numpy.int64` values. See `pack` for the conventions.
"""

from rvx.formats.minifloat.scalar.arithmetic import make_add, make_fma, make_mul, make_sub
from rvx.formats.minifloat.scalar.compare import (
    make_classify,
    make_copy_negated_sign,
    make_copy_sign,
    make_eq,
    make_le,
    make_lt,
    make_maximum,
    make_maximum_or_nan,
    make_minimum,
    make_minimum_or_nan,
    make_xor_signs,
)
from rvx.formats.minifloat.scalar.convert import make_convert, make_from_integer, make_to_integer
from rvx.formats.minifloat.scalar.division import make_div, make_sqrt
from rvx.formats.minifloat.scalar.expand import make_exsdotp, make_vsum
from rvx.formats.minifloat.scalar.integral import make_integral, make_modular_integer

__all__ = [
    "make_add",
    "make_classify",
    "make_convert",
    "make_copy_negated_sign",
    "make_copy_sign",
    "make_div",
    "make_eq",
    "make_exsdotp",
    "make_fma",
    "make_from_integer",
    "make_integral",
    "make_le",
    "make_lt",
    "make_maximum",
    "make_maximum_or_nan",
    "make_minimum",
    "make_minimum_or_nan",
    "make_modular_integer",
    "make_mul",
    "make_sqrt",
    "make_sub",
    "make_to_integer",
    "make_vsum",
    "make_xor_signs",
]
