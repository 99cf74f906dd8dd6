"""Who called whom: followed exactly, in every tier, through whatever leaves a function."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine, RunResult, Tracing, calls
from rvx.extensions import isa_for
from rvx.isa.bits import word_size
from rvx.isa.instruction import BRANCH

from .followed import check_calls

TIERS: tuple[dict[str, Any], ...] = (
    {"tier": "trap"},
    {"tier": "inline"},
    {"tier": "region"},
    {"backend": "python"},
)
EXIT = "li a0, 0\nli a7, 93\necall\n"
FIB = f"""
        .globl _start, fib
_start: li a0, 20
        call fib
        {EXIT}
fib:    li t0, 2
        blt a0, t0, 1f
        addi sp, sp, -32
        sd ra, 0(sp)
        sd a0, 8(sp)
        addi a0, a0, -1
        call fib
        sd a0, 16(sp)
        ld a0, 8(sp)
        addi a0, a0, -2
        call fib
        ld t0, 16(sp)
        add a0, a0, t0
        ld ra, 0(sp)
        addi sp, sp, 32
1:      ret
"""
# Jumps to other functions, calls through registers, returns over several calls at once.
CROOKED = f"""
        .globl _start, outer, tail, leaf, deep, deeper, cold
_start: li s0, 50
1:      call outer
        la t1, leaf
        jalr ra, t1
        addi s0, s0, -1
        bnez s0, 1b
        {EXIT}
outer:  mv s1, ra
        call deep
        beqz s0, cold
back:   mv ra, s1
        tail tail
cold:   nop
        j back
tail:   nop
        nop
        ret
leaf:   nop
        ret
deep:   mv s2, ra
        call deeper
        nop
deeper: nop
        nop
        jr s2                           # over deep, as longjmp does
"""


def followed(source: str, march: str = "rv64gc", **how: Any) -> RunResult:
    isa = isa_for(march)
    how = {"memory": 1 << 20} | how
    machine = Machine(assemble(source, isa), isa, follow_calls=True, **how)
    result = machine.run()
    assert result.trap is None, result.trap
    plain = Machine(assemble(source, isa), isa, **how).run()
    assert plain.executions == result.executions
    check_calls(result)
    return result


def of(result: RunResult) -> dict[str, tuple[int, int]]:
    """Own and inclusive instructions by function."""
    tree = result.calls
    assert tree is not None
    own = [0] * len(tree.functions)
    for frame in tree.frames[1:]:
        own[frame.function] += frame.own
    both = zip(own, tree.inclusive(), strict=True)
    return {
        function.name: pair for function, pair in zip(tree.functions, both, strict=True) if pair[1]
    }


@pytest.mark.parametrize("how", TIERS, ids=lambda how: "-".join(how.values()))
def test_recursion_counts_once(how: dict[str, Any]) -> None:
    result = followed(FIB, **how)
    visits = [1, 1]  # Of fib(n), with itself.
    for n in range(2, 21):
        visits.append(1 + visits[n - 1] + visits[n - 2])
    inner = (visits[20] - 1) // 2
    own = 3 * visits[20] + 15 * inner
    found = of(result)
    assert found["fib"] == (result.executions and own, own)
    assert found["_start"] == (result.instructions - own, result.instructions)
    assert result.calls is not None
    to_fib = [call for call in result.calls.calls if call.callee == 2]
    assert sum(call.calls for call in to_fib) == visits[20]
    assert [call.cost for call in to_fib] == [own, 0, 0]


@pytest.mark.parametrize("how", TIERS, ids=lambda how: "-".join(how.values()))
def test_jumps_and_returns_over_several_calls(how: dict[str, Any]) -> None:
    found = of(followed(CROOKED, **how))
    assert found["tail"] == (150, 150)
    assert found["leaf"] == (100, 100)
    assert found["deeper"] == (150, 150)
    assert found["deep"] == (150, 300)
    # Of its own: mv, the call's one or two words, beqz, mv and the jump; and what it called.
    own, inclusive = found["outer"]
    assert inclusive == own + 150 + 300
    assert found["_start"][1] == sum(one for one, _ in found.values())
    assert "cold" not in found


# Branches forwards and backwards, taken or not by a pseudo-random bit, with calls between them.
BRANCHES = f"""
        .globl _start, odd
_start: mv s0, a0
        li s1, 12345
