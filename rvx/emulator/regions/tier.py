"""The region tier: finds hot loops while the hart runs, and compiles them beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping

from rvx.emulator.context import Context, Field
from rvx.emulator.counts import BlockCounter
from rvx.emulator.handlers.compiled import CompileError
from rvx.emulator.memory import GuestMemory
from rvx.emulator.regions import profile
from rvx.emulator.regions.build import CompiledRegion, compile_region
from rvx.emulator.regions.emit import Emitter, goals_of
from rvx.emulator.regions.flow import Executions, executed_blocks
from rvx.emulator.regions.select import Region, choose
from rvx.emulator.regions.settings import needs_setting, settings_at
from rvx.emulator.regions.steps import can_translate
from rvx.isa import Isa
from rvx.isa.bits import Address
from rvx.isa.vector.state import STATE as VECTOR
from rvx.isa.vector.state import VTYPE
from rvx.records import dataclass, replace

REFUSALS = 64
"""How often a region is refused for its vtype before it is made for another one, too."""
MOST_SETTINGS = 8
FIRST_LOOK = 0.02
"""Seconds that a program runs before anyone looks for hot loops."""


@dataclass(frozen=True)
class Installed:
    """A region that is in use, or why it is not.

    Attributes:
        region: what was chosen.
        compiled: its machine code; None if it was refused.
        seconds: time to translate and compile it.
        source: its LLVM text.
        refusal: why it was refused, empty if it was not.
        generation: what of hardware loops was known when its blocks were looked at.
    """

    region: Region
    compiled: CompiledRegion | None
    seconds: float
    source: str
    refusal: str = ""
    generation: int = 0


class RegionTier:
    """Chooses and compiles regions.

    What is to be avoided, addresses where the hart has to stop, belongs to no region.

    `look` is called from time to time by a thread beside the hart's, so that compiling costs the
    program nothing; what it made is installed by the hart itself at its next stop.
    """

    def __init__(
        self,
        isa: Isa,
        context: Context,
        memory: GuestMemory,
        counter: BlockCounter,
        is_limited: bool,
        loops: Mapping[Address, tuple[Address, ...]],
        avoided: Collection[Address] = (),
    ) -> None:
        self._isa = isa
        self._avoided = avoided
        self._loops = loops
        self._generation = 0
        self._context = context
        self._memory = memory
        self._counter = counter
        self._is_limited = is_limited
        self._pending: list[Installed] = []
        self._next_look = 0.0
        self.regions: list[Installed] = []
        for region in profile.recall(isa, memory):
            if not any(block.holds(avoided) for block in region.blocks.values()):
                self._add(region)
        self._stored = len(self.regions)

    def remember(self) -> None:
        """Stores what was chosen, so that the next process begins with it."""
        # With places to avoid they are not those of the program itself.
        if len(self.regions) > self._stored and not self._avoided:
            self._stored = len(self.regions)
            chosen = [made.region for made in self.regions if made.compiled is not None]
            profile.store(self._isa, self._memory, chosen)

    def _add(self, region: Region, generation: int = 0) -> None:
        made = replace(self.translate(region), generation=generation)
        self.regions.append(made)
        if made.compiled is not None:
            self._pending.append(made)

    def look(self, elapsed: float, is_over: Callable[[], bool] = lambda: False) -> bool:
        """Compiles loops that have become hot; says whether there is something to install.

        Args:
            elapsed: seconds since the run began.
            is_over: whether it has ended meanwhile: no other loop is worth compiling then.
        """
        if elapsed < max(self._next_look, FIRST_LOOK):
            return False
        self._follow_setting()
        start = time.perf_counter()
        begin = self._memory.executable_begin
        runs = [(begin + 2 * a, begin + 2 * b, count) for a, b, count in self._counter.runs()]
        generation = self._generation
        with self._memory.patching:
            blocks = executed_blocks(
                self._isa,
                self._memory,
                Executions(runs),
                dict(self._loops),
                frozenset(self._avoided),
            )
        found = choose(blocks, lambda step: can_translate(step, self._isa))
        fresh = [region for region in found if not self._is_covered(region)]
        settings = settings_at(blocks, self._isa) if fresh and self._isa.vector else {}
        for region in fresh:
            if is_over():
                break
            self._add(self._with_settings(region, settings), generation)
        # Looking costs more the larger a program is: it may take a tenth of the time at most.
        self._next_look = elapsed + 10 * (time.perf_counter() - start)
        return bool(self._pending)

    def _with_settings(self, region: Region, known: Mapping[Address, int]) -> Region:
        """The region with the vtype of each entry where that matters.

        Where the code that leads there does not tell, it is the present one.
        """
        if self._isa.vector is None:
            return region
        now = int(self._context.words[self._context.offsets[VECTOR] + VTYPE])
        needed = [
            entry
            for entry in region.entries
            if needs_setting(
                region.blocks, entry, lambda block: goals_of(block, region.blocks), self._isa
            )
        ]
        settings = {entry: known.get(entry, now) for entry in needed}
        return replace(
            region, settings={entry: vtype for entry, vtype in settings.items() if vtype >= 0}
        )

    def _follow_setting(self) -> None:
        """Makes a region anew for a vtype that it was often refused under."""
        words = self._context.words
        entry, vtype = int(words[Field.OTHER_SETTING_AT]), int(words[Field.OTHER_SETTING])
        if words[Field.OTHER_SETTINGS] < REFUSALS:
            return
        words[Field.OTHER_SETTINGS] = 0
        made = [one.region for one in self.regions if entry in one.region.settings]
        known = {region.settings[entry] for region in made}
        if made and vtype >= 0 and vtype not in known and len(made) < MOST_SETTINGS:
            region = replace(made[0], settings={**made[0].settings, entry: vtype})
            self._add(region, self._generation)

    def _is_covered(self, region: Region) -> bool:
        return any(region.blocks.keys() <= known.region.blocks.keys() for known in self.regions)

    def translate(self, region: Region) -> Installed:
        """Translates and compiles one region."""
        start = time.perf_counter()
        emitter = Emitter(
            region,
            self._isa,
            self._context,
            self._memory.executable_begin,
            self._is_limited,
            self._counter.calls,
        )
        text = ""
        try:
            text = emitter.text()
            compiled = compile_region(text, emitter.bodies.values(), region.begin)
        except (CompileError, RuntimeError) as error:
            # LLVM says with a RuntimeError what it does not take; the tier below does it all.
            return Installed(region, None, time.perf_counter() - start, text, str(error))
        return Installed(region, compiled, time.perf_counter() - start, text)

    def begin(self, hook: Callable[[tuple[Address, ...], int], None], is_changed: bool) -> None:
        """Gets ready for a run, which counts its seconds from 0.

        Args:
            hook: as for `install`.
            is_changed: whether the code is not what it was; no region of it holds then.
        """
        self._next_look = 0.0
        if is_changed:
            self.regions.clear()
            self._pending.clear()
        self.install(hook)

    def forget(self) -> None:
        """Drops all regions: their blocks do not end where a hardware loop does, or hold a stop."""
        self._generation += 1
        self.regions.clear()
        self._pending.clear()
        self._stored = 0
        self._next_look = 0.0

    def install(self, hook: Callable[[tuple[Address, ...], int], None]) -> None:
        """Hands what is new to the inline tier; called by the hart while it is stopped."""
        while self._pending:
            made = self._pending.pop(0)
            assert made.compiled is not None
            if made.generation != self._generation:
                # It was on its way when a hardware loop became known.
                self.regions = [one for one in self.regions if one is not made]
                continue
            for block in made.region.blocks.values():
                self._counter.touched.mark(block.start, block.end)
            hook(made.region.entries, made.compiled.address)

    def keep_within(self, is_open: Callable[[Address], bool], drop: Callable[[], None]) -> None:
        """Drops all regions if one leads from code that may be fetched to code that may not.

        Args:
            is_open: whether an instruction may be fetched from an address.
            drop: takes regions out of use.
        """
        for made in self.regions:
            places = {is_open(block.start) for block in made.region.blocks.values()}
            if len(places) > 1:
                self._pending.clear()
                drop()
                return

    @property
    def has_pending(self) -> bool:
        """Whether something waits to be installed."""
        return bool(self._pending)
