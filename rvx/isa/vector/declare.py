"""From an element function to vector instructions: one for every form of its operands."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from rvx.isa.errors import DeclarationError
from rvx.isa.vector.arithmetic import make_signed
from rvx.isa.vector.elementwise import (
    PARAMETERS,
    SEWS,
    adapted,
    generated,
    make_body,
    make_dispatch,
    make_loop,
)
from rvx.isa.vector.legality import Legality, make_legality, with_floats, with_widths
from rvx.isa.vector.plan import Element, Scalar

OP_V = "1010111"
_FUNCT3 = {
    **{("I", "v"): "000", ("I", "x"): "100", ("I", "i"): "011"},
    **{("M", "v"): "010", ("M", "x"): "110"},
    **{("F", "v"): "001", ("F", "f"): "101"},
}
"""funct3 by the space of funct6 and the third operand: a vector, an x or f register, a number."""
_THIRD = {"v": "vs1", "x": "rs1", "f": "rs1:f", "i": "imm"}


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


class Declares(Protocol):
    """What takes the instructions: an extension."""

    def instruction(
        self, syntax: str, bits: str, *, kind: str = ..., doc: str = ...
    ) -> Callable[[Any], Any]:
        """Declares an instruction, see `rvx.isa.Extension.instruction`."""


@dataclass(frozen=True)
class Form:
    """One form of operands.

    Attributes:
        text: what follows the dot in the mnemonic, such as `vv`, `wx`, `vim`.
    """

    text: str

    @property
    def left_is_wide(self) -> bool:
        """Whether vs2 is twice as wide as SEW."""
        return self.text[0] == "w"

    @property
    def third(self) -> str:
        """`v`, `x`, `f` or `i`; empty where there are two operands."""
        return self.text[1:2]

    @property
    def takes_mask(self) -> bool:
        """Whether v0 is an operand, and written so."""
        return self.text.endswith("m")


@dataclass(frozen=True)
class Shape:
    """What the instructions of one declaration have in common.

    Attributes:
        result: `v`: elements of SEW; `w`: of twice as many bits; `q`: of four times; `m`: a mask.
        is_ternary: whether vd is an operand too, so that vs1 is written before vs2.
        imm: kind of a number: `s` or `u`.
        imm_bits: 5; or 6, the highest of which is the last one of funct6, which then has five.
        has_floats: whether elements are floats.
        vm: what the bit of the mask is where nobody writes it; None where it is written.
        may_overlap: whether vd may be a source as well.
        opcode: the low seven bits.
        kind: class for counts.
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
    scalars: Mapping[int, Scalar] | None = None
    is_of_machine: bool = True


_WIDER = {"v": 0, "w": 1, "q": 2, "m": 0}
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

    Raises:
        DeclarationError: with a sentence that says what does not fit.
    """
    by_sew = elements if isinstance(elements, Mapping) else dict.fromkeys(SEWS, elements)
    by_sew = {sew: adapted(element) for sew, element in by_sew.items()}
    first = elements if not isinstance(elements, Mapping) else next(iter(elements.values()))
    doc = doc or inspect.getdoc(first) or ""
    for text in forms.split():
        form = Form(text)
        funct3 = _FUNCT3.get((space, form.third))
        if funct3 is None:
            raise DeclarationError(
                f"vector instruction '{name}': there is no form '{text}' in space {space}; "
                f"the third operand there is one of "
                f"{', '.join(third for of, third in _FUNCT3 if of == space)}"
            )
        body = _body(form, by_sew, shape)
        extension.instruction(
            f"{name}.{text} {_operands(form, shape)}",
            f"{funct6}{_high_bit(form, shape)} {_mask_bit(form, shape)} vs2 {_third_field(form)} "
            f"{funct3} vd "
            f"{shape.opcode}",
            kind=shape.kind,
            doc=doc,
        )(body)


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
    """
    by_sew = elements if isinstance(elements, Mapping) else dict.fromkeys(SEWS, elements)
    loops = {sew: make_loop(adapted(f), sew, _no_scalar) for sew, f in by_sew.items()}
    if is_legal is None:
        is_legal = make_legality(wider_d, wider_2, has_vs1=False)
        if len(by_sew) < len(SEWS):
            is_legal = with_widths(is_legal, sum(by_sew))
    body = make_body(make_dispatch(loops, wider_d, wider_2, 0), is_legal, has_floats=has_floats)
    funct6, code, funct3 = bits.split()
    extension.instruction(
        f"{mnemonic} vd, vs2, vm",
        f"{funct6} vm vs2 {code} {funct3} vd {OP_V}",
        kind="vector",
        doc=doc or inspect.getdoc(next(iter(by_sew.values()))) or "",
    )(body)


