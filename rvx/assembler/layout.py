"""Relaxation: the length of every stretchable tail, and the offset of every fragment.

The passes follow GNU as, so that lengths agree with it: a first estimate, in which what follows
counts as lying at the start of the section, then passes over all fragments until none changes.
In a pass, what lies behind the tail at hand counts as lying where it was before the pass.

GNU as looks at every tail in every pass. Here most branches are left out of most passes: a branch
whose target is well within reach cannot change its length before the section has changed by as many
bytes as are missing to the limit. So what a pass costs is what changes in it.
"""

from __future__ import annotations

from bisect import bisect_left
from heapq import heapify, heappop, heappush
from itertools import accumulate

from rvx.assembler.diagnostics import Diagnostics, SourceError
from rvx.assembler.leb128 import encode_leb128
from rvx.assembler.sections import Align, Branch, Fragment, Leb128, Org, Section, Space, Tail
from rvx.assembler.values import Distances, Value

MAX_PASSES = 64
MAX_SIZE = 1 << 41
BRANCH_REACH, JUMP_C_REACH, BRANCH_C_REACH = 1 << 12, 1 << 11, 1 << 8


def lay_out(section: Section, distances: Distances, diagnostics: Diagnostics) -> None:
    """Settles lengths and offsets of a section, and its size."""
    section.join()
    relaxation = _Relaxation(section, distances)
    relaxation.run()
    last = section.fragments[-1] if section.fragments else None
    section.size = last.address + last.length if last else 0
    section.is_laid_out = True
    relaxation.check(diagnostics)


