"""Programs whose every moment is remembered while they run for the first time."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.emulator.native.pauses import Watched
from rvx.emulator.pauses import Watchpoint
from rvx.emulator.rewind.timeline import ROOM, Timeline
from rvx.extensions import isa_for


@pytest.fixture(autouse=True)
def interpreted_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """To compile all these bodies takes longer than to interpret them a few times."""
    monkeypatch.setenv("RVX_COMPILE_AFTER", "1000000")


class Lab:
    """A program on a timeline with many snapshots."""

    def __init__(
        self, text: str, march: str, interval: int = 7, room: int = ROOM, **how: Any
    ) -> None:
        isa = isa_for(march)
        self.machine = Machine(assemble(text, isa), isa, memory=1 << 20, debugging=True, **how)
        self.shown: list[bytes] = []
        self.timeline = Timeline(
            self.machine, lambda _, data: self.shown.append(data), interval=interval, room=room
        )

    @property
    def output(self) -> bytes:
        return b"".join(self.shown)

    def moment(self) -> tuple[int, str]:
        """Where the machine stands, and a digest of all that a program could find out."""
        machine = self.machine
        digest = hashlib.sha256()
        for name, value in machine.registers().items():
            digest.update(f"{name}={value}".encode())
        for name in machine.isa.states:
            digest.update(machine.state(name).tobytes())
        digest.update(bytes([machine.fflags, machine.frm]))
        for address, size, _ in machine.memory.layout()[0]:
            digest.update(f"{address} {size}".encode())
            digest.update(machine.array(address, "u1", size).tobytes())
        privilege = machine.hart.privilege
        csrs = sorted(privilege._values.items())
        digest.update(repr((privilege.mode, privilege.pending, csrs)).encode())
        return machine.pc, digest.hexdigest()

    def moments(self) -> list[tuple[int, str]]:
        """All of them, to the end."""
        found = []
        while self.timeline.ended is None:
            assert self.timeline.count == len(found)
            found.append(self.moment())
            stop = self.timeline.forward(instructions=1)
            assert stop.trap is None, stop
        return found

    def watch(self, symbol: str, size: int, kind: Watched = Watched.CHANGED) -> Watchpoint:
        address = self.machine.symbol(symbol)
        memory = self.machine.memory
        host = int(memory.ram.ctypes.data) + address - memory.base
        return Watchpoint(kind, host, size, address, symbol)
