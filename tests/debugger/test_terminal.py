"""The terminal: what it says to commands, forwards, backwards and in repetitions."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from rvx.debugger.code import Code
from rvx.debugger.session import Session
from rvx.debugger.terminal import COMMANDS, Terminal
from rvx.disassembler.lines import LineTable
from rvx.emulator import Machine, Settings
from rvx.extensions import isa_for

from ..emulator.posit_program import POSITS
from .conftest import ENDLESS, REPETITION, session_of

Talk = Callable[..., str]


def test_a_conversation(talk: Talk) -> None:
    said = talk(
        POSITS,
        ["break dot", "c", "s", "si", "s", "watch quire", "c", "c", "rc", "rsi", "finish", "q"],
    )
    expected = """\
(rvx) break dot
breakpoint 1 at 0x80000028 <dot> a.s:12
(rvx) c
breakpoint 1, dot, after 5 instructions
    12  dot:    plw  p1, 0(s0)    (a.s:12)
=>*0x80000028 <dot>  plw pt1,0(s0)
(rvx) s
    13          plw  p2, 4(s0)    (a.s:13)
=> 0x8000002c <dot+0x4>  plw pt2,4(s0)
     pt1 = 1  posit32, 0x40000000
(rvx) si
    14          qmadd.s p1, p2    (a.s:14)
=> 0x80000030 <dot+0x8>  qmadd.s pt1,pt2
     pt2 = 2  posit32, 0x48000000
(rvx) s
    15          padd.s p3, p1, p2    (a.s:15)
=> 0x80000034 <dot+0xc>  padd.s pt3,pt1,pt2
     quire = 2  quire of posit32, 512 bits
(rvx) watch quire
watchpoint 2 on quire, 128 bytes
(rvx) c
breakpoint 1, dot, after 14 instructions
    12  dot:    plw  p1, 0(s0)    (a.s:12)
=>*0x80000028 <dot>  plw pt1,0(s0)
(rvx) c
watchpoint 2, quire, is now 4  quire of posit32, 512 bits by 0x80000030 <dot+0x8>  qmadd.s pt1,pt2
    15          padd.s p3, p1, p2    (a.s:15)
=> 0x80000034 <dot+0xc>  padd.s pt3,pt1,pt2
(rvx) rc
watchpoint 2, quire, is now 2  quire of posit32, 512 bits by 0x80000030 <dot+0x8>  qmadd.s pt1,pt2
    14          qmadd.s p1, p2    (a.s:14)
=> 0x80000030 <dot+0x8>  qmadd.s pt1,pt2
(rvx) rsi
    13          plw  p2, 4(s0)    (a.s:13)
=> 0x8000002c <dot+0x4>  plw pt2,4(s0)
(rvx) finish
watchpoint 2, quire, is now 4  quire of posit32, 512 bits by 0x80000030 <dot+0x8>  qmadd.s pt1,pt2
    15          padd.s p3, p1, p2    (a.s:15)
=> 0x80000034 <dot+0xc>  padd.s pt3,pt1,pt2
(rvx) q
left"""
    assert said == expected


def test_steps_over_calls_and_out_of_them(talk: Talk) -> None:
    said = talk(POSITS, ["advance again", "n", "n", "rni", "s", "fin", "rs", "tb 6", "c", "i b"])
    expected = """\
(rvx) advance again
     4  again:  call dot    (a.s:4)
=> 0x8000000a <again>  auipc ra,0x0
(rvx) n
     5          addi s1, s1, -1    (a.s:5)
=> 0x80000012 <again+0x8>  add s1,s1,-1
     ra = 0x80000012 <again+0x8>
     pt1 = 1  posit32, 0x40000000
     pt2 = 2  posit32, 0x48000000
     pt3 = 3  posit32, 0x4c000000
     quire = 2  quire of posit32, 512 bits
(rvx) n
     6          bnez s1, again    (a.s:6)
=> 0x80000014 <again+0xa>  bnez s1,8000000a <again>
     s1 = 0x2  2
(rvx) rni
     5          addi s1, s1, -1    (a.s:5)
=> 0x80000012 <again+0x8>  add s1,s1,-1
     s1 = 0x3  3
(rvx) s
     6          bnez s1, again    (a.s:6)