class _Relaxation:
    """The lengths of the tails of one section on their way to the final ones.

    Fragments are named by their index. `starts` are their offsets at the beginning of a pass.
    Changes of a pass are in `changed` (where) and `shifts` (by how much what follows has moved).
    `moved` counts the bytes of all changes so far: no distance has changed by more than that.
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
        self.changed: list[int] = []
        self.shifts: list[int] = []
        self.moved = 0
        # Branches, by the value of `moved` from which on they have to be looked at again.
        self.waiting: list[tuple[int, int]] = []
        # Tails of other kinds: they are looked at in every pass.
        self.always: list[int] = []

    def run(self) -> None:
        """Settles all lengths and offsets."""
        self._estimate()
        # The distances of the estimate say nothing about those of the first pass.
        late = [index for _, index in self.waiting]
        self.waiting = []
        for number in range(MAX_PASSES * 4):
            late = self._pass(late, may_shrink=number < MAX_PASSES)
            if not self.changed:
                break
            self._measure()
        for fragment, start, length in zip(self.fragments, self.starts, self.lengths, strict=True):
            fragment.address = start
            if fragment.tail is not None:
                fragment.tail.length = length

    def _measure(self) -> None:
        """Takes down where fragments begin now."""
        self.changed, self.shifts = [], []
        ends = accumulate(map(int.__add__, self.sizes, self.lengths), initial=0)
        self.starts = list(ends)[:-1]

    def _estimate(self) -> None:
        self.starts = [0] * len(self.fragments)
        address = 0
        for index, fragment in enumerate(self.fragments):
            self.starts[index] = address
            address += self.sizes[index]
            tail = fragment.tail
            if tail is not None:
                is_settled = isinstance(tail, Space) and tail.count.is_constant
                if not is_settled and not isinstance(tail, Branch):
                    self.always.append(index)
                length = self._length(index, tail, address, since=0)
                self.lengths[index] = length
                address += length

    def _pass(self, late: list[int], *, may_shrink: bool) -> list[int]:
        """One pass.

        Args:
            late: branches that have to be looked at besides those that are waiting.
            may_shrink: whether branches may become shorter; in the end they may not, since
                otherwise the passes need not end.

        Returns:
            The branches that became due when the pass was behind them already.
        """
        since, stretch = self.moved, 0
        todo = [*self.always, *late, *self._due()]
        heapify(todo)
        late = []
        while todo:
            index = heappop(todo)
            tail = self.fragments[index].tail
            assert tail is not None
            old = self.lengths[index]
            end = self.starts[index] + stretch + self.sizes[index]
            new = self._length(index, tail, end, since)
            if new != old and (may_shrink or new > old or isinstance(tail, Align | Org)):
                self.lengths[index] = new
                stretch += new - old
                self.moved += abs(new - old)
                self.changed.append(index)
                self.shifts.append(stretch)
                for other in self._due():
                    if other > index:
                        heappush(todo, other)
                    else:
                        late.append(other)
        return late

    def _due(self) -> list[int]:
        """Takes out the branches that have to be looked at by now."""
        found = []
        while self.waiting and self.waiting[0][0] <= self.moved:
            found.append(heappop(self.waiting)[1])
        return found

    def _address(self, fragment: Fragment, before: int) -> int:
        """Where a fragment begins, as the pass sees it that has come to another one."""
        target = fragment.index
        start = self.starts[target]
        if target <= before and self.changed:
            place = bisect_left(self.changed, target)
            return start + (self.shifts[place - 1] if place else 0)
        return start

    def _length(self, index: int, tail: Tail, address: int, since: int) -> int:
        """The length of a tail that begins at this offset, as things stand.

        Args:
            index: of its fragment.
            tail: which.
            address: its offset.
            since: the value of `moved` at the beginning of the pass. What has changed in it moves
                this tail, and not yet what lies behind.
        """
        if isinstance(tail, Branch):
            length, spare = self._branch_length(index, tail, address)
            if spare is not None:
                heappush(self.waiting, (since + spare, index))
            return length
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

    def _branch_length(self, index: int, tail: Branch, address: int) -> tuple[int, int | None]:
        """The length of a branch, and how far its target may move before that changes.

        None stands for any distance.
        """
        if tail.is_fixed:
            return (2 if tail.is_compressed else 4), None
        longest = 4 if tail.is_jump else 8
        symbol = tail.target.plus
        if symbol is None or symbol.binding == "weak":
            return longest, None
        place = symbol.fragment
        if place is None or place.section is not self.section:
            return longest, None
        if tail.is_jump and not tail.is_compressed:
            return 4, None
        distance = self._address(place, index) + symbol.offset + tail.target.number - address
        if not tail.is_compressed:
            spare = _spare(distance, BRANCH_REACH)
            return (4 if -BRANCH_REACH <= distance < BRANCH_REACH else 8), spare
        reach = JUMP_C_REACH if tail.is_jump else BRANCH_C_REACH
        spare = _spare(distance, reach)
        if -reach <= distance < reach:
            return 2, spare
        if tail.is_jump:
            return 4, spare
        spare = min(spare, _spare(distance, BRANCH_REACH))
        return (4 if -BRANCH_REACH <= distance < BRANCH_REACH else 6), spare

    def _offset(self, index: int, value: Value) -> int | None:
        """The offset in this section that a value stands for."""
        value = self.distances.reduce(value)
        if value.is_constant:
            return value.number
        symbol = value.plus
        if symbol is None or value.minus is not None or value.tree is not None:
            return _late(value, self.distances)
        if symbol.fragment is None or symbol.fragment.section is not self.section:
            return None
        return self._address(symbol.fragment, index) + symbol.offset + value.number

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
            if target < at:
                raise SourceError(f".org cannot go back from offset {at} to {target}")
            if target - at > MAX_SIZE // 2:
                raise SourceError(f".org to offset {target} is beyond any section")
            return
        value = tail.count if isinstance(tail, Space) else tail.value
        number = self.distances.constant(value)
        if number is None:
            raise SourceError("this must be a number once all addresses of the section are known")
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


def _spare(distance: int, reach: int) -> int:
    """By how much a distance has to change to come into or out of the reach of a branch."""
    to_low = distance + reach + 1 if distance >= -reach else -reach - distance
    to_high = reach - distance if distance < reach else distance - reach + 1
    return min(to_low, to_high)


def _late(value: Value, distances: Distances) -> int | None:
    try:
        return distances.constant(value)
    except SourceError:
        return None