1:      slli t0, s1, 13
        xor s1, s1, t0
        srli t0, s1, 7
        xor s1, s1, t0
        andi t1, s1, 1
        beqz t1, 2f
        call odd
        bgez s1, 3f
        nop
2:      andi t2, s1, 6
        bnez t2, 3f
        addi a1, a1, 1
3:      addi s0, s0, -1
        bnez s0, 1b
        {EXIT}
odd:    andi t2, s1, 48
        beqz t2, 1f
        addi a2, a2, 1
        bnez a2, 2f
1:      nop
2:      ret
"""


@pytest.mark.parametrize("how", [*TIERS, {"tier": "region", "limit": 1 << 40}], ids=str)
def test_branches_that_were_taken_are_those_of_a_trace(how: dict[str, Any]) -> None:
    isa = isa_for("rv64gc")
    program = assemble(BRANCHES, isa)
    limit = (how := dict(how)).pop("limit", None)
    machine = Machine(program, isa, follow_calls=True, memory=1 << 20, **how)
    follower = machine.hart.counter.calls
    assert follower is not None
    if how.get("tier") == "region":  # What is found in a long run serves the short one.
        machine.call("_start", 2_000_000, max_instructions=limit)
    rounds = 5_000 if how.get("tier") == "region" else 300
    result = machine.call("_start", rounds, max_instructions=limit)
    if how.get("tier") == "region":
        assert any(one.entries for one in machine.explain(result))
    traced = Machine(program, isa, memory=1 << 20, tracing=Tracing())
    retired = traced.call("_start", rounds, max_instructions=limit).retired
    assert retired is not None
    pcs, behind = retired.pcs[:-1], retired.pcs[1:]
    checked = 0
    for pc, executions in result.executions.items():
        word = machine.memory.word(pc) or 0
        decoded = isa.decode(word)
        assert decoded is not None
        if decoded.expanded.instruction.kind == BRANCH:
            checked += 1
            goes_on = np.count_nonzero((pcs == pc) & (behind == pc + word_size(word)))
            assert follower.not_taken(pc, word_size(word)) == goes_on <= executions
    assert checked == 6


def test_a_program_that_writes_code_is_followed() -> None:
    source = f"""
        .section .rwx, "awx"
        .globl _start, f
_start: li s0, 200
1:      call f
        addi s0, s0, -1
        lw t0, other
        la t1, place
        sw t0, 0(t1)
        fence.i
        bnez s0, 1b
        {EXIT}
        .option norvc
f:      nop
place:  addi a0, a0, 1
        ret
other:  addi a0, a0, 2
"""
    assert of(followed(source))["f"] == (600, 600)


def test_a_limit_is_kept_and_a_second_run_begins_anew() -> None:
    isa = isa_for("rv64gc")
    machine = Machine(assemble(FIB, isa), isa, follow_calls=True, memory=1 << 20)
    for limit in (1, 2, 7, 1000, 1001):
        result = machine.call("fib", 15, max_instructions=limit)
        assert result.instructions == limit
        check_calls(result)
    result = machine.call("fib", 15)
    check_calls(result)
    assert of(result) == {"fib": (result.instructions, result.instructions)}


def test_calls_of_call_tables_of_the_compressed_extensions() -> None:
    source = f"""
        .globl _start, f
_start: la t0, table
        csrw jvt, t0
        li s0, 300
1:      cm.jalt 40
        addi s0, s0, -1
        bnez s0, 1b
        {EXIT}
f:      cm.push {{ra, s0-s1}}, -32
        nop
        cm.popret {{ra, s0-s1}}, 32
        .data
        .balign 64
table:  .zero 160
        .word f
"""
    isa = "rv32imac_zcmp_zcmt"
    found = of(followed(source, isa))
    assert found["f"] == (900, 900)


def test_a_repetition_belongs_to_its_function() -> None:
    source = f"""
        .globl _start, f
_start: li s0, 30
1:      call f
        addi s0, s0, -1
        bnez s0, 1b
        {EXIT}
f:      li t0, 9
        frep.o t0, 1, 0, 0
        fadd.d fa0, fa0, fa0
        ret
"""
    assert of(followed(source, "rv64g_xfrep"))["f"] == (30 * 13, 30 * 13)


def test_deep_recursion_fits_and_is_closed_at_the_end() -> None:
    source = """
        .globl _start, down
