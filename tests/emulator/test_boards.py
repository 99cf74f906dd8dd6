"""Boards: memory, timer, serial port and devices of one's own, at the exact instruction."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine, Settings
from rvx.emulator.board import SHIPPED, BoardProblem, load_board
from rvx.extensions import isa_for
from rvx.userfiles import UserFileError

CLINT = "li s0, 0x02000000\n li s1, 0x02004000\n li s2, 0x0200bff8\n"
EXIT = "li a7, 93\n ecall\n"
OPTIONS: list[dict[str, Any]] = [{"tier": "trap"}, {"tier": "region"}, {"backend": "python"}]


def machine(text: str, board: str = "virt", xlen: int = 64, **given: Any) -> Machine:
    isa = isa_for(f"rv{xlen}gc")
    return Machine(assemble(f"_start: {text}\n", isa), isa, board=load_board(board), **given)


@pytest.mark.parametrize("options", OPTIONS)
def test_the_timer_comes_at_the_exact_instruction(options: dict[str, Any]) -> None:
    """mtime goes on by one for a hundred instructions: the interrupt is before number 301."""
    made = machine(
        f"{CLINT} la t0, handler\n csrw mtvec, t0\n li t0, 3\n sd t0, 0(s1)\n li t0, 128\n"
        " csrw mie, t0\n csrsi mstatus, 8\n1: addi s3, s3, 1\n j 1b\n .balign 4\n"
        "handler: csrr s4, minstret\n csrr s5, mcause\n csrr s6, mip\n li t0, -1\n sd t0, 0(s1)\n"
        f" csrr s7, mip\n csrw mtvec, zero\n li a0, 0\n {EXIT}",
        **options,
    )
    result = made.run(100_000)
    assert made.register("s4") == 300
    assert made.register("s5") == 1 << 63 | 7
    assert (made.register("s6"), made.register("s7")) == (128, 0)
    assert (result.exit_code, result.trap) == (0, None)


@pytest.mark.parametrize("options", OPTIONS)
def test_waiting_for_the_timer_takes_no_instructions(options: dict[str, Any]) -> None:
    made = machine(
        f"{CLINT} li t0, 1000000\n sd t0, 0(s1)\n li t0, 128\n csrw mie, t0\n wfi\n"
        f" ld a0, 0(s2)\n li t0, 1000000\n sub a0, a0, t0\n {EXIT}",
        **options,
    )
    result = made.run()
    assert (result.exit_code, result.trap) == (0, None)
    assert result.instructions < 40


def test_software_interrupts_come_behind_the_store() -> None:
    made = machine(
        f"{CLINT} la t0, handler\n csrw mtvec, t0\n csrwi mie, 8\n csrsi mstatus, 8\n li t0, 1\n"
        "at: sw t0, 0(s0)\n nop\n nop\n1: j 1b\n .balign 4\n"
        "handler: csrr s3, mepc\n"
        "csrr s4, mcause\n sw zero, 0(s0)\n csrr s5, mip\n csrw mtvec, zero\n"
        " la t0, at\n sub a0, s3, t0\n" + EXIT
    )
    result = made.run(10_000)
    assert result.exit_code == 4
    assert (made.register("s4"), made.register("s5")) == (1 << 63 | 3, 0)


@pytest.mark.parametrize("xlen", [32, 64])
def test_the_serial_port(xlen: int) -> None:
    text = (
        "li s0, 0x10000000\n li t0, 'h'\n sb t0, 0(s0)\n li t0, 'i'\n sw t0, 0(s0)\n"
        "1: lbu t1, 5(s0)\n andi t1, t1, 1\n beqz t1, 2f\n lb t0, 0(s0)\n addi t0, t0, 1\n"
        f" sb t0, 0(s0)\n j 1b\n2: lbu a0, 5(s0)\n {EXIT}"
    )
    result = machine(text, xlen=xlen, settings=Settings(stdin=b"abc")).run()
    assert (result.exit_code, result.output) == (0x60, b"hibcd")


def test_memory_of_the_board(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text("[[memory]]\nat = 0x40000000\nsize = 0x2000\n")
    text = "li t0, 0x40001ff8\n li t1, 7\n sd t1, 0(t0)\n ld a0, 0(t0)\n"
    text += "li t0, 0x40000000\n lb a1, -1(t0)\n"
    result = machine(text, str(tmp_path / "b.toml")).run()
    assert result.trap is not None
    assert result.trap.message.endswith("1 bytes at 0x3fffffff")
    assert result.value == 7


DEVICE = """
class Adder:
    def __init__(self):
        self.total = 0

    def read(self, offset, size):
        return self.total >> 8 * offset

    def write(self, offset, size, value):
        self.total += value
"""
OWN = '[[device]]\nclass = "own.py:Adder"\nat = 0x50000000\nsize = 8\n[end]\nover = 6\n'


@pytest.mark.parametrize("options", OPTIONS)
def test_a_device_of_ones_own_and_an_end(tmp_path: Path, options: dict[str, Any]) -> None:
    (tmp_path / "own.py").write_text(DEVICE)
    (tmp_path / "b.toml").write_text(OWN)
    text = (
        "li s0, 0x50000000\n li s1, 200\n1: sw s1, 0(s0)\n lw a0, 0(s0)\n addi s1, s1, -1\n"
        " bnez s1, 1b\n lh a1, 1(s0)\nover: j over"
    )
    made = machine(text, str(tmp_path / "b.toml"), **options)
    result = made.run()
    assert (result.exit_code, result.trap, result.value) == (6, None, 20100)
    assert result.instructions == 2 + 4 * 200 + 1
    assert made.register("a1") == 20100 >> 8


@pytest.mark.parametrize("name", sorted(path.stem for path in SHIPPED.glob("*.toml")))
def test_boards_that_are_shipped(name: str) -> None:
    assert machine(EXIT, name).run().exit_code == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1", "'x' is nothing that a board has: device, end"),
        ("[[memory]]\nat = 5\nsize = 4096", "memory at 0x5: address and size are multiples of"),
        ("[[memory]]\nsize = 4096", "'at' is a number from 0 on, not None"),
        ("[[device]]\nat = 1\nkind = 'pic'", "the device at 0x1 is one of clint, uart"),
        ("[[device]]\nat = 1", "the device at 0x1 has a kind, or a class"),
        ("[memory]\nat = 1", "write [[memory]]"),
        ("[end]\npass = 'x'", "[end] has a symbol and an exit code in each line"),
        ("x = ", "is not TOML"),
        ("[[device]]\nat = 1\nsize = 1\nclass = 'own.py:Nobody'", "has no class 'Nobody'"),
        ("[[device]]\nat = 1\nsize = 1\nclass = 'own.py:Bare'", "a device has 'read' and 'write'"),
        ("instructions-per-tick = 0", "'instructions-per-tick' is a number from 1 on, not 0"),
    ],
)
def test_what_is_no_board(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "own.py").write_text("class Bare: pass\n")
    path = tmp_path / "b.toml"
    path.write_text(text)
    with pytest.raises(BoardProblem) as refused:
        load_board(str(path))
    assert said in str(refused.value)
    with pytest.raises(BoardProblem, match="there is no board 'x': name a TOML file, or one of"):
        load_board("x")


def test_a_file_of_a_device_that_fails(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text(OWN)
    with pytest.raises(UserFileError):
        load_board(str(tmp_path / "b.toml"))
