"""Which vtype the vector instructions of a region run under.

vsetvli and vsetivli hold their vtype as a number, so that it is known wherever control comes from
them alone. A region that is entered behind them is made for the vtype that was found there, and is
entered under no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from rvx.emulator.regions.flow import Block, Step
from rvx.isa import Isa
from rvx.isa.bits import Address
from rvx.isa.vector.plan import changes_of
from rvx.isa.vector.setting import configure
from rvx.isa.vector.state import HEADER, VTYPE, Vector, most_elements
from rvx.isa.vector.unit import VectorUnit
from rvx.records import dataclass

BASE = "Zve32x"
_SETTINGS = ("vsetvli", "vsetivli")
Known = int | None
"""A vtype; None where it may be any."""


def vector_under(vtype: int, unit: VectorUnit) -> Vector:
    """A vector unit under a vtype, without registers: for what depends on the setting alone."""
    config = [0] * HEADER
    config[VTYPE] = vtype
    return Vector([], [], [], [], config, *unit.settings)


def is_setting(step: Step) -> bool:
    """Whether an instruction sets vtype."""
    made = step.decoded.instruction
    if made.extension == BASE:
        return made.mnemonic.startswith("vset")
    return "v" in made.requests and changes_of(made.body) == "vtype"


@dataclass(frozen=True)
class Setting:
    """What vsetvli or vsetivli does.

    Attributes:
        vtype: afterwards.
        most: VLMAX; 0 if vtype is ill, so that vl is 0.
        keeps: whether vl stays as it is.
        avl: how many elements there are to do: a number, or None where a register says it.
    """

    vtype: int
    most: int
    keeps: bool
    avl: int | None


def setting_of(step: Step, before: Known, isa: Isa) -> Setting | None:
    """What a setting does, None if that depends on more than is known."""
    made, values = step.decoded.instruction, step.decoded.values
    if made.mnemonic not in _SETTINGS or isa.vector is None:
        return None
    is_number = made.mnemonic == "vsetivli"
    keeps = not is_number and values["rs1"] == 0 and values["rd"] == 0
    if before is None and (keeps or isa.vector.lambdas):
        return None  # lambda stays as it is, and so do the fields beside it
    v = vector_under(0 if before is None else before, isa.vector)
    configure(v, -1, keeps, values["vtype"], isa.xlen)
    vtype = int(v.config[VTYPE])
    most = most_elements(v) if vtype >= 0 else 0
    avl = values["avl"] if is_number else (-1 if values["rs1"] == 0 else None)
    return Setting(vtype, most, keeps and vtype >= 0, avl)


def after(step: Step, before: Known, isa: Isa) -> Known:
    """The vtype after an instruction."""
    if not is_setting(step):
        # Another body may write it: only those of V are known not to.
        is_known = step.decoded.instruction.extension != "" and not _may_set(step)
        return before if is_known else None
    setting = setting_of(step, before, isa)
    return None if setting is None else setting.vtype


def may_change_length(step: Step) -> bool:
    """Whether an instruction may change vl: settings, and loads that end at a fault."""
    made = step.decoded.instruction
    is_other = "v" in made.requests and changes_of(made.body) != ""
    return is_setting(step) or is_other or "ff.v" in made.mnemonic


def _may_set(step: Step) -> bool:
    made = step.decoded.instruction
    if "v" not in made.requests or made.body is None:
        return False
    return (made.body.__module__ or "").partition(".")[0] != "rvx"


def flow(
    blocks: Mapping[Address, Block],
    known: Mapping[Address, Known],
    goals: Callable[[Block], Iterable[Address]],
    isa: Isa,
) -> dict[Address, Known]:
    """The vtype at the beginning of each block that is reached.

    Args:
        blocks: by address.
        known: the vtype at blocks that are entered from elsewhere.
        goals: where a block leads.
        isa: the instructions.
    """
    found: dict[Address, Known] = {}
    waiting = list(known.items())
    while waiting:
        address, vtype = waiting.pop()
        if address in found:
            if found[address] is None or found[address] == vtype:
                continue
            vtype = None
        found[address] = vtype
        block = blocks[address]
        for step in block.steps:
            vtype = after(step, vtype, isa)
        waiting += [(goal, vtype) for goal in goals(block) if goal in blocks]
    return found


def settings_at(blocks: Mapping[Address, Block], isa: Isa) -> dict[Address, int]:
    """The vtype at the beginning of blocks, where all the code that is known agrees in one."""
    entered = {goal for block in blocks.values() for goal in block.successors}
    roots: dict[Address, Known] = {start: None for start in blocks if start not in entered}
    found = flow(blocks, roots, lambda block: block.successors, isa)
    # What no root leads to is a loop entered by ways that nobody has seen.
    for start in blocks:
        if start not in found:
            found.update(flow(blocks, {start: None}, lambda block: block.successors, isa))
    return {start: vtype for start, vtype in found.items() if vtype is not None}


def needs_setting(
    blocks: Mapping[Address, Block],
    entry: Address,
    goals: Callable[[Block], Iterable[Address]],
    isa: Isa,
) -> bool:
    """Whether the vtype at an entry matters, because it is not set before it is used."""
    seen: set[Address] = set()
    waiting = [entry]
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        for step in blocks[address].steps:
            if "v" in step.decoded.instruction.requests:
                if is_setting(step) and not _keeps(step, isa):
                    break
                return True
        else:
            waiting += [goal for goal in goals(blocks[address]) if goal in blocks]
    return False


def _keeps(step: Step, isa: Isa) -> bool:
    """Whether a part of what was set before is kept: vl, or lambda and the fields beside it."""
    values = step.decoded.values
    if isa.vector is not None and isa.vector.lambdas:
        return True
    return values.get("rs1", 1) == 0 and values["rd"] == 0