_start: li a0, 30000
        call down
down:   addi sp, sp, -16
        sd ra, 0(sp)
        addi a0, a0, -1
        bnez a0, 1f
        li a7, 93
        ecall
1:      call down
"""
    found = of(followed(source, memory=1 << 22))
    assert found["down"][1] == found["_start"][1] - found["_start"][0]


def test_without_room_for_all_callers_every_instruction_still_has_its_function(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two functions a level, each of which calls both of the next: 510 chains of callers."""
    functions = [
        f"{name}{level}: addi sp, sp, -16\n sd ra, 0(sp)\n"
        + f" call a{level + 1}\n nop\n call b{level + 1}\n ld ra, 0(sp)\n addi sp, sp, 16\n ret\n"
        for level in range(8)
        for name in "ab"
    ]
    names = ", ".join(f"{name}{level}" for level in range(9) for name in "ab")
    source = f".globl _start, {names}\n_start: call a0\n nop\n call b0\n {EXIT}"
    source += "".join(functions) + "a8: nop\n ret\nb8: ret\n"
    whole = followed(source).calls
    assert whole is not None
    assert whole.is_complete
    costs = {(call.site, call.target): (call.calls, call.cost) for call in whole.calls}
    monkeypatch.setattr(calls, "MOST_NODES", calls.RESERVED + 50)
    found = followed(source).calls
    assert found is not None
    assert not found.is_complete
    assert len(found.frames) < len(whole.frames)
    assert {(call.site, call.target): (call.calls, call.cost) for call in found.calls} == costs


# Functions that call nobody, called from two places of a function that itself has two callers: one
# that loops, one that is left for an ecall or to call its caller again, and one that now and then
# returns somewhere else.
SHORT = f"""
        .globl _start, one, two, middle, loops, leaves, strays
_start: mv s0, a0
        li s1, 12345
        li s3, 0
1:      slli t0, s1, 13
        xor s1, s1, t0
        srli t0, s1, 7
        xor s1, s1, t0
        call one
        call two
        addi s0, s0, -1
        bnez s0, 1b
        {EXIT}
one:    addi sp, sp, -16
        sd ra, 0(sp)
        call middle
        nop
        ld ra, 0(sp)
        addi sp, sp, 16
        ret
two:    addi sp, sp, -16
        sd ra, 0(sp)
        call middle
        call strays
        nop                             # Where it strays to.
        ld ra, 0(sp)
        addi sp, sp, 16
        ret
middle: addi sp, sp, -16
        sd ra, 0(sp)
        call loops
        nop
        call leaves
        call loops
        ld ra, 0(sp)
        addi sp, sp, 16
        ret
loops:  andi t0, s1, 3
1:      addi t0, t0, -1
        bgez t0, 1b
        ret
leaves: andi t0, s1, 0x3f0
        bnez t0, 1f
        li a7, 172
        ecall                           # getpid
1:      andi t0, s1, 0x1f8
        bnez t0, 2f
        bnez s3, 2f
        addi sp, sp, -16
        sd ra, 0(sp)
        li s3, 1
        call middle
        li s3, 0
        ld ra, 0(sp)
        addi sp, sp, 16
2:      ret
strays: andi t0, s1, 0x7e
        bnez t0, 1f
        addi ra, ra, 2
1:      ret
"""


def test_short_calls_that_a_region_sums_up_are_those_that_a_hook_sees() -> None:
    isa = isa_for("rv64gc")
    program = assemble(SHORT, isa)

    def tree(tier: str) -> tuple[dict[tuple[str, ...], int], Any]:
        machine = Machine(program, isa, follow_calls=True, memory=1 << 20, tier=tier)
        if tier == "region":
            machine.call("_start", 500_000)
        result = machine.call("_start", 3_000)
        check_calls(result)
        if tier == "region":
            assert any(one.entries for one in machine.explain(result))
            assert "%short" in machine.region_code()
        assert result.calls is not None
        own = {}
        for frame in result.calls.frames:
            chain = [] if frame.function < 0 else [result.calls.functions[frame.function].name]
            at = frame.parent
            while at > 0:
                chain.append(result.calls.functions[result.calls.frames[at].function].name)
                at = result.calls.frames[at].parent
            own[tuple(chain)] = frame.own
        return own, result.calls.calls

    assert tree("region") == tree("inline")
