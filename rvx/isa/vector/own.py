"""Vector instructions of a user's own: from a function to a body for every form.

The function says by the names of its parameters what it works on. One that asks for `d`, `a` and
`b` is of elements: it is called for each. One that asks for `vd`, `vs2` and `vs1` is of whole
register groups, which it gets as arrays: it is called once an instruction. In the form `vs` a
function of elements combines `d`, the result so far, with `a`: a reduction.

Nothing of a user's is performed as it is written: what reads bodies (`rvx.bodies`) spells the
function out first, so that it means the same in all forms. So a body is a recipe here: the
functions that it is made of, and what makes the body once they are spelled out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from rvx.isa.errors import DeclarationError
from rvx.isa.vector.elementwise import PARAMETERS, SEWS, generated
from rvx.isa.vector.legality import registers
from rvx.isa.vector.plan import Element, Scalar
from rvx.isa.vector.state import HEADER, VL, Vector, group, most_elements
from rvx.records import dataclass
from rvx.regex import regex

HART = "hart"
"""The request that a spelled body has besides: the words that say what it has raised."""


@dataclass(frozen=True)
class Parameter:
    """What a function gets for one of its parameters.

    Attributes:
        kind: a number; words that it may change; the flags of integers, which only operations of
            rvx raise; the elements of a register group; or which elements are active.
        size: of words, how many.
        is_unsigned: of elements, whether they come without a sign.
        bits: of elements, how many each has.
    """

    kind: Literal["number", "words", "flags", "group", "mask"]
    size: int = 0
    is_unsigned: bool = False
    bits: int = 64


@dataclass(frozen=True, eq=False)
class Part:
    """A function that a body is made of.

    Attributes:
        function: as the user has written it.
        known: parameters that are known when the extension is loaded: numbers, and functions.
        parameters: the others, in order.
        results: names of what it returns: nothing, or `d`.
    """

    function: Callable[..., Any]
    known: Mapping[str, Any]
    parameters: Mapping[str, Parameter]
    results: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Recipe:
    """A body that is made of functions of a user's.

    Attributes:
        parts: the functions.
        make: makes the body of the functions as they are spelled out. These take the parameters
            that are not known, and the words of `HART`, which the body asks for besides.
    """

    parts: tuple[Part, ...]
    make: Callable[[Sequence[Callable[..., Any]]], Callable[..., Any]]


_RECIPE = "vector_recipe"


def with_recipe(body: Callable[..., Any], recipe: Recipe) -> Callable[..., Any]:
    """The body, marked with what it is made of."""
    setattr(body, _RECIPE, recipe)
    return body


def recipe_of(body: Any) -> Recipe | None:
    """What a body is made of; None for those that are performed as they are written."""
    recipe: Recipe | None = getattr(body, _RECIPE, None)
    return recipe


# -- what a function asks for -----------------------------------------------------------------

_GROUP = regex(r"(vd|vs2|vs1)(?:_(u?)(8|16|32|64))?")
_GROUP_NUMBERS = ("b", "vl", "vlmax", "mode")
GROUP_PARAMETERS = ("vd", "vs2", "vs1", "b", "m", "vl", "vlmax", "sew", "mode", "flags")
"""What a function of register groups may ask for:

* `vd`, `vs2`, `vs1`: the groups, as elements of the width that the declaration gives them;
  `vs2_8` the same registers as elements of 8 bits, `vs2_u8` without a sign, and so on;
* `b`: the scalar of a form such as `vx`;
* `m`: `m[x]` says whether element x is active;
* `vl`, and `vlmax`, the most that it may be;
* `sew`, `mode`, `flags`: as functions of elements.
"""


def is_of_groups(function: Callable[..., Any]) -> bool:
    """Whether a function works on whole register groups."""
    return any(_GROUP.fullmatch(name) or name in ("vl", "vlmax") for name in asked_by(function))


def asked_by(function: Callable[..., Any]) -> tuple[str, ...]:
    """The parameters of a function."""
    code = function.__code__
    return code.co_varnames[: code.co_argcount]


def part_of(
    function: Callable[..., Any],
    sew: int,
    operations: Mapping[str, Callable[..., Any]],
    states: Mapping[str, int],
    has_floats: bool,
) -> Part:
    """A function for one SEW.

    Args:
        function: as the user has written it.
        sew: in bits.
        operations: functions that it may ask for by name.
        states: words that the extension has declared, and how many.
        has_floats: whether flags are those of floating point.

    Raises:
        DeclarationError: it asks for something else.
    """
    of_groups = is_of_groups(function)
    usual = GROUP_PARAMETERS if of_groups else PARAMETERS
    known: dict[str, Any] = {}
    parameters: dict[str, Parameter] = {}
    for name in asked_by(function):
        found = _GROUP.fullmatch(name) if of_groups else None
        if name in operations:
            known[name] = operations[name]
        elif name == "sew":
            known[name] = sew
        elif found is not None:
            bits = int(found[3] or 0)
            parameters[name] = Parameter("group", is_unsigned=found[2] == "u", bits=bits)
        elif name in states:
            parameters[name] = Parameter("words", states[name])
        elif name == "flags":
            parameters[name] = Parameter("words", 1) if has_floats else Parameter("flags", HEADER)
        elif name == "m" and of_groups:
            parameters[name] = Parameter("mask")
        elif name in usual:
            parameters[name] = Parameter("number")
        else:
            listed = ", ".join((*usual, *operations, *states))
            raise DeclarationError(
                f"the element function '{function.__name__}' asks for '{name}'; it may ask for "
                f"{listed}"
                if not of_groups
                else f"the function '{function.__name__}' of register groups asks for '{name}'; "
                f"it may ask for {listed}, and for groups as elements of a width, as vs2_8 or "
                f"vs2_u8"
            )
    return Part(function, known, parameters, () if of_groups else ("d",))


def states_of(function: Callable[..., Any], states: Mapping[str, int]) -> tuple[str, ...]:
    """The states that a function asks for, in order."""
    return tuple(name for name in asked_by(function) if name in states)


# -- adapters: from what a loop gives to what a function takes --------------------------------


def _words_at(part: Part, states: Sequence[str]) -> dict[str, str]:
    """Where the arrays are that a loop passes on: flags, the hart's words, and states."""
    return {"flags": "flags[0]", **{name: f"flags[{at + 2}]" for at, name in enumerate(states)}}


