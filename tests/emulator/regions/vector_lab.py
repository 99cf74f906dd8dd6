"""Vector instructions one at a time in compiled regions, from the states that bodies find."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rvx.emulator.context import Field
from rvx.emulator.core import FFLAGS, MSTATUS, MSTATUS_FS_DIRTY
from rvx.emulator.native.elements import COLUMNS
from rvx.emulator.regions.build import CompiledRegion, compile_region
from rvx.emulator.regions.emit import Emitter
from rvx.emulator.regions.flow import Block, Step
from rvx.emulator.regions.select import Region
from rvx.isa import Decoded, Isa
from rvx.isa.vector.setting import configure
from rvx.isa.vector.state import HEADER, VTYPE, Vector
from tests.extensions.vector.spike_lab import CAUSES, LOW_BYTES, RAM, Bodies, Case, Outcome

BATCH = 20
"""Words that share a region: each is an entry of its own."""
_CODE = 0x1000


@dataclass(frozen=True)
class _Placed:
    """Where a word stands in a region, under some vtype."""

    word: int
    compiled: CompiledRegion
    entry: int
    differences: NDArray[np.int64]
    elements: NDArray[np.int64]


class InRegions(Bodies):
    """Performs cases in regions; `left` counts those that a region left to the tier below."""

    def __init__(self, isa: Isa, low: NDArray[np.uint8]) -> None:
        super().__init__(isa, False, low)
        self._placed: dict[tuple[int, int], _Placed] = {}
        self._next: _Placed | None = None
        self.left = self.entered = 0
        words = self.context.words
        for run in (Field.READ_BEGIN, Field.WRITE_BEGIN, Field.STACK_BEGIN):
            words[run], words[run + 1] = RAM, LOW_BYTES - 8
        words[Field.BIAS] = low.ctypes.data - RAM
        assert self.machine.core.pointers is not None

    def place(self, cases: list[Case]) -> None:
        """Compiles regions for cases: one place for those that share word and vtype."""
        wanted = {(case.word, vtype_of(case, self.isa)): None for case in cases}
        missing = [one for one in wanted if one not in self._placed]
        for first in range(0, len(missing), BATCH):
            self._compile(missing[first : first + BATCH])

    def _compile(self, wanted: list[tuple[int, int]]) -> None:
        differences = np.zeros(8 * len(wanted) + 16, np.int64)
        elements = np.zeros(differences.size * COLUMNS, np.int64)
        blocks: dict[int, Block] = {}
        settings: dict[int, int] = {}
        for index, (word, vtype) in enumerate(wanted):
            decoded = self.isa.decode(word)
            assert decoded is not None
            # Far enough apart, so that no block leads into the next one.
            pc = _CODE + 8 * index
            blocks[pc] = Block(pc, [Step(pc, decoded, 4)], 0)
            settings[pc] = vtype
        region = Region(blocks, tuple(blocks), 0, settings)
        emitter = Emitter(region, self.isa, self.context, _CODE, is_limited=False)
        text = emitter.text()
        compiled = compile_region(text, emitter.bodies.values(), _CODE)
        for one, pc in zip(wanted, blocks, strict=True):
            self._placed[one] = _Placed(one[0], compiled, pc, differences, elements)

    def perform(self, case: Case) -> Outcome:
        """What a case leaves."""
        self._next = self._placed[case.word, vtype_of(case, self.isa)]
        return super().perform(case)

    def _run(self, decoded: Decoded) -> int:
        placed, words, core = self._next, self.context.words, self.machine.core
        if placed is None or decoded.word != placed.word:
            return super()._run(decoded)  # what sets the state up
        core.write(MSTATUS, core.read(MSTATUS) | MSTATUS_FS_DIRTY)
        words[Field.FAULT : Field.FAULT + 4] = 0
        words[Field.FFLAGS] = 0
        words[Field.DIFFERENCES] = placed.differences.ctypes.data
        words[Field.ELEMENTS] = placed.elements.ctypes.data
        function = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)
        after = function(placed.compiled.address)(words.ctypes.data, placed.entry)
        fault = int(words[Field.FAULT])
        if fault:
            return CAUSES[fault]
        if after == placed.entry:
            assert not words[Field.FFLAGS] or decoded.instruction.kind != "load"
            self.left += 1
            return super()._run(decoded)
        assert after == placed.entry + 4
        self.entered += 1
        core.write(FFLAGS, core.read(FFLAGS) | int(words[Field.FFLAGS]))
        return 0


def vtype_of(case: Case, isa: Isa) -> int:
    """The vtype that a case is performed under."""
    unit = isa.vector
    assert unit is not None
    v = Vector([], [], [], [], [0] * HEADER, *unit.settings)
    mask = (1 << isa.xlen) - 1
    setting = case.vtype & mask
    configure(v, 0, False, setting - (1 << 64) if setting >> 63 else setting, isa.xlen)
    return int(v.config[VTYPE])