=> 0x80000014 <again+0xa>  bnez s1,8000000a <again>
     s1 = 0x2  2
(rvx) fin
error: no instruction of this function returns from it
(rvx) rs
     5          addi s1, s1, -1    (a.s:5)
=> 0x80000012 <again+0x8>  add s1,s1,-1
     s1 = 0x3  3
(rvx) tb 6
breakpoint 1 at 0x80000014 <again+0xa> a.s:6
(rvx) c
temporary breakpoint 1, 6, after 11 instructions
     6          bnez s1, again    (a.s:6)
=> 0x80000014 <again+0xa>  bnez s1,8000000a <again>
(rvx) i b
no breakpoints and no watchpoints"""
    assert said == expected


def test_into_a_repetition_and_over_it(talk: Talk) -> None:
    said = talk(
        REPETITION,
        [
            *("advance *first-4", "stepi", "stepi", "fin", "goto 4", "n", "rn", "goto 13"),
            *("b second", "rc", "si"),
        ],
        march="rv64gc_xfrep",
    )
    expected = """\
(rvx) advance *first-4
     6          frep.o t2, 2, 0, 0    (a.s:6)
=> 0x80000010 <_start+0x10>  frep.o t2,2,0,0
(rvx) stepi
     7  first:  fadd.d fa0, fa0, fa1    (a.s:7)
=> 0x80000014 <first>  fadd.d fa0,fa0,fa1  (repeated by the hart)
(rvx) stepi
     8  second: fadd.d fa2, fa2, fa0    (a.s:8)
=> 0x80000018 <second>  fadd.d fa2,fa2,fa0  (repeated by the hart)
     fa0 = 1.0  double, 0x3ff0000000000000
(rvx) fin
     9          li   a0, 0    (a.s:9)
=> 0x8000001c <second+0x4>  li a0,0
(rvx) goto 4
     6          frep.o t2, 2, 0, 0    (a.s:6)
=> 0x80000010 <_start+0x10>  frep.o t2,2,0,0
(rvx) n
     9          li   a0, 0    (a.s:9)
=> 0x8000001c <second+0x4>  li a0,0
     fa0 = 4.0  double, 0x4010000000000000
     fa2 = 10.0  double, 0x4024000000000000
(rvx) rn
     6          frep.o t2, 2, 0, 0    (a.s:6)
=> 0x80000010 <_start+0x10>  frep.o t2,2,0,0
     fa0 = 0.0  double, 0x0000000000000000
     fa2 = 0.0  double, 0x0000000000000000
(rvx) goto 13
     9          li   a0, 0    (a.s:9)
=> 0x8000001c <second+0x4>  li a0,0
(rvx) b second
breakpoint 1 at 0x80000018 <second> a.s:8
(rvx) rc
breakpoint 1, second, after 12 instructions
     8  second: fadd.d fa2, fa2, fa0    (a.s:8)
=>*0x80000018 <second>  fadd.d fa2,fa2,fa0  (repeated by the hart)
(rvx) si
     9          li   a0, 0    (a.s:9)
=> 0x8000001c <second+0x4>  li a0,0
     fa2 = 10.0  double, 0x4024000000000000"""
    assert said == expected


def test_values_in_their_formats(talk: Talk) -> None:
    said = talk(
        """\
        .globl _start
_start: la   t0, data
        fld  fa0, 0(t0)
        flw  fa1, 8(t0)
        vsetivli x0, 4, e16, m1, ta, ma
        vle16.v v1, (t0)
        li   a0, 3
        .word 0
        .data
        .balign 8
data:   .half 0x0138, 0x0238, 0x0338, 0x0438
        .float 1.5
text:   .asciz "text"
        """,
        [
            "c",
            "p fa1",
            "p fa0 as e4m3",
            "p fa0 as posit16",
            "p v1",
            "p v1 as bfloat16",
            "p vtype",
            "p vl",
            "p/x a0+[data]",
            "p/d a0 - 4",
            "p &data+8",
            "x/2xh data",
            "x/s text",
            "x/2 data+8 as float32",
            "set fa0 = 1 << 62",
            "p fa0",
            "p/t a0",
            "p mcause",
            "p instret",
        ],
        march="rv64gcv",
        vlen=128,
    )
    expected = """\
