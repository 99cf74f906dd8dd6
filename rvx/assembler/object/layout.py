"""Relaxation: the length of every stretchable tail, and the offset of every fragment.

The passes follow GNU as, so that lengths agree with it: a first estimate, in which what follows
counts as lying at the start of the section, then passes over all fragments until none changes.
In a pass, what lies behind the tail at hand counts as lying where it was before the pass.

There may be sixty passes over a hundred thousand branches, nearly all of which stay as they are: in
a pass that has shortened 125 branches, those behind seem to be 250 bytes farther away from what
follows them, so that they have to wait for the next pass. So branches are looked at in blocks. Of a
block is known by how much the pass may have moved it for all of its branches to stay as they are.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate
from operator import add

from rvx.assembler.diagnostics import Diagnostics, SourceError
from rvx.assembler.leb128 import encode_leb128
from rvx.assembler.model.sections import Align, Branch, Leb128, Org, Section, Space, Value
from rvx.assembler.model.values import Distances
from rvx.records import dataclass, field

MAX_PASSES = 64
MAX_SIZE = 1 << 41
BRANCH_REACH, JUMP_C_REACH, BRANCH_C_REACH = 1 << 12, 1 << 11, 1 << 8
_MOST_MOVES = 1 << 10
"""How many changed lengths are kept apart from the offsets before these are added up anew."""
_BLOCK = 64


def lay_out(section: Section, distances: Distances, diagnostics: Diagnostics) -> None:
    """Settles lengths and offsets of a section, and its size."""
    section.join()
    relaxation = _Relaxation(section, distances)
    relaxation.run()
    last = section.fragments[-1] if section.fragments else None
    section.size = last.address + last.length if last else 0
    section.is_laid_out = True
    relaxation.check(diagnostics)


@dataclass(frozen=True, slots=True)
class _Reach:
    """The lengths of one kind of branch.

    Attributes:
        edges: the distances at which the length becomes another, ascending.
        lengths: before, between and from these distances on.
    """

    edges: tuple[int, ...]
    lengths: tuple[int, ...]

    def length(self, distance: int) -> int:
        """The length of a branch over this distance."""
        return self.lengths[bisect_right(self.edges, distance)]


_PLAIN_JUMP = _Reach((), (4,))
_JUMP = _Reach((-JUMP_C_REACH, JUMP_C_REACH), (4, 2, 4))
_PLAIN_BRANCH = _Reach((-BRANCH_REACH, BRANCH_REACH), (8, 4, 8))
_BRANCH = _Reach((-BRANCH_REACH, -BRANCH_C_REACH, BRANCH_C_REACH, BRANCH_REACH), (6, 4, 2, 4, 6))


def _reach(tail: Branch) -> _Reach:
    if tail.is_jump:
        return _JUMP if tail.is_compressed else _PLAIN_JUMP
    return _BRANCH if tail.is_compressed else _PLAIN_BRANCH


@dataclass(slots=True)
class _Movables:
    """The tails whose length may change, in columns, in the order of the section.

    Attributes:
        owners: index of the fragment.
        targets: index of the fragment where a branch goes; the own one for other tails.
        extras: what the distance of a branch has more than that of the two fragments.
        reaches: the lengths of a branch; None for another tail.
        gaps: the distance of a branch at the beginning of a pass.
        lows: of a branch, the least distance with the present length.
        highs: the greatest one.
    """

    owners: list[int] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    extras: list[int] = field(default_factory=list)
    reaches: list[_Reach | None] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)
    lows: list[int] = field(default_factory=list)
    highs: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Block:
    """Some tails that follow each other, and what a pass needs to know to leave them alone.

    Attributes:
        numbers: of the tails.
        left: index of the first fragment that one of them stands in or goes to.
        right: of the last one.
        back: of the first one that a branch goes back to.
        low: all stay as they are if the pass has moved them by no less than this,
        high: and by no more than this.
        is_stale: whether `low` and `high` have to be found anew.
    """

    numbers: range
    left: int
    right: int
    back: int
    low: int = 1
    high: int = 0
    is_stale: bool = True


class _Relaxation:
    """The lengths of the tails of one section on their way to the final ones.

    Fragments are named by their index, and tails by their number among those that may change.
    Offsets at the beginning of a pass are `starts`, plus what tails before have grown since, which
    is in `moved` (the fragments, ascending) and `totals` (what they and those before have grown).
    Changes of the pass at hand are in `changed` and `shifts` in the same way.
    """

    def __init__(self, section: Section, distances: Distances) -> None:
        self.section = section
        self.distances = distances
        self.fragments = section.fragments
        self.sizes = [len(fragment.data) for fragment in self.fragments]
        self.lengths = [
            0 if fragment.tail is None else fragment.tail.length for fragment in self.fragments
        ]
        self.starts: list[int] = []
        self.moved: list[int] = []
        self.totals = [0]
        self.changed: list[int] = []
        self.shifts: list[int] = []
        self.movables = _Movables()
        self.blocks: list[_Block] = []
        self.has_distances = False
        self._grown: dict[int, int] = {}

    def run(self) -> None:
        """Settles all lengths and offsets."""
        self._estimate()
        self._place()
        self._make_blocks()
        for number in range(MAX_PASSES * 4):
            # In the end branches may not become shorter, since the passes would not end otherwise.
            self._pass(may_shrink=number < MAX_PASSES)
            if not self.changed:
                break
            self._measure()
            self._place()
        self._add_up()
        for fragment, start, length in zip(self.fragments, self.starts, self.lengths, strict=False):
            fragment.address = start
            if fragment.tail is not None:
                fragment.tail.length = length

    def _place(self) -> None:
        """Gives the fragments the addresses of this pass, where lengths depend on distances."""
        if not self.has_distances:
            return
        if self.moved:
            self._add_up()
        for fragment, start in zip(self.fragments, self.starts, strict=False):
            fragment.address = start
        self.section.is_laid_out = True

    def _measure(self) -> None:
        """Takes down where fragments begin now, and which blocks this concerns."""
        grown, before = self._grown, 0
        for owner, shift in zip(self.changed, self.shifts, strict=True):
            grown[owner] = grown.get(owner, 0) + shift - before
            before = shift
        changed = self.changed
        for block in self.blocks:
            place = bisect_left(changed, block.left)
            if place < len(changed) and changed[place] < block.right:
                block.is_stale = True
        self.changed, self.shifts = [], []
        if len(grown) > _MOST_MOVES:
            self._add_up()
            return
        self.moved = sorted(grown)
        self.totals = list(accumulate(map(grown.__getitem__, self.moved), initial=0))

    def _add_up(self) -> None:
        """Makes `starts` say by itself where fragments begin."""
        self.starts = list(accumulate(map(add, self.sizes, self.lengths), initial=0))
        self._grown, self.moved, self.totals = {}, [], [0]

    def _start(self, index: int) -> int:
        """Where a fragment was at the beginning of the pass."""
        return self.starts[index] + self.totals[bisect_left(self.moved, index)]

    def _estimate(self) -> None:
        """Gives every tail a first length, and finds those that may have another one."""
        starts = self.starts = [0] * len(self.fragments)
        sizes, lengths, found = self.sizes, self.lengths, self.movables
        address = 0
        for index, fragment in enumerate(self.fragments):
            starts[index] = address
            address += sizes[index]
            tail = fragment.tail
            if tail is None:
                continue
            target, extra, reach = index, 0, None
            if isinstance(tail, Branch):
                place = self._target(tail)
                if place is None:
                    length = _length_without_target(tail)
                else:
                    target, extra = place[0], place[1] - sizes[index]
                    reach = _reach(tail)
                    length = reach.length(starts[target] - starts[index] + extra)
                is_settled = place is None
            else:
                length = self._length(index, tail, address)
                is_settled = isinstance(tail, Space) and tail.count.is_constant
                self.has_distances |= isinstance(tail, Space | Leb128) and not is_settled
            lengths[index] = length
            address += length
            if not is_settled:
                found.owners.append(index)
                found.targets.append(target)
                found.extras.append(extra)
                found.reaches.append(reach)

    def _make_blocks(self) -> None:
        """Divides the tails up."""
        found = self.movables
        count = len(found.owners)
        found.gaps, found.lows, found.highs = [0] * count, [1] * count, [0] * count
        for first in range(0, count, _BLOCK):
            numbers = range(first, min(first + _BLOCK, count))
            own = slice(first, numbers.stop)
            targets, owners = found.targets[own], found.owners[own]
            back = min(
                (t for t, o in zip(targets, owners, strict=True) if t <= o),
                default=len(self.fragments),
            )
            left, right = min(*targets, owners[0]), max(*targets, owners[-1])
            self.blocks.append(_Block(numbers, left, right, back))

    def _refresh(self, block: _Block) -> None:
        """Finds out how far a pass may move the block without a change of its branches."""
        found, start = self.movables, self._start
        low, high = -MAX_SIZE, MAX_SIZE
        for number in block.numbers:
            owner, target = found.owners[number], found.targets[number]
            gap = start(target) - start(owner) + found.extras[number]
            found.gaps[number] = gap
            if target > owner:  # what has not been reached has not moved yet
                low = max(low, gap - found.highs[number])
                high = min(high, gap - found.lows[number])
            elif not found.lows[number] <= gap <= found.highs[number]:
                low, high = 1, 0
        block.low, block.high = low, high
        block.is_stale = False

    def _pass(self, *, may_shrink: bool) -> None:
        """Goes over the tails once; `changed` and `shifts` say what was done."""
        stretch, last = 0, -1
        for block in self.blocks:
            if block.is_stale:
                self._refresh(block)
            if block.low <= stretch <= block.high and last < block.back:
                continue
            self._step(block, may_shrink=may_shrink)
            if self.changed:
                stretch, last = self.shifts[-1], self.changed[-1]

    def _step(self, block: _Block, *, may_shrink: bool) -> None:
        """Gives the tails of a block the lengths that they need as things stand."""
        found = self.movables
        changed, shifts = self.changed, self.shifts
        stretch, last = (shifts[-1], changed[-1]) if changed else (0, -1)
        for number in block.numbers:
            owner, target = found.owners[number], found.targets[number]
            distance = found.gaps[number]
            if target > owner:
                distance -= stretch
            elif target <= last:
                distance += self._shift(target) - stretch
            if found.lows[number] <= distance <= found.highs[number]:
                continue
            reach, old = found.reaches[number], self.lengths[owner]
            if reach is not None:
                edges = reach.edges
                place = bisect_right(edges, distance)
                found.lows[number] = edges[place - 1] if place else -MAX_SIZE
                found.highs[number] = edges[place] - 1 if place < len(edges) else MAX_SIZE
                block.is_stale = True
                new = reach.lengths[place]
                may_take = may_shrink or new > old
            else:
                tail = self.fragments[owner].tail
                assert tail is not None
                assert not isinstance(tail, Branch)
                new = self._length(owner, tail, self._start(owner) + stretch + self.sizes[owner])
                may_take = may_shrink or new > old or isinstance(tail, Align | Org)
            if new != old and may_take:
                self.lengths[owner] = new
                stretch += new - old
                last = owner
                changed.append(owner)
                shifts.append(stretch)

    def _shift(self, index: int) -> int:
        """By how much a fragment that the pass is behind has moved in it."""
        place = bisect_left(self.changed, index)
        return self.shifts[place - 1] if place else 0

    def _target(self, tail: Branch) -> tuple[int, int] | None:
        """Where a branch goes whose length depends on that: a fragment, and an offset from it."""
        symbol, number = tail.target.plus, tail.target.number
        if tail.is_fixed or symbol is None or symbol.binding == "weak":
            return None
        if symbol.value is not None:  # another name for a place
            value = self.distances.reduce(tail.target)
            symbol, number = value.plus, value.number
            if symbol is None or value.minus is not None or value.tree is not None:
                return None
        place = symbol.fragment
        if place is None or place.section is not self.section:
            return None
        return place.index, symbol.offset + number

    def _length(self, index: int, tail: Align | Space | Org | Leb128, address: int) -> int:
        """The length of a tail that begins at this offset, as things stand."""
        if isinstance(tail, Align):
            room = -address % tail.alignment
            return 0 if tail.maximum and room > tail.maximum else room
        if isinstance(tail, Space):
            count = _late(tail.count, self.distances)
            return min(max(count or 0, 0) * len(tail.fill), MAX_SIZE)
        if isinstance(tail, Org):
            target = self._offset(index, tail.target)
            return min(max((target or 0) - address, 0), MAX_SIZE)
        number = _late(tail.value, self.distances)
        return max(len(encode_leb128(abs(number or 0), tail.is_signed)), self.lengths[index])

    def _offset(self, index: int, value: Value) -> int | None:
        """The offset in this section that a value stands for, seen from a tail."""
        value = self.distances.reduce(value)
        if value.is_constant:
            return value.number
        symbol = value.plus
        if symbol is None or value.minus is not None or value.tree is not None:
            return _late(value, self.distances)
        place = symbol.fragment
        if place is None or place.section is not self.section:
            return None
        shift = self._shift(place.index) if place.index <= index else 0
        return self._start(place.index) + shift + symbol.offset + value.number

    def check(self, diagnostics: Diagnostics) -> None:
        """Takes down what is wrong with tails now that every offset is known."""
        for index, fragment in enumerate(self.fragments):
            tail = fragment.tail
            if isinstance(tail, Space | Org | Leb128):
                try:
                    self._check(index, tail, diagnostics)
                except SourceError as problem:
                    diagnostics.error(tail.location, "", problem)

    def _check(self, index: int, tail: Space | Org | Leb128, diagnostics: Diagnostics) -> None:
        if isinstance(tail, Org):
            target = self._offset(index, tail.target)
            at = self.starts[index] + self.sizes[index]
            if target is None:
                raise SourceError(".org needs a number or a place in the current section")
            place = self.distances.reduce(tail.target).plus
            home = place.fragment if place is not None else None
            if home is not None and home.section is self.section and home.index > index:
                raise SourceError(".org goes to a place behind it, which moves along")
            if target < at:
                raise SourceError(f".org cannot go back from offset {at} to {target}")
            if target - at > MAX_SIZE // 2:
                raise SourceError(f".org to offset {target} is beyond any section")
            return
        value = tail.count if isinstance(tail, Space) else tail.value
        number = self.distances.constant(value)
        if number is None:
            raise SourceError("this must be a number once all addresses of the section are known")
        if isinstance(tail, Space) and number * len(tail.fill) != self.lengths[index]:
            raise SourceError("the count depends on the bytes that it makes")
        if Distances(is_final=True).constant(value) is None:
            if isinstance(tail, Leb128):
                raise SourceError(
                    "the linker may still shorten the code in between",
                    hint="write .word for the distance, or assemble what is between with "
                    ".option norelax",
                )
            problem = SourceError("the linker may still change this distance")
            diagnostics.warning(tail.location, "", problem)
        if number < 0 and not (isinstance(tail, Leb128) and tail.is_signed):
            raise SourceError(f"the number is negative here: {number}")


def _late(value: Value, distances: Distances) -> int | None:
    try:
        return distances.constant(value)
    except SourceError:
        return None


def _length_without_target(tail: Branch) -> int:
    """The length of a branch that has one length only, or whose target is not in its section."""
    if tail.is_fixed:
        return 2 if tail.is_compressed else 4
    return 4 if tail.is_jump else 8