def _no_scalar(value: int) -> int:
    return 0


def _operands(form: Form, shape: Shape) -> str:
    third = _THIRD[form.third] + (f":{shape.imm}" if form.third == "i" else "")
    sources = f"{third}, vs2" if shape.is_ternary else f"vs2, {third}"
    if form.takes_mask:
        return f"vd, {sources}, v0"
    return f"vd, {sources}, vm" if shape.vm is None else f"vd, {sources}"


def _mask_bit(form: Form, shape: Shape) -> str:
    if form.takes_mask:
        return "0"
    return "vm" if shape.vm is None else str(shape.vm)


def _high_bit(form: Form, shape: Shape) -> str:
    return " imm[5]" if form.third == "i" and shape.imm_bits == 6 else ""


def _third_field(form: Form) -> str:
    return "imm[4:0]" if form.third == "i" else _THIRD[form.third].partition(":")[0]


def _body(form: Form, by_sew: Mapping[int, Element], shape: Shape) -> Callable[..., Any]:
    wider_d = _WIDER[shape.result]
    wider_2 = 1 if form.left_is_wide else 0
    is_vector = form.third == "v"
    scalars = shape.scalars or _SIGNED
    loops = {
        sew: make_loop(
            element,
            sew,
            None if is_vector else scalars[sew],
            makes_mask=shape.result == "m",
            takes_mask=form.takes_mask,
        )
        for sew, element in by_sew.items()
    }
    legality: Legality = make_legality(
        wider_d,
        wider_2,
        has_vs1=is_vector,
        makes_mask=shape.result == "m",
        may_overlap=shape.may_overlap,
    )
    if shape.has_floats and shape.is_of_machine:
        legality = with_floats(legality, 0, wider_d)
    elif len(by_sew) < len(SEWS):
        legality = with_widths(legality, sum(by_sew))
    return make_body(
        make_dispatch(loops, wider_d, wider_2, 0),
        legality,
        right=_THIRD[form.third].partition(":")[0],
        has_vm=shape.vm is None and not form.takes_mask,
        vm=0 if form.takes_mask else 1,
        has_floats=shape.has_floats,
    )


def elements_of_formats(function: Element, formats: Sequence[ElementFormat]) -> dict[int, Element]:
    """An element function of each format, by SEW.

    Args:
        function: may ask for operations of the format by name, besides `PARAMETERS`; elements reach
            it as codes, zeros above them.
        formats: one for each SEW that has the instruction.

    Raises:
        DeclarationError: two formats have one width, or a width that no element has.
    """
    made: dict[int, Element] = {}
    asked = function.__code__.co_varnames[: function.__code__.co_argcount]
    for fmt in formats:
        if fmt.bits not in SEWS or fmt.bits in made:
            raise DeclarationError(
                f"the element function '{function.__name__}': {fmt} has {fmt.bits} bits; formats "
                f"are of 8, 16, 32 and 64, and one of each"
            )
        operations = fmt.operations()
        for name in asked:
            if name not in (*PARAMETERS, *operations):
                raise DeclarationError(
                    f"the element function '{function.__name__}' asks for '{name}'; it may ask for "
                    f"{', '.join((*PARAMETERS, *operations))}"
                )
        mask = -1 if fmt.bits == 64 else (1 << fmt.bits) - 1
        passed = [f"{name} & {mask}" if name in ("d", "a", "b") else name for name in asked]
        made[fmt.bits] = generated(
            f"def element({', '.join(PARAMETERS)}):\n    return function({', '.join(passed)})\n",
            "element",
            {"function": function, **{n: operations[n] for n in asked if n in operations}},
        )
    return made


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
