"""The compiled kernels of a format, gathered under one name: `posit32.add(a, b)`.

The result is a module object, because numba resolves attributes of modules: an instruction body
that says `posit32.add(rs1, rs2)` compiles as it stands. Kernels take and return raw patterns, as
zero-extended int64 (posit64: the int64 with the same bits), and mutate quires in place.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any

from rvx.formats.posit import narrow, quire
from rvx.formats.posit.codec import make_decode, make_encode, pattern
from rvx.formats.posit.format import STANDARD, Posit

_FACTORIES: dict[str, Callable[[Posit], Callable[..., Any]]] = {
    "decode": make_decode,
    "encode": make_encode,
    "add": narrow.make_add,
    "sub": narrow.make_sub,
    "mul": narrow.make_mul,
    "div": narrow.make_div,
    "sqrt": narrow.make_sqrt,
    "q_clear": quire.make_clear,
    "q_negate": quire.make_negate,
    "q_madd": quire.make_multiply_add,
    "q_msub": quire.make_multiply_subtract,
    "q_round": quire.make_round,
    "q_settle": quire.make_settle,
    "q_is_nar": quire.make_is_nar,
}


@cache
def kernels(fmt: Posit) -> ModuleType:
    """All kernels of a format, and its constants FORMAT, NAR, ONE, MAXPOS and QUIRE_LIMBS."""
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


posit8, posit16, posit32 = (kernels(fmt) for fmt in STANDARD[:3])
