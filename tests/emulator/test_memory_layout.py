"""Programs as linkers make them: memory that is far apart, ROM images, odd permissions."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from elftools.elf.elffile import ELFFile

from rvx.emulator import Backend, Machine, MemoryLayoutError, TrapKind
from rvx.emulator.loader import Executable, SymbolTable
from rvx.emulator.memory import PAGE, GuestMemory, Segment
from rvx.isa.memory import EXECUTABLE, READABLE, WRITABLE

GNU = "riscv64-unknown-elf-"
CODE, DATA, CONSTANT = READABLE | EXECUTABLE, READABLE | WRITABLE, READABLE
EXIT = "li a7, 93\necall\n"

Link = Callable[..., bytes]


@pytest.fixture
def link(tmp_path: Path) -> Link:
    """Assembles with GNU as and links with GNU ld and a script; gives the ELF file."""

    def made(source: str, script: str = "", xlen: int = 64, *flags: str) -> bytes:
        (tmp_path / "a.s").write_text(source)
        (tmp_path / "a.ld").write_text(script)
        abi = {32: ["-march=rv32gc", "-mabi=ilp32d"], 64: ["-march=rv64gc", "-mabi=lp64d"]}
        subprocess.run([f"{GNU}as", *abi[xlen], "a.s", "-o", "a.o"], cwd=tmp_path, check=True)
        command = [f"{GNU}ld", "-m", f"elf{xlen}lriscv", "--no-relax", "--no-warn-rwx-segments"]
        command += [*flags, *(["-T", "a.ld"] if script else []), "a.o", "-o", "a.elf"]
        subprocess.run(command, cwd=tmp_path, check=True)
        return (tmp_path / "a.elf").read_bytes()

    return made


# A loop of loads, stores and a custom instruction, long enough to be moved inline and compiled.
FAR = """
    .section .far, "aw", @progbits
x:  .word 7, 0
    .text
    .globl _start
_start:
    {address}
    li   s1, {count}
    li   a0, 0
1:  lw   a1, 0(s0)
    .insn r 0x5b, 0, 0, a0, a1, a1      # mac a0, a1, a1
    sw   a0, 4(s0)
    lw   a2, 4(s0)
    addi s1, s1, -1
    bnez s1, 1b
    ret
"""


@pytest.mark.parametrize(
    ("xlen", "data", "code"),
    [
        (64, 0x10000000, 0x80000000),
        (64, 0x10000, 0x4000000000),
        (64, 0x2000000000, 0x10000),
        (64, 1 << 44, 0x80000000),
        (64, 0x80000000, 1 << 44),
        (32, 0x10000000, 0x80000000),
        (32, 0x1000, 0xFFFFE000),
        (32, 0xF0000000, 0x1000),
    ],
)
def test_data_far_from_code(
    lab: Any, link: Link, mode: str, xlen: int, data: int, code: int
) -> None:
    script = f"SECTIONS {{ .far {data:#x} : {{ *(.far) }} .text {code:#x} : {{ *(.text) }} }}"
    source = FAR.format(address=f"li s0, {data:#x}", count=1000)
    machine = lab.machine(link(source, script, xlen, "-e", "_start"), mode, xlen)
    result = machine.call("_start")
    assert result.trap is None
    assert result.value == 49_000
    assert result.by_mnemonic["mac"] == 1000
    assert list(machine.array("x", "int32", 2)) == [7, 49_000]


def test_compiled_loops_reach_data_below_the_code(link: Link, lab: Any) -> None:
    """The memory that compiled loops need not check is that of the data, wherever the code is."""
    script = "SECTIONS { .far 0x10000000 : { *(.far) } .text 0x80000000 : { *(.text) } }"
    memory = Machine(
        link(FAR.format(address="li s0, 0x10000000", count=1), script, 64, "-e", "_start"),
        lab.isa(),
    ).memory
    read, write, stack = memory.open_runs()
    assert read[0] <= 0x10000000 < read[1]
    assert write[0] <= 0x10000000 < write[1]
    assert write[1] == read[1] == memory.heap_end
    assert stack == (memory.stack_bottom, memory.end)


@pytest.mark.parametrize("far", [0x08000000, 0x100000000, 0x3000000000])
def test_code_in_two_places(lab: Any, link: Link, mode: str, far: int) -> None:
    script = f"SECTIONS {{ .text 0x80000000 : {{ *(.text) }} .itim {far:#x} : {{ *(.itim) }} }}"
    source = f"""
    .globl _start
_start: li s1, 300
    mv s2, ra
