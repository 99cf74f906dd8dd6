"""Handlers that are interpreted until they are compiled; `interim` modes compare their results."""

from __future__ import annotations

import random
import threading
from typing import Any

import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.emulator.handlers import compiled, interim
from rvx.emulator.handlers.interim import (
    EXECUTIONS,
    NEVER,
    VARIABLE,
    executions_before_compiling,
)
from rvx.extensions import isa_for
from rvx.isa import Extension, Isa, Words
from rvx.jit import compiler


def new_isa() -> tuple[Isa, int]:
    """An instruction that nobody has compiled yet, and what it adds."""
    amount = random.SystemRandom().randrange(1 << 40)
    ext = Extension("Xnew", version="1")
    ext.state("noted", 1)

    @ext.instruction("grow rd, rs1", "000000000000 rs1 000 rd 0101011")
    def grow(rs1: int, noted: Words) -> int:
        """rd = rs1 + amount."""
        noted[0] += 1
        return rs1 + amount

    return isa_for("rv64gc", extra=[ext]), amount


def looping(isa: Isa, lab: Any, after: int, tier: Any = "inline") -> Machine:
    word = isa.instructions["grow"].encode({"rd": 11, "rs1": 11})
    text = f"_start: ret\n f: .word {word}\n addi a0, a0, -1\n bnez a0, f\n ret"
    machine = Machine(lab.elf(text), isa, tier=tier)
    machine.hart.interim.after = after
    return machine


@pytest.mark.parametrize("tier", ["trap", "inline", "region"])
def test_a_short_program_compiles_nothing(
    lab: Any, tier: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    isa, amount = new_isa()
    machine = looping(isa, lab, EXECUTIONS, tier)
    machine.call("f", 1, 0)  # the hooks themselves
    monkeypatch.setattr(compiler, "to_llvm", lambda *_: pytest.fail("something is compiled"))
    assert machine.call("f", 500, 0).instructions == 3 * 500 + 1
    assert machine.register("a1") == 500 * amount
    assert not any("rvx compiles" in thread.name for thread in threading.enumerate())


@pytest.mark.parametrize("tier", ["trap", "inline"])
def test_a_longer_one_gets_compiled_handlers(lab: Any, tier: Any) -> None:
    isa, amount = new_isa()
    machine = looping(isa, lab, 20, tier)
    interpreted = machine.hart.interim._interpreted
    total = 0
    for count in (30, 100, 1000):
        result = machine.call("f", count, 0)
        total += count
        assert result.instructions == 3 * count + 1
        assert machine.register("a1") == count * amount
        assert machine.state("noted")[0] == total
        machine.hart.interim.finish()
    (made,) = interpreted.values()
    assert 20 <= made.executions < 30 + 100 + 1000
    calls = made.executions
    assert machine.call("f", 1000, 0).value == 0
    assert made.executions == calls
    # Another machine has them from the beginning.
    other = looping(isa, lab, 20, tier)
    other.call("f", 100, 0)
    assert other.hart.interim._interpreted == {}


def test_an_exception_that_is_none_of_the_guests_comes_out(
    lab: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    isa, _ = new_isa()
    machine = looping(isa, lab, NEVER)

    def interrupted(_form: Any) -> Any:
        def body(*_: Any) -> int:
            raise KeyboardInterrupt

        return body

    monkeypatch.setattr(machine.hart._failures, "noting", interrupted)
    with pytest.raises(KeyboardInterrupt):
        machine.call("f", 1, 0)


@pytest.mark.parametrize(
    ("text", "number"), [("", EXECUTIONS), ("7", 7), ("0", 0), ("never", NEVER), ("x", EXECUTIONS)]
)
def test_the_environment_may_say_another_number(
    text: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, text)
    assert executions_before_compiling() == number


# -- vector instructions


def summing(isa: Isa, tier: Any) -> Machine:
    text = """
    _start: ret
    f: vsetivli zero, 4, e8, m1, ta, ma
    1: vadd.vi v8, v8, 1
       addi a0, a0, -1
       bnez a0, 1b
       ret
    """
    return Machine(assemble(f".globl f, _start\n{text}", isa).to_elf(), isa, tier=tier)


@pytest.mark.parametrize(("seconds", "is_compiled"), [(1e9, False), (0.0, True)])
def test_vector_instructions_are_compiled_after_a_while(
    monkeypatch: pytest.MonkeyPatch, seconds: float, is_compiled: bool
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(interim, "SECONDS", seconds)
    made: list[str] = []
    monkeypatch.setattr(
        interim, "compile_handler", lambda one, _: made.append(one.mnemonic) or fail(one)
    )
    monkeypatch.setattr(interim, "stored_handler", lambda *_: None)
    machine = summing(isa_for("rv64gcv"), "inline")
    machine.call("f", EXECUTIONS + 100)
    machine.hart.interim.finish()
    # What an instruction has cost decides, not how often it was executed: vsetivli was, once.
    assert made == (["vsetivli", "vadd.vi"] if is_compiled else [])


def fail(made: Any) -> None:
    raise compiled.CompileError(made.mnemonic)


def test_handlers_of_vector_instructions_are_those_of_any_vlen() -> None:
    keys = set()
    for vlen in (128, 1024):
        isa = isa_for(f"rv64gcv_zvl{vlen}b")
        made = isa.instructions["vadd.vv"]
        keys.add(compiled._code(made, isa, compiled.handler_lines(made, isa)).key)
    assert len(keys) == 1
