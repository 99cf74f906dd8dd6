"""An instruction limit stops exactly there, with the state of that instruction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

PROGRAM = """
_start: li sp, 0x80003f00
    la s1, words
    li s2, 40
loop: mac a0, s2, s2
    call function
    tst a0, 0(s1)
    andi t0, s2, 3
    bnez t0, next
    li a7, 64
    li a0, 1
    mv a1, s1
    li a2, 1
    ecall
next: todd s2, over
    tflag a3, s2
over: c.tinc a5
    c.addi s0, 2
    addi s2, s2, -1
    bnez s2, loop
    li a0, 5
    li a7, 93
    ecall
function: addi sp, sp, -16
    tacc a0
    beqz a0, leave
    mac a4, a0, s2
leave: addi sp, sp, 16
    ret
.data
words: .word 0x41414141, 2, 3
.space 8192
"""
STEP = 37


def _outcomes(lab: Any, mode: str, xlen: int, limits: range) -> list[Any]:
    program = lab.elf(PROGRAM, xlen)
    return [lab.run(program, mode, xlen, limit) for limit in limits]


@pytest.mark.parametrize("limits", [range(1, 500, STEP), range(500, 501)], ids=["many", "last"])
def test_every_mode_stops_at_the_same_state(lab: Any, limits: range, xlen: int) -> None:
    reference = _outcomes(lab, "python", xlen, limits)
    for limit, outcome in zip(limits, reference, strict=True):
        assert outcome.instructions == limit
        assert outcome.trap is not None
        assert outcome.trap[0] == "instruction limit"
    for mode in ("inline", "eager", "trap", "mirrored"):
        for limit, mine, theirs in zip(
            limits, _outcomes(lab, mode, xlen, limits), reference, strict=True
        ):
            assert mine == theirs, f"{mode}, rv{xlen}, limit {limit}"


@pytest.mark.parametrize(("mode", "every"), [("eager", 1), ("trap", 9), ("python", 9)])
def test_every_limit_is_one_step_further(
    lab: Any, mode: str, every: int, stepper: Callable[..., Any]
) -> None:
    program = lab.elf(PROGRAM)
    reference = stepper(program, lab.isa(64))
    for limit in range(1, 501):
        reference.step()
        if limit % every:
            continue
        end = lab.run(program, mode, 64, limit)
        assert end.trap is not None, limit
        assert end.trap[1] == reference.pc, limit
        assert list(end.x) == [value & (1 << 64) - 1 for value in reference.x], limit
        assert dict(end.executions) == dict(sorted(reference.executions.items())), limit


def test_a_limit_that_is_not_reached(lab: Any, mode: str, xlen: int) -> None:
    free = lab.run(PROGRAM, mode, xlen)
    assert free.trap is None
    assert free.exit_code == 5
    assert lab.run(PROGRAM, mode, xlen, free.instructions) == free
    assert lab.run(PROGRAM, mode, xlen, free.instructions + 1) == free
    short = lab.run(PROGRAM, mode, xlen, free.instructions - 1)
    assert short.exit_code is None
    assert short.instructions == free.instructions - 1
    assert short.trap[2].startswith(
        f"stopped after {free.instructions - 1} instructions, the limit, at 0x"
    )
    assert short.trap[2].endswith("'ecall'")


def test_runs_go_on_after_a_limit(lab: Any, mode: str, take: Callable[..., Any]) -> None:
    machine = lab.machine("_start: ret\nf: mac a0, a1, a2\n addi a0, a0, 1\n bnez a0, f", mode)
    for limit in (1, 2, 3, 4, 100, 101, 102, 999, 1, 2, 3, 500, 7, 8):
        result = machine.call("f", 1, 3, 5, max_instructions=limit)
        assert result.instructions == limit
        assert result.by_mnemonic.get("mac", 0) == (limit + 2) // 3
        loops, rest = divmod(limit, 3)
        assert result.value == 1 + 16 * loops + (15 if rest == 1 else 16 if rest == 2 else 0)


def test_limit_below_one_is_refused(lab: Any) -> None:
    machine = lab.machine("_start: ret")
    with pytest.raises(ValueError, match="the instruction limit is at least 1, not 0"):
        machine.run(max_instructions=0)


def test_a_machine_is_either_limited_or_not(lab: Any) -> None:
    machine = lab.machine("_start: ret\nf: ret")
    machine.call("f")
    with pytest.raises(ValueError, match="either with an instruction limit or without one"):
        machine.call("f", max_instructions=10)


def test_a_machine_with_a_limit_may_go_on_without(lab: Any) -> None:
    machine = lab.machine("_start: ret\nf: ret")
    assert machine.call("f", max_instructions=10).trap is None
    assert machine.call("f").trap is None


def test_code_that_writes_itself_is_limited_exactly(lab: Any, mode: str) -> None:
    # The first pass writes two 16-bit instructions over a 32-bit one.
    source = """
.section .rwx, "awx"
_start: la t0, place
    li t1, 0x00010001
    li t2, 60
loop: addi t2, t2, -1
place: addi a0, a0, 1
    sw t1, 0(t0)
    bnez t2, loop
    li a7, 93
    ecall
"""
    for limit in (3, 8, 9, 10, 11, 30, 100):
        end = lab.run(source, mode, 64, limit)
        # What was overwritten counts as what it is now: one instruction too many, once.
        assert end.trap[0] == "instruction limit"
        assert end.instructions in (limit, limit + 1)
