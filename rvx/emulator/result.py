"""What a run gives back: counts, registers, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rvx.emulator.arguments import number
from rvx.emulator.calls import CallTree
from rvx.emulator.counts import Counts, ElementCounts
from rvx.emulator.tracing.records import Batch
from rvx.isa.bits import Address
from rvx.notebook import html_table


class TrapKind(StrEnum):
    """Why a guest could not go on."""

    ILLEGAL_INSTRUCTION = "illegal instruction"
    BAD_LOAD = "load from unmapped memory"
    BAD_STORE = "store to memory that cannot be written"
    BAD_FETCH = "jump to memory that holds no code"
    MISALIGNED_FETCH = "jump to a misaligned address"
    MISALIGNED_LOAD = "misaligned load"
    MISALIGNED_STORE = "misaligned store or atomic access"
    BREAKPOINT = "breakpoint"
    EXCEPTION = "exception"
    MISUSE = "misuse"
    LIMIT = "instruction limit"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Trap:
    """The end of a guest that could not go on.

    Attributes:
        kind: what happened.
        pc: address of the instruction that was not performed.
        message: a sentence with the pc, the symbol and the disassembled word.
    """

    kind: TrapKind
    pc: Address
    message: str


@dataclass(frozen=True)
class RunResult:
    """The outcome of a run or a call.

    Attributes:
        exit_code: what the guest passed to exit; None if it did not get there.
        instructions: executed, exactly.
        counts: of them by address, mnemonic and class; most have names of their own below.
        output: what the guest wrote to standard output: all of it up to 2 MiB, else the first and
            the last MiB, with a line between them that says how much is left out.
        output_size: bytes that it wrote.
        seconds: time spent in emulation, without loading and compiling.
        value: register a0 at the end, as a signed number.
        trap: why the guest could not go on, None if it ended by itself.
        ended_by: the signal that has ended it, such as that of `abort`; 0 if none has.
        float_bits: the bits of fa0 at the end; 0 without floating-point registers.
        calls: who called whom, of a machine that follows calls.
        retired: the instructions that were traced, if somebody traces.
    """

    exit_code: int | None
    instructions: int
    counts: Counts = field(repr=False, compare=False)
    output: bytes
    output_size: int
    seconds: float
    value: int
    trap: Trap | None = None
    ended_by: int = 0
    float_bits: int = 0
    calls: CallTree | None = None
    retired: Batch | None = None

    @property
    def by_mnemonic(self) -> Mapping[str, int]:
        """Executions, most frequent first."""
        return self.counts.by_mnemonic

    @property
    def by_kind(self) -> Mapping[str, int]:
        """Executions by the class of the instruction (`load`, `branch`, `custom`, ...)."""
        return self.counts.by_kind

    @property
    def custom_instructions(self) -> int:
        """Executions of instructions that no standard has."""
        return self.counts.custom

    @property
    def fetched(self) -> int:
        """How many were fetched: the hart fetches what it repeats by itself once."""
        return self.counts.fetched

    @property
    def fetched_by_mnemonic(self) -> Mapping[str, int]:
        """Fetches, most frequent first."""
        return self.counts.fetched_by_mnemonic

    @property
    def executions(self) -> Mapping[Address, int]:
        """For every executed address, how often; in the order of addresses."""
        return self.counts.executions

    @property
    def elements(self) -> Mapping[str, ElementCounts]:
        """Of vector instructions by mnemonic: active ones, those masked off, and possible ones.

        Also bytes that were moved, and multiply-accumulates.
        """
        return self.counts.elements

    @property
    def float_value(self) -> float:
        """Register fa0 at the end: a number of 32 bits if it is boxed as such, else of 64."""
        return number(self.float_bits)

    def _repr_html_(self) -> str:
        """A table for notebooks: how it ended, and executions by mnemonic."""
        if self.trap is not None:
            ended = self.trap.message
        else:
            ended = f"ended with exit code {self.exit_code}"
        rows = [
            (mnemonic, f"{count:,}", f"{count / max(self.instructions, 1):.1%}")
            for mnemonic, count in self.by_mnemonic.items()
        ]
        total = ("total", f"{self.instructions:,}", "")
        custom = ("of these custom", f"{self.custom_instructions:,}", "")
        return html_table(("mnemonic", "executed", "share"), [*rows, total, custom], ended)