(rvx) c
after 7 instructions: illegal instruction at 0x8000001a <_start+0x1a>, word 0000 'unimp': \
'c.unimp' has no semantics: only its encoding is known
     8          .word 0    (a.s:8)
=> 0x8000001a <_start+0x1a>  unimp
(rvx) p fa1
fa1 = 1.5  single, 0xffffffff3fc00000
(rvx) p fa0 as e4m3
fa0 = {1, 0.001953125, 1, 0.00390625, 1, 0.005859375, 1, 0.0078125}
(rvx) p fa0 as posit16
fa0 = {1.11758708954e-07, 1.37090682983e-06, 5.48362731934e-06, 1.85966491699e-05}
(rvx) p v1
v1 = {0x138, 0x238, 0x338, 0x438, 0x0, 0x0, 0x0, 0x0}  8 x 16 bits
(rvx) p v1 as bfloat16
v1 = {3.37954625861e-38, 1.35181850345e-37, 5.40727401378e-37, 2.16290960551e-36, 0, 0, 0, 0}
(rvx) p vtype
vtype = 0xc8  e16,m1,ta,ma
(rvx) p vl
vl = 0x4  4
(rvx) p/x a0+[data]
a0+[data] = 0x043803380238013b
(rvx) p/d a0 - 4
a0 - 4 = -1
(rvx) p &data+8
&data+8 = 0x80001008  2147487752  <data+0x8>
(rvx) x/2xh data
0x80001000 <data>  0x0138  0x0238
(rvx) x/s text
0x8000100c <text>  "text"
(rvx) x/2 data+8 as float32
0x80001008 <data+0x8>  1.5  7.87199300997e+31
(rvx) set fa0 = 1 << 62
(rvx) p fa0
fa0 = 2.0  double, 0x4000000000000000
(rvx) p/t a0
a0 = 0b0000000000000000000000000000000000000000000000000000000000000011
(rvx) p mcause
mcause = 0x0  0
(rvx) p instret
instret = 0x7  7"""
    assert said == expected


LOOP = """\
        .globl _start
_start: la   a2, data
        li   a0, -2
loop:   sw   a0, 0(a2)
        addi a0, a0, 1
        li   a1, 3
        bne  a0, a1, loop
        li   a7, 93
        ecall
        .data
        .balign 8
