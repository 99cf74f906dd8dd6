"""What Unicorn's core does with the instructions of F and D: the one place that says it.

Unicorn 2.1.4 rounds and raises flags as IEEE 754 wants it, in every rounding mode. It departs from
the manual in this:

- It neither boxes single-precision results in NaNs nor looks at the boxes of operands, so that
  nearly all of F differs in the upper half of a register, or where an operand has no box.
- The fused operations raise no flag for infinity times zero plus a quiet NaN.
- The smaller or larger of a signalling NaN and a number is a NaN, and not the number.

tests/emulator/test_float_facts.py runs every instruction on operands that find such faults, and
fails where an instruction is wrong that is listed here as right, or the other way round.
"""

from __future__ import annotations

from rvx.isa import Instruction

_RIGHT_SINGLES = frozenset({"flw", "fsw", "fmv.x.w"})
_WRONG_DOUBLES = frozenset(
    {"fmadd.d", "fmsub.d", "fnmsub.d", "fnmadd.d", "fmin.d", "fmax.d", "fcvt.s.d", "fcvt.d.s"}
)


def is_right_on_the_core(instruction: Instruction) -> bool:
    """Whether Unicorn gives the result and the flags of an instruction of the base ISA.

    It is asked about what `Core` performs at all, with the unit switched on in mstatus.
    """
    if instruction.extension == "F":
        return instruction.mnemonic in _RIGHT_SINGLES
    return instruction.mnemonic not in _WRONG_DOUBLES
