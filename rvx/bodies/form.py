"""The form of a body: what is interpreted, and what is compiled, of one text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from rvx.bodies.arithmetic import ERROR, HART_WORDS, PLACE, SENTENCES, VALUE, BodyRaised, Error
from rvx.bodies.kinds import MEMORY, WORD, Array, Kind
from rvx.bodies.problem import BodyProblem
from rvx.bodies.translate import Translator
from rvx.bodies.written import Site
from rvx.isa import Instruction, Isa
from rvx.isa.bits import Words
from rvx.isa.instruction import REQUESTS
from rvx.isa.operands import RegisterKind
from rvx.isa.vector.own import HART, Parameter, Recipe, recipe_of

__all__ = ["HART", "BodyProblem", "BodyRaised", "Form", "check_bodies", "form_of"]


def kind_of(instruction: Instruction, name: str, states: Mapping[str, int]) -> Kind:
    """What a request is in the body."""
    operand = instruction.operands.get(name)
    if operand is not None:
        kind = operand.kind
        if isinstance(kind, RegisterKind) and kind.has_words:
            owner = "state" if name in instruction.writes else "source"
            return Array((kind.group * kind.file.words,), WORD, owner)
        return WORD
    words = states[name] if name in states else REQUESTS[name].words if name in REQUESTS else 0
    if words:
        return Array((words,), WORD, "state")
    return MEMORY if name == "mem" else WORD


def _kind_of_parameter(parameter: Parameter) -> Kind:
    """What a parameter of a function for vector instructions is."""
    match parameter.kind:
        case "words":
            return Array((parameter.size,), WORD, "state")
        case "flags":
            return Array((parameter.size,), WORD, "flags")
        case "group":
            mask = (1 << parameter.bits) - 1 if parameter.is_unsigned else -1
            return Array((None,), WORD, "group", mask if parameter.bits < 64 else -1)
        case "mask":
            return Array((None,), WORD, "mask")
    return WORD


@dataclass(frozen=True, eq=False)
class Form:
    """A body, ready to be performed.

    Attributes:
        function: takes what `requests` names; it is interpreted as it stands, and is what
            `rvx.jit` compiles.
        interpreted: the same function, to be called with integers of Python.
        requests: as of the instruction, and `hart` where it may raise or has to be stopped.
        is_own: whether it is rvx's own body, as it is written.
        sites: where it may raise, by number.
        prints: where it prints or stops for a debugger, which only an interpreted body does.
        accesses: the operands that addresses of its loads and stores are sums of, and whether it
            writes; None where they are something else.
    """

    function: Callable[..., Any]
    interpreted: Callable[..., Any]
    requests: tuple[str, ...]
    is_own: bool
    sites: tuple[Site, ...] = field(default=(), repr=False)
    prints: str = ""
    accesses: frozenset[tuple[frozenset[str], bool]] | None = None

    def raised(self, hart: Words) -> str:
        """What the body has raised, in a sentence; empty if nobody noted it."""
        error, place, value = int(hart[ERROR]), int(hart[PLACE]), int(hart[VALUE])
        if error == Error.NONE or not 0 <= place < len(self.sites):
            return ""
        site = self.sites[place]
        said = site.says if error >= Error.RAISE else SENTENCES.get(Error(error), "")
        return f"its body raised {said.format(value=value)} ({site.where})" if said else ""


@cache
def _of_recipe(instruction: Instruction) -> Form:
    """The form of a vector instruction: its functions are spelled out, and put together anew."""
    recipe: Recipe | None = recipe_of(instruction.body)
    assert recipe is not None
    translator = Translator(instruction.mnemonic)
    made = [
        translator.part(
            part.function,
            {name: _kind_of_parameter(one) for name, one in part.parameters.items()},
            part.known,
            part.results,
        )
        for part in recipe.parts
    ]
    compiled = recipe.make([one.compiled for one in made])
    return Form(
        compiled,
        recipe.make([one.interpreted for one in made]),
        compiled.__code__.co_varnames[: compiled.__code__.co_argcount],
        False,
        tuple(translator.sites),
        translator.prints,
    )


@cache
def _translated(instruction: Instruction, states: tuple[tuple[str, int], ...]) -> Form:
    body = instruction.body
    assert body is not None
    if "v" in instruction.requests:
        raise BodyProblem(
            f"the body of '{instruction.mnemonic}' asks for the vector unit; who declares vector "
            f"instructions with Extension.vector gets elements, or register groups as vd, vs2, vs1"
        )
    sizes = dict(states)
    kinds = [kind_of(instruction, name, sizes) for name in instruction.requests]
    made = Translator(instruction.mnemonic).body(body, kinds, instruction.results)
    return Form(
        made.compiled,
        made.interpreted,
        (*instruction.requests, HART),
        False,
        made.sites,
        made.prints,
        made.accesses,
    )


def is_own(body: Callable[..., Any]) -> bool:
    """Whether a body is rvx's own: those are written, and tested, to mean the same in all forms."""
    return (getattr(body, "__module__", "") or "").partition(".")[0] == "rvx"


@cache
def _own(instruction: Instruction) -> Form:
    body = instruction.body
    assert body is not None
    return Form(body, body, instruction.requests, True)


def form_of(instruction: Instruction, isa: Isa) -> Form:
    """The form of an instruction's body.

    Raises:
        BodyProblem: the body holds something that cannot mean the same everywhere.
    """
    assert instruction.body is not None
    if recipe_of(instruction.body) is not None:
        return _of_recipe(instruction)
    if is_own(instruction.body):
        return _own(instruction)
    states = tuple(
        (name, isa.states[name].words)
        for name in instruction.requests
        if name in isa.states and name not in instruction.operands
    )
    return _translated(instruction, states)


def check_bodies(isa: Isa, instructions: Iterable[Instruction] | None = None) -> None:
    """Reads the bodies of users' extensions.

    Raises:
        BodyProblem: one of them holds something that cannot mean the same everywhere.
    """
    for made in isa.instructions.values() if instructions is None else instructions:
        if made.has_own_body or made.body is None:
            continue
        if is_own(made.body) and recipe_of(made.body) is None:
            continue
        form_of(made, isa)


assert len((ERROR, PLACE, VALUE)) + 1 == HART_WORDS
