"""Bodies that somebody has written: what they give, in every way to perform them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine, TrapKind
from rvx.emulator.handlers.interim import NEVER
from rvx.extensions import isa_for
from rvx.isa import Extension

DECLARED = '@X.instruction("op rd, rs1, rs2", "0000000 rs2 rs1 000 rd 1011011")\n'
PROGRAM = """
        .globl  _start
_start: ret
once:   op      a0, a0, a1
        ret
many:   op      a0, a2, a1
        addi    a2, a2, 1
        addi    a3, a3, -1
        bnez    a3, many
        ret
"""
WAYS: dict[str, dict[str, Any]] = {
    "python": {"backend": "python"},
    "interim": {"tier": "trap"},
    "trap": {"tier": "trap"},
    "inline": {"tier": "inline"},
    "region": {"tier": "region"},
}


@pytest.fixture(params=list(WAYS))
def machine_of(request: pytest.FixtureRequest, declare: Callable[[str], Extension]) -> Any:
    """Makes a machine with an instruction `op` of this body, in one of the ways."""

    def make(text: str) -> Machine:
        isa = isa_for("rv64imc", [declare(text)])
        machine = Machine(assemble(PROGRAM, isa).to_elf(), isa, **WAYS[request.param])
        machine.hart.interim.after = NEVER if request.param == "interim" else 0
        return machine

    return make


def warmed(machine: Machine, a: int, b: int) -> int:
    """The result of a loop that is long enough to be compiled."""
    for _ in range(2):
        machine.set_register("a2", a)
        result = machine.call("many", 0, b, a, 300)
        assert result.trap is None, result.trap
        if machine.hart.regions is not None:
            machine.hart.regions.look(float("inf"))
    return result.value


def test_a_loaded_word_wraps(machine_of: Any) -> None:
    machine = machine_of(
        "from rvx.isa.memory import load_u32\n"
        '@X.instruction("op rd, rs1, rs2", "0000000 rs2 rs1 000 rd 1011011")\n'
        "def op(rs1, rs2, mem):\n    return load_u32(mem, rs2) << 60 >> 60\n"
    )
    address = machine.allocate(8)
    machine.array(address, "uint32", 1)[0] = 8
    assert machine.call("once", 0, address).value == -8
    assert warmed(machine, 0, address) == -8


def test_a_table_is_what_it_was_when_it_was_loaded(machine_of: Any) -> None:
    machine = machine_of(
        "TABLE = np.array([5, 6, 7, 200], np.uint8)\n"
        + DECLARED
        + "def op(rs1, rs2):\n    return TABLE[rs1 & 3] - 201\n"
    )
    assert [machine.call("once", i, 0).value for i in range(4)] == [-196, -195, -194, -1]
    assert warmed(machine, 0, 0) == -1


def test_words_of_its_own_begin_at_zero(machine_of: Any) -> None:
    machine = machine_of(
        DECLARED
        + "def op(rs1, rs2):\n"
        + "    seen = np.empty(64, np.int64)\n"
        + "    for i in range(64):\n"
        + "        seen[rs1 >> i & 7] += rs2\n"
        + "    return seen[7] - seen[0]\n"
    )
    assert machine.call("once", -1, 3).value == 192
    assert machine.call("once", 0, 3).value == -192
    assert warmed(machine, -300, 2) == 128


def test_a_closure_is_a_constant(machine_of: Any) -> None:
    machine = machine_of(
        "def make(shift):\n"
        "    def op(rs1, rs2):\n        return (rs1 + rs2) >> shift\n    return op\n"
        'X.instruction("op rd, rs1, rs2", "0000000 rs2 rs1 000 rd 1011011")(make(3))\n'
    )
    assert machine.call("once", 60, 5).value == 8
    assert warmed(machine, 0, 1) == 37


def test_what_a_body_changed_before_it_raised_stays_changed_once(machine_of: Any) -> None:
    machine = machine_of(
        'X.state("acc", 1)\n'
        '@X.instruction("op rd, rs1, rs2", "0000000 rs2 rs1 000 rd 1011011")\n'
        "def op(rs1, rs2, acc, fflags):\n"
        "    acc[0] += 1\n    fflags[0] |= 4\n    return 100 // (rs1 - rs2)\n"
    )
    warmed(machine, 1000, 0)
    before = int(machine.state("acc")[0])
    flags = machine.fflags
    machine.set_register("a2", 0)
    result = machine.call("many", 0, 5, 0, 300)
    assert result.trap is not None
    assert result.trap.kind == TrapKind.ILLEGAL_INSTRUCTION
    assert "its body raised ZeroDivisionError: division by zero (" in result.trap.message
    assert machine.state("acc")[0] == before + 6
    assert machine.fflags == flags | 4
    assert result.by_mnemonic["op"] == 5
    assert machine.register("a2") == 5


def test_print_is_for_the_interpreter(
    declare: Callable[[str], Extension], capsys: pytest.CaptureFixture[str]
) -> None:
    isa = isa_for(
        "rv64imc", [declare(DECLARED + "def op(rs1, rs2):\n    print(f'{rs1:#x}')\n    return 1\n")]
    )
    elf = assemble(PROGRAM, isa).to_elf()
    assert Machine(elf, isa, backend="python").call("once", 255, 0).value == 1
    assert capsys.readouterr().out == "0xff\n"
    trap = Machine(elf, isa).call("once", 255, 0).trap
    assert trap is not None
    assert "its body has print() (" in trap.message
    assert trap.message.endswith("), which acts with --backend python only")


SPIN = """
from rvx.isa import Extension

