"""A program that is followed, and everything that it retired."""

from __future__ import annotations

from dataclasses import dataclass

from rvx.analysis.shadow.engine import Shadow
from rvx.analysis.shadow.report import Finding, Report, report
from rvx.assembler import assemble
from rvx.emulator import Machine, RunResult
from rvx.emulator.tracing.records import Batch, Step
from rvx.emulator.tracing.tracer import Tracing
from rvx.isa import Isa


@dataclass
class Followed:
    """A run with its shadow."""

    machine: Machine
    result: RunResult
    shadow: Shadow
    report: Report
    steps: list[Step]

    def at(self, mnemonic: str, which: int = 0) -> Finding:
        """The findings at an instruction, in the order of addresses."""
        found = [one for one in self.report.findings if one.mnemonic == mnemonic]
        return sorted(found, key=lambda one: one.address)[which]


def follow(source: str, isa: Isa, mode: str = "exact") -> Followed:
    """Assembles and runs a program, with bodies interpreted."""
    shadow = Shadow(mode)
    batches: list[Batch] = []

    def take(batch: Batch) -> None:
        batches.append(batch)
        shadow.take(batch)

    program = assemble(source, isa)
    machine = Machine(program, isa, backend="python", tracing=Tracing(), on_retired=take)
    shadow.attach(machine)
    result = machine.run()
    assert result.trap is None, result.trap
    steps = [step for batch in batches for step in batch]
    return Followed(machine, result, shadow, report(shadow, machine), steps)


EXIT = "li a0, 0\n li a7, 93\n ecall\n"
