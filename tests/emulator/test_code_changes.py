"""Code that changes, and code that looks at itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rvx.emulator.core import Core

ADDI_A0_100 = 0x06450513  # addi a0, a0, 100
EXIT = "li a7, 93\n ecall\n"


def test_guest_reads_its_own_words(lab: Any, mode: str, xlen: int) -> None:
    end = lab.run(
        f"""
_start: la t1, site
    li t0, 300
site: mac a0, a1, a2
    lw a3, 0(t1)
    add a4, a4, a3
    addi t0, t0, -1
    bnez t0, site
    li a0, 0
    {EXIT}""",
        mode,
        xlen,
    )
    word = lab.isa(xlen).instructions["mac"].encode({"rd": 10, "rs1": 11, "rs2": 12})
    assert end.x[13] == word
    assert end.x[14] == 300 * word % 2**xlen


def test_data_in_text_that_looks_like_custom_words_is_data(lab: Any, xlen: int) -> None:
    end = lab.agree(
        f"""
_start: li t0, 300
    la s1, table
loop: andi t1, t0, 7
    slli t1, t1, 2
    add t1, t1, s1
    lw t2, 0(t1)
    xor a0, a0, t2
    mac a1, t2, t0
    addi t0, t0, -1
    bnez t0, loop
    j done
table:
    mac a0, a1, a2
    mac a0, a0, a0
    tld a0, 4(a1)
    tst a0, 4(a1)
    five a0, a1, a2, a3, a4
    tflag a0, a1
    vadd k1, k2, k3
    tacc a0
done: li a0, 0
    {EXIT}""",
        xlen,
    )
    assert end.custom == 300


@pytest.mark.parametrize("fence", ["fence.i", "nop"])
def test_a_base_store_replaces_a_custom_word(lab: Any, xlen: int, fence: str) -> None:
    # 300 times mac a0 += 1 * 1, then 200 times addi a0, a0, 100, then mac again.
    end = lab.agree(
        f"""
.section .rwx, "awx"
_start: la t1, site
    lw t3, 0(t1)
    li t4, {ADDI_A0_100}
    li t0, 600
    li t5, 300
    li t6, 100
    li a1, 1
    li a2, 1
loop:
    bne t0, t5, not_yet
    sw t4, 0(t1)
    {fence}
    j site
not_yet:
    bne t0, t6, site
    sw t3, 0(t1)
    {fence}
    j site
.balign 4096
site: mac a0, a1, a2
    addi t0, t0, -1
    bnez t0, loop
    mv s1, a0
    li a0, 0
    {EXIT}""",
        xlen,
    )
    assert end.x[9] == 300 + 200 * 100 + 100


def test_a_custom_store_replaces_the_next_word(lab: Any, xlen: int) -> None:
    end = lab.agree(
        f"""
.section .rwx, "awx"
_start: la t1, site
    lw t3, 0(t1)
    li t4, {ADDI_A0_100}
    li t0, 300
    li a1, 1
    li a2, 1
loop:
    xor t5, t3, t4
    xor t3, t3, t5
    xor t4, t4, t5
    tst t3, 0(t1)
site: mac a0, a1, a2
    addi t0, t0, -1
    bnez t0, loop
    mv s1, a0
    li a0, 0
    {EXIT}""",
        xlen,
    )
    assert end.x[9] == 150 * 100 + 150


def test_a_custom_store_replaces_a_function_on_another_page(lab: Any, xlen: int) -> None:
    """Which was executed in the meantime, and data beside it are written as well."""
    end = lab.agree(
        f"""
.section .rwx, "awx"
_start: la t1, site
    la t2, numbers
    lw t3, 0(t1)
    li t4, {ADDI_A0_100}
    li t0, 300
    li a1, 1
    li a2, 1
