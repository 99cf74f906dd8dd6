"""Which elements of a result are agnostic: those that a machine may leave, or fill with ones.

rvx leaves them as they are. A program that depends on it is wrong on other machines, and is found
by filling them with ones. That is done behind an instruction, whatever it is, so that bodies know
nothing of it. What may be left is left where the old mask is gone: bits of v0 that are masked off
in an instruction that writes v0.

Source: "V" 1.0, section on vector tail agnostic and vector mask agnostic.
"""

from __future__ import annotations

from enum import IntEnum

from rvx.isa.decoded import Decoded
from rvx.isa.vector.plan import Access, plan_of, result_of


class Result(IntEnum):
    """What an instruction writes."""

    NOTHING = 0
    GROUP = 1  # the elements of a register group
    MASK = 2  # bits, whose tail is always agnostic
    ONE = 3  # element 0 of a register
    PACKED = 4  # as many elements as bits of vs1 are set
    BYTES = 5  # the bytes of a mask


_MASKS = ("vmsbf.m", "vmsif.m", "vmsof.m")
_ONES = ("vmv.s.x", "vfmv.s.f")
NO_REGISTER = 32


def code_of(decoded: Decoded) -> int:
    """What is filled behind an instruction, as one number; 0 if nothing is.

    From the lowest bit: three of the result, five of vd, six of the mask register or vs1, four of
    the binary logarithm of EEW / SEW, plus eight, or of EEW / 8 with the bit above, and four of
    fields.
    """
    made, values = decoded.instruction, decoded.values
    if "v" not in made.requests or "vd" not in values or made.mnemonic.startswith("vset"):
        return 0
    plan = plan_of(made.body)
    other = 0 if values.get("vm", 1) == 0 else NO_REGISTER
    if isinstance(plan, Access):
        if plan.is_store or plan.pattern == "whole":
            return 0
        if plan.pattern == "mask":
            return _code(Result.BYTES, values["vd"], NO_REGISTER, 8, 1)
        width = 16 + plan.eew.bit_length() - 4 if plan.eew else 8
        return _code(Result.GROUP, values["vd"], other, width, plan.fields)
    name = made.mnemonic
    if name.endswith("r.v") and name.startswith("vmv"):
        return 0
    if name == "vcompress.vm":
        return _code(Result.PACKED, values["vd"], values["vs1"], 8, 1)
    if name in _ONES:
        return _code(Result.ONE, values["vd"], NO_REGISTER, 8, 1)
    if name.endswith(".mm") or name in _MASKS:
        return _code(Result.MASK, values["vd"], other, 8, 1)
    kind, wider = result_of(made.body)
    if kind == "tile":
        return 0  # What is left is not what lies behind vl, and may be left as it is.
    if kind == "mask" and values["vd"] == other:
        other = NO_REGISTER
    kinds = {"group": Result.GROUP, "mask": Result.MASK, "one": Result.ONE}
    return _code(kinds[kind], values["vd"], other, 8 + wider, 1)


def _code(result: Result, vd: int, other: int, width: int, fields: int) -> int:
    return int(result) | vd << 3 | other << 8 | width << 14 | fields << 19
