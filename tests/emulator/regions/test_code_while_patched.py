"""Code is not read for regions while no-operations stand in memory for inline words.

Two threads are at work: the hart has Unicorn translate blocks with no-operations in place of custom
words, and the watcher decodes hot loops. A watcher that comes by in between would compile a loop
without its custom instructions, and give wrong results ever after.
"""

from __future__ import annotations

import threading
from typing import Any

import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.emulator.regions import select
from rvx.emulator.regions import tier as tier_module
from rvx.extensions import isa_for

ISA = isa_for("rv64gc_xposit")
SOURCE = """
        .globl  sum
sum:    li      t0, 0x40000000          # 1.0
        pmv.w.x p1, t0
        pmv.w.x p0, zero
1:      padd.s  p0, p0, p1
        addi    a0, a0, -1
        bnez    a0, 1b
        pcvt.w.s a0, p0
        ret
"""
ROUNDS = 50_000


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine that has not run; nobody looks for its loops unless told to."""
    monkeypatch.setattr(select, "LEAST_WEIGHT", 2)
    monkeypatch.setattr(tier_module.profile, "recall", lambda *_: [])
    monkeypatch.setattr(tier_module.profile, "store", lambda *_: None)
    monkeypatch.setattr(tier_module, "FIRST_LOOK", 1e9)
    return Machine(assemble(SOURCE, ISA), ISA, memory=1 << 20)


def mnemonics(machine: Machine) -> set[str]:
    """What the regions of a machine are made of."""
    assert machine.hart.regions is not None
    return {
        step.decoded.instruction.mnemonic
        for made in machine.hart.regions.regions
        for block in made.region.blocks.values()
        for step in block.steps
    }


def code(machine: Machine) -> bytes:
    """What is in memory in the place of the program's code."""
    return b"".join(part.tobytes() for _, part in machine.memory.loaded_code())


def test_a_look_while_words_are_replaced_waits(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first translation with inline words is stopped half-way, and a watcher let loose."""
    translate = machine.core.translate
    watchers: list[threading.Thread] = []
    seen: list[tuple[bool, bytes]] = []

    def translate_and_watch(address: int) -> int:
        tier = machine.hart.regions
        assert tier is not None
        if not watchers and code(machine) != words:
            watchers.append(threading.Thread(target=lambda: tier.look(float("inf"))))
            watchers[0].start()
            watchers[0].join(0.3)
            seen.append((watchers[0].is_alive(), code(machine)))
        return translate(address)

    words = code(machine)
    monkeypatch.setattr(machine.core, "translate", translate_and_watch)
    assert machine.call("sum", ROUNDS).value == ROUNDS
    watchers[0].join()
    ((was_waiting, while_translating),) = seen
    assert while_translating != words, "a no-operation was in memory"
    assert was_waiting
    assert code(machine) == words
    assert "padd.s" in mnemonics(machine)
    assert machine.call("sum", ROUNDS).value == ROUNDS


def test_words_are_not_replaced_during_a_look(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look is stopped half-way, and the hart let loose."""
    assert machine.call("sum", ROUNDS).value == ROUNDS
    tier = machine.hart.regions
    assert tier is not None
    find = tier_module.executed_blocks
    values: list[int] = []
    waits: list[bool] = []

    def find_while_the_hart_starts(*arguments: Any) -> Any:
        hart = threading.Thread(target=lambda: values.append(machine.call("sum", ROUNDS).value))
        hart.start()
        hart.join(0.3)
        waits.append(hart.is_alive())
        found = find(*arguments)
        monkeypatch.setattr(tier_module, "executed_blocks", find)
        threads.append(hart)
        return found

    threads: list[threading.Thread] = []
    monkeypatch.setattr(tier_module, "executed_blocks", find_while_the_hart_starts)
    machine.hart.inline.blocks.forget()
    tier.look(float("inf"))
    threads[0].join()
    assert waits == [True]
    assert values == [ROUNDS]
    assert "padd.s" in mnemonics(machine)
