"""How guests end: exits, faults, illegal words, interrupts; always with a sentence."""

from __future__ import annotations

import re
import signal
import sys
import time
from bdb import BdbQuit
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine, MemoryLayoutError, TrapKind
from rvx.extensions import isa_for
from rvx.isa import Extension, Words

HOT = "li t0, 300\n1: mac a3, a1, a2\n addi t0, t0, -1\n bnez t0, 1b\n"
"""Makes the machine hot, so that the inline tier is there when it ends."""

# Name: (what happens, kind, instructions of `f` before it, what the message says).
ENDINGS: dict[str, tuple[str, TrapKind, str]] = {
    "load": ("lw a0, 0(zero)", TrapKind.BAD_LOAD, "'lw a0,0(zero)': 4 bytes at 0x0"),
    "load far": ("li t1, -8\n lb a0, 0(t1)", TrapKind.BAD_LOAD, "'lb a0,0(t1)': 1 bytes at 0xf"),
    "store": ("sh a0, 4(zero)", TrapKind.BAD_STORE, "'sh a0,4(zero)': 2 bytes at 0x4"),
    "store to text": (
        "la t1, f\n sw a0, 0(t1)",
        TrapKind.BAD_STORE,
        "'sw a0,0(t1)': 4 bytes at 0x80000",
    ),
    "custom load": ("tld a0, 8(zero)", TrapKind.BAD_LOAD, "'tld a0,8(zero)': 4 bytes at 0x8"),
    "custom load far": ("li t1, -2\n tld a0, 0(t1)", TrapKind.BAD_LOAD, ": 4 bytes at 0xfff"),
    "custom store": ("tst a0, 8(zero)", TrapKind.BAD_STORE, "'tst a0,8(zero)': 4 bytes at 0x8"),
    "custom store to text": (
        "la t1, f\n tst a0, 4(t1)",
        TrapKind.BAD_STORE,
        "'tst a0,4(t1)': 4 bytes at 0x80000",
    ),
    "custom load over the end": (
        "la t1, room + 4094\n tld a0, 0(t1)",
        TrapKind.BAD_LOAD,
        ": 4 bytes at",
    ),
    "state before a fault": ("taccld zero", TrapKind.BAD_LOAD, "'taccld zero': 4 bytes at 0x0"),
    "zero word": (".half 0", TrapKind.ILLEGAL_INSTRUCTION, "word 0000 'unimp'"),
    "ones": (".word 0xffffffff", TrapKind.ILLEGAL_INSTRUCTION, "word ffffffff, which is no"),
    "custom hole": (".word 0xfe00705b", TrapKind.ILLEGAL_INSTRUCTION, "word fe00705b, which is no"),
    "no such csr": (
        "csrrw a0, 0x7c5, a1",
        TrapKind.ILLEGAL_INSTRUCTION,
        "CSR 0x7c5 does not exist",
    ),
    "ebreak": ("ebreak", TrapKind.BREAKPOINT, "'ebreak'"),
    "c.ebreak": ("c.ebreak", TrapKind.BREAKPOINT, "word 9002 "),
    "jump to nowhere": ("li t1, 0x1000\n jr t1", TrapKind.BAD_FETCH, "no code at 0x1000: 2 bytes"),
    "jump to data": ("la t1, room\n jr t1", TrapKind.BAD_FETCH, "holds no code at 0x8000"),
    "call to zero": ("jalr zero", TrapKind.BAD_FETCH, "holds no code at 0x0"),
}


def _source(text: str, heat: str) -> str:
    return f"""
_start: ret
f: {heat}
    nop
    {text}
    nop
    ret
.data
.balign 4096
room: .space 4096
"""


def _agree_on_trap(lab: Any, xlen: int, heat: str, ending: tuple[str, TrapKind, str]) -> None:
    text, kind, said = ending
    program = lab.elf(_source(text, heat), xlen)
    found = []
    for mode in lab.modes:
        machine = lab.machine(program, mode, xlen)
        machine.set_register("x5", 7)
        result = machine.call("f", 0, 2, 3)
        assert result.trap is not None, mode
        assert (result.trap.kind, result.exit_code) == (kind, None), result.trap
        assert said in result.trap.message
        assert str(kind) in result.trap.message
        found.append((mode, lab.outcome(machine, result)))
    first = found[0][1]
    assert list(first.executions.values())[-1] == 1
    for mode, outcome in found:
        assert outcome == first, mode


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_trap(lab: Any, xlen: int, ending: tuple[str, TrapKind, str]) -> None:
    if "room + 4094" in ending[0]:
        ending = (ending[0].replace("room + 4094", "0x80103ffe"), *ending[1:])
    _agree_on_trap(lab, xlen, HOT, ending)