def element_of(
    part: Part, spelled: Callable[..., Any], states: Sequence[str], codes: Mapping[str, int]
) -> Element:
    """The element function that a loop calls, with all of `PARAMETERS`.

    Args:
        part: what the user's function is.
        spelled: that function, spelled out.
        states: the arrays behind the flags and the hart's words.
        codes: bits of the operands that are codes of a format: they come with zeros above.
    """
    at = _words_at(part, states)
    passed = []
    for name in part.parameters:
        bits = codes.get(name, 64)
        text = at.get(name, name)
        passed.append(f"{text} & {(1 << bits) - 1}" if bits < 64 else text)
    made: Element = generated(
        f"def element({', '.join(PARAMETERS)}):\n"
        f"    return function({', '.join((*passed, 'flags[1]'))})\n",
        "element",
        {"function": spelled},
    )
    return made


def make_group_loop(
    part: Part,
    spelled: Callable[..., Any],
    states: Sequence[str],
    eews: Mapping[str, int],
    emuls: Mapping[str, int | None],
    scalar_of: Scalar | None,
) -> Callable[..., None]:
    """What stands for the loop over elements where a function gets whole groups.

    Args:
        part: what the user's function is.
        spelled: that function, spelled out.
        states: the arrays behind the flags and the hart's words.
        eews: bits of an element of `vd`, `vs2` and `vs1`.
        emuls: binary logarithms of EMUL / LMUL of these; None for a single register.
        scalar_of: makes the element of a scalar operand.
    """
    at = _words_at(part, states)
    passed = []
    for name, parameter in part.parameters.items():
        if parameter.kind == "group":
            passed.append(_view(name, parameter, eews, emuls))
        elif name == "m":
            # Without a register, that is where nothing is masked off, all are active.
            passed.append("v.e8[0 : v.vlenb if vm == 0 else 0]")
        else:
            passed.append(
                {
                    "b": "scalar_of(scalar)" if scalar_of is not None else "scalar",
                    "vl": f"v.config[{VL}]",
                    "vlmax": "most_elements(v)",
                }.get(name, at.get(name, name))
            )
    # Where there is no element nothing is written, as in all instructions.
    text = (
        "def loop(v, result, left, right, vd, at_d, at_a, at_b, scalar, vm, mode, flags):\n"
        f"    if v.config[{VL}] > 0:\n"
        f"        function({', '.join((*passed, 'flags[1]'))})\n"
    )
    names = {
        "function": spelled,
        "scalar_of": scalar_of,
        "most_elements": most_elements,
        "group": group,
        "registers": registers,
    }
    if scalar_of is None:
        del names["scalar_of"]
    made: Callable[..., None] = generated(text, "loop", names)
    return made


def _view(
    name: str, parameter: Parameter, eews: Mapping[str, int], emuls: Mapping[str, int | None]
) -> str:
    """The registers of a group as elements: from its first register to its last."""
    operand = name.partition("_")[0]
    eew = eews[operand]
    first = f"{ {'vd': 'at_d', 'vs2': 'at_a', 'vs1': 'at_b'}[operand] } * {eew // 8}"
    emul = emuls[operand]
    count = "1" if emul is None else f"registers(group(v) + {emul})"
    bits = parameter.bits or eew
    shift = SEWS.index(bits)
    return f"v.e{bits}[{first} >> {shift} : {first} + {count} * v.vlenb >> {shift}]"


def check_group_operands(
    function: Callable[..., Any], name: str, form: str, has: Mapping[str, bool]
) -> None:
    """Checks that a function of groups asks only for operands that a form has.

    Raises:
        DeclarationError: it asks for another.
    """
    for asked in asked_by(function):
        operand = asked.partition("_")[0] if _GROUP.fullmatch(asked) else asked
        if not has.get(operand, True):
            there = ", ".join(one for one, is_there in has.items() if is_there)
            raise DeclarationError(
                f"vector instruction '{name}': the function '{function.__name__}' asks for "
                f"'{asked}', and the form '{form}' has no {operand}: it has {there or 'none'}"
            )


__all__ = [
    "GROUP_PARAMETERS",
    "HART",
    "Parameter",
    "Part",
    "Recipe",
    "Vector",
    "check_group_operands",
    "element_of",
    "is_of_groups",
    "make_group_loop",
    "part_of",
    "recipe_of",
    "states_of",
    "with_recipe",
]
