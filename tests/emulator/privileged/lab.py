"""Programs that take traps and write down what they find, run by Spike and by rvx."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from rvx.assembler import assemble
from rvx.emulator import Machine, RunResult
from rvx.extensions import isa_for

WORDS = 5
"""Of what is noted for a trap: mcause, mepc, mtval, mstatus, and the mode that has noted it."""
MOST_TRAPS = 64
ENTRY = 0x80000000

FRAME = """
        # Notes a trap at s11. Of the value, a mask says which bits both machines know.
        .macro  record cause, epc, value, status, mode, mask=-1
        csrr    t0, \\cause
        STORE   t0, 0(s11)
        csrr    t0, \\epc
        STORE   t0, XBYTES(s11)
        csrr    t0, \\value
        andi    t0, t0, \\mask
        STORE   t0, 2*XBYTES(s11)
        csrr    t0, \\status
        STORE   t0, 3*XBYTES(s11)
        li      t0, \\mode
        STORE   t0, 4*XBYTES(s11)
        addi    s11, s11, 5*XBYTES
        .endm

        .globl  _start
_start: la      t0, machine
        csrw    mtvec, t0
        la      t0, supervisor
        csrw    stvec, t0
        li      t0, 0x6000
        csrs    mstatus, t0
        # Everything may be accessed from all modes.
        li      t0, -1
        csrw    pmpaddr0, t0
        li      t0, 0x1f
        csrw    pmpcfg0, t0
        la      s11, begin_signature
{body}
        li      a7, 777
        ecall
        # Of machine mode: notes, and goes on behind the instruction; behind a bad jump, at ra.
        .balign 256
machine: j      exception
        j       interrupt
        .rept   14
        j       interrupt
        .endr
exception:
        csrw    mscratch, t0
        csrr    t0, mcause
        bltz    t0, direct
        record  mcause, mepc, mtval, mstatus, 3
        li      t0, 777
        beq     a7, t0, done
        csrr    t0, mcause
        addi    t0, t0, -1
        beqz    t0, fetch
        li      t0, 778
        beq     a7, t0, climb
        csrr    t0, mepc
        lb      t0, 0(t0)
        andi    t0, t0, 3
        addi    t0, t0, -3
        seqz    t0, t0
        slli    t0, t0, 1
        addi    t0, t0, 2
        sub     t0, zero, t0
        STORE   t1, 0(sp)
        csrr    t1, mepc
        sub     t1, t1, t0
        csrw    mepc, t1
        LOAD    t1, 0(sp)
        csrr    t0, mscratch
        mret
fetch:  csrw    mepc, ra
        csrr    t0, mscratch
        mret
        # An ecall with 778 goes on in machine mode.
climb:  li      a7, 0
        li      t0, 0x1800
        csrs    mstatus, t0
        csrr    t0, mepc
        addi    t0, t0, 4
        csrw    mepc, t0
        csrr    t0, mscratch
        mret
interrupt:
        csrw    mscratch, t0
direct: record  mcause, mepc, mip, mstatus, 3, 2
        csrw    mip, zero
        csrr    t0, mscratch
        mret
        .balign 4
supervisor:
        csrw    sscratch, t0
        record  scause, sepc, stval, sstatus, 1
        li      t0, 777
        beq     a7, t0, up
        csrr    t0, scause
        bltz    t0, quiet
        csrr    t0, sepc
        addi    t0, t0, 4
        csrw    sepc, t0
quiet:  csrw    sip, zero
        csrr    t0, sscratch
        sret
up:     ecall   # The end is machine mode's.
done:   la      t0, tohost
        li      t1, 1
        sw      t1, 0(t0)
        sw      zero, 4(t0)
1:      j       1b
        .data
        .balign 4096
        .globl  tohost
tohost: .dword  0
        .globl  fromhost
fromhost: .dword 0
        .balign 4096
room:   .zero   256
        .balign 64
        .globl  begin_signature
begin_signature:
        .zero   {bytes}
        .globl  end_signature
end_signature:
"""


def elf(body: str, xlen: int, extensions: str = "gc") -> bytes:
    """A program around a body, which finds `sp` at a place to write to."""
    text = FRAME.format(body=f"la sp, room\n{body}", bytes=MOST_TRAPS * WORDS * xlen // 8)
    load, store = ("lw", "sw") if xlen == 32 else ("ld", "sd")
    text = text.replace("LOAD", load).replace("STORE", store).replace("XBYTES", str(xlen // 8))
    isa = isa_for(f"rv{xlen}{extensions}")
    return assemble(text, isa, base=ENTRY).to_elf()


def by_spike(program: bytes, folder: Path, xlen: int, extensions: str = "gc") -> list[int]:
    """The words that the program has noted, as Spike runs it."""
    (folder / "program").write_bytes(program)
    command = ["spike", f"--isa=rv{xlen}{extensions}", "--priv=msu", "-m0x80000000:0x1000000"]
    signature = folder / "signature"
    options = [f"+signature={signature}", f"+signature-granularity={xlen // 8}"]
    subprocess.run([*command, *options, str(folder / "program")], check=True, timeout=20)
    return [int(line, 16) for line in signature.read_text().split()][: MOST_TRAPS * WORDS]


def by_rvx(
    program: bytes, xlen: int, extensions: str = "gc", **options: object
) -> tuple[list[int], RunResult]:
    """The same by rvx, and the result of the run."""
    machine = Machine(program, isa_for(f"rv{xlen}{extensions}"), **options)  # type: ignore[arg-type]
    result = machine.run(200_000)
    found = machine.array("begin_signature", f"uint{xlen}", MOST_TRAPS * WORDS)
    return [int(word) for word in found], result


def traps(words: Sequence[int]) -> list[tuple[str, ...]]:
    """Rows of what was noted, for people."""
    rows = [words[at : at + WORDS] for at in range(0, len(words), WORDS)]
    return [tuple(f"{word:#x}" for word in row) for row in rows if any(row)]
