"""cycle, instret and time read the exact count of executed instructions, in every tier."""

from __future__ import annotations

from typing import Any

import pytest

EXIT = "li a0, 0\n li a7, 93\n ecall\n"
LOOP = """
_start: csrr s0, instret
    li t0, 300
1:  {custom}
    addi t0, t0, -1
    csrr t1, {csr}
    add s2, s2, t1
    bnez t0, 1b
    csrr s1, instret
"""


@pytest.mark.parametrize("custom", ["nop", "padd.s p1, p2, p3", "c.tinc a1"])
@pytest.mark.parametrize("csr", ["instret", "cycle", "minstret", "mcycle"])
def test_every_mode_reads_the_same(lab: Any, xlen: int, csr: str, custom: str) -> None:
    end = lab.agree(LOOP.format(csr=csr, custom=custom) + EXIT, xlen)
    assert (end.exit_code, end.trap) == (0, None)
    assert end.x[8] == 0
    assert end.x[9] == 2 + 5 * 300
    assert end.x[18] == sum(4 + 5 * i for i in range(300))


def test_a_fixed_stretch(lab: Any, mode: str) -> None:
    end = lab.run(
        "_start: csrr s0, instret\n li t0, 50\n1: addi t0, t0, -1\n bnez t0, 1b\n"
        f" csrr s1, instret\n sub s2, s1, s0\n {EXIT}",
        mode,
    )
    assert end.x[18] == 102


def test_time_is_a_hundredth(lab: Any, xlen: int) -> None:
    end = lab.agree(
        "_start: rdtime s0\n li t0, 5000\n1: addi t0, t0, -1\n bnez t0, 1b\n rdtime s1\n"
        f" rdcycle s2\n {EXIT}",
        xlen,
    )
    assert (end.x[8], end.x[9], end.x[18]) == (0, 100, 10004)


def test_a_counter_that_is_written_goes_on_from_there(lab: Any, xlen: int) -> None:
    end = lab.agree(
        "_start: li t0, 1000\n csrw minstret, t0\n csrr s0, minstret\n csrr s1, instret\n"
        f" csrr s2, cycle\n csrrsi s3, mcycle, 0\n csrsi mcycle, 31\n csrr s4, mcycle\n {EXIT}",
        xlen,
    )
    assert [end.x[i] for i in (8, 9, 18, 19, 20)] == [1000, 1001, 4, 5, 6 | 31]


def test_the_high_half_belongs_to_rv32(lab: Any) -> None:
    text = (
        "_start: li t0, 7\n csrw mcycleh, t0\n csrr s0, cycleh\n li t0, -2\n csrw mcycle, t0\n"
        f" nop\n csrr s1, cycle\n csrr s2, cycleh\n rdtimeh s3\n {EXIT}"
    )
    end = lab.agree(text, 32)
    assert [end.x[i] for i in (8, 9, 18, 19)] == [7, 2**32 - 1, 8, 0]
    trap = lab.agree(".word 0xc8002573\n" + EXIT, 64).trap
    assert trap[2].endswith("CSR 0xc80 (cycleh) does not exist on this machine")


@pytest.mark.parametrize("csr", ["cycle", "time", "instret"])
@pytest.mark.parametrize("how", ["csrrw a0, {}, zero", "csrrs a0, {}, a1", "csrrci a0, {}, 1"])
def test_counters_of_users_are_read_only(lab: Any, csr: str, how: str) -> None:
    end = lab.agree(f"_start: nop\n {how.format(csr)}\n {EXIT}")
    assert end.trap[0] == "illegal instruction"
    assert end.trap[2].endswith(f"({csr}) is read-only")
    assert end.instructions == 1


def test_limits_do_not_change_what_is_read(lab: Any, xlen: int) -> None:
    text = LOOP.format(csr="instret", custom="mac a0, a1, t0") + EXIT
    free = lab.run(text, "region", xlen)
    for mode in ("eager", "trap", "python"):
        limited = lab.run(text, mode, xlen, 10_000)
        assert limited.x == free.x
    for limit in (5, 6, 7, 500, 1001):
        assert lab.agree(text, xlen, limit, ("eager", "trap", "python")).instructions == limit
