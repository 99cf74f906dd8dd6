"""Programs that perform floating-point vectors, for rvx and for other simulators.

A sheet is one program with a loop for each instruction and rounding mode. It writes the result and
the flags of every case into one table, which is its output.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rvx.isa import Instruction

from .float_performers import as_cases, has_float_result
from .float_vectors import Vectors, Words, word_of

_START = {
    "linux": "_start:",
    # Spike starts with the unit switched off, and compares what is between two symbols.
    "spike": "_start: li t0, 0x6000\n csrs mstatus, t0",
}
_END = {
    "linux": """
        li      a0, 1
        la      a1, begin_signature
        la      a2, end_signature
        sub     a2, a2, a1
        li      a7, 64
        ecall
        li      a0, 0
        li      a7, 93
        ecall
""",
    "spike": """
        la      t0, tohost
        li      t1, 1
        sw      t1, 0(t0)
        sw      zero, 4(t0)
1:      j       1b
        .section .tohost, "aw", @progbits
        .globl  tohost, fromhost
        .align  6
tohost: .dword  0
        .align  6
fromhost: .dword 0
""",
}
_LINK = {"linux": ["-Ttext=0x10000"], "spike": ["-N", "-Ttext=0x80000000"]}
"""Spike has no memory in front of the code, for the headers of the file."""


@dataclass(frozen=True)
class Entry:
    """One loop of a sheet."""

    made: Instruction
    mode: int
    vectors: Vectors


def sheet(entries: Sequence[Entry], xlen: int, target: str, prologue: str = "") -> str:
    """The source of a sheet for GNU as.

    Args:
        entries: what it performs.
        xlen: 32 or 64.
        target: how the program begins and ends, `linux` or `spike`.
        prologue: further lines at the start.
    """
    load, store = ("ld", "sd") if xlen == 64 else ("lw", "sw")
    lines = [".option norelax", ".globl _start, begin_signature, end_signature"]
    lines += [_START[target], prologue, " la a0, cases", " la a1, begin_signature"]
    tables = []
    for number, entry in enumerate(entries):
        lines.append(f" li a2, {len(entry.vectors)}")
        lines += [f"loop{number}: fld fa0, 0(a0)", " fld fa1, 8(a0)", " fld fa2, 16(a0)"]
        lines += [f" {load} a3, 24(a0)", " lw t0, 32(a0)", " fscsr t0"]
        lines += [f" .word {word_of(entry.made, entry.mode):#010x}", " frflags t1"]
        lines.append(" fsd fa4, 0(a1)" if has_float_result(entry.made) else f" {store} a4, 0(a1)")
        lines += [" sw t1, 8(a1)", " addi a0, a0, 40", " addi a1, a1, 16", " addi a2, a2, -1"]
        lines.append(f" bnez a2, loop{number}")
        tables.append(as_cases(entry.vectors).ravel())
    values = np.concatenate(tables).astype(np.uint64)
    rows = len(values) // 5
    lines += [_END[target], ".data", ".balign 64", "cases:"]
    lines += [" .dword " + ", ".join(map(hex, row)) for row in values.reshape(-1, 5).tolist()]
    lines += [".balign 64", "begin_signature:", f" .zero {16 * rows}", "end_signature:"]
    return "\n".join(lines) + "\n"


def build(source: str, xlen: int, target: str, folder: Path) -> Path:
    """Assembles and links a sheet with GNU binutils."""
    text, made_object, path = folder / "sheet.s", folder / "sheet.o", folder / f"sheet-{target}"
    text.write_text(source)
    arch = f"rv{xlen}imafd_zicsr_zifencei"
    abi = "lp64d" if xlen == 64 else "ilp32d"
    gnu = "riscv64-unknown-elf-"
    command = [f"{gnu}as", f"-march={arch}", f"-mabi={abi}", str(text), "-o", str(made_object)]
    subprocess.run(command, check=True)
    emulation = f"elf{xlen}lriscv"
    command = [f"{gnu}ld", "-m", emulation, *_LINK[target], "--no-warn-rwx-segments"]
    subprocess.run([*command, str(made_object), "-o", str(path)], check=True)
    return path


def outcomes(table: bytes, entries: Sequence[Entry], xlen: int) -> list[tuple[Words, Words]]:
    """The results and flags of each entry, from the table that a sheet has written."""
    pairs = np.frombuffer(table, np.int64).reshape(-1, 2)
    assert len(pairs) == sum(len(entry.vectors) for entry in entries)
    found = []
    for entry in entries:
        part, pairs = pairs[: len(entry.vectors)], pairs[len(entry.vectors) :]
        results = part[:, 0]
        if xlen == 32 and not has_float_result(entry.made):
            results = results << 32 >> 32
        found.append((results, part[:, 1]))
    return found


def by_qemu(path: Path, xlen: int) -> bytes:
    """The table of a sheet that QEMU has run."""
    command = [f"qemu-riscv{xlen}", "-cpu", f"rv{xlen},Zfh=true", str(path)]
    return subprocess.run(command, check=True, capture_output=True).stdout


def by_spike(path: Path, xlen: int, spike: str = "spike") -> bytes:
    """The table of a sheet that Spike has run."""
    written = path.with_suffix(".signature")
    command = [spike, f"--isa=rv{xlen}gc_zfh", f"+signature={written}", "+signature-granularity=8"]
    subprocess.run([*command, str(path)], check=True, capture_output=True)
    return b"".join(bytes.fromhex(line)[::-1] for line in written.read_text().split())
