"""Says which regions a program had, and why."""

from __future__ import annotations

from collections.abc import Mapping

from rvx.emulator.loader import SymbolTable
from rvx.emulator.regions.build import SLOW, CompiledRegion
from rvx.emulator.regions.tier import Installed
from rvx.emulator.repetition.tier import CompiledRepeat
from rvx.emulator.tiers import InlineTier
from rvx.isa.bits import Address
from rvx.records import dataclass


@dataclass(frozen=True)
class Explanation:
    """One region, or one loop that did not become one.

    Attributes:
        begin: its lowest address.
        end: the address after its highest instruction.
        where: the same in terms of symbols.
        blocks: how many blocks it has.
        steps: how many instructions it has.
        reason: why it was translated, or why it was refused.
        seconds: time to translate and compile it, or to load it from the cache.
        entries: how often it was entered.
        instructions: executions of its instructions in the last run, in whichever tier.
    """

    begin: Address
    end: Address
    where: str
    blocks: int
    steps: int
    reason: str
    seconds: float
    entries: int
    instructions: int

    def __str__(self) -> str:
        return (
            f"{self.begin:#x} to {self.end:#x} <{self.where}>: {self.reason}; "
            f"{self.blocks} blocks of {self.steps} instructions, made in {self.seconds:.3f} s, "
            f"entered {self.entries:,} times, {self.instructions:,} instructions executed"
        )


def _slow(compiled: CompiledRegion | None) -> str:
    return f", whose code is {SLOW}" if compiled is not None and compiled.is_slow else ""


def explain(
    made: Installed,
    inline: InlineTier,
    symbols: SymbolTable,
    executions: Mapping[Address, int],
) -> Explanation:
    """What is to be said of one region after a run."""
    region = made.region
    steps = [step.pc for block in region.blocks.values() for step in block.steps]
    reason = made.refusal and f"refused, {made.refusal}"
    return Explanation(
        begin=region.begin,
        end=region.end,
        where=symbols.describe(region.begin),
        blocks=len(region.blocks),
        steps=region.steps,
        reason=reason
        or f"a loop of {region.weight:,} instructions when it was chosen{_slow(made.compiled)}",
        seconds=made.seconds,
        entries=sum(inline.entries_of(entry) for entry in region.entries),
        instructions=sum(executions.get(pc, 0) for pc in steps),
    )


def explain_repeat(
    made: CompiledRepeat, symbols: SymbolTable, executions: Mapping[Address, int]
) -> Explanation:
    """What is to be said of one repetition after a run."""
    sequence = made.recorded.sequence
    state = "enabled" if made.is_streaming else "disabled"
    reason = made.refusal and f"refused, {made.refusal}"
    return Explanation(
        begin=sequence.pc,
        end=sequence.end,
        where=symbols.describe(sequence.pc),
        blocks=len(sequence.blocks),
        steps=len(sequence.items),
        reason=reason or f"a repetition, compiled for {state} streams{_slow(made.compiled)}",
        seconds=made.seconds,
        entries=executions.get(sequence.pc, 0),
        instructions=sum(executions.get(item.pc, 0) for item in sequence.items),
    )