@pytest.mark.parametrize("text", ["tld a0, 0(t1)", "lw a0, 0(t1)", "tst a0, 0(t1)"])
def test_fault_in_a_hot_loop(lab: Any, xlen: int, text: str) -> None:
    """The pointer walks off the end of memory: the count says how far it came."""
    end = lab.agree(
        f"""
_start: la t1, last
    li t0, 0
loop: mac a1, t0, t0
    {text}
    addi t0, t0, 1
    addi t1, t1, 64
    j loop
.data
last: .space 64
""",
        xlen,
        modes=("region", "inline", "eager", "trap", "mirrored"),
    )
    assert end.trap[0] in (TrapKind.BAD_LOAD, TrapKind.BAD_STORE)
    steps = max(end.executions.values())
    assert end.x[5] == steps - 1
    assert end.x[11] == sum(i * i for i in range(steps)) % 2**xlen
    values = list(end.executions.values())[-5:]
    assert values == [steps] + [steps - 1] * 4


def test_stack_overflow(lab: Any, mode: str, xlen: int) -> None:
    end = lab.run(
        "_start: addi sp, sp, -1024\n sw ra, 0(sp)\n call _start\n",
        mode,
        xlen,
    )
    assert end.trap[0] == TrapKind.BAD_STORE
    assert end.trap[2].startswith("store to memory that cannot be written at 0x80000004 <_start+")


@pytest.mark.parametrize("code", [0, 1, 42, 255, 256, -1])
def test_exit_codes(lab: Any, mode: str, code: int) -> None:
    end = lab.run(f"_start: li a0, {code}\n li a7, 93\n ecall\n", mode)
    assert (end.exit_code, end.trap, end.instructions) == (code & 0xFF, None, 3)


WRITES = {
    "stdout": ("1", "text", "5", 5, b"hello"),
    "nothing": ("1", "text", "0", 0, b""),
    "nothing at a bad address": ("1", "0", "0", 0, b""),
    "bad file": ("9", "text", "5", -9, b""),
    "bad address": ("1", "0", "5", -14, b""),
    "over the end": ("1", "0x80103ff8", "100", -14, b""),
    "huge": ("1", "text", "0x7fffffff", -14, b""),
    "negative": ("1", "text", "-1", -14, b""),
    "wrapping": ("1", "-4", "8", -14, b""),
}


@pytest.mark.parametrize("case", WRITES.values(), ids=WRITES)
def test_write(lab: Any, mode: str, xlen: int, case: tuple[str, str, str, int, bytes]) -> None:
    descriptor, address, size, value, output = case
    load = "la a1, text" if address == "text" else f"li a1, {address}"
    end = lab.run(
        f"_start: li a0, {descriptor}\n {load}\n li a2, {size}\n li a7, 64\n ecall\n"
        ' mv s1, a0\n li a0, 0\n li a7, 93\n ecall\n.data\ntext: .ascii "hello"\n',
        mode,
        xlen,
    )
    assert end.exit_code == 0
    assert end.x[9] == value % 2**xlen
    assert end.output == output


def test_other_system_calls(lab: Any, mode: str) -> None:
    calls = {57: 0, 62: -9, 80: -9, 63: -9, 999: -38}  # Of the input, which is closed first.
    text = "\n".join(
        f"li a0, 0\n li a7, {number}\n ecall\n mv s{i + 2}, a0" for i, number in enumerate(calls)
    )
    end = lab.run(f"_start: {text}\n li a0, 0\n li a7, 93\n ecall\n", mode)
    assert [end.x[18 + i] for i in range(5)] == [value % 2**64 for value in calls.values()]


def test_brk(lab: Any) -> None:
    end = lab.run(
        "_start: li a0, 0\n li a7, 214\n ecall\n mv s1, a0\n addi a0, a0, 1024\n ecall\n"
        " mv s2, a0\n li a0, -1\n ecall\n mv s3, a0\n li a0, 0\n li a7, 93\n ecall\n"
    )
    assert end.x[18] == end.x[9] + 1024
    assert end.x[19] == end.x[18]


def test_output_is_passed_on_as_it_comes(lab: Any) -> None:
    pieces: list[tuple[int, bytes]] = []
    program = lab.elf(
        "_start: la a1, text\n li a2, 2\n li a7, 64\n li a0, 1\n ecall\n li a0, 2\n ecall\n"
        ' li a7, 93\n ecall\n.data\ntext: .ascii "hi"\n'
    )
    machine = Machine(program, lab.isa(), on_output=lambda *piece: pieces.append(piece))
    assert machine.run().output == b"hi"
    assert pieces == [(1, b"hi"), (2, b"hi")]


