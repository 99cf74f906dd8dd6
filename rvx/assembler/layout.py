"""Relaxation: the length of every stretchable tail, and the offset of every fragment.

The passes follow GNU as, so that lengths agree with it: a first estimate, in which what follows
counts as lying at the start of the section, then passes over all fragments until none changes.
"""

from __future__ import annotations

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
    fragments = section.fragments
    address = 0
    for fragment in fragments:
        fragment.address = address
        address += len(fragment.data)
        if fragment.tail is not None:
            fragment.tail.length = _length(fragment, fragment.tail, address, distances)
            address += fragment.tail.length
    for number in range(MAX_PASSES * 4):
        if not _pass(fragments, distances, may_shrink=number < MAX_PASSES):
            break
    last = fragments[-1] if fragments else None
    section.size = last.address + last.length if last else 0
    section.is_laid_out = True
    for fragment in fragments:
        _check(fragment, distances, diagnostics)


def _pass(fragments: list[Fragment], distances: Distances, *, may_shrink: bool) -> bool:
    """One pass; tells whether a length changed."""
    has_changed = False
    stretch = 0
    for fragment in fragments:
        fragment.address += stretch
        tail = fragment.tail
        if tail is None:
            continue
        old = tail.length
        new = _length(fragment, tail, fragment.address + len(fragment.data), distances)
        if new != old and (may_shrink or new > old or isinstance(tail, Align | Org)):
            tail.length = new
            stretch += new - old
            has_changed = True
    return has_changed


def _length(fragment: Fragment, tail: Tail, address: int, distances: Distances) -> int:
    """The length of a tail that begins at this offset, as things stand."""
    if isinstance(tail, Branch):
        return _branch_length(fragment, tail, address)
    if isinstance(tail, Align):
        room = -address % tail.alignment
        return 0 if tail.maximum and room > tail.maximum else room
    if isinstance(tail, Space):
        count = _late(tail.count, distances)
        return min(max(count or 0, 0) * len(tail.fill), MAX_SIZE)
    if isinstance(tail, Org):
        target = _offset(fragment, tail.target, distances)
        return min(max((target or 0) - address, 0), MAX_SIZE)
    number = _late(tail.value, distances)
    return max(len(encode_leb128(abs(number or 0), tail.is_signed)), tail.length)


def _late(value: Value, distances: Distances) -> int | None:
    try:
        return distances.constant(value)
    except SourceError:
        return None


def _offset(fragment: Fragment, value: Value, distances: Distances) -> int | None:
    """The offset in the fragment's section that a value stands for."""
    value = distances.reduce(value)
    if value.is_constant:
        return value.number
    symbol = value.plus
    if symbol is None or value.minus is not None or value.tree is not None:
        return _late(value, distances)
    if symbol.fragment is None or symbol.fragment.section is not fragment.section:
        return None
    return symbol.fragment.address + symbol.offset + value.number


def _branch_length(fragment: Fragment, tail: Branch, address: int) -> int:
    if tail.is_fixed:
        return 2 if tail.is_compressed else 4
    longest = 4 if tail.is_jump else 8
    symbol = tail.target.plus
    if symbol is None or symbol.binding == "weak":
        return longest
    place = symbol.fragment
    if place is None or place.section is not fragment.section:
        return longest
    distance = place.address + symbol.offset + tail.target.number - address
    if tail.is_compressed:
        reach = JUMP_C_REACH if tail.is_jump else BRANCH_C_REACH
        if -reach <= distance < reach:
            return 2
    if tail.is_jump or -BRANCH_REACH <= distance < BRANCH_REACH:
        return 4
    return 6 if tail.is_compressed else 8


def _check(fragment: Fragment, distances: Distances, diagnostics: Diagnostics) -> None:
    """Takes down what is wrong with a tail now that every offset is known."""
    tail = fragment.tail
    if not isinstance(tail, Space | Org | Leb128):
        return
    try:
        if isinstance(tail, Org):
            target = _offset(fragment, tail.target, distances)
            at = fragment.address + len(fragment.data)
            if target is None:
                raise SourceError(".org needs a number or a place in the current section")
            if target < at:
                raise SourceError(f".org cannot go back from offset {at} to {target}")
            if target - at > MAX_SIZE // 2:
                raise SourceError(f".org to offset {target} is beyond any section")
            return
        value = tail.count if isinstance(tail, Space) else tail.value
        number = distances.constant(value)
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
    except SourceError as problem:
        diagnostics.error(tail.location, "", problem)