data:   .word 0, -1
"""


@pytest.mark.parametrize("march", ["rv32gc", "rv64gc"])
def test_breakpoints_with_conditions(talk: Talk, march: str) -> None:
    said = talk(
        LOOP,
        [
            *("b loop if a0 == -1 || $a0 == 1", "c", "p a0", "c", "p a0", "c", "rc", "rc", "p a0"),
            *("tb *loop if a0 > -1 and not ([data] & 7) == 6", "i b", "disable 1", "c", "p a0"),
            *("b loop if 4 / a0 == 9", "goto 0", "c", "i b", "b loop if nobody", "b if a0 = 3"),
            *("p 2 < a0 <= 3", "p !a0", "p 1 << -1"),
        ],
        march=march,
    )
    shown = [line for line in said.splitlines() if not line.startswith(("(rvx)", "    ", "=>"))]
    mask = (1 << int(march[2:4])) - 1
    assert [re.sub(" at 0x.*| 0x.*(?= if)", "", line) for line in shown] == [
        "breakpoint 1",
        "breakpoint 1, loop, after 7 instructions",
        f"a0 = {mask:#x}  -1",
        "breakpoint 1, loop, after 15 instructions",
        "a0 = 0x1  1",
        "the program exited with code 3 after 25 instructions; it can be taken back",
        "breakpoint 1, loop, after 15 instructions",
        "breakpoint 1, loop, after 7 instructions",
        f"a0 = {mask:#x}  -1",
        "breakpoint 2",
        "  1  breakpoint  if a0 == -1 || $a0 == 1, hit 4 times",
        "  2  temporary   if a0 > -1 and not ([data] & 7) == 6, hit 0 times",
        "temporary breakpoint 2, *loop, after 11 instructions",
        "a0 = 0x0  0",
        "breakpoint 3",
        # What cannot be said stops it, so that it is seen.
        "breakpoint 3, loop, after 11 instructions; if 4 / a0 == 9: '4 / a0 == 9' divides by 0",
        "  1  breakpoint  if a0 == -1 || $a0 == 1, hit 4 times, disabled",
        "  3  breakpoint  if 4 / a0 == 9, hit 1 times",
        "error: there is no register and no symbol 'nobody'",
        "error: 'a0 = 3' is no expression: write numbers, registers, symbols, + - * / & | ^, "
        "comparisons, and [ADDRESS] for what is in memory",
        "2 < a0 <= 3 = 0x0  0",
        "!a0 = 0x1  1",
        "error: numbers are shifted by 0 to 4095, not by -1",
    ]


@pytest.mark.parametrize("march", ["rv32gc", "rv64gc"])
def test_watchpoints_with_conditions(talk: Talk, march: str) -> None:
    """Forwards and backwards; beside others that the same instruction hits, and a breakpoint."""
    said = talk(
        LOOP,
        [
            *(
                "watch data:4 if ([data] & 7) == 7 || ([data] & 7) == 2",
                "c",
                "p a0",
                "c",
                "p a0",
                "c",
            ),
            *("rc", "p a0", "rc", "p a0", "rc", "condition 1 1 < 0", "rwatch data if 1", "c"),
            *("delete 2", "goto 0", "condition 1 4 / a0 == 9", "watch a0 if a0 == 1", "c", "c"),
            # Both are of the same store, but only one holds; and what stands behind it stops, too.
            *("delete", "goto 0", "watch data:4 if a0 == 2", "awatch data:1 if a0 == 1", "c", "c"),
            *("goto 0", "condition 5 a0 == 1", "b *loop+4 if a0 == 0", "c", "c"),
            *("delete 6", "rc", "i b", "condition 5", "condition", "watch data if nobody"),
        ],
        march=march,
    )
    shown = [line for line in said.splitlines() if not line.startswith(("(rvx)", "    ", "=>"))]
    mask = (1 << int(march[2:4])) - 1
    store = " by 0x8000000a <loop>  sw a0,0(a2)"
    assert [re.sub(" at 0x.*| 0x[0-9a-f]* <loop.*(?= if a)", "", line) for line in shown] == [
        "watchpoint 1 on data:4, 4 bytes",
        f"watchpoint 1, data:4: 0xfffffffe -> 0xffffffff{store}",
        f"a0 = {mask:#x}  -1",
        f"watchpoint 1, data:4: 0x1 -> 0x2{store}",
        "a0 = 0x2  2",
        "the program exited with code 3 after 25 instructions; it can be taken back",
        # Back in front of the change that it is from.
        f"watchpoint 1, data:4: 0x2 -> 0x1{store}",
        "a0 = 0x2  2",
        f"watchpoint 1, data:4: 0xffffffff -> 0xfffffffe{store}",
        f"a0 = {mask:#x}  -1",
        "this is the beginning of the program",
        f"watchpoint 2 on data, {int(march[2:4]) // 8} bytes",
        "the program exited with code 3 after 25 instructions; it can be taken back",
        "watchpoint 3 on a0, 8 bytes" if mask >> 32 else "watchpoint 3 on a0, 4 bytes",
        # What cannot be said stops it.
        f"watchpoint 1, data:4: 0xffffffff -> 0x0{store}; if 4 / a0 == 9: '4 / a0 == 9' divides "
        "by 0",
        "watchpoint 3, a0, is now 0x1  1 by 0x8000000c <loop+0x2>  add a0,a0,1",
        "watchpoint 4 on data:4, 4 bytes",
        "watchpoint 5 on data:1, 1 bytes",
        f"watchpoint 5, data:1, is accessed{store}",
        f"watchpoint 4, data:4: 0x1 -> 0x2{store}",
        "breakpoint 6",
        "breakpoint 6, *loop+4, after 9 instructions",
        f"watchpoint 5, data:1, is accessed{store}",
        f"watchpoint 5, data:1, is accessed{store}",
        "  4  watch       data:4, 4 bytes if a0 == 2, hit 1 times",
        "  5  awatch      data:1, 1 bytes if a0 == 1, hit 3 times",
        "5 stops always now",
        "error: say which one: condition NUMBER [EXPRESSION]",
        "error: there is no register and no symbol 'nobody'",
    ]


def test_two_watchpoints_of_one_instruction_are_both_told(talk: Talk) -> None:
    said = talk(LOOP, ["watch data:4", "awatch data:2", "c", "goto 25", "rc"], march="rv64gc")
    assert said.count("watchpoint 1, data:4:") == said.count("watchpoint 2, data:2, is") == 2


CSRS = """\
        .globl _start
