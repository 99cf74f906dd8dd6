"""The part of a run that is counted, against a trace of the whole of it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine, RunResult, Tracing
from rvx.emulator.interest import Interest, NoMarkers
from rvx.extensions import isa_for

from .followed import check_calls

TIERS: tuple[dict[str, Any], ...] = (
    {"tier": "inline"},
    {"tier": "region"},
    {"backend": "python"},
    {"tier": "region", "tracing": Tracing()},
)
# `work` calls itself and `leaf`; it is called from two places, the second one in a hot loop.
SOURCE = """
        .include "roi.inc"
        .globl _start, work, leaf, other
_start: mv s0, a0
        li a1, 3
        call work
again:  call other
        andi t0, s0, 31
        bnez t0, 1f
        ROI_BEGIN
        li a1, 2
        call work
        mul t2, t1, t1
        ROI_END
1:      addi s0, s0, -1
        bnez s0, again
        li a0, 0
        li a7, 93
        ecall
work:   addi sp, sp, -16
        sd ra, 0(sp)
        call leaf
        beqz a1, 1f
        addi a1, a1, -1
        call work
        nop
1:      ld ra, 0(sp)
        addi sp, sp, 16
        ret
leaf:   li t0, 5
1:      addi t0, t0, -1
        bnez t0, 1b
        ret
other:  li t0, 3
1:      addi t0, t0, -1
        bnez t0, 1b
        j leaf
"""


def machine(**how: Any) -> Machine:
    isa = isa_for("rv64gc")
    return Machine(assemble(SOURCE, isa), isa, memory=1 << 20, **how)


def counted(rounds: int, begins: set[int], returns: bool, ends: set[int]) -> Counter[int]:
    """Executions in the part, by a trace: from one address to another, or to a return."""
    made = machine(tracing=Tracing())
    retired = made.call("_start", rounds).retired
    assert retired is not None
    found: Counter[int] = Counter()
    is_inside, depth, leaves = False, 0, 0
    for pc, word in zip(retired.pcs.tolist(), retired.words.tolist(), strict=True):
        if is_inside and (pc in ends or leaves):
            is_inside = False
        leaves = 0
        if not is_inside and pc in begins:
            is_inside, depth = True, 0
        if not is_inside:
            continue
        found[pc] += 1
        depth += word & 0xFFF == 0x0EF or word & 0xFFFFF == 0x080E7  # jal ra, and the far form
        if returns and word & 0xFFFF == 0x8082:  # ret
            depth -= 1
            leaves = depth < 0
    return found


def check(result: RunResult, expected: Counter[int]) -> None:
    assert dict(result.executions) == dict(sorted(expected.items()))
    assert result.instructions == sum(expected.values())
    assert sum(result.by_mnemonic.values()) == result.instructions
    check_calls(result)


@pytest.mark.parametrize("how", TIERS, ids=lambda how: "-".join(map(str, how)))
def test_while_a_function_is_active(how: dict[str, Any]) -> None:
    rounds = 400
    begin = machine().symbol("work")
    made = machine(interest=Interest(functions=[begin]), follow_calls="tracing" not in how, **how)
    if how.get("tier") == "region" and "tracing" not in how:
        made.call("_start", 20_000)
        result = made.call("_start", rounds)
        assert any(one.entries for one in made.explain(result))
    else:
        result = made.call("_start", rounds)
    expected = counted(rounds, {begin}, True, set())
    check(result, expected)
    if result.retired is not None:
        assert Counter(result.retired.pcs.tolist()) == expected
    part = made.hart.interest
    assert part is not None
    assert part.entries == 1 + rounds // 32


@pytest.mark.parametrize("how", TIERS, ids=lambda how: "-".join(map(str, how)))
def test_between_markers(how: dict[str, Any]) -> None:
    made = machine(counts_marked=True, follow_calls="tracing" not in how, **how)
    part = made.hart.interest
    assert part is not None
    begins, ends = set(part.interest.begins_at), set(part.interest.ends_at)
    assert (len(begins), len(ends)) == (1, 1)
    result = made.call("_start", 100)
    check(result, counted(100, begins, False, ends))
    assert result.by_mnemonic["mul"] == 3
    assert "slti" not in result.by_mnemonic


def test_a_run_that_ends_inside_and_one_that_never_gets_there() -> None:
    isa = isa_for("rv64gc")
    text = SOURCE.replace("nop", "li a7, 93\n ecall")
    made = Machine(
        assemble(text, isa), isa, interest=Interest(functions=[machine().symbol("work")])
    )
    inside = made.call("_start", 5)
    assert inside.by_mnemonic["ecall"] == 1
    assert inside.instructions < 200
    plain = assemble("_start: li a7, 93\n ecall", isa)
    with pytest.raises(NoMarkers, match="ROI_BEGIN"):
        Machine(plain, isa, counts_marked=True)
    never = Machine(plain, isa, interest=Interest(begins_at=[0x80001000])).run()
    assert (never.instructions, never.exit_code) == (0, 0)