Xspin = Extension("Xspin", version="0.1")


@Xspin.instruction("op rd, rs1, rs2", "0000000 rs2 rs1 000 rd 1011011")
def op(rs1, rs2):
    n = rs1
    while n != 0:
        n = n * 3 + 1 if n & 1 else n >> 1
    for i in range(rs2):
        n ^= i
        if n == -1:
            break
    return n
"""
SCRIPT = """
import signal
import sys
from pathlib import Path
from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.emulator.handlers.interim import NEVER
from rvx.extensions import isa_for
# What a shell without job control puts in the background inherits that SIGINT is ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
isa = isa_for("rv64imc", [sys.argv[1]])
options = {"python": {"backend": "python"}, "region": {}}.get(sys.argv[2], {"tier": sys.argv[2]})
machine = Machine(assemble(Path(sys.argv[3]).read_text(), isa), isa, **options)
machine.hart.interim.after = NEVER if sys.argv[2] == "python" else 0
machine.set_register("a2", 0)
machine.call("many", 0, 0, 0, 1)
if machine.hart.regions is not None:
    from rvx.emulator.regions import select
    select.LEAST_WEIGHT = 2
    for _ in range(2):
        machine.call("loop", 300)
        machine.hart.regions.look(float("inf"))
print("ready", flush=True)
result = machine.call("once", *map(int, sys.argv[4:6]))
print(result.trap.kind, result.instructions, result.trap.message, flush=True)
"""


@pytest.mark.parametrize(
    ("way", "operands"),
    [("python", ("7", "0")), ("trap", ("0", str(1 << 61))), ("region", ("7", "0"))],
)
def test_ctrl_c_ends_a_body_that_does_not_end(
    tmp_path: Path, way: str, operands: tuple[str, str]
) -> None:
    extension, program = tmp_path / "spin.py", tmp_path / "spin.s"
    extension.write_text(SPIN)
    program.write_text(
        PROGRAM + "loop: op a1, zero, zero\n addi a0, a0, -1\n bnez a0, loop\n ret\n"
    )
    command = [sys.executable, "-c", SCRIPT, str(extension), way, str(program), *operands]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        said, errors = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 0, errors
    assert said.startswith("interrupted 0 interrupted at 0x"), said
    assert "'op a0,a0,a1'" in said
