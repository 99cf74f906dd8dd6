"""What is traced when, and that nothing else depends on it."""

from __future__ import annotations

from typing import Any

import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.emulator.repetition import tier
from rvx.emulator.tracing.records import Access, Batch
from rvx.emulator.tracing.tracer import Tracing
from rvx.extensions import isa_for

from ..posit_program import POSITS


def traced(
    text: str = POSITS, march: str = "rv64gc", ext: tuple[str, ...] = ("Xposit",), **how: Any
) -> Batch:
    isa = isa_for(march, ext)
    result = Machine(assemble(text, isa), isa, tracing=Tracing(**how)).run()
    assert result.exit_code == 0, result.trap
    assert result.retired is not None
    return result.retired


def symbols(text: str = POSITS) -> Machine:
    isa = isa_for("rv64gc", ("Xposit",))
    return Machine(assemble(text, isa), isa)


def test_registers_states_and_memory_of_an_extension() -> None:
    steps = list(traced(only=("Xposit",)))
    assert steps[0].writes == {"pt1": 0x40000000}
    table = symbols().symbol("table")
    assert steps[0].loads == (Access(table, 4, 0x40000000),)
    quires = [step.writes["quire"] for step in steps if "quire" in step.writes]
    # A product of 1 and 2, three times: the quire is a fixed-point number.
    assert quires == [quires[0], 2 * quires[0], 3 * quires[0]]
    assert steps[-1].stores == (Access(table + 16, 4, 0x54000000),)


def test_a_step_says_where_execution_went_on() -> None:
    retired = traced()
    assert [step.next_pc for step in retired][:-1] == [int(pc) for pc in retired.pcs[1:]]
    assert retired[-1].next_pc is None


def test_counts_are_those_of_a_run_without_a_trace() -> None:
    isa = isa_for("rv64gc", ("Xposit",))
    program = assemble(POSITS, isa)
    plain = Machine(program, isa).run()
    result = Machine(program, isa, tracing=Tracing()).run()
    assert result.retired is not None
    assert len(result.retired) == plain.instructions
    assert result.executions == plain.executions
    assert result.by_mnemonic == plain.by_mnemonic


def test_a_trace_in_parts_has_what_the_whole_has() -> None:
    whole = list(traced())
    begin, end = symbols().symbol("dot"), symbols().symbol("again")
    inside = list(traced(begins_at=[begin], ends_at=[end]))
    assert [step.pc for step in inside][:5] == [step.pc for step in whole if step.pc >= begin][:5]
    assert inside[0].pc == begin
    # Each time from `dot` on up to where the loop begins again, and to the end in the last round.
    expected, is_on = [], False
    for step in whole:
        is_on = (is_on or step.pc == begin) and step.pc != end
        if is_on:
            expected.append(step.pc)
    assert [step.pc for step in inside] == expected


@pytest.mark.parametrize(("after", "most"), [(0, 5), (7, 5), (12, 1), (30, None), (35, 9)])
def test_ranges_by_count(after: int, most: int | None) -> None:
    whole = [step.pc for step in traced()]
    part = [step.pc for step in traced(after=after, most=most)]
    end = None if most is None else after + most
    assert part == whole[after:end]


def test_a_limit_of_instructions_from_an_address_on() -> None:
    begin = symbols().symbol("dot")
    part = [step.pc for step in traced(begins_at=[begin], most=4)]
    assert part == [begin + 4 * i for i in range(4)]


def test_code_of_a_function_alone() -> None:
    begin = symbols().symbol("dot")
    inside = list(traced(within=[(begin, begin + 18)]))
    assert len(inside) == 15
    assert {step.pc for step in inside} == {begin, begin + 4, begin + 8, begin + 12, begin + 16}


def test_it_begins_at_an_address_or_behind_a_count() -> None:
    with pytest.raises(ValueError, match="begins at an address, or behind so many instructions"):
        Tracing(begins_at=[16], after=3)


def test_long_runs_are_taken_in_batches() -> None:
    isa = isa_for("rv64gc")
    program = assemble(
        "_start: li t0, 50000\n1: addi t0, t0, -1\nbnez t0, 1b\nli a7, 93\necall", isa
    )
    batches: list[Batch] = []
    machine = Machine(program, isa, tracing=Tracing(), on_retired=batches.append)
    result = machine.run()
    assert sum(map(len, batches)) == result.instructions > 100_000
    assert len(batches) > 5
    last = batches[-1]
    assert last[-1].word == 0x73


def test_what_takes_batches_may_fail() -> None:
    isa = isa_for("rv64gc")
    program = assemble("_start: j _start", isa)

    def full(_: Batch) -> None:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        Machine(program, isa, tracing=Tracing(), on_retired=full).run()


class _Everything(frozenset[object]):
    """Has everything in it."""

    def __contains__(self, _: object) -> bool:
        return True


@pytest.mark.parametrize("were_compiled", [False, True])
def test_repetitions_are_traced_item_by_item(
    were_compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if were_compiled:  # in an earlier run: they would be compiled before they are performed first
        monkeypatch.setattr(tier.profile, "recall_repeats", lambda *_: _Everything())
    text = """
    _start: li t0, 3
    la a0, values
    fld fa0, 0(a0)
    frep.o t0, 2, 0, 0
    fadd.d fa1, fa1, fa0
    fmul.d fa2, fa1, fa0
    li a0, 0
    li a7, 93
    ecall
    .data
    values: .double 2.0
    """
    isa = isa_for("rv32gc", ("Xfrep",))
    program = assemble(text, isa)
    result = Machine(program, isa, tracing=Tracing()).run()
    assert result.exit_code == 0, result.trap
    retired = result.retired
    assert retired is not None
    assert len(retired) == result.instructions
    sums = [step.writes["f11"] for step in retired if "f11" in step.writes]
    assert len(sums) == 4
    monkeypatch.undo()
    assert result.executions == Machine(program, isa).run().executions


def test_code_that_is_written_is_traced_as_it_is_then() -> None:
    text = """
    .section .rwx, "awx"
    _start: la t0, patched
    li t1, 0x00500513
    sw t1, 0(t0)
    fence.i
    patched: li a0, 1
    addi a0, a0, -5
    li a7, 93
    ecall
    """
    steps = list(traced(text.replace("li a0, 1", ".option norvc\nli a0, 1"), ext=()))
    assert any(step.word == 0x00500513 and step.writes == {"x10": 5} for step in steps)


def test_frames_write_the_registers_that_they_change() -> None:
    text = """
    _start: la sp, top
    li s0, 11
    li ra, 12
    cm.push {ra, s0}, -16
    li s0, 0
    cm.pop {ra, s0}, 16
    li a0, 0
    li a7, 93
    ecall
    .data
    .zero 64
    top: .word 0
    """
    isa = isa_for("rv32imac_zcmp")
    program = assemble(text, isa)
    retired = Machine(program, isa, tracing=Tracing()).run().retired
    assert retired is not None
    push, pop = (step for step in retired if step.loads or step.stores)
    assert [one.value for one in push.stores] in ([11, 12], [12, 11])
    assert set(push.writes) == {"x2"}
    assert set(pop.writes) == {"x2", "x8"}
