"""Hot loops of draft instructions leave in compiled loops what single steps leave."""

from __future__ import annotations

import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.emulator.handlers.interim import VARIABLE
from rvx.emulator.hart import Tier
from rvx.emulator.regions import select
from rvx.extensions import isa_for

ISA = (
    "rv64gcv_zvabd_zvzip_zvfofp8min_zvdot4a8i_zvqwdota8i_zvfqwdota8f_zvfwbdota16bf_xsmtvdot_zvl256b"
)
MORE = """\
        vsetvli t0, zero, e8alt, m1, ta, ma
        vfqwdota.vv v4, v8, v9
        vqwdotas.vv v6, v8, v9
        vsetvli t0, zero, e8, mf2, ta, ma
        vzip.vv v10, v8, v9
        vabd.vv v11, v8, v9
        vfwcvtbf16.f.f.v v10, v9
        vfncvtbf16.f.f.w v11, v10
        vsetvli t0, zero, e8, m1, ta, ma
        smt.vmadot v12, v8, v9
"""
PROGRAM = """
_start: la      s0, data
        li      s1, {rounds}
        vsetvli t0, zero, e8, m1, ta, ma
        vle8.v  v8, (s0)
        addi    s0, s0, 32
        vle8.v  v9, (s0)
        vmv.v.i v4, 0
        vmv.v.i v5, 0
        vmv.v.i v6, 0
        vmv.v.i v12, 0
        vmv.v.i v13, 0
loop:   vsetvli t0, zero, e32, m1, ta, ma
        vdot4a.vv v5, v8, v9
        vadd.vx v8, v8, s1
{more}        addi    s1, s1, -1
        bnez    s1, loop
        frflags s2
        la      s0, results
        vse8.v  v4, (s0)
        addi    s0, s0, 32
        vse8.v  v5, (s0)
        addi    s0, s0, 32
        vse8.v  v6, (s0)
        addi    s0, s0, 32
        vse8.v  v11, (s0)
        addi    s0, s0, 32
        vse8.v  v12, (s0)
        li      a0, 1
        la      a1, results
        li      a2, 160
        li      a7, 64
        ecall
        mv      a0, s2
        li      a7, 93
        ecall
        .data
data:   .byte   0x38, 0x3a, 0xb9, 0x31, 0x12, 0x82, 0x40, 0x39, 0x38, 0xc1, 0x01, 0x7e, 0x3f, 0x30
        .byte   0x25, 0x19, 0x38, 0xb8, 0x11, 0x45, 0x37, 0x22, 0x9a, 0x3c, 0x18, 0x77, 0x00, 0x80
        .byte   0x33, 0x44, 0x55, 0x66
        .byte   0x34, 0x3a, 0x35, 0xb1, 0x42, 0x22, 0xc0, 0x29, 0x3e, 0xb1, 0x21, 0x4e, 0x37, 0x30
        .byte   0x2f, 0x1a, 0xb8, 0x38, 0x51, 0x25, 0x36, 0x20, 0x3a, 0xbc, 0x28, 0x67, 0x10, 0x85
        .byte   0x31, 0xc4, 0x35, 0x36
results: .zero  256
"""


def outcome(rounds: int, more: str, tier: Tier) -> tuple[bytes, int, int]:
    """What is written, the flags, and how many instructions that took."""
    machine = Machine(
        assemble(PROGRAM.format(rounds=rounds, more=more), isa_for(ISA)), isa_for(ISA), tier=tier
    )
    done = machine.run()
    return done.output, done.exit_code, done.instructions


def check(monkeypatch: pytest.MonkeyPatch, more: str) -> bytes:
    monkeypatch.setattr(select, "LEAST_WEIGHT", 2)
    fast = outcome(300, more, "region")
    monkeypatch.setenv(VARIABLE, "never")
    assert fast == outcome(300, more, "trap")
    return fast[0]


def test_bytes_in_compiled_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    assert any(check(monkeypatch, "")[32:64])


@pytest.mark.long
def test_all_of_them_in_compiled_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a minute of compiling; two on a busy machine."""
    written = check(monkeypatch, MORE)
    # Every instruction has left something.
    assert all(any(written[at : at + 32]) for at in range(0, 160, 32))
