"""Every mode gives the same registers, memory, flags, extension state and counts."""

from __future__ import annotations

from typing import Any

EXIT = "li a7, 93\n ecall\n"


def test_every_request_of_a_body(lab: Any, xlen: int) -> None:
    end = lab.agree(
        f"""
_start:
    li t0, 150
    li a0, 0
    li a1, 3
    la s1, words
    fsrmi 3
loop:
    mac a0, a1, t0
    tld a2, 4(s1)
    add a2, a2, a0
    tst a2, 8(s1)
    tflag a3, t0
    vput k3, a2
    vadd k4, k4, k3
    vget a4, k4
    tacc a4
    tread a5
    tpc a6
    tround s2, a5, dyn
    tround s3, a5, rdn
    five s4, a0, a1, a2, a3
    five zero, a0, a1, a2, a3
    mac zero, a0, a1
    fmv.w.x fa0, t0
    fmix fa1, fa0, fa1, fa0
    c.tinc s1
    addi s1, s1, -1
    todd t0, odd
    addi s5, s5, 7
odd:
    csrrwi s6, 0x7c0, 5
    csrrs s7, 0x7c0, a1
    padd.s pa0, pa1, pa0
    qmadd.s pa0, pa0
    addi t0, t0, -1
    bnez t0, loop
    csrr s8, fflags
    mv a0, zero
    {EXIT}
.data
words: .word 1, 2, 3, 4
""",
        xlen,
    )
    assert end.exit_code == 0
    assert end.trap is None
    assert end.custom > 150 * 18


def test_hundreds_of_sites(lab: Any, xlen: int) -> None:
    body = "\n".join(
        f"mac a{i % 6}, s{i % 4}, t1\n addi s{i % 4}, s{i % 4}, {i}" for i in range(400)
    )
    end = lab.agree(
        f"""
_start: li t0, 70
loop: addi t1, t0, 3
    {body}
    addi t0, t0, -1
    beqz t0, done
    j loop
done: li a0, 0
    {EXIT}""",
        xlen,
        modes=("inline", "trap", "mirrored"),
    )
    assert end.custom == 70 * 400
    assert end.instructions == 1 + 70 * 803 + 69 + 3


def test_sites_that_straddle_pages(lab: Any, xlen: int) -> None:
    end = lab.agree(
        f"""
_start: li t0, 100
    li a1, 2
    j loop
.balign 4096
.space 4096 - 14
loop: c.nop
    mac a0, a1, t0
    mac a0, a1, t0
    mac a2, a1, t0
    mac a3, a1, t0
    addi t0, t0, -1
    bnez t0, loop
    li a0, 0
    {EXIT}""",
        xlen,
        modes=("inline", "trap", "mirrored"),
    )
    assert end.custom == 400
    assert end.instructions == 3 + 100 * 7 + 3


def test_a_custom_branch_in_a_hot_loop(lab: Any, xlen: int) -> None:
    end = lab.agree(
        f"""
_start: li t0, 500
loop: addi t0, t0, -1
    todd t0, loop
    mac a1, t0, t0
    bnez t0, loop
    li a0, 0
    {EXIT}""",
        xlen,
    )
    assert end.x[11] == sum(i * i for i in range(0, 500, 2))
    assert end.instructions == 1 + 1000 + 500 + 3


def test_sixteen_bit_instruction_is_not_followed_by_a_skip(lab: Any, xlen: int) -> None:
    end = lab.agree(
        f"""
_start: li t0, 200
loop: c.tinc s1
    c.tinc a1
    c.addi s0, 1
    c.tinc s1
    addi t0, t0, -1
    bnez t0, loop
    li a0, 0
    {EXIT}""",
        xlen,
    )
    assert (end.x[9], end.x[11], end.x[8]) == (400, 200, 200)
    assert end.instructions == 1 + 200 * 6 + 3


def test_jump_into_the_middle_of_an_instruction(lab: Any, xlen: int) -> None:
    # lui a1, 0x00150 holds c.addi a0, 1 ... in its upper half: 0x0505 is c.addi a0, 1.
    end = lab.agree(
        f"""
_start: li t0, 3
    li a0, 0
again: addi t0, t0, -1
    beqz t0, over
    la t1, middle + 2
    jr t1
over: j middle
middle: .word 0x050505b7
    mac a2, a0, a0
    bnez t0, again
    mv s1, a0
    li a0, 0
    {EXIT}""",
        xlen,
    )
    assert end.x[9] == 2
    assert end.x[12] == 1 + 4 + 4
    middle = max(a for a, n in end.executions.items() if n == 2 and a & 2)
    assert end.executions[middle - 2] == 1
    assert end.executions[middle + 2] == 3


def test_exact_counts_per_address(lab: Any, xlen: int) -> None:
    end = lab.agree(
        f"""
_start: li t0, 100
loop: mac a1, t0, t0
    andi t1, t0, 3
    bnez t1, next
    mac a2, t0, t0
next: addi t0, t0, -1
    bnez t0, loop
    li a0, 0
    {EXIT}""",
        xlen,
    )
    assert list(end.executions.values()) == [1, 100, 100, 100, 25, 100, 100, 1, 1, 1]


def test_call_covers_only_the_function(lab: Any, mode: str, xlen: int) -> None:
    machine = lab.machine("_start: ret\nf: mac a0, a1, a2\n add a0, a0, a3\n ret", mode, xlen)
    for repeat in range(1, 100):
        result = machine.call("f", repeat, 3, 5, -1)
        assert result.value == repeat + 14
        assert (result.instructions, result.custom_instructions) == (3, 1)
        assert result.by_mnemonic == {"mac": 1, "add": 1, "jalr": 1}
