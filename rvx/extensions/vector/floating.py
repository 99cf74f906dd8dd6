"""Floating point of Zve32f, Zve64d, Zvfh and V: element functions of a format, and instructions.

Elements of 16, 32 and 64 bits are binary16, binary32 and binary64; which of them a machine has is
said by `Vector.floats`. Rounding is dynamic, flags are those of all active elements.

Source: "V" 1.0, chapter on vector floating-point instructions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rvx.extensions.fixed_format import make_unbox
from rvx.extensions.rv_f import F
from rvx.extensions.vector import permutations as moves
from rvx.extensions.vector.estimates import make_reciprocal, make_reciprocal_root
from rvx.extensions.vector.reductions import declare_reduction
from rvx.extensions.vector.zve32x import SOURCE
from rvx.formats.minifloat import Minifloat
from rvx.formats.minifloat import scalar as kernels
from rvx.formats.minifloat.catalogue import FP16, FP32, FP64
from rvx.formats.minifloat.rounding import NV
from rvx.formats.minifloat.scalar.pack import QUIET, SIGNALLING, make_kind
from rvx.isa import Extension, Words
from rvx.isa.real import Function, VectorReal, Whole, either, root
from rvx.isa.vector import Shape, Vector, declare, declare_unary
from rvx.isa.vector.elementwise import adapted, make_body, make_dispatch, make_loop
from rvx.isa.vector.legality import (
    has_float,
    make_legality,
    make_reduction_legality,
    with_conversion,
    with_floats,
)
from rvx.isa.vector.state import VL, is_ready, refuse, width
from rvx.isa.vector.unit import VectorUnit

Zve32f = Extension(
    "Zve32f",
    version="1.0",
    doc="Vectors of integers and single-precision floats",
    source=SOURCE,
    requires=("Zve32x", F.name),
    vector_unit=VectorUnit(vlen=32, elen=32, floats=32),
)

FORMATS = {16: FP16, 32: FP32, 64: FP64}
NARROW = (16, 32)
_RTZ, _ROD = 1, 5
Element = Callable[..., Any]
UNBOX = {sew: make_unbox(fmt) for sew, fmt in FORMATS.items()}


def make_code(fmt: Minifloat) -> Callable[[int], int]:
    """A function that gives the code of an element: its bits, zeros above them."""
    mask = -1 if fmt.bits == 64 else (1 << fmt.bits) - 1

    def code(a: int) -> int:
        return a & mask

    return code


def same(make: Callable[[Minifloat], Element]) -> dict[int, Element]:
    """Element functions of every SEW that may be a float."""
    return {sew: make(fmt) for sew, fmt in FORMATS.items()}


def wider(make: Callable[[Minifloat, Minifloat], Element]) -> dict[int, Element]:
    """Element functions of a format and the one of twice the width, by SEW."""
    return {sew: make(FORMATS[sew], FORMATS[2 * sew]) for sew in NARROW}


# -- meanings in real numbers ----------------------------------------------------------------


def _root(a: Any) -> Any:
    return root(a)


def _real(function: Function, wider_d: int = 0, wider_2: int = 0) -> VectorReal:
    """Of floats of SEW, or so many times twice the width: the result, and vs2."""
    formats: dict[int, tuple[Any, Any, Any]] = {
        sew: (FORMATS[sew << wider_d], FORMATS[sew << wider_2], fmt)
        for sew, fmt in FORMATS.items()
        if max(sew << wider_d, sew << wider_2) in FORMATS
    }
    return VectorReal(function, formats)


# -- arithmetic ----------------------------------------------------------------------------


def _binary(factory: Any, *, is_reversed: bool = False) -> Callable[[Minifloat], Element]:
    def make(fmt: Minifloat) -> Element:
        kernel, code = factory(fmt), make_code(fmt)

        def element(a: int, b: int, mode: int, flags: Words) -> Any:
            if is_reversed:
                result, raised = kernel(code(b), code(a), mode)
            else:
                result, raised = kernel(code(a), code(b), mode)
            flags[0] |= raised
            return result

        return element

    return make


def _declare(
    name: str,
    forms: str,
    funct6: str,
    elements: Mapping[int, Element],
    doc: str,
    *,
    result: str = "v",
    is_ternary: bool = False,
    vm: int | None = None,
    real: VectorReal | None = None,
) -> None:
    declare(
        Zve32f,
        name,
        forms,
        "F",
        funct6,
        elements,
        Shape(
            result=result,
            is_ternary=is_ternary,
            macs=int(is_ternary),
            has_floats=True,
            scalars=UNBOX,
            vm=vm,
        ),
        doc,
        real,
    )


_factory: Any
_function: Any
for _name, _forms, _funct6, _factory, _reversed, _function, _what in (
    ("vfadd", "vv vf", "000000", kernels.make_add, False, lambda a, b: (a, b), "vs2 + b"),
    ("vfsub", "vv vf", "000010", kernels.make_sub, False, lambda a, b: (a, -b), "vs2 - b"),
    ("vfrsub", "vf", "100111", kernels.make_sub, True, lambda a, b: (b, -a), "b - vs2"),
    ("vfmul", "vv vf", "100100", kernels.make_mul, False, lambda a, b: a * b, "vs2 * b"),
    ("vfdiv", "vv vf", "100000", kernels.make_div, False, lambda a, b: a / b, "vs2 / b"),
    ("vfrdiv", "vf", "100001", kernels.make_div, True, lambda a, b: b / a, "b / vs2"),
):
    _declare(
        _name,
        _forms,
        _funct6,
        same(_binary(_factory, is_reversed=_reversed)),
        f"vd = {_what}, rounded once.",
        real=_real(_function),
    )


def _quiet(factory: Any) -> Callable[[Minifloat], Element]:
    """Of a kernel without a rounding mode: minimum and maximum."""

    def make(fmt: Minifloat) -> Element:
        kernel, code = factory(fmt), make_code(fmt)

        def element(a: int, b: int, flags: Words) -> Any:
            result, raised = kernel(code(a), code(b))
            flags[0] |= raised
            return result

        return element

    return make


def _sign(factory: Any) -> Callable[[Minifloat], Element]:
    def make(fmt: Minifloat) -> Element:
        kernel, code = factory(fmt), make_code(fmt)

        def element(a: int, b: int) -> Any:
            return kernel(code(a), code(b))

        return element

    return make


for _name, _funct6, _factory, _what in (
    ("vfmin", "000100", kernels.make_minimum, "the smaller of vs2 and b"),
    ("vfmax", "000110", kernels.make_maximum, "the larger of vs2 and b"),
):
    _declare(
        _name,
        "vv vf",
        _funct6,
        same(_quiet(_factory)),
        f"vd = {_what}; a number before NaN.",
        real=_real(either),
    )
for _name, _funct6, _factory, _what in (
    ("vfsgnj", "001000", kernels.make_copy_sign, "the sign of b"),
    ("vfsgnjn", "001001", kernels.make_copy_negated_sign, "the opposite of the sign of b"),
    ("vfsgnjx", "001010", kernels.make_xor_signs, "its sign flipped if b is negative"),
):
    _declare(
        _name,
        "vv vf",
        _funct6,
        same(_sign(_factory)),
        f"vd = vs2 with {_what}.",
        # What gives the sign gives no number.
        real=VectorReal(either, {sew: (fmt, fmt, None) for sew, fmt in FORMATS.items()}),
    )


def _comparison(factory: Any, is_reversed: bool, negates: bool) -> Callable[[Minifloat], Element]:
    turned = 1 if negates else 0

    def make(fmt: Minifloat) -> Element:
        kernel, code = factory(fmt), make_code(fmt)

        def element(a: int, b: int, flags: Words) -> Any:
            if is_reversed:
                result, raised = kernel(code(b), code(a))
            else:
                result, raised = kernel(code(a), code(b))
            flags[0] |= raised
            return result != turned

        return element

    return make


for _name, _forms, _funct6, _factory, _reversed, _negates, _what in (
    ("vmfeq", "vv vf", "011000", kernels.make_eq, False, False, "vs2 = b, quietly"),
    ("vmfle", "vv vf", "011001", kernels.make_le, False, False, "vs2 <= b"),
    ("vmflt", "vv vf", "011011", kernels.make_lt, False, False, "vs2 < b"),
    ("vmfne", "vv vf", "011100", kernels.make_eq, False, True, "vs2 is not b, quietly"),
    ("vmfgt", "vf", "011101", kernels.make_lt, True, False, "vs2 > b"),
    ("vmfge", "vf", "011111", kernels.make_le, True, False, "vs2 >= b"),
):
    _declare(
        _name,
        _forms,
        _funct6,
        same(_comparison(_factory, _reversed, _negates)),
        f"vd = a bit for each element: whether {_what}.",
        result="m",
    )


def _fused(negates_product: bool, negates_addend: bool, overwrites_addend: bool) -> Any:
    def make(fmt: Minifloat) -> Element:
        code = make_code(fmt)
        kernel = kernels.make_fma(fmt, negate_product=negates_product, negate_addend=negates_addend)

        def element(d: int, a: int, b: int, mode: int, flags: Words) -> int:
            if overwrites_addend:
                result, raised = kernel(code(b), code(a), code(d), mode)
            else:
                result, raised = kernel(code(b), code(d), code(a), mode)
            flags[0] |= raised
            return result

        return element

    return make


def _fused_function(negates_product: bool, negates_addend: bool, overwrites_addend: bool) -> Any:
    product, addend = (-1 if negates else 1 for negates in (negates_product, negates_addend))
    if overwrites_addend:
        return lambda d, a, b: (product * b * a, addend * d)
    return lambda d, a, b: (product * b * d, addend * a)


for _name, _funct6, _product, _addend, _overwrites, _what in (
    ("vfmadd", "101000", False, False, False, "b * vd + vs2"),
    ("vfnmadd", "101001", True, True, False, "-(b * vd) - vs2"),
    ("vfmsub", "101010", False, True, False, "b * vd - vs2"),
    ("vfnmsub", "101011", True, False, False, "-(b * vd) + vs2"),
    ("vfmacc", "101100", False, False, True, "b * vs2 + vd"),
    ("vfnmacc", "101101", True, True, True, "-(b * vs2) - vd"),
    ("vfmsac", "101110", False, True, True, "b * vs2 - vd"),
    ("vfnmsac", "101111", True, False, True, "-(b * vs2) + vd"),
):
    _declare(
        _name,
        "vv vf",
        _funct6,
        same(_fused(_product, _addend, _overwrites)),
        f"vd = {_what}, rounded once.",
        is_ternary=True,
        real=_real(_fused_function(_product, _addend, _overwrites)),
    )


# -- widening ------------------------------------------------------------------------------


def _widening(factory: Any, *, left_is_wide: bool) -> Any:
    """Operands become wide exactly; the result is rounded once."""

    def make(fmt: Minifloat, wide: Minifloat) -> Element:
        kernel, widen = factory(wide), kernels.make_convert(fmt, wide)
        code, wide_code = make_code(fmt), make_code(wide)

        def element(a: int, b: int, mode: int, flags: Words) -> Any:
            if left_is_wide:
                left, raised_left = wide_code(a), 0
            else:
                left, raised_left = widen(code(a), mode)
            right, raised_right = widen(code(b), mode)
            result, raised = kernel(left, right, mode)
            flags[0] |= raised_left | raised_right | raised
            return result

        return element

    return make


for _name, _forms, _funct6, _factory, _left, _function, _what in (
    ("vfwadd", "vv vf", "110000", kernels.make_add, False, lambda a, b: (a, b), "vs2 + b"),
    ("vfwsub", "vv vf", "110010", kernels.make_sub, False, lambda a, b: (a, -b), "vs2 - b"),
    (
        "vfwadd",
        "wv wf",
        "110100",
        kernels.make_add,
        True,
        lambda a, b: (a, b),
        "vs2 + b, vs2 wide too",
    ),
    (
        "vfwsub",
        "wv wf",
        "110110",
        kernels.make_sub,
        True,
        lambda a, b: (a, -b),
        "vs2 - b, vs2 wide too",
    ),
    ("vfwmul", "vv vf", "111000", kernels.make_mul, False, lambda a, b: a * b, "vs2 * b"),
):
    _declare(
        _name,
        _forms,
        _funct6,
        wider(_widening(_factory, left_is_wide=_left)),
        f"vd, of twice the width, = {_what}, rounded once.",
        result="w",
        real=_real(_function, 1, 1 if _left else 0),
    )


def widening_fused(negates_product: bool, negates_addend: bool) -> Any:
    """Makes element functions of a format and the wide one: a product plus or minus vd."""

    def make(fmt: Minifloat, wide: Minifloat) -> Element:
        widen = kernels.make_convert(fmt, wide)
        kernel = kernels.make_fma(
            wide, negate_product=negates_product, negate_addend=negates_addend
        )
        code, wide_code = make_code(fmt), make_code(wide)

        def element(d: int, a: int, b: int, mode: int, flags: Words) -> int:
            left, raised_left = widen(code(b), mode)
            right, raised_right = widen(code(a), mode)
            result, raised = kernel(left, right, wide_code(d), mode)
            flags[0] |= raised_left | raised_right | raised
            return result

        return element

    return make


for _name, _funct6, _product, _addend, _what in (
    ("vfwmacc", "111100", False, False, "b * vs2 + vd"),
    ("vfwnmacc", "111101", True, True, "-(b * vs2) - vd"),
    ("vfwmsac", "111110", False, True, "b * vs2 - vd"),
    ("vfwnmsac", "111111", True, False, "-(b * vs2) + vd"),
):
    _declare(
        _name,
        "vv vf",
        _funct6,
        wider(widening_fused(_product, _addend)),
        f"vd, of twice the width, = {_what}, rounded once.",
        result="w",
        is_ternary=True,
        real=_real(_fused_function(_product, _addend, True), 1),
    )


# -- one operand ---------------------------------------------------------------------------


def _declare_unary(
    mnemonic: str,
    funct6: str,
    code: str,
    elements: Mapping[int, Element],
    doc: str,
    *,
    wider_d: int = 0,
    wider_2: int = 0,
    floats: tuple[int, int] = (0, 0),
    is_conversion: bool = False,
    real: VectorReal | None = None,
) -> None:
    """Declares an instruction of one operand.

    Args:
        mnemonic: whole.
        funct6: six bits.
        code: what stands in the place of vs1.
        elements: element functions of a, by SEW.
        doc: what it does.
        wider_d: binary logarithm of EEW / SEW for the result.
        wider_2: for vs2.
        floats: binary logarithms of EEW / SEW of elements that must be floats.
        is_conversion: whether it is one of those that halves have by themselves (Zvfhmin).
        real: what elements mean in real numbers.
    """
    legality = make_legality(wider_d, wider_2, has_vs1=False)
    declare_unary(
        Zve32f,
        mnemonic,
        f"{funct6} {code} 001",
        elements,
        doc,
        wider_d=wider_d,
        wider_2=wider_2,
        is_legal=with_conversion(legality) if is_conversion else with_floats(legality, *floats),
        has_floats=True,
        real=real,
    )


def _converted(formats: Callable[[int, bool], tuple[Any, Any]], is_signed: bool) -> VectorReal:
    """The meaning of a conversion: the formats of the result and of vs2 by SEW."""
    by_sew = {sew: formats(sew, is_signed) for sew in (8, *FORMATS)}
    return VectorReal(
        lambda a: a, {sew: (*pair, None) for sew, pair in by_sew.items() if None not in pair}
    )


def unary(kernel: Any, fmt: Minifloat, rounding: int = -1) -> Element:
    """The element function of a kernel of (code, rounding mode)."""
    code = make_code(fmt)

    def element(a: int, mode: int, flags: Words) -> Any:
        result, raised = kernel(code(a), mode if rounding < 0 else rounding)
        flags[0] |= raised
        return result

    return element


def _from_integer(kernel: Any) -> Element:
    def element(a: int, mode: int, flags: Words) -> Any:
        result, raised = kernel(a, mode)
        flags[0] |= raised
        return result

    return element


def _classify(fmt: Minifloat) -> Element:
    kernel, code = kernels.make_classify(fmt), make_code(fmt)

    def element(a: int) -> int:
        return kernel(code(a))

    return element


_declare_unary(
    "vfsqrt.v",
    "010011",
    "00000",
    same(lambda fmt: unary(kernels.make_sqrt(fmt), fmt)),
    "vd = the square root of vs2, rounded once.",
    real=_real(_root),
)
_declare_unary(
    "vfrsqrt7.v",
    "010011",
    "00100",
    same(lambda fmt: unary(make_reciprocal_root(fmt), fmt)),
    "vd = 1 / the square root of vs2, estimated to seven bits.",
    real=_real(lambda a: 1 / root(a)),
)
_declare_unary(
    "vfrec7.v",
    "010011",
    "00101",
    same(lambda fmt: unary(make_reciprocal(fmt), fmt)),
    "vd = 1 / vs2, estimated to seven bits.",
    real=_real(lambda a: 1 / a),
)
_declare_unary(
    "vfclass.v", "010011", "10000", same(_classify), "vd = one bit that says what vs2 is."
)

for _x, _signed in (("xu", False), ("x", True)):
    _what = "signed" if _signed else "unsigned"
    _bit = 1 if _signed else 0
    for _rtz, _base in (("", 0), ("rtz.", 6)):
        _mode = _RTZ if _rtz else -1
        _how = "towards zero" if _rtz else "rounded"
        _declare_unary(
            f"vfcvt.{_rtz}{_x}.f.v",
            "010010",
            f"{_base | _bit:05b}",
            {
                sew: unary(kernels.make_to_integer(fmt, sew, _signed), fmt, _mode)
                for sew, fmt in FORMATS.items()
            },
            f"vd = vs2 as {_what} integers, {_how}.",
            real=_converted(lambda sew, signed: (Whole(sew, signed), FORMATS.get(sew)), _signed),
        )
        _declare_unary(
            f"vfwcvt.{_rtz}{_x}.f.v",
            "010010",
            f"{8 + _base | _bit:05b}",
            {
                sew: unary(
                    kernels.make_to_integer(FORMATS[sew], 2 * sew, _signed), FORMATS[sew], _mode
                )
                for sew in NARROW
            },
            f"vd, of twice the width, = vs2 as {_what} integers, {_how}.",
            wider_d=1,
            real=_converted(
                lambda sew, signed: (Whole(2 * sew, signed), FORMATS.get(sew)), _signed
            ),
        )
        _declare_unary(
            f"vfncvt.{_rtz}{_x}.f.w",
            "010010",
            f"{16 + _base | _bit:05b}",
            {
                sew: unary(
                    kernels.make_to_integer(FORMATS[2 * sew], sew, _signed),
                    FORMATS[2 * sew],
                    _mode,
                )
                for sew in (8, 16, 32)
            },
            f"vd = vs2, of twice the width, as {_what} integers, {_how}.",
            wider_2=1,
            floats=(1, 1),
            real=_converted(
                lambda sew, signed: (Whole(sew, signed), FORMATS.get(2 * sew)), _signed
            ),
        )
    _declare_unary(
        f"vfcvt.f.{_x}.v",
        "010010",
        f"{2 + _bit:05b}",
        {
            sew: _from_integer(kernels.make_from_integer(fmt, sew, _signed))
            for sew, fmt in FORMATS.items()
        },
        f"vd = the {_what} integers vs2, rounded once.",
        real=_converted(lambda sew, signed: (FORMATS.get(sew), Whole(sew, signed)), _signed),
    )
    _declare_unary(
        f"vfwcvt.f.{_x}.v",
        "010010",
        f"{10 + _bit:05b}",
        {
            sew: _from_integer(kernels.make_from_integer(FORMATS[2 * sew], sew, _signed))
            for sew in (8, 16, 32)
        },
        f"vd, of twice the width, = the {_what} integers vs2.",
        wider_d=1,
        floats=(1, 1),
        real=_converted(lambda sew, signed: (FORMATS.get(2 * sew), Whole(sew, signed)), _signed),
    )
    _declare_unary(
        f"vfncvt.f.{_x}.w",
        "010010",
        f"{18 + _bit:05b}",
        {
            sew: _from_integer(kernels.make_from_integer(FORMATS[sew], 2 * sew, _signed))
            for sew in NARROW
        },
        f"vd = the {_what} integers vs2, of twice the width, rounded once.",
        wider_2=1,
        real=_converted(lambda sew, signed: (FORMATS.get(sew), Whole(2 * sew, signed)), _signed),
    )
_declare_unary(
    "vfwcvt.f.f.v",
    "010010",
    "01100",
    wider(lambda fmt, wide: unary(kernels.make_convert(fmt, wide), fmt)),
    "vd, of twice the width, = vs2.",
    wider_d=1,
    is_conversion=True,
    real=_real(lambda a: a, 1),
)
for _rod, _code, _mode in (("", "10100", -1), ("rod.", "10101", _ROD)):
    _declare_unary(
        f"vfncvt.{_rod}f.f.w",
        "010010",
        _code,
        {
            sew: unary(
                kernels.make_convert(FORMATS[2 * sew], FORMATS[sew]), FORMATS[2 * sew], _mode
            )
            for sew in NARROW
        },
        f"vd = vs2, of twice the width, rounded {'to odd' if _rod else 'once'}.",
        wider_2=1,
        floats=(0, 1),
        is_conversion=not _rod,
        real=_real(lambda a: a, 0, 1),
    )


# -- moves, merges, slides -----------------------------------------------------------------


def _move(b: int) -> int:
    return b


def _merge(a: int, b: int, m: int) -> int:
    return b if m != 0 else a


_declare(
    "vfmerge",
    "vfm",
    "010111",
    dict.fromkeys(FORMATS, _merge),
    "vd = rs1 where the bit of v0 is set, else vs2.",
)


def _declare_scalar(
    mnemonic: str, operands: str, bits: str, loops: Any, doc: str, **places: Any
) -> None:
    is_legal = with_floats(places.pop("is_legal"), 0, 0)
    Zve32f.instruction(f"{mnemonic} {operands}", f"{bits} 1010111", kind="vector", doc=doc)(
        make_body(make_dispatch(loops, 0, 0, 0), is_legal, right="rs1", has_floats=True, **places)
    )


_declare_scalar(
    "vfmv.v.f",
    "vd, rs1:f",
    "010111 1 00000 rs1 101 vd",
    {sew: make_loop(adapted(_move), sew, UNBOX[sew]) for sew in FORMATS},
    "vd = rs1, in all elements.",
    is_legal=make_legality(0, 0, has_vs1=False),
    left=False,
    has_vm=False,
)
for _name, _funct6, _is_up, _what in (
    ("vfslide1up", "001110", True, "vd[x] = vs2[x - 1], and vd[0] = rs1."),
    ("vfslide1down", "001111", False, "vd[x] = vs2[x + 1], and the last one rs1."),
):
    _declare_scalar(
        f"{_name}.vf",
        "vd, vs2, rs1:f, vm",
        f"{_funct6} vm vs2 rs1 101 vd",
        {sew: moves.make_slide_one_loop(sew, UNBOX[sew], _is_up) for sew in FORMATS},
        _what,
        is_legal=make_legality(0, 0, has_vs1=False, may_overlap=not _is_up),
    )


@Zve32f.instruction("vfmv.f.s rd:f, vs2", "010000 1 vs2 00000 001 rd 1010111", kind="vector")
def vfmv_f_s(vs2: int, frm: int, v: Vector, fault: Words) -> int:
    """rd = element 0 of vs2."""
    if not is_ready(v) or frm > 4 or not has_float(v, 0):
        refuse(fault)
        return 0
    value, sew = moves.read_first(v, vs2), width(v)
    if sew < 64:
        return value | ((value | -1) << sew)
    return value


_UNBOX_16, _UNBOX_32 = UNBOX[16], UNBOX[32]


@Zve32f.instruction("vfmv.s.f vd, rs1:f", "010000 1 00000 rs1 101 vd 1010111", kind="vector")
def vfmv_s_f(vd: int, rs1: int, frm: int, v: Vector, fault: Words) -> None:
    """Element 0 of vd = rs1; the others are tail."""
    if not is_ready(v) or frm > 4 or not has_float(v, 0):
        refuse(fault)
        return
    if v.config[VL] > 0:
        sew = width(v)
        value = rs1
        if sew == 16:
            value = _UNBOX_16(rs1)
        elif sew == 32:
            value = _UNBOX_32(rs1)
        moves.write_first(v, vd, value)


# -- reductions ----------------------------------------------------------------------------


def _sum_up(fmt: Minifloat) -> Element:
    kernel, code = kernels.make_add(fmt), make_code(fmt)

    def element(d: int, a: int, mode: int, flags: Words) -> int:
        result, raised = kernel(code(d), code(a), mode)
        flags[0] |= raised
        return result

    return element


def _sum_up_wide(fmt: Minifloat, wide: Minifloat) -> Element:
    kernel, widen = kernels.make_add(wide), kernels.make_convert(fmt, wide)
    code, wide_code = make_code(fmt), make_code(wide)

    def element(d: int, a: int, mode: int, flags: Words) -> int:
        right, raised_right = widen(code(a), mode)
        result, raised = kernel(wide_code(d), right, mode)
        flags[0] |= raised | raised_right
        return result

    return element


def _extreme(factory: Any) -> Callable[[Minifloat], Element]:
    def make(fmt: Minifloat) -> Element:
        kernel, code = factory(fmt), make_code(fmt)

        def element(d: int, a: int, flags: Words) -> Any:
            result, raised = kernel(code(d), code(a))
            flags[0] |= raised
            return result

        return element

    return make


def _settled(fmt: Minifloat) -> Element:
    """What an unordered sum of no elements does to vs1[0]: a NaN becomes the canonical one."""
    kind, code = make_kind(fmt), make_code(fmt)
    nan = fmt.nan
    assert nan is not None

    def element(d: int, flags: Words) -> int:
        found = kind(code(d))
        if found >= QUIET:
            if found == SIGNALLING:
                flags[0] |= NV
            return nan
        return d

    return element


def _sum_of_all(d: Any, a: Any) -> Any:
    return (d, *a)


for _name, _funct6, _elements, _wider, _function, _what, _empty in (
    (
        "vfredusum",
        "000001",
        same(_sum_up),
        0,
        _sum_of_all,
        "sum, in the order of elements",
        same(_settled),
    ),
    (
        "vfredosum",
        "000011",
        same(_sum_up),
        0,
        _sum_of_all,
        "sum, in the order of elements",
        None,
    ),
    ("vfredmin", "000101", same(_extreme(kernels.make_minimum)), 0, either, "minimum", None),
    ("vfredmax", "000111", same(_extreme(kernels.make_maximum)), 0, either, "maximum", None),
    (
        "vfwredusum",
        "110001",
        wider(_sum_up_wide),
        1,
        _sum_of_all,
        "sum, of twice the width, in order",
        wider(lambda _, wide: _settled(wide)),
    ),
    (
        "vfwredosum",
        "110011",
        wider(_sum_up_wide),
        1,
        _sum_of_all,
        "sum, of twice the width, in order",
        None,
    ),
):
    declare_reduction(
        Zve32f,
        _name,
        _funct6,
        "001",
        _elements,
        _wider,
        f"vd[0] = the {_what}, of vs1[0] and the active elements of vs2.",
        is_legal=with_floats(make_reduction_legality(_wider), 0, _wider),
        has_floats=True,
        of_none=_empty,
        real=_real(_function, _wider),
    )

for _alias, _expansion in (
    ("vfneg.v vd, vs2, vm", "vfsgnjn.vv vd, vs2, vs2, vm"),
    ("vfabs.v vd, vs2, vm", "vfsgnjx.vv vd, vs2, vs2, vm"),
):
    Zve32f.alias(_alias, _expansion)
for _alias, _expansion in (
    ("vmfgt.vv vd, vs2, vs1, vm", "vmflt.vv vd, vs1, vs2, vm"),
    ("vmfge.vv vd, vs2, vs1, vm", "vmfle.vv vd, vs1, vs2, vm"),
    ("vfredsum.vs vd, vs2, vs1, vm", "vfredusum.vs vd, vs2, vs1, vm"),
    ("vfwredsum.vs vd, vs2, vs1, vm", "vfwredusum.vs vd, vs2, vs1, vm"),
    ("vfrsqrte7.v vd, vs2, vm", "vfrsqrt7.v vd, vs2, vm"),
    ("vfrece7.v vd, vs2, vm", "vfrec7.v vd, vs2, vm"),
):
    Zve32f.alias(_alias, _expansion, is_printed=False)