1:  li t0, {far:#x}
    jalr t0
    addi s1, s1, -1
    bnez s1, 1b
    jr s2
    .section .itim, "ax"
f:  .insn r 0x5b, 0, 0, a0, s1, s1
    ret
"""
    result = lab.machine(link(source, script, 64, "-e", "_start"), mode).call("_start", 0)
    assert result.trap is None
    assert result.value == sum(n * n for n in range(301))
    assert result.by_mnemonic["mac"] == 300
    assert result.executions[far] == 300
    assert result.instructions == sum(result.executions.values())


def test_between_segments_there_is_no_memory(lab: Any, link: Link, mode: str) -> None:
    script = "SECTIONS { .far 0x10000000 : { *(.far) } .text 0x80000000 : { *(.text) } }"
    source = FAR.format(address="li s0, 0x40000000", count=1)
    result = lab.machine(link(source, script, 64, "-e", "_start"), mode).call("_start")
    assert result.trap is not None
    assert (result.trap.kind, result.instructions) == (TrapKind.BAD_LOAD, 3)
    assert "4 bytes at 0x40000000" in result.trap.message


ROM = """
    .globl _start
_start: la a0, __data
    la a1, __load
    la a2, __end
1:  beq a0, a2, 2f
    lw a3, 0(a1)
    sw a3, 0(a0)
    addi a0, a0, 4
    addi a1, a1, 4
    j 1b
2:  lw a0, value
    addi a0, a0, -42
    ret
    .data
value: .word 42, 1, 2, 3
"""
ROM_SCRIPT = """
MEMORY {{ rom (rx) : ORIGIN = {rom}, LENGTH = 1M  ram (rw) : ORIGIN = {ram}, LENGTH = 1M }}
SECTIONS {{
  .text : {{ *(.text*) }} > rom
  .data : {{ __data = .; *(.data*) __end = .; }} > ram AT> rom
  __load = LOADADDR(.data);
}}
"""


def _load_address(elf: bytes, address: int) -> int:
    """Where the segment that runs at an address is loaded."""
    segments = ELFFile(io.BytesIO(elf)).iter_segments()
    return next(int(one["p_paddr"]) for one in segments if one["p_vaddr"] == address)


@pytest.mark.parametrize(
    ("rom", "ram"), [(0x80000000, 0x80200000), (0x20400000, 0x80000000), (0x80000000, 0x10000000)]
)
def test_data_are_also_where_a_rom_has_them(
    lab: Any, link: Link, mode: str, rom: int, ram: int
) -> None:
    elf = link(ROM, ROM_SCRIPT.format(rom=rom, ram=ram), 64, "-e", "_start")
    machine = lab.machine(elf, mode)
    assert list(machine.array(_load_address(elf, ram), "int32", 4)) == [42, 1, 2, 3]
    machine.array("__data", "int32", 4)[:] = 0
    assert machine.call("_start").value == 0


def _headers(elf: bytes, **fields: int) -> bytes:
    """The file with other values in all its program headers of RV64."""
    places = {"flags": ("<I", 4), "paddr": ("<Q", 24)}
    data = bytearray(elf)
    (start,), (count,) = struct.unpack_from("<Q", data, 32), struct.unpack_from("<H", data, 56)
    for i in range(count):
        for name, value in fields.items():
            layout, at = places[name]
            struct.pack_into(layout, data, start + 56 * i + at, value)
    return bytes(data)


@pytest.mark.parametrize("paddr", [0, 0x80000000, 0x80000010, 1 << 62, (1 << 64) - 1])
def test_load_addresses_without_meaning_change_nothing(lab: Any, paddr: int) -> None:
    elf = lab.elf(f"_start: lw a0, x\n{EXIT}.data\nx: .word 5\n")
    assert lab.machine(_headers(elf, paddr=paddr)).run().exit_code == 5


@pytest.mark.parametrize("flags", [0, 7, 5 | 2, 1 | 2])
def test_segments_of_any_permissions(lab: Any, mode: str, flags: int) -> None:
    elf = lab.elf(f"_start: lw a0, x\naddi a0, a0, 1\nla t0, x\nsw a0, 0(t0)\n{EXIT}x: .word 5\n")
    assert lab.machine(_headers(elf, flags=flags), mode).run().exit_code == 6


@pytest.mark.parametrize("backend", ["native", "python"])
def test_the_stack_is_at_the_end_of_128_mib(lab: Any, backend: Backend, xlen: int) -> None:
    store, load = ("sd", "ld") if xlen == 64 else ("sw", "lw")
    source = f"_start: li sp, 0x88000000\nli a0, 9\n{store} a0, -8(sp)\n{load} a0, -8(sp)\n{EXIT}"
    machine = Machine(lab.elf(source, xlen), lab.isa(xlen), backend=backend)
    assert machine.run().exit_code == 9


def test_heap_and_stack_are_behind_the_data() -> None:
    text, data = Segment(0x80000000, b"\x13\0\0\0", 4, CODE), Segment(0x1000, b"", 8, DATA)
    memory = GuestMemory([text, data], 1 << 20)
    assert memory.heap == 0x2000
    assert memory.stub == 0x80000000 - PAGE
    low = Segment(0x10000, b"", 8, DATA)
    rom = Segment(0x20000, b"\x13\0\0\0", 4, CODE)
    assert GuestMemory([low, rom], 1 << 20).heap == 0x21000  # not enough room in between
    assert GuestMemory([low, rom], 0x8000).heap == 0x11000
    top = Segment(0xFFFFF000, b"\x13\0\0\0", 4, CODE)
    assert GuestMemory([top], 1 << 20, 32).end == 0xFFFFE000
    first = Segment(0, b"\x13\0\0\0", 4, CODE)
    assert GuestMemory([first], 1 << 20).stub == PAGE
    with pytest.raises(MemoryLayoutError, match="which is beyond 0x100000000, the end of memory"):
        GuestMemory([Segment(1 << 32, b"", 1, CODE)], 1 << 20, 32)
    with pytest.raises(MemoryLayoutError, match="no room for 4294967296 bytes of heap and stack"):
        GuestMemory([text], 1 << 32, 32)


@pytest.mark.parametrize(
    ("room", "stack", "size", "guard"),
    [
        (128 << 20, 8 << 20, 8 << 20, 1 << 20),
        (128 << 20, 16 << 20, 16 << 20, 1 << 20),
        (128 << 20, 100 << 20, 32 << 20, 1 << 20),
        (1 << 20, 8 << 20, 1 << 18, 1 << 15),
        (1 << 20, 5000, 2 * PAGE, PAGE),
        (4 * PAGE, 8 << 20, PAGE, PAGE),
        (3 * PAGE, 8 << 20, PAGE, 0),
        (PAGE, 8 << 20, PAGE, 0),
    ],
)
def test_below_the_stack_nothing_may_be_accessed(
    room: int, stack: int, size: int, guard: int
) -> None:
    memory = GuestMemory([Segment(0x1000, b"\x13\0\0\0", 4, CODE)], room, 64, stack)
    bottom = memory.end - size
    assert memory.stack_size == size
    assert memory.can(bottom, size, DATA)
    assert memory.can(memory.heap, room - size - guard, DATA)
    assert not any(memory.can(bottom - at, 1, 1) for at in range(1, guard, PAGE))


def _resident() -> int:
    """Bytes of host memory that this process has."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) << 10
    raise AssertionError("Linux says how much memory a process has")


@pytest.mark.parametrize("permissions", [CODE, CODE | WRITABLE], ids=["text", "rwx"])
def test_code_that_is_not_executed_takes_no_memory(lab: Any, permissions: int) -> None:
    """250 MiB of executable zeros behind one instruction, and as much in between."""
    begin, size = 0x80000000, 250 << 20
    words = struct.pack("<II", 0x00A50513, 0x00008067)  # addi a0, a0, 10; ret
    segments = (
        Segment(begin, words, size, permissions),
        Segment(begin + 2 * size, words, size, permissions),
    )
    before = _resident()
    machine = Machine(Executable(segments, begin, 64, SymbolTable([]), "huge"), lab.isa())
    assert [machine.call(begin + n * 2 * size, 1).value for n in (0, 1, 0)] == [11, 11, 11]
    assert _resident() - before < 64 << 20


def test_pages_are_found_while_others_are_marked(lab: Any) -> None:
    """The watcher looks at the counts while the hart executes new code."""
    segment = Segment(0x80000000, b"", 1 << 29, CODE)
    machine = Machine(Executable((segment,), segment.address, 64, SymbolTable([]), "x"), lab.isa())
    touched = machine.hart.counter.touched
    done = threading.Event()

    def mark() -> None:
        for page in range(0, 1 << 29, 2 * PAGE):
            touched.mark(segment.address + page, segment.address + page)
        done.set()

    marking = threading.Thread(target=mark)
    marking.start()
    while not done.is_set():
        assert list(touched.runs()) is not None
    marking.join()
    assert len(list(touched.runs())) == 1 << 16


def test_machines_that_nobody_uses_give_their_addresses_back() -> None:
    """Each reserves a gigabyte; where it is not to be had, Unicorn ends the process."""
    script = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (12 << 30, 12 << 30))
from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.extensions import isa_for
isa = isa_for("rv64gc")
program = assemble("_start: li a7, 93\\n ecall", isa)
codes = {Machine(program, isa).run().exit_code for _ in range(40)}
print(codes)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "{0}\n"), done.stderr
