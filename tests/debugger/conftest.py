"""Programs that are debugged in this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from rvx.assembler import assemble
from rvx.debugger.code import Code
from rvx.debugger.session import Session
from rvx.debugger.terminal import Left, Terminal
from rvx.disassembler.lines import SourceLine
from rvx.emulator import Machine
from rvx.extensions import isa_for

REPETITION = """\
        .option norvc
        .globl _start
_start: li   t2, 3
        la   t0, one
        fld  fa1, 0(t0)
        frep.o t2, 2, 0, 0
first:  fadd.d fa0, fa0, fa1
second: fadd.d fa2, fa2, fa0
        li   a0, 0
        li   a7, 93
        ecall
        .data
        .balign 8
one:    .double 1
"""
ENDLESS = """\
        .globl _start
_start: addi t0, t0, 1
        j    _start
"""


@pytest.fixture(autouse=True)
def interpreted_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """To compile all these bodies takes longer than to interpret them a few times."""
    monkeypatch.setenv("RVX_COMPILE_AFTER", "1000000")


def session_of(
    path: Path, text: str, march: str, shown: list[bytes] | None = None, **how: Any
) -> Session:
    path.write_text(text)
    isa = isa_for(march, vlen=how.pop("vlen", 0))
    program = assemble(path, isa)
    machine = Machine(program, isa, memory=1 << 20, debugging=True, **how)

    def place(address: int) -> SourceLine | None:
        found = program.line_at(address)
        return None if found is None else SourceLine(Path(found.file).name, found.line)

    code = Code(machine, place)
    code._texts[path.name] = text.splitlines()
    output = [] if shown is None else shown
    return Session(machine, lambda _, data: output.append(data), code)


@pytest.fixture
def talk(tmp_path: Path) -> Callable[..., str]:
    """What the terminal says to commands."""

    def converse(
        text: str, commands: Sequence[str], march: str = "rv64gc_xposit", **how: Any
    ) -> str:
        said: list[str] = []
        terminal = Terminal(session_of(tmp_path / "a.s", text, march, **how), said.append)
        try:
            for line in commands:
                said.append(f"(rvx) {line}")
                terminal.obey(line)
        except Left:
            said.append("left")
        return "\n".join(said)

    return converse
