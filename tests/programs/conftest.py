"""What the tests of kernels share."""

from typing import ClassVar

import pytest

from rvx.emulator import Machine

SAVED = [f"s{i}" for i in range(12)] + [f"fs{i}" for i in range(12)]


@pytest.fixture
def watched_machine(monkeypatch):
    """A machine in place of that of comparisons, which looks after the registers of callers."""

    class Watched(Machine):
        lost: ClassVar[list[str]] = ["no call"]

        def call(self, function, *arguments, max_instructions=None):
            for i, register in enumerate(SAVED):
                self.set_register(register, 0x1234567800 + i)
            result = super().call(function, *arguments)
            Watched.lost = [
                register
                for i, register in enumerate(SAVED)
                if self.register(register) != 0x1234567800 + i
            ]
            if self.register("sp") != self.memory.stack_top:
                Watched.lost.append("sp")
            return result

        @classmethod
        def check(cls):
            """There was a call, and it kept them all."""
            assert cls.lost == []

    monkeypatch.setattr("rvx.analysis.compare.Machine", Watched)
    return Watched