def test_an_error_of_the_output_callback_surfaces(lab: Any, mode: str) -> None:
    def refuse(_descriptor: int, _data: bytes) -> None:
        raise RuntimeError("no more paper")

    machine = lab.machine("_start: li a0, 1\n mv a1, sp\n li a2, 1\n li a7, 64\n ecall\n", mode)
    machine.system.write_out = refuse
    with pytest.raises(RuntimeError, match="no more paper"):
        machine.run()


# --- Instructions that cannot be performed


def test_encoding_only_is_illegal_with_a_reason(lab: Any) -> None:
    ext = Extension("Xhollow", version="1")
    ext.encoding("hollow rd, rs1", "000000000000 rs1 000 rd 0101011")
    isa = isa_for("rv64gc", extra=[ext])
    word = isa.instructions["hollow"].encode({"rd": 10, "rs1": 11})
    program = lab.elf(f"_start: nop\n .word {word}\n")
    for backend in ("native", "python"):
        trap = Machine(program, isa, backend=backend).run().trap
        assert trap.kind == TrapKind.ILLEGAL_INSTRUCTION
        assert trap.message.endswith("'hollow' has no semantics: only its encoding is known")


def _raiser() -> Extension:
    ext = Extension("Xraise", version="1")

    @ext.instruction("guard rd, rs1", "000000000000 rs1 000 rd 0101011")
    def guard(rs1: int) -> int:
        """rd = rs1, but 13 is refused."""
        if rs1 == 13:
            raise ValueError("thirteen")
        return rs1

    @ext.instruction("limit rd, rs1", "000000000001 rs1 000 rd 0101011")
    def limit(rs1: int) -> int:
        """rd = rs1, which is not 13."""
        if rs1 == 13:
            raise OverflowError
        return rs1

    return ext


@pytest.mark.parametrize("tier", ["trap", "inline", "region"])
@pytest.mark.parametrize("name", ["guard", "limit"])
def test_a_body_may_raise(name: str, tier: Any, lab: Any) -> None:
    isa = isa_for("rv64gc", extra=[_raiser()])
    word = isa.instructions[name].encode({"rd": 11, "rs1": 10})
    text = f"""_start: ret
        f: .word {word}
        add a2, a2, a1
        addi a0, a0, -1
        bgtz a0, f
        ret"""
    machine = Machine(lab.elf(text), isa, tier=tier)
    for _ in range(3):
        assert machine.call("f", 12, 0, 0).trap is None
        assert machine.register("a2") == 78
    result = machine.call("f", 14, 0, 0)
    assert result.trap is not None
    said = {"guard": "ValueError: thirteen", "limit": "OverflowError"}[name]
    assert f"'{name} a1,a0': its body raised {said} ({__file__}:" in result.trap.message
    assert (machine.register("a0"), machine.register("a2")) == (13, 14)
    assert result.instructions == 4


def test_an_exception_of_an_interpreted_body_surfaces(lab: Any) -> None:
    isa = isa_for("rv64gc", extra=[_raiser()])
    word = isa.instructions["guard"].encode({"rd": 10, "rs1": 11})
    machine = Machine(lab.elf(f"_start: ret\nf: .word {word}\n ret"), isa, backend="python")
    assert machine.call("f", 0, 12).value == 12
    trap = machine.call("f", 0, 13).trap
    assert trap is not None
    assert re.search(r"word .* 'guard a0,a1': .*ValueError: thirteen", trap.message)
    assert machine.call("f", 0, 14).value == 14


# --- Ctrl-C

_SCRIPT = """
import sys
from rvx.emulator import Machine
from rvx.extensions import isa_for
machine = Machine(sys.argv[1], isa_for("rv64gc_xposit"), backend=sys.argv[2], tier=sys.argv[3])
machine.call("warm", 10)
print("ready", flush=True)
result = machine.call("f", 0)
print(result.instructions, result.value, machine.register("s1"), result.trap.message, flush=True)
assert machine.call("warm", 10).trap is None
"""
_LOOPS = {
    "base": "f: addi a0, a0, 1\n addi s1, s1, 1\n j f\n",
    "custom": "f: addi a0, a0, 1\n padd.s p1, p2, p3\n qmadd.s p1, p1\n addi s1, s1, 1\n j f\n",
    "one block": "f: j f\n",
    "calls": "f: addi a0, a0, 1\n call g\n addi s1, s1, 1\n j f\ng: ret\n",
    "writes": (
        "f: addi s2, s2, 1\n mv s3, a0\n li a0, 1\n mv a1, sp\n li a2, 0\n li a7, 64\n ecall\n"
        " mv a0, s2\n mv s1, s2\n j f\n"
    ),
}
_CASES = [(loop, "native", "region") for loop in _LOOPS]
_CASES += [("custom", "native", tier) for tier in ("inline", "trap")]
_CASES += [(loop, "python", "trap") for loop in ("base", "custom")]


