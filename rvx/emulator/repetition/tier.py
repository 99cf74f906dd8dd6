"""Which repetitions are compiled: those that have become hot, now or in an earlier process."""

from __future__ import annotations

import time

from rvx.emulator.context import Context
from rvx.emulator.handlers.compiled import CompileError
from rvx.emulator.memory import GuestMemory
from rvx.emulator.native.sequencer import Record
from rvx.emulator.regions import profile
from rvx.emulator.regions.build import CompiledRegion, compile_region
from rvx.emulator.regions.select import LEAST_WEIGHT
from rvx.emulator.repetition.loop import RepeatEmitter
from rvx.emulator.repetition.records import Recorded, Records
from rvx.isa import Isa
from rvx.isa.bits import Address
from rvx.records import dataclass


@dataclass(frozen=True)
class CompiledRepeat:
    """A repetition that is compiled, or why it is not.

    Attributes:
        recorded: what is repeated.
        is_streaming: whether it was compiled for enabled streams.
        compiled: its machine code; None if it was refused.
        seconds: time to translate and compile it.
        source: its LLVM text.
        refusal: why it was refused, empty if it was not.
    """

    recorded: Recorded
    is_streaming: bool
    compiled: CompiledRegion | None
    seconds: float
    source: str
    refusal: str = ""


class RepeatTier:
    """Compiles repetitions beside the running hart; the sequencer finds them in their records.

    Attributes:
        repeats: what was compiled or refused.
        is_eager: whether repetitions are compiled before they are performed for the first time.
    """

    def __init__(self, isa: Isa, context: Context, memory: GuestMemory, records: Records) -> None:
        self._isa = isa
        self._context = context
        self._memory = memory
        self._records = records
        self._known = profile.recall_repeats(isa, memory)
        self._stored = len(self._known)
        self.repeats: list[CompiledRepeat] = []
        self.is_eager = False
        records.on_made = self._made

    def _made(self, recorded: Recorded) -> None:
        """A record is new: what was compiled in an earlier process is loaded at once."""
        for is_streaming in (False, True):
            if self.is_eager or (recorded.sequence.pc, is_streaming) in self._known:
                self._compile(recorded, is_streaming)

    def look(self) -> None:
        """Compiles what has become hot; called by the thread that waits for the hart."""
        for recorded in list(self._records.recorded.values()):
            for is_streaming in (False, True):
                at = Record.WEIGHT + is_streaming
                if recorded.record[at] >= LEAST_WEIGHT and not self._is_tried(
                    recorded, is_streaming
                ):
                    self._compile(recorded, is_streaming)

    def _is_tried(self, recorded: Recorded, is_streaming: bool) -> bool:
        return any(
            made.recorded is recorded and made.is_streaming == is_streaming for made in self.repeats
        )

    def _compile(self, recorded: Recorded, is_streaming: bool) -> None:
        start = time.perf_counter()
        text, refusal, compiled = "", "", None
        try:
            emitter = RepeatEmitter(recorded.sequence, self._isa, self._context, is_streaming)
            text = emitter.text()
            compiled = compile_region(text, emitter.bodies.values(), recorded.sequence.pc)
        except (CompileError, RuntimeError) as error:
            # LLVM says with a RuntimeError what it does not take; the tier below does it all.
            refusal = str(error)
        seconds = time.perf_counter() - start
        made = CompiledRepeat(recorded, is_streaming, compiled, seconds, text, refusal)
        self.repeats.append(made)
        if compiled is not None:
            recorded.record[Record.FUNCTION + is_streaming] = compiled.address

    def remember(self) -> None:
        """Stores what was compiled, so that the next process begins with it."""
        chosen: set[tuple[Address, bool]] = {
            (made.recorded.sequence.pc, made.is_streaming)
            for made in self.repeats
            if made.compiled is not None
        }
        if len(chosen) > self._stored and not self.is_eager:
            self._stored = len(chosen)
            profile.store_repeats(self._isa, self._memory, chosen)
