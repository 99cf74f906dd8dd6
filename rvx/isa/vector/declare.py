"""From an element function to vector instructions: one for every form of its operands."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from rvx.isa.errors import DeclarationError
from rvx.isa.real import (
    NO_NUMBER,
    Function,
    GatheredReal,
    Meaning,
    VectorReal,
    no_number,
    parameters,
)
from rvx.isa.vector import own
from rvx.isa.vector.arithmetic import make_signed
from rvx.isa.vector.elementwise import (
    SEWS,
    adapted,
    make_alternatives,
    make_body,
    make_dispatch,
    make_loop,
    make_reduction_loop,
    make_unordered_loop,
    same,
)
from rvx.isa.vector.legality import (
    Legality,
    make_legality,
    make_reduction_legality,
    with_alternatives,
    with_floats,
    with_widths,
)
from rvx.isa.vector.own import HART, Part, Recipe
from rvx.isa.vector.plan import Element, Scalar
from rvx.records import dataclass, replace

OP_V = "1010111"
_FUNCT3 = {
    **{("I", "v"): "000", ("I", "x"): "100", ("I", "i"): "011"},
    **{("M", "v"): "010", ("M", "x"): "110"},
    **{("F", "v"): "001", ("F", "f"): "101"},
}
"""funct3 by the space of funct6 and the third operand: a vector, an x or f register, a number."""
_THIRD = {"v": "vs1", "s": "vs1", "x": "rs1", "f": "rs1:f", "i": "imm", "": ""}
_LIKE = {"s": "v", "": "v"}
"""Forms whose funct3 is that of another."""
NOTHING = "-"
"""The form without any source; its mnemonic ends in `.v` as that of vid does."""


class ElementFormat(Protocol):
    """A format that elements may have."""

    @property
    def bits(self) -> int:
        """Bits of a code."""

    @property
    def has_flags(self) -> bool:
        """Whether its operations round as frm says, and raise flags."""

    def operations(self) -> Mapping[str, Callable[..., Any]]:
        """What element functions may ask for by name, such as `add`."""

    def conversion(self, target: Any) -> Callable[..., Any] | None:
        """convert(a, mode, flags) to another format; None if there is none."""


class Declares(Protocol):
    """What takes the instructions: an extension."""

    def instruction(
        self,
        syntax: str,
        bits: str,
        *,
        kind: str = ...,
        doc: str = ...,
        macs: int = ...,
        flops: int = ...,
        real: Meaning | None = ...,
    ) -> Callable[[Any], Any]:
        """Declares an instruction, see `rvx.isa.Extension.instruction`."""


@dataclass(frozen=True)
class Form:
    """One form of operands.

    Attributes:
        text: what follows the dot in the mnemonic, such as `vv`, `wx`, `vim`; `NOTHING` where there
            is no source.
    """

    text: str

    @property
    def wider_2(self) -> int:
        """Binary logarithm of EEW / SEW for vs2: `w` is twice as wide, `q` four times."""
        return {"w": 1, "q": 2}.get(self.text[0], 0)

    @property
    def has_left(self) -> bool:
        """Whether there is an operand vs2."""
        return self.text != NOTHING

    @property
    def third(self) -> str:
        """`v`, `x`, `f`, `i`, or `s` for vs1 of a reduction; empty where there is no third one."""
        return self.text[1:2]

    @property
    def suffix(self) -> str:
        """What follows the dot in the mnemonic."""
        return self.text if self.has_left else "v"

    @property
    def takes_mask(self) -> bool:
        """Whether v0 is an operand, and written so."""
        return self.text.endswith("m")


@dataclass(frozen=True)
class Shape:
    """What the instructions of one declaration have in common.

    Attributes:
        result: `v`: elements of SEW; `w`: of twice as many bits; `q`: of four times; `m`: a mask;
            empty if there is no vd.
        is_ternary: whether vd is an operand too, so that vs1 is written before vs2.
        imm: kind of a number: `s` or `u`.
        imm_bits: 5; or 6, the highest of which is the last one of funct6, which then has five.
        has_floats: whether elements are floats.
        vm: what the bit of the mask is where nobody writes it; None where it is written.
        may_overlap: whether vd may be a source as well.
        opcode: the low seven bits.
        kind: class for counts.
        code: what stands in the place of vs1 where there is no third operand.
        macs: multiply-accumulates of an element.
        flops: operations on floating-point numbers of an element, where no meaning says it.
        is_ordered: of a reduction, whether elements are combined one after the other.
        scalars: makes elements of scalars, by SEW.
        is_of_machine: whether elements are floats that the machine must have, as for V; elements of
            formats of one's own are there where they are declared.
    """

    result: str = "v"
    is_ternary: bool = False
    imm: str = "s"
    imm_bits: int = 5
    has_floats: bool = False
    vm: int | None = None
    may_overlap: bool = True
    opcode: str = OP_V
    kind: str = "vector"
    code: str = "00000"
    is_ordered: bool = True
    macs: int = 0
    flops: int = 0
    scalars: Mapping[int, Scalar] | None = None
    is_of_machine: bool = True


@dataclass(frozen=True)
class Alternatives:
    """What an instruction does while altfmt is set; under other SEW it is reserved then.

    Attributes:
        elements: element functions, by SEW.
        scalars: makes elements of scalars, by SEW.
    """

    elements: Mapping[int, Element]
    scalars: Mapping[int, Scalar] | None = None


_WIDER = {"v": 0, "w": 1, "q": 2, "m": 0, "": 0}
_SIGNED = {sew: make_signed(sew) for sew in SEWS}


def declare(
    extension: Declares,
    name: str,
    forms: str,
    space: str,
    funct6: str,
    elements: Element | Mapping[int, Element],
    shape: Shape,
    doc: str = "",
    real: VectorReal | GatheredReal | None = None,
    alternatives: Alternatives | None = None,
) -> None:
    """Declares the instructions `name.form`.

    Args:
        extension: takes them.
        name: of the mnemonics, up to the dot.
        forms: separated by spaces, such as `vv vx vi`.
        space: `I`, `M` or `F`: of which table funct6 is.
        funct6: six bits.
        elements: the element function, or one for each SEW that has the instruction.
        shape: the rest.
        doc: instead of the docstring of the element function.
        real: what elements mean in real numbers, for any form.
        alternatives: what they do while altfmt is set; None where that is reserved.

    Raises:
        DeclarationError: with a sentence that says what does not fit.
    """
    by_sew = elements if isinstance(elements, Mapping) else dict.fromkeys(SEWS, elements)
    by_sew = {sew: adapted(element) for sew, element in by_sew.items()}
    first = elements if not isinstance(elements, Mapping) else next(iter(elements.values()))
    doc = doc or inspect.getdoc(first) or ""
    for text in forms.split():
        form = _form(name, text, space)
        body = _body(form, by_sew, shape, alternatives)
        _declare_form(extension, name, form, space, funct6, body, shape, doc, real)


def _form(name: str, text: str, space: str) -> Form:
    """The form of a text.

    Raises:
        DeclarationError: there is none in this space.
    """
    form = Form(text)
    thirds = [third for of, third in _FUNCT3 if of == space]
    known = [f"{left}{third}" for left in "vwq" for third in (*thirds, "")]
    known += [f"{one}m" for one in known if one.startswith("v")] + ["vs", NOTHING]
    if not thirds:
        raise DeclarationError(
            f"vector instruction '{name}': there is no form '{text}' in space {space}, since "
            f"there is no such space: it is I, M or F"
        )
    if text not in known:
        raise DeclarationError(
            f"vector instruction '{name}': there is no form '{text}' in space {space}; the third "
            f"operand there is one of {', '.join(thirds)}, as in v{thirds[0]}; a form of one "
            f"operand is v, a reduction vs, and one without sources {NOTHING}"
        )
    return form


def _declare_form(
    extension: Declares,
    name: str,
    form: Form,
    space: str,
    funct6: str,
    body: Callable[..., Any],
    shape: Shape,
    doc: str,
    real: VectorReal | GatheredReal | None,
) -> None:
    funct3 = _FUNCT3[space, _LIKE.get(form.third, form.third)]
    extension.instruction(
        f"{name}.{form.suffix} {_operands(form, shape)}",
        f"{funct6}{_high_bit(form, shape)} {_mask_bit(form, shape)} "
        f"{'vs2' if form.has_left else '00000'} {_third_field(form, shape)} "
        f"{funct3} {'vd' if shape.result else '00000'} "
        f"{shape.opcode}",
        kind=shape.kind,
        doc=doc,
        macs=shape.macs,
        flops=shape.flops,
        real=_real_of(form, shape, real),
    )(body)


def _real_of(form: Form, shape: Shape, real: VectorReal | GatheredReal | None) -> Meaning | None:
    """The meaning of one form; what gives a mask, or nothing, gives no number."""
    if real is None or isinstance(real, GatheredReal):
        return real
    if real.function is no_number or shape.result in ("m", ""):
        return NO_NUMBER
    return replace(
        real,
        third=_THIRD[form.third].partition(":")[0],
        wider_d=_WIDER[shape.result],
        wider_2=form.wider_2,
        is_reduction=form.third == "s",
    )


def declare_unary(
    extension: Declares,
    mnemonic: str,
    bits: str,
    elements: Element | Mapping[int, Element],
    doc: str = "",
    *,
    wider_d: int = 0,
    wider_2: int = 0,
    is_legal: Legality | None = None,
    has_floats: bool = False,
    real: VectorReal | None = None,
    alternatives: Alternatives | None = None,
) -> None:
    """Declares `mnemonic vd, vs2, vm`, an instruction of one operand.

    Args:
        extension: takes it.
        mnemonic: whole.
        bits: funct6, what stands in the place of vs1, and funct3, separated by spaces.
        elements: the element function, or one for each SEW that has the instruction.
        doc: instead of the docstring of the element function.
        wider_d: binary logarithm of EEW / SEW for the result.
        wider_2: for vs2.
        is_legal: instead of what follows from the widths.
        has_floats: whether elements are floats, so that frm counts and fflags are raised.
        real: what elements mean in real numbers.
        alternatives: what it does while altfmt is set; None where that is reserved.
    """
    by_sew = elements if isinstance(elements, Mapping) else dict.fromkeys(SEWS, elements)
    loops = {sew: make_loop(adapted(f), sew, _no_scalar) for sew, f in by_sew.items()}
    groups = make_legality(wider_d, wider_2, has_vs1=False)
    if is_legal is None:
        is_legal = with_widths(groups, sum(by_sew)) if len(by_sew) < len(SEWS) else groups
    if alternatives is not None:
        for sew, f in alternatives.elements.items():
            loops[sew] = make_alternatives(loops[sew], make_loop(adapted(f), sew, _no_scalar))
        is_legal = with_alternatives(is_legal, groups, sum(alternatives.elements))
    body = make_body(make_dispatch(loops, wider_d, wider_2, 0), is_legal, has_floats=has_floats)
    funct6, code, funct3 = bits.split()
    extension.instruction(
        f"{mnemonic} vd, vs2, vm",
        f"{funct6} vm vs2 {code} {funct3} vd {OP_V}",
        kind="vector",
        doc=doc or inspect.getdoc(next(iter(by_sew.values()))) or "",
        real=None if real is None else replace(real, wider_d=wider_d, wider_2=wider_2),
    )(body)


def _no_scalar(value: int) -> int:
    return 0


def _operands(form: Form, shape: Shape) -> str:
    third = _THIRD[form.third] + (f":{shape.imm}" if form.third == "i" else "")
    sources = [*(["vs2"] if form.has_left else []), *([third] if third else [])]
    if shape.is_ternary:
        sources.reverse()
    named = [*(["vd"] if shape.result else []), *sources]
    if form.takes_mask:
        named.append("v0")
    elif shape.vm is None:
        named.append("vm")
    return ", ".join(named)


def _mask_bit(form: Form, shape: Shape) -> str:
    if form.takes_mask:
        return "0"
    return "vm" if shape.vm is None else str(shape.vm)


def _high_bit(form: Form, shape: Shape) -> str:
    return " imm[5]" if form.third == "i" and shape.imm_bits == 6 else ""


def _third_field(form: Form, shape: Shape) -> str:
    if form.third == "i":
        return "imm[4:0]"
    return _THIRD[form.third].partition(":")[0] or shape.code


def _body(
    form: Form,
    by_sew: Mapping[int, Element],
    shape: Shape,
    alternatives: Alternatives | None,
) -> Callable[..., Any]:
    def loop_of(sew: int, element: Element, scalars: Mapping[int, Scalar]) -> Callable[..., None]:
        return make_loop(
            element,
            sew,
            None if form.third == "v" else scalars[sew],
            makes_mask=shape.result == "m",
            takes_mask=form.takes_mask,
        )

    loops = {sew: loop_of(sew, f, shape.scalars or _SIGNED) for sew, f in by_sew.items()}
    if alternatives is None:
        return _body_of_loops(form, loops, shape, ())
    for sew, f in alternatives.elements.items():
        other = loop_of(sew, adapted(f), alternatives.scalars or _SIGNED)
        loops[sew] = make_alternatives(loops[sew], other)
    return _body_of_loops(form, loops, shape, (), sum(alternatives.elements))


def _body_of_loops(
    form: Form,
    loops: Mapping[int, Callable[..., None]],
    shape: Shape,
    words: Sequence[str],
    alternatives: int = 0,
) -> Callable[..., Any]:
    wider_d = _WIDER[shape.result]
    is_reduction = form.third == "s"
    legality: Legality = make_legality(
        wider_d,
        form.wider_2,
        has_vs1=form.third == "v",
        makes_mask=shape.result == "m",
        may_overlap=shape.may_overlap,
        has_vd=shape.result != "",
        has_vs2=form.has_left,
    )
    if is_reduction:
        legality = make_reduction_legality(
            wider_d, has_vd=shape.result != "", may_overlap=shape.may_overlap
        )
    groups = legality
    if shape.has_floats and shape.is_of_machine:
        legality = with_floats(legality, 0, wider_d)
    elif len(loops) < len(SEWS):
        legality = with_widths(legality, sum(loops))
    if alternatives:
        legality = with_alternatives(legality, groups, alternatives)
    return make_body(
        make_dispatch(loops, wider_d, form.wider_2, wider_d if is_reduction else 0),
        legality,
        left=form.has_left,
        right=_THIRD[form.third].partition(":")[0],
        has_vm=shape.vm is None and not form.takes_mask,
        vm=0 if form.takes_mask else (1 if shape.vm is None else shape.vm),
        has_floats=shape.has_floats,
        has_vd=shape.result != "",
        words=words,
        result="mask" if shape.result == "m" else "one" if is_reduction else "",
    )


# -- instructions of a user's own ----------------------------------------------------------


@dataclass(frozen=True)
class OwnFormats:
    """Formats of a user's instruction.

    Attributes:
        elements: of SEW, one for each SEW that has the instruction; none for integers.
        wide: of elements that have more bits, in the order of `elements`; none if they are those
            of integers.
        widths: for integers, the SEW that have the instruction; all if there are none.
    """

    elements: Sequence[ElementFormat] = ()
    wide: Sequence[ElementFormat] = ()
    widths: Sequence[int] = ()

    @property
    def has_flags(self) -> bool:
        """Whether operations round as frm says, and raise flags."""
        return any(fmt.has_flags for fmt in (*self.elements, *self.wide))

    def sews(self, whose: str) -> tuple[int, ...]:
        """Every SEW that has the instruction.

        Raises:
            DeclarationError: two formats have one width, or a width that no element has.
        """
        if not self.elements:
            for width in self.widths:
                if width not in SEWS:
                    raise DeclarationError(f"{whose}: widths are of 8, 16, 32 and 64, not {width}")
            return tuple(self.widths) or SEWS
        if self.widths:
            raise DeclarationError(f"{whose}: formats have their widths; do not name others")
        found: list[int] = []
        for fmt in self.elements:
            if fmt.bits not in SEWS or fmt.bits in found:
                raise DeclarationError(
                    f"{whose}: {fmt} has {fmt.bits} bits; formats are of 8, 16, 32 and 64, and one "
                    f"of each"
                )
            found.append(fmt.bits)
        return tuple(found)

    def operations(self, whose: str, sew: int, wide_bits: int) -> dict[str, Callable[..., Any]]:
        """What a function may ask for by name under a SEW.

        Raises:
            DeclarationError: the wide formats do not fit.
        """
        by_sew = {fmt.bits: at for at, fmt in enumerate(self.elements)}
        if sew not in by_sew:
            return {}
        fmt = self.elements[by_sew[sew]]
        found = dict(fmt.operations())
        if not self.wide:
            return found
        if len(self.wide) != len(self.elements):
            raise DeclarationError(f"{whose}: there is one wide format for each of the formats")
        wide = self.wide[by_sew[sew]]
        if wide.bits != wide_bits:
            raise DeclarationError(
                f"{whose}: {wide} has {wide.bits} bits, and the wide elements beside {fmt} have "
                f"{wide_bits}"
            )
        found |= {f"wide_{name}": function for name, function in wide.operations().items()}
        for name, convert in (
            ("widen", fmt.conversion(wide)),
            ("narrow", wide.conversion(fmt)),
        ):
            if convert is not None:
                found[name] = convert
        return found


def declare_own(
    extension: Declares,
    name: str,
    forms: str,
    space: str,
    funct6: str,
    function: Callable[..., Any],
    shape: Shape,
    formats: OwnFormats,
    states: Mapping[str, int],
    doc: str,
    real: Function | VectorReal | GatheredReal | None = None,
) -> None:
    """Declares the instructions `name.form` of a user's function.

    Args:
        extension: takes them.
        name: of the mnemonics, up to the dot.
        forms: separated by spaces.
        space: `I`, `M` or `F`.
        funct6: six bits.
        function: of elements, or of register groups, see `rvx.isa.vector.own`.
        shape: the rest.
        formats: what elements are.
        states: words that the extension has declared, and how many.
        doc: what it does.
        real: what elements mean in real numbers.

    Raises:
        DeclarationError: with a sentence that says what does not fit.
    """
    whose = f"the element function '{function.__name__}'"
    if shape.result not in _WIDER:
        raise DeclarationError(
            f"vector instruction '{name}': the result is v, w, q, m or nothing, not "
            f"'{shape.result}'"
        )
    sews = formats.sews(whose)
    for text in forms.split():
        form = _form(name, text, space)
        _check_own(function, name, form, shape)
        wider = max(_WIDER[shape.result], form.wider_2)
        parts = {
            sew: own.part_of(
                function,
                sew,
                formats.operations(whose, sew, sew << wider),
                states,
                shape.has_floats,
            )
            for sew in sews
            if sew << wider <= max(SEWS)
        }
        body = _own_body(form, parts, shape, formats, own.states_of(function, states))
        meaning = _own_real(name, form, shape, formats, real)
        _declare_form(extension, name, form, space, funct6, body, shape, doc, meaning)


def _own_real(
    name: str,
    form: Form,
    shape: Shape,
    formats: OwnFormats,
    function: Function | VectorReal | GatheredReal | None,
) -> VectorReal | GatheredReal | None:
    """The meaning of a user's instruction: the widths say which operand has which format.

    Raises:
        DeclarationError: there are no formats, or the function asks for something else.
    """
    if function is None or isinstance(function, VectorReal | GatheredReal):
        return function
    if not formats.elements and function is not no_number:
        raise DeclarationError(
            f"vector instruction '{name}': real needs formats, which say what numbers elements are"
        )
    for asked in parameters(function):
        if asked not in ("d", "a", "b"):
            raise DeclarationError(
                f"vector instruction '{name}': the function of real asks for '{asked}'; it may ask "
                f"for d, a and b"
            )
    by_sew: dict[int, tuple[Any, Any, Any]] = {}
    for at, fmt in enumerate(formats.elements):
        wide = formats.wide[at] if formats.wide else fmt
        widths = (_WIDER[shape.result], form.wider_2, 0)
        by_sew[fmt.bits] = tuple(wide if width else fmt for width in widths)  # type: ignore[assignment]
    return VectorReal(function, by_sew)


def _check_own(function: Callable[..., Any], name: str, form: Form, shape: Shape) -> None:
    """Checks that a function and a form go together."""
    if own.is_of_groups(function):
        has = {"vd": shape.result != "", "vs2": form.has_left, "vs1": form.third in ("v", "s")}
        own.check_group_operands(
            function, name, form.text, {**has, "b": form.third in ("x", "f", "i")}
        )
        return
    if not shape.result:
        raise DeclarationError(
            f"vector instruction '{name}': without a result it needs a function of register "
            f"groups, which asks for vs2, vs1 and vl"
        )
    if form.third != "s":
        return
    if shape.result == "m":
        raise DeclarationError(f"vector instruction '{name}': a reduction gives no mask")
    asked = own.asked_by(function)
    if "d" not in asked or "a" not in asked:
        raise DeclarationError(
            f"vector instruction '{name}': the function of a reduction combines d, the result so "
            f"far, with a, an element"
        )
    if not shape.is_ordered and shape.result != "v":
        raise DeclarationError(
            f"vector instruction '{name}': a reduction in any order combines results with each "
            f"other, so that they have the width of elements"
        )


def _own_body(
    form: Form,
    parts: Mapping[int, Part],
    shape: Shape,
    formats: OwnFormats,
    states: tuple[str, ...],
) -> Callable[..., Any]:
    """The body as it is declared, with the recipe of those that are performed."""

    def made_of(functions: Sequence[Callable[..., Any]], words: Sequence[str]) -> Any:
        loops = {
            sew: _own_loop(form, sew, part, function, shape, formats, states)
            for (sew, part), function in zip(parts.items(), functions, strict=True)
        }
        return _body_of_loops(form, loops, shape, words)

    # Declared, it has no words of the hart: what stands there is never looked at.
    plain = [_as_written(part) for part in parts.values()]
    body = made_of(plain, ("fault", *states))
    recipe = Recipe(tuple(parts.values()), lambda functions: made_of(functions, (HART, *states)))
    return own.with_recipe(body, recipe)


def _as_written(part: Part) -> Callable[..., Any]:
    """The function of a part with the parameters that a spelled one has."""

    def function(*given: Any) -> Any:
        return part.function(**part.known, **dict(zip(part.parameters, given, strict=False)))

    return function


def _own_loop(
    form: Form,
    sew: int,
    part: Part,
    function: Callable[..., Any],
    shape: Shape,
    formats: OwnFormats,
    states: tuple[str, ...],
) -> Callable[..., None]:
    wider_d = _WIDER[shape.result]
    is_reduction = form.third == "s"
    # Only f registers hold codes in boxes; an x register holds them as they are.
    scalars = shape.scalars if form.third == "f" and shape.scalars else _SIGNED
    scalar_of = scalars[sew] if form.third in ("x", "f", "i") else None
    bits = {"vd": sew << wider_d, "vs2": sew << form.wider_2, "vs1": sew}
    if own.is_of_groups(part.function):
        emuls: dict[str, int | None] = {"vd": wider_d, "vs2": form.wider_2, "vs1": 0}
        if shape.result == "m":
            emuls["vd"] = None
        if is_reduction:
            emuls["vd"] = emuls["vs1"] = None
            bits["vs1"] = bits["vd"]
        return own.make_group_loop(part, function, states, bits, emuls, scalar_of)
    codes: dict[str, int] = {}
    if formats.elements:
        codes = {"d": bits["vd"], "a": bits["vs2"], "b": bits["vs1"]}
    element = own.element_of(part, function, states, codes)
    words = 1 + len(states)
    if is_reduction and shape.is_ordered:
        return make_reduction_loop(element, sew, adapted(same), words)
    if is_reduction:
        return make_unordered_loop(element, sew)
    if scalar_of is None and form.third != "v":
        scalar_of = _no_scalar
    return make_loop(
        element,
        sew,
        scalar_of,
        makes_mask=shape.result == "m",
        takes_mask=form.takes_mask,
        words=words,
    )


def make_unboxed(bits: int) -> Scalar:
    """A function that takes a code out of an f register; one that is not boxed becomes a NaN.

    The canonical NaN of IEEE formats is meant: that of an f register with another box is not
    defined by any format of one's own.
    """
    fraction = {16: 10, 32: 23}.get(bits, 0)
    nan = ((1 << (bits - fraction)) - 1 >> 1) << fraction | 1 << max(fraction - 1, 0)

    def unboxed(register: int) -> int:
        if bits == 64 or register >> bits == -1:
            return register
        return nan

    return unboxed
