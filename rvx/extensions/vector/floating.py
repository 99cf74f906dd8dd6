"""Floating point of Zve32f, Zve64d, Zvfh and V: element functions of a format, and instructions.

Elements of 16, 32 and 64 bits are binary16, binary32 and binary64; which of them a machine has is
said by `Vector.floats`. Rounding is dynamic, flags are those of all active elements.

Source: "V" 1.0, chapter on vector floating-point instructions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
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
from rvx.isa.vector import Alternatives, Shape, Vector, declare, declare_unary
from rvx.isa.vector.elementwise import (
    adapted,
    make_alternatives,
    make_body,
    make_dispatch,
    make_loop,
)
from rvx.isa.vector.legality import (
    Legality,
    has_float,
    make_legality,
    make_reduction_legality,
    with_alternatives,
    with_conversion,
    with_floats,
)
from rvx.isa.vector.state import ALTFMT, VL, is_alternative, is_ready, refuse, width
from rvx.isa.vector.unit import VectorUnit
from rvx.records import dataclass, replace

Zve32f = Extension(
    "Zve32f",
    version="1.0",
    doc="Vectors of integers and single-precision floats",
    source=SOURCE,
    requires=("Zve32x", F.name),
    vector_unit=VectorUnit(vlen=32, elen=32, floats=32),
)

Element = Callable[..., Any]
Formats = Mapping[int, Minifloat]
"""Formats of elements by their widths."""
Elements = Callable[[Formats], Mapping[int, Element]]
"""Element functions by SEW, of the formats that elements have."""
Reals = Callable[[Formats], VectorReal]

FORMATS = {16: FP16, 32: FP32, 64: FP64}
_RTZ, _ROD = 1, 5
unbox_of = cache(make_unbox)
UNBOX = {sew: unbox_of(fmt) for sew, fmt in FORMATS.items()}


@dataclass(frozen=True)
class Other:
    """Formats that an instruction works on while altfmt is set.

    Attributes:
        sew: under which it is set; with any other the instruction is reserved.
        formats: of elements, by their widths.
    """

    sew: int
    formats: Formats

    def alternatives(self, elements: Elements) -> Alternatives:
        """What an instruction does while altfmt is set."""
        scalars = {bits: unbox_of(fmt) for bits, fmt in self.formats.items()}
        return Alternatives({self.sew: elements(self.formats)[self.sew]}, scalars)

    def real(self, reals: Reals) -> VectorReal:
        """What elements mean in real numbers, with altfmt and without."""
        usual, other = reals(FORMATS), reals(self.formats)
        pairs = zip(usual.formats[self.sew], other.formats[self.sew], strict=True)
        chosen = tuple(_chosen(*pair) for pair in pairs)
        return replace(usual, formats={**usual.formats, self.sew: chosen})


def _chosen(usual: Any, other: Any) -> Any:
    if usual == other:
        return usual
    return lambda values: other if values["vtype"] & ALTFMT else usual


Declare = Callable[[Extension, Other | None], None]
"""Declares instructions in an extension, with other formats where altfmt chooses them."""
DECLARED: dict[str, list[Declare]] = {}
"""By name, without the form of operands; so may an extension declare them anew."""


def _declared(name: str, into: Declare) -> None:
    DECLARED.setdefault(name, []).append(into)
    into(Zve32f, None)


def make_code(fmt: Minifloat) -> Callable[[int], int]:
    """A function that gives the code of an element: its bits, zeros above them."""
    mask = -1 if fmt.bits == 64 else (1 << fmt.bits) - 1

    def code(a: int) -> int:
        return a & mask

    return code


def same(make: Callable[[Minifloat], Element]) -> Elements:
    """Element functions of every SEW that may be a float."""
    return lambda formats: {sew: make(fmt) for sew, fmt in formats.items()}


def wider(make: Callable[[Minifloat, Minifloat], Element]) -> Elements:
    """Element functions of a format and the one of twice the width, by SEW."""
    return lambda formats: {
        sew: make(fmt, formats[2 * sew]) for sew, fmt in formats.items() if 2 * sew in formats
    }


def narrow(make: Callable[[Minifloat], Element]) -> Elements:
    """Element functions of the formats whose results or operands have twice the width."""
    return wider(lambda fmt, _: make(fmt))


def narrower(make: Callable[[Minifloat], Element]) -> Elements:
    """Element functions of the format of twice the width, by SEW."""
    return lambda formats: {bits // 2: make(fmt) for bits, fmt in formats.items()}


# -- meanings in real numbers ----------------------------------------------------------------


def _root(a: Any) -> Any:
    return root(a)


def _real(function: Function, wider_d: int = 0, wider_2: int = 0) -> Reals:
    """Of floats of SEW, or so many times twice the width: the result, and vs2."""
    return lambda formats: VectorReal(
        function,
        {
            sew: (formats[sew << wider_d], formats[sew << wider_2], fmt)
            for sew, fmt in formats.items()
            if max(sew << wider_d, sew << wider_2) in formats
        },
    )


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
    elements: Elements,
    doc: str,
    *,
    result: str = "v",
    is_ternary: bool = False,
    vm: int | None = None,
    real: Reals | None = None,
) -> None:
    shape = Shape(
        result=result,
        is_ternary=is_ternary,
        macs=int(is_ternary),
        has_floats=True,
        scalars=UNBOX,
        vm=vm,
    )

    def into(extension: Extension, other: Other | None) -> None:
        declare(
            extension,
            name,
            forms,
            "F",
            funct6,
            elements(FORMATS),
            shape,
            doc,
            _real_of(real, other),
            None if other is None else other.alternatives(elements),
        )

    _declared(name, into)


def _real_of(real: Reals | None, other: Other | None) -> VectorReal | None:
    if real is None:
        return None
    return real(FORMATS) if other is None else other.real(real)


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
        real=lambda formats: VectorReal(
            either, {sew: (fmt, fmt, None) for sew, fmt in formats.items()}
        ),
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
    elements: Elements,
    doc: str,
    *,
    wider_d: int = 0,
    wider_2: int = 0,
    floats: tuple[int, int] = (0, 0),
    is_conversion: bool = False,
    real: Reals | None = None,
) -> None:
    """Declares an instruction of one operand.

    Args:
        mnemonic: whole.
        funct6: six bits.
        code: what stands in the place of vs1.
        elements: element functions of a.
        doc: what it does.
        wider_d: binary logarithm of EEW / SEW for the result.
        wider_2: for vs2.
        floats: binary logarithms of EEW / SEW of elements that must be floats.
        is_conversion: whether it is one of those that halves have by themselves (Zvfhmin).
        real: what elements mean in real numbers.
    """
    legality = make_legality(wider_d, wider_2, has_vs1=False)

    def into(extension: Extension, other: Other | None) -> None:
        declare_unary(
            extension,
            mnemonic,
            f"{funct6} {code} 001",
            elements(FORMATS),
            doc,
            wider_d=wider_d,
            wider_2=wider_2,
            is_legal=with_conversion(legality) if is_conversion else with_floats(legality, *floats),
            has_floats=True,
            real=_real_of(real, other),
            alternatives=None if other is None else other.alternatives(elements),
        )

    _declared(mnemonic, into)


def _converted(formats_of: Callable[[int, Formats], tuple[Any, Any]]) -> Reals:
    """The meaning of a conversion: the formats of the result and of vs2 by SEW."""

    def real(formats: Formats) -> VectorReal:
        by_sew = {sew: formats_of(sew, formats) for sew in (8, *formats)}
        return VectorReal(
            lambda a: a, {sew: (*pair, None) for sew, pair in by_sew.items() if None not in pair}
        )

    return real


def _whole(is_signed: bool, *, wider: int = 0, is_result: bool, floats: int = 0) -> Reals:
    """Of a conversion between integers and floats of so many times twice SEW.

    Args:
        is_signed: whether integers are.
        wider: binary logarithm of EEW / SEW for integers.
        is_result: whether they are what comes of it.
        floats: binary logarithm of EEW / SEW for floats.
    """

    def formats_of(sew: int, formats: Formats) -> tuple[Any, Any]:
        whole, fmt = Whole(sew << wider, is_signed), formats.get(sew << floats)
        return (whole, fmt) if is_result else (fmt, whole)

    return _converted(formats_of)


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


def _to_integer(bits_of: int, is_signed: bool, rounding: int) -> Any:
    """Makes element functions to integers of so many times twice the width of the format."""

    def make(fmt: Minifloat) -> Element:
        bits = fmt.bits << bits_of if bits_of >= 0 else fmt.bits >> -bits_of
        return unary(kernels.make_to_integer(fmt, bits, is_signed), fmt, rounding)

    return make


def _of_integer(bits_of: int, is_signed: bool) -> Any:
    """Makes element functions of integers of so many times twice the width of the format."""

    def make(fmt: Minifloat) -> Element:
        bits = fmt.bits << bits_of if bits_of >= 0 else fmt.bits >> -bits_of
        return _from_integer(kernels.make_from_integer(fmt, bits, is_signed))

    return make


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
            same(_to_integer(0, _signed, _mode)),
            f"vd = vs2 as {_what} integers, {_how}.",
            real=_whole(_signed, is_result=True),
        )
        _declare_unary(
            f"vfwcvt.{_rtz}{_x}.f.v",
            "010010",
            f"{8 + _base | _bit:05b}",
            narrow(_to_integer(1, _signed, _mode)),
            f"vd, of twice the width, = vs2 as {_what} integers, {_how}.",
            wider_d=1,
            real=_whole(_signed, wider=1, is_result=True),
        )
        _declare_unary(
            f"vfncvt.{_rtz}{_x}.f.w",
            "010010",
            f"{16 + _base | _bit:05b}",
            narrower(_to_integer(-1, _signed, _mode)),
            f"vd = vs2, of twice the width, as {_what} integers, {_how}.",
            wider_2=1,
            floats=(1, 1),
            real=_whole(_signed, is_result=True, floats=1),
        )
    _declare_unary(
        f"vfcvt.f.{_x}.v",
        "010010",
        f"{2 + _bit:05b}",
        same(_of_integer(0, _signed)),
        f"vd = the {_what} integers vs2, rounded once.",
        real=_whole(_signed, is_result=False),
    )
    _declare_unary(
        f"vfwcvt.f.{_x}.v",
        "010010",
        f"{10 + _bit:05b}",
        narrower(_of_integer(-1, _signed)),
        f"vd, of twice the width, = the {_what} integers vs2.",
        wider_d=1,
        floats=(1, 1),
        real=_whole(_signed, is_result=False, floats=1),
    )
    _declare_unary(
        f"vfncvt.f.{_x}.w",
        "010010",
        f"{18 + _bit:05b}",
        narrow(_of_integer(1, _signed)),
        f"vd = the {_what} integers vs2, of twice the width, rounded once.",
        wider_2=1,
        real=_whole(_signed, wider=1, is_result=False),
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


def _narrowing(rounding: int) -> Any:
    def make(fmt: Minifloat, wide: Minifloat) -> Element:
        return unary(kernels.make_convert(wide, fmt), wide, rounding)

    return make


for _rod, _code, _mode in (("", "10100", -1), ("rod.", "10101", _ROD)):
    _declare_unary(
        f"vfncvt.{_rod}f.f.w",
        "010010",
        _code,
        wider(_narrowing(_mode)),
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
    same(lambda fmt: _merge),
    "vd = rs1 where the bit of v0 is set, else vs2.",
)


def _declare_scalar(
    mnemonic: str,
    operands: str,
    bits: str,
    loop_of: Callable[[int, Callable[[int], int]], Any],
    doc: str,
    is_legal: Legality,
    **places: Any,
) -> None:
    """Declares an instruction whose loops are made of SEW and of what unboxes a scalar."""

    def into(extension: Extension, other: Other | None) -> None:
        loops = {sew: loop_of(sew, unbox) for sew, unbox in UNBOX.items()}
        legality = with_floats(is_legal, 0, 0)
        if other is not None:
            sew = other.sew
            alternative = loop_of(sew, unbox_of(other.formats[sew]))
            loops[sew] = make_alternatives(loops[sew], alternative)
            legality = with_alternatives(legality, is_legal, sew)
        run = make_dispatch(loops, 0, 0, 0)
        extension.instruction(f"{mnemonic} {operands}", f"{bits} 1010111", kind="vector", doc=doc)(
            make_body(run, legality, right="rs1", has_floats=True, **places)
        )

    _declared(mnemonic, into)


_declare_scalar(
    "vfmv.v.f",
    "vd, rs1:f",
    "010111 1 00000 rs1 101 vd",
    lambda sew, unbox: make_loop(adapted(_move), sew, unbox),
    "vd = rs1, in all elements.",
    make_legality(0, 0, has_vs1=False),
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
        partial(moves.make_slide_one_loop, is_up=_is_up),
        _what,
        make_legality(0, 0, has_vs1=False, may_overlap=not _is_up),
    )


def _declare_moves(extension: Extension, other: Other | None) -> None:
    """Between an f register and element 0, which altfmt changes only where a box is missing."""
    unbox_16, unbox_32 = UNBOX[16], UNBOX[32]
    other_16 = unbox_16 if other is None else unbox_of(other.formats[16])
    alternatives = 0 if other is None else other.sew

    def is_legal(v: Vector, frm: int) -> bool:
        if not is_ready(v) or frm > 4:
            return False
        if is_alternative(v):
            return width(v) & alternatives != 0
        return has_float(v, 0)

    @extension.instruction("vfmv.f.s rd:f, vs2", "010000 1 vs2 00000 001 rd 1010111", kind="vector")
    def vfmv_f_s(vs2: int, frm: int, v: Vector, fault: Words) -> int:
        """rd = element 0 of vs2."""
        if not is_legal(v, frm):
            refuse(fault)
            return 0
        value, sew = moves.read_first(v, vs2), width(v)
        if sew < 64:
            return value | ((value | -1) << sew)
        return value

    @extension.instruction("vfmv.s.f vd, rs1:f", "010000 1 00000 rs1 101 vd 1010111", kind="vector")
    def vfmv_s_f(vd: int, rs1: int, frm: int, v: Vector, fault: Words) -> None:
        """Element 0 of vd = rs1; the others are tail."""
        if not is_legal(v, frm):
            refuse(fault)
            return
        if v.config[VL] > 0:
            sew = width(v)
            value = rs1
            if sew == 16:
                value = other_16(rs1) if is_alternative(v) else unbox_16(rs1)
            elif sew == 32:
                value = unbox_32(rs1)
            moves.write_first(v, vd, value)


_declared("vfmv.s", _declare_moves)


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
        _elements(FORMATS),
        _wider,
        f"vd[0] = the {_what}, of vs1[0] and the active elements of vs2.",
        is_legal=with_floats(make_reduction_legality(_wider), 0, _wider),
        has_floats=True,
        of_none=None if _empty is None else _empty(FORMATS),
        real=_real(_function, _wider)(FORMATS),
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
