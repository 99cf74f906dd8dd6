"""A word that has been decoded."""

from __future__ import annotations

from collections.abc import Mapping

from rvx.isa.bits import Word
from rvx.isa.instruction import Instruction
from rvx.records import dataclass


@dataclass(frozen=True)
class Decoded:
    """A word and what it means."""

    instruction: Instruction
    word: Word
    values: Mapping[str, int]

    @property
    def expanded(self) -> Decoded:
        """What a compressed instruction abbreviates, with the same word; else the thing itself."""
        expansion = self.instruction.expansion
        if expansion is None:
            return self
        return Decoded(expansion.target, self.word, expansion.expand(self.values))