@pytest.mark.parametrize(("loop", "backend", "tier"), _CASES, ids=lambda part: part)
def test_ctrl_c(lab: Any, running: Any, tmp_path: Path, loop: str, backend: str, tier: str) -> None:
    program = tmp_path / "loop.elf"
    warm = "warm: padd.s p1, p2, p3\n qmadd.s p1, p1\n addi a0, a0, -1\n bnez a0, warm\n ret\n"
    program.write_bytes(lab.elf(f"_start: ret\n{warm}{_LOOPS[loop]}"))
    command = [sys.executable, "-c", _SCRIPT, str(program), backend, tier]
    with running(command) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        first = process.stdout.readline()
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    instructions, value, s1, message = first.split(maxsplit=3)
    assert re.match(r"interrupted at 0x8\w+ <[fg]", message)
    assert int(instructions) > 1000
    if loop in ("base", "custom"):
        length = {"base": 3, "custom": 5}[loop]
        whole, part = divmod(int(instructions), length)
        assert (int(value), int(s1)) == (whole + (part > 0), whole + (part == length - 1))


# --- Memory


def test_program_larger_than_memory(lab: Any) -> None:
    program = lab.elf("_start: ret\n.bss\n.space 0x7fffffff")
    machine = Machine(program, lab.isa(), memory=4096)
    assert machine.call("_start").exit_code == 0
    with pytest.raises(MemoryLayoutError, match="more than the 32 TiB that are mapped"):
        Machine(program, lab.isa(), memory=1 << 45)


def test_too_little_memory(lab: Any) -> None:
    program = lab.elf("_start: ret")
    with pytest.raises(
        MemoryLayoutError, match="heap and stack need at least 4096 bytes of memory"
    ):
        Machine(program, lab.isa(), memory=0)


def test_memory_beyond_the_address_space(lab: Any) -> None:
    program = lab.elf("_start: ret", 32)
    with pytest.raises(MemoryLayoutError, match="no room for 2147483648 bytes of heap and stack"):
        Machine(program, lab.isa(32), memory=2 << 30)


def test_allocate(lab: Any) -> None:
    machine = lab.machine("_start: ret")
    first = machine.allocate(100)
    assert first % 64 == 0
    assert machine.allocate(1, align=4096) % 4096 == 0
    with pytest.raises(MemoryLayoutError, match=r"\d+ bytes do not fit the heap: \d+ are left"):
        machine.allocate(1 << 21)
    with pytest.raises(ValueError, match="-1 bytes at a multiple of 64 cannot be allocated"):
        machine.allocate(-1)
    with pytest.raises(ValueError, match="1 bytes at a multiple of 0 cannot be allocated"):
        machine.allocate(1, align=0)


def test_array_outside_of_memory(lab: Any) -> None:
    machine = lab.machine("_start: ret")
    for address, shape in ((0, 1), (machine.memory.end - 4, 1), (machine.memory.base, 1 << 60)):
        with pytest.raises(MemoryLayoutError, match="are not within guest memory, 0x"):
            machine.array(address, "int64", shape)


def test_unknown_symbol(lab: Any) -> None:
    with pytest.raises(KeyError, match=r"has no symbol 'nothing'; it has .*_start"):
        lab.machine("_start: ret").call("nothing")


def test_nine_arguments(lab: Any) -> None:
    with pytest.raises(ValueError, match="at most 8 arguments go into registers, not 9"):
        lab.machine("_start: ret").call("_start", *range(9))


def test_wrong_width(lab: Any) -> None:
    with pytest.raises(ValueError, match="<bytes> is an RV32 program, the ISA is RV64"):
        Machine(lab.elf("_start: ret", 32), lab.isa(64))


_TABLE = (10, 20, 30)
_ARRAY = np.array([10, 20, 30])


