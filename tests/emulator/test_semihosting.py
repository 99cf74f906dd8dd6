"""Semihosting: what a bare program asks its debugger for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine, Settings, TrapKind
from rvx.extensions import isa_for

CALL = """
 .macro ask number
 li a0, \\number
 .balign 16
 .option push
 .option norvc
 slli zero, zero, 31
 ebreak
 srai zero, zero, 7
 .option pop
 .endm
"""
DATA = """
 .data
 .balign 8
block: WORDS
text: .asciz "written\\n"
 .balign 8
room: .zero 64
"""


def run(text: str, words: str = "0", xlen: int = 64, **given: Any) -> tuple[Machine, Any]:
    isa = isa_for(f"rv{xlen}gc")
    word = ".dword" if xlen == 64 else ".word"
    source = f"{CALL} _start: {text}\n{DATA.replace('WORDS', f'{word} {words}')}"
    made = Machine(assemble(source, isa), isa, settings=Settings(**given))
    return made, made.run(100_000)


@pytest.mark.parametrize("xlen", [32, 64])
def test_text_and_exit(xlen: int) -> None:
    _, result = run(
        "la a1, text\n ask 4\n la a1, text\n ask 3\n la a1, block\n ask 0x20", "0x20026, 7", xlen
    )
    assert (result.exit_code, result.output) == (7, b"written\nw")
    assert result.by_mnemonic["ebreak"] + result.by_mnemonic.get("c.ebreak", 0) == 3


def test_exit_of_both_widths() -> None:
    assert run("la a1, block\n ask 0x18", "0x20026, 3")[1].exit_code == 3
    assert run("la a1, block\n ask 0x18", "0x20023, 3")[1].exit_code == 1
    assert run("li a1, 0x20026\n ask 0x18", xlen=32)[1].exit_code == 0
    assert run("li a1, 0x20023\n ask 0x18", xlen=32)[1].exit_code == 1


def test_console_files() -> None:
    text = (
        "la a1, block\n ask 1\n mv s0, a0\n la t0, request\n sd a0, 0(t0)\n la a1, request\n"
        " ask 5\n mv s1, a0\n li a1, 0\n ask 7\n mv s2, a0\n la a1, finish\n ask 0x20\n"
        " .data\n .balign 8\n"
        'name: .ascii ":tt"\n .balign 8\nrequest: .dword 0, text, 7\nfinish: .dword 0x20026, 0\n'
    )
    made, result = run(text, "name, 4, 3", stdin=b"Q")
    assert (result.exit_code, result.output) == (0, b"written")
    assert (made.register("s0"), made.register("s1"), made.register("s2")) == (3, 0, ord("Q"))


def test_files_are_those_of_the_folders_that_were_given(tmp_path: Path) -> None:
    path = str(tmp_path / "f")
    text = (
        "la a1, block\n ask 1\n mv s0, a0\n bltz a0, 1f\n la t0, request\n sd a0, 0(t0)\n"
        " la a1, request\n ask 5\n la a1, request\n ask 0xc\n mv s1, a0\n"
        "1: li a1, 0\n ask 0x13\n mv s2, a0\n la a1, finish\n ask 0x20\n .data\n .balign 8\n"
        f'name: .ascii "{path}"\n .balign 8\nrequest: .dword 0, text, 7\n'
        "finish: .dword 0x20026, 0\n"
    )
    made, _ = run(text, f"name, 6, {len(path)}", writable=[str(tmp_path)])
    assert (made.register("s0"), made.register("s1")) == (3, 7)
    assert (tmp_path / "f").read_text() == "written"
    made, _ = run(text, f"name, 0, {len(path)}")
    assert (made.register("s0"), made.register("s2")) == (2**64 - 1, 2)


def test_clock_arguments_and_what_is_not_there() -> None:
    made, result = run(
        "ask 0x10\n mv s0, a0\n ask 0x11\n mv s1, a0\n la a1, block\n ask 0x15\n mv s2, a0\n"
        " ask 0x55\n mv s3, a0\n la a1, finish\n ask 0x20\n .data\n .balign 8\n"
        "finish: .dword 0x20026, 0\n",
        "room, 64",
        arguments=["one", "two"],
    )
    assert result.exit_code == 0
    assert (made.register("s0"), made.register("s1")) == (0, 1_577_836_800)
    assert made.array("room", "uint8", 17).tobytes() == b"<program> one two"
    assert made.register("s3") == 2**64 - 1


def test_another_ebreak_is_a_breakpoint() -> None:
    for text in ("ebreak", ".option norvc\n slli zero, zero, 31\n ebreak\n nop"):
        trap = run(text)[1].trap
        assert trap is not None
        assert trap.kind == TrapKind.BREAKPOINT
