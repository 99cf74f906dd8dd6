"""Which loops become regions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from rvx.emulator.regions.flow import Block, Step, components
from rvx.isa.bits import Address
from rvx.records import dataclass, field

MOST_STEPS = 1200
"""Instructions in one region at the most: LLVM takes about two milliseconds for each."""
LEAST_WEIGHT = 100_000
"""A loop earns its compile time after this many executed instructions."""
MOST_ENTRIES = 4
_AFTER_CALLS = -1
_COLD = 256
"""A block is left out of a large loop if it is this much rarer than the hottest one."""


@dataclass(frozen=True)
class Region:
    """Blocks to compile together.

    Attributes:
        blocks: by start address, in the order of addresses.
        entries: starts of blocks where execution may enter it.
        weight: instructions that were executed in it when it was chosen, see `Block.weight`.
        settings: the vtype that it is entered under, for entries where that matters.
    """

    blocks: Mapping[Address, Block]
    entries: tuple[Address, ...]
    weight: int
    settings: Mapping[Address, int] = field(default_factory=dict)

    @property
    def begin(self) -> Address:
        """Its lowest address."""
        return min(self.blocks)

    @property
    def end(self) -> Address:
        """The address after its highest instruction."""
        return max(block.end for block in self.blocks.values())

    @property
    def steps(self) -> int:
        """How many instructions it has."""
        return sum(len(block.steps) for block in self.blocks.values())


def choose(blocks: Mapping[Address, Block], can_translate: Callable[[Step], bool]) -> list[Region]:
    """The loops that have earned their compile time, the heaviest first.

    Args:
        blocks: all executed blocks. One that was executed once has not gone round: it looks as if
            it had where the way to it is a guess, as behind the `ecall` that ends a program, in
            front of the first function. Its loop would be made anew, larger, when the run is over.
        can_translate: whether an instruction may stand in a region; a block whose first
            instruction may not is left out, others end before the first one that may not.
    """
    usable = {
        start
        for start, block in blocks.items()
        if block.executions > 1 and can_translate(block.steps[0])
    }
    regions: list[Region] = []
    work = [usable]
    while work:
        nodes = work.pop()
        for component in _components(nodes, blocks):
            if not _is_loop(component, blocks):
                continue
            weight = sum(blocks[start].weight for start in component)
            if weight < LEAST_WEIGHT:
                continue
            smaller = _without_cold(component, blocks)
            if smaller is not None:
                work.append(smaller)
                continue
            regions.append(_region(component, blocks, weight))
    return sorted(regions, key=lambda region: -region.weight)


def _components(nodes: set[Address], blocks: Mapping[Address, Block]) -> list[list[Address]]:
    """Strongly connected blocks, with one node for where all returns go on."""

    def successors(node: int) -> Sequence[int]:
        if node == _AFTER_CALLS:
            return after_calls
        return [_AFTER_CALLS] if blocks[node].is_return else blocks[node].successors

    returns = (blocks[start].successors for start in nodes if blocks[start].is_return)
    after_calls = next(returns, [])
    found = components({*nodes, _AFTER_CALLS}, successors)
    return [[node for node in component if node != _AFTER_CALLS] for component in found]


def _is_loop(component: list[Address], blocks: Mapping[Address, Block]) -> bool:
    if len(component) == 1:
        return component[0] in blocks[component[0]].successors
    return bool(component)


def _without_cold(component: list[Address], blocks: Mapping[Address, Block]) -> set[Address] | None:
    """What is left of a loop that is too large, None if it is not too large."""
    if sum(len(blocks[start].steps) for start in component) <= MOST_STEPS:
        return None
    counts = sorted(blocks[start].executions for start in component)
    least = max(counts[-1] // _COLD, counts[len(counts) // 4] + 1)
    return {start for start in component if blocks[start].executions >= least}


def leading(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks that matter for where any of them leads: of the returns, which agree, one."""
    has_return = False
    for block in blocks:
        if not (block.is_return and has_return):
            yield block
        has_return |= block.is_return


def _region(component: list[Address], blocks: Mapping[Address, Block], weight: int) -> Region:
    inside = set(component)
    chosen = {start: blocks[start] for start in sorted(component)}
    outside = [block for start, block in blocks.items() if start not in inside]
    from_outside = {end for block in leading(outside) for end in block.successors if end in inside}
    loop_heads = {
        successor
        for block in chosen.values()
        for successor in block.successors
        if successor in inside and successor <= block.start
    }
    ordered = sorted(from_outside, key=lambda start: blocks[start].executions)
    ordered += sorted(loop_heads - from_outside, key=lambda start: -blocks[start].executions)
    entries = ordered or [max(component, key=lambda start: blocks[start].executions)]
    return Region(chosen, tuple(entries[:MOST_ENTRIES]), weight)