loop:
    xor t5, t3, t4
    xor t3, t3, t5
    xor t4, t4, t5
    tst t3, 0(t1)
    jal function
    tst t0, 0(t2)
    jal function
    addi t0, t0, -1
    bnez t0, loop
    mv s1, a0
    li a0, 0
    {EXIT}
.balign 4096
function: nop
site: mac a0, a1, a2
    ret
.balign 64
numbers: .dword 0""",
        xlen,
    )
    assert end.x[9] == 2 * (150 * 100 + 150)


def test_custom_words_written_at_run_time(lab: Any, xlen: int) -> None:
    mac = lab.isa(xlen).instructions["mac"].encode({"rd": 10, "rs1": 11, "rs2": 12})
    ret = 0x00008067
    end = lab.agree(
        f"""
_start: la t1, room
    li t2, {mac}
    li t3, {ret}
    li t0, 300
    li a1, 3
    li a2, 5
loop: sw t2, 0(t1)
    sw t2, 4(t1)
    sw t3, 8(t1)
    fence.i
    jalr t1
    sw zero, 12(t1)
    addi t0, t0, -1
    bnez t0, loop
    mv s1, a0
    li a0, 0
    {EXIT}
.section .room, "awx"
.balign 4096
room: .space 4096
""",
        xlen,
    )
    assert end.x[9] == 300 * 2 * 15
    assert end.custom == 600


def test_the_host_writes_code_between_calls(lab: Any, mode: str) -> None:
    machine = lab.machine(
        "_start: ret\nf: li t0, 200\n li a0, 0\nsite: mac a0, a1, a2\n"
        " addi t0, t0, -1\n bnez t0, site\n ret",
        mode,
    )
    assert machine.call("f", 0, 2, 3).value == 200 * 6
    code = machine.array("site", np.uint32, 1)
    word = int(code[0])
    code[0] = ADDI_A0_100
    assert machine.call("f", 0, 2, 3).value == 200 * 100
    assert machine.call("f", 0, 2, 3).by_mnemonic["addi"] == 402
    code[0] = word
    assert machine.call("f", 0, 2, 3).value == 200 * 6


def test_words_are_as_they_were_after_a_run(lab: Any, mode: str) -> None:
    machine = lab.machine(
        "_start: ret\nf: li t0, 200\nsite: mac a0, a1, a2\n addi t0, t0, -1\n bnez t0, site\n ret",
        mode,
    )
    before = [part.tobytes() for _, part in machine.memory.loaded_code()]
    machine.call("f", 0, 2, 3)
    machine.call("f", 0, 2, 3)
    assert [part.tobytes() for _, part in machine.memory.loaded_code()] == before


def test_a_hot_machine_still_faults_where_there_is_no_code(lab: Any, mode: str) -> None:
    machine = lab.machine(
        "_start: ret\nf: li t0, 200\nsite: mac a0, a1, a2\n addi t0, t0, -1\n bnez t0, site\n ret",
        mode,
    )
    machine.call("f", 0, 2, 3)
    for address in (0, 0x1000, machine.memory.heap, 0xFFFFF000, (1 << 63) + 4):
        trap = machine.call(address).trap
        assert trap is not None
        assert (trap.kind, trap.pc) == ("jump to memory that holds no code", address)
    assert machine.call("f", 0, 2, 3).value == 1200


def test_a_new_way_into_a_hot_block(lab: Any, xlen: int) -> None:
    """Blocks that overlap: each entry into the middle is a block of its own."""
    body = "\n".join(f"l{i}: mac a{i % 5}, t0, t1\n addi t1, t1, {i}" for i in range(30))
    jumps = "\n".join(f".word l{i} - table" for i in range(30))
    end = lab.agree(
        f"""
_start: li t0, 3000
    li t2, 30
    la s1, table
loop: remu t3, t0, t2
    slli t3, t3, 2
    add t3, t3, s1
    lw t3, 0(t3)
    add t3, t3, s1
    jr t3
    {body}
    addi t0, t0, -1
    bnez t0, loop
    li a0, 0
    {EXIT}
