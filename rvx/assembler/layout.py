"""Relaxation: the length of every stretchable tail, and the offset of every fragment.

The passes follow GNU as, so that lengths agree with it: a first estimate, in which what follows
counts as lying at the start of the section, then passes over all fragments until none changes.
In a pass, what lies behind the tail at hand counts as lying where it was before the pass.

There may be fifty passes over a hundred thousand branches, most of which stay as they are. So for
each branch the distances are kept between which its length stays the same, and a pass compares two
numbers with these; only where they are left, the length is worked out again.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import accumulate
from operator import add

from rvx.assembler.diagnostics import Diagnostics, SourceError
from rvx.assembler.leb128 import encode_leb128
from rvx.assembler.sections import Align, Branch, Leb128, Org, Section, Space
from rvx.assembler.values import Distances, Value

MAX_PASSES = 64
MAX_SIZE = 1 << 41
BRANCH_REACH, JUMP_C_REACH, BRANCH_C_REACH = 1 << 12, 1 << 11, 1 << 8
_ALWAYS = (1, 0)
"""Bounds that no distance is between."""


def lay_out(section: Section, distances: Distances, diagnostics: Diagnostics) -> None:
    """Settles lengths and offsets of a section, and its size."""
    section.join()
    relaxation = _Relaxation(section, distances)
    relaxation.run()
    last = section.fragments[-1] if section.fragments else None
    section.size = last.address + last.length if last else 0
    section.is_laid_out = True
    relaxation.check(diagnostics)


@dataclass(slots=True)
class _Movables:
    """The tails whose length may change, in columns.

    Attributes:
        owners: index of the fragment.
        targets: index of the fragment where a branch goes; the own one for other tails.
        lows: of a branch, the least distance between the two fragments with the present length.
        highs: the least distance that is too long for that.
        extras: what the distance of a branch has more than that of the two fragments.
    """

    owners: list[int] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    lows: list[int] = field(default_factory=list)
    highs: list[int] = field(default_factory=list)
    extras: list[int] = field(default_factory=list)


class _Relaxation:
    """The lengths of the tails of one section on their way to the final ones.

    Fragments are named by their index. `starts` are their offsets at the beginning of a pass.
    Changes of a pass are in `changed` (where) and `shifts` (by how much what follows has moved).
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
        self.movables = _Movables()
        self.has_distances = False

    def run(self) -> None:
        """Settles all lengths and offsets."""
        self._estimate()
        self._place()
        for number in range(MAX_PASSES * 4):
            # In the end branches may not become shorter, since the passes would not end otherwise.
            self._pass(may_shrink=number < MAX_PASSES)
            if not self.changed:
                break
            self._measure()
            self._place()
        for fragment, start, length in zip(self.fragments, self.starts, self.lengths, strict=False):
            fragment.address = start
            if fragment.tail is not None:
                fragment.tail.length = length

    def _place(self) -> None:
        """Gives the fragments the addresses of this pass, where lengths depend on distances."""
        if not self.has_distances:
            return
        for fragment, start in zip(self.fragments, self.starts, strict=False):
            fragment.address = start
        self.section.is_laid_out = True

    def _measure(self) -> None:
        """Takes down where fragments begin now."""
        self.changed, self.shifts = [], []
        self.starts = list(accumulate(map(add, self.sizes, self.lengths), initial=0))

    def _estimate(self) -> None:
        """Gives every tail a first length, and finds those that may have another one."""
        self.starts = [0] * len(self.fragments)
        found = self.movables
        address = 0
        for index, fragment in enumerate(self.fragments):
            self.starts[index] = address
            address += self.sizes[index]
            tail = fragment.tail
            if tail is None:
                continue
            target, extra = index, 0
            if isinstance(tail, Branch):
                place = self._target(tail)
                if place is None:
                    length = _length_without_target(tail)
                else:
                    target, extra = place[0], place[1] - self.sizes[index]
                    length = _branch_length(tail, self.starts[target] - self.starts[index] + extra)
                is_settled = place is None
            else:
                length = self._length(index, tail, address)
                is_settled = isinstance(tail, Space) and tail.count.is_constant
                self.has_distances |= isinstance(tail, Space | Leb128) and not is_settled
            self.lengths[index] = length
            address += length
            if not is_settled:
                found.owners.append(index)
                found.targets.append(target)
                found.extras.append(extra)
        count = len(found.owners)
        found.lows, found.highs = [_ALWAYS[0]] * count, [_ALWAYS[1]] * count

    def _pass(self, *, may_shrink: bool) -> None:
        """Goes over all tails once; `changed` and `shifts` say what was done."""
        starts, found = self.starts, self.movables
        owners, targets, lows, highs = found.owners, found.targets, found.lows, found.highs
        gaps = [
            starts[target] - starts[owner] for owner, target in zip(owners, targets, strict=True)
        ]
        stretch, last = 0, -1
        for number, (owner, target, gap, low, high) in enumerate(
            zip(owners, targets, gaps, lows, highs, strict=True)
        ):
            if target > owner:  # has not been reached, and so has not moved yet
                distance = gap - stretch
            elif target <= last:
                distance = gap - stretch + self._shift(target)
            else:
                distance = gap
            if low <= distance < high:
                continue
            tail = self.fragments[owner].tail
            old = self.lengths[owner]
            if isinstance(tail, Branch):
                extra = found.extras[number]
                new = _branch_length(tail, distance + extra)
                lowest, highest = _bounds(tail, distance + extra)
                lows[number], highs[number] = lowest - extra, highest - extra
                may_take = may_shrink or new > old
            else:
                assert tail is not None
                new = self._length(owner, tail, starts[owner] + stretch + self.sizes[owner])
                may_take = may_shrink or new > old or isinstance(tail, Align | Org)
            if new != old and may_take:
                self.lengths[owner] = new
                stretch += new - old
                last = owner
                self.changed.append(owner)
                self.shifts.append(stretch)

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
        return self.starts[place.index] + shift + symbol.offset + value.number

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


def _limits(tail: Branch) -> tuple[tuple[int, int], ...]:
    """Lengths of a branch and how far they reach, the shortest first."""
    if tail.is_jump:
        return ((2, JUMP_C_REACH),) if tail.is_compressed else ()
    return ((2, BRANCH_C_REACH), (4, BRANCH_REACH)) if tail.is_compressed else ((4, BRANCH_REACH),)


def _branch_length(tail: Branch, distance: int) -> int:
    """The length of a branch over this distance."""
    for length, reach in _limits(tail):
        if -reach <= distance < reach:
            return length
    if tail.is_jump:
        return 4
    return 6 if tail.is_compressed else 8


def _bounds(tail: Branch, distance: int) -> tuple[int, int]:
    """The distances around this one over which a branch has the same length: least, end."""
    edges = [edge for _, reach in _limits(tail) for edge in (-reach, reach)]
    low = max([edge for edge in edges if edge <= distance], default=-MAX_SIZE)
    high = min([edge for edge in edges if edge > distance], default=MAX_SIZE)
    return low, high
