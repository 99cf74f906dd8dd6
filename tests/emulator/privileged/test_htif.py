"""tohost and fromhost: how bare programs end, write and ask."""

from __future__ import annotations

from typing import Any

import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine, Settings
from rvx.extensions import isa_for

DATA = """
 .data
 .balign 64
 .globl tohost
tohost: .dword 0
 .globl fromhost
fromhost: .dword 0
beside: .dword 5
 .balign 64
call: .dword 0, 0, 0, 0, 0, 0, 0, 0
text: .ascii "called\\n"
"""


def machine(text: str, xlen: int = 64, **given: Any) -> Machine:
    isa = isa_for(f"rv{xlen}gc")
    return Machine(assemble(f"_start: {text}\n1: j 1b\n{DATA}", isa), isa, **given)


@pytest.mark.parametrize("options", [{"tier": "trap"}, {"tier": "region"}, {"backend": "python"}])
def test_exit(options: dict[str, Any]) -> None:
    result = machine("la t0, tohost\n li t1, 15\n sd t1, 0(t0)", **options).run()
    assert (result.exit_code, result.trap, result.instructions) == (7, None, 4)


@pytest.mark.parametrize("xlen", [32, 64])
def test_exit_from_a_page_of_code(xlen: int) -> None:
    """As the linker script of riscv-tests has it: one segment for everything."""
    isa = isa_for(f"rv{xlen}gc")
    text = "_start: la t0, tohost\n li t1, 7\n sw t1, 0(t0)\n sw zero, 4(t0)\n1: j 1b\n"
    data = " .balign 64\n .globl tohost\ntohost: .dword 0\n"
    made = Machine(assemble(f'.section .all, "awx"\n{text}{data}', isa), isa)
    assert made.run(1000).exit_code == 3


@pytest.mark.parametrize("xlen", [32, 64])
def test_exit_by_halves(xlen: int) -> None:
    stores = "la t0, tohost\n li t1, 3\n sw t1, 0(t0)\n sw zero, 4(t0)"
    assert machine(stores, xlen).run().exit_code == 1
    again = "la t0, tohost\n li t1, 3\n2: sw t1, 0(t0)\n j 2b"
    once = "la t0, tohost\n li t1, 3\n sw t1, 0(t0)\n2: j 2b"
    assert machine(again, xlen).run().exit_code == 1
    assert machine(once, xlen).run(1_000_000).exit_code == 1


def test_console() -> None:
    text = "".join(
        f"li t1, {1 << 56 | 1 << 48 | ord(letter)}\n sd t1, 0(t0)\n" for letter in "ok\n"
    )
    result = machine(f"la t0, tohost\n{text} li t1, 1\n sd t1, 0(t0)").run()
    assert (result.exit_code, result.output) == (0, b"ok\n")


def test_console_for_rv32_is_written_by_halves() -> None:
    text = "".join(
        f"li t1, {ord(letter)}\n sw t1, 0(t0)\n li t1, 0x01010000\n sw t1, 4(t0)\n"
        for letter in "some\n"
    )
    result = machine(f"la t0, tohost\n{text} li t1, 1\n sw t1, 0(t0)\n sw zero, 4(t0)", 32).run()
    assert (result.exit_code, result.output) == (0, b"some\n")


def test_input() -> None:
    made = machine(
        f"la t0, tohost\n li t1, {1 << 56}\n sd t1, 0(t0)\n ld a0, 8(t0)\n andi a0, a0, 0xff\n"
        " sd zero, 8(t0)\n slli a0, a0, 1\n ori a0, a0, 1\n sd a0, 0(t0)",
        settings=Settings(stdin=b"A"),
    )
    assert made.run().exit_code == ord("A")


def test_a_system_call_by_address() -> None:
    made = machine(
        "la t0, call\n li t1, 64\n sd t1, 0(t0)\n li t1, 1\n sd t1, 8(t0)\n la t1, text\n"
        " sd t1, 16(t0)\n li t1, 7\n sd t1, 24(t0)\n la t2, tohost\n sd t0, 0(t2)\n"
        "2: ld t1, 8(t2)\n beqz t1, 2b\n sd zero, 8(t2)\n ld a0, 0(t0)\n slli a0, a0, 1\n"
        " ori a0, a0, 1\n sd a0, 0(t2)"
    )
    result = made.run()
    assert (result.exit_code, result.output) == (7, b"called\n")


def test_what_lies_beside_is_memory() -> None:
    result = machine(
        "la t0, beside\n li t1, 300\n2: ld t2, 0(t0)\n addi t2, t2, 1\n sd t2, 0(t0)\n"
        " addi t1, t1, -1\n bnez t1, 2b\n sb t1, 1(t0)\n lh a0, 0(t0)\n slli a0, a0, 1\n"
        " ori a0, a0, 1\n la t0, tohost\n sd a0, 0(t0)"
    ).run()
    assert result.exit_code == 305 & 0xFF
    assert result.instructions == 3 + 5 * 300 + 7