.balign 4
table: {jumps}
""",
        xlen,
        modes=("inline", "eager", "trap", "mirrored"),
    )
    assert end.custom == 100 * sum(range(1, 31))


def test_many_system_calls_with_many_sites(lab: Any) -> None:
    body = "\n".join(f"mac a{2 + i % 4}, s2, s3" for i in range(300))
    end = lab.run(
        f"""
_start: li s1, 2000
    la a1, text
loop: {body}
    li a0, 1
    li a2, 1
    li a7, 64
    ecall
    addi s1, s1, -1
    beqz s1, done
    j loop
done: li a0, 0
    {EXIT}
text: .ascii "x"
""",
    )
    assert end.output == b"x" * 2000
    assert end.custom == 2000 * 300


@pytest.fixture
def translated(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The addresses of all blocks that are translated during a test."""
    addresses: list[int] = []
    translate = Core.translate

    def noted(core: Core, address: int) -> int:
        addresses.append(address)
        return translate(core, address)

    monkeypatch.setattr(Core, "translate", noted)
    return addresses


def test_writing_beside_code_costs_no_translations(lab: Any, translated: list[int]) -> None:
    """A block of hundreds of words that trap is not made anew for each write to its segment."""
    rounds, words = 40, 400
    body = "\n".join("fadd.s fa0, fa1, fa2" for _ in range(words))
    end = lab.run(
        f"""
.section .rwx, "awx"
_start: li s1, {rounds}
loop: {body}
    la a0, numbers
    li a1, 8
    li a2, 0
    li a7, 278
    ecall
    addi s1, s1, -1
    beqz s1, done
    j loop
done: li a0, 0
    {EXIT}
.balign 4096
numbers: .dword 0
""",
    )
    assert end.instructions > rounds * words
    assert len(translated) < 8 * words


def test_stores_of_bodies_beside_code_cost_no_translations(lab: Any, translated: list[int]) -> None:
    """A program of one segment for everything, as test suites link them."""
    calls = "\n".join(f"jal function{x}" for x in range(10))
    functions = "\n".join(f"function{x}: tst s1, 0(t1)\n ret" for x in range(10))
    end = lab.run(
        f"""
.section .rwx, "awx"
_start: li s1, 200
    la t1, numbers
loop: {calls}
    addi s1, s1, -1
    bnez s1, loop
    lw a0, 0(t1)
    {EXIT}
{functions}
numbers: .dword 0
""",
    )
    assert end.exit_code == 1
    assert len(translated) < 100


SINGLE = "loop: mac a0, a1, a2\n addi t0, t0, -1\n bnez t0, loop"
SEVERAL = """
loop: mac a0, a1, a2
    xor a3, a3, a0
    mac a4, a1, a3
    andi t1, t0, 1
    beqz t1, even
    mac a5, a1, a2
even: jal function
    mac a6, a1, a2
    addi t0, t0, -1
    bnez t0, loop
    j over
function: mac a7, a1, a2
    ret
over:"""
NESTED = """
outer: li t1, 100
inner: mac a0, a1, a2
    addi t1, t1, -1
    bnez t1, inner
    mac a3, a1, a0
    addi t0, t0, -100
    bnez t0, outer"""


@pytest.mark.parametrize("loop", [SINGLE, SEVERAL, NESTED], ids=["single", "several", "nested"])
def test_words_trap_no_more_once_they_are_inline(
    lab: Any, xlen: int, loop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The core is not started anew again and again for words that have been moved inline."""
    starts = []
    start = Core.start

    def noted(core: Core, begin: int, until: int) -> str | None:
        starts.append(begin)
        return start(core, begin, until)

    monkeypatch.setattr(Core, "start", noted)
    end = lab.run(f"_start: li t0, 20000\n{loop}\n li a0, 0\n{EXIT}", "inline", xlen)
    assert end.custom >= 20000
    assert len(starts) < 20
