"""Random programs end in the same state, with the same counts, with regions and without.

The long run (`-m long`) goes on for RVX_FUZZ_SECONDS, an hour by default, from RVX_FUZZ_SEED on.
"""

from __future__ import annotations

import os
import random
import time
from typing import Any

import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.extensions import isa_for
from rvx.isa import Extension, Memory, Words
from rvx.isa.bits import narrow
from rvx.isa.memory import load_u8, store_8

from ..followed import check_calls
from .programs import random_program

Xmix = Extension("Xmix", version="1.0", doc="What random programs use besides posits")
Xmix.register_file("w", count=8, bits=192)


@Xmix.instruction("mac rd, rs1, rs2", "0000000 rs2 rs1 000 rd 1011011")
def mac(rd: int, rs1: int, rs2: int, xlen: int) -> int:
    """rd += rs1 * rs2."""
    return narrow(rd + rs1 * rs2, xlen)


@Xmix.instruction("flagged rd, rs1", "0000001 00000 rs1 000 rd 1011011")
def flagged(rs1: int, frm: int, fflags: Words, xlen: int) -> int:
    """rd = rs1 + frm; raises the flags in the low bits of rs1."""
    fflags[0] |= rs1 & 31
    return narrow(rs1 + frm, xlen)


@Xmix.instruction("exchange rd, rs1, rs2", "0000010 rs2 rs1 000 rd 1011011")
def exchange(rs1: int, rs2: int, mem: Memory) -> int:
    """The bytes at rs1 and rs2 change places; rd = that at rs1."""
    one, other = load_u8(mem, rs1), load_u8(mem, rs2)
    store_8(mem, rs1, other)
    store_8(mem, rs2, one)
    return one


@Xmix.instruction("addpair rd:x*2, rs1:x*2, rs2:x*2", "0000011 rs2 rs1 000 rd 1011011")
def addpair(rd: Words, rs1: Words, rs2: Words) -> None:
    """Each of two registers += the sum of two others; the first before the second."""
    rd[0] += rs1[0] + rs2[0]
    rd[1] += rs1[1] + rs2[1] + rd[0]


@Xmix.instruction("mixw rd:w, rs1:w, rs2", "0000100 rs2 00 rs1[2:0] 000 00 rd[2:0] 1011011")
def mixw(rd: Words, rs1: Words, rs2: int) -> None:
    """Each word of rd = the next one of rs1, and its own, and rs2."""
    for i in range(3):
        rd[i] = rd[i] ^ rs1[(i + 1) % 3] + rs2


@Xmix.instruction("foldw rd, rs1:w", "0000101 00000 00 rs1[2:0] 000 rd 1011011")
def foldw(rs1: Words, xlen: int) -> int:
    """rd = the exclusive or of the words of rs1."""
    return narrow(rs1[0] ^ rs1[1] ^ rs1[2], xlen)


@Xmix.instruction("addlong rd, rs1, imm", "imm[26:0] rs1 rd 00000 011111")
def addlong(rs1: int, imm: int, xlen: int) -> int:
    """rd = rs1 + imm, in 48 bits."""
    return narrow(rs1 + imm, xlen)


@Xmix.instruction("xorlong rd, rs1, imm", "imm[41:0] rs1 rd 00000 0111111")
def xorlong(rs1: int, imm: int, xlen: int) -> int:
    """rd = rs1 ^ imm, in 64 bits."""
    return narrow(rs1 ^ imm, xlen)


ISAS = {
    xlen: isa_for(f"rv{xlen}gc_zfh_xposit_xvsq_xsmallfloat_xexfma_xmxdotp_xpulpnn", [Xmix])
    for xlen in (32, 64)
}


def outcome(hart: Machine, result: Any) -> dict[str, Any]:
    """Everything that a guest could tell, and the counts."""
    ram = hart.memory.ram
    return {
        "exit": result.exit_code,
        "trap": result.trap,
        "executions": dict(result.executions),
        "x": [hart.register(f"x{i}") for i in range(32)],
        "f": [hart.register(f"f{i}") for i in range(32)],
        "p": [hart.register(f"p{i}") for i in range(32)],
        "w": [hart.register(f"w{i}") for i in range(8)],
        "fflags": hart.fflags,
        "frm": hart.frm,
        "states": {name: hart.state(name).tolist() for name in hart.isa.states},
        "memory": hash(ram.tobytes()),
    }


def compare(seed: int) -> tuple[int, int]:
    """Runs one program with and without regions, limits included; gives regions and entries.

    Every fourth program is one for RV32. Calls are followed in one of the two ways: that changes
    nothing, and the tree of calls has the counts of each function.
    """
    draw = random.Random(~seed)
    isa = ISAS[32 if seed % 4 == 1 else 64]
    program = assemble(random_program(seed, isa), isa)

    def machine(tier: Any) -> Machine:
        follow = (tier == "region") == (seed % 3 > 0)
        return Machine(program, isa, memory=1 << 20, tier=tier, follow_calls=follow)

    def called(one: Machine) -> dict[str, Any]:
        result = one.call("main", max_instructions=limit)
        check_calls(result)
        return outcome(one, result)

    limit = draw.choice((None, None, draw.randrange(1, 20_000)))
    plain = machine("inline")
    first = called(plain)
    second = called(plain)
    with_regions = machine("region")
    before = called(with_regions)
    assert before == first, seed
    tier = with_regions.hart.regions
    assert tier is not None
    tier.look(float("inf"))
    assert [made.refusal for made in tier.regions if made.refusal] == []
    after = called(with_regions)
    assert after == second, seed
    return len(tier.regions), sum(len(made.region.entries) for made in tier.regions)


@pytest.mark.usefixtures("everything_is_hot")
def test_random_programs() -> None:
    made = [compare(seed) for seed in range(8)]
    assert sum(regions for regions, _ in made) > 8


@pytest.mark.long
@pytest.mark.usefixtures("everything_is_hot")
def test_random_programs_for_an_hour() -> None:
    end = time.monotonic() + float(os.environ.get("RVX_FUZZ_SECONDS", "3600"))
    seed = int(os.environ.get("RVX_FUZZ_SEED", "1000"))
    first = seed
    regions = 0
    while time.monotonic() < end:
        made, _ = compare(seed)
        regions += made
        seed += 1
    print(f"{seed - first} programs from seed {first}, {regions} regions: no difference")