_start: la    t0, trap
        csrw  mtvec, t0
        fsrmi 3
        li    t1, 3
        fcvt.s.w fa0, t1
        fdiv.s fa1, fa0, fa0
        fcvt.s.w fa2, zero
        fdiv.s fa1, fa0, fa2
        csrwi vxsat, 1
        csrwi vxrm, 2
        csrwi vxsat, 0
        ecall
        li    a7, 93
        csrw  mtvec, zero
        ecall
        .balign 4
trap:   csrr  t0, mepc
        addi  t0, t0, 4
        csrw  mepc, t0
        mret
"""


def test_csrs_are_watched(talk: Talk) -> None:
    """By their own bits: those of a neighbour in the same word are not theirs."""
    names = ["mtvec", "frm", "fflags", "vxrm", "mcause", "mepc", "vxsat if vxsat == 0"]
    said = talk(
        CSRS,
        [*(f"watch {name}" for name in names), *["c"] * 10, *["rc"] * 10],
        march="rv64gcv_zicsr",
    )
    lines = [line for line in said.splitlines() if re.match(r"watchpoint \d,", line)]
    assert [re.sub(r"watchpoint | is now|  \d+$| by .*  ", "", line) for line in lines] == [
        "1, mtvec, 0x80000040",
        "2, frm, 0x3  rupfsrmi zero,3",
        "3, fflags, 0x8  DZfdiv.s fa1,fa0,fa2",
        "4, vxrm, 0x2  2csrw vxrm,2",
        "7, vxsat, 0x0  0csrw vxsat,0",
        "5, mcause, 0xb",
        "6, mepc, 0x8000002e",
        "6, mepc, 0x80000032",
        "1, mtvec, 0x0",
        # And back: of the trap, which is no instruction, in front of the ecall.
        "1, mtvec, 0x80000040",
        "6, mepc, 0x8000002e",
        "5, mcause, 0x0",
        "6, mepc, 0x0",
        "7, vxsat, 0x1  1csrw vxsat,0",
        "4, vxrm, 0x0  0csrw vxrm,2",
        "3, fflags, 0x0  no flagsfdiv.s fa1,fa0,fa2",
        "2, frm, 0x0  rnefsrmi zero,3",
        "1, mtvec, 0x0",
    ]


PROGRAM = """\
#include <stdlib.h>
static int twice(int n) { return n < 1 ? 0 : 2 + twice(n - 1); }
int total;
int main(void) {
    char *room = malloc(8);
    total = twice(3);
    free(room);
    return total;
}
"""


def test_lines_of_a_c_program(tmp_path: Path) -> None:
    (tmp_path / "a.c").write_text(PROGRAM)
    command = ["riscv64-linux-gnu-gcc", "-g", "-O0", "-static", "a.c", "-o", "a.elf"]
    subprocess.run(command, check=True, cwd=tmp_path)
    machine = Machine(tmp_path / "a.elf", isa_for("rv64gc"), memory=1 << 22, debugging=True)
    table = LineTable((tmp_path / "a.elf").read_bytes())
    session = Session(machine, lambda *_: None, Code(machine, table.find))
    said: list[str] = []
    terminal = Terminal(session, said.append)
    lines = []
    for line in ["b main", "c", *"nnsfnn", "rs", "rs", "rs", "watch total", "rc", "c"]:
        terminal.obey(line if line != "f" else "fin")
        place = session.code.line_of(machine.pc)
        lines.append(0 if place is None else place.line)
    # Over malloc, over and into twice, and back over free, of which no lines are known.
    assert lines[1:] == [4, 5, 6, 2, 6, 7, 8, 7, 6, 2, 2, 4, 7]
    # Back over all that it has called, into nothing.
    lines = []
    for line in ["delete", "goto 0", "advance main", *"nnnn", *["rn"] * 4]:
        terminal.obey(line)
        place = session.code.line_of(machine.pc)
        lines.append(0 if place is None else place.line)
    assert lines[3:] == [5, 6, 7, 8, 7, 6, 5, 4]
    # Functions of the C library have no lines, but frames.
    for line in ["delete", "goto 0", "advance main", "advance malloc", "bt"]:
        said.clear()
        terminal.obey(line)
    assert [line.split(" in ")[1].split(" at ")[0] for line in said][1::3] == ["main", "_start"]
    assert said[1].endswith("a.c:5")


CALLS = """\
volatile int total;
int leaf(int x, int y) { total += x; return x * y + total; }
int middle(int n) {
    int kept = n * 3;
    int found = leaf(kept, n + 1);
    return found + kept;
}
int main(void) {
    int sum = 0;
    for (int i = 1; i < 5; i++)
        sum += middle(i);
    return sum & 127;
}
"""


def calls(folder: Path) -> Path:
    """The program, with registers that callers keep."""
    (folder / "a.c").write_text(CALLS)
    command = "riscv64-linux-gnu-gcc -g -O1 -fno-inline -static a.c -o a.elf".split()
    subprocess.run(command, check=True, cwd=folder)
    return folder / "a.elf"


def test_frames_are_looked_at(tmp_path: Path) -> None:
    """Registers are those that callers have saved; whatever moves the program ends it."""
    path = calls(tmp_path)
    machine = Machine(path, isa_for("rv64gc"), memory=1 << 22, debugging=True)
    code = Code(machine, LineTable(path.read_bytes()).find)
    code._texts[str(tmp_path / "a.c")] = CALLS.splitlines()
    terminal = Terminal(Session(machine, lambda *_: None, code), (said := list[str]()).append)

    def ask(line: str) -> str:
        said.clear()
        terminal.obey(line)
        return " / ".join(said)

    for line in ("b leaf", "c", "c", "c", "si 5"):
        ask(line)
    kept = machine.register("s0")
    deep = machine.register("sp")
    assert ask("frame").startswith("#0    0x")
    assert ask("up").split(" in ")[1].startswith("middle at ")
    assert "a.c:5 /      5      int found = leaf(kept, n + 1);" in ask("frame")
    assert ask("p s0") == "s0 = 0x9  9"
    assert ask("p s0 + 1") == "s0 + 1 = 0xa  10"
    assert "error: t0 is not known in frame 1" in ask("p t0")
    assert "error: t0 is not known in frame 1" in ask("p t0 * 2")
    assert ask("p fa0").endswith("(as it is now)")
    assert "=>    5      int found" in ask("list")
    assert re.search(r"s0 +0x9  9", ask("registers general"))
    assert "a0    not known in this frame" in ask("registers general")
    assert "error: s0 of frame 1 is not the register" in ask("set s0 = 1")
    assert machine.register("s0") == kept
    outer = ask("up")
    assert "main at" in outer
    assert "a.c:11" in outer
    assert int(ask("p sp").split()[2], 16) > deep
    begin = int(ask("p/x pc").split()[2], 16)
    assert f"{begin:#x}" in ask("disassemble")
    assert ask("down").startswith("#1 ")
    assert ask("frame 2") == outer
    assert ask("down 99").startswith("#0 ")
    assert ask("down") == "error: this is the innermost frame"
    last = ask("up 99")
    assert "_start" in last
    assert "error: this is the outermost frame" in ask("up")
    assert "error: there is no frame 99: frame " in ask("frame 99")
    assert "counted from 0" in ask("frame -1")
    # The condition of a breakpoint is about where the program is, whatever is looked at.
    ask("frame 1")
    ask("delete")
    ask("b leaf if a0 == 12")
    assert "a.c:11" in ask("finish")
    assert terminal.session.selected is None
    assert machine.pc == begin
    assert ask("c").startswith("breakpoint 2, leaf")
    ask("up")
    assert "main" not in ask("frame 0")


def test_what_cannot_be_done_is_said(talk: Talk) -> None:
    said = talk(
        POSITS,
        [
            "frobnicate",
            "b nowhere",
            "b 99",
            "b *0",
            "watch 0x10",
            "rwatch",
            "p",
            "p 1 +",
            "p 1/0",
            "p unknown",
            "p s0 as nothing",
            "p (lambda: 1)()",
            "x/4q table",
            "x 0",
            "set",
            "set pc",
            "set instret = 1",
            "set [0] = 1",
            "delete 7",
            "regs nobody",
            "info nothing",
            "s 0",
            "goto -1",
            "watch minstret",
            "r/x",
            "help nothing",
            "re",
        ],
    )
    answers = [line for line in said.splitlines() if not line.startswith("(rvx)")]
    assert all(line.startswith("error: ") for line in answers[:24])
    assert "error: there is no command 'frobnicate'; help lists those that there are" in said
    assert "error: 'nowhere' is no place in the code: write a symbol, FILE:LINE" in said
    assert "error: there is no breakpoint or watchpoint 7; there are none" in said
    assert "error: instret cannot be written" in said
    assert "error: 're' may be registers, reverse-continue" in said
    assert (
        "error: minstret cannot be watched: it changes with every instruction; stepi and goto count"
        in said
    )


def test_counts_beyond_all_bounds(talk: Talk) -> None:
    said = talk(POSITS, ["goto 99999999999999999999", "goto 0", "stepi 99999999999999999999"])
    assert said.count("the program exited with code 0 after 35 instructions") == 2


def test_help_knows_every_command(talk: Talk) -> None:
    said = talk(POSITS, ["help", *(f"help {name}" for name in COMMANDS)])
    for made in COMMANDS.values():
        assert f"  {made.names[0]}" in said
        assert made.help.splitlines()[0] in said


def test_changes_are_undone_on_the_way_back(talk: Talk) -> None:
    said = talk(POSITS, ["advance again", "set s1 = 1", "c", "goto 1", "c", "run"])
    expected = """\