def _tables() -> Extension:
    ext = Extension("Xtable", version="1")
    ext.state("kept", 3)

    @ext.instruction("look rd, rs1", "000000000000 rs1 000 rd 0101011")
    def look(rs1: int) -> int:
        """rd = the entry of a table."""
        return _TABLE[rs1]

    @ext.instruction("lookarray rd, rs1", "000000000001 rs1 000 rd 0101011")
    def lookarray(rs1: int) -> int:
        """rd = the entry of an array."""
        return _ARRAY[rs1]

    @ext.instruction("lookkept rd, rs1", "000000000010 rs1 000 rd 0101011")
    def lookkept(rs1: int, kept: Words) -> int:
        """Writes, and reads again, a word of state."""
        kept[rs1] = 10 + 10 * rs1
        return kept[rs1]

    return ext


@pytest.mark.parametrize("tier", ["trap", "inline", "region"])
@pytest.mark.parametrize("name", ["look", "lookarray", "lookkept"])
def test_an_exception_of_a_compiled_body_ends_the_guest(
    tier: Any, name: str, lab: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    """It comes from numba, not from a `raise`: nobody knows it before it happens."""
    isa = isa_for("rv64gc", extra=[_tables()])
    word = isa.instructions[name].encode({"rd": 10, "rs1": 11})
    text = f"""_start: ret
        f: li a2, 0
        1: remu a1, a3, a4
        .word {word}
        add a2, a2, a0
        addi a3, a3, -1
        bnez a3, 1b
        mv a0, a2
        ret"""
    machine = Machine(lab.elf(text), isa, tier=tier)
    rounds = 60_000
    assert machine.call("f", 0, 0, 0, rounds, 3).value == rounds * 20
    if machine.hart.regions is not None:
        machine.hart.regions.look(float("inf"))
        assert machine.hart.regions.regions
    assert machine.call("f", 0, 0, 0, rounds, 3).value == rounds * 20
    result = machine.call("f", 0, 0, 0, 7, 5)
    assert result.trap is not None
    assert result.trap.kind == TrapKind.ILLEGAL_INSTRUCTION
    expected = rf"'{name} a0,a1': its body raised IndexError: there is no element 4 .*:\d+\)"
    assert re.search(expected, result.trap.message)
    assert result.instructions == 1 + 3 * 5 + 1
    assert machine.register("a2") == 30 + 10 + 20
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("name", ["look", "lookarray", "lookkept"])
def test_an_exception_of_an_interpreted_body_is_named(name: str, lab: Any) -> None:
    isa = isa_for("rv64gc", extra=[_tables()])
    word = isa.instructions[name].encode({"rd": 10, "rs1": 10})
    machine = Machine(lab.elf(f"_start: ret\n f: .word {word}\n ret"), isa, backend="python")
    assert machine.call("f", 2).value == 30
    expected = rf"'{name} a0,a0': its body raised IndexError: .*test_endings.py:\d+\)"
    trap = machine.call("f", 3).trap
    assert trap is not None
    assert re.search(expected, trap.message)


def test_leaving_the_debugger_is_no_fault_of_the_guest(
    lab: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ext = Extension("Xdebug", version="1")

    @ext.instruction("stop rd", "00000000000000000 000 rd 0101011")
    def stop() -> int:
        """Somebody leaves the debugger in here."""
        breakpoint()
        return 0

    def quit_at_once() -> None:
        raise BdbQuit

    monkeypatch.setattr(sys, "breakpointhook", quit_at_once)

    isa = isa_for("rv64gc", extra=[ext])
    machine = Machine(lab.elf("_start: .word 0x2b"), isa, backend="python")
    with pytest.raises(BdbQuit):
        machine.run()


DEEP = "f: addi sp, sp, -64\n sd ra, 0(sp)\n sd sp, 8(sp)\n jal f\n"


def test_a_stack_that_has_outgrown_its_room_is_named() -> None:
    isa = isa_for("rv64gc")
    result = Machine(assemble(f"_start: li ra, 1\n{DEEP}", isa), isa, memory=1 << 20).run()
    assert result.trap is not None
    assert result.trap.kind == TrapKind.BAD_STORE
    assert re.search(
        r"8 bytes at 0x\w+; sp is 0x\w+, and the stack, which has 262,144 bytes, ends at 0x\w+: a "
        "recursion may have no end, or give the program a larger --stack$",
        result.trap.message,
    )


def test_a_stack_of_ones_own_is_not_taken_for_it() -> None:
    isa = isa_for("rv64gc")
    own = f"_start: li ra, 1\n la sp, top\n{DEEP}.data\n.space 65536\ntop: .space 64\n"
    result = Machine(assemble(own, isa), isa, memory=1 << 20).run()
    assert result.trap is not None
    assert re.search(r"8 bytes at 0x\w+$", result.trap.message)
