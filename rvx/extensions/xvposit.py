"""Xvposit: posits of 8, 16 and 32 bits as elements of vectors, as a user may declare them.

No published extension has posits in vectors. This one is an example of what it takes: it uses
nothing but `Extension.vector`, and what is said of elements here holds for every width, since
formats are values. Loads, stores, moves and permutations are those of V. Mnemonics follow V (`p` in
the place of `f`) and Xposit (`q` for the quire); the encoding is rvx's, in custom-2. Scalars are
posits in x registers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rvx.formats.minifloat.catalogue import FP16, FP32, FP64
from rvx.formats.posit import POSIT8, POSIT16, POSIT32
from rvx.formats.posit.accumulate import make_multiply_add
from rvx.formats.posit.format import Quire
from rvx.formats.posit.quire import make_clear, make_round
from rvx.isa import Extension
from rvx.isa.real import (
    GatheredReal,
    Performed,
    Spot,
    VectorReal,
    add_products,
    either,
    no_number,
    root,
)

POSITS = (POSIT8, POSIT16, POSIT32)

Xvposit = Extension(
    "Xvposit",
    version="1.0",
    doc="Posits as elements of vectors, and exact dot products in a quire",
    source="rvx",
    requires=("V",),
)
Xvposit.state("vquire", words=POSIT32.quire_limbs, doc="a sum of products of posits, exactly")


def _root(a: Any) -> Any:
    return root(a)


@Xvposit.vector("vpadd", "vv vx", "000000", formats=POSITS, real=lambda a, b: (a, b))
def vpadd(a: Any, b: Any, add: Any, mode: Any, flags: Any) -> Any:
    """vd = vs2 + b."""
    return add(a, b, mode, flags)


@Xvposit.vector("vpsub", "vv vx", "000010", formats=POSITS, real=lambda a, b: (a, -b))
def vpsub(a: Any, b: Any, sub: Any, mode: Any, flags: Any) -> Any:
    """vd = vs2 - b."""
    return sub(a, b, mode, flags)


@Xvposit.vector("vprsub", "vx", "000011", formats=POSITS, real=lambda a, b: (b, -a))
def vprsub(a: Any, b: Any, sub: Any, mode: Any, flags: Any) -> Any:
    """vd = b - vs2."""
    return sub(b, a, mode, flags)


@Xvposit.vector("vpmin", "vv vx", "000101", formats=POSITS, real=either)
def vpmin(a: Any, b: Any, min: Any, mode: Any, flags: Any) -> Any:
    """vd = the lesser of vs2 and b; NaR is less than every number."""
    return min(a, b, mode, flags)


@Xvposit.vector("vpmax", "vv vx", "000111", formats=POSITS, real=either)
def vpmax(a: Any, b: Any, max: Any, mode: Any, flags: Any) -> Any:
    """vd = the greater of vs2 and b; NaR is less than every number."""
    return max(a, b, mode, flags)


@Xvposit.vector("vmpeq", "vv vx", "011000", result="m", formats=POSITS, real=no_number)
def vmpeq(a: Any, b: Any, eq: Any, mode: Any, flags: Any) -> Any:
    """A bit of vd = whether vs2 is b."""
    return eq(a, b, mode, flags)


@Xvposit.vector("vmple", "vv vx", "011001", result="m", formats=POSITS, real=no_number)
def vmple(a: Any, b: Any, le: Any, mode: Any, flags: Any) -> Any:
    """A bit of vd = whether vs2 is at most b."""
    return le(a, b, mode, flags)


@Xvposit.vector("vmplt", "vv vx", "011011", result="m", formats=POSITS, real=no_number)
def vmplt(a: Any, b: Any, lt: Any, mode: Any, flags: Any) -> Any:
    """A bit of vd = whether vs2 is less than b."""
    return lt(a, b, mode, flags)


@Xvposit.vector("vpdiv", "vv vx", "100000", formats=POSITS, real=lambda a, b: a / b)
def vpdiv(a: Any, b: Any, div: Any, mode: Any, flags: Any) -> Any:
    """vd = vs2 / b."""
    return div(a, b, mode, flags)


@Xvposit.vector("vpmul", "vv vx", "100100", formats=POSITS, real=lambda a, b: a * b)
def vpmul(a: Any, b: Any, mul: Any, mode: Any, flags: Any) -> Any:
    """vd = vs2 b."""
    return mul(a, b, mode, flags)


@Xvposit.vector(
    "vpmacc", "vv vx", "101100", is_ternary=True, formats=POSITS, real=lambda d, a, b: (d, a * b)
)
def vpmacc(d: Any, a: Any, b: Any, fma: Any, mode: Any, flags: Any) -> Any:
    """vd = vd + b vs2, rounded once."""
    return fma(a, b, d, mode, flags)


@Xvposit.vector(
    "vpnmsac", "vv vx", "101110", is_ternary=True, formats=POSITS, real=lambda d, a, b: (d, -a * b)
)
def vpnmsac(d: Any, a: Any, b: Any, fma: Any, neg: Any, mode: Any, flags: Any) -> Any:
    """vd = vd - b vs2, rounded once."""
    return fma(neg(a), b, d, mode, flags)


@Xvposit.vector("vpsqrt", "v", "010011", code="00000", formats=POSITS, real=_root)
def vpsqrt(a: Any, sqrt: Any, mode: Any, flags: Any) -> Any:
    """vd = the square root of vs2."""
    return sqrt(a, mode, flags)


@Xvposit.vector("vpneg", "v", "010011", code="00001", formats=POSITS, real=lambda a: -a)
def vpneg(a: Any, neg: Any) -> Any:
    """vd = -vs2."""
    return neg(a)


@Xvposit.vector(
    "vpabs", "v", "010011", code="00010", formats=POSITS, real=lambda a: a if a >= 0 else -a
)
def vpabs(a: Any, abs: Any) -> Any:
    """vd = the magnitude of vs2."""
    return abs(a)


@Xvposit.vector(
    "vpwcvt",
    "v",
    "010010",
    code="00000",
    result="w",
    formats=(POSIT8, POSIT16),
    wide=(POSIT16, POSIT32),
    real=lambda a: a,
)
def vpwcvt(a: Any, widen: Any, mode: Any, flags: Any) -> Any:
    """vd, of twice as many bits, = vs2, which is exact."""
    return widen(a, mode, flags)


@Xvposit.vector(
    "vpncvt",
    "w",
    "010010",
    code="00001",
    formats=(POSIT8, POSIT16),
    wide=(POSIT16, POSIT32),
    real=lambda a: a,
)
def vpncvt(a: Any, narrow: Any, mode: Any, flags: Any) -> Any:
    """vd = vs2, of twice as many bits, rounded."""
    return narrow(a, mode, flags)


# -- between posits and formats of IEEE 754: round as frm says, and raise flags


@Xvposit.vector(
    "vpwcvt.f.p",
    "v",
    "010010",
    code="01000",
    result="w",
    formats=POSITS,
    wide=(FP16, FP32, FP64),
    real=lambda a: a,
)
def vpwcvt_f_p(a: Any, widen: Any, mode: Any, flags: Any) -> Any:
    """vd, floats of twice as many bits, = vs2, posits; NaR becomes NaN."""
    return widen(a, mode, flags)


@Xvposit.vector(
    "vpncvt.p.f",
    "w",
    "010010",
    code="01001",
    formats=POSITS,
    wide=(FP16, FP32, FP64),
    real=lambda a: a,
)
def vpncvt_p_f(a: Any, narrow: Any, mode: Any, flags: Any) -> Any:
    """vd, posits, = vs2, floats of twice as many bits, rounded; infinities and NaNs become NaR."""
    return narrow(a, mode, flags)


_float16: Any = POSIT16.conversion(FP16)
_float32: Any = POSIT32.conversion(FP32)
_posit16: Any = FP16.conversion(POSIT16)
_posit32: Any = FP32.conversion(POSIT32)


_TO_FLOAT = VectorReal(lambda a: a, {16: (FP16, POSIT16, None), 32: (FP32, POSIT32, None)})
_TO_POSIT = VectorReal(lambda a: a, {16: (POSIT16, FP16, None), 32: (POSIT32, FP32, None)})


@Xvposit.vector("vpcvt.f.p", "v", "010010", code="00010", formats=(FP16, FP32), real=_TO_FLOAT)
def vpcvt_f_p(a: Any, sew: Any, mode: Any, flags: Any) -> Any:
    """vd, floats, = vs2, posits of as many bits, rounded; NaR becomes NaN."""
    if sew == 16:
        return _float16(a, mode, flags)
    return _float32(a, mode, flags)


@Xvposit.vector("vpcvt.p.f", "v", "010010", code="00011", formats=(FP16, FP32), real=_TO_POSIT)
def vpcvt_p_f(a: Any, sew: Any, mode: Any, flags: Any) -> Any:
    """vd, posits, = vs2, floats of as many bits, rounded; infinities and NaNs become NaR."""
    if sew == 16:
        return _posit16(a, mode, flags)
    return _posit32(a, mode, flags)


_add8, _add16, _add32 = (make_multiply_add(posit) for posit in POSITS)
_round8, _round16, _round32 = (make_round(posit) for posit in POSITS)
_clear = make_clear(POSIT32)


def _products(how: Performed) -> Iterator[Spot]:
    active = [x for x in range(how.vl) if how.is_active(x)]
    of_a, of_b = (how.row(name, 0, how.vl, how.sew) for name in ("vs2", "vs1"))
    yield 0, (tuple(of_a[x] for x in active), tuple(of_b[x] for x in active))


def _rounded(how: Performed) -> Iterator[Spot]:
    yield how.row("vd", 0, 1, how.sew)[0], ((0,),)


_ACCUMULATED = GatheredReal(
    add_products,
    {posit.bits: (Quire(posit), posit, posit) for posit in POSITS},
    ("vs2", "vs1"),
    _products,
    to="vquire",
)
_ROUNDED = GatheredReal(
    lambda old, quire: quire[0],
    {posit.bits: (posit, Quire(posit)) for posit in POSITS},
    ("vquire",),
    _rounded,
)


@Xvposit.vector("vqmacc", "vv", "110000", result="", widths=(8, 16, 32), real=_ACCUMULATED)
def vqmacc(
    vs2_u8: Any,
    vs1_u8: Any,
    vs2_u16: Any,
    vs1_u16: Any,
    vs2_u32: Any,
    vs1_u32: Any,
    sew: Any,
    m: Any,
    vl: Any,
    vquire: Any,
) -> None:
    """The quire += the dot product of vs2 and vs1, exactly."""
    for i in range(vl):
        if m[i]:
            if sew == 8:
                _add8(vquire, vs2_u8[i], vs1_u8[i])
            elif sew == 16:
                _add16(vquire, vs2_u16[i], vs1_u16[i])
            else:
                _add32(vquire, vs2_u32[i], vs1_u32[i])


@Xvposit.vector("vqround", "-", "110001", vm=1, widths=(8, 16, 32), real=_ROUNDED)
def vqround(vd: Any, sew: Any, vquire: Any) -> None:
    """vd[0] = the quire, rounded once."""
    if sew == 8:
        vd[0] = _round8(vquire)
    elif sew == 16:
        vd[0] = _round16(vquire)
    else:
        vd[0] = _round32(vquire)


@Xvposit.vector("vqclear", "-", "110010", result="", vm=1, widths=(8, 16, 32), real=no_number)
def vqclear(vl: Any, vquire: Any) -> None:
    """The quire = 0."""
    _clear(vquire)