(rvx) advance again
     4  again:  call dot    (a.s:4)
=> 0x8000000a <again>  auipc ra,0x0
(rvx) set s1 = 1
(rvx) c
the program exited with code 0 after 17 instructions; it can be taken back
(rvx) goto 1
what you had changed is undone: it was done later than this moment
     2  _start: la   s0, table    (a.s:2)
=> 0x80000004 <_start+0x4>  mv s0,s0
(rvx) c
the program exited with code 0 after 35 instructions; it can be taken back
(rvx) run
the program exited with code 0 after 35 instructions; it can be taken back"""
    assert said == expected


def test_an_empty_line_steps_again(tmp_path: Path) -> None:
    said: list[str] = []
    terminal = Terminal(session_of(tmp_path / "a.s", POSITS, "rv64gc_xposit"), said.append)
    terminal.begin("a.s")
    for line in ("si", "", "", "where"):
        terminal.obey(line)
    assert "after 3 instructions" in said
    terminal.obey("")
    assert said.count("after 3 instructions") == 1
    assert "reverse-step" in terminal.completions("rev", "rev")
    assert terminal.completions("qu", "print qu") == ["quire"]


def test_ctrl_c_stops_a_program(tmp_path: Path) -> None:
    session = session_of(tmp_path / "a.s", ENDLESS, "rv64gc")
    said: list[str] = []
    terminal = Terminal(session, said.append)
    looks = iter([False, False, True])
    with session.interruptible(lambda: next(looks, True)):
        terminal.obey("continue")
    assert said[0].startswith("interrupted after ")
    count = session.timeline.count
    assert session.machine.register("t0") in (count // 2, count // 2 + 1)
    terminal.obey("reverse-stepi")
    assert session.timeline.count == count - 1


@pytest.mark.parametrize("march", ["rv32gc", "rv64gc"])
def test_the_input_of_the_program(tmp_path: Path, march: str) -> None:
    shown: list[bytes] = []
    text = """\
        .globl _start
_start: addi sp, sp, -16
        mv   a1, sp
        li   a2, 5
        li   a7, 63
        ecall
        mv   a2, a0
        li   a0, 1
        li   a7, 64
        ecall
        li   a7, 93
        ecall
        """
    session = session_of(
        tmp_path / "a.s", text, march, shown, settings=Settings(stdin=b"hello, world")
    )
    terminal = Terminal(session, lambda _: None)
    for line in ("c", "goto 0", "c"):
        terminal.obey(line)
    assert shown == [b"hello"]
    assert session.timeline.ended is not None
    assert session.timeline.ended.exit_code == 5
