"""`rvx debug`: commands from the standard input, options, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

SOURCE = """\
        .globl _start
_start: ld   s0, 0(sp)
loop:   li   a0, 0
        la   a1, place
        li   a2, 2
        li   a7, 63
        ecall
        beqz a0, done
        mv   a2, a0
        li   a0, 1
        li   a7, 64
        ecall
        j    loop
done:   mv   a0, s0
        li   a7, 93
        ecall
        .bss
place:  .zero 8
"""


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RVX_COMPILE_AFTER", "1000000")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.s").write_text(SOURCE)
    return Path("a.s")


def test_commands_and_arguments(rvx: Any, source: Path) -> None:
    Path("input").write_text("abc")
    commands = ["-c", "watch place:2", "-c", "c", "-c", "c", "-c", "rc", "-c", "d", "-c", "c"]
    done = rvx(
        "debug", source, "--stdin", "input", *commands, "-c", "rsi", "-c", "q", "--", "one", "two"
    )
    assert done.code == 0
    expected = """\
a.s, RV64; help lists the commands
     2  _start: ld   s0, 0(sp)    (a.s:2)
=> 0x80000000 <_start>  ld s0,0(sp)
(rvx) watch place:2
watchpoint 1 on place:2, 2 bytes
(rvx) c
watchpoint 1, place:2: 0x0 -> 0x6261
     8          beqz a0, done    (a.s:8)
=> 0x80000016 <loop+0x14>  beqz a0,80000026 <done>
(rvx) c
ab
watchpoint 1, place:2: 0x6261 -> 0x6263
     8          beqz a0, done    (a.s:8)
=> 0x80000016 <loop+0x14>  beqz a0,80000026 <done>
(rvx) rc
watchpoint 1, place:2: 0x6263 -> 0x6261
     7          ecall    (a.s:7)
=> 0x80000012 <loop+0x10>  ecall
(rvx) d
(rvx) c
c
the program exited with code 3 after 35 instructions; it can be taken back
(rvx) rsi
    16          ecall    (a.s:16)
=> 0x8000002c <done+0x6>  ecall
(rvx) q
"""
    assert done.out == expected


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--gdb", "0.0.0.0:1"), "rvx listens on this machine only"),
        (("--gdb", "/nowhere/at/all"), "No such file"),
        (("--stdin", "nowhere"), "nowhere"),
        (("--abi", "none"), "--abi none"),
        (("--env", "X"), "write NAME=VALUE"),
    ],
)
def test_what_is_refused(rvx: Any, source: Path, options: tuple[str, ...], said: str) -> None:
    done = rvx("debug", source, *options)
    assert done.code == 2
    assert said in done.err
