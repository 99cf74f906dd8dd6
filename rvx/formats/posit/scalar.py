"""The compiled kernels of a format, gathered under one name: `posit32.add(a, b)`.

`kernels(fmt)` is a module object, because numba resolves attributes of modules: an instruction
body that says `posit32.add(rs1, rs2)` compiles as it stands. Kernels take and return raw patterns
as zero-extended int64 (of 64 bits: the int64 with the same bits), and change quires in place.

Names: `to_i32` and its like follow the standard, `to_u32_percival` the PERCIVAL hardware where it
differs; `from_f32` takes the bits of an IEEE number; `q_*` take a quire, an int64 array of
QUIRE_LIMBS limbs, first.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from types import ModuleType
from typing import Any

from rvx.formats.posit import accumulate, approximate, compound, integral, order, quire
from rvx.formats.posit.codec import make_decode, make_encode, pattern
from rvx.formats.posit.convert import IEEE, make_from_ieee, make_resize, make_to_ieee
from rvx.formats.posit.format import STANDARD, Posit

Factory = Callable[[Posit], Callable[..., Any]]

_FACTORIES: dict[str, Factory] = {
    "decode": make_decode,
    "encode": make_encode,
    # Section 5.2
    "neg": order.make_neg,
    "abs": order.make_abs,
    "sign": order.make_sign,
    "nearest_int": integral.make_nearest_int,
    "ceil": integral.make_ceil,
    "floor": integral.make_floor,
    "next": order.make_next,
    "prior": order.make_prior,
    # Section 5.3, and Xposit's
    "eq": order.make_eq,
    "ne": order.make_ne,
    "lt": order.make_lt,
    "le": order.make_le,
    "gt": order.make_gt,
    "ge": order.make_ge,
    "min": order.make_min,
    "max": order.make_max,
    "sgnj": order.make_sgnj,
    "sgnjn": order.make_sgnjn,
    "sgnjx": order.make_sgnjx,
    # Sections 5.4, 5.5 and 5.7
    "add": compound.make_add,
    "sub": compound.make_sub,
    "mul": compound.make_mul,
    "div": compound.make_div,
    "sqrt": compound.make_sqrt,
    "fmm": compound.make_fused_multiply,
    "approximate_mul": approximate.make_approximate_mul,
    "approximate_div": approximate.make_approximate_div,
    "approximate_sqrt": approximate.make_approximate_sqrt,
    # Section 5.11
    "q_clear": quire.make_clear,
    "q_settle": quire.make_settle,
    "q_is_nar": quire.make_is_nar,
    "q_negate": quire.make_negate,
    "q_abs": quire.make_abs,
    "q_from_posit": accumulate.make_from_posit,
    "q_add_posit": accumulate.make_add_posit,
    "q_sub_posit": accumulate.make_subtract_posit,
    "q_add_quire": quire.make_add_quire,
    "q_sub_quire": quire.make_subtract_quire,
    "q_madd": accumulate.make_multiply_add,
    "q_msub": accumulate.make_multiply_subtract,
    "q_round": quire.make_round,
    "fma": compound.make_fma,
}

for _width in (32, 64):
    _FACTORIES |= {
        f"to_i{_width}": partial(integral.make_to_signed, width=_width),
        f"to_u{_width}": partial(integral.make_to_unsigned, width=_width, invalid_is_zero=False),
        f"to_u{_width}_percival": partial(
            integral.make_to_unsigned, width=_width, invalid_is_zero=True
        ),
        f"from_i{_width}": partial(integral.make_from_signed, width=_width),
        f"from_u{_width}": partial(integral.make_from_unsigned, width=_width, top_bit_is_nar=True),
        f"from_u{_width}_percival": partial(
            integral.make_from_unsigned, width=_width, top_bit_is_nar=False
        ),
    }
for _name, (_exponent, _fraction) in IEEE.items():
    _FACTORIES |= {
        f"to_{_name}": partial(make_to_ieee, exponent_bits=_exponent, fraction_bits=_fraction),
        f"from_{_name}": partial(make_from_ieee, exponent_bits=_exponent, fraction_bits=_fraction),
    }
for _target in STANDARD:
    _FACTORIES[f"to_{_target.name}"] = partial(make_resize, target=_target)


@cache
def kernels(fmt: Posit) -> ModuleType:
    """All kernels of a format, and its constants FORMAT, NAR, ONE, MAXPOS and QUIRE_LIMBS.

    Raises:
        ValueError: the format is wider than 64 bits.
    """
    if fmt.n > 64:
        raise ValueError(
            f"{fmt} has no compiled kernels: they exist up to 64 bits; use rvx.formats.posit.exact"
        )
    module = ModuleType(f"rvx.formats.posit.{fmt.name}", f"Kernels of {fmt} on raw bits.")
    for name, make in _FACTORIES.items():
        setattr(module, name, make(fmt))
    module.__dict__.update(
        FORMAT=fmt,
        NAR=pattern(fmt, fmt.nar),
        ONE=fmt.one,
        MAXPOS=fmt.maxpos,
        QUIRE_LIMBS=fmt.quire_limbs,
    )
    return module


posit8, posit16, posit32, posit64 = (kernels(fmt) for fmt in STANDARD)
