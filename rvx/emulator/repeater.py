"""Repetitions in the plain-Python backend: item by item, as they are written.

What compiled code does (`rvx.emulator.sequencer`, `rvx.emulator.regions.repeat`) is tested to be
the same.
"""

from __future__ import annotations

from collections.abc import Callable

from rvx.emulator.context import STOP_NOW, Context, Field, Status
from rvx.emulator.counts import BlockCounter
from rvx.emulator.interpreter import Interpreter
from rvx.emulator.memory import GuestMemory
from rvx.emulator.sequences import Item, Sequence, Unrepeatable, read_sequence
from rvx.isa import Isa, repeat
from rvx.isa.bits import Address, Word


class Repeater:
    """Performs what an instruction has asked to be repeated.

    Args:
        isa: what words mean.
        context: holds the request, and takes the outcome.
        memory: where the words are.
        interpreter: performs one instruction.
        counter: counts them.
        note_illegal: is told the repeating word, and why what follows cannot be repeated.
    """

    def __init__(
        self,
        isa: Isa,
        context: Context,
        memory: GuestMemory,
        interpreter: Interpreter,
        counter: BlockCounter,
        note_illegal: Callable[[Word, str], None],
    ) -> None:
        self._isa = isa
        self._words = context.words
        self._memory = memory
        self._interpreter = interpreter
        self._counter = counter
        self._note_illegal = note_illegal

    def run(self, word: Word, pc: Address) -> Status:
        """Performs the repetition that the word at `pc` has asked for.

        Afterwards NEXT_PC is where execution goes on; if the status is not RUNNING, PC is that of
        the instruction that was not performed.
        """
        words = self._words
        asked = [int(value) for value in words[Field.REPEAT : Field.REPEAT + repeat.WORDS]]
        words[Field.REPEAT] = 0
        words[Field.PC] = pc
        try:
            sequence = read_sequence(self._isa, self._memory.word, pc, *asked[1:])
        except Unrepeatable as error:
            self._note_illegal(word, str(error))
            return Status.ILLEGAL
        iterations = [asked[repeat.ITERATIONS]]
        for item in sequence.items:
            if item.is_marker:
                self._interpreter.perform(item.phases[0], item.pc)
                if words[Field.FAULT]:
                    words[Field.PC] = item.pc
                    return Status.FAULT
                iterations.append(int(words[Field.REPEAT]))
                words[Field.REPEAT] = 0
        status, at, behind = self._loop(sequence, iterations)
        executions = sequence.executions(at, behind, iterations)
        for item, count in zip(sequence.items, executions, strict=True):
            self._counter.count_repeated(item.pc, count)
        words[Field.NEXT_PC] = sequence.end
        words[Field.PC] = pc if status == Status.RUNNING else sequence.items[at].pc
        return status

    def _loop(self, sequence: Sequence, iterations: list[int]) -> tuple[Status, int, list[int]]:
        """Performs items until all are done or one cannot be; gives the position, too."""
        at, behind = 0, [0] * len(iterations)
        while behind[0] < iterations[0]:
            item = sequence.items[at]
            if not (item.is_marker and any(behind)):
                status = self._perform(item, behind[-1] % len(item.phases))
                if status != Status.RUNNING:
                    return status, at, behind
            at += 1
            # From the inside out: the first block that ends here and is not done goes on.
            for depth in reversed(range(len(iterations))):
                block = sequence.blocks[depth]
                if block.last != at - 1:
                    continue
                behind[depth] += 1
                if behind[depth] < iterations[depth]:
                    at = block.first
                    break
                if depth:
                    behind[depth] = 0
        return Status.RUNNING, 0, behind

    def _perform(self, item: Item, phase: int) -> Status:
        words = self._words
        if words[Field.STOP] == STOP_NOW:
            return Status.INTERRUPTED
        if words[Field.REMAINING] < 1:
            return Status.LIMIT
        if not item.is_marker:
            self._interpreter.perform(item.phases[phase], item.pc)
            if words[Field.FAULT]:
                return Status.FAULT
        words[Field.REMAINING] -= 1
        return Status.RUNNING
