"""PMP and counters of lower modes: what traps, and what CSRs hold, as on Spike."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.emulator.privileged import Mode
from rvx.emulator.privileged.protection import ENTRIES, EVERYTHING, Protection
from rvx.extensions import isa_for
from rvx.isa.memory import EXECUTABLE, READABLE, WRITABLE
from tests.emulator.privileged.lab import by_rvx, by_spike, elf, traps
from tests.emulator.privileged.test_traps import CLIMB, TO_SUPERVISOR, TO_USER

EXTENSIONS = "imafdc_zcb"
PAGES = 3
LOADS = ("lb", "lhu", "lw", "flw", "lr.w", "fld")
STORES = ("sb", "sh", "sw", "fsw", "amoadd.w", "fsd")
SIZES = {"b": 1, "h": 2, "w": 4, "d": 8}
ARENAS = f"""
        j       behind
        .balign 4096
        .option norvc
code:   .rept   {PAGES * 1024}
        ret
        .endr
behind: .section .arena, "aw"
        .balign 4096
data:   .zero   {PAGES * 4096}
        .text
"""


def accesses(rng: random.Random, count: int) -> list[str]:
    """Aligned accesses to data and jumps to code, near each other."""
    lines = ["la s2, data", "la s3, code"]
    for _ in range(count):
        at = 4096 * rng.randrange(PAGES) + rng.choice([0, 2048, 4088]) + 8 * rng.randrange(-8, 8)
        at = max(0, min(at, PAGES * 4096 - 8))
        kind = rng.randrange(5)
        if kind == 0:
            lines += [f"li t0, {at & -4}", "add t0, t0, s3", "jalr ra, 0(t0)"]
            continue
        name = rng.choice(LOADS if kind < 3 else STORES)
        letter = "d" if name in ("fld", "fsd") else "w" if "." in name else name.rstrip("u")[-1]
        at += rng.randrange(8) & -SIZES[letter]
        register = "ft0" if name.startswith("f") else "t1"
        operands = f"{register}, t1, (t0)" if name.startswith("amo") else f"{register}, (t0)"
        lines += [f"li t0, {at}", "add t0, t0, s2", f"{name} {operands}"]
    return lines


def settings(rng: random.Random, xlen: int) -> list[str]:
    """Random entries over both arenas; the last gives the rest to everybody."""
    last, shift = ("pmpcfg3", 24) if xlen == 32 else ("pmpcfg2", 56)
    lines = ["li t0, -1", "csrw pmpaddr15, t0", f"li t0, {0x1F << shift}", f"csrw {last}, t0"]
    chosen, before = 0, ""
    for entry in range(4):
        place, ways = rng.choice(["data", "code"]), [0x10, 0x18]
        if place == before:  # A range may not begin elsewhere: the program lies there.
            ways += [0x08, 0x08]
        before = place
        at = 4096 * rng.randrange(PAGES) + 4 * rng.choice([0, 1, 2, 511, 512, 1022, 1023])
        ones = (1 << rng.choice([0, 0, 1, 7, 8, 9])) - 1 if (way := rng.choice(ways)) == 0x18 else 0
        lines += [f"la t0, {place}+{at}", "srli t0, t0, 2", f"li t1, {ones}"]
        lines += ["or t0, t0, t1", f"li t1, {ones + 1 if ones else 0}", "not t1, t1"]
        lines += ["and t0, t0, t1", f"csrw pmpaddr{entry}, t0"]
        setting = rng.randrange(8) | way | (0x80 if rng.random() < 0.3 else 0)
        chosen |= setting << 8 * entry
    return [*lines, f"li t0, {chosen}", "csrw pmpcfg0, t0", "csrr t0, pmpcfg0", "sw t0, 0(s11)"]


def program(seed: int, xlen: int) -> str:
    rng = random.Random(seed)
    lines = [*ARENAS.splitlines(), *settings(rng, xlen), *accesses(rng, 12)]
    lines += [TO_SUPERVISOR, *accesses(rng, 12), CLIMB.replace("\\n", "\n")]
    lines += [TO_USER, *accesses(rng, 12), CLIMB]
    # Loads and stores of machine mode as if they were of user mode.
    lines += ["li t0, 0x21800", "csrc mstatus, t0", "li t0, 0x20000", "csrs mstatus, t0"]
    return "\n".join([*lines, *accesses(rng, 12), "li t0, 0x20000", "csrc mstatus, t0"])


def check(seed: int, xlen: int, folder: Path) -> int:
    made = elf(program(seed, xlen), xlen, EXTENSIONS)
    expected = by_spike(made, folder, xlen, EXTENSIONS)
    found, result = by_rvx(made, xlen, EXTENSIONS, tier="region" if seed % 2 else "trap")
    assert traps(found) == traps(expected), f"seed {seed}"
    assert (result.exit_code, result.trap) == (0, None)
    return len(traps(found))


@pytest.mark.parametrize("xlen", [64, 32])
def test_random_entries(xlen: int, tmp_path: Path) -> None:
    assert sum(check(seed, xlen, tmp_path) for seed in range(8)) > 60


@pytest.mark.long
@pytest.mark.parametrize("xlen", [64, 32])
def test_random_entries_for_long(xlen: int, tmp_path: Path) -> None:
    """Some 15 minutes each."""
    for seed in range(1000, 2000):
        check(seed, xlen, tmp_path)


COUNTERS = (
    "rdcycle t1\n rdinstret t1\n csrr t1, hpmcounter3\n csrr t1, mcycle\n csrw cycle, t1\n"
    " csrr t1, minstret\n"
)


@pytest.mark.parametrize("enabled", [0, 1, 4, 7])
@pytest.mark.parametrize("xlen", [64, 32])
def test_counters_of_lower_modes(xlen: int, enabled: int, tmp_path: Path) -> None:
    body = (
        f"csrwi mcounteren, {enabled}\n csrwi scounteren, 5\n {COUNTERS} {TO_SUPERVISOR} {COUNTERS}"
        f" {CLIMB} {TO_USER} {COUNTERS} {CLIMB} csrwi scounteren, 0\n"
        + f"{TO_USER} {COUNTERS}".replace("1f", "3f").replace("1:", "3:")
    )
    extensions = "imafdc_zicntr_zihpm"
    made = elf(body, xlen, extensions)
    expected = by_spike(made, tmp_path, xlen, extensions)
    found, _ = by_rvx(made, xlen, extensions)
    assert traps(found) == traps(expected)
    assert len(traps(found)) > 12


def test_a_counter_of_another_mode_is_named() -> None:
    isa = isa_for("rv64gc")
    text = f"_start: {TO_USER} rdcycle a0\n"
    result = Machine(assemble(text, isa), isa).run(100)
    assert result.trap is not None
    assert "mcounteren and scounteren do not let user mode read it" in result.trap.message


def test_pages_allow_no_more_than_their_bytes() -> None:
    rng = random.Random(1)
    for _ in range(300):
        unit = Protection(64)
        unit.set_settings(0, 0)
        for entry in range(6):
            unit.set_address(entry, rng.randrange(1 << 14) | (1 << rng.randrange(12)) - 1)
        unit.set_settings(0, rng.getrandbits(48) & 0x1F1F1F1F1F1F | rng.getrandbits(1) << 7)
        mode = rng.choice(list(Mode))
        spans = unit.spans(mode, mode)
        for _ in range(50):
            at = 8 * rng.randrange(1 << 13)
            allowed = EVERYTHING
            for span in spans:
                if span.begin <= at < span.end:
                    allowed &= span.allowed
            for wanted in (READABLE, WRITABLE, EXECUTABLE):
                assert not allowed & wanted or unit.allows(mode, at, 8, wanted)
    assert ENTRIES == 16


def test_stores_of_all_kinds_reach_the_page_of_tohost() -> None:
    """Beside `tohost`, memory is memory: for atomics, floats and what is performed by bodies."""
    isa = isa_for("rv64imac_zicsr_zcmp")
    text = (
        "_start: la t0, beside\n li t1, 5\n amoadd.w t2, t1, (t0)\n lr.w t2, (t0)\n"
        " sc.w t2, t1, (t0)\n la sp, beside+64\n la ra, 1f\n cm.push {ra}, -16\n li ra, 0\n"
        " cm.popret {ra}, 16\n nop\n1: lw a0, (t0)\n slli a0, a0, 1\n ori a0, a0, 1\n"
        " la t0, tohost\n amoswap.d zero, a0, (t0)\n2: j 2b\n .data\n .balign 64\n"
        " .globl tohost\ntohost: .dword 0\nbeside: .zero 64\n"
    )
    made = Machine(assemble(text, isa), isa)
    result = made.run()
    assert (result.exit_code, result.trap, result.by_mnemonic["cm.popret"]) == (5, None, 1)


def test_code_may_be_written_by_programs_for_spike() -> None:
    """Whatever the file says of its segments: there, memory has no permissions."""
    text = (
        "_start: la t0, 1f\n li t1, 0x00700513\n sw t1, 0(t0)\n fence.i\n .balign 4\n"
        " .option norvc\n1: li a0, 1\n .option rvc\n slli a0, a0, 1\n ori a0, a0, 1\n"
    )
    isa = isa_for("rv64gc")
    end = " la t0, tohost\n sd a0, 0(t0)\n2: j 2b\n .data\n .globl tohost\ntohost: .dword 0\n"
    result = Machine(assemble(text + end, isa), isa).run()
    assert (result.exit_code, result.trap) == (7, None)
    result = Machine(assemble(text + " li a7, 93\n ecall\n", isa), isa).run()
    assert result.trap is not None


@pytest.mark.parametrize("xlen", [64, 32])
def test_the_seed(xlen: int, tmp_path: Path) -> None:
    """It is read by writing it, by lower modes if mseccfg says so; its bits are new."""
    reads = "csrrs t1, seed, zero\n csrrsi t1, seed, 0\n csrrw t1, seed, zero\n srli t1, t1, 30\n"
    body = (
        f"{reads} STORE t1, 0(s11)\n addi s11, s11, 5*XBYTES\n {TO_USER} {reads} {CLIMB}"
        f" li t0, 0x100\n csrw mseccfg, t0\n csrr t0, mseccfg\n STORE t0, 0(s11)\n"
        f" addi s11, s11, 5*XBYTES\n" + TO_USER.replace("1f", "3f").replace("1:", "3:") + reads
    )
    extensions = "imafdc_zkr"
    made = elf(body, xlen, extensions)
    expected = by_spike(made, tmp_path, xlen, extensions)
    found, _ = by_rvx(made, xlen, extensions)
    assert traps(found) == traps(expected)
    isa = isa_for("rv64i_zkr")
    text = (
        "_start: csrrw a0, seed, zero\n csrrw a1, seed, zero\n xor a0, a0, a1\n li a7, 93\n ecall"
    )
    assert Machine(assemble(text, isa), isa).run().exit_code != 0
    text = "_start: csrrw a0, seed, zero\n"
    result = Machine(assemble(text, isa_for("rv64i_zicsr")), isa_for("rv64i_zicsr")).run()
    assert result.trap is not None
